"""服务: help that is no money over every household – what waits for an answer, each kind of a year – and its log."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QMenu

from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.wide_table import WideTable
from db.services import aid, aid_services
from db.services.aid_services import ServiceRow
from desktop import theme
from desktop.aid.households_dialog import HouseholdsDialog
from desktop.aid.sections import SERVICES, add_switch
from desktop.aid.service_acts import note_service, open_service
from desktop.context import AppContext
from desktop.students.register_acts import print_table, save_table
from desktop.widgets.pile_page import PilePage
from desktop.widgets.rows import Column

WAITING, ALL = "waiting", "all"
PILES = ((WAITING, "等答复"), (ALL, "全部"), ("legal", "法律援助"), ("referral", "转介"), ("mutual_aid", "互助保障"),
         ("employment", "就业创业"))  # fmt: skip
_EMPTY = {
    WAITING: "没有等答复的。转介给别的部门、代理仲裁和诉讼的，办结以前会一直列在这里，到日子首页提醒。",
    ALL: "这一年还没有记过服务。在档案的“救助”里记，也可以在这里“记服务…”。",
}
_PRIVATE = "有姓名和家庭情况"


class AidServicesPage(PilePage):
    """The services of every household known here."""

    title = "帮扶"
    unit = "件"
    hint = "户主、事项、编号"
    icon = "hand-coins"

    def __init__(self, context: AppContext) -> None:
        names = aid.granting_offices(context.session)
        super().__init__(context, PILES, {name: _columns(name, names) for name, _ in PILES})
        add_switch(self.header, context, SERVICES)
        self.lists = self.header.add_action("台账和统计", self.choose_list, "", "printer")
        self.header.add_action("记服务…", self.begin, "primary", "plus")

    def explain(self) -> str:
        """What is noted here, and what stays until it is answered."""
        return (
            "不发钱的帮扶都记在这里：法律援助、转介给别的部门、互助保障、就业创业服务。\n"
            "转介、调解、仲裁、诉讼、申请互助金要等别人答复，填好“什么时候问结果”，到了日子首页会提醒；“已受理”还算在等。\n"
            "对方给了多少可以写上，不算工会的资金。同样的服务可以一次给几户记。"
        )

    def rows_of(self, pile: str, year: int) -> Sequence[Any]:
        """What waits, whatever its year; else the services of the year."""
        if pile == WAITING:
            return aid_services.waiting(self._session)
        rows = aid_services.list_services(self._session, year)
        return rows if pile == ALL else [row for row in rows if row.kind == pile]

    def counts_of(self, year: int) -> dict[str, int]:
        """The services of the year are read once for all their kinds."""
        kinds = Counter(row.kind for row in aid_services.list_services(self._session, year))
        waiting = len(aid_services.waiting(self._session))
        return {WAITING: waiting, ALL: kinds.total(), **{kind: kinds[kind] for kind, _ in PILES if kind not in (WAITING, ALL)}}

    def words_of(self, row: Any) -> Sequence[str]:
        """Household, what it is about, archive."""
        return (row.household, row.words, row.content.text("what"), row.archive_number)

    def empty_words(self, pile: str) -> str:
        """What belongs here."""
        label = dict(PILES)[pile]
        return _EMPTY.get(pile, f"这一年还没有记过{label}。")

    def first_step(self, pile: str) -> tuple[str, Callable[[], object]] | None:
        """Noting one."""
        return "记服务…", self.begin

    def note_words(self, pile: str, year: int, rows: Sequence[Any]) -> str:
        """What came of the year so far."""
        told = []
        for item in aid_services.counts(self._session, f"{year}-01-01", f"{year}-12-31"):
            if item.times:
                worth = f"，对方给付 {format_amount(item.worth)} 元" if item.worth else ""
                granted = f"，办成 {item.granted} 件" if item.granted else ""
                told.append(f"{item.label} {item.times} 件、{item.households} 户{granted}{worth}")
        return f"{year} 年：{'；'.join(told)}。" if told else ""

    def open_row(self, row: ServiceRow | None) -> None:
        """Its answer is noted, or what was wrong is changed; one of another office is read in its archive."""
        if row is None:
            return
        if row.office_id == self._session.office.id:
            open_service(self, self.context, row.record_id)
        else:
            self.context.window.show_page("archive", archive_id=row.archive_id, tab="aid")

    def begin(self) -> None:
        """A service for one household, or the same for several."""
        dialog = HouseholdsDialog(self, self.context, "为哪些家庭记服务", "下一步写服务的种类和事项。")
        if dialog.exec():
            ids = dialog.ids()
            if ids:
                kind = self.pile() if self.pile() in option_list("aid_service_kind").by_code else ""
                note_service(self, self.context, ids, aid_services.prepared_service(self._session, kind))

    # -- papers

    def choose_list(self) -> None:
        """The log as it is shown, a blank one, or the statistical table."""
        menu = QMenu(self)
        shown = self.models[self.pile()].rows
        menu.addAction("打印台账…", lambda: print_table(self, self.log(), "台账", _PRIVATE, session=self._session)).setEnabled(bool(shown))
        menu.addAction("台账存为 Excel…", lambda: save_table(self, self._session, self.log())).setEnabled(bool(shown))
        menu.addSeparator()
        menu.addAction("统计表…", lambda: self.context.window.show_page("reports", report_id="services"))
        menu.addSeparator()
        blank = aid_services.services_paper(self._session, [], "帮扶服务台账")
        menu.addAction("打印空白台账…", lambda: print_table(self, blank, "空白台账"))
        menu.exec(self.lists.mapToGlobal(self.lists.rect().bottomLeft()))

    def log(self) -> WideTable:
        """The rows shown, under the name of what they are."""
        pile = self.pile()
        name = {WAITING: "等待答复的帮扶服务", ALL: "帮扶服务台账"}.get(pile, f"{dict(PILES)[pile]}台账")
        year = "" if pile == WAITING else f"{self.chosen_year()} 年"
        return aid_services.services_paper(self._session, list(self.models[pile].rows), f"{year}{name}")


def _columns(pile: str, names: Mapping[str, str]) -> list[Column[ServiceRow]]:
    household: Column[ServiceRow] = Column("户主", lambda row: row.household, 88, bold=True)
    what: Column[ServiceRow] = Column("服务", lambda row: row.words, 210)
    about: Column[ServiceRow] = Column("具体事项", lambda row: row.content.text("what"), 250)
    on_day: Column[ServiceRow] = Column("日期", lambda row: row.content.text("on_day"), 100)
    by: Column[ServiceRow] = Column("经办人", lambda row: row.content.text("responsible"), 84)
    answer: Column[ServiceRow] = Column("结果", lambda row: row.answer or "--", 190, _answer_ink)
    ask: Column[ServiceRow] = Column("问结果的日子", lambda row: row.content.text("answer_by"), 110)
    number: Column[ServiceRow] = Column("档案编号", lambda row: row.archive_number, 162, firm=True)
    office: Column[ServiceRow] = Column("办理单位", lambda row: names.get(row.office_id, "别的单位"), 130)
    offices = [office] if len(names) > 1 else []
    if pile == WAITING:
        return [household, what, about, ask, on_day, *offices, by, number]
    return [household, what, about, on_day, *offices, by, answer, number]


def _answer_ink(row: ServiceRow) -> str | None:
    return theme.AMBER if row.is_waiting else None
