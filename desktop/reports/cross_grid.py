"""A cross-table on screen: a line a row, the totals last; arrow keys go from cell to cell."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView

from db.domain.reports.cross_table import ALL_LABEL, CrossTable, Heading, Share
from desktop import theme
from desktop.widgets.rows import Column, RowsModel
from desktop.widgets.table import HouseTable

_CHARACTER, _DIGIT, _AROUND = 14, 9, 18
"""Width of a character of a caption and of a figure at the standard font, and of what is around them."""


class _Lines(RowsModel[Heading | None]):
    """The rows of a table; the totals are bold all along."""

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As of any rows, but for the weight."""
        if role == Qt.ItemDataRole.FontRole and self.rows[index.row()] is None:
            return theme.font(bold=True)
        return super().data(index, role)


class CrossGrid(HouseTable):
    """Shows one table at a time."""

    def __init__(self, first: int = 116, other: int = 56) -> None:
        super().__init__()
        self.made: CrossTable | None = None
        self._first, self._other = first, other
        self._share = Share.NONE
        self.lines: RowsModel[Heading | None] = _Lines([])
        self.setModel(self.lines)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setStretchLastSection(False)

    def show_table(self, table: CrossTable, share: Share = Share.NONE) -> None:
        """Show another table, or the same in other figures."""
        self.made, self._share = table, share
        columns = [Column(table.row_dimension.label, _caption, self._first, bold=True)]
        # what it all comes to stands first: in a wide table it must not have to be looked for
        columns.append(self._column(ALL_LABEL, None))
        columns += [self._column(item.label, item.code) for item in table.columns if table.column_dimension]
        self.lines.columns = columns
        self.lines.show_rows([*table.rows, None])
        self._fit()

    def _fit(self) -> None:
        """Give every column what it needs; what room is left goes to the figures alike, that they stand evenly."""
        columns = self.lines.columns
        needs = [theme.sp(self._width(item)) for item in columns]
        # as if there were a scroll bar, so that nothing moves when it comes
        spare = self.maximumViewportSize().width() - self.verticalScrollBar().sizeHint().width() - sum(needs)
        each = spare // (len(needs) - 1) if spare > 0 and len(needs) > 1 else 0
        for at, need in enumerate(needs):
            self.setColumnWidth(at, need + (each if at else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        if self.lines.columns:
            self._fit()

    def _width(self, column: Column[Heading | None]) -> int:
        """As wide as what stands in it: a year of months must not need more than it has to."""
        longest = max(len(column.text(row)) for row in self.lines.rows)
        if not column.right:
            return max(self._first, min(_CHARACTER * max(longest, len(column.caption)) + _AROUND, 2 * self._first))
        return max(self._other, _DIGIT * longest + _AROUND, _CHARACTER * len(column.caption) + _AROUND)

    def _column(self, caption: str, code: str | None) -> Column[Heading | None]:
        def words(row: Heading | None) -> str:
            assert self.made is not None
            return self.made.text(row.code if row else None, code, self._share)

        return Column(caption, words, right=True, bold=code is None)

    def cell_at(self, index: QModelIndex) -> tuple[str | None, str | None]:
        """Codes of row and column under *index*; None for all of them."""
        assert self.made is not None
        row = self.lines.rows[index.row()]
        columns: list[str | None] = [item.code for item in self.made.columns] if self.made.column_dimension else []
        place = index.column() - 2
        return row.code if row else None, columns[place] if 0 <= place < len(columns) else None


def _caption(row: Heading | None) -> str:
    return row.label if row else ALL_LABEL
