"""活动 as a clerk meets it: called once, its households stand there to be ticked, granted in one go, put onto a list."""

import pytest
from aid_money import fund, in_2022, on_file
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent
from db.services import aid, programmes
from db.services.office import OfficeSession
from desktop.aid.grant_dialog import GrantDialog
from desktop.aid.looks_dialog import LooksDialog
from desktop.pages.programme import ProgrammePage
from desktop.pages.programmes import ProgrammesPage
from desktop.records.record_dialog import RecordDialog
from desktop.workspace import Workspace


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """An office in the summer of 2022."""
    return in_2022(office)


def test_programme__from_its_call_to_the_grants(workspace: Workspace, qtbot: QtBot) -> None:
    """Typed in, opened, ticked, granted with a reason for all; who stands outside is not offered; the register has the sums."""
    session = workspace.context.session
    ids = {on_file(session, seed).id for seed in (1, 2)}
    source = fund(session, needs_archive=False)
    workspace.show_page("programmes")
    room = workspace.current_page()
    assert isinstance(room, ProgrammesPage)

    def call() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, RecordDialog)
        for key, value in (("title", "2022 年送温暖"), ("programme_kind", "warmth"), ("items", ["warmth"]), ("standard", 60_000)):
            dialog.flow.enter_value(next(place for place in dialog.flow.places() if place.field == key), value)
        dialog.store()

    QTimer.singleShot(0, call)
    room.edit(None)
    page = workspace.current_page()
    assert isinstance(page, ProgrammePage) and page.item is not None
    assert page.model.count == 2 and not page.go.isEnabled()
    page.model.tick_all()
    seen: list[str] = []

    def confirm() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, LooksDialog)
        seen.extend((dialog.go.text(), str(dialog.go.isEnabled())))
        dialog.reason.setText("领导小组会议研究同意")
        seen.append(dialog.go.text())
        dialog.accept()

    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, GrantDialog)
        seen.extend((str(dialog.item.value()), dialog.amount.text()))
        dialog.fund.set_value(source)
        dialog.look()
        dialog.store()

    QTimer.singleShot(0, fill)
    QTimer.singleShot(300, lambda: _when_asked(confirm))
    page.go.click()
    qtbot.waitUntil(lambda: programmes.programme_of(session, page.item.id).sums.grants == 2, timeout=5000)  # type: ignore[union-attr]
    assert seen == ["warmth", "600.00", "批准 0 户", "False", "批准 2 户"]
    assert {grant.excess_reason for each in ids for grant in aid.grants_of(session, each)} == {"领导小组会议研究同意"}
    page.show_state("granted")
    assert page.model.count == 2
    page.model.tick_all()
    assert page.pay.isEnabled()
    workspace.show_page("programmes")
    assert [(row.title, row.sums.households, row.sums.granted) for row in room.rows.rows] == [("2022 年送温暖", 2, 120_000)]


def test_grant__may_be_put_into_a_programme_that_runs(workspace: Workspace) -> None:
    """Chosen, it fills in what nobody typed, and what speaks against it is said at once."""
    session = workspace.context.session
    archive, source = on_file(session, 1), fund(session, needs_archive=False)
    values: dict[str, Value] = {"title": "2022 年送清凉", "programme_kind": "cool", "year": 2022, "begins_on": "2022-06-01",
                                "items": ["warmth"], "standard": 30_000, "most_per_time": 30_000, "basis": "〔2022〕3 号"}  # fmt: skip
    made = programmes.save_programme(session, RecordContent(values)).record_id
    dialog = GrantDialog(None, workspace.context, [archive.id], lambda _made: None)
    dialog.fund.set_value(source)
    dialog.programme.setCurrentIndex(dialog.programme.findData(made))
    assert (dialog.item.value(), dialog.amount.text(), dialog.reason.text()) == ("warmth", "300.00", "")
    dialog.look()
    assert dialog.go.isEnabled() and dialog.given().programme_title == "2022 年送清凉"
    dialog.amount.setText("301")
    dialog.look()
    assert not dialog.go.isEnabled()


def _when_asked(act: object) -> None:
    """Run *act* as soon as the dialog with the findings is in front."""
    assert callable(act)
    if isinstance(QApplication.activeModalWidget(), LooksDialog):
        act()
    else:
        QTimer.singleShot(50, lambda: _when_asked(act))
