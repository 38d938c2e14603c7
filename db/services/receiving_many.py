"""Many bundles at once, from folders and several sticks: looked at together, then received one after the other.

The look is a trial: every bundle is taken in its order within one transaction that is taken back at the end. So a
second bundle of the same sender, or a person two townships file, counts exactly as it will when it is received.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.errors import Cancelled, MachineError, NuandangError, Progress, UserError
from db.exchange.bundle_apply import ReceiptIntake
from db.exchange.bundle_format import SUFFIX, BundleKind, Cover
from db.exchange.bundle_read import open_bundle
from db.exchange.bundle_volumes import one_of_each
from db.exchange.staging import Nowhere
from db.services import backups, receiving
from db.services.bundle_opening import open_addressed
from db.services.bundle_outcomes import BundlePreview, ReceiveOutcome
from db.services.office import OfficeSession

DEEPEST = 3
"""How many folders down a stick is searched."""
MOST_FILES = 500
_LEFT_OUT = frozenset({"$recycle.bin", "system volume information"})


class LotState(StrEnum):
    """Whether a bundle of a lot can be received."""

    READY = "ready"
    KNOWN = "known"
    """It was received before, or stands in the lot twice."""
    ELSEWHERE = "elsewhere"
    """It is for another office, such as a receipt this office wrote."""
    REFUSED = "refused"


_STATES = {
    "bundle_repeated": LotState.KNOWN,
    "bundle_twice_in_lot": LotState.KNOWN,
    "bundle_for_other": LotState.ELSEWHERE,
}


@dataclass(frozen=True, slots=True)
class LotItem:
    """One file of a lot: with its preview, or with the sentence why it is not received."""

    path: Path
    state: LotState
    sender_name: str = ""
    kind: str = ""
    sequence: int = 0
    preview: BundlePreview | None = None
    refusal: str = ""


@dataclass(slots=True)
class SenderTotals:
    """What one office's bundles bring together."""

    sender_id: str
    sender_name: str
    bundles: int = 0
    archives: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    duplicates: int = 0
    conflicts: int = 0
    set_aside: int = 0
    """Without the conflicts."""

    def add(self, counted: BundlePreview | ReceiveOutcome) -> None:
        """Count one more bundle."""
        self.bundles += 1
        self.archives += counted.archive_count
        self.new += counted.new_count
        self.changed += counted.changed_count
        self.same += counted.same_count
        self.duplicates += counted.duplicate_count
        self.conflicts += counted.conflict_count
        self.set_aside += counted.set_aside_count - counted.conflict_count


@dataclass(frozen=True, slots=True)
class Lot:
    """The files found, in the order in which they are received, those that cannot be at the end."""

    items: list[LotItem]

    @property
    def ready(self) -> list[LotItem]:
        """What can be received."""
        return [item for item in self.items if item.state is LotState.READY]

    @property
    def totals(self) -> list[SenderTotals]:
        """What the archives of each sender come to."""
        return totals_of(item.preview for item in self.ready if item.preview)

    def text(self) -> str:
        """The lot in a few lines."""
        lines = [_totals_line(row) for row in self.totals]
        lines += [item.preview.text() for item in self.ready if item.preview and item.kind != BundleKind.ARCHIVES]
        lines += [f"{item.path.name}：{item.refusal}" for item in self.items if item.state is LotState.REFUSED]
        known = sum(1 for item in self.items if item.state is LotState.KNOWN)
        elsewhere = sum(1 for item in self.items if item.state is LotState.ELSEWHERE)
        lines += [f"另有 {known} 个以前收过，不再接收。"] if known else []
        lines += [f"另有 {elsewhere} 个是给别的单位的，不用处理。"] if elsewhere else []
        return "\n".join(lines or ["没有找到数据包。"])


@dataclass(frozen=True, slots=True)
class TakenItem:
    """What became of one bundle of a lot; *problem* says why it was not received."""

    path: Path
    sender_id: str
    sender_name: str
    sequence: int
    outcome: ReceiveOutcome | None = None
    problem: str = ""


@dataclass(slots=True)
class ManyOutcome:
    """What receiving a lot has changed; *cancelled*: the rest was left as it was."""

    items: list[TakenItem] = field(default_factory=list)
    backup_name: str = ""
    cancelled: bool = False

    @property
    def received(self) -> list[ReceiveOutcome]:
        """The bundles that are in."""
        return [item.outcome for item in self.items if item.outcome]

    @property
    def failed(self) -> list[TakenItem]:
        """Those that are not."""
        return [item for item in self.items if not item.outcome]

    @property
    def totals(self) -> list[SenderTotals]:
        """What the archives of each sender came to."""
        found: dict[str, SenderTotals] = {}
        for item in self.items:
            if item.outcome and item.outcome.kind == BundleKind.ARCHIVES:
                found.setdefault(item.sender_id, SenderTotals(item.sender_id, item.sender_name)).add(item.outcome)
        return list(found.values())

    def text(self) -> str:
        """The outcome in a few lines."""
        lines = [_totals_line(row) for row in self.totals]
        lines += [outcome.text() for outcome in self.received if outcome.kind != BundleKind.ARCHIVES]
        lines += [f"{item.sender_name} 第 {item.sequence} 包没有收：{item.problem}" for item in self.failed]
        lines += [
            f"{outcome.sender_name} 第 {outcome.sequence} 包的回执没有写成：{outcome.receipt_problem}"
            for outcome in self.received
            if outcome.receipt_problem
        ]
        return "\n".join(lines or ["没有接收任何数据包。"])


def totals_of(previews: Iterable[BundlePreview]) -> list[SenderTotals]:
    """The archives of each sender, added up."""
    found: dict[str, SenderTotals] = {}
    for preview in previews:
        if preview.kind == BundleKind.ARCHIVES:
            found.setdefault(preview.sender_id, SenderTotals(preview.sender_id, preview.sender_name)).add(preview)
    return list(found.values())


def _totals_line(row: SenderTotals) -> str:
    return (
        f"{row.sender_name}：{row.bundles} 包 {row.archives} 户，新增 {row.new}，有变化 {row.changed}，相同 {row.same}，"
        f"重复 {row.duplicates}，有冲突 {row.conflicts}，未采用 {row.set_aside}"
    )


# -- finding -----------------------------------------------------------------------------------------------------


def find_bundles(paths: Iterable[Path]) -> list[Path]:
    """The files among *paths* and the ``.nuandang`` files in the folders among them, each once, by name.

    Of a bundle in volumes one file stands for all.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _files_below(path) if path.is_dir() else [path]:
            found.setdefault(file.absolute())
    if len(found) > MOST_FILES:
        raise UserError("too_many_bundles", count=len(found), limit=MOST_FILES)
    return one_of_each(found)


def _files_below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        deep = len(Path(place).relative_to(folder).parts)
        kept = [name for name in folders if not name.startswith(".") and name.lower() not in _LEFT_OUT]
        folders[:] = sorted(kept) if deep < DEEPEST else []
        yield from (Path(place) / name for name in sorted(files) if name.endswith(SUFFIX) and not name.startswith("."))


@dataclass(frozen=True, slots=True)
class _Covered:
    path: Path
    cover: Cover

    @property
    def order(self) -> tuple[bool, str, str, int, str]:
        """What comes from above first, then sender by sender in the order of the numbers."""
        sender = self.cover.sender
        is_archives = self.cover.kind is BundleKind.ARCHIVES
        return is_archives, sender.name, sender.id, self.cover.sequence, self.path.name

    def item(self, state: LotState, preview: BundlePreview | None = None, refusal: str = "") -> LotItem:
        """The item of the lot."""
        cover = self.cover
        name = preview.sender_name if preview else cover.sender.name
        return LotItem(self.path, state, name, cover.kind.value, cover.sequence, preview, refusal)

    def refused(self, fault: NuandangError) -> LotItem:
        """The item with the reason."""
        return self.item(_STATES.get(fault.code, LotState.REFUSED), refusal=fault.text())


def _covers(paths: Iterable[Path]) -> tuple[list[_Covered], list[LotItem]]:
    covered, refused = [], []
    for path in paths:
        try:
            covered.append(_Covered(path, open_bundle(path).cover))
        except NuandangError as fault:
            refused.append(LotItem(path, LotState.REFUSED, refusal=fault.text()))
    return sorted(covered, key=lambda one: one.order), refused


# -- looking -----------------------------------------------------------------------------------------------------


class _TakenBackError(Exception):
    """Ends the trial: nothing of it is kept."""


def inspect_many(session: OfficeSession, paths: Iterable[Path], progress: Progress | None = None) -> Lot:
    """Verify every bundle among *paths* completely and tell what receiving them in order would change."""
    covered, refused = _covers(find_bundles(paths))
    tried: list[LotItem] = []
    try:
        with session.database.writing() as connection:
            tried = list(_try_all(connection, session, covered, progress))
            raise _TakenBackError
    except _TakenBackError:
        pass
    items = [*tried, *refused]
    return Lot(sorted(items, key=lambda item: list(LotState).index(item.state)))


def _try_all(
    connection: Connection, session: OfficeSession, covered: list[_Covered], progress: Progress | None
) -> Iterator[LotItem]:
    share, seen = _Share(progress, sum(one.cover.payload_bytes for one in covered)), set[str]()
    for one in covered:
        if one.cover.payload_sha256 in seen:
            yield one.refused(UserError("bundle_twice_in_lot", name=one.path.name))
        else:
            yield _try_one(connection, session, one, share)
        seen.add(one.cover.payload_sha256)
        share.next(one.cover.payload_bytes)


def _try_one(connection: Connection, session: OfficeSession, one: _Covered, progress: Progress) -> LotItem:
    connection.exec_driver_sql("SAVEPOINT trial")
    try:
        item = one.item(LotState.READY, _taken(connection, session, one, progress))
    except NuandangError as fault:
        connection.exec_driver_sql("ROLLBACK TO trial")
        item = one.refused(fault)
    connection.exec_driver_sql("RELEASE trial")
    return item


def _taken(connection: Connection, session: OfficeSession, one: _Covered, progress: Progress) -> BundlePreview:
    """Take the bundle in the trial's transaction; its preview."""
    addressed = open_addressed(connection, session, one.path)
    if one.cover.kind is BundleKind.ARCHIVES:
        intake = receiving.store_archives(connection, session, addressed, Nowhere(), progress)
        preview = receiving.archives_preview(connection, session, addressed, intake)
        receiving.record_archives(connection, session, addressed, intake, new_id())
        return preview
    preview = receiving.preview_addressed(connection, session, addressed, progress)
    module = receiving.module_of(one.cover.kind)
    if module:
        module.apply_bundle(connection, session, addressed, Nowhere(), new_id(), None)
    else:
        receipt = ReceiptIntake()
        addressed.read(session, receipt, None)
        receiving.apply_receipt(connection, session, addressed, receipt)
    return preview


class _Share:
    """Tells the progress of one bundle as a part of the whole."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._before = progress, total, 0

    def __call__(self, done: int, total: int) -> None:
        if self._progress:
            self._progress(min(self._before + done, self._total), self._total)

    def next(self, size: int) -> None:
        """The next bundle begins."""
        self._before += size


# -- receiving ---------------------------------------------------------------------------------------------------


def receive_many(
    session: OfficeSession,
    items: Sequence[LotItem],
    progress: Progress | None = None,
    *,
    receipt_folder: Path | None = None,
) -> ManyOutcome:
    """Receive the bundles of a lot that were found ready, each whole or not at all, after one backup for all.

    One that fails is reported and the rest goes on. Where the machine failed and not the bundle, the later ones of the
    same sender wait: taken before it, they would leave it behind for good. Cancelling keeps what is in already.
    """
    ready = [item for item in items if item.state is LotState.READY and item.preview]
    outcome, waiting = ManyOutcome(), set[str]()
    if not ready:
        return outcome
    share = _Share(progress, sum(item.preview.payload_bytes for item in ready if item.preview))
    share(0, 0)
    if any(item.kind != BundleKind.RECEIPT for item in ready):
        outcome.backup_name = backups.back_up(session, reason="before_receive").name
    for item in ready:
        taken = _receive_one(session, item, share, receipt_folder, waiting, outcome.cancelled)
        outcome.cancelled = outcome.cancelled or taken is None
        outcome.items.append(taken or replace(_blank(item), problem="已取消，没有接收。"))
        share.next(item.preview.payload_bytes if item.preview else 0)
    return outcome


def _blank(item: LotItem) -> TakenItem:
    assert item.preview
    return TakenItem(item.path, item.preview.sender_id, item.sender_name, item.sequence)


def _receive_one(
    session: OfficeSession,
    item: LotItem,
    progress: Progress,
    receipt_folder: Path | None,
    waiting: set[str],
    cancelled: bool,
) -> TakenItem | None:
    """What became of the bundle; None when the clerk has cancelled."""
    blank = _blank(item)
    assert item.preview
    if cancelled:
        return None
    if blank.sender_id in waiting:
        return replace(blank, problem="前面一包没有收成，这一包先不收，以免漏掉前面的。请一起再收一次。")
    try:
        outcome = receiving.receive_bundle(
            session,
            item.path,
            progress,
            receipt_folder=receipt_folder,
            expected_sha256=item.preview.payload_sha256,
            backup=False,
        )
    except Cancelled:
        return None
    except NuandangError as fault:
        if isinstance(fault, MachineError):
            waiting.add(blank.sender_id)
        return replace(blank, problem=fault.text())
    return replace(blank, outcome=outcome)
