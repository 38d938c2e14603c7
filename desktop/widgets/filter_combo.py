"""Choice out of a list that filters by text and pinyin while one types; the list opens inside the window."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit

from desktop import theme
from desktop.widgets.drop_panel import DropPanel


def _matches(text: str, typed: str) -> bool:
    # imported late: loading the pinyin dictionary costs more than painting the sign-in window
    from db.domain import pinyin

    return not typed.strip() or pinyin.matches(text, typed)


def _rank(text: str, typed: str) -> int:
    """Options meant more likely come first: by their characters, then by the usual reading, then by any other."""
    from db.domain import pinyin

    wanted = typed.strip().lower()
    if text.lower().startswith(wanted):
        return 0
    usual = pinyin.initials(text).startswith(wanted) or pinyin.full(text).startswith(wanted)
    return 1 if usual else 2


class FilterCombo(QLineEdit):
    """Text field with a list below; text that fits no option stays as typed and `value` is None."""

    changed = Signal(object)  # chosen value or None

    def __init__(self, options: Sequence[tuple[Any, str]] = (), placeholder: str = "输入汉字或拼音首字母") -> None:
        super().__init__()
        self._options: list[tuple[Any, str]] = []
        self._shown: list[tuple[Any, str]] = []
        self._value: Any = None
        self.setPlaceholderText(placeholder)
        self._chevron = self.addAction(
            theme.icon("chevron-down", theme.SECONDARY), QLineEdit.ActionPosition.TrailingPosition
        )
        self._chevron.triggered.connect(self._toggle)
        self._model = QStringListModel()
        self._panel = DropPanel(self)
        self._panel.set_model(self._model)
        self._panel.picked.connect(self._pick)
        self.textEdited.connect(self._on_edit)
        self.set_options(options)

    def set_options(self, options: Sequence[tuple[Any, str]]) -> None:
        """Offer *options* as (value, label); the current value stays when it is still offered."""
        self._options = list(options)
        self._filter("")
        if self._value is not None and self._label_of(self._value) is None:
            self.set_value(None)

    def options(self) -> list[tuple[Any, str]]:
        """What is offered, as (value, label)."""
        return list(self._options)

    def has_options(self) -> bool:
        """Whether there is anything to choose from."""
        return bool(self._options)

    def value(self) -> Any:
        """The chosen value, None when the text is no option."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Choose *value* without telling listeners."""
        text = self._label_of(value)
        self._value = value if text is not None else None
        self.setText(text or "")
        self.setCursorPosition(0)

    def _label_of(self, value: Any) -> str | None:
        return next((text for option, text in self._options if option == value), None)

    def _filter(self, typed: str) -> None:
        self._shown = [option for option in self._options if _matches(option[1], typed)]
        if typed.strip():
            self._shown.sort(key=lambda option: _rank(option[1], typed))
        self._model.setStringList([text for _, text in self._shown])

    def _open(self, typed: str) -> None:
        self._filter(typed)
        self._panel.set_foot("" if self._shown else "没有这样的选项，请换个字或拼音")
        self._panel.open()
        at = next((row for row, (value, _) in enumerate(self._shown) if value == self._value), 0)
        if self._shown:
            self._panel.view.setCurrentIndex(self._model.index(at, 0))

    def _toggle(self) -> None:
        if self._panel.isVisible():
            self._panel.close_panel()
        elif not self.isReadOnly():
            self.setFocus()
            self._open("")

    def _on_edit(self, typed: str) -> None:
        self._open(typed)
        self._take(next((value for value, text in self._options if text == typed.strip()), None))

    def _pick(self, index: QModelIndex) -> None:
        value, text = self._shown[index.row()]
        self.setText(text)
        self.setCursorPosition(0)
        self._panel.close_panel()
        self._take(value)

    def _take(self, value: Any) -> None:
        if value != self._value:
            self._value = value
            self.changed.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys open and walk the list, Enter takes the marked row and is then passed on as 'next field'."""
        if self._panel.isVisible():
            if self._panel.take_key(event):
                # Enter goes up to the form, which leads to the next field
                event.setAccepted(event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter))
                return
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not self.isReadOnly():
            self._open("")
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tab takes the marked row before leaving; Escape closes only the list."""
        if isinstance(event, QKeyEvent) and self._panel.isVisible():
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
                self.take_marked()
        return super().event(event)

    def take_marked(self) -> None:
        """Take the marked row of the open list, if anything was typed."""
        current = self._panel.view.currentIndex()
        if self._panel.isVisible() and self.text().strip() and current.isValid():
            self._pick(current)

    def close_list(self) -> None:
        """Close the list, keeping what was typed."""
        self._panel.close_panel()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click shows the list."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.isReadOnly() and not self._panel.isVisible():
            self._open("")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close the list; a text that leaves exactly one option is that option."""
        self._panel.close_panel()
        self.settle()
        super().focusOutEvent(event)

    def settle(self) -> None:
        """Take the only option that the typed text leaves, if there is just one."""
        typed = self.text().strip()
        if self._value is None and typed:
            left = [option for option in self._options if _matches(option[1], typed)]
            if len(left) == 1:
                self.setText(left[0][1])
                self._take(left[0][0])

    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._panel.isVisible()

    def widen_list(self, width: int) -> None:
        """Show the list at least *width* wide, for fields narrower than their options."""
        self._panel.least_width = width
