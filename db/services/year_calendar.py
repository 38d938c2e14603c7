"""The year calendar: what the policy in force, circulars, campaigns and the office itself set on a day.

What households have waiting for them stands on the work board (:mod:`db.services.work_board`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_OID, uuid5

from db.domain.due_words import DueItem, DueKind
from db.domain.option_lists import option_list
from db.domain.policy.calendar import day_of, is_inside
from db.domain.policy.pack import Deadline, Pack, Window
from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.domain.work_calendar import WorkCalendar
from db.errors import UserError
from db.exchange.ical import CalendarEvent
from db.services import policies, records
from db.services.calendars import calendar_of
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import due_store

_WHOLE_YEAR = ("01-01", "12-31")
_DAY = timedelta(days=1)
_LONGEST_HOLIDAY = 15


# -- days of the office -------------------------------------------------------------------------------------------


def office_items(session: OfficeSession, since: str, until: str) -> list[DueItem]:
    """What the office has to mind from *since* until *until* (ISO, both included) and has not noted as done."""
    items, done = _office_days(session, since, until)
    return [item for item in items if item.key not in done]


def _office_days(session: OfficeSession, since: str, until: str) -> tuple[list[DueItem], dict[str, str]]:
    """Done or not, in the order of the days; with what was noted as done, by key."""
    own = session.office.id
    with session.database.reading() as connection:
        calendar = calendar_of(connection)
        circulars = due_store.circulars(connection, own, since, until)
        campaigns = due_store.campaigns(connection, own, until)
        own_days = due_store.own_days(connection, own)
        done = due_store.done_days(connection, own)
    items = [*_policy_days(session, since, until, calendar)]
    items += [
        DueItem(DueKind.CIRCULAR, row["day"], f"《{row['title']}》", row["office_name"], record_id=row["id"],
                key=f"circular:{row['id']}")
        for row in circulars
    ]  # fmt: skip
    items += [_campaign(row) for row in campaigns if row["day"] >= since and not _is_over(row, session.today)]
    items += list(_student_notices(session, since, until))
    items += list(_programme_lists(session, since, until))
    items += [item for record_id, row in own_days for item in _turns(record_id, row, since, until)]
    return sorted(items, key=lambda item: (item.day, item.kind, item.subject)), done


def _student_notices(session: OfficeSession, since: str, until: str) -> Iterator[DueItem]:
    """Lists of students whose time is up and whose result nobody has written down."""
    for entry in records.list_entries(session, RecordKind.STUDENT_NOTICE):
        first_free = (date.fromisoformat(entry.content.text("ends_on")) + _DAY).isoformat()
        if since <= first_free <= until and not entry.content.text("outcome"):
            title = f"{entry.content.text('year')} 年金秋助学公示"
            yield DueItem(DueKind.STUDENT_NOTICE, first_free, title, entry.content.text("place"), record_id=entry.record_id)


def _programme_lists(session: OfficeSession, since: str, until: str) -> Iterator[DueItem]:
    """Programmes whose lists are to be handed in on a day."""
    for entry in records.list_entries(session, RecordKind.PROGRAMME, ""):
        if since <= entry.content.text("lists_due_on") <= until:
            yield lists_due(entry.record_id, entry.content)


def lists_due(programme_id: str, content: RecordContent) -> DueItem:
    """The day by which the lists of a programme are to be handed in."""
    day, title = content.text("lists_due_on"), content.text("title")
    return DueItem(DueKind.PROGRAMME, day, title, "名单报送期限", record_id=programme_id, key=f"programme:{programme_id}")


def _is_over(row: due_store.Row, today: str) -> bool:
    return bool(row["checked"] >= row["targets"] if row["targets"] else row["day"] < today)


def _campaign(row: due_store.Row) -> DueItem:
    left = row["targets"] - row["checked"]
    words = f"还有 {left:,} 户没有监测" if row["targets"] else "还没有确定要监测的家庭"
    return DueItem(DueKind.MONITORING, row["day"], row["title"], words, record_id=row["record_id"])


def _turns(record_id: str, row: Row, since: str, until: str) -> Iterator[DueItem]:
    """The days on which an own day comes: once, or each year from then on."""
    first = str(row["day"])
    years = range(max(int(first[:4]), int(since[:4] or 0)), int(until[:4]) + 1) if row.get("yearly") else [int(first[:4])]
    for year in years:
        day = day_of(first[5:], year).isoformat()
        if max(first, since) <= day <= until:
            remind = row.get("remind_days")
            yield DueItem(
                DueKind.OWN, day, str(row["title"]), str(row.get("note") or ""), record_id=record_id,
                key=f"own:{record_id}:{year}", remind_days=remind if isinstance(remind, int) else None, is_yearly=bool(row.get("yearly")),
            )  # fmt: skip


# -- what the policy sets -----------------------------------------------------------------------------------------


def _policy_days(session: OfficeSession, since: str, until: str, calendar: WorkCalendar) -> Iterator[DueItem]:
    """Deadlines and windows, each year by the policy in force at its end or, this year, today."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    for year in range(first.year, last.year + 1):
        pack = _pack_of(session, year)
        if pack is None:
            continue
        for item in _days_of(pack, year, calendar):
            if since <= item.day <= until:
                yield item


def _pack_of(session: OfficeSession, year: int) -> Pack | None:
    this_year = int(session.today[:4])
    loaded = policies.chosen_policy(session, session.today if year >= this_year else f"{year}-12-31")
    return loaded.pack if loaded else None


def _days_of(pack: Pack, year: int, calendar: WorkCalendar) -> Iterator[DueItem]:
    for deadline in pack.deadline:
        day = _deadline_day(deadline, year)
        if day is not None:
            kind = option_list("student_kind").label(deadline.student) if deadline.student else ""
            late = "过期不再受理" if deadline.refused_after else ""
            words = "　".join(part for part in (late, kind, deadline.for_whom, before_holiday(day, calendar)) if part)
            key = f"deadline:{pack.id}:{deadline.code}:{year}"
            yield DueItem(DueKind.DEADLINE, day.isoformat(), deadline.label, words, key=key)
    for window in pack.window:
        if (window.opens, window.closes) == _WHOLE_YEAR:
            continue  # always open: nothing to mind
        closes, opens = day_of(window.closes, year), day_of(window.opens, year)
        yield DueItem(DueKind.OPENS, opens.isoformat(), window.label, f"到 {window.closes} 为止")
        yield DueItem(DueKind.CLOSES, closes.isoformat(), window.label, before_holiday(closes, calendar))


def _deadline_day(deadline: Deadline, year: int) -> date | None:
    if deadline.on is not None:
        day = date.fromisoformat(str(deadline.on))
        return day if day.year == year else None
    return day_of(deadline.day or "", year)


def before_holiday(day: date, calendar: WorkCalendar) -> str:
    """The last working day, where the day itself is none; empty otherwise."""
    last = day
    while not calendar.is_working(last) and (day - last).days < _LONGEST_HOLIDAY:
        last -= _DAY
    return "" if last == day else f"当天休息，{last.isoformat()} 前办好"


def open_windows(session: OfficeSession) -> list[Window]:
    """The windows of the policy that are open today and will close again."""
    pack = _pack_of(session, int(session.today[:4]))
    today = date.fromisoformat(session.today)
    windows = pack.window if pack else ()
    return [item for item in windows if (item.opens, item.closes) != _WHOLE_YEAR and is_inside(item, today)]


# -- a year at a time ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One line of the year: what stands on a day, and whether it was noted as done (*done_id*: the entry that says so)."""

    item: DueItem
    done_id: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days off on end, with the working days made up for them."""

    name: str
    first: str
    last: str
    days: int


@dataclass(frozen=True, slots=True)
class YearView:
    """A year of the office: *days* by ISO day → ``off`` or ``work``, *names* of days off, *note* where nothing is known."""

    year: int
    lines: tuple[CalendarDay, ...]
    days: dict[str, str]
    names: dict[str, str]
    holidays: tuple[Holiday, ...]
    note: str = ""


def year_view(session: OfficeSession, year: int) -> YearView:
    """The whole year, in the order of its days."""
    items, done = _office_days(session, f"{year}-01-01", f"{year}-12-31")
    with session.database.reading() as connection:
        calendar = calendar_of(connection)
    known = calendar.years.get(year)
    lines = tuple(CalendarDay(item, done.get(item.key, "")) for item in items)
    if known is None:
        return YearView(year, lines, {}, {}, (), f"{year} 年的放假安排还没有，周一至周五都按工作日算。")
    return YearView(year, lines, dict(known.days), dict(known.names), tuple(_holidays(known.names)))


def _holidays(told: Mapping[str, str]) -> Iterator[Holiday]:
    run: list[str] = []
    for day in sorted(told):
        follows = run and date.fromisoformat(run[-1]) + _DAY == date.fromisoformat(day) and told[run[-1]] == told[day]
        if run and not follows:
            yield Holiday(told[run[0]], run[0], run[-1], len(run))
            run = []
        run.append(day)
    if run:
        yield Holiday(told[run[0]], run[0], run[-1], len(run))


# -- own days, and what is done -----------------------------------------------------------------------------------


def save_own_day(session: OfficeSession, content: RecordContent, record_id: str = "") -> Record:
    """Write a day into the calendar, or change one."""
    plain = {key: value for key, value in content.values.items() if key not in {"about", "done_on"}}
    return records.save_entry(session, RecordKind.CALENDAR_DAY, RecordContent(plain), record_id)


def remove_own_day(session: OfficeSession, record_id: str) -> None:
    """Take an own day out of the calendar; its versions are kept."""
    records.remove_entry(session, record_id)


def note_done(session: OfficeSession, item: DueItem) -> Record:
    """Note that what stands on a day was dealt with; it leaves the board."""
    if not item.key:
        raise UserError("calendar_not_to_note", subject=item.subject)
    with session.database.reading() as connection:
        known = due_store.done_days(connection, session.office.id).get(item.key, "")
    if known:
        return records.load_entry(session, known)
    values: Row = {"title": item.subject, "day": item.day, "about": item.key, "done_on": session.today}
    return records.save_entry(session, RecordKind.CALENDAR_DAY, RecordContent(values))


def take_back_done(session: OfficeSession, done_id: str) -> None:
    """It was not dealt with after all."""
    records.remove_entry(session, done_id)


# -- for a phone's calendar ---------------------------------------------------------------------------------------

_REMIND_DAYS = 1


def calendar_name(session: OfficeSession) -> str:
    """What the calendar is called on the phone."""
    return f"{session.office.name}　暖档"


def calendar_events(items: Iterable[DueItem], office_id: str, *, with_names: bool) -> list[CalendarEvent]:
    """Events for *items*: what concerns the office by itself, households of a kind and day together.

    A phone may hand its calendar on: without *with_names* it only says how many households there are.
    """
    groups: dict[tuple[str, DueKind, str], list[DueItem]] = {}
    for item in items:
        groups.setdefault((item.day, item.kind, "" if item.archive_id else item.line), []).append(item)
    return [_event(group, office_id, with_names) for group in groups.values()]


def _event(group: Sequence[DueItem], office_id: str, with_names: bool) -> CalendarEvent:
    first = group[0]
    named = "、".join(dict.fromkeys(item.subject for item in group)) if first.archive_id and with_names else ""
    told = f"{len(group)} 户" if first.archive_id else first.subject
    what = f"{first.kind}:{first.key or first.record_id or first.subject}" if not first.archive_id else first.kind.value
    description = "\n".join(part for part in (named, "" if first.archive_id else first.words, "详情请看暖档首页。") if part)
    return CalendarEvent(
        uid=uuid5(NAMESPACE_OID, f"{office_id}/{first.day}/{what}").hex,
        day=first.day,
        summary=f"{first.label}：{told}",
        description=description,
        alarm_days=_REMIND_DAYS if first.remind_days is None else first.remind_days,
    )
