"""The paper beside the fields: as it will print, live, with the present field marked; a click leads to the field.

Drawing the PDF and its picture happens off the UI thread; while one is under way, further changes wait for one next.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEasingCurve, QEvent, QPoint, QPointF, QPropertyAnimation, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolTip, QVBoxLayout, QWidget

from db.domain.archive_form import ARCHIVE_FORM
from desktop import background, theme
from desktop.widgets.basics import button, label, set_icon

if TYPE_CHECKING:
    from db.services.printing import CellBox, FormPages, PageImage

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
READING_SCALE = 1.4
"""Pixels per point at which the smallest print of the form can be read."""
REDRAW_MS = 120
PAGE_GAP = 12
_MARK = QColor(255, 238, 170)


Compose = Callable[[], "Callable[[], FormPages]"]
"""Called in the UI thread to take the content as it stands; what it returns composes the pages elsewhere."""


class _Drawn(NamedTuple):
    pages: "FormPages"
    scale: float
    images: list[QImage]


def image_of(picture: "PageImage") -> QImage:
    """A rendered page as an image that owns its pixels."""
    image = QImage(picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32)
    return image.copy()


class PaperSheet(QWidget):
    """The pages one below the other, the marked cell, and what the mouse does on them."""

    clicked = Signal(object)  # cell
    dragged = Signal(QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._pages: FormPages | None = None
        self._images: list[QImage] = []
        self._scale = 1.0
        self._marked: list[CellBox] = []
        self._pressed_at: QPoint | None = None
        self._dragging = False
        self.setMouseTracking(True)

    def show_pages(self, pages: "FormPages", images: list[QImage], scale: float) -> None:
        """Show rendered pages at *scale* pixels per point."""
        self._pages, self._images, self._scale = pages, images, scale
        height = (PAGE_HEIGHT * scale + PAGE_GAP) * len(images) - PAGE_GAP
        self.setFixedSize(round(PAGE_WIDTH * scale), round(height))
        self.update()

    def mark(self, cells: "list[CellBox]") -> None:
        """Mark the cells of the present field."""
        self._marked = cells
        self.update()

    def box(self, cell: "CellBox") -> QRectF:
        """Where *cell* stands in the widget."""
        top = cell.page * (PAGE_HEIGHT * self._scale + PAGE_GAP)
        scale = self._scale
        return QRectF(cell.x * scale, top + cell.y * scale, cell.w * scale, cell.h * scale)

    def cell_at(self, point: QPointF) -> "CellBox | None":
        """The smallest cell under *point*: choices stand inside larger ones."""
        if self._pages is None:
            return None
        hit = [cell for cell in self._pages.cells if self.box(cell).contains(point)]
        return min(hit, key=lambda cell: cell.w * cell.h, default=None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pages and the mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        width, height = PAGE_WIDTH * self._scale, PAGE_HEIGHT * self._scale
        for number, image in enumerate(self._images):
            page = QRectF(0, number * (height + PAGE_GAP), width, height)
            if page.intersects(QRectF(event.rect())):
                painter.drawImage(page, image)
                painter.setPen(QColor(theme.LINE))
                painter.drawRect(page.adjusted(0, 0, -1, -1))
        for cell in self._marked:
            box = self.box(cell)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
            painter.fillRect(box, _MARK)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            painter.setPen(QPen(QColor(theme.ACTION), 1.5))
            painter.drawRect(box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click jumps, a drag moves the paper."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at, self._dragging = event.globalPosition().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the paper under the hand."""
        if self._pressed_at is None:
            over = self.cell_at(event.position())
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.OpenHandCursor)
            return
        moved = event.globalPosition().toPoint() - self._pressed_at
        if self._dragging or moved.manhattanLength() > 4:
            self._dragging = True
            self._pressed_at = event.globalPosition().toPoint()
            self.dragged.emit(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which cell was clicked."""
        pressed, self._pressed_at = self._pressed_at, None
        cell = self.cell_at(event.position())
        if pressed is not None and not self._dragging and cell is not None:
            self.clicked.emit(cell)

    def event(self, event: QEvent) -> bool:
        """The caption of the cell as tool tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), caption_of(cell) if cell else "", self)
            return True
        return super().event(event)


def caption_of(cell: "CellBox") -> str:
    """Caption of the field in a cell."""
    if cell.field == "attachments":
        return "附件"
    member = cell.member_index is not None
    return (ARCHIVE_FORM.member_field if member else ARCHIVE_FORM.field)(cell.field).label


class PaperView(QFrame):
    """The right column: head with zoom and fold, and the paper."""

    field_clicked = Signal(str, object)  # field key, member index or None
    fold_wanted = Signal()

    def __init__(self, compose: Compose) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._compose = compose
        self._drawn: _Drawn | None = None
        self._at: tuple[str, int | None] = ("", None)
        self._whole = False
        self._busy = self._stale = False
        self.sheet = PaperSheet()
        self.sheet.clicked.connect(lambda cell: self.field_clicked.emit(cell.field, cell.member_index))
        self.sheet.dragged.connect(self._drag)
        self.area = QScrollArea()
        self.area.setWidget(self.sheet)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._zoom = button("整页", "quiet", "zoom-out", self.turn_zoom)
        self._fold = button("收起", "quiet", "panel-right-close", self.fold_wanted.emit)
        self._fold.setToolTip("收起或打开表样　F9")
        self._scale_text = label("", "small")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self._redraw)
        self._glides = [self._glide(name) for name in ("horizontal", "vertical")]
        self._arrange()

    def _glide(self, name: str) -> QPropertyAnimation:
        bar = self.area.horizontalScrollBar() if name == "horizontal" else self.area.verticalScrollBar()
        glide: QPropertyAnimation = QPropertyAnimation(bar, b"value", self)
        glide.setDuration(180)
        glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        return glide

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(label("表样", "section"))
        head.addSpacing(4)
        head.addWidget(label("点任一格跳到该项", "small"))
        head.addStretch(1)
        head.addWidget(self._scale_text)
        for made in (self._zoom, self._fold):
            made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            head.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.area, 1)

    # -- what is shown

    def refresh(self) -> None:
        """The form changed: draw it again soon."""
        if self.isVisible():
            self._timer.start()
        else:
            self._stale = True

    def show_field(self, field: str, member_index: int | None) -> None:
        """Mark a field and bring it into view."""
        self._at = (field, member_index)
        self._mark()

    def turn_zoom(self) -> None:
        """Between the whole sheet and a size that can be read."""
        self._whole = not self._whole
        self._zoom.setText("放大" if self._whole else "整页")
        set_icon(self._zoom, "zoom-in" if self._whole else "zoom-out")
        self._redraw()

    def cells(self) -> list["CellBox"]:
        """Where the fields stand on the sheet shown; empty until it is drawn."""
        return self._drawn.pages.cells if self._drawn else []

    def _wanted_scale(self) -> float:
        room = self.area.viewport().size()
        if self._whole:
            return max(0.3, min(room.width() / PAGE_WIDTH, room.height() / PAGE_HEIGHT))
        return max(READING_SCALE * theme.scale(), room.width() / PAGE_WIDTH)

    # -- drawing

    def _redraw(self) -> None:
        self._timer.stop()
        if self._busy or not self.isVisible():
            self._stale = True
            return
        self._busy, self._stale = True, False
        scale, ratio = self._wanted_scale(), self.devicePixelRatioF()
        compose = self._compose()

        def work() -> _Drawn:
            # imported here: the print fonts take a moment, and typing need not wait for them
            from db.services.printing import render_page

            pages = compose()
            pictures = [render_page(pages.pdf, number, scale * ratio) for number in range(pages.page_count)]
            return _Drawn(pages, scale, [image_of(picture) for picture in pictures])

        background.run_quietly(self, work, self._on_drawn, self._on_broken)

    def _on_drawn(self, drawn: _Drawn) -> None:
        self._busy = False
        first = self._drawn is None or self._drawn.scale != drawn.scale
        self._drawn = drawn
        self.sheet.show_pages(drawn.pages, drawn.images, drawn.scale)
        self._scale_text.setText(f"{round(drawn.scale * 100)}%")
        self._mark(at_once=first)
        if self._stale:
            self._redraw()

    def _on_broken(self, fault: BaseException) -> None:
        # a paper that cannot be drawn must not keep anybody from typing
        self._busy = False
        self._scale_text.setText("表样暂时画不出来")
        self._scale_text.setToolTip(type(fault).__name__)

    def _mark(self, *, at_once: bool = False) -> None:
        if self._drawn is None:
            return
        field, member_index = self._at
        cells = [cell for cell in self._drawn.pages.cells if cell.field == field and cell.member_index == member_index]
        if not cells and field:
            cells = [cell for cell in self._drawn.pages.cells if cell.field == field][:1]
        self.sheet.mark(cells)
        if cells:
            self._bring_into_view(self.sheet.box(cells[0]), at_once)

    def _bring_into_view(self, box: QRectF, at_once: bool) -> None:
        room: QSize = self.area.viewport().size()
        targets = (
            round(box.center().x() - room.width() / 2),
            round(box.center().y() - room.height() * 0.4),
        )
        bars = (self.area.horizontalScrollBar(), self.area.verticalScrollBar())
        for bar, target, glide in zip(bars, targets, self._glides, strict=True):
            target = max(bar.minimum(), min(bar.maximum(), target))
            glide.stop()
            if at_once or abs(target - bar.value()) < 4:
                bar.setValue(target)
            else:
                glide.setEndValue(target)
                glide.start()

    def _drag(self, by: QPoint) -> None:
        for bar, step in ((self.area.horizontalScrollBar(), by.x()), (self.area.verticalScrollBar(), by.y())):
            bar.setValue(bar.value() - step)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while nobody looked."""
        super().showEvent(event)
        self._timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width is another size of the whole sheet."""
        super().resizeEvent(event)
        if self._drawn is not None and abs(self._wanted_scale() - self._drawn.scale) > 0.01:
            self._timer.start()
