"""收取数据包 · 预览: everything is verified and shown; nothing is stored before the clerk says so."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from db.services import exchange
from db.services.exchange import BundlePreview, PreviewItem, ReceiveOutcome
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.preview_groups import (
    Group,
    Line,
    duplicates_of,
    groups_of,
    headline_of,
    lines_of,
    sentence_of,
    stored_count,
)
from desktop.exchange.target_picker import size_text
from desktop.widgets.basics import Card, EmptyState, Icon, Note, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

ROOMY = 1100
_GROUP_COLUMNS: list[Column[Group]] = [
    Column("", lambda group: group.caption, 120),
    Column("", lambda group: f"{group.count:,}", 60, lambda group: group.ink if group.count else theme.SECONDARY,
           right=True, bold=True),
]  # fmt: skip
_ITEM_COLUMNS: list[Column[PreviewItem]] = [
    Column("姓名", lambda item: item.name or "--", 130),
    Column("档案编号", lambda item: item.archive_number, 172, lambda _: theme.SECONDARY, firm=True),
]
_LINE_COLUMNS: list[Column[Line]] = [
    Column("栏目", lambda line: line.caption, 170),
    Column("本单位现有", lambda line: line.here, 120, lambda _: theme.SECONDARY),
    Column("本包", lambda line: line.package, 200),
    Column("处理", lambda line: line.treatment, 90, firm=True),
]


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
        self.groups: RowsModel[Group] = RowsModel(_GROUP_COLUMNS)
        self.group_table = rows_table(self.groups)
        self.items: RowsModel[PreviewItem] = RowsModel(_ITEM_COLUMNS)
        self.item_table = rows_table(self.items)
        self.lines: RowsModel[Line] = RowsModel(_LINE_COLUMNS)
        self._line_table = rows_table(self.lines)
        self._board = QStackedWidget()
        self._name = label("", "section")
        self._sentence = label("", "secondary", wrap=True)
        self._duplicates = Note("", "warning")
        self._empty = EmptyState("inbox", "这一类里没有档案。")
        self._hint = label("", "small")
        self._go = button("写入", "primary", act=self.receive)
        self._arrange()
        self.setFocusProxy(self.group_table)
        self.group_table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_group(index))
        self.item_table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_item(index))

    # layout

    def _arrange(self) -> None:
        strip = Card()
        strip.body.setContentsMargins(16, 10, 16, 10)
        self._strip.setSpacing(24)
        strip.body.addLayout(self._strip)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._groups_card())
        middle.addWidget(self._detail_card(), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(strip)
        column.addWidget(self._warnings)
        column.addLayout(middle, 1)
        column.addLayout(self._foot())

    def _groups_card(self) -> Card:
        card = Card()
        card.setFixedWidth(theme.sp(216))
        self.group_table.horizontalHeader().hide()
        self.group_table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        card.body.addWidget(self.group_table, 1)
        return card

    def _detail_card(self) -> Card:
        card = Card()
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._name)
        column.addWidget(self._sentence)
        column.addWidget(self._duplicates)
        column.addWidget(self._line_table, 100)
        column.addStretch(1)
        filled = QWidget()
        row = QHBoxLayout(filled)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.item_table)
        row.addWidget(detail, 1)
        self._board.addWidget(filled)
        self._board.addWidget(self._empty)
        card.body.addWidget(self._board, 1)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the list of households shows names only."""
        super().resizeEvent(event)
        roomy = event.size().width() >= theme.sp(ROOMY)
        self.item_table.setColumnHidden(1, not roomy)
        self.item_table.setFixedWidth(theme.sp(304 if roomy else 130))

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
        self._header.set_texts("读入回执 · 预览" if receipt else "收取数据包 · 预览", "还没有写入任何数据")
        self._show_strip(preview)
        self._warnings.setVisible(bool(preview.warnings))
        self._warnings.show_text("\n".join(preview.warnings), "warning")
        count = stored_count(preview)
        self._go.setText("读入回执" if receipt else f"写入 {count:,} 户并生成回执" if count else "生成回执")
        self._hint.setText("" if receipt else "写入前自动备份一次；要么整包写入，要么什么都不改。")
        self.groups.show_rows(groups_of(preview))
        first = next((number for number, group in enumerate(self.groups.rows) if group.count), 0)
        self.group_table.setCurrentIndex(self.groups.index(first, 0))

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

    def _show_group(self, index: QModelIndex) -> None:
        group = self.groups.row_at(index)
        if group is None:
            return
        self.items.show_rows(group.items)
        self._board.setCurrentIndex(0 if group.items else 1)
        self._empty.sentence.setText(group.empty_sentence)
        if group.items:
            self.item_table.setCurrentIndex(self.items.index(0, 0))

    def _show_item(self, index: QModelIndex) -> None:
        item = self.items.row_at(index)
        if item is None or self._preview is None:
            return
        self._name.setText(headline_of(item))
        self._sentence.setText("　".join(filter(None, (item.archive_number, item.office_name, sentence_of(item, self._is_receipt())))))
        self._duplicates.setVisible(bool(item.duplicates))
        self._duplicates.show_text(duplicates_of(item), "warning")
        self.lines.show_rows(lines_of(item))
        self._line_table.setVisible(bool(self.lines.rows))

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
