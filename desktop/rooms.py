"""The rooms of the rail, which page stands in which, and the pages themselves, made when they are first shown."""

from dataclasses import dataclass
from importlib import import_module

from desktop.context import AppContext, Page


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
    "drafts": "reports",
    "evaluation": "reports",
    "evaluation_rates": "reports",
    "student_support": "students",
    "graduates": "students",
}

PAGES: dict[str, str] = {
    "home": "desktop.pages.home:HomePage",
    "calendar": "desktop.pages.year_calendar:YearCalendarPage",
    "archives": "desktop.pages.archive_list:ArchiveListPage",
    "archive": "desktop.pages.archive_detail:ArchiveDetailPage",
    "assessments": "desktop.pages.assessments:AssessmentsPage",
    "reports": "desktop.pages.reports:ReportsPage",
    "evaluation": "desktop.pages.evaluation:EvaluationPage",
    "evaluation_rates": "desktop.pages.evaluation_rates:EvaluationRatesPage",
    "cross_table": "desktop.pages.cross_table:CrossTablePage",
    "charts": "desktop.pages.charts:ChartsPage",
    "drafts": "desktop.pages.drafts_of_reports:DraftsPage",
    "students": "desktop.pages.students:StudentsPage",
    "student_support": "desktop.pages.student_support:StudentSupportPage",
    "graduates": "desktop.pages.graduates:GraduatesPage",
    "cases": "desktop.pages.cases:CasesPage",
    "home_visits": "desktop.pages.home_visits:HomeVisitsPage",
    "visit": "desktop.pages.visit:VisitPage",
    "pairing": "desktop.pages.pairing:PairingPage",
    "cadres": "desktop.pages.cadres:CadresPage",
    "aid": "desktop.pages.aid:AidPage",
    "programmes": "desktop.pages.programmes:ProgrammesPage",
    "aid_services": "desktop.pages.aid_services:AidServicesPage",
    "programme": "desktop.pages.programme:ProgrammePage",
    "payments": "desktop.pages.payments:PaymentsPage",
    "payment_list": "desktop.pages.payment_list:PaymentListPage",
    "funds": "desktop.pages.funds:FundsPage",
    "monitoring": "desktop.pages.monitoring:MonitoringPage",
    "monitoring_board": "desktop.pages.monitoring_board:MonitoringBoardPage",
    "enterprises": "desktop.pages.enterprises:EnterprisesPage",
    "reviews": "desktop.pages.reviews:ReviewsPage",
    "review": "desktop.pages.review:ReviewPage",
    "wizard": "desktop.forms.wizard:WizardPage",
    "exchange": "desktop.pages.exchange:ExchangePage",
    "duplicates": "desktop.pages.duplicates:DuplicatesPage",
    "settings": "desktop.pages.settings:SettingsPage",
}
"""Module and class of each page. It is imported when first shown: the sign-in window must not wait for the wizard."""


def make_page(name: str, context: AppContext) -> Page:
    """The page *name*."""
    module, _, made = PAGES[name].partition(":")
    page: Page = getattr(import_module(module), made)(context)
    return page
