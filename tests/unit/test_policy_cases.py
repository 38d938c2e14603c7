"""The policy cases: every clause of every pack, proved with households and figures written down in TOML.

How a case file is written stands in ``policy_case_files``.
"""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from policy_case_files import (
    PolicyCase,
    book_with,
    citations,
    load_pack,
    pack_ids,
    pack_table,
    part_at,
    plain,
    policy_cases,
)

from db.domain.policy.assessment import Assessment, Step, Unit
from db.domain.policy.calendar import due_on, is_late, window_answer
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import facts_from_json
from db.domain.policy.pack import Cap, Criterion
from db.domain.policy.pack_checks import walk
from db.errors import UserError

CASES = policy_cases("case")
FIGURE_CASES = policy_cases("figure_case")
_CASE_KEYS = {"name", "policy", "on", "covers", "base", "change", "set", "expect"}
_FIGURE_KEYS = {"name", "policy", "covers", "window", "deadline", "pack", "set"}


def _names(cases: list[PolicyCase]) -> list[str]:
    return [case.name for case in cases]


@pytest.mark.parametrize("case", CASES, ids=_names(CASES))
def test_the_household_gets_what_the_case_says(case: PolicyCase) -> None:
    assert not case.fault
    assert set(case.table) <= _CASE_KEYS
    expect = dict(case.table["expect"])
    error = expect.pop("error", None)
    try:
        assessment = _assessed(case)
    except UserError as refusal:
        if error is None:
            raise
        assert refusal.code == error, refusal.text()
        return
    assert error is None, "nothing was refused"
    faults = [fault for key, value in expect.items() for fault in _CHECKS[key](assessment, value)]
    assert not faults, "\n".join(faults)


_known: dict[int, Assessment] = {}


def _assessed(case: PolicyCase) -> Assessment:
    if id(case) not in _known:
        facts = facts_from_json(case.facts_table())
        loaded = load_pack(case.policy, case.table.get("set"))
        _known[id(case)] = assess(facts, loaded, book_with(loaded), case.on)
    return _known[id(case)]


# -- expectations: each check returns what is wrong ---------------------------------------------------------------


def _same(what: str, found: Any, wanted: Any) -> list[str]:
    return [] if found == wanted else [f"{what}: {found!r}, expected {wanted!r}"]


def _exactly(what: str, found: list[str], wanted: list[str]) -> list[str]:
    return _same(what, sorted(found), sorted(wanted))


def _at_least(what: str, found: list[str], wanted: list[str]) -> list[str]:
    if not wanted:
        return _same(what, found, [])
    return [f"{what}: {name} is not among {found}" for name in wanted if name not in found]


def _classes(assessment: Any, fits: bool | None) -> list[str]:
    return [result.code for result in assessment.classes if result.fits is fits]


def _ruled_out(parts: Any, applies: bool) -> list[str]:
    return [part.code for part in parts if part.applies is applies]


def _cap(assessment: Any, key: str) -> list[Any]:
    """The caps of ``item``, ``item:person`` or ``item:person:part of the label``."""
    item, person, label = [*key.split(":", 2), "", ""][:3]
    return [
        cap for cap in assessment.caps if cap.item == item and (not person or cap.person == person) and label in cap.label
    ]


def _amount_words(cap: Any, amount: Fraction | None) -> str:
    if amount is not None:
        return str(amount)
    return "unknown" if cap.missing or cap.allowed is None else "unlimited"


def _caps(field: str, assessment: Any, wanted: dict[str, str]) -> list[str]:
    faults = []
    for key, text in wanted.items():
        rows = _cap(assessment, key)
        expected = text if text in {"unlimited", "unknown"} else str(Fraction(text))
        found = {_amount_words(cap, getattr(cap, field)) for cap in rows}
        refused = [cap.reason for cap in rows if cap.allowed is False]
        if found != {expected} or refused:
            faults.append(f"{field} of {key}: {sorted(found)}, expected {expected}; refused: {refused}")
    return faults


def _not_allowed(assessment: Any, wanted: list[str]) -> list[str]:
    faults = []
    for key in wanted:
        verdicts = [cap.allowed for cap in _cap(assessment, key)]
        if not verdicts or any(verdict is not False for verdict in verdicts):
            faults.append(f"{key} is not refused: {verdicts}")
    return faults


def _undecided(assessment: Any, wanted: list[str]) -> list[str]:
    return [key for key in wanted if [cap.allowed for cap in _cap(assessment, key)] != [None]]


def _approval(assessment: Any, wanted: dict[str, str]) -> list[str]:
    faults = []
    for key, words in wanted.items():
        found = [cap.approval for cap in _cap(assessment, key)]
        if not found or any((words not in text) if words else text for text in found):
            faults.append(f"approval of {key}: {found}, expected {words!r}")
    return faults


def _distances(assessment: Any, wanted: dict[str, str]) -> list[str]:
    faults = []
    for code, text in wanted.items():
        faults += _same(f"distance of {code}", assessment.class_result(code).distance, Fraction(text))
    return faults


def _values(assessment: Any, wanted: dict[str, str]) -> list[str]:
    """The unrounded numbers measured under a clause, whichever class, exclusion or caution asks for them."""
    parts = [route for result in assessment.classes for route in result.routes]
    parts += [*assessment.exclusions, *assessment.gates, *assessment.cautions]
    steps = [step for part in parts for step in part.steps]
    faults = []
    for citation, text in wanted.items():
        found = {step.value for step in steps if f"{step.source}#{step.clause}" == citation}
        faults += [] if Fraction(text) in found else [f"value under {citation}: {found}, expected {text}"]
    return faults


_CHECKS = {
    "outcome": lambda found, wanted: _same("outcome", found.outcome.value, wanted),
    "class": lambda found, wanted: _same("class", found.suggested_class or "", wanted),
    "level": lambda found, wanted: _same("level", found.suggested_level or "", wanted),
    "fits": lambda found, wanted: _exactly("fits", _classes(found, True), wanted),
    "not_fits": lambda found, wanted: _at_least("not_fits", _classes(found, False), wanted),
    "unknown": lambda found, wanted: _at_least("unknown", _classes(found, None), wanted),
    "excluded": lambda found, wanted: _exactly("excluded", _ruled_out(found.exclusions, True), wanted),
    "gates": lambda found, wanted: _at_least("gates", _ruled_out(found.gates, True), wanted),
    "cautions": lambda found, wanted: _at_least("cautions", _ruled_out(found.cautions, True), wanted),
    "not_cautions": lambda found, wanted: [
        f"{code} is shown" for code in _ruled_out(found.cautions, True) if code in wanted
    ],
    "missing": lambda found, wanted: _at_least("missing", sorted({gap.place for gap in found.missing}), wanted),
    "caps": lambda found, wanted: _caps("amount", found, wanted),
    "left": lambda found, wanted: _caps("left", found, wanted),
    "approval": _approval,
    "not_allowed": _not_allowed,
    "undecided": _undecided,
    "none_of": lambda found, wanted: [f"there is a cap of {key}" for key in wanted if _cap(found, key)],
    "distance": _distances,
    "values": _values,
    "recheck_on": lambda found, wanted: _same("recheck_on", found.recheck_on or "", str(wanted)),
}


# -- figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", FIGURE_CASES, ids=_names(FIGURE_CASES))
def test_the_figure_is_what_the_case_says(case: PolicyCase) -> None:
    assert not case.fault
    assert set(case.table) <= _FIGURE_KEYS
    kinds = [kind for kind in ("window", "deadline", "pack") if kind in case.table]
    assert kinds, "a figure case asks for a window, a deadline or a place in the pack"
    for kind in kinds:
        wanted = case.table[kind]
        for row in wanted if isinstance(wanted, list) else [wanted]:
            _FIGURES[kind](case, row)


def _check_window(case: PolicyCase, wanted: dict[str, Any]) -> None:
    pack = load_pack(case.policy, case.table.get("set")).pack
    day = date.fromisoformat(str(wanted["on"]))
    answer = window_answer(pack, wanted["action"], wanted.get("class", ""), wanted.get("level"), day)
    assert answer.open is wanted["open"]
    if answer.open and answer.window is not None:
        assert f"{answer.window.source}#{answer.window.clause}" in case.covers
    if "opens_on" in wanted:
        assert answer.opens_on == date.fromisoformat(str(wanted["opens_on"]))


def _check_deadline(case: PolicyCase, wanted: dict[str, Any]) -> None:
    pack = load_pack(case.policy, case.table.get("set")).pack
    deadline = next(entry for entry in pack.deadline if entry.code == wanted["code"])
    assert f"{deadline.source}#{deadline.clause}" in case.covers
    if "on" in wanted:
        assert is_late(deadline, date.fromisoformat(str(wanted["on"]))) is wanted["late"]
    if "due" in wanted:
        due = date.fromisoformat(str(wanted["due"]))
        assert due_on(deadline, due.year) == due


def _check_place(case: PolicyCase, wanted: dict[str, Any]) -> None:
    found, citation = part_at(pack_table(case.policy), wanted["path"])
    assert set(wanted) <= {"path", "equals", "contains"}
    if "equals" in wanted:
        assert found == plain(wanted["equals"])
    else:
        assert wanted["contains"] in found
    assert not citation or citation in case.covers, f"{wanted['path']} rests on {citation}, which the case does not cover"


_FIGURES = {"window": _check_window, "deadline": _check_deadline, "pack": _check_place}


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
            seen |= case.covers & set(citations(_assessed(case).to_json()))
    assert sorted(wanted - seen) == []


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_line_of_money_is_met_one_fen_below_at_and_above(pack_id: str) -> None:
    sides: dict[str, set[int]] = {}
    for case in CASES:
        if case.policy == pack_id and "error" not in case.table["expect"]:
            for step in _steps(_assessed(case)):
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
