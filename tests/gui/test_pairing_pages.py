"""结对 as a clerk meets it: the gap is named, one dialog pairs, the cadre who leaves hands over, a call is noted."""

from collections.abc import Callable

import pytest
from factories import file_household
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from db.domain.records.record_form import RecordContent
from db.services import cadres, pairing
from db.services.office import OfficeSession
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.cadres import CadresPage
from desktop.pages.pairing import PairingPage
from desktop.pairing.hand_over_dialog import HandOverDialog
from desktop.pairing.pair_dialog import PairDialog
from desktop.pairing.pairing_tab import PairingTab
from desktop.records.record_dialog import RecordDialog
from desktop.workspace import Workspace


@pytest.fixture
def household(session: OfficeSession) -> str:
    """A household on file that nobody looks after."""
    return file_household(session, members=1, worker_number="34088200001").id


def cadre(session: OfficeSession, name: str) -> str:
    """An invented cadre of the register."""
    content = RecordContent({"name": name, "unit": "镇总工会", "phone": "0556-1234567", "is_leader": False})
    return cadres.save_cadre(session, content).record_id


def words_of(tab: PairingTab) -> str:
    """Everything the tab says."""
    parts: list[QLabel] = list(tab.findChildren(QLabel))
    return "\n".join(part.text() for part in parts if part.isVisibleTo(tab))


def in_dialog(act: Callable[[object], None]) -> None:
    """Do something with the dialog that is opened next."""
    QTimer.singleShot(0, lambda: act(QApplication.activeModalWidget()))


def test_pairing__from_the_gap_to_a_hand_over(workspace: Workspace, household: str, qtbot: QtBot) -> None:
    """The unpaired household is ticked and paired; its tab tells and notes a call; the cadre leaves and hands it over."""
    session = workspace.context.session
    li, wang = cadre(session, "李四"), cadre(session, "王五")
    workspace.show_page("pairing")
    page = workspace.current_page()
    assert isinstance(page, PairingPage)
    qtbot.waitUntil(lambda: "还差 1 户" in page.coverage.text())
    page.model.tick_all()

    def pair(dialog: object) -> None:
        assert isinstance(dialog, PairDialog)
        dialog.store()
        assert dialog._fault.text() == "请至少选一位帮扶干部。"
        dialog.main.set_value(li)
        dialog.store()

    in_dialog(pair)
    page.pair_ticked()
    qtbot.waitUntil(lambda: page.coverage.text().startswith("结对覆盖率 100%"))
    assert page.model.count == 0

    workspace.show_page("archive", archive_id=household, tab="pairing")
    detail = workspace.current_page()
    assert isinstance(detail, ArchiveDetailPage)
    tab = detail.pairing()
    assert "李四" in words_of(tab) and "结对以来还没有记录" in words_of(tab)

    def call(dialog: object) -> None:
        assert isinstance(dialog, RecordDialog)
        dialog.store()

    in_dialog(call)
    tab.note_call()
    qtbot.waitUntil(lambda: f"最近一次 {session.today}" in words_of(tab))

    workspace.show_page("cadres")
    register = workspace.current_page()
    assert isinstance(register, CadresPage)

    def hand_over(dialog: object) -> None:
        assert isinstance(dialog, HandOverDialog)
        dialog.store()
        assert "请给每一户选一位接手的干部" in dialog._fault.text()
        dialog.all_to.setCurrentIndex(dialog.all_to.findData(wang))
        dialog.store()

    in_dialog(hand_over)
    register.hand_over(next(row for row in cadres.list_cadres(session) if row.cadre_id == li))
    assert [item.name for item in pairing.pairings_of(session, household)[0]] == ["王五"]
    assert [row.name for row in register.rows.rows] == ["王五"]
