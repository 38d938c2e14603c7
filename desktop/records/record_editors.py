"""Editors that need the household: one of its people, some of its papers; every other kind has its usual editor."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout

from db.domain.form_schema import FieldKind, FieldSpec, Value
from db.domain.means_flow import Person
from desktop.forms.editor_base import Answer, Editor
from desktop.forms.editors import editor_for
from desktop.means.cell_editors import PaperBox
from desktop.widgets.basics import button, set_role
from desktop.widgets.filter_combo import FilterCombo

AddPapers = Callable[[str], Mapping[str, str]]
"""Asks for files for a field, adds them to the archive, and returns their names by id."""


class PersonEditor(Editor):
    """One of the household."""

    def __init__(self, spec: FieldSpec, people: Sequence[Person]) -> None:
        super().__init__(spec)
        self.combo = FilterCombo([(each.id, each.name) for each in people], "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.combo)
        self.setFocusProxy(self.combo)
        self.watch(self.combo)
        self.combo.changed.connect(lambda: self.edited.emit())
        self.combo.textEdited.connect(lambda: self.edited.emit())

    def answer(self) -> Answer:
        value = self.combo.value()
        return Answer(value) if value is not None else Answer(text=self.combo.text())

    def show_answer(self, value: Value, raw: str) -> None:
        if value is not None and value != self.combo.value():
            self.combo.set_value(value)
        elif value is None and raw != self.combo.text():
            self.combo.set_value(None)
            self.combo.setText(raw)

    def set_read_only(self, read_only: bool) -> None:
        self.combo.setReadOnly(read_only)

    def set_state(self, state: str) -> None:
        set_role(self.combo, "state", state)


class PapersEditor(Editor):
    """Attachments of the archive to tick, and a way to add further ones."""

    def __init__(self, spec: FieldSpec, papers: Mapping[str, str], add: AddPapers | None = None) -> None:
        super().__init__(spec)
        self._add_papers = add
        self.box = PaperBox(dict(papers))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.box, 1)
        self.add = button("添加文件…", "", "upload", self._on_add)
        if add is not None:
            row.addWidget(self.add)
        else:
            self.add.hide()
        self.setFocusProxy(self.box)
        self.watch(self.box)
        self.box.ticked.connect(self.edited)

    def _on_add(self) -> None:
        assert self._add_papers is not None
        added = self._add_papers(self.spec.key)
        if added:
            value = self.box.value()
            self.box.offer(added)
            self.box.set_value([*(value if isinstance(value, list) else []), *added])
            self.edited.emit()

    def answer(self) -> Answer:
        return Answer(self.box.value())

    def show_answer(self, value: Value, raw: str) -> None:
        if value != self.box.value():
            self.box.set_value(value)

    def set_read_only(self, read_only: bool) -> None:
        self.setEnabled(not read_only)

    def set_state(self, state: str) -> None:
        set_role(self.box, "state", state)


def editors_of(
    people: Sequence[Person], papers: Mapping[str, str], add: AddPapers | None = None
) -> Callable[[FieldSpec], Editor]:
    """The editor of a field, by its kind, for this household."""

    def make(spec: FieldSpec) -> Editor:
        if spec.kind is FieldKind.PERSON:
            return PersonEditor(spec, people)
        return PapersEditor(spec, papers, add) if spec.kind is FieldKind.PAPERS else editor_for(spec)

    return make
