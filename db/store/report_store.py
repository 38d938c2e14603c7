"""What the statistical tables measure, in SQL: each measure once, grouped by what tables filter by, and record by record.

A figure and the records behind it are read with the same FROM and WHERE, so that they cannot differ. Amounts are 分.
"""

# ruff: noqa: S608 - sources and conditions are constants of this module, values are parameters
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: *value* is summed over *source*; *dimensions* are what figures may filter by, as SQL.

    *who*, *what*, *on*: name, description and day of a record, for the list behind a figure; *archive*: its archive's id.
    """

    label: str
    source: str
    value: str
    dimensions: Mapping[str, str]
    who: str
    what: str
    on: str
    archive: str = "NULL"


_IN_SCOPE = "a.office_id IN (SELECT value FROM json_each(:offices))"
_ITEMS = "g.item IN (SELECT value FROM json_each(:item))"
# what came back is a payment of its own with a minus
_SIGNED = "CASE p.outcome WHEN 'returned' THEN -p.amount ELSE p.amount END"
_PAID = (
    "payout p JOIN aid_grant g ON g.id = p.grant_id JOIN archive a ON a.id = p.archive_id"
    f" WHERE p.outcome IN ('paid', 'returned') AND p.on_day BETWEEN :begins AND :ends AND {_IN_SCOPE}"
)
# a person once, with stage and group of the last payment
_LAST_PAID = (
    "(SELECT g.recipient_number, g.recipient_name, g.school_stage, g.household_group, g.item, g.archive_id, p.on_day,"
    " row_number() OVER (PARTITION BY g.recipient_number ORDER BY p.on_day DESC, p.rowid DESC) AS place"
    " FROM payout p JOIN aid_grant g ON g.id = p.grant_id JOIN archive a ON a.id = p.archive_id"
    f" WHERE p.outcome = 'paid' AND p.on_day BETWEEN :begins AND :ends AND {_IN_SCOPE} AND {_ITEMS}"
    " AND NOT EXISTS (SELECT 1 FROM payout r WHERE r.grant_id = g.id AND r.outcome = 'returned' AND r.on_day <= :ends"
    " AND r.amount >= p.amount)) s WHERE s.place = 1"
)
_ENTRY = (
    "office_record r WHERE r.kind = '{kind}' AND r.is_current AND NOT r.is_removed"
    " AND r.office_id IN (SELECT value FROM json_each(:offices)) AND r.on_day BETWEEN :begins AND :ends"
)


def _value(record: str, key: str) -> str:
    return f"json_extract({record}.content, '$.values.{key}')"


_ONLY_FOR_ITEMS = (
    f"json_array_length(coalesce({_value('f', 'allowed_items')}, '[]')) > 0 AND NOT EXISTS"
    f" (SELECT 1 FROM json_each(coalesce({_value('f', 'allowed_items')}, '[]')) i"
    " WHERE i.value NOT IN (SELECT value FROM json_each(:item)))"
)
_FUNDS = "f.kind = 'fund' AND f.is_current AND NOT f.is_removed"
# a source only for these items: what came in; any other source: what was paid from it for them
_RAISED = (
    f"(SELECT {_value('f', 'source_kind')} AS fund_source, {_value('f', 'name')} AS name, m.on_day,"
    f" CASE {_value('m', 'movement')} WHEN 'returned' THEN -1 ELSE 1 END * {_value('m', 'amount')} AS amount,"
    f" {_value('m', 'movement')} AS what FROM office_record m JOIN office_record f ON f.record_id = m.subject_id AND {_FUNDS}"
    " WHERE m.kind = 'fund_movement' AND m.is_current AND NOT m.is_removed"
    " AND m.office_id IN (SELECT value FROM json_each(:offices)) AND m.on_day BETWEEN :begins AND :ends"
    f" AND {_ONLY_FOR_ITEMS}"
    " UNION ALL"
    f" SELECT g.fund_source, g.fund_name, p.on_day, {_SIGNED}, 'paid' FROM payout p JOIN aid_grant g ON g.id = p.grant_id"
    " JOIN archive a ON a.id = p.archive_id WHERE p.outcome IN ('paid', 'returned') AND p.on_day BETWEEN :begins AND :ends"
    f" AND {_IN_SCOPE} AND {_ITEMS} AND NOT EXISTS"
    f" (SELECT 1 FROM office_record f WHERE f.record_id = g.fund_id AND {_FUNDS} AND {_ONLY_FOR_ITEMS}))"
    " s WHERE 1 = 1"
)
_STUDENTS = (
    f"(SELECT {_value('r', 'name')} AS name, {_value('r', 'id_number')} AS number, {_value('r', 'stage')} AS stage,"
    f" {_value('r', 'school')} AS school, r.on_day, r.archive_id, a.is_migrant_worker, row_number() OVER"
    f" (PARTITION BY {_value('r', 'id_number')} ORDER BY r.on_day DESC, r.made_at DESC) AS place"
    " FROM case_record r JOIN archive a ON a.id = r.archive_id LEFT JOIN case_state c ON c.archive_id = a.id"
    " WHERE r.kind = 'student' AND r.is_current AND NOT r.is_removed"
    f" AND {_value('r', 'year')} = :year AND r.on_day <= :ends AND {_value('r', 'student_kind')} = 'new' AND {_IN_SCOPE}"
    " AND (coalesce(c.standing, 'on_file') IN ('on_file', 'phasing_out') OR (c.standing = 'exited' AND c.exited_on > :ends)))"
    " s WHERE s.place = 1"
)

# the classes of older forms are not turned into the new ones: they stand in a line of their own
_FILED_KINDS = (
    "CASE a.hardship_category WHEN 'deep_hardship' THEN 'deep' WHEN 'relative_hardship' THEN 'relative'"
    " WHEN 'accidental_hardship' THEN 'accidental' ELSE 'other' END"
)
_WANTED = (
    f"(SELECT {_value('r', 'name')} AS name, {_value('r', 'id_number')} AS number, {_value('r', 'stage')} AS stage,"
    f" {_value('r', 'school')} AS school, coalesce({_value('r', 'amount_wanted')}, 0) AS amount, r.on_day, r.archive_id,"
    f" CASE WHEN {_value('r', 'is_new_form_family')} THEN 'new_form' WHEN {_value('r', 'regime')} <> 'on_file' THEN 'not_filed'"
    f" ELSE {_FILED_KINDS} END AS family, row_number() OVER"
    f" (PARTITION BY {_value('r', 'id_number')} ORDER BY r.on_day DESC, r.made_at DESC) AS place"
    " FROM case_record r JOIN archive a ON a.id = r.archive_id"
    " WHERE r.kind = 'student' AND r.is_current AND NOT r.is_removed"
    f" AND {_value('r', 'year')} = :year AND r.on_day <= :ends AND {_IN_SCOPE}) s WHERE s.place = 1"
)

MEASURES: dict[str, Measure] = {
    "money_raised": Measure(
        "筹集资金", _RAISED, "s.amount", {"fund_source": "s.fund_source"}, "s.name", "s.what", "s.on_day"
    ),
    "money_paid": Measure(
        "发放的金额", _PAID, _SIGNED,
        {"item": "g.item", "stage": "g.school_stage", "group": "g.household_group", "fund_source": "g.fund_source"},
        "g.recipient_name", "g.item", "p.on_day", "g.archive_id",
    ),
    "people_paid": Measure(
        "得到发放的人", _LAST_PAID, "1", {"stage": "s.school_stage", "group": "s.household_group"},
        "s.recipient_name", "s.item", "s.on_day", "s.archive_id",
    ),
    "new_students": Measure(
        "升学子女", _STUDENTS, "1", {"stage": "s.stage"}, "s.name", "s.school", "s.on_day", "s.archive_id"
    ),
    "students_wanting": Measure(
        "登记的学生", _WANTED, "1", {"stage": "s.stage", "family": "s.family"}, "s.name", "s.school", "s.on_day", "s.archive_id"
    ),
    "money_wanted": Measure(
        "申请的金额", _WANTED, "s.amount", {"stage": "s.stage", "family": "s.family"}, "s.name", "s.school", "s.on_day",
        "s.archive_id",
    ),
    "day_care_classes": Measure(
        "暑假托管班", _ENTRY.format(kind="day_care"), "1", {}, _value("r", "title"), _value("r", "place"), "r.on_day"
    ),
    "day_care_children": Measure(
        "托管的子女", _ENTRY.format(kind="day_care"), _value("r", "children"), {}, _value("r", "title"), _value("r", "place"),
        "r.on_day",
    ),
    "work_study_employers": Measure(
        "联系单位",
        f"(SELECT {_value('r', 'employer')} AS employer, min(r.on_day) AS on_day FROM {_ENTRY.format(kind='work_study')}"
        f" GROUP BY {_value('r', 'employer')}) s WHERE 1 = 1",
        "1", {}, "s.employer", "''", "s.on_day",
    ),
    "work_study_posts": Measure(
        "提供的岗位", _ENTRY.format(kind="work_study"), _value("r", "posts"), {}, _value("r", "employer"), _value("r", "work"),
        "r.on_day",
    ),
}  # fmt: skip
"""The measures that tables may name."""

_BOUND = frozenset({"item"})
"""Filters that a measure takes into account before it counts anybody once."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: of which offices, from when to when, in which year."""

    offices: tuple[str, ...]
    begins: str
    ends: str
    year: int


def _params(scope: Scope, items: Iterable[str]) -> Row:
    return {
        "offices": json.dumps(list(scope.offices)),
        "begins": scope.begins,
        "ends": scope.ends,
        "year": scope.year,
        "item": json.dumps(sorted(items)),
    }


def _used(statement: str, params: Row) -> Row:
    return {key: value for key, value in params.items() if f":{key}" in statement}


def groups(connection: Connection, name: str, scope: Scope, items: Iterable[str] = ()) -> list[Row]:
    """A measure by all its dimensions: one row per combination, with ``value`` and ``records``."""
    measure = MEASURES[name]
    columns = "".join(f"coalesce({sql}, '') AS \"{key}\", " for key, sql in measure.dimensions.items())
    grouping = f" GROUP BY {', '.join(str(at) for at in range(1, len(measure.dimensions) + 1))}" if columns else ""
    statement = f"SELECT {columns}coalesce(sum({measure.value}), 0) AS value, count(*) AS records FROM {measure.source}{grouping}"
    found = connection.execute(text(statement), _used(statement, _params(scope, items)))
    return [dict(row) for row in found.mappings()]


def details(
    connection: Connection, name: str, scope: Scope, filters: Mapping[str, Iterable[str]], limit: int, offset: int = 0
) -> list[Row]:
    """The records behind a figure: ``who``, ``what``, ``on_day``, ``value``, ``archive_id``, ``number``, by day and name."""
    measure = MEASURES[name]
    params = _params(scope, filters.get("item", ()))
    conditions = ""
    for key, wanted in filters.items():
        if key in measure.dimensions:
            conditions += f" AND coalesce({measure.dimensions[key]}, '') IN (SELECT value FROM json_each(:f_{key}))"
            params[f"f_{key}"] = json.dumps(list(wanted))
    statement = (
        f"SELECT {measure.who} AS who, {measure.what} AS what, {measure.on} AS on_day, {measure.value} AS value,"
        f" {measure.archive} AS archive_id FROM {measure.source}{conditions} ORDER BY 3, 1 LIMIT :limit OFFSET :offset"
    )
    found = connection.execute(text(statement), {**_used(statement, params), "limit": limit, "offset": offset})
    return [dict(row) for row in found.mappings()]
