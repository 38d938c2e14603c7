"""One package of the records: what it was, and what can still be done with it."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from db.services import exchange
from db.services.exchange import BundleRecord, BundleSummary
from desktop import background, files, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.exchange.overview import KIND_LABELS, bundle_state
from desktop.exchange.partner_dialogs import fingerprint_label
from desktop.exchange.sent_view import show_cover
from desktop.exchange.target_picker import size_text
from desktop.moments import moment
from desktop.widgets.basics import button, label


class RecordDialog(PlainDialog):
    """Particulars of a package; prints the cover of a sent one, writes the receipt of a received one again."""

    def __init__(self, context: AppContext, parent: QWidget, record: BundleRecord) -> None:
        kind = KIND_LABELS[record.direction, record.kind]
        super().__init__(parent, f"{kind}　第 {record.sequence} 包")
        self._context, self._record = context, record
        self.report_wanted = False
        self.body.addLayout(self._particulars())
        if record.kind == "archives" and record.direction == "sent":
            self.foot.addWidget(button("打印封面…", icon="printer", act=self.print_cover))
        elif record.kind == "archives":
            self.foot.addWidget(button("接收结果…", icon="file-text", act=self._ask_report))
            if not record.undone_at:
                self.foot.addWidget(button("重写回执…", icon="folder-output", act=self._write_receipt))
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", "primary", act=self.accept))

    def _particulars(self) -> QGridLayout:
        record = self._record
        today = date.fromisoformat(self._context.session.today)
        rows = (
            ("对方单位", record.partner_name),
            ("文件", record.file_name),
            ("内容", f"{record.archive_count:,} 户　附件 {record.attachment_count:,} 个　{size_text(record.payload_bytes)}"),
            ("办理", f"{moment(record.handled_at, today)}　经办人 {record.handled_by}"),
            ("状态", _state_text(record, today)),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for number, (caption, value) in enumerate(rows):
            grid.addWidget(label(caption, "secondary"), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(value, wrap=True), number, 1)
        grid.addWidget(label("指纹", "secondary"), len(rows), 0)
        grid.addWidget(fingerprint_label(record.fingerprint), len(rows), 1)
        grid.setColumnMinimumWidth(0, theme.sp(72))
        grid.setColumnStretch(1, 1)
        return grid

    def _ask_report(self) -> None:
        self.report_wanted = True
        self.accept()

    def print_cover(self) -> None:
        """Show the cover sheet for printing."""
        session, bundle_id = self._context.session, self._record.id
        background.run(
            self, lambda progress: exchange.bundle_summary(session, bundle_id), lambda summary: show_cover(self, summary)
        )

    def _write_receipt(self) -> None:
        folder = files.ask_folder(self, "把回执写到哪里")
        if folder is None:
            return
        session, bundle_id = self._context.session, self._record.id

        def done(summary: BundleSummary) -> None:
            self._context.changes.bundles_changed.emit()
            self._context.window.notify(f"回执已写好：{summary.file_name}")
            self.accept()

        background.run(
            self,
            lambda progress: exchange.write_receipt(session, bundle_id, folder, progress),
            done,
            title="正在写回执…",
        )


def _state_text(record: BundleRecord, today: date) -> str:
    state = bundle_state(record)[0]
    return f"{state}　{moment(record.receipted_at, today)}" if record.receipted_at else state
