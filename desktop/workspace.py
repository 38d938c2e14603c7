"""The working window after sign-in: rail of rooms, top bar with search, pages, status line."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from db.errors import NuandangError
from db.services import backups, leftovers
from db.services import office as offices
from db.services.office import OfficeSession
from db.services.offices_below import has_offices_below
from desktop import background, messages, theme
from desktop.background import Changes
from desktop.context import AppContext, Page
from desktop.help import show_help
from desktop.locking import DEFAULT_LOCK_MINUTES, LOCK_MINUTES
from desktop.preferences import Preferences
from desktop.rooms import ROOM_OF_PAGE, ROOMS, Room, make_page
from desktop.status_line import StatusLine
from desktop.top_bar import TopBar

_DIGITS = 9
"""Rooms that a digit opens."""


class Rail(QFrame):
    """Left rail: icon and word, in the order of the work; settings at the foot."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self._buttons: dict[str, tuple[QPushButton, Room]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(2)
        for room in ROOMS:
            if room.name == "settings":
                column.addStretch(1)
            column.addWidget(self._room_button(room))
        self._offered: list[str] = []
        self.offer([room.name for room in ROOMS])
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setFixedWidth(theme.sp(148))

    def _room_button(self, room: Room) -> QPushButton:
        made = QPushButton(room.caption)
        made.setCheckable(True)
        made.setAutoExclusive(True)
        made.setAutoDefault(False)
        made.setIconSize(theme.icon_size(18))
        made.clicked.connect(lambda: self.chosen.emit(room.name))
        self._buttons[room.name] = (made, room)
        return made

    def offer(self, names: list[str]) -> None:
        """Show these rooms only; they are numbered as they stand."""
        self._offered = names
        for name, (made, room) in self._buttons.items():
            made.setVisible(name in names)
            if name in names:
                number = names.index(name) + 1
                made.setToolTip(f"{room.caption}　Ctrl+{number}" if number <= _DIGITS else room.caption)

    def room(self, number: int) -> str:
        """The room with this number, from 1; empty where there is none."""
        return self._offered[number - 1] if number <= len(self._offered) else ""

    def mark(self, name: str) -> None:
        """Show *name* as the room one is in."""
        for room_name, (made, room) in self._buttons.items():
            here = room_name == name
            made.setChecked(here)
            made.setIcon(theme.icon(room.icon, theme.ACTION if here else theme.SECONDARY))


class Workspace(QWidget):
    """Everything between sign-in and lock; implements the acts pages may ask of the window."""

    lock_wanted = Signal()
    rebuild_wanted = Signal()
    restore_wanted = Signal(object)  # Path

    def __init__(self, session: OfficeSession, preferences: Preferences) -> None:
        super().__init__()
        self.changes = Changes(self)
        self.context = AppContext(session, self.changes, self, preferences)
        self._pages: dict[str, Page] = {}
        self._current = ""
        self._fills_screen = False
        self._trail: list[tuple[str, dict[str, Any]]] = []
        self.rail = Rail()
        self.top = TopBar(self.context)
        self.status = StatusLine(self.context)
        self.stack = QStackedWidget()
        self._arrange()
        self.rail.chosen.connect(self.show_page)
        self.top.archive_wanted.connect(self.open_archive)
        self.top.lock_wanted.connect(self.lock)
        self.top.search.left.connect(self._focus_page)
        self._add_shortcuts()
        self._offer_rooms()
        for signal in (self.changes.office_changed, self.changes.bundles_changed):
            signal.connect(self._offer_rooms)

    def _arrange(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addLayout(middle, 1)
        column.addWidget(self.status)

    def _add_shortcuts(self) -> None:
        acts: dict[str, Callable[[], object]] = {
            "Ctrl+K": self.top.focus_search,
            "Ctrl+L": self.lock,
            "Ctrl+N": self.new_archive,
            "F1": lambda: show_help(self, self.current_page().explain()),
            "Ctrl+/": lambda: show_help(self),
            "Alt+Left": self.go_back,
        }
        for number in range(1, min(len(ROOMS), _DIGITS) + 1):
            acts[f"Ctrl+{number}"] = partial(self._show_room, number)
        for keys, act in acts.items():
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _show_room(self, number: int) -> None:
        name = self.rail.room(number)
        if name:
            self.show_page(name)

    def _offer_rooms(self) -> None:
        """审核 is for offices with others below them, a township that is the lowest level does not need it; 帮扶 for the desk."""
        session = self.context.session
        reviews, laptop = has_offices_below(session), session.office.is_laptop
        left_out = {*(() if reviews else ("reviews",)), *(("aid",) if laptop else ())}
        self.rail.offer([room.name for room in ROOMS if room.name not in left_out])

    # what pages may ask for

    def show_page(self, name: str, **arguments: Any) -> None:
        """Bring page *name* forward; the page left behind stores what is half typed first."""
        if not self._leave():
            return
        self._enter(name, arguments)

    def open_archive(self, archive_id: str) -> None:
        """Show one archive."""
        self.show_page("archive", archive_id=archive_id)

    def new_archive(self) -> None:
        """Start the wizard on an empty form."""
        self.show_page("wizard")

    def edit_archive(self, archive_id: str) -> None:
        """Open the wizard on a stored archive."""
        self.show_page("wizard", archive_id=archive_id)

    def edit_draft(self, draft_id: str) -> None:
        """Go on with an unfinished draft."""
        self.show_page("wizard", draft_id=draft_id)

    def go_back(self) -> None:
        """Return to the page shown before."""
        if self._trail and self._keep():
            name, place = self._trail.pop()
            self._enter(name, place)

    def notify(self, text: str, tone: str = "done") -> None:
        """Say in passing that something is done."""
        messages.notify(self, text, tone)

    def rebuild(self) -> None:
        """Ask the window to build the pages anew."""
        self.rebuild_wanted.emit()

    def restore(self, backup: Path) -> None:
        """Ask the window to leave the office for a restore."""
        self.restore_wanted.emit(backup)

    def lock(self) -> None:
        """Ask the window to lock."""
        self.lock_wanted.emit()

    def back_up_daily(self) -> None:
        """The backup of the day, beside the work; what goes wrong is said in passing. First what was left over goes."""
        session = self.context.session
        background.run_quietly(self, lambda: leftovers.clear_leftovers(session), lambda _gone: None, lambda _fault: None)
        if not offices.office_status(session).archives:
            return
        background.run_quietly(
            self,
            lambda: backups.daily_backup(session),
            lambda record: self.changes.office_changed.emit() if record else None,
            self._on_backup_failed,
        )

    def _on_backup_failed(self, exc: BaseException) -> None:
        reason = exc.text() if isinstance(exc, NuandangError) else f"问题编号 {messages.bug_report(exc)[0]}"
        self.notify(f"今天的自动备份没有做成：{reason}", "warning")

    def lock_minutes(self) -> int:
        """How long the window may stand idle."""
        return int(offices.get_setting(self.context.session, LOCK_MINUTES, DEFAULT_LOCK_MINUTES))

    # standing somewhere

    def place(self) -> tuple[str, dict[str, Any]]:
        """Where the clerk stands."""
        page = self._pages.get(self._current)
        return self._current, page.place() if page else {}

    def keep(self) -> bool:
        """Store what is half typed; False (and a message) when that failed."""
        return self._keep()

    def current_page(self) -> Page:
        """The page in front."""
        return self._pages[self._current]

    def _keep(self) -> bool:
        page = self._pages.get(self._current)
        try:
            if page is not None:
                page.keep()
        except Exception as exc:  # noqa: BLE001 - shown; the clerk stays where the unsaved text is
            messages.show_error(self, exc)
            return False
        return True

    def _leave(self) -> bool:
        if self._current:
            if not self._keep():
                return False
            self._trail = [*self._trail[-19:], self.place()]
        return True

    def _enter(self, name: str, arguments: dict[str, Any]) -> None:
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = make_page(name, self.context)
            self.stack.addWidget(page)
        self._current = name
        self._fill_screen(page.fills_screen)
        self.rail.mark(ROOM_OF_PAGE.get(name, name))
        self.stack.setCurrentWidget(page)
        page.open(**arguments)
        self.status.refresh_soon()

    def _fill_screen(self, on: bool) -> None:
        """Give the whole screen to the page, or come back to the window as it was."""
        for part in (self.rail, self.top, self.status):
            part.setVisible(not on)
        window, full = self.window(), Qt.WindowState.WindowFullScreen
        if bool(window.windowState() & full) != on and self._fills_screen != on:
            window.setWindowState(window.windowState() ^ full)
        self._fills_screen = on

    def hideEvent(self, event: QHideEvent) -> None:
        """The screen is given back when the office is locked."""
        super().hideEvent(event)
        if not event.spontaneous() and self._fills_screen:
            self._fill_screen(False)

    def _focus_page(self) -> None:
        self.current_page().setFocus()
