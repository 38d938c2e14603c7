"""走访 as a clerk meets it: a missing visit leads to the kitchen table, what is written is kept, signed and stored."""

from pathlib import Path

import pytest
from case_steps import applicant, decide, give_papers
from casework import in_2020
from factories import file_household
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from db.domain.case_words import Act, Stage
from db.domain.form_flow import Place
from db.domain.records.home_visit import HOME_VISIT
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import attachments, casework, home_visits, records, visit_route
from db.services import office as offices
from db.services.office import OfficeSession
from desktop import messages
from desktop.homevisit.income_dialog import IncomeDialog
from desktop.homevisit.photo_step import PhotoDialog, PhotoStep, newest_photos
from desktop.homevisit.signature_step import SignatureStep
from desktop.pages import home_board
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.home_visits import HomeVisitsPage
from desktop.pages.visit import VisitPage
from desktop.records.record_dialog import RecordDialog
from desktop.workspace import Workspace


def visit_page(workspace: Workspace) -> VisitPage:
    """The kitchen table, which must be in front."""
    page = workspace.current_page()
    assert isinstance(page, VisitPage)
    return page


def test_kitchen_table__from_a_missing_visit_to_its_step(workspace: Workspace, session: OfficeSession) -> None:
    """办理 leads to the visit; faults are gone to; the signature is kept; storing lets the case go on."""
    in_2020(session)
    archive_id = applicant(session).id
    give_papers(session, archive_id, "application", "verification_consent")
    casework.take_step(session, archive_id, Act.ACCEPT)
    decide(session, archive_id)
    workspace.show_page("archive", archive_id=archive_id, tab="case")
    detail = workspace.current_page()
    assert isinstance(detail, ArchiveDetailPage)
    detail.show_means()
    sheet = detail.worksheet()
    detail.casework().place_wanted.emit("visit")
    page = visit_page(workspace)
    assert not workspace.rail.isVisible() and page.keeper is not None
    assert page.keeper.flow.value(Place("purpose")) == "verification"
    page.show_step(6)
    page.go_on()
    assert page.made is None and page.steps[0].isVisible()  # one visitor is too few to verify
    page.keeper.flow.enter_text(Place("visitors"), "张三、李四")
    page.show_step(5)
    step = page.steps[5]
    assert isinstance(step, SignatureStep)
    step.who.setText("王五")
    step.who.textEdited.emit("王五")
    _draw(step)
    step.keep.click()
    page.keeper.flow.add_row("incomes", person="worker", kind="other", amount=120_000)
    page.show_step(6)
    page.go_on()
    assert page.made is not None
    papers = {paper.id: paper.document_type for paper in attachments.list_attachments(session, archive_id)}
    signature = page.made.content.values["signature"]
    assert isinstance(signature, list) and papers[signature[0]] == "visit_signature"
    assert page.made.content.text("signed_by") == "王五"
    assert casework.take_step(session, archive_id, Act.VERIFY).state.stage is Stage.COMPARISON
    IncomeDialog(page, workspace.context, archive_id, page.made.record_id).take()
    page.leave()
    assert workspace.rail.isVisible() and home_visits.list_drafts(session) == []
    workspace.show_page("archive", archive_id=archive_id, tab="means")
    assert [row["amount"] for row in sheet.flow.rows("incomes") if row.get("kind") == "other"] == [120_000]


def _draw(step: SignatureStep) -> None:
    at = QPoint(80, 60)
    QTest.mousePress(step.pad, Qt.MouseButton.LeftButton, pos=at)
    for by in range(1, 20):
        QTest.mouseMove(step.pad, at + QPoint(by * 8, by % 5 * 6))
    QTest.mouseRelease(step.pad, Qt.MouseButton.LeftButton, pos=at + QPoint(160, 0))
    assert step.pad.is_signed


def test_draft__is_kept_by_itself_and_comes_back(workspace: Workspace, session: OfficeSession, qtbot: QtBot) -> None:
    """A word typed is in the office two seconds later, and stands there when the page is opened anew."""
    archive_id = file_household(session, 1).id
    workspace.show_page("visit", archive_id=archive_id)
    page = visit_page(workspace)
    assert page.keeper is not None
    page.show_step(1)
    with qtbot.waitSignal(page.keeper.kept, timeout=3000):
        page.steps[1].cards["health"].answer.setPlainText("腰不好")  # type: ignore[attr-defined]
    kept = home_visits.load_draft(session, archive_id)
    assert kept is not None and kept.content.text("health") == "腰不好" and kept.step == "items"
    shown = home_board.build(session, offices.office_status(session), workspace)
    assert [todo.matter for todo in shown].count("走访没写完") == 1
    page.keeper = None
    workspace.show_page("visit", archive_id=archive_id)
    assert visit_page(workspace).steps[1].isVisible()
    page.leave()
    home_visits.discard_draft(session, archive_id)
    workspace.show_page("visit", archive_id=archive_id)
    assert page.keeper is not None and page.keeper.flow.value(Place("health")) is None


def test_route__puts_on_moves_and_begins(workspace: Workspace, session: OfficeSession) -> None:
    """The way shows what is put on it, in the clerk's own order, and its button begins the visit."""
    ids = [file_household(session, seed).id for seed in (1, 2, 3)]
    workspace.show_page("home_visits", put_on=ids)
    page = workspace.current_page()
    assert isinstance(page, HomeVisitsPage)
    page.move(ids[2], -1)
    assert [row.stop.archive_id for row in page.rows] == [ids[0], ids[2], ids[1]]
    assert [stop.archive_id for stop in visit_route.route(session)] == [ids[0], ids[2], ids[1]]
    page.rows[1].go.click()
    keeper = visit_page(workspace).keeper
    assert keeper is not None and keeper.draft.archive_id == ids[2]


def test_photos__out_of_a_folder(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest photos of camera folders are offered; what is picked is an attachment and stands in the visit until removed."""
    (tmp_path / "100CANON").mkdir()
    for name in ("a.jpg", "100CANON/b.JPG", "note.txt"):
        Image.new("RGB", (40, 30), "green").save(tmp_path / name, "JPEG")
    assert {path.name for path in newest_photos(tmp_path)} == {"a.jpg", "b.JPG"}
    archive_id = file_household(session, 1).id
    workspace.show_page("visit", archive_id=archive_id)
    page = visit_page(workspace)
    step = page.steps[4]
    assert isinstance(step, PhotoStep)
    with qtbot.waitSignal(step.changed, timeout=5000):
        step.take([tmp_path / "a.jpg"])
    found = attachments.list_attachments(session, archive_id)
    assert [paper.document_type for paper in found] == ["visit_photo"]
    assert page.keeper is not None and page.keeper.flow.value(Place("photos")) == [found[0].id]
    monkeypatch.setattr(PhotoDialog, "exec", lambda _self: PhotoDialog.REMOVE)
    step.view(found[0].id)
    assert attachments.list_attachments(session, archive_id) == []
    assert page.keeper.flow.value(Place("photos")) is None


def test_record_dialog__shows_faults_and_asks_before_leaving(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What saving finds stands beside its field; leaving with changes asks; stored, the dialog closes."""
    archive_id = file_household(session, 1).id
    form = HOME_VISIT

    def save(content: RecordContent) -> object:
        return records.save_record(session, archive_id, RecordKind.HOME_VISIT, content)

    content = RecordContent({"method": "call", "purpose": "contact", "visited_on": session.today})
    dialog = RecordDialog(workspace, workspace.context, form, content, "走访", save)
    dialog.store()
    row = dialog.grids[0].rows["visitors"]
    assert any("走访人员" in words for words in row.texts()) and dialog.result() == 0
    row.editor.line.setText("张三")  # type: ignore[attr-defined]
    row.editor.edited.emit()
    rows = dialog.rows[0]
    rows.add_row()
    first, second = list(rows.cells)[:2]
    qtbot.keyClick(rows.cells[first], Qt.Key.Key_Return)  # goes on, and does not store
    assert dialog.focusWidget() is rows.cells[second] and dialog.result() == 0
    asked: list[str] = []
    monkeypatch.setattr(messages, "confirm", lambda _parent, words, *_more, **_named: bool(asked.append(words)))
    dialog.reject()
    assert asked
    dialog.store()
    assert dialog.result() == 1 and len(records.list_records(session, archive_id)) == 1
    with pytest.raises(UserError):
        save(RecordContent())
