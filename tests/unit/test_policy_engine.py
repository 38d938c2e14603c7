"""The rules one by one: every measure at its line, three answers, precedence, near misses, standards."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, get_args

import pytest
from small_packs import (
    CITED,
    ON,
    REGION,
    STANDARD,
    book,
    criterion,
    expense,
    hardship_class,
    household,
    judge,
    pack,
    step_of,
    wage,
)

from db.domain.policy.assessment import Outcome
from db.domain.policy.eligibility import all_of, any_of
from db.domain.policy.explanation import headline
from db.domain.policy.facts import facts_from_json
from db.domain.policy.pack_rules import Measure
from db.domain.policy.rule_catalogue import MEASURES, months_after

OPERATORS = {
    "<": (True, False, False),
    "<=": (True, True, False),
    ">": (False, False, True),
    ">=": (False, True, True),
    "==": (False, True, False),
}
"""Whether a line is met just below it, at it, and just above it."""
Facts = dict[str, Any]


# -- measures at their line ---------------------------------------------------------------------------------------


def _rows(ledger: str, **row: Any) -> Callable[[int], Facts]:
    return lambda offset: household(**{ledger: [dict(row) for _ in range(2 + offset)]})


def _refusals(offset: int) -> Facts:
    people = [{"person": "worker", "can_work": True, "unemployed_on": "2020-08-01"}]
    offer = {"person": "worker", "offered_on": "2020-09-01", "is_refused": True, "has_good_reason": False}
    return household(people=people, job_offers=[offer] * (2 + offset))


def _months(offset: int) -> Facts:
    return household(monthly_incomes=[{"month": f"2021-0{number}-01", "amount": 1} for number in range(1, 4 + offset)])


def _labour(offset: int) -> Facts:
    started = {-1: "2020-12-16", 0: "2020-12-15", 1: "2020-11-15"}[offset]
    return household(household={"labour_relation_on": started})


def _proofs(offset: int) -> Facts:
    return household(household={"labour_proofs": ["labour_contract", "payroll", "social_insurance_proof"][: 2 + offset]})


TWO = {"count": "2"}
LINES: dict[str, tuple[Facts, str | None, Callable[[int], Facts]]] = {
    # measure: threshold and parameters, the ledger without which it cannot be told, one unit around the line
    "per_capita_income": (
        {"threshold": {"standard": "subsistence", "times": "1.5"}},
        "incomes",
        lambda offset: household(3, incomes=[wage(60_000 * 3 * 12 * 3 // 2 + offset)]),
    ),
    "expense_share": (
        {"threshold": {"ratio": "0.5"}, "deduct": ["illness"]},
        "expenses",
        lambda offset: household(incomes=[wage(1_000_000)], expenses=[expense(500_000 + offset)]),
    ),
    "annual_expense": (
        {"threshold": {"amount": "5000", "per": "year"}, "deduct": ["purpose:cause"]},
        "expenses",
        lambda offset: household(expenses=[expense(500_000 + offset)]),
    ),
    "asset_total": (
        {"threshold": {"amount": "30000"}, "add": ["savings", "investment"]},
        "assets",
        lambda offset: household(
            assets=[{"kind": "savings", "amount": 2_000_000}, {"kind": "investment", "amount": 1_000_000 + offset}]
        ),
    ),
    "months_below": ({"threshold": {"count": "3"}, "month_threshold": STANDARD}, "monthly_incomes", _months),
    "event": ({"threshold": TWO, "kinds": ["accident"]}, "events", _rows("events", kind="accident", happened_on="2021-02-01")),
    "labour_proof": ({"threshold": TWO}, "labour_proofs", _proofs),
    "labour_months": ({"threshold": {"count": "6"}}, "labour_relation_on", _labour),
    "homes": ({"threshold": TWO}, "homes", _rows("homes", ownership="own")),
    "vehicles": ({"threshold": TWO}, "vehicles", _rows("vehicles", kind="car", use="own_regular")),
    "businesses": ({"threshold": TWO}, "businesses", _rows("businesses", kind="shop")),
    "costly_schooling": (
        {"threshold": TWO},
        "students",
        _rows("students", person="worker", stage="primary", is_private_school=True, studies_abroad=False),
    ),
    "refused_offers": ({"threshold": TWO, "within_months": 12}, "job_offers", _refusals),
    "household_size": ({"threshold": TWO}, None, lambda offset: household(2 + offset)),
}
YES_OR_NO = {"fact", "student_fact", "cause", "committee_note"}


def test_measures__all_are_tried_here() -> None:
    """A new measure needs a line in this file."""
    assert set(LINES) | YES_OR_NO == set(MEASURES) == set(get_args(Measure))


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("measure", LINES)
def test_measure__around_its_line(measure: str, op: str) -> None:
    """One 分, one thing, one month or one day below, at and above: each operator keeps its meaning."""
    parameters, _ledger, facts = LINES[measure]
    answers = tuple(step_of(criterion(measure, op, **parameters), facts(offset)).passed for offset in (-1, 0, 1))
    assert answers == OPERATORS[op]


@pytest.mark.parametrize("measure", [measure for measure, (_, ledger, _facts) in LINES.items() if ledger])
def test_measure__that_nobody_answered(measure: str) -> None:
    """It is neither yes nor no, whatever the operator; the question names the place."""
    parameters, ledger, _facts = LINES[measure]
    for op in OPERATORS:
        step = step_of(criterion(measure, op, **parameters), household(**{str(ledger): None}))
        assert (step.passed, step.value) == (None, None)
        assert [item.place for item in step.missing if item.place.endswith(str(ledger))] and all(
            item.question for item in step.missing
        )


@pytest.mark.parametrize(
    ("test", "answer", "passed"),
    [
        (criterion("fact", fact="is_registered_poor", value=True), {"is_registered_poor": True}, True),
        (criterion("fact", fact="is_registered_poor", value=True), {"is_registered_poor": False}, False),
        (criterion("fact", fact="is_registered_poor", value=True), {}, None),
        (criterion("fact", fact="is_registered_poor", value=False), {"is_registered_poor": False}, True),
        (criterion("fact", fact="is_registered_poor", value=False), {}, None),
        (criterion("fact", fact="area", value="rural"), {"area": "urban"}, False),
        (criterion("fact", fact="labour_proofs", value="payroll"), {"labour_proofs": ["payroll"]}, True),
        (criterion("cause", kinds=["schooling"]), {"main_hardship_cause": "schooling"}, True),
        (
            criterion("cause", kinds=["schooling"]),
            {"main_hardship_cause": "accident", "secondary_hardship_causes": ["schooling"]},
            True,
        ),
        (criterion("cause", kinds=["schooling"]), {"main_hardship_cause": "accident"}, False),
        (criterion("cause", kinds=["schooling"]), {}, None),
        (criterion("committee_note"), {"committee_decided_on": "2021-06-15", "committee_note": "同意"}, True),
        (criterion("committee_note"), {"committee_decided_on": "2021-06-16", "committee_note": "同意"}, False),
        (criterion("committee_note"), {"committee_decided_on": "2021-06-01"}, None),
        (criterion("committee_note"), {"committee_note": "同意"}, None),
    ],
)
def test_measure__of_yes_or_no(test: Facts, answer: Facts, passed: bool | None) -> None:
    """A fact, a cause, a decision: yes, no, or still to be asked; never a code in the sentence."""
    step = step_of(test, household(household=answer))
    assert step.passed is passed
    assert not any(item.text.isascii() and item.text.isalpha() for item in step.inputs)


# -- income -------------------------------------------------------------------------------------------------------


def _income(facts: Facts, means: Facts | None = None, **test: Any) -> Any:
    measured = criterion("per_capita_income", "<=", {"amount": "1", "per": "year"}, period="year", **test)
    parts = {"means": means} if means else {}
    return judge(pack(hardship_class("a", [measured]), **parts), facts).classes[0].routes[0].steps[0]


def test_income__of_those_who_live_together() -> None:
    """Whose income counts is by whom it is divided; tax and 五险一金 come off; other kinds do not count."""
    facts = household(3, incomes=[wage(3_000_000, tax=100_001, social_insurance=200_000), wage(900_000, "p3")])
    facts["people"][2]["lives_together"] = False
    facts["incomes"].append({"person": "worker", "kind": "union_aid", "amount": 500_000})
    assert _income(facts).value == Fraction(2_699_999, 200)
    gross = {"incomes": ["wage", "union_aid"], "net_of": [], "year": "previous_calendar_year", **CITED}
    assert _income(facts, gross).value == Fraction(3_500_000, 200)
    assert _income(facts, {**gross, "incomes": ["wage"], "counts_earlier_aid": True}).value == Fraction(3_500_000, 200)
    assert _income(facts, incomes=["union_aid"]).value == Fraction(500_000, 200)


def test_income__less_expenses() -> None:
    """Compensation comes off the expense first, unless the rule is before it; 重大疾病 must be placed."""
    bill = expense(1_000_000, reimbursed=300_000, compensation=200_000)
    facts = household(incomes=[wage(2_000_000)], expenses=[bill, expense(70_000, "daily_living")])
    assert _income(facts, deduct=["purpose:cause"]).value == 15_000
    assert _income(facts, deduct=["purpose:cause"], gross_of_compensation=True).value == 13_000
    assert _income(facts, deduct=["illness"]).value == 15_000
    facts["expenses"].append(expense(1, "major_illness"))
    open_step = _income(facts, deduct=["purpose:cause"])
    assert (open_step.passed, open_step.missing[0].place) == (None, "expenses.purpose")
    facts["expenses"][-1]["purpose"] = "accidental"
    assert _income(facts, deduct=["purpose:cause"]).value == 15_000


def test_income__of_another_year() -> None:
    """The year that the rule wants, or a question; a pack that leaves it open asks its own."""
    assert _income(household() | {"year": 2019}).missing[0].place == "year"
    of_this_year = {"incomes": ["wage"], "year": "application_year", **CITED}
    assert _income(household() | {"year": 2021}, of_this_year).missing == ()
    silent = {**of_this_year, "year": "unset", "question": "按哪一年的收入？"}
    assert [item.question for item in _income(household(), silent).missing] == ["按哪一年的收入？"]
    without_kinds = {"year": "previous_calendar_year", "question": "哪些收入要算？", **CITED}
    assert [item.question for item in _income(household(), without_kinds).missing] == ["哪些收入要算？"]


IMPUTING = {
    "incomes": ["wage"],
    "year": "previous_calendar_year",
    **CITED,
    "impute": {"standard": "subsistence", "male_ages": [16, 59], "female_ages": [16, 54], **CITED},
}


@pytest.mark.parametrize(
    ("person", "income"),
    [
        ({}, 7200),
        ({"can_work": None}, None),
        ({"can_work": False}, 0),
        ({"no_imputed_wage": True}, 0),
        ({"occupation": "on_post"}, 0),
        ({"birth_on": "2005-06-16"}, 0),  # 15 on the day
        ({"birth_on": "2005-06-15"}, 7200),  # 16 on the day
        ({"birth_on": "1961-06-16"}, 7200),  # 59
        ({"birth_on": "1961-06-15"}, 0),  # 60
        ({"birth_on": "1966-06-16", "sex": "female"}, 7200),
        ({"birth_on": "1966-06-15", "sex": "female"}, 0),
        ({"birth_on": None}, None),
        ({"birth_on": "1964-01-01", "sex": None}, None),  # 57: it depends
        ({"lives_together": False}, 0),
    ],
)
def test_income__imputed(person: Facts, income: int | None) -> None:
    """Minimum wage for an able adult without work; what decides it and is not known is asked."""
    idle = {"person": "p2", "sex": "male", "birth_on": "1980-01-01", "occupation": "unemployed", "can_work": True}
    facts = household(people=[{"person": "worker"}, {**idle, **person}])
    step = _income(facts, IMPUTING)
    size = 1 if person.get("lives_together") is False else 2
    assert step.value == (None if income is None else Fraction(income, size))
    assert bool(step.missing) is (income is None)


def test_income__imputed_only_as_a_wage() -> None:
    """A wage of nothing is no wage; where wages do not count, none is imputed."""
    idle = {"person": "worker", "sex": "male", "birth_on": "1980-01-01", "occupation": "unemployed", "can_work": True}
    assert _income(household(people=[idle], incomes=[wage(0)]), IMPUTING).value == 7200
    assert _income(household(people=[idle], incomes=[wage(1)]), IMPUTING).value == Fraction(1, 100)
    assert _income(household(people=[idle]), IMPUTING, incomes=["union_aid"]).value == 0


# -- what the measures count --------------------------------------------------------------------------------------


def test_share__without_any_income() -> None:
    """An expense without income is more than any share; neither of them is no share at all."""
    rule = {"threshold": {"ratio": "9"}, "deduct": ["illness"]}
    spent, idle = household(expenses=[expense(1)]), household()
    assert step_of(criterion("expense_share", ">", **rule), spent).passed is True
    assert step_of(criterion("expense_share", "<=", **rule), spent).passed is False
    assert step_of(criterion("expense_share", ">", **rule), idle).passed is False


def test_months__only_of_the_last_year() -> None:
    """A gap breaks the run; what is older does not count and needs no standard."""
    rule = criterion("months_below", ">=", {"count": "2"}, month_threshold=STANDARD)
    ago = [{"month": "2009-01-01", "amount": 0}, {"month": "2009-02-01", "amount": 0}]
    assert step_of(rule, household(monthly_incomes=ago)).passed is False
    apart = [{"month": "2021-01-01", "amount": 0}, {"month": "2021-03-01", "amount": 0}]
    assert step_of(rule, household(monthly_incomes=apart)).passed is False
    over_new_year = [{"month": "2020-12-01", "amount": 0}, {"month": "2021-01-01", "amount": 59_999}]
    assert step_of(rule, household(monthly_incomes=over_new_year)).passed is True
    over_new_year[1]["amount"] = 60_000
    assert step_of(rule, household(monthly_incomes=over_new_year)).passed is False


@pytest.mark.parametrize(
    ("rule", "row", "counts"),
    [
        ({"kinds": ["car"]}, {"kind": "ship", "use": "own_regular"}, False),
        ({"kinds": ["car"], "uses": ["own_regular"]}, {"kind": "car", "use": "employed"}, False),
        ({"uses": ["own_regular"]}, {"kind": "ship", "use": "own_regular"}, True),
    ],
)
def test_vehicles__by_kind_and_use(rule: Facts, row: Facts, counts: bool) -> None:
    """Only what the document names."""
    assert step_of(criterion("vehicles", **rule), household(vehicles=[row])).passed is counts


@pytest.mark.parametrize(
    ("row", "passed"),
    [
        ({"private_fee": 300_000, "public_fee": 100_000}, True),
        ({"private_fee": 299_999, "public_fee": 100_000}, False),
        ({"private_fee": 299_999}, None),
        ({"is_private_school": False, "studies_abroad": True}, True),
        ({"is_private_school": False}, False),
        ({"is_private_school": False, "studies_abroad": None}, None),
        ({"is_private_school": None}, None),
        ({"is_private_school": None, "studies_abroad": True}, True),
    ],
)
def test_schooling__three_times_the_public_fee(row: Facts, passed: bool | None) -> None:
    """At the multiple, one 分 below, and with a fee or an answer missing."""
    student = {"person": "worker", "stage": "primary", "is_private_school": True, "studies_abroad": False, **row}
    assert step_of(criterion("costly_schooling", fee_multiple="3"), household(students=[student])).passed is passed


@pytest.mark.parametrize(
    ("offer", "person", "value"),
    [
        ({}, {}, 1),
        ({"is_refused": False}, {}, 0),
        ({"has_good_reason": True}, {}, 0),
        ({"has_good_reason": None}, {}, None),
        ({"offered_on": "2020-07-31"}, {}, 0),
        ({"offered_on": "2020-08-01"}, {}, 1),
        ({"offered_on": "2021-08-01"}, {}, 1),
        ({"offered_on": "2021-08-02"}, {}, 0),
        ({}, {"can_work": False}, 0),
        ({}, {"unemployed_on": None}, None),
    ],
)
def test_offers__within_a_year_of_losing_work(offer: Facts, person: Facts, value: int | None) -> None:
    """First and last day count; a good reason, an ill person or a job before do not."""
    worker = {"person": "worker", "can_work": True, "unemployed_on": "2020-08-01", **person}
    made = {"person": "worker", "offered_on": "2020-10-01", "is_refused": True, "has_good_reason": False, **offer}
    step = step_of(criterion("refused_offers", within_months=12), household(people=[worker], job_offers=[made]), date(2021, 9, 1))
    assert step.value == value


def test_events__severity_nobody_stated__is_asked() -> None:
    """An event whose severity is open is not taken for a slight one."""
    event = {"kind": "accident", "happened_on": "2020-10-01"}
    step = step_of(criterion("event", severe_only=True), household(events=[event]), date(2021, 1, 1))
    assert step.passed is None and [item.place for item in step.missing] == ["events.is_severe"]


def test_people_living_elsewhere__their_bills_and_savings_stay_out() -> None:
    """Whose income does not count, their costs and savings do not either."""
    people = [{"person": "worker"}, {"person": "son", "lives_together": False}]
    bill = {"kind": "illness", "total": 100, "reimbursed": 0}
    savings = [{"kind": "savings", "person": "son", "amount": 7}]
    facts = facts_from_json(household(people=people, expenses=[{**bill, "person": "son"}, bill], assets=savings))
    assert (facts.expense_sums["illness"], facts.asset_sums) == ((100, 100), {})


def test_events__severe_and_recent() -> None:
    """From the day *within_months* ago to today."""
    rule = {"kinds": ["accident"], "within_months": 12, "severe_only": True}
    for day, counts in (("2020-06-14", 0), ("2020-06-15", 1), ("2021-06-15", 1), ("2021-06-16", 0)):
        event = {"kind": "accident", "happened_on": day, "is_severe": True}
        assert step_of(criterion("event", **rule), household(events=[event])).value == counts
        assert step_of(criterion("event", **rule), household(events=[{**event, "is_severe": False}])).value == 0


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2020-01-31", 1, "2020-02-29"),
        ("2021-01-31", 1, "2021-02-28"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-12-15", 1, "2021-01-15"),
        ("2021-01-15", -1, "2020-12-15"),
        ("2021-03-31", -1, "2021-02-28"),
        ("2020-08-01", 12, "2021-08-01"),
        ("2020-11-30", 3, "2021-02-28"),
        ("2020-05-27", 0, "2020-05-27"),
    ],
)
def test_months_after(day: str, months: int, later: str) -> None:
    """The same day of the month, or its last."""
    assert months_after(day, months) == later


# -- three answers ------------------------------------------------------------------------------------------------


def test_logic__of_three_answers() -> None:
    """One no decides ‘all’, one yes decides ‘any’; otherwise what is not known stays open."""
    values = (True, False, None)
    for one in values:
        for two in values:
            both = False if False in (one, two) else None if None in (one, two) else True
            either = True if True in (one, two) else None if None in (one, two) else False
            assert (all_of([one, two]), any_of([one, two])) == (both, either)
    assert (all_of([]), any_of([])) == (True, False)


POOR = criterion("per_capita_income", "<=", STANDARD)
HOMES = {"code": "homes", "label": "两套房", **CITED, "test": [criterion("homes", ">=", TWO)]}


def test_exclusion__unknown_is_not_absent() -> None:
    """Not asked: the class stays open and the question is put; answered: it decides."""
    loaded = pack(hardship_class("a", [POOR]), exclusion=[HOMES])
    unknown = judge(loaded, household(homes=None))
    assert (unknown.outcome, unknown.suggested_class, unknown.classes[0].fits) == (Outcome.INCOMPLETE, None, None)
    assert [item.place for item in unknown.missing] == ["homes"]
    assert judge(loaded, household()).outcome is Outcome.FITS
    ruled_out = judge(loaded, household(homes=[{"ownership": "own"}] * 2))
    assert (ruled_out.outcome, ruled_out.classes[0].blocked_by) == (Outcome.DOES_NOT_FIT, ("homes",))
    assert ruled_out.classes[0].routes_passed is True


def test_exclusion__does_not_matter_where_nothing_fits() -> None:
    """Nobody is asked about homes when the income already decides."""
    loaded = pack(hardship_class("a", [POOR]), exclusion=[HOMES])
    rich = judge(loaded, household(homes=None, incomes=[wage(99_000_000)]))
    assert (rich.outcome, rich.missing) == (Outcome.DOES_NOT_FIT, ())


def test_exclusion__lifted_for_a_class_or_kept_to_a_level() -> None:
    """``except_classes``, ``classes`` and ``levels`` say whom it concerns."""
    classes = [hardship_class("a", [POOR], level="high"), hardship_class("b", [POOR], level="low")]
    levels = [{"code": code, "label": code, **CITED} for code in ("high", "low")]
    owner = household(homes=[{"ownership": "own"}] * 2)

    def fitting(**scope: Any) -> list[str]:
        found = judge(pack(*classes, level=levels, exclusion=[{**HOMES, **scope}]), owner)
        return [item.code for item in found.classes if item.fits]

    assert fitting() == []
    assert fitting(except_classes=["b"]) == fitting(levels=["high"]) == fitting(classes=["a"]) == ["b"]


def test_gate__is_needed_besides_the_class() -> None:
    """An outer condition that fails or is unknown keeps the class out or open."""
    gate = {"code": "outer", "label": "收入上限", **CITED, "test": [criterion("asset_total", "<=", {"amount": "100"}, add=["savings"])]}
    loaded = pack(hardship_class("a", [POOR]), gate=[gate])
    assert judge(loaded, household()).outcome is Outcome.FITS
    assert judge(loaded, household(assets=None)).outcome is Outcome.INCOMPLETE
    rich = judge(loaded, household(assets=[{"kind": "savings", "amount": 10_001}]))
    assert (rich.outcome, rich.classes[0].blocked_by) == (Outcome.DOES_NOT_FIT, ("outer",))


def test_operator__that_the_document_leaves_open() -> None:
    """Never a default: the question is put."""
    rule = criterion("per_capita_income", "unset", STANDARD, question="是低于还是不高于？")
    assert [item.question for item in step_of(rule, household()).missing] == ["是低于还是不高于？"]


# -- precedence ---------------------------------------------------------------------------------------------------

LEVELS = [{"code": code, "label": code, **CITED} for code in ("high", "low")]


def test_precedence__level_then_cause_then_order() -> None:
    """All that fit are shown; the first is suggested."""
    classes = [
        hardship_class("low_one", [POOR], level="low"),
        hardship_class("first", [POOR], level="high"),
        hardship_class("caused", [POOR], level="high", causes=["schooling"]),
    ]
    loaded = pack(*classes, level=LEVELS)
    plain = judge(loaded, household())
    assert plain.suggested_class == "first" and all(item.fits for item in plain.classes)
    assert judge(loaded, household(household={"main_hardship_cause": "schooling"})).suggested_class == "caused"


def test_precedence__an_open_higher_level_holds_the_lower_back() -> None:
    """A lower level is no answer while the higher one cannot be told."""
    high = hardship_class("high_one", [criterion("homes", "<", TWO)], level="high")
    loaded = pack(high, hardship_class("low_one", [POOR], level="low"), level=LEVELS)
    assert judge(loaded, household(homes=None)).suggested_class is None
    assert judge(loaded, household(homes=[{"ownership": "own"}] * 2)).suggested_class == "low_one"


def test_route__any_of_them_suffices() -> None:
    """One way in is enough, and then nothing more is asked."""
    loaded = pack(hardship_class("a", [criterion("homes", "<", TWO)], [POOR]))
    found = judge(loaded, household(homes=None))
    assert (found.outcome, found.missing) == (Outcome.FITS, ())


# -- near misses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "outcome"),
    [(720_000, Outcome.FITS), (720_001, Outcome.NEAR), (792_000, Outcome.NEAR), (792_001, Outcome.DOES_NOT_FIT)],
)
def test_near__within_a_tenth_above(fen: int, outcome: Outcome) -> None:
    """Up to exactly a tenth; the distance is exact; another day to look again is named."""
    found = judge(pack(hardship_class("a", [POOR])), household(incomes=[wage(fen)]))
    assert found.outcome is outcome
    assert found.classes[0].distance == (None if outcome is Outcome.FITS else Fraction(fen, 1200) - 600)
    assert (found.recheck_on is not None) is (outcome is Outcome.NEAR)


def test_near__only_by_income() -> None:
    """Neither a ruled-out household nor one that fails otherwise is near."""
    close = household(incomes=[wage(730_000)], homes=[{"ownership": "own"}] * 2)
    assert judge(pack(hardship_class("a", [POOR]), exclusion=[HOMES]), close).outcome is Outcome.DOES_NOT_FIT
    also = hardship_class("a", [POOR, criterion("homes", "<", TWO)])
    assert judge(pack(also), close).outcome is Outcome.DOES_NOT_FIT


def test_near__of_a_yearly_line__is_said_per_month() -> None:
    """A yearly line that is missed by 12 元 is missed by 1 元 a month."""
    yearly = criterion("per_capita_income", "<=", {"amount": "7200", "per": "year"}, period="year")
    found = judge(pack(hardship_class("a", [yearly])), household(incomes=[wage(721_200)]))
    assert found.outcome is Outcome.NEAR and "1.00 元" in headline(found)


def test_near__just_at_an_open_line__says_so() -> None:
    """Below is asked, and the income is at the line: the sentence does not speak of 0.00 元."""
    below = hardship_class("a", [criterion("per_capita_income", "<", STANDARD)])
    for fen in (720_000, 720_001):
        found = judge(pack(below), household(incomes=[wage(fen)]))
        assert found.outcome is Outcome.NEAR and "0.00 元" not in headline(found)


@pytest.mark.parametrize(
    ("extra", "recheck"),
    [({}, "2022-01-01"), ({"begins": "2021-10-01", "amount": "650"}, "2021-10-01"), ({"begins": "2022-07-01"}, "2022-01-01")],
)
def test_near__when_to_look_again(extra: Facts, recheck: str) -> None:
    """With the next standard, the next check window or the next year, whichever is first."""
    known = book({}, extra) if extra else book()
    facts = household(incomes=[wage(730_000)])
    assert judge(pack(hardship_class("a", [POOR])), facts, known=known).recheck_on == recheck
    window = {"code": "w", "label": "核查", "opens": "09-01", "closes": "09-30", "actions": ["check"], **CITED}
    with_window = pack(hardship_class("a", [POOR]), window=[window])
    assert judge(with_window, facts, known=known).recheck_on == "2021-09-01"


# -- standards ----------------------------------------------------------------------------------------------------


def _line(known: Any, region: str = REGION, area: str = "urban", on: date = ON, **facts: Any) -> Fraction | None:
    place = {"region": region, "area": area}
    return step_of(POOR, household(household=place, **facts) | {"year": on.year - 1}, on, known).threshold


def test_standard__of_exactly_this_place() -> None:
    """Neither the city's for its county, nor the county's for its townships, nor urban for rural."""
    assert _line(book({"region": "340800"})) is None
    assert _line(book({"region": "340000"})) is None
    assert _line(book(), "340882100") is None
    assert _line(book({"area": "urban"}), area="rural") is None
    assert _line(book({"area": "rural"}), area="rural") == 600


def test_standard__of_the_day() -> None:
    """The latest that has begun; none after its end, though an older one had no end."""
    known = book({"begins": "2021-06-15", "ends": "2021-12-31", "amount": "700"}, {"begins": "2021-01-01"})
    days = {date(2020, 12, 31): None, date(2021, 6, 14): 600, date(2021, 6, 15): 700, date(2021, 12, 31): 700}
    assert {day: _line(known, on=day) for day in days} == days
    assert _line(book({"ends": "2021-06-14"})) is None
    assert _line(book({"ends": "2021-06-15"})) == 600


def test_standard__that_came_with_the_facts() -> None:
    """The household's own figure goes first, from its day on and for its place only."""
    own = {"topic": "subsistence", "region": REGION, "area": "urban", "begins": "2021-06-15", "amount": 65_000}
    assert _line(book(), standards=[own]) == 650
    assert _line(book(), standards=[{**own, "begins": "2021-06-16"}]) == 600
    assert _line(book(), standards=[{**own, "area": "rural"}]) == 600
    assert _line(book(), standards=[{**own, "region": "340800"}]) == 600


def test_pack_for__the_nearest_place() -> None:
    """The county's own pack before the city's before the province's; two of the same nearness: none."""

    def made(code: str, *regions: str, **more: Any) -> Any:
        return pack(hardship_class("a", [POOR]), id=code, regions=list(regions), file=code, **more)

    province, city, county = made("province", "340000"), made("city", "340800"), made("county", "340882")

    def chosen(region: str, *packs: Any, on: str = "2021-06-15") -> str | None:
        found = book(packs=packs).pack_for(region, on)
        return found.pack.id if found else None

    assert chosen("340882100", province, city, county) == "county"
    assert chosen("340882", province, city) == "city"
    assert chosen("340100", province, city, county) == "province"
    assert chosen("340882", county, made("other", "340882")) is None
    assert chosen("110101", province, city, county, made("nowhere")) is None
    ended = made("county", "340882", ends=date(2021, 6, 14))
    assert chosen("340882", city, ended) == "city"
    assert chosen("340882", city, ended, on="2021-06-14") == "county"
