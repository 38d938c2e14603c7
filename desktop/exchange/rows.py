"""Read-only table rows: a column says how a row becomes text, colour and alignment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from desktop import theme
from desktop.widgets.table import HouseTable

R = TypeVar("R")
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: caption, text of a row, width at the standard font, and the ink when it is not the usual one."""

    caption: str
    text: Callable[[R], str]
    width: int = 120
    ink: Callable[[R], str | None] | None = None
    right: bool = False
    bold: bool = False


class RowsModel(QAbstractTableModel, Generic[R]):
    """A list of things as a table."""

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        super().__init__()
        self.columns = list(columns)
        self.rows: list[R] = []

    def show_rows(self, rows: Sequence[R]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Captions, over their column's side."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].caption
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, ink, side, and the whole text as tool tip."""
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.text(row)
        if role == Qt.ItemDataRole.ForegroundRole and column.ink is not None:
            ink = column.ink(row)
            return QColor(ink) if ink else None
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight
        if role == Qt.ItemDataRole.FontRole and column.bold:
            return theme.font(bold=True)
        return None

    def row_at(self, index: AnyIndex) -> R | None:
        """The row under *index*."""
        return self.rows[index.row()] if index.isValid() and index.row() < len(self.rows) else None


def rows_table(model: RowsModel[R]) -> HouseTable:
    """A table in the house style that shows *model*, with its column widths."""
    table = HouseTable()
    table.setModel(model)
    table.set_widths({index: column.width for index, column in enumerate(model.columns)})
    return table
