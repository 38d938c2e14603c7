"""The round trip at a glance: what has gone up and come back, what waits at the county, what is still to be sent down."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from db.domain.office_levels import OFFICE_LEVELS
from db.domain.review import Reason
from db.services.answer_news import WARNING_LABELS
from db.services.office import OfficeSession
from db.store import round_trip_store
from db.store.round_trip_store import Row

NEAR_DAYS = 7
"""How many days before its end a time for correction counts as near."""


@dataclass(frozen=True, slots=True)
class RoundTripCounts:
    """What the board and the status line say; zero where there is nothing to say."""

    archives: int
    unsubmitted: int
    waiting: int
    """Exported, without a receipt."""
    returned: int
    overdue: int
    """Of those returned, past the last day: 逾期不予受理."""
    near: int
    """Of those returned, due within :data:`NEAR_DAYS`."""
    first_due: str | None
    refused: int
    approved: int
    unread: int
    circular_due: str | None
    conflicts: int
    out_on_laptops: int
    warnings: int
    hand_overs: int
    to_review: int = 0
    to_send: int = 0
    gaps: int = 0
    """Offices below of which a bundle is missing."""

    @property
    def not_received(self) -> int:
        """What the office above has not got: never sent, changed since, or on the way."""
        return self.unsubmitted + self.waiting


@dataclass(frozen=True, slots=True)
class SentOnTheWay:
    """A bundle sent of which the office above has not told yet that it has it."""

    bundle_id: str
    sequence: int
    sent_at: str
    archives: int
    waiting: int
    """Archives in it that nobody acknowledged."""


@dataclass(frozen=True, slots=True)
class WayUp:
    """How things stand with one office above."""

    partner_id: str
    name: str
    on_the_way: list[SentOnTheWay] = field(default_factory=list)
    last_receipt_at: str | None = None
    last_answer_at: str | None = None
    answers: int = 0
    """How many answers have come."""


@dataclass(frozen=True, slots=True)
class OfficeBelow:
    """How things stand with one office below."""

    partner_id: str
    name: str
    last_sequence: int
    last_at: str | None
    missing: tuple[tuple[int, int], ...]
    """Runs of numbers that never came, first and last."""
    archives: int
    to_review: int
    to_send: int
    """Reviewed since the last answer."""
    answers: int
    last_answer_at: str | None
    knows_of_gap: bool = False
    """Whether an answer went out after the gap was seen: it tells the office by itself."""
    revoked: bool = False

    @property
    def missing_text(self) -> str:
        """``第 3 包``, ``第 3–5、9 包``; empty without a gap."""
        return gap_text(self.missing)


@dataclass(frozen=True, slots=True)
class ReturnedArchive:
    """An own archive that came back for correction."""

    archive_id: str
    archive_number: str
    name: str
    due_on: str | None
    reasons: tuple[Reason, ...]
    remarks: str
    office_name: str
    made_at: str

    @property
    def words(self) -> str:
        """Every reason in one line."""
        return "；".join(reason.words for reason in self.reasons) or self.remarks


@dataclass(frozen=True, slots=True)
class OpenWarning:
    """A person of an own archive whom the office above has seen elsewhere, too."""

    archive_id: str
    archive_number: str
    head_name: str
    person_name: str
    kind: str
    office_name: str
    issued_at: str

    @property
    def words(self) -> str:
        """What was seen."""
        return WARNING_LABELS.get(self.kind, self.kind)


def gap_text(missing: Iterable[tuple[int, int]]) -> str:
    """Numbers of missing bundles as people say them."""
    runs = [str(first) if first == last else f"{first}–{last}" for first, last in missing]
    return f"第 {'、'.join(runs)} 包" if runs else ""


def missing_runs(sequences: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Runs of numbers left out between 1 and the highest of *sequences*, which stand in order."""
    runs, expected = [], 1
    for sequence in sequences:
        if sequence > expected:
            runs.append((expected, sequence - 1))
        expected = max(expected, sequence + 1)
    return tuple(runs)


def _above(session: OfficeSession) -> tuple[str, ...]:
    return OFFICE_LEVELS[OFFICE_LEVELS.index(session.office.level) + 1 :]


def counts(session: OfficeSession) -> RoundTripCounts:
    """Every figure of the board and the status line."""
    own, today = session.office.id, session.today
    soon = (date.fromisoformat(today) + timedelta(days=NEAR_DAYS)).isoformat()
    with session.database.reading() as connection:
        plain = round_trip_store.figures(connection, own, today)
        said = round_trip_store.outcomes(connection, own, _above(session), today, soon)
        below = _below_figures(connection, own, plain["archives"] - plain.pop("own_archives"))
    returned: Row = said.get("returned", {})
    return RoundTripCounts(
        **plain,
        returned=returned.get("count", 0),
        overdue=returned.get("overdue", 0),
        near=returned.get("soon", 0),
        first_due=returned.get("first_due"),
        refused=said.get("refused", {}).get("count", 0),
        approved=said.get("approved", {}).get("count", 0),
        **below,
    )


def _below_figures(connection: Connection, own: str, foreign: int) -> dict[str, Any]:
    children = [row["id"] for row in round_trip_store.partners(connection, "child")]
    if not children:
        return {}
    held = round_trip_store.held_by_office(connection, own)
    received = round_trip_store.received_sequences(connection)
    reviewed = round_trip_store.reviewed_by_office(connection, own, _heard(connection, children, list(held)))
    return {
        "to_review": foreign - sum(done for done, _ in reviewed.values()),
        "to_send": sum(waiting for _, waiting in reviewed.values()),
        "gaps": sum(1 for child in children if missing_runs([number for number, _ in received.get(child, [])])),
    }


def _heard(connection: Connection, children: list[str], offices: list[str]) -> dict[str, str]:
    """By office: the moment of the last answer sent to whoever brings its archives; empty before the first."""
    answers = round_trip_store.last_answers(connection, "sent")
    relays = round_trip_store.relays(connection, children, offices)
    return {office: answers.get(partner, {}).get("created_at", "") for office, partner in relays.items()}


def offices_below(session: OfficeSession) -> list[OfficeBelow]:
    """Every office enrolled below, those with something to do first."""
    own = session.office.id
    with session.database.reading() as connection:
        children = round_trip_store.partners(connection, "child")
        ids = [row["id"] for row in children]
        held = round_trip_store.held_by_office(connection, own)
        relays = round_trip_store.relays(connection, ids, list(held))
        by_partner = _Totals(relays)
        archives = by_partner.of(held)
        answers = round_trip_store.last_answers(connection, "sent")
        since = {office: answers.get(partner, {}).get("created_at", "") for office, partner in relays.items()}
        said = round_trip_store.reviewed_by_office(connection, own, since)
        reviewed = by_partner.of({office: done for office, (done, _) in said.items()})
        to_send = by_partner.of({office: waiting for office, (_, waiting) in said.items()})
        received = round_trip_store.received_sequences(connection)
    rows = [
        _office_below(child, received.get(child["id"], []), answers.get(child["id"], {}), archives, reviewed, to_send)
        for child in children
    ]
    return sorted(rows, key=lambda row: (not (row.missing or row.to_send or row.to_review), row.name))


@dataclass(frozen=True, slots=True)
class _Totals:
    """Sums of figures by office, over the enrolled office that brings them."""

    relays: dict[str, str]

    def of(self, figures: dict[str, int]) -> dict[str, int]:
        found: dict[str, int] = {}
        for office, count in figures.items():
            partner = self.relays.get(office)
            if partner:
                found[partner] = found.get(partner, 0) + count
        return found


def _office_below(
    child: Row,
    received: list[tuple[int, str]],
    answer: Row,
    archives: dict[str, int],
    reviewed: dict[str, int],
    to_send: dict[str, int],
) -> OfficeBelow:
    partner = child["id"]
    missing = missing_runs([number for number, _ in received])
    last = received[-1] if received else (0, None)
    # the bundle that showed the last gap is the first one after it
    seen_at = next((at for number, at in received if missing and number > missing[-1][1]), "")
    answered_at = answer.get("created_at")
    return OfficeBelow(
        partner_id=partner,
        name=child["name"],
        last_sequence=last[0],
        last_at=max((at for _, at in received), default=None),
        missing=missing,
        archives=archives.get(partner, 0),
        to_review=archives.get(partner, 0) - reviewed.get(partner, 0),
        to_send=to_send.get(partner, 0),
        answers=answer.get("count", 0),
        last_answer_at=answer.get("handled_at"),
        knows_of_gap=bool(missing and answered_at and answered_at > seen_at),
        revoked=bool(child.get("revoked_at")),
    )


def ways_up(session: OfficeSession) -> list[WayUp]:
    """How things stand with every office above."""
    with session.database.reading() as connection:
        parents = round_trip_store.partners(connection, "parent")
        waiting = round_trip_store.waiting_bundles(connection)
        receipts = round_trip_store.last_receipts(connection)
        answers = round_trip_store.last_answers(connection, "received")
    return [
        WayUp(
            partner_id=parent["id"],
            name=parent["name"],
            on_the_way=[_on_the_way(row) for row in waiting if row["partner_id"] == parent["id"]],
            last_receipt_at=receipts.get(parent["id"]),
            last_answer_at=answers.get(parent["id"], {}).get("handled_at"),
            answers=answers.get(parent["id"], {}).get("count", 0),
        )
        for parent in parents
    ]


def _on_the_way(row: Row) -> SentOnTheWay:
    return SentOnTheWay(row["id"], row["sequence"], row["handled_at"], row["archive_count"], row["waiting"])


def returned_archives(session: OfficeSession, limit: int = 500) -> list[ReturnedArchive]:
    """Own archives that came back for correction, the most urgent first."""
    with session.database.reading() as connection:
        rows = round_trip_store.returned_rows(connection, session.office.id, _above(session), limit)
    return [_returned(row) for row in rows]


def _returned(row: dict[str, Any]) -> ReturnedArchive:
    reasons = row.pop("reasons")
    parsed = json.loads(reasons) if isinstance(reasons, str) else reasons
    return ReturnedArchive(**row, reasons=tuple(Reason.from_json(body) for body in parsed))


def open_warnings(session: OfficeSession, limit: int = 500) -> list[OpenWarning]:
    """People the offices above ask to look at again, the newest first."""
    with session.database.reading() as connection:
        return [OpenWarning(**row) for row in round_trip_store.open_warnings(connection, session.office.id, limit)]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What presses while a bundle is made ready: corrections done and not yet there, and those still to be made."""

    corrected: int
    """Changed after they came back; the office above has not got them."""
    corrected_due: str | None
    uncorrected: int
    overdue: int
    first_due: str | None
    circular_due: str | None


def deadlines(session: OfficeSession) -> Deadlines:
    """The days that matter to whoever sends now."""
    counted = counts(session)
    with session.database.reading() as connection:
        corrected, due = round_trip_store.corrected(connection, session.office.id, _above(session))
    return Deadlines(corrected, due, counted.returned, counted.overdue, counted.first_due, counted.circular_due)
