"""Bare rows: the very rows a service wrote, read back and written again without any of our code."""

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from db.store.archive_store import search_document

TABLES = ("archive", "household_member", "archive_revision", "person_entry")
Rows = dict[str, list[dict[str, Any]]]


def read_rows(connection: Any, archive_id: str | None = None) -> Rows:
    """Rows of one archive, or of the whole office, by table; the search index as the documents it was given."""
    rows: Rows = {}
    for table in TABLES:
        key = "id" if table == "archive" else "archive_id"
        query, arguments = (f"SELECT * FROM {table} WHERE {key} = ?", (archive_id,)) if archive_id else (
            f"SELECT * FROM {table}",
            (),
        )
        cursor = connection.execute(query, arguments)
        names = [column[0] for column in cursor.description]
        rows[table] = [dict(zip(names, row, strict=True)) for row in cursor]
    rows["person_search"] = [search_row(person) for person in rows["person_entry"]]
    return rows


def search_row(person: dict[str, Any]) -> dict[str, Any]:
    """The row of the search index for a person."""
    numbers = [*person["numbers"].split(), *([person["id_number"]] if person["id_number"] else [])]
    return {"rowid": person["seq"], "document": search_document(person["name"], numbers)}


def with_new_identity(rows: Rows, first_seq: int) -> Rows:
    """The same rows under fresh ids, ready to be inserted beside the originals."""
    archive_id = str(uuid.uuid4())
    members = {member["id"]: str(uuid.uuid4()) for member in rows["household_member"]}
    fresh: Rows = {table: [dict(row) for row in content] for table, content in rows.items()}
    fresh["archive"][0]["id"] = archive_id
    for table in TABLES[1:]:
        for row in fresh[table]:
            row["archive_id"] = archive_id
    for member in fresh["household_member"]:
        member["id"] = members[member["id"]]
    for revision in fresh["archive_revision"]:
        revision["seq"] = None
    for offset, person in enumerate(fresh["person_entry"]):
        person["seq"] = first_seq + offset
        person["member_id"] = members.get(person["member_id"], "")
    for offset, document in enumerate(fresh["person_search"]):
        document["rowid"] = first_seq + offset
    return fresh


class BareInsert:
    """Statements and tuples prepared beforehand, so that only the writing is timed."""

    def __init__(self, rows: Rows) -> None:
        self._batches = [(_insert(table, content[0]), _tuples(content)) for table, content in rows.items() if content]

    def run(self, connection: Any) -> None:
        """Write all rows in one durable transaction."""
        connection.execute("BEGIN IMMEDIATE")
        for statement, tuples in self._batches:
            connection.executemany(statement, tuples)
        connection.execute("COMMIT")


class BareUpdate:
    """A further revision of one archive: its row updated, its members written anew, one revision appended."""

    def __init__(self, rows: Rows) -> None:
        self._archive = rows["archive"][0]
        self._members = rows["household_member"]
        self._revision = {**max(rows["archive_revision"], key=lambda row: row["revision"]), "seq": None}

    def run(self, connection: Any) -> None:
        """Write the rows in one durable transaction."""
        self._revision["revision"] += 1
        columns = [name for name in self._archive if name != "id"]
        assignments = ", ".join(f'"{name}" = ?' for name in columns)
        values = [self._archive[name] for name in columns]
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"UPDATE archive SET {assignments} WHERE id = ?", (*values, self._archive["id"]))
        connection.execute("DELETE FROM household_member WHERE archive_id = ?", (self._archive["id"],))
        connection.executemany(_insert("household_member", self._members[0]), _tuples(self._members))
        connection.execute(_insert("archive_revision", self._revision), tuple(self._revision.values()))
        connection.execute("COMMIT")


def _insert(table: str, row: dict[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in row)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})"


def _tuples(rows: Iterable[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in rows]


def read_sheet(path: Path) -> list[list[Any]]:
    """The cells of the first sheet, as calamine reads them."""
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def insert_sheet(connection: Any, cells: list[list[Any]]) -> None:
    """Insert the file's own rows into one plain table: the strictest possible reading of a bare import."""
    width = max(len(row) for row in cells)
    columns = ", ".join(f"c{number}" for number in range(width))
    connection.execute(f"CREATE TABLE IF NOT EXISTS bare_sheet ({columns})")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        f"INSERT INTO bare_sheet VALUES ({', '.join('?' * width)})",
        ([None if cell == "" else str(cell) for cell in row] for row in cells),
    )
    connection.execute("COMMIT")
