"""Archives in the database: load and save with history, in the caller's transaction; rows for lists and search.

Functions take an open connection (``Database.reading`` / ``writing``), so a service decides what is one transaction.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from db.domain import pinyin
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.change_diff import Change
from db.domain.field_kinds import NAME_DOTS
from db.domain.form_schema import Search, Value
from db.models.archive import Archive, ArchiveRevision, HouseholdMember
from db.store import hidden
from db.store.bulk_insert import insert_rows

ARCHIVE = Archive.__table__  # type: ignore[attr-defined]
MEMBER = HouseholdMember.__table__  # type: ignore[attr-defined]
REVISION = ArchiveRevision.__table__  # type: ignore[attr-defined]

WORKER_KEYS = tuple(spec.key for spec in ARCHIVE_FORM.worker_fields)
MEMBER_KEYS = tuple(spec.key for spec in ARCHIVE_FORM.member_fields)
_NUMBER_KEYS = tuple(
    spec.key for spec in ARCHIVE_FORM.worker_fields if spec.search is Search.NUMBER and spec.key != "id_number"
)


@dataclass(slots=True)
class StoredArchive:
    """An archive as stored: its record data and its content."""

    id: str
    archive_number: str
    office_id: str
    revision: int
    is_complete: bool
    missing_count: int
    created_at: str
    updated_at: str
    updated_by: str
    exported_revision: int
    exported_sequence: int
    acknowledged_revision: int
    acknowledged_at: str | None
    confirmations: dict[str, str]
    content: ArchiveContent


@dataclass(slots=True)
class RevisionNote:
    """Who makes a revision, where, when and why. *device_counter* orders them without trusting clocks."""

    made_at: str
    clerk_id: str
    clerk_name: str
    office_id: str
    device_id: str
    device_counter: int
    action: str
    reason: str = ""
    changes: list[Change] = field(default_factory=list)


RECORD_KEYS = (
    "id",
    "archive_number",
    "office_id",
    "revision",
    "is_complete",
    "missing_count",
    "created_at",
    "updated_at",
    "updated_by",
    "exported_revision",
    "exported_sequence",
    "acknowledged_revision",
    "acknowledged_at",
    "confirmations",
)


def _columns(table: Any) -> ReadOnlyColumnCollection[str, Any]:
    return table.c  # type: ignore[no-any-return]


_LOAD_COLUMNS: list[Any] = [
    _columns(ARCHIVE)[key] for key in (*RECORD_KEYS, "edition", *WORKER_KEYS)
]
_WORKER_START = len(RECORD_KEYS) + 1
_MEMBER_COLUMNS = [_columns(MEMBER)[key] for key in ("archive_id", "id", *MEMBER_KEYS)]


def _content_of(row: Sequence[Any], members: list[dict[str, Value]]) -> ArchiveContent:
    values = {
        key: value for key, value in zip(WORKER_KEYS, row[_WORKER_START:], strict=True) if value is not None
    }
    return ArchiveContent(values, members, row[_WORKER_START - 1])


def _member_of(row: Sequence[Any]) -> dict[str, Value]:
    member: dict[str, Value] = {"id": row[1]}
    member.update((key, value) for key, value in zip(MEMBER_KEYS, row[2:], strict=True) if value is not None)
    return member


def _stored(row: Sequence[Any], members: list[dict[str, Value]]) -> StoredArchive:
    record = dict(zip(RECORD_KEYS, row[: _WORKER_START - 1], strict=True))
    return StoredArchive(**record, content=_content_of(row, members))


_LOAD_ONE = select(*_LOAD_COLUMNS).where(ARCHIVE.c.id == bindparam("archive_id"))
_LOAD_MEMBERS = (
    select(*_MEMBER_COLUMNS).where(MEMBER.c.archive_id == bindparam("archive_id")).order_by(MEMBER.c.position)
)
_LOAD_MANY = select(*_LOAD_COLUMNS).where(ARCHIVE.c.id.in_(bindparam("ids", expanding=True)))
_LOAD_MANY_MEMBERS = (
    select(*_MEMBER_COLUMNS)
    .where(MEMBER.c.archive_id.in_(bindparam("ids", expanding=True)))
    .order_by(MEMBER.c.archive_id, MEMBER.c.position)
)


def load(connection: Connection, archive_id: str) -> StoredArchive | None:
    """The archive *archive_id* with its members; None when there is none."""
    row = connection.execute(_LOAD_ONE, {"archive_id": archive_id}).first()
    if row is None:
        return None
    members = [_member_of(tuple(member)) for member in connection.execute(_LOAD_MEMBERS, {"archive_id": archive_id})]
    return _stored(tuple(row), members)


def load_many(connection: Connection, ids: Sequence[str], batch: int = 500) -> Iterator[StoredArchive]:
    """The archives *ids* in that order, read in batches so that memory stays flat."""
    for start in range(0, len(ids), batch):
        part = list(ids[start : start + batch])
        members: dict[str, list[dict[str, Value]]] = {}
        for row in connection.execute(_LOAD_MANY_MEMBERS, {"ids": part}):
            members.setdefault(row[0], []).append(_member_of(tuple(row)))
        found = {row[0]: tuple(row) for row in connection.execute(_LOAD_MANY, {"ids": part})}
        for archive_id in part:
            if archive_id in found:
                yield _stored(found[archive_id], members.get(archive_id, []))


# -- saving ------------------------------------------------------------------------------------------------------

_NEXT_COUNTER = text("SELECT coalesce(max(device_counter), 0) + 1 FROM archive_revision WHERE device_id = :device_id")


def next_device_counter(connection: Connection, device_id: str) -> int:
    """The next number of this device's own clock."""
    return int(connection.execute(_NEXT_COUNTER, {"device_id": device_id}).scalar_one())


def archive_row(stored: StoredArchive) -> dict[str, Any]:
    """Column values of the archive row."""
    content = stored.content
    row: dict[str, Any] = dict.fromkeys(WORKER_KEYS)
    row.update(content.values)
    for key in RECORD_KEYS:
        row[key] = getattr(stored, key)
    row["edition"] = content.edition
    row["name_pinyin"] = pinyin.full(content.text("name"))
    return row


def member_rows(archive_id: str, content: ArchiveContent) -> list[dict[str, Any]]:
    """Column values of the member rows."""
    rows = []
    for position, member in enumerate(content.members):
        row: dict[str, Any] = dict.fromkeys(MEMBER_KEYS)
        row.update(member)
        row["archive_id"] = archive_id
        row["position"] = position
        rows.append(row)
    return rows


def revision_row(stored: StoredArchive, note: RevisionNote) -> dict[str, Any]:
    """Column values of the revision row: who, what changed, and the whole content."""
    return {
        "archive_id": stored.id,
        "revision": stored.revision,
        "made_at": note.made_at,
        "clerk_id": note.clerk_id,
        "clerk_name": note.clerk_name,
        "office_id": note.office_id,
        "device_id": note.device_id,
        "device_counter": note.device_counter,
        "action": note.action,
        "reason": note.reason,
        "changes": [change.to_json() for change in note.changes],
        "snapshot": stored.content.to_json(),
    }


_INSERT_MEMBER = insert(MEMBER)
_INSERT_REVISION = insert(REVISION)
_DELETE_MEMBERS = delete(MEMBER).where(MEMBER.c.archive_id == bindparam("archive_id"))
_UPDATE_ARCHIVE = update(ARCHIVE).where(ARCHIVE.c.id == bindparam("b_id"))


def insert_new(connection: Connection, items: Sequence[tuple[StoredArchive, RevisionNote]]) -> None:
    """Store new archives with their first (or received) revision; many at once for imports."""
    insert_rows(connection, ARCHIVE, [archive_row(stored) for stored, _ in items])
    members = [row for stored, _ in items for row in member_rows(stored.id, stored.content)]
    insert_rows(connection, MEMBER, members)
    insert_rows(connection, REVISION, [revision_row(stored, note) for stored, note in items])
    index_persons(connection, [stored for stored, _ in items])


def replace(connection: Connection, stored: StoredArchive, note: RevisionNote) -> None:
    """Store a further revision of an archive in place of its current one."""
    replace_current(connection, stored)
    connection.execute(_INSERT_REVISION, revision_row(stored, note))


def replace_current(connection: Connection, stored: StoredArchive) -> None:
    """Put *stored* in place of the archive's current row and members; the caller adds to the history."""
    row = archive_row(stored)
    row["b_id"] = row.pop("id")
    connection.execute(_UPDATE_ARCHIVE, row)
    connection.execute(_DELETE_MEMBERS, {"archive_id": stored.id})
    members = member_rows(stored.id, stored.content)
    if members:
        connection.execute(_INSERT_MEMBER, members)
    reindex_persons(connection, stored)


# -- people index ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16384)
def _hex(char: str) -> str:
    return f"u{ord(char):x}"


def search_document(name: str, numbers: Iterable[str]) -> str:
    """Index tokens of one person: characters (as code points, so any script is one ASCII token), pinyin, numbers.

    Minority-name dots in any code point are left out, so 才让·卓玛 is found with or without one.
    """
    name = name.lower()
    if not name.isalpha():
        name = "".join([char for char in name if char not in NAME_DOTS and not char.isspace()])
    tokens = list(map(_hex, name))
    if name:
        # a rare character without a known reading must not hide the readings of the others
        parts = [part for part in pinyin.syllables(name) if part.isascii()] or [""]
        letters = "".join(part[:1] for part in parts)
        whole = "".join(parts)
        tokens.append("p" + whole)
        tokens.append("i" + letters)
        # given names alone: xm finds 张小明
        if len(parts) > 1:
            tokens.append("p" + "".join(parts[1:]))
            tokens.append("i" + letters[1:])
    for number in numbers:
        cleaned = number.lower()
        if not (cleaned.isascii() and cleaned.isalnum()):
            cleaned = "".join(char for char in cleaned if char.isalnum() and char.isascii())
        if cleaned:
            tokens.append("n" + cleaned)
            if len(cleaned) > 4:
                tokens.append("n" + cleaned[-4:])
    return " ".join(tokens)


def search_expression(typed: str) -> str | None:
    """FTS expression for what was typed; None when nothing searchable was typed."""
    typed = typed.lower().strip()
    compact = "".join(char for char in typed if char not in NAME_DOTS and not char.isspace() and char not in "-*'\"")
    if not compact:
        return None
    if compact.isascii():
        cleaned = "".join(char for char in compact if char.isalnum())
        if not cleaned:
            return None
        if cleaned.isdigit() or (cleaned[:-1].isdigit() and cleaned[-1] == "x"):
            return f'"n{cleaned}"*'
        return f'"p{cleaned}"* OR "i{cleaned}"* OR "n{cleaned}"*'
    return " + ".join(f'"{_hex(char)}"' for char in compact)


_MEANT = (
    "SELECT archive_id FROM person_entry WHERE seq IN"
    " (SELECT rowid FROM person_search WHERE document MATCH :expression)"
)
_MEANT_OR_KEPT = f"{_MEANT} UNION {hidden.kept_for(_MEANT)}"


def narrow_to_person(
    typed: str, parts: list[str], params: dict[str, Any], column: str = "a.id", *, merged_too: bool = False
) -> None:
    """Add to *parts* and *params* the condition that an archive has a person whom *typed* means; none where nothing was typed.

    A person of a merged archive leads to the one that was kept, unless the merged ones themselves are listed.
    """
    expression = search_expression(typed)
    if expression:
        parts.append(f"{column} IN ({_MEANT if merged_too else _MEANT_OR_KEPT})")
        params["expression"] = expression
    elif typed.strip():
        parts.append("0 = 1")  # nothing searchable was typed: that finds nobody, not everybody


def _person_rows(stored: StoredArchive) -> list[dict[str, Any]]:
    values = stored.content.values
    numbers = [str(values[key]) for key in _NUMBER_KEYS if values.get(key)]
    rows = [_person(stored.id, "", values, [stored.archive_number, *numbers])]
    rows.extend(_person(stored.id, str(member["id"]), member, []) for member in stored.content.members)
    return rows


def _person(archive_id: str, member_id: str, record: dict[str, Value], numbers: list[str]) -> dict[str, Any]:
    """Columns of a person, in the order of :data:`_INSERT_PERSON`."""
    return {
        "archive_id": archive_id,
        "member_id": member_id,
        "name": str(record.get("name") or ""),
        "id_number": record.get("id_number"),
        "birth_on": record.get("birth_on"),
        "phone": record.get("mobile_phone"),
        "numbers": " ".join(numbers),
    }


_INSERT_PERSON = (
    "INSERT INTO person_entry (archive_id, member_id, name, id_number, birth_on, phone, numbers, seq)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_SEARCH = "INSERT INTO person_search (rowid, document) VALUES (?, ?)"
_NEXT_PERSON = text("SELECT coalesce(max(seq), 0) + 1 FROM person_entry")


def _insert_persons(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    first = int(connection.execute(_NEXT_PERSON).scalar_one())
    # plain tuples: an import indexes tens of thousands of people
    connection.exec_driver_sql(_INSERT_PERSON, [(*row.values(), seq) for seq, row in enumerate(rows, first)])
    documents = [(seq, _document_of(row)) for seq, row in enumerate(rows, first)]
    connection.exec_driver_sql(_INSERT_SEARCH, documents)


def _document_of(row: dict[str, Any]) -> str:
    numbers = row["numbers"].split()
    return search_document(row["name"], [*numbers, row["id_number"]] if row["id_number"] else numbers)


def index_persons(connection: Connection, archives: Iterable[StoredArchive]) -> None:
    """Make the people of new archives findable."""
    _insert_persons(connection, [row for stored in archives for row in _person_rows(stored)])


_PERSONS_OF = text(
    "SELECT seq, archive_id, member_id, name, id_number, birth_on, phone, numbers"
    " FROM person_entry WHERE archive_id = :archive_id"
)
_DELETE_PERSON = text("DELETE FROM person_entry WHERE seq = :seq")
_DELETE_SEARCH = text("DELETE FROM person_search WHERE rowid = :seq")


def reindex_persons(connection: Connection, stored: StoredArchive) -> None:
    """Bring the index of one archive up to date, touching only people who changed."""
    wanted = {row["member_id"]: row for row in _person_rows(stored)}
    gone: list[dict[str, Any]] = []
    for found in connection.execute(_PERSONS_OF, {"archive_id": stored.id}).mappings().all():
        row = wanted.get(found["member_id"])
        if row is not None and all(found[key] == row[key] for key in row):
            del wanted[found["member_id"]]
        else:
            gone.append({"seq": found["seq"]})
    if gone:
        connection.execute(_DELETE_PERSON, gone)
        connection.execute(_DELETE_SEARCH, gone)
    _insert_persons(connection, list(wanted.values()))


_UNINDEX = text(
    "DELETE FROM person_search WHERE rowid IN (SELECT seq FROM person_entry"
    " WHERE archive_id IN (SELECT value FROM json_each(:ids)))"
)
_ENTRIES_OF = text(
    "SELECT seq, name, id_number, numbers FROM person_entry WHERE archive_id IN (SELECT value FROM json_each(:ids))"
)


def unindex_persons(connection: Connection, archive_ids: Iterable[str]) -> None:
    """Take the people of these archives out of the search, before their entries are put back as they were."""
    connection.execute(_UNINDEX, {"ids": json.dumps(list(archive_ids))})


def index_entries(connection: Connection, archive_ids: Iterable[str]) -> None:
    """Make the entries these archives have found again."""
    entries = connection.execute(_ENTRIES_OF, {"ids": json.dumps(list(archive_ids))}).mappings().all()
    if entries:
        connection.exec_driver_sql(_INSERT_SEARCH, [(row["seq"], _document_of(dict(row))) for row in entries])


_SEARCH = text(
    "SELECT p.archive_id, a.archive_number, p.member_id, p.name, p.id_number, p.birth_on, p.phone, a.name AS head_name,"
    " a.home_address, a.office_id, m.relation_to_head"
    " FROM (SELECT rowid AS seq FROM person_search WHERE document MATCH :expression LIMIT :scan) AS hit"
    " JOIN person_entry p ON p.seq = hit.seq JOIN archive a ON a.id = p.archive_id"
    " LEFT JOIN household_member m ON m.id = p.member_id LIMIT :limit"
)


def search(connection: Connection, typed: str, limit: int) -> list[dict[str, Any]]:
    """People meant by *typed* (name, pinyin, initials, numbers or their last four digits), at most *limit*."""
    expression = search_expression(typed)
    if expression is None:
        return []
    rows = connection.execute(_SEARCH, {"expression": expression, "scan": limit, "limit": limit})
    return [dict(row) for row in rows.mappings()]


_HOLDERS = text(
    "SELECT id AS archive_id, '' AS member_id, id_number, name, archive_number, office_id, name AS head_name FROM archive"  # noqa: S608
    f" WHERE id_number IN (SELECT value FROM json_each(:numbers)) AND id NOT IN ({hidden.MERGED_IDS})"
    " UNION ALL SELECT m.archive_id, m.id, m.id_number, m.name, a.archive_number, a.office_id, a.name"
    " FROM household_member m JOIN archive a ON a.id = m.archive_id"
    f" WHERE m.id_number IN (SELECT value FROM json_each(:numbers)) AND a.id NOT IN ({hidden.MERGED_IDS})"
)


def holders_of(connection: Connection, numbers: Iterable[str]) -> list[dict[str, Any]]:
    """Where the people with these ID numbers stand: as worker (member_id empty) or member of which archive."""
    wanted = json.dumps(sorted(set(numbers)))
    return [dict(row) for row in connection.execute(_HOLDERS, {"numbers": wanted}).mappings()]
