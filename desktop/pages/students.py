"""助学就业: the students of a year, who is not registered yet, the graduates and how far their targets are reached."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.domain.field_kinds import format_amount
from db.domain.records.record_form import RecordContent
from db.domain.records.students import GRADUATE, STUDENT
from db.domain.wide_table import WideTable
from db.errors import NuandangError
from db.services import archiving, records, students
from db.services.students import Finishing, GraduateRow, StudentRow, Unregistered
from desktop import background, files, messages, theme
from desktop.context import AppContext, Page
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import EmptyState, Note, PageHeader, label
from desktop.widgets.list_card import ListCard
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

STUDENTS, MISSING, GRADUATES, FINISHING = "students", "missing", "graduates", "finishing"
PILES = ((STUDENTS, "已登记学生"), (MISSING, "还没登记的在校子女"), (GRADUATES, "高校毕业生"), (FINISHING, "应登记的毕业生"))
YEARS = range(-6, 2)
_EMPTY = {
    STUDENTS: "这一年还没有登记学生。从“还没登记的在校子女”里一个一个登记。",
    MISSING: "在校的子女都登记了。",
    GRADUATES: "还没有高校毕业生的档案。登记过的学生到了毕业的年份，会出现在“应登记的毕业生”里。",
    FINISHING: "没有应登记而没登记的毕业生。",
}
_HIDDEN_STUDENT = frozenset({"programme_id"})
Any_ = StudentRow | Unregistered | GraduateRow | Finishing


class StudentsPage(Page):
    """Four piles of one year."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._all: Sequence[Any_] = ()
        self.header = PageHeader("助学就业")
        self.header.add_action("空白表…", lambda: self._print(self._table(blank=True), "空白登记表"))
        self.excel = self.header.add_action("存为 Excel…", self.save, icon="file-spreadsheet")
        self.printing = self.header.add_action("打印登记表…", self.print_register, "", "printer")
        self.begin_step = self.header.add_action("登记…", self.begin_current, "primary", "plus")
        self.targets = Note("", "plain")
        self.piles: Segmented[str] = Segmented(list(PILES))
        self.piles.set_value(STUDENTS)
        self.year = QComboBox()
        self.year.setAccessibleName("年度")
        for offset in YEARS:
            self.year.addItem(f"{int(self._session.today[:4]) - offset} 年", int(self._session.today[:4]) - offset)
        self.year.setCurrentIndex(self.year.findData(int(self._session.today[:4])))
        self.text = QLineEdit()
        self.text.setPlaceholderText("姓名、学校、户主")
        self.text.setAccessibleName("按文字筛选")
        self.text.setClearButtonEnabled(True)
        self.models: dict[str, RowsModel[Any]] = {name: RowsModel(columns) for name, columns in _columns().items()}
        self.tables = {name: rows_table(model) for name, model in self.models.items()}
        self._empty = EmptyState("users", "")
        self._empty.step.hide()
        self._arrange()
        self.piles.changed.connect(lambda _name: self._load())
        self.year.activated.connect(lambda _at: self._load())
        self.text.textChanged.connect(lambda _text: self._show())
        context.changes.archives_changed.connect(lambda _ids: self._on_change())

    def _arrange(self) -> None:
        acts = QWidget()
        bar = QHBoxLayout(acts)
        bar.setContentsMargins(11, 0, 8, 0)
        bar.setSpacing(8)
        bar.addWidget(self.piles)
        bar.addStretch(1)
        bar.addWidget(label("年度", "small"))
        bar.addWidget(self.year)
        self.text.setMaximumWidth(theme.sp(190))
        bar.addWidget(self.text)
        self.card = ListCard(acts, self._empty, *self.tables.values())
        for name, table in self.tables.items():
            table.setAccessibleName(dict(PILES)[name])
            table.opened.connect(lambda index, pile=name: self.open_row(self.models[pile].row_at(index)))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self.targets)
        column.addWidget(self.card, 1)

    # -- showing

    def open(self, pile: str = "", year: int = 0, **_: Any) -> None:
        """Show a pile of a year."""
        if pile:
            self.piles.set_value(pile)
        if year and self.year.findData(year) >= 0:
            self.year.setCurrentIndex(self.year.findData(year))
        self._load()
        self.tables[self._pile()].setFocus()

    def place(self) -> dict[str, Any]:
        """Pile and year."""
        return {"pile": self._pile(), "year": self.year.currentData()}

    def _pile(self) -> str:
        return self.piles.value() or STUDENTS

    def _on_change(self) -> None:
        if self.isVisible():
            self._load()

    def _load(self) -> None:
        pile, year = self._pile(), self.year.currentData()
        loaders: dict[str, Any] = {
            STUDENTS: lambda: students.list_students(self._session, year),
            MISSING: lambda: students.unregistered(self._session, year),
            GRADUATES: lambda: students.list_graduates(self._session),
            FINISHING: lambda: students.finishing(self._session, year),
        }
        self._all = loaders[pile]()
        self._show_targets(pile)
        self._show()

    def _show_targets(self, pile: str) -> None:
        told = []
        for target in students.targets(self._session) if pile in {GRADUATES, FINISHING} else ():
            if target.asked:
                missing = f"，还差：{'、'.join(target.missing[:6])}{'等' if len(target.missing) > 6 else ''}" if not target.is_met else ""
                rate = f"{target.reached}/{target.asked}，{(target.rate or 0) * 100:.0f}%"
                told.append(f"{target.label} {rate}（目标 {target.wanted * 100:.0f}%）{missing}")
        self.targets.setVisible(bool(told))
        self.targets.show_text("\n".join(told), "plain")

    def _show(self) -> None:
        pile, wanted = self._pile(), self.text.text().strip()
        rows = [row for row in self._all if not wanted or any(wanted in word for word in _words(row))]
        self.models[pile].show_rows(rows)
        self._empty.sentence.setText(_EMPTY[pile] if not self._all else "没有找到，换个字再试。")
        self.card.stack.setCurrentWidget(self.tables[pile] if rows else self._empty)
        hint = f"{len(rows):,} 人" if pile in {GRADUATES, FINISHING} else f"{self.year.currentData()} 年　{len(rows):,} 人"
        self.header.set_texts("助学就业", hint)
        self.begin_step.setEnabled(bool(rows) and pile in {MISSING, FINISHING})
        for step in (self.excel, self.printing):
            step.setEnabled(bool(self._all) and pile in {STUDENTS, GRADUATES})

    # -- registering

    def begin_current(self) -> None:
        """Register whoever is chosen in the list."""
        pile = self._pile()
        row = self.models[pile].row_at(self.tables[pile].currentIndex()) or next(iter(self.models[pile].rows), None)
        self.open_row(row)

    def open_row(self, row: Any_ | None) -> None:
        """Open the record of a row, or begin one."""
        try:
            if isinstance(row, Unregistered):
                content = students.prepared_student(self._session, row.archive_id, row.member_id, self.year.currentData())
                self._student(row.archive_id, content, "", "登记学生")
            elif isinstance(row, StudentRow):
                found = records.load_record(self._session, row.record_id)
                self._student(row.archive_id, found.content, row.record_id, "助学登记")
            elif isinstance(row, Finishing):
                self._graduate(row.archive_id, students.prepared_graduate(self._session, row.record_id), "", "登记毕业生")
            elif isinstance(row, GraduateRow):
                found = records.load_record(self._session, row.record_id)
                self._graduate(row.archive_id, found.content, row.record_id, "毕业生就业服务档案")
        except NuandangError as fault:
            messages.show_error(self, fault)

    def _student(self, archive_id: str, content: RecordContent, record_id: str, title: str) -> None:
        save = partial(self._save, students.save_student, archive_id, record_id)
        archive = archiving.load_archive(self._session, archive_id)
        title = f"{title}：{content.text('name')}"
        RecordDialog(self, self.context, STUDENT, content, title, save, archive=archive, hidden=_HIDDEN_STUDENT).exec()

    def _graduate(self, archive_id: str, content: RecordContent, record_id: str, title: str) -> None:
        save = partial(self._save, students.save_graduate, archive_id, record_id)
        archive = archiving.load_archive(self._session, archive_id)
        RecordDialog(self, self.context, GRADUATE, content, f"{title}：{content.text('name')}", save, archive=archive).exec()

    def _save(self, store: Any, archive_id: str, record_id: str, content: RecordContent) -> None:
        store(self._session, archive_id, content, record_id)
        self.context.window.notify(f"“{content.text('name')}”的登记已保存。")
        self.context.changes.archives_changed.emit({archive_id})

    # -- papers

    def _table(self, *, blank: bool = False) -> WideTable:
        if self._pile() in {GRADUATES, FINISHING}:
            return students.graduate_register(self._session, blank=blank)
        filler = "" if blank else self._session.clerk.name
        return students.student_register(self._session, self.year.currentData(), blank=blank, filler=filler)

    def print_register(self) -> None:
        """附件2, or the form of students."""
        self._print(self._table(), "登记表")

    def _print(self, table: WideTable, name: str) -> None:
        pdf = students.table_pdf(table)
        PrintDialog(self, pdf, table.title, f"{table.title}-{name}.pdf", "有姓名、证件号和电话", private=bool(table.rows)).exec()

    def save(self) -> None:
        """The register as a workbook."""
        table, session = self._table(), self._session
        path = files.ask_save(self, "存为 Excel", f"{table.title}-{session.today}.xlsx", "Excel (*.xlsx)")
        if path is not None:
            background.run(
                self,
                lambda _progress: students.write_table(session, table, path),
                lambda _none: offer_folder(self, "登记表已保存。", path),
                title="正在写 Excel…",
            )


def _words(row: Any_) -> tuple[str, ...]:
    school = row.content.text("school") if isinstance(row, GraduateRow) else getattr(row, "school", "")
    return (row.name, row.household, school)


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
