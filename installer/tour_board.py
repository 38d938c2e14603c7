"""Stops of the tour about the work board and the year calendar: a day with much to do, a year, an own day, the phone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from db.domain.case_words import Act
from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.services import casework, policies, records, year_calendar
from db.services.office import OfficeSession
from desktop.calendar.export_dialog import CalendarExportDialog
from desktop.pages.home import HomePage
from desktop.pages.year_calendar import YearCalendarPage

if TYPE_CHECKING:
    from tour_stops import Visit

_PHASING = {"end_date": "2026-11-30", "reason": "家庭收入好转"}
_MEASURES = (
    (0, "2026-11-12", "medical", "陪同办理大病医疗互助报销"),
    (0, "2026-11-24", "skills", "报名参加镇里的电工培训班"),
    (1, "2026-11-21", "skills", "联系工业园区招工，陪同面试"),
)
_DAYS: tuple[Row, ...] = (
    {"title": "向县总工会报送困难职工季度台账", "day": "2026-11-19"},
    {"title": "送温暖摸底开始", "day": "2020-12-15", "yearly": True, "remind_days": 7},
)


def work_board(visit: Visit) -> None:
    """首页 on a busy day, one span of it, a computer whose clock is wrong; 全年日历 with its dialogs."""
    session = visit.stage.town
    before = policies.chosen_id(session)
    policies.choose_policy(session, "qinghai-2022")
    _busy(session, visit.stage.ids)
    visit.enter(session)
    home = visit.page("home")
    assert isinstance(home, HomePage)
    visit.take("home-busy")
    home.spans.button("late").click()
    visit.take("home-late")
    page = visit.page("calendar")
    assert isinstance(page, YearCalendarPage)
    visit.take("calendar")
    visit.camera.take_modal("dialog-calendar-day", visit.window, page.add)
    dialog = CalendarExportDialog(page, visit.workspace.context)
    dialog.names.setChecked(True)
    visit.take("dialog-calendar-export", dialog)
    page.open(day="2028-06-01")
    visit.take("calendar-unknown-year")
    clock = session.clock
    session.clock = lambda: datetime(2019, 1, 1, 0, 7, tzinfo=timezone(timedelta(hours=8)))
    visit.page("home")
    visit.take("home-clock-wrong")
    session.clock = clock
    policies.choose_policy(session, before)


def _busy(session: OfficeSession, ids: list[str]) -> None:
    """Measures, visits, days of the office and a campaign that are late, due today and soon."""
    chosen = ids[14:18]
    for archive_id in chosen:
        casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    casework.take_step(session, chosen[3], Act.PHASE_OUT, _PHASING)
    for at, due_on, kind, words in _MEASURES:
        values: Row = {"measure_kind": kind, "content": words, "responsible": "吴秀英", "planned_on": "2026-10-20", "due_on": due_on}
        records.save_record(session, chosen[at], RecordKind.MEASURE, RecordContent(values))
    visit: Row = {"method": "home", "purpose": "contact", "visited_on": "2026-09-20", "visitors": "陈志强、吴秀英"}
    records.save_record(
        session, chosen[2], RecordKind.HOME_VISIT, RecordContent({**visit, "next_on": "2026-11-20"})
    )
    pairing = {"cadre_id": "cadre-1", "cadre_name": "吴秀英", "role": "main", "since": "2026-09-01"}
    for archive_id in chosen[:3]:
        records.save_record(session, archive_id, RecordKind.PAIRING, RecordContent(dict(pairing)))
    for day in _DAYS:
        year_calendar.save_own_day(session, RecordContent(dict(day)))
    campaign: Row = {"title": "2026 年脱困家庭回头看", "begins_on": "2026-11-01", "due_on": "2026-12-10", "population": ["exited"]}
    records.save_entry(session, RecordKind.CAMPAIGN, RecordContent(campaign))
