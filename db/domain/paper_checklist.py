"""Which papers (佐证材料) a household's archive needs, by its circumstances, and which are still missing.

The cases are those of the regulations' consolidated checklist: every new archive, subsistence allowance, disability,
disaster or accident, serious illness, students, migrant workers, single parents, payment by bank card.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from db.domain.archive_content import ArchiveContent
from db.domain.form_schema import Value
from db.domain.option_lists import option_list

STUDENTS = frozenset({"postgraduate", "college", "vocational", "senior_high"})
ALWAYS = (
    "application",
    "archive_form",
    "aid_application",
    "means_survey",
    "verification_consent",
    "household_register",
    "id_card",
)
AFTER_REVIEW = ("committee_minutes", "notice_photo", "bank_card")


@dataclass(frozen=True, slots=True)
class Paper:
    """One entry of the checklist: any one of *types* will do; *because* says whom it concerns."""

    types: tuple[str, ...]
    because: str = ""

    @property
    def label(self) -> str:
        """The paper in words; alternatives joined by 或."""
        words = [option_list("document_type").label(code) for code in self.types]
        return words[0] if len(words) == 1 else "、".join(words[:-1]) + "或" + words[-1]

    def is_among(self, present: Iterable[str]) -> bool:
        """Whether one of the papers is there."""
        return any(code in self.types for code in present)


def _causes(content: ArchiveContent) -> set[Value]:
    further = content.values.get("secondary_hardship_causes")
    return {content.values.get("main_hardship_cause"), *(further if isinstance(further, list) else ())}


def _disabled(content: ArchiveContent) -> bool:
    records = (content.values, *content.members)
    return any(record.get("health_status") == "disabled" or record.get("disability_type") for record in records)


def _disaster(content: ArchiveContent) -> bool:
    return bool(_causes(content) & {"natural_disaster", "accident"})


def _illness(content: ArchiveContent) -> bool:
    return "major_illness" in _causes(content)


def _students(content: ArchiveContent) -> bool:
    return any(member.get("member_identity") in STUDENTS for member in content.members)


@dataclass(frozen=True, slots=True)
class PaperCase:
    """A circumstance that asks for one paper more: any one of *types* when it *holds*. *name* is for lists in SQL."""

    name: str
    holds: Callable[[ArchiveContent], bool]
    types: tuple[str, ...]
    because: str


CASES = (
    PaperCase("disability", _disabled, ("disability_certificate",), "家中有残疾人"),
    PaperCase("disaster", _disaster, ("disaster_proof",), "因灾害或意外致困"),
    PaperCase("illness", _illness, ("diagnosis",), "因大病致困"),
    PaperCase(
        "bills",
        _illness,
        ("discharge_summary", "medical_invoice", "insurance_settlement", "travel_invoice"),
        "因大病致困",
    ),
    PaperCase("students", _students, ("enrolment_proof", "school_report", "admission_letter"), "家中有学生"),
    PaperCase(
        "migrant",
        lambda content: content.values.get("is_migrant_worker") is True,
        ("labour_contract", "payroll", "social_insurance_proof"),
        "困难农民工",
    ),
    PaperCase(
        "single_parent",
        lambda content: content.values.get("is_single_parent") is True,
        ("single_parent_proof",),
        "单亲",
    ),
)
AGEING_MONTHS = {
    "income_proof": 12,
    "payroll": 12,
    "social_insurance_proof": 12,
    "subsistence_certificate": 12,
    "diagnosis": 12,
    "enrolment_proof": 12,
    "school_report": 12,
}
"""Papers that tell how things stood in their year, and after how many months a newer one is due (requirements §b.6: income
of the last year, the diagnosis of the current one)."""


_EMPLOYED = ("labour_contract", "payroll", "social_insurance_proof", "income_proof")
EXIT_EVIDENCE: dict[str, tuple[str, ...]] = {
    "cured": ("diagnosis", "discharge_summary", "insurance_settlement"),
    "re_employed": _EMPLOYED,
    "children_employed": _EMPLOYED,
    "self_employed": ("income_proof", "social_insurance_proof"),
    "social_security": ("social_insurance_proof", "income_proof"),
    "medical_insurance": ("insurance_settlement", "social_insurance_proof"),
    "social_assistance": ("subsistence_certificate",),
    "other": (*_EMPLOYED, "means_survey", "democratic_review", "committee_minutes"),
}
"""By 脱困原因, the papers that bear it out (S000-31: every exit needs evidence): any one of them."""
EXIT_MONTHS = 12
"""A paper bears an exit out that was filed at most so many months before."""
EXIT_TYPES = frozenset(code for types in EXIT_EVIDENCE.values() for code in types)


def unproven_exit(reason: str, recent: Iterable[str]) -> str:
    """What is missing for this 脱困原因, in a sentence; empty where a paper among *recent* document types bears it out."""
    wanted = Paper(EXIT_EVIDENCE.get(reason, ()))
    if not wanted.types or wanted.is_among(recent):
        return ""
    return f"“{option_list('exit_reason').label(reason)}”要有一年以内存的{wanted.label}，现在没有。"


def exit_evidence_words(reason: str) -> str:
    """Which papers bear a 脱困原因 out, for whoever is choosing it; empty for none."""
    wanted = Paper(EXIT_EVIDENCE.get(reason, ()))
    return f"依据：一年以内存的{wanted.label}。" if wanted.types else ""


def recent_since(today: str) -> str:
    """The first day of the papers that bear an exit out today (ISO)."""
    return _months_before(date.fromisoformat(today), EXIT_MONTHS).isoformat()


def papers_for(content: ArchiveContent) -> list[Paper]:
    """The checklist of this household, in the order in which the papers come together."""
    papers = [Paper((code,)) for code in ALWAYS]
    if content.values.get("hardship_category") == "subsistence_household":
        papers.append(Paper(("subsistence_certificate",), "低保户，代替收入证明"))
    else:
        papers.append(Paper(("income_proof",)))
    papers.extend(Paper(case.types, case.because) for case in CASES if case.holds(content))
    papers.extend(Paper((code,)) for code in AFTER_REVIEW)
    return papers


def missing_papers(content: ArchiveContent, present: Iterable[str]) -> list[Paper]:
    """The papers of the checklist of which none is attached; *present* are document types."""
    there = set(present)
    return [paper for paper in papers_for(content) if not paper.is_among(there)]


def aged_types(newest: Mapping[str, str], today: str) -> dict[str, str]:
    """Document types of which the newest paper, filed on that day, has grown too old by *today* (ISO), with its day."""
    return {
        code: newest[code]
        for code, months in AGEING_MONTHS.items()
        if code in newest and newest[code] < _months_before(date.fromisoformat(today), months).isoformat()
    }


def expired_papers(content: ArchiveContent, newest: Mapping[str, str], today: str) -> dict[Paper, str]:
    """The papers of the checklist of which all that was filed is too old, each with the day of the newest."""
    aged = aged_types(newest, today)
    found = {}
    for paper in papers_for(content):
        held = [code for code in paper.types if code in newest]
        if held and all(code in aged for code in held):
            found[paper] = max(aged[code] for code in held)
    return found


def _months_before(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    try:
        return day.replace(year=years, month=month + 1)
    except ValueError:  # 29 February
        return day.replace(year=years, month=month + 2, day=1)


def guess_type(file_name: str) -> str | None:
    """The document type that a file's name tells, e.g. 户口簿.jpg; None when it tells nothing."""
    for option in option_list("document_type").current():
        word = option.label.split("（")[0].removeprefix("困难职工").removeprefix("家庭")
        word = word.removesuffix("复印件").removesuffix("记录").removesuffix("证明")
        if len(word) > 1 and word in file_name:
            return option.code
    return None
