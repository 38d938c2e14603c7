"""A pad to sign on with finger, mouse or pen; the drawing leaves it as a picture in memory."""

from itertools import pairwise
from math import hypot

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTabletEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme
from desktop.forms.attachment_panel import png_of

_INK = 2.6
"""Width of the line at the standard font."""
_LEAST = 60.0
"""Length of line, in pixels, below which it is a slip of the hand and no signature."""
_WIDTH = 900
_MARGIN = 0.06


class SignaturePad(QWidget):
    """Strokes drawn by hand."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.strokes: list[list[QPointF]] = []
        self._drawing = False
        self.setAccessibleName("签名板")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme.sp(200))
        # a finger is taken as the mouse: Qt makes mouse events of touches nobody accepts
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, False)

    def sizeHint(self) -> QSize:
        """Wide and low, as on paper."""
        return QSize(theme.sp(760), theme.sp(260))

    @property
    def is_signed(self) -> bool:
        """Whether more was drawn than a dot."""
        return sum(_length(stroke) for stroke in self.strokes) >= _LEAST

    def clear(self) -> None:
        """Begin anew."""
        self.strokes.clear()
        self._drawing = False
        self.update()
        self.changed.emit()

    # -- drawing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the pen down."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw."""
        if self._drawing:
            self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lift the pen."""
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen on the screen or on a tablet."""
        kind = event.type()
        if kind == QTabletEvent.Type.TabletPress:
            self._begin(event.position())
        elif kind == QTabletEvent.Type.TabletMove and self._drawing:
            self._go_on(event.position())
        elif kind == QTabletEvent.Type.TabletRelease:
            self._end()
        event.accept()

    def _begin(self, at: QPointF) -> None:
        self._drawing = True
        self.strokes.append([at])
        self.update()

    def _go_on(self, at: QPointF) -> None:
        self.strokes[-1].append(at)
        self.update()

    def _end(self) -> None:
        if self._drawing:
            self._drawing = False
            self.changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper, a line to sign on, and what is drawn."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(theme.PAGE))
        painter.setPen(QPen(QColor(theme.LINE_STRONG), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        base = self.height() * 0.76
        painter.setPen(QPen(QColor(theme.LINE), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(theme.sp(24), base), QPointF(self.width() - theme.sp(24), base))
        if not self.strokes:
            painter.setPen(QColor(theme.SECONDARY))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "请在这里用手指、鼠标或笔签名")
        self._draw(painter, theme.sp(100) * _INK / 100)

    def _draw(self, painter: QPainter, width: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        round_pen = QPen(QColor(theme.INK), width)
        round_pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        round_pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(round_pen)
        for stroke in self.strokes:
            painter.drawPath(_path(stroke))

    def png(self) -> bytes:
        """The signature on white, cut to its size."""
        box = QRectF()
        for stroke in self.strokes:
            for point in stroke:
                box = box.united(QRectF(point.x() - 1, point.y() - 1, 2, 2))
        edge = max(box.width(), box.height()) * _MARGIN + _INK
        box.adjust(-edge, -edge, edge, edge)
        scale = _WIDTH / box.width()
        image = QImage(_WIDTH, max(1, round(box.height() * scale)), QImage.Format.Format_RGB32)
        image.fill(QColor(theme.PAGE))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        painter.translate(-box.topLeft())
        self._draw(painter, _INK)
        painter.end()
        return png_of(image)


def _length(stroke: list[QPointF]) -> float:
    return sum(hypot(after.x() - before.x(), after.y() - before.y()) for before, after in pairwise(stroke))


def _path(stroke: list[QPointF]) -> QPainterPath:
    """A smooth line through the points; a single one is a dot."""
    path = QPainterPath(stroke[0])
    if len(stroke) == 1:
        path.lineTo(stroke[0] + QPointF(0.1, 0.1))
    for before, after in pairwise(stroke):
        path.quadTo(before, QPointF((before.x() + after.x()) / 2, (before.y() + after.y()) / 2))
    if len(stroke) > 1:
        path.lineTo(stroke[-1])
    return path
