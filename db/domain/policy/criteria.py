"""One criterion applied to one household: measure, compare, and the step that tells it."""

from collections.abc import Callable
from fractions import Fraction
from typing import cast

from db.domain.policy.assessment import Missing, RuledOut, Step
from db.domain.policy.case import Case, Measured, Verdict, whole
from db.domain.policy.lines import compare, line_of
from db.domain.policy.pack import Criterion, Exclusion
from db.domain.policy.rule_catalogue import MEASURES

_LEDGERS = {
    "homes": "homes",
    "vehicles": "vehicles",
    "businesses": "businesses",
    "costly_schooling": "students",
    "refused_offers": "job_offers",
    "event": "events",
}
"""Measures that only count rows of one ledger."""


_SUMS = frozenset({"per_capita_income", "expense_share", "annual_expense", "asset_total"})
"""Measures that add up ledgers, and that criteria share with different lines."""


def apply(test: Criterion, case: Case) -> Step:
    """Measure, compare and write down one criterion."""
    verdict = case.verdicts.get(test.sameness) or verdict_of(test, case)
    inputs, value, unit, op, line, words, passed, missing, _ = verdict
    citation = case.pack.citations.get(id(test)) or case.pack.citation(test)
    return Step(
        test.measure, test.label, inputs, value, unit, op, line, words, passed, citation, missing, test.source, test.clause
    )


def ruled_out(part: Exclusion, case: Case, make: Callable[[tuple[Step, ...]], RuledOut]) -> RuledOut:
    """What *make* says of an exclusion from its steps; said once where every step is common."""
    verdicts = [verdict_of(test, case) for test in part.test]
    if not all(verdict.is_common for verdict in verdicts):
        return make(tuple([apply(test, case) for test in part.test]))
    key = (id(part), *[id(verdict) for verdict in verdicts])
    found = case.shared.get(key)
    if found is None:
        found = case.shared[key] = make(tuple([apply(test, case) for test in part.test]))
    return cast(RuledOut, found)


def verdict_of(test: Criterion, case: Case) -> Verdict:
    """Whether a criterion holds; criteria that differ only in their words are decided once."""
    if test.measure == "student_fact":
        return _decide(test, case)
    found = case.verdicts.get(test.sameness)
    if found is None:
        found = case.verdicts[test.sameness] = _common(test, case) or _decide(test, case)
    return found


def _common(test: Criterion, case: Case) -> Verdict | None:
    """The verdict that every household with this plain answer gets: an empty ledger, or a yes or no."""
    if test.threshold is not None and test.threshold.kind == "standard":
        return None
    ledger = _LEDGERS.get(test.measure)
    answer: object
    if ledger is not None:
        rows = case.facts.rows.get(ledger)
        if rows:
            return None
        answer = rows is None
    elif test.measure == "fact":
        answer = case.facts.values.get(str(test.fact))
        if isinstance(answer, list):
            return None
    else:
        return None
    key = (test.sameness, answer)
    found = case.shared.get(key)
    if found is None:
        found = case.shared[key] = _decide(test, case)._replace(is_common=True)
    return cast(Verdict, found)


def _measured(test: Criterion, case: Case) -> Measured:
    """What a criterion measures; many criteria of a pack measure the same sums."""
    if test.measure not in _SUMS:
        return MEASURES[test.measure](test, case)
    found = case.measured.get(test.measure_key)
    if found is None:
        found = case.measured[test.measure_key] = MEASURES[test.measure](test, case)
    return found


def _decide(test: Criterion, case: Case) -> Verdict:
    measured = _measured(test, case)
    op, line, words, missing = _line(test, case, measured)
    passed: bool | None
    if missing or (measured.value is None and not measured.boundless):
        passed = None
    elif measured.boundless:
        passed = op in {">", ">="}
    else:
        assert measured.value is not None and line is not None
        passed = compare(measured.value, op, line)
    missing = (*measured.missing, *missing)
    return Verdict(measured.inputs, measured.value, measured.unit, op, line, words, passed, missing)


def _line(
    test: Criterion, case: Case, measured: Measured
) -> tuple[str, Fraction | None, str, tuple[Missing, ...]]:
    """Operator, line, its words, and what is open about them. A question of fact needs no line: yes is 1."""
    if test.is_unset:
        return test.op, None, "政策没有写明", (Missing("policy", test.question),)
    if test.threshold is not None:
        return test.op, *line_of(test.threshold, case, measured.unit)
    return ">=", whole(1), "", ()
