"""助学: the students registered in a year, and who goes to school and is not registered yet."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu

from db.domain.field_kinds import format_amount
from db.domain.records.record_form import RecordContent
from db.domain.records.students import STUDENT
from db.domain.wide_table import WideTable
from db.errors import NuandangError
from db.services import archiving, records, student_lists, students
from db.services.aid import Grant
from db.services.former_archives import content_here, remove_household_record
from db.services.office import OfficeSession
from db.services.students import StudentRow, Unregistered
from desktop import files, messages, theme
from desktop.context import AppContext
from desktop.records.reason_dialog import ask_reason
from desktop.students.approve_dialog import ApproveDialog
from desktop.students.notice_dialog import NoticesDialog
from desktop.students.register_acts import print_table, save_table
from desktop.students.sections import STUDENTS as HERE
from desktop.students.sections import add_switch
from desktop.students.student_dialog import StudentDialog
from desktop.widgets.pile_page import PilePage
from desktop.widgets.rows import Column

STUDENTS, MISSING, DOUBLES = "students", "missing", "doubles"
PILES = ((STUDENTS, "已登记学生"), (MISSING, "还没登记的在校子女"), (DOUBLES, "重复登记"))
_EMPTY = {
    STUDENTS: "这一年还没有登记学生。档案里的在校子女已经列好，从“还没登记的在校子女”里一个一个登记。",
    MISSING: "在校的子女都登记了。",
    DOUBLES: "没有人在两份档案里登记。一个学生按身份证号只算一个人。",
}

_ONE_PERSON = "同一个学生登记在两份档案里，统计按身份证号只算一个人。请和登记的单位核对，留一份，另一份由登记的单位删除。"


class StudentsPage(PilePage):
    """The students of a year."""

    title = "助学就业"
    hint = "姓名、学校、项目"

    def __init__(self, context: AppContext) -> None:
        self.offices: dict[str, str] = {}
        super().__init__(context, PILES, _columns(self.offices, several=context.session.office.level != "township"))
        add_switch(self.header, context, HERE)
        self.removing = self.header.add_action("删除…", self.remove_current, icon="trash-2")
        self.removing.setToolTip("删除选中的登记")
        self.noticing = self.header.add_action("公示…", self.show_notices)
        self.printing = self.header.add_action("表格…", self.choose_table, icon="printer")
        self.begin_step = self.header.add_action("登记…", self.begin_current, "primary", "plus")
        self.approving = self.header.add_action("批准助学金…", self.approve, "primary", "check")

    def open(self, pile: str = "", year: int = 0, notices: bool = False, **more: Any) -> None:
        """Show a pile of a year; with *notices* the posted lists over it."""
        super().open(pile, year, **more)
        if notices:
            QTimer.singleShot(0, self.show_notices)

    def rows_of(self, pile: str, year: int) -> Sequence[Any]:
        """The registered, or those who are not."""
        loaders: dict[str, Callable[[OfficeSession, int], Sequence[Any]]] = {
            STUDENTS: students.list_students,
            MISSING: students.unregistered,
            DOUBLES: students.doubles,
        }
        self.offices.update(archiving.office_names(self._session))
        return loaders[pile](self._session, year)

    def words_of(self, row: Any) -> Sequence[str]:
        """Name, household, school; of a registration also its programmes and where its money comes from."""
        told = (row.name, row.household, getattr(row, "school", ""))
        if not isinstance(row, StudentRow):
            return told
        about = [STUDENT.words(row.content, key) for key in ("programme_lines", "regime", "stage") if row.content.values.get(key)]
        return (*told, *about)

    def empty_words(self, pile: str) -> str:
        """What is to be done, or that nothing is."""
        return _EMPTY[pile]

    def first_step(self, pile: str) -> tuple[str, Callable[[], object]] | None:
        """To those who go to school."""
        return ("看还没登记的在校子女", partial(self.show_pile, MISSING)) if pile == STUDENTS else None

    def on_shown(self, pile: str, rows: Sequence[Any]) -> None:
        """Only who is not registered can be."""
        self.begin_step.setVisible(pile == MISSING)
        self.begin_step.setEnabled(bool(rows))
        self.approving.setVisible(pile == STUDENTS)
        # what is granted today counts in this year
        is_this_year = self.chosen_year() == int(self._session.today[:4])
        self.approving.setEnabled(pile == STUDENTS and is_this_year and any(not row.granted for row in self.all_rows()))
        self.removing.setVisible(pile != MISSING)
        self.removing.setEnabled(bool(rows))

    def explain(self) -> str:
        """How a school year goes here, and what the columns mean."""
        return (
            "“还没登记的在校子女”照档案表里的身份列出，一个一个登记，去年登记过的接着填。“已登记学生”里点“批准助学金…”一次批准，"
            "再到“帮扶 → 发放”编名册。“公示…”的名单不登学生姓名和学校。\n"
            "原件核对：要交的材料里，原件看过并退回的几件。明年：照入学年份和学制推算。"
            "重复登记：同一个身份证号在两份档案里，统计只算一个人。"
        )

    def note_words(self, pile: str, year: int, rows: Sequence[Any]) -> str:
        """What the policy wants by when; what to do about doubles."""
        if pile == DOUBLES:
            return _ONE_PERSON if rows else ""
        return students.deadline_words(self._session) if year == int(self._session.today[:4]) else ""

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
                content = content_here(self._session, row.archive_id, found)
                self._student(row.archive_id, content, row.record_id, "助学登记")
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

    def approve(self) -> None:
        """Grant the students who wait, in one go."""

        def done(made: list[Grant]) -> None:
            self.context.window.notify(f"已批准 {len(made):,} 人，合计 {format_amount(sum(item.amount for item in made))} 元。")
            self.context.changes.archives_changed.emit({item.archive_id for item in made})
            self.load()

        ApproveDialog(self, self.context, self.chosen_year(), done).exec()

    def remove_current(self) -> None:
        """Take out a registration that was made by mistake; its versions are kept."""
        row = self.current_row()
        if not isinstance(row, StudentRow):
            return
        hint = f"{row.household}家的档案 {row.archive_number} 里，这一年的登记。删掉的登记留在变更记录里。"
        reason = ask_reason(self, f"删除登记：{row.name}", hint, "删除")
        if reason:
            try:
                remove_household_record(self._session, row.archive_id, row.record_id, reason)
            except NuandangError as fault:
                messages.show_error(self, fault)
                return
            self.context.changes.archives_changed.emit({row.archive_id})
            self.load()

    # -- papers

    def show_notices(self) -> None:
        """The lists that hang, or hung, and posting one."""
        NoticesDialog(self, self.context, self.chosen_year()).exec()

    def choose_table(self) -> None:
        """Offer the form of students and the list of those aided, each for paper, workbook, and blank."""
        menu = QMenu(self)
        register = menu.addMenu("申请金秋助学困难职工子女情况登记表")
        self._offer(register, self.register)
        for layout in student_lists.layouts(self._session):
            self._offer(menu.addMenu(layout.title.replace("{year}", f"{self.chosen_year()} ")), partial(self._list, layout.id))
        menu.addSeparator()
        menu.addAction("读入本地的汇总表版式…", self.read_layout)
        menu.exec(self.printing.mapToGlobal(self.printing.rect().bottomLeft()))

    def _offer(self, menu: QMenu, table: Callable[[bool], WideTable]) -> None:
        menu.addAction("打印…", lambda: print_table(self, table(False), "登记表", session=self._session))
        menu.addAction("存为 Excel…", lambda: save_table(self, self._session, table(False)))
        menu.addAction("打印空白表…", lambda: print_table(self, table(True), "空白表"))

    def register(self, blank: bool) -> WideTable:
        """The form of students."""
        filler = "" if blank else self._session.clerk.name
        return student_lists.student_register(self._session, self.chosen_year(), blank=blank, filler=filler)

    def _list(self, layout_id: str, blank: bool) -> WideTable:
        return student_lists.aided_list(self._session, self.chosen_year(), layout_id, blank=blank)

    def read_layout(self) -> None:
        """A layout of the list that the office above sent, from its file."""
        path = files.ask_open(self, "读入汇总表版式", "版式文件 (*.toml)")
        if path is not None:
            try:
                layout = student_lists.add_layout(self._session, path)
            except NuandangError as fault:
                messages.show_error(self, fault)
                return
            title = layout.title.replace("{year}", str(self.chosen_year()))
            self.context.window.notify(f"“{title}”的版式已读入，在“表格…”里可以打印。")


def _columns(offices: dict[str, str], several: bool) -> dict[str, list[Column[Any]]]:
    """*offices*: names by id, known as soon as rows are; *several*: the students of more than one office come together."""
    unit: Column[Any] = Column("登记单位", lambda row: offices.get(row.office_id, "其他单位"), 150)
    household: Column[Any] = Column("户主", lambda row: row.household, 96)
    number: Column[Any] = Column("档案编号", lambda row: row.archive_number, 176, firm=True)
    name: Column[Any] = Column("姓名", lambda row: row.name, 96, bold=True)
    return {
        STUDENTS: [
            name,
            Column("学段", lambda row: row.stage_label, 84),
            Column("学校", lambda row: row.school, 190),
            Column("类别", lambda row: "新生" if row.student_kind == "new" else "历届生", 72),
            household,
            Column("申请（元）", lambda row: format_amount(row.wanted) if row.wanted else "--", 104, right=True),
            Column("已批（元）", lambda row: format_amount(row.granted) if row.granted else "--", 104, right=True),
            Column("原件核对", _originals, 92, _originals_ink),
            Column("明年", lambda row: row.coming or "--", 190),
            *([unit] if several else ()),
        ],
        DOUBLES: [
            name,
            Column("身份证号", lambda row: f"尾号 {row.number[-4:]}", 100),
            Column("学段", lambda row: row.stage_label, 84),
            Column("学校", lambda row: row.school, 170),
            household,
            number,
            unit,
            Column("登记日期", lambda row: row.content.text("registered_on"), 104),
            Column("已批（元）", lambda row: format_amount(row.granted) if row.granted else "--", 104, right=True),
        ],
        MISSING: [
            name,
            Column("档案表里写的", lambda row: row.identity_label, 130),
            Column("照去年登记推算", lambda row: row.coming or "--", 200),
            Column("身份证号", lambda row: f"尾号 {row.number[-4:]}" if row.number else "缺", 100),
            household,
            number,
        ],
    }


def _originals(row: StudentRow) -> str:
    done, asked = row.originals
    return f"{done}/{asked}" if asked else "--"


def _originals_ink(row: StudentRow) -> str | None:
    done, asked = row.originals
    return (theme.GREEN if done == asked else theme.AMBER) if asked else None
