"""The work board: everything that is late, due today, within the week or soon, whoever set the day.

Counts come from one statement and lines from another, however many archives the office has; see
:mod:`db.store.due_store`. The year calendar, the calendar file and the command ``due`` read the same.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from db.domain.due_words import AHEAD, FROM_THAT_DAY, WEEK, DueItem, DueKind, Span, span_of
from db.domain.pairing_duties import CALL, VISIT, PairingDuty
from db.domain.policy.pack import Window
from db.exchange.ical import write_calendar
from db.services import clock_check, duties, round_trip, year_calendar
from db.services import office as offices
from db.services.clock_check import ClockFault
from db.services.leftovers import remember_output
from db.services.office import OfficeSession, OfficeStatus
from db.services.round_trip import ReturnedArchive, RoundTripCounts
from db.store import due_store, pairing_store

FEW = 5
"""Lines of a kind that the board names before it counts the rest."""
MANY = 500
_YEAR, _BACK = 366, 30
"""Days for which the board reminds of a day of the office that went by without a note."""

OF_THE_OFFICE = frozenset(
    {
        DueKind.MONITORING,
        DueKind.STUDENT_NOTICE,
        DueKind.PROGRAMME,
        DueKind.CIRCULAR,
        DueKind.DEADLINE,
        DueKind.OPENS,
        DueKind.CLOSES,
        DueKind.OWN,
    }
)
EVERY_KIND = frozenset(DueKind)
OF_HOUSEHOLDS = EVERY_KIND - OF_THE_OFFICE

Counts = dict[DueKind, dict[Span, int]]


@dataclass(frozen=True, slots=True)
class Board:
    """What the work board shows."""

    today: str
    items: tuple[DueItem, ...]
    """The first lines of each kind, in the order of their days."""
    counts: Counts
    status: OfficeStatus
    round_trip: RoundTripCounts
    returned: tuple[ReturnedArchive, ...]
    """What the office above sent back; lines of :attr:`items` where it named a day."""
    windows: tuple[Window, ...]
    clock: ClockFault | None
    """What is wrong with the computer's clock."""

    def count(self, span: Span) -> int:
        """How many things stand in a span."""
        return sum(numbers.get(span, 0) for numbers in self.counts.values())

    def left_out(self, kind: DueKind) -> int:
        """How many of a kind are counted but not named."""
        named = sum(1 for item in self.items if item.kind is kind)
        return sum(self.counts.get(kind, {}).values()) - named


def read_board(session: OfficeSession, few: int = FEW) -> Board:
    """Read everything the work board shows."""
    trip = round_trip.counts(session)
    returned = tuple(round_trip.returned_archives(session, MANY)) if trip.returned else ()
    households, counts = _households(session, few)
    contacts, owed = _contacts(session, few)
    counts.update(owed)
    of_office = _of_office(session)
    back = _returned_items(returned)
    for item in (*of_office, *back):
        spans = counts.setdefault(item.kind, {})
        span = span_of(item.kind, item.day, session.today)
        spans[span] = spans.get(span, 0) + 1
    return Board(
        today=session.today,
        items=tuple(sorted([*households, *contacts, *of_office, *back[:few]], key=_order)),
        counts=counts,
        status=offices.office_status(session),
        round_trip=trip,
        returned=returned,
        windows=tuple(year_calendar.open_windows(session)),
        clock=clock_check.clock_fault(session),
    )


def _order(item: DueItem) -> tuple[str, int, str]:
    return item.day, list(DueKind).index(item.kind), item.subject


def _households(session: OfficeSession, few: int) -> tuple[list[DueItem], Counts]:
    """The first lines of each kind, and how many there are."""
    own, today = session.office.id, session.today
    week, until = _after(today, WEEK), _after(today, AHEAD)
    with session.database.reading() as connection:
        numbers = due_store.counts(connection, own, today, week, until)
        rows = due_store.lines(connection, numbers, own, "", until, few)
    return [_item(row) for row in rows], {kind: _spans(kind, found) for kind, found in numbers.items()}


def _spans(kind: DueKind, found: tuple[int, int, int, int]) -> dict[Span, int]:
    late, now, week, later = found
    waits = kind in FROM_THAT_DAY
    spans = {Span.LATE: 0 if waits else late, Span.TODAY: now + late if waits else now, Span.WEEK: week, Span.LATER: later}
    return {span: number for span, number in spans.items() if number}


def _item(row: due_store.Row) -> DueItem:
    words = str(row["words"] or "")
    kind = DueKind(row["kind"])
    told = f"离“{words}”很近" if kind is DueKind.RECHECK and words else words
    return DueItem(kind, row["day"], row["name"] or "未填姓名", told, row["archive_id"], row["record_id"])


def _contacts(session: OfficeSession, few: int) -> tuple[list[DueItem], Counts]:
    """What paired households are owed by the duties in force: the first lines, and how many there are."""
    if session.office.is_laptop:
        return [], {}  # the desk keeps the list: a laptop knows but a few households
    today = session.today
    owed = duties.duty_rules(session).duties
    days = {"today": today, "week": _after(today, WEEK), "until": _after(today, AHEAD)}
    with session.database.reading() as connection:
        rows = pairing_store.due_contacts(connection, owed, session.office.id, days, few)
    counts: Counts = {}
    for row in rows:
        kind = _CONTACTS.get(owed[row["duty"]].code, DueKind.VISIT)
        for span in (span for span in Span if row["id"] is None and row[span.value]):
            spans = counts.setdefault(kind, {})
            spans[span] = spans.get(span, 0) + row[span.value]
    return [_contact(row, owed[row["duty"]]) for row in rows if row["id"]], counts


_CONTACTS = {CALL: DueKind.CALL, VISIT: DueKind.VISIT}


def _contact(row: due_store.Row, duty: PairingDuty) -> DueItem:
    last = f"上次 {row['last']}" if row["last"] else "结对后还没有联系过"
    kind = _CONTACTS.get(duty.code)
    words = last if kind else f"{duty.label}，{last}"
    return DueItem(kind or DueKind.VISIT, row["day"], row["name"] or "未填姓名", words, row["id"])


def _of_office(session: OfficeSession) -> list[DueItem]:
    """What concerns the office: campaigns and days of its own until they are dealt with, the rest for a while."""
    return _office_lines(session, "", _after(session.today, AHEAD))


def still_told(item: DueItem, today: str) -> bool:
    """Whether a day that has gone by without a note is still worth a line."""
    if item.kind in {DueKind.OPENS, DueKind.CLOSES}:
        return False
    lasts = item.kind is DueKind.MONITORING or (item.kind is DueKind.OWN and not item.is_yearly)
    return lasts or item.day >= _after(today, -_BACK)


def _returned_items(returned: Iterable[ReturnedArchive]) -> list[DueItem]:
    return [
        DueItem(DueKind.RETURNED, row.due_on, row.name or "未填姓名", row.words or "没有写明原因", row.archive_id)
        for row in returned
        if row.due_on
    ]


def _after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


# -- all of it, for calendars and lists ---------------------------------------------------------------------------


def due_items(
    session: OfficeSession, since: str, until: str, kinds: Collection[DueKind] = EVERY_KIND
) -> list[DueItem]:
    """Everything open of these *kinds* that is due from *since* (empty: whenever) until *until*, in the order of the days."""
    with session.database.reading() as connection:
        rows = due_store.lines(connection, kinds, session.office.id, since, until)
    items = [_item(row) for row in rows]
    if DueKind.RETURNED in kinds and round_trip.counts(session).returned:
        items += _returned_items(round_trip.returned_archives(session, MANY))
    if not OF_THE_OFFICE.isdisjoint(kinds):
        items += _office_lines(session, since, until)
    if DueKind.CALL in kinds or DueKind.VISIT in kinds:
        items += _all_contacts(session, until)
    return sorted((item for item in items if since <= item.day <= until and item.kind in kinds), key=_order)


def _office_lines(session: OfficeSession, since: str, until: str) -> list[DueItem]:
    found = year_calendar.office_items(session, since or _after(session.today, -_YEAR), until)
    return [item for item in found if item.day >= session.today or still_told(item, session.today)]


def _all_contacts(session: OfficeSession, until: str) -> list[DueItem]:
    if session.office.is_laptop:
        return []
    owed = duties.duty_rules(session).duties
    days = {"today": session.today, "week": until, "until": until}
    with session.database.reading() as connection:
        rows = pairing_store.due_contacts(connection, owed, session.office.id, days, -1)
    return [_contact(row, owed[row["duty"]]) for row in rows if row["id"]]


def span_items(session: OfficeSession, span: Span) -> list[DueItem]:
    """Every line of one span of the board."""
    until = {Span.LATE: 0, Span.TODAY: 0, Span.WEEK: WEEK, Span.LATER: AHEAD}[span]
    found = due_items(session, "", _after(session.today, until))
    return [item for item in found if span_of(item.kind, item.day, session.today) is span]


def kind_items(session: OfficeSession, kind: DueKind) -> list[DueItem]:
    """Every line of one kind that the board counts."""
    return due_items(session, "", _after(session.today, AHEAD), frozenset({kind}))


def write_due_calendar(session: OfficeSession, path: Path, until: str, *, with_names: bool = False) -> int:
    """Write what is due from today until *until* for the calendar of a phone; how many entries. What is late stands on today."""
    items = [
        item if item.day >= session.today else replace(item, day=session.today)
        for item in due_items(session, "", until)
    ]
    events = year_calendar.calendar_events(items, session.office.id, with_names=with_names)
    remember_output(session, path.parent)
    return write_calendar(path, events, name=year_calendar.calendar_name(session), made_at=session.now)
