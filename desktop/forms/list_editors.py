"""Editors for long lists: they filter by characters and pinyin as one types, inside the window."""

from functools import cache

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout

from db.domain import regions
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec, Value
from desktop.forms.choice_editors import offered
from desktop.forms.editor_base import PASSING_FOCUS, Answer, Editor
from desktop.widgets.basics import set_role
from desktop.widgets.filter_combo import FilterCombo


class _Combo(FilterCombo):
    """The filtering list, which also tells when it was left – after it has taken what was typed."""

    focus_left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed, then tell."""
        super().focusOutEvent(event)
        if event.reason() not in PASSING_FOCUS:
            self.focus_left.emit()


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


class RegionCombo(_Combo):
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
        wanted = typed.strip().lower()
        ranked = sorted((rank, at) for at, option in enumerate(self._options) if (rank := _rank(option, wanted)) < _NO)
        self._shown = [self._options[at] for _, at in ranked[:_REGIONS_SHOWN]]
        self._model.setStringList([text for _, text in self._shown])


_NO, _REGIONS_SHOWN = 9, 60


def _rank(option: tuple[str, str], typed: str) -> int:
    """How well a county fits what was typed: its own name before that of its prefecture, beginnings first."""
    code, text = option
    if not typed or code.startswith(typed):
        return 0
    own, whole = _keys(code, text)
    if any(key.startswith(typed) for key in own):
        return 0
    if any(typed in key for key in own):
        return 1
    return 2 if any(typed in key for key in whole) else _NO


@cache
def _keys(code: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name, pinyin and initials of the county itself, and of the county with its prefecture."""
    # imported late: loading the dictionary costs more than showing the form
    from db.domain import pinyin

    name = regions.name_of(code)
    return (name, pinyin.full(name), pinyin.initials(name)), (text, pinyin.full(text), pinyin.initials(text))


def region_label(code: str) -> str:
    """A region as its field shows it: ``安庆市 / 潜山市　340882``."""
    return f"{regions.full_name(code)}　{code}"


class RegionEditor(ListEditor):
    """Picks a county out of all of them."""

    hint = "地名、拼音或 6 位代码"
    combo: RegionCombo

    def _make_combo(self) -> _Combo:
        return RegionCombo()

    def _label(self, value: Value) -> str:
        return region_label(str(value))

    def _offer(self, value: Value) -> None:
        self.combo.offer(str(value))

    def set_read_only(self, read_only: bool) -> None:
        self.combo.setReadOnly(read_only)
