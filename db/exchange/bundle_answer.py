"""The lines of an answer: what the office above has of ours, what it says of it, and what it sends down besides.

An answer is complete: it tells the state of every archive of the office it is for, so that the next one heals whatever
became of the last. Its lines come in a fixed order – :class:`LineKind` – so that a reader need not keep them.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from db.domain.policy.policy_text import LARGEST_TEXT
from db.exchange.bundle_beside import BesideRows, read_beside
from db.exchange.bundle_format import (
    LONGEST_TEXT,
    MOST_RECORDS,
    MalformedError,
    OfficeName,
    Outcome,
    day_of,
    id_of,
    moment_of,
    number_of,
    object_of,
    objects_of,
    parse_json,
    sha256_of,
    text_of,
)
from db.exchange.bundle_records import IncomingArchive, parse_archive
from db.exchange.bundle_register import entry_of

Row = dict[str, Any]


class LineKind(StrEnum):
    """What a line says, in the order the lines stand."""

    HEAD = "head"
    POLICY = "policy"
    CALENDAR = "calendar"
    QUOTA = "quota"
    CIRCULAR = "circular"
    ENTRY = "entry"
    ARCHIVE = "archive"
    STATE = "state"


_ORDER = list(LineKind)
HELD, HAND_OVER = "held", "hand_over"
"""Why an archive travels down: it is the copy held above, for its own office to reconcile; or its new office gets it."""
PACK, STANDARDS = "pack", "standards"
WARNING_KINDS = frozenset({"same_number", "look_alike", "merged"})
OFF, WORK = "off", "work"


# -- what the lines hold ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """The first line. *received*: numbers of the bundles of archives taken and not undone; *last*: the highest that came."""

    as_of: str
    received: list[int]
    last: int
    siblings: list[OfficeName]
    """The other offices below the sender, to name where a household moves."""


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A policy pack or a table of standards."""

    form: str
    text: str


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """Days off and make-up working days of a year."""

    year: int
    days: dict[str, str]
    document: str


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """How many the receiver may file or propose."""

    id: str
    year: int
    subject: str
    label: str
    amount: int
    unit: str
    note: str
    set_at: str
    set_by: str


@dataclass(frozen=True, slots=True)
class CircularLine:
    """A notice."""

    id: str
    title: str
    body: str
    due_on: str | None
    issued_at: str
    issued_by: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of a register: one that offices below get, or the receiver's own as the sender has it."""

    id: str
    row: Row
    known: bool
    """False: a newer program wrote it, and this one leaves it."""


@dataclass(frozen=True, slots=True)
class ArchiveLine:
    """An archive with history and papers, and why it comes."""

    purpose: str
    archive: IncomingArchive


@dataclass(frozen=True, slots=True)
class WarningRow:
    """Somebody of the archive stands in another one, too, of which nothing is told."""

    id: str
    member_id: str
    person_name: str
    kind: str
    office_id: str
    office_name: str
    issued_at: str


@dataclass(frozen=True, slots=True)
class StateLine:
    """What the sender has of an archive: *held* revision (0: none) with the mark of its content, and what came of the last try."""

    archive_id: str
    held: int
    mark: str
    outcome: Outcome | None = None
    """Why the version sent last was set aside; None where it was taken."""
    reason: str = ""
    lacks: list[int] = field(default_factory=list)
    """Revisions up to the held one that the sender's history does not have: it restored a backup in between."""
    moved: bool = False
    """The archive is another office's now; only its hand-overs concern the receiver."""
    warnings: list[WarningRow] = field(default_factory=list)
    beside: BesideRows = field(default_factory=BesideRows)


AnswerLine = AnswerHead | PolicyLine | CalendarLine | QuotaLine | CircularLine | EntryLine | ArchiveLine | StateLine


def snapshot_mark(snapshot: str) -> str:
    """What tells the content of a revision (its JSON as stored) from another; the same at both ends."""
    canonical = json.dumps(json.loads(snapshot), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


# -- writing ------------------------------------------------------------------------------------------------------

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def line_bytes(kind: LineKind, body: Row) -> bytes:
    """One line."""
    return f"{_dumps({'kind': kind.value, **body})}\n".encode()


def archive_answer_lines(purpose: str, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Records of archives (see :func:`db.exchange.bundle_records.archive_lines`) as lines of an answer."""
    start = _dumps({"kind": LineKind.ARCHIVE.value, "purpose": purpose})[:-1].encode() + b","
    for line in lines:
        yield start + line[1:]


# -- reading ------------------------------------------------------------------------------------------------------


class AnswerReader:
    """Reads the lines one after the other and refuses what stands out of order or twice."""

    def __init__(self) -> None:
        self._place = -1
        self._seen: set[tuple[str, str]] = set()
        """Kind of line and key, of every line and of every part that has a key of its own."""

    def read(self, line: bytes) -> AnswerLine:
        """The next line."""
        body = parse_json(line, "下发记录")
        try:
            kind = LineKind(text_of(body, "kind", 20))
        except ValueError as fault:
            raise MalformedError("下发记录的种类不认识") from fault
        place = _ORDER.index(kind)
        if (place == 0) != (self._place < 0) or place < self._place:
            raise MalformedError("下发记录的次序不对")
        self._place = place
        if kind is LineKind.ARCHIVE:
            archive = parse_archive(line)
            self._once(kind, archive.id, *archive.part_ids)
            return ArchiveLine(_one_of(body, "purpose", {HELD, HAND_OVER}), archive)
        read: AnswerLine = _READERS[kind](body)
        if isinstance(read, StateLine):
            # a warning of a merge bears the merge's id
            self._once(kind, read.archive_id, *read.beside.ids, *(f"warning {warning.id}" for warning in read.warnings))
        elif kind not in _FREE:
            self._once(kind, str(getattr(read, _KEYS[kind])))
        return read

    def _once(self, kind: LineKind, *keys: str) -> None:
        """No line, and nothing in it that is told apart by an id, may come twice."""
        named = {(kind.value, key) for key in keys}
        if len(named) != len(keys) or not self._seen.isdisjoint(named):
            raise MalformedError("同一编号出现两次")
        self._seen |= named


def _one_of(body: Row, key: str, known: Iterable[str]) -> str:
    value = text_of(body, key, 40)
    if value not in known:
        raise MalformedError(f"{key} 不认识")
    return value


def _numbers(body: Row, key: str) -> list[int]:
    value = body.get(key)
    if not isinstance(value, list) or len(value) > MOST_RECORDS:
        raise MalformedError(f"{key} 不对")
    return [number_of({key: item}, key, 1) for item in value]


def _flag(body: Row, key: str) -> bool:
    value = body.get(key, False)
    if not isinstance(value, bool):
        raise MalformedError(f"{key} 不对")
    return value


def _head(body: Row) -> AnswerHead:
    siblings = objects_of(body, "siblings", OfficeName.from_json)
    return AnswerHead(moment_of(body, "as_of"), _numbers(body, "received"), number_of(body, "last"), siblings)


def _policy(body: Row) -> PolicyLine:
    return PolicyLine(_one_of(body, "form", {PACK, STANDARDS}), text_of(body, "text", LARGEST_TEXT))


def _calendar(body: Row) -> CalendarLine:
    year, days = number_of(body, "year", 1949), object_of(body, "days")
    for day, what in days.items():
        if day_of({"day": day}, "day")[:4] != f"{year:04d}" or what not in {OFF, WORK}:
            raise MalformedError("节假日不对")
    return CalendarLine(year, days, text_of(body, "document", LONGEST_TEXT))


def _quota(body: Row) -> QuotaLine:
    return QuotaLine(
        id=id_of(body, "id"),
        year=number_of(body, "year", 1949),
        subject=text_of(body, "subject", 80),
        label=text_of(body, "label", 200),
        amount=number_of(body, "amount"),
        unit=text_of(body, "unit", 20),
        note=text_of(body, "note", LONGEST_TEXT),
        set_at=moment_of(body, "set_at"),
        set_by=text_of(body, "set_by", 200),
    )


def _circular(body: Row) -> CircularLine:
    return CircularLine(
        id=id_of(body, "id"),
        title=text_of(body, "title", 200),
        body=text_of(body, "body", LONGEST_TEXT),
        due_on=day_of(body, "due_on") if body.get("due_on") is not None else None,
        issued_at=moment_of(body, "issued_at"),
        issued_by=text_of(body, "issued_by", 200),
    )


def _entry(body: Row) -> EntryLine:
    unknown: list[str] = []
    row = entry_of(object_of(body, "entry"), unknown)
    return EntryLine(row["id"], row, not unknown)


def _warning(body: Row) -> WarningRow:
    return WarningRow(
        id=id_of(body, "id"),
        member_id=id_of(body, "member_id") if body.get("member_id") else "",
        person_name=text_of(body, "person_name", 200),
        kind=_one_of(body, "kind", WARNING_KINDS),
        office_id=id_of(body, "office_id"),
        office_name=text_of(body, "office_name", 200),
        issued_at=moment_of(body, "issued_at"),
    )


def _state(body: Row) -> StateLine:
    held = number_of(body, "held")
    outcome = _one_of(body, "outcome", set(Outcome)) if body.get("outcome") else None
    return StateLine(
        archive_id=id_of(body, "archive_id"),
        held=held,
        mark=sha256_of(body, "mark") if held else "",
        outcome=Outcome(outcome) if outcome else None,
        reason=text_of(body, "reason") if body.get("reason") else "",
        lacks=_numbers(body, "lacks") if body.get("lacks") is not None else [],
        moved=_flag(body, "moved"),
        warnings=objects_of(body, "warnings", _warning) if body.get("warnings") else [],
        beside=read_beside(body),
    )


_READERS: dict[LineKind, Any] = {
    LineKind.HEAD: _head,
    LineKind.POLICY: _policy,
    LineKind.CALENDAR: _calendar,
    LineKind.QUOTA: _quota,
    LineKind.CIRCULAR: _circular,
    LineKind.ENTRY: _entry,
    LineKind.STATE: _state,
}
_KEYS = {
    LineKind.CALENDAR: "year",
    LineKind.QUOTA: "id",
    LineKind.CIRCULAR: "id",
    LineKind.ENTRY: "id",
}
_FREE = frozenset({LineKind.HEAD, LineKind.POLICY})
"""Lines without a key of their own."""
