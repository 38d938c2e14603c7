"""A sixth city that no one wrote code for: its pack uses everything a pack can say, and every part is seen to work.

The pack stands in ``fixtures/policy/invented-city.toml``, the household in ``invented_city``.
"""

import copy
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any, get_args

import pytest
from invented_city import (
    BASE,
    ON,
    PACK,
    STUDY,
    TEXT,
    applying,
    assessed,
    cap,
    expense,
    fen,
    fitting,
    routes,
    wage,
)
from policy_case_files import Table, loaded_from
from pydantic import BaseModel

from db.domain.policy.assessment import Assessment, CapResult, Outcome
from db.domain.policy.book import PolicyBook
from db.domain.policy.calendar import due_on, is_late, window_answer
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import facts_from_json
from db.domain.policy.pack import Cap, Criterion
from db.domain.policy.pack_rules import Measure

# -- classes ------------------------------------------------------------------------------------------------------

ILL = [expense("illness", "10800.01")]  # one 分 below the line of 700 元


@pytest.mark.parametrize(("spent", "fits"), [("10799.99", False), ("10800.00", False), ("10800.01", True)])
def test_multiple_of_the_standard_after_deductions_below(spent: str, fits: bool) -> None:
    assert routes(assessed(expenses=[expense("illness", spent)]), "deep") == [fits]


@pytest.mark.parametrize("kind", ["illness", "major_illness", "schooling", "disability", "long_term_care", "work_cost"])
def test_each_class_deducts_its_own_kinds(kind: str) -> None:
    found = assessed(expenses=[{**expense(kind, "10800.01"), "purpose": "cause"}])
    assert routes(found, "deep") == [True]
    assert routes(found, "relative")[0] is (kind in {"illness", "schooling"})


@pytest.mark.parametrize(("income", "fits"), [("53999.99", True), ("54000.00", False)])
def test_fixed_amount_before_deductions_below(income: str, fits: bool) -> None:
    found = assessed(incomes=wage(income), expenses=[expense("illness", 30000)])
    assert routes(found, "relative")[0] is fits


@pytest.mark.parametrize(("spent", "fits"), [("5759.99", False), ("5760.00", True), ("5760.01", True)])
def test_multiple_of_the_standard_not_above(spent: str, fits: bool) -> None:
    assert routes(assessed(expenses=[expense("schooling", spent)]), "relative")[0] is fits


ACCIDENT = {"kind": "accident", "happened_on": "2020-06-01"}


@pytest.mark.parametrize(("compensated", "fits"), [("4999.99", True), ("5000.00", True), ("5000.01", False)])
def test_compensation_comes_off_first(compensated: str, fits: bool) -> None:
    bill = expense("accident", 30000, reimbursed=2800, compensation=compensated)
    assert routes(assessed(incomes=wage(60000), events=[ACCIDENT], expenses=[bill]), "accidental")[0] is fits


@pytest.mark.parametrize(("spent", "fits"), [("50000.00", False), ("50000.01", True)])
def test_expense_before_compensation_counts_where_the_pack_says_so(spent: str, fits: bool) -> None:
    found = assessed(incomes=wage(90000), expenses=[expense("accident", spent, compensation=40000)])
    assert routes(found, "relative")[2] is fits


@pytest.mark.parametrize(("happened", "fits"), [("2020-05-09", False), ("2020-05-10", True), ("2021-05-11", False)])
def test_event_within_a_period(happened: str, fits: bool) -> None:
    bill = expense("accident", 22200)
    event = {"kind": "accident", "happened_on": happened}
    assert routes(assessed(incomes=wage(60000), events=[event], expenses=[bill]), "accidental")[0] is fits


@pytest.mark.parametrize(("spent", "fits"), [("35999.99", False), ("36000.00", False), ("36000.01", True)])
def test_cost_as_a_share_of_yearly_income(spent: str, fits: bool) -> None:
    found = assessed(incomes=wage(60000), expenses=[expense("accident", spent)])
    assert routes(found, "accidental")[1] is fits


def test_cost_without_any_income_is_above_every_share() -> None:
    assert routes(assessed(incomes=[], expenses=[expense("accident", 1)]), "accidental")[1] is True


@pytest.mark.parametrize(("saved", "fits"), [("1199.99", True), ("1200.00", True), ("1200.01", False)])
def test_assets_are_added_back(saved: str, fits: bool) -> None:
    event = {"kind": "disaster", "happened_on": "2019-08-01", "is_severe": True}
    assets = [{"kind": "savings", "amount": fen(saved)}]
    found = assessed(incomes=wage(60000), events=[event], assets=assets, expenses=[expense("accident", 36000)])
    assert routes(found, "accidental") == [False, False, fits]
    mild = assessed(
        incomes=wage(60000), events=[{**event, "is_severe": False}], assets=assets, expenses=[expense("accident", 36000)]
    )
    assert routes(mild, "accidental")[2] is False


@pytest.mark.parametrize(
    ("first", "months", "fits"),
    [("1799.99", 6, True), ("1800.00", 6, False), ("1799.99", 5, False)],
    ids=["below", "at", "five months"],
)
def test_consecutive_months_below(first: str, months: int, fits: bool) -> None:
    days = ["2020-11-01", "2020-12-01", "2021-01-01", "2021-02-01", "2021-03-01", "2021-04-01"][:months]
    rows = [{"month": day, "amount": fen(first)} for day in days]
    assert routes(assessed(monthly_incomes=rows), "relative")[1] is fits


def test_a_gap_breaks_the_months() -> None:
    days = ["2020-09-01", "2020-10-01", "2020-11-01", "2021-01-01", "2021-02-01", "2021-03-01", "2021-04-01"]
    rows = [{"month": day, "amount": 0} for day in days]
    assert routes(assessed(monthly_incomes=rows), "relative")[1] is False


DECIDED = {"main_hardship_cause": "laid_off", "committee_decided_on": "2021-05-01", "committee_note": "同意建档"}


def test_qualitative_class_needs_the_committee() -> None:
    waiting = assessed(household={"main_hardship_cause": "laid_off"})
    assert routes(waiting, "special") == [None]
    assert "household.committee_note" in {gap.place for gap in waiting.missing}
    assert fitting(assessed(household=DECIDED)) == ["special"]
    assert routes(assessed(household={**DECIDED, "main_hardship_cause": "schooling"}), "special") == [False]


@pytest.mark.parametrize(("income", "blocked"), [("107999.99", False), ("108000.00", True)])
def test_outer_gate_by_the_year(income: str, blocked: bool) -> None:
    found = assessed(incomes=wage(income), expenses=[expense("accident", 70000)], household=DECIDED)
    assert ("yearly_ceiling" in applying(found)) is blocked
    assert fitting(found) == (["special"] if blocked else ["accidental", "relative", "special"])


@pytest.mark.parametrize(
    ("cause", "first"), [("schooling", "deep"), ("accident", "accidental"), ("other", "deep"), ("laid_off", "deep")]
)
def test_all_fitting_classes_are_shown_in_their_order(cause: str, first: str) -> None:
    expenses = [*ILL, expense("accident", 10000)]
    found = assessed(expenses=expenses, events=[ACCIDENT], household={**DECIDED, "main_hardship_cause": cause})
    assert set(fitting(found)) >= {"deep", "accidental", "relative"}
    assert (found.suggested_class, found.suggested_level) == (first, "city")


def test_levels_stand_beside_classes() -> None:
    found = assessed(expenses=[expense("schooling", 6000)])
    assert (found.suggested_class, found.suggested_level) == ("relative", "county")
    assert [result.level_label for result in found.classes] == ["市级档案", "市级档案", "县级档案", "县级档案"]


@pytest.mark.parametrize(("spent", "outcome"), [(4500, Outcome.NEAR), (4000, Outcome.DOES_NOT_FIT)])
def test_near_is_the_margin_of_the_pack(spent: int, outcome: Outcome) -> None:
    found = assessed(expenses=[expense("schooling", spent)])
    assert found.outcome is outcome
    assert (found.recheck_on == "2021-11-15") is (outcome is Outcome.NEAR)


# -- income -------------------------------------------------------------------------------------------------------


def per_capita(found: Assessment) -> Fraction | None:
    result = found.class_result("relative")
    assert result is not None
    return result.routes[0].steps[0].value


def test_only_the_named_incomes_count() -> None:
    extra = [{"person": "p2", "kind": kind, "amount": fen(3600)} for kind in ("business", "property", "transfer")]
    silent = [{"person": "p2", "kind": kind, "amount": fen(3600)} for kind in ("subsistence_allowance", "other", "union_aid")]
    assert per_capita(assessed(incomes=[*wage(36000), *silent])) == 1000
    assert per_capita(assessed(incomes=[*wage(36000), *extra])) == 1300
    assert per_capita(assessed({"means.incomes": ["wage", "other"]}, incomes=[*wage(36000), *extra, *silent])) == 1100


def test_income_is_net_of_what_the_pack_names() -> None:
    rows = wage(36000, tax=fen(360), social_insurance=fen(3240))
    assert per_capita(assessed(incomes=rows)) == 900
    assert per_capita(assessed({"means.net_of": ["tax"]}, incomes=rows)) == 990
    assert per_capita(assessed({"means.net_of": []}, incomes=rows)) == 1000


def test_earlier_aid_is_income_or_not() -> None:
    rows = [*wage(36000), {"person": "worker", "kind": "union_aid", "amount": fen(3600)}]
    assert per_capita(assessed(incomes=rows)) == 1000
    assert per_capita(assessed({"means.counts_earlier_aid": True}, incomes=rows)) == 1100


def test_the_year_of_income_is_the_pack_s() -> None:
    assert assessed(year=2021).outcome is Outcome.INCOMPLETE
    assert per_capita(assessed({"means.year": "application_year"}, year=2021)) == 1000


def idle(**more: Any) -> list[Table]:
    people = copy.deepcopy(BASE["people"])
    people[0].update({"occupation": "unemployed", "can_work": True, **more})
    return people


def test_minimum_wage_is_imputed_for_the_able_without_work() -> None:
    incomes = [{"person": "p2", "kind": "wage", "amount": fen(18000)}]
    assert per_capita(assessed(people=idle(), incomes=incomes)) == 1000
    assert per_capita(assessed(people=idle(no_imputed_wage=True), incomes=incomes)) == 500
    assert per_capita(assessed(people=idle(can_work=False), incomes=incomes)) == 500
    assert per_capita(assessed({"means.impute.months": 6}, people=idle(), incomes=incomes)) == 750
    open_question = assessed(people=idle(can_work=None), incomes=incomes)
    assert "people.can_work" in {gap.place for gap in open_question.missing}


@pytest.mark.parametrize(
    ("sex", "born", "counted"),
    [
        ("male", "2003-05-10", True),
        ("male", "2003-05-11", False),
        ("male", "1961-05-11", True),
        ("male", "1961-05-10", False),
        ("female", "1966-05-11", True),
        ("female", "1966-05-10", False),
    ],
)
def test_ages_of_imputed_wages(sex: str, born: str, counted: bool) -> None:
    incomes = [{"person": "p2", "kind": "wage", "amount": fen(18000)}]
    found = assessed(people=idle(sex=sex, birth_on=born), incomes=incomes)
    assert per_capita(found) == (1000 if counted else 500)


def test_an_unknown_age_is_asked() -> None:
    found = assessed(people=idle(birth_on=None), incomes=[])
    assert "people.birth_on" in {gap.place for gap in found.missing}


# -- exclusions ---------------------------------------------------------------------------------------------------

OWN, RENTED = {"ownership": "own"}, {"ownership": "rented"}
CAR = {"kind": "car", "use": "own_regular"}
PUBLIC = {"is_private_school": False, "studies_abroad": False}
PRIVATE = {"person": "p3", "stage": "bachelor", **PUBLIC, "is_private_school": True, "public_fee": fen(10000)}


def offers(*days: str, **more: Any) -> Table:
    people = copy.deepcopy(BASE["people"])
    people[0]["unemployed_on"] = "2020-01-15"
    rows = [{"person": "worker", "offered_on": day, "is_refused": True, "has_good_reason": False, **more} for day in days]
    return {"people": people, "job_offers": rows}


MIGRANT = {"is_migrant_worker": True, "labour_proofs": ["payroll"], "labour_relation_on": "2020-11-10"}
EXCLUSIONS = {
    "two homes": ("homes", {"homes": [OWN, OWN]}, True),
    "one home of two is rented": ("homes", {"homes": [OWN, RENTED]}, False),
    "car in regular use": ("vehicles", {"vehicles": [CAR]}, True),
    "car driven for an employer": ("vehicles", {"vehicles": [{**CAR, "use": "employed"}]}, False),
    "farm machine": ("vehicles", {"vehicles": [{**CAR, "kind": "farm"}]}, False),
    "shop": ("business", {"businesses": [{"kind": "shop"}]}, True),
    "private school at twice the fee": ("costly_schooling", {"students": [{**PRIVATE, "private_fee": fen(20000)}]}, True),
    "private school below": ("costly_schooling", {"students": [{**PRIVATE, "private_fee": fen("19999.99")}]}, False),
    "study abroad": (
        "costly_schooling",
        {"students": [{"person": "p3", "stage": "bachelor", "studies_abroad": True}]},
        True,
    ),
    "three refusals": ("refused_offers", offers("2020-01-15", "2020-06-01", "2021-01-15"), True),
    "the third after the period": ("refused_offers", offers("2020-01-15", "2020-06-01", "2021-01-16"), False),
    "refused with good reason": ("refused_offers", offers("2020-02-01", "2020-03-01", "2020-04-01", has_good_reason=True), False),
    "retiree": ("retiree", {"household": {"is_social_retiree": True}}, True),
    "assets at the line": ("assets", {"assets": [{"kind": "savings", "amount": fen(60000)}]}, False),
    "assets above": (
        "assets",
        {"assets": [{"kind": "savings", "amount": fen(60000)}, {"kind": "investment", "amount": 1}]},
        True,
    ),
    "migrant with proof": ("migrant_without_proof", {"household": MIGRANT}, False),
    "migrant without proof": ("migrant_without_proof", {"household": {**MIGRANT, "labour_proofs": []}}, True),
    "migrant for six months": ("migrant_too_short", {"household": MIGRANT}, False),
    "migrant one day less": ("migrant_too_short", {"household": {**MIGRANT, "labour_relation_on": "2020-11-11"}}, True),
}


@pytest.mark.parametrize(("code", "facts", "applies"), EXCLUSIONS.values(), ids=EXCLUSIONS)
def test_exclusions_with_parameters(code: str, facts: Table, applies: bool) -> None:
    found = assessed(**facts, expenses=ILL)
    assert (code in applying(found)) is applies
    assert ("deep" in fitting(found)) is not applies


@pytest.mark.parametrize("facts", [{"homes": [OWN, OWN]}, {"vehicles": [CAR]}], ids=["homes", "vehicles"])
def test_exclusions_are_lifted_per_class(facts: Table) -> None:
    found = assessed(**facts, expenses=ILL)
    assert fitting(found) == ["relative"]


def test_the_parameters_of_an_exclusion_are_figures() -> None:
    three = {"exclusion.homes.test.0.threshold.count": "3"}
    assert "homes" not in applying(assessed(three, homes=[OWN, OWN], expenses=ILL))
    assert "homes" in applying(assessed(three, homes=[OWN, OWN, OWN], expenses=ILL))


def test_what_was_not_asked_is_no_proof() -> None:
    table = {key: value for key, value in BASE.items() if key != "homes"}
    found = assess(facts_from_json({**table, "expenses": ILL}), PACK, PolicyBook((PACK,)), ON)
    assert "deep" not in fitting(found)
    assert "homes" in {gap.place for gap in found.missing}


def test_a_limit_to_certain_kinds_of_aid() -> None:
    student = {"person": "p3", "stage": "bachelor", "is_full_time": True, "school_region": STUDY, **PUBLIC}
    found = assessed(household={"is_registered_poor": True}, expenses=ILL, students=[student])
    assert found.suggested_class == "deep"
    assert cap(found, "living", label="深度").allowed is False
    assert cap(found, "tuition").amount == 6000


@pytest.mark.parametrize(("more", "warned"), [(2, False), (3, True)])
def test_a_caution_does_not_decide(more: int, warned: bool) -> None:
    people = [*BASE["people"], *({"person": f"q{number}"} for number in range(more))]
    found = assessed(people=people, expenses=ILL)
    assert ("large_household" in applying(found)) is warned
    assert found.suggested_class == "deep"


# -- aid ----------------------------------------------------------------------------------------------------------

STUDENT = {"person": "p3", "stage": "bachelor", "is_full_time": True, "school_region": STUDY, **PUBLIC}
RELATIVE = [expense("schooling", 6000, "p3")]


def test_months_of_the_standard_per_household_times_its_size() -> None:
    assert cap(assessed(expenses=ILL), "living", label="深度").amount == 12 * 700 * 3
    assert cap(assessed(expenses=ILL), "living", label="其他").allowed is False


def test_months_of_last_year_s_standard_per_household() -> None:
    assert cap(assessed(expenses=RELATIVE), "living", label="其他").amount == 6 * 600


def test_months_of_the_standard_per_person() -> None:
    found = assessed(household=DECIDED)
    rows = [row for row in found.caps if row.item == "temporary"]
    assert [(row.person, row.amount) for row in rows] == [("worker", 1400), ("p2", 1400), ("p3", 1400)]


def test_months_of_the_standard_of_the_place_of_study_per_student() -> None:
    generous = {"aid.tuition.cap.1.amounts.0.amount": "9000"}
    assert cap(assessed(generous, expenses=ILL, students=[STUDENT]), "tuition").amount == 8000
    nowhere = cap(assessed(expenses=ILL, students=[{**STUDENT, "school_region": None}]), "tuition")
    assert (nowhere.amount, [gap.place for gap in nowhere.missing]) == (None, ["students.school_region"])
    home = {"aid.tuition.cap.0.region": "home", "aid.tuition.cap.1.amounts.0.amount": "9000"}
    assert cap(assessed(home, expenses=ILL, students=[STUDENT]), "tuition").amount == 7000


@pytest.mark.parametrize(
    ("expenses", "stage", "amount"),
    [
        (ILL, "bachelor", 6000),
        (ILL, "junior_college", 6000),
        (ILL, "senior_high", 3000),
        (RELATIVE, "senior_high", 2000),
        (RELATIVE, "bachelor", 2000),
    ],
)
def test_fixed_amount_by_class_and_stage(expenses: list[Table], stage: str, amount: int) -> None:
    found = assessed(expenses=expenses, students=[{**STUDENT, "stage": stage}])
    assert cap(found, "tuition").amount == amount


def test_only_students_of_the_named_stages_and_kind() -> None:
    assert not [row for row in assessed(expenses=ILL, students=[{**STUDENT, "stage": "primary"}]).caps if row.item == "tuition"]
    part_time = assessed(expenses=ILL, students=[{**STUDENT, "is_full_time": False}])
    assert cap(part_time, "tuition").allowed is False


BRACKETS = [("1000", "0"), ("1000.02", "0.01"), ("20000", "9500"), ("20000.10", "9500.06"), ("24166.66", "11999.996")]


@pytest.mark.parametrize(("cost", "amount"), BRACKETS)
def test_shares_by_bracket(cost: str, amount: str) -> None:
    found = assessed(expenses=[expense("illness", cost, "p2"), expense("disability", 12000)])
    assert cap(found, "medical", "p2").amount == Fraction(amount)


def test_students_that_were_not_asked_for_are_no_proof() -> None:
    table = {key: value for key, value in BASE.items() if key != "students"}
    pack = loaded_from(TEXT, "invented-city", {"exclusion.costly_schooling.classes": ["accidental"]})
    found = assess(facts_from_json({**table, "expenses": ILL}), pack, PolicyBook((pack,)), ON)
    row = cap(found, "tuition")
    assert (row.allowed, row.amount, [gap.place for gap in row.missing]) == (None, None, ["students"])
    assert not [row for row in assessed(expenses=ILL).caps if row.item == "tuition"], "asked, and there are none"


def test_a_refusal_of_everybody_is_told_once() -> None:
    assert [row.person for row in assessed(expenses=RELATIVE).caps if row.item == "temporary"] == [""]


def test_plain_percentage_and_no_repeat_of_aid_had_elsewhere() -> None:
    expenses = [expense("work_cost", 11000)]
    assert cap(assessed(expenses=expenses), "employment").left == 5500
    had = {"item": "employment", "amount": fen(2000), "received_on": "2021-02-01", "giver": "government"}
    again = cap(assessed(expenses=expenses, earlier_aid=[had]), "employment")
    assert (again.amount, again.already, again.left) == (5500, 2000, 3500)
    enough = cap(assessed(expenses=expenses, earlier_aid=[{**had, "amount": fen(6000)}]), "employment")
    assert enough.left == 0
    last_year = cap(assessed(expenses=expenses, earlier_aid=[{**had, "received_on": "2020-12-31"}]), "employment")
    assert last_year.left == 5500


def medical(*given: tuple[str, int]) -> CapResult:
    """What the spouse may still have for a bill of 60 000 元 after what was given this year: whom, how much."""
    rows = [
        {"item": "medical", "person": person, "amount": fen(amount), "received_on": "2021-03-01", "giver": "union"}
        for person, amount in given
    ]
    return cap(assessed(expenses=[expense("illness", 60000, "p2")], earlier_aid=rows), "medical", "p2")


def test_maximum_per_application_person_and_household() -> None:
    assert medical().amount == 12000
    assert medical(("worker", 5000)).left == 12000
    assert medical(("p2", 2000)).left == 12000, "a limit per application does not shrink"
    assert medical(("p2", 4000)).left == 11000, "15 000 per person and year"
    assert medical(("worker", 9000), ("p2", 2000)).left == 9000, "20 000 per household and year"
    assert medical(("worker", 20000)).left == 0


def test_a_limit_per_household_counts_everybody_s_costs() -> None:
    whole = {"aid.medical.cap.3.formula": "actual_cost", "aid.medical.cap.3.costs": ["illness"]}
    bills = [expense("illness", 5000, "p2"), expense("illness", 6000, "worker")]
    steps = cap(assessed(whole, expenses=bills), "medical", "p2").steps
    assert [step.value for step in steps if step.measure in {"share_of_cost", "actual_cost"}] == [2000, 11000]


def test_items_reckoned_apart() -> None:
    found = assessed(expenses=[*ILL, expense("schooling", 4000, "p3")], students=[STUDENT])
    assert cap(found, "tuition").amount == 6000
    assert (cap(found, "study_cost").amount, cap(found, "study_cost").outside_living) == (4000, True)
    assert not cap(found, "medical").outside_living


def test_what_is_enjoyed_already_is_not_given() -> None:
    assert cap(assessed(expenses=ILL), "housing").amount == 3000
    assert cap(assessed(expenses=ILL, household={"has_housing_benefit": True}), "housing").allowed is False
    unknown = cap(assessed(expenses=ILL, household={"has_housing_benefit": None}), "housing")
    assert (unknown.allowed, [gap.place for gap in unknown.missing]) == (None, ["household.has_housing_benefit"])


def test_stacking_or_a_single_item() -> None:
    had = [{"item": "living", "amount": fen(100), "received_on": "2021-01-01", "giver": "union"}]
    bill = [expense("illness", 3000, "p2")]
    assert cap(assessed(expenses=[*ILL, *bill], earlier_aid=had), "medical", "p2").allowed is True
    single = assessed(expenses=[*RELATIVE, *bill], earlier_aid=had)
    assert single.suggested_level == "county"
    assert cap(single, "medical", "p2").allowed is False
    assert cap(single, "living", label="其他").allowed is True
    assert cap(single, "housing").allowed is True, "not among the items of the rule"


def test_earlier_aid_that_was_not_asked_is_no_proof() -> None:
    table = {key: value for key, value in BASE.items() if key != "earlier_aid"}
    found = assess(facts_from_json({**table, "expenses": [*RELATIVE, expense("work_cost", 100)]}), PACK, PolicyBook((PACK,)), ON)
    for item in ("employment", "living"):
        row = cap(found, item, label="其他" if item == "living" else "")
        assert (row.allowed, row.left, [gap.place for gap in row.missing]) == (None, None, ["earlier_aid"]), item
    housing = cap(found, "housing")
    assert (housing.allowed, housing.amount, housing.left) == (True, 3000, None)


def test_who_must_approve_above_which_amount() -> None:
    three = cap(assessed(expenses=ILL), "living", label="深度")
    assert "超过 20000 元的须经县总工会批准" in three.approval
    assert "市总工会" not in three.approval
    people = [*BASE["people"], {"person": "p4"}]
    four = cap(assessed(people=people, incomes=wage(30000)), "living", label="深度")
    assert four.amount == 33600
    assert "超过 30000 元的须经市总工会批准" in four.approval
    assert cap(assessed(expenses=[*ILL, expense("illness", 1200, "p2")]), "medical", "p2").approval == ""


def test_a_ceiling_over_several_items_together() -> None:
    people = [*BASE["people"], {"person": "p4"}, {"person": "p5"}]
    many = cap(assessed(people=people), "living", label="深度")
    assert (many.amount, many.reason) == (40000, "每户全年合计最高")
    had = [{"item": "medical", "amount": fen(20000), "received_on": "2021-03-01", "giver": "union"}]
    found = assessed(expenses=[*ILL, expense("work_cost", 100)], earlier_aid=had)
    assert (cap(found, "living", label="深度").amount, cap(found, "living", label="深度").left) == (25200, 20000)
    assert cap(found, "employment").left == 50, "not among the items"
    assert cap(assessed(earlier_aid=had), "donation").amount == 1000, "a ceiling of another class"
    unset = {"aid.medical.cap.2.amounts.0.amount": "unset", "aid.medical.cap.2.question": "每人每年最高多少元？"}
    assert cap(assessed(unset, expenses=[*ILL, expense("illness", 3000, "p2")]), "medical", "p2").amount is None


def test_order_of_several_aids() -> None:
    found = assessed(expenses=[*ILL, expense("illness", 3000, "p2")], students=[STUDENT])
    assert list(dict.fromkeys(row.item for row in found.caps))[:4] == ["medical", "living", "tuition", "study_cost"]


def test_aid_only_for_those_who_cannot_be_filed() -> None:
    assert cap(assessed(), "donation").amount == 1000
    assert cap(assessed(), "medical").allowed is False
    assert cap(assessed(expenses=ILL), "donation").allowed is False
    alone = assessed(people=BASE["people"][:1], incomes=wage(36000))
    assert cap(alone, "donation").allowed is False, "needs two people"


# -- procedure ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "code", "day", "is_open"),
    [
        ("adjust", "relative", "2021-03-31", False),
        ("adjust", "relative", "2021-04-01", True),
        ("adjust", "relative", "2021-06-30", True),
        ("adjust", "relative", "2021-07-01", False),
        ("adjust", "deep", "2021-05-01", False),
        ("exit", "relative", "2021-05-01", False),
        ("exit", "deep", "2021-11-14", False),
        ("exit", "deep", "2021-11-15", True),
        ("exit", "deep", "2022-01-15", True),
        ("exit", "deep", "2022-01-16", False),
        ("create", "deep", "2021-08-01", True),
    ],
)
def test_windows(action: str, code: str, day: str, is_open: bool) -> None:
    assert window_answer(PACK.pack, action, code, None, date.fromisoformat(day)).open is is_open


@pytest.mark.parametrize(
    ("code", "student", "last"),
    [
        ("tuition_new", "new", date(2021, 9, 10)),
        ("tuition_continuing", "continuing", date(2021, 7, 15)),
        ("first_report", "", date(2021, 3, 31)),
    ],
)
def test_deadlines_per_student_kind(code: str, student: str, last: date) -> None:
    deadline = next(item for item in PACK.pack.deadline if item.code == code)
    assert deadline.student == student
    assert due_on(deadline, 2021) == last
    assert [is_late(deadline, last.replace(day=last.day + shift)) for shift in (-1, 0)] == [False, False]
    assert is_late(deadline, date.fromordinal(last.toordinal() + 1))


def test_notice_quota_period_and_papers() -> None:
    pack = PACK.pack
    assert pack.notice is not None
    assert (pack.notice.days, pack.notice.day_kind, pack.notice.photo) == (7, "calendar", True)
    assert [(quota.limit, quota.per) for quota in pack.quota] == [(30, "每个乡镇（街道）工会")]
    assert [period.months for period in pack.period] == [6]
    papers = {case.case: [line.any_of for line in case.papers] for case in pack.evidence}
    assert papers["migrant"] == [("labour_contract", "payroll", "social_insurance_proof")]
    assert papers["illness"] == [("diagnosis",), ("medical_invoice", "insurance_settlement")]


def test_every_measure_and_formula_of_the_vocabulary_is_used() -> None:
    assert set(get_args(Measure)) == {test.measure for test in criteria(PACK.pack)}
    formulas = {cap.formula for item in PACK.pack.aid for cap in item.cap}
    assert formulas == set(get_args(Cap.model_fields["formula"].annotation))


def criteria(part: Any) -> Iterator[Criterion]:
    """Every criterion anywhere in a part."""
    if isinstance(part, Criterion):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from criteria(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from criteria(item)


def test_operators_of_both_kinds_are_mixed() -> None:
    tests = [test for item in PACK.pack.hardship_class for route in item.route for test in route.test]
    assert {test.op for test in tests if test.measure == "per_capita_income"} == {"<", "<="}
