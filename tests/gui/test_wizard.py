"""The wizard as a clerk uses it: keys, drafts, checks, the paper. Each test breaks when its promise does."""

import io
import random

from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from db.domain.form_flow import Place, StepState
from db.services import archiving, drafts, means
from db.services.demo import make_household
from db.services.demo_means import make_means
from db.services.office import OfficeSession
from desktop.forms.member_grid import MemberStep
from desktop.forms.wizard import WizardPage
from desktop.workspace import Workspace

WORKER_ID = "11010519491231002X"


def start(workspace: Workspace, **arguments: str) -> WizardPage:
    workspace.show_page("wizard", **arguments)
    page = workspace.current_page()
    assert isinstance(page, WizardPage)
    return page


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def type_chinese(text: str) -> None:
    """Commit *text* as an input method does."""
    line = focused()
    assert isinstance(line, QLineEdit)
    line.insert(text)
    line.textEdited.emit(line.text())


def test_typing__enter_walks_the_paper_and_pinyin_chooses(workspace: Workspace, qtbot: QtBot) -> None:
    """A step filled by keys alone: text, lists by pinyin initials, number normalised, birth date and sex derived."""
    page = start(workspace)
    qtbot.keyClicks(focused(), "T0031")
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    qtbot.keyClicks(focused(), "xdkn")
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    type_chinese("李桂兰")
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    qtbot.keyClicks(focused(), "hanzu")
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    qtbot.keyClicks(focused(), "qz")
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    qtbot.keyClicks(focused(), "110105 19491231 002x")
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    values = page.flow.content.values
    expected = {
        "worker_number": "T0031",
        "hardship_category": "relative_hardship",
        "name": "李桂兰",
        "ethnicity": "01",
        "political_status": "masses",
        "id_number": WORKER_ID,
        "birth_on": "1949-12-31",
        "sex": "female",
    }
    assert {key: values.get(key) for key in expected} == expected
    assert focused().accessibleName() == "健康状况"
    qtbot.keyClick(focused(), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert focused().accessibleName() == "身份证号"


def test_draft__is_stored_by_itself_and_taken_up_where_it_was_left(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot
) -> None:
    """What was typed, also what cannot be read yet, is there again in another window at the same field."""
    page = start(workspace)
    page.go_to(Place("work_started_on"))
    type_chinese("九四年夏天")
    qtbot.waitUntil(lambda: len(drafts.list_drafts(session)) == 1, timeout=2000)
    draft_id = drafts.list_drafts(session)[0].id
    other = start(workspace, draft_id=draft_id)
    line = focused()
    assert isinstance(line, QLineEdit)
    assert line.text() == "九四年夏天"
    assert other.flow.state(1) is StepState.FAULTY


def test_draft__half_typed_field_survives_leaving_the_page(workspace: Workspace, session: OfficeSession) -> None:
    """Leaving (and so locking and closing) stores at once, without waiting for the timer."""
    start(workspace)
    type_chinese("T00")
    workspace.show_page("home")
    assert drafts.list_drafts(session)[0].content.values["worker_number"] == "T00"


def test_check__lists_what_is_missing_and_jumps(workspace: Workspace, qtbot: QtBot) -> None:
    """F8 lists every missing answer; Enter on a line leads to its field in another step."""
    page = start(workspace)
    qtbot.keyClick(focused(), Qt.Key.Key_F8)
    missing = page.flow.progress()[1]
    assert len(page.check.jumps) >= missing > 20
    jump = next(jump for jump in page.check.jumps if jump.text() == "银行卡号")
    jump.setFocus()
    qtbot.keyClick(jump, Qt.Key.Key_Return)
    assert focused().accessibleName() == "银行卡号"
    assert page.steps.steps[5].isChecked()


def test_members__empty_card_is_not_counted(workspace: Workspace, qtbot: QtBot) -> None:
    """A card opened and not filled is neither counted below the list nor marks the step as done; a name does."""
    page = start(workspace)
    page.go_to_step(3)
    grid = page.findChild(MemberStep)
    assert grid is not None
    grid.add.click()
    assert page.flow.member_ids() and grid.count.text() == "连同职工本人共 1 人"
    assert page.steps.steps[3].state() is StepState.EMPTY
    type_chinese("周婷")
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    assert grid.count.text() == "连同职工本人共 2 人"
    assert page.steps.steps[3].state() is not StepState.EMPTY


def test_paper__click_on_a_cell_leads_to_its_field(workspace: Workspace, qtbot: QtBot) -> None:
    """The paper is drawn live beside the fields, and is the map of the form."""
    page = start(workspace)
    qtbot.waitUntil(lambda: page.paper.sheet.cell_at(QPointF(0, 0)) is None and page.paper.cells() != [], timeout=15000)
    cell = next(cell for cell in page.paper.cells() if cell.field == "bank_branch")
    page.paper.area.ensureVisible(round(page.paper.sheet.box(cell).x()), round(page.paper.sheet.box(cell).y()))
    qtbot.mouseClick(page.paper.sheet, Qt.MouseButton.LeftButton, pos=page.paper.sheet.box(cell).center().toPoint())
    assert focused().accessibleName() == "支行名称"


def test_number__person_of_another_archive_is_shown_with_a_way_there(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot
) -> None:
    """One worker in one archive: said while typing, with the other archive one click away."""
    other = start(workspace).flow.asked()
    other.values.update(name="王建国", id_number=WORKER_ID)
    stored = archiving.save_archive(session, other)
    page = start(workspace)
    page.go_to(Place("id_number"))
    type_chinese(WORKER_ID)
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    found = [item for item in page.flow.findings() if item.problem.code == "worker_has_archive"]
    assert [item.problem.context["archive_id"] for item in found] == [stored.id]
    row = page._body(0).form.rows["id_number"]
    assert any(stored.archive_number in text for text in row.texts())


def complete_draft(session: OfficeSession) -> str:
    """A draft of a whole invented household."""
    draft = drafts.start_draft(session)
    draft.content = make_household(random.Random(5), 3)
    drafts.save_draft(session, draft)
    return draft.id


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#ccddee").save(out, "PNG")
    return out.getvalue()


def test_submit__files_the_archive_and_leads_to_it(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot
) -> None:
    """Ctrl+Enter on a complete form makes the archive, ends the draft and shows what was filed."""
    page = start(workspace, draft_id=complete_draft(session))
    for item in page.flow.open_warnings():
        page.flow.confirm(item.problem, "已核对原件")
    name = page.flow.content.text("name")
    qtbot.keyClick(focused(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    rows = archiving.list_archives(session, archiving.ArchiveQuery())
    assert [(row.values["name"], row.is_complete) for row in rows] == [(name, True)]
    assert drafts.list_drafts(session) == []
    assert workspace.place() == ("archive", {"archive_id": rows[0].id})


def test_papers__added_to_a_new_household_do_not_block_its_filing(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot
) -> None:
    """The first paper makes an unfinished archive; its revisions are not taken for somebody else's changes."""
    page = start(workspace, draft_id=complete_draft(session))
    for item in page.flow.open_warnings():
        page.flow.confirm(item.problem, "已核对原件")
    page.go_to_step(6)
    page.papers.take([("户口簿.png", picture)])
    qtbot.waitUntil(lambda: len(page.papers.papers) == 1, timeout=10_000)
    assert page.papers.papers[0].document_type == "household_register"
    qtbot.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    rows = archiving.list_archives(session, archiving.ArchiveQuery())
    assert len(rows) == 1
    assert workspace.place() == ("archive", {"archive_id": rows[0].id})


def test_means__other_figures_want_a_reason_and_do_not_block(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot
) -> None:
    """A figure that differs from the worksheet is shown beside its field; a reason confirms it, and it is filed.

    The worksheet was saved after the draft was begun: that is not somebody else's change of the form.
    """
    archive = archiving.save_archive(session, make_household(random.Random(5), 1))
    page = start(workspace, archive_id=archive.id)
    page.flow.enter_text(Place("remarks"), "入户核实")
    page.save_draft()
    year = int(session.today[:4]) - 1
    sheet = make_means(random.Random(1), archive.content, year)
    means.save_means(session, archive.id, sheet)
    page = start(workspace, archive_id=archive.id)
    page.go_to(Place("annual_household_income"))
    focused().setText("99999")  # type: ignore[attr-defined]
    focused().textEdited.emit("99999")  # type: ignore[attr-defined]
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    (found,) = [item for item in page.flow.findings() if item.problem.code == "differs_from_means"]
    row = page._body(found.step).form.rows["annual_household_income"]
    assert any(f"{year} 年家庭经济状况" in text for text in row.texts())
    for item in page.flow.open_warnings():
        page.flow.confirm(item.problem, "另有一份证明")
    qtbot.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stored = archiving.load_archive(session, archive.id)
    assert stored.content.values["annual_household_income"] == 9_999_900
    assert stored.confirmations["annual_household_income:differs_from_means"] == "另有一份证明"
