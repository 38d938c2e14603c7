"""结对: which households nobody looks after yet, whom a call or a visit is owed, and who looks after whom."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu

from db.domain.records.pairing import EXITED, PAIRING, SETTLED
from db.domain.records.record_form import RecordContent, Row
from db.errors import Progress
from db.services import archiving, cadres, duties, pairing
from db.services.duties import PairingQuery, PairingRow, RuleOrigin
from db.services.pairing import PairOutcome
from desktop import background, files
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import About, PrintDialog
from desktop.pairing.duty_dialog import DutyDialog
from desktop.pairing.pair_dialog import PairDialog
from desktop.pairing.pairing_list_model import PairingListModel
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import EmptyState, Note, button
from desktop.widgets.result_dialog import ResultDialog
from desktop.widgets.work_list_page import ALL, WorkListPage, refill

PILES = (("missing", "未结对"), ("overdue", "逾期"), ("due", "本月到期"), ("paired", "已结对"), (ALL, "全部"),
         ("gone", "退档未结束"))  # fmt: skip
_EMPTY = {
    "missing": "在档的每一户都有人结对了。",
    "overdue": "没有逾期的联系和走访。",
    "due": "本月没有要联系、走访的了。",
    "paired": "还没有结对的家庭。",
    "gone": "没有退档、注销以后还结着对的家庭。",
}
_HELP = (
    "在档（含渐退期）的每一户都要有帮扶干部。覆盖率＝有人结对的户数÷在档户数，差一户也不算 100%。\n"
    "联系要在上一次以后隔几个月的那个月底以前做；还没有联系过的，从结对那天算起。当面见过（入户、来访、到单位）的，"
    "当月不用再打电话；微信和短信不算；“走访”只算入户。干部换人，日子接着算。\n"
    "结束结对的那一天起不再算数；交接时旧的到这一天为止，新的从这一天开始。"
)
MOST = 500
"""Households paired together."""
EXCEL = "Excel (*.xlsx)"


class PairingPage(WorkListPage[PairingRow]):
    """Households on file by who looks after them."""

    title = "结对"

    def __init__(self, context: AppContext) -> None:
        self.cadre, self.office = QComboBox(), QComboBox()
        self.cadre.setAccessibleName("帮扶干部")
        self.office.setAccessibleName("单位")
        sentence = "每一户在档职工都要有帮扶干部（“一对一”或“多对一”）。先建档案；在档以后在这里结对。"
        super().__init__(
            context,
            PILES,
            PairingListModel(context.session),
            [(self.cadre, 3), (self.office, 2)],
            EmptyState("users", sentence, "去档案", lambda: context.window.show_page("archives")),
        )
        self.header.add_action("帮扶干部", lambda: context.window.show_page("cadres"), icon="users")
        self.paper = self.header.add_action("打印和导出", self.choose_paper, icon="printer")
        self.pair = button("结对所选…", "primary", "check", self.pair_ticked)
        self.header.add(self.pair)
        self.end = button("结束结对…", "", "x", self.end_ticked)
        self.by_form = button("照档案表结对", "", "file-text", self.pair_by_form)
        self.by_form.setToolTip("档案表上写了帮扶责任人、帮扶干部里也有这个人的，一次结好对")
        self.bar.addWidget(self.by_form)
        self.bar.addWidget(self.end)
        self.coverage = Note("", "plain")
        self.rule = button("改次数…", "link", act=self.change_rule)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.coverage, 1)
        told.addWidget(self.rule)
        self.notices.addLayout(told)
        self._rule = ""
        context.changes.office_changed.connect(self._on_change)

    # -- what is shown

    def offer(self) -> None:
        """Cadres who look after somebody, offices whose archives are here."""
        owners = archiving.owner_names(self._session)
        refill(self.office, "单位", sorted(owners.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(owners) > 1)
        self.table.setColumnHidden(self.model.at("单位"), len(owners) < 2)
        rows = [row for row in cadres.list_cadres(self._session, "") if row.households]
        refill(self.cadre, "帮扶干部", [(row.cadre_id, f"{row.name}（{row.households} 户）") for row in rows])
        rules = duties.duty_rules(self._session)
        self._rule = rules.words
        self.rule.setVisible(rules.origin is not RuleOrigin.POLICY and not self._session.office.is_laptop)

    def open(self, state: str = "", cadre: str = "", **arguments: Any) -> None:
        """Show the list; *cadre* names whose households."""
        super().open(state, **arguments)
        if cadre:
            self.states.set_value(ALL)
            self.cadre.setCurrentIndex(max(0, self.cadre.findData(cadre)))

    def explain(self) -> str:
        """How the days and the coverage are counted."""
        return _HELP

    def query(self, pile: str) -> PairingQuery:
        """What a pile means with the filters set."""
        query = PairingQuery(
            pile=pile,
            text=self.text.text().strip(),
            office_id=self.office.currentData() or "",
            cadre_id=self.cadre.currentData() or "",
        )
        order = self.order()
        return replace(query, order=order[0], descending=order[1]) if order else query

    def show_rows(self, pile: str) -> None:
        """The households of a pile."""
        assert isinstance(self.model, PairingListModel)
        self.model.show_query(self.query(pile))

    def count_work(self) -> Callable[[], dict[str, int]]:
        """How many stand in each pile, and how far the coverage has come."""
        session, query = self._session, self.query(ALL)

        def work() -> dict[str, int]:
            found = pairing.total(pairing.coverage_by_office(session))
            reached = {"households": found.households, "covered": found.paired, "led": found.led}
            return {**duties.count_piles(session, query), **reached}

        return work

    def on_counts(self, counts: dict[str, int]) -> None:
        """The coverage, whatever the filters."""
        whole, paired, led = counts["households"], counts["covered"], counts["led"]
        if not whole:
            self.coverage.show_text("还没有在档的家庭；取得职工编号或登记“原有档案”以后，在这里结对。", "plain")
            return
        gap = f"，还差 {whole - paired:,} 户" if paired < whole else ""
        told = f"结对覆盖率 {pairing.percent(paired, whole)}：在档 {whole:,} 户，已结对 {paired:,} 户{gap}。"
        leaders = f"领导干部结对 {led:,} 户（{pairing.percent(led, whole)}）。"
        self.coverage.show_text(f"{told}{leaders}\n联系要求：{self._rule}。", "warning" if gap else "done")

    def empty_words(self, pile: str) -> str:
        """What an empty pile says."""
        return _EMPTY.get(pile, super().empty_words(pile))

    def open_row(self, row: PairingRow) -> None:
        """The household's pairing."""
        self.context.window.show_page("archive", archive_id=row.archive_id, tab="pairing")

    def change_rule(self) -> None:
        """Set how often households are called and visited, where the policy does not say."""
        if DutyDialog(self, self._session).exec():
            self.offer()
            self.context.changes.archives_changed.emit(set())

    # -- pairing

    def on_ticks(self, ticked: int) -> None:
        """What is ticked can be paired together."""
        self.pair.setEnabled(0 < ticked <= MOST)
        gap = self.pile() == "missing"
        self.end.setEnabled(0 < ticked <= MOST)
        self.end.setVisible(not gap)
        self.by_form.setEnabled(0 < ticked <= MOST)
        self.by_form.setVisible(gap)
        self.pair.setText(f"结对所选 {ticked:,} 户…" if ticked else "结对所选…")
        few = "先勾选要结对的几户（空格勾选，Ctrl+A 全选）"
        self.pair.setToolTip("" if 0 < ticked <= MOST else f"一次最多 {MOST} 户" if ticked else few)

    def pair_ticked(self) -> None:
        """Give the ticked households to cadres."""
        PairDialog(self, self.context, self.model.ticked_ids(), self._paired).exec()

    def pair_by_form(self) -> None:
        """Give the ticked households to whom their forms name."""
        ids, session = self.model.ticked_ids(), self._session

        def work(progress: Progress) -> PairOutcome:
            return pairing.pair_by_form(session, ids, progress=progress)

        background.run(self, work, self._paired, title=f"正在结对 {len(ids):,} 户…", cancellable=False)

    def _paired(self, outcome: PairOutcome) -> None:
        self.model.ticked.clear()
        self.context.changes.archives_changed.emit(set())
        tell_outcome(self, self.context, outcome)

    def end_ticked(self) -> None:
        """The ticked households are looked after no more."""
        ids, session = self.model.ticked_ids(), self._session
        reason: Row = {"end_reason": EXITED} if self.pile() == "gone" else {}
        made: list[PairOutcome] = []

        def save(given: RecordContent) -> None:
            end = (given.text("until"), given.text("end_reason"), given.text("note"))
            made.append(pairing.end_all_of(session, ids, *end))

        content = RecordContent({"until": session.today, **reason})
        title = f"结束 {len(ids):,} 户的结对"
        hint = "这几户现在的帮扶干部都到这一天为止；以前的结对留在记录里。"
        RecordDialog(self, self.context, PAIRING, content, title, save, hidden=SETTLED, hint=hint, verb="结束结对").exec()
        if made:
            self.model.ticked.clear()
            self.context.changes.archives_changed.emit(set())
            tell_outcome(self, self.context, made[0], "已结束结对")

    # -- papers

    def choose_paper(self) -> None:
        """What can be printed or written of the pairing."""
        ticked = len(self.model.ticked)
        whom = f"所选 {ticked:,} 户" if ticked else "筛选出的全部"
        menu = QMenu(self)
        menu.addAction(f"打印结对花名册（{whom}）…", self.print_roster)
        menu.addAction(f"结对花名册存为 Excel（{whom}）…", self.save_roster)
        menu.addAction("打印空白花名册…", lambda: self.print_roster(blank=True))
        menu.addSeparator()
        papers = menu.addAction(f"打印计划、措施、台帐（{whom}）…", self.print_papers)
        papers.setEnabled(self.model.count > 0)
        menu.addAction(f"计划、措施、台帐存为 Excel（{whom}）…", self.save_papers).setEnabled(self.model.count > 0)
        menu.addSeparator()
        menu.addAction("打印结对情况统计表…", self.print_report)
        menu.addAction("结对情况统计表存为 Excel…", self.save_report)
        menu.addSeparator()
        menu.addAction("联系日期存为手机日历文件（只写户数）…", self.save_calendar)
        menu.addAction("联系日期存为手机日历文件（写户主姓名）…", lambda: self.save_calendar(with_names=True))
        menu.exec(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))

    def _ids(self) -> list[str]:
        return self.model.ticked_ids() or self.model.all_keys()

    def print_roster(self, *, blank: bool = False) -> None:
        """Who looks after whom, as a list."""
        ids, session = [] if blank else self._ids(), self._session
        self._print("结对花名册", ids, lambda: _papers().roster_pdf(session, ids))

    def print_papers(self) -> None:
        """Plan, measures and ledger of each household."""
        ids, session = self._ids(), self._session
        self._print("帮扶计划、措施、台帐", ids, lambda: _papers().household_papers_pdf(session, ids))

    def _print(self, title: str, ids: list[str], make: Callable[[], bytes]) -> None:
        def done(pdf: bytes) -> None:
            about = About(self._session, ids)
            PrintDialog(self, pdf, title, f"{title}-{self._session.today}.pdf", private=False, about=about).exec()

        background.run(self, lambda _progress: make(), done, title="正在排版…")

    def save_roster(self) -> None:
        """The list as a workbook."""
        ids, session = self._ids(), self._session
        self._save("结对花名册", "xlsx", EXCEL, lambda path: _papers().write_roster(session, ids, path))

    def save_papers(self) -> None:
        """The household papers as a workbook."""
        ids, session = self._ids(), self._session
        self._save("帮扶计划措施台帐", "xlsx", EXCEL, lambda path: _papers().write_household_papers(session, ids, path))

    def print_report(self) -> None:
        """Coverage, the leaders' share, contacts made ÷ owed of this year."""
        session = self._session
        self._print("结对帮扶情况统计表", [], lambda: _report().report_pdf(session))

    def save_report(self) -> None:
        """The same as a workbook."""
        session = self._session
        self._save("结对帮扶情况统计表", "xlsx", EXCEL, lambda path: _report().write_report_workbook(session, path))

    def save_calendar(self, *, with_names: bool = False) -> None:
        """The contacts of the coming year for a phone or Outlook; of one cadre where the list is of one."""
        session, cadre = self._session, self.cadre.currentData() or ""

        def write(path: Path) -> object:
            return duties.write_duty_calendar(session, path, cadre, with_names=with_names)

        self._save("结对联系日历", "ics", "日历文件 (*.ics)", write)

    def _save(self, title: str, suffix: str, kind: str, write: Callable[[Path], object]) -> None:
        path = files.ask_save(self, f"{title}存为文件", f"{title}-{self._session.today}.{suffix}", kind)
        if path is not None:
            background.run(
                self,
                lambda _progress: write(path),
                lambda _none: offer_folder(self, f"{title}已保存。", path),
                title="正在写文件…",
            )


def tell_outcome(page: WorkListPage[Any], context: AppContext, outcome: PairOutcome, done: str = "已结对") -> None:
    """Say how many were *done*, and of those passed over why."""
    if outcome.skipped:
        ResultDialog(page, "结对", f"{done} {outcome.paired:,} 户", outcome.skipped, "没有改动").exec()
    else:
        context.window.notify(f"{done} {outcome.paired:,} 户。")


def _papers() -> ModuleType:
    """Imported late: drawing PDFs loads a lot."""
    from db.services import pairing_papers

    return pairing_papers


def _report() -> ModuleType:
    """Imported late, too."""
    from db.services import pairing_report

    return pairing_report
