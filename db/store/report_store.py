"""What the statistical tables measure, in SQL: each measure once, grouped by what tables filter by, and record by record.

A figure and the records behind it are read with the same FROM and WHERE, so that they cannot differ. Amounts are 分.
"""

# ruff: noqa: S608 - sources and conditions are constants of the measures, values are parameters
import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from db.store import report_households, report_money
from db.store.report_measure import Measure, Row, Scope, params, used

__all__ = ["BOUND", "MEASURES", "Measure", "Row", "Scope", "details", "groups"]

MEASURES: dict[str, Measure] = {**report_money.MEASURES, **report_households.MEASURES}
"""The measures that tables may name."""

BOUND = "item"
"""A filter that some measures take into account before they count anybody once."""


def is_bound(name: str) -> bool:
    """Whether the measure itself minds which kinds of aid are asked for."""
    return f":{BOUND}" in MEASURES[name].source


def groups(
    connection: Connection, name: str, scope: Scope, items: Iterable[str] = (), by: Sequence[str] | None = None
) -> list[Row]:
    """A measure by its dimensions (*by*: only by these): one row per combination, with ``value`` and ``records``.

    Of a measure that counts once, a row for each of whom it counts, with ``key``.
    """
    measure = MEASURES[name]
    wanted = [key for key in (measure.dimensions if by is None else by) if key in measure.dimensions]
    columns = "".join(f"coalesce({measure.dimensions[key]}, '') AS \"{key}\", " for key in wanted)
    if measure.distinct:
        statement = f"SELECT DISTINCT {columns}{measure.distinct} AS key, 1 AS value, 1 AS records FROM {measure.source}"
    else:
        grouping = f" GROUP BY {', '.join(str(at) for at in range(1, len(wanted) + 1))}" if columns else ""
        sums = f"coalesce(sum({measure.value}), 0) AS value, count(*) AS records"
        statement = f"SELECT {columns}{sums} FROM {measure.source}{grouping}"
    found = connection.execute(text(statement), used(statement, params(scope, items)))
    return [dict(row) for row in found.mappings()]


def details(
    connection: Connection, name: str, scope: Scope, filters: Mapping[str, Iterable[str]], limit: int, offset: int = 0
) -> list[Row]:
    """The records behind a figure: ``who``, ``what``, ``on_day``, ``value``, ``archive_id``, ``number``, by day and name."""
    measure = MEASURES[name]
    given = params(scope, filters.get(BOUND, ()))
    conditions = ""
    for key, wanted in filters.items():
        if key in measure.dimensions:
            conditions += f" AND coalesce({measure.dimensions[key]}, '') IN (SELECT value FROM json_each(:f_{key}))"
            given[f"f_{key}"] = json.dumps(list(wanted))
    once = f" GROUP BY {measure.distinct}" if measure.distinct else ""
    statement = (
        f"SELECT {measure.who} AS who, {measure.what} AS what, {measure.on} AS on_day, {measure.value} AS value,"
        f" {measure.archive} AS archive_id FROM {measure.source}{conditions}{once} ORDER BY 3, 1 LIMIT :limit OFFSET :offset"
    )
    found = connection.execute(text(statement), {**used(statement, given), "limit": limit, "offset": offset})
    return [dict(row) for row in found.mappings()]


def records(connection: Connection, name: str, scope: Scope) -> list[Row]:
    """Every record of a measure with all its dimensions, for what is worked out further in Python."""
    measure = MEASURES[name]
    columns = "".join(f"coalesce({sql}, '') AS \"{key}\", " for key, sql in measure.dimensions.items())
    statement = (
        f"SELECT {columns}{measure.who} AS who, {measure.what} AS what, {measure.on} AS on_day, {measure.value} AS value,"
        f" {measure.archive} AS archive_id FROM {measure.source}"
    )
    found = connection.execute(text(statement), used(statement, params(scope)))
    return [dict(row) for row in found.mappings()]
