"""One record of the timeline as it stands, and the versions before it; for reading."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldKind, FieldSpec, Section, Value, Values
from db.domain.means_form import WORKER
from db.domain.records.record_changes import record_changes
from db.domain.records.record_form import RecordKind
from db.services import archiving, attachments, records
from db.services.archiving import Archive
from db.services.records import Record
from desktop import theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import Note, button, label, line

WIDTH, TALLEST = 680, 560
TABS = {
    RecordKind.HOME_VISIT: "visits",
    RecordKind.PAIRING: "pairing",
    RecordKind.HELP_PLAN: "pairing",
    RecordKind.MEASURE: "pairing",
    RecordKind.AID_APPLICATION: "aid",
    RecordKind.AID_SERVICE: "aid",
}
TAB_WORDS = {"visits": "走访", "pairing": "结对", "aid": "救助"}
_INNER = frozenset({"cadre_id", "campaign_id", "measure_id", "application_id", "programme_id", "continues_id", "archive_id"})
"""Answers that are ids, which say nothing to people."""


class RecordView(PlainDialog):
    """Every answer of a record, and who put down which version when."""

    def __init__(
        self, parent: QWidget | None, context: AppContext, versions: list[Record], archive: Archive, *, may_act: bool = True
    ) -> None:
        current = versions[-1]
        super().__init__(parent, current.form.title, current.line, WIDTH)
        self.tab = TABS.get(current.kind, "") if may_act else ""
        """The tab of the archive where such records are kept; to be shown when the dialog ends with Accepted."""
        papers = attachments.list_attachments(context.session, archive.id)
        self._papers = {paper.id: paper.name for paper in papers}
        content = archive.content
        self._names = {WORKER: content.text("name")} | {
            str(member["id"]): str(member.get("name") or "") for member in content.members
        }
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 10, 0)
        self._column.setSpacing(10)
        if current.is_removed:
            self._column.addWidget(Note("这条记录已经删除，只在经过里留着。", "warning"))
        for section in current.form.sections:
            self._add_section(section, current)
        self._add_versions(versions)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        scroll.setMinimumHeight(min(theme.sp(TALLEST), inside.sizeHint().height() + theme.sp(24)))
        self.body.addWidget(scroll)
        self.foot.addStretch(1)
        if self.tab:
            self.foot.addWidget(button(f"到“{TAB_WORDS[self.tab]}”里办", act=self.accept))
        self.foot.addWidget(button("关闭", "primary", act=self.reject))

    def _add_section(self, section: Section, record: Record) -> None:
        rows = record.content.rows.get(section.key, []) if section.repeats else [record.content.values]
        told = [pairs for row in rows if (pairs := self._pairs(section, row))]
        if not told:
            return
        self._column.addWidget(label(section.title, "section"))
        for at, pairs in enumerate(told):
            if at:
                self._column.addWidget(line())
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(4)
            grid.setColumnStretch(1, 1)
            grid.setColumnMinimumWidth(0, theme.sp(120))
            for row, (caption, words) in enumerate(pairs):
                grid.addWidget(label(caption, "secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(label(words, wrap=True), row, 1)
            self._column.addLayout(grid)

    def _pairs(self, section: Section, row: Values) -> list[tuple[str, str]]:
        found = []
        for spec in section.fields:
            value = row.get(spec.key)
            words = self._words(spec, value)
            if words and spec.key not in _INNER:
                found.append((spec.label, words))
        return found

    def _words(self, spec: FieldSpec, value: Value) -> str:
        if spec.kind is FieldKind.PERSON:
            return self._names.get(str(value), "") if value else ""
        if spec.kind is FieldKind.PAPERS and isinstance(value, list):
            return "、".join(self._papers.get(paper, "已移除的材料") for paper in value)
        return format_value(spec, value)

    def _add_versions(self, versions: list[Record]) -> None:
        self._column.addWidget(line())
        before: Record | None = None
        for number, item in enumerate(versions, 1):
            what = "删除" if item.is_removed else "登记" if before is None else "修改"
            changed = record_changes(item.form, before.content, item.content) if before and not item.is_removed else []
            told = f"第 {number} 次　{item.made_at[:16].replace('T', ' ')}　{item.clerk_name}{what}"
            self._column.addWidget(label("　".join([told, *changed]), "small", wrap=True))
            before = item


def show_record(context: AppContext, parent: QWidget, archive: Archive, record_id: str) -> str:
    """Show a record of the archive with its versions; the tab that the clerk wants to go on to, empty for none."""
    versions = records.record_versions(context.session, record_id)
    if not versions:
        return ""
    is_former = versions[-1].archive_id != archive.id  # it lies in an archive merged into this one, and is only read
    own = archiving.load_archive(context.session, versions[-1].archive_id) if is_former else archive
    dialog = RecordView(parent, context, versions, own, may_act=not is_former)
    return dialog.tab if dialog.exec() else ""
