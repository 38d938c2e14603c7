"""Editors for what is typed: one line, several lines."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit

from db.domain.field_kinds import format_value, group_digits
from db.domain.form_schema import FieldKind, FieldSpec, Value
from desktop import theme
from desktop.forms.editor_base import ENTER_KEYS, Answer, Editor
from desktop.widgets.basics import set_role

_GROUPS = {
    FieldKind.ID_NUMBER: (6, 8, 4),
    FieldKind.PHONE: (3, 4, 4),
    FieldKind.BANK_ACCOUNT: (4,),
}
_PAST, _AHEAD = "年-月-日，如 1980-1-1", "年-月-日，如 2030-9-30"


def written(spec: FieldSpec, value: Value) -> str:
    """A value as it stands in its field: numbers grouped for reading against the card."""
    if isinstance(value, str) and spec.kind in _GROUPS:
        return group_digits(value, *_GROUPS[spec.kind])
    return format_value(spec, value)


class LineEditor(Editor):
    """One line of text, a number, a date."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.line = QLineEdit()
        if spec.kind is FieldKind.DATE:
            self.line.setPlaceholderText(_AHEAD if spec.may_lie_ahead else _PAST)
        if spec.kind in (FieldKind.MONEY, FieldKind.AREA):
            self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        self.setFocusProxy(self.line)
        self.watch(self.line)
        # textEdited tells about committed text only, never about letters still in the input method
        self.line.textEdited.connect(lambda: self.edited.emit())

    def answer(self) -> Answer:
        return Answer(text=self.line.text())

    def show_answer(self, value: Value, raw: str) -> None:
        text = raw or written(self.spec, value)
        if text != self.line.text():
            self.line.setText(text)
            self.line.setCursorPosition(0)

    def set_read_only(self, read_only: bool) -> None:
        self.line.setReadOnly(read_only)
        self.line.setFocusPolicy(Qt.FocusPolicy.ClickFocus if read_only else Qt.FocusPolicy.StrongFocus)

    def set_state(self, state: str) -> None:
        set_role(self.line, "state", state)


class LongTextEditor(Editor):
    """Several lines; Enter goes on, Alt+Enter begins a new line."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.area = QPlainTextEdit()
        self.area.setTabChangesFocus(True)
        self.area.setPlaceholderText("换行按 Alt+Enter")
        self.area.setFixedHeight(theme.sp(80))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.area)
        self.setFocusProxy(self.area)
        self.watch(self.area)
        self.area.textChanged.connect(self._on_change)
        self._shown = ""

    def _on_change(self) -> None:
        # composing pinyin changes the document's layout, not its text
        if self.area.toPlainText() != self._shown:
            self._shown = self.area.toPlainText()
            self.edited.emit()

    def answer(self) -> Answer:
        return Answer(text=self.area.toPlainText())

    def show_answer(self, value: Value, raw: str) -> None:
        text = raw or str(value or "")
        if text != self.area.toPlainText():
            self._shown = text
            self.area.setPlainText(text)

    def set_state(self, state: str) -> None:
        set_role(self.area, "state", state)

    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() in ENTER_KEYS and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.area.insertPlainText("\n")
            return True
        return False
