"""就业: the graduates on record and how far the targets are reached, and who should be on record and is not."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from db.domain.records.graduates import GRADUATE
from db.domain.records.record_form import RecordContent
from db.domain.wide_table import WideTable
from db.errors import NuandangError
from db.services import archiving, employment_targets, graduates, records
from db.services.graduates import Finishing, GraduateRow
from desktop import messages, theme
from desktop.context import AppContext
from desktop.records.record_dialog import RecordDialog
from desktop.students.register_acts import print_table, save_table
from desktop.students.sections import GRADUATES as HERE
from desktop.students.sections import add_switch
from desktop.widgets.pile_page import PilePage
from desktop.widgets.rows import Column

GRADUATES, FINISHING = "graduates", "finishing"
PILES = ((GRADUATES, "高校毕业生"), (FINISHING, "应登记的毕业生"))
_EMPTY = {
    GRADUATES: "还没有高校毕业生的档案。登记过的学生到了毕业的年份，会出现在“应登记的毕业生”里。",
    FINISHING: "没有应登记而没登记的毕业生。",
}


class GraduatesPage(PilePage):
    """The graduates."""

    title = "助学就业"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, PILES, _columns())
        add_switch(self.header, context, HERE)
        self.header.add_action("空白表…", lambda: print_table(self, self._table(blank=True), "空白登记表"))
        self.excel = self.header.add_action("存为 Excel…", self.save, icon="file-spreadsheet")
        self.printing = self.header.add_action("打印登记表…", self.print_register, "", "printer")
        self.begin_step = self.header.add_action("登记…", self.begin_current, "primary", "plus")

    def rows_of(self, pile: str, year: int) -> Sequence[Any]:
        """Those on record, or those who should be."""
        return graduates.list_graduates(self._session) if pile == GRADUATES else graduates.finishing(self._session, year)

    def words_of(self, row: Any) -> Sequence[str]:
        """Name, household, school."""
        school = row.content.text("school") if isinstance(row, GraduateRow) else row.school
        return (row.name, row.household, school)

    def empty_words(self, pile: str) -> str:
        """What is to be done, or that nothing is."""
        return _EMPTY[pile]

    def counted(self, pile: str, rows: Sequence[Any]) -> str:
        """How many, of whatever year."""
        return f"{len(rows):,} 人"

    def note_words(self, pile: str) -> str:
        """The targets, and by name who is missing."""
        told = []
        for target in employment_targets.targets(self._session, self.chosen_year()):
            if target.asked:
                missing = f"，还差：{'、'.join(target.missing[:6])}{'等' if len(target.missing) > 6 else ''}" if not target.is_met else ""
                told.append(f"{target.label} {target.words}{missing}")
        return "\n".join(told)

    def on_shown(self, pile: str, rows: Sequence[Any]) -> None:
        """Only who is not on record can be put there; only those who are make a register."""
        self.begin_step.setEnabled(bool(rows) and pile == FINISHING)
        for step in (self.excel, self.printing):
            step.setEnabled(bool(self.all_rows()) and pile == GRADUATES)

    # -- registering

    def begin_current(self) -> None:
        """Put on record whoever is chosen in the list."""
        self.open_row(self.current_row())

    def open_row(self, row: GraduateRow | Finishing | None) -> None:
        """Open the record of a row, or begin one."""
        try:
            if isinstance(row, Finishing):
                self._graduate(row.archive_id, graduates.prepared_graduate(self._session, row.record_id), "", "登记毕业生")
            elif isinstance(row, GraduateRow):
                found = records.load_record(self._session, row.record_id)
                self._graduate(row.archive_id, found.content, row.record_id, "毕业生就业服务档案")
        except NuandangError as fault:
            messages.show_error(self, fault)

    def _graduate(self, archive_id: str, content: RecordContent, record_id: str, title: str) -> None:
        save = partial(self._save, archive_id, record_id)
        archive = archiving.load_archive(self._session, archive_id)
        RecordDialog(self, self.context, GRADUATE, content, f"{title}：{content.text('name')}", save, archive=archive).exec()

    def _save(self, archive_id: str, record_id: str, content: RecordContent) -> None:
        graduates.save_graduate(self._session, archive_id, content, record_id)
        self.context.window.notify(f"“{content.text('name')}”的登记已保存。")
        self.context.changes.archives_changed.emit({archive_id})

    # -- papers

    def _table(self, *, blank: bool = False) -> WideTable:
        return graduates.graduate_register(self._session, blank=blank)

    def print_register(self) -> None:
        """附件2."""
        print_table(self, self._table(), "登记表")

    def save(self) -> None:
        """附件2 as a workbook."""
        save_table(self, self._session, self._table())


def _columns() -> dict[str, list[Column[Any]]]:
    household: Column[Any] = Column("户主", lambda row: row.household, 96)
    number: Column[Any] = Column("档案编号", lambda row: row.archive_number, 150)
    name: Column[Any] = Column("姓名", lambda row: row.name, 96, bold=True)
    return {
        GRADUATES: [
            name,
            Column("就业状态", lambda row: row.status_label, 116, _status_ink),
            Column("毕业年份", lambda row: row.content.text("graduation_year"), 84),
            Column("学校", lambda row: row.content.text("school"), 190),
            Column("专业", lambda row: row.content.text("major"), 130),
            household,
            Column("责任人", lambda row: row.content.text("responsible"), 150),
        ],
        FINISHING: [
            name,
            Column("毕业年份", lambda row: str(row.graduation_year), 84),
            Column("学校", lambda row: row.school, 200),
            household,
            number,
        ],
    }


def _status_ink(row: GraduateRow) -> str | None:
    return {"employed": theme.GREEN, "unemployed": theme.AMBER}.get(row.status)
