"""The clipboard for one answer at a time: emptied after a minute and at the end, and kept out of clipboard histories."""

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

KEPT_MS = 60_000
_NOT_KEPT = {
    # Windows: neither in the history (Win+V) nor carried to other machines; KDE: as from a password safe
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"\0\0\0\0",
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': b"\0\0\0\0",
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': b"\0\0\0\0",
    "x-kde-passwordManagerHint": b"secret",
}


class PrivateClipboard(QObject):
    """Puts texts there and takes away what is still ours."""

    cleared = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEPT_MS)
        self._timer.timeout.connect(self.clear)

    def copy(self, text: str) -> None:
        """Put *text* there for a minute."""
        content = QMimeData()
        content.setText(text)
        for name, mark in _NOT_KEPT.items():
            content.setData(name, mark)
        QGuiApplication.clipboard().setMimeData(content)
        self._text = text
        self._timer.start()

    def clear(self) -> None:
        """Empty the clipboard, unless something else was copied meanwhile."""
        self._timer.stop()
        if self._text and QGuiApplication.clipboard().text() == self._text:
            QGuiApplication.clipboard().clear()
        if self._text:
            self._text = ""
            self.cleared.emit()
