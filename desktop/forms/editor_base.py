"""What every editor of a field can do, whatever its kind.

An editor knows nothing about rules: it shows an answer, tells what was typed, and says when it was entered, changed,
left, or when Enter asks for the next field. Text is taken as committed; nothing looks at a half-composed pinyin.
"""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from db.domain.form_schema import FieldSpec, Value

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
PASSING_FOCUS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class Answer(NamedTuple):
    """What stands in an editor: a chosen *value*, or a *text* still to be read."""

    value: Value = None
    text: str | None = None


class Editor(QWidget):
    """Base of all editors."""

    edited = Signal()
    entered = Signal()
    left = Signal()
    moved_on = Signal(int)  # 1: Enter, -1: Shift+Enter

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.spec = spec
        self._parts: list[QWidget] = []

    def watch(self, *parts: QWidget) -> None:
        """Follow focus and Enter of the widgets the clerk really types into."""
        for part in parts:
            self._parts.append(part)
            part.setAccessibleName(self.spec.label)
            part.installEventFilter(self)

    def answer(self) -> Answer:
        """What stands here now."""
        return Answer()

    def show_answer(self, value: Value, raw: str) -> None:
        """Show a value, or the text that could not be read; listeners are not told."""

    def set_read_only(self, read_only: bool) -> None:
        """A derived value is shown, not typed."""
        self.setEnabled(not read_only)

    def set_state(self, state: str) -> None:
        """Colour of the frame: error, warning or plain."""

    def start(self) -> None:
        """Put the cursor here."""
        part = self._parts[0]
        part.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(part, QLineEdit):
            part.selectAll()  # Qt does so only for a field that is on the screen already

    def keeps_enter(self, event: QKeyEvent) -> bool:
        """Whether Enter means something inside the editor."""
        return False

    def take_key(self, event: QKeyEvent) -> bool:
        """Handle a further key before the widget sees it."""
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell about focus, and turn Enter into 'next field'."""
        if isinstance(event, QFocusEvent):
            self._on_focus(event)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        return False

    def _on_focus(self, event: QFocusEvent) -> None:
        if event.gotFocus():
            self.entered.emit()
        elif event.reason() not in PASSING_FOCUS and not self._focus_stays():
            self.left.emit()

    def _focus_stays(self) -> bool:
        now = QApplication.focusWidget()
        return now is not None and self.isAncestorOf(now)

    def _on_key(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if event.key() in ENTER_KEYS and plain:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.moved_on.emit(-1)
            elif not self.keeps_enter(event):
                self.moved_on.emit(1)
            event.accept()  # a list that took its marked row has refused it; refused, it would go on to a dialog's button
            return True
        return self.take_key(event)
