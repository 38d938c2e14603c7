"""助学: the students registered in a year, and who goes to school and is not registered yet."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from db.domain.field_kinds import format_amount
from db.domain.records.record_form import RecordContent
from db.domain.wide_table import WideTable
from db.errors import NuandangError
from db.services import archiving, records, students
from db.services.students import StudentRow, Unregistered
from desktop import messages
from desktop.context import AppContext
from desktop.students.register_acts import print_table, save_table
from desktop.students.sections import STUDENTS as HERE
from desktop.students.sections import add_switch
from desktop.students.student_dialog import StudentDialog
from desktop.widgets.pile_page import PilePage
from desktop.widgets.rows import Column

STUDENTS, MISSING = "students", "missing"
PILES = ((STUDENTS, "已登记学生"), (MISSING, "还没登记的在校子女"))
_EMPTY = {
    STUDENTS: "这一年还没有登记学生。从“还没登记的在校子女”里一个一个登记。",
    MISSING: "在校的子女都登记了。",
}


class StudentsPage(PilePage):
    """The students of a year."""

    title = "助学就业"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, PILES, _columns())
        add_switch(self.header, context, HERE)
        self.header.add_action("空白表…", lambda: print_table(self, self._table(blank=True), "空白登记表"))
        self.excel = self.header.add_action("存为 Excel…", self.save, icon="file-spreadsheet")
        self.printing = self.header.add_action("打印登记表…", self.print_register, "", "printer")
        self.begin_step = self.header.add_action("登记…", self.begin_current, "primary", "plus")

    def rows_of(self, pile: str, year: int) -> Sequence[Any]:
        """The registered, or those who are not."""
        return students.list_students(self._session, year) if pile == STUDENTS else students.unregistered(self._session, year)

    def words_of(self, row: Any) -> Sequence[str]:
        """Name, household, school."""
        return (row.name, row.household, getattr(row, "school", ""))

    def empty_words(self, pile: str) -> str:
        """What is to be done, or that nothing is."""
        return _EMPTY[pile]

    def on_shown(self, pile: str, rows: Sequence[Any]) -> None:
        """Only who is not registered can be; only those who are make a register."""
        self.begin_step.setEnabled(bool(rows) and pile == MISSING)
        for step in (self.excel, self.printing):
            step.setEnabled(bool(self.all_rows()) and pile == STUDENTS)

    # -- registering

    def begin_current(self) -> None:
        """Register whoever is chosen in the list."""
        self.open_row(self.current_row())

    def open_row(self, row: StudentRow | Unregistered | None) -> None:
        """Open the registration of a row, or begin one."""
        try:
            if isinstance(row, Unregistered):
                content = students.prepared_student(self._session, row.archive_id, row.member_id, self.chosen_year())
                self._student(row.archive_id, content, "", "登记学生")
            elif isinstance(row, StudentRow):
                found = records.load_record(self._session, row.record_id)
                self._student(row.archive_id, found.content, row.record_id, "助学登记")
        except NuandangError as fault:
            messages.show_error(self, fault)

    def _student(self, archive_id: str, content: RecordContent, record_id: str, title: str) -> None:
        save = partial(self._save, archive_id, record_id)
        archive = archiving.load_archive(self._session, archive_id)
        title = f"{title}：{content.text('name')}"
        StudentDialog(self, self.context, archive, content, title, save).exec()

    def _save(self, archive_id: str, record_id: str, content: RecordContent) -> None:
        students.save_student(self._session, archive_id, content, record_id)
        self.context.window.notify(f"“{content.text('name')}”的登记已保存。")
        self.context.changes.archives_changed.emit({archive_id})

    # -- papers

    def _table(self, *, blank: bool = False) -> WideTable:
        filler = "" if blank else self._session.clerk.name
        return students.student_register(self._session, self.chosen_year(), blank=blank, filler=filler)

    def print_register(self) -> None:
        """The form of students."""
        print_table(self, self._table(), "登记表")

    def save(self) -> None:
        """The register as a workbook."""
        save_table(self, self._session, self._table())


def _columns() -> dict[str, list[Column[Any]]]:
    household: Column[Any] = Column("户主", lambda row: row.household, 96)
    number: Column[Any] = Column("档案编号", lambda row: row.archive_number, 150)
    name: Column[Any] = Column("姓名", lambda row: row.name, 96, bold=True)
    return {
        STUDENTS: [
            name,
            Column("学段", lambda row: row.stage_label, 84),
            Column("学校", lambda row: row.school, 190),
            Column("类别", lambda row: "新生" if row.student_kind == "new" else "历届生", 72),
            household,
            number,
            Column("申请（元）", lambda row: format_amount(row.wanted) if row.wanted else "--", 104, right=True),
            Column("已批（元）", lambda row: format_amount(row.granted) if row.granted else "--", 104, right=True),
        ],
        MISSING: [
            name,
            Column("档案表里写的", lambda row: row.identity_label, 130),
            Column("身份证号", lambda row: f"尾号 {row.number[-4:]}" if row.number else "缺", 100),
            household,
            number,
        ],
    }
