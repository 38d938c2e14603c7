"""What follows from a student's registration: the stage of next year, the papers to bring, the conditions of the money.

Judged by the pack in force where it says something; the papers of source 002 (新生: 录取通知书; 历届生: 成绩单或在读证明)
where it does not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.domain.aid.aid_check import AidFinding, Weight
from db.domain.field_kinds import format_amount
from db.domain.form_schema import Values
from db.domain.option_lists import option_list
from db.domain.paper_checklist import Paper
from db.domain.policy.pack import AidItem, Evidence, Pack
from db.domain.records.record_form import RecordContent

BEYOND_FILE = "province_fund"
"""The regime of money for households that cannot be filed (S001-06)."""
LOCAL, DONATED = "local", "donation"
"""What a place lays down for itself by the stage (S001-07); what donors give, as they wish (S001-08)."""
FOR_WHOM = {"on_file": "filed", BEYOND_FILE: "unfiled", LOCAL: "any"}
"""Whose limits of a pack belong to a regime."""
COLLEGE = frozenset({"five_year_vocational", "higher_vocational", "junior_college", "bachelor", "postgraduate"})
_AFTER: dict[str, tuple[str, ...]] = {
    "preschool": ("primary",),
    "primary": ("junior_high",),
    "junior_high": ("senior_high", "secondary_vocational", "skilled", "five_year_vocational"),
    "senior_high": ("bachelor", "junior_college", "higher_vocational"),
    "secondary_vocational": ("higher_vocational", "junior_college"),
    "skilled": ("higher_vocational",),
    "five_year_vocational": ("bachelor",),
    "higher_vocational": ("bachelor",),
    "junior_college": ("bachelor",),
    "bachelor": ("postgraduate",),
}
USUAL_YEARS = {
    "preschool": 3,
    "primary": 6,
    "junior_high": 3,
    "senior_high": 3,
    "secondary_vocational": 3,
    "skilled": 3,
    "five_year_vocational": 5,
    "higher_vocational": 3,
    "junior_college": 3,
    "bachelor": 4,
    "postgraduate": 3,
}
"""How long a course takes where nobody said otherwise."""
_GRADES = "零一二三四五六七八九"


# -- next year ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NextYear:
    """What a student of this year does next year: goes on (*stage* and *grade*), or enters one of *stages*, or is done."""

    stages: tuple[str, ...]
    grade: int = 0
    """The year of the course; 0 where the stage is new."""
    finished: str = ""
    """The stage that ends; empty where it goes on."""

    @property
    def words(self) -> str:
        """It in a few words: 本科三年级, 升初中, 本科毕业."""
        labels = [option_list("school_stage").label(code) for code in self.stages]
        if self.grade:
            return f"{labels[0]}{_GRADES[self.grade] if self.grade < len(_GRADES) else self.grade}年级"
        if not self.finished:
            return labels[0] if labels else ""
        if self.finished in COLLEGE:
            return f"{option_list('school_stage').label(self.finished)}毕业" + (f"，或升{labels[0]}" if labels else "")
        return f"升{'、'.join(labels)}"


def course_end(values: Values) -> int | None:
    """The year in which the course ends: as told, else by its usual length; None where nobody can say."""
    ends, enrolled, stage = values.get("graduation_year"), values.get("enrolled_year"), str(values.get("stage") or "")
    if isinstance(ends, int):
        return ends
    return enrolled + USUAL_YEARS[stage] if isinstance(enrolled, int) and stage in USUAL_YEARS else None


def next_year(values: Values) -> NextYear | None:
    """What comes in the autumn after the year of the registration; None where nobody can say."""
    stage, year, enrolled = str(values.get("stage") or ""), values.get("year"), values.get("enrolled_year")
    ends = course_end(values)
    if not isinstance(year, int) or ends is None:
        return NextYear((stage,)) if stage == "special" else None
    if ends <= year + 1:
        return NextYear(_AFTER.get(stage, ()), finished=stage)
    return NextYear((stage,), grade=year + 2 - enrolled if isinstance(enrolled, int) else 0)


# -- the papers to bring ------------------------------------------------------------------------------------------

_OF_NEW = frozenset({"admission_letter", "exam_score", "student_id_card"})
_OF_CONTINUING = frozenset({"school_report", "enrolment_proof"})
_OF_HOUSEHOLD = frozenset({"worker_card"})
HOUSEHOLD_PAPERS = _OF_HOUSEHOLD
"""Types that one paper of the household answers for all its students."""


def wanted_papers(content: RecordContent, on_file: bool, pack: Pack | None = None) -> list[Paper]:
    """What this student has to bring, by the pack and the kind of student."""
    is_new, special = content.text("student_kind") == "new", content.text("stage") == "special"
    asked = [
        paper.any_of
        for evidence in (pack.evidence if pack else ())
        if _concerns(evidence, is_new, on_file)
        for paper in evidence.papers
        if set(paper.any_of) <= _OF_NEW | _OF_CONTINUING | _OF_HOUSEHOLD and (is_new or not set(paper.any_of) <= _OF_NEW)
    ]
    school = ("admission_letter",) if is_new and not special else ("school_report", "enrolment_proof")
    if not any(set(types) & set(school) for types in asked):
        asked.insert(0, school)
    if special:
        asked.append(("disability_certificate",))
    kept = [types for types in dict.fromkeys(asked) if not any(set(other) < set(types) for other in asked)]
    because = "特殊教育" if special else option_list("student_kind").label("new" if is_new else "continuing")
    return [Paper(types, because) for types in kept]


def _concerns(evidence: Evidence, is_new: bool, on_file: bool) -> bool:
    """Whether a line of the pack's evidence is about this student: by being new, and by the household being filed."""
    for test in evidence.test:
        wanted = test.value if isinstance(test.value, bool) else True
        if test.fact == "is_new" and wanted != is_new:
            return False
        if test.fact == "is_on_file" and wanted != on_file:
            return False
    return True


# -- which items of the state's aid the documents name -------------------------------------------------------------


def state_aid_items(pack: Pack | None) -> tuple[str, ...]:
    """奖助贷勤减免 or 奖助贷勤补免, as the pack's document lists them; all seven where it lists none (§d.6 no. 15)."""
    codes = {option.label: option.code for option in option_list("state_aid").current()}
    for named in pack.named_list if pack else ():
        if set(named.items) <= set(codes):
            return tuple(codes[label] for label in named.items)
    return tuple(codes.values())


# -- the conditions of the money ----------------------------------------------------------------------------------


def check_regime(content: RecordContent, on_file: bool, pack: Pack | None, new_waiting: int = 0) -> Iterable[AidFinding]:
    """What the regime of the money asks of the student; *new_waiting*: new students of the year still without a grant."""
    if content.text("regime") == BEYOND_FILE:
        yield from _beyond_file(content, on_file, pack, new_waiting)
    elif content.text("regime") == "on_file" and not on_file:
        yield AidFinding("not_filed", Weight.NOTE, "这一户还没有在档：先建档，后帮扶，批准以前要办好。")
    elif content.text("regime") == LOCAL and not any(_is_local(item) for item in _of_tuition(pack)):
        yield AidFinding("local_unknown", Weight.NOTE, "现行政策没有写本地助学标准，请核对本地的文件。")
    elif content.text("regime") == DONATED:
        yield AidFinding("donated", Weight.NOTE, "社会捐助：给谁、给多少照捐赠方意愿，批准时选捐助的资金来源。")
    yield from _check_stage(content, pack)
    if content.values.get("is_full_time") is False:
        yield AidFinding("part_time", Weight.NOTE, "助学对象是全日制在校学生，这名学生不是。")


def _of_tuition(pack: Pack | None) -> list[AidItem]:
    return [item for item in (pack.aid if pack else ()) if item.item == "tuition"]


def _items(pack: Pack | None) -> list[AidItem]:
    return [item for item in _of_tuition(pack) if item.without_archive_only]


def _is_local(item: AidItem) -> bool:
    return not item.needs_archive and not item.without_archive_only


def _check_stage(content: RecordContent, pack: Pack | None) -> Iterable[AidFinding]:
    """What is to be minded where the policy in force has no 助学 at all, or none for this stage."""
    stage, items = content.text("stage"), _of_tuition(pack)
    if pack is None or not stage or content.text("regime") in {BEYOND_FILE, DONATED}:
        return
    if not items:
        yield AidFinding("no_tuition", Weight.NOTE, "现行政策没有写助学，上限和对象请核对助学的文件。")
    elif not any(not item.stages or stage in item.stages for item in items):
        label = option_list("school_stage").label(stage)
        text = f"现行政策的助学没有写到{label}；照别的文件给的，批准时写明依据。（{pack.citation(items[0])}）"
        yield AidFinding("stage_outside", Weight.NOTE, text)


def _beyond_file(
    content: RecordContent, on_file: bool, pack: Pack | None, new_waiting: int
) -> Iterable[AidFinding]:
    items, stage = _items(pack), content.text("stage")
    citation = f"（{pack.citation(items[0])}）" if pack and items else ""
    if on_file:
        text = f"这笔钱只给不符合建档条件的家庭，这一户在档，请选“建档困难职工家庭”。{citation}"
        yield AidFinding("regime_on_file", Weight.STOP, text)
    if content.values.get("cannot_be_filed") is False:
        text = f"这笔钱只给生活困难、但不符合建档条件的家庭。{citation}"
        yield AidFinding("regime_could_be_filed", Weight.STOP, text)
    stages = {code for item in items for code in item.stages} or COLLEGE | {"special"}
    if stage and stage not in stages:
        text = f"这笔钱只给高校在读的学生和接受特殊教育的残疾儿童。{citation}"
        yield AidFinding("regime_stage", Weight.STOP, text)
    if stage == "special" and content.values.get("has_disability") is not True:
        yield AidFinding("regime_disability", Weight.STOP, f"特殊教育的，要是残疾儿童；请先填“是否残疾儿童”。{citation}")
    if not items:
        yield AidFinding("regime_unknown", Weight.NOTE, "现行政策没有写给不符合建档条件家庭的助学经费，请核对经费办法。")
    if new_waiting and content.text("student_kind") == "continuing":
        text = f"同等条件优先考虑新入学的学生：今年还有 {new_waiting} 名新生登记了这笔钱、还没有批准。"
        yield AidFinding("new_first", Weight.NOTE, text)


def check_amount(content: RecordContent, cap_fen: int | None) -> Iterable[AidFinding]:
    """Whether what is asked for is within the limit of a student; for the money beyond the file it may not be more."""
    wanted = content.values.get("amount_wanted")
    if not isinstance(wanted, int) or cap_fen is None or wanted <= cap_fen:
        return
    weight = Weight.STOP if content.text("regime") == BEYOND_FILE else Weight.NOTE
    yield AidFinding("amount_over_cap", weight, f"拟申请 {format_amount(wanted)} 元，超过上限 {format_amount(cap_fen)} 元。")


def stops(findings: Sequence[AidFinding]) -> list[AidFinding]:
    """Those that forbid it."""
    return [item for item in findings if item.weight is Weight.STOP]
