"""金秋助学: the students of a household, and what an office organises for them.

A student is one person by ID number over years and townships; the archive is the household's (S000-15 to 21, S001, S002).
"""

from collections.abc import Iterable

from db.domain import id_number
from db.domain.field_makers import (
    STAR,
    choice,
    choices,
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
from db.domain.form_schema import FieldKind, FieldSpec, Section, WhenOneOf
from db.domain.option_lists import option_list
from db.domain.records.record_form import CONTINUES, RecordContent, RecordForm, RecordKind
from db.domain.records.soundness import odd_years
from db.domain.validation import Problem, problem

_ADMITTED = WhenOneOf("student_kind", frozenset({"new"}), "新生时")
_BEYOND_FILE = WhenOneOf("regime", frozenset({"province_fund"}), "省总金秋助学经费时")
_SPECIAL = WhenOneOf("stage", frozenset({"special"}), "特殊教育时")
_SKILLED = WhenOneOf("programme_lines", frozenset({"skilled_worker"}), "参加金牌蓝领时")
_SURVEYED = WhenOneOf("intake_route", frozenset({"survey"}), "基层工会摸底时")
_CAME_SELF = WhenOneOf("intake_route", frozenset({"self"}), "职工自主申报时")
_ONLINE = WhenOneOf("intake_route", frozenset({"online"}), "网上申报时")
EVIDENCE = "evidence"
"""The repeated section in which each original is noted as seen and given back."""


def _study_end(content: RecordContent) -> RecordContent:
    """毕业年份 = 入学年份 + 学制; the originals are seen to where each was seen and given back."""
    enrolled, years = content.values.get("enrolled_year"), content.values.get("study_years")
    if isinstance(enrolled, int) and isinstance(years, int):
        content.values["graduation_year"] = enrolled + years
    originals = content.rows.get(EVIDENCE, [])
    if originals:
        content.values["original_seen"] = all(row.get("seen_on") and row.get("returned_on") for row in originals)
    return content


def _student_check(content: RecordContent, today: str) -> Iterable[Problem]:
    yield from odd_years(content.values, year="年度", enrolled_year="入学年份")
    enrolled, year = content.values.get("enrolled_year"), content.values.get("year")
    if isinstance(enrolled, int) and isinstance(year, int):
        if enrolled > year:
            yield problem("student_enrolled_later", "enrolled_year", year=year)
        if content.text("student_kind") == "new" and enrolled != year:
            yield problem("student_not_new", "student_kind", year=year)
    for index, row in enumerate(content.rows.get(EVIDENCE, [])):
        seen, back = str(row.get("seen_on") or ""), str(row.get("returned_on") or "")
        if back and (not seen or back < seen):
            yield problem("student_original_order", "returned_on", index)
    born = id_number.birth_on(content.text("id_number"))
    if born and isinstance(year, int) and year - int(born[:4]) < 3:
        yield problem("student_too_young", "id_number")


STUDENT = RecordForm(
    kind=RecordKind.STUDENT,
    title="助学学生登记",
    edition="student-1",
    day="registered_on",
    subject="programme_id",
    line=lambda content: (
        f"{content.text('year')} 年助学登记：{content.text('name')}，{content.text('school')}"
        f"（{option_list('school_stage').label(content.text('stage'))}）"
    ),
    check=_student_check,
    derive=_study_end,
    sections=(
        Section(
            key="intake",
            title="登记",
            fields=(
                count("year", "年度", required=STAR),
                day("registered_on", "登记日期", required=STAR),
                text("programme_id", "活动编号"),
                text(CONTINUES, "接着办的登记"),
                choice("intake_route", "登记途径", "intake_route", required=STAR),
                choice("survey_union", "走访调查的工会", "survey_union", shown=_SURVEYED),
                choice("applied_to", "向哪里提出申请", "applied_to", shown=_CAME_SELF),
                choice("online_channel", "网上申报渠道", "online_channel", shown=_ONLINE),
                text("surveyor", "调查（受理）人", help="谁走访、谁受理的；社区网格员、社会工作者协助的一并写上。"),
                choices("programme_lines", "参加的项目", "programme_line"),
                text("partner_enterprise", "校企结对：企业", shown=_SKILLED),
                text("partner_post", "校企结对：岗位", shown=_SKILLED),
                day("partner_since", "校企结对：日期", shown=_SKILLED),
                text("partner_note", "校企结对：联系人", shown=_SKILLED),
                choice("regime", "资金办法", "student_regime", required=STAR),
                yes_no("is_new_form_family", "是否新就业形态劳动者家庭"),
            ),
        ),
        Section(
            key="student",
            title="学生",
            fields=(
                person("person", "家庭成员", required=STAR),
                person_name(),
                citizen_number(),
                text("relation_to_parent", "与家长关系"),
                text("benefit_card", "困难职工优惠证（惠工卡）编号", help="登记表第一栏；没有证的不填，印职工编号。"),
                phone("phone", "联系电话"),
            ),
        ),
        Section(
            key="school",
            title="就学",
            fields=(
                choice("student_kind", "学生类别", "student_kind", required=STAR),
                choice("stage", "就读学段", "school_stage", required=STAR),
                text("school", "就读学校", required=STAR),
                FieldSpec(key="school_region", label="就学所在地", kind=FieldKind.REGION, required=STAR),
                text("major", "专业"),
                day("admitted_on", "录取日期", shown=_ADMITTED),
                count("enrolled_year", "入学年份", required=STAR),
                count("study_years", "学制", unit="年"),
                count("graduation_year", "毕业年份", derived_by="study_end"),
                yes_no("is_full_time", "是否全日制在校", required=STAR, help="助学对象须是全日制在校学生。"),
                yes_no("has_disability", "是否残疾儿童", shown=_SPECIAL),
            ),
        ),
        Section(
            key="aid",
            title="助学",
            fields=(
                money("amount_wanted", "拟申请金额"),
                choices("state_aid", "已纳入的国家资助", "state_aid", help="奖、助、贷、勤、减、补、免。"),
                text("other_source", "从别处已得到的资助", help="没有的写“无”。"),
                text("donor", "结对捐助方"),
                yes_no("wants_work_study", "是否需要勤工俭学岗位"),
                yes_no("cannot_be_filed", "是否生活困难但不符合建档条件", required=_BEYOND_FILE, shown=_BEYOND_FILE),
                text("why_not_filed", "为什么不能建档", shown=_BEYOND_FILE),
                papers("papers", "证明材料", help="新生：录取通知书；历届生：成绩单或在读证明。"),
                yes_no("original_seen", "原件已核对并退回"),
                long_text("note", "备注"),
            ),
        ),
        Section(
            key=EVIDENCE,
            title="原件核对",
            hint="每件材料：哪天看过原件、谁看的、哪天退回、退给谁。",
            repeats=True,
            fields=(
                choice("paper", "材料", "document_type", required=STAR),
                day("seen_on", "原件核对日期"),
                text("seen_by", "核对人"),
                day("returned_on", "退回日期"),
                text("returned_to", "退给"),
            ),
        ),
        Section(
            key="contacts",
            title="关心联系（延伸服务）",
            repeats=True,
            fields=(
                day("on_day", "日期", required=STAR),
                choice("kind", "方式", "care_contact"),
                text("what", "内容", required=STAR),
                text("by", "联系人"),
            ),
        ),
    ),
)
"""S000-15 to 20, S001-01 to 11, S002-04 to 14."""


DAY_CARE = RecordForm(
    kind=RecordKind.DAY_CARE,
    title="暑假托管班",
    edition="day-care-1",
    day="begins_on",
    ends="ends_on",
    of_archive=False,
    line=lambda content: content.text("title"),
    sections=(
        Section(
            key="day_care",
            title="暑假托管班",
            fields=(
                text("title", "托管班名称", required=STAR),
                text("partner", "联合举办单位"),
                text("place", "地点"),
                day("begins_on", "开班日期", required=STAR, may_lie_ahead=True),
                day("ends_on", "结束日期", may_lie_ahead=True),
                count("children", "照顾职工子女", required=STAR, unit="人"),
                long_text("note", "备注"),
            ),
        ),
    ),
)

WORK_STUDY = RecordForm(
    kind=RecordKind.WORK_STUDY,
    title="勤工俭学和社会实践岗位",
    edition="work-study-1",
    day="agreed_on",
    of_archive=False,
    line=lambda content: f"{content.text('employer')}：{content.text('posts')} 个岗位",
    sections=(
        Section(
            key="work_study",
            title="勤工俭学和社会实践岗位",
            fields=(
                text("employer", "联系单位", required=STAR),
                day("agreed_on", "联系日期", required=STAR),
                count("posts", "提供岗位", required=STAR, unit="个"),
                text("work", "岗位内容"),
                money("allowance", "岗位补贴（每月）"),
                phone("phone", "联系电话"),
                long_text("note", "备注"),
            ),
        ),
    ),
)
