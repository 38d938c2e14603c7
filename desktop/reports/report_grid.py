"""A statistical table on screen: captions that wrap and stand in groups, totals in bold; arrow keys go from figure to figure."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from db.domain.reports.layout import Line, codes_in
from desktop import theme
from desktop.widgets.rows import Column, RowsModel
from desktop.widgets.table import PADDING, HouseTable

AnyIndex = QModelIndex | QPersistentModelIndex
_HEAD_LINES = 2
"""Lines a caption may take before its column gets wider; its unit has one of its own."""
_UNBROKEN = 4
"""Characters of a caption that stay in one line."""
_LEAST, _WIDEST_TEXT = 44, 420


class LinesModel(RowsModel[Line]):
    """The lines of a table; totals and headings are bold."""

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As of any rows, but for the weight."""
        if role == Qt.ItemDataRole.FontRole:
            return theme.font(bold=True) if self.rows[index.row()].is_strong or self.columns[index.column()].bold else None
        return super().data(index, role)


class GroupedHeader(QHeaderView):
    """Captions in as many lines as they need; neighbours of one group share a caption above them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._groups: list[str] = []

    def show_groups(self, groups: Sequence[str]) -> None:
        """The group above each column, empty for none."""
        self._groups = list(groups)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as the longest caption, and the groups above."""
        return QSize(super().sizeHint().width(), self._group_height() + self._caption_height())

    def _line(self) -> int:
        return self.fontMetrics().lineSpacing()

    def _group_height(self) -> int:
        return self._line() + theme.sp(8) if any(self._groups) else 0

    def _caption_height(self) -> int:
        found = [self._needed(at) for at in range(self.count())]
        return max([theme.sp(36), *(height + theme.sp(10) for height in found)])

    def _needed(self, section: int) -> int:
        room = QRect(0, 0, max(self.sectionSize(section) - 2 * theme.sp(PADDING), 1), 10_000)
        return self.fontMetrics().boundingRect(room, self._flags(section), self._caption(section)).height()

    def _caption(self, section: int) -> str:
        """The caption; a unit in brackets goes to a line of its own before it would be torn."""
        words = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        room = self.sectionSize(section) - 2 * theme.sp(PADDING)
        return words if self.fontMetrics().horizontalAdvance(words) <= room else words.replace("（", "\n（")

    def _flags(self, section: int) -> int:
        align = self.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        side = Qt.AlignmentFlag.AlignRight if align else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWrapAnywhere)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Ground, caption, and the part of the group's caption that lies above it."""
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, QColor(theme.GROUND))
        painter.setPen(QColor(theme.SECONDARY))
        painter.setFont(self.font())
        above = self._group_height() if self._group(section) else 0
        box = rect.adjusted(theme.sp(PADDING), above, -theme.sp(PADDING), 0)
        painter.drawText(box, self._flags(section), self._caption(section))
        if above:
            self._paint_group(painter, rect, section, above)
        painter.restore()

    def _group(self, section: int) -> str:
        return self._groups[section] if section < len(self._groups) else ""

    def _paint_group(self, painter: QPainter, rect: QRect, section: int, height: int) -> None:
        first = last = section
        while first > 0 and self._group(first - 1) == self._group(section):
            first -= 1
        while last + 1 < self.count() and self._group(last + 1) == self._group(section):
            last += 1
        left, end = self.sectionViewportPosition(first), self.sectionViewportPosition(last) + self.sectionSize(last)
        box = QRect(left, rect.top(), end - left, height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._group(section))
        inset = theme.sp(PADDING)
        painter.setPen(QColor(theme.LINE))
        painter.drawLine(left + inset, rect.top() + height, end - inset, rect.top() + height)


class ReportGrid(HouseTable):
    """Shows one table; columns are as wide as what stands in them, and share what room is left."""

    def __init__(self, columns: Sequence[Column[Line]], groups: Sequence[str]) -> None:
        super().__init__()
        self.lines = LinesModel(columns)
        self.header = GroupedHeader(self)
        self.setHorizontalHeader(self.header)
        self.header.setStretchLastSection(False)
        self.header.setSectionsClickable(False)
        self.setModel(self.lines)
        self.header.show_groups(groups)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("统计表")

    def show_lines(self, columns: Sequence[Column[Line]], lines: Sequence[Line], code: str) -> None:
        """Other figures in the same form, the figure *code* chosen."""
        self.lines.columns = list(columns)
        self.lines.show_rows(lines)
        self.fit()
        for row, line in enumerate(lines):
            for column, cell in enumerate(line.cells):
                if code in codes_in(cell):
                    self.setCurrentIndex(self.lines.index(row, column))
                    return

    def fit(self) -> None:
        """Give every column what it needs, and what is left by their widths on paper."""
        needs = [self._need(at) for at in range(self.lines.columnCount())]
        # as if there were a scroll bar, so that nothing moves when it comes
        spare = self.maximumViewportSize().width() - self.verticalScrollBar().sizeHint().width() - sum(needs)
        shares = [column.width for column in self.lines.columns]
        for at, need in enumerate(needs):
            self.setColumnWidth(at, need + (spare * shares[at] // sum(shares) if spare > 0 else 0))
        self.header.updateGeometry()
        self.updateGeometries()

    def _need(self, at: int) -> int:
        column, metrics = self.lines.columns[at], self.fontMetrics()
        bold = QFontMetrics(theme.font(bold=True))
        texts = [(bold if row.is_strong else metrics).horizontalAdvance(column.text(row)) for row in self.lines.rows]
        name, bracket, unit = column.caption.partition("（")
        whole = metrics.horizontalAdvance(name)
        half = whole if len(name) <= _UNBROKEN else whole // _HEAD_LINES + metrics.horizontalAdvance("一")
        widest = min(max([half, metrics.horizontalAdvance(bracket + unit), *texts]), theme.sp(_WIDEST_TEXT))
        return max(theme.sp(_LEAST), widest + 2 * theme.sp(PADDING) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit to the new font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.model() is not None:
            self.fit()
