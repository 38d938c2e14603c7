"""One paper at full size, in place: picture or PDF page, fitted or enlarged, turned, and the next one by arrow key."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPixmap, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from db.services.attachments import Attachment
from desktop import background
from desktop.widgets.basics import ElidedLabel, button, label, set_icon

PDF = "application/pdf"
PDF_SCALE = 2.0


def size_text(size: int) -> str:
    """A file size for people."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"


def details_of(paper: Attachment) -> str:
    """Size, original size when it was shrunk, who added it and when."""
    parts = [size_text(paper.size)]
    if paper.original_size:
        parts.append(f"原图 {paper.original_size}，已缩小")
    parts.append(f"{paper.added_at[:10]} {paper.added_by} 添加")
    return "　".join(parts)


def decode(media_type: str, content: bytes, page: int = 0, scale: float = PDF_SCALE) -> tuple[QImage, int]:
    """The picture (or PDF page *page*) and how many pages there are; runs off the UI thread."""
    if media_type != PDF:
        return QImage.fromData(content), 1
    from db.services.printing import page_count, render_page

    drawn = render_page(content, page, scale)
    image = QImage(drawn.pixels, drawn.width, drawn.height, drawn.stride, QImage.Format.Format_RGB32)
    return image.copy(), page_count(content)


class AttachmentViewer(QWidget):
    """Shows one paper; the panel hands over its content."""

    closed = Signal()
    turned = Signal(int)  # to the previous (-1) or next (1) paper

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._content = b""
        self._paper: Attachment | None = None
        self._page, self._pages, self._angle = 0, 1, 0
        self._fitted = True
        self._grabbed: QPoint | None = None
        self._name = ElidedLabel("", "strong")
        self._details = ElidedLabel("", "small")
        self._count = label("", "secondary")
        self._before = button("", "quiet", "chevron-left", lambda: self._turn_page(-1))
        self._after = button("", "quiet", "chevron-right", lambda: self._turn_page(1))
        self._before.setAccessibleName("上一页")
        self._after.setAccessibleName("下一页")
        self._zoom = button("放大", "quiet", "zoom-in", self._turn_zoom)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area = QScrollArea()
        self._area.setWidget(self._picture)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._arrange()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(button("返回　Esc", "", "chevron-left", self.closed.emit))
        head.addSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._details)
        head.addLayout(words, 1)
        for part in (self._before, self._count, self._after, self._zoom):
            head.addWidget(part)
        head.addWidget(button("旋转", "quiet", "rotate-cw", self._turn))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self._area, 1)

    def show_paper(self, paper: Attachment, content: bytes) -> None:
        """Show *paper*."""
        self._paper, self._content = paper, content
        self._page, self._angle, self._fitted = 0, 0, True
        self._name.set_whole(f"{paper.type_label}　{paper.name}")
        self._details.set_whole(details_of(paper))
        self._load()
        self.setFocus()

    def forget(self) -> None:
        """Keep nothing of the paper shown."""
        self._content, self._image = b"", QImage()
        self._picture.clear()

    def _load(self) -> None:
        paper, content, page = self._paper, self._content, self._page
        assert paper is not None
        background.run_quietly(self, lambda: decode(paper.media_type, content, page), self._take)

    def _take(self, drawn: tuple[QImage, int]) -> None:
        self._image, self._pages = drawn
        several = self._pages > 1
        for part in (self._before, self._after, self._count):
            part.setVisible(several)
        self._count.setText(f"{self._page + 1} / {self._pages}")
        self._draw()

    def _draw(self) -> None:
        if self._image.isNull():
            return
        image = self._image.transformed(QTransform().rotate(self._angle)) if self._angle else self._image
        if self._fitted:
            ratio = self.devicePixelRatioF()
            room = self._area.viewport().size() * ratio
            smooth = Qt.TransformationMode.SmoothTransformation
            image = image.scaled(room.boundedTo(image.size()), Qt.AspectRatioMode.KeepAspectRatio, smooth)
            image.setDevicePixelRatio(ratio)
        self._picture.setPixmap(QPixmap.fromImage(image))
        self._zoom.setText("放大" if self._fitted else "适合窗口")
        set_icon(self._zoom, "zoom-in" if self._fitted else "zoom-out")

    def _turn(self) -> None:
        self._angle = (self._angle + 90) % 360
        self._draw()

    def _turn_zoom(self) -> None:
        self._fitted = not self._fitted
        self._draw()

    def _turn_page(self, by: int) -> None:
        self._page = max(0, min(self._pages - 1, self._page + by))
        self._load()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape returns, arrows walk the papers, page keys the pages."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.turned.emit(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._turn_page(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Equal):
            self._turn_zoom()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of an enlarged picture."""
        self._grabbed = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it."""
        if self._grabbed is None or self._fitted:
            return
        moved = event.globalPosition().toPoint() - self._grabbed
        self._grabbed = event.globalPosition().toPoint()
        for bar, by in ((self._area.horizontalScrollBar(), moved.x()), (self._area.verticalScrollBar(), moved.y())):
            bar.setValue(bar.value() - by)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again."""
        super().resizeEvent(event)
        if self._fitted:
            self._draw()
