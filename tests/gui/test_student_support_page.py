"""捐助和岗位, and granting the students of a year: donors, a student with one of them, a post taken up, grants in one go."""

import pytest
from aid_money import REGION, fund, in_2022, on_file
from factories import citizen_number
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from db.domain.form_flow import Place
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent
from db.domain.records.student_support import DONOR
from db.services import aid, archiving, student_support, students
from db.services.office import OfficeSession
from desktop import messages
from desktop.pages.student_support import StudentSupportPage
from desktop.pages.students import STUDENTS, StudentsPage
from desktop.records.record_dialog import RecordDialog
from desktop.students.approve_dialog import SAME, ApproveDialog
from desktop.students.match_dialog import MatchDialog
from desktop.students.student_dialog import StudentDialog
from desktop.students.support_columns import DONORS, PLACEMENTS, POSTS, SPONSORSHIPS
from desktop.widgets.filter_combo import FilterCombo
from desktop.workspace import Workspace


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """A student of 2022 and money to grant from."""
    archive = on_file(in_2022(office))
    child = archive.content.members[0]
    child |= {"member_identity": "college", "id_number": citizen_number("63010420040101123"), "name": "林小雨"}
    archiving.save_archive(office, archive.content, archive.id)
    content = students.prepared_student(office, archive.id, str(child["id"]), 2022)
    asked: dict[str, Value] = {
        "stage": "bachelor", "school": "某大学", "school_region": REGION, "enrolled_year": 2022, "student_kind": "new",
        "amount_wanted": 500_000,
    }  # fmt: skip
    content.values |= asked
    students.save_student(office, archive.id, content)
    fund(office)
    return office


def test_support__from_the_donor_to_the_post(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every pile is entered from its own button; what is free and used follows."""
    answers: dict[str, Value] = {
        "name": "某某机械", "donor_kind": "enterprise", "employer": "某某商贸", "posts": 1, "promised": 300_000,
    }  # fmt: skip

    def fill_in(dialog: RecordDialog) -> int:
        for key, value in answers.items():
            if key in dialog.flow.form.by_key and not dialog.flow.value(Place(key)):
                dialog.flow.enter_value(Place(key), value)
        dialog.store()
        return dialog.result()

    def choose(dialog: MatchDialog) -> int:
        dialog.student.set_value(dialog.student.options()[0][0])
        dialog.take()
        assert dialog.result() == 0  # nobody to go with yet
        dialog.other.set_value(dialog.other.options()[0][0])
        dialog.take()
        return dialog.result()

    monkeypatch.setattr(RecordDialog, "exec", fill_in)
    monkeypatch.setattr(MatchDialog, "exec", choose)
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_more: True)
    workspace.show_page("student_support", pile=DONORS, year=2022)
    page = workspace.findChild(StudentSupportPage)
    assert page is not None
    for pile in (DONORS, SPONSORSHIPS, POSTS, PLACEMENTS):
        page.open(pile=pile)
        page.begin()
    assert [(row.content.text("donor_name"), row.content.values["promised"]) for row in student_support.list_sponsorships(session)] == [
        ("某某机械", 300_000)
    ]
    page.open(pile=POSTS)
    assert "提供岗位 1 个，今天有人的 1 个，空 0 个" in page.note._text.text()
    assert page.register().rows[0][3:6] == ["1 个", "1 个", "0 个"]
    page.open(pile=DONORS)
    page.give_money()
    assert student_support.list_donors(session)[0].fund is not None


def test_students__granted_in_one_go(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one may have stands beside the registration; the whole list is granted, and waits no more."""
    workspace.show_page("students", pile=STUDENTS, year=2022)
    page = workspace.findChild(StudentsPage)
    assert page is not None and page.approving.isVisible() and not page.begin_step.isVisible()
    row = students.list_students(session, 2022)[0]
    archive = archiving.load_archive(session, row.archive_id)
    row.content.rows.clear()  # as an older registration has it
    beside = StudentDialog(page, page.context, archive, row.content, "助学登记", str)
    assert len(beside.flow.rows["evidence"]) == 1 and not beside.flow.is_changed()
    qtbot.addWidget(beside)
    texts = [child.text() for child in beside.panel.findChildren(QLabel)]
    assert "8,064.00 元" in texts and any(text.startswith("录取通知书：还缺复印件") for text in texts)
    step = next(child for child in beside.panel.findChildren(QPushButton) if child.text() == "原件看过，已退回")
    step.click()
    (noted,) = beside.flow.rows["evidence"]
    assert (noted["seen_on"], noted["returned_on"], noted["returned_to"]) == ("2022-07-01", "2022-07-01", "林小雨")
    assert beside._wanted_type("papers") == "admission_letter"

    def approve(dialog: ApproveDialog) -> int:
        dialog.way.set_value(SAME)
        dialog.each.setText("9000")
        dialog.look()
        assert [item.given.amount for item in dialog.chosen()] == [806_400] and dialog.go.isEnabled()
        dialog.store()
        qtbot.waitUntil(lambda: dialog.result() == 1)
        return 1

    monkeypatch.setattr(ApproveDialog, "exec", approve)
    page.approve()
    assert [item.amount for item in aid.grants_of(session, row.archive_id)] == [806_400]
    assert not page.approving.isEnabled()


def test_enter__takes_from_a_list_without_ending_the_dialog(workspace: Workspace, qtbot: QtBot) -> None:
    """Enter takes the marked row and goes on to the next field; the form is not stored by the way."""
    stored: list[RecordContent] = []
    dialog = RecordDialog(workspace, workspace.context, DONOR, RecordContent({"name": "某某机械"}), "登记捐助方", stored.append)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.go_to(Place("donor_kind"))
    field = dialog.focusWidget()
    assert isinstance(field, FilterCombo)
    qtbot.keyClicks(field, "qy")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not stored and dialog.isVisible() and dialog.focusWidget() is not field
    assert dialog.flow.content().text("donor_kind") == "enterprise"
    dialog.flow.count_as_unchanged()  # closed without being asked
