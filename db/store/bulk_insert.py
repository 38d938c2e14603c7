"""Insert thousands of rows of one table at once: as the engine would, without asking it anew for each row."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Connection, Table
from sqlalchemy.engine import Dialect

_Process = Callable[[Any], Any]


def insert_rows(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert *rows*, which all have the keys of the first, two at least; what they leave out takes its default."""
    if not rows:
        return
    keys = tuple(rows[0])
    statement, processes, defaults = _plan(table, keys, connection.dialect)
    values = [list(found) for found in map(itemgetter(*keys), rows)]
    for place, process in processes:
        for found in values:
            found[place] = process(found[place])
    for default, process in defaults:
        for found in values:
            found.append(process(default()))
    connection.exec_driver_sql(statement, list(map(tuple, values)))


@lru_cache(maxsize=64)
def _plan(
    table: Table, keys: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[tuple[int, _Process]], list[tuple[Callable[[], Any], _Process]]]:
    made = ((place, _process(table, key, dialect)) for place, key in enumerate(keys))
    processes = [(place, process) for place, process in made if process is not None]
    left_out = [column for column in table.columns if column.key not in keys and column.default is not None]
    defaults = [(_default(column), _process(table, column.key, dialect) or _as_it_is) for column in left_out]
    names = ", ".join(f'"{name}"' for name in (*keys, *(column.key for column in left_out)))
    places = ", ".join("?" * (len(keys) + len(left_out)))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'  # noqa: S608 - names of our own tables
    return statement, processes, defaults


def _process(table: Table, key: str, dialect: Dialect) -> _Process | None:
    kind = table.columns[key].type
    if isinstance(kind, Boolean):
        return None  # the driver knows yes and no
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _as_it_is(value: Any) -> Any:
    return value


def _default(column: Any) -> Callable[[], Any]:
    made = column.default.arg
    return (lambda: made(None)) if column.default.is_callable else (lambda: made)
