"""Aid: what a household applies for and the sources it is paid from (requirements §b.6, §d.4).

Amounts are 分. What an office grants and pays upon an application is not part of it: see ``aid_grant`` and ``payout``.
"""

from collections.abc import Iterable

from db.domain.field_kinds import format_amount
from db.domain.field_makers import STAR, choice, choices, count, day, long_text, money, papers, person, text, yes_no
from db.domain.form_schema import Section, WhenOneOf
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.domain.records.soundness import odd_years, reversed_days
from db.domain.validation import Problem, problem

_FOR_ANYBODY = WhenOneOf("needs_archive", frozenset({False}), "不限在档家庭时")
_DONATION = WhenOneOf("source_kind", frozenset({"donation"}), "社会捐助时")


def _application_line(content: RecordContent) -> str:
    asked = content.values.get("amount_asked")
    amount = f"，申请 {format_amount(asked)} 元" if isinstance(asked, int) else ""
    return f"{content.text('applied_on')} 申请{option_list('aid_item').label(content.text('item'))}{amount}"


def _application_check(content: RecordContent, today: str) -> Iterable[Problem]:
    for index, row in enumerate(content.rows.get("expenses", [])):
        total, back = row.get("amount"), row.get("reimbursed")
        if isinstance(total, int) and isinstance(back, int) and back > total:
            yield problem("aid_reimbursed_more", "reimbursed", index)


def _fund_check(content: RecordContent, today: str) -> Iterable[Problem]:
    yield from odd_years(content.values, year="年度")
    yield from reversed_days(content.values, "begins_on", "ends_on")


APPLICATION = RecordForm(
    kind=RecordKind.AID_APPLICATION,
    title="救助申请",
    edition="aid-application-1",
    day="applied_on",
    subject="programme_id",
    line=_application_line,
    check=_application_check,
    sections=(
        Section(
            key="application",
            title="救助申请",
            fields=(
                choice("item", "申请救助类别", "aid_item", required=STAR),
                text("programme_id", "活动编号"),
                text("programme_title", "所属活动"),
                person("person", "为谁申请", help="医疗、助学写清是谁；全家的不填。"),
                day("applied_on", "申请日期", required=STAR),
                money("amount_asked", "申请金额"),
                long_text("reason", "申请理由", required=STAR),
                text("other_source", "今年已从别处得到的同类救助", help="部门、学校、社会的都写；没有的写“无”。"),
                papers("papers", "佐证材料"),
                long_text("note", "备注"),
            ),
        ),
        Section(
            key="expenses",
            title="支出明细",
            repeats=True,
            fields=(
                text("what", "支出项目", required=STAR),
                day("spent_on", "日期"),
                money("amount", "总金额", required=STAR),
                money("reimbursed", "已报销"),
            ),
        ),
    ),
)


FUND = RecordForm(
    kind=RecordKind.FUND,
    title="资金来源",
    edition="fund-1",
    day="begins_on",
    ends="ends_on",
    of_archive=False,
    check=_fund_check,
    line=lambda content: f"{content.text('name')}（{option_list('fund_source').label(content.text('source_kind'))}）",
    sections=(
        Section(
            key="fund",
            title="资金来源",
            fields=(
                text("name", "资金名称", required=STAR),
                choice("source_kind", "来源", "fund_source", required=STAR),
                count("year", "年度", required=STAR),
                text("document", "下达文件"),
                money("budget", "预算"),
                day("begins_on", "可用日期从", required=STAR, may_lie_ahead=True),
                day("ends_on", "到", may_lie_ahead=True),
                text("donor", "捐赠方", required=_DONATION, shown=_DONATION),
                long_text("restriction", "捐赠方意愿", shown=_DONATION, help="对象和标准由捐赠方定。"),
                choices("allowed_items", "只能用于", "aid_item", help="不选的，各项救助都能用。"),
                yes_no("needs_archive", "只能给在档的家庭", required=STAR, help="中央财政专项必须先建档、后帮扶。"),
                yes_no(
                    "needs_no_archive",
                    "只能给不符合建档条件的家庭",
                    shown=_FOR_ANYBODY,
                    help="如省总金秋助学经费；在档的家庭用这项资金，程序会挡住。",
                ),
                yes_no("is_closed", "已结转停用"),
                long_text("note", "备注"),
            ),
        ),
    ),
)


def _receipt_line(content: RecordContent) -> str:
    amount = content.values.get("amount")
    shown = format_amount(amount) if isinstance(amount, int) else "--"
    return f"{content.text('on_day')} {option_list('fund_movement').label(content.text('movement'))} {shown} 元"


def _movement_check(content: RecordContent, today: str) -> Iterable[Problem]:
    if content.values.get("amount") == 0:
        yield problem("movement_nothing", "amount")


FUND_MOVEMENT = RecordForm(
    kind=RecordKind.FUND_MOVEMENT,
    title="资金到账",
    edition="fund-movement-1",
    day="on_day",
    subject="fund_id",
    of_archive=False,
    check=_movement_check,
    line=_receipt_line,
    sections=(
        Section(
            key="movement",
            title="资金到账",
            fields=(
                text("fund_id", "资金编号", required=STAR),
                choice("movement", "收支", "fund_movement", required=STAR),
                day("on_day", "日期", required=STAR),
                money("amount", "金额", required=STAR),
                text("document", "凭证号"),
                text("party", "对方单位"),
                long_text("note", "说明"),
            ),
        ),
    ),
)
