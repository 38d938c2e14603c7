"""Read-only table rows: a column says how a row becomes text, colour and alignment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QResizeEvent

from desktop import theme
from desktop.widgets.column_widths import need_of, shared
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
    """Columns give way before a scroll bar would hide the last one; what they then cut is in the tool tip.

    A column whose texts are longer than it was given takes room from those whose texts are shorter.
    """

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        super().__init__()
        self._columns = list(columns)
        self._wanted = [column.width for column in columns]
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show *model*; other rows need other widths."""
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self._fit_rows_shown)

    def _fit_rows_shown(self) -> None:
        if not self.drawn_by_hand:
            self.fit()

    def fit(self) -> None:
        """Share the width there is: first from columns that need less than they have, then from the wide ones."""
        shown = [column for column in range(len(self._wanted)) if not self.isColumnHidden(column)]
        if not shown:
            return
        room = self.viewport().width() / theme.scale()
        wanted = {column: float(self._wanted[column]) for column in shown}
        needs = {column: need_of(self, column) for column in shown}
        firm = {column for column in shown if self._columns[column].firm}
        widths = self._squeezed(shared(wanted, needs, room, firm), room)
        if sum(widths.values()) > room:
            widths = self._squeezed(wanted, room)
        lacking = sum(widths.values()) - room
        if self._columns[shown[-1]].right and lacking < 0:
            # a figure would stand far away from the others: the words take what is left over
            widest = max(shown, key=lambda column: (not self._columns[column].right, widths[column]))
            widths[widest] -= lacking
        self.set_widths(widths)

    def _squeezed(self, widths: dict[int, float], room: float) -> dict[int, float]:
        """*widths* with what is lacking taken from the wide columns that need not keep theirs."""
        lacking = sum(widths.values()) - room
        spare = {at: 0.0 if self._columns[at].firm else max(0.0, width - _NARROW) for at, width in widths.items()}
        if lacking <= 0 or not sum(spare.values()):
            return widths
        share = min(1.0, lacking / sum(spare.values()))
        return {at: width - spare[at] * share for at, width in widths.items()}

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit to the new width."""
        super().resizeEvent(event)
        self.drawn_by_hand = False
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
