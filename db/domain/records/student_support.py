"""Who else stands by students: donors and their 一帮一, holiday jobs taken up, and the list of students as it was posted.

A donor's money goes through a source of money of its own (社会捐助), so every 分 of it is granted, paid and reported like
any other; the record of a sponsorship says who stands by whom and what came of it.
"""

from collections.abc import Iterable

from db.domain import id_number
from db.domain.derivation import age_on
from db.domain.field_makers import (
    STAR,
    choice,
    citizen_number,
    count,
    day,
    long_text,
    money,
    person,
    person_name,
    phone,
    text,
    yes_no,
)
from db.domain.form_schema import Section, WhenOneOf
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.domain.records.soundness import odd_years, reversed_days
from db.domain.validation import Problem, problem

DONOR = RecordForm(
    kind=RecordKind.DONOR,
    title="捐助方",
    edition="donor-1",
    day="since",
    ends="until",
    of_archive=False,
    line=lambda content: f"{content.text('name')}（{option_list('donor_kind').label(content.text('donor_kind'))}）",
    sections=(
        Section(
            key="donor",
            title="捐助方",
            fields=(
                text("name", "名称或姓名", required=STAR),
                choice("donor_kind", "类别", "donor_kind", required=STAR),
                text("contact", "联系人"),
                phone("phone", "联系电话"),
                day("since", "开始日期", required=STAR),
                day("until", "结束日期", may_lie_ahead=True),
                count("wanted_students", "愿意结对", unit="人"),
                long_text("wish", "捐赠方意愿", help="对象和标准由捐赠方定；写清楚给谁、给多少、做什么用。"),
                yes_no("offers_posts", "提供实习或勤工俭学岗位"),
                text("fund_id", "捐助资金"),
                long_text("note", "备注"),
            ),
        ),
    ),
)
"""S001-08, S001-11: enterprises, benevolent organisations, people, model workers. *fund_id*: the source their money goes through."""


def _until(content: RecordContent, today: str) -> Iterable[Problem]:
    begins, ends = content.text("since"), content.text("until")
    if begins and ends and ends < begins:
        yield problem("student_support_order", "until")


WORKING_AGE = 16
"""禁止使用童工规定 (国务院令第364号) 第二条: nobody younger may be given work, not in the holidays either."""


def _placement_check(content: RecordContent, today: str) -> Iterable[Problem]:
    yield from _until(content, today)
    age = age_on(id_number.birth_on(content.text("id_number")), content.text("since") or today)
    if age is not None and age < WORKING_AGE:
        yield problem("too_young_to_work", "since", name=content.text("name"), age=WORKING_AGE)


_ENDED = WhenOneOf("is_over", frozenset({True}), "结束的")

SPONSORSHIP = RecordForm(
    kind=RecordKind.SPONSORSHIP,
    title="一帮一助学结对",
    edition="sponsorship-1",
    day="since",
    ends="until",
    subject="donor_id",
    line=lambda content: (
        f"{content.text('donor_name')} 与 {content.text('name')} {option_list('sponsor_form').label(content.text('form'))}"
    ),
    check=_until,
    sections=(
        Section(
            key="pair",
            title="结对",
            fields=(
                person("person", "学生", required=STAR),
                person_name(),
                citizen_number(),
                text("donor_id", "捐助方编号", required=STAR),
                text("donor_name", "捐助方", required=STAR),
                choice("form", "结对形式", "sponsor_form", required=STAR),
                day("since", "结对日期", required=STAR),
                day("until", "到", may_lie_ahead=True),
                money("promised", "每年资助"),
                long_text("agreed", "约定", help="资助到什么时候、除了钱还帮什么：学业、实习、谈心。"),
                yes_no("is_over", "已结束"),
                text("why_over", "结束原因", shown=_ENDED),
            ),
        ),
        Section(
            key="log",
            title="帮扶记录",
            hint="钱从“帮扶 → 资金”里的捐助资金批准、打卡，这里不重复记；记看望、谈心、辅导、实习这些事。",
            repeats=True,
            fields=(
                day("on_day", "日期", required=STAR),
                choice("kind", "方式", "care_contact"),
                text("what", "内容", required=STAR),
            ),
        ),
    ),
)
"""S001-11, S002-08: one donor with one student; of the household's archive, so it is in its history and travels with it."""

WORK_PLACEMENT = RecordForm(
    kind=RecordKind.WORK_PLACEMENT,
    title="勤工俭学上岗",
    edition="work-placement-1",
    day="since",
    ends="until",
    subject="post_id",
    line=lambda content: f"{content.text('name')} 到 {content.text('employer')} {content.text('work')}".strip(),
    check=_placement_check,
    sections=(
        Section(
            key="placement",
            title="上岗",
            fields=(
                person("person", "学生", required=STAR),
                person_name(),
                citizen_number(),
                text("post_id", "岗位编号", required=STAR),
                text("employer", "单位", required=STAR),
                text("work", "岗位内容"),
                day("since", "上岗日期", required=STAR, may_lie_ahead=True),
                day("until", "结束日期", may_lie_ahead=True),
                money("allowance", "岗位补贴（每月）"),
                long_text("note", "表现和评价"),
            ),
        ),
    ),
)
"""S001-05, S001-10: a student on a post that an employer offered; the allowance is granted as aid (勤工俭学岗位补贴)."""


def _notice_check(content: RecordContent, today: str) -> Iterable[Problem]:
    yield from odd_years(content.values, year="年度")
    yield from reversed_days(content.values, "starts_on", "ends_on")
    if content.text("outcome") and today <= content.text("ends_on"):
        yield problem("notice_still_hangs", "outcome", day=content.text("ends_on"))


LISTED = "listed"
"""Section of a notice that holds the list as it was posted, whatever becomes of the registrations later."""


STUDENT_NOTICE = RecordForm(
    kind=RecordKind.STUDENT_NOTICE,
    title="金秋助学公示",
    edition="student-notice-1",
    day="starts_on",
    ends="ends_on",
    of_archive=False,
    check=_notice_check,
    line=lambda content: f"{content.text('year')} 年金秋助学对象公示 {content.text('students')} 人，{content.text('place')}",
    sections=(
        Section(
            key="notice",
            title="公示",
            fields=(
                count("year", "年度", required=STAR),
                day("starts_on", "张贴日期", required=STAR),
                day("ends_on", "公示到", required=STAR, may_lie_ahead=True),
                text("place", "张贴地点", required=STAR, help="工会网站、公示栏等。"),
                text("phone", "异议受理电话", required=STAR),
                count("students", "公示人数", required=STAR),
                text("outcome", "公示结果", help="期满以后写：无异议，或异议怎样处理的。"),
            ),
        ),
        Section(
            key="objections",
            title="异议",
            repeats=True,
            fields=(
                day("on_day", "日期", required=STAR),
                text("what", "异议内容", required=STAR),
                text("settled", "处理结果"),
            ),
        ),
        Section(
            key=LISTED,
            title="贴出去的名单",
            repeats=True,
            fields=(
                text("household", "职工姓名", required=STAR),
                text("unit", "工作单位"),
                text("cause", "致困原因"),
                text("stage", "子女学段"),
                text("student_kind", "新生/在读"),
                money("amount_posted", "拟资助"),
            ),
        ),
    ),
)
"""S000-19: where and how long the list hung, what was objected and what came of it; photos are papers of the office."""
