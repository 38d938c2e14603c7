"""办理 as a clerk meets it: what is missing leads to its place, an act asks for its details, what was done is shown."""

import pytest
from case_steps import on_day, posted
from factories import file_household, small_pdf
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from db.domain.case_words import Act, Stage
from db.services import attachments, casework, work_board
from db.services.archiving import Archive
from db.services.office import OfficeSession
from desktop.casework.act_dialog import ActDialog
from desktop.casework.case_tab import CaseTab
from desktop.pages import home_due
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.cases import CasesPage
from desktop.workspace import Workspace


@pytest.fixture
def archive(session: OfficeSession) -> Archive:
    return file_household(session, members=1, worker_number="T0001")


def shown_tab(workspace: Workspace, archive: Archive) -> CaseTab:
    """The tab 办理 of the archive."""
    workspace.show_page("archive", archive_id=archive.id, tab="case")
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    return page.casework()


def words_of(tab: CaseTab) -> str:
    """Everything the tab says."""
    parts: list[QLabel] = list(tab.findChildren(QLabel))
    return "\n".join(part.text() for part in parts if part.isVisibleTo(tab))


def test_missing__is_said_and_leads_to_its_place(workspace: Workspace, archive: Archive, qtbot: QtBot) -> None:
    """The next act waits for its papers and says so; once they are there it can be taken."""
    tab = shown_tab(workspace, archive)
    assert "还没有书面申请。" in words_of(tab)
    with qtbot.waitSignal(tab.place_wanted) as wanted:
        tab.place_wanted.emit("papers")
    assert wanted.args == ["papers"]
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    assert page.tabs.currentWidget() is page.papers
    for paper in ("application", "verification_consent"):
        attachments.add_attachment(workspace.context.session, archive.id, "1.pdf", small_pdf(), paper)
    tab = shown_tab(workspace, archive)
    tab.show_archive(archive)
    assert "还没有书面申请。" not in words_of(tab)
    assert tab.view is not None and tab.view.offer(Act.ACCEPT).is_open  # type: ignore[union-attr]


def test_act__asks_says_what_is_wrong_and_is_recorded(workspace: Workspace, archive: Archive, qtbot: QtBot) -> None:
    """What is not filled in is said under its field; put right, the step stands in the record."""
    tab = shown_tab(workspace, archive)
    assert tab.view is not None
    offer = tab.view.offer(Act.GIVE_UP)
    assert offer is not None
    said: list[str] = []

    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ActDialog)
        dialog._accept()
        parts: list[QLabel] = list(dialog.findChildren(QLabel))
        said.extend(part.text() for part in parts if part.isVisibleTo(dialog))
        reason = dialog.fields["reason"]
        assert isinstance(reason, QPlainTextEdit | QLineEdit)
        reason.setPlainText("本人撤回") if isinstance(reason, QPlainTextEdit) else reason.setText("本人撤回")
        dialog._accept()

    QTimer.singleShot(0, fill)
    tab.begin(offer)
    assert "请填写理由。" in said
    assert casework.case_of(workspace.context.session, archive.id).state.stage is Stage.NONE
    qtbot.waitUntil(lambda: "理由：本人撤回" in words_of(tab), timeout=5000)


def test_room__shows_pools_and_deals_with_several(workspace: Workspace, qtbot: QtBot) -> None:
    """What is ticked is dealt with together; it moves to its pool, the rest stays."""
    session = workspace.context.session
    ids = [file_household(session, seed, members=1, worker_number=f"T000{seed}").id for seed in (1, 2, 3)]
    workspace.show_page("cases")
    page = workspace.current_page()
    assert isinstance(page, CasesPage)
    assert page.model.count == 3 and not page.act.isEnabled()
    page.model._set_ticked(set(ids[:2]))
    offer = next(many.offer for many in casework.offers_of_many(session, ids[:2]) if many.offer.act is Act.NOTE_ON_FILE)

    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ActDialog)
        reason = dialog.fields["reason"]
        assert isinstance(reason, QPlainTextEdit)
        reason.setPlainText("原有档案")
        dialog._accept()

    QTimer.singleShot(0, fill)
    page.begin(offer)
    qtbot.waitUntil(lambda: page.model.count == 1, timeout=10_000)
    page.show_state("on_file")
    assert page.model.count == 2
    qtbot.waitUntil(lambda: page.states.button("on_file").text() == "在档 2", timeout=10_000)


def test_home__leads_to_a_notice_that_has_ended(workspace: Workspace) -> None:
    """The board names the household, the day, and opens its case."""
    session = workspace.context.session
    archive_id = posted(session)
    on_day(session, "2020-06-30")
    todos = home_due.lines(work_board.read_board(session), workspace)
    todo = next(item for item in todos if item.matter == "公示期满")
    assert todo.when == "06-30　可以办了"
    todo.act()
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    assert page.place() == {"archive_id": archive_id, "tab": "case"}
