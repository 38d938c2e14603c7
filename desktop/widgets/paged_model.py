"""Rows of a long list, fetched page by page as they come into sight; ticks for batch acts.

A hundred thousand rows cost no more than the pages looked at. Rows not fetched yet are blank for a moment.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop import background, messages

R = TypeVar("R")
AnyIndex = QModelIndex | QPersistentModelIndex
PAGE_ROWS = 100
_PAGES_KEPT = 60


class PagedModel(QAbstractTableModel, Generic[R]):
    """What a query means, row by row; the first column carries the tick."""

    ticks_changed = Signal()

    def __init__(self, owner: QWidget | None = None) -> None:
        super().__init__(owner)
        self._owner = owner
        self.count = 0
        self.ticked: set[str] = set()
        self._read: Callable[[int, int], list[R]] = lambda _offset, _limit: []
        self._pages: OrderedDict[int, list[R]] = OrderedDict()
        self._wanted: list[int] = []
        self._fetching = False
        self._generation = 0
        self._fetch_soon = QTimer(self)
        self._fetch_soon.setSingleShot(True)
        self._fetch_soon.setInterval(0)
        self._fetch_soon.timeout.connect(self._fetch_next)

    def belong_to(self, owner: QWidget) -> None:
        """Live with the page *owner*, which is there after its model."""
        self.setParent(owner)
        self._owner = owner

    # -- what a list of its own fills in

    def key_of(self, row: R) -> str:
        """What a tick holds on to."""
        raise AssertionError("abstract")

    def all_keys(self) -> list[str]:
        """Keys of every row the query means, in the order of the list."""
        raise AssertionError("abstract")

    # -- reading

    def show_pages(self, read: Callable[[int, int], list[R]], count_all: Callable[[], int]) -> None:
        """Show what *read* (offset, limit) yields; the first page is there at once."""
        first = read(0, PAGE_ROWS)
        count = len(first) if len(first) < PAGE_ROWS else count_all()
        self.beginResetModel()
        self._generation += 1
        self._read, self.count = read, count
        self._pages = OrderedDict({0: first})
        self._wanted.clear()
        self.endResetModel()

    def row(self, number: int) -> R | None:
        """Row *number*, None while its page is on the way."""
        page = self._pages.get(number // PAGE_ROWS)
        if page is None:
            self._want(number // PAGE_ROWS)
            return None
        self._pages.move_to_end(number // PAGE_ROWS)
        offset = number % PAGE_ROWS
        return page[offset] if offset < len(page) else None

    def _want(self, page: int) -> None:
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[:-4]  # what was scrolled past is wanted no more
        self._fetch_soon.start()

    def _fetch_next(self) -> None:
        if self._fetching or not self._wanted:
            return
        page, generation, read = self._wanted.pop(), self._generation, self._read
        self._fetching = True
        assert self._owner
        background.run_quietly(
            self._owner,
            lambda: read(page * PAGE_ROWS, PAGE_ROWS),
            lambda rows: self._take(page, generation, rows),
            self._on_failed,
        )

    def _on_failed(self, fault: BaseException) -> None:
        self._fetching = False
        assert self._owner
        messages.show_error(self._owner, fault)

    def _take(self, page: int, generation: int, rows: list[R]) -> None:
        self._fetching = False
        if generation == self._generation:
            self._pages[page] = rows
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
            last = min(self.count, (page + 1) * PAGE_ROWS) - 1
            self.dataChanged.emit(self.index(page * PAGE_ROWS, 0), self.index(last, self.columnCount() - 1))
        self._fetch_next()

    # -- ticks

    def tick_all(self) -> None:
        """Tick every row the filters leave, also those not in sight; what was ticked under other filters stays."""
        self._set_ticked(self.ticked.union(self.all_keys()))

    def untick_all(self) -> None:
        """Take the ticks of every row the filters leave away."""
        self._set_ticked(self.ticked.difference(self.all_keys()))

    def tick_none(self) -> None:
        """Take every tick away."""
        self._set_ticked(set())

    def ticked_ids(self) -> list[str]:
        """Keys of the ticked rows in the order of the list."""
        return [each for each in self.all_keys() if each in self.ticked]

    def _set_ticked(self, ticked: set[str]) -> None:
        self.ticked = ticked
        if self.count:
            self.dataChanged.emit(self.index(0, 0), self.index(self.count - 1, 0))
        self.ticks_changed.emit()

    def tick_state(self, row: R) -> Qt.CheckState:
        """Whether *row* is ticked."""
        return Qt.CheckState.Checked if self.key_of(row) in self.ticked else Qt.CheckState.Unchecked

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a tick."""
        row = self.row(index.row())
        if role != Qt.ItemDataRole.CheckStateRole or row is None:
            return False
        (self.ticked.add if Qt.CheckState(value) == Qt.CheckState.Checked else self.ticked.discard)(self.key_of(row))
        self.dataChanged.emit(index, index)
        self.ticks_changed.emit()
        return True

    def turn_tick(self, number: int) -> None:
        """Turn the tick of row *number* over."""
        row = self.row(number)
        if row is not None:
            ticked = self.tick_state(row) == Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
            self.setData(self.index(number, 0), state, Qt.ItemDataRole.CheckStateRole)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Every row the query means."""
        return 0 if parent.isValid() else self.count
