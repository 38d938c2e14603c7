"""收取数据包 · 预览: everything is verified and shown; nothing is stored before the clerk says so."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from db.services import exchange
from db.services.exchange import BundlePreview, ReceiveOutcome
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.preview_board import PreviewBoard
from desktop.exchange.preview_groups import groups_of, stored_count
from desktop.exchange.target_picker import size_text
from desktop.widgets.basics import Card, Icon, Note, PageHeader, button, label

TITLES = {"receipt": "读入回执", "visit_out": "收取外出包", "visit_back": "收取带回包"}


class ReceiveView(QWidget):
    """Shows a `BundlePreview`; stores it on demand."""

    left = Signal()
    received = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._preview: BundlePreview | None = None
        self._header = PageHeader("收取数据包 · 预览")
        self._strip = QHBoxLayout()
        self._warnings = Note("", "warning")
        self.board = PreviewBoard()
        self.groups, self.items, self.lines = self.board.groups, self.board.items, self.board.lines
        self.group_table, self.item_table = self.board.group_table, self.board.item_table
        self._hint = label("", "small")
        self._go = button("写入", "primary", act=self.receive)
        self._arrange()
        self.setFocusProxy(self.board)

    # layout

    def _arrange(self) -> None:
        strip = Card()
        strip.body.setContentsMargins(16, 10, 16, 10)
        self._strip.setSpacing(24)
        strip.body.addLayout(self._strip)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(strip)
        column.addWidget(self._warnings)
        column.addWidget(self.board, 1)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._hint)
        foot.addStretch(1)
        foot.addWidget(button("不收", act=self.left.emit))
        foot.addWidget(self._go)
        return foot

    # contents

    def show_preview(self, preview: BundlePreview) -> None:
        """Show a verified package or receipt."""
        self._preview = preview
        receipt = preview.kind == "receipt"
        self._header.set_texts(f"{TITLES.get(preview.kind, '收取数据包')} · 预览", "还没有写入任何数据")
        self._show_strip(preview)
        self._warnings.setVisible(bool(preview.warnings))
        self._warnings.show_text("\n".join(preview.warnings), "warning")
        count = stored_count(preview)
        go = f"写入 {count:,} 户并生成回执" if count else "生成回执"
        if preview.kind == "visit_out":  # the laptop owes the desk no receipt
            go = f"收下 {count:,} 户" if count else "收下"
        self._go.setText("读入回执" if receipt else go)
        self._hint.setText("" if receipt else "写入前自动备份一次；要么整包写入，要么什么都不改。")
        self.board.show_groups(groups_of(preview), receipt)

    def _show_strip(self, preview: BundlePreview) -> None:
        while self._strip.count():
            widget = self._strip.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        sequence = f"第 {preview.sequence} 包"
        if preview.kind == "receipt":
            sequence = f"对第 {preview.answered_sequence} 包的回执"
        facts: list[QWidget] = [label(preview.sender_name, "strong"), label(sequence), ticked("签名有效")]
        facts.append(label(f"指纹 {preview.fingerprint}"))
        facts.append(label(f"{preview.archive_count:,} 户"))
        if preview.attachment_count:
            facts.append(label(f"附件 {preview.attachment_count:,} 个"))
        facts.append(label(size_text(preview.payload_bytes)))
        facts.append(label(f"导出 {preview.created_at[:10]}", "secondary"))
        for fact in facts:
            self._strip.addWidget(fact)
        self._strip.addStretch(1)

    def _is_receipt(self) -> bool:
        return self._preview is not None and self._preview.kind == "receipt"

    # receiving

    def receive(self) -> None:
        """Store the package in one transaction and write its receipt."""
        preview, context = self._preview, self._context
        if preview is None:
            return

        def done(outcome: ReceiveOutcome) -> None:
            context.changes.archives_changed.emit(set())
            context.changes.bundles_changed.emit()
            self.received.emit(outcome)

        background.run(
            self,
            lambda progress: exchange.receive_bundle(
                context.session, preview.path, progress, expected_sha256=preview.payload_sha256
            ),
            done,
            title="正在读入回执…" if self._is_receipt() else f"正在写入 {stored_count(preview):,} 户…",
        )


def ticked(text: str) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    row.addWidget(Icon("circle-check", theme.GREEN, 16))
    caption: QLabel = label(text)
    row.addWidget(caption)
    return made
