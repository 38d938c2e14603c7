"""评估: a random sample for the third-party evaluation – whom it drew, what was found in each household."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QComboBox, QMenu

from db.domain.option_lists import option_list
from db.domain.records.evaluation import EVALUATION, EVALUATION_CHECK, GROUPS, WRITTEN_BY_DRAWING
from db.domain.records.record_form import RecordContent
from db.domain.reports.evaluation_rates import INDICATORS
from db.errors import NuandangError
from db.services import evaluation
from db.services.evaluation import Evaluation, SampledRow
from desktop import messages, theme
from desktop.context import AppContext
from desktop.evaluation import check_papers
from desktop.evaluation.import_dialog import bring_in
from desktop.evaluation.list_model import SampleListModel
from desktop.evaluation.strip import SampleStrip
from desktop.records.record_dialog import RecordDialog
from desktop.reports.sections import EVALUATIONS, add_switch
from desktop.widgets.basics import EmptyState, button, set_icon, set_role
from desktop.widgets.work_list_page import ALL, WorkListPage, refill

TO_DO, DONE, FAULTS = "to_do", "done", "faults"
_NOTHING = (
    "第三方评估：按种子随机抽出在档、未建档、已退档的户，入户核查，算出错评率、漏评率等十项比率。同样的种子，谁来抽都是同样的户。"
)
_ORDERS: dict[str, Callable[[SampledRow], Any]] = {
    "code": lambda row: row.code,
    "name": lambda row: row.name,
    "archive_number": lambda row: row.archive_number,
    "office_name": lambda row: row.office_name,
    "on_day": lambda row: str(row.values.get("checked_on") or ""),
}
_UNASKED = frozenset({"drawn", "sample", *WRITTEN_BY_DRAWING})
_SETTLED = frozenset({"seed", "size_on_file", "size_not_on_file", "size_exited", "exited_since"})
_KNOWN = frozenset({"evaluation_id", "archive_id", "archive_number", "group"})


class EvaluationPage(WorkListPage[SampledRow]):
    """The households of one sample."""

    title = "报表"

    def __init__(self, context: AppContext) -> None:
        self.group, self.indicator = QComboBox(), QComboBox()
        self.group.setAccessibleName("组")
        self.indicator.setAccessibleName("问题")
        self._evaluations: list[Evaluation] = []
        self._rows: list[SampledRow] = []
        self._chosen_id = ""
        super().__init__(
            context,
            [(TO_DO, "待核查"), (DONE, "已核查"), (FAULTS, "有问题"), (ALL, "全部")],
            SampleListModel(),
            [(self.group, 1), (self.indicator, 2)],
            EmptyState("scale", _NOTHING, "随机抽样…", self.draw),
        )
        self.text.setPlaceholderText("姓名、抽样号、档案编号、单位")
        self.strip = SampleStrip()
        self.notices.addWidget(self.strip)
        self._add_acts()
        self.strip.chosen.connect(self.show_evaluation)
        self.strip.change_wanted.connect(self.change)
        self.strip.rates_wanted.connect(self.show_rates)
        self.strip.remove_wanted.connect(self.give_up)
        context.changes.bundles_changed.connect(self._on_change)

    def _add_acts(self) -> None:
        add_switch(self.header, self.context, EVALUATIONS)
        self.header.add_action("随机抽样…", self.draw, icon="plus")
        self.enter = self.header.add_action("登记核查结果", self.enter_current, "primary", "pencil")
        self.enter.setToolTip("选中的一户　Enter")
        self.take_back = button("删除结果", "", "trash-2", self.remove_checks)
        self.paper = button("核查表", "", "printer", self.choose_paper)
        self.bar.addWidget(self.take_back)
        self.bar.addWidget(self.paper)

    # -- what is shown

    def open(self, state: str = "", evaluation_id: str = "", indicator: str = "", **arguments: Any) -> None:
        """Show a sample, else the one shown last, else the latest; *indicator* narrows to what it finds at fault."""
        self._read_evaluations(evaluation_id or self._chosen_id)
        self._stale = True
        self.offer()
        if indicator:
            self.indicator.setCurrentIndex(max(0, self.indicator.findData(indicator)))
        super().open(state, **arguments)

    def place(self) -> dict[str, Any]:
        """The sample and the pile."""
        return {**super().place(), "evaluation_id": self._chosen_id}

    def evaluation(self) -> Evaluation | None:
        """The sample shown."""
        return next((item for item in self._evaluations if item.id == self._chosen_id), None)

    def _read_evaluations(self, wanted: str) -> None:
        self._evaluations = evaluation.list_evaluations(self._session)
        ids = [item.id for item in self._evaluations]
        self._chosen_id = wanted if wanted in ids else next(iter(ids), "")
        self.strip.offer(self._evaluations, self._chosen_id)

    def show_evaluation(self, evaluation_id: str) -> None:
        """Show the list of a sample."""
        self._chosen_id = evaluation_id
        self._on_filter()

    def offer(self) -> None:
        """Groups and indicators."""
        groups = option_list("evaluation_group")
        refill(self.group, "各组", [(group, groups.label(group)) for group in GROUPS])
        refill(self.indicator, "发现的问题", [(item.code, item.fault) for item in INDICATORS])

    def show_rows(self, pile: str) -> None:
        """The households of a pile, and how far the sample has come."""
        assert isinstance(self.model, SampleListModel)
        self._read_evaluations(self._chosen_id)
        item = self.evaluation()
        self._rows = evaluation.rows_of(self._session, item) if item else []
        shown = [row for row in self._filtered() if _in_pile(row, pile)]
        order = self.order()
        if order:
            shown.sort(key=_ORDERS[order[0]], reverse=order[1])
        self.model.show_sample(shown)
        self.table.setColumnHidden(self.model.at("单位"), len({row.office_id for row in self._rows}) < 2)
        for part in (self.strip, self.states, self.text, self.group, self.indicator):
            part.setVisible(item is not None)
        if item is not None:
            self.strip.show_evaluation(item)

    def _filtered(self) -> list[SampledRow]:
        words, group, code = self.text.text().strip(), self.group.currentData(), self.indicator.currentData()
        return [
            row
            for row in self._rows
            if (not group or row.group == group)
            and (not code or any(item.code == code for item in row.faults))
            and any(words in part for part in (row.name, row.code, row.archive_number, row.office_name))
        ]

    def is_nothing_yet(self, pile: str) -> bool:
        """Without a sample there is nothing to list."""
        return self.evaluation() is None

    def count_work(self) -> Callable[[], dict[str, int]]:
        """How many stand in each pile; they are at hand."""
        rows = self._filtered()
        return lambda: {pile: sum(1 for row in rows if _in_pile(row, pile)) for pile in (TO_DO, DONE, FAULTS, ALL)}

    def empty_words(self, pile: str) -> str:
        """What an empty pile says."""
        return {TO_DO: "抽出的户都核查过了。", DONE: "还没有登记核查结果。", FAULTS: "没有发现问题。"}.get(pile, "这一类现在没有。")

    # -- one household

    def open_row(self, row: SampledRow) -> None:
        """Enter what was found; in a sample of another office it can only be read, as its sheet."""
        item = self.evaluation()
        if item is None:
            return
        if not item.is_own:
            check_papers.print_sheets(self.context, self, item, [row.archive_id])
            return
        content = evaluation.new_check(self._session, item.id, row.archive_id)

        def save(filled: RecordContent) -> None:
            evaluation.save_check(self._session, item.id, row.archive_id, filled)

        told = check_papers.about(self._session, row)
        dialog = RecordDialog(self, self.context, EVALUATION_CHECK, content, "登记核查结果", save, hidden=_KNOWN, hint=told)
        if dialog.exec():
            self._on_change()
            self.context.window.notify(f"{row.code} 的核查结果已登记。")

    def enter_current(self) -> None:
        """The check of the household chosen."""
        row = self.model.row(self.table.currentIndex().row()) if self.model.count else None
        if row is not None:
            self.open_row(row)

    def on_ticks(self, ticked: int) -> None:
        """What is ticked can be printed and taken back together."""
        item = self.evaluation()
        self.take_back.setEnabled(ticked > 0 and item is not None and item.is_own)
        self.take_back.setToolTip("" if ticked else "先勾选登错的几户")
        self.paper.setEnabled(item is not None)
        self.paper.setText(f"核查表 {ticked:,} 户" if ticked else "核查表")
        set_role(self.enter, "role", "primary" if self.model.count else "")
        set_icon(self.enter, "pencil", theme.PAGE if self.model.count else theme.SECONDARY)
        self.enter.setEnabled(self.model.count > 0)

    def remove_checks(self) -> None:
        """Take back what was entered for the ticked households."""
        item, keys = self.evaluation(), self.model.ticked_ids()
        if item is None or not messages.confirm(self, f"删除勾选的 {len(keys):,} 户的核查结果？户还在名单里，可以重新登记。", "删除"):
            return
        try:
            for key in keys:
                evaluation.remove_check(self._session, item.id, key)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self.model.ticked.clear()
        self._on_change()

    # -- the sample

    def draw(self) -> None:
        """Draw a sample."""
        made: list[str] = []

        def save(content: RecordContent) -> None:
            made.append(evaluation.draw_evaluation(self._session, content).id)

        content = RecordContent({"title": f"{self._session.today[:4]} 年困难职工帮扶质效评估", "seed": evaluation.new_seed()})
        dialog = draw_dialog(self, content, save)
        if dialog.exec() and made:
            self._chosen_id = made[-1]
            self.show_state(TO_DO)
            item = self.evaluation()
            self.context.window.notify(f"已抽出 {item.size if item else 0:,} 户。")

    def change(self) -> None:
        """Change name, evaluator and remarks."""
        item = self.evaluation()
        if item is None:
            return

        def save(content: RecordContent) -> None:
            evaluation.change_evaluation(self._session, item.id, content)

        content = RecordContent(dict(item.content.values))
        if RecordDialog(
            self, self.context, EVALUATION, content, "修改评估", save, hidden=_UNASKED, read_only=_SETTLED
        ).exec():
            self._on_change()

    def give_up(self) -> None:
        """Give up a sample in which nothing was found yet."""
        item = self.evaluation()
        question = "作废这次抽样？作废的也算一次，以后的表上会印“第几次抽样”。"
        if item is None or not messages.confirm(self, question, "作废", destructive=True):
            return
        try:
            evaluation.remove_evaluation(self._session, item.id)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self._on_change()

    # -- papers

    def show_rates(self) -> None:
        """The ten indicators."""
        self.context.window.show_page("evaluation_rates", evaluation_id=self._chosen_id)

    def choose_paper(self) -> None:
        """Offer the check sheets of what is ticked, else of all, whole and masked, and reading the results back."""
        item, ids = self.evaluation(), self.model.ticked_ids()
        if item is None:
            return
        context, number = self.context, len(ids) or item.size
        menu = QMenu(self)
        menu.addAction(f"打印 {number:,} 户的核查表…", lambda: check_papers.print_sheets(context, self, item, ids))
        menu.addAction(
            f"打印 {number:,} 户的核查表（对外，遮去姓名住址）…",
            lambda: check_papers.print_sheets(context, self, item, ids, masked=True),
        )
        menu.addSeparator()
        menu.addAction("全部核查表存为 Excel…", lambda: check_papers.save_sheets(context, self, item))
        menu.addAction(
            "全部核查表存为 Excel（对外，遮去姓名住址）…", lambda: check_papers.save_sheets(context, self, item, masked=True)
        )
        menu.addAction("抽样名单存为 Excel（供重抽核对）…", lambda: check_papers.save_frame(context, self, item))
        menu.addSeparator()
        reading = menu.addAction("从 Excel 读入结果…", lambda: bring_in(self, self._session, item.id, lambda _told: self._on_change()))
        reading.setEnabled(item.is_own)
        menu.exec(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))


def draw_dialog(page: EvaluationPage, content: RecordContent, save: Callable[[RecordContent], object]) -> RecordDialog:
    """Asks how many are drawn by which seed, and tells how many there are."""
    groups, there = option_list("evaluation_group"), evaluation.listed_now(page.context.session)
    listed = "、".join(f"{groups.label(group)} {number:,} 户" for group, number in there.items())
    hint = f"现在{listed}。抽样以后种子和户数不能再改；抽过几次都记着，印在结果上。"
    return RecordDialog(page, page.context, EVALUATION, content, "随机抽样", save, hidden=_UNASKED, hint=hint, verb="抽样")


def _in_pile(row: SampledRow, pile: str) -> bool:
    if pile == FAULTS:
        return bool(row.faults)
    return pile == ALL or bool(row.record_id) == (pile == DONE)
