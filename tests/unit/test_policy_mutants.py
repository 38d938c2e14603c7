"""Every figure, operator, day and list of a pack matters: changed on purpose, a case that covers its clause must fail."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from policy_case_checks import PackUnderTest, case_faults, figure_faults
from policy_case_files import PolicyCase, Table, citation_of, edited, pack_ids, plain, policy_cases, raw_table
from pydantic import ValidationError

Path = tuple[str | int, ...]
_NOT_RULES = {
    "title", "label", "note", "text", "clause", "source", "question", "where", "code", "case", "actor", "id", "version",
    "format", "regions", "begins", "ends", "for_whom", "measure", "formula", "standard", "fact", "level",
}  # fmt: skip
"""Words, names and references: told, not reckoned with; a name that is wrong is refused when the pack is read."""
_OTHER = {
    "op": {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": ">=", "unset": "<="},
    "month_op": {"<": "<=", "<=": "<"},
    "year": {"previous_calendar_year": "application_year", "unset": "previous_calendar_year"},
    "day_kind": {"working": "calendar", "calendar": "working"},
    "region": {"study": "home"},
    "area": {"urban": "rural"},
}
_FIGURE = re.compile(r"\d+(\.\d+)?")
_MONTH_DAY = re.compile(r"\d\d-\d\d")


def _places(node: Any, path: Path = (), citation: str = "") -> Iterator[tuple[Path, str]]:
    """Every plain value and every list of words, with the clause of the part around it."""
    if isinstance(node, dict):
        own = citation_of(node) or citation
        for key, value in node.items():
            if key not in _NOT_RULES:
                yield from _places(value, (*path, key), own)
    elif isinstance(node, list) and node and isinstance(node[0], dict):
        for index, row in enumerate(node):
            yield from _places(row, (*path, index), citation)
    else:
        yield path, citation


def _changed(key: str, value: Any) -> list[Any]:
    """What the value might wrongly be instead."""
    if isinstance(value, list):
        return [value[:index] + value[index + 1 :] for index in range(len(value)) if len(value) > 1]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, date):
        return [value + timedelta(days=1), value - timedelta(days=1)]
    return _other_words(key, value)


def _other_words(key: str, value: str) -> list[str]:
    if key in _OTHER:
        return [_OTHER[key][value]] if value in _OTHER[key] else []
    if key == "category":
        return ["above_subsistence"]
    if value == "unset":
        return ["7"]
    if _MONTH_DAY.fullmatch(value):
        day = date.fromisoformat(f"2023-{value}")
        return [(day + timedelta(days=shift)).strftime("%m-%d") for shift in (1, -1)]
    if not _FIGURE.fullmatch(value) or not Decimal(value):
        return []
    shift = Decimal(1) if key == "count" else Decimal("0.0001")
    return [str(Decimal(value) + shift), str(Decimal(value) - shift)]


def _value(table: Table, path: Path) -> Any:
    node: Any = table
    for step in path:
        node = node[step]
    return node


def _noticed(mutant: PackUnderTest, cases: list[PolicyCase]) -> bool:
    try:
        return any(
            case_faults(case, mutant) if "expect" in case.table else figure_faults(case, mutant) for case in cases
        )
    except ValidationError:
        return True


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_figure_matters_to_a_case_that_covers_its_clause(pack_id: str) -> None:
    table = raw_table(pack_id)
    cases = [case for kind in ("figure_case", "case") for case in policy_cases(kind) if case.policy == pack_id]
    unnoticed = []
    for path, citation in _places(table):
        covering = [case for case in cases if citation in case.covers]
        for value in _changed(str(path[-1]), _value(table, path)):
            mutant = PackUnderTest(edited(table, {".".join(map(str, path)): value}))
            if not _noticed(mutant, covering):
                unnoticed.append(f"{'.'.join(map(str, path))} = {plain(value)} ({citation})")
    assert unnoticed == []
