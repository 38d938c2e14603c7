"""A view of 数据交换 with archives at the left and the one in hand at the right."""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.context import AppContext
from desktop.exchange.late_view import LateView
from desktop.widgets.basics import Card, EmptyState, PageHeader
from desktop.widgets.rows import Column, RowsModel, rows_table


class OfArchive(Protocol):
    """A row that is about an archive."""

    @property
    def archive_id(self) -> str:
        """Its id."""


R = TypeVar("R", bound=OfArchive)


class ListAndOneView(LateView, Generic[R]):
    """The list, its header, and what is shown where it is empty; a subclass builds and fills the right side."""

    def __init__(self, context: AppContext, title: str, columns: list[Column[R]], list_name: str, nothing: tuple[str, str]) -> None:
        super().__init__(context)
        self._title = title
        self._header = PageHeader(title)
        self._header.add_action("返回", self.left.emit)
        self.rows: RowsModel[R] = RowsModel(columns)
        self.table = rows_table(self.rows)
        self.table.setAccessibleName(list_name)
        self._stack = QStackedWidget()
        self._board = QHBoxLayout()
        board = QWidget()
        board.setLayout(self._board)
        self._board.setContentsMargins(0, 0, 0, 0)
        self._board.setSpacing(12)
        self._stack.addWidget(board)
        self._stack.addWidget(EmptyState(*nothing, "返回", self.left.emit))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.table)
        self.table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_at(index.row()))

    def lay_out(self, chosen: QWidget, *, width: int = 0, shares: tuple[int, int] = (0, 1)) -> None:
        """Put the list beside *chosen*: *width* wide, or with its share of the room."""
        listed = Card()
        if width:
            listed.setFixedWidth(width)
        listed.body.addWidget(self.table, 1)
        self._board.addWidget(listed, shares[0])
        self._board.addWidget(chosen, shares[1])

    def show_list(self, rows: Sequence[R], hint: str, wanted: str = "") -> None:
        """Show these rows with a *hint* beside the title, the archive *wanted* in hand, or the first one."""
        self.rows.show_rows(rows)
        self._header.set_texts(self._title, hint)
        self._stack.setCurrentIndex(0 if rows else 1)
        if rows:
            at = next((number for number, row in enumerate(rows) if row.archive_id == wanted), 0)
            self.table.selectRow(at)
            self._show_at(at)

    def row(self) -> R | None:
        """The one in hand."""
        return self.rows.row_at(self.table.currentIndex())

    def _show_at(self, number: int) -> None:
        if 0 <= number < len(self.rows.rows):
            self.show_row(self.rows.rows[number])

    def show_row(self, row: R) -> None:
        """Fill the right side."""

    def open_archive(self) -> None:
        """Show the whole archive in hand."""
        row = self.row()
        if row is not None:
            self._context.window.open_archive(row.archive_id)
