"""Takes the pictures of the tour and looks for what a glance would miss: cut texts, a window forced larger than asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QAbstractAnimation, QPoint, QRect, Qt, QThreadPool, QTimer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QTableView,
    QWidget,
)

from desktop import background, messages
from desktop.widgets.basics import ElidedLabel

WIDTH, HEIGHT = 1366, 768
_STEP_SECONDS = 0.005
_PATIENCE_SECONDS = 0.2
_LONGEST_SECONDS = 15.0
_SOON_MS = 250
_ROWS_READ = 20
_DRAWN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.FontRole, Qt.ItemDataRole.ToolTipRole)
QUICK_KIND = "bmp"
"""The kind of file of quick pictures, whose saving costs a fifth."""


class Camera:
    """Saves one PNG per name into *out*, each name with *suffix*; *quick* pictures are grey bitmaps."""

    def __init__(self, out: Path, suffix: str = "", quick: bool = False) -> None:
        self._out, self._suffix, self._quick = out, suffix, quick
        self.taken: list[str] = []
        self.faults: list[str] = []
        out.mkdir(parents=True, exist_ok=True)

    def settle(self, widget: QWidget) -> QImage:
        """Wait until nothing is under way and *widget* looks the same twice in a row; how it looks then."""
        seen, picture = QImage(), QImage()
        end = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < end:
            _pump(_STEP_SECONDS)
            if _busy():
                continue
            before, seen = seen, _on_screen(widget)
            if seen != before:
                continue
            last, picture = picture, widget.grab().toImage()
            if picture in (seen, last) and not _about_to_act(widget):  # in this order, the cheapest first
                break
        return picture

    def take(self, name: str, window: QWidget, dialog: QWidget | None = None, keep_notice: bool = False) -> None:
        """Save *window*, with *dialog* over its middle."""
        if not keep_notice:
            messages.clear_notices(window)
        picture = self._look(window, dialog)
        cut = cut_texts(dialog or window)
        if cut:  # it may still be making room
            _pump(_PATIENCE_SECONDS)
            picture = self._look(window, dialog)
            cut = cut_texts(dialog or window)
        self._look_for_faults(name, window, cut)
        self.faults += [f"{name}{self._suffix}: {words}" for words in unreadable_cells(dialog or window)]
        self._save(name, picture)

    def _look(self, window: QWidget, dialog: QWidget | None) -> QImage:
        picture = self.settle(window)
        if dialog is not None:
            _lay_over(picture, self.settle(dialog))
        return picture

    def take_modal(self, name: str, window: QWidget, act: Callable[[], object]) -> None:
        """Call *act*, which opens a dialog and waits for it; take the picture and close the dialog."""
        seen: list[QWidget] = []

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if dialog is not None and dialog not in seen:
                seen.append(dialog)
                self.take(name, window, dialog)
                dialog.close()

        clock = QTimer()
        clock.setInterval(50)
        clock.timeout.connect(look)
        clock.start()
        act()
        end = time.monotonic() + _LONGEST_SECONDS
        while not seen and time.monotonic() < end:
            _pump(_STEP_SECONDS)
        clock.stop()
        if not seen:
            self.faults.append(f"{name}: no dialog came up")

    def take_sheet(self, name: str, image: QImage) -> None:
        """Save a printed page."""
        self._save(name, image)

    def _save(self, name: str, image: QImage) -> None:
        full = f"{name}{self._suffix}"
        if full in self.taken:
            raise ValueError(f"two pictures are called {full}")
        path = self._out / f"{full}.{QUICK_KIND if self._quick else 'png'}"
        if not (image.convertToFormat(QImage.Format.Format_Grayscale8) if self._quick else image).save(str(path)):
            raise OSError(f"cannot write {path}")
        self.taken.append(full)

    def _look_for_faults(self, name: str, window: QWidget, cut: list[str]) -> None:
        full = f"{name}{self._suffix}"
        if (window.width(), window.height()) != (WIDTH, HEIGHT):
            self.faults.append(f"{full}: the window became {window.width()} × {window.height()}")
        for text in cut:
            self.faults.append(f"{full}: no room for “{text}”")


def unreadable_cells(widget: QWidget) -> list[str]:
    """Cells of the tables in sight that cannot be drawn, in columns that are hidden as well: a clerk may bring them out."""
    found: list[str] = []
    tables: list[QTableView] = list(widget.findChildren(QTableView))
    for model in (table.model() for table in tables if table.isVisible() and table.model()):
        rows = range(min(model.rowCount(), _ROWS_READ))
        for index in (model.index(row, column) for row in rows for column in range(model.columnCount())):
            try:
                for role in _DRAWN:
                    index.data(role)
            except Exception as fault:  # noqa: BLE001 - whatever it is, the clerk would see an empty cell and a report of a fault
                found.append(f"column {index.column()} of {type(model).__name__}: {fault!r}")
    return sorted(set(found))


def _on_screen(widget: QWidget) -> QImage:
    """What the screen shows of *widget*, where nothing else can lie over it; nothing elsewhere.

    Copying it costs a tenth of painting it anew, which tells only in the end whether anything is still to be painted.
    """
    if not widget.isWindow() or QApplication.platformName() != "offscreen":
        return QImage()
    return widget.screen().grabWindow(widget.winId()).toImage()


def _pump(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)


def _busy() -> bool:
    app = QApplication.instance()
    pools: list[QThreadPool] = list(app.findChildren(QThreadPool)) if app else []
    return background.is_busy() or any(pool.activeThreadCount() for pool in pools)


def _about_to_act(widget: QWidget) -> bool:
    """Whether something on *widget* waits for a moment of quiet, as a search does while its words are typed, or glides."""
    timers: list[QTimer] = list(widget.findChildren(QTimer))
    if any(timer.isActive() and timer.isSingleShot() and timer.remainingTime() <= _SOON_MS for timer in timers):
        return True
    glides: list[QAbstractAnimation] = list(widget.findChildren(QAbstractAnimation))
    return any(glide.state() == QAbstractAnimation.State.Running for glide in glides)


def _lay_over(picture: QImage, dialog: QImage) -> None:
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor(31, 35, 41, 60))
    box = QRect(QPoint(0, 0), dialog.deviceIndependentSize().toSize())
    box.moveCenter(picture.rect().center())
    painter.drawImage(box.topLeft(), dialog)
    painter.setPen(QColor("#8F959E"))
    painter.drawRect(box.adjusted(-1, -1, 0, 0))
    painter.end()


def cut_texts(root: QWidget) -> list[str]:
    """Texts in sight that do not fit their label or button."""
    return [text for widget, text in _texts(root) if _is_cut(widget, text)]


def _texts(root: QWidget) -> Iterator[tuple[QWidget, str]]:
    """The texts of *root* and what stands on it; pages that lie behind the one in sight are not gone through."""
    if isinstance(root, (QLabel, QAbstractButton)) and root.text():
        yield root, root.text()
    for child in root.children():
        if isinstance(child, QWidget) and child.isVisible():
            yield from _texts(child)


def _is_cut(widget: QWidget, text: str) -> bool:
    if isinstance(widget, ElidedLabel):
        return False
    if isinstance(widget, QLabel):
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height() + 2
        lines = text.split("\n")
        room = widget.contentsRect()
        metrics = widget.fontMetrics()
        too_wide = max(metrics.horizontalAdvance(line) for line in lines) > room.width() + 1
        return too_wide or metrics.height() * len(lines) > room.height() + 4
    if isinstance(widget, (QPushButton, QRadioButton, QCheckBox)):
        elided_on_purpose = "…" in text and widget.toolTip() != ""
        return not elided_on_purpose and widget.sizeHint().width() > widget.width() + 1
    return False


def image_of_page(pixels: bytes, width: int, height: int, stride: int) -> QImage:
    """A rendered page as an image of its own."""
    return QImage(pixels, width, height, stride, QImage.Format.Format_RGB32).copy()


def press(root: QWidget, text: str) -> None:
    """Click the button that says *text*, as a clerk would."""
    buttons: list[QAbstractButton] = list(root.findChildren(QAbstractButton))
    for button in buttons:
        if button.isVisible() and button.isEnabled() and button.text().strip().startswith(text):
            button.click()
            return
    raise LookupError(f"no button says {text}")


def steady_cursor(app: QApplication) -> None:
    """A blinking cursor would make two pictures of the same thing differ."""
    app.setCursorFlashTime(0)
    app.setEffectEnabled(Qt.UIEffect.UI_AnimateCombo, False)
