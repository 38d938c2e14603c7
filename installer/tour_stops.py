"""The stops of the tour, in the order of the work. A stop shows something and has its picture taken, under any name
that begins with the page's own."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget
from tour_aid import aid_room
from tour_answers import answers, many_offices
from tour_board import work_board
from tour_camera import HEIGHT, WIDTH, Camera, image_of_page, press
from tour_cases import case_list, case_tab
from tour_casework import assessment_tab, means_pages, without_policy, work_list
from tour_duplicates import duplicate_pairs
from tour_employment import graduates_at_work, services_and_referrals
from tour_evaluation import evaluation_room
from tour_home_visits import visits_of_the_day
from tour_keys import lost_keys
from tour_lot import whole_stick
from tour_monitoring import monitoring_above, monitoring_room
from tour_moves import archives_that_move
from tour_pairing import pairing_room
from tour_papers import keeping, old_papers, papers_of_case
from tour_policy_stops import paper_preview, policy_settings, printed_papers
from tour_programmes import programmes_room
from tour_reports import cross_tables_and_charts
from tour_review_stops import review_room
from tour_stage import Stage
from tour_students import students_and_tables
from tour_submission_stops import national_system, nobody_above, package
from tour_tables import tables_of_a_county
from tour_timeline import household_timeline
from tour_visits import home_visits

from db.errors import MachineError, UserError
from db.services import archiving, exchange, printing
from db.services.office import OfficeSession
from desktop import help as help_pages
from desktop import messages
from desktop.exchange.export_dialog import ExportDialog, preview_of
from desktop.exchange.partner_dialogs import EnrolDialog, OwnCardDialog
from desktop.exchange.print_dialog import PrintDialog
from desktop.exchange.record_dialog import RecordDialog
from desktop.forms.wizard import SECTIONS as WIZARD_SECTIONS
from desktop.forms.wizard import WizardPage
from desktop.main_window import MainWindow
from desktop.pages.archive_list import ArchiveListPage
from desktop.pages.exchange import ExchangePage
from desktop.pages.settings import SECTIONS as SETTINGS_SECTIONS
from desktop.preferences import Preferences
from desktop.settings.clerks_section import AddClerkDialog, ChangePassphraseDialog
from desktop.start.first_start import FirstStart
from desktop.workspace import Workspace

WORKBOOK = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "wide.xlsx"
_SHEET_SCALE = 1.6


class Visit:
    """One walk through the program at one font size."""

    def __init__(self, stage: Stage, camera: Camera, preferences: Preferences) -> None:
        self.stage, self.camera, self.preferences = stage, camera, preferences
        self.window = self._new_window()

    def _new_window(self) -> MainWindow:
        window = MainWindow(self.preferences)
        window.resize(WIDTH, HEIGHT)
        window.show()
        window.activateWindow()
        return window

    def enter(self, session: OfficeSession) -> Workspace:
        """Show the workspace of *session*."""
        self.window.enter_unlocked(session)
        assert self.window.workspace is not None
        return self.window.workspace

    @property
    def workspace(self) -> Workspace:
        """The workspace in front."""
        assert self.window.workspace is not None
        return self.window.workspace

    def take(self, name: str, dialog: QWidget | None = None) -> None:
        """Take a picture of the window, with *dialog* over it, which is closed afterwards."""
        if dialog is not None:
            dialog.show()
        self.camera.take(name, self.window, dialog)
        if dialog is not None:
            dialog.close()

    def page(self, name: str, **arguments: object) -> QWidget:
        """Bring page *name* forward."""
        self.workspace.show_page(name, **arguments)
        return self.workspace.current_page()


def start_pages(visit: Visit) -> None:
    """Everything before the sign-in."""
    window, stage = visit.window, visit.stage
    for session in (stage.empty, stage.county, stage.town):
        visit.preferences.remember_folder(session.folder)
    window.show_chooser()
    visit.take("start-chooser")
    _first_start(visit)
    window.open_folder(stage.town.folder)
    visit.take("start-sign-in")
    page = window.shown_page()
    assert page is not None
    _type(page, "记错的口令")
    press(page, "登录")
    visit.take("start-sign-in-refused")
    window.show_recovery()
    visit.take("start-recovery")
    window.show_restore()
    visit.take("start-restore")


def _first_start(visit: Visit) -> None:
    visit.window.show_first_start(visit.stage.folder / "新单位")
    page = visit.window.shown_page()
    assert isinstance(page, FirstStart)
    page.unit.region.set_code("340882100")
    page.unit.name.setText("梅城镇总工会")
    visit.take("start-first-1-unit")
    press(page, "下一步")
    page.clerk.name.setText("陈志强")
    page.clerk.passphrase.first.setText("梅城镇的一句话")
    visit.take("start-first-2-clerk")
    _type(page.clerk.passphrase, "梅城镇的一句话")
    press(page, "下一步")
    visit.take("start-first-3-folder")
    press(page, "建立单位")
    visit.camera.settle(visit.window)
    visit.take("start-first-4-recovery-code")
    visit.window.show_chooser()


def _type(root: QWidget, text: str) -> None:
    """Fill every line of *root* with *text*."""
    fields: list[QLineEdit] = list(root.findChildren(QLineEdit))
    for field in fields:
        field.setText(text)


def sign_in(visit: Visit) -> None:
    """The township's office, for a chapter that begins there."""
    visit.enter(visit.stage.town)


def boards(visit: Visit) -> None:
    """首页 and 档案."""
    visit.enter(visit.stage.town)
    visit.page("home")
    visit.take("home")
    archives = visit.page("archives")
    assert isinstance(archives, ArchiveListPage)
    visit.take("archives")
    archives.all_box.click()
    visit.take("archives-all-ticked")
    archives.all_box.click()
    visit.page("archives", preset="incomplete")
    visit.take("archives-filtered")
    top = visit.workspace.top
    top.search.setFocus()
    top.search.setText("li")
    top.search.search_now()
    visit.take("search")
    top.search.clear()


def one_archive(visit: Visit) -> None:
    """Each tab of an archive."""
    for tab, name in (("paper", "archive"), ("papers", "archive-papers"), ("history", "archive-history")):
        visit.page("archive", archive_id=visit.stage.rich, tab=tab)
        visit.take(name)


def wizard(visit: Visit) -> None:
    """Every step on a half-filled form, the check, the empty form and the folded paper."""
    page = visit.page("wizard", draft_id=visit.stage.draft)
    assert isinstance(page, WizardPage)
    for number, section in enumerate(WIZARD_SECTIONS):
        page.go_to_step(number)
        visit.take(wizard_picture(number, section.key))
    page.check_all()
    visit.take("wizard-check")
    page.go_to_step(0)
    page.paper.turn_zoom()
    visit.take("wizard-whole-paper")
    page.paper.turn_zoom()
    page.turn_paper()
    visit.take("wizard-paper-folded")
    page.turn_paper()
    visit.workspace.new_archive()
    visit.take("wizard-empty")


def wizard_picture(number: int, key: str) -> str:
    """Name of the picture of a wizard step."""
    return f"wizard-{number + 1}-{key.replace('_', '-')}"


def exchange_page(visit: Visit) -> None:
    """Sending: overview, package, cover."""
    page = visit.page("exchange")
    assert isinstance(page, ExchangePage)
    visit.take("exchange-overview")
    page.show_export(visit.stage.ids[:3])
    page.send.target.show_drives([exchange.Drive(visit.stage.stick, "KINGSTON", 14 << 30, 15 << 30, "vfat")])
    page.send.choose_scope(1)
    visit.take("exchange-send")
    page.send.export()
    visit.camera.settle(visit.window)
    visit.take("exchange-sent")
    visit.camera.take_modal("exchange-cover", visit.window, lambda: press(page.sent, "打印封面"))
    page.show_overview()


def imports(visit: Visit) -> None:
    """Every step of the import, on the sample workbook."""
    page = visit.page("exchange", section="import")
    assert isinstance(page, ExchangePage)
    visit.take("exchange-imports-1-file")
    page.imports.open_file(WORKBOOK)
    visit.camera.settle(visit.window)
    visit.take("exchange-imports-2-columns")
    page.imports.try_out()
    visit.camera.settle(visit.window)
    visit.take("exchange-imports-3-tried")
    press(page.imports, "各户结果")
    visit.take("exchange-imports-3-tried-households")
    page.imports.store()
    visit.camera.settle(visit.window)
    visit.take("exchange-imports-4-stored")


def exchange_dialogs(visit: Visit) -> None:
    """Cards, partners, records, exports, the print preview."""
    page = visit.page("exchange")
    assert isinstance(page, ExchangePage)
    stage, context = visit.stage, page.context
    own = stage.card_of(stage.town)
    visit.take("dialog-own-card", OwnCardDialog(page, exchange.own_card(stage.town), str(own)))
    lost_keys(visit, page)
    visit.take("dialog-record", RecordDialog(context, page, page.overview.records.rows[-1]))
    visit.take("dialog-export", ExportDialog(page, 12))
    preview = preview_of(stage.town, stage.ids[:5], lambda done, total: None)
    visit.take("dialog-print", PrintDialog(page, preview.pdf, "打印预览", "档案.pdf", "5 户", preview.warning))


def settings(visit: Visit) -> None:
    """Every section, and the dialogs of the clerks."""
    for name, *_ in SETTINGS_SECTIONS:
        if name == "review":
            continue  # only where offices stand below: see review_room
        page = visit.page("settings", section=name)
        visit.take(f"settings-{name}")
    context = visit.workspace.context
    visit.take("dialog-add-clerk", AddClerkDialog(page, context))
    visit.take("dialog-passphrase", ChangePassphraseDialog(page, context))


def message_boxes(visit: Visit) -> None:
    """One box of each kind, the list of keys, a notice."""
    visit.page("home")
    window = visit.window
    sentence = "删除后，汪海燕不能再登录本单位；以前的改动记录仍写着汪海燕的名字。"
    full = OSError(errno.ENOSPC, "No space left on device", str(visit.stage.stick))
    boxes: dict[str, Callable[[], object]] = {
        "dialog-question": lambda: messages.confirm(window, sentence, "删除经办人", destructive=True),
        "dialog-user-error": lambda: messages.show_error(window, UserError("bundle_older", sequence=3, sender="梅城镇总工会", last=4)),
        "dialog-machine-error": lambda: messages.show_error(window, MachineError("file_gone", name="梅城镇总工会-第3包.nuandang")),
        "dialog-disk-full": lambda: messages.show_error(window, full),
        "dialog-bug": lambda: messages.show_error(window, RuntimeError("tour")),
        "dialog-keys": lambda: help_pages.show_help(window),
    }
    for name, act in boxes.items():
        visit.camera.take_modal(name, window, act)
    messages.notify(window, "已建档 340882-2026-0061")
    visit.camera.take("notice", window, keep_notice=True)


def county(visit: Visit) -> None:
    """The county receives; the township reads the receipt."""
    stage = visit.stage
    visit.enter(stage.county)
    visit.page("home")
    visit.take("home-county")
    page = visit.page("exchange")
    assert isinstance(page, ExchangePage)
    visit.take("exchange-overview-county")
    card = exchange.read_card(stage.card_of(stage.empty))
    visit.take("dialog-enrol", EnrolDialog(page, card, stage.county.office.level))
    page.read_file(stage.second)
    visit.camera.settle(visit.window)
    for row, name in enumerate(("new", "changed", "same", "double", "aside")):
        page.receive.group_table.setCurrentIndex(page.receive.groups.index(row, 0))
        visit.take(f"exchange-receive-{name}")
    outcomes: list[exchange.ReceiveOutcome] = []
    page.receive.received.connect(outcomes.append)
    page.receive.receive()
    visit.camera.settle(visit.window)
    visit.take("exchange-received")
    problem = MachineError("target_read_only", folder="U盘").text()
    unwritten = replace(outcomes[0], receipt=None, receipt_problem=problem)
    page.received.show_outcome(unwritten)
    visit.take("exchange-received-without-receipt")
    receipt = next(record for record in exchange.list_bundles(stage.county) if record.kind == "receipt")
    visit.page("archives")
    visit.take("archives-county")
    visit.page("archive", archive_id=stage.rich)
    visit.take("archive-county")
    visit.enter(stage.town)
    page = visit.page("exchange")
    assert isinstance(page, ExchangePage)
    page.read_file(stage.stick / receipt.file_name)
    visit.camera.settle(visit.window)
    visit.take("exchange-receive-receipt")
    page.receive.receive()
    visit.camera.settle(visit.window)
    visit.take("exchange-received-receipt")


def empty_office(visit: Visit) -> None:
    """What a new office says in place of lists."""
    visit.enter(visit.stage.empty)
    for name in ("home", "archives", "exchange"):
        visit.page(name)
        visit.take(f"{name}-nothing-yet")


def printed(visit: Visit) -> None:
    """The paper itself: forms, the blank form, cover and recovery sheet."""
    stage = visit.stage
    record = next(record for record in exchange.list_bundles(stage.town) if record.direction == "sent")
    longest = max(stage.ids, key=lambda archive_id: len(archiving.load_archive(stage.town, archive_id).content.members))
    sheets = {
        "printed-archive": printing.archive_pdf(stage.town, [stage.rich]),
        "printed-archive-many-members": printing.archive_pdf(stage.town, [longest]),
        "printed-blank": printing.blank_form_pdf(),
        "printed-cover": printing.cover_sheet_pdf(exchange.bundle_summary(stage.town, record.id)),
        "printed-recovery": printing.recovery_sheet_pdf(stage.town.office.name, "2Z29-1GGA-3NS8-49Q9-64MW-AC19", "2026-11-21"),
    }
    for name, pdf in sheets.items():
        count = printing.page_count(pdf)
        for number in range(count):
            page = printing.render_page(pdf, number, _SHEET_SCALE)
            picture = image_of_page(page.pixels, page.width, page.height, page.stride)
            visit.camera.take_sheet(name if count == 1 else f"{name}-{number + 1}", picture)


Stop = Callable[[Visit], None]
CHAPTERS: dict[str, tuple[Stop, ...]] = {
    "casework": (
        start_pages,
        boards,
        one_archive,
        means_pages,
        assessment_tab,
        work_list,
        case_tab,
        case_list,
        wizard,
        printed,
        printed_papers,
    ),
    "office": (
        sign_in,
        exchange_page,
        exchange_dialogs,
        imports,
        settings,
        policy_settings,
        paper_preview,
        message_boxes,
        package,
        national_system,
        empty_office,
        nobody_above,
        without_policy,
    ),
    "rooms": (
        sign_in,
        visits_of_the_day,
        papers_of_case,
        old_papers,
        keeping,
        monitoring_room,
        household_timeline,
        pairing_room,
        aid_room,
        programmes_room,
    ),
    "tables": (
        sign_in,
        students_and_tables,
        graduates_at_work,
        services_and_referrals,
        cross_tables_and_charts,
        tables_of_a_county,
        evaluation_room,
    ),
    "county": (
        county,
        review_room,
        answers,
        many_offices,
        monitoring_above,
        work_board,
    ),
    "neighbours": (
        duplicate_pairs,
        archives_that_move,
        home_visits,
        whole_stick,
    ),
}
"""The stops in the order of the walk. Each chapter also stands on a stage of its own: it may not need what another did."""
