"""Read-only table rows: a column says how a row becomes text, colour and alignment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QResizeEvent

from desktop import theme
from desktop.widgets.table import PADDING, HouseTable

R = TypeVar("R")
AnyIndex = QModelIndex | QPersistentModelIndex
_NARROW = 72
_SIGN = 24
_MEASURED_ROWS = 60
"""So many rows say how much room a column needs; more would cost and change little."""


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
        self._by_hand = self._fitting = False
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().sectionResized.connect(lambda *_: self._note_hand())

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show *model*; other rows need other widths."""
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self._fit_rows_shown)

    def _note_hand(self) -> None:
        """Widths drawn with the mouse stay until the window changes."""
        self._by_hand = self._by_hand or (bool(QGuiApplication.mouseButtons()) and not self._fitting)

    def _fit_rows_shown(self) -> None:
        if not self._by_hand:
            self.fit()

    def fit(self) -> None:
        """Share the width there is: first from columns that need less than they have, then from the wide ones."""
        shown = [column for column in range(len(self._wanted)) if not self.isColumnHidden(column)]
        if not shown:
            return
        room = self.viewport().width() / theme.scale()
        wanted = {column: float(self._wanted[column]) for column in shown}
        needs = {column: self._need(column) for column in shown}
        firm = {column for column in shown if self._columns[column].firm}
        widths = self._squeezed(_shared(wanted, needs, firm, room), room)
        if sum(widths.values()) > room:
            widths = self._squeezed(wanted, room)
        lacking = sum(widths.values()) - room
        if self._columns[shown[-1]].right and lacking < 0:
            # a figure would stand far away from the others: the words take what is left over
            widest = max(shown, key=lambda column: (not self._columns[column].right, widths[column]))
            widths[widest] -= lacking
        self._fitting = True
        for column in shown:
            self.setColumnWidth(column, theme.sp(widths[column]))
        self._fitting = False

    def _squeezed(self, widths: dict[int, float], room: float) -> dict[int, float]:
        """*widths* with what is lacking taken from the wide columns that need not keep theirs."""
        lacking = sum(widths.values()) - room
        spare = {at: 0.0 if self._columns[at].firm else max(0.0, width - _NARROW) for at, width in widths.items()}
        if lacking <= 0 or not sum(spare.values()):
            return widths
        share = min(1.0, lacking / sum(spare.values()))
        return {at: width - spare[at] * share for at, width in widths.items()}

    def _need(self, column: int) -> float:
        """How wide the column must be, at the standard font, that nothing in it is cut."""
        model = self.model()
        caption = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        widest = self.horizontalHeader().fontMetrics().horizontalAdvance(caption)
        metrics = QFontMetrics(theme.font(bold=True)) if self._columns[column].bold else self.fontMetrics()
        before = 0
        for row in range(min(model.rowCount(), _MEASURED_ROWS)):
            index = model.index(row, column)
            widest = max(widest, metrics.horizontalAdvance(str(index.data() or "")))
            signs = (index.data(role) for role in (Qt.ItemDataRole.CheckStateRole, Qt.ItemDataRole.DecorationRole))
            before = before or _SIGN * sum(sign is not None for sign in signs)
        return before + (widest + 2) / theme.scale() + 2 * PADDING

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit to the new width."""
        super().resizeEvent(event)
        self._by_hand = False
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit to the new font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.model() is not None:
            self.fit()


def _shared(widths: dict[int, float], needs: dict[int, float], firm: set[int], room: float) -> dict[int, float]:
    """*widths* after those that are too narrow took what is free, and what others have too much of; *firm* ones keep theirs."""
    lacks = {column: max(0.0, needs[column] - width) for column, width in widths.items()}
    slack = {column: 0.0 if column in firm else max(0.0, width - needs[column]) for column, width in widths.items()}
    free = room - sum(widths.values())
    asked = sum(lacks.values()) - free  # what the others are to give up
    if asked <= 0:
        return {column: width + lacks[column] for column, width in widths.items()}
    given = min(1.0, asked / sum(slack.values())) if sum(slack.values()) else 0.0
    gain = max(0.0, free + sum(slack.values()) * given)
    met = min(1.0, gain / sum(lacks.values())) if sum(lacks.values()) else 0.0
    return {column: width - slack[column] * given + lacks[column] * met for column, width in widths.items()}


def rows_table(model: RowsModel[R]) -> FittedTable:
    """A table in the house style that shows *model*, with its column widths."""
    table = FittedTable(model.columns)
    table.setModel(model)
    table.fit()
    return table
