"""What a package brings, household by household: groups at the left, then names, then the fields of the chosen one."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.services.exchange import PreviewItem
from desktop import theme
from desktop.exchange.preview_groups import Group, Line, duplicates_of, headline_of, lines_of, sentence_of
from desktop.widgets.basics import Card, EmptyState, Note, label
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


class PreviewBoard(QWidget):
    """The households of one package or receipt."""

    def __init__(self) -> None:
        super().__init__()
        self._receipt = False
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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._groups_card())
        row.addWidget(self._detail_card(), 1)
        self.setFocusProxy(self.group_table)
        self.group_table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_group(index))
        self.item_table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_item(index))

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
        roomy = event.size().width() >= theme.sp(ROOMY - 48)
        self.item_table.setColumnHidden(1, not roomy)
        self.item_table.setFixedWidth(theme.sp(304 if roomy else 130))

    def show_groups(self, groups: Sequence[Group], receipt: bool = False) -> None:
        """Show the groups, the first one with anything in it opened."""
        self._receipt = receipt
        self.groups.show_rows(groups)
        first = next((number for number, group in enumerate(groups) if group.count), 0)
        self.group_table.setCurrentIndex(self.groups.index(first, 0))

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
        if item is None:
            return
        self._name.setText(headline_of(item))
        told = (item.archive_number, item.office_name, sentence_of(item, self._receipt))
        self._sentence.setText("　".join(filter(None, told)))
        self._duplicates.setVisible(bool(item.duplicates))
        self._duplicates.show_text(duplicates_of(item), "warning")
        self.lines.show_rows(lines_of(item))
        self._line_table.setVisible(bool(self.lines.rows))
