"""The shell around the pages: sign-in, lock, search. Few tests, each of which a careless change breaks."""

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from db.domain.derivation import new_content
from db.services import archiving
from db.services import office as offices
from desktop import main_window, theme, workspace
from desktop.context import AppContext, Page
from desktop.main_window import MainWindow
from desktop.pages.settings import SettingsPage
from desktop.preferences import Preferences
from desktop.rooms import PAGES
from desktop.settings.appearance_section import AppearanceSection
from desktop.start.sign_in import SignInPage
from desktop.theme import FontSize

PASSPHRASE = "qianshan-2026"
REAL_PAGES = dict(PAGES)


class NotePage(Page):
    """Stands in for the wizard: one field, kept in an office setting, with a place to come back to."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.field = QLineEdit(self)
        self.opened: dict[str, Any] = {}

    def open(self, **arguments: Any) -> None:
        """Show what was kept."""
        self.opened = arguments
        self.field.setText(offices.get_setting(self.context.session, "kept", ""))

    def place(self) -> dict[str, Any]:
        """A draft and a field."""
        return {"draft_id": "d1", "field": "name"}

    def keep(self) -> None:
        """Store the text."""
        offices.set_setting(self.context.session, "kept", self.field.text())


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The program's window in front of the sign-in page of an office with one archive."""
    for name in ("archive", "wizard"):
        monkeypatch.setitem(PAGES, name, f"{__name__}:NotePage")
    theme.apply_theme(QApplication.instance())
    session, _ = offices.create_office(
        tmp_path / "office",
        name="梅城镇总工会",
        level="township",
        region_code="340882100",
        clerk_name="陈志强",
        passphrase=PASSPHRASE,
        light=True,
    )
    content = new_content(session.circumstances)
    content.values["name"] = "张小明"
    archiving.save_archive(session, content)
    session.close()
    made = MainWindow(Preferences(tmp_path / "preferences.json"))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=5_000)
    made.open_folder(tmp_path / "office")
    yield made
    made.close()


def sign_in(qtbot: QtBot, window: MainWindow, passphrase: str) -> SignInPage:
    """Type *passphrase* and press Enter."""
    page = window.shown_page()
    assert isinstance(page, SignInPage)
    qtbot.keyClicks(page.passphrase, passphrase)
    qtbot.keyClick(page.passphrase, Qt.Key.Key_Return)
    return page


def enter(qtbot: QtBot, window: MainWindow) -> workspace.Workspace:
    """Sign in and wait for the workspace."""
    sign_in(qtbot, window, PASSPHRASE)
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=10_000)
    assert window.workspace is not None
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == [window]
    return window.workspace


def test_sign_in__wrong_passphrase(qtbot: QtBot, window: MainWindow) -> None:
    """A wrong passphrase is answered with a sentence, opens nothing, and the second one makes the clerk wait."""
    for _ in range(2):
        page = sign_in(qtbot, window, "not-this-one")
        qtbot.waitUntil(lambda p=page: p.problem.isVisible() and not p.passphrase.isReadOnly(), timeout=10_000)
        assert "口令不对" in page.problem.text()
        page.problem.hide()
    assert window.workspace is None
    assert not page.enter_button.isEnabled()
    assert "秒" in page.enter_button.text()


def test_lock__keeps_what_is_half_typed(qtbot: QtBot, window: MainWindow) -> None:
    """Ctrl+L stores the open page, closes the office, and the same clerk comes back to the same place."""
    space = enter(qtbot, window)
    space.new_archive()
    page = space.current_page()
    assert isinstance(page, NotePage)
    page.field.setText("李桂兰")
    session = window.session
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(window.shown_page(), SignInPage), timeout=5_000)
    assert window.session is None and session is not None
    back = enter(qtbot, window).current_page()
    assert isinstance(back, NotePage) and back is not page
    assert back.opened == {"draft_id": "d1", "field": "name"}
    assert back.field.text() == "李桂兰"


def test_lock__stays_when_keeping_fails(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be stored is not thrown away: the window stays open and says so."""
    space = enter(qtbot, window)
    space.new_archive()
    shown: list[BaseException] = []
    monkeypatch.setattr("desktop.messages.show_error", lambda _parent, exc: shown.append(exc))

    def full(_page: Page) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(NotePage, "keep", full)
    window.lock()
    assert shown and window.workspace is space
    monkeypatch.setattr(NotePage, "keep", lambda _page: None)


def test_search__enter_opens_the_archive(qtbot: QtBot, window: MainWindow) -> None:
    """Ctrl+K, pinyin initials, Enter: the archive of that person is open."""
    space = enter(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    box = space.top.search
    qtbot.waitUntil(box.hasFocus, timeout=5_000)
    qtbot.keyClicks(box, "zxm")
    qtbot.waitUntil(lambda: bool(box.hits()), timeout=5_000)
    assert [hit.name for hit in box.hits()] == ["张小明"]
    qtbot.keyClick(box, Qt.Key.Key_Return)
    page = space.current_page()
    assert isinstance(page, NotePage)
    assert page.opened == {"archive_id": archiving.archive_ids(window.session, archiving.ArchiveQuery())[0]}


def test_font_size__applied_at_once(qtbot: QtBot, window: MainWindow) -> None:
    """Choosing 特大 makes fields and rail larger without a restart, and stays on the settings page."""
    space = enter(qtbot, window)
    space.show_page("settings", section="appearance")
    page = space.current_page()
    assert isinstance(page, SettingsPage)
    section = page.section("appearance")
    assert isinstance(section, AppearanceSection)
    before = space.rail.width(), space.top.search.height()
    section.size_choice.button(FontSize.EXTRA_LARGE).click()
    qtbot.waitUntil(lambda: window.workspace is not space, timeout=5_000)
    assert window.workspace is not None
    qtbot.waitUntil(lambda: window.workspace.top.search.height() > before[1], timeout=5_000)
    assert window.workspace.rail.width() > before[0]
    assert window.workspace.place() == ("settings", {"section": "appearance"})
    theme.apply_theme(QApplication.instance())


def test_second_start__raises_the_first(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    """An office is open in one window only; a second start asks that window to come forward and ends."""
    second = MainWindow(Preferences(tmp_path / "second.json"))
    qtbot.addWidget(second)
    raised: list[bool] = []
    assert window.instance is not None
    window.instance.raise_wanted.connect(lambda: raised.append(True))
    window.instance.listen()
    assert second.start(tmp_path / "office") is False
    qtbot.waitUntil(lambda: bool(raised), timeout=5_000)
    window.close()
    assert second.start(tmp_path / "office") is True
    second.close()


def test_lock__leaves_nothing_in_memory(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the lock neither a page nor the open database is left: what was on the screen cannot be dug out."""
    for name in ("archive", "wizard"):
        monkeypatch.setitem(PAGES, name, REAL_PAGES[name])
    space = enter(qtbot, window)
    assert window.session is not None
    archive_id = archiving.archive_ids(window.session, archiving.ArchiveQuery())[0]
    for name in PAGES:
        space.show_page(name, **({"archive_id": archive_id} if name == "archive" else {}))
        qtbot.wait(50)
    left = {"pages": weakref.ref(space), "database": weakref.ref(window.session.database)}
    del space
    window.lock()
    qtbot.waitUntil(lambda: isinstance(window.shown_page(), SignInPage), timeout=10_000)
    qtbot.wait(100)  # previews that were under way report back to nobody
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [name for name, found in left.items() if found() is not None] == []


def test_warm_up__spares_the_collector_what_is_loaded_but_nothing_of_an_office(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the collector may forget is what was loaded before the first sign-in: once, never again at a later lock."""
    spared: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: spared.append(window.session is None))
    qtbot.waitUntil(lambda: spared == [True], timeout=10_000)
    enter(qtbot, window)
    rehearsed: list[bool] = []
    monkeypatch.setattr(main_window, "_rehearse", lambda: rehearsed.append(True))
    window.lock()
    qtbot.waitUntil(lambda: rehearsed == [True], timeout=10_000)
    assert spared == [True]
