"""Dynamic monitoring (动态监测): 附件1 of source 000, the campaigns it is done in, and the register of enterprises.

S000-01 to 07. Money is 分 of a year; the income per head is annual here (S000-05).
"""

from collections.abc import Iterable

from db.domain.field_makers import STAR, choice, choices, count, day, long_text, money, phone, text, yes_no
from db.domain.form_schema import FieldKind, FieldSpec, Privacy, Section, WhenOneOf
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.domain.validation import Problem, problem

RELAPSED = WhenOneOf("relapse_advised", frozenset({True}), "建议返困时")
EXITED = WhenOneOf("exit_reason", frozenset(option_list("exit_reason").by_code), "已脱困的家庭")
TO_FILE = WhenOneOf("has_households_to_file", frozenset({True}), "有需要建档的家庭时")
SECURED = ("work_secured", "medical_secured", "school_secured", "social_secured", "housing_secured")
"""The five guarantees of 附件1, in its order."""


def _derive(content: RecordContent) -> RecordContent:
    """家庭年人均纯收入 = (家庭年度总收入 − 家庭年度刚性支出) ÷ 家庭总人口数, to the 分, halves up."""
    values = content.values
    income, expense, heads = (values.get(key) for key in ("annual_income", "annual_rigid_expense", "household_size"))
    if isinstance(income, int) and isinstance(expense, int) and isinstance(heads, int) and heads > 0:
        values["net_income_per_head"] = (2 * (income - expense) + heads) // (2 * heads)
    else:
        values.pop("net_income_per_head", None)
    return content


def _line(content: RecordContent) -> str:
    relapse = content.values.get("relapse_advised")
    said = "建议返困" if relapse else "脱困成果稳定" if relapse is False else "未填结论"
    return f"{content.text('checked_on')} 动态监测，{said}"


MONITORING = RecordForm(
    kind=RecordKind.MONITORING,
    title="困难职工解困脱困动态监测集中行动记录表",
    edition="monitoring-qinghai-2022",
    day="checked_on",
    subject="campaign_id",
    line=_line,
    derive=_derive,
    sections=(
        Section(
            key="unit",
            title="填报单位",
            fields=(
                text("campaign_id", "监测行动编号"),
                text("campaign_title", "监测行动"),
                text("reporting_unit", "填报单位", required=STAR),
                text("reporter", "填报人", required=STAR, limit=30),
                phone("reporter_phone", "联系方式", required=STAR),
                day("checked_on", "入户日期", required=STAR),
                text("checkers", "入户调查人员", required=STAR),
            ),
        ),
        Section(
            key="household",
            title="家庭情况",
            fields=(
                FieldSpec(key="name", label="户主姓名", kind=FieldKind.NAME, required=STAR, privacy=Privacy.NAME),
                FieldSpec(key="id_number", label="身份证号", kind=FieldKind.ID_NUMBER, required=STAR,
                          privacy=Privacy.IDENTIFYING),
                phone("mobile_phone", "手机号码"),
                text("address", "家庭住址", required=STAR),
                choice("exit_reason", "困难职工脱困原因", "exit_reason",
                       help="已脱困的家庭选填脱困方式；还没有脱困的空着。"),
                count("household_size", "家庭总人口数", required=STAR, unit="人"),
                yes_no("covered_by_civil_affairs", "是否纳入民政兜底保障", required=STAR),
            ),
        ),
        Section(
            key="measures",
            title="帮扶措施落实情况",
            fields=(
                money("annual_income", "家庭年度总收入", required=STAR, help="全家一年的收入，入户核实后填。"),
                money("annual_rigid_expense", "家庭年度刚性支出", required=STAR,
                      help="一年里不得不花、由家庭自己负担的支出，如看病自付、上学费用。"),
                money("net_income_per_head", "家庭年人均纯收入", derived_by="net_income_per_head",
                      may_be_negative=True, help="（家庭年度总收入－家庭年度刚性支出）÷家庭总人口数，按年算。"),
                yes_no("work_secured", "就业是否有保障", required=STAR),
                yes_no("medical_secured", "就医是否有保障", required=STAR),
                yes_no("school_secured", "就学是否有保障", required=STAR),
                yes_no("social_secured", "社保是否有保障", required=STAR),
                yes_no("housing_secured", "住房是否有保障", required=STAR),
            ),
        ),
        Section(
            key="advice",
            title="结论和建议",
            fields=(
                long_text("difficulties", "目前存在的困难"),
                yes_no("result_stable", "脱困成果是否稳定", required=EXITED, shown=EXITED),
                yes_no("relapse_advised", "入户调查人员建议是否返困", required=STAR),
                choice("relapse_class", "返困类别", "relapse_class", required=RELAPSED, shown=RELAPSED,
                       help="建议返困的，注明深度或相对困难职工。"),
                choices("relapse_causes", "符合返困条件的致困原因", "hardship_cause", required=RELAPSED, shown=RELAPSED,
                        privacy=Privacy.SENSITIVE),
                long_text("other_advice", "入户调查人员其它工作建议"),
                long_text("note", "备注"),
            ),
        ),
    ),
)
"""The cells of 附件1 and, beside them, what S000-03 wants recorded: whether the result is stable, and why it is not."""


def _campaign_faults(content: RecordContent, _today: str) -> Iterable[Problem]:
    begins, due, since = (content.text(key) for key in ("begins_on", "due_on", "exited_since"))
    if begins and due and due < begins:
        yield problem("campaign_due", "due_on", begins=begins)
    population = content.values.get("population")
    if since and "exited" not in (population if isinstance(population, list) else []):
        yield problem("campaign_since", "exited_since")
    if since and due and since > due:
        yield problem("campaign_since_late", "exited_since", due=due)


CAMPAIGN = RecordForm(
    kind=RecordKind.CAMPAIGN,
    title="动态监测行动",
    edition="campaign-1",
    day="begins_on",
    ends="due_on",
    of_archive=False,
    goes_down=True,
    line=lambda content: f"{content.text('title')}（{content.text('begins_on')} 至 {content.text('due_on')}）",
    check=_campaign_faults,
    sections=(
        Section(
            key="campaign",
            title="动态监测行动",
            fields=(
                text("title", "行动名称", required=STAR),
                text("basis", "依据文件"),
                day("begins_on", "开始日期", required=STAR, may_lie_ahead=True),
                day("due_on", "完成期限", required=STAR, may_lie_ahead=True),
                choices("population", "监测对象", "monitoring_population", required=STAR),
                day("exited_since", "脱困时间从", help="只监测这一天以后脱困的，如 2015-01-01；空着就是所有脱困家庭。"),
                long_text("note", "说明"),
            ),
        ),
    ),
)

def _enterprise_faults(content: RecordContent, _today: str) -> Iterable[Problem]:
    if content.values.get("has_households_to_file") is True and content.values.get("households_to_file") == 0:
        yield problem("enterprise_households", "households_to_file")


ENTERPRISE = RecordForm(
    kind=RecordKind.ENTERPRISE,
    title="企业调查",
    edition="enterprise-1",
    day="surveyed_on",
    of_archive=False,
    line=lambda content: f"{content.text('name')}：{content.text('operating_state')}",
    check=_enterprise_faults,
    sections=(
        Section(
            key="enterprise",
            title="企业调查",
            fields=(
                text("name", "企业名称", required=STAR),
                choice("industry", "所属行业", "industry", required=STAR),
                text("contact", "联系人"),
                phone("phone", "联系电话"),
                day("surveyed_on", "调查日期", required=STAR),
                count("workers", "职工人数", unit="人"),
                long_text("operating_state", "生产经营状况", required=STAR),
                long_text("worker_income", "职工收入", required=STAR),
                long_text("worker_needs", "职工需求", required=STAR),
                yes_no("has_households_to_file", "是否有需要建档的家庭", required=STAR),
                count("households_to_file", "需要建档的户数", unit="户", required=TO_FILE, shown=TO_FILE),
                long_text("note", "备注"),
            ),
        ),
    ),
)
