"""A visit to a household or another contact with it (入户走访记录; S003-04, S003-05; requirements §b.6)."""

from db.domain.field_makers import STAR, choice, choices, day, long_text, money, papers, person, text
from db.domain.form_schema import Section
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind

NINE_ITEMS = (
    ("work_state", "工作状态"),
    ("wage_income", "工资收入"),
    ("household_assets", "家庭资产"),
    ("housing", "住房状况"),
    ("health", "健康状况"),
    ("schooling", "子女就学"),
    ("social_security", "社会保障"),
    ("hardship_reason", "困难原因"),
    ("wish", "脱困诉求"),
)
"""What a visit verifies, in the order of S003-05."""

HOME, CALL = "home", "call"


def _line(content: RecordContent) -> str:
    method = option_list("visit_method").label(content.text("method"))
    return f"{content.text('visited_on')} {method}，{content.text('visitors')}"


HOME_VISIT = RecordForm(
    kind=RecordKind.HOME_VISIT,
    title="入户走访记录",
    edition="home-visit-1",
    day="visited_on",
    ends="next_on",
    line=_line,
    sections=(
        Section(
            key="visit",
            title="走访情况",
            fields=(
                choice("method", "联系方式", "visit_method", required=STAR),
                choice("purpose", "走访目的", "visit_purpose", required=STAR),
                day("visited_on", "走访日期", required=STAR),
                text("visitors", "走访人员", required=STAR, help="入户核实要两人以上，名字之间用顿号。"),
                text("place", "走访地点"),
                text("received_by", "接待人", help="家里谁接待的；不在家的写明。"),
            ),
        ),
        Section(
            key="items",
            title="核实情况",
            fields=tuple(text(key, label, limit=500) for key, label in NINE_ITEMS),
        ),
        Section(
            key="incomes",
            title="本次了解的收入",
            repeats=True,
            fields=(
                person("person", "谁", required=STAR),
                choice("kind", "收入种类", "income_kind", required=STAR),
                money("amount", "全年金额", required=STAR),
                text("note", "说明"),
            ),
        ),
        Section(
            key="result",
            title="走访结果",
            fields=(
                choices("four_clear", "四清", "four_clear"),
                long_text("needs", "帮扶需求"),
                long_text("findings", "走访人员意见"),
                day("next_on", "下次走访", may_lie_ahead=True),
                papers("photos", "现场照片"),
                papers("signature", "签名"),
                text("signed_by", "签名人"),
                text("signed_at", "签名时间"),
            ),
        ),
    ),
)
