"""Read-only table rows: a column says how a row becomes text, colour and alignment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QResizeEvent

from desktop import theme
from desktop.widgets.table import HouseTable

R = TypeVar("R")
AnyIndex = QModelIndex | QPersistentModelIndex
_NARROW = 72


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: caption, text of a row, width at the standard font, and the ink when it is not the usual one."""

    caption: str
    text: Callable[[R], str]
    width: int = 120
    ink: Callable[[R], str | None] | None = None
    right: bool = False
    bold: bool = False
    firm: bool = False
    """Whether the column keeps its width where there is little room."""


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


class FittedTable(HouseTable):
    """Columns give way before a scroll bar would hide the last one; what they then cut is in the tool tip."""

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        super().__init__()
        self._wanted = [column.width for column in columns]
        self._spare = [0 if column.firm else max(0, column.width - _NARROW) for column in columns]
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def fit(self) -> None:
        """Share the width there is: wide columns give more than narrow ones."""
        shown = [column for column in range(len(self._wanted)) if not self.isColumnHidden(column)]
        room = self.viewport().width() / theme.scale()
        lacking = sum(self._wanted[column] for column in shown) - room
        spare = sum(self._spare[column] for column in shown)
        share = min(1.0, max(0.0, lacking / spare)) if spare else 0.0
        for column in shown:
            self.setColumnWidth(column, theme.sp(self._wanted[column] - self._spare[column] * share))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit to the new width."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit to the new font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.model() is not None:
            self.fit()


def rows_table(model: RowsModel[R]) -> FittedTable:
    """A table in the house style that shows *model*, with its column widths."""
    table = FittedTable(model.columns)
    table.setModel(model)
    table.fit()
    return table
