"""The work board: what is late, due today, this week, soon – of households, campaigns, the policy and the office itself."""

from typing import Any

import pytest
from case_steps import on_day, posted
from casework import in_2020
from factories import file_household
from sqlalchemy import text

from db.domain.case_words import Act
from db.domain.due_words import DueItem, DueKind, Span, when_words
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import casework, monitoring, policies, records, work_board, year_calendar
from db.services.office import OfficeSession

MEASURE = {"measure_kind": "skills", "content": "联系电工班", "responsible": "张三", "planned_on": "2020-05-01"}


def on_file(session: OfficeSession, seed: int = 1) -> str:
    """A household on file since before the program."""
    archive_id = file_household(session, seed, worker_number="T0001").id
    casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    return archive_id


def measure(session: OfficeSession, archive_id: str, due_on: str, **more: Any) -> str:
    """A measure that is to be done by a day."""
    content = RecordContent({**MEASURE, "due_on": due_on, **more})
    return records.save_record(session, archive_id, RecordKind.MEASURE, content).record_id


def shown(session: OfficeSession, kind: DueKind) -> list[tuple[str, str]]:
    """Day and words of the lines of a kind."""
    return [(item.day, item.words) for item in work_board.read_board(session).items if item.kind is kind]


def test_notice__waits_from_the_day_after_and_is_never_late(office: OfficeSession) -> None:
    """While it hangs it is announced; once it has ended it may be dealt with, however long ago that was."""
    posted(office)
    on_day(office, "2020-06-27")
    assert shown(office, DueKind.NOTICE) == [("2020-06-30", "")]
    assert work_board.read_board(office).counts[DueKind.NOTICE] == {Span.WEEK: 1}
    on_day(office, "2020-07-20")
    assert work_board.read_board(office).counts[DueKind.NOTICE] == {Span.TODAY: 1}
    assert when_words(DueKind.NOTICE, "2020-06-30", "2020-07-20") == "可以办了"


def test_measures__late_until_done_and_only_while_looked_after(office: OfficeSession) -> None:
    """A measure done, of a household gone, or far off, is nobody's work of today."""
    in_2020(office)
    archive_id = on_file(office)
    late = measure(office, archive_id, "2020-05-25")
    measure(office, archive_id, "2021-05-25")
    measure(office, archive_id, "2020-05-26", done_on="2020-05-20")
    assert shown(office, DueKind.MEASURE) == [("2020-05-25", "联系电工班")]
    content = RecordContent({**MEASURE, "due_on": "2020-05-25", "done_on": "2020-05-31"})
    records.save_record(office, archive_id, RecordKind.MEASURE, content, late)
    assert shown(office, DueKind.MEASURE) == []
    measure(office, archive_id, "2020-06-03")
    casework.take_step(office, archive_id, Act.CANCEL, {"cancel_reason": "moved_away", "reason": "迁往外县"})
    assert shown(office, DueKind.MEASURE) == []


def test_visits_and_plans__the_next_one_takes_the_place(office: OfficeSession) -> None:
    """A visit agreed upon is kept by the next visit, a plan that has run out by the next plan."""
    in_2020(office)
    archive_id = on_file(office)
    visit = {"method": "home", "purpose": "care", "visitors": "张三、李四", "visited_on": "2020-04-01", "next_on": "2020-05-30"}
    records.save_record(office, archive_id, RecordKind.HOME_VISIT, RecordContent(visit))
    plan = {"year": 2019, "made_on": "2019-06-01", "needs": "就医", "goal": "报销医药费", "until": "2020-05-31"}
    records.save_record(office, archive_id, RecordKind.HELP_PLAN, RecordContent(plan))
    assert shown(office, DueKind.NEXT_VISIT) == [("2020-05-30", "")]
    assert shown(office, DueKind.PLAN) == [("2020-05-31", "报销医药费")]
    kept = {key: value for key, value in visit.items() if key != "next_on"} | {"visited_on": "2020-05-30"}
    records.save_record(office, archive_id, RecordKind.HOME_VISIT, RecordContent(kept))
    records.save_record(office, archive_id, RecordKind.HELP_PLAN, RecordContent({**plan, "made_on": "2020-06-01", "until": "2021-05-31"}))
    assert (shown(office, DueKind.NEXT_VISIT), shown(office, DueKind.PLAN)) == ([], [])


def test_contacts__owed_to_paired_households(office: OfficeSession) -> None:
    """A household paired in April was to be rung up by the end of May; once it was, June is next."""
    in_2020(office)
    archive_id = on_file(office)
    pairing = {"cadre_id": "c1", "cadre_name": "张三", "role": "main", "since": "2020-04-10"}
    records.save_record(office, archive_id, RecordKind.PAIRING, RecordContent(pairing))
    assert shown(office, DueKind.CALL) == [("2020-05-31", "结对后还没有联系过")]
    assert work_board.read_board(office).counts[DueKind.CALL] == {Span.LATE: 1}
    call = {"method": "call", "purpose": "contact", "visitors": "张三", "visited_on": "2020-05-20"}
    records.save_record(office, archive_id, RecordKind.HOME_VISIT, RecordContent(call))
    assert shown(office, DueKind.CALL) == [("2020-06-30", "上次 2020-05-20")]
    assert [item.kind for item in work_board.due_items(office, "2020-10-01", "2020-10-31")] == [DueKind.VISIT]


def test_board__names_few_and_counts_all(office: OfficeSession) -> None:
    """Five lines of a kind, the rest as a number; the span lists them all."""
    in_2020(office)
    archive_id = on_file(office)
    for day in range(10, 18):
        measure(office, archive_id, f"2020-05-{day}")
    board = work_board.read_board(office)
    assert (board.count(Span.LATE), board.left_out(DueKind.MEASURE)) == (8, 3)
    assert [item.day[-2:] for item in board.items if item.archive_id] == ["10", "11", "12", "13", "14"]
    assert len(work_board.span_items(office, Span.LATE)) == 8


def test_office_days__windows_deadlines_and_what_is_noted_as_done(office: OfficeSession) -> None:
    """The pack of Qinghai: windows open and close, a deadline stays for a while after its day and goes when noted."""
    policies.choose_policy(office, "qinghai-2022")
    on_day(office, "2026-10-20")
    assert [day for day, _ in shown(office, DueKind.OPENS)] == ["2026-11-01"]
    on_day(office, "2026-12-05")
    board = work_board.read_board(office)
    assert [window.code for window in board.windows] == ["winter_check"]
    assert [item.day for item in board.items if item.kind is DueKind.CLOSES] == ["2026-12-31"]
    late = next(item for item in board.items if item.kind is DueKind.DEADLINE)
    assert (late.day, late.subject, board.count(Span.LATE)) == ("2026-11-30", "活动总结（第二次）", 1)
    noted = year_calendar.note_done(office, late)
    assert shown(office, DueKind.DEADLINE) == []
    assert year_calendar.note_done(office, late).record_id == noted.record_id
    year_calendar.take_back_done(office, noted.record_id)
    assert len(shown(office, DueKind.DEADLINE)) == 1
    on_day(office, "2027-01-02")
    assert shown(office, DueKind.DEADLINE) == []


def test_deadline__on_a_day_off__names_the_last_working_day(office: OfficeSession) -> None:
    """31 October 2026 is a Saturday; 4 October lies in a holiday that began on the first."""
    policies.choose_policy(office, "qinghai-2022")
    on_day(office, "2025-08-20")
    assert ("2025-08-31", "当天休息，2025-08-29 前办好") in [
        (item.day, item.words) for item in work_board.read_board(office).items
    ]


def test_deadline__after_which_nothing_is_taken_says_so(office: OfficeSession) -> None:
    """山东: what comes after 5 December is refused (S004-04)."""
    policies.choose_policy(office, "shandong-edu-2016")
    on_day(office, "2016-11-20")
    words = [item.words for item in work_board.read_board(office).items if item.kind is DueKind.DEADLINE]
    assert words == ["过期不再受理　各高校"]


def test_own_days__once_or_every_year(office: OfficeSession) -> None:
    """A day of every year comes again though this year's was dealt with; one of a single year stays until it is."""
    on_day(office, "2026-11-21")
    yearly = RecordContent({"title": "送温暖摸底", "day": "2024-11-25", "yearly": True, "remind_days": 7})
    year_calendar.save_own_day(office, yearly)
    once = year_calendar.save_own_day(office, RecordContent({"title": "交季报", "day": "2026-11-18"}))
    items = [item for item in work_board.read_board(office).items if item.kind is DueKind.OWN]
    assert [(item.day, item.subject, item.remind_days) for item in items] == [
        ("2026-11-18", "交季报", None), ("2026-11-25", "送温暖摸底", 7),
    ]  # fmt: skip
    year_calendar.note_done(office, items[1])
    on_day(office, "2027-11-10")
    assert [item.day for item in work_board.read_board(office).items] == ["2026-11-18", "2027-11-25"]
    year_calendar.remove_own_day(office, once.record_id)
    lines = year_calendar.year_view(office, 2026).lines
    assert [(line.item.day, bool(line.done_id)) for line in lines if line.item.kind is DueKind.OWN] == [("2026-11-25", True)]


def test_campaign__until_every_household_was_checked(office: OfficeSession) -> None:
    """A campaign nobody opened here is told; once opened it says how many are left, and is late after its day."""
    on_day(office, "2026-11-21")
    values = {"title": "回头看", "begins_on": "2026-11-01", "due_on": "2026-12-10", "population": ["exited"]}
    campaign = records.save_entry(office, RecordKind.CAMPAIGN, RecordContent(values))
    assert shown(office, DueKind.MONITORING) == [("2026-12-10", "还没有确定要监测的家庭")]
    gone = {"exited_on": "2020-12-18", "exit_reason": "re_employed"}
    casework.take_step(office, file_household(office, 1, worker_number="T0001").id, Act.NOTE_EXITED, gone)
    assert monitoring.open_campaign(office, campaign.record_id) == 1
    assert shown(office, DueKind.MONITORING) == [("2026-12-10", "还有 1 户没有监测")]
    on_day(office, "2027-03-01")
    assert work_board.read_board(office).counts[DueKind.MONITORING] == {Span.LATE: 1}
    with office.database.writing() as connection:
        connection.execute(text("DELETE FROM campaign_target"))
    assert shown(office, DueKind.MONITORING) == []


def test_year__days_off_of_a_known_year_and_a_sentence_for_an_unknown(office: OfficeSession) -> None:
    """Holidays stand with their days; a year without a notice says that weekdays were counted."""
    on_day(office, "2026-11-21")
    known = year_calendar.year_view(office, 2026)
    spring = next(item for item in known.holidays if item.name == "春节")
    assert (spring.first, spring.last, spring.days, known.note) == ("2026-02-15", "2026-02-23", 9, "")
    assert year_calendar.year_view(office, 2031).note == "2031 年的放假安排还没有，周一至周五都按工作日算。"


def test_phone__households_of_a_day_share_an_entry_that_keeps_its_id() -> None:
    """Who else comes due on the day changes the words, not the id; names stand there only when asked for."""
    wang, li = (DueItem(DueKind.MEASURE, "2026-11-25", name, "介绍工作", name) for name in ("王芳", "李军"))
    day = DueItem(DueKind.OWN, "2026-11-25", "交季报", key="own:1:2026", record_id="1", remind_days=7)
    before = year_calendar.calendar_events([wang, day], "office", with_names=False)
    after = year_calendar.calendar_events([wang, day, li], "office", with_names=True)
    assert [event.uid for event in before] == [event.uid for event in after]
    assert [event.summary for event in before] == ["帮扶措施：1 户", "本单位事项：交季报"]
    assert (after[0].summary, "王芳、李军" in after[0].description, after[1].alarm_days) == ("帮扶措施：2 户", True, 7)
    assert "王芳" not in before[0].description
    other = year_calendar.calendar_events([wang], "another office", with_names=False)
    assert other[0].uid != before[0].uid


@pytest.mark.parametrize(
    ("day", "words"), [("2026-11-18", "逾期 3 天"), ("2026-11-21", "今天到期"), ("2026-11-24", "还有 3 天")]
)
def test_words__of_a_limit(day: str, words: str) -> None:
    """How long there is."""
    assert when_words(DueKind.MEASURE, day, "2026-11-21") == words
    assert DueItem(DueKind.MEASURE, day, "王芳").label == "帮扶措施"
