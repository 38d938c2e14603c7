"""Options as joined buttons: 是/否, font sizes, filters with a few values."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

V = TypeVar("V")


class _Segment(QPushButton):
    """One of the buttons; leaves the arrow keys to the row, where Qt would go on to the next field."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass the arrow keys on."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)


class Segmented(QWidget, Generic[V]):
    """Joined buttons of which at most one is chosen; arrow keys walk, space chooses."""

    changed = Signal(object)  # the new value, or None when nothing is chosen

    def __init__(self, options: Sequence[tuple[V, str]], clearable: bool = False) -> None:
        super().__init__()
        self._clearable = clearable
        self._value: V | None = None
        self._buttons: list[tuple[V, QPushButton]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, (value, text) in enumerate(options):
            made = _Segment(text)
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setProperty("role", "segment")
            made.setProperty("edge", "first" if index == 0 else "last" if index == len(options) - 1 else "")
            made.clicked.connect(lambda _=False, chosen=value: self._on_click(chosen))
            row.addWidget(made)
            self._buttons.append((value, made))
        row.addStretch(1)
        self._set_tab_stop()

    def value(self) -> V | None:
        """The chosen value."""
        return self._value

    def set_value(self, value: V | None) -> None:
        """Choose *value* without telling listeners."""
        self._value = value
        for option, made in self._buttons:
            made.setChecked(value is not None and option == value)
        self._set_tab_stop()

    def _set_tab_stop(self) -> None:
        """Tab comes to the chosen button (the first one without a choice); the arrow keys do the rest."""
        stop = next((made for option, made in self._buttons if option == self._value), self._buttons[0][1])
        for _, made in self._buttons:
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if made is stop else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(stop)

    def button(self, value: V) -> QPushButton:
        """The button of *value*."""
        return next(made for option, made in self._buttons if option == value)

    def _on_click(self, value: V) -> None:
        chosen = None if self._clearable and value == self._value else value
        different = chosen != self._value
        self.set_value(chosen)
        if different:
            self.changed.emit(chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrow keys, choosing as one goes."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        values = [option for option, _ in self._buttons]
        at = values.index(self._value) if self._value in values else (-1 if step > 0 else len(values))
        target = values[max(0, min(len(values) - 1, at + step))]
        self.button(target).setFocus()
        if target != self._value:
            self._on_click(target)


class YesNo(Segmented[bool]):
    """是 / 否 as two buttons; clicking the chosen one again clears it."""

    def __init__(self) -> None:
        super().__init__([(True, "是"), (False, "否")], clearable=True)
