"""Assessing households: the pack of 潜山 against the same rules written straight in Python with Fraction."""

import random
import time
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from bench_workshop import Figure, Workshop, in_turn, milliseconds

from db.domain.policy.book import LoadedPack, PolicyBook, packaged_book
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import HouseholdFacts, facts_from_json

HOUSEHOLDS = 10_000
ON = date(2020, 6, 1)
STANDARD = Fraction(585)
CAUSE = {"illness", "schooling", "disability", "single_parent", "long_term_care", "other_special"}
ACCIDENTAL = {"accident", "disaster"}


def assess_households(workshop: Workshop) -> Figure:
    """Ten thousand invented households, each with its ledgers; and the growth from a tenth of them."""
    book = packaged_book()
    loaded = book.pack("qianshan-2020")
    assert loaded is not None
    plain = households(HOUSEHOLDS)
    _same_answers(plain[:500], loaded, book)

    def ours(number: int) -> float:
        facts = fresh(plain)
        return milliseconds(_assess_all, facts, loaded, book)

    def floor(number: int) -> float:
        return milliseconds(_straight_all, plain)

    floor_ms, ours_ms = in_turn(3, floor, ours)
    few = fresh(plain[: HOUSEHOLDS // 10])
    tenth = _timed(lambda: _assess_all(few, loaded, book))
    notes = {
        "microseconds_per_household": round(ours_ms * 1000 / HOUSEHOLDS, 1),
        "per_household_at_a_tenth": round(tenth * 1e6 / (HOUSEHOLDS // 10), 1),
    }
    return Figure(
        what=f"assessment of {HOUSEHOLDS} households with every step, citation and limit of aid",
        floor="the same pack's rules written straight in Python with Fraction",
        at_most=10.0,
        floor_ms=floor_ms,
        ours_ms=ours_ms,
        rounds=3,
        notes=notes,
    )


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def fresh(plain: list[dict[str, Any]]) -> list[HouseholdFacts]:
    """Facts without remembered sums, so that no round profits from the one before."""
    return [facts_from_json(household) for household in plain]


def _assess_all(facts: list[HouseholdFacts], loaded: LoadedPack, book: PolicyBook) -> None:
    for household in facts:
        assess(household, loaded, book, ON)


def _straight_all(plain: list[dict[str, Any]]) -> None:
    for household in plain:
        straight(household)


def _same_answers(plain: list[dict[str, Any]], loaded: LoadedPack, book: PolicyBook) -> None:
    for household in plain:
        found = assess(facts_from_json(household), loaded, book, ON)
        if found.suggested_class != straight(household):
            raise AssertionError(f"the floor computes something else: {found.suggested_class}, {straight(household)}")


# -- the households -----------------------------------------------------------------------------------------------


def households(count: int) -> list[dict[str, Any]]:
    """Invented households in the layout of a facts file, the same every time."""
    rng = random.Random(20200601)
    return [_household(rng) for _ in range(count)]


def _household(rng: random.Random) -> dict[str, Any]:
    people = ["worker", *(f"p{number}" for number in range(rng.randint(0, 5)))]
    return {
        "year": 2019,
        "household": {
            "region": "340882",
            "area": "urban",
            "receives_subsistence_allowance": rng.random() < 0.3,
            "is_on_file": False,
            "is_registered_poor": rng.random() < 0.1,
            "is_migrant_worker": rng.random() < 0.2,
            "labour_proofs": rng.sample(["labour_contract", "payroll"], rng.randint(0, 2)),
            "is_social_retiree": rng.random() < 0.05,
            "other_exclusion": False,
            "main_hardship_cause": rng.choice(["major_illness", "schooling", "accident"]),
        },
        "people": [{"person": person, "can_work": True, "unemployed_on": "2019-03-01"} for person in people],
        "incomes": [_income(rng, person) for person in people],
        "expenses": [_expense(rng) for _ in range(rng.randint(0, 6))],
        "monthly_incomes": [],
        "homes": [{"ownership": "own"} for _ in range(rng.randint(0, 2))],
        "vehicles": [{"kind": "car", "use": "own_regular"} for _ in range(int(rng.random() < 0.1))],
        "businesses": [],
        "assets": [{"kind": "savings", "amount": rng.randint(0, 5_000_000)}],
        "students": [],
        "job_offers": [],
        "events": [{"kind": "accident", "happened_on": "2019-08-01", "is_severe": rng.random() < 0.5}],
        "earlier_aid": [],
    }


def _income(rng: random.Random, person: str) -> dict[str, Any]:
    kind = rng.choice(["wage", "business", "property", "transfer"])
    return {"person": person, "kind": kind, "amount": rng.randint(0, 4_000_000), "tax": 0, "social_insurance": 150_000}


def _expense(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(["illness", "schooling", "accident", "disability", "daily_living"])
    total = rng.randint(10_000, 6_000_000)
    return {"kind": kind, "total": total, "reimbursed": total // 4}


# -- the floor ----------------------------------------------------------------------------------------------------


def straight(facts: dict[str, Any]) -> str | None:
    """The class under the pack of 潜山, with nothing but the arithmetic and the comparisons."""
    size = len(facts["people"])
    income = Fraction(sum(row["amount"] - row["tax"] - row["social_insurance"] for row in facts["incomes"]), 100)
    cause = Fraction(_borne(facts, CAUSE), 100)
    accidental = Fraction(_borne(facts, ACCIDENTAL), 100)
    monthly = income / size / 12
    after_cause = (income - cause) / size / 12
    main = facts["household"]["main_hardship_cause"]
    excluded = _excluded(facts)
    national = [] if excluded else _national(facts, income, accidental, monthly, after_cause)
    if national:
        return _preferred(national, "accident", main)
    after_both = (income - cause - accidental) / size / 12
    for level, times in (("provincial", Fraction("1.5")), ("municipal", Fraction(2))):
        if monthly > STANDARD * 3 or _missing_proof(facts) or (level == "provincial" and excluded):
            continue
        lower = [f"{level}_near"] if after_cause <= STANDARD * times else []
        if accidental > 0 and after_both <= STANDARD * times:
            lower.append(f"{level}_accident")
        if lower:
            return _preferred(lower, f"{level}_accident", main)
    return None


def _national(
    facts: dict[str, Any], income: Fraction, accidental: Fraction, monthly: Fraction, after_cause: Fraction
) -> list[str]:
    size = len(facts["people"])
    after_accident = (income - accidental) / size / 12
    assets = Fraction(sum(row["amount"] for row in facts["assets"]), 100)
    with_assets = (income + assets - accidental) / size / 12
    fitting = []
    if facts["household"]["receives_subsistence_allowance"] and monthly <= STANDARD:
        fitting.append("subsistence")
    if monthly <= STANDARD * Fraction("1.5") and after_cause <= STANDARD:
        fitting.append("near_subsistence")
    if accidental > 0 and monthly <= STANDARD * 3 and after_accident <= STANDARD:
        fitting.append("accident")
    if monthly > STANDARD * 3 and any(row["is_severe"] for row in facts["events"]) and with_assets <= STANDARD:
        fitting.append("other_cause")
    return fitting


def _preferred(fitting: list[str], of_accident: str, main: str) -> str:
    """The class of the main cause before the others; 低保户 stays first."""
    if fitting[0] == "subsistence" or of_accident not in fitting or main not in {"major_illness", "accident"}:
        return fitting[0]
    return of_accident


def _borne(facts: dict[str, Any], kinds: set[str]) -> int:
    return sum(row["total"] - row["reimbursed"] for row in facts["expenses"] if row["kind"] in kinds)


def _missing_proof(facts: dict[str, Any]) -> bool:
    household = facts["household"]
    return bool(household["is_migrant_worker"]) and not household["labour_proofs"]


def _excluded(facts: dict[str, Any]) -> bool:
    household = facts["household"]
    return (
        len(facts["homes"]) >= 2
        or bool(facts["businesses"])
        or any(row["use"] == "own_regular" for row in facts["vehicles"])
        or bool(facts["students"])
        or bool(facts["job_offers"])
        or household["is_social_retiree"]
        or household["other_exclusion"]
        or _missing_proof(facts)
    )
