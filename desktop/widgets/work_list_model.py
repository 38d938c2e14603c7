"""The rows of a work list by its columns: text, sign and ink of each cell, fetched page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from desktop import theme
from desktop.widgets.paged_model import AnyIndex, PagedModel

R = TypeVar("R")
NOTHING = "--"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class WorkColumn(Generic[R]):
    """One column: caption, width at the standard font, text of a row, the order it sorts by (empty: none)."""

    caption: str
    width: int
    text: Callable[[R], str]
    order: str = ""
    right: bool = False
    """Whether it stands at the right, as figures do."""


class WorkListModel(PagedModel[R]):
    """What a query means, row by row."""

    columns: tuple[WorkColumn[R], ...] = ()

    def at(self, caption: str) -> int:
        """Which column is called *caption*."""
        return [column.caption for column in self.columns].index(caption)

    def sign(self, row: R, column: int) -> QIcon | None:
        """The sign before a cell's text."""
        return None

    def ink(self, row: R, column: int) -> QColor | None:
        """The colour of a cell's text; what says nothing is grey."""
        return QColor(theme.SECONDARY) if self.columns[column].text(row) == NOTHING else None

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Every column."""
        return len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Captions, over their column's side."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].right:
            return _RIGHT
        return self.columns[section].caption if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, side, sign, ink and tick."""
        row = self.row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[index.column()].text(row)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            return self.tick_state(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[index.column()].right:
            return _RIGHT
        if role == Qt.ItemDataRole.DecorationRole:
            return self.sign(row, index.column())
        return self.ink(row, index.column()) if role == Qt.ItemDataRole.ForegroundRole else None
