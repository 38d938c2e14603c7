"""报送资料包 in the window: scope, password, place, and what is told afterwards."""

import io
import zipfile
from pathlib import Path

import pytest
import pyzipper
from factories import file_household, photo
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from db.services import attachments, submission_package
from db.services.office import OfficeSession
from desktop import background
from desktop.exchange import export_dialog, package_dialog
from desktop.exchange.export_dialog import WAYS, ExportDialog
from desktop.exchange.package_dialog import PackageDialog, PackageDone, PasswordChoice
from desktop.widgets.basics import Note
from desktop.workspace import Workspace


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """An office with three households."""
    for seed in range(3):
        file_household(office, seed)
    return office


def settle(qtbot: QtBot) -> None:
    """Wait for the running service and what it shows."""
    qtbot.waitUntil(lambda: not background.is_busy(), timeout=20_000)
    qtbot.wait(30)


def test_dialog__writes_what_was_chosen(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> None:
    """All households with the made-up password; the file opens with it."""
    dialog = PackageDialog(workspace.context, workspace)
    qtbot.addWidget(dialog)
    dialog.show()
    go = next(made for made in dialog.findChildren(QPushButton) if made.text().startswith("制作"))
    assert (go.text(), go.isEnabled()) == ("制作 3 户", False)
    dialog.target.set_folder(tmp_path)
    assert go.isEnabled()
    go.click()
    settle(qtbot)
    assert dialog.summary is not None
    assert dialog.summary.archive_count == 3
    with pyzipper.AESZipFile(dialog.summary.path) as outer:
        outer.setpassword(dialog.password.password().encode())
        inner = zipfile.ZipFile(io.BytesIO(outer.read("报送资料.zip")))
    assert inner.testzip() is None


def test_password__own(qtbot: QtBot) -> None:
    """It counts once it is typed twice, long enough, and of signs that every program takes."""
    choice = PasswordChoice()
    qtbot.addWidget(choice)
    made_up = choice.password()
    assert len(made_up) == 19
    choice.own.setChecked(True)
    for first, second, wanted in (
        ("梅花香自苦寒来", "梅花香自苦寒来", ""),
        ("short-1", "short-1", ""),
        ("plum-blossom-88", "plum-blossom-8", ""),
        ("plum-blossom-88", "plum-blossom-88", "plum-blossom-88"),
    ):
        choice.first.setText(first)
        choice.second.setText(second)
        assert choice.password() == wanted
    choice.made_up.setChecked(True)
    assert choice.password() == made_up


def test_done__tells_what_is_missing(qtbot: QtBot, workspace: Workspace, session: OfficeSession, tmp_path: Path) -> None:
    """The password and every file are shown; a paper whose file is gone is named."""
    ids = [file_household(session, "paper").id]
    attachments.add_attachment(session, ids[0], "正面.jpg", photo(), "id_card")
    for path in (session.folder / "attachments").iterdir():
        path.unlink()
    summary = submission_package.write_package(session, ids, tmp_path, "k7wq-3fda-xxp2-mmne")
    done = PackageDone(workspace.context, workspace, summary, "k7wq-3fda-xxp2-mmne")
    qtbot.addWidget(done)
    assert any("正面.jpg" in note.text() for note in done.findChildren(Note))
    assert "k7wq-3fda-xxp2-mmne" in [shown.text() for shown in done.findChildren(QLabel)]
    assert done.files.rowCount() == len(summary.files) == 6


def test_export__leads_to_the_package(
    qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package asks for a password instead of a file name."""
    asked: list[list[str]] = []

    def choose(dialog: ExportDialog) -> int:
        dialog.choose(len(WAYS))
        dialog._take()
        return 1

    monkeypatch.setattr(ExportDialog, "exec", choose)
    monkeypatch.setattr(package_dialog, "make_package", lambda _context, _parent, ids: asked.append(list(ids)))
    export_dialog.export_archives(workspace.context, workspace, ["a", "b"])
    assert asked == [["a", "b"]]


def test_exchange__offers_it(qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the overview, and from sending while no office above is enrolled."""
    asked: list[int] = []
    monkeypatch.setattr(package_dialog, "make_package", lambda _context, _parent, ids: asked.append(len(ids)))
    workspace.show_page("exchange")
    page = workspace.current_page()
    for start, words in ((None, "给没有暖档的上级"), ("export", "上级没有暖档")):
        if start:
            workspace.show_page("exchange", section=start)
        (offer,) = (made for made in page.findChildren(QPushButton) if made.isVisible() and made.text().startswith(words))
        offer.click()
    assert asked == [0, 3]
