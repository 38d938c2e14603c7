"""Pages of a PDF held in memory, drawn as they will print: scroll, zoom, fit to width or to the whole page.

Only pages in sight are drawn, so a batch of hundreds of forms opens at once.
"""

from collections import OrderedDict
from enum import Enum

from PySide6.QtCore import QPoint, QRect, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from db.services import printing
from desktop import theme

A4 = QSizeF(595.28, 841.89)
"""Size of most pages this program prints, in points; some lie on their long side."""
GAP = 16
_KEPT_PICTURES = 8
_POINTS_PER_INCH = 72
_SCREEN_DPI = 96
_LARGEST, _SMALLEST = 4.0, 0.2


class Fit(Enum):
    """How large a page is shown."""

    WIDTH = "width"
    PAGE = "page"
    FREE = "free"


def page_picture(pdf: bytes, number: int, width: int) -> QImage:
    """Page *number* as a picture *width* pixels wide."""
    page = printing.render_page(pdf, number, width / printing.page_size(pdf, number)[0])
    return QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32).copy()


def _within(box: QRect, picture: QImage) -> QRect:
    """Where a page lies in the room for one: pages of another shape than the first are shown smaller, whole."""
    size = picture.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    if abs(size.height() - box.height()) <= 2 and abs(size.width() - box.width()) <= 2:
        return box
    placed = QRect(QPoint(0, 0), size)
    placed.moveCenter(box.center())
    return placed


class PdfPages(QAbstractScrollArea):
    """Scrolling view of a PDF."""

    page_changed = Signal(int)  # number of the page in sight, from 0
    zoom_changed = Signal(float)  # 1.0 is the size on paper

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pdf, self._count, self._size = b"", 0, A4
        self._pictures: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self._fit, self._zoom, self._page = Fit.WIDTH, 1.0, 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)

    def show_pdf(self, pdf: bytes) -> None:
        """Show the pages of *pdf*."""
        self._pdf, self._count, self._page = pdf, printing.page_count(pdf), 0
        self._size = QSizeF(*printing.page_size(pdf)) if self._count else A4
        self._relayout()
        self.verticalScrollBar().setValue(0)

    def page_count(self) -> int:
        """Number of pages."""
        return self._count

    def page(self) -> int:
        """The page in sight, from 0."""
        return self._page

    def fit(self) -> Fit:
        """How large a page is shown."""
        return self._fit

    def set_fit(self, fit: Fit) -> None:
        """Fit the width or the whole page."""
        self._fit = fit
        self._relayout()

    def zoom_by(self, factor: float) -> None:
        """Show larger or smaller, keeping the middle of the view where it is."""
        bar = self.verticalScrollBar()
        middle = (bar.value() + self.viewport().height() / 2) / max(1, bar.maximum() + self.viewport().height())
        self._fit = Fit.FREE
        self._zoom = max(_SMALLEST, min(_LARGEST, self._zoom * factor))
        self._relayout()
        bar.setValue(round(middle * (bar.maximum() + self.viewport().height()) - self.viewport().height() / 2))

    def show_page(self, number: int) -> None:
        """Scroll to page *number*, from 0."""
        number = max(0, min(self._count - 1, number))
        self.verticalScrollBar().setValue(number * self._pitch() + GAP // 2)

    # geometry

    def _page_size(self) -> QSize:
        return (self._size * (self._zoom * _SCREEN_DPI / _POINTS_PER_INCH)).toSize()

    def _pitch(self) -> int:
        """Distance from the top of one page to the top of the next."""
        return self._page_size().height() + GAP

    def _relayout(self) -> None:
        if self._fit is not Fit.FREE:
            by_width = (self.viewport().width() - 2 * GAP) / self._size.width()
            by_height = (self.viewport().height() - 2 * GAP) / self._size.height()
            wanted = by_width if self._fit is Fit.WIDTH else min(by_width, by_height)
            self._zoom = max(_SMALLEST, min(_LARGEST, wanted * _POINTS_PER_INCH / _SCREEN_DPI))
        self._set_ranges()
        self._pictures.clear()
        self.viewport().update()
        self.zoom_changed.emit(self._zoom)

    def _set_ranges(self) -> None:
        view = self.viewport()
        width, height = self._page_size().width() + 2 * GAP, self._count * self._pitch() + GAP
        for bar, length, shown in (
            (self.horizontalScrollBar(), width, view.width()),
            (self.verticalScrollBar(), height, view.height()),
        ):
            bar.setRange(0, max(0, length - shown))
            bar.setPageStep(shown)
            bar.setSingleStep(theme.sp(48))

    def _box_of(self, number: int) -> QRect:
        size = self._page_size()
        overall = max(self.viewport().width(), size.width() + 2 * GAP)
        left = (overall - size.width()) // 2 - self.horizontalScrollBar().value()
        return QRect(QPoint(left, GAP + number * self._pitch() - self.verticalScrollBar().value()), size)

    def _on_scroll(self) -> None:
        middle = self.verticalScrollBar().value() + self.viewport().height() // 2
        at = max(0, min(self._count - 1, (middle - GAP // 2) // self._pitch()))
        if at != self._page:
            self._page = at
            self.page_changed.emit(at)

    # painting

    def _picture(self, number: int, width: int) -> QImage:
        key = (number, width)
        if key not in self._pictures:
            self._pictures[key] = page_picture(self._pdf, number, width)
            while len(self._pictures) > _KEPT_PICTURES:
                self._pictures.popitem(last=False)
        self._pictures.move_to_end(key)
        return self._pictures[key]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pages in sight."""
        view = self.viewport()
        painter = QPainter(view)
        painter.fillRect(view.rect(), QColor(theme.GROUND))
        ratio = view.devicePixelRatioF()
        first = max(0, (self.verticalScrollBar().value() - GAP) // self._pitch())
        for number in range(first, self._count):
            box = self._box_of(number)
            if box.top() > view.height():
                break
            picture = self._picture(number, round(box.width() * ratio))
            box = _within(box, picture)
            painter.drawImage(box, picture)
            painter.setPen(QColor(theme.LINE))
            painter.drawRect(box.adjusted(-1, -1, 0, 0))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again."""
        super().resizeEvent(event)
        self._relayout()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and wheel zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1.15 if event.angleDelta().y() > 0 else 1 / 1.15)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page keys turn pages, plus and minus zoom."""
        steps = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self.show_page(self._page + steps[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.show_page(0 if key == Qt.Key.Key_Home else self._count - 1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.15)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / 1.15)
        else:
            super().keyPressEvent(event)
