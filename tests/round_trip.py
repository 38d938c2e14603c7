"""Offices above and below each other in small: clerks who edit, sticks that go astray, and what must agree in the end."""

import random
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest.mock import patch

from agreement import histories, rows_of, sent_by
from casework import ON, worksheet
from factories import PASSPHRASE, household, make_office, photo
from neighbours import acquaint

from db.domain.archive_content import new_id
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.review import Reason, ReviewOutcome
from db.errors import NuandangError, UserError
from db.services import (
    answering,
    archiving,
    assessing,
    attachments,
    backups,
    exchange,
    means,
    merging,
    office,
    records,
    reviewing,
)
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput

TOWNS = (
    "梅城镇", "源潭镇", "余井镇", "王河镇", "黄铺镇", "槎水镇", "水吼镇", "官庄镇", "黄泥镇", "黄柏镇", "天柱山镇", "塔畈乡",
)  # fmt: skip
LOCKED = {
    "archive_locked", "archive_merged", "hand_over_out", "hand_over_has_draft", "hand_over_revision", "merge_out",
    "merge_already", "visit_already_out", "visit_read_only", "merge_same", "merge_gone", "unmerge_merged_on",
    "archive_handed_over", "visit_foreign_write",
}  # fmt: skip
"""Refusals a clerk meets when two things are to be done with one archive at once."""
STARTED = datetime(2026, 5, 4, 9, tzinfo=timezone(timedelta(hours=8)))
WAGES = 210_000_000
"""A wage in 分 no other figure comes near; what is added to it tells the worksheets apart."""
FREE_TEXTS = ("remarks", "employer", "home_address", "bank_branch", "filing_unit")
"""Fields an edit may write its own token into, so that it can be found again in any history."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing a clerk wrote: *token* stands in no other edit."""

    archive_id: str
    key: str
    token: str


@dataclass(slots=True)
class Desk:
    """One machine with an office on it, its stick, and what its clerks ever wrote there."""

    session: OfficeSession
    stick: Path
    edits: list[Edit] = field(default_factory=list)
    sent: list[Path] = field(default_factory=list)
    """Every bundle it exported, as a copy no one can lose: to be delivered late or again."""

    @property
    def name(self) -> str:
        """The office's name."""
        return self.session.office.name

    @property
    def own_ids(self) -> list[str]:
        """The archives of this office by their number, the same in each run."""
        query = archiving.ArchiveQuery(office_id=self.session.office.id, order="archive_number", descending=False)
        return archiving.archive_ids(self.session, query)


class District:
    """A city, a county and its townships, with one clock; every choice comes from one seed.

    In a copy of a closed district's *folder* it begins with the offices that are there.
    """

    def __init__(self, folder: Path, seed: int, towns: int) -> None:
        is_copy = folder.is_dir() and any(folder.iterdir())
        self.folder = folder
        self.rng = random.Random(seed)
        self.moment = STARTED
        self.seen: Counter[str] = Counter()
        """What has happened, so that a test can show that nothing was left out by chance."""
        self.forked: set[str] = set()
        """Archives whose machine was restored from a backup that did not know their last revisions."""
        self._written = 0
        self.county = self.set_up("潜山市总工会", "county")
        self.towns = [self.set_up(f"{name}总工会", "township") for name in TOWNS[:towns]]
        self.city = self.set_up("安庆市总工会", "city")
        if not is_copy:
            acquaint(self.county.session, self.city.session, folder)
            for town in self.towns:
                acquaint(town.session, self.county.session, folder)

    # -- machines

    def set_up(self, name: str, level: str) -> Desk:
        """An office and its stick."""
        place, stick = self.folder / name, self.folder / f"stick of {name}"
        stick.mkdir(exist_ok=True, parents=True)
        session = office.open_office(place, PASSPHRASE) if place.is_dir() else make_office(place, name, level)[0]
        return self._on_the_clock(Desk(session, stick))

    def _on_the_clock(self, desk: Desk) -> Desk:
        desk.session.clock = lambda: self.moment
        return desk

    @property
    def desks(self) -> list[Desk]:
        """Every machine."""
        return [self.city, self.county, *self.towns]

    def close(self) -> None:
        """Sign out everywhere."""
        for desk in self.desks:
            desk.session.close()

    def pass_time(self, **span: float) -> None:
        """Let the clock run on."""
        self.moment += timedelta(**span)

    def note(self, happening: str) -> None:
        """Remember that something of this kind has happened."""
        self.seen[happening] += 1

    # -- what clerks do

    def file(self, desk: Desk, members: int | None = None) -> str:
        """A new household."""
        self.pass_time(minutes=1)
        self._written += 1
        token = f"建档{self._written}"
        content = household(token, self.rng.choice((0, 1, 2, 3)) if members is None else members, remarks=token)
        archive = archiving.save_archive(desk.session, content)
        desk.edits.append(Edit(archive.id, "remarks", token))
        self.note("filed")
        return archive.id

    def edit(self, desk: Desk, archive_id: str, key: str | None = None) -> Edit:
        """Write something new into one field of an own archive."""
        self.pass_time(minutes=1)
        self._written += 1
        chosen = key or self.rng.choice(FREE_TEXTS)
        made = Edit(archive_id, chosen, f"修改{self._written}")
        content = archiving.load_archive(desk.session, archive_id).content.copy()
        content.values[chosen] = made.token
        archiving.save_archive(desk.session, content, archive_id)
        desk.edits.append(made)
        self.note("edited")
        return made

    def weigh(self, desk: Desk, archive_id: str) -> None:
        """Record the means of a household, assess it and now and then decide upon it."""
        self.pass_time(minutes=1)
        self._written += 1
        income = WAGES + self._written
        archive = archiving.load_archive(desk.session, archive_id)
        means.save_means(desk.session, archive_id, worksheet(desk.session, archive, income))
        made = assessing.assess_and_store(desk.session, archive_id, ON)
        if self.rng.random() < 0.5:
            assessing.decide(desk.session, made.id, None, None, f"本人放弃{self._written}")
        desk.edits.append(Edit(archive_id, "@means", str(income)))
        self.note("weighed")

    def attach(self, desk: Desk, archive_id: str) -> None:
        """Add a photo to an archive; now and then take the one before away."""
        self.pass_time(minutes=1)
        self._written += 1
        token = f"照片{self._written}"
        present = attachments.list_attachments(desk.session, archive_id)
        attachments.add_attachment(
            desk.session, archive_id, f"{token}.jpg", photo(40 + self._written % 50, 30), "diagnosis", token
        )
        if present and self.rng.random() < 0.5:
            attachments.remove_attachment(desk.session, present[0].id)
        desk.edits.append(Edit(archive_id, "@attachment", token))
        self.note("attached")

    def record(self, desk: Desk, archive_id: str) -> None:
        """Note a call; now and then go on with the one before or take it out."""
        self.pass_time(minutes=1)
        self._written += 1
        token = f"联系{self._written}"
        values: dict[str, Value] = {"method": "call", "purpose": "contact", "visitors": "张三", "needs": token}
        content = RecordContent(values | {"visited_on": desk.session.today})
        before, fate = records.list_records(desk.session, archive_id, RecordKind.HOME_VISIT), self._written % 5
        if before and fate == 0:
            records.remove_record(desk.session, before[0].record_id, "记错了")
            self.note("record removed")
            return
        goes_on = before[-1].record_id if before and fate < 3 else ""
        records.save_record(desk.session, archive_id, RecordKind.HOME_VISIT, content, goes_on)
        desk.edits.append(Edit(archive_id, "@record", token))
        self.note("record changed" if goes_on else "recorded")

    def work(self, desk: Desk, *, filed: int = 1, edited: int = 2) -> None:
        """An ordinary stretch of work: some households filed, some changed."""
        for _ in range(filed):
            self.file(desk)
        ids = desk.own_ids
        for archive_id in self.rng.sample(ids, min(edited, len(ids))):
            self.try_to(self.rng.choice((self.edit, self.edit, self.edit, self.weigh, self.attach)), desk, archive_id)
            if self._written % 2:
                self.try_to(self.record, desk, archive_id)

    def try_to(self, act: Callable[[Desk, str], object], desk: Desk, archive_id: str) -> None:
        """Do something with an archive, unless it is locked."""
        with self.unless_locked():
            act(desk, archive_id)

    @contextmanager
    def unless_locked(self) -> Iterator[None]:
        """What happens inside may meet a refusal of :data:`LOCKED`."""
        try:
            yield
        except UserError as refusal:
            assert refusal.code in LOCKED, refusal
            self.note(refusal.code)

    def twin(self, desk: Desk, of: OfficeSession, archive_id: str) -> str:
        """The same family filed once more, here or in another township."""
        self.pass_time(minutes=1)
        self._written += 1
        content = archiving.load_archive(of, archive_id).content.copy()
        content.values["remarks"] = token = f"重复{self._written}"
        content.members = [{**member, "id": new_id()} for member in content.members]
        archive = archiving.save_archive(desk.session, content)
        desk.edits.append(Edit(archive.id, "remarks", token))
        self.note("twin")
        return archive.id

    def merge(self, desk: Desk, kept_id: str, merged_id: str) -> str:
        """Merge two archives; the id of the merge."""
        self.pass_time(minutes=1)
        made = merging.merge(desk.session, kept_id, merged_id, reason="同一户")
        self.note("merged")
        return made.id

    def unmerge(self, desk: Desk, merge_id: str) -> None:
        """Take a merge back."""
        self.pass_time(minutes=1)
        merging.undo_merge(desk.session, merge_id, "不是同一户")
        self.note("unmerged")

    def review(self, desk: Desk, archive_id: str, outcome: ReviewOutcome | None = None) -> ReviewOutcome:
        """Say something of an archive that came from below."""
        self.pass_time(minutes=1)
        self._written += 1
        chosen = outcome or self.rng.choice(list(ReviewOutcome))
        reasons = () if chosen is ReviewOutcome.APPROVED else (Reason("other", f"理由{self._written}", "employer"),)
        number = f"Q{self._written:05d}" if chosen is ReviewOutcome.APPROVED and self.rng.random() < 0.3 else ""
        given = ReviewInput(chosen, reasons, remarks=f"意见{self._written}", worker_number=number)
        reviewing.review(desk.session, archive_id, given)
        self.note(chosen.value)
        return chosen

    def review_some(self, desk: Desk, share: float = 0.4) -> None:
        """Review some of what is here from below."""
        for archive_id in sent_by(desk.session):
            if self.rng.random() < share:
                self.review(desk, archive_id)

    # -- sticks

    def export(self, desk: Desk, ids: list[str] | None = None, *, full: bool = False) -> Path | None:
        """Export what is not submitted (or *ids*); a copy stays in the drawer. None when there is nothing."""
        self.pass_time(minutes=1)
        if ids is None and not exchange.unsubmitted_ids(desk.session):
            return None
        path = exchange.export_bundle(desk.session, ids, desk.stick, full=full).path
        desk.sent.append(self.keep(path))
        return path

    def answer(self, desk: Desk, below: Iterable[Desk], *, full: bool = False) -> list[tuple[Desk, Path]]:
        """Write an answer for each of the offices *below* that there is anything to say to."""
        self.pass_time(minutes=1)
        told = {plan.child_id for plan in answering.answer_plans(desk.session) if not plan.is_empty}
        ids = [child.session.office.id for child in below if child.session.office.id in told]
        written = answering.write_answers(desk.session, ids, desk.stick, full=full) if ids else []
        paths = {summary.receiver_name: summary.path for summary in written}
        return [(child, paths[child.name]) for child in below if child.name in paths]

    def apply(self, desk: Desk, path: Path) -> Any:
        """Look at an answer and apply it; what was shown is what is done. The outcome, or the code of the refusal."""
        self.pass_time(minutes=1)
        try:
            shown = exchange.inspect_bundle(desk.session, path)
        except NuandangError:
            return self.deliver(desk, path)
        outcome = exchange.receive_bundle(desk.session, path)
        assert outcome.news == shown.news
        return outcome

    def keep(self, path: Path) -> Path:
        """A copy of a bundle that survives whatever happens to the stick."""
        drawer = self.folder / "drawer" / f"{len(list(self.folder.glob('drawer/*'))):04d}"
        drawer.mkdir(parents=True)
        return Path(shutil.copy2(path, drawer / path.name))

    def deliver(self, desk: Desk, path: Path, back: Path | None = None) -> Any:
        """Receive a bundle at *desk*: the outcome, or the code of the refusal."""
        self.pass_time(minutes=1)
        try:
            return exchange.receive_bundle(desk.session, path, receipt_folder=back)
        except NuandangError as refusal:
            assert refusal.text().endswith("。"), refusal
            self.note(refusal.code)
            return refusal.code

    def back_up(self, desk: Desk) -> Path:
        """A backup on another disk; the folder it stands in."""
        self.pass_time(minutes=1)
        return backups.back_up(desk.session, self.folder / "backups").path

    def restore(self, desk: Desk, backup: Path) -> list[str]:
        """The machine breaks and a backup takes its place; what only that machine knew is gone for good.

        Gives the archives that had gone on since: from now on their history forks.
        """
        self.pass_time(minutes=1)
        folder = desk.session.folder
        before = _versions(desk.session)
        desk.session.close()
        backups.restore_backup(backup, folder, PASSPHRASE)
        desk.session = office.open_office(folder, PASSPHRASE)
        self._on_the_clock(desk)
        here, elsewhere = histories(desk.session), histories(self.county.session)
        desk.edits = [
            made for made in desk.edits if made.token in here[made.archive_id] or made.token in elsewhere[made.archive_id]
        ]
        after = _versions(desk.session)
        gone_on = [archive_id for archive_id, revision in before.items() if revision > after.get(archive_id, 0)]
        self.forked.update(gone_on)
        self.note("restored")
        listed = desk.own_ids
        return [archive_id for archive_id in gone_on if archive_id in listed]


def _versions(session: OfficeSession) -> dict[str, int]:
    rows = rows_of(session, "SELECT id, revision FROM archive ORDER BY archive_number, rowid")
    return {row["id"]: row["revision"] for row in rows}


@contextmanager
def district(folder: Path, seed: int, towns: int = len(TOWNS)) -> Iterator[District]:
    """A city, its county and *towns* townships, closed afterwards; ids come from the seed, too, so that a run repeats itself."""
    numbers = random.Random(f"ids {seed}")
    with patch.object(uuid, "uuid4", lambda: uuid.UUID(int=numbers.getrandbits(128), version=4)):
        made = District(folder, seed, towns)
        try:
            yield made
        finally:
            made.close()
