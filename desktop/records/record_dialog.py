"""A record of an archive, or an entry of a register, filled in from its declaration; what is wrong stands beside its field."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from db.domain.form_flow import Place
from db.domain.form_schema import FieldSpec, Section
from db.domain.means_flow import people_of
from db.domain.paper_checklist import guess_type
from db.domain.records.record_form import RecordContent, RecordForm
from db.domain.validation import Problem
from db.errors import NuandangError, UserError
from db.services import attachments
from db.services.archiving import Archive
from desktop import messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.files import documents_folder
from desktop.forms.attachment_panel import KINDS
from desktop.forms.record_form import RecordForm as FieldGrid
from desktop.records.record_editors import editors_of
from desktop.records.records_flow import RecordAnswers
from desktop.records.row_grid import RowGrid
from desktop.widgets.basics import button, label, line

WIDTH, WIDE, TALLEST = 760, 960, 620
TITLE_BAR = 40
"""Room for the frame that the desktop draws around a dialog."""
MANY_CELLS = 6
"""Lines of so many cells want the wide dialog."""
_PAPER_TYPES = {"photos": "visit_photo"}


class RecordDialog(PlainDialog):
    """Fills in a record and hands it to *save*, which stores it or raises what is wrong; stays open until it is stored.

    *archive* gives the people and papers to choose from; *hidden* fields keep their value unseen, *read_only* ones are shown.
    """

    def __init__(
        self,
        parent: QWidget | None,
        context: AppContext,
        form: RecordForm,
        content: RecordContent,
        title: str,
        save: Callable[[RecordContent], object],
        *,
        archive: Archive | None = None,
        hidden: Collection[str] = frozenset(),
        read_only: Collection[str] = frozenset(),
        hint: str = "",
        verb: str = "保存",
    ) -> None:
        cells = max((len(section.fields) for section in form.sections if section.repeats), default=0)
        super().__init__(parent, title, hint, WIDE if cells >= MANY_CELLS else WIDTH)
        self._context, self._session, self._save = context, context.session, save
        self._archive, self._hidden = archive, frozenset(hidden)
        self.flow = self._make_flow(form, content, read_only)
        self.grids: list[FieldGrid] = []
        self.rows: list[RowGrid] = []
        self._scroll = self._make_scroll(form)
        self.body.addWidget(self._scroll)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button(verb, "primary", act=self.store))
        self.ensurePolished()
        # left to itself, Qt gives a dialog two thirds of the screen at most; its buttons must not lie under the taskbar
        self.resize(self.sizeHint().boundedTo(self.screen().availableGeometry().size() - QSize(24, TITLE_BAR)))

    def _make_flow(self, form: RecordForm, content: RecordContent, read_only: Collection[str]) -> RecordAnswers:
        archive = self._archive
        people = people_of(archive.content, self._session.today) if archive else []
        return RecordAnswers(form, content, people=people, papers=self._papers(), read_only=read_only)

    def _papers(self) -> dict[str, str]:
        if self._archive is None:
            return {}
        return {each.id: each.name for each in attachments.list_attachments(self._session, self._archive.id)}

    # -- parts

    def _make_scroll(self, form: RecordForm) -> QScrollArea:
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, theme.sp(14), 0)
        self._column.setSpacing(12)
        several = sum(1 for section in form.sections if self._shown(section)) > 1
        for section in form.sections:
            self._add_section(section, several)
        self._column.addStretch(1)
        scroll = _FittedScroll()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        return scroll

    def _shown(self, section: Section) -> list[FieldSpec]:
        return [spec for spec in section.fields if spec.key not in self._hidden]

    def _add_section(self, section: Section, several: bool) -> None:
        fields = self._shown(section)
        if not fields or section.key in self._hidden:
            return
        if several:
            if self._column.count():
                self._column.addWidget(line())
            self._column.addWidget(label(section.title, "strong"))
        if section.hint:
            self._column.addWidget(label(section.hint, "secondary", wrap=True))
        if section.repeats:
            self.rows.append(RowGrid(section, self.flow))
            self._column.addWidget(self.rows[-1])
            return
        grid = FieldGrid(fields, editors_of(self.flow.people, self.flow.papers, self._adder()), fill_lines=True)
        grid.bind(self.flow)
        grid.changed.connect(lambda _place: self._refresh())
        grid.left.connect(lambda _place: self._refresh())
        grid.moved_on.connect(self._walk)
        self.grids.append(grid)
        self._column.addWidget(grid)

    def _adder(self) -> Callable[[str], Mapping[str, str]] | None:
        return self._add_papers if self._archive is not None else None

    def _add_papers(self, field: str) -> Mapping[str, str]:
        """Ask for files, add them to the archive; they stay there, whatever becomes of the record."""
        assert self._archive is not None
        chosen, _ = QFileDialog.getOpenFileNames(self, "添加文件", str(documents_folder()), KINDS)
        added: dict[str, str] = {}
        try:
            for path in map(Path, chosen):
                kind = _PAPER_TYPES.get(field) or guess_type(path.name) or self._wanted_type(field)
                made = attachments.add_attachment(self._session, self._archive.id, path.name, path.read_bytes(), kind)
                added[made.id] = made.name
        except (NuandangError, OSError) as fault:
            messages.show_error(self, fault)
        if added:
            self.flow.papers.update(added)
            self._context.changes.archives_changed.emit({self._archive.id})
        return added

    def _wanted_type(self, field: str) -> str:
        """What a file is taken for whose name tells nothing."""
        return "other"

    # -- walking

    def _refresh(self) -> None:
        for grid in self.grids:
            grid.refresh()

    def _walk(self, place: Place, by: int) -> None:
        """Enter goes on to the next field that is asked; after the last one, to the button that stores."""
        keys = [key for grid in self.grids for key in grid.rows if self._is_asked(Place(key))]
        at = keys.index(place.field) + by
        if 0 <= at < len(keys):
            self.go_to(Place(keys[at]))
        elif by > 0:
            primary = self._primary()
            assert primary is not None
            primary.setFocus()

    def _is_asked(self, place: Place) -> bool:
        return self.flow.is_shown(place) and not self.flow.is_derived(place)

    def go_to(self, place: Place) -> None:
        """Put the cursor into a field or cell."""
        for grid in self.grids:
            if not place.member_id and place.field in grid.rows:
                grid.focus(place.field)
                self._scroll.ensureWidgetVisible(grid.rows[place.field], 0, 24)
        for rows in self.rows:
            if place in rows.cells:
                rows.focus(place)
                self._scroll.ensureWidgetVisible(rows.cells[place], 0, 24)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first field that can be typed into."""
        super().showEvent(event)
        first = next((place for place in self.flow.places() if self._is_on_form(place)), None)
        if first is not None:
            self.go_to(first)

    def _is_on_form(self, place: Place) -> bool:
        return any(place.field in grid.rows for grid in self.grids) and not place.member_id and self._is_asked(place)

    # -- storing

    def store(self) -> None:
        """Hand the record over; what is wrong is shown beside its field, and the first is gone to."""
        for grid in self.grids:
            grid.take_typed()
        for rows in self.rows:
            rows.take_typed()
        self.flow.drop_blank_rows()
        self.flow.touched.update(self.flow.places())
        left: list[Problem] = []
        if not self.flow.unread():
            fault = self._try()
            if fault is None:
                self.accept()
                return
            left = self._told(fault)
        self._show_faults(left)

    def _try(self) -> NuandangError | OSError | None:
        try:
            self._save(self.flow.content())
        except (NuandangError, OSError) as fault:
            return fault
        return None

    def _told(self, fault: NuandangError | OSError) -> list[Problem]:
        """Put the faults beside their fields; what has no field here is said in a box."""
        found = [item for item in getattr(fault, "context", {}).get("faults", ()) if isinstance(item, Problem)]
        if not isinstance(fault, UserError) or not found:
            self.flow.show_faults(())
            messages.show_error(self, fault)
            return []
        return [item for item in self.flow.show_faults(found) if item.field not in self._hidden] + [
            item for item in found if item.field in self._hidden
        ]

    def _show_faults(self, left: list[Problem]) -> None:
        for rows in self.rows:
            rows.show_rows()
        self._refresh()
        first = next((item.place for item in self.flow.findings() if item.place.field not in self._hidden), None)
        if first is not None:
            self.go_to(first)
        elif left:
            messages.inform(self, left[0].message, "还不能保存")

    def reject(self) -> None:
        """Leave; what was typed is only given up on purpose."""
        for grid in self.grids:
            grid.take_typed()
        if not self.flow.is_changed() or messages.confirm(
            self, "填写的内容还没有保存。要放弃吗？", "放弃", destructive=True, refuse="继续填写"
        ):
            super().reject()


class _FittedScroll(QScrollArea):
    """As high as its contents where the screen allows it."""

    def sizeHint(self) -> QSize:
        """The contents' own height, up to what a small screen can show."""
        inner = self.widget()
        hint = super().sizeHint()
        if inner is not None:
            screen = self.screen().availableGeometry().height() - theme.sp(190)
            hint.setHeight(min(inner.sizeHint().height() + 4, theme.sp(TALLEST), screen))
        return hint
