"""Rows of which some are ticked, such as the offices an answer goes to."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from desktop.widgets.rows import RowsModel

R = TypeVar("R")
AnyIndex = QModelIndex | QPersistentModelIndex


class TickRows(RowsModel[R]):
    """The first column carries the ticks."""

    ticks_changed = Signal()

    def show_rows(self, rows: Sequence[R]) -> None:
        """Replace the rows; nothing is ticked."""
        self.ticked: set[int] = set()
        super().show_rows(rows)
        self.ticks_changed.emit()

    def tick(self, rows: Iterable[int]) -> None:
        """Tick exactly these rows."""
        self.ticked = set(rows)
        self._tell()

    def turn(self, at: int) -> None:
        """Turn one tick over."""
        if 0 <= at < len(self.rows):
            self.ticked ^= {at}
            self._tell()

    def ticked_rows(self) -> list[R]:
        """The rows ticked, in their order."""
        return [row for at, row in enumerate(self.rows) if at in self.ticked]

    def _tell(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.ticks_changed.emit()

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As any row; the tick in the first column."""
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            return Qt.CheckState.Checked if index.row() in self.ticked else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a tick."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column():
            return False
        self.turn(index.row())
        return True


class TickList(QListWidget):
    """A short list of options to tick, each with a code."""

    def __init__(self, accessible_name: str) -> None:
        super().__init__()
        self.setAccessibleName(accessible_name)

    def show_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer *options*, code and caption; nothing is ticked."""
        self.clear()
        for code, caption in options:
            item = QListWidgetItem(caption, self)
            item.setData(Qt.ItemDataRole.UserRole, code)
            item.setCheckState(Qt.CheckState.Unchecked)

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(at) for at in range(self.count())]

    def tick(self, codes: Iterable[str]) -> None:
        """Tick exactly these."""
        wanted = set(codes)
        for item in self._items():
            ticked = item.data(Qt.ItemDataRole.UserRole) in wanted
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    def ticked(self) -> list[str]:
        """The codes ticked."""
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in self._items()
            if item.checkState() == Qt.CheckState.Checked
        ]
