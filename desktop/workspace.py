"""The working window after sign-in: rail of rooms, top bar with search, pages, status line."""

from collections.abc import Callable
from dataclasses import dataclass
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
from desktop.status_line import StatusLine
from desktop.top_bar import TopBar


@dataclass(frozen=True)
class Room:
    """An entry of the left rail."""

    name: str
    caption: str
    icon: str


ROOMS = (
    Room("home", "首页", "house"),
    Room("archives", "档案", "folder-open"),
    Room("assessments", "认定", "scale"),
    Room("cases", "办理", "archive"),
    Room("home_visits", "走访", "map-pin"),
    Room("pairing", "结对", "users"),
    Room("aid", "帮扶", "hand-coins"),
    Room("monitoring", "监测", "eye"),
    Room("students", "助学就业", "user"),
    Room("reports", "报表", "file-text"),
    Room("reviews", "审核", "circle-check"),
    Room("exchange", "数据交换", "arrow-left-right"),
    Room("settings", "设置", "settings"),
)
_DIGITS = 9
"""Rooms that a digit opens."""
# pages that stand in a room without an entry of their own
ROOM_OF_PAGE = {
    "calendar": "home",
    "cadres": "pairing",
    "programmes": "aid",
    "aid_services": "aid",
    "programme": "aid",
    "payments": "aid",
    "payment_list": "aid",
    "funds": "aid",
    "archive": "archives",
    "wizard": "archives",
    "duplicates": "exchange",
    "review": "reviews",
    "visit": "home_visits",
    "monitoring_board": "monitoring",
    "enterprises": "monitoring",
    "cross_table": "reports",
    "charts": "reports",
    "evaluation": "reports",
    "evaluation_rates": "reports",
    "student_support": "students",
    "graduates": "students",
}


def open_home_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.home import HomePage

    return HomePage(context)


def open_calendar_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.year_calendar import YearCalendarPage

    return YearCalendarPage(context)


def open_archives_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.archive_list import ArchiveListPage

    return ArchiveListPage(context)


def open_archive_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.archive_detail import ArchiveDetailPage

    return ArchiveDetailPage(context)


def open_assessments_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.assessments import AssessmentsPage

    return AssessmentsPage(context)


def open_reviews_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.reviews import ReviewsPage

    return ReviewsPage(context)


def open_review_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.review import ReviewPage

    return ReviewPage(context)


def open_reports_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.reports import ReportsPage

    return ReportsPage(context)


def open_evaluation_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.evaluation import EvaluationPage

    return EvaluationPage(context)


def open_evaluation_rates_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.evaluation_rates import EvaluationRatesPage

    return EvaluationRatesPage(context)


def open_cross_table_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.cross_table import CrossTablePage

    return CrossTablePage(context)


def open_charts_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.charts import ChartsPage

    return ChartsPage(context)


def open_students_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.students import StudentsPage

    return StudentsPage(context)


def open_student_support_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.student_support import StudentSupportPage

    return StudentSupportPage(context)


def open_graduates_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.graduates import GraduatesPage

    return GraduatesPage(context)


def open_cases_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.cases import CasesPage

    return CasesPage(context)


def open_home_visits_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.home_visits import HomeVisitsPage

    return HomeVisitsPage(context)


def open_visit_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.visit import VisitPage

    return VisitPage(context)


def open_pairing_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.pairing import PairingPage

    return PairingPage(context)


def open_cadres_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.cadres import CadresPage

    return CadresPage(context)


def open_aid_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.aid import AidPage

    return AidPage(context)


def open_aid_services_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.aid_services import AidServicesPage

    return AidServicesPage(context)


def open_programmes_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.programmes import ProgrammesPage

    return ProgrammesPage(context)


def open_programme_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.programme import ProgrammePage

    return ProgrammePage(context)


def open_payments_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.payments import PaymentsPage

    return PaymentsPage(context)


def open_payment_list_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.payment_list import PaymentListPage

    return PaymentListPage(context)


def open_funds_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.funds import FundsPage

    return FundsPage(context)


def open_monitoring_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.monitoring import MonitoringPage

    return MonitoringPage(context)


def open_monitoring_board_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.monitoring_board import MonitoringBoardPage

    return MonitoringBoardPage(context)


def open_enterprises_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.enterprises import EnterprisesPage

    return EnterprisesPage(context)


def open_wizard_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.forms.wizard import WizardPage

    return WizardPage(context)


def open_exchange_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.exchange import ExchangePage

    return ExchangePage(context)


def open_duplicates_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.duplicates import DuplicatesPage

    return DuplicatesPage(context)


def open_settings_page(context: AppContext) -> Page:
    """Make the page; called when it is first shown."""
    from desktop.pages.settings import SettingsPage

    return SettingsPage(context)


# Pages are imported when first shown: the sign-in window must not wait for the wizard.
PAGES: dict[str, Callable[[AppContext], Page]] = {
    "home": open_home_page,
    "calendar": open_calendar_page,
    "archives": open_archives_page,
    "archive": open_archive_page,
    "assessments": open_assessments_page,
    "reports": open_reports_page,
    "evaluation": open_evaluation_page,
    "evaluation_rates": open_evaluation_rates_page,
    "cross_table": open_cross_table_page,
    "charts": open_charts_page,
    "students": open_students_page,
    "student_support": open_student_support_page,
    "graduates": open_graduates_page,
    "cases": open_cases_page,
    "home_visits": open_home_visits_page,
    "visit": open_visit_page,
    "pairing": open_pairing_page,
    "cadres": open_cadres_page,
    "aid": open_aid_page,
    "programmes": open_programmes_page,
    "aid_services": open_aid_services_page,
    "programme": open_programme_page,
    "payments": open_payments_page,
    "payment_list": open_payment_list_page,
    "funds": open_funds_page,
    "monitoring": open_monitoring_page,
    "monitoring_board": open_monitoring_board_page,
    "enterprises": open_enterprises_page,
    "reviews": open_reviews_page,
    "review": open_review_page,
    "wizard": open_wizard_page,
    "exchange": open_exchange_page,
    "duplicates": open_duplicates_page,
    "settings": open_settings_page,
}


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
            page = self._pages[name] = PAGES[name](self.context)
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
