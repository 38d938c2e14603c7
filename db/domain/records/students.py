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
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.domain.validation import Problem, problem

_ADMITTED = WhenOneOf("student_kind", frozenset({"new"}), "新生时")
_BEYOND_FILE = WhenOneOf("regime", frozenset({"province_fund"}), "省总金秋助学经费时")


def _study_end(content: RecordContent) -> RecordContent:
    """毕业年份 = 入学年份 + 学制."""
    enrolled, years = content.values.get("enrolled_year"), content.values.get("study_years")
    if isinstance(enrolled, int) and isinstance(years, int):
        content.values["graduation_year"] = enrolled + years
    return content


def _student_check(content: RecordContent, today: str) -> Iterable[Problem]:
    enrolled, year = content.values.get("enrolled_year"), content.values.get("year")
    if isinstance(enrolled, int) and isinstance(year, int):
        if enrolled > year:
            yield problem("student_enrolled_later", "enrolled_year", year=year)
        if content.text("student_kind") == "new" and enrolled != year:
            yield problem("student_not_new", "student_kind", year=year)
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
                choice("intake_route", "登记途径", "intake_route", required=STAR),
                choices("programme_lines", "参加的项目", "programme_line"),
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
                yes_no("is_full_time", "是否全日制在校", required=STAR, help="助学对象须是全日制在校学生（S002-04）。"),
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
                papers("papers", "证明材料", help="新生：录取通知书；历届生：成绩单或在读证明。"),
                yes_no("original_seen", "原件已核对并退回"),
                long_text("note", "备注"),
            ),
        ),
        Section(
            key="contacts",
            title="关心联系（延伸服务）",
            repeats=True,
            fields=(
                day("on_day", "日期", required=STAR),
                text("what", "内容", required=STAR),
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
