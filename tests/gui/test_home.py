"""首页 and 全年日历 as a clerk uses them: a card lists its span, a day is added, dealt with, and leaves the board."""

import pytest
from case_steps import on_day
from factories import file_household
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.domain.case_words import Act
from db.domain.form_flow import Place
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import casework, policies, records, year_calendar
from db.services.office import OfficeSession
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.home import HomePage
from desktop.pages.year_calendar import YearCalendarPage
from desktop.records.record_dialog import RecordDialog
from desktop.workspace import Workspace

MEASURE = {"measure_kind": "skills", "content": "联系电工班", "responsible": "张三", "planned_on": "2026-11-01"}


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """21 November 2026 in an office that works by the policy of Qinghai: one measure is late, six are due next week."""
    on_day(office, "2026-11-21")
    policies.choose_policy(office, "qinghai-2022")
    archive_id = file_household(office, worker_number="T0001").id
    casework.take_step(office, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    for day in ("2026-11-11", *(f"2026-11-2{number}" for number in range(3, 9))):
        content = RecordContent({**MEASURE, "due_on": day})
        records.save_record(office, archive_id, RecordKind.MEASURE, content)
    return office


def home_of(workspace: Workspace, qtbot: QtBot, lines: int, **arguments: str) -> HomePage:
    """The work board once it has read everything."""
    workspace.show_page("home", **arguments)
    page = workspace.current_page()
    assert isinstance(page, HomePage)
    qtbot.waitUntil(lambda: sum(bool(todo.day) for todo in page.todos.rows) == lines, timeout=10_000)
    return page


def test_board__lists_a_span_a_kind_and_opens_the_thing(workspace: Workspace, qtbot: QtBot) -> None:
    """Five of seven measures are named, with the deadline; the card lists what is late, the last line all of the kind."""
    page = home_of(workspace, qtbot, 7)
    days = [(todo.matter, todo.day[-5:]) for todo in page.todos.rows if todo.day]
    assert days[0] == ("帮扶措施", "11-11") and ("报送期限", "11-30") in days and ("窗口截止", "12-31") not in days
    rest = next(todo for todo in page.todos.rows if todo.step == "查看全部")
    assert rest.subject == "另有 2 件"
    page._spans[next(iter(page._spans))].activated.emit()
    qtbot.waitUntil(lambda: [todo.day for todo in page.todos.rows] == ["2026-11-11"], timeout=10_000)
    assert page.spans.value() == "late"
    rest.act()
    qtbot.waitUntil(lambda: len(page.todos.rows) == 7, timeout=10_000)
    assert page.spans.value() is None and page.place() == {"kind": "measure"}
    page.todos.rows[0].act()
    assert isinstance(workspace.current_page(), ArchiveDetailPage)


def test_calendar__a_day_is_added_and_dealt_with(workspace: Workspace, qtbot: QtBot) -> None:
    """The dialog asks what and when; the day stands on sheet and board until it is noted as done."""
    session = workspace.context.session
    workspace.show_page("calendar", day="2026-11-24")
    page = workspace.current_page()
    assert isinstance(page, YearCalendarPage)
    qtbot.waitUntil(lambda: bool(page.lines.rows), timeout=10_000)

    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, RecordDialog)
        dialog.flow.enter_text(Place("title"), "交季报")
        dialog.flow.enter_text(Place("day"), "2026-11-25")
        dialog.store()

    QTimer.singleShot(0, fill)
    page.add()
    qtbot.waitUntil(lambda: "交季报" in [row.text for row in page.lines.rows], timeout=10_000)
    chosen = page.lines.row_at(page.table.currentIndex())
    assert chosen is not None and chosen.text == "交季报" and page._done.isVisible()
    assert page.board._marks["2026-11-25"][1].startswith("本单位事项：交季报")
    page.note_done()
    qtbot.waitUntil(lambda: page._undo.isVisible(), timeout=10_000)
    assert [item.subject for item in year_calendar.office_items(session, "2026-11-25", "2026-11-25")] == []
