"""The policy cases: every clause of every pack, proved with households and figures written down in TOML.

How a case file is written stands in ``policy_case_files``.
"""

from fractions import Fraction
from functools import cache

import pytest
from policy_case_checks import CASE_KEYS, FIGURE_KEYS, PackUnderTest, case_faults, figure_faults
from policy_case_files import PolicyCase, citations, load_pack, pack_ids, pack_table, policy_cases, raw_table

from db.domain.policy.assessment import Assessment, Step, Unit
from db.domain.policy.pack import Cap, Criterion
from db.domain.policy.pack_checks import walk

CASES = policy_cases("case")
FIGURE_CASES = policy_cases("figure_case")


def _names(cases: list[PolicyCase]) -> list[str]:
    return [case.name for case in cases]


@pytest.mark.parametrize("case", CASES, ids=_names(CASES))
def test_the_household_gets_what_the_case_says(case: PolicyCase) -> None:
    assert not case.fault
    assert set(case.table) <= CASE_KEYS
    assert case_faults(case, delivered(case.policy)) == []


@pytest.mark.parametrize("case", FIGURE_CASES, ids=_names(FIGURE_CASES))
def test_the_figure_is_what_the_case_says(case: PolicyCase) -> None:
    assert not case.fault
    assert set(case.table) <= FIGURE_KEYS
    assert figure_faults(case, delivered(case.policy)) == []


@cache
def delivered(pack_id: str) -> PackUnderTest:
    """A pack as it comes with the program."""
    return PackUnderTest(raw_table(pack_id))


# -- traceability -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_clause_of_the_pack_has_a_case(pack_id: str) -> None:
    cited = set(citations(pack_table(pack_id)))
    proved = set().union(*(case.covers for case in CASES + FIGURE_CASES if case.policy == pack_id))
    assert sorted(cited - proved) == [], "clauses without a case"
    assert sorted(proved - cited) == [], "cases for clauses that the pack does not cite"


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_criterion_and_limit_is_seen_at_work(pack_id: str) -> None:
    """A case counts only for clauses that its own result cites; papers are asked for elsewhere."""
    parts = [part for place, part in walk(load_pack(pack_id).pack) if place[:1] != ("evidence",)]
    wanted = {f"{part.source}#{part.clause}" for part in parts if isinstance(part, Criterion | Cap)}
    seen: set[str] = set()
    for case in CASES:
        if case.policy == pack_id and "error" not in case.table["expect"]:
            seen |= case.covers & set(citations(delivered(pack_id).assessed(case).to_json()))
    assert sorted(wanted - seen) == []


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_line_of_money_is_met_one_fen_below_at_and_above(pack_id: str) -> None:
    sides: dict[str, set[int]] = {}
    for case in CASES:
        if case.policy == pack_id and "error" not in case.table["expect"]:
            for step in _steps(delivered(pack_id).assessed(case)):
                if step.value is not None and step.threshold and step.unit in _MONEY:
                    distance = step.value - step.threshold
                    near = {(distance > 0) - (distance < 0)} if abs(distance) <= Fraction(1, 100) else set()
                    sides.setdefault(f"{step.source}#{step.clause}", set()).update(near)
    assert [clause for clause, met in sides.items() if met != {-1, 0, 1}] == []


_MONEY = {Unit.YUAN, Unit.YUAN_MONTH, Unit.YUAN_YEAR}


def _steps(assessment: Assessment) -> list[Step]:
    ruled_out = (*assessment.exclusions, *assessment.gates, *assessment.cautions)
    routes = [route for result in assessment.classes for route in result.routes]
    return [step for part in (*ruled_out, *routes) for step in part.steps]


def test_case_names_are_unique() -> None:
    names = _names(CASES + FIGURE_CASES)
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
