"""Archives whose term of keeping is over, and taking them out of the office file for good, in the caller's transaction.

What is left of a destroyed archive is its row without anything personal – number, owner and place in the exchange –, so
that its number is never given again and an old bundle cannot bring it back. Accounts of aid are kept by the rules for
accounts and stay.
"""

# ruff: noqa: S608 - names of tables and columns stand in the schema, values are parameters
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, text

from db.models.casework import DestroyedArchive
from db.store import archive_store, case_store, hidden

DESTROYED = DestroyedArchive.__table__  # type: ignore[attr-defined]
ACCOUNTS = frozenset({"aid_grant", "payout", "payment_line"})
"""Tables of accounts: they stay."""
_STAYING = ACCOUNTS | {"destroyed_archive", "bundle_item"}
_OF_THE_ROW = frozenset(
    {"id", "archive_number", "office_id", "revision", "edition", "is_complete", "missing_count", "created_at", "updated_at",
     "exported_revision", "exported_sequence", "acknowledged_revision", "acknowledged_at"}
)  # fmt: skip
_EMPTIED = {"updated_by": "''", "name_pinyin": "''", "confirmations": "'{}'"}

Row = dict[str, Any]

# in the order in which they fall due
_LEFT_ON = "iif(c.standing = 'exited', c.exited_on, c.since)"
_DUE = text(
    f"SELECT a.id, a.archive_number, coalesce(a.name, '') AS name, a.office_id, c.standing, {_LEFT_ON} AS left_on,"
    " (SELECT count(*) FROM archive_revision r WHERE r.archive_id = a.id) AS revisions,"
    " (SELECT count(*) FROM attachment t WHERE t.archive_id = a.id) AS papers"
    f" {case_store.FROM_CASES} WHERE c.standing IN ('exited', 'cancelled') AND c.track = '' AND {_LEFT_ON} <= :until"
    f" AND {hidden.shown('a')} AND (:ids IS NULL OR a.id IN (SELECT value FROM json_each(:ids))) ORDER BY 6, 2 LIMIT :limit"
)


def due(connection: Connection, until: str, ids: Sequence[str] | None, limit: int) -> list[Row]:
    """Archives that were closed or cancelled on that day or before, and of which nothing is under way; only among *ids*."""
    params = {"until": until, "ids": None if ids is None else json.dumps(list(ids)), "limit": limit}
    return [dict(row) for row in connection.execute(_DUE, params).mappings()]


def left_on(connection: Connection, archive_id: str) -> str | None:
    """The day an archive was closed or cancelled; None while it was not."""
    statement = text(f"SELECT {_LEFT_ON} FROM case_state c WHERE c.archive_id = :id AND c.standing IN ('exited', 'cancelled')")
    found = connection.execute(statement, {"id": archive_id}).scalar()
    return None if found is None else str(found)


_DESTROYED = text(
    "SELECT archive_id, destroyed_on FROM destroyed_archive WHERE archive_id IN (SELECT value FROM json_each(:ids))"
)


def destroyed_on(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Those of *ids* that were destroyed here, with the day."""
    return {row[0]: row[1] for row in connection.execute(_DESTROYED, {"ids": json.dumps(list(ids))})}


_MARKS = text("SELECT archive_id, mark FROM destroyed_archive WHERE archive_id IN (SELECT value FROM json_each(:ids))")


def destroyed_marks(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Those of *ids* that were destroyed here, with the fingerprint of the content they last had."""
    return {row[0]: row[1] for row in connection.execute(_MARKS, {"ids": json.dumps(list(ids))})}


# -- destroying ---------------------------------------------------------------------------------------------------

_MERGED_INTO = text(
    "WITH RECURSIVE part (id) AS (SELECT value FROM json_each(:ids) UNION SELECT m.merged_archive_id FROM archive_merge m"
    " JOIN part ON m.kept_archive_id = part.id WHERE m.undone_at IS NULL) SELECT id FROM part"
)
_FILES = text(
    "SELECT DISTINCT stored_name FROM attachment WHERE archive_id IN (SELECT value FROM json_each(:ids))"
    " EXCEPT SELECT stored_name FROM attachment WHERE archive_id NOT IN (SELECT value FROM json_each(:ids))"
)


def with_merged(connection: Connection, ids: Iterable[str]) -> list[str]:
    """These archives and those that were merged into them: they are the same household."""
    return [row[0] for row in connection.execute(_MERGED_INTO, {"ids": json.dumps(list(ids))})]


def files_of(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Names of the attachment files that only these archives use, removed ones too."""
    return [row[0] for row in connection.execute(_FILES, {"ids": json.dumps(list(ids))})]


def destroy(connection: Connection, marks: Mapping[str, str], on: str, record_id: str) -> None:
    """Take everything of these archives out, every version of it; freed pages are overwritten.

    *marks*: the archives, each with the fingerprint of its content.
    History guards itself by triggers, which step aside for this transaction only.
    """
    ids = sorted(marks)
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    guards = connection.exec_driver_sql(_GUARDS).all()
    for name, _ in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    archive_store.unindex_persons(connection, ids)
    params = {"ids": json.dumps(list(ids))}
    for table, column in connection.exec_driver_sql(_PLACES).all():
        if table not in _STAYING:
            connection.execute(text(f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(:ids))"), params)
    connection.execute(_SERVICES_BESIDE, params)
    _forget_in_bundles(connection, ids)
    connection.exec_driver_sql("DELETE FROM undo_step")  # it holds rows as they were before the last bundle
    for archive_id in ids:
        connection.execute(text("DELETE FROM office_setting WHERE key LIKE '%' || :id || '%'"), {"id": archive_id})
    connection.execute(text(f"UPDATE archive SET {_emptied(connection)} WHERE id IN (SELECT value FROM json_each(:ids))"), params)
    rows = [{"archive_id": key, "destroyed_on": on, "record_id": record_id, "mark": mark} for key, mark in marks.items()]
    connection.execute(insert(DESTROYED), rows)
    for _, guard in guards:
        connection.exec_driver_sql(guard)


_SERVICES_BESIDE = text("DELETE FROM office_record WHERE kind = 'office_service' AND subject_id IN (SELECT value FROM json_each(:ids))")
_BUNDLES = text(
    "SELECT b.id, b.summary FROM bundle b WHERE EXISTS (SELECT 1 FROM json_each(:words) w WHERE instr(b.summary, w.value) > 0)"
)
_NUMBERS = text("SELECT archive_number FROM archive WHERE id IN (SELECT value FROM json_each(:ids))")


def _forget_in_bundles(connection: Connection, ids: Sequence[str]) -> None:
    """Leave out of the results of received bundles what they tell of these archives by name."""
    numbers = [row[0] for row in connection.execute(_NUMBERS, {"ids": json.dumps(list(ids))})]
    words = {*ids, *numbers}
    for row in connection.execute(_BUNDLES, {"words": json.dumps(sorted(words))}).all():
        summary = json.dumps(_without(json.loads(row[1]), words), ensure_ascii=False)
        connection.execute(text("UPDATE bundle SET summary = :summary WHERE id = :id"), {"summary": summary, "id": row[0]})


def _without(value: Any, words: set[str]) -> Any:
    """A copy of JSON without the entries of lists that name one of *words* or are a sentence with one."""
    if isinstance(value, dict):
        return {key: _without(item, words) for key, item in value.items() if key not in words}
    if isinstance(value, list):
        return [_without(item, words) for item in value if not _names(item, words)]
    return value


def _names(item: Any, words: set[str]) -> bool:
    if isinstance(item, str):
        return any(word in item for word in words)
    parts = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return any(isinstance(part, str) and part in words for part in parts)


_GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '% BEFORE DELETE ON %'"
_PLACES = (
    "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    " AND c.name LIKE '%archive_id' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name"
)


def _emptied(connection: Connection) -> str:
    columns = [row[0] for row in connection.exec_driver_sql("SELECT name FROM pragma_table_info('archive')")]
    return ", ".join(f"{name} = {_EMPTIED.get(name, 'NULL')}" for name in columns if name not in _OF_THE_ROW)


def wipe(connection: Any) -> None:
    """Leave nothing of what was deleted in the file: the search index is merged, every page written anew.

    *connection* is a raw one outside any transaction.
    """
    connection.execute("INSERT INTO person_search (person_search) VALUES ('optimize')")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
