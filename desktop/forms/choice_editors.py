"""Editors for few options: radio buttons, tick boxes, 是 and 否."""

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QRadioButton

from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec, Value
from db.domain.option_lists import option_list
from desktop import theme
from desktop.forms.editor_base import Answer, Editor
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.segmented import YesNo

FIELD_HEIGHT = 32
_COLUMN_GAP = 16


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


class MultiChoiceEditor(Editor):
    """Several options to tick, numbered as on the paper; figures tick, arrows walk."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.boxes: dict[str, QCheckBox] = {}
        self._columns = 2
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(4)
        self._grid.setHorizontalSpacing(_COLUMN_GAP)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        for code, text in offered(spec):
            self._add(code, text)

    def _add(self, code: str, text: str) -> None:
        at = len(self.boxes)
        made = QCheckBox(f"{at + 1}. {text}")
        made.clicked.connect(lambda: self.edited.emit())
        self.boxes[code] = made
        # the longest options of the paper are wider than half a narrow card: they must not claim that width
        made.setMinimumWidth(1)
        self._grid.addWidget(made, at // self._columns, at % self._columns)
        self.watch(made)
        made.setAccessibleName(f"{self.spec.label} {text}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns where the longest option fits into one of them, else one."""
        super().resizeEvent(event)
        widest = max((box.sizeHint().width() for box in self.boxes.values()), default=0)
        columns = 2 if event.size().width() >= 2 * widest + _COLUMN_GAP else 1
        if columns == self._columns:
            return
        self._columns = columns
        self._grid.setColumnStretch(1, columns - 1)
        for at, box in enumerate(self.boxes.values()):
            self._grid.addWidget(box, at // columns, at % columns)

    def offer_only(self, codes: Collection[str]) -> None:
        """Take away the options beside *codes* that are not ticked: a document may name fewer than the list has."""
        dropped = [code for code, box in self.boxes.items() if code not in codes and not box.isChecked()]
        for code in dropped:
            box = self.boxes.pop(code)
            self._grid.removeWidget(box)
            box.hide()
            box.deleteLater()
        for at, (code, box) in enumerate(self.boxes.items() if dropped else ()):
            box.setText(f"{at + 1}. {format_value(self.spec, [code])}")
            self._grid.addWidget(box, at // self._columns, at % self._columns)

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
            Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -self._columns, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: self._columns
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
