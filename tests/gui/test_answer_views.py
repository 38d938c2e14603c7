"""Answers in the window: the county sends down, the township reads; notices, quotas, the year. Services are the real ones."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from factories import file_household, make_office
from neighbours import acquaint
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from db.domain.review import Reason, ReviewOutcome
from db.services import answering, archiving, calendars, circulars, exchange, quotas, reviewing, round_trip
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput
from desktop import background, theme
from desktop.background import Changes
from desktop.context import AppContext
from desktop.exchange.answer_preview_view import AnswerPreviewView
from desktop.exchange.answer_received_view import AnswerReceivedView
from desktop.exchange.answer_view import AnswerView
from desktop.exchange.answered_view import AnsweredView
from desktop.exchange.calendar_view import CalendarView
from desktop.exchange.circular_dialog import CircularDialog
from desktop.exchange.circulars_view import CircularsView
from desktop.exchange.quotas_view import QuotasView
from desktop.exchange.returned_view import ReturnedView
from desktop.pages.exchange import ExchangePage
from desktop.preferences import Preferences


class Window:
    """The window around the page: remembers where it was asked to go."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, dict[str, Any]]] = []

    def show_page(self, name: str, **arguments: Any) -> None:
        """Remember page and arguments."""
        self.shown.append((name, arguments))

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_arguments, **_named: None


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[tuple[OfficeSession, OfficeSession, Path]]:
    """A township whose four households the county has received, the county, and a stick."""
    town, _ = make_office(tmp_path / "town")
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    acquaint(town, county, tmp_path)
    for seed in range(4):
        file_household(town, seed)
    stick = tmp_path / "stick"
    stick.mkdir()
    exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
    yield town, county, stick
    town.close()
    county.close()


def page_of(qtbot: QtBot, session: OfficeSession, folder: Path) -> tuple[ExchangePage, Window]:
    """The page of an office, at the size it has in a small window."""
    theme.apply_theme(QApplication.instance())
    window = Window()
    page = ExchangePage(AppContext(session, Changes(), window, Preferences(folder / "preferences.json")))
    qtbot.addWidget(page)
    page.resize(1218, 680)
    page.show()
    page.open()
    return page, window


def settle(qtbot: QtBot) -> None:
    """Wait for the running services and what they show."""
    qtbot.waitUntil(lambda: not background.is_busy(), timeout=20_000)
    background.wait_until_idle(5_000)
    qtbot.wait(50)


def press(root: QWidget, text: str) -> None:
    """Click the one button in sight that begins with *text*."""
    (found,) = (made for made in root.findChildren(QPushButton) if made.isVisible() and made.text().startswith(text))
    assert found.isEnabled()
    found.click()


def test_answer__written_by_the_county_and_read_below__leads_to_the_field_to_correct(
    qtbot: QtBot, offices: tuple[OfficeSession, OfficeSession, Path], tmp_path: Path
) -> None:
    """Tick, write, preview, apply, go to the field: by the buttons a clerk presses."""
    town, county, stick = offices
    first, second, *_ = archiving.archive_ids(county, ArchiveQuery(order="archive_number", descending=False))
    reason = Reason("other", "卡号与户名不符", "bank_account")
    reviewing.review(county, first, ReviewInput(ReviewOutcome.RETURNED, (reason,), due_on="2999-01-01"))
    reviewing.review(county, second, ReviewInput(ReviewOutcome.APPROVED))
    sender, _ = page_of(qtbot, county, tmp_path)
    settle(qtbot)
    assert [row.to_send for row in sender.overview.below.rows.rows] == [2]
    sender.open("answer")
    settle(qtbot)
    view = sender.late("answer")
    assert isinstance(view, AnswerView) and [plan.reviews for plan in view.chosen()] == [2]
    view.target.set_folder(stick)
    press(view, "下发到 1 个单位")
    settle(qtbot)
    written = sender.late("answered")
    assert isinstance(written, AnsweredView) and written.isVisible()
    (summary,) = written.rows.rows

    receiver, window = page_of(qtbot, town, tmp_path)
    receiver.read_file(summary.path)
    settle(qtbot)
    preview = receiver.late("answer_preview")
    assert isinstance(preview, AnswerPreviewView) and preview.isVisible()
    counted = {group.key: group.count for group in preview.board.groups.rows}
    assert (counted["returned"], counted["approved"], counted["acknowledged"]) == (1, 1, 4)
    assert round_trip.counts(town).returned == 0
    press(preview, "读入")
    settle(qtbot)
    done = receiver.late("answer_received")
    assert isinstance(done, AnswerReceivedView) and done.isVisible()
    assert round_trip.counts(town).returned == 1
    press(done, "去改")
    assert window.shown[-1] == ("wizard", {"archive_id": first, "field": "bank_account"})
    press(done, "去补正")
    settle(qtbot)
    returned = receiver.late("returned")
    assert isinstance(returned, ReturnedView) and [row.archive_id for row in returned.rows.rows] == [first]


def test_answer__without_a_place_or_an_office__is_not_offered(
    qtbot: QtBot, offices: tuple[OfficeSession, OfficeSession, Path], tmp_path: Path
) -> None:
    """The button opens only with an office ticked and a place chosen; space ticks."""
    _, county, stick = offices
    page, _ = page_of(qtbot, county, tmp_path)
    page.open("answer")
    settle(qtbot)
    view = page.late("answer")
    assert isinstance(view, AnswerView)
    (go,) = (made for made in view.findChildren(QPushButton) if made.text().startswith("下发到"))
    view.target.set_folder(stick)
    assert go.isEnabled()
    view.table.selectRow(0)
    qtbot.keyClick(view.table, Qt.Key.Key_Space)
    assert not go.isEnabled() and view.chosen() == []


def test_circular__written_above__is_read_once_below(
    qtbot: QtBot, offices: tuple[OfficeSession, OfficeSession, Path], tmp_path: Path
) -> None:
    """The dialog says what is missing; below the notice counts as unread until somebody says so."""
    town, county, stick = offices
    page, _ = page_of(qtbot, county, tmp_path)
    dialog = CircularDialog(page, county)
    qtbot.addWidget(dialog)
    dialog.store()
    assert circulars.list_circulars(county) == []
    dialog.title.setText("年度核查")
    dialog.body_text.setPlainText("请于月底前报齐。")
    dialog.due.setText("2999-12-10")
    dialog.store()
    assert [row.title for row in circulars.list_circulars(county)] == ["年度核查"]
    (plan,) = answering.answer_plans(county)
    exchange.receive_bundle(town, answering.write_answer(county, plan.child_id, stick).path)
    below, _ = page_of(qtbot, town, tmp_path)
    below.open("circulars")
    view = below.late("circulars")
    assert isinstance(view, CircularsView) and circulars.unread_count(town) == 1
    press(view, "我看过了")
    assert circulars.unread_count(town) == 0


def test_quotas__pasted_from_a_sheet__fill_the_cells_and_refuse_words(
    qtbot: QtBot, offices: tuple[OfficeSession, OfficeSession, Path], tmp_path: Path
) -> None:
    """A number with a unit or full width digits is a number; a word is not; Delete takes a quota back."""
    _, county, _ = offices
    page, _ = page_of(qtbot, county, tmp_path)
    page.open("quotas")
    view = page.late("quotas")
    assert isinstance(view, QuotasView)
    QGuiApplication.clipboard().setText("１２０ 户\n很多")
    view.table.setCurrentIndex(view.grid.index(0, 1))
    qtbot.keyClick(view.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [(quota.subject, quota.amount) for quota in quotas.list_quotas(county)] == [(quotas.FILED, 120)]
    view.table.setCurrentIndex(view.grid.index(0, 1))
    qtbot.keyClick(view.table, Qt.Key.Key_Delete)
    assert quotas.list_quotas(county) == []


def test_calendar__turned_over_by_key__is_stored_with_its_notice(
    qtbot: QtBot, offices: tuple[OfficeSession, OfficeSession, Path], tmp_path: Path
) -> None:
    """A working day becomes off, a weekend a working day; without the notice it comes from nothing is stored."""
    _, county, _ = offices
    page, _ = page_of(qtbot, county, tmp_path)
    page.open("calendar")
    view = page.late("calendar")
    assert isinstance(view, CalendarView)
    year = int(view.year.currentData())
    packaged = next((row for row in calendars.calendar_rows(county) if row.year == year), None)
    before = dict(packaged.days) if packaged else {}
    working = next(day for day in (date(year, 3, number) for number in range(1, 8)) if day.weekday() == 2)
    view.board.turn(working)
    view.document.setText("市工会通知")
    press(view, "保存")
    (row,) = (row for row in calendars.calendar_rows(county) if row.year == year)
    assert row.origin == calendars.EDITED and set(row.days) ^ set(before) == {working.isoformat()}
