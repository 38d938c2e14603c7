"""Editors inside a ledger's cells, one per kind of field: a line, a filtering list, a list of papers to tick."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QLineEdit

from db.domain.form_schema import FieldKind, FieldSpec, Value
from db.domain.means_flow import MeansFlow, Person, Spot
from desktop import theme
from desktop.forms.choice_editors import offered
from desktop.forms.list_editors import RegionCombo
from desktop.forms.text_editors import written
from desktop.widgets.drop_panel import DropPanel
from desktop.widgets.filter_combo import FilterCombo

LEAST_LIST_WIDTH = 150
WIDEST_LIST = 280
YES_NO = ((True, "是"), (False, "否"))


class Household(Protocol):
    """Whom and which papers a cell may name."""

    people: list[Person]
    papers: dict[str, str]


class PaperBox(QLineEdit):
    """Attachments of the archive to tick: arrows walk, space ticks."""

    ticked = Signal()

    def __init__(self, papers: dict[str, str]) -> None:
        super().__init__()
        self.setReadOnly(True)
        self._names = papers
        self._model = QStandardItemModel()
        self._add_rows(papers)
        self._panel = DropPanel(self)
        self._panel.least_width = theme.sp(WIDEST_LIST)
        self._panel.set_model(self._model)
        self._panel.picked.connect(self._turn)
        self.setPlaceholderText("点开勾选" if papers else "还没有附件")
        self._panel.set_foot("空格勾选，Enter 完成" if papers else "这份档案还没有附件，先到“附件”里添加。")

    def _add_rows(self, papers: Mapping[str, str]) -> None:
        for paper_id, name in papers.items():
            item = QStandardItem(name)
            item.setCheckable(True)
            item.setData(paper_id, Qt.ItemDataRole.UserRole)
            self._model.appendRow(item)

    def offer(self, papers: Mapping[str, str]) -> None:
        """Offer further papers."""
        self._names = {**self._names, **papers}
        self._add_rows(papers)
        self.setPlaceholderText("点开勾选")
        self._panel.set_foot("空格勾选，Enter 完成")

    def value(self) -> Value:
        """Ids of the papers ticked."""
        items = [self._model.item(at) for at in range(self._model.rowCount())]
        ids = [str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked]
        return ids or None

    def set_value(self, value: Value) -> None:
        """Tick *value*."""
        chosen = value if isinstance(value, list) else []
        for at in range(self._model.rowCount()):
            item = self._model.item(at)
            on = item.data(Qt.ItemDataRole.UserRole) in chosen
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._show()

    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._panel.isVisible()

    def _show(self) -> None:
        value = self.value()
        self.setText("、".join(self._names[each] for each in value) if isinstance(value, list) else "")

    def _turn(self, index: QModelIndex) -> None:
        item = self._model.itemFromIndex(index)
        on = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
        self._show()
        self.ticked.emit()

    def _open(self) -> None:
        self._panel.open()
        if self._model.rowCount() and not self._panel.view.currentIndex().isValid():
            self._panel.view.setCurrentIndex(self._model.index(0, 0))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The list opens with the cell."""
        super().focusInEvent(event)
        self._open()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And goes with it."""
        self._panel.close_panel()
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click shows the list again."""
        super().mousePressEvent(event)
        self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks the marked paper, arrows walk."""
        current = self._panel.view.currentIndex()
        if event.key() == Qt.Key.Key_Space and not event.modifiers() and current.isValid():
            self._turn(current)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._open()
            self._panel.step(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            event.ignore()


CellEditor = QLineEdit


def _line(spec: FieldSpec, flow: Household) -> CellEditor:
    made = QLineEdit()
    if spec.kind in (FieldKind.MONEY, FieldKind.AREA):
        made.setAlignment(Qt.AlignmentFlag.AlignRight)
    return made


def _list(options: list[tuple[Any, str]]) -> CellEditor:
    made = FilterCombo(options, "")
    letters = max((len(text) for _, text in options), default=0)
    made.widen_list(min(theme.sp(WIDEST_LIST), max(theme.sp(LEAST_LIST_WIDTH), theme.sp(15) * (letters + 3))))
    return made


def _region(spec: FieldSpec, flow: Household) -> CellEditor:
    made = RegionCombo()
    made.setPlaceholderText("地名、拼音或代码")
    made.widen_list(theme.sp(WIDEST_LIST))
    return made


CELL_EDITORS: dict[FieldKind, Callable[[FieldSpec, Household], CellEditor]] = {
    FieldKind.CHOICE: lambda spec, flow: _list(offered(spec)),
    FieldKind.YES_NO: lambda spec, flow: _list(list(YES_NO)),
    FieldKind.PERSON: lambda spec, flow: _list([(each.id, each.name) for each in flow.people]),
    FieldKind.PAPERS: lambda spec, flow: PaperBox(flow.papers),
    FieldKind.REGION: _region,
}


def make_editor(spec: FieldSpec, flow: Household) -> CellEditor:
    """The editor for a cell of *spec*."""
    return CELL_EDITORS.get(spec.kind, _line)(spec, flow)


def fill_editor(editor: CellEditor, spec: FieldSpec, flow: MeansFlow, spot: Spot) -> None:
    """Show what the cell holds."""
    value, raw = flow.value(spot), flow.raw.get(spot.path, "")
    if isinstance(editor, PaperBox):
        editor.set_value(value)
    elif isinstance(editor, FilterCombo):
        if isinstance(editor, RegionCombo):
            if value is not None:
                editor.offer(str(value))
        elif value is not None and all(code != value for code, _ in editor.options()):
            editor.set_options([*editor.options(), (value, flow.text(spot))])  # retired, or no more of the household
        editor.set_value(value)
        if raw:
            editor.setText(raw)
    else:
        editor.setText(raw or (written(spec, value) if value is not None else ""))


def answer_of(editor: CellEditor, *, settle: bool = True) -> tuple[str | None, Value]:
    """What the editor holds: a *text* still to be read (else None), and a chosen value. *settle*: typing is over."""
    if isinstance(editor, PaperBox):
        return None, editor.value()
    if isinstance(editor, FilterCombo):
        if settle:
            editor.settle()
        if editor.value() is not None:
            return None, editor.value()
    return editor.text(), None
