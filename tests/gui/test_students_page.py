"""The room 助学就业: a child that goes to school is registered from the list, and is a graduate when the time has come."""

import pytest
from aid_money import in_2022, on_file
from factories import citizen_number
from pytestqt.qtbot import QtBot

from db.domain.form_flow import Place
from db.services import archiving, students
from db.services.office import OfficeSession
from desktop.pages.graduates import FINISHING, GRADUATES, GraduatesPage
from desktop.pages.students import MISSING, STUDENTS, StudentsPage
from desktop.records.record_dialog import RecordDialog
from desktop.workspace import Workspace


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """A household on file whose first child goes to college."""
    archive = on_file(in_2022(office))
    for member in archive.content.members:
        member["member_identity"] = "farmer"
    child = {"member_identity": "college", "id_number": citizen_number("63010420040101123"), "name": "林小雨"}
    archive.content.members[0] |= {**child, "school_or_employer": "某大学"}
    archiving.save_archive(office, archive.content, archive.id)
    return office


def test_students__from_the_list_to_the_register(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Registered, the child leaves one list for the other; finished, it is offered as a graduate."""
    answers = {
        "stage": "bachelor", "school_region": "630104", "enrolled_year": 2018, "study_years": 4, "student_kind": "continuing",
        "major": "汉语言文学", "phone": "13900001111", "responsible": "李秀兰", "origin": "西宁", "education": "bachelor",
    }  # fmt: skip

    def fill_in(dialog: RecordDialog) -> int:
        for key, value in answers.items():
            if key in dialog.flow.form.by_key:
                dialog.flow.enter_value(Place(key), value)
        dialog.store()
        return 1

    monkeypatch.setattr(RecordDialog, "exec", fill_in)
    workspace.show_page("students", pile=MISSING, year=2022)
    page = workspace.findChild(StudentsPage)
    assert page is not None and [row.name for row in page.models[MISSING].rows] == ["林小雨"]
    qtbot.waitUntil(lambda: page.piles.button(MISSING).text() == "还没登记的在校子女 1")
    page.show_pile(STUDENTS)
    page._empty.step.click()  # an empty list leads to where one begins
    assert page.pile() == MISSING and page.tables[MISSING].currentIndex().row() == 0  # what is acted upon is shown
    page.begin_current()
    assert students.unregistered(session, 2022) == []
    page.open(pile=STUDENTS)
    qtbot.waitUntil(lambda: page.piles.button(STUDENTS).text() == "已登记学生 1")
    assert page.piles.button(MISSING).text() == "还没登记的在校子女 0"
    for typed, found in (("省总", 0), ("建档困难职工家庭", 1), ("", 1)):
        page.text.setText(typed)
        assert len(page.models[STUDENTS].rows) == found
    assert [row.name for row in page.models[STUDENTS].rows] == ["林小雨"] and len(page.register(False).rows) == 1
    workspace.show_page("graduates", pile=FINISHING, year=2022)
    after = workspace.findChild(GraduatesPage)
    assert after is not None
    after.begin_current()
    after.open(pile=GRADUATES)
    assert [row.status_label for row in after.models[GRADUATES].rows] == ["未就业"]
    assert "目标 60%" in after.note._text.text()
