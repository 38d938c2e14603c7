"""What a received bundle changes, row by row, so that it can be put back: written down while it is being applied.

Temporary triggers, made inside the writing transaction and gone with it, note each row of an application table as it
was before. Rows that are added at the end of a table – nearly all that a bundle brings – pass the triggers by; their
keys are gathered afterwards with one statement per table. Only the last bundle keeps its steps.
"""

# ruff: noqa: S608 - names of tables and columns stand in the schema, values are parameters
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

INSERTED, UPDATED, DELETED = "I", "U", "D"
TOUCHED, MARKED, ENDED = "A", "S", "E"
"""Steps that restore nothing: archives that changed (with revision and owner afterwards), archives of which only the
state of submission changed, and how the tables beside the archives stood at the end."""

_OUTSIDE = frozenset(
    {"journal", "office_setting", "bundle_item", "backup", "draft", "undo_step", "clerk",
     "paper_out", "paper_out_archive", "paper_out_item", "fund_sum"}
)  # fmt: skip
_ONLY_UPDATES = frozenset({"bundle"})
"""Records of bundles stay, but what a later one marks in them goes back."""
_ARCHIVE, POLICY = "archive", "policy_version"
_FOLLOWING = frozenset({"person_entry", "case_state"})
"""Tables that only follow what stands elsewhere: they go back like all, but nothing is told by them."""
_MARKS = ("exported_revision", "exported_sequence", "acknowledged_revision", "acknowledged_at", "rowid")
_LARGE = frozenset({"archive_revision", "household_member", "attachment", "means_revision", "assessment", "decision",
                    "case_step", "case_record", "aid_grant", "payout"})  # fmt: skip
"""Tables that are added to, or change with a revision only: counting tells whether they were."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Table:
    """An application table as the triggers see it."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    blobs: frozenset[str]

    @property
    def archive_columns(self) -> tuple[str, ...]:
        """The columns that say which archive a row is about."""
        if self.name == _ARCHIVE:
            return ("id",)
        return tuple(column for column in self.columns if column.endswith("archive_id"))


_COLUMNS = (
    "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    " AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'person_search%' ORDER BY m.name, c.cid"
)


def tables(connection: Connection) -> list[Table]:
    """Every table that applying a bundle may write, also those of later migrations."""
    rows = connection.exec_driver_sql(_COLUMNS).all()
    return [_table(name, list(columns)) for name, columns in groupby(rows, itemgetter(0)) if name not in _OUTSIDE]


def _table(name: str, rows: list[Any]) -> Table:
    key = tuple(row[1] for row in sorted(rows, key=lambda row: row[3]) if row[3])
    return Table(name, tuple(row[1] for row in rows), key, frozenset(row[1] for row in rows if row[2] == "BLOB"))


# -- recording ---------------------------------------------------------------------------------------------------


@contextmanager
def recording(connection: Connection, bundle_id: str) -> Iterator[None]:
    """Within the caller's writing transaction, note what is done inside so that it can be undone as *bundle_id*.

    The steps of bundles before it are dropped: only the last one can be undone. Everything that belongs to the
    application must happen inside; its record in ``bundle`` and the journal may stand inside or outside.
    """
    connection.exec_driver_sql("DELETE FROM undo_step")
    found = tables(connection)
    ends = _last_rows(connection, found)
    watched = [(table, ends[table.name]) for table in found]
    filled = [(table, last) for table, last in watched if last]  # where there was nothing, all that comes is new
    triggers = [trigger for table, last in filled for trigger in _triggers(table, last, bundle_id)]
    connection.exec_driver_sql("PRAGMA recursive_triggers = ON")  # a row put in the place of another counts as deleted
    try:
        for name, statement in triggers:
            connection.exec_driver_sql(f"CREATE TEMP TRIGGER {name} {statement}")
        yield
    except BaseException:
        with suppress(DBAPIError):  # the transaction is about to be taken back, and the triggers with it
            _end(connection, triggers)
        raise
    _end(connection, triggers)
    _gather(connection, bundle_id, watched)


def _end(connection: Connection, triggers: Sequence[tuple[str, str]]) -> None:
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS temp.{name}")
    connection.exec_driver_sql("PRAGMA recursive_triggers = OFF")


def _last_rows(connection: Connection, tables: Sequence[Table]) -> dict[str, int]:
    """The number of the last row of each table, in one question: there are half a hundred, and most bundles touch few."""
    parts = [f"SELECT '{table.name}', coalesce(max(rowid), 0) FROM {table.name}" for table in tables]
    return {name: int(last) for name, last in connection.exec_driver_sql(" UNION ALL ".join(parts))}


def _triggers(table: Table, last: int, bundle_id: str) -> Iterator[tuple[str, str]]:
    """Name and body of the triggers of *table*; rows after *last* are gathered at the end."""
    whole = _json_text([f"'\"{name}\":' || {_value(table, name)} || ','" for name in table.columns])
    parts = [
        f"CASE WHEN OLD.{name} IS NOT NEW.{name} THEN '\"{name}\":' || {_value(table, name)} || ',' ELSE '' END"
        for name in table.columns
    ]
    told = "'{\"rowid\":' || NEW.rowid || '}'"
    came = _note(bundle_id, table, INSERTED, f"json_array({_key(table, 'NEW')})", told)
    went = _note(bundle_id, table, DELETED, _key(table, "OLD"), whole)
    same = " AND ".join(f"OLD.{name} IS NEW.{name}" for name in table.key)
    old, new = f"OLD.rowid <= {last}", f"NEW.rowid <= {last}"
    changed = _note(bundle_id, table, UPDATED, _key(table, "NEW"), _json_text(parts))
    yield _trigger(table, "U", "UPDATE", f"{old} AND {same}", f"{changed};")
    if table.name not in _ONLY_UPDATES:
        yield _trigger(table, "I", "INSERT", new, f"{came};")
        yield _trigger(table, "D", "DELETE", old, f"{went};")
        # a row under another key is another row: the old one went, the new one came
        moved = f"{went} WHERE {old}; {came} WHERE {new};"
        yield _trigger(table, "M", f"UPDATE OF {', '.join(table.key)}", f"NOT ({same})", moved)


def _trigger(table: Table, letter: str, event: str, condition: str, body: str) -> tuple[str, str]:
    statement = f"AFTER {event} ON main.{table.name} WHEN {condition} BEGIN {body} END"
    return f"undo_{letter}_{table.name}".lower(), statement


def _note(bundle_id: str, table: Table, act: str, key: str, before: str) -> str:
    return (
        "INSERT INTO undo_step (bundle_id, table_name, act, row_key, before)"
        f" SELECT {_quoted(bundle_id)}, '{table.name}', '{act}', {key}, {before}"
    )


def _json_text(parts: list[str]) -> str:
    return " || ".join(["'{'", *parts, "'\"rowid\":' || OLD.rowid || '}'"])


def _value(table: Table, name: str) -> str:
    if name in table.blobs:
        return f"json_quote(CASE WHEN OLD.{name} IS NULL THEN NULL ELSE hex(OLD.{name}) END)"
    return f"json_quote(OLD.{name})"


def _key(table: Table, side: str) -> str:
    return "json_array(" + ", ".join(f"{side}.{name}" for name in table.key) + ")"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# -- the end of a recording --------------------------------------------------------------------------------------


def _gather(connection: Connection, bundle_id: str, watched: list[tuple[Table, int]]) -> None:
    # an update that wrote what was there already
    connection.exec_driver_sql("DELETE FROM undo_step WHERE act = 'U' AND before NOT LIKE '%,\"rowid\":%'")
    ends = _last_rows(connection, [table for table, _ in watched])
    grown = {table.name for table, last in watched if ends[table.name] > last}
    touched, marked = _archives(connection, watched, grown)
    for table, last in watched:
        if table.name in grown and table.name not in _ONLY_UPDATES:
            _gather_inserted(connection, bundle_id, table, last)
    stands = archive_stands(connection, touched)
    _write(connection, bundle_id, TOUCHED, [[archive_id, *stands.get(archive_id, (0, ""))] for archive_id in touched])
    _write(connection, bundle_id, MARKED, [[archive_id] for archive_id in marked])
    stood = {**standing(connection, touched), POLICY: policy_standing(connection)}
    _step(connection, bundle_id, ENDED, "[]", json.dumps(stood))


def _gather_inserted(connection: Connection, bundle_id: str, table: Table, last: int) -> None:
    key = "json_array(" + ", ".join(table.key) + ")"
    connection.exec_driver_sql(
        "INSERT INTO undo_step (bundle_id, table_name, act, row_key)"
        f" SELECT ?, ?, 'I', json_group_array(json(row_key)) FROM (SELECT {key} AS row_key,"
        f" (row_number() OVER (ORDER BY rowid) - 1) / {_CHUNK} AS chunk FROM {table.name} WHERE rowid > ?) GROUP BY chunk",
        (bundle_id, table.name, last),
    )


def _archives(
    connection: Connection, watched: list[tuple[Table, int]], grown: Collection[str]
) -> tuple[list[str], list[str]]:
    """The archives some row of which has changed, and those of which only the state of submission did."""
    noted = _texts(connection, "SELECT DISTINCT table_name FROM undo_step")
    changed: set[str] = set()
    for table, last in watched:
        for column in table.archive_columns if table.name in noted or table.name in grown else ():
            changed |= _rows_about(connection, table, column, last)
    marks = _texts(
        connection,
        "SELECT a.id FROM undo_step s JOIN archive a ON a.rowid = json_extract(s.before, '$.rowid')"
        " WHERE s.table_name = 'archive' AND s.act = 'U' AND NOT EXISTS (SELECT 1 FROM json_each(s.before)"
        f" WHERE key NOT IN {_MARKS})",
    )
    return sorted(changed), sorted(marks - changed)


def _rows_about(connection: Connection, table: Table, column: str, last: int) -> set[str]:
    only_marks = f"EXISTS (SELECT 1 FROM json_each(s.before) WHERE key NOT IN {_MARKS})"
    kept = f" AND (s.act <> 'U' OR {only_marks})" if table.name == _ARCHIVE else ""
    # not DISTINCT: for that the whole of an index would be read, however few rows came
    found = _texts(connection, f"SELECT {column} FROM {table.name} WHERE rowid > ?", last)
    found |= _texts(
        connection,
        f"SELECT t.{column} FROM undo_step s JOIN {table.name} t ON t.rowid = json_extract(s.before, '$.rowid')"
        f" WHERE s.table_name = ? AND s.act IN ('U', 'I') AND s.before IS NOT NULL{kept}",
        table.name,
    )
    return found | _texts(
        connection,
        f"SELECT json_extract(before, '$.{column}') FROM undo_step WHERE table_name = ? AND act = 'D'",
        table.name,
    )


def _texts(connection: Connection, statement: str, *values: object) -> set[str]:
    return {row[0] for row in connection.exec_driver_sql(statement, values) if row[0]}


def archive_stands(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Revision and owner of these archives."""
    rows = connection.exec_driver_sql(
        "SELECT id, revision, office_id FROM archive WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(ids),)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _write(connection: Connection, bundle_id: str, act: str, entries: list[list[Any]]) -> None:
    for start in range(0, len(entries), _CHUNK):
        _step(connection, bundle_id, act, json.dumps(entries[start : start + _CHUNK]), None)


def _step(connection: Connection, bundle_id: str, act: str, row_key: str, before: str | None) -> None:
    connection.exec_driver_sql(
        "INSERT INTO undo_step (bundle_id, table_name, act, row_key, before) VALUES (?, '', ?, ?, ?)",
        (bundle_id, act, row_key, before),
    )


# -- what depends on it ------------------------------------------------------------------------------------------


def standing(connection: Connection, archive_ids: Iterable[str]) -> dict[str, list[Any]]:
    """How the tables beside the archives stand for these archives: last row and a fingerprint of what counts.

    Pairs of possible duplicates that nobody decided do not count, they are found again.
    """
    wanted = json.dumps(list(archive_ids))
    return {
        table.name: _standing(connection, table, wanted)
        for table in tables(connection)
        if table.archive_columns and table.name not in {_ARCHIVE, *_FOLLOWING}
    }


def policy_standing(connection: Connection) -> list[Any]:
    """Which policy texts are in force."""
    rows = connection.exec_driver_sql("SELECT sha256 FROM policy_version WHERE is_current = 1 ORDER BY sha256").all()
    return [0, hashlib.sha256(repr([row[0] for row in rows]).encode()).hexdigest()]


def replaced_policy(connection: Connection) -> bool:
    """Whether the recorded bundle changed which policy is in force."""
    statement = "SELECT 1 FROM undo_step WHERE table_name = 'policy_version' AND act = 'U' LIMIT 1"
    return connection.exec_driver_sql(statement).first() is not None


def archives_after(connection: Connection, name: str, last: int) -> set[str]:
    """The archives that the rows of a table after number *last* are about."""
    columns = next(table.archive_columns for table in tables(connection) if table.name == name)
    return {
        archive_id
        for column in columns
        for archive_id in _texts(connection, f"SELECT {column} FROM {name} WHERE rowid > ?", last)
    }


def _standing(connection: Connection, table: Table, wanted: str) -> list[Any]:
    about = " OR ".join(f"{column} IN (SELECT value FROM json_each(?1))" for column in table.archive_columns)
    if table.name in _LARGE:
        statement = f"SELECT count(*), coalesce(max(rowid), 0) FROM {table.name} WHERE {about}"
    else:
        decided = " AND state <> 'open'" if table.name == "duplicate_pair" else ""
        statement = f"SELECT rowid, * FROM {table.name} WHERE ({about}){decided} ORDER BY rowid"
    found = hashlib.sha256()
    for row in connection.exec_driver_sql(statement, (wanted,)):
        found.update(repr(tuple(row)).encode())
    return [_last_rows(connection, [table])[table.name], found.hexdigest()]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The bundle whose steps are kept, with the archives it changed: id → (revision, owner) right after it."""

    bundle_id: str
    touched: dict[str, tuple[int, str]]
    marked: frozenset[str]
    stood: dict[str, list[Any]]


def recorded(connection: Connection) -> Recorded | None:
    """What can be told of the last recorded bundle; None when none keeps its steps."""
    rows = connection.exec_driver_sql(
        "SELECT bundle_id, act, row_key, before FROM undo_step WHERE act IN ('A', 'S', 'E') ORDER BY seq"
    ).all()
    if not rows or rows[-1][1] != ENDED:
        return None
    touched = {entry[0]: (entry[1], entry[2]) for row in rows if row[1] == TOUCHED for entry in json.loads(row[2])}
    marked = frozenset(entry[0] for row in rows if row[1] == MARKED for entry in json.loads(row[2]))
    return Recorded(rows[-1][0], touched, marked, json.loads(rows[-1][3]))


def inserted_keys(connection: Connection, table_name: str) -> list[Any]:
    """The keys of the rows the recorded bundle added to a table with a key of one column."""
    rows = connection.exec_driver_sql(
        "SELECT row_key FROM undo_step WHERE act = 'I' AND table_name = ? ORDER BY seq", (table_name,)
    )
    return [entry[0] for row in rows for entry in json.loads(row[0])]


# -- going back --------------------------------------------------------------------------------------------------


def go_back(connection: Connection, keep: dict[str, set[Any]] | None = None) -> None:
    """Put every recorded row back as it was, the last change first, and drop the steps.

    *keep* names rows by table and key that stay although the bundle brought them. History is append-only by trigger:
    within this transaction the triggers stand aside. The search index of people is brought along by the caller.
    """
    known = {table.name: table for table in tables(connection)}
    guards = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for name, _ in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    steps = connection.exec_driver_sql(
        "SELECT table_name, act, row_key, before FROM undo_step WHERE act IN ('I', 'U', 'D') ORDER BY seq DESC"
    )
    for name, act, row_key, before in steps.all():
        table = known[name]
        if act == INSERTED:
            _remove(connection, table, json.loads(row_key), (keep or {}).get(name, set()))
        elif act == UPDATED:
            _restore(connection, table, json.loads(row_key), json.loads(before))
        else:
            _bring_back(connection, table, json.loads(before))
    for _, statement in guards:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("DELETE FROM undo_step")


def _is_key(table: Table) -> str:
    return " AND ".join(f"{name} = ?" for name in table.key)


def _remove(connection: Connection, table: Table, keys: list[list[Any]], kept: set[Any]) -> None:
    wanted = [tuple(key) for key in keys if key[0] not in kept]
    if wanted:
        connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {_is_key(table)}", wanted)


def _values(table: Table, before: dict[str, Any]) -> list[Any]:
    return [
        bytes.fromhex(value) if name in table.blobs and value is not None else value for name, value in before.items()
    ]


def _restore(connection: Connection, table: Table, key: list[Any], before: dict[str, Any]) -> None:
    before.pop("rowid")
    columns = ", ".join(f"{name} = ?" for name in before)
    connection.exec_driver_sql(
        f"UPDATE {table.name} SET {columns} WHERE {_is_key(table)}", (*_values(table, before), *key)
    )


def _bring_back(connection: Connection, table: Table, before: dict[str, Any]) -> None:
    """The row in its old place; in a new one where another row has taken it since."""
    place = before.pop("rowid")
    taken = connection.exec_driver_sql(f"SELECT 1 FROM {table.name} WHERE rowid = ?", (place,)).first()
    if len(table.key) == 1 and before[table.key[0]] == place:  # the key is the number of the row
        if taken and table.key[0] != "seq":
            return  # a later one for the same year stands
        del before[table.key[0]]
    columns = ", ".join(["rowid", *before])
    marks = ", ".join("?" * (len(before) + 1))
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", (None if taken else place, *_values(table, before))
    )

