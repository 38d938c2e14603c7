"""The room 报表: a table, the records behind a figure, and a copy that tells what has changed since."""

from pathlib import Path

import pytest
from aid_money import fund, in_2022
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.domain.records.record_form import RecordContent
from db.domain.reports.layout_file import packaged_reports
from db.services import funds, report_copies, report_tables, reports
from db.services.office import OfficeSession
from db.services.reports import ReportRequest
from desktop import files, messages
from desktop.pages.reports import ReportsPage
from desktop.workspace import Workspace


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """An office of 2022 with money for students."""
    fund(in_2022(office, "2022-09-01"), 5_000_000, allowed_items=["tuition"])
    return office


def test_reports__figure_records_and_copy(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clerk sees a figure with its record, keeps the table, and later what is different."""
    monkeypatch.setattr(messages, "confirm", lambda *_: True)
    workspace.show_page("reports", year=2022)
    page = workspace.findChild(ReportsPage)
    assert page is not None
    qtbot.waitUntil(lambda: page.report is not None)
    assert page.lines.columns[-1].text(page.lines.rows[0]) == "5.00"
    page.table.clicked.emit(page.lines.index(1, 0))
    qtbot.waitUntil(lambda: [(row.on_day, row.value) for row in page.records.rows] == [("2022-03-01", 5_000_000)])
    page.freeze()
    assert page.version.count() == 2 and len(report_copies.saved_copies(session)) == 1
    source = funds.fund_states(session)[0].fund.record_id
    movement = {"fund_id": source, "movement": "receipt", "on_day": "2022-08-01", "amount": 1_000_000}
    funds.save_movement(session, RecordContent(movement))
    page.version.setCurrentIndex(1)
    page.version.activated.emit(1)
    qtbot.waitUntil(lambda: "01A 现在是 6.00，上报时是 5.00" in page.note._text.text())
    assert not page.freeze_step.isEnabled()


def test_reports__own_table_period_and_unit(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A table of one's own is read in and shown; half a year and 万元 are chosen; the arrow goes to the next figure."""
    workspace.show_page("reports", report_id="funds", year=2022)
    page = workspace.findChild(ReportsPage)
    assert page is not None
    qtbot.waitUntil(lambda: page.report is not None)
    assert page.lines.columns[5].text(page.lines.rows[0]) == "50,000.00"
    page.unit.setCurrentIndex(page.unit.findData("wan"))
    page.unit.activated.emit(page.unit.currentIndex())
    qtbot.waitUntil(lambda: page.lines.columns[5].text(page.lines.rows[0]) == "5.00")
    page.part.setCurrentIndex(page.part.findData("H2"))
    page.part.activated.emit(page.part.currentIndex())
    qtbot.waitUntil(lambda: page.lines.columns[3].text(page.lines.rows[0]) == "5.00")
    assert page.report is not None and page.report.title == "2022年下半年帮扶资金使用情况统计表"
    qtbot.keyClick(page.table, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: "交回下拨：0.00 万元" in page._detail_title.text())
    path = tmp_path / "own.toml"
    reports_text = packaged_reports()["monitoring"].text.replace('id = "monitoring"', 'id = "our_monitoring"', 1)
    path.write_text(reports_text.replace("动态监测汇总表", "自己的监测表"), encoding="utf-8")
    monkeypatch.setattr(files, "ask_open", lambda *_: path)
    page._files.take()
    qtbot.waitUntil(lambda: page.report is not None and page.report.layout.id == "our_monitoring")
    assert "自己的监测表" in page.which.currentText()
    acts = [action.text() for action in page._files.menu(page.report.layout).actions()]
    assert "删除这张表样…" in acts and "逐户的退档情况表…" not in acts
    exits = [action.text() for action in page._files.menu(packaged_reports()["exits"]).actions()]
    assert "逐户的退档情况表…" in exits and "删除这张表样…" not in exits


def test_reports__a_copy_outlives_its_table(workspace: Workspace, session: OfficeSession, qtbot: QtBot, tmp_path: Path) -> None:
    """Of a table that was taken off the list what was handed in still opens; there is nothing of today to choose beside it."""
    path = tmp_path / "表样.toml"
    path.write_text(packaged_reports()["archives"].text.replace('id = "archives"', 'id = "own"', 1), encoding="utf-8")
    report_tables.TABLES.take(session, path)
    copy = reports.freeze(session, reports.make_report(session, ReportRequest("own", 2012)), "老表")
    report_tables.TABLES.remove(session, "own")
    workspace.show_page("reports", copy=copy)
    page = workspace.findChild(ReportsPage)
    assert page is not None
    qtbot.waitUntil(lambda: page.report is not None and page.report.scope.year == 2012)
    assert page.which.currentText().endswith("（表样已删除）") and not page.freeze_step.isEnabled()
    assert [page.version.itemText(at)[-2:] for at in range(page.version.count())] == ["老表"]
    page.open("tuition", 2022)
    qtbot.waitUntil(lambda: page.report is not None and page.report.layout.id == "tuition")
    assert page.version.itemText(0) == "现在" and page.which.findData("own") < 0
