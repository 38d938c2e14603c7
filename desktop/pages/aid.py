"""帮扶: what was granted to whom, what became of it, and what waits to be paid; from here it goes onto payment lists."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu

from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.services import aid, aid_applications, aid_list, funds
from db.services.aid_list import AID_PILES, AidPile, AidQuery, AidRow
from db.services.disbursement import MOST_LINES
from desktop import background, files
from desktop.aid import grant_acts
from desktop.aid.aid_list_model import BLANK, AidListModel
from desktop.aid.applications_dialog import ApplicationsDialog
from desktop.aid.grant_dialog import grant
from desktop.aid.households_dialog import HouseholdsDialog
from desktop.aid.sections import GRANTS, add_switch
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.widgets.basics import EmptyState, Note, button
from desktop.widgets.work_list_page import WorkListPage, refill

_EMPTY = {
    AidPile.OPEN: "批准了的都已列入名册或发放。",
    AidPile.ON_LIST: "没有在名册里等着发放的。",
    AidPile.FAILED: "没有发放失败、等着补发的。",
    AidPile.PAID: "还没有发放过。",
    AidPile.WITHDRAWN: "没有撤销过。",
}
PAYABLE = (AidPile.OPEN, AidPile.FAILED)
NOT_ENTERED, ENTERED = "no", "yes"


class AidPage(WorkListPage[AidRow]):
    """Grants by what became of them."""

    title = "帮扶"
    unit = "笔"

    def __init__(self, context: AppContext) -> None:
        self.item, self.year, self.fund, self.office = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.entered = QComboBox()
        named = (
            (self.item, "救助项目"), (self.year, "年度"), (self.fund, "资金来源"), (self.office, "批准单位"),
            (self.entered, "全国系统"),
        )  # fmt: skip
        for combo, caption in named:
            combo.setAccessibleName(caption)
        sentence = "先建档、后帮扶：给在档的家庭批准救助，列入名册，审批以后由银行发放。"
        super().__init__(
            context,
            [(pile.value, caption) for pile, caption in AID_PILES.items()],
            AidListModel(context.session),
            [(self.item, 2), (self.year, 1), (self.fund, 2), (self.office, 2), (self.entered, 1)],
            EmptyState("hand-coins", sentence, "批准救助…", self.choose_households),
        )
        self.switch = add_switch(self.header, context, GRANTS)
        self.more = self.header.add_action("导出", self.choose_file, icon="file-spreadsheet")
        self.header.add_action("批准救助…", self.choose_households, "primary", "plus")
        self._applied = Note("", "action")
        self._decide = button("看申请…", act=self.decide)
        applied = QHBoxLayout()
        applied.setSpacing(8)
        applied.addWidget(self._applied, 1)
        applied.addWidget(self._decide)
        self.notices.addLayout(applied)
        self.withdraw = button("撤销…", "", "undo-2", self.withdraw_ticked)
        self.pay = button("编制发放名册…", "", "file-text", self.pay_ticked)
        self.table.setColumnHidden(self.model.at("所属活动"), True)
        self.enter = button("记为已录入全国系统…", "", "check", self.enter_ticked)
        for act in (self.enter, self.withdraw, self.pay):
            self.bar.addWidget(act)

    # -- what is shown

    def offer(self) -> None:
        """Items, years, sources, offices whose grants are known here; and what was applied for."""
        waiting = aid_applications.count_open(self._session)
        self._applied.show_text(f"有 {waiting:,} 份救助申请还没有批准。", "action")
        for part in (self._applied, self._decide):
            part.setVisible(waiting > 0)
        refill(self.item, "救助项目", [(option.code, option.label) for option in option_list("aid_item").current()])
        refill(self.year, "年度", [(str(year), f"{year} 年") for year in aid_list.aid_years(self._session)])
        states = funds.fund_states(self._session)
        refill(self.fund, "资金来源", [(state.fund.record_id, state.name) for state in states])
        offices = aid.granting_offices(self._session)
        refill(self.office, "批准单位", sorted(offices.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(offices) > 1)
        refill(self.entered, "全国系统", [(NOT_ENTERED, "还没录入"), (ENTERED, "已录入")])
        self.table.setColumnHidden(self.model.at("批准单位"), len(offices) < 2)

    def query(self, pile: str) -> AidQuery:
        """What a pile means with the filters set."""
        query = AidQuery(
            pile=AidPile(pile),
            text=self.text.text().strip(),
            item=self.item.currentData() or "",
            year=int(self.year.currentData()) if self.year.currentData() else None,
            fund_id=self.fund.currentData() or "",
            office_id=self.office.currentData() or "",
            is_entered=self.entered.currentData() == ENTERED if self.entered.currentData() else None,
        )
        order = self.order()
        return replace(query, order=order[0], descending=order[1]) if order else query

    def show_rows(self, pile: str) -> None:
        """The grants of a pile."""
        assert isinstance(self.model, AidListModel)
        blank = BLANK[AidPile(pile)]
        self.hide_columns({caption: caption in blank for caption in frozenset().union(*BLANK.values())})
        self.model.show_query(self.query(pile))

    def count_work(self) -> Callable[[], dict[str, int]]:
        """How many stand in each pile, and how much that is."""
        session, query = self._session, self.query(AidPile.ALL)

        def work() -> dict[str, int]:
            sums = aid_list.sum_piles(session, query)
            totals = {f"{pile.value} total": found.total for pile, found in sums.items()}
            return {**{pile.value: found.count for pile, found in sums.items()}, **totals}

        return work

    def on_counts(self, counts: dict[str, int]) -> None:
        """The sum of the pile shown."""
        pile = self.pile()
        total = format_amount(counts[f"{pile} total"])
        self.header.set_texts(self.title, f"{AID_PILES[AidPile(pile)]} {counts[pile]:,} 笔，合计 {total} 元")

    def is_nothing_yet(self, pile: str) -> bool:
        """Whether nothing was ever granted, whatever the pile."""
        return self.model.count == 0 and not aid_list.aid_years(self._session)

    def empty_words(self, pile: str) -> str:
        """What an empty pile says."""
        return _EMPTY.get(AidPile(pile), super().empty_words(pile))

    def open_row(self, row: AidRow) -> None:
        """The household's aid."""
        self.context.window.show_page("archive", archive_id=row.archive_id, tab="aid")

    def on_ticks(self, ticked: int) -> None:
        """What is ticked can be put onto a list, or given up."""
        payable = AidPile(self.pile()) in PAYABLE
        few = f"先勾选“{AID_PILES[AidPile.OPEN]}”或“{AID_PILES[AidPile.FAILED]}”里的几笔（空格勾选，Ctrl+A 全选）"
        for made in (self.pay, self.withdraw):
            made.setEnabled(payable and 0 < ticked <= MOST_LINES)
            made.setToolTip("" if made.isEnabled() else few)
        paid = AidPile(self.pile()) is AidPile.PAID
        self.enter.setVisible(paid)
        self.enter.setEnabled(ticked > 0)
        self.enter.setToolTip("" if ticked else "先勾选录好的几笔（空格勾选，Ctrl+A 全选）")
        self.enter.setText("去掉录入记号…" if self._shows_entered() else "记为已录入全国系统…")
        for made in (self.pay, self.withdraw):
            made.setVisible(not paid)
        self.pay.setText(f"编制发放名册 {ticked:,} 笔…" if ticked and payable else "编制发放名册…")

    def explain(self) -> str:
        """How aid comes to a household."""
        return (
            "先建档、后帮扶：登记申请 → 批准（一边填一边看上限、今年已得和资金余额）→ 勾选待发放的编成名册 → 锁定、审批 → "
            "交银行 → 登记结果。发放失败的在“发放失败”里，改好卡号再补发。已发放的录入全国系统以后，在“已发放”里勾选记下。"
        )

    # -- acts

    def choose_households(self) -> None:
        """Grant something to one household or several."""
        dialog = HouseholdsDialog(self, self.context)
        if dialog.exec():
            grant(self, self.context, dialog.ids())

    def decide(self) -> None:
        """The applications that wait."""
        ApplicationsDialog(self, self.context).exec()
        self.offer()

    def pay_ticked(self) -> None:
        """A payment list of what is ticked."""
        label = self.item.currentText() if self.item.currentIndex() > 0 else "困难职工救助"
        month = int(self._session.today[5:7])
        title = f"{self._session.today[:4]} 年 {month} 月{label}"
        grant_acts.draw_up_list(self, self.context, self.model.ticked_ids(), title)

    def withdraw_ticked(self) -> None:
        """Give up what is ticked."""
        ids = self.model.ticked_ids()
        if grant_acts.withdraw(self, self.context, ids, f"这 {len(ids):,} 笔"):
            self.model.ticked.clear()

    def _shows_entered(self) -> bool:
        return bool(self.entered.currentData() == ENTERED)

    def enter_ticked(self) -> None:
        """Note that what is ticked stands in the national system, or take the note back."""
        ids = self.model.ticked_ids()
        act = grant_acts.take_entry_back if self._shows_entered() else grant_acts.note_entered
        if act(self, self.context, ids):
            self.model.ticked.clear()

    def choose_file(self) -> None:
        """The list as a file."""
        menu = QMenu(self)
        menu.addAction("筛选出的存为 Excel…", self.save).setEnabled(self.model.count > 0)
        menu.exec(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def save(self) -> None:
        """What the filters leave as a workbook."""
        path = files.ask_save(self, "救助清单存为 Excel", f"救助清单-{self._session.today}.xlsx", "Excel (*.xlsx)")
        session, query = self._session, self.query(self.pile())

        def work(_progress: Any) -> None:
            from db.services import aid_papers  # late: it brings the writer of workbooks along

            assert path is not None
            aid_papers.write_aid_list(session, query, path)

        if path is not None:
            background.run(self, work, lambda _none: offer_folder(self, "救助清单已保存。", path), title="正在写 Excel…")
