"""就业 and 服务: a call is written down and the graduate is off the list; a referral is noted from a grant and answered."""

import pytest
from aid_money import in_2022, on_file
from factories import citizen_number
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from db.domain.form_flow import Place
from db.services import aid_services, archiving, graduates
from db.services.office import OfficeSession
from desktop.aid.aid_tab import AidTab
from desktop.aid.grant_dialog import GrantDialog
from desktop.pages.aid_services import ALL, WAITING, AidServicesPage
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.graduates import DUE, GRADUATES, MISSING, GraduatesPage
from desktop.records.record_dialog import RecordDialog
from desktop.workspace import Workspace


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """A graduate who looks for work and whom nobody has called for two months."""
    archive = on_file(in_2022(office))
    number = citizen_number("63010420000101123")
    archive.content.members[0] |= {"member_identity": "unemployed", "id_number": number, "relation_to_head": "son", "name": "林小雨"}
    archive = archiving.save_archive(office, archive.content, archive.id)
    begun = graduates.prepared_from_member(office, archive.id, str(archive.content.members[0]["id"]))
    begun.values |= {"registered_on": "2022-05-01", "graduation_year": 2022, "school": "某大学", "education": "bachelor", "origin": "西宁",
                     "major": "护理学", "phone": "13900001111", "responsible": "李秀兰"}  # fmt: skip
    graduates.save_graduate(office, archive.id, begun)
    return office


def said(widget: QWidget) -> str:
    """Everything a widget says."""
    parts: list[QLabel] = list(widget.findChildren(QLabel))
    return "\n".join(part.text() for part in parts)


def fill(answers: dict[str, str]) -> object:
    """A dialog that is filled in and stored as soon as it opens."""

    def exec_(dialog: RecordDialog) -> int:
        for key, value in answers.items():
            dialog.flow.enter_value(Place(key), value)
        dialog.store()
        return 1

    return exec_


def test_graduate__is_called_written_down_and_off_the_list(
    workspace: Workspace, session: OfficeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the board to the row; a stage that cannot be stays in the dialog; work found, the target is met."""
    workspace.show_page("graduates", pile=DUE)
    page = workspace.findChild(GraduatesPage)
    assert page is not None and [row.name for row in page.models[DUE].rows] == ["林小雨"]
    assert "满 30 天没有联系，该联系了" in said(page.panel) and "还要 1 人就业：林小雨" in said(page.note)
    faults: list[str] = []

    def wrong(dialog: RecordDialog) -> int:
        dialog.flow.enter_value(Place("stage"), "employed")
        dialog.store()
        faults.extend(item.place.field for item in dialog.flow.findings())
        return 0

    monkeypatch.setattr(RecordDialog, "exec", wrong)
    page.add_line("stages")
    assert faults == ["employer"] and graduates.list_graduates(session)[0].status == "unemployed"
    monkeypatch.setattr(RecordDialog, "exec", fill({"stage": "employed", "employer": "某医院", "post": "护士"}))
    page.add_line("stages")
    assert page.models[DUE].rows == []
    page.open(pile=MISSING)
    assert page.models[MISSING].rows == [] and "1/1，100%" in said(page.note)
    [row] = graduates.list_graduates(session)
    page.open(record_id=row.record_id)
    assert page.pile() == GRADUATES and "2022-07-01 就业：某医院，护士" in said(page.panel)


def test_service__is_noted_from_a_grant_and_answered_from_the_list(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No fund is asked for; what waits stands in the room and in the tab until its answer is noted."""
    [row] = graduates.list_graduates(session)
    monkeypatch.setattr(RecordDialog, "exec", fill({"agency": "civil_affairs", "what": "申请低保"}))
    dialog = GrantDialog(workspace, workspace.context, [row.archive_id], lambda _made: None)
    dialog.item.set_value("referral")
    dialog.item.changed.emit("referral")
    dialog.look()
    assert dialog.fund.isHidden() and dialog.go.text() == "填写服务…" and dialog.go.isEnabled()
    dialog.store()
    workspace.show_page("aid_services", pile=WAITING)
    page = workspace.findChild(AidServicesPage)
    assert page is not None and [each.words for each in page.models[WAITING].rows] == ["转介　民政（低保、临时救助）"]
    workspace.show_page("archive", archive_id=row.archive_id, tab="aid")
    detail = workspace.current_page()
    assert isinstance(detail, ArchiveDetailPage) and isinstance(detail.aid(), AidTab)
    assert "1 件等答复" in said(detail.aid()) and "还没有帮扶计划" in said(detail.aid())
    workspace.show_page("aid_services", pile=WAITING)
    monkeypatch.setattr(RecordDialog, "exec", fill({"answer": "granted", "answered_on": "2022-07-01"}))
    page.open_row(page.models[WAITING].rows[0])
    assert page.models[WAITING].rows == [] and aid_services.waiting(session) == []
    page.open(pile=ALL)
    qtbot.waitUntil(lambda: page.piles.button("referral").text() == "转介 1")
    assert page.piles.button(WAITING).text() == "等答复 0" and page.piles.button("legal").text() == "法律援助 0"
    assert "办成 1 件" in said(page.note) and page.log().rows[0][3] == "转介　民政（低保、临时救助）"
