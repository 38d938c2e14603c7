"""What is kept of an assessment: the facts it saw and its result as plain JSON, and their strict reading.

What this program stored it may read with ``Assessment.from_json``; what a bundle brings is read here, where every
value must be of its declared type and every exact number of bearable length.
"""

import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any

from db.domain.form_schema import Value
from db.domain.means_form import MEANS_FORM
from db.domain.policy.assessment import Assessment
from db.domain.policy.book import PolicyBook
from db.domain.policy.facts import HouseholdFacts, Record
from db.domain.policy.pack import StandardTable, StandardValue

_EXACT = re.compile(r"-?\d{1,60}/[1-9]\d{0,59}")
_EXACT_KEYS = frozenset({"value", "threshold", "distance", "amount", "already", "left"})
_DEEPEST = 12
_MOST_STANDARDS = 2000
_LATER = {"for_whom": ""}
"""Fields that came to results later, with what their absence says; an assessment of ten years ago must be read as it was kept."""


def facts_json(facts: HouseholdFacts) -> dict[str, Any]:
    """The facts in the layout of a facts file (see ``facts.facts_from_json``), empty answers left out."""
    ledgers = {key: [_plain(row) for row in ledger] for key, ledger in facts.rows.items()}
    return {
        "year": facts.year,
        "household": _plain(facts.values),
        "people": [_plain(person) for person in facts.people],
        **ledgers,
        **({"standards": [_plain(row) for row in facts.standards]} if facts.standards else {}),
    }


def _plain(record: Record) -> dict[str, Value]:
    return {key: value for key, value in record.items() if value is not None}


def facts_of_record(data: Mapping[str, Any]) -> HouseholdFacts:
    """The facts that :func:`facts_json` wrote, as they were: nothing is checked anew."""
    ledgers = [section.key for section in MEANS_FORM.ledgers if section.key != "people"]
    rows = {key: tuple(data[key]) for key in ledgers if key in data}
    return HouseholdFacts(
        data["year"], data["household"], tuple(data["people"]), rows, tuple(data.get("standards", ()))
    )


def read_facts(data: Mapping[str, Any]) -> HouseholdFacts:
    """As :func:`facts_of_record` for what came from outside; ValueError where it has another shape."""
    known = {"year", "household", "people", "standards", *(section.key for section in MEANS_FORM.ledgers)}
    year, household, people = data.get("year"), data.get("household"), data.get("people")
    ledgers = [value for key, value in data.items() if key not in {"year", "household"}]
    rows = [row for ledger in ledgers if isinstance(ledger, list) for row in ledger]
    if not set(data) <= known or not isinstance(year, int) or isinstance(year, bool):
        raise ValueError("facts")
    if not isinstance(people, list) or not all(isinstance(ledger, list) for ledger in ledgers):
        raise ValueError("ledger")
    if not isinstance(household, dict) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("record")
    if not all(isinstance(row.get("person"), str) for row in people):
        raise ValueError("person")
    return facts_of_record(data)


@dataclass(frozen=True, slots=True)
class KnownStandard:
    """A standard that was known for a household's regions when it was assessed, with its document."""

    topic: str
    label: str
    region: str
    area: str
    begins: str
    ends: str | None
    amount: str
    """元, exact, as ``"n/d"``."""
    citation: str


def known_standards(book: PolicyBook, regions: Iterable[str], on: str) -> list[KnownStandard]:
    """Every standard of these regions that had begun by a day; of two for the same day the first in the book counts."""
    wanted = set(regions)
    known: dict[tuple[str, str, str, str], KnownStandard] = {}
    for table in book.standards:
        for value in table.value:
            for region in wanted.intersection(value.regions):
                if value.begins <= on and value.amount is not None:
                    key = (table.topic, region, value.area, value.begins)
                    amount = f"{value.amount.numerator}/{value.amount.denominator}"
                    cited = _document(table, value)
                    known.setdefault(
                        key, KnownStandard(table.topic, table.label, *key[1:], value.ends, amount, cited)
                    )
    return [known[key] for key in sorted(known)]


def _document(table: StandardTable, value: StandardValue) -> str:
    source = next((item for item in table.source if item.id == value.source), None)
    number = f"（{source.number}）" if source and source.number else ""
    return f"《{source.title}》{number}{value.clause}" if source else value.clause


def read_standards_known(items: Any) -> list[KnownStandard]:
    """The standards that came with an assessment from outside; ValueError where anything is not as it must be."""
    if not isinstance(items, list) or len(items) > _MOST_STANDARDS:
        raise ValueError("standards")
    try:
        found = [KnownStandard(**item) for item in items]
    except TypeError as fault:
        raise ValueError("standards") from fault
    if not all(_conforms(item, KnownStandard) and _EXACT.fullmatch(item.amount) for item in found):
        raise ValueError("standard")
    return found


def read_result(data: Mapping[str, Any]) -> Assessment:
    """The assessment in *data*, which came from outside; ValueError where anything is not as it must be."""
    _check_exact(data, 0)
    try:
        assessment = Assessment.from_json(dict(data))
    except (KeyError, TypeError, AttributeError, AssertionError, ArithmeticError) as fault:
        raise ValueError("assessment") from fault
    if not _conforms(assessment, Assessment) or _as_kept(assessment.to_json(), data) != data:
        raise ValueError("assessment")
    return assessment


def _as_kept(made: Any, kept: Any) -> Any:
    """*made* without the fields of :data:`_LATER` that *kept*, of an earlier edition, does not have."""
    if isinstance(made, dict) and isinstance(kept, dict):
        lacking = {key for key, default in _LATER.items() if key not in kept and made.get(key) == default}
        return {key: _as_kept(value, kept.get(key)) for key, value in made.items() if key not in lacking}
    if isinstance(made, list) and isinstance(kept, list) and len(made) == len(kept):
        return [_as_kept(one, other) for one, other in zip(made, kept, strict=True)]
    return made


def _check_exact(value: Any, depth: int) -> None:
    """Exact numbers are short fractions: ``Fraction("1e999999999")`` would fill the memory."""
    if depth > _DEEPEST:
        raise ValueError("depth")
    if isinstance(value, Mapping):
        for key, item in value.items():
            exact = key in _EXACT_KEYS and item is not None
            if exact and not (isinstance(item, str) and _EXACT.fullmatch(item)):
                raise ValueError(str(key))
            _check_exact(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_exact(item, depth + 1)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _conforms(value: Any, hint: Any) -> bool:
    """Whether *value* is of the declared type, all the way down."""
    if isinstance(hint, types.UnionType):
        return any(_conforms(value, option) for option in typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        element = typing.get_args(hint)[0]
        return isinstance(value, tuple) and all(_conforms(item, element) for item in value)
    if hint is bool or hint is int:
        return type(value) is hint
    if is_dataclass(hint) or hasattr(hint, "_fields"):  # plain records of either sort
        return isinstance(value, hint) and all(
            _conforms(getattr(value, name), wanted) for name, wanted in _hints(hint).items()
        )
    return isinstance(value, hint) and (isinstance(value, str | StrEnum | Fraction) or value is None)
