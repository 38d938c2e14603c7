"""What of the Archive Form follows from the means worksheet: its income figures, as proposals the clerk may overrule.

家庭年度总收入 is the net income (after 所得税 and 五险一金) of everybody who lives together. What the union or the state gave
*because* the household is poor (低保金、帮扶救助金) is not part of it; whether a policy counts it is the pack's business.
"""

from fractions import Fraction

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.derivation import per_capita_exact, rounding_slack
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec, Value
from db.domain.means_form import WORKER, MeansContent
from db.domain.policy.facts import HouseholdFacts, facts_of
from db.domain.validation import Problem, problem

FORM_INCOMES = frozenset({"wage", "business", "property", "transfer", "other"})
"""Income kinds that make up 家庭年度总收入 of the form."""

FIGURE_KEYS = ("monthly_income", "other_annual_income", "annual_household_income", "household_size")
"""Fields of the form, the worker's and the members', that follow from the worksheet."""


def _net(row: dict[str, Value]) -> int:
    amounts = [row.get(key) for key in ("amount", "tax", "social_insurance")]
    amount, tax, insurance = (value if isinstance(value, int) else 0 for value in amounts)
    return amount - tax - insurance


def _monthly(annual: int) -> int:
    return int(Fraction(annual, 12) + Fraction(1, 2))  # half up, as everywhere on the form


def income_proposals(content: ArchiveContent, means: MeansContent) -> dict[str, Value]:
    """Form values by place (``key``, or ``member_id.key``) that follow from the worksheet; 分, incomes net.

    Empty while the worksheet says nothing about incomes. 家庭月人均收入 is exact in the rules and rounded half up here.
    """
    if "incomes" not in means.rows:
        return {"household_size": facts_of(content, means).size} if "people" in means.rows else {}
    facts = facts_of(content, means)
    wages, others = _sums(facts, means)
    total = sum(wages.values()) + others
    found: dict[str, Value] = {
        "monthly_income": _monthly(wages.get(WORKER, 0)),
        "other_annual_income": others,
        "annual_household_income": total,
        "household_size": facts.size,
    }
    for member in content.members:
        if str(member["id"]) in facts.living_together:
            found[f"{member['id']}.monthly_income"] = _monthly(wages.get(str(member["id"]), 0))
    return {**found, "per_capita_monthly_income": _per_capita(total, facts.size)}


def _sums(facts: HouseholdFacts, means: MeansContent) -> tuple[dict[str, int], int]:
    """Net wages of each person living together, and everything else they have."""
    wages: dict[str, int] = {}
    others = 0
    for row in means.rows.get("incomes", []):
        person = str(row.get("person") or WORKER)
        if person not in facts.living_together or row.get("kind") not in FORM_INCOMES:
            continue
        if row.get("kind") == "wage":
            wages[person] = wages.get(person, 0) + _net(row)
        else:
            others += _net(row)
    return wages, others


def _per_capita(total: int, size: int) -> Value:
    exact = per_capita_exact(ArchiveContent({"annual_household_income": total, "household_size": size}))
    return None if exact is None else int(exact + Fraction(1, 2))


def with_proposals(content: ArchiveContent, proposals: dict[str, Value]) -> ArchiveContent:
    """A copy of *content* with these values in their places; places that are gone are passed over."""
    changed = content.copy()
    members = {str(member["id"]): member for member in changed.members}
    for place, value in proposals.items():
        member_id, _, key = place.rpartition(".")
        record = members.get(member_id) if member_id else changed.values
        if record is not None and not _spec(place).derived_by:
            record[key] = value
    return changed


def _spec(place: str) -> FieldSpec:
    member_id, _, key = place.rpartition(".")
    return ARCHIVE_FORM.member_field(key) if member_id else ARCHIVE_FORM.field(key)


def means_problems(content: ArchiveContent, means: MeansContent) -> list[Problem]:
    """Where the form says something else than the worksheet: warnings that a clerk may confirm with a reason."""
    ids = [str(member["id"]) for member in content.members]
    found = []
    for place, wanted in income_proposals(content, means).items():
        member_id, _, key = place.rpartition(".")
        index = ids.index(member_id) if member_id else None
        present = content.members[index].get(key) if index is not None else content.values.get(key)
        if _spec(place).derived_by or present is None or not _differs(key, present, wanted, content):
            continue
        known = format_value(_spec(place), wanted)
        text = format_value(_spec(place), present)
        found.append(problem("differs_from_means", key, index, year=means.year, known=known, text=text))
    return found


def _differs(key: str, present: Value, wanted: Value, content: ArchiveContent) -> bool:
    if key == "annual_household_income" and isinstance(present, int) and isinstance(wanted, int):
        return abs(present - wanted) > rounding_slack(content)  # typed as monthly × 12 of rounded months
    return present != wanted
