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
Answer = tuple[str | None, list[str], list[str], list[str]]
"""Class, all that fit, exclusions and cautions that apply."""


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
        ours: Answer = (
            found.suggested_class,
            [item.code for item in found.classes if item.fits],
            [item.code for item in found.exclusions if item.applies],
            [item.code for item in found.cautions if item.applies],
        )
        if ours != straight(household):
            raise AssertionError(f"the floor computes something else: {ours}, {straight(household)}")


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
            "committee_decided_on": "2020-05-20",
            "committee_note": "同意",
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


def straight(facts: dict[str, Any]) -> Answer:
    """The pack of 潜山 with nothing but arithmetic and comparisons: the class, all that fit, exclusions, cautions."""
    means = _means(facts)
    excluded = _exclusions(facts, means)
    fitting = _fitting(facts, means, excluded)
    suggested = _suggested(fitting, facts["household"]["main_hardship_cause"])
    return suggested, fitting, excluded, _cautions(facts, means, suggested)


def _means(facts: dict[str, Any]) -> dict[str, Fraction]:
    size = len(facts["people"])
    income = Fraction(sum(row["amount"] - row["tax"] - row["social_insurance"] for row in facts["incomes"]), 100)
    cause = Fraction(_borne(facts, CAUSE), 100)
    accidental = Fraction(_borne(facts, ACCIDENTAL), 100)
    assets = Fraction(sum(row["amount"] for row in facts["assets"]), 100)
    return {
        "accidental": accidental,
        "monthly": income / size / 12,
        "after_cause": (income - cause) / size / 12,
        "after_accident": (income - accidental) / size / 12,
        "after_both": (income - cause - accidental) / size / 12,
        "national_assets": (income + assets - accidental) / size / 12,
        "lower_assets": (income + assets - cause - accidental) / size / 12,
    }


def _borne(facts: dict[str, Any], kinds: set[str]) -> int:
    return sum(row["total"] - row["reimbursed"] for row in facts["expenses"] if row["kind"] in kinds)


def _exclusions(facts: dict[str, Any], means: dict[str, Fraction]) -> list[str]:
    household = facts["household"]
    migrant = household["is_migrant_worker"]
    answers = {
        "above_three_times": means["monthly"] > STANDARD * 3 and not household["committee_note"],
        "migrant_without_proof": migrant and not household["labour_proofs"],
        "registered_poor_migrant": migrant and household["is_registered_poor"],
        "homes": sum(row["ownership"] == "own" for row in facts["homes"]) >= 2,
        "business": bool(facts["businesses"]),
        "vehicle": any(row["use"] == "own_regular" for row in facts["vehicles"]),
        "costly_schooling": any(row["is_private_school"] or row["studies_abroad"] for row in facts["students"]),
        "refused_offers": sum(row["is_refused"] for row in facts["job_offers"]) >= 3,
        "social_retiree": household["is_social_retiree"],
        "committee_exclusion": household["other_exclusion"],
    }
    return [code for code, applies in answers.items() if applies]


def _fitting(facts: dict[str, Any], means: dict[str, Fraction], excluded: list[str]) -> list[str]:
    monthly, accidental = means["monthly"], means["accidental"]
    severe = any(row["is_severe"] for row in facts["events"])
    relief = facts["household"]["receives_subsistence_allowance"]
    national = {
        "subsistence": relief and monthly <= STANDARD,
        "near_subsistence": monthly <= STANDARD * Fraction("1.5") and means["after_cause"] <= STANDARD,
        "accident": accidental > 0 and monthly <= STANDARD * 3 and means["after_accident"] <= STANDARD,
        "other_cause": monthly > STANDARD * 3 and severe and means["national_assets"] <= STANDARD,
    }
    upper = [code for code in excluded if code not in {"registered_poor_migrant", "above_three_times"}]
    fitting = [] if upper else [code for code, holds in national.items() if holds]
    for level, times in (("provincial", Fraction("1.5")), ("municipal", Fraction(2))):
        blocked = upper if level == "provincial" else "migrant_without_proof" in excluded
        if blocked or "above_three_times" in excluded:
            continue
        if means["after_cause"] <= STANDARD * times:
            fitting.append(f"{level}_near")
        if accidental > 0 and means["after_both"] <= STANDARD * times:
            fitting.append(f"{level}_accident")
    return fitting


_BY_CAUSE = {"subsistence", "accident", "provincial_accident", "municipal_accident"}


def _suggested(fitting: list[str], main: str) -> str | None:
    """The first of the highest level; the classes of the main cause go before the others."""
    if not fitting:
        return None
    peers = [code for code in fitting if _level(code) == _level(fitting[0])]
    if main in {"major_illness", "accident"}:
        return next((code for code in peers if code in _BY_CAUSE), peers[0])
    return peers[0]


def _level(code: str) -> str:
    return code[:9] if code.startswith(("provincial", "municipal")) else "national"


def _cautions(facts: dict[str, Any], means: dict[str, Fraction], suggested: str | None) -> list[str]:
    if suggested is None:
        return []
    found = []
    for level, times in (("provincial", Fraction("1.5")), ("municipal", Fraction(2))):
        if suggested.startswith(level) and means["monthly"] > STANDARD * 3 and means["lower_assets"] > STANDARD * times:
            found.append(f"assets_{level}")
    if suggested.startswith("municipal"):
        found.append("municipal_guideline")
        if facts["household"]["is_social_retiree"]:
            found.append("municipal_retiree")
    if any(row["kind"] in {"subsistence_allowance", "union_aid", "other"} for row in facts["incomes"]):
        found.append("uncounted_income")
    if not facts["household"]["receives_subsistence_allowance"] and means["monthly"] <= STANDARD:
        found.append("subsistence_referral")
    return found
