"""监测: the households of a monitoring campaign – who is still to be visited, who was, who is to be opened again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QComboBox, QMenu

from db.domain.records.monitoring import CAMPAIGN
from db.domain.records.record_form import RecordContent
from db.errors import NuandangError
from db.services import archiving, monitoring
from db.services.monitoring import Campaign, MonitoringQuery, MonitoringRow, Progress
from desktop import messages, theme
from desktop.context import AppContext
from desktop.monitoring import sheet_acts
from desktop.monitoring.add_households_dialog import AddHouseholdsDialog
from desktop.monitoring.campaign_strip import CampaignStrip
from desktop.monitoring.list_model import MonitoringListModel
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import EmptyState, button, set_icon, set_role
from desktop.widgets.work_list_page import WorkListPage, refill

PILES = {Progress.TO_DO: "待入户", Progress.DONE: "已入户", Progress.RELAPSE: "建议返困", Progress.ALL: "全部"}
_NONE_YET = (
    "动态监测：对脱困的、在档的、接近标准的家庭逐户“回头看”，填写《动态监测集中行动记录表》。先布置一次行动，写明监测谁、什么时候完成。"
)
_NOT_OPENED = "还没有确定监测对象。确定以后，按今天的情况列出名单，以后照这份名单数进度。"
_CALL, _OPEN = "布置监测行动…", "确定监测对象"
MOST = 500
"""Households printed together."""


class MonitoringPage(WorkListPage[MonitoringRow]):
    """The list of a campaign."""

    title = "监测"

    def __init__(self, context: AppContext) -> None:
        self.office = QComboBox()
        self.office.setAccessibleName("单位")
        self._campaigns: list[Campaign] = []
        self._chosen_campaign = self._shown_campaign = ""
        super().__init__(
            context,
            [(item.value, words) for item, words in PILES.items()],
            MonitoringListModel(context.session),
            [(self.office, 2)],
            EmptyState("eye", _NONE_YET, _CALL, self.begin),
        )
        self.strip = CampaignStrip(self._session.today)
        self.notices.addWidget(self.strip)
        self._add_acts()
        self.strip.chosen.connect(self.show_campaign)
        self.strip.open_wanted.connect(self.fix_list)
        self.strip.change_wanted.connect(lambda: self.call(self.campaign()))
        self.strip.remove_wanted.connect(self.take_back)

    def _add_acts(self) -> None:
        self.header.add_action("企业调查", lambda: self.context.window.show_page("enterprises"), icon="building-2")
        self.board = self.header.add_action("完成情况和汇总", self.show_board, icon="file-text")
        self.header.add_action("布置行动…", self.call, icon="plus")
        self.fill = self.header.add_action("填写记录表", self.fill_current, "primary", "pencil")
        self.fill.setToolTip("选中的一户　Enter")
        self.again = button("办理返困", "", "undo-2", self.open_again)
        self.paper = button("记录表", "", "printer", self.choose_paper)
        self.bar.addWidget(self.again)
        self.bar.addWidget(self.paper)

    # -- what is shown

    def open(self, state: str = "", campaign_id: str = "", **arguments: Any) -> None:
        """Show a campaign, else the one shown last, else the latest that has begun."""
        self._shown_campaign = ""
        self._read_campaigns(campaign_id or self._chosen_campaign)
        self._stale = True
        super().open(state, **arguments)

    def place(self) -> dict[str, Any]:
        """The campaign and the pile."""
        return {**super().place(), "campaign_id": self._chosen_campaign}

    def campaign(self) -> Campaign | None:
        """The campaign shown."""
        return next((item for item in self._campaigns if item.id == self._chosen_campaign), None)

    def _read_campaigns(self, wanted: str) -> None:
        self._campaigns = monitoring.list_campaigns(self._session, counted=False)
        ids = [item.id for item in self._campaigns]
        begun = [item.id for item in self._campaigns if item.begins_on <= self._session.today]
        self._chosen_campaign = wanted if wanted in ids else next(iter([*begun, *ids]), "")
        self.strip.offer(self._campaigns, self._chosen_campaign)

    def show_campaign(self, campaign_id: str) -> None:
        """Show the list of a campaign."""
        self._chosen_campaign = campaign_id
        self._on_filter()

    def offer(self) -> None:
        """Offices whose archives are here."""
        owners = archiving.owner_names(self._session)
        refill(self.office, "单位", sorted(owners.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(owners) > 1)
        self.table.setColumnHidden(self.model.at("单位"), len(owners) < 2)

    def _query(self, pile: str) -> MonitoringQuery | None:
        if not self._chosen_campaign:
            return None
        query = MonitoringQuery(
            campaign_id=self._chosen_campaign,
            progress=Progress(pile),
            text=self.text.text().strip(),
            office_id=self.office.currentData(),
        )
        order = self.order()
        return replace(query, order=order[0], descending=order[1]) if order else query

    def show_rows(self, pile: str) -> None:
        """The households of a pile, and how far the campaign has come."""
        assert isinstance(self.model, MonitoringListModel)
        item = self.campaign()
        for part in (self.strip, self.states, self.text):
            part.setVisible(item is not None)
        self.board.setEnabled(item is not None)
        self.model.show_query(self._query(pile), is_late=item is not None and item.has_passed)
        if item is not None and item.id != self._shown_campaign:
            self.strip.show_campaign(item)
        self._shown_campaign = self._chosen_campaign
        self._nothing.sentence.setText(_NONE_YET if item is None else _NOT_OPENED)
        self._nothing.step.setText(_CALL if item is None else _OPEN)

    def is_nothing_yet(self, pile: str) -> bool:
        """Without a campaign, or before its list is fixed, there is nothing to list."""
        item = self.campaign()
        return item is None or not item.opened_at

    def begin(self) -> None:
        """The first step: call a campaign, or fix the list of the one chosen."""
        if self.campaign() is None:
            self.call()
        else:
            self.fix_list()

    def count_work(self) -> Callable[[], dict[str, int]]:
        """How many stand in each pile."""
        session, query, chosen = self._session, self._query(Progress.ALL), self._chosen_campaign

        def work() -> dict[str, int]:
            if query is None:
                return {}
            piles = {item.value: number for item, number in monitoring.count_progress(session, query).items()}
            whole = monitoring.campaign_of(session, chosen)
            return {**piles, "due": whole.due, "did": whole.done, "advised": whole.relapse}

        return work

    def on_counts(self, counts: dict[str, int]) -> None:
        """How far the whole campaign has come, whatever the filters leave."""
        item = self.campaign()
        if item is not None and "due" in counts:
            self.strip.show_progress(replace(item, due=counts["due"], done=counts["did"], relapse=counts["advised"]))

    def empty_words(self, pile: str) -> str:
        """What an empty pile says."""
        return {Progress.TO_DO: "要监测的家庭都已入户。", Progress.RELAPSE: "没有建议返困的家庭。"}.get(
            Progress(pile), "这一类现在没有。"
        )

    # -- one household

    def open_row(self, row: MonitoringRow) -> None:
        """Fill in its sheet; of a household of another office it can only be read."""
        if row.office_id != self._session.office.id:
            self._look_at(row)
            return
        sheet_acts.fill_sheet(self.context, self, row.archive_id, self._chosen_campaign)

    def _look_at(self, row: MonitoringRow) -> None:
        if row.record_id:
            self._print([row.archive_id])
            return
        office = archiving.owner_names(self._session).get(row.office_id, "其他单位")
        messages.inform(self, f"“{row.name}”归“{office}”管理，记录表由它填写；收到它的数据包后，这里就看得到。")

    def fill_current(self) -> None:
        """The sheet of the household chosen."""
        row = self.model.row(self.table.currentIndex().row()) if self.model.count else None
        if row is not None:
            self.open_row(row)

    # -- several households

    def on_ticks(self, ticked: int) -> None:
        """What is ticked can be printed and opened again together."""
        self.again.setEnabled(0 < ticked <= MOST)
        self.again.setToolTip("" if ticked else "先勾选建议返困的几户")
        self.paper.setEnabled(ticked <= MOST)
        self.paper.setText(f"记录表 {ticked:,} 户" if ticked else "记录表")
        set_role(self.fill, "role", "primary" if self.model.count else "")
        set_icon(self.fill, "pencil", theme.PAGE if self.model.count else theme.SECONDARY)
        self.fill.setEnabled(self.model.count > 0)

    def open_again(self) -> None:
        """返困 of the ticked households."""
        sheet_acts.open_again_many(self.context, self, self.model.ticked_ids(), self._chosen_campaign)

    def choose_paper(self) -> None:
        """Offer 附件1 of the ticked households, and the blank."""
        ids = self.model.ticked_ids()
        menu = QMenu(self)
        if ids:
            menu.addAction(f"打印 {len(ids):,} 户的记录表…", lambda: self._print(ids))
            menu.addAction(f"{len(ids):,} 户的记录表存为 Excel…", lambda: self._save(ids))
            menu.addSeparator()
        menu.addAction("打印空白记录表…", lambda: self._print([]))
        menu.addAction("空白记录表存为 Excel…", lambda: self._save([]))
        menu.exec(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))

    def _print(self, ids: list[str]) -> None:
        sheet_acts.print_sheets(self.context, self, ids, self._chosen_campaign)

    def _save(self, ids: list[str]) -> None:
        sheet_acts.save_sheets(self.context, self, ids, self._chosen_campaign)

    # -- the campaign

    def show_board(self) -> None:
        """How far everybody has come, and what the sheets say together."""
        self.context.window.show_page("monitoring_board", campaign_id=self._chosen_campaign)

    def call(self, item: Campaign | None = None) -> None:
        """Call a campaign, or change one."""
        made: list[str] = []

        def save(content: RecordContent) -> None:
            made.append(monitoring.save_campaign(self._session, content, item.id if item else "").record_id)

        content = RecordContent(dict(item.content.values)) if item else self._proposal()
        title = "修改监测行动" if item else "布置监测行动"
        hint = "存下以后点“确定监测对象”列出名单；下级单位在下一次收取“下发”包时收到这次行动。"
        if RecordDialog(self, self.context, CAMPAIGN, content, title, save, hint=hint).exec() and made:
            self._read_again(made[-1])

    def _proposal(self) -> RecordContent:
        today = self._session.today
        return RecordContent({"title": f"{today[:4]} 年困难职工动态监测", "begins_on": today, "population": ["exited"]})

    def fix_list(self) -> None:
        """Fix whom the campaign concerns; later, add who belongs to it by now or is chosen by hand."""
        item = self.campaign()
        if item is None:
            return
        if item.opened_at:
            AddHouseholdsDialog(self, self._session, item, self._add_fitting, self._add_chosen).exec()
        else:
            self._add_fitting()

    def _add_fitting(self) -> None:
        try:
            number = monitoring.open_campaign(self._session, self._chosen_campaign)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._read_again()
        self.context.window.notify(f"名单里新列入 {number:,} 户。" if number else "没有要新列入名单的家庭。")

    def _add_chosen(self, ids: list[str]) -> None:
        number = monitoring.add_households(self._session, self._chosen_campaign, ids)
        self._read_again()
        self.context.window.notify(f"名单里新列入 {number:,} 户。")

    def _read_again(self, campaign_id: str = "") -> None:
        """The campaigns and the list anew."""
        self._shown_campaign = ""
        self._read_campaigns(campaign_id or self._chosen_campaign)
        self._on_filter()

    def take_back(self) -> None:
        """Take a campaign back that was called by mistake."""
        item = self.campaign()
        if item is None or not messages.confirm(self, f"删除监测行动“{item.title}”？还没有入户，不会丢失记录表。", "删除"):
            return
        try:
            monitoring.remove_campaign(self._session, item.id)
        except NuandangError as fault:
            messages.show_error(self, fault)
        self._read_again()
