"""The working window for the tests of its pages."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.services.office import OfficeSession
from desktop import background, theme
from desktop.preferences import Preferences
from desktop.workspace import Workspace


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are waited for, however busy the machine: what a test asks of them it asks at once."""
    monkeypatch.setattr(background, "PATIENCE_MS", 20_000)


@pytest.fixture
def session(office: OfficeSession) -> OfficeSession:
    """The office that the window shows; a test file may fill it."""
    return office


@pytest.fixture
def workspace(qtbot: QtBot, session: OfficeSession, tmp_path: Path) -> Workspace:
    """The window on a 1366×768 screen."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply_theme(app)
    made = Workspace(session, Preferences(tmp_path / "preferences.json"))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made
