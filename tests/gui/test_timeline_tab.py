"""The tab 时间轴: filtering, leading to the thing itself, and the evidence file made from it."""

from pathlib import Path

import pytest
from factories import file_household, photo
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from db.domain.records.record_form import RecordContent, RecordKind
from db.services import archiving, attachments, records
from db.services.evidence import content_fingerprint
from db.services.timeline import EventKind
from desktop import background, files
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.timeline import evidence_dialog
from desktop.timeline.evidence_dialog import EvidenceDialog
from desktop.timeline.fingerprint_dialog import FingerprintDialog
from desktop.timeline.record_view import RecordView
from desktop.timeline.timeline_view import HAPPENED
from desktop.workspace import Workspace

CALL = {"method": "call", "purpose": "contact", "visited_on": "2020-11-20", "visitors": "张三", "needs": "要一张床"}


def opened(workspace: Workspace) -> ArchiveDetailPage:
    """The timeline of a household with a changed answer, a paper and a call of long ago."""
    session = workspace.context.session
    archive = file_household(session, 1)
    archive.content.values["remarks"] = "改过"
    archiving.save_archive(session, archive.content, archive.id)
    attachments.add_attachment(session, archive.id, "户口簿.jpg", photo(), "household_register")
    records.save_record(session, archive.id, RecordKind.HOME_VISIT, RecordContent(dict(CALL)))
    workspace.show_page("archive", archive_id=archive.id, tab="timeline")
    page = workspace.current_page()
    assert isinstance(page, ArchiveDetailPage)
    return page


def test_timeline__filtered_ordered_and_leading_on(workspace: Workspace, qtbot: QtBot) -> None:
    """Kinds narrow the column, the order can follow the days, a title opens the version, the paper, the record."""
    page = opened(workspace)
    view = page.timeline()
    assert [row.event_shown.title for row in view.rows()] == ["入户走访记录", "添加附件", "修改", "建档"]
    view.order.button(HAPPENED).click()
    assert view.rows()[-1].event_shown.on == "2020-11-20"
    view.choose(EventKind.FORM)
    assert [row.event_shown.title for row in view.rows()] == ["修改", "建档"]
    view.place_wanted.emit(view.rows()[0].event_shown.place)
    assert page.tabs.currentWidget() is page.history
    page.tabs.setCurrentWidget(page.timeline_tab)
    view.choose(None)
    view.wanted.setText("户口簿")
    assert [row.event_shown.title for row in view.rows()] == ["添加附件"]
    view.wanted.clear()
    seen: list[str] = []

    def read() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, RecordView)
        parts: list[QLabel] = list(dialog.findChildren(QLabel))
        seen.extend(part.text() for part in parts)
        dialog.accept()

    QTimer.singleShot(0, read)
    view.place_wanted.emit(view.rows()[-1].event_shown.place)
    assert "要一张床" in seen
    assert page.tabs.currentWidget() is page.visits_tab


def test_evidence__is_made_where_the_clerk_says(
    workspace: Workspace, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button asks, writes the file and offers its folder; that it was made stands in the timeline."""
    page = opened(workspace)
    said: list[str] = []
    monkeypatch.setattr(EvidenceDialog, "exec", lambda dialog: dialog.purpose.setText("专项审计") or 1)
    monkeypatch.setattr(files, "ask_save", lambda *_: tmp_path / "取证.pdf")
    monkeypatch.setattr(evidence_dialog, "offer_folder", lambda _parent, sentence, _path: said.append(sentence))
    page.timeline().evidence.click()
    qtbot.waitUntil(lambda: bool(said) and not background.is_busy(), timeout=15_000)
    assert (tmp_path / "取证.pdf").read_bytes().startswith(b"%PDF") and "取证材料做好了" in said[0]
    assert page.timeline().rows()[0].event_shown.title == "制作取证材料"
    assert page.archive is not None
    checked = FingerprintDialog(page, workspace.context, page.archive)
    qtbot.addWidget(checked)
    for typed, told in (("84fa", "请照封面"), ("0" * 16, "对不上"), (content_fingerprint(page.context.session, page.archive.id), "对得上")):
        checked.typed.setText(typed)
        checked.check()
        assert checked.said.text().startswith(told)
