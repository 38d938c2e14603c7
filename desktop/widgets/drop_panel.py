"""List that opens below a text field inside the same window.

It is no popup window: input methods stop working when a popup takes the keyboard, and pinyin is how everybody types.
The focus stays in the text field, which passes the arrow keys on.
"""

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsDropShadowEffect, QLabel, QListView, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop import theme

ROWS_SHOWN = 8
FINGER_HIGH = 44
"""Height of a row below a field that is touched with a finger."""


class DropPanel(QFrame):
    """A floating list anchored to *anchor*."""

    picked = Signal(QModelIndex)

    def __init__(self, anchor: QWidget, row_height: int = 32) -> None:
        super().__init__(anchor)
        self._anchor = anchor
        self._row_height = row_height
        self.least_width = 0
        # once opened it belongs to the window, but it must go with its field
        anchor.destroyed.connect(self.deleteLater)
        self.setProperty("role", "floating")
        self.view = QListView()
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.clicked.connect(self.picked)
        self.foot = QLabel()
        self.foot.setProperty("role", "small")
        self.foot.setContentsMargins(8, 4, 8, 4)
        self.foot.setWordWrap(True)
        self.foot.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(0)
        column.addWidget(self.view)
        column.addWidget(self.foot)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 6)
        shadow.setColor(QColor(31, 35, 41, 50))
        self.setGraphicsEffect(shadow)
        self.hide()

    def set_model(self, model: QAbstractItemModel) -> None:
        """Show the rows of *model*."""
        if model.parent() is None:
            model.setParent(self)
        self.view.setModel(model)

    def set_foot(self, text: str) -> None:
        """Line below the rows, hidden when empty."""
        self.foot.setText(text)
        self.foot.setVisible(bool(text))

    def open(self) -> None:
        """Appear below (or, without room, above) the anchor, as high as the rows need."""
        window = self._anchor.window()
        if self.parentWidget() is not window:
            self._suit_fingers()
            self.setParent(window)
        self.setGeometry(self._wanted_geometry(window))
        self.raise_()
        if not self.isVisible():
            self.show()
            app = QApplication.instance()
            if app is not None:
                app.installEventFilter(self)

    def _suit_fingers(self) -> None:
        """Rows as high as a finger where the field stands among large targets."""
        above: QWidget | None = self._anchor
        while above is not None and not above.property("touch"):
            above = above.parentWidget()
        if above is not None:
            self._row_height = FINGER_HIGH
            self.setProperty("touch", True)

    def _wanted_geometry(self, window: QWidget) -> QRect:
        count = self.view.model().rowCount() if self.view.model() else 0
        self.view.setVisible(count > 0)
        foot = self._foot_height() if self.foot.text() else 0
        height = min(max(count, 0), ROWS_SHOWN) * theme.sp(self._row_height + 4) + foot + 10
        below = self._anchor.mapTo(window, QPoint(0, self._anchor.height() + 4))
        above = self._anchor.mapTo(window, QPoint(0, -4)).y() - height
        top = below.y() if below.y() + height <= window.height() or above < 0 else above
        width = max(self._anchor.width(), self.least_width)
        left = max(0, min(below.x(), window.width() - width - 4))
        return QRect(left, top, width, height)

    def _foot_height(self) -> int:
        self.foot.ensurePolished()  # before the first showing the style sheet has not yet set its font
        return self.foot.heightForWidth(max(1, self._anchor.width() - 10))

    def close_panel(self) -> None:
        """Disappear."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.hide()

    def step(self, rows: int) -> None:
        """Move the marked row."""
        model = self.view.model()
        count = model.rowCount() if model else 0
        if count:
            at = self.view.currentIndex().row()
            target = (0 if rows > 0 else count - 1) if at < 0 else max(0, min(count - 1, at + rows))
            self.view.setCurrentIndex(model.index(target, 0))

    def take_key(self, event: QKeyEvent) -> bool:
        """Handle a key of the text field while open; False when it is not for the list."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS_SHOWN, Qt.Key.Key_PageUp: -ROWS_SHOWN}
        key = Qt.Key(event.key())
        if key in steps:
            self.step(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.view.currentIndex().isValid():
            self.picked.emit(self.view.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close on a click elsewhere."""
        if event.type() == QEvent.Type.MouseButtonPress and isValid(self) and isinstance(event, QMouseEvent):
            at = event.globalPosition().toPoint()
            inside = any(
                isValid(part) and QRect(part.mapToGlobal(QPoint(0, 0)), part.size()).contains(at)
                for part in (self, self._anchor)
            )
            if not inside:
                self.close_panel()
        return False
