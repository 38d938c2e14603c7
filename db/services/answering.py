"""Answers to the offices below: what became of their archives, what was decided, and what goes down besides."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.domain.records.aid_service import HOUSEHOLD
from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import RecordKind, read_record
from db.errors import Progress, UserError
from db.exchange import bundle_answer, bundle_records
from db.exchange.bundle_answer import HAND_OVER, HELD, PACK, STANDARDS, LineKind
from db.exchange.bundle_beside import beside_of, levels_of
from db.exchange.bundle_format import BundleKind, Counts, Manifest, Outcome
from db.exchange.bundle_register import GOING_DOWN
from db.exchange.bundle_write import AttachmentFile, BundlePlan, write_bundle
from db.exchange.identity import exchange_keys
from db.services import merging
from db.services.handing_over import hand_overs_for
from db.services.office import ATTACHMENTS, OfficeSession
from db.services.partners import refuse_revoked
from db.services.policy_library import stored_texts
from db.services.sending import BundleSummary, Sender, make_manifest
from db.store import answer_store, bundle_store, notice_store, record_store, retention_store

Row = dict[str, Any]

_BATCH = 200
_MOST_HOLES = 200
"""Missing revisions of an archive that are named: one is reason enough to send all again."""
_STANDING_ASIDE = frozenset({Outcome.OLDER, Outcome.CONFLICT})
"""After these the copy held here goes back to the archive's office, which brings both together."""
_NOT_TAKEN = _STANDING_ASIDE | {Outcome.REFUSED}
_WARNINGS = uuid.UUID("5a0c7d3e-94f1-4f3b-8a55-0d1f3f6f2b61")
"""Names warnings: the same person is told of under the same id in every answer."""


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """What an answer to *child_name* would tell."""

    child_id: str
    child_name: str
    archives: int
    """Archives whose state it tells."""
    received: int
    """Bundles that have come."""
    set_aside: int
    """Archives not taken, with the reason."""
    held: int
    """Copies that go back, for the office below to bring both versions together."""
    handed_over: int
    """Archives that move to the office."""
    reviews: int
    """Reviews made here since the last answer."""
    warnings: int
    policies: tuple[str, ...]
    calendars: tuple[int, ...]
    quotas: int
    circulars: int
    entries: tuple[str, ...]
    """Campaigns and programmes that offices below get, by name."""
    last_answered_at: str | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to say. Once answered, also that nothing is here any more has to be said."""
        if self.last_answered_at:
            return False
        parts = (
            self.archives, self.received, self.quotas, self.circulars, len(self.policies), len(self.calendars), len(self.entries)
        )
        return not any(parts)


# -- what goes into an answer -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Answer:
    """Everything an answer to one office is made of, as it stands on *connection*."""

    connection: Connection
    session: OfficeSession
    child: Row
    siblings: list[Row]
    states: list[Row]
    as_of: str
    held: list[str] = field(default_factory=list)
    """Ids of archives whose copy goes back."""
    moved_in: list[str] = field(default_factory=list)
    """Ids of archives that move to the office."""
    hand_overs: dict[str, list[Row]] = field(default_factory=dict)
    """By archive: what was decided about those that the office gave or gets."""
    reasons: dict[str, dict[str, str]] = field(default_factory=dict)
    """By bundle and archive: why it was set aside."""

    @property
    def archive_ids(self) -> list[str]:
        """Archives that travel whole."""
        return [*self.held, *self.moved_in]

    def fixed_lines(self) -> list[bytes]:
        """Head, policies, calendars, quotas, circulars, entries of registers."""
        return [
            self._head(),
            *(bundle_answer.line_bytes(LineKind.POLICY, body) for body in self.policies()),
            *(bundle_answer.line_bytes(LineKind.CALENDAR, _only(row, "year", "days", "document")) for row in self.calendars()),
            *(bundle_answer.line_bytes(LineKind.QUOTA, _only(row, *_QUOTA_KEYS)) for row in self.quotas()),
            *(bundle_answer.line_bytes(LineKind.CIRCULAR, _only(row, *_CIRCULAR_KEYS)) for row in self.circulars()),
            *(bundle_answer.line_bytes(LineKind.ENTRY, {"entry": row}) for row in self.entries()),
        ]

    def _head(self) -> bytes:
        body = {
            "as_of": self.as_of,
            "received": answer_store.received_sequences(self.connection, self.child["id"]),
            "last": answer_store.last_received(self.connection, self.child["id"]),
            "siblings": [_only(row, "id", "name") for row in self.siblings],
        }
        return bundle_answer.line_bytes(LineKind.HEAD, body)

    def policies(self) -> list[Row]:
        """The texts of the office's own book, made here or delivered from above."""
        kinds = ((PACK, "pack"), (STANDARDS, "standards"))
        return [{"form": form, "text": item.text} for form, kind in kinds for item in stored_texts(self.connection, kind)]

    def entries(self) -> list[Row]:
        """Of the registers: what offices below get, and the child's own, should it have lost them."""
        ours = record_store.office_records_out(self.connection, [self.session.office.id], GOING_DOWN)
        return [*ours, *self._services(), *record_store.office_records_out(self.connection, [self.child["id"]])]

    def _services(self) -> list[Row]:
        """What this office and those above it did for households of the child, beside their archives."""
        theirs = {row["archive_id"] for row in self.states if row["home"] == self.child["id"]} | set(self.moved_in)
        found = record_store.office_records_out(self.connection, kinds=[RecordKind.OFFICE_SERVICE])
        return [row for row in found if row["office_id"] != self.child["id"] and row["content"]["values"].get(HOUSEHOLD) in theirs]

    def sent_down_entries(self) -> list[str]:
        """What stands of the registers that offices below get, a line each."""
        ours = record_store.office_records_out(self.connection, [self.session.office.id], GOING_DOWN)
        standing = [row for row in ours if not row["is_removed"]]
        return [FORMS[RecordKind(row["kind"])].line(read_record(row["content"])) for row in standing]

    def calendars(self) -> list[Row]:
        """The years that differ from what the program brings."""
        return notice_store.calendars(self.connection)

    def quotas(self) -> list[Row]:
        """Those of this child."""
        own = self.session.office.id
        found = notice_store.quotas(self.connection)
        return [row for row in found if (row["for_office_id"], row["office_id"]) == (self.child["id"], own)]

    def circulars(self) -> list[Row]:
        """Those issued here for this child, the oldest first."""
        own, child = self.session.office.id, self.child["id"]
        found = [row for row in notice_store.circulars(self.connection) if row["office_id"] == own]
        return [row for row in found[::-1] if not row["withdrawn_at"] and child in (row["audience"] or [child])]

    def warnings(self, ids: Sequence[str]) -> dict[str, list[Row]]:
        """By archive: who of it stands in somebody else's archives, too; what those above told is passed on."""
        found: dict[str, list[Row]] = {}
        office = self.session.office
        for kind, person in answer_store.shared_people(self.connection, ids):
            known = "|".join((office.id, person["archive_id"], person["member_id"], kind))
            warning = {
                "id": str(uuid.uuid5(_WARNINGS, known)),
                "member_id": person["member_id"],
                "person_name": person["name"],
                "kind": kind,
                "office_id": office.id,
                "office_name": office.name,
                "issued_at": self.as_of,
            }
            found.setdefault(person["archive_id"], []).append(warning)
        for row in [*self._merged(ids), *answer_store.open_warnings(self.connection, ids)]:
            found.setdefault(row["archive_id"], []).append(_only(row, *_WARNING_KEYS))
        return found

    def _merged(self, ids: Sequence[str]) -> list[Row]:
        """Warnings of merges made here or above; those below know of their own."""
        found = [row for row in merging.warnings_of(self.connection, ids) if not row["cleared_at"]]
        if not found:
            return []
        levels = levels_of(self.session.office.level, upwards=False)
        beside = beside_of(self.connection, [row["archive_id"] for row in found], levels)
        ours = {row["id"] for rows in beside.values() for row in rows.get("merges", [])}
        return [row for row in found if row["id"] in ours]

    def state_lines(self) -> Iterator[bytes]:
        """One line for each archive."""
        for start in range(0, len(self.states), _BATCH):
            rows = self.states[start : start + _BATCH]
            ids = [row["archive_id"] for row in rows]
            destroyed = retention_store.destroyed_marks(self.connection, ids)
            here = [row["archive_id"] for row in rows if row["home"] == self.child["id"] and row["archive_id"] not in destroyed]
            marks = answer_store.held_snapshots(self.connection, here)
            holes = answer_store.holes(self.connection, here)
            beside = beside_of(self.connection, ids, levels_of(self.session.office.level, upwards=False))
            warnings = self.warnings(here)
            for row in rows:
                body = self._state(row, marks, beside, warnings, destroyed)
                if row["archive_id"] in holes:
                    body["lacks"] = holes[row["archive_id"]][:_MOST_HOLES]
                yield bundle_answer.line_bytes(LineKind.STATE, body)

    def _state(
        self,
        row: Row,
        marks: dict[str, str],
        beside: dict[str, Any],
        warnings: dict[str, list[Row]],
        destroyed: dict[str, str],
    ) -> Row:
        archive_id = row["archive_id"]
        others = beside.get(archive_id, {})
        body: Row = {"archive_id": archive_id, "held": 0}
        if archive_id in destroyed:  # it had arrived, and its office need not send it again
            body.update(held=row["revision"], mark=destroyed[archive_id], warnings=[])
        elif archive_id in marks:
            body.update(held=row["revision"], mark=bundle_answer.snapshot_mark(marks[archive_id]), **others)
            body["warnings"] = warnings.get(archive_id, [])
        elif archive_id in self.hand_overs:
            body.update(moved=True, hand_overs=others["hand_overs"])
        if row["outcome"] in _NOT_TAKEN:
            body.update(outcome=row["outcome"], reason=self.reasons[row["bundle_id"]].get(archive_id, ""))
        return body

    def lines(self) -> Iterator[bytes]:
        """All lines in their order; the same each time."""
        yield from self.fixed_lines()
        levels = levels_of(self.session.office.level, upwards=False)
        for purpose, ids in ((HELD, self.held), (HAND_OVER, self.moved_in)):
            records = bundle_records.archive_lines(self.connection, ids, full=True, levels=levels)
            yield from bundle_answer.archive_answer_lines(purpose, records)
        yield from self.state_lines()


_QUOTA_KEYS = ("id", "year", "subject", "label", "amount", "unit", "note", "set_at", "set_by")
_CIRCULAR_KEYS = ("id", "title", "body", "due_on", "issued_at", "issued_by")
_WARNING_KEYS = ("id", "member_id", "person_name", "kind", "office_id", "office_name", "issued_at")


def _only(row: Row, *keys: str) -> Row:
    return {key: row[key] for key in keys}


def _answer(connection: Connection, session: OfficeSession, child_id: str, *, full: bool = False) -> _Answer:
    partners = bundle_store.partners(connection)
    children = [row for row in partners if row["relation"] == "child"]
    child = next((row for row in children if row["id"] == child_id), None)
    if child is None:
        raise UserError("partner_unknown")
    offices = [session.office.id, *(row["id"] for row in children)]
    states = answer_store.states_of(connection, child_id, offices)
    answer = _Answer(connection, session, child, [row for row in children if row is not child], states, session.now)
    aside = {row["bundle_id"] for row in states if row["outcome"] in _NOT_TAKEN}
    answer.reasons = answer_store.reasons_of(connection, aside)
    moves = hand_overs_for(connection, child_id)
    here = {row["archive_id"] for row in states}
    answer.hand_overs = {key: rows for key, rows in moves.rows.items() if key in here}
    answer.moved_in = [key for key in moves.to_send if key in here]
    applied_at, wanted = answer_store.last_said(connection, child_id)
    destroyed = retention_store.destroyed_marks(connection, here)
    answer.held = [
        row["archive_id"]
        for row in states
        if row["home"] == child_id
        and (full or row["archive_id"] in wanted or _stands_aside(row, applied_at))
        and row["archive_id"] not in answer.moved_in
        and row["archive_id"] not in destroyed
    ]
    return answer


def _stands_aside(row: Row, applied_at: str) -> bool:
    """Whether the copy held here has to go back: until the office has applied an answer written after the last try."""
    return row["outcome"] in _STANDING_ASIDE and applied_at <= row["handled_at"]


# -- planning and writing -----------------------------------------------------------------------------------------


def answer_plan(session: OfficeSession, child_id: str, *, full: bool = False) -> AnswerPlan:
    """What an answer to the office *child_id* would tell; *full*: with a copy of every archive of it."""
    with session.database.reading() as connection:
        return _plan(_answer(connection, session, child_id, full=full))


def answer_plans(session: OfficeSession) -> list[AnswerPlan]:
    """The same for every office below, by name."""
    with session.database.reading() as connection:
        children = [row["id"] for row in bundle_store.partners(connection) if row["relation"] == "child"]
        return [_plan(_answer(connection, session, child_id)) for child_id in children]


def _plan(answer: _Answer) -> AnswerPlan:
    connection, child = answer.connection, answer.child
    ids = [row["archive_id"] for row in answer.states if row["home"] == child["id"]]
    last = answer_store.last_answered(connection, child["id"])
    return AnswerPlan(
        child_id=child["id"],
        child_name=child["name"],
        archives=len(answer.states),
        received=len(answer_store.received_sequences(connection, child["id"])),
        set_aside=sum(1 for row in answer.states if row["outcome"] in _NOT_TAKEN),
        held=len(answer.held),
        handed_over=len(answer.moved_in),
        reviews=answer_store.reviews_since(connection, ids, answer.session.office.id, last or ""),
        warnings=sum(len(found) for found in answer.warnings(ids).values()),
        policies=tuple(item.pack_id for kind in ("pack", "standards") for item in stored_texts(connection, kind)),
        calendars=tuple(row["year"] for row in answer.calendars()),
        quotas=len(answer.quotas()),
        circulars=len(answer.circulars()),
        entries=tuple(answer.sent_down_entries()),
        last_answered_at=last,
    )


def write_answer(
    session: OfficeSession,
    child_id: str,
    folder: Path,
    progress: Progress | None = None,
    *,
    full: bool = False,
) -> BundleSummary:
    """Write the answer for the office *child_id*: the whole state of its archives, so that it heals what was lost.

    *full* takes a copy of every archive along, for an office that lost some of its own.
    """
    keys = exchange_keys(session.database)
    with session.database.reading() as connection:
        answer = _answer(connection, session, child_id, full=full)
        refuse_revoked(answer.child)
        plan = BundlePlan(_manifest(answer), answer.lines, _files(answer), answer.child["recipient"])
        written = write_bundle(plan, keys, folder, progress)
    return Sender(session, answer.child, plan.manifest, written).record([])


def _manifest(answer: _Answer) -> Manifest:
    files = _files(answer)
    counts = Counts(len(answer.states), 0, len(files), sum(file.size for file in files))
    lines = len(answer.fixed_lines()) + len(answer.archive_ids) + len(answer.states)
    return make_manifest(
        answer.connection, answer.session, answer.child, BundleKind.ANSWER, counts, records=lines
    )


def _files(answer: _Answer) -> list[AttachmentFile]:
    folder = answer.session.folder / ATTACHMENTS
    return [
        AttachmentFile(folder / row["stored_name"], row["stored_sha256"], row["stored_size"], row["name"])
        for row in bundle_store.attachment_files(answer.connection, answer.archive_ids)
    ]


def write_answers(
    session: OfficeSession,
    child_ids: Sequence[str] | None,
    folder: Path,
    progress: Progress | None = None,
    *,
    full: bool = False,
) -> list[BundleSummary]:
    """An answer for each of these offices (None: every office below to which there is anything to say)."""
    if child_ids is None:
        trusted = _trusted_children(session)
        child_ids = [plan.child_id for plan in answer_plans(session) if plan.child_id in trusted and not plan.is_empty]
    if not child_ids:
        raise UserError("nothing_to_answer")
    written = []
    for done, child_id in enumerate(child_ids):
        if progress:
            progress(done, len(child_ids))
        written.append(write_answer(session, child_id, folder, full=full))
    return written


def _trusted_children(session: OfficeSession) -> set[str]:
    with session.database.reading() as connection:
        partners = bundle_store.partners(connection)
    return {row["id"] for row in partners if row["relation"] == "child" and not row["revoked_at"]}
