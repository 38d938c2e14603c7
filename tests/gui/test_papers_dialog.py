"""Papers and keeping as a clerk meets them: the paper of the step first, printed and saved; destroying asks twice."""

from pathlib import Path

import pytest
from case_steps import on_day
from factories import file_household
from openpyxl import load_workbook
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from db.domain.case_words import Act
from db.services import archiving, backups, casework, clock_check, retention, timeline
from db.services.office import OfficeSession
from db.services.papers import PAPERS, Paper
from db.services.timeline import EventKind
from desktop import files, messages
from desktop.exchange.print_dialog import PrintDialog
from desktop.pages.settings import SettingsPage
from desktop.papers import papers_dialog
from desktop.papers.exits_dialog import may_leave
from desktop.papers.keeping_section import KeepingSection
from desktop.papers.papers_dialog import PapersDialog
from desktop.records.record_dialog import RecordDialog
from desktop.workspace import Workspace


def test_papers__of_the_step_first_printed_and_saved(
    workspace: Workspace, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An applicant needs the application first; it opens as it prints, and the workbook lands where the clerk chose."""
    archive = file_household(workspace.context.session, 1, worker_number="T0001")
    dialog = PapersDialog(workspace.context, workspace, [archive.id])
    qtbot.addWidget(dialog)
    title = PAPERS[Paper.AID_APPLICATION].title
    strong = [part.text() for part in list[QLabel](dialog.findChildren(QLabel)) if part.property("role") == "strong"]
    assert strong[0] == title
    shown: list[str] = []
    monkeypatch.setattr(files, "print_pdf", lambda *_: True)

    def print_it(shown_dialog: PrintDialog) -> None:
        shown_dialog.print_paper()
        shown.append(shown_dialog.windowTitle())

    monkeypatch.setattr(PrintDialog, "exec", print_it)
    dialog.acts[title].click()
    qtbot.waitUntil(lambda: shown == [title], timeout=10_000)
    path = tmp_path / "申请表.xlsx"
    monkeypatch.setattr(files, "ask_save", lambda *_: path)
    monkeypatch.setattr(papers_dialog, "offer_folder", lambda *_: shown.append("saved"))
    dialog.save_workbook(Paper.AID_APPLICATION)
    qtbot.waitUntil(lambda: "saved" in shown, timeout=10_000)
    assert archive.content.text("name") in {cell.value for line in load_workbook(path).active.iter_rows() for cell in line}
    left = timeline.timeline_of(workspace.context.session, archive.id).of_kinds([EventKind.OUTPUT])
    assert [event.title for event in left] == [f"打印：{title}", f"存为 Excel：{title}"]


def test_keeping__destroying_asks_who_approved_and_once_more(
    workspace: Workspace, session: OfficeSession, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who watches alone is refused in the dialog; with two, and a second yes, the archive is gone, from a stick, too."""
    on_day(session, "2026-11-20")
    archive_id = file_household(session, 1).id
    stick = backups.back_up(session, tmp_path / "stick")
    on_day(session, "2026-11-21")
    clock_check.confirm_clock(session)
    casework.take_step(session, archive_id, Act.NOTE_EXITED, {"exited_on": "2016-01-01", "exit_reason": "cured"})
    workspace.show_page("settings", section="keeping")
    page = workspace.current_page()
    assert isinstance(page, SettingsPage)
    section = page.section("keeping")
    assert isinstance(section, KeepingSection)
    section.due.tick([0])
    asked: list[str] = []
    monkeypatch.setattr(messages, "confirm", lambda _parent, said, *_more, **_named: asked.append(said) or True)
    monkeypatch.setattr(messages, "inform", lambda _parent, said, *_more: asked.append(said))
    monkeypatch.setattr(section, "_open", lambda _record: None)
    refused: list[int] = []

    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, RecordDialog)
        for watchers in ("吴秀英", "吴秀英、程宗义"):
            for key, value in {"approved_by": "汪建国", "approval": "县工〔2026〕18 号", "supervisors": watchers}.items():
                dialog.flow.values[key] = value
            dialog.store()
            refused.append(dialog.result())

    QTimer.singleShot(0, fill)
    section.destroy()
    qtbot.waitUntil(lambda: len(asked) == 2, timeout=15_000)
    assert refused == [QDialog.DialogCode.Rejected, QDialog.DialogCode.Accepted]
    assert "谁也不能恢复" in asked[0] and "已销毁 1 户" in asked[1]
    assert archiving.load_archive(session, archive_id).content.text("name") == ""
    assert retention.due_archives(session) == []
    assert "还有 1 份旧备份" in asked[1] and [row.backup.id for row in section.old.rows.rows] == [stick.id]
    section.old.erase_chosen()
    qtbot.waitUntil(section.old.isHidden, timeout=10_000)
    assert not stick.exists and "删除 2026-11-20 的备份" in asked[2]
    (entry,) = retention.list_destructions(session)
    assert [row["state"] for row in entry.content.rows["backups"]] == ["已删除"]


def test_leaving__many_at_once_is_asked_about(
    workspace: Workspace, session: OfficeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five of six leaving is asked about with the numbers, and no means no; one alone, or another act, is not asked about."""
    for seed in range(6):
        file_household(session, seed, worker_number=f"3400000{seed}")
    asked: list[str] = []
    monkeypatch.setattr(messages, "confirm", lambda _parent, said, *_more, **_named: bool(asked.append(said)))
    assert may_leave(workspace.context, workspace, Act.BEGIN_EXIT, 1)
    assert may_leave(workspace.context, workspace, Act.ACCEPT, 6)
    assert asked == []
    assert not may_leave(workspace.context, workspace, Act.CANCEL, 5)
    assert "共 5 户，占这一期在档 6 户的 83.3%" in asked[0]
