"""交叉表: rows by columns by a measure of the clerk's choice, its chart, and the records behind the cell in hand."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from db.domain.field_kinds import format_amount
from db.domain.reports.cross_table import ALL_LABEL, CrossRecord, CrossRequest, CrossTable
from db.errors import UserError
from db.services import cross_copies, cross_papers, cross_tables
from db.services.report_copies import SavedCopy
from desktop import background, files, messages
from desktop.aid.ask_dialog import Ask, AskDialog
from desktop.context import AppContext, Page
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import PaperChoice, Preview, PrintDialog
from desktop.reports.chart_model import chart_of
from desktop.reports.chart_view import ChartView, charts_pdf
from desktop.reports.copies_dialog import changed_words, open_copies
from desktop.reports.cross_choices import CrossChoices
from desktop.reports.cross_grid import CrossGrid
from desktop.reports.sections import CROSS, add_switch
from desktop.widgets.basics import Card, ElidedLabel, EmptyState, Note, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

_CHART, _RECORDS = "chart", "records"
_NOTHING = "照这样选，还没有可以统计的记录。换一个时间或范围试试。"


class CrossTablePage(Page):
    """Choices above, the table at the left, its chart or records at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self.made: CrossTable | None = None
        self.copy: SavedCopy | None = None
        """The table as it was handed in that is shown, in place of what the records say now."""
        self._cell: tuple[str | None, str | None] = (None, None)
        self._wanted = object()
        self.header = PageHeader("报表")
        add_switch(self.header, context, CROSS)
        self.more = self.header.add_action("更多", self.offer_more, icon="chevron-down")
        excel = self.header.add_action("存为 Excel…", self.save, icon="file-spreadsheet")
        printing = self.header.add_action("打印…", self.print_table, "primary", "printer")
        self._steps = (excel, printing)
        self.choices = CrossChoices(context.session)
        self.table = CrossGrid()
        self.table.setAccessibleName("交叉表")
        self.chart = ChartView()
        self.records: RowsModel[CrossRecord] = RowsModel(self._record_columns())
        self.detail = rows_table(self.records)
        self.detail.setAccessibleName("这一格的记录")
        self.side: Segmented[str] = Segmented([(_CHART, "图"), (_RECORDS, "记录")])
        self._title, self._which = ElidedLabel("", "section"), label("", "secondary", wrap=True)
        self._notes = label("", "small", wrap=True)
        self._handed_in, self.note = QWidget(), Note("", "plain")
        self._nothing = EmptyState("file-text", _NOTHING)
        self._stack, self._body = QStackedWidget(), QStackedWidget()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        left, right = Card(), Card()
        left.body.addWidget(self._title)
        left.body.addWidget(self.table, 1)
        left.body.addWidget(self._notes)
        right.body.addWidget(self.side)
        right.body.addWidget(self._which)
        right.body.addWidget(self._stack, 1)
        self._stack.addWidget(self.chart)
        self._stack.addWidget(self.detail)
        halves = QSplitter()
        halves.setChildrenCollapsible(False)
        halves.addWidget(left)
        halves.addWidget(right)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        self._body.addWidget(halves)
        empty = Card()
        empty.body.addWidget(self._nothing, 1)
        self._body.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self.choices)
        strip = QHBoxLayout(self._handed_in)
        strip.setContentsMargins(0, 0, 0, 0)
        strip.setSpacing(8)
        strip.addWidget(self.note, 1)
        strip.addWidget(button("看现在的", act=self.leave_copy))
        column.addWidget(self._handed_in)
        column.addWidget(self._body, 1)
        self.side.set_value(_CHART)
        self._which.hide()
        self._handed_in.hide()

    def _connect(self) -> None:
        self.choices.changed.connect(self.leave_copy)
        self.choices.share_changed.connect(self._refresh_cells)
        self.side.changed.connect(self._show_side)
        self.table.clicked.connect(self._on_click)
        self.table.opened.connect(self._on_click)
        self.detail.opened.connect(self._on_record)
        self.context.changes.archives_changed.connect(lambda _ids: self.work_out() if self.isVisible() else None)

    def _record_columns(self) -> list[Column[CrossRecord]]:
        return [
            Column("日期", lambda row: row.on_day or "--", 104, firm=True),
            Column("对象", lambda row: row.who or "--", 92, bold=True),
            Column("内容", lambda row: row.what or "--", 120),
            Column("金额（元）", self._value_text, 112, right=True, firm=True),
        ]

    def _value_text(self, row: CrossRecord) -> str:
        return format_amount(row.value) if self.made is not None and self.made.measure.is_money else "--"

    # -- showing

    def open(self, request: CrossRequest | None = None, copy: SavedCopy | None = None, **_: Any) -> None:
        """Show a table, or one as it was handed in; what was shown before where nothing is named."""
        if request is not None:
            self.copy = None
            self.choices.show_request(request)
        if copy is not None:
            self.copy = copy
            self.choices.show_request(cross_copies.reopened(copy).request)
        self.work_out()
        self.table.setFocus()

    def leave_copy(self) -> None:
        """Back to what the records say now."""
        self.copy = None
        self.work_out()

    def explain(self) -> str:
        """How the figure is meant."""
        return "\n".join(self.made.notes) if self.made else ""

    def work_out(self) -> None:
        """Make the table anew, or open the one that was handed in and look for what differs now."""
        session, request, copy = self._session, self.choices.request(), self.copy
        wanted = self._wanted = object()
        self._cell = (None, None)

        def work() -> tuple[CrossTable, list[str]]:
            if copy is None:
                return cross_tables.make_table(session, request), []
            changed = cross_copies.differences_since(session, copy)
            return cross_copies.reopened(copy), [f"{cell.name} 现在是 {cell.now}，上报时是 {cell.then}" for cell in changed]

        def done(found: tuple[CrossTable, list[str]]) -> None:
            if wanted is self._wanted:  # a later choice is on its way already
                self._show(*found)

        background.run_while_shown(self, work, done)

    def _show(self, table: CrossTable, changed: list[str]) -> None:
        self.made = table
        others = f"　{table.office_count} 个单位" if table.office_count > 1 else ""
        self.header.set_texts("报表", f"{table.when}{others}")
        is_empty = table.is_empty and self.copy is None
        self._body.setCurrentIndex(1 if is_empty else 0)
        for step in self._steps:
            step.setEnabled(not is_empty)
        self._handed_in.setVisible(self.copy is not None)
        if self.copy is not None:
            words = f"{self.copy.made_at[:10]} 上报稿（{self.copy.who}）。{changed_words(changed)}"
            self.note.show_text(words, "warning" if changed else "done")
        self._title.set_whole(table.title)
        self._notes.setText("\n".join(table.notes))
        self._refresh_cells()
        self.chart.show_chart(chart_of(table))
        self._show_records()

    def _refresh_cells(self) -> None:
        if self.made is not None:
            self.table.show_table(self.made, self.choices.chosen_share())

    def _on_click(self, index: QModelIndex) -> None:
        if self.made is None or not index.isValid():
            return
        self._cell = self.table.cell_at(index)
        self.side.set_value(_RECORDS)
        self._show_side(_RECORDS)
        self._show_records()

    def _show_side(self, which: str) -> None:
        self._stack.setCurrentIndex(1 if which == _RECORDS else 0)
        self._which.setVisible(which == _RECORDS)

    def _show_records(self) -> None:
        session, table, cell = self._session, self.made, self._cell
        assert table is not None

        def done(rows: list[CrossRecord]) -> None:
            if table is self.made and cell == self._cell:
                self._which.setText(self._cell_words(table, cell, len(rows)))
                self.records.show_rows(rows)
                self.detail.setColumnHidden(3, not table.measure.is_money)
                self.detail.fit()

        background.run_while_shown(self, lambda: cross_tables.details(session, table, *cell), done)

    def _cell_words(self, table: CrossTable, cell: tuple[str | None, str | None], found: int) -> str:
        sides = zip((table.rows, table.columns), cell, strict=True)
        names = [item.label for side, code in sides for item in side if code is not None and item.code == code]
        figure = f"{table.text(*cell)} {table.measure.unit}" if table.value(*cell) is not None else "没有"
        many = f"，只列前 {found:,} 条" if found >= cross_tables.MOST_DETAILS else f"，{found:,} 条记录"
        return f"{'，'.join(names) or ALL_LABEL}：{figure}{many if found else '，没有记录'}"

    def _on_record(self, index: QModelIndex) -> None:
        row = self.records.row_at(index)
        if row is not None and row.archive_id:
            self.context.window.open_archive(row.archive_id)

    # -- kept choices

    def offer_more(self) -> None:
        """Tables as they were handed in, the choices that were kept, and a way to keep this one as either."""
        self.more_menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def more_menu(self) -> QMenu:
        """The menu of it."""
        menu = QMenu(self)
        held = cross_tables.kept_choices(self._session)
        for name, request in held.items():
            menu.addAction(name).triggered.connect(partial(self.open, request))
        if held:
            menu.addSeparator()
        menu.addAction("把现在的选择留作常用…").triggered.connect(self.keep_choice)
        if held:
            gone = menu.addMenu("不再保留")
            for name in held:
                gone.addAction(name).triggered.connect(partial(self._forget, name))
        menu.addSeparator()
        keeping = menu.addAction("留存，作上报稿…")
        keeping.setEnabled(self.made is not None and self._steps[0].isEnabled() and self.copy is None)
        keeping.triggered.connect(lambda *_: self.freeze())
        menu.addAction("上报稿…").triggered.connect(lambda *_: open_copies(self.context, self))
        return menu

    def keep_choice(self) -> None:
        """Keep what is chosen under a name."""
        request = self.choices.request()
        name = self.made.title if self.made else ""

        def keep(values: Any) -> None:
            cross_tables.keep_choice(self._session, str(values["name"]), request)
            self.context.window.notify("已留作常用。在“更多”里随时可以打开。")

        hint = "行、列、数和“只算”都记住；时间每次照当时选的。"
        AskDialog(self, "留作常用", [Ask("name", "名称", name)], "保留", keep, hint=hint).exec()

    def _forget(self, name: str, *_: object) -> None:
        if messages.confirm(self, f"不再保留“{name}”？", "不再保留"):
            cross_tables.forget_choice(self._session, name)

    # -- handing in

    def freeze(self) -> None:
        """Keep the table as it is handed in."""
        assert self.made is not None
        text = "把现在的数字留作上报稿？以后资料有变化，这一份不变，并能看出差在哪里。"
        if messages.confirm(self, text, "留存"):
            cross_copies.freeze(self._session, self.made)
            self.context.window.notify("上报稿已留存。点“更多”里的“上报稿…”随时可以打开。")

    # -- paper

    def print_table(self) -> None:
        """The table on paper, or its chart; where the table is too wide for a page, the chart alone."""
        assert self.made is not None
        drawn = Preview(charts_pdf(f"{self._session.office.name}　{self.made.when}", [chart_of(self.made)]))
        try:
            table = Preview(cross_papers.cross_pdf(self.made, self.choices.chosen_share()))
        except UserError as fault:
            table = Preview(drawn.pdf, fault.text())
        papers = (
            PaperChoice("表", "交叉表", "交叉表.pdf", lambda _progress: table),
            PaperChoice("图", "交叉表的图", "交叉表的图.pdf", lambda _progress: drawn),
        )
        PrintDialog(self, table.pdf, "交叉表", "交叉表.pdf", "只有合计数", table.warning, private=False, papers=papers).exec()

    def save(self) -> None:
        """The table as a workbook with its chart."""
        assert self.made is not None
        session, table, share = self._session, self.made, self.choices.chosen_share()
        path: Path | None = files.ask_save(self, "存为 Excel", "交叉表.xlsx", "Excel (*.xlsx)")
        if path is not None:
            background.run(
                self,
                lambda _progress: cross_papers.write_cross(session, table, path, share),
                lambda _none: offer_folder(self, "交叉表已保存，里面只有合计数。", path),
                title="正在写 Excel…",
            )
