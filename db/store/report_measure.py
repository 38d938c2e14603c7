"""What a measure of the statistical tables is, and the pieces of SQL that all of them share."""


import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from db.store import case_store, hidden

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: *value* is summed over *source*; *dimensions* are what figures may filter by, as SQL.

    *who*, *what*, *on*: name, description and day of a record, for the list behind a figure; *archive*: its archive's id.
    *distinct*: SQL of what is counted once however often it occurs; such a figure is not the sum of others.
    *beside*: the kind of records beside which it looks at households; empty where it looks at all of them.
    """

    label: str
    source: str
    value: str
    dimensions: Mapping[str, str]
    who: str
    what: str
    on: str
    archive: str = "NULL"
    distinct: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: of which offices, from when to when, in which year.

    *moved*: where archives stood on the last day that stand elsewhere now, as JSON (see ``standing_store``).
    """

    offices: tuple[str, ...]
    begins: str
    ends: str
    year: int
    moved: str = "{}"


def params(scope: Scope, items: Iterable[str] = ()) -> Row:
    """What measures may name."""
    return {
        "offices": json.dumps(list(scope.offices)),
        "begins": scope.begins,
        "ends": scope.ends,
        "year": scope.year,
        "moved": scope.moved,
        "item": json.dumps(sorted(items)),
    }


def used(statement: str, given: Row) -> Row:
    """Those of the parameters that a statement names."""
    return {key: value for key, value in given.items() if f":{key}" in statement}


def value_of(record: str, key: str) -> str:
    """SQL for an answer of a record."""
    return f"json_extract({record}.content, '$.values.{key}')"


def flag_of(sql: str) -> str:
    """SQL for a yes/no as figures filter by it: ``yes``, ``no``, empty where nobody said."""
    return f"CASE {sql} WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE '' END"


OFFICES = "(SELECT value FROM json_each(:offices))"
IN_SCOPE = f"a.office_id IN {OFFICES}"
MOVED = "(WITH t AS MATERIALIZED (SELECT key, value FROM json_each(:moved)) SELECT key, value FROM t)"
STOOD = f"LEFT JOIN case_state c ON c.archive_id = a.id LEFT JOIN {MOVED} at_day ON at_day.key = a.id"
"""SQL: joins to an archive ``a`` what tells where it stood on the last day of the period."""
STANDING = f"coalesce(at_day.value, {case_store.STANDING})"
ON_FILE = f"{STANDING} IN ('on_file', 'phasing_out')"
SHOWN = hidden.shown("a")
ENTRY = (
    "office_record r WHERE r.kind = '{kind}' AND r.is_current AND NOT r.is_removed"
    f" AND r.office_id IN {OFFICES} AND r.on_day BETWEEN :begins AND :ends"
)
"""Entries of a register within the period."""
