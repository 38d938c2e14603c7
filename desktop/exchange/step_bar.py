"""Where one stands in a short sequence: 1 选择文件 › 2 核对栏目 › 3 试导入 › 4 完成."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme

_GAP = 40


class StepBar(QWidget):
    """Draws the steps; past ones with a tick, the present one filled."""

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self._steps = list(steps)
        self._current = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_step(self, number: int) -> None:
        """Mark step *number*, from 0, as the present one."""
        self._current = number
        self.setAccessibleName(f"第 {number + 1} 步，共 {len(self._steps)} 步：{self._steps[number]}")
        self.update()

    def _width_of(self, step: str) -> int:
        metrics = self.fontMetrics()
        return theme.sp(30) + metrics.horizontalAdvance(step)

    def sizeHint(self) -> QSize:
        """Room for every step."""
        width = sum(self._width_of(step) for step in self._steps) + theme.sp(_GAP) * (len(self._steps) - 1)
        return QSize(width, theme.sp(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw circles, words and the lines between them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = 0.0, self.height() / 2
        for number, step in enumerate(self._steps):
            self._paint_circle(painter, QRectF(left, middle - theme.sp(11), theme.sp(22), theme.sp(22)), number)
            painter.setPen(QColor(theme.INK if number == self._current else theme.SECONDARY))
            painter.setFont(theme.font(bold=number == self._current))
            width = self._width_of(step)
            box = QRectF(left + theme.sp(30), 0, width, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, step)
            left += width
            if number + 1 < len(self._steps):
                painter.setPen(QColor(theme.LINE_STRONG))
                painter.drawLine(round(left + 10), round(middle), round(left + theme.sp(_GAP) - 8), round(middle))
                left += theme.sp(_GAP)
        painter.end()

    def _paint_circle(self, painter: QPainter, box: QRectF, number: int) -> None:
        reached = number <= self._current
        painter.setPen(QColor(theme.ACTION if reached else theme.LINE_STRONG))
        painter.setBrush(QColor(theme.ACTION if number == self._current else theme.PAGE))
        painter.drawEllipse(box)
        if number < self._current:
            side = theme.sp(14)
            drawn = theme.pixmap("check", theme.ACTION, side, self.devicePixelRatioF())
            painter.drawPixmap(round(box.center().x() - side / 2), round(box.center().y() - side / 2), drawn)
            return
        painter.setPen(QColor(theme.PAGE if number == self._current else theme.SECONDARY))
        painter.setFont(theme.font(12))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number + 1))
