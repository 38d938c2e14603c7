"""数据交换: packages to the office above, packages and receipts from others, cards of offices, import from Excel."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from db.errors import Progress, UserError
from db.services import exchange
from db.services.exchange import BundlePreview, BundleRecord, BundleSummary, OfficeCard, Partner, ReceiveOutcome
from desktop import background, files, messages
from desktop.context import AppContext, Page
from desktop.exchange.dialog import open_folder
from desktop.exchange.file_drop import WORKBOOKS, dropped_paths
from desktop.exchange.import_view import ImportView
from desktop.exchange.key_dialogs import open_partner, renew_own_keys
from desktop.exchange.late_view import LateView
from desktop.exchange.overview import Overview
from desktop.exchange.partner_dialogs import EnrolDialog, OwnCardDialog
from desktop.exchange.receive_view import ReceiveView
from desktop.exchange.received_view import ReceivedView
from desktop.exchange.record_dialog import RecordDialog
from desktop.exchange.send_view import SendView
from desktop.exchange.sent_view import SentView
from desktop.exchange.undo_dialog import open_undo
from desktop.exchange.views import LATE_VIEWS

PACKAGES = "数据包、回执、单位名片 (*.nuandang *.nuandang-card);;所有文件 (*)"
CARDS = "单位名片 (*.nuandang-card);;所有文件 (*)"


_EXPLANATION = (
    "用 U 盘走一圈：导出数据包 → 上级收取、审核 → 下发审核结果 → 本单位读入。U 盘丢了就再导出一次，收到两遍也不会重复；"
    "下发的每一份都是完整的，读最新的一份就补齐了。要一页纸的说明，点这一页下面的“交换说明…”。"
)


class ExchangePage(Page):
    """One view at a time: overview, export, the written package, a received one, import.

    ``open(section=…)`` takes ``export`` (with *ids*), ``import`` (with *path*), ``receive`` (with *path*), ``enrol``,
    ``package`` (with *ids*).
    """

    VIEWS = ("overview", "send", "sent", "receive", "received", "imports", *LATE_VIEWS)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.setAcceptDrops(True)
        self.overview = Overview(context)
        self.send = SendView(context)
        self.sent = SentView()
        self.receive = ReceiveView(context)
        self.received = ReceivedView(context)
        self.imports = ImportView(context)
        self._stack = QStackedWidget()
        self._late: dict[str, LateView] = {}
        for name in self.VIEWS:
            if name not in LATE_VIEWS:
                self._stack.addWidget(getattr(self, name))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._connect()

    def _connect(self) -> None:
        self.overview.export_wanted.connect(self.show_export)
        self.overview.read_wanted.connect(self._ask_package)
        self.overview.import_wanted.connect(self.show_import)
        self.overview.package_wanted.connect(self.make_package)
        self.send.package_wanted.connect(lambda: self.make_package(self.send.ids()))
        self.overview.enrol_wanted.connect(self.enrol)
        self.overview.card_wanted.connect(self.save_card)
        self.overview.partner_wanted.connect(self._open_partner)
        self.overview.renew_wanted.connect(lambda: renew_own_keys(self, self.context, self.save_card))
        self.send.enrol_wanted.connect(self.enrol)
        self.overview.record_wanted.connect(self._show_record)
        self.overview.guide_wanted.connect(self.show_guide)
        self.overview.section_wanted.connect(lambda name: self.open(name))
        self.overview.answer_wanted.connect(lambda office: self.open("answer", office=office))
        self.overview.again_wanted.connect(lambda: self.show_export(again=True))
        self.overview.folder_wanted.connect(self.ask_folder)
        self.overview.undo_wanted.connect(lambda: open_undo(self, self.context, lambda _: self.show_overview()))
        self.send.written.connect(self._show_sent)
        self.receive.received.connect(self._show_received)
        self.received.report_wanted.connect(lambda ids: self.show_late("report", bundle_ids=ids))
        for view in (self.send, self.sent, self.receive, self.received, self.imports):
            view.left.connect(self.show_overview)
        for signal in (self.context.changes.archives_changed, self.context.changes.bundles_changed):
            signal.connect(lambda *_: self._refresh())

    def _refresh(self) -> None:
        if self._stack.currentWidget() is self.overview and self.isVisible():
            self.overview.refresh()

    def _show(self, view: QWidget) -> None:
        self._stack.setCurrentWidget(view)
        view.setFocus()

    # page

    def open(self, section: str = "", **arguments: Any) -> None:
        """Show the named section; without one the overview."""
        acts: dict[str, Callable[..., None]] = {
            "export": self.show_export,
            "import": self.show_import,
            "receive": self._receive_section,
            "enrol": self._enrol_section,
            "package": self._package_section,
            "gaps": self._gaps_section,
        }
        if section in LATE_VIEWS:
            self.show_late(section, **arguments)
        else:
            acts.get(section, self.show_overview)(**arguments)

    def place(self) -> dict[str, Any]:
        """Only the import is worth going back to; everything else starts from the overview."""
        return {"section": "import"} if self._stack.currentWidget() is self.imports else {}

    # views

    def show_overview(self) -> None:
        """What is on the way."""
        self.overview.refresh()
        self._show(self.overview)

    def late(self, name: str) -> LateView:
        """The view *name*, made when it is first needed."""
        if name not in self._late:
            made = self._late[name] = LATE_VIEWS[name](self.context)
            self._stack.addWidget(made)
            made.left.connect(self.show_overview)
            made.section_wanted.connect(lambda section: self.open(section))
            made.result_wanted.connect(lambda view, result: self.show_late(view, result=result))
        return self._late[name]

    def show_late(self, name: str, **arguments: Any) -> None:
        """Show the view *name*."""
        view = self.late(name)
        view.open_for(**arguments)
        self._show(view)

    def show_export(self, ids: list[str] | None = None, again: bool = False) -> None:
        """Collect a package; *ids* are archives selected in the list; *again*: whatever the office above has not got."""
        self.send.open_for(ids or ())
        if again:
            self.send.choose_unreceived()
        self._show(self.send)

    def _show_sent(self, summary: BundleSummary) -> None:
        self.sent.show_summary(summary)
        self._show(self.sent)

    def _show_received(self, outcome: ReceiveOutcome) -> None:
        self.received.show_outcome(outcome)
        self._show(self.received)

    def _show_record(self, record: BundleRecord) -> None:
        dialog = RecordDialog(self.context, self, record)
        dialog.exec()
        if dialog.report_wanted:
            self.show_late("report", bundle_ids=[record.id])

    def show_import(self, path: str = "") -> None:
        """Start the import, at once with *path* when it is given."""
        self._show(self.imports)
        self.imports.start()
        if path:
            self.imports.open_file(Path(path))

    def _receive_section(self, path: str = "") -> None:
        self.show_overview()
        if path:
            self.read_file(Path(path))
        else:
            self._ask_package()

    def _gaps_section(self) -> None:
        self.show_overview()
        self.overview.show_gaps()

    def _enrol_section(self) -> None:
        self.show_overview()
        self.enrol()

    def _package_section(self, ids: list[str] | None = None) -> None:
        self.show_overview()
        self.make_package(ids)

    def make_package(self, ids: list[str] | None = None) -> None:
        """A package for an office above without this program; *ids* are archives selected in the list."""
        from desktop.exchange.package_dialog import make_package  # late: it brings reportlab along

        make_package(self.context, self, ids or ())

    def show_guide(self) -> None:
        """The page about how archives travel, to read or to print."""
        from db.services import printing  # late: it brings reportlab along
        from desktop.exchange.print_dialog import PrintDialog

        def done(pdf: bytes) -> None:
            PrintDialog(self, pdf, "交换说明", "数据交换说明.pdf", "一页，贴在桌边", private=False).exec()

        background.run(self, lambda _: printing.exchange_guide_pdf(), done, title="正在排版…")

    def explain(self) -> str:
        """What F1 says here."""
        return _EXPLANATION

    # files from elsewhere

    def _ask_package(self) -> None:
        drives = exchange.removable_drives()
        self.read_files(files.ask_open_many(self, "收取数据包或回执", PACKAGES, drives[0].path if drives else None))

    def ask_folder(self) -> None:
        """Take everything on a stick or in a folder."""
        drives = exchange.removable_drives()
        folder = files.ask_folder(self, "收取整个 U 盘或文件夹", drives[0].path if drives else None)
        if folder is not None:
            self.read_files([folder])

    def read_files(self, paths: Sequence[Path]) -> None:
        """Take one file for what it is; several, or a folder, as a lot of packages."""
        if len(paths) == 1 and not paths[0].is_dir():
            self.read_file(paths[0])
        elif paths:
            from desktop.exchange.lot_view import inspect_lot  # late: most packages come one by one

            inspect_lot(self, self.context, paths, lambda lot: self.show_late("lot", lot=lot))

    def read_file(self, path: Path) -> None:
        """Take whatever the file is: package, receipt, card or workbook."""
        if path.suffix.lower() in WORKBOOKS:
            self.show_import(str(path))
        elif path.suffix.lower() == exchange.CARD_SUFFIX:
            self._read_card(path)
        else:
            self._inspect(path)

    def _inspect(self, path: Path) -> None:
        session = self.context.session

        def work(progress: Progress) -> BundlePreview:
            return exchange.inspect_bundle(session, path, progress)

        def done(preview: BundlePreview) -> None:
            if preview.kind == "answer":
                self.show_late("answer_preview", preview=preview)
                return
            self.receive.show_preview(preview)
            self._show(self.receive)

        background.run(self, work, done, title="正在核对数据包…")

    # cards

    def enrol(self) -> None:
        """Ask for the card of another office."""
        path = files.ask_open(self, "登记单位：选择对方的单位名片", CARDS)
        if path is not None:
            self._read_card(path)

    def _read_card(self, path: Path) -> None:
        background.run(
            self,
            lambda progress: exchange.read_card(path),
            lambda card: self._confirm_card(card, path),
            title="正在读取名片…",
        )

    def _confirm_card(self, card: OfficeCard, path: Path) -> None:
        session, machine = self.context.session, ""
        try:
            if card.laptop_of or session.office.is_laptop:
                machine = exchange.RELATIONS[exchange.relation_to(session, card)]
        except UserError as fault:
            messages.show_error(self, fault)
            return
        known = next((one for one in exchange.list_partners(session) if one.id == card.id), None)
        changed = known if known and known.fingerprint != card.fingerprint else None
        dialog = EnrolDialog(self, card, session.office.level, machine, changed)
        if dialog.exec():
            self._enrol(path, dialog.relation(), replace=changed is not None)

    def _enrol(self, path: Path, relation: str, replace: bool) -> None:
        session = self.context.session

        background.run(
            self,
            lambda progress: exchange.enrol(session, path, relation, replace=replace),
            self._on_enrolled,
            title="正在登记…",
            cancellable=False,
        )

    def _open_partner(self, partner: Partner) -> None:
        if open_partner(self, self.context, partner) == "enrol":
            self.enrol()

    def _on_enrolled(self, partner: Partner) -> None:
        self.context.window.notify(f"已登记{partner.name}。")
        self.context.changes.bundles_changed.emit()
        if self._stack.currentWidget() is self.send:
            self.send.open_for()

    def save_card(self) -> None:
        """Write the office's own card where the clerk chooses."""
        session = self.context.session
        name = f"{session.office.exchange_name}-单位名片{exchange.CARD_SUFFIX}"
        path = files.ask_save(self, "导出本单位名片", name, f"单位名片 (*{exchange.CARD_SUFFIX})")
        if path is not None:
            background.run(
                self,
                lambda progress: exchange.write_card(session, path),
                lambda card: self._show_own_card(card, path),
                title="正在写名片…",
            )

    def _show_own_card(self, card: OfficeCard, path: Path) -> None:
        dialog = OwnCardDialog(self, card, str(path))
        dialog.exec()
        if dialog.open_wanted:
            open_folder(path.parent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads back to the overview, except out of an import that is being prepared."""
        view = self._stack.currentWidget()
        busy = view is self.overview or (view is self.imports and not self.imports.is_at_start())
        if event.key() == Qt.Key.Key_Escape and not busy:
            self.show_overview()
        else:
            super().keyPressEvent(event)

    # drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and folders."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what is dropped, unless a received package is still open."""
        paths = dropped_paths(event.mimeData())
        if not paths:
            return
        event.acceptProposedAction()
        view = self._stack.currentWidget()
        if view is self.receive or (isinstance(view, LateView) and view.is_prepared()):
            messages.inform(self, "先处理完眼前的数据包，再打开下一个。")
        else:
            self.read_files(paths)
