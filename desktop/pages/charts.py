"""图表: how many households of which class and cause, how old who is, what was paid month by month; each with its table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QGridLayout, QStackedWidget, QVBoxLayout

from db.domain.reports.cross_lists import OF_A_PERIOD, ON_FILE, Subject
from db.domain.reports.cross_table import CrossRequest, CrossTable, missing_words
from db.services import cross_papers, cross_tables
from desktop import background, files
from desktop.context import AppContext, Page
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.reports.chart_model import Chart, chart_of, pyramid_of
from desktop.reports.chart_view import ChartView, charts_pdf, png_of
from desktop.reports.cross_grid import CrossGrid
from desktop.reports.period_choice import PeriodChoice
from desktop.reports.sections import CHARTS, add_switch
from desktop.widgets.basics import Card, PageHeader, button
from desktop.widgets.segmented import Segmented

_CHART, _TABLE = "chart", "table"
_FIRST = 150


@dataclass(frozen=True)
class Board:
    """One of the charts: its title, its table, and how that is drawn."""

    title: str
    request: CrossRequest
    draw: Callable[[CrossTable, str], Chart]


BOARDS = (
    Board("困难类别（户）", CrossRequest(Subject.HOUSEHOLDS, "households", "hardship_category", filters=(ON_FILE,)), chart_of),
    Board("主要致困原因（户）", CrossRequest(Subject.HOUSEHOLDS, "households", "main_hardship_cause", filters=(ON_FILE,)), chart_of),
    Board("年龄和性别（人）", CrossRequest(Subject.PEOPLE, "people", "age_ten", "sex", filters=(ON_FILE,)), pyramid_of),
    Board("救助发放（元）", CrossRequest(Subject.AID, "money", "month", "item"), chart_of),
)
"""Households on file and their people as they stand; aid of the year chosen."""


class ChartCard(Card):
    """A chart and, instead of it, its table."""

    def __init__(self, page: "ChartsPage", board: Board) -> None:
        super().__init__(board.title)
        self.board = board
        self.made: CrossTable | None = None
        self.view = ChartView()
        self.table = CrossGrid(_FIRST)
        self.table.setAccessibleName(f"{board.title}，数表")
        self.which: Segmented[str] = Segmented([(_CHART, "图"), (_TABLE, "数")])
        self.which.set_value(_CHART)
        self.head.addWidget(self.which)
        self.more = button("细分…", "quiet", act=lambda: page.divide(self))
        self.more.setToolTip("到交叉表里换行、换列，看每一格的记录")
        self.head.addWidget(self.more)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.table)
        self.body.setContentsMargins(16, 8, 16, 12)
        self.body.addWidget(self.stack, 1)
        self.which.changed.connect(lambda which: self.stack.setCurrentIndex(1 if which == _TABLE else 0))

    def show_table(self, table: CrossTable) -> None:
        """Draw it, and list its figures."""
        self.made = table
        self.view.show_chart(self.board.draw(table, self.board.title))
        self.table.show_table(table)


class ChartsPage(Page):
    """Four charts, two beside two."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._wanted = object()
        self.header = PageHeader("报表")
        add_switch(self.header, context, CHARTS)
        self.period = PeriodChoice(context.session.today)
        self.scope = QComboBox()
        self.scope.addItem("本单位和下级", ())
        self.scope.addItem("只算本单位", (context.session.office.id,))
        self.scope.setAccessibleName("范围")
        self.header.add(self.scope)
        self.save_step = self.header.add_action("存为图片…", self.save, icon="image")
        self.print_step = self.header.add_action("打印…", self.print_charts, "primary", "printer")
        self.cards = [ChartCard(self, board) for board in BOARDS]
        for card in self.cards:
            if card.board.request.subject in OF_A_PERIOD:
                card.head.insertWidget(card.head.indexOf(card.which), self.period)
        grid = QGridLayout()
        grid.setSpacing(12)
        for at, card in enumerate(self.cards):
            grid.addWidget(card, at // 2, at % 2)
            grid.setRowStretch(at // 2, 1)
            grid.setColumnStretch(at % 2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addLayout(grid, 1)
        for step in (self.save_step, self.print_step):
            step.setEnabled(False)  # until there is something
        self.period.changed.connect(self.work_out)
        self.scope.activated.connect(lambda _at: self.work_out())
        context.changes.archives_changed.connect(lambda _ids: self.work_out() if self.isVisible() else None)

    def open(self, **_: Any) -> None:
        """Draw what is there now."""
        self.work_out()

    def explain(self) -> str:
        """What the charts are of."""
        return "\n".join(f"{card.board.title}：{card.made.measure.meaning}" for card in self.cards if card.made)

    def _requests(self) -> list[CrossRequest]:
        period, offices = self.period.period(), tuple(self.scope.currentData())
        return [replace(card.board.request, begins=period.begins, ends=period.ends, offices=offices) for card in self.cards]

    def work_out(self) -> None:
        """Make the tables anew and draw them."""
        session, requests = self._session, self._requests()
        wanted = self._wanted = object()

        def done(found: list[CrossTable]) -> None:
            if wanted is self._wanted:
                self._show(found)

        background.run_while_shown(self, lambda: [cross_tables.make_table(session, item) for item in requests], done)

    def _show(self, tables: list[CrossTable]) -> None:
        self.header.set_texts("报表", "".join(missing_words(tables[0].missing)))
        for card, table in zip(self.cards, tables, strict=True):
            card.show_table(table)
        for step in (self.save_step, self.print_step):
            step.setEnabled(not all(table.is_empty for table in tables))

    def divide(self, card: ChartCard) -> None:
        """The same in the cross-table, to go on from."""
        self.context.window.show_page("cross_table", request=card.board.request)

    # -- paper

    def _charts(self) -> list[Chart]:
        return [card.view.chart for card in self.cards if card.view.chart is not None]

    def print_charts(self) -> None:
        """The four on a page."""
        pdf = charts_pdf(f"{self._session.office.name}　困难职工帮扶图表　{self._session.today}", self._charts())
        PrintDialog(self, pdf, "图表", "图表.pdf", "只有合计数", private=False).exec()

    def save(self) -> None:
        """Each as a picture, in files that bear its title."""
        path: Path | None = files.ask_save(self, "存为图片（每张图一个文件）", "图表.png", "PNG 图片 (*.png)")
        if path is None:
            return
        session, pictures = self._session, [png_of(chart) for chart in self._charts()]
        background.run(
            self,
            lambda _progress: cross_papers.write_pictures(session, path, pictures),
            lambda made: offer_folder(self, f"{len(made)} 张图已保存，里面只有合计数。", made[0]),
            title="正在保存图片…",
        )
