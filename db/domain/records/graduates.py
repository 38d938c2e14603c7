"""阳光就业: the graduates of a household, what was done for them and how they fared (S000-08 to 14, S001-14, S002-03)."""

from collections.abc import Iterable

from db.domain.employment import next_contact, stage_problems, status_of
from db.domain.field_makers import (
    STAR,
    choice,
    citizen_number,
    count,
    day,
    long_text,
    money,
    papers,
    person,
    person_name,
    phone,
    text,
    yes_no,
)
from db.domain.form_schema import Section
from db.domain.option_lists import option_list
from db.domain.records.record_form import CONTINUES, RecordContent, RecordForm, RecordKind
from db.domain.records.soundness import odd_years
from db.domain.validation import Problem

STATUS_AT_FIRST = "status_at_first"
"""Field that no clerk fills: the status when help began, of a record that goes on from one in a merged archive."""
NO_SKILL = "无"
"""What an empty 专业技能等级 is written as (S000-13)."""


def _graduate(content: RecordContent) -> RecordContent:
    """The status follows the dated lines; from them follows, too, when to ask again."""
    content.values["skill_level"] = content.values.get("skill_level") or NO_SKILL
    if content.text("employment_status"):
        content.values["employment_status"] = status_of(content)
    due = next_contact(content)
    content.values["next_contact_on"] = due.on_day if due else None
    content.values["next_contact_why"] = due.why if due else None
    return content


def _check(content: RecordContent, _today: str) -> Iterable[Problem]:
    yield from stage_problems(content)
    yield from odd_years(content.values, graduation_year="毕业年份")


GRADUATE = RecordForm(
    kind=RecordKind.GRADUATE,
    title="困难职工家庭高校毕业生就业服务实名制档案",
    edition="graduate-qinghai-2022",
    day="registered_on",
    ends="next_contact_on",
    line=lambda content: (
        f"{content.text('name')}，{content.text('graduation_year')} 年毕业，"
        f"{option_list('employment_status').label(content.text('employment_status'))}"
    ),
    check=_check,
    derive=_graduate,
    sections=(
        Section(
            key="basics",
            title="就业基本情况",
            fields=(
                day("registered_on", "登记日期", required=STAR),
                person("person", "家庭成员", required=STAR),
                person_name(),
                citizen_number(),
                choice("employment_status", "就业状态", "employment_status", required=STAR),
                choice(STATUS_AT_FIRST, "第一次登记时的就业状态", "employment_status"),
                text(CONTINUES, "接着办的登记"),
            ),
        ),
        Section(
            key="resume",
            title="困难职工家庭高校毕业生信息",
            hint="生成基本简历",
            fields=(
                text("origin", "生源地", required=STAR),
                count("graduation_year", "毕业年份", required=STAR),
                text("school", "学校", required=STAR),
                choice("education", "学历", "graduate_education", required=STAR),
                text("major", "专业", required=STAR),
                text("skill_level", "专业技能等级", help="没有的填“无”。"),
                text("school_place", "学校所在地"),
                text("wish_place", "就业意向：地点"),
                text("wish_post", "就业意向：岗位"),
                text("wish_salary", "就业意向：薪资期待"),
                phone("phone", "联系方式", required=STAR),
                papers("photo", "照片", help="印在简历上；不选也可以。"),
            ),
        ),
        Section(
            key="service",
            title="就业服务情况",
            fields=(
                text("responsible_unit", "责任单位", required=STAR),
                text("responsible", "责任人及联系方式", required=STAR),
                yes_no("zero_employment", "是否零就业家庭"),
                yes_no("wants_help", "是否需要帮扶就业", required=STAR),
                yes_no("wants_business", "是否有创业意愿", help="有的，协助解决资金、场地，介绍创业培训和扶持政策。"),
                yes_no("state_employment_aid", "是否已纳入政府就业援助", help="人社部门的就业援助、见习补贴、公益性岗位等。"),
                long_text("service_content", "服务措施内容"),
                text("service_result", "服务结果"),
                day("next_contact_on", "下次联系", derived_by="next_contact", may_lie_ahead=True),
                text("next_contact_why", "为什么联系", derived_by="next_contact"),
            ),
        ),
        Section(
            key="services",
            title="服务记录",
            repeats=True,
            fields=(
                day("on_day", "日期", required=STAR),
                choice("kind", "服务种类", "graduate_service", required=STAR),
                text("what", "内容"),
            ),
        ),
        Section(
            key="stages",
            title="求职进展",
            repeats=True,
            fields=(
                day("on_day", "日期", required=STAR),
                choice("stage", "进展", "employment_stage", required=STAR),
                text("employer", "单位"),
                text("post", "岗位"),
                text("note", "说明"),
            ),
        ),
        Section(
            key="follow_ups",
            title="就业后跟踪",
            repeats=True,
            fields=(
                day("on_day", "日期", required=STAR),
                choice("way", "方式", "follow_up_way", required=STAR),
                choice("situation", "情况", "follow_up_situation", required=STAR),
                money("monthly_income", "月收入"),
                yes_no("is_insured", "是否缴纳社保"),
                text("note", "工作和生活状况"),
            ),
        ),
    ),
)
"""附件2 of source 000 with its 20 columns, and the history behind them (S000-08 to 13, S001-14)."""
