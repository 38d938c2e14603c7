"""Area that takes a file by drop, click or key."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QVBoxLayout

from desktop import theme
from desktop.widgets.basics import Icon, button, label

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".et")


def dropped_file(mime: QMimeData) -> Path | None:
    """The one local file that is dropped; None for several or for anything else."""
    urls = mime.urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def dropped_paths(mime: QMimeData) -> list[Path]:
    """All local files and folders that are dropped."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


class FileDrop(QFrame):
    """Dashed area with an icon, a sentence and a button."""

    def __init__(self, sentence: str, hint: str, choose: Callable[[], object], take: Callable[[Path], object]) -> None:
        super().__init__()
        self._take = take
        self._over = False
        self.setAcceptDrops(True)
        self.setMinimumHeight(theme.sp(170))
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(Icon("file-spreadsheet", theme.ACTION, 40), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label(sentence, "section"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label(hint, "secondary"), 0, Qt.AlignmentFlag.AlignHCenter)
        self.choose = button("选择文件…", "primary", act=choose)
        self.setFocusProxy(self.choose)
        column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome one file."""
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._mark(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Back to rest."""
        self._mark(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the file."""
        self._mark(False)
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self._take(path)

    def _mark(self, over: bool) -> None:
        self._over = over
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dashed border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.ACTION if self._over else theme.LINE_STRONG), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.ACTION_TINT if self._over else theme.PAGE))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()
