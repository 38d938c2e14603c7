"""Papers and workbooks of the money: the roster of a payment list, the ledger of a source, the list of grants."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from db.domain.aid.capital_amounts import capital_words
from db.domain.aid.list_flow import ListState, Method
from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.paper_layout import Amount, LedgerColumn, PaperLayout
from db.domain.papers.fund_papers import MoneyLine, UseLine, ledger_paper, use_paper
from db.domain.wide_table import WideColumn, WideTable
from db.exchange.workbook_papers import write_papers_workbook
from db.exchange.workbook_report import ReportSheet, write_report
from db.printing.official_paper import papers_pdf
from db.printing.roster_sheet import Roster, RosterGroup, roster_pdf
from db.services import aid_list, bank_exchange, disbursement, funds, printing, register_papers
from db.services.aid_list import AidQuery
from db.services.disbursement import Line, ListView
from db.services.funds import FundState
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.paper_trail import note_file

EVERY = 1_000_000
CARD_TITLE, GOODS_TITLE = "银行卡发放花名册", "实物发放签收单"
_CARD_COLUMNS = (
    LedgerColumn("序号", 9),
    LedgerColumn("姓名（户名）", 22),
    LedgerColumn("身份证号", 34),
    LedgerColumn("单位", 29, "left"),
    LedgerColumn("救助项目", 18),
    LedgerColumn("资金来源", 27, "left"),
    LedgerColumn("金额（元）", 21, "right"),
    LedgerColumn("开户银行、支行", 37, "left"),
    LedgerColumn("银行卡号", 36),
    LedgerColumn("联系电话", 22),
    LedgerColumn("备注", 18, "left"),
)
_GOODS_COLUMNS = (
    LedgerColumn("序号", 10),
    LedgerColumn("姓名", 21),
    LedgerColumn("身份证号", 38),
    LedgerColumn("单位", 41, "left"),
    LedgerColumn("慰问（救助）类别", 25),
    LedgerColumn("物资和数量", 51, "left"),
    LedgerColumn("联系电话", 25),
    LedgerColumn("领取日期", 22),
    LedgerColumn("本人签收", 40),
)
_AID_COLUMNS = (
    ("户主", 12), ("档案编号", 20), ("批准单位", 24), ("救助项目", 16), ("受助人", 12), ("金额（元）", 14), ("实物", 24),
    ("资金来源", 26), ("批准日期", 13), ("发放情况", 24), ("原因", 26), ("名册", 14), ("发放日期", 13), ("所属活动", 26),
    ("录入全国系统", 14),
)  # fmt: skip


# -- payment lists ------------------------------------------------------------------------------------------------


def list_pdf(session: OfficeSession, list_id: str) -> bytes:
    """The list on paper: by card the roster sorted by bank, of goods the list to sign."""
    view = disbursement.load_list(session, list_id)
    return roster_pdf(_card_roster(session, view) if view.row.method is Method.CARD else _goods_roster(session, view))


def save_list_pdf(session: OfficeSession, list_id: str, path: Path) -> None:
    """The same as a file."""
    view = disbursement.load_list(session, list_id)
    title = CARD_TITLE if view.row.method is Method.CARD else GOODS_TITLE
    printing.save_pdf_about(session, archives_of(view), title, path, list_pdf(session, list_id))


def _heads(session: OfficeSession, view: ListView) -> list[str]:
    state = "" if view.row.state not in {ListState.DRAFT, ListState.DROPPED} else f"（{view.row.state_label}，不能据此发放）"
    return [f"单位：{session.office.name}", f"名册：{view.row.title}{state}", f"编号：{view.row.number}　{session.today}"]


def _foot(view: ListView) -> str:
    """What proves that the paper is the list that was locked."""
    if view.row.state in {ListState.DRAFT, ListState.DROPPED}:
        return f"{view.row.number}　没有锁定"
    print_ = disbursement.content_print(view.lines)
    shown = " ".join(print_[at : at + 4].upper() for at in range(0, 16, 4))
    return f"{view.row.number}　内容指纹 {shown}　{(view.row.locked_at or '')[:10]} 由{view.row.locked_by}锁定"


def _card_roster(session: OfficeSession, view: ListView) -> Roster:
    lines = sorted(view.lines, key=lambda line: (line.bank, line.branch, line.position))
    banks = [(bank, list(each)) for bank, each in groupby(lines, key=lambda line: line.bank)]
    number, groups = 0, []
    for bank, each in banks:
        rows = []
        for line in each:
            number += 1
            rows.append(_card_row(number, line))
        total = sum(line.amount for line in each)
        groups.append(RosterGroup(rows, f"{bank or '没有写银行的'}　小计：{len(each):,} 人，{format_amount(total)} 元"))
    whole = sum(line.amount for line in lines)
    words = f"合计：{len(lines):,} 人，¥ {format_amount(whole)} 元，人民币（大写）：{capital_words(whole)}"
    signs = ("制表：", "审核：", "审批：")
    if len(groups) == 1:
        groups = [RosterGroup(groups[0].rows)]
    return Roster(CARD_TITLE, _heads(session, view), _CARD_COLUMNS, groups, words, signs, _foot(view))


def _card_row(number: int, line: Line) -> list[str]:
    item = option_list("aid_item").label(line.item)
    return [str(number), line.payee_name, line.id_number, line.employer, item, line.fund_name, format_amount(line.amount),
            f"{line.bank}{line.branch}", line.account, line.phone, line.note]  # fmt: skip


def _goods_roster(session: OfficeSession, view: ListView) -> Roster:
    rows = [
        [str(line.position), line.payee_name, line.id_number, line.employer, option_list("aid_item").label(line.item),
         line.goods, line.phone, "", ""]
        for line in view.lines
    ]  # fmt: skip
    words = f"合计：{len(rows):,} 人。须本人签收；代领的写明代领人和与本人的关系。"
    signs = ("制表：", "发放人：", "审批：")
    return Roster(GOODS_TITLE, _heads(session, view), _GOODS_COLUMNS, [RosterGroup(rows)], words, signs, _foot(view), 11.0)


def write_list(session: OfficeSession, list_id: str, path: Path) -> None:
    """The list as a workbook, in whatever state; the file for the bank is another one."""
    view = disbursement.load_list(session, list_id)
    if view.row.method is Method.CARD:
        bank_exchange.write_draft(session, list_id, "standard", path)
        note_file(session, archives_of(view), CARD_TITLE, path)
        return
    roster = _goods_roster(session, view)
    unit, title, number = roster.heads
    register_papers.write_table(session, WideTable(
        GOODS_TITLE,
        tuple(WideColumn(column.head, column.width, align=column.align) for column in _GOODS_COLUMNS),
        [[int(row[0]), *row[1:]] for row in roster.groups[0].rows],
        heads=(("", unit), ("", title), ("", number)),
        foot=f"{roster.total}\n{'　　　　　　　　　　'.join(roster.signs)}\n{roster.foot}",
        archive_ids=tuple(archives_of(view)),
    ), path)  # fmt: skip


def archives_of(view: ListView) -> list[str]:
    """The households that stand on a list."""
    return list(dict.fromkeys(line.archive_id for line in view.lines))


# -- sources ------------------------------------------------------------------------------------------------------


def _use_line(state: FundState) -> UseLine:
    content = state.fund.content
    budget = content.values.get("budget")
    return UseLine(
        name=state.name,
        kind=option_list("fund_source").label(content.text("source_kind")),
        year=content.text("year"),
        document=content.text("document"),
        budget=budget if isinstance(budget, int) else None,
        received=state.received - state.sent_back,
        committed=state.committed,
        spent=state.spent,
        left=state.left,
    )


def fund_paper(session: OfficeSession, fund_id: str = "") -> PaperLayout:
    """The ledger of a source; without one, how all of them stand."""
    states = funds.fund_states(session)
    if not fund_id:
        return use_paper(session.office.name, session.today, [_use_line(state) for state in states])
    ledger = funds.fund_ledger(session, fund_id)
    state = next(each for each in states if each.fund.record_id == fund_id)
    lines = [
        MoneyLine(line.on_day, line.what, line.who, line.reference, line.came_in, line.went_out, line.balance)
        for line in ledger
    ]
    return ledger_paper(session.office.name, session.today, _use_line(state), lines)


def fund_pdf(session: OfficeSession, fund_id: str = "") -> bytes:
    """The same as a PDF."""
    paper = fund_paper(session, fund_id)
    return papers_pdf(paper.title, [paper])


def write_fund(session: OfficeSession, fund_id: str, path: Path) -> None:
    """The same as a workbook."""
    remember_output(session, path.parent)
    write_papers_workbook(path, [fund_paper(session, fund_id)])


# -- grants -------------------------------------------------------------------------------------------------------


def write_aid_list(session: OfficeSession, query: AidQuery, path: Path) -> int:
    """What the query means as a workbook; how many grants."""
    remember_output(session, path.parent)
    captions, widths = zip(*_AID_COLUMNS, strict=True)
    sheet = ReportSheet("救助清单", captions, widths)
    rows = aid_list.aid_rows(session, query, 0, EVERY)
    sheet.rows.extend(_aid_cells(rows))
    write_report(path, "救助清单", [sheet])
    return len(rows)


def _aid_cells(rows: Iterable[aid_list.AidRow]) -> Iterable[list[str | int | Amount]]:
    for row in rows:
        yield [row.household, row.archive_number, row.office_name, row.item_label, row.recipient_name,
               Amount(row.amount or None), row.goods, row.fund_name, row.granted_on, row.state_words,
               row.said or "", row.list_number or "", row.paid_on or "", row.programme_title, row.entered_on or ""]  # fmt: skip
