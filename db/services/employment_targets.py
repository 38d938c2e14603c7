"""How far the targets of 阳光就业 are reached, who is missing by name, and what was done (S002-03).

The graduates an office had to help in a year are those on record by its end who were out of work when help began, wanted
it, do not study on, and were not already employed when the year began. Whoever works on the last day counts as reached.
The table 困难职工家庭子女就学就业情况统计表 counts the same of each office (:mod:`db.store.graduate_way`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from db.domain.employment import EMPLOYED
from db.domain.option_lists import option_list
from db.domain.papers.employment_papers import MissingLine, targets_table
from db.domain.wide_table import WideTable
from db.services import aid, policy_library
from db.services.graduates import GraduateRow, row_of
from db.services.office import OfficeSession
from db.store import graduate_store

ZERO, OVERALL = "zero_employment_graduates", "all_graduates"
"""Codes of the targets in a policy pack."""
_USUAL = {ZERO: Fraction(1), OVERALL: Fraction(3, 5)}
"""S002-03, where the policy in force names no other."""
_LABELS = {ZERO: "零就业家庭高校毕业生帮扶就业率", OVERALL: "困难职工家庭高校毕业生帮扶就业率"}


@dataclass(frozen=True, slots=True)
class Target:
    """A share to reach: of whom, how many did, the share wanted, and who is missing."""

    label: str
    asked: int
    reached: int
    wanted: Fraction
    lacking: tuple[GraduateRow, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of those who are missing."""
        return tuple(row.name for row in self.lacking)

    @property
    def rate(self) -> Fraction | None:
        """The share reached; None where nobody is asked for."""
        return Fraction(self.reached, self.asked) if self.asked else None

    @property
    def is_met(self) -> bool:
        """Whether it is reached."""
        return self.rate is None or self.rate >= self.wanted

    @property
    def still_wanted(self) -> int:
        """How many more have to find work."""
        return max(0, -(-self.wanted * self.asked // 1) - self.reached)

    @property
    def words(self) -> str:
        """It in one line: ``2/3，66.7%（目标 60%）``."""
        return f"{self.reached}/{self.asked}，{percent(self.rate)}（目标 {percent(self.wanted)}）"


def percent(rate: Fraction | None) -> str:
    """A share as people read it, cut, never rounded up: what is not reached does not look reached."""
    if rate is None:
        return "--"
    tenths = int(rate * 1000)
    return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"


def targets(session: OfficeSession, year: int = 0) -> list[Target]:
    """The shares to reach in a year (0: this one), with those who are missing; of every office known here."""
    chosen = year or int(session.today[:4])
    with session.database.reading() as connection:
        rows = graduate_store.asked(connection, f"{chosen}-01-01", _last_day(session, chosen))
    lacking = [row_of(row) for row in rows if row["status_then"] != EMPLOYED]
    zero = sum(bool(json.loads(row["content"])["values"].get("zero_employment")) for row in rows)
    wanted = _wanted(session, chosen)
    return [
        _target(ZERO, zero, [row for row in lacking if row.is_of_zero_employment], wanted),
        _target(OVERALL, len(rows), lacking, wanted),
    ]


def _last_day(session: OfficeSession, year: int) -> str:
    return min(session.today, f"{year}-12-31")


def _wanted(session: OfficeSession, year: int) -> dict[str, Fraction]:
    day = session.today if year >= int(session.today[:4]) else f"{year}-12-31"
    return {**_USUAL, **policy_library.target_rates(session, day)}


def _target(code: str, asked: int, lacking: Sequence[GraduateRow], wanted: dict[str, Fraction]) -> Target:
    return Target(_LABELS[code], asked, asked - len(lacking), wanted[code], tuple(lacking))


# -- what was done ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """A kind of service in a period: how often, and for how many graduates."""

    kind: str
    times: int
    people: int

    @property
    def label(self) -> str:
        """The kind in words."""
        return option_list("graduate_service").label(self.kind)


def service_counts(session: OfficeSession, since: str, until: str, office_id: str = "") -> list[ServiceCount]:
    """Every kind of service, done or not, from *since* until *until* (both included)."""
    with session.database.reading() as connection:
        found = {row["kind"]: row for row in graduate_store.service_counts(connection, since, until, office_id)}
    kinds = [*option_list("graduate_service").by_code]
    kinds += [kind for kind in found if kind not in kinds]
    return [
        ServiceCount(kind, found[kind]["times"] if kind in found else 0, found[kind]["people"] if kind in found else 0)
        for kind in kinds
    ]


# -- papers -------------------------------------------------------------------------------------------------------


def targets_paper(session: OfficeSession, year: int = 0) -> WideTable:
    """The targets, and line by line who is missing."""
    chosen = year or int(session.today[:4])
    zero, overall = targets(session, chosen)
    names = aid.granting_offices(session)
    lines = [_missing(row, names.get(row.office_id, "")) for row in overall.lacking]
    shares = [(goal.label, goal.words) for goal in (zero, overall)]
    return targets_table(session.office.name, chosen, _last_day(session, chosen), shares, lines)


def _missing(row: GraduateRow, office: str) -> MissingLine:
    values, due = row.content, row.next_contact
    return MissingLine(
        name=row.name,
        is_zero=row.is_of_zero_employment,
        graduated=values.text("graduation_year"),
        school="，".join(filter(None, (values.text("school"), values.text("major")))),
        wish="，".join(filter(None, (values.text(key) for key in ("wish_place", "wish_post", "wish_salary")))),
        status=row.status_label + (f"（{row.stage_label}）" if row.stage_label else ""),
        last_contact=row.last_contact,
        next_contact=due.on_day if due else "",
        responsible=values.text("responsible"),
        household=f"{row.household} {row.archive_number}",
        office=office,
    )
