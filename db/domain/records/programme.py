"""Programmes (帮扶活动): 送温暖, 金秋助学 and the smaller campaigns of a year – whom they reach, with how much, from what.

A programme is an entry of an office's register; the county's come down. Who belongs to it follows from its filters and
the archives as they stand; what was granted says itself to which programme it belongs. Amounts are 分.
"""

from collections.abc import Iterable

from db.domain.field_kinds import format_amount
from db.domain.field_makers import STAR, choice, choices, count, day, long_text, money, text
from db.domain.form_schema import Section, Value
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.domain.validation import Problem, problem

DEFAULT_STANDINGS = ("on_file",)
"""Whom a programme concerns that does not say so: 先建档、后帮扶."""
PERSON = "person"


def _faults(content: RecordContent, _today: str) -> Iterable[Problem]:
    begins, ends, due = (content.text(key) for key in ("begins_on", "ends_on", "lists_due_on"))
    if begins and ends and ends < begins:
        yield problem("programme_ends", "ends_on", begins=begins)
    if begins and due and due < begins:
        yield problem("programme_lists_due", "lists_due_on", begins=begins)
    standard, once, whole = (content.values.get(key) for key in ("standard", "most_per_time", "most_amount_per_year"))
    if isinstance(standard, int) and isinstance(once, int) and standard > once:
        yield problem("programme_standard", "standard", most=format_amount(once))
    if isinstance(once, int) and isinstance(whole, int) and once > whole:
        yield problem("programme_once", "most_per_time", most=format_amount(whole))


def codes_of(content: RecordContent, key: str) -> list[str]:
    """What was chosen of a field with several answers."""
    value: Value = content.values.get(key)
    return [str(code) for code in value] if isinstance(value, list) else []


def population_words(content: RecordContent) -> str:
    """Whom a programme concerns, in words."""
    standings = codes_of(content, "standings") or list(DEFAULT_STANDINGS)
    parts = ["、".join(option_list("programme_standing").label(code) for code in standings)]
    for key, options in (("classes", "hardship_category"), ("causes", "hardship_cause"), ("members", "programme_members")):
        chosen = [option_list(options).label(code) for code in codes_of(content, key)]
        if chosen:
            parts.append("或".join(chosen))
    return "，".join(parts)


PROGRAMME = RecordForm(
    kind=RecordKind.PROGRAMME,
    title="帮扶活动",
    edition="programme-1",
    day="begins_on",
    ends="ends_on",
    of_archive=False,
    goes_down=True,
    line=lambda content: content.text("title"),
    check=_faults,
    sections=(
        Section(
            key="programme",
            title="活动",
            fields=(
                text("title", "活动名称", required=STAR, limit=60),
                choice("programme_kind", "活动种类", "programme_kind", required=STAR),
                count("year", "年度", required=STAR, numbers=range(2000, 2101)),
                text("basis", "依据文件"),
                day("begins_on", "开始日期", required=STAR, may_lie_ahead=True),
                day("ends_on", "结束日期", may_lie_ahead=True),
                day("lists_due_on", "名单报送期限", may_lie_ahead=True, help="各单位最迟哪天把名单报上来；到期前首页会提醒。"),
                choices("items", "包含的救助", "aid_item", required=STAR),
            ),
        ),
        Section(
            key="population",
            title="对象",
            hint="几栏都选了的，要同时符合；一栏里选了几项的，符合一项就算。空着就是不限。",
            fields=(
                choices("standings", "哪些家庭", "programme_standing", help="不选就是在档的（含渐退期）。"),
                choices("classes", "困难类别", "hardship_category"),
                choices("causes", "致困原因", "hardship_cause", help="主要、次要原因里有一个就算。"),
                choices("members", "家庭情况", "programme_members"),
            ),
        ),
        Section(
            key="standard",
            title="标准和资金",
            fields=(
                choice("counted_by", "名额和次数怎么算", "programme_counted", help="不选就是按户算。"),
                money("standard", "每户（人）标准"),
                text("goods", "实物"),
                money("most_per_time", "每次最多"),
                count("most_per_year", "一年最多几次", numbers=range(1, 366), unit="次"),
                money("most_amount_per_year", "一年合计最多"),
                choices("fund_sources", "只用这些来源的资金", "fund_source", help="不选的，各种来源都能用。"),
                text("visitors", "慰问人（经办人）", help="填了的印在发放表上；空着就在现场写。"),
                long_text("note", "说明"),
            ),
        ),
    ),
)


def _condolence_line(content: RecordContent) -> str:
    who = option_list("condolence_group").label(content.text("group"))
    return f"{content.text('on_day')} 慰问{who} {content.values.get('people') or 0} 人"


def _condolence_faults(content: RecordContent, _today: str) -> Iterable[Problem]:
    if not content.values.get("amount") and not content.text("goods"):
        yield problem("condolence_nothing", "amount")


CONDOLENCE = RecordForm(
    kind=RecordKind.CONDOLENCE,
    title="慰问登记",
    edition="condolence-1",
    day="on_day",
    subject="programme_id",
    of_archive=False,
    line=_condolence_line,
    check=_condolence_faults,
    sections=(
        Section(
            key="condolence",
            title="慰问登记",
            fields=(
                text("programme_id", "活动编号", required=STAR),
                choice("group", "慰问对象", "condolence_group", required=STAR),
                day("on_day", "慰问日期", required=STAR),
                count("people", "人数", required=STAR, numbers=range(1, 1_000_000), unit="人"),
                text("place", "单位或地点", required=STAR),
                money("amount", "慰问金合计", help="只作统计，不从“资金”里扣；实名发放的钱要建档以后批准。"),
                text("goods", "慰问品和数量"),
                text("paid_from", "经费出处"),
                text("visitors", "慰问人"),
                long_text("note", "说明"),
            ),
        ),
    ),
)
"""People without an archive whom a programme reaches, too – 一线职工, 劳模: counted by lines, never paid by name from here."""
