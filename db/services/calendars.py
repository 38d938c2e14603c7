"""节假日: which days are worked in a year – packaged, delivered by the office above, or entered here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from db.domain.work_calendar import (
    DAY_LABELS,
    OFF,
    WORK,
    CountedDay,
    WorkCalendar,
    YearCalendar,
    add_working_days,
    packaged_calendar,
)
from db.errors import UserError
from db.services.office import OfficeSession, write_journal
from db.store import bundle_store, notice_store

PACKAGED, EDITED, DELIVERED = "packaged", "edited", "delivered"
ORIGIN_LABELS = {PACKAGED: "随程序", EDITED: "本单位登记", DELIVERED: "上级下发"}
_LONGEST_DOCUMENT = 200
_EARLIEST, _LATEST = 2000, 2100
_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)(?:\s*(?:~|～|—|至|到)\s*(\d{4}-\d\d-\d\d))?\s+(休|班)")


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """The arrangement of one year that counts here."""

    year: int
    origin: str
    document: str
    days: Mapping[str, str]
    """ISO day → ``off`` or ``work``."""
    office_name: str = ""
    set_at: str = ""
    set_by: str = ""

    @property
    def origin_label(self) -> str:
        """Where it comes from, in Chinese."""
        return ORIGIN_LABELS[self.origin]

    @property
    def off_count(self) -> int:
        """How many days off it names."""
        return sum(1 for what in self.days.values() if what == OFF)

    @property
    def work_count(self) -> int:
        """How many make-up working days."""
        return sum(1 for what in self.days.values() if what == WORK)


def office_calendar(session: OfficeSession) -> WorkCalendar:
    """The calendar this office counts by."""
    with session.database.reading() as connection:
        return calendar_of(connection)


def calendar_of(connection: Connection) -> WorkCalendar:
    """The same in the caller's transaction."""
    own = notice_store.calendars(connection)
    return packaged_calendar().with_years(YearCalendar.of_days(row["year"], row["days"], row["document"]) for row in own)


def working_day_after(session: OfficeSession, number: int, start: str = "") -> CountedDay:
    """The *number*-th working day after *start* (ISO; empty: today)."""
    return add_working_days(date.fromisoformat(start or session.today), number, office_calendar(session))


def calendar_rows(session: OfficeSession) -> list[CalendarRow]:
    """Every known year, the newest first."""
    with session.database.reading() as connection:
        own = {row["year"]: row for row in notice_store.calendars(connection)}
        names = bundle_store.office_names(connection)
    rows = [CalendarRow(year.year, PACKAGED, year.document, year.days) for year in packaged_calendar().years.values()]
    rows = [row for row in rows if row.year not in own]
    for row in own.values():
        office_name = names.get(row["office_id"], session.office.name)
        told = (row["days"], office_name, row["set_at"], row["set_by"])
        rows.append(CalendarRow(row["year"], row["origin"], row["document"], *told))
    return sorted(rows, key=lambda row: -row.year)


def parse_days(text: str, year: int) -> dict[str, str]:
    """Days as people write them, one span a line: ``2027-01-01~2027-01-03 休`` or ``2027-01-04 班``."""
    days: dict[str, str] = {}
    codes = {label: code for code, label in DAY_LABELS.items()}
    for line in filter(None, map(str.strip, re.split(r"[\n;；]", text))):
        found = _SPAN.fullmatch(line)
        first, last = (_day(found.group(1)), _day(found.group(2) or found.group(1))) if found else (None, None)
        if found is None or first is None or last is None or last < first or {first.year, last.year} != {year}:
            raise UserError("calendar_bad_line", text=line, year=year)
        for index in range((last - first).days + 1):
            days[(first + timedelta(days=index)).isoformat()] = codes[found.group(3)]
    return days


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def days_text(days: Mapping[str, str]) -> str:
    """The days as :func:`parse_days` reads them, neighbours drawn together."""
    spans: list[list[str]] = []
    for day, what in sorted(days.items()):
        before = spans[-1] if spans else None
        if before and before[2] == what and date.fromisoformat(before[1]) + timedelta(days=1) == date.fromisoformat(day):
            before[1] = day
        else:
            spans.append([day, day, what])
    return "\n".join(f"{first}{'' if first == last else f'~{last}'} {DAY_LABELS[what]}" for first, last, what in spans)


def set_calendar(session: OfficeSession, year: int, days: Mapping[str, str], document: str) -> bool:
    """Enter the arrangement of a year, in place of the packaged one; whether anything changed.

    What the office above has delivered is not changed here.
    """
    if not _EARLIEST <= year <= _LATEST:
        raise UserError("calendar_bad_year", year=year)
    document = document.strip()
    if not document or len(document) > _LONGEST_DOCUMENT:
        raise UserError("calendar_needs_document")
    for day, what in days.items():
        found = _day(day)
        if found is None or found.year != year or what not in DAY_LABELS:
            raise UserError("calendar_bad_line", text=f"{day} {what}", year=year)
    with session.database.writing() as connection:
        known = _own(connection, year)
        if known and (known["days"], known["document"]) == (dict(days), document):
            return False
        row = {"year": year, "days": dict(sorted(days.items())), "document": document, "origin": EDITED}
        row.update(office_id=session.office.id, set_at=session.now, set_by=session.clerk.name)
        notice_store.put_calendar(connection, row)
        write_journal(connection, session, "set_calendar", {"year": year, "days": len(days)})
    return True


def drop_calendar(session: OfficeSession, year: int) -> bool:
    """Go back to the packaged arrangement of a year; whether there was an own one."""
    with session.database.writing() as connection:
        if _own(connection, year) is None:
            return False
        notice_store.drop_calendars(connection, [year])
        write_journal(connection, session, "drop_calendar", {"year": year})
    return True


def _own(connection: Connection, year: int) -> notice_store.Row | None:
    known = next((row for row in notice_store.calendars(connection) if row["year"] == year), None)
    if known and known["origin"] == DELIVERED:
        raise UserError("calendar_delivered", year=year)
    return known
