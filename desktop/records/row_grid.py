"""The rows of a repeated section as a small grid: a line of fields per row, more with the button below, out with the bin."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from db.domain.form_flow import Place
from db.domain.form_schema import FieldKind, FieldSpec, Section
from desktop import theme
from desktop.forms.choice_editors import offered
from desktop.forms.editor_base import ENTER_KEYS
from desktop.forms.text_editors import written
from desktop.means.cell_editors import PaperBox, answer_of, make_editor
from desktop.records.records_flow import RecordAnswers
from desktop.widgets.basics import button, label, set_role
from desktop.widgets.filter_combo import FilterCombo

_SHARES = {FieldKind.TEXT: 4, FieldKind.LONG_TEXT: 4, FieldKind.CHOICE: 3, FieldKind.PAPERS: 4}
_WIDEST_CHOICE = 170
_LONG, _LONG_SHARE = 100, 10
"""Letters from which on an answer is a sentence, and what it gets of the width."""
_LEAST = {FieldKind.DATE: 100, FieldKind.CHOICE: 88, FieldKind.YES_NO: 72, FieldKind.MONEY: 92}
"""Width below which an answer of the kind cannot be read."""


class RowGrid(QWidget):
    """The rows of one section of *flow*."""

    changed = Signal()

    def __init__(self, section: Section, flow: RecordAnswers) -> None:
        super().__init__()
        self.section, self._flow = section, flow
        self.cells: dict[Place, QLineEdit] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.sp(8))
        self._grid.setVerticalSpacing(theme.sp(4))
        self._fault = label("", "error", wrap=True)
        self.add = button("添加一行", "", "plus", self.add_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._grid)
        column.addWidget(self._fault)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_rows()

    # -- showing

    def show_rows(self) -> None:
        """Show every row anew."""
        self.cells.clear()
        while item := self._grid.takeAt(0):
            widget = item.widget()
            widget.hide()
            widget.deleteLater()
        rows = [str(row["id"]) for row in self._flow.rows[self.section.key]]
        if rows:
            for column, spec in enumerate(self.section.fields):
                self._grid.addWidget(_head(spec), 0, column)
                self._grid.setColumnStretch(column, _share(spec))
        for number, row_id in enumerate(rows, 1):
            self._show_row(number, row_id)
        self.refresh()

    def _show_row(self, number: int, row_id: str) -> None:
        for column, spec in enumerate(self.section.fields):
            place = Place(spec.key, row_id)
            made = make_editor(spec, self._flow)
            self._fill(made, place)
            made.setMinimumWidth(theme.sp(_least(spec)))
            made.setAccessibleName(f"第 {number} 行 {spec.label}")
            self._watch(made, place)
            self.cells[place] = made
            self._grid.addWidget(made, number, column)
        out = button("", "quiet", "trash-2", lambda: self.remove_row(row_id))
        out.setToolTip("删除这一行")
        out.setAccessibleName(f"删除第 {number} 行")
        out.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._grid.addWidget(out, number, len(self.section.fields))

    def _fill(self, editor: QLineEdit, place: Place) -> None:
        value, raw, spec = self._flow.value(place), self._flow.raw.get(place.path, ""), self._flow.spec(place)
        if isinstance(editor, PaperBox):
            editor.set_value(value)
        elif isinstance(editor, FilterCombo):
            if value is not None and all(code != value for code, _ in editor.options()):
                gone = "已不在档案表上" if spec.kind is FieldKind.PERSON else written(spec, value)
                editor.set_options([*editor.options(), (value, gone)])
            editor.set_value(value)
            if raw:
                editor.setText(raw)
        else:
            editor.setText(raw or (written(spec, value) if value is not None else ""))
            editor.setReadOnly(spec.derived_by is not None)
            if not editor.hasFocus():
                editor.setCursorPosition(0)  # a long answer is read from its beginning

    def _watch(self, editor: QLineEdit, place: Place) -> None:
        if isinstance(editor, PaperBox):
            editor.ticked.connect(lambda: self._take(place))
        else:
            editor.textEdited.connect(lambda: self._take(place))
        if isinstance(editor, FilterCombo):
            editor.changed.connect(lambda _value: self._take(place))
        editor.setProperty("place", place.path)
        editor.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What a cell holds is judged once it is left; Enter goes on to the next one."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in ENTER_KEYS:
            return self._on_enter(Place.of(str(watched.property("place"))), event)
        if event.type() == QEvent.Type.FocusOut:
            place = Place.of(str(watched.property("place")))
            if place in self.cells and place.member_id in self._flow.member_ids():
                self._flow.leave(place)
                self._fill_others(place)
                self.refresh()
        return False

    def _on_enter(self, place: Place, event: QKeyEvent) -> bool:
        editor = self.cells.get(place)
        if editor is None:
            return False
        if isinstance(editor, FilterCombo) and editor.is_open() and editor.text().strip():
            editor.keyPressEvent(event)  # the marked row is taken first
            event.accept()
        places = list(self.cells)
        at = places.index(place) + (-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        if at < len(places):
            self.focus(places[max(0, at)])
        else:
            self.add.setFocus()
        return True

    def _fill_others(self, left: Place) -> None:
        """A cell left may have filled others of its row."""
        for place, editor in self.cells.items():
            if place.member_id == left.member_id and not editor.hasFocus() and type(editor) is QLineEdit:
                self._fill(editor, place)

    def _take(self, place: Place) -> None:
        self._enter(place, settle=False)
        self.refresh()
        self.changed.emit()

    def _enter(self, place: Place, *, settle: bool) -> None:
        if self._flow.spec(place).derived_by is not None:
            return
        text, value = answer_of(self.cells[place], settle=settle)
        if text is None:
            self._flow.enter_value(place, value)
        else:
            self._flow.enter_text(place, text)

    def take_typed(self) -> None:
        """Take what stands in the cells, as if they were left."""
        there = set(self._flow.member_ids())
        for place in self.cells:
            if place.member_id in there:
                self._enter(place, settle=True)

    def refresh(self) -> None:
        """Mark what is wrong, and say it below the grid."""
        told = []
        numbers = {str(row["id"]): at for at, row in enumerate(self._flow.rows[self.section.key], 1)}
        for place, editor in self.cells.items():
            found = self._flow.shown_findings(place)
            set_role(editor, "state", "error" if found else "")
            if type(editor) is QLineEdit:
                implied = self._flow.implied(place)
                editor.setPlaceholderText("" if implied is None else written(self._flow.spec(place), implied))
            told += [f"第 {numbers[place.member_id]} 行：{item.problem.message}" for item in found]
        self._fault.setText("\n".join(told))
        self._fault.setVisible(bool(told))

    # -- rows

    def add_row(self) -> None:
        """One more row, ready to be typed."""
        row_id = self._flow.add_row(self.section.key)
        self.show_rows()
        self.cells[Place(self.section.fields[0].key, row_id)].setFocus()
        self.changed.emit()

    def remove_row(self, row_id: str) -> None:
        """Take a row out."""
        self._flow.remove_row(row_id)
        self.show_rows()
        self.changed.emit()

    def focus(self, place: Place) -> None:
        """Put the cursor into a cell."""
        self.cells[place].setFocus(Qt.FocusReason.TabFocusReason)


def _least(spec: FieldSpec) -> int:
    """Width below which an answer cannot be read; a choice shows its longest option, within reason."""
    least = _LEAST.get(spec.kind, 60)
    if spec.kind is not FieldKind.CHOICE:
        return least
    return min(_WIDEST_CHOICE, max(least, 14 * max((len(words) for _, words in offered(spec)), default=0) + 40))


def _share(spec: FieldSpec) -> int:
    is_long = spec.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT) and (spec.limit or 0) >= _LONG
    return _LONG_SHARE if is_long else _SHARES.get(spec.kind, 2)


def _head(spec: FieldSpec) -> QWidget:
    made = label(f"{spec.label}{'（元）' if spec.unit == '元' else ''}" + (" *" if spec.starred else ""), "small")
    if spec.options:
        made.setToolTip("、".join(words for _, words in offered(spec)))
    return made
