"""The room 报表: a table, the records behind a figure, and a copy that tells what has changed since."""

import pytest
from aid_money import fund, in_2022
from pytestqt.qtbot import QtBot

from db.domain.records.record_form import RecordContent
from db.services import funds, reports
from db.services.office import OfficeSession
from desktop import messages
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
    assert page.version.count() == 2 and len(reports.saved_copies(session)) == 1
    source = funds.fund_states(session)[0].fund.record_id
    movement = {"fund_id": source, "movement": "receipt", "on_day": "2022-08-01", "amount": 1_000_000}
    funds.save_movement(session, RecordContent(movement))
    page.version.setCurrentIndex(1)
    page.version.activated.emit(1)
    qtbot.waitUntil(lambda: "01A 现在是 6.00，上报时是 5.00" in page.note._text.text())
    assert not page.freeze_step.isEnabled()
