"""就业: the graduates on record, who is to be asked again, how far the targets are reached, and who should be on record."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu

from db.domain.field_kinds import format_value
from db.domain.records.graduates import GRADUATE, STATUS_AT_FIRST
from db.domain.records.record_form import CONTINUES, RecordContent, Row
from db.domain.wide_table import WideTable
from db.errors import NuandangError
from db.services import aid, archiving, deadlines, employment_targets, graduate_sheets, graduates, records, resumes
from db.services.former_archives import content_here
from db.services.graduates import Finishing, GraduateRow, Likely
from db.services.register_sheets import RegisterImport
from desktop import background, files, messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import About, PrintDialog
from desktop.records import register_import
from desktop.records.record_dialog import RecordDialog
from desktop.students.graduate_panel import GraduatePanel
from desktop.students.line_dialog import ask_line
from desktop.students.register_acts import print_table, save_table
from desktop.students.sections import GRADUATES as HERE
from desktop.students.sections import add_switch
from desktop.widgets.pile_page import PilePage
from desktop.widgets.rows import Column

GRADUATES, DUE, MISSING, FINISHING, LIKELY = "graduates", "due", "missing", "finishing", "likely"
PILES = (
    (GRADUATES, "已登记"),
    (DUE, "该联系的"),
    (MISSING, "没就业的"),
    (FINISHING, "应登记的"),
    (LIKELY, "请核实的"),
)
_EMPTY = {
    GRADUATES: "还没有高校毕业生的档案。登记过的学生到了毕业的年份，会出现在“应登记的”里；也可以导入填好的附件 2。",
    DUE: "今天没有要联系的毕业生。就业满 3、6、12 个月，或者一个月没有联系的，会出现在这里。",
    MISSING: "这一年要帮扶的毕业生都就业了，或者还没有登记。",
    FINISHING: "没有应登记而没登记的毕业生。",
    LIKELY: "档案表里没有可能是毕业生、还没问过的家庭成员。",
}
_ON_RECORD = frozenset({GRADUATES, DUE, MISSING})
UNASKED = frozenset({CONTINUES, STATUS_AT_FIRST})
_SERVICE, _STAGE, _FOLLOW_UP, _RESUME = "记服务…", "记进展…", "记跟踪…", "简历…"
AnyRow = GraduateRow | Finishing | Likely


class GraduatesPage(PilePage):
    """The graduates."""

    title = "助学就业"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, PILES, _columns())
        self._wanted = ""
        add_switch(self.header, context, HERE)
        self.lists = self.header.add_action("名单和统计", self.show_lists, "", "file-text")
        self.register = self.header.add_action("附件 2", self.choose_register, "", "printer")
        self.begin_step = self.header.add_action("登记…", self.begin_current, "primary", "plus")
        self.panel = GraduatePanel(
            [
                (_SERVICE, "pencil", partial(self.add_line, "services")),
                (_STAGE, "circle-dot", partial(self.add_line, "stages")),
                (_FOLLOW_UP, "history", partial(self.add_line, "follow_ups")),
                (_RESUME, "file-text", self.choose_resume),
                ("打开登记…", "folder-open", lambda: self.open_row(self.current_row())),
            ],
            frozenset({_RESUME}),
        )
        self._names = aid.granting_offices(self._session)
        self._set_beside()
        for pile in _ON_RECORD:
            self.tables[pile].selectionModel().currentRowChanged.connect(lambda *_: self._show_panel())

    def _set_beside(self) -> None:
        """The panel to the right of the list; the piles above both, so that there is room for their names."""
        column, inner = self.layout(), self.card.layout()
        assert isinstance(column, QBoxLayout) and isinstance(inner, QBoxLayout)
        column.removeWidget(self.card)
        bar = inner.takeAt(0)
        assert bar is not None
        row_of_piles = bar.widget().layout()
        assert row_of_piles is not None
        row_of_piles.setContentsMargins(0, 0, 0, 0)  # in the card it stands in from the edges
        column.addWidget(bar.widget())
        inner.setContentsMargins(1, 1, 1, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.card, 1)
        row.addWidget(self.panel)
        column.addLayout(row, 1)

    # -- showing

    def open(self, pile: str = "", year: int = 0, record_id: str = "", **_: Any) -> None:
        """Show a pile, or the graduate of *record_id* on record."""
        if record_id:
            self.text.clear()  # whoever is meant must not be filtered out
        self._wanted = record_id
        super().open(GRADUATES if record_id else pile, year)

    def on_loaded(self) -> None:
        """Go to the graduate that was asked for, once."""
        wanted, self._wanted = self._wanted, ""
        at = next((at for at, row in enumerate(self.models[GRADUATES].rows) if row.record_id == wanted), -1) if wanted else -1
        if at >= 0:
            self.tables[GRADUATES].selectRow(at)
        self._show_panel()

    def explain(self) -> str:
        """What the piles hold, and how the targets are counted."""
        return _EXPLAINED

    def rows_of(self, pile: str, year: int) -> Sequence[Any]:
        """Those on record, or those who should be."""
        loaders: dict[str, Callable[[], Sequence[Any]]] = {
            GRADUATES: lambda: graduates.list_graduates(self._session),
            DUE: lambda: graduates.due(self._session),
            MISSING: lambda: employment_targets.targets(self._session, year)[1].lacking,
            FINISHING: lambda: graduates.finishing(self._session, year),
            LIKELY: lambda: graduates.likely(self._session),
        }
        return loaders[pile]()

    def words_of(self, row: Any) -> Sequence[str]:
        """Name, household, school."""
        school = row.content.text("school") if isinstance(row, GraduateRow) else row.school
        return (row.name, row.household, school)

    def empty_words(self, pile: str) -> str:
        """What is to be done, or that nothing is."""
        return _EMPTY[pile]

    def first_step(self, pile: str) -> tuple[str, Callable[[], object]] | None:
        """To those who should be on record."""
        return ("看应登记的毕业生", partial(self.show_pile, FINISHING)) if pile == GRADUATES else None

    def note_words(self, pile: str, year: int, rows: Sequence[Any]) -> str:
        """The targets of the year, and by name who is missing."""
        if pile == LIKELY:
            return "照档案表的身份和年龄挑出来的，是不是高校毕业生请问清楚；是的就登记，不是的不用管。"
        this_year = year == int(self._session.today[:4])
        due = deadlines.words(self._session, ("毕业生", "就业")) if this_year else ""
        told = [due] if due else []
        for target in employment_targets.targets(self._session, year):
            if target.asked:
                more = "等" if len(target.missing) > 4 else ""
                names = "、".join(target.missing[:4]) + more
                missing = "" if target.is_met else f"，至少还要 {target.still_wanted} 人就业：{names}"
                told.append(f"{year} 年{target.label} {target.words}{missing}")
        return "\n".join(told)

    def on_shown(self, pile: str, rows: Sequence[Any]) -> None:
        """Only who is not on record can be put there; only those who are can be looked at beside the list."""
        on_record = pile in _ON_RECORD
        self.begin_step.setVisible(not on_record)
        self.begin_step.setEnabled(bool(rows))
        self.panel.setVisible(on_record)
        self._show_panel()

    def _show_panel(self) -> None:
        row = self.current_row() if self.pile() in _ON_RECORD else None
        shown = row if isinstance(row, GraduateRow) else None
        foreign = shown is not None and shown.office_id != self._session.office.id
        keeper = self._names.get(shown.office_id, "别的单位") if shown and foreign else ""
        self.panel.show_row(shown, self._session.today, keeper)

    # -- registering

    def begin_current(self) -> None:
        """Put on record whoever is chosen in the list."""
        self.open_row(self.current_row())

    def open_row(self, row: AnyRow | None) -> None:
        """Open the record of a row, or begin one."""
        try:
            if isinstance(row, Finishing):
                self._graduate(row.archive_id, graduates.prepared_graduate(self._session, row.record_id), "", "登记毕业生")
            elif isinstance(row, Likely):
                begun = graduates.prepared_from_member(self._session, row.archive_id, row.member_id)
                self._graduate(row.archive_id, begun, "", "登记毕业生")
            elif isinstance(row, GraduateRow) and row.office_id != self._session.office.id:
                self.context.window.open_archive(row.archive_id)
            elif isinstance(row, GraduateRow):
                found = records.load_record(self._session, row.record_id)
                content = content_here(self._session, row.archive_id, found)
                self._graduate(row.archive_id, content, row.record_id, "毕业生就业服务档案", found.id)
        except NuandangError as fault:
            messages.show_error(self, fault)

    def _graduate(self, archive_id: str, content: RecordContent, record_id: str, title: str, version: str = "") -> None:
        archive = archiving.load_archive(self._session, archive_id)

        def save(given: RecordContent) -> None:
            graduates.save_graduate(self._session, archive_id, given, record_id, expected_version=version)
            self._stored(archive_id, f"“{given.text('name')}”的登记已保存。")

        title = f"{title}：{content.text('name')}"
        RecordDialog(self, self.context, GRADUATE, content, title, save, archive=archive, hidden=UNASKED).exec()

    def add_line(self, table: str) -> None:
        """One more service, stage or follow-up of the graduate in hand."""
        row = self.current_row()
        if not isinstance(row, GraduateRow):
            return
        begin: Row = {"on_day": self._session.today}
        if table == "follow_ups":
            begin["way"] = "phone"

        def save(line: Row) -> None:
            graduates.add_line(self._session, row, table, line)
            self._stored(row.archive_id, f"“{row.name}”已记一条{GRADUATE.repeated[table].title}。")

        title = f"{GRADUATE.repeated[table].title}：{row.name}"
        ask_line(self, self.context, GRADUATE, table, title, begin, save, _HINTS[table])

    def _stored(self, archive_id: str, words: str) -> None:
        self.context.window.notify(words)
        self.context.changes.archives_changed.emit({archive_id} - {""})

    # -- papers

    def choose_resume(self) -> None:
        """Preview the résumé, or write it."""
        menu = QMenu(self)
        menu.addAction("预览和打印…", self.print_resume)
        menu.addAction("存为 Word，给本人补充…", self.save_resume)
        under = self.panel.buttons[_RESUME]
        menu.exec(under.mapToGlobal(under.rect().topLeft()))

    def print_resume(self) -> None:
        """The page."""
        row = self.current_row()
        if isinstance(row, GraduateRow):
            pdf = resumes.preview(self._session, row.content)
            hint = "不印身份证号和家庭情况；照片在登记里选。"
            about = About(self._session, [row.archive_id], resumes.TITLE)
            PrintDialog(self, pdf, f"简历：{row.name}", f"简历-{row.name}.pdf", hint, private=True, about=about).exec()

    def save_resume(self) -> None:
        """As a document that they complete themselves."""
        row, session = self.current_row(), self._session
        if not isinstance(row, GraduateRow):
            return
        path = files.ask_save(self, "存为 Word", f"简历-{row.name}.docx", "Word (*.docx)")
        if path is not None:
            background.run(
                self,
                lambda _progress: resumes.write(session, row.content, path, row.archive_id),
                lambda _none: offer_folder(self, "简历已保存。", path),
                title="正在写简历…",
            )

    def choose_register(self) -> None:
        """附件2: printed, as a workbook, blank."""
        menu = QMenu(self)
        filled = bool(graduates.list_graduates(self._session))
        for caption, act in (("打印…", self.print_register), ("存为 Excel…", self.save)):
            menu.addAction(caption, act).setEnabled(filled)
        menu.addSeparator()
        menu.addAction("打印空白表…", lambda: print_table(self, self._table(blank=True), "空白登记表"))
        menu.addAction("空白表存为 Excel…", lambda: save_table(self, self._session, self._table(blank=True)))
        menu.addAction("导入填好的附件 2…", self.bring_in)
        menu.exec(self.register.mapToGlobal(self.register.rect().bottomLeft()))

    def _table(self, *, blank: bool = False) -> WideTable:
        return graduates.graduate_register(self._session, blank=blank)

    def print_register(self) -> None:
        """附件2."""
        print_table(self, self._table(), "登记表", session=self._session)

    def save(self) -> None:
        """附件2 as a workbook."""
        save_table(self, self._session, self._table())

    def bring_in(self) -> None:
        """附件2 filled in elsewhere: looked at first, then entered."""
        session = self._session

        def bring(path: Path, dry_run: bool) -> RegisterImport:
            return graduate_sheets.import_graduates(session, path, dry_run=dry_run)

        def done(made: RegisterImport) -> None:
            self._stored("", f"新登记 {made.added} 人，修改 {made.changed} 人。")

        keep = partial(graduate_sheets.write_faults, session)
        register_import.bring_in_list(self, graduate_sheets.TITLE, "人", bring, keep, done)

    def show_lists(self) -> None:
        """Who has not found work, by name; the tables of what was done and of each office."""
        menu, show = QMenu(self), self.context.window.show_page
        year = self.chosen_year()
        menu.addAction(f"打印 {year} 年没就业的名单…", lambda: print_table(self, self.missing(), "名单", "有姓名和责任人电话"))
        menu.addAction(f"{year} 年没就业的名单存为 Excel…", lambda: save_table(self, self._session, self.missing()))
        menu.addSeparator()
        menu.addAction("就学就业情况统计表…", lambda: show("reports", report_id="employment"))
        menu.addAction("就业服务情况统计表…", lambda: show("reports", report_id="graduate_services"))
        menu.exec(self.lists.mapToGlobal(self.lists.rect().bottomLeft()))

    def missing(self) -> WideTable:
        """Who of the year has not found work, with how far the targets are reached."""
        return employment_targets.targets_paper(self._session, self.chosen_year())


_EXPLAINED = (
    "登记：从“应登记的”（登记过的学生到了毕业年份）、“请核实的”（照档案表可能是毕业生）里登记，也可以导入填好的附件 2。\n"
    "进展：求职、洽谈、签约、就业一步一步记，没谈成、离职也记，就业状态跟着最后一步走。\n"
    "联系：没就业的满 30 天没有联系，就业满 3、6、12 个月，会到“该联系的”和首页。\n"
    "目标：登记时没就业、需要帮扶、没有升学的算在内，上年底以前已经就业的不算；看这一年最后一天有没有工作。"
)
_HINTS = {
    "services": "",
    "stages": "同一个单位按先洽谈、再签约、再就业登记；没谈成的记“没有谈成”，可以再找下一家。就业状态跟着最后一条走。",
    "follow_ups": "就业满 3、6、12 个月各问一次：还在不在岗，工作和生活怎么样。",
}


def _columns() -> dict[str, list[Column[Any]]]:
    household: Column[Any] = Column("户主", lambda row: row.household, 88)
    number: Column[Any] = Column("档案编号", lambda row: row.archive_number, 162, firm=True)
    name: Column[Any] = Column("姓名", lambda row: row.name, 84, bold=True)
    school: Column[Any] = Column("学校", lambda row: row.content.text("school"), 150)
    status: Column[Any] = Column("就业状态", lambda row: row.status_label, 110, _status_ink)
    stage: Column[Any] = Column("最近进展", lambda row: row.stage_label or "--", 84)
    last: Column[Any] = Column("最近联系", lambda row: row.last_contact or "--", 100, firm=True)
    return {
        GRADUATES: [name, status, stage, Column("毕业年份", lambda row: row.content.text("graduation_year"), 76), school, household],
        DUE: [name, Column("为什么", _why, 150, lambda _row: theme.AMBER), Column("应在", _due_day, 100, firm=True),
              Column("电话", _phone, 112), household],
        MISSING: [name, Column("零就业", lambda row: "是" if row.is_of_zero_employment else "", 64), stage,
                  Column("就业意向", _wish, 150), last, household],
        FINISHING: [name, Column("毕业年份", lambda row: str(row.graduation_year), 84), Column("学校", lambda row: row.school, 200),
                    household, number],
        LIKELY: [name, Column("为什么", lambda row: row.why, 250), Column("学校", lambda row: row.school, 180), household, number],
    }  # fmt: skip


def _why(row: GraduateRow) -> str:
    due = row.next_contact
    return due.why if due else ""


def _due_day(row: GraduateRow) -> str:
    due = row.next_contact
    return due.on_day if due else ""


def _phone(row: GraduateRow) -> str:
    return format_value(GRADUATE.by_key["phone"], row.content.values.get("phone"))


def _wish(row: GraduateRow) -> str:
    return "，".join(filter(None, (row.content.text("wish_place"), row.content.text("wish_post"))))


def _status_ink(row: GraduateRow) -> str | None:
    return {"employed": theme.GREEN, "unemployed": theme.AMBER}.get(row.status)
