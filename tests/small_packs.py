"""Small invented packs and households, built as plain tables: each test says only what it is about."""

from datetime import date
from typing import Any

import tomlkit

from db.domain.policy.assessment import Assessment, CapResult, Step
from db.domain.policy.book import LoadedPack, PolicyBook, load_pack
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import facts_from_json
from db.domain.policy.reading import read_standards

Table = dict[str, Any]

ON = date(2021, 6, 15)
REGION = "340882"
CITED = {"source": "notice", "clause": "第一条"}
STANDARD = {"standard": "subsistence", "times": "1"}
LEDGERS = ("incomes", "monthly_incomes", "expenses", "homes", "vehicles", "businesses", "assets", "students",
           "job_offers", "events", "earlier_aid")  # fmt: skip

_TABLE = """
format = 1
topic = "subsistence"
label = "低保标准"
unit = "yuan_per_person_month"
[[source]]
id = "bureau"
title = "低保标准通知"
issuer = "云溪市民政局"
checked_on = 2020-12-01
"""
_VALUE = """
[[value]]
regions = ["{region}"]
area = "{area}"
begins = {begins}
{ends}
amount = "{amount}"
source = "bureau"
clause = "第一条"
"""


def table_of(*values: Table) -> str:
    """A table of standards; each value may name region, area, begins, ends and amount."""
    given = {"region": REGION, "area": "any", "begins": "2015-01-01", "ends": "", "amount": "600"}
    entries = [{**given, **value} for value in values]
    for entry in entries:
        entry["ends"] = f"ends = {entry['ends']}" if entry["ends"] else ""
    return _TABLE + "".join(_VALUE.format(**entry) for entry in entries)


def book(*values: Table, packs: tuple[LoadedPack, ...] = ()) -> PolicyBook:
    """A book with these standards: 600 元 a month unless told otherwise."""
    return PolicyBook(packs, (read_standards(table_of(*(values or ({},))), "standards.toml"),))


def criterion(measure: str, op: str = "", threshold: Table | None = None, **more: Any) -> Table:
    """A test of a pack."""
    compared = {"op": op} if op else {}
    return {"measure": measure, **compared, **({"threshold": threshold} if threshold else {}), **more, **CITED}


def hardship_class(code: str, *routes: list[Table], **more: Any) -> Table:
    """A class with these ways in."""
    return {"code": code, "label": f"类别{code}", **CITED, **more, "route": [{"test": tests} for tests in routes]}


def pack(*classes: Table, file: str = "small.toml", **parts: Any) -> LoadedPack:
    """A pack with these classes and parts; income is that of the year before, net of tax and insurance."""
    document = {
        "format": 1,
        "id": "small",
        "title": "小政策",
        "version": "1",
        "begins": date(2010, 1, 1),
        "means": {"incomes": ["wage", "business", "property", "transfer"], "year": "previous_calendar_year", **CITED},
        "source": [{"id": "notice", "title": "通知", "issuer": "总工会", "checked_on": date(2020, 12, 1)}],
        "class": list(classes),
        **parts,
    }
    return load_pack(tomlkit.dumps(document), file)


def household(size: int = 1, **changes: Any) -> Table:
    """A facts file of *size* people who own nothing and earn nothing; *changes* replace ledgers, None: not asked."""
    people = [{"person": "worker", "name": "方志远"}, *({"person": f"p{at}"} for at in range(2, size + 1))]
    facts: Table = {"year": ON.year - 1, "household": {"region": REGION, "area": "urban"}, "people": people}
    facts |= {key: [] for key in LEDGERS}
    facts["household"] = {**facts["household"], **changes.pop("household", {})}
    facts |= changes
    return {key: value for key, value in facts.items() if value is not None}


def wage(fen: int, person: str = "worker", **more: Any) -> Table:
    """A year's wage."""
    return {"person": person, "kind": "wage", "amount": fen, **more}


def expense(fen: int, kind: str = "illness", **more: Any) -> Table:
    """A bill of the year."""
    return {"kind": kind, "total": fen, **more}


def judge(loaded: LoadedPack, facts: Table, on: date = ON, known: PolicyBook | None = None) -> Assessment:
    """The assessment of a facts file."""
    return assess(facts_from_json(facts), loaded, known or book(), on)


def step_of(test: Table, facts: Table, on: date = ON, known: PolicyBook | None = None) -> Step:
    """What one criterion says of a household."""
    (route,) = judge(pack(hardship_class("a", [test])), facts, on, known).classes[0].routes
    return route.steps[0]


def cap_of(aid: Table, facts: Table, on: date = ON, known: PolicyBook | None = None, **parts: Any) -> CapResult:
    """The limit of one aid item for a household whose class always fits."""
    everybody = hardship_class("a", [criterion("household_size", ">=", {"count": "1"})])
    (result,) = judge(pack(everybody, aid=[aid], **parts), facts, on, known).caps
    return result


def aid_item(*caps: Table, item: str = "living", **more: Any) -> Table:
    """An aid item with these limits."""
    return {"item": item, "label": "生活救助", **CITED, **more, "cap": [{"per": "household", **CITED, **cap} for cap in caps]}
