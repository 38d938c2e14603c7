"""What must hold whatever the household: nothing is decided by a fact that nobody asked for, and order never matters."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_city import BASE, EMPTY, FLAGS, ON, PACK, STUDY
from policy_case_files import Table

from db.domain.policy.assessment import Assessment
from db.domain.policy.book import PolicyBook
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import facts_from_json

LEDGERS = (*EMPTY, "incomes", "monthly_incomes")
PEOPLE = ("worker", "p2", "p3")
money = st.integers(0, 90_000_00)
days = st.dates(min_value=ON.replace(year=2019), max_value=ON).map(str)
MONTHS = [f"2020-{month:02d}-01" for month in range(7, 13)] + [f"2021-{month:02d}-01" for month in range(1, 5)]
person = st.sampled_from(PEOPLE)


def rows(most: int = 2, **fields: Any) -> st.SearchStrategy[list[Table]]:
    return st.lists(st.fixed_dictionaries(fields), max_size=most)


household_flags = st.fixed_dictionaries({flag: st.booleans() for flag in FLAGS})
ledgers = st.fixed_dictionaries(
    {
        "incomes": rows(3, person=person, kind=st.sampled_from(["wage", "business", "union_aid"]), amount=money),
        "expenses": rows(
            3,
            person=person,
            kind=st.sampled_from(["illness", "schooling", "accident", "work_cost"]),
            total=money,
        ),
        "homes": rows(3, ownership=st.sampled_from(["own", "rented"])),
        "vehicles": rows(1, kind=st.sampled_from(["car", "farm"]), use=st.sampled_from(["own_regular", "employed"])),
        "businesses": rows(1, kind=st.just("shop")),
        "assets": rows(kind=st.sampled_from(["savings", "investment"]), amount=money),
        "students": rows(1, person=st.just("p3"), stage=st.just("bachelor"), school_region=st.just(STUDY)),
        "job_offers": rows(1, person=st.just("worker"), offered_on=days, is_refused=st.booleans()),
        "events": rows(kind=st.sampled_from(["accident", "disaster"]), happened_on=days, is_severe=st.booleans()),
        "earlier_aid": rows(
            item=st.sampled_from(["living", "medical"]), person=person, amount=money, received_on=days, giver=st.just("union")
        ),
        "monthly_incomes": st.lists(
            st.fixed_dictionaries({"month": st.sampled_from(MONTHS), "amount": st.integers(0, 3000_00)}),
            max_size=8,
            unique_by=lambda row: row["month"],
        ),
    }
)
causes = st.sampled_from(["laid_off", "schooling", "accident"])


@st.composite
def households(draw: st.DrawFn) -> Table:
    table = copy.deepcopy(BASE)
    table.update(draw(ledgers))
    table["household"].update(draw(household_flags), main_hardship_cause=draw(causes), labour_proofs=[])
    table["people"][0]["unemployed_on"] = "2020-01-15"
    if draw(st.booleans()):
        table["household"].update(committee_decided_on="2021-05-01", committee_note="同意")
    return table


def assessed(table: Table) -> Assessment:
    return assess(facts_from_json(table), PACK, PolicyBook((PACK,)), ON)


quick = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@quick
@given(table=households(), forgotten=st.sets(st.sampled_from([*LEDGERS, *FLAGS]), min_size=1, max_size=3))
def test_what_is_decided_without_asking_stands_whatever_the_answer(table: Table, forgotten: set[str]) -> None:
    known = assessed(table)
    flags = {key: value for key, value in table["household"].items() if key not in forgotten}
    less = {key: value for key, value in table.items() if key not in forgotten}
    partial = assessed({**less, "household": flags})
    for one, other in zip(partial.classes, known.classes, strict=True):
        assert one.fits in {None, other.fits}, one.code
    for one, other in zip(partial.exclusions, known.exclusions, strict=True):
        assert one.applies in {None, other.applies}, one.code
    if partial.suggested_class is not None:
        open_still = {result.code for result in partial.classes if result.fits is None}
        assert known.suggested_class in {partial.suggested_class, *open_still}
        assert known.suggested_level == partial.suggested_level
        if known.suggested_class == partial.suggested_class:
            _caps_stand(partial, known)
    if None in {result.fits for result in partial.classes} and partial.suggested_class is None:
        assert partial.missing


def _caps_stand(partial: Assessment, known: Assessment) -> None:
    later = {(cap.item, cap.label, cap.person): cap for cap in known.caps}
    for cap in partial.caps:
        sure = later.get((cap.item, cap.label, cap.person))
        if sure is not None:
            assert cap.allowed in {None, sure.allowed}, cap.item
            if cap.allowed:
                assert cap.amount in {None, sure.amount}, cap.item
                assert cap.left in {None, sure.left}, cap.item


@quick
@given(table=households(), shuffle=st.randoms(use_true_random=False))
def test_order_and_splitting_of_rows_never_matter(table: Table, shuffle: Any) -> None:
    other = copy.deepcopy(table)
    for ledger in LEDGERS:
        shuffle.shuffle(other[ledger])
    halves = [{**row, "total": part} for row in other["expenses"] for part in (row["total"] // 3, row["total"] - row["total"] // 3)]
    assert _answers(assessed({**other, "expenses": halves})) == _answers(assessed(table))


def _answers(found: Assessment) -> Any:
    classes = [(result.code, result.fits, result.distance) for result in found.classes]
    caps = sorted((cap.item, cap.label, cap.person, str(cap.allowed), str(cap.amount), str(cap.left)) for cap in found.caps)
    return classes, caps, found.outcome, found.suggested_class


@quick
@given(table=households(), more=st.integers(1, 50_000_00), what=st.sampled_from(["wage", "homes", "savings"]))
def test_nobody_becomes_needy_by_having_more(table: Table, more: int, what: str) -> None:
    richer = copy.deepcopy(table)
    if what == "wage":
        richer["incomes"].append({"person": "worker", "kind": "wage", "amount": more})
    elif what == "homes":
        richer["homes"].append({"ownership": "own"})
    else:
        richer["assets"].append({"kind": "savings", "amount": more})
    for one, other in zip(assessed(table).classes, assessed(richer).classes, strict=True):
        assert one.fits or not other.fits, one.code


@quick
@given(table=households())
def test_a_stored_assessment_comes_back_the_same(table: Table) -> None:
    found = assessed(table)
    assert Assessment.from_json(found.to_json()) == found


@quick
@given(table=households())
def test_limits_are_never_exceeded(table: Table) -> None:
    for cap in assessed(table).caps:
        if cap.amount is not None and cap.left is not None:
            assert 0 <= cap.left <= cap.amount
        if cap.allowed is False:
            assert cap.amount is None
            assert cap.reason


@pytest.mark.parametrize("ledger", ["incomes", "expenses"])
def test_a_household_of_nobody_or_less_than_nothing_is_refused(ledger: str) -> None:
    from db.errors import UserError

    field = "amount" if ledger == "incomes" else "total"
    row = {"person": "worker", "kind": "wage" if ledger == "incomes" else "illness", field: -1}
    with pytest.raises(UserError):
        assessed({**BASE, ledger: [row]})
    with pytest.raises(UserError):
        assessed({**BASE, "people": []})
