"""Granting the students of a year in one go: what each asked for within the limit, or the same for everybody.

Nobody is typed again: person, household and amount come from the registration; each is judged as any grant is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from db.domain.aid.aid_check import AidFinding, Weight
from db.domain.records.programme import codes_of
from db.domain.student_rules import DONATED
from db.errors import Progress
from db.services import aid, programmes, students
from db.services.aid import Grant, GrantInput, HouseholdLook
from db.services.office import OfficeSession
from db.services.programmes import Programme
from db.services.students import StudentRow

ITEM = "tuition"
_OVER = ("over_cap", Weight.STOP)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one student would be granted, and everything to mind of it. *fault*: it cannot be granted from here."""

    student: StudentRow
    given: GrantInput
    cap_left: int | None
    findings: tuple[AidFinding, ...] = ()
    fault: str = ""

    @property
    def is_stopped(self) -> bool:
        """Whether nothing can be granted."""
        return bool(self.fault) or not self.given.amount or any(item.weight is Weight.STOP for item in self.findings)

    @property
    def wants_reason(self) -> bool:
        """Whether a reason must be written."""
        return not self.is_stopped and any(item.weight is Weight.REASON for item in self.findings)

    @property
    def why(self) -> str:
        """What speaks against it, the weightiest; empty where nothing does."""
        if self.fault:
            return self.fault
        if not self.given.amount:
            return "没有登记申请金额。" if self.cap_left != 0 else "上限已经用完。"
        return self.findings[0].text if self.findings and self.findings[0].weight is not Weight.NOTE else ""


def waiting(session: OfficeSession, year: int) -> list[StudentRow]:
    """The students of a year who were granted no 助学金 yet, new ones first; what donors give besides is not it."""
    rows = students.list_students(session, year)
    found = [row for row in rows if not (row.granted if row.regime == DONATED else row.tuition)]
    return sorted(found, key=lambda row: row.student_kind != "new")


def programmes_of(session: OfficeSession) -> list[Programme]:
    """The campaigns of today that students are granted in, those of 金秋助学 first."""
    found = [item for item in programmes.running(session) if ITEM in codes_of(item.content, "items")]
    return sorted(found, key=lambda item: item.content.text("programme_kind") != ITEM)


def propose(
    session: OfficeSession,
    rows: Sequence[StudentRow],
    fund_id: str,
    each: int | None = None,
    programme: Programme | None = None,
    progress: Progress | None = None,
) -> list[Proposal]:
    """What these students would get: what they asked for, or *each* (分) the same, never more than their limit leaves."""
    beginning = GrantInput(ITEM, fund_id=fund_id)
    if programme is not None:  # then its limits and quotas hold, and it is counted there
        beginning = replace(beginning, programme_id=programme.id, programme_title=programme.title)
    asked = [
        replace(beginning, amount=row.wanted or 0 if each is None else each, person=row.person) for row in rows
    ]
    looks = aid.look_at_many(session, _pairs(rows, asked), progress)
    lowered = {}
    for at, (given, look) in enumerate(zip(asked, looks, strict=True)):
        over = look.look is not None and any((item.code, item.weight) == _OVER for item in look.look.findings)
        if look.look is not None and over and look.look.cap_left is not None:
            lowered[at] = replace(given, amount=look.look.cap_left)
    if lowered:  # all of them once more, as what one takes the next cannot have
        asked = [lowered.get(at, given) for at, given in enumerate(asked)]
        looks = aid.look_at_many(session, _pairs(rows, asked), progress)
    return [_proposal(row, given, look) for row, given, look in zip(rows, asked, looks, strict=True)]


def _pairs(rows: Sequence[StudentRow], given: Sequence[GrantInput]) -> list[tuple[str, GrantInput]]:
    return [(row.archive_id, item) for row, item in zip(rows, given, strict=True)]


def _proposal(row: StudentRow, given: GrantInput, look: HouseholdLook) -> Proposal:
    if look.look is None:
        return Proposal(row, given, None, (), look.fault)
    # that no source is chosen yet is said once, not for each
    findings = tuple(item for item in look.look.findings if item.code != "no_fund")
    return Proposal(row, given, look.look.cap_left, findings)


def grant(session: OfficeSession, proposals: Sequence[Proposal], reason: str = "", progress: Progress | None = None) -> list[Grant]:
    """Grant them, all or none; those that are stopped are left out."""
    wanted = [
        (item.student.archive_id, replace(item.given, reason=reason if item.wants_reason else ""))
        for item in proposals
        if not item.is_stopped
    ]
    return aid.grant_many(session, wanted, progress)
