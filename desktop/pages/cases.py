"""办理: every household by its pool – who is applying and how far, who is on file, phasing out, gone – and what is due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from types import ModuleType
from typing import Any

from PySide6.QtWidgets import QComboBox, QMenu

from db.domain.case_acts import ActOffer
from db.domain.case_detail import detail_faults
from db.domain.case_flow import CaseState
from db.domain.case_words import ASIDE, STAGE_LABELS, STAGES, Act, Standing
from db.errors import Cancelled, Progress, UserError
from db.services import archiving, case_list, casework
from db.services.case_list import ABOUT_PAPERS, DUE_LABELS, CaseQuery, CaseRow, Due
from db.services.skipped import Skipped
from desktop import background, files, messages
from desktop.casework.act_dialog import ActDialog
from desktop.casework.case_list_model import CaseListModel
from desktop.context import AppContext
from desktop.forms.attachment_panel import KINDS
from desktop.papers.exits_dialog import may_leave, open_exits
from desktop.papers.papers_dialog import open_papers
from desktop.widgets.basics import EmptyState, button
from desktop.widgets.result_dialog import ResultDialog
from desktop.widgets.work_list_page import ALL, WorkListPage, refill

ASKING = "applicant"
PILES: dict[str, tuple[str, tuple[Standing, ...]]] = {
    ASKING: ("申请中", ()),
    "on_file": ("在档", (Standing.ON_FILE,)),
    "phasing_out": ("渐退期", (Standing.PHASING_OUT,)),
    "exited": ("脱困", (Standing.EXITED,)),
    "temporary": ("临时", (Standing.TEMPORARY,)),
    "lead": ("线索", (Standing.LEAD,)),
    "not_eligible": ("不符合", (Standing.NOT_ELIGIBLE, Standing.GIVEN_UP)),
    "cancelled": ("注销", (Standing.CANCELLED,)),
    ALL: ("全部", ()),
}
"""Short names of the pools: all of them stand side by side, also in the largest font. Who asks to be filed again stands in
two of them, where the household is and among those that ask."""
MOST = 300
"""Cases dealt with together."""


class CasesPage(WorkListPage[CaseRow]):
    """Archives by where their case stands."""

    title = "办理"

    def __init__(self, context: AppContext) -> None:
        self.stage, self.due, self.office = QComboBox(), QComboBox(), QComboBox()
        for combo, name in ((self.stage, "环节"), (self.due, "提醒"), (self.office, "单位")):
            combo.setAccessibleName(name)
        refill(self.stage, "环节", [(stage.value, STAGE_LABELS[stage]) for stage in STAGES])
        refill(self.due, "提醒", [(due.value, DUE_LABELS[due]) for due in Due])
        sentence = "每一户从申请、核实、公示、上报，到在档、退档，都在这里。先建档案。"
        super().__init__(
            context,
            [(name, caption) for name, (caption, _) in PILES.items()],
            CaseListModel(context.session),
            [(self.stage, 2), (self.due, 2), (self.office, 2)],
            EmptyState("circle-dot", sentence, "新建第一份档案", context.window.new_archive),
        )

        self.act = button("办理所选…", "primary", "check", self.choose_act)
        self.header.add(self.act)
        self.act.setEnabled(False)
        self.paper = button("表格", "", "printer", self.choose_paper)
        self.bar.addWidget(self.paper)
        self.visit = button("列入走访", "", "map-pin", self.put_on_route)
        self.visit.setEnabled(False)
        self.bar.addWidget(self.visit)

    def open(self, state: str = "", due: str = "", **arguments: Any) -> None:
        """Show the list; *state* names a pile, *due* what is nagged about."""
        if due:
            self.due.setCurrentIndex(max(0, self.due.findData(due)))
            state = state or ALL
        super().open(state, **arguments)

    def offer(self) -> None:
        """Offices whose archives are here."""
        owners = archiving.owner_names(self._session)
        refill(self.office, "单位", sorted(owners.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(owners) > 1)
        self.table.setColumnHidden(self.model.at("单位"), len(owners) < 2)

    def query(self, pile: str) -> CaseQuery:
        """What a pile means with the filters set."""
        stage, due = self.stage.currentData(), self.due.currentData()
        query = CaseQuery(
            text=self.text.text().strip(),
            standings=PILES[pile][1],
            is_asking=pile == ASKING,
            stage=next((item for item in STAGES if item == stage), None),
            due=Due(due) if due else None,
            office_id=self.office.currentData(),
        )
        order = self.order()
        return replace(query, order=order[0], descending=order[1]) if order else query

    def show_rows(self, pile: str) -> None:
        """The archives of a pile."""
        assert isinstance(self.model, CaseListModel)
        self.model.show_query(self.query(pile))

    def count_work(self) -> Callable[[], dict[str, int]]:
        """How many stand in each pile."""
        session, query = self._session, self.query(ALL)

        def work() -> dict[str, int]:
            counts = case_list.count_standings(session, query)
            piles = {name: sum(counts.get(item, 0) for item in standings) for name, (_, standings) in PILES.items()}
            asking = case_list.count_cases(session, replace(query, is_asking=True))
            return {**piles, ASKING: asking, ALL: sum(counts.values())}

        return work

    def open_row(self, row: CaseRow) -> None:
        """The case; its papers where the list is about papers."""
        tab = "papers" if self.due.currentData() in ABOUT_PAPERS else "case"
        self.context.window.show_page("archive", archive_id=row.archive_id, tab=tab)

    # -- many at once

    def put_on_route(self) -> None:
        """The ticked households are visited."""
        self.context.window.show_page("home_visits", put_on=self.model.ticked_ids())

    def on_ticks(self, ticked: int) -> None:
        """What is ticked can be dealt with together."""
        self.act.setEnabled(0 < ticked <= MOST)
        self.act.setText(f"办理所选 {ticked:,} 户…" if ticked else "办理所选…")
        self.visit.setEnabled(ticked > 0)
        self.paper.setToolTip("打印所选几户的表格，或空白表" if ticked else "打印空白表；先勾选就能打印填好的")
        few = "先勾选要一起办理的几户（空格勾选，Ctrl+A 全选）"
        self.act.setToolTip("" if 0 < ticked <= MOST else f"一次最多 {MOST} 户" if ticked else few)

    def choose_act(self) -> None:
        """Offer the acts that begin where the ticked cases stand."""
        menu = QMenu(self)
        offered = casework.offers_of_many(self._session, self.model.ticked_ids())
        for many in sorted(offered, key=lambda each: each.offer.act in ASIDE):  # first what goes on
            entry = menu.addAction(f"{many.offer.label}　{many.ready} 户可办")
            entry.setEnabled(many.ready > 0 and many.offer.act is not Act.STEP_BACK)
            entry.triggered.connect(partial(self.begin, many.offer, many.ready))
        menu.exec(self.act.mapToGlobal(self.act.rect().bottomLeft()))

    def begin(self, offer: ActOffer, ready: int = 0, _checked: bool = False) -> None:
        """Ask once, then take the act for every ticked case; *ready*: for how many of them it can be taken."""
        ids, session = self.model.ticked_ids(), self._session
        if not may_leave(self.context, self, offer.act, ready or len(ids)):
            return

        def take(detail: dict[str, str], days: int | None) -> None:
            faults = detail_faults(offer.asks, detail, session.today)
            if faults:
                raise UserError("case_detail", act=offer.label, first=faults[0].text, faults=tuple(faults))
            background.run(self, partial(work, detail, days), done, failed, title=f"正在办理 {len(ids):,} 户…")

        def work(detail: dict[str, str], days: int | None, progress: Progress) -> tuple[int, list[Skipped]]:
            return casework.take_step_many(session, ids, offer.act, detail, progress, posted_days=days)

        def done(made: tuple[int, list[Skipped]]) -> None:
            self._after_many()
            self._tell(offer, *made)

        def failed(fault: BaseException) -> None:
            self._after_many()
            if isinstance(fault, Cancelled):
                self.context.window.notify("已停下；停下以前办理的已经记下。", "warning")
            else:
                messages.show_error(self, fault)

        today = date.fromisoformat(session.today)
        if offer.asks:
            ActDialog(self, offer, CaseState(), today, casework.notice_days(session), take).exec()
            return
        question = f"给勾选的 {len(ids):,} 户办理“{offer.label}”？条件不够的会跳过并说明。"
        if messages.confirm(self, question, offer.label, title=f"办理“{offer.label}”"):
            take({}, None)

    def _after_many(self) -> None:
        self.model.ticked.clear()
        self.context.changes.archives_changed.emit(set())

    def _tell(self, offer: ActOffer, count: int, skipped: list[Skipped]) -> None:
        if not skipped:
            self.context.window.notify(f"已办理 {count:,} 户：{offer.label}。")
            return
        ResultDialog(self, offer.label, f"已办理 {count:,} 户", skipped, "没有办理").exec()

    # -- papers

    def choose_paper(self) -> None:
        """Offer what can be printed of the ticked cases, and of all."""
        menu = QMenu(self)
        menu.addAction("打印表格…", lambda: open_papers(self.context, self, self.model.ticked_ids()))
        photo = menu.addAction("给所选的公示存照片…", self.add_photo)
        photo.setEnabled(bool(self.model.ticked))
        menu.addSeparator()
        menu.addAction("退档情况…", lambda: open_exits(self.context, self))
        menu.exec(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))

    def add_photo(self) -> None:
        """File one photo of the notice with every household that is on it."""
        ids, session = self.model.ticked_ids(), self._session
        path = files.ask_open(self, "公示照片", KINDS)
        if path is None:
            return

        def work(_progress: Progress) -> int:
            return int(_notices().add_photo(session, ids, path.name, path.read_bytes()))

        def done(count: int) -> None:
            self._after_many()
            self.context.window.notify(f"照片已存到 {count:,} 户的附件里，类型是“公示照片”。")

        background.run(self, work, done, title="正在保存照片…")


def _notices() -> ModuleType:
    """Imported late: drawing PDFs loads a lot."""
    from db.services import notices

    return notices
