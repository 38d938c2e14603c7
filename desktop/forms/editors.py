"""One editor per kind of field: what a clerk types or chooses, kept as typed until it can be read.

An editor knows nothing about rules: it shows an answer, tells what was typed, and says when it was entered, changed,
left, or when Enter asks for the next field. Text is taken as committed; nothing looks at a half-composed pinyin.
"""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)

from db.domain import regions
from db.domain.field_kinds import format_value, group_digits
from db.domain.form_schema import FieldKind, FieldSpec, Value
from db.domain.option_lists import option_list
from desktop import theme
from desktop.widgets.basics import set_role
from desktop.widgets.filter_combo import FilterCombo
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.segmented import YesNo

RADIO_LIMIT = 5
FIELD_HEIGHT = 32
_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PASSING_FOCUS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


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
        self._parts[0].setFocus(Qt.FocusReason.TabFocusReason)

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
        elif event.reason() not in _PASSING_FOCUS and not self._focus_stays():
            self.left.emit()

    def _focus_stays(self) -> bool:
        now = QApplication.focusWidget()
        return now is not None and self.isAncestorOf(now)

    def _on_key(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if event.key() in _ENTER_KEYS and plain:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.moved_on.emit(-1)
            elif not self.keeps_enter(event):
                self.moved_on.emit(1)
            return True
        return self.take_key(event)


# -- text ----------------------------------------------------------------------------------------------------------

_GROUPS = {
    FieldKind.ID_NUMBER: (6, 8, 4),
    FieldKind.PHONE: (3, 4, 4),
    FieldKind.BANK_ACCOUNT: (4,),
}
_PLACEHOLDERS = {FieldKind.DATE: "年-月-日，如 1980-1-1"}


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
        self.line.setPlaceholderText(_PLACEHOLDERS.get(spec.kind, ""))
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
        if event.key() in _ENTER_KEYS and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.area.insertPlainText("\n")
            return True
        return False


# -- choices -------------------------------------------------------------------------------------------------------


def offered(spec: FieldSpec) -> list[tuple[str, str]]:
    """Options of today as (code, label)."""
    assert spec.options
    return [(option.code, option.label) for option in option_list(spec.options).current()]


class RadioEditor(Editor):
    """Up to five options side by side: arrows and the figures 1…5 choose, a second click takes the choice back."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._value: Value = None
        self.buttons: dict[str, QRadioButton] = {}
        self._flow = FlowLayout(self, gap=theme.sp(16), line_gap=0)
        for code, text in offered(spec):
            self._add(code, text)
        self._mark()

    def _add(self, code: str, text: str) -> None:
        made = QRadioButton(text)
        made.setMinimumHeight(theme.sp(FIELD_HEIGHT))
        made.setAutoExclusive(False)
        made.clicked.connect(lambda _=False, chosen=code: self._choose(None if chosen == self._value else chosen))
        self.buttons[code] = made
        self._flow.addWidget(made)
        self.watch(made)
        made.setAccessibleName(f"{self.spec.label} {text}")

    def answer(self) -> Answer:
        return Answer(self._value)

    def show_answer(self, value: Value, raw: str) -> None:
        if isinstance(value, str) and value not in self.buttons:
            self._add(value, format_value(self.spec, value))  # a retired option of an old record
        self._value = value
        self._mark()

    def _mark(self) -> None:
        first = next(iter(self.buttons))
        for code, made in self.buttons.items():
            made.setChecked(code == self._value)
            in_tab_order = code == (self._value if self._value in self.buttons else first)
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if in_tab_order else Qt.FocusPolicy.ClickFocus)

    def _choose(self, value: Value) -> None:
        self._value = value
        self._mark()
        self.edited.emit()

    def start(self) -> None:
        chosen = self._value if isinstance(self._value, str) else next(iter(self.buttons))
        self.buttons[chosen].setFocus(Qt.FocusReason.TabFocusReason)

    def take_key(self, event: QKeyEvent) -> bool:
        codes = list(self.buttons)
        if event.text().isdigit() and 1 <= int(event.text()) <= len(codes):
            self._walk_to(codes[int(event.text()) - 1])
            return True
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1
        }.get(Qt.Key(event.key()), 0)  # fmt: skip
        if not step:
            return False
        at = codes.index(str(self._value)) + step if self._value in codes else 0
        self._walk_to(codes[at % len(codes)])
        return True

    def _walk_to(self, code: str) -> None:
        self._choose(code)
        self.buttons[code].setFocus(Qt.FocusReason.TabFocusReason)


class _Combo(FilterCombo):
    """The filtering list, which also tells when it was left – after it has taken what was typed."""

    focus_left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed, then tell."""
        super().focusOutEvent(event)
        if event.reason() not in _PASSING_FOCUS:
            self.focus_left.emit()

    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._panel.isVisible()


class ListEditor(Editor):
    """More than five options: a list that filters by characters and pinyin as one types."""

    hint = "输入汉字或拼音首字母"

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.combo = self._make_combo()
        self.combo.setPlaceholderText("")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.combo)
        self.setFocusProxy(self.combo)
        self.watch(self.combo)
        self.combo.changed.connect(lambda: self.edited.emit())
        self.combo.textEdited.connect(lambda: self.edited.emit())
        self.combo.focus_left.connect(self.left)

    def _make_combo(self) -> _Combo:
        return _Combo(offered(self.spec))

    def _on_focus(self, event: QFocusEvent) -> None:
        # how to fill it in is said where the clerk is, not in every empty field
        hint = self.hint if event.gotFocus() and not self.combo.isReadOnly() else ""
        self.combo.setPlaceholderText(hint)
        if event.gotFocus():
            self.entered.emit()

    def answer(self) -> Answer:
        value = self.combo.value()
        return Answer(value) if value is not None else Answer(text=self.combo.text())

    def show_answer(self, value: Value, raw: str) -> None:
        if value is not None and value == self.combo.value() and self.combo.text() == self._label(value):
            return
        if value is not None:
            self._offer(value)
            self.combo.set_value(value)
        elif raw != self.combo.text():
            self.combo.set_value(None)
            self.combo.setText(raw)

    def _label(self, value: Value) -> str:
        return format_value(self.spec, value)

    def _offer(self, value: Value) -> None:
        """Old records may hold an option that is offered no more."""
        options = offered(self.spec)
        if all(code != value for code, _ in options):
            self.combo.set_options([*options, (value, self._label(value))])

    def set_read_only(self, read_only: bool) -> None:
        self.combo.setReadOnly(read_only)
        self.combo.setFocusPolicy(Qt.FocusPolicy.ClickFocus if read_only else Qt.FocusPolicy.StrongFocus)

    def set_state(self, state: str) -> None:
        set_role(self.combo, "state", state)

    def keeps_enter(self, event: QKeyEvent) -> bool:
        # the marked row is taken, and Enter goes on to the next field
        if self.combo.is_open() and self.combo.text().strip():
            self.combo.keyPressEvent(event)
        return False


class _RegionCombo(_Combo):
    """Counties by name, pinyin or code; the table is read when the list is first needed."""

    def __init__(self) -> None:
        super().__init__([])

    def load(self) -> None:
        """Offer every county."""
        if not self._options:
            self._options = [(code, region_label(code)) for code, _ in regions.counties()]

    def offer(self, code: str) -> None:
        """Offer *code* although it is no county of today."""
        if all(option != code for option, _ in self._options):
            self._options = [*self._options, (code, region_label(code))]

    def _filter(self, typed: str) -> None:
        self.load()
        super()._filter(typed)
        wanted = typed.strip()
        # 潜山 means 潜山市 before 安庆市 / 潜山…路: the county's own name counts first
        self._shown.sort(key=lambda option: not regions.name_of(str(option[0])).startswith(wanted))
        self._model.setStringList([text for _, text in self._shown])


def region_label(code: str) -> str:
    """A region as its field shows it: ``安庆市 / 潜山市　340882``."""
    return f"{regions.full_name(code)}　{code}"


class RegionEditor(ListEditor):
    """Picks a county out of all of them."""

    hint = "地名、拼音或 6 位代码"
    combo: _RegionCombo

    def _make_combo(self) -> _Combo:
        return _RegionCombo()

    def _label(self, value: Value) -> str:
        return region_label(str(value))

    def _offer(self, value: Value) -> None:
        self.combo.offer(str(value))

    def set_read_only(self, read_only: bool) -> None:
        self.combo.setReadOnly(read_only)


class MultiChoiceEditor(Editor):
    """Several options to tick, numbered as on the paper; figures tick, arrows walk."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.boxes: dict[str, QCheckBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(4)
        self._grid.setHorizontalSpacing(16)
        for column in range(2):
            self._grid.setColumnStretch(column, 1)
        for code, text in offered(spec):
            self._add(code, text)

    def _add(self, code: str, text: str) -> None:
        at = len(self.boxes)
        made = QCheckBox(f"{at + 1}. {text}")
        made.clicked.connect(lambda: self.edited.emit())
        self.boxes[code] = made
        self._grid.addWidget(made, at // 2, at % 2)
        self.watch(made)
        made.setAccessibleName(f"{self.spec.label} {text}")

    def answer(self) -> Answer:
        return Answer([code for code, box in self.boxes.items() if box.isChecked()])

    def show_answer(self, value: Value, raw: str) -> None:
        chosen = value if isinstance(value, list) else []
        for code in chosen:
            if code not in self.boxes:
                self._add(code, format_value(self.spec, [code]))
        for code, box in self.boxes.items():
            box.setChecked(code in chosen)

    def take_key(self, event: QKeyEvent) -> bool:
        boxes = list(self.boxes.values())
        if event.text().isdigit() and 1 <= int(event.text()) <= len(boxes):
            boxes[int(event.text()) - 1].click()
            return True
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -2, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 2
        }.get(Qt.Key(event.key()), 0)  # fmt: skip
        at = next((index for index, box in enumerate(boxes) if box.hasFocus()), 0) + step
        if step and 0 <= at < len(boxes):
            boxes[at].setFocus(Qt.FocusReason.TabFocusReason)
        return bool(step)


class YesNoEditor(Editor):
    """是 and 否 as two buttons; 1 and Y choose yes, 2 and N no."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.choice = YesNo()
        for value in (True, False):
            self.choice.button(value).setMinimumWidth(theme.sp(80))
            self.watch(self.choice.button(value))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.choice)
        self.choice.changed.connect(lambda: self.edited.emit())

    def answer(self) -> Answer:
        return Answer(self.choice.value())

    def show_answer(self, value: Value, raw: str) -> None:
        self.choice.set_value(value if isinstance(value, bool) else None)

    def start(self) -> None:
        self.choice.button(self.choice.value() is not False).setFocus(Qt.FocusReason.TabFocusReason)

    def take_key(self, event: QKeyEvent) -> bool:
        wanted = {"1": True, "y": True, "2": False, "n": False}.get(event.text().lower())
        if wanted is None:
            return False
        if self.choice.value() is not wanted:
            self.choice.button(wanted).click()
        self.choice.button(wanted).setFocus(Qt.FocusReason.TabFocusReason)
        return True


def _choice(spec: FieldSpec) -> Editor:
    return RadioEditor(spec) if len(offered(spec)) <= RADIO_LIMIT else ListEditor(spec)


_EDITORS: dict[FieldKind, Callable[[FieldSpec], Editor]] = {
    FieldKind.TEXT: LineEditor,
    FieldKind.NAME: LineEditor,
    FieldKind.LONG_TEXT: LongTextEditor,
    FieldKind.ID_NUMBER: LineEditor,
    FieldKind.DATE: LineEditor,
    FieldKind.MONEY: LineEditor,
    FieldKind.AREA: LineEditor,
    FieldKind.COUNT: LineEditor,
    FieldKind.PHONE: LineEditor,
    FieldKind.CONTACT: LineEditor,
    FieldKind.POSTAL_CODE: LineEditor,
    FieldKind.BANK_ACCOUNT: LineEditor,
    FieldKind.CHOICE: _choice,
    FieldKind.MULTI_CHOICE: MultiChoiceEditor,
    FieldKind.YES_NO: YesNoEditor,
    FieldKind.REGION: RegionEditor,
}


def editor_for(spec: FieldSpec) -> Editor:
    """The editor of a field, by its kind."""
    return _EDITORS[spec.kind](spec)
