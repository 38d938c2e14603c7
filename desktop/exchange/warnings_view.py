"""提醒核对: people of this office's archives whom the office above has seen elsewhere – without a word about where."""

from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from db.services import round_trip
from db.services.round_trip import OpenWarning
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.late_view import LateView
from desktop.widgets.basics import Card, EmptyState, Note, PageHeader
from desktop.widgets.rows import Column, RowsModel, rows_table

_COLUMNS: list[Column[OpenWarning]] = [
    Column("人", lambda row: row.person_name, 100, lambda _: theme.ACTION),
    Column("情况", lambda row: row.words, 280),
    Column("在哪一户", lambda row: f"{row.head_name or '--'}　{row.archive_number}", 250),
    Column("提醒的单位", lambda row: row.office_name, 170, lambda _: theme.SECONDARY),
    Column("日期", lambda row: row.issued_at[:10], 104, lambda _: theme.SECONDARY, firm=True),
]
_ADVICE = "请打电话向提醒的单位核实：是同一个人，就由一个单位建档；不是，请对方标记“不是同一人”，下一次下发后这里就不再提醒。"


class WarningsView(LateView):
    """The list; a line opens the archive."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._header = PageHeader("提醒核对")
        self.rows: RowsModel[OpenWarning] = RowsModel(_COLUMNS)
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("提醒核对")
        self._stack = QStackedWidget()
        board, nothing = QWidget(), Card()
        column = QVBoxLayout(board)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Note(_ADVICE, "action"))
        listed = Card()
        listed.body.addWidget(self.table, 1)
        column.addWidget(listed, 1)
        nothing.body.addWidget(EmptyState("users", "上级没有要核对的提醒。", "返回", self.left.emit), 1)
        self._stack.addWidget(board)
        self._stack.addWidget(nothing)
        self._header.add_action("返回", self.left.emit)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(12)
        outer.addWidget(self._header)
        outer.addWidget(self._stack, 1)
        self.setFocusProxy(self.table)
        self.table.opened.connect(self._open)
        self.table.clicked.connect(lambda index: self._open(index) if index.column() == 0 else None)

    def open_for(self, **arguments: Any) -> None:
        """Read the list again."""
        session = self._context.session
        background.run_quietly(self, lambda: round_trip.open_warnings(session), self.show_rows)

    def show_rows(self, rows: list[OpenWarning]) -> None:
        """Show these warnings."""
        self.rows.show_rows(rows)
        self._header.set_texts("提醒核对", f"{len(rows):,} 人" if rows else "")
        self._stack.setCurrentIndex(0 if rows else 1)

    def _open(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row is not None:
            self._context.window.open_archive(row.archive_id)
