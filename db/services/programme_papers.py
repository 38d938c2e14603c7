"""Papers of a programme: the list to sign when something is handed out (送温暖发放表, §b.6), and what programmes came to."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from db.domain.aid.capital_amounts import capital_words
from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.paper_layout import LedgerColumn
from db.domain.wide_table import WideColumn, WideTable
from db.printing.roster_sheet import Roster, RosterGroup, roster_pdf
from db.services import archiving, programmes, register_papers
from db.services.office import OfficeSession
from db.services.programmes import Programme, ProgrammeGrant, ProgrammeSums

BLANK_ROWS = 13
_SIGN_HEIGHT = 10.5
_TO_SIGN = "须本人签收；代领的写明代领人和与本人的关系。"
_PRIVATE = "名单里有身份证号和电话，只报上级，不要张贴。"
_BLANK_TOTAL = "合计：　　　　人，　　　　　　　　元；实物　　　　份。"
_AMOUNT_AT = 5
"""Which column of the list to sign has the amount, or the goods."""
_HANDOUT = (
    LedgerColumn("序号", 10),
    LedgerColumn("姓名", 21),
    LedgerColumn("身份证号", 38),
    LedgerColumn("单位", 48, "left"),
    LedgerColumn("慰问（救助）类别", 27),
    LedgerColumn("金额（元）、物资", 45, "left"),
    LedgerColumn("日期", 24),
    LedgerColumn("慰问人", 24),
    LedgerColumn("签收", 36),
)
_NAMES = (
    LedgerColumn("序号", 10),
    LedgerColumn("姓名", 22),
    LedgerColumn("身份证号", 38),
    LedgerColumn("填报单位", 30, "left"),
    LedgerColumn("工作单位", 34, "left"),
    LedgerColumn("困难类别", 20),
    LedgerColumn("主要致困原因", 34, "left"),
    LedgerColumn("家庭人口", 16),
    LedgerColumn("联系电话", 25),
    LedgerColumn("拟给（已给）", 44, "left"),
)
_TOTALS = (
    WideColumn("活动", 46, align="left"),
    WideColumn("种类", 18),
    WideColumn("年度", 12),
    WideColumn("期间", 26),
    WideColumn("布置单位", 29, align="left"),
    WideColumn("户数", 13, ("在档案里的家庭",), "right"),
    WideColumn("人数", 13, ("在档案里的家庭",), "right"),
    WideColumn("批准（元）", 23, ("在档案里的家庭",), "right", is_amount=True),
    WideColumn("已发放（元）", 23, ("在档案里的家庭",), "right", is_amount=True),
    WideColumn("实物（份）", 15, ("在档案里的家庭",), "right"),
    WideColumn("已签收（份）", 16, ("在档案里的家庭",), "right"),
    WideColumn("人数", 15, ("没有档案的慰问对象",), "right"),
    WideColumn("慰问金（元）", 24, ("没有档案的慰问对象",), "right", is_amount=True),
)
_CONDOLENCES = (
    WideColumn("序号", 10),
    WideColumn("日期", 22),
    WideColumn("慰问对象", 30),
    WideColumn("人数", 14, align="right"),
    WideColumn("单位或地点", 40, align="left"),
    WideColumn("慰问金（元）", 23, align="right", is_amount=True),
    WideColumn("慰问品和数量", 46, align="left"),
    WideColumn("经费出处", 28, align="left"),
    WideColumn("慰问人", 26, align="left"),
    WideColumn("登记单位", 34, align="left"),
)


def handout_title(item: Programme) -> str:
    """What the list is called: 送温暖发放表, and after its own kind for any other programme."""
    kind = item.content.text("programme_kind")
    return f"{item.kind_label if kind != 'other' else item.title}发放表"


def _by_person(grants: Iterable[ProgrammeGrant]) -> list[list[ProgrammeGrant]]:
    """What each person gets together: one line, one signature."""
    found: dict[tuple[str, str, str], list[ProgrammeGrant]] = {}
    for grant in grants:
        found.setdefault((grant.archive_id, grant.recipient_number, grant.recipient_name), []).append(grant)
    return list(found.values())


def _what(grants: Sequence[ProgrammeGrant]) -> str:
    money = sum(grant.amount for grant in grants)
    goods = [grant.goods for grant in grants if not grant.amount]
    if not goods:
        return format_amount(money)
    return "、".join([*([f"{format_amount(money)} 元"] if money else []), *goods])


def _row(number: int, grants: Sequence[ProgrammeGrant], visitors: str) -> list[str]:
    first = grants[0]
    days = sorted({grant.paid_on for grant in grants if grant.paid_on}) if all(grant.paid_on for grant in grants) else []
    return [str(number), first.recipient_name, first.recipient_number, first.employer, _group(grants), _what(grants),
            days[-1] if days else "", visitors, ""]  # fmt: skip


def _group(grants: Sequence[ProgrammeGrant]) -> str:
    """慰问类别: the class of the household; what it gets where nobody has said one."""
    if grants[0].hardship_category:
        return option_list("hardship_category").label(grants[0].hardship_category)
    return "、".join(dict.fromkeys(option_list("aid_item").label(grant.item) for grant in grants))


def _sums(grants: Sequence[ProgrammeGrant]) -> str:
    """How many people, how much money, how many shares of goods."""
    money, goods = sum(grant.amount for grant in grants), sum(1 for grant in grants if not grant.amount)
    parts = [f"{len(_by_person(grants)):,} 人"]
    parts += [f"¥ {format_amount(money)} 元，人民币（大写）：{capital_words(money)}"] if money else []
    parts += [f"实物 {goods:,} 份"] if goods else []
    return "，".join(parts)


def handout_pdf(
    session: OfficeSession, programme_id: str, archive_ids: Sequence[str] | None = None, *, blank: bool = False
) -> bytes:
    """The list of what is handed out, with room to sign: of these households or all, or to be filled in by hand."""
    item = programmes.programme_of(session, programme_id)
    groups, total = _groups(session, item, archive_ids) if not blank else _blank()
    dated = "日期：　　　　年　　月　　日" if blank else f"制表日期：{session.today}"
    heads = [f"单位：{session.office.name}", f"活动：{item.title}", dated]
    signs = ("制表：", "慰问人（发放人）：", "负责人：")
    return roster_pdf(Roster(handout_title(item), heads, _HANDOUT, groups, total, signs, _TO_SIGN, _SIGN_HEIGHT))


def _blank() -> tuple[list[RosterGroup], str]:
    rows = [[str(number), *[""] * (len(_HANDOUT) - 1)] for number in range(1, BLANK_ROWS + 1)]
    return [RosterGroup(rows)], _BLANK_TOTAL


def _groups(
    session: OfficeSession, item: Programme, archive_ids: Sequence[str] | None
) -> tuple[list[RosterGroup], str]:
    """By office where households of several are among them."""
    found = programmes.programme_grants(session, item.id, archive_ids)
    names = archiving.owner_names(session)
    parts = [(office, list(each)) for office, each in groupby(found, key=lambda grant: grant.office_id)]
    number, groups = 0, []
    for office, each in parts:
        rows = []
        for theirs in _by_person(each):
            number += 1
            rows.append(_row(number, theirs, item.content.text("visitors")))
        words = f"{names.get(office, '其他单位')}　小计：{_sums(each)}" if len(parts) > 1 else ""
        groups.append(RosterGroup(rows, words))
    return groups, f"合计：{_sums(found)}。"


def write_handout(
    session: OfficeSession, programme_id: str, path: Path, archive_ids: Sequence[str] | None = None, *, blank: bool = False
) -> None:
    """The same as a workbook in the look of the paper; amounts are numbers there."""
    item = programmes.programme_of(session, programme_id)
    found = [] if blank else programmes.programme_grants(session, item.id, archive_ids)
    numbered = range(1, BLANK_ROWS + 1) if blank else ()
    rows: list[Sequence[str | int | None]] = [[number, *[""] * (len(_HANDOUT) - 1)] for number in numbered]
    for number, theirs in enumerate(_by_person(found), 1):
        row: list[str | int | None] = [number, *_row(number, theirs, item.content.text("visitors"))[1:]]
        if all(grant.amount for grant in theirs):
            row[_AMOUNT_AT] = sum(grant.amount for grant in theirs)
        rows.append(row)
    total = _BLANK_TOTAL if blank else f"合计：{_sums(found)}。"
    signs = "制表：　　　　　　　　慰问人（发放人）：　　　　　　　　负责人："
    about = dict.fromkeys(grant.archive_id for grant in found)
    table = _table(session, item, handout_title(item), _HANDOUT, rows, f"{total}\n{_TO_SIGN}\n{signs}", about)
    register_papers.write_table(session, table, path)


def _table(
    session: OfficeSession, item: Programme, title: str, columns: Sequence[LedgerColumn],
    rows: Sequence[Sequence[str | int | None]], foot: str, archive_ids: Iterable[str],
) -> WideTable:  # fmt: skip
    return WideTable(
        title=title,
        columns=tuple(WideColumn(each.head, each.width, align=each.align, is_amount=at == _AMOUNT_AT and columns is _HANDOUT)
                      for at, each in enumerate(columns)),
        rows=rows,
        heads=(("单位：", session.office.name), ("活动：", item.title), ("日期：", session.today)),
        foot=foot,
        archive_ids=tuple(archive_ids),
    )  # fmt: skip


def names_pdf(session: OfficeSession, programme_id: str, archive_ids: Sequence[str]) -> bytes:
    """The list of names that is handed in for a programme, to be stamped."""
    item = programmes.programme_of(session, programme_id)
    rows = _name_rows(session, item, archive_ids)
    due = item.content.text("lists_due_on")
    heads = [f"填报单位：{session.office.name}", f"活动：{item.title}", f"报送期限：{due}" if due else f"制表日期：{session.today}"]
    signs = ("填报人：", "审核：", "单位（盖章）：")
    foot = f"{session.today} 按档案列出。{_PRIVATE}"
    total = f"合计：{len(rows):,} 户。"
    return roster_pdf(Roster(f"{item.kind_label}对象名单", heads, _NAMES, [RosterGroup(rows)], total, signs, foot, 8.0))


def _name_rows(session: OfficeSession, item: Programme, archive_ids: Sequence[str]) -> list[list[str]]:
    names = archiving.owner_names(session)
    rows = []
    for number, row in enumerate(programmes.name_list(session, item.id, archive_ids), 1):
        had = "、".join(filter(None, (f"{format_amount(row.amount)} 元" if row.amount else "", row.goods)))
        category = option_list("hardship_category").label(row.hardship_category) if row.hardship_category else ""
        cause = option_list("hardship_cause").label(row.main_hardship_cause) if row.main_hardship_cause else ""
        size = str(row.household_size) if row.household_size else ""
        rows.append([str(number), row.name, row.id_number, names.get(row.office_id, "其他单位"), row.employer, category,
                     cause, size, row.phone, had or item.standard_words])  # fmt: skip
    return rows


def write_names(session: OfficeSession, programme_id: str, archive_ids: Sequence[str], path: Path) -> int:
    """The same as a workbook; how many households."""
    item = programmes.programme_of(session, programme_id)
    rows: list[Sequence[str | int | None]] = [
        [int(row[0]), *row[1:7], int(row[7]) if row[7] else "", *row[8:]] for row in _name_rows(session, item, archive_ids)
    ]
    title = f"{item.kind_label}对象名单"
    signs = "填报人：　　　　　　　　审核：　　　　　　　　单位（盖章）："
    foot = f"合计：{len(rows):,} 户。{_PRIVATE}\n{signs}"
    register_papers.write_table(session, _table(session, item, title, _NAMES, rows, foot, archive_ids), path)
    return len(rows)


# -- what programmes came to --------------------------------------------------------------------------------------


def totals_table(session: OfficeSession, year: int | None = None) -> WideTable:
    """What the programmes (of a year) came to, with their sum."""
    found = programmes.list_programmes(session, year)
    rows: list[Sequence[str | int | None]] = [
        [item.title, item.kind_label, str(item.year), _days(item), item.office_name, *_figures(item.sums)] for item in found
    ]
    whole = sum((item.sums for item in found), ProgrammeSums())
    rows.append(["合计", "", "", "", "", *_figures(whole)])
    foot = "户数、人数各项活动分别计，同一户参加两项的各计一次；撤销的不计，退回的已减去。没有档案的慰问对象不从资金里支出。"
    return WideTable(
        title=f"{year} 年帮扶活动汇总表" if year else "帮扶活动汇总表",
        columns=_TOTALS,
        rows=rows,
        heads=(("填报单位：", session.office.name), ("日期：", session.today)),
        foot=foot,
        strong=frozenset({len(found)}),
    )


def _days(item: Programme) -> str:
    begins, ends = item.content.text("begins_on"), item.content.text("ends_on")
    return f"{begins} 至 {ends}" if ends else f"{begins} 起"


def _figures(sums: ProgrammeSums) -> list[int | None]:
    return [sums.households, sums.people, sums.granted, sums.paid, sums.goods, sums.goods_handed, sums.others, sums.others_amount]


def condolence_table(session: OfficeSession, programme_id: str) -> WideTable:
    """The people without an archive whom a programme reached, line by line."""
    item = programmes.programme_of(session, programme_id)
    names = {**archiving.office_names(session), session.office.id: session.office.name}
    rows: list[Sequence[str | int | None]] = []
    for number, entry in enumerate(programmes.list_condolences(session, programme_id), 1):
        content = entry.content
        people, amount = (content.values.get(key) for key in ("people", "amount"))
        group = option_list("condolence_group").label(content.text("group"))
        rows.append([number, content.text("on_day"), group, people if isinstance(people, int) else None, content.text("place"),
                     amount if isinstance(amount, int) else None, content.text("goods"), content.text("paid_from"),
                     content.text("visitors"), names.get(entry.office_id, "其他单位")])  # fmt: skip
    sums = item.sums
    rows.append(["合计", "", "", sums.others, "", sums.others_amount or None, "", "", "", ""])
    heads = (("填报单位：", session.office.name), ("活动：", item.title), ("日期：", session.today))
    return WideTable("没有档案的慰问对象登记表", _CONDOLENCES, rows, heads, strong=frozenset({len(rows) - 1}))
