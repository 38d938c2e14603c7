"""Merging and handing over in the window: choose two in the list, ask from the archive's page, decide at the county."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories import file_household, make_office
from neighbours import acquaint
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from db.domain.case_words import Act
from db.domain.merging import KEPT, MERGED
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import archiving, casework, exchange, handing_over, merging, records
from db.services.office import OfficeSession
from desktop import background, messages
from desktop.moves.hand_over_dialog import HandOverDialog
from desktop.moves.merge_dialog import MergeDialog
from desktop.moves.requests_view import RequestsView
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.archive_list import ArchiveListPage
from desktop.pages.exchange import ExchangePage
from desktop.preferences import Preferences
from desktop.workspace import Workspace


def detail(workspace: Workspace, archive_id: str) -> ArchiveDetailPage:
    """The page of an archive."""
    workspace.open_archive(archive_id)
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    return page


def test_list__two_ticked_become_one(
    workspace: Workspace, session: OfficeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was chosen is taken, what was not stays; the page of either leads to the other and back apart."""
    kept = file_household(session, "a", 1, mobile_phone="13900000001", employer="潜阳纺织厂")
    merged = file_household(session, "a", 1, mobile_phone="13900000002", employer="梅城小学")
    call = {"method": "call", "purpose": "contact", "visited_on": session.today, "visitors": "王芳", "needs": "看病"}
    records.save_record(session, merged.id, RecordKind.HOME_VISIT, RecordContent({**call}))
    casework.take_step(session, merged.id, Act.NOTE_LEAD)
    workspace.show_page("archives")
    page = workspace.current_page()
    assert isinstance(page, ArchiveListPage)
    page.model.ticked.update({kept.id, merged.id})
    page.model.ticks_changed.emit()

    def choose(dialog: MergeDialog) -> int:
        if dialog.offer and dialog.offer.kept.archive_id != kept.id:
            dialog.swap()
        dialog.choose("mobile_phone", MERGED)
        dialog.choose("employer", KEPT)
        dialog._merge()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(MergeDialog, "exec", choose)
    page._merge.click()
    values = archiving.load_archive(session, kept.id).content.values
    assert (values["mobile_phone"], values["employer"]) == ("13900000002", "潜阳纺织厂")
    assert page.model.count == 1
    shown = detail(workspace, merged.id)
    assert shown._edit.isHidden()
    assert kept.archive_number in shown.standing.note.text()
    shown.standing.open_kept.click()
    assert workspace.place()[1]["archive_id"] == kept.id
    shown.tabs.setCurrentWidget(shown.visits_tab)
    words = {each.text() for each in shown.visits().findChildren(QPushButton) if not each.isHidden()}
    assert f"原档案 {merged.archive_number}" in words and not {"修改…", "删除…"} & words
    shown.tabs.setCurrentWidget(shown.case_tab)
    words = {each.text() for each in shown.casework().findChildren(QPushButton) if not each.isHidden()}
    assert f"原档案 {merged.archive_number}" in words
    assert merged.archive_number in shown.standing.into.text()
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_kwargs: True)
    shown.standing.undo_into.click()
    assert shown.standing.isHidden()
    assert merging.merges_of(session, kept.id)[0].undone_at


def test_page__asks_for_a_hand_over_and_takes_it_back(
    workspace: Workspace, session: OfficeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive is locked at once, and free again after the withdrawal."""
    archive = file_household(session, "a", 1)
    shown = detail(workspace, archive.id)

    def ask(dialog: HandOverDialog) -> int:
        assert not dialog._go.isEnabled()
        dialog.target.setEditText("源潭镇总工会")
        dialog.reason.setText("全家迁往源潭镇")
        dialog._go.click()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(HandOverDialog, "exec", ask)
    shown.ask_hand_over()
    assert shown._edit.isHidden()
    assert "源潭镇总工会" in shown.standing.note.text()
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_kwargs: True)
    shown.standing.withdraw.click()
    assert not shown._edit.isHidden()
    assert shown.standing.isHidden()


@pytest.fixture
def county(tmp_path: Path) -> Iterator[OfficeSession]:
    """A county with two townships, one of which asked for two hand-overs."""
    session, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    stick = tmp_path / "stick"
    stick.mkdir()
    towns = [make_office(tmp_path / name, name)[0] for name in ("梅城镇总工会", "源潭镇总工会")]
    for town in towns:
        acquaint(town, session, tmp_path)
    for seed, target in (("a", "源潭镇总工会"), ("b", "水吼镇总工会")):
        archive = file_household(towns[0], seed, 1)
        handing_over.request_hand_over(towns[0], archive.id, target, "搬家")
    exchange.receive_bundle(session, exchange.export_bundle(towns[0], None, stick).path)
    for town in towns:
        town.close()
    yield session
    session.close()


def test_county__decides(
    county: OfficeSession, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The office asked for is proposed where it is known; refusing needs a reason."""
    workspace = Workspace(county, Preferences(tmp_path / "preferences.json"))
    qtbot.addWidget(workspace)
    workspace.resize(1366, 768)
    workspace.show()
    workspace.show_page("exchange", section="hand_overs")
    page = workspace.current_page()
    assert isinstance(page, ExchangePage)
    background.wait_until_idle()
    view = page.findChild(RequestsView)
    assert view is not None
    qtbot.waitUntil(lambda: len(view.rows.rows) == 2, timeout=10_000)
    row = {item.wanted_office_name: at for at, item in enumerate(view.rows.rows)}
    view.table.selectRow(row["水吼镇总工会"])
    assert not view.accept_button.isEnabled()
    said: list[Callable[[], object]] = []
    monkeypatch.setattr(messages, "show_error", lambda _parent, fault: said.append(fault))
    view.refuse_button.click()
    assert len(said) == 1
    view.note.setText("水吼镇不归本县")
    view.refuse_button.click()
    background.wait_until_idle()
    qtbot.waitUntil(lambda: len(handing_over.waiting_here(county)) == 1, timeout=10_000)
    qtbot.waitUntil(lambda: view.rows.rows[0].wanted_office_name == "源潭镇总工会", timeout=10_000)
    view.table.selectRow(0)
    assert view.target.currentText() == "源潭镇总工会"
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_kwargs: True)
    view.accept_button.click()
    assert handing_over.waiting_here(county) == []
    background.wait_until_idle()
