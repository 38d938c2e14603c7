"""助学和就业 in the tab 救助: who of the household was registered as a student or a graduate, and who stands by them."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QHBoxLayout

from db.domain.records.record_form import RecordKind
from db.services.archiving import Archive
from db.services.former_archives import GOING_ON, FormerArchive, register_records
from db.services.records import Record
from desktop import theme
from desktop.assessment.layouts import clear_below
from desktop.context import AppContext
from desktop.moves.former_mark import former_mark
from desktop.timeline.record_view import show_record
from desktop.widgets.basics import Card, Icon, button, label, line

_REGISTERS = {
    RecordKind.STUDENT: ("助学", "students"),
    RecordKind.GRADUATE: ("就业", "graduates"),
    RecordKind.SPONSORSHIP: ("一帮一", "student_support"),
    RecordKind.WORK_PLACEMENT: ("勤工俭学", "student_support"),
}
"""The registers in a word, and where each is kept."""


class SchoolCard(Card):
    """The entries of one household, the latest first; hidden where there are none."""

    def __init__(self, context: AppContext) -> None:
        super().__init__("助学和就业", "登记在“助学就业”里")
        self._context = context
        self._archive: Archive | None = None

    def show_archive(self, archive: Archive, former: Mapping[str, FormerArchive]) -> None:
        """Show what is registered of *archive* and of those merged into it."""
        self._archive = archive
        clear_below(self.body)
        found = register_records(self._context.session, archive.id)
        for at, item in enumerate(reversed(found)):
            if at:
                self.body.addWidget(line())
            self.body.addLayout(self._row(item, former.get(item.archive_id)))
        self.setVisible(bool(found))

    def _row(self, item: Record, former: FormerArchive | None) -> QHBoxLayout:
        words, page = _REGISTERS[item.kind]
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Icon("user", theme.SECONDARY, 18))
        row.addWidget(label(words, "badge"))
        row.addWidget(label(item.line, "", wrap=True), 1)
        row.addWidget(label(f"{item.clerk_name}　{item.made_at[:10]} 登记", "small"))
        if former is not None:
            row.addWidget(former_mark(self._context, former))
        row.addWidget(button("看…", "link", act=partial(self._look, item)))
        if former is None or item.kind in GOING_ON:
            row.addWidget(button("去登记册", "link", act=partial(self._context.window.show_page, page)))
        return row

    def _look(self, item: Record) -> None:
        if self._archive is not None:
            show_record(self._context, self, self._archive, item.record_id)
