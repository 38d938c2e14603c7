"""Ceilings over several kinds of aid together: what is left of each kind is never more than is left of the whole."""

from collections.abc import Sequence
from fractions import Fraction

from db.domain.policy import aid_rules
from db.domain.policy.aid_rules import Target
from db.domain.policy.assessment import CapResult
from db.domain.policy.case import Case
from db.domain.policy.facts import yuan
from db.domain.policy.pack import AidTotal


def under_ceilings(
    case: Case, results: Sequence[CapResult], class_code: str | None, level: str | None
) -> tuple[CapResult, ...]:
    """*results* with every ceiling of the pack that concerns the class minded."""
    for rule in case.pack.aid_total:
        if rule.concerns(class_code or "", level):
            results = [_under(case, rule, result, class_code) for result in results]
    return tuple(results)


def _under(case: Case, rule: AidTotal, result: CapResult, class_code: str | None) -> CapResult:
    if result.allowed is False or (rule.items and result.item not in rule.items):
        return result
    person = result.person if rule.per == "person" else ""
    limits = [aid_rules.limit(case, cap, Target(person), class_code) for cap in rule.cap]
    steps = (*result.steps, *(limit.step for limit in limits))
    missing = (*result.missing, *(ask for limit in limits for ask in limit.step.missing))
    amounts = [limit.amount for limit in limits if limit.amount is not None]
    if not amounts or len(amounts) < len(limits):
        return result._replace(allowed=None, amount=None, left=None, steps=steps, missing=missing)
    ceiling = min(amounts)
    room = max(ceiling - _had(case, rule, person), Fraction(0))
    reason = result.reason
    if result.amount is None or ceiling < result.amount or (result.left is not None and room < result.left):
        reason = rule.label
    own_is_open = result.amount is None and bool(result.missing)
    return result._replace(
        amount=None if own_is_open else _lower(result.amount, ceiling),
        left=None if own_is_open or aid_rules.EARLIER not in case.facts.rows else _lower(result.left, room),
        steps=steps,
        missing=missing,
        reason=reason,
    )


def _lower(one: Fraction | None, other: Fraction) -> Fraction:
    return other if one is None else min(one, other)


def _had(case: Case, rule: AidTotal, person: str) -> Fraction:
    """What the union gave this year of the kinds that count together."""
    total = 0
    for row in aid_rules.this_year(case):
        amount = row.get("amount")
        counts = not rule.items or row.get("item") in rule.items
        same = not person or row.get("person") in {None, person}
        if counts and same and row.get("giver") in {None, "union"} and isinstance(amount, int):
            total += amount
    return yuan(total)
