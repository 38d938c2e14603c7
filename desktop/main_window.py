"""The program's window: before sign-in a start page, after it the workspace; locks when nobody is there."""

import gc
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QWidget

from db.errors import UserError
from db.services.sign_in import has_office
from desktop import background, messages, theme
from desktop.preferences import Preferences
from desktop.single_instance import SingleInstance
from desktop.start.sign_in import SignInPage

if TYPE_CHECKING:
    from db.services.office import OfficeSession
    from desktop.workspace import Workspace

# What the clerk needs only after the sign-in window is loaded where it is used, and while the passphrase is typed:
# the window itself must be there at once.
_NEEDED_NEXT = (
    "db.services.office",
    "db.services.archiving",
    "db.services.drafts",
    "desktop.workspace",
    "desktop.pages.home",
    "desktop.pages.archive_list",
)
_FIRST_ICONS = ("house", "folder-open", "arrow-left-right", "settings", "lock", "search", "chevron-down")
_FIRST_WIDGETS = (("desktop.widgets.table", "HouseTable"), ("desktop.archives.filter_bar", "FilterBar"))
_WARM_UP_DELAY_MS = 150
PREVIEW_WAIT_MS = 5000
DAILY_BACKUP_DELAY_MS = 8000
FORGET_DELAY_MS = 500

_SIGNS_OF_LIFE = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
}


def _warm_up(window: QWidget, loaded: Callable[[], None]) -> None:
    theme.load_rare_font()
    for name in _FIRST_ICONS:
        theme.icon(name)
        theme.icon(name, theme.ACTION)
    background.run_quietly(window, _load_what_is_next, lambda _nothing: loaded())


def _load_what_is_next() -> None:
    gc.disable()  # it would go through what is being loaded four times, and each time typing would stall
    try:
        for name in _NEEDED_NEXT:
            import_module(name)
        import_module("db.domain.option_lists").all_lists()
        import_module("db.services.office").warm_up()
    finally:
        gc.enable()


def _rehearse() -> None:
    """Make and drop the widgets the first page needs: Qt's classes are slow only the first time they are used."""
    for module, name in _FIRST_WIDGETS:
        getattr(import_module(module), name)().deleteLater()


class MainWindow(QMainWindow):
    """Shows one thing at a time: a start page or the workspace."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._folder: Path | None = None
        self.instance: SingleInstance | None = None
        self.session: OfficeSession | None = None
        self.workspace: Workspace | None = None
        # where the clerk stood at the lock: clerk id, page, ids; never contents
        self._place_after_lock: tuple[str, str, dict[str, Any]] | None = None
        self._is_fresh = True  # neither warmed up nor signed in yet
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self.setWindowTitle("暖档")
        QTimer.singleShot(0, self, lambda: self.setWindowIcon(theme.mark_icon()))
        self.setMinimumSize(QSize(960, 600))
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._on_idle)
        self._watch_for_life()

    # start pages

    def start(self, folder: Path | None) -> bool:
        """Open *folder*, or ask which office to use; False when another window has it open and has come forward."""
        if folder is None:
            recent = [found for found in self._preferences.recent_folders if has_office(found)]
            folder = recent[0] if len(recent) == 1 else None
        if folder is not None and has_office(folder) and not self._claim(folder) and self._raise_other(folder):
            return False
        if folder is not None and has_office(folder):
            self.open_folder(folder)
        elif folder is not None:
            self.show_first_start(folder)
        else:
            self.show_chooser()
        return True

    def _raise_other(self, folder: Path) -> bool:
        return SingleInstance(folder, self).raise_other()

    def show_chooser(self) -> None:
        """Ask which office to open."""
        from desktop.start.chooser import ChooserPage

        self._release_folder()
        recent = [folder for folder in self._preferences.recent_folders if has_office(folder)]
        page = ChooserPage(recent)
        page.chosen.connect(self.open_folder)
        page.new_office_wanted.connect(lambda: self.show_first_start())
        page.restore_wanted.connect(self.show_restore)
        self.show_only(page)

    def show_first_start(self, folder: Path | None = None) -> None:
        """Set up a new office, in *folder* when one was named."""
        from desktop.start.first_start import FirstStart

        page = FirstStart(folder)
        page.finished.connect(self.enter_unlocked)
        page.cancelled.connect(self.show_chooser)
        self.show_only(page)
        page.setFocus(Qt.FocusReason.TabFocusReason)

    def open_folder(self, folder: Path) -> None:
        """Go to the sign-in page of the office in *folder*, unless another window has it open."""
        if not self._claim(folder):
            self._raise_other(folder)
            messages.inform(self, UserError("office_in_use").text(), "已经打开")
            return
        self.show_sign_in()

    def show_sign_in(self, clerk_id: str = "", locked: bool = False) -> None:
        """Ask for the passphrase."""
        if self._folder is None:
            self.show_chooser()
            return
        page = SignInPage(self._folder, clerk_id, locked)
        page.signed_in.connect(self.enter)
        page.recovery_wanted.connect(self.show_recovery)
        page.other_office_wanted.connect(self.show_chooser)
        self.show_only(page)
        page.setFocus()
        QTimer.singleShot(_WARM_UP_DELAY_MS, self, partial(_warm_up, self, self._finish_warm_up))

    def _finish_warm_up(self) -> None:
        _rehearse()
        # What is loaded by now stays to the end, so the garbage collector need not go through it again: that takes 80 ms
        # whenever it comes, and it came between sign-in and the first list. Only once, and only while the passphrase is
        # still awaited: what is exempted is never collected, so nothing of an office may be among it.
        page = self.shown_page()
        if self._is_fresh and isinstance(page, SignInPage) and page.is_waiting():
            gc.freeze()
        self._is_fresh = False

    def show_recovery(self) -> None:
        """Ask for the recovery code."""
        from desktop.start.recovery import RecoveryPage

        if self._folder is not None:
            page = RecoveryPage(self._folder)
            page.signed_in.connect(self.enter)
            page.cancelled.connect(self.show_sign_in)
            self.show_only(page)
            page.setFocus()

    def enter_unlocked(self, session: "OfficeSession") -> None:
        """Take over a session opened elsewhere (a new office, the demo) and show its workspace."""
        self._claim(Path(session.folder))
        self.enter(session)

    def show_restore(self, source: Path | None = None) -> None:
        """Restore a backup: in the place of the office that is open, or into a new folder."""
        from desktop.start.restore import RestorePage

        if self.workspace is not None and not self.workspace.keep():
            return
        background.wait_until_idle(PREVIEW_WAIT_MS)
        self._close_session()
        page = RestorePage(source, self._folder)
        page.restored.connect(self._on_restored)
        page.cancelled.connect(self.show_sign_in)
        self.show_only(page)

    def _on_restored(self, folder: Path) -> None:
        self.open_folder(folder)
        messages.notify(self, "数据已恢复，请登录")

    def show_only(self, page: QWidget) -> None:
        """Show *page* instead of what is there."""
        messages.clear_notices(self)
        old = self.shown_page()
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        # pages are never made windows of their own on the way out: that would take the focus from this window
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()

    def shown_page(self) -> QWidget | None:
        """The start page or the workspace."""
        return self._stack.currentWidget()

    def _claim(self, folder: Path) -> bool:
        self._release_folder()
        instance = SingleInstance(folder, self)
        if not instance.acquire():
            return False
        instance.raise_wanted.connect(self.come_forward)
        self.instance, self._folder = instance, folder
        return True

    def _release_folder(self) -> None:
        if self.instance is not None:
            self.instance.release()
        self.instance, self._folder = None, None

    def come_forward(self) -> None:
        """Raise the window, as a second start asks for."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # work and lock

    def enter(self, session: "OfficeSession") -> None:
        """Show the workspace of *session*; after a lock by the same clerk at the same place."""
        self.session = session
        self._is_fresh = False
        self._preferences.remember_folder(Path(session.folder))
        theme.load_rare_font()
        self.setWindowTitle(f"{session.office.exchange_name} - 暖档")
        place, self._place_after_lock = self._place_after_lock, None
        if place is not None and place[0] == session.clerk.id:
            self._show_workspace(place[1], place[2])
        else:
            self._show_workspace("home", {})
        QTimer.singleShot(DAILY_BACKUP_DELAY_MS, self, self._back_up_daily)

    def _back_up_daily(self) -> None:
        if self.workspace is not None:
            self.workspace.back_up_daily()

    def _show_workspace(self, page: str, arguments: dict[str, Any]) -> None:
        from desktop.workspace import Workspace

        if self.session is not None:
            self.workspace = Workspace(self.session, self._preferences)
            self.workspace.lock_wanted.connect(self.lock)
            # queued: the wish comes out of a page that is about to go
            self.workspace.rebuild_wanted.connect(self._rebuild, Qt.ConnectionType.QueuedConnection)
            self.workspace.restore_wanted.connect(self.show_restore, Qt.ConnectionType.QueuedConnection)
            self.workspace.changes.office_changed.connect(self._restart_idle)
            self.show_only(self.workspace)
            self.workspace.show_page(page, **arguments)
            self._restart_idle()

    def _rebuild(self) -> None:
        if self.workspace is not None and self.workspace.keep():
            self._show_workspace(*self.workspace.place())

    def lock(self) -> None:
        """Keep what is half typed, close the office, clear the pages, ask for the passphrase."""
        if self.workspace is None or self.session is None:
            return
        if background.is_busy():
            self.workspace.notify("正在处理，完成后再锁定。", "warning")
            return
        if not self.workspace.keep():
            return
        background.wait_until_idle(PREVIEW_WAIT_MS)
        clerk_id = self.session.clerk.id
        self._place_after_lock = (clerk_id, *self.workspace.place())
        self._close_session()
        self.show_sign_in(clerk_id, locked=True)

    def _close_session(self) -> None:
        self._idle.stop()
        self.setWindowTitle("暖档")
        session, self.session, self.workspace = self.session, None, None
        if session is not None:
            session.close()
            # pages and services refer to each other in circles; what they held must not wait for the next collection
            QTimer.singleShot(FORGET_DELAY_MS, gc.collect)

    def _restart_idle(self) -> None:
        if self.workspace is not None:
            self._idle.setInterval(self.workspace.lock_minutes() * 60_000)
            self._idle.start()

    def _on_idle(self) -> None:
        if background.is_busy():
            self._idle.start()
            return
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
        # after the event loops of the dialogs closed just now have ended
        QTimer.singleShot(0, self, self.lock)

    def _watch_for_life(self) -> None:
        # Windows are watched, not the whole application: a filter in Python over every event would slow down each
        # painting. Committed texts of an input method pass the windows by, but move the cursor.
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusWindowChanged.connect(self._watch_window)
            app.inputMethod().cursorRectangleChanged.connect(self._on_life)

    def _watch_window(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def _on_life(self) -> None:
        if self._idle.isActive():
            self._idle.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any sign of life starts the idle time anew."""
        if event.type() in _SIGNS_OF_LIFE:
            self._on_life()
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        """Store what is half typed before the program ends."""
        leaving = background.leaving_sentence()
        if leaving and not messages.confirm(self, leaving, "退出", destructive=True):
            event.ignore()
            return
        background.cancel_all()
        if self.workspace is not None and not self.workspace.keep():
            event.ignore()
            return
        background.wait_until_idle(PREVIEW_WAIT_MS)
        self._close_session()
        self._release_folder()
        event.accept()
