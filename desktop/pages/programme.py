"""One programme: whom it reaches as the archives stand, what was granted in it, the list to sign, the signed one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QComboBox, QMenu

from db.domain.option_lists import option_list
from db.domain.records.programme import PROGRAMME
from db.domain.records.record_form import RecordContent
from db.errors import NuandangError
from db.services import archiving, office_papers, programmes, year_calendar
from db.services.disbursement import MOST_LINES
from db.services.office_papers import PaperOwner
from db.services.programmes import PROGRAMME_PILES, Programme, ProgrammeHousehold, ProgrammePile, ProgrammeQuery
from desktop import background, files, messages
from desktop.aid import grant_acts
from desktop.aid.condolences_dialog import CondolencesDialog
from desktop.aid.grant_dialog import grant
from desktop.aid.grant_words import beginning_in
from desktop.aid.households_dialog import HouseholdsDialog
from desktop.aid.paper_dialogs import PaperStrip
from desktop.aid.programme_list_model import BLANK, GOT, GOT_ON, ProgrammeListModel
from desktop.aid.programme_quotas_dialog import ProgrammeQuotasDialog
from desktop.aid.programme_strip import ProgrammeStrip
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import About, PrintDialog
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import EmptyState, button
from desktop.widgets.paged_model import PAGE_ROWS
from desktop.widgets.work_list_page import WorkListPage, refill

_EMPTY = {
    ProgrammePile.TO_DO: "对象里的每一户都批准了。",
    ProgrammePile.GRANTED: "没有批准了还没发放的。",
    ProgrammePile.DONE: "还没有发放。",
}


class ProgrammePage(WorkListPage[ProgrammeHousehold]):
    """The page of one programme."""

    title = "活动"

    def __init__(self, context: AppContext) -> None:
        self.item: Programme | None = None
        self._programme_id = ""
        self._reading = 0
        self._known: tuple[list[ProgrammeHousehold], int] = ([], 0)
        self.category, self.office = QComboBox(), QComboBox()
        self.category.setAccessibleName("困难类别")
        self.office.setAccessibleName("单位")
        super().__init__(
            context,
            [(pile.value, caption) for pile, caption in PROGRAMME_PILES.items()],
            ProgrammeListModel(context.session),
            [(self.category, 2), (self.office, 2)],
            EmptyState("users", "现在没有符合这项活动对象的家庭。在“更多”里可以修改活动的对象，或者批准名单以外的家庭。"),
        )
        self.strip = ProgrammeStrip(self._session.today)
        self._has_papers = False
        self.papers = PaperStrip(self._session, self._show_papers, PaperOwner.PROGRAMME)
        self.notices.addWidget(self.strip)
        self.notices.addWidget(self.papers)
        self.header.add_back(context.window.go_back)
        self.paper = self.header.add_action("发放表", self.choose_paper, icon="printer")
        self.others = self.header.add_action("没有档案的慰问…", self.count_others, icon="users")
        self.more = self.header.add_action("更多", self.choose_more, icon="chevron-down")
        self.go = self.header.add_action("批准…", self.grant_ticked, "primary", "check")
        self.pay = button("编制发放名册…", "", "file-text", self.pay_ticked)
        self.bar.addWidget(self.pay)
        context.changes.bundles_changed.connect(self._on_change)

    # -- what is shown

    def open(self, state: str = "", programme_id: str = "", **arguments: Any) -> None:
        """Show a programme."""
        if programme_id and (self.item is None or self.item.id != programme_id):
            self._stale = True
            self._programme_id = programme_id
            self.states.set_value(ProgrammePile.TO_DO.value)
            self.model.ticked.clear()
        self._load()
        super().open(state, **arguments)

    def place(self) -> dict[str, Any]:
        """The programme and the pile."""
        return {**super().place(), "programme_id": self.item.id if self.item else ""}

    def _load(self) -> None:
        try:
            self.item = programmes.programme_of(self._session, self._programme_id)
        except NuandangError:
            self.item = None
        found = programmes.programme_quotas(self._session, self._programme_id)
        if self.item is not None:
            self.title = self.item.title
            self.strip.show_programme(self.item, found)
            self._show_papers()

    def _show_papers(self) -> None:
        if self.item is not None:
            found = office_papers.list_papers(self._session, PaperOwner.PROGRAMME, self.item.id)
            self.papers.show_papers(self.item.id, found, may_add=True)
            self._has_papers = bool(found)

    def _on_change(self) -> None:
        if self.isVisible():
            self._load()
        super()._on_change()

    def offer(self) -> None:
        """Categories and offices."""
        refill(self.category, "困难类别", [(each.code, each.label) for each in option_list("hardship_category").current()])
        owners = archiving.owner_names(self._session)
        refill(self.office, "单位", sorted(owners.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(owners) > 1)
        self.table.setColumnHidden(self.model.at("单位"), len(owners) < 2)

    def query(self, pile: str) -> ProgrammeQuery | None:
        """What a pile means with the filters set."""
        if self.item is None:
            return None
        query = ProgrammeQuery(
            programme_id=self.item.id,
            content=self.item.content,
            pile=ProgrammePile(pile),
            text=self.text.text().strip(),
            office_id=self.office.currentData() or "",
            hardship_category=self.category.currentData() or "",
        )
        order = self.order()
        return replace(query, order=order[0], descending=order[1]) if order else query

    def _read(self) -> None:
        """The first rows are read beside the window: the list goes through all archives and all that was granted."""
        session, query = self._session, self.query(self.pile())
        self._reading += 1
        asked = self._reading

        def work() -> tuple[list[ProgrammeHousehold], int]:
            return programmes.first_households(session, query, PAGE_ROWS) if query else ([], 0)

        def done(found: tuple[list[ProgrammeHousehold], int]) -> None:
            if asked == self._reading:
                self._known = found
                super(ProgrammePage, self)._read()

        background.run_soon(self, work, done)

    def show_rows(self, pile: str) -> None:
        """The households of a pile."""
        assert isinstance(self.model, ProgrammeListModel)
        blank = BLANK.get(ProgrammePile(pile), frozenset())
        self.hide_columns({caption: caption in blank for caption in (GOT, GOT_ON)})
        # nobody signs for what is not granted yet: the room belongs to the list
        self.papers.setVisible(self._has_papers or ProgrammePile(pile) is not ProgrammePile.TO_DO)
        self.model.show_query(self.query(pile), self._known)

    def count_work(self) -> Callable[[], dict[str, int]]:
        """How many stand in each pile."""
        session, query = self._session, self.query(ProgrammePile.ALL)

        def work() -> dict[str, int]:
            return {pile.value: found for pile, found in programmes.count_piles(session, query).items()} if query else {}

        return work

    def empty_words(self, pile: str) -> str:
        """What an empty pile says."""
        return _EMPTY.get(ProgrammePile(pile), super().empty_words(pile))

    def is_nothing_yet(self, pile: str) -> bool:
        """Whether the programme reaches nobody as the archives stand."""
        query = None if self.model.count else self.query(ProgrammePile.ALL)
        return query is not None and programmes.count_households(self._session, query) == 0

    def open_row(self, row: ProgrammeHousehold) -> None:
        """The household's aid."""
        self.context.window.show_page("archive", archive_id=row.archive_id, tab="aid")

    def explain(self) -> str:
        """How a programme is worked through."""
        return (
            "“还没批准”里是按今天的档案符合对象、这次活动还没有给过的家庭：勾选几户（Ctrl+A 全选），点“批准”，"
            "每一户单独核对，不符合规定的列出来、不会批准。批准了的勾选后“编制发放名册”：钱走银行卡，实物凭签收。"
            "“发放表”打印带签收栏的名单，也能打印空白的带去现场；签了字拍照附在上面。"
        )

    # -- acts

    def on_ticks(self, ticked: int) -> None:
        """What is ticked can be granted something, or put onto a list."""
        here = not self._session.office.is_laptop
        self.go.setEnabled(here and ticked > 0)
        self.go.setText(f"批准 {ticked:,} 户…" if ticked else "批准…")
        self.go.setToolTip("" if ticked else "先勾选要给的家庭（空格勾选，Ctrl+A 全选）")
        open_pile = ProgrammePile(self.pile()) is not ProgrammePile.TO_DO
        self.pay.setEnabled(here and open_pile and 0 < ticked <= MOST_LINES)
        self.pay.setToolTip("" if self.pay.isEnabled() else f"先勾选“{PROGRAMME_PILES[ProgrammePile.GRANTED]}”里的几户")

    def grant_ticked(self) -> None:
        """Grant what the programme gives to the ticked households."""
        self._grant(self.model.ticked_ids())

    def _grant(self, ids: list[str]) -> None:
        if self.item is not None and ids and grant(self, self.context, ids, beginning_in(self.item)):
            self.model.ticked.clear()

    def grant_others(self) -> None:
        """Grant it to households outside the population, too; each needs a reason."""
        dialog = HouseholdsDialog(self, self.context)
        if dialog.exec():
            self._grant(dialog.ids())

    def pay_ticked(self) -> None:
        """A payment list of what the ticked households were granted: money and goods each on their own."""
        assert self.item is not None
        found = programmes.open_grants(self._session, self.item.id, self.model.ticked_ids())
        if not found:
            messages.inform(self, "勾选的家庭里，没有本单位批准了、还没有列入名册的。", "编制发放名册")
            return
        money, goods = [each.id for each in found if each.amount], [each.id for each in found if not each.amount]
        if money and goods:
            words = f"其中发钱的 {len(money):,} 笔，发实物的 {len(goods):,} 笔，要分开编两份名册。先编发钱的一份？"
            ids = money if messages.confirm(self, words, "先编发钱的", refuse="先编实物的") else goods
        else:
            ids = money or goods
        grant_acts.draw_up_list(self, self.context, ids, self.item.title)

    def count_others(self) -> None:
        """People without an archive."""
        if self.item is not None:
            CondolencesDialog(self, self.context, self.item).exec()
            self._load()

    def choose_more(self) -> None:
        """Change it, take it back, grant to households outside of it, look at the quotas."""
        item = self.item
        if item is None:
            return
        menu = QMenu(self)
        menu.addAction("批准对象以外的家庭…", self.grant_others).setEnabled(not self._session.office.is_laptop)
        if item.content.text("lists_due_on"):
            menu.addAction("名单已经报送", self.note_handed_in)
        menu.addAction("名额…", lambda: ProgrammeQuotasDialog(self, self.context, item).exec())
        menu.addSeparator()
        menu.addAction("照这项再布置一次…", self.call_again)
        menu.addAction("修改活动…", self.edit).setEnabled(item.is_own)
        menu.addAction("删除活动…", self.remove).setEnabled(item.is_own and not item.sums.grants)
        menu.exec(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def note_handed_in(self) -> None:
        """The lists were handed in: the day leaves the board."""
        if self.item is not None:
            year_calendar.note_done(self._session, year_calendar.lists_due(self.item.id, self.item.content))
            self.context.changes.office_changed.emit()
            self.context.window.notify("已记下，首页不再提醒。")

    def edit(self) -> None:
        """Change what the programme lays down; what was granted stays as it is."""
        session, item = self._session, self.item
        assert item is not None
        content = RecordContent(dict(item.content.values))

        def save(given: RecordContent) -> None:
            programmes.save_programme(session, given, item.id)

        if RecordDialog(self, self.context, PROGRAMME, content, f"修改：{item.title}", save).exec():
            self._load()
            self._on_filter()

    def call_again(self) -> None:
        """Call the same programme for this year: whom it reaches and how much are filled in, the days are not."""
        session, item, made = self._session, self.item, list[str]()
        assert item is not None

        def save(given: RecordContent) -> None:
            made.append(programmes.save_programme(session, given).record_id)

        content = programmes.called_again(session, item)
        hint = f"对象、标准和上限照“{item.title}”填好了，日期和依据文件请重新写。"
        if RecordDialog(self, self.context, PROGRAMME, content, "布置活动", save, hint=hint).exec() and made:
            self.context.window.show_page("programme", programme_id=made[-1])

    def remove(self) -> None:
        """Take back a programme that was called by mistake."""
        item = self.item
        words = f"删除活动“{item.title if item else ''}”？还没有批准过，不会影响任何家庭。"
        if item is None or not messages.confirm(self, words, "删除", destructive=True):
            return
        try:
            programmes.remove_programme(self._session, item.id)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self.context.window.show_page("programmes")

    # -- papers

    def choose_paper(self) -> None:
        """The list to sign of the ticked households, of all, or blank."""
        menu = QMenu(self)
        ids, some = self.model.ticked_ids(), self.item is not None and self.item.sums.grants > 0
        if ids:
            menu.addAction(f"打印勾选的 {len(ids):,} 户…", lambda: self.print_list(ids))
            menu.addAction(f"勾选的 {len(ids):,} 户存为 Excel…", lambda: self.save_list(ids))
            menu.addSeparator()
        menu.addAction("打印全部已批准的…", lambda: self.print_list(None)).setEnabled(some)
        menu.addAction("全部已批准的存为 Excel…", lambda: self.save_list(None)).setEnabled(some)
        menu.addSeparator()
        menu.addAction("打印空白发放表…", lambda: self.print_list(None, blank=True))
        menu.addAction("空白发放表存为 Excel…", lambda: self.save_list(None, blank=True))
        menu.addSeparator()
        named = f"勾选的 {len(ids):,} 户" if ids else f"筛选出的 {self.model.count:,} 户"
        menu.addAction(f"打印{named}对象名单…", self.print_names).setEnabled(self.model.count > 0)
        menu.addAction(f"{named}对象名单存为 Excel…", self.save_names).setEnabled(self.model.count > 0)
        menu.exec(self.paper.mapToGlobal(self.paper.rect().bottomLeft()))

    def print_names(self) -> None:
        """The list of names that is handed in: of the ticked households, else of those the filters leave."""
        assert self.item is not None
        session, item, ids = self._session, self.item, self.model.ticked_ids() or self.model.all_keys()

        def work(_progress: Any) -> bytes:
            from db.services import programme_papers  # late: drawing PDFs loads a lot

            pdf: bytes = programme_papers.names_pdf(session, item.id, ids)
            return pdf

        def done(pdf: bytes) -> None:
            PrintDialog(self, pdf, f"{item.title}对象名单", f"{item.title}对象名单-{session.today}.pdf", about=About(session, ids)).exec()

        background.run(self, work, done, title="正在排版…")

    def save_names(self) -> None:
        """The same as a workbook."""
        assert self.item is not None
        session, item, ids = self._session, self.item, self.model.ticked_ids() or self.model.all_keys()
        name = f"{item.title}对象名单-{session.today}.xlsx".replace("/", "-")
        path = files.ask_save(self, "对象名单存为 Excel", name, "Excel (*.xlsx)")

        def work(_progress: Any) -> None:
            from db.services import programme_papers  # late: it brings the writer of workbooks along

            assert path is not None
            programme_papers.write_names(session, item.id, ids, path)

        if path is not None:
            background.run(self, work, lambda _none: offer_folder(self, "对象名单已保存。", path), title="正在写 Excel…")

    def print_list(self, ids: list[str] | None, *, blank: bool = False) -> None:
        """Show the list, ready to print."""
        assert self.item is not None
        session, programme_id, title = self._session, self.item.id, self.item.title

        def work(_progress: Any) -> bytes:
            from db.services import programme_papers  # late: drawing PDFs loads a lot

            pdf: bytes = programme_papers.handout_pdf(session, programme_id, ids, blank=blank)
            return pdf

        def done(pdf: bytes) -> None:
            listed = [] if blank else programmes.programme_grants(session, programme_id, ids)
            about = About(session, list({grant.archive_id for grant in listed}))
            name = f"{title}发放表-{session.today}.pdf"
            PrintDialog(self, pdf, f"{title}发放表", name, private=not blank, about=about).exec()

        background.run(self, work, done, title="正在排版…")

    def save_list(self, ids: list[str] | None, *, blank: bool = False) -> None:
        """The same as a workbook."""
        assert self.item is not None
        session, programme_id = self._session, self.item.id
        name = f"{self.item.title}发放表{'（空白）' if blank else ''}-{session.today}.xlsx".replace("/", "-")
        path = files.ask_save(self, "发放表存为 Excel", name, "Excel (*.xlsx)")

        def work(_progress: Any) -> None:
            from db.services import programme_papers  # late: it brings the writer of workbooks along

            assert path is not None
            programme_papers.write_handout(session, programme_id, path, ids, blank=blank)

        if path is not None:
            background.run(self, work, lambda _none: offer_folder(self, "发放表已保存。", path), title="正在写 Excel…")
