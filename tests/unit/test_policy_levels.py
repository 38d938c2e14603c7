"""A lower archive level is no answer while a higher one is undecided, and lower levels raise no questions."""

from datetime import date
from typing import Any

from policy_case_files import book_with, load_pack, policy_cases

from db.domain.policy.assessment import Assessment, Outcome
from db.domain.policy.eligibility import assess
from db.domain.policy.explanation import explain
from db.domain.policy.facts import facts_from_json

_BASE = next(case for case in policy_cases("case") if case.policy == "qianshan-2020").bases["three"]


def assessed(**changes: Any) -> Assessment:
    """A household of three in 潜山 with 40 000 yuan a year: 市总级, as long as it was not poorer for six months."""
    facts = {**_BASE, "incomes": [{"person": "worker", "kind": "wage", "amount": 4_000_000}], **changes}
    loaded = load_pack("qianshan-2020")
    known = {key: value for key, value in facts.items() if value is not None}
    return assess(facts_from_json(known), loaded, book_with(loaded), date(2020, 8, 1))


def test_lower_level__waits_for_the_higher_one() -> None:
    found = assessed(monthly_incomes=None)
    assert (found.outcome, found.suggested_class) == (Outcome.INCOMPLETE, None)
    assert [gap.place for gap in found.missing] == ["monthly_incomes"]
    result = explain(found)[0]
    assert result.sentences[1].text.startswith("已经符合：低保边缘户（市总级）。更高的档案级别")


def test_highest_level__asks_nothing_about_the_lower_ones() -> None:
    """A severe disaster above three times the standard: 全总级 stands, the committee is not asked for."""
    found = assessed(
        incomes=[{"person": "worker", "kind": "wage", "amount": 7_000_000}],
        expenses=[{"kind": "disaster", "total": 7_000_000}],
        events=[{"kind": "disaster", "happened_on": "2020-02-10", "is_severe": True}],
    )
    assert (found.suggested_level, found.missing) == ("national", ())
    assert [item.fits for item in found.classes if item.level != "national"] == [False, None, False, None]
