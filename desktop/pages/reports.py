"""报表: a statistical table over a year, the records behind the figure in hand, and the tables that were handed in."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout

from db.domain.field_kinds import format_amount
from db.domain.reports.captions import caption_of
from db.domain.reports.evaluation import cell_text, value_words
from db.domain.reports.layout import UNITS, Line, ReportLayout, codes_in
from db.domain.reports.period import PARTS, Period, period_of
from db.services import office as offices
from db.services import report_copies, report_papers, reports
from db.services.monitoring import REPORTER_PHONE
from db.services.office import OfficeSession
from db.services.report_copies import SavedCopy
from db.services.reports import DetailRow, Report, ReportRequest
from desktop import background, files, messages, theme
from desktop.context import AppContext, Page
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.reports.copies_dialog import changed_words
from desktop.reports.period_dialog import ask_period
from desktop.reports.report_grid import ReportGrid
from desktop.reports.sections import TABLES, add_switch
from desktop.reports.table_files import TableFiles
from desktop.widgets.basics import Card, Note, PageHeader, label
from desktop.widgets.rows import Column, RowsModel, rows_table

YEARS_BACK = 8
_NAMED = 4
"""Offices named in a sentence; further ones are only counted."""
OWN_DAY, FROM_TO, WHOLE = "own", "days", "12-31"
"""Parts of a year besides those of the calendar: up to the table's own day; from – to."""
NOW = ""
"""Id of what is worked out now, among the copies."""
_LARGE = 1.2
"""Scale from which the room goes to the records; what figures mean is then told by F1."""
_NARROW = 6
"""Columns that leave room for the records beside them."""


class ReportsPage(Page):
    """One table at a time."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self.report: Report | None = None
        self._copies: list[SavedCopy] = []
        self._code = ""
        self.header = PageHeader("报表")
        add_switch(self.header, context, TABLES)
        self._files = TableFiles(self, context, self._on_tables_changed)
        self.more = self.header.add_action("更多", lambda: self._files.show_menu(self.more, self._layout()))
        excel = self.header.add_action("存为 Excel…", self.save)
        self.freeze_step = self.header.add_action("留存…", self.freeze)
        self.freeze_step.setToolTip("把现在的数字留作上报稿，以后看得出差在哪里")
        printing = self.header.add_action("打印…", self.print_report, "primary", "printer")
        self._steps = (excel, self.freeze_step, printing)
        for step in self._steps:
            step.setEnabled(False)  # until a table has been worked out
        self._wanted = object()
        self.which, self.year, self.scope, self.version = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.part, self.unit = QComboBox(), QComboBox()
        self._days: Period | None = None
        """From – to as the clerk has chosen it, for whatever table."""
        self.note = Note("", "warning")
        self.table = ReportGrid([], [])
        self._laid_out: tuple[str, ...] = ()
        self._left, self._halves = Card(), QSplitter()
        self.records: RowsModel[DetailRow] = RowsModel(self._record_columns())
        self.detail = rows_table(self.records)
        self._detail_title, self._meaning = label("", "section", wrap=True), label("", "small", wrap=True)
        self._arrange()
        self._fill_choices()
        self.which.activated.connect(lambda _at: self._choose_table())
        self.part.activated.connect(lambda _at: self._choose_part())
        for combo in (self.year, self.scope, self.unit):
            combo.activated.connect(lambda _at: self._work_out())
        self.version.activated.connect(lambda _at: self._show_version())
        self.detail.opened.connect(self._on_record)
        context.changes.archives_changed.connect(lambda _ids: self._on_change())

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for caption, combo in (
            ("报表", self.which), ("时间", self.year), ("时段", self.part), ("范围", self.scope), ("单位", self.unit),
            ("版本", self.version),
        ):  # fmt: skip
            combo.setAccessibleName(caption)
            combo.setToolTip(caption)
            if combo is self.which or combo is self.version:
                bar.addWidget(label(caption, "small"))
            bar.addWidget(combo, 1 if combo in {self.which, self.version} else 0)
        self.detail.setAccessibleName("这一栏的记录")
        right = Card()
        self._left.body.addWidget(self.table, 1)
        right.body.addWidget(self._detail_title)
        right.body.addWidget(self.detail, 1)
        right.body.addWidget(self._meaning)
        halves = self._halves
        halves.setChildrenCollapsible(False)
        halves.addWidget(self._left)
        halves.addWidget(right)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addLayout(bar)
        column.addWidget(self.note)
        column.addWidget(halves, 1)

    def _fill_choices(self) -> None:
        self._fill_tables()
        this_year = int(self._session.today[:4])
        for year in range(this_year, this_year - YEARS_BACK, -1):
            self.year.addItem(f"{year} 年", year)
        self.scope.addItem("本单位和下级", "all")
        self.scope.addItem("只算本单位", "own")
        self._fit_choices()

    def _fill_tables(self) -> None:
        self._tables, self._gone = {layout.id: layout for layout in reports.reports(self._session)}, set[str]()
        chosen = self.which.currentData()
        self.which.clear()
        for layout in self._tables.values():
            self.which.addItem(layout.titled("", "").removeprefix("年"), layout.id)
        self.which.setCurrentIndex(max(self.which.findData(chosen), 0))

    def _on_tables_changed(self, report_id: str) -> None:
        self._fill_tables()
        self.open(report_id or self.which.currentData())

    def _fit_choices(self) -> None:
        """Periods and units as the table in hand has them."""
        layout, chosen = self._layout(), (self.part.currentData(), self.unit.currentData())
        self.part.clear()
        if layout.cutoff != WHOLE:
            self.part.addItem(f"截至 {int(layout.cutoff[:2])} 月 {int(layout.cutoff[3:])} 日", OWN_DAY)
        for part, words in PARTS.items():
            self.part.addItem(words, part)
        self.part.addItem("自定日期…", FROM_TO)
        self.unit.clear()
        for unit in layout.units:
            self.unit.addItem(UNITS[unit], unit)
        self.unit.setVisible(len(layout.units) > 1)
        for combo, wanted in zip((self.part, self.unit), chosen, strict=True):
            combo.setCurrentIndex(max(combo.findData(wanted), 0))

    def _layout(self) -> ReportLayout:
        return self._tables[self.which.currentData()]

    def _choose_table(self) -> None:
        self._fit_choices()
        self._work_out()

    def _choose_part(self) -> None:
        if self.part.currentData() == FROM_TO:
            chosen = ask_period(self, self._days or self._period())
            if chosen is None:
                self.part.setCurrentIndex(0)
            else:
                self._days = chosen
        self._work_out()

    def _period(self) -> Period:
        part = self.part.currentData()
        if part == FROM_TO and self._days is not None:
            return self._days
        year = period_of(self.year.currentData(), "" if part in {OWN_DAY, FROM_TO} else part)
        return Period(year.begins, f"{year.begins[:4]}-{self._layout().cutoff}") if part == OWN_DAY else year

    def _record_columns(self) -> list[Column[DetailRow]]:
        return [
            Column("日期", lambda row: row.on_day or "--", 104, firm=True),
            Column("对象", lambda row: row.who or "--", 120, bold=True),
            Column("内容", lambda row: row.what or "--", 480),
            Column("数额", self._value_text, 112, right=True, firm=True),
        ]

    def _value_text(self, row: DetailRow) -> str:
        money = self.report is not None and self._code and self.report.layout.figures[self._code].is_money
        return f"{format_amount(row.value)} 元" if money else f"{row.value:,}"

    # -- showing

    def open(self, report_id: str = "", year: int = 0, copy: SavedCopy | None = None, **_: Any) -> None:
        """Show a table, or one as it was handed in; what was shown before where nothing is named."""
        self._fill_tables()  # one may have come from above
        if copy is not None:
            report_id, year = copy.report_id, copy.year
            self._offer(copy)
        if report_id:
            self.which.setCurrentIndex(max(self.which.findData(report_id), 0))
            self._fit_choices()
        if year:
            self.year.setCurrentIndex(max(self.year.findData(year), 0))
        self._work_out(copy.id if copy else None)
        self.table.setFocus()

    def _offer(self, copy: SavedCopy) -> None:
        """Let the table of a copy be chosen, though it is taken off the list or of a year long past."""
        if copy.report_id not in self._tables:
            self._tables[copy.report_id] = reports.reopened(self._session, copy).layout
            self._gone.add(copy.report_id)
            self.which.addItem(f"{copy.title}（表样已删除）", copy.report_id)
        if self.year.findData(copy.year) < 0:
            self.year.addItem(f"{copy.year} 年", copy.year)

    def place(self) -> dict[str, Any]:
        """Which table of which year."""
        return {"report_id": self.which.currentData(), "year": self.year.currentData()}

    def explain(self) -> str:
        """How the figures of the table are meant."""
        return self._meaning.text()

    def _on_change(self) -> None:
        if self.isVisible():
            self._work_out()

    def _request(self) -> ReportRequest:
        own = (self._session.office.id,) if self.scope.currentData() == "own" else ()
        period = self._period()
        unit = self.unit.currentData() or ""
        return ReportRequest(self.which.currentData(), period.year, period.begins, period.ends, own, unit=unit)

    def _work_out(self, copy_id: str | None = None) -> None:
        year = self._period().year
        self._copies = report_copies.saved_copies(self._session, self.which.currentData(), year)
        shown = self.version.currentData() if copy_id is None else copy_id
        self.version.clear()
        if self.which.currentData() not in self._gone:
            self.version.addItem("现在", NOW)
        for copy in self._copies:
            period = Period(copy.begins, copy.ends).words
            words = filter(None, (f"{copy.made_at[:10]} 上报稿（{copy.who}）", period, copy.note))
            self.version.addItem("　".join(words), copy.id)
        self.version.setCurrentIndex(max(self.version.findData(shown), 0))
        self._show_version()

    def _show_version(self) -> None:
        copy = next((item for item in self._copies if item.id == self.version.currentData()), None)
        session, request = self._session, self._request()
        wanted = self._wanted = object()

        def work() -> tuple[Report, list[str], list[str]]:
            if copy is None:
                made = reports.make_report(session, request)
                return made, [], _late_words(session, made)
            changed = reports.differences_since(session, copy)
            told = [f"{name} 现在是 {now.text}，上报时是 {then.text}" for name, then, now in changed]
            return reports.reopened(session, copy), told, []

        def done(found: tuple[Report, list[str], list[str]]) -> None:
            if wanted is self._wanted:  # a later choice is on its way already
                self._show(*found)

        background.run_while_shown(self, work, done)

    def _show(self, report: Report, changed: list[str], late: list[str]) -> None:
        self.report = report
        for step in self._steps:
            step.setEnabled(True)
        others = f"　{len(report.office_names)} 个单位" if len(report.office_names) > 1 else ""
        due = f"　{int(report.layout.due[:2])} 月 {int(report.layout.due[3:])} 日前报送" if report.layout.due else ""
        self.header.set_texts("报表", f"{report.period_words}{others}{due}")
        now = [changed_words(changed)] if changed else []
        told = [*now, *late, *report.warnings]
        self.note.setVisible(bool(told))
        self.note.show_text("\n".join(told), "warning")
        self.freeze_step.setEnabled(self.version.currentData() == NOW)
        self._meaning.setVisible(theme.scale() < _LARGE)  # F1 tells it, too
        self._meaning.setText(f"出处：{report.layout.source}。{report.layout.meaning}")
        codes = [code for line in report.layout.lines for code in line.figures]
        if self._code not in codes or self._laid_out[:1] != (report.layout.id,):
            self._code = next((code for code in codes if report.value(code).exact), codes[0] if codes else "")
        self._show_lines(report)
        if self._code:
            self._show_records(self._code)
        else:
            self._detail_title.setText("还没有可以列进这张表的记录，登记以后再打开就有了。")
            self.records.show_rows([])

    def _show_lines(self, report: Report) -> None:
        layout = report.layout
        columns = [
            Column(column.head, _cell_text(report, number), int(column.width), right=column.align == "right")
            for number, column in enumerate(layout.columns)
        ]
        shape = (layout.id, *(column.head for column in layout.columns))
        if self._laid_out != shape:
            self._build_table(columns, [column.group for column in layout.columns])
            # a wide table takes the whole width, its records stand below
            lying = len(columns) > _NARROW or theme.scale() >= _LARGE
            self._halves.setOrientation(Qt.Orientation.Vertical if lying else Qt.Orientation.Horizontal)
            self._laid_out = shape
            if not lying:
                self._halves.setSizes([3_000, 2_000])
            else:
                room = max(self._halves.height(), 400)
                top = min(theme.sp(190 + 36 * len(layout.lines)), room * 13 // 20)
                self._halves.setSizes([top, room - top])
        self.table.show_lines(columns, layout.lines, self._code)

    def _build_table(self, columns: list[Column[Line]], groups: list[str]) -> None:
        """A table with the columns of another form in place of the one before."""
        made, before = ReportGrid(columns, groups), self.table
        made.clicked.connect(self._on_line)
        made.opened.connect(self._on_line)
        made.selectionModel().currentChanged.connect(lambda index, _before: self._on_line(index))
        self._left.body.replaceWidget(before, made)
        before.hide()
        before.deleteLater()
        self.table = made

    @property
    def lines(self) -> RowsModel[Line]:
        """The lines on the screen."""
        return self.table.lines

    def _on_line(self, index: QModelIndex) -> None:
        line = self.lines.row_at(index)
        if line is None or not line.figures:
            return
        found = codes_in(line.cells[index.column()])
        wanted = found[0] if found else line.figures[-1]
        if wanted != self._code:
            self._show_records(wanted)

    def _show_records(self, code: str) -> None:
        assert self.report is not None
        self._code = code
        session, report = self._session, self.report
        background.run_while_shown(
            self, lambda: reports.details(session, report, code), lambda rows: self._fill_records(report, code, rows)
        )

    def _fill_records(self, report: Report, code: str, rows: list[DetailRow]) -> None:
        if report is not self.report or code != self._code:
            return
        item = report.layout.figures[code]
        caption = caption_of(report.layout, code)
        more = f"，只列前 {len(rows):,} 条" if len(rows) >= reports.MOST_DETAILS else f"，{len(rows):,} 条记录"
        self._detail_title.setText(f"{caption}：{value_words(item, report.value(code))}{more if rows else '，没有记录'}")
        self.records.show_rows(rows)

    def _on_record(self, index: QModelIndex) -> None:
        row = self.records.row_at(index)
        if row is not None and row.archive_id:
            self.context.window.open_archive(row.archive_id)

    # -- acts

    def _signed(self) -> tuple[str, str]:
        """Who reports it, and the phone that was given with the last monitoring sheet."""
        return self._session.clerk.name, str(offices.get_setting(self._session, REPORTER_PHONE, ""))

    def print_report(self) -> None:
        """The table as it stands."""
        assert self.report is not None
        pdf = report_papers.report_pdf(self._session, self.report, "", *self._signed())
        PrintDialog(self, pdf, self.report.title, f"{self.report.title}.pdf", "只有合计数", private=False).exec()

    def save(self) -> None:
        """The table as a workbook, with the records behind it."""
        assert self.report is not None
        report, session = self.report, self._session
        text = "工作簿第二页是明细，有姓名。请存到只有经办人用的地方。"
        if not messages.confirm(self, text, "选择位置…"):
            return
        path: Path | None = files.ask_save(self, "存为 Excel", f"{report.title}.xlsx", "Excel (*.xlsx)")
        if path is not None:
            background.run(
                self,
                lambda _progress: report_papers.write_report(session, report, path, *self._signed()),
                lambda _none: offer_folder(self, "统计表已保存。", path),
                title="正在写 Excel…",
            )

    def freeze(self) -> None:
        """Keep the table as it is handed in."""
        assert self.report is not None
        text = "把现在的数字留作上报稿？以后资料有变化，这一份不变，并能看出差在哪里。"
        if not messages.confirm(self, text, "留存"):
            return
        reports.freeze(self._session, self.report)
        self.context.window.notify("上报稿已留存。在“版本”里随时可以打开。")
        self._work_out()


def _cell_text(report: Report, column: int) -> Any:
    return lambda line: cell_text(report.layout, report.evaluation.values, line.cells[column])


def _late_words(session: OfficeSession, report: Report) -> list[str]:
    """Sentences about offices below whose records are not all in the table."""
    missing, behind = reports.offices_missing(session, report.scope.year), reports.offices_behind(session, report.scope)
    told = [f"{len(missing)} 个下级单位今年还没有报来：{_some(missing)}。"] if missing else []
    if behind:
        told.append(f"{len(behind)} 个下级单位只报到截止日以前：{_some([f'{name}（{day}）' for name, day in behind])}。")
    return told


def _some(names: list[str]) -> str:
    return "、".join(names[:_NAMED]) + (" 等" if len(names) > _NAMED else "")
