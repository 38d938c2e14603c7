"""What 设置 → 政策 lists: every version of every pack with its documents, its time in force and what it leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db.domain import regions
from db.domain.policy.book import LoadedPack, PolicyBook, packaged_book
from db.domain.policy.pack import Pack
from db.domain.policy.reading import pack_faults
from db.services.office import OfficeSession
from db.services.policy_figures import UnsetFigure, open_questions
from db.services.policy_library import ORIGIN_LABELS, StoredText, book_of, chosen_id, readable_pack, stored_texts

STATE_LABELS = {
    "in_force": "现行",
    "future": "尚未生效",
    "past": "已停用",
    "superseded": "被同一时期的其他版本取代",
    "faulty": "不能用",
}
_OLD_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A document that a pack rests on. *is_old*: nobody compared the figures with it for more than a year."""

    id: str
    title: str
    number: str
    issuer: str
    issued_on: str | None
    checked_on: str
    is_old: bool


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One version of a pack. *loaded* is None for a text that this program cannot read; *fault* says why.

    *in_force_from* and *in_force_to* are the days on which this version is the one that counts; *in_force_from* None:
    it never does, because another takes its place, *in_force_to* None: until further notice.
    """

    pack_id: str
    title: str
    version: str
    region_names: tuple[str, ...]
    begins: str
    ends: str | None
    in_force_from: str | None
    in_force_to: str | None
    state: str
    origin: str
    sha256: str
    sources: tuple[SourceLine, ...]
    unset: tuple[UnsetFigure, ...]
    is_chosen: bool = False
    made_at: str = ""
    made_by: str = ""
    source_office_id: str = ""
    note: str = ""
    fault: str = ""
    loaded: LoadedPack | None = None

    @property
    def origin_label(self) -> str:
        """Where the version comes from, in Chinese."""
        return ORIGIN_LABELS[self.origin]

    @property
    def state_label(self) -> str:
        """Whether it is in force, in Chinese."""
        return STATE_LABELS[self.state]


def policy_rows(session: OfficeSession, on: str | None = None) -> list[PolicyRow]:
    """Every version this office knows, packs in the order of their ids, the newest version first."""
    day = on or session.today
    with session.database.reading() as connection:
        book = book_of(connection)
        stored = {item.sha256: item for item in stored_texts(connection, "pack")}
    chosen = chosen_id(session)
    if not chosen:
        fitting = book.pack_for(session.office.region_code, day)
        chosen = fitting.pack.id if fitting else ""
    rows = [pack_row(book, item, day, chosen, stored.get(item.sha256)) for item in _every_version(book)]
    rows += [
        pack_row(book, loaded, day, chosen, item) if (loaded := readable_pack(item)) else _faulty(item)
        for item in stored.values()
        if item.sha256 not in {row.sha256 for row in rows}
    ]
    return sorted(rows, key=lambda row: row.pack_id)


def packaged_rows(on: str) -> list[PolicyRow]:
    """The same of the packs that come with the program, without an office."""
    book = packaged_book()
    return [pack_row(book, item, on, "", None) for item in _every_version(book)]


def _every_version(book: PolicyBook) -> list[LoadedPack]:
    return [item for pack_id in sorted({item.pack.id for item in book.packs}) for item in book.versions(pack_id)]


def pack_row(book: PolicyBook, loaded: LoadedPack, on: str, chosen: str, stored: StoredText | None) -> PolicyRow:
    """The line of one readable version."""
    pack = loaded.pack
    first, last = in_force_days(book, loaded)
    return PolicyRow(
        pack_id=pack.id,
        title=pack.title,
        version=pack.version,
        region_names=tuple(regions.full_name(code) for code in pack.regions),
        begins=pack.begins,
        ends=pack.ends,
        in_force_from=first,
        in_force_to=last,
        state=_state(book, loaded, on, first),
        origin=loaded.origin,
        sha256=loaded.sha256,
        sources=source_lines(pack, on),
        unset=tuple(open_questions(loaded)),
        is_chosen=pack.id == chosen,
        made_at=stored.made_at if stored else "",
        made_by=stored.made_by if stored else "",
        source_office_id=stored.source_office_id if stored else "",
        note=pack.note,
        loaded=loaded,
    )


def _faulty(stored: StoredText) -> PolicyRow:
    faults = pack_faults(stored.text, stored.file)
    return PolicyRow(
        pack_id=stored.pack_id,
        title=stored.pack_id,
        version=stored.version,
        region_names=(),
        begins="",
        ends=None,
        in_force_from=None,
        in_force_to=None,
        state="faulty",
        origin=stored.origin,
        sha256=stored.sha256,
        sources=(),
        unset=(),
        made_at=stored.made_at,
        made_by=stored.made_by,
        source_office_id=stored.source_office_id,
        note=stored.note,
        fault=faults[0].text() if faults else "",
    )


def source_lines(pack: Pack, on: str) -> tuple[SourceLine, ...]:
    """The documents of a pack."""
    old = (date.fromisoformat(on) - _OLD_AFTER).isoformat()
    return tuple(
        SourceLine(
            item.id, item.title, item.number, item.issuer, item.issued_on, item.checked_on, item.checked_on < old
        )
        for item in pack.source
    )


def in_force_days(book: PolicyBook, loaded: LoadedPack) -> tuple[str | None, str | None]:
    """First and last day on which this very version counts; (None, None) when it never does."""
    turns = _turning_days(book.versions(loaded.pack.id))
    counts = [(current := book.pack(loaded.pack.id, day)) is not None and current.sha256 == loaded.sha256 for day in turns]
    if True not in counts:
        return None, None
    after = len(counts) - counts[::-1].index(True)
    last = None if after == len(turns) else _shifted(turns[after], -1)
    return turns[counts.index(True)], last


def _turning_days(versions: Sequence[LoadedPack]) -> list[str]:
    """The days on which another version may come to count."""
    days = {item.pack.begins for item in versions}
    days |= {_shifted(item.pack.ends, 1) for item in versions if item.pack.ends is not None}
    return sorted(days)


def _shifted(day: str, by: int) -> str:
    shifted = min(date.fromisoformat(day).toordinal() + by, date.max.toordinal())
    return date.fromordinal(shifted).isoformat()


def _state(book: PolicyBook, loaded: LoadedPack, on: str, first: str | None) -> str:
    if first is None:
        return "superseded"
    current = book.pack(loaded.pack.id, on)
    if current is not None and current.sha256 == loaded.sha256:
        return "in_force"
    return "future" if on < first else "past"


