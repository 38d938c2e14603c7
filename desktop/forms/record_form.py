"""The fields of one record – the worker's part of a step, or one family member – in the order of the paper.

The form owns no values: it hands what is typed to the flow and shows what the flow says.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from db.domain.form_flow import Place
from db.domain.form_schema import FieldKind, FieldSpec, Value
from db.domain.validation import Problem
from desktop import theme
from desktop.forms.choice_editors import offered
from desktop.forms.editor_base import Editor
from desktop.forms.editors import RADIO_LIMIT, editor_for
from desktop.forms.field_row import FieldRow
from desktop.forms.record_flow import RecordFlow

WIDE_TEXT = 80
LONG_CAPTION = 18
COLUMN_WIDTH = 190
MOST_COLUMNS = 3
RADIO_CHARACTERS = 9


def columns_of(spec: FieldSpec, columns: int) -> int:
    """How many of the grid's columns a field takes: long answers the whole width."""
    if spec.kind in (FieldKind.LONG_TEXT, FieldKind.MULTI_CHOICE):
        return columns
    if len(spec.label) > LONG_CAPTION:
        return 2
    if spec.kind is FieldKind.PAPERS or (spec.kind is FieldKind.TEXT and spec.limit >= WIDE_TEXT):
        return 2
    if spec.kind is FieldKind.CHOICE:
        options = offered(spec)
        letters = sum(len(text) for _, text in options)
        if len(options) <= RADIO_LIMIT and letters > RADIO_CHARACTERS:
            return 2
    return 1


class RecordForm(QWidget):
    """Rows of fields bound to one record of a flow."""

    changed = Signal(object)  # place
    entered = Signal(object)
    left = Signal(object)
    moved_on = Signal(object, int)
    open_wanted = Signal(str)

    def __init__(
        self,
        fields: Sequence[FieldSpec],
        make_editor: Callable[[FieldSpec], Editor] = editor_for,
        *,
        fill_lines: bool = False,
    ) -> None:
        super().__init__()
        self._columns, self._fill_lines = 2, fill_lines
        self._flow: RecordFlow | None = None
        self._member_id = ""
        self._typing: Place | None = None
        self._order: tuple[str, ...] = ()
        self.rows = {spec.key: FieldRow(spec, make_editor(spec)) for spec in fields}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.sp(24))
        self._grid.setVerticalSpacing(theme.sp(12))
        self.setMinimumWidth(theme.sp(COLUMN_WIDTH))
        for row in self.rows.values():
            row.setParent(self)  # a row shown before it stands in the grid must not become a window
            self._connect(row)

    def _connect(self, row: FieldRow) -> None:
        key = row.spec.key
        row.editor.edited.connect(lambda: self._on_edited(key))
        row.editor.entered.connect(lambda: self.entered.emit(self.place(key)))
        row.editor.left.connect(lambda: self._on_left(key))
        row.editor.moved_on.connect(lambda by: self.moved_on.emit(self.place(key), by))
        row.confirmed.connect(self._on_confirmed)
        row.open_wanted.connect(self.open_wanted)
        row.offer_taken.connect(lambda value: self._on_offer(key, value))

    def place(self, key: str) -> Place:
        """The place of field *key* in the record shown."""
        return Place(key, self._member_id)

    @property
    def member_id(self) -> str:
        """Whose record is shown; empty for the worker."""
        return self._member_id

    def bind(self, flow: RecordFlow, member_id: str = "") -> None:
        """Show the record of *member_id* (or the worker's) of *flow*."""
        self._flow, self._member_id, self._typing = flow, member_id, None
        for key, row in self.rows.items():
            row.show_answer(flow, self.place(key))
        self.refresh()

    def refresh(self) -> None:
        """Show the present state of every field; the one being typed into keeps its text."""
        if self._flow is None or (self._member_id and self._member_id not in self._flow.member_ids()):
            return
        for key, row in self.rows.items():
            place = self.place(key)
            typing = place == self._typing
            if not typing:
                row.show_answer(self._flow, place)
            row.show_state(self._flow, place, quiet=typing and place not in self._flow.touched)
        self._reflow()

    def _reflow(self) -> None:
        assert self._flow is not None
        shown = tuple(key for key in self.rows if self._flow.is_shown(self.place(key)))
        if shown == self._order:
            return
        self._order = shown
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        for key, row in self.rows.items():
            self._grid.removeWidget(row)
            row.setVisible(key in shown)
        for key, (line, column, span) in self._places(shown).items():
            self._grid.addWidget(self.rows[key], line, column, 1, span)

    def _places(self, shown: tuple[str, ...]) -> dict[str, tuple[int, int, int]]:
        """Line, column and width of each field; where lines are filled, a wide one takes the room left beside it."""
        found: dict[str, tuple[int, int, int]] = {}
        line = column = 0
        last = ""
        for key in shown:
            span = min(columns_of(self.rows[key].spec, self._columns), self._columns)
            if column + span > self._columns:
                self._widen(found, last)
                line, column = line + 1, 0
            found[key], last = (line, column, span), key
            column += span
        self._widen(found, last)
        return found

    def _widen(self, found: dict[str, tuple[int, int, int]], key: str) -> None:
        if self._fill_lines and key and found[key][2] > 1:
            line, column, _ = found[key]
            found[key] = (line, column, self._columns - column)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as fit."""
        super().resizeEvent(event)
        columns = max(1, min(MOST_COLUMNS, event.size().width() // theme.sp(COLUMN_WIDTH)))
        if columns != self._columns:
            self._columns, self._order = columns, ()
            if self._flow is not None:
                self._reflow()

    def focus(self, key: str) -> None:
        """Put the cursor into field *key*."""
        self.rows[key].editor.start()

    def take_typed(self) -> None:
        """Hand over what is being typed, as if the field were left: before saving, locking and checking."""
        if self._typing is not None:
            self._on_left(self._typing.field)

    def _on_edited(self, key: str) -> None:
        assert self._flow is not None
        place = self.place(key)
        self._typing = place
        value, text = self.rows[key].editor.answer()
        if text is None:
            self._flow.enter_value(place, value)
            self._flow.leave(place)  # a choice is made with one act, there is nothing to wait for
        else:
            self._flow.enter_text(place, text)
        self.changed.emit(place)

    def _on_left(self, key: str) -> None:
        assert self._flow is not None
        place = self.place(key)
        self._typing = None
        if self._member_id and self._member_id not in self._flow.member_ids():
            return
        if not self._flow.is_derived(place):
            self._flow.leave(place)
        self.left.emit(place)

    def _on_offer(self, key: str, value: Value) -> None:
        assert self._flow is not None
        place = self.place(key)
        self._typing = None
        self._flow.enter_value(place, value)
        self._flow.leave(place)
        self.changed.emit(place)
        self.rows[key].editor.start()

    def _on_confirmed(self, problem: Problem, reason: str) -> None:
        assert self._flow is not None
        self._flow.confirm(problem, reason)
        self.changed.emit(self.place(problem.field))
