"""Papers of a programme: the list to sign when something is handed out (送温暖发放表, §b.6), and what programmes came to."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from db.domain.aid.capital_amounts import capital_words
from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.paper_layout import Amount, LedgerColumn
from db.exchange.workbook_report import ReportSheet, write_report
from db.printing.roster_sheet import Roster, RosterGroup, roster_pdf
from db.services import archiving, programmes
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.paper_trail import note_file
from db.services.programmes import Programme, ProgrammeGrant

BLANK_ROWS = 13
_SIGN_HEIGHT = 10.5
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
    ("活动", 34), ("种类", 12), ("年度", 8), ("布置单位", 24), ("开始", 12), ("结束", 12), ("对象", 40), ("标准", 22), ("户数", 9),
    ("人数", 9), ("批准金额（元）", 16), ("已发放（元）", 16), ("实物（份）", 11), ("已签收（份）", 12), ("没有档案的（人）", 16),
    ("其慰问金（元）", 16),
)  # fmt: skip
_CONDOLENCES = (("日期", 12), ("慰问对象", 22), ("人数", 9), ("单位或地点", 30), ("慰问金（元）", 14), ("慰问品和数量", 30),
                ("经费出处", 20), ("慰问人", 18), ("登记单位", 24), ("说明", 30))  # fmt: skip


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
    foot = "须本人签收；代领的写明代领人和与本人的关系。"
    return roster_pdf(Roster(handout_title(item), heads, _HANDOUT, groups, total, signs, foot, _SIGN_HEIGHT))


def _blank() -> tuple[list[RosterGroup], str]:
    rows = [[str(number), *[""] * (len(_HANDOUT) - 1)] for number in range(1, BLANK_ROWS + 1)]
    return [RosterGroup(rows)], "合计：　　　　人，　　　　　　　　元；实物　　　　份。"


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
    """The same as a workbook; amounts are numbers there."""
    remember_output(session, path.parent)
    item = programmes.programme_of(session, programme_id)
    captions = tuple(column.head for column in _HANDOUT)
    sheet = ReportSheet(handout_title(item), captions, tuple(round(column.width / 1.9) for column in _HANDOUT))
    found = [] if blank else programmes.programme_grants(session, item.id, archive_ids)
    if blank:
        sheet.rows.extend([[number, *[""] * (len(_HANDOUT) - 1)] for number in range(1, BLANK_ROWS + 1)])
    else:
        for number, theirs in enumerate(_by_person(found), 1):
            row: list[str | int | Amount] = [number, *_row(number, theirs, item.content.text("visitors"))[1:]]
            if all(grant.amount for grant in theirs):
                row[5] = Amount(sum(grant.amount for grant in theirs))
            sheet.rows.append(row)
    write_report(path, handout_title(item), [sheet])
    note_file(session, {grant.archive_id for grant in found}, handout_title(item), path)


def names_pdf(session: OfficeSession, programme_id: str, archive_ids: Sequence[str]) -> bytes:
    """The list of names that is handed in for a programme, to be stamped."""
    item = programmes.programme_of(session, programme_id)
    rows = _name_rows(session, item, archive_ids)
    due = item.content.text("lists_due_on")
    heads = [f"填报单位：{session.office.name}", f"活动：{item.title}", f"报送期限：{due}" if due else f"制表日期：{session.today}"]
    signs = ("填报人：", "审核：", "单位（盖章）：")
    foot = f"{session.today} 按档案列出。名单里有身份证号和电话，只报上级，不要张贴。"
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
    remember_output(session, path.parent)
    item = programmes.programme_of(session, programme_id)
    sheet = _sheet("对象名单", [(column.head, round(column.width / 1.9)) for column in _NAMES])
    for row in _name_rows(session, item, archive_ids):
        sheet.rows.append([int(row[0]), *row[1:7], int(row[7]) if row[7] else "", *row[8:]])
    write_report(path, f"{item.kind_label}对象名单", [sheet])
    note_file(session, archive_ids, f"{item.kind_label}对象名单", path)
    return len(sheet.rows)


def write_totals(session: OfficeSession, path: Path, year: int | None = None) -> int:
    """What the programmes came to as a workbook, and the people without an archive; how many programmes."""
    remember_output(session, path.parent)
    sheet = _sheet("帮扶活动", _TOTALS)
    found = programmes.list_programmes(session, year)
    for item in found:
        sums = item.sums
        sheet.rows.append(
            [item.title, item.kind_label, item.year, item.office_name, item.content.text("begins_on"),
             item.content.text("ends_on"), item.population, item.standard_words, sums.households, sums.people,
             Amount(sums.granted), Amount(sums.paid), sums.goods, sums.goods_handed, sums.others,
             Amount(sums.others_amount or None)]
        )  # fmt: skip
    write_report(path, "帮扶活动汇总", [sheet, _condolence_sheet(session, found)])
    return len(found)


def _sheet(name: str, columns: Sequence[tuple[str, int]]) -> ReportSheet:
    return ReportSheet(name, tuple(caption for caption, _ in columns), tuple(width for _, width in columns))


def _condolence_sheet(session: OfficeSession, found: Sequence[Programme]) -> ReportSheet:
    sheet = _sheet("没有档案的慰问对象", _CONDOLENCES)
    names = {**archiving.office_names(session), session.office.id: session.office.name}
    for item in found:
        for entry in programmes.list_condolences(session, item.id):
            content = entry.content
            people, amount = content.values.get("people"), content.values.get("amount")
            sheet.rows.append(
                [content.text("on_day"), option_list("condolence_group").label(content.text("group")),
                 people if isinstance(people, int) else 0, content.text("place"),
                 Amount(amount if isinstance(amount, int) else None), content.text("goods"), content.text("paid_from"),
                 content.text("visitors"), names.get(entry.office_id, "其他单位"), content.text("note")]
            )  # fmt: skip
    return sheet
