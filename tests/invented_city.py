"""A household and the pack of a city that does not exist, for the tests of what a pack can say.

Amounts are in 元 here and turned into 分.
"""

import copy
from datetime import date
from decimal import Decimal
from typing import Any

from policy_case_files import TESTS, Table, loaded_from

from db.domain.policy.assessment import Assessment, CapResult
from db.domain.policy.book import PolicyBook
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import facts_from_json

TEXT = (TESTS / "fixtures" / "policy" / "invented-city.toml").read_text("utf-8")
HOME, STUDY = "130181", "130102"
ON = date(2021, 5, 10)
PACK = loaded_from(TEXT, "invented-city")


def fen(yuan: str | int) -> int:
    return int(Decimal(yuan) * 100)


def standard(topic: str, amount: str | int, region: str = HOME, begins: str = "2021-01-01") -> Table:
    return {"topic": topic, "region": region, "area": "urban", "begins": begins, "amount": fen(amount)}


STANDARDS = [
    standard("subsistence", 600, begins="2020-01-01"),
    standard("subsistence", 700),
    standard("subsistence", 800, STUDY),
    standard("minimum_wage", 1500, begins="2020-01-01"),
    standard("public_rental", 3000),
]
EMPTY = ("expenses", "homes", "vehicles", "businesses", "assets", "students", "job_offers", "events", "earlier_aid")
FLAGS = ("is_social_retiree", "is_migrant_worker", "is_registered_poor", "is_on_file", "has_housing_benefit")
# two able adults with wages of 36 000 元 together, one child: 1 000 元 a month for each of the three
BASE: Table = {
    "year": 2020,
    "household": {"region": HOME, "area": "urban", "main_hardship_cause": "other", **dict.fromkeys(FLAGS, False)},
    "people": [
        {"person": "worker", "name": "岑望舒", "sex": "male", "birth_on": "1980-03-01", "occupation": "on_post"},
        {"person": "p2", "name": "梁素问", "sex": "female", "birth_on": "1982-03-01", "occupation": "on_post"},
        {"person": "p3", "name": "岑小砚", "sex": "female", "birth_on": "2002-03-01", "occupation": "college"},
    ],
    "incomes": [{"person": "worker", "kind": "wage", "amount": fen(20000)}, {"person": "p2", "kind": "wage", "amount": fen(16000)}],
    "monthly_incomes": [],
    "standards": STANDARDS,
    **{ledger: [] for ledger in EMPTY},
}


def wage(yuan: str | int, **more: Any) -> list[Table]:
    """The year's wages of the household, all earned by the worker."""
    return [{"person": "worker", "kind": "wage", "amount": fen(yuan), **more}]


def expense(kind: str, total: str | int, person: str = "worker", **parts: str | int) -> Table:
    return {"kind": kind, "person": person, "total": fen(total), **{key: fen(amount) for key, amount in parts.items()}}


def assessed(changes: Table | None = None, on: date = ON, **facts: Any) -> Assessment:
    """The base household with other *facts*, under the pack with *changes*."""
    table = copy.deepcopy(BASE)
    table["household"].update(facts.pop("household", {}))
    table.update(facts)
    loaded = loaded_from(TEXT, "invented-city", changes) if changes else PACK
    return assess(facts_from_json(table), loaded, PolicyBook((loaded,)), on)


def fitting(found: Assessment) -> list[str]:
    return [result.code for result in found.classes if result.fits]


def routes(found: Assessment, code: str) -> list[bool | None]:
    result = found.class_result(code)
    assert result is not None
    return [route.passed for route in result.routes]


def applying(found: Assessment) -> set[str]:
    return {part.code for part in (*found.exclusions, *found.gates, *found.cautions) if part.applies}


def cap(found: Assessment, item: str, person: str = "", label: str = "") -> CapResult:
    rows = [row for row in found.caps if row.item == item and label in row.label and (not person or row.person == person)]
    assert len(rows) == 1, [(row.item, row.person, row.label) for row in found.caps]
    return rows[0]
