"""Versions of records beside the archives and in the registers of offices, in the caller's transaction. Append-only."""

# ruff: noqa: S608 - names of tables and conditions are constants of this module, values are parameters
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, text

from db.models.casework import CaseRecord, OfficeRecord

RECORD = CaseRecord.__table__  # type: ignore[attr-defined]
OFFICE_RECORD = OfficeRecord.__table__  # type: ignore[attr-defined]

Row = dict[str, Any]

# the last version of an archive's record is that of its highest revision; clocks only decide where machines agree on it
_LATEST = (
    "id = (SELECT v.id FROM case_record v WHERE v.record_id = case_record.record_id"
    " ORDER BY v.archive_revision DESC, v.made_at DESC, v.id DESC LIMIT 1)"
)
_LATEST_OF_OFFICE = (
    "id = (SELECT v.id FROM office_record v WHERE v.record_id = office_record.record_id"
    " ORDER BY v.version DESC, v.made_at DESC, v.id DESC LIMIT 1)"
)
_MARK = text(f"UPDATE case_record SET is_current = {_LATEST} WHERE record_id IN (SELECT value FROM json_each(:ids))")
_MARK_OF_OFFICE = text(
    f"UPDATE office_record SET is_current = {_LATEST_OF_OFFICE} WHERE record_id IN (SELECT value FROM json_each(:ids))"
)


def insert_records(connection: Connection, rows: Sequence[Row]) -> None:
    """Add versions of records of archives; the latest of each record counts from now on."""
    _insert(connection, RECORD, _MARK, rows)


def insert_office_records(connection: Connection, rows: Sequence[Row]) -> None:
    """Add versions of entries of registers; the latest of each counts from now on."""
    _insert(connection, OFFICE_RECORD, _MARK_OF_OFFICE, rows)


def _insert(connection: Connection, table: Any, mark: Any, rows: Sequence[Row]) -> None:
    if not rows:
        return
    connection.execute(insert(table), [{**row, "is_current": False} for row in rows])
    connection.execute(mark, {"ids": json.dumps(sorted({row["record_id"] for row in rows}))})


# -- records of archives ------------------------------------------------------------------------------------------


def _rows(connection: Connection, statement: Any, **params: Any) -> list[Row]:
    return [_with_content(row) for row in connection.execute(statement, params).mappings()]


def _with_content(row: Any) -> Row:
    return {**row, "content": json.loads(row["content"])}


_OF_ARCHIVES = (
    "SELECT * FROM case_record WHERE archive_id IN (SELECT value FROM json_each(:ids)) AND is_current AND NOT is_removed"
    "{kind} ORDER BY coalesce(on_day, substr(made_at, 1, 10)), made_at, id"
)


def records_of(connection: Connection, archive_ids: Iterable[str], kind: str = "") -> list[Row]:
    """The records that count of these archives, of one *kind* or all, the oldest day first."""
    statement = text(_OF_ARCHIVES.format(kind=" AND kind = :kind" if kind else ""))
    return _rows(connection, statement, ids=json.dumps(list(archive_ids)), **({"kind": kind} if kind else {}))


_VERSIONS = text("SELECT * FROM case_record WHERE record_id = :record_id ORDER BY archive_revision, made_at, id")
_ALL_OF_ARCHIVE = text("SELECT * FROM case_record WHERE archive_id = :id ORDER BY archive_revision, made_at, id")


def versions(connection: Connection, record_id: str) -> list[Row]:
    """Every version of a record, the oldest first; empty where there is none."""
    return _rows(connection, _VERSIONS, record_id=record_id)


def all_versions_of(connection: Connection, archive_id: str) -> list[Row]:
    """Every version of every record of an archive, in the order in which they were made."""
    return _rows(connection, _ALL_OF_ARCHIVE, id=archive_id)


_ARCHIVES_OF = text(
    "SELECT DISTINCT archive_id FROM case_record WHERE record_id IN (SELECT value FROM json_each(:ids)) ORDER BY 1"
)


def archives_of(connection: Connection, record_ids: Iterable[str]) -> list[str]:
    """The archives that these records are of."""
    return [row[0] for row in connection.execute(_ARCHIVES_OF, {"ids": json.dumps(list(record_ids))})]


_WRONGLY_MARKED = text(
    f"SELECT record_id FROM case_record WHERE is_current <> ({_LATEST})"
    f" UNION SELECT record_id FROM office_record WHERE is_current <> ({_LATEST_OF_OFFICE})"
)


def wrongly_marked(connection: Connection) -> list[str]:
    """Records whose mark of what counts is not on their latest version."""
    return [row[0] for row in connection.execute(_WRONGLY_MARKED)]


# -- registers of offices -----------------------------------------------------------------------------------------

_IN_REGISTER = (
    "SELECT * FROM office_record WHERE kind = :kind AND is_current AND NOT is_removed{office}"
    " ORDER BY coalesce(on_day, substr(made_at, 1, 10)), made_at, id"
)


def office_records(connection: Connection, kind: str, office_id: str = "") -> list[Row]:
    """The entries that count of a register, of one office or of all that are known here."""
    statement = text(_IN_REGISTER.format(office=" AND office_id = :office" if office_id else ""))
    return _rows(connection, statement, kind=kind, **({"office": office_id} if office_id else {}))


def office_records_with(connection: Connection, kind: str, answers: Mapping[str, str | int]) -> list[Row]:
    """The entries of a register, of all offices, with these *answers*; their keys are fields of its form."""
    condition = "".join(f" AND json_extract(content, '$.values.{key}') = :{key}" for key in answers)
    return _rows(connection, text(_IN_REGISTER.format(office=condition)), kind=kind, **answers)


_OFFICE_VERSIONS = text("SELECT * FROM office_record WHERE record_id = :record_id ORDER BY version, made_at, id")


def office_versions(connection: Connection, record_id: str) -> list[Row]:
    """Every version of an entry, the oldest first; empty where there is none."""
    return _rows(connection, _OFFICE_VERSIONS, record_id=record_id)


_OFFICE_OUT = (
    "SELECT id, record_id, kind, version, is_removed, content, made_at, clerk_id, clerk_name, office_id, device_id,"
    " device_counter FROM office_record WHERE is_current{condition} ORDER BY kind, record_id"
)


def office_records_out(connection: Connection, offices: Iterable[str] = (), kinds: Iterable[str] = ()) -> list[Row]:
    """The entries that count, removed ones too, for sending: of these *offices* (none: all), of these *kinds* (none: all)."""
    wanted = {"offices": sorted(offices), "kinds": sorted(kinds)}
    condition = (" AND office_id IN (SELECT value FROM json_each(:offices))" if wanted["offices"] else "") + (
        " AND kind IN (SELECT value FROM json_each(:kinds))" if wanted["kinds"] else ""
    )
    params = {key: json.dumps(names) for key, names in wanted.items() if names}
    return _rows(connection, text(_OFFICE_OUT.format(condition=condition)), **params)


_OFFICE_HELD = text("SELECT id, record_id, office_id, kind FROM office_record WHERE record_id IN (SELECT value FROM json_each(:ids))")


def office_records_held(connection: Connection, record_ids: Iterable[str]) -> list[Row]:
    """Id, record, office and kind of every version that is here of these entries."""
    found = connection.execute(_OFFICE_HELD, {"ids": json.dumps(sorted(set(record_ids)))})
    return [dict(row) for row in found.mappings()]
