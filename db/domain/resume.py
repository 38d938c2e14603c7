"""生成基本简历 (S000-12): what a graduate's record says of them to an employer, on one page.

Columns 1 to 16 of 附件2, but not all as they stand: the ID number tells sex and month of birth and is not printed, and
nothing says that the family is in hardship. What the record cannot know is left to be written.
"""

from dataclasses import dataclass

from db.domain import id_number
from db.domain.employment import in_order, tries
from db.domain.option_lists import option_list
from db.domain.records.graduates import NO_SKILL
from db.domain.records.record_form import RecordContent

OWN_WORDS = "自我评价"


@dataclass(frozen=True, slots=True)
class ResumePart:
    """A part with its title: facts with captions, or lines; *room*: lines left to be written by hand."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    room: int = 0


@dataclass(frozen=True, slots=True)
class Resume:
    """The page. *head* stands beside the photo below the name."""

    name: str
    wish: str
    head: tuple[tuple[str, str], ...]
    parts: tuple[ResumePart, ...]


def resume_of(content: RecordContent) -> Resume:
    """The résumé of a graduate."""
    post, place, pay = (content.text(f"wish_{key}") for key in ("post", "place", "salary"))
    school, education = content.text("school"), content.text("education")
    degree = option_list("graduate_education").label(education) if education else ""
    year = content.text("graduation_year")
    skill = content.text("skill_level")
    work, courses = _work(content), _courses(content)
    parts = [
        ResumePart("求职意向", _known(("意向岗位", post), ("意向地点", place), ("期望薪资", pay)), room=0 if post or place else 1),
        ResumePart(
            "教育背景",
            _known(("毕业学校", school), ("学历", degree), ("专业", content.text("major")), ("毕业年份", f"{year} 年" if year else ""),
                   ("学校所在地", content.text("school_place"))),
        ),
        ResumePart("专业技能", _known(("技能等级", "" if skill == NO_SKILL else skill)), courses, room=2 if len(courses) < 3 else 0),
        ResumePart("实践和工作经历", lines=work, room=max(0, 4 - len(work))),
        ResumePart(OWN_WORDS, room=5),
    ]  # fmt: skip
    return Resume(content.text("name"), post, _head(content, degree), tuple(parts))


def _known(*facts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((caption, value) for caption, value in facts if value)


def _head(content: RecordContent, degree: str) -> tuple[tuple[str, str], ...]:
    number = content.text("id_number")
    born, sex = id_number.birth_on(number), id_number.sex(number)
    month = f"{born[:4]} 年 {int(born[5:7])} 月" if born else ""
    return _known(
        ("性别", option_list("sex").label(sex) if sex else ""),
        ("出生年月", month),
        ("学历", degree),
        ("联系电话", content.text("phone")),
        ("生源地", content.text("origin")),
    )


def _work(content: RecordContent) -> tuple[str, ...]:
    """Where they worked so far, the latest first."""
    found = [item for item in tries(content) if "employed" in item.days]
    told = []
    for item in reversed(found):
        until = f"至 {item.days['left'][:7]}" if "left" in item.days else "至今"
        told.append("　".join(filter(None, (f"{item.days['employed'][:7]} {until}", item.employer, item.post))))
    return tuple(told[:4])


def _courses(content: RecordContent) -> tuple[str, ...]:
    """Trainings the union arranged."""
    rows = [row for row in in_order(content.rows.get("services", [])) if row.get("kind") == "training" and row.get("what")]
    return tuple(f"{str(row['on_day'])[:7]}　{row['what']}" for row in reversed(rows))[:3]
