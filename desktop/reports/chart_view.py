"""A chart on screen, as a picture, and several on a page of paper."""

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPageLayout, QPageSize, QPainter, QPaintEvent, QPdfWriter
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme
from desktop.reports.chart_drawing import draw_chart
from desktop.reports.chart_model import Chart

_PICTURE = QSize(1600, 1000)
_PICTURE_TEXT = 28
_PAPER_DPI = 150
_PAPER_TEXT = 9.0
"""Points of the captions on paper."""


class ChartView(QWidget):
    """Draws one chart; what it says stands in the table beside it, for the keyboard and for readers of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.chart: Chart | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.sp(240), theme.sp(150))

    def show_chart(self, chart: Chart | None) -> None:
        """Draw another chart, or nothing."""
        self.chart = chart
        self.setAccessibleName(f"图：{chart.title}" if chart else "图")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        if self.chart is not None:
            painter = QPainter(self)
            try:
                draw_chart(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), self.chart, theme.font(13))
            finally:
                painter.end()  # a painter left open takes the program down with it


def picture(chart: Chart) -> QImage:
    """The chart with its title on white, for a PNG file."""
    made = QImage(_PICTURE, QImage.Format.Format_RGB32)
    made.fill(QColor(theme.PAGE))
    painter = QPainter(made)
    _titled(painter, QRectF(made.rect()).adjusted(48, 36, -48, -36), chart, _PICTURE_TEXT)
    painter.end()
    return made


def png_of(chart: Chart) -> bytes:
    """The same as the bytes of a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture(chart).save(buffer, "PNG")
    buffer.close()
    return bytes(data.data())


def _titled(painter: QPainter, area: QRectF, chart: Chart, pixels: float) -> None:
    head, plain = _font(pixels * 1.25, bold=True), _font(pixels)
    painter.setFont(head)
    painter.setPen(QColor(theme.INK))
    painter.drawText(QRectF(area.left(), area.top(), area.width(), pixels * 2), Qt.AlignmentFlag.AlignLeft, chart.title)
    draw_chart(painter, area.adjusted(0, pixels * 2.4, 0, 0), chart, plain)


def _font(pixels: float, bold: bool = False) -> QFont:
    made = theme.font(bold=bold)
    made.setPixelSize(max(1, round(pixels)))
    return made


def charts_pdf(title: str, charts: Sequence[Chart]) -> bytes:
    """The charts on a page of A4 lying on its side, two beside two; further ones on further pages."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setResolution(_PAPER_DPI)
    margins = QMarginsF(14, 14, 14, 14)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Landscape, margins, QPageLayout.Unit.Millimeter))
    painter = QPainter(writer)
    for start in range(0, len(charts), 4):
        if start:
            writer.newPage()
        _page(painter, QRectF(0, 0, writer.width(), writer.height()), title, charts[start : start + 4])
    painter.end()
    buffer.close()
    return bytes(data.data())


def _page(painter: QPainter, area: QRectF, title: str, charts: Sequence[Chart]) -> None:
    pixels = _PAPER_TEXT * _PAPER_DPI / 72
    painter.setFont(_font(pixels * 1.7, bold=True))
    painter.setPen(QColor(theme.INK))
    painter.drawText(QRectF(0, 0, area.width(), pixels * 3), int(Qt.AlignmentFlag.AlignCenter), title)
    top, gap = pixels * 4, pixels * 2
    across = 1 if len(charts) == 1 else 2
    down = 1 if len(charts) <= 2 else 2
    wide, high = (area.width() - gap * (across - 1)) / across, (area.height() - top - gap * (down - 1)) / down
    for at, chart in enumerate(charts):
        x, y = (at % across) * (wide + gap), top + (at // across) * (high + gap)
        _titled(painter, QRectF(x, y, wide, high), chart, pixels)
