"""Reviews of archives in the caller's transaction: which counts, what number was given, which still have to travel."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, text

from db.domain.office_levels import OFFICE_LEVELS, levels_above, levels_upto
from db.domain.review import with_given_number
from db.models.exchange import Review
from db.store import archive_store, case_store

REVIEW = Review.__table__  # type: ignore[attr-defined]

Row = dict[str, Any]


def _quoted(levels: Iterable[str]) -> str:
    return ", ".join(f"'{level}'" for level in levels) or "NULL"


# -- which review counts ------------------------------------------------------------------------------------------


def outcome_above(own_level: str, archive: str = "archive") -> str:
    """SQL for the outcome of the review that counts: final, the last of its office, by an office above, of this revision.

    Of several levels the highest; *archive* is the table's name in the statement.
    """
    above = levels_above(own_level)
    rank = " ".join(f"WHEN '{level}' THEN {at}" for at, level in enumerate(above))
    order = f"CASE r.office_level {rank} END DESC, r.rowid DESC" if above else "r.rowid DESC"
    parts = (
        "(SELECT r.outcome FROM review r WHERE r.archive_id =",
        f"{archive}.id AND r.is_last = 1 AND r.step = 'final' AND r.archive_revision = {archive}.revision",
        f"AND r.office_level IN ({_quoted(above)}) ORDER BY {order} LIMIT 1)",
    )
    return " ".join(parts)


_OF_ARCHIVE = text("SELECT * FROM review WHERE archive_id = :archive_id ORDER BY rowid DESC")
_LAST_OWN = text(
    "SELECT * FROM review WHERE archive_id = :archive_id AND office_id = :office_id AND is_last = 1 ORDER BY rowid DESC LIMIT 1"
)


def _parsed(row: Any) -> Row:
    return {**row, "reasons": json.loads(row["reasons"])}


def reviews_of(connection: Connection, archive_id: str) -> list[Row]:
    """Every review of an archive, the newest first; ``reasons`` is parsed."""
    return [_parsed(row) for row in connection.execute(_OF_ARCHIVE, {"archive_id": archive_id}).mappings()]


def last_own(connection: Connection, archive_id: str, office_id: str) -> Row | None:
    """The latest review of an archive by *office_id*, final or not."""
    params = {"archive_id": archive_id, "office_id": office_id}
    row = connection.execute(_LAST_OWN, params).mappings().first()
    return None if row is None else _parsed(row)


_LAST_WORDS = text(
    "SELECT r.archive_id, r.archive_revision, r.office_level, r.outcome, r.class_label, r.level_label, a.revision"
    " FROM review r JOIN archive a ON a.id = r.archive_id WHERE r.archive_id IN (SELECT value FROM json_each(:ids))"
    " AND r.is_last = 1 AND r.step = 'final' ORDER BY r.rowid"
)


def last_words(connection: Connection, ids: Iterable[str]) -> list[Row]:
    """The latest final review of each office upon these archives, with the archives' present revision."""
    return [dict(row) for row in connection.execute(_LAST_WORDS, {"ids": json.dumps(list(ids))}).mappings()]


def has_any(connection: Connection) -> bool:
    """Whether there is any review at all."""
    return connection.execute(text("SELECT 1 FROM review LIMIT 1")).first() is not None


# -- adding -------------------------------------------------------------------------------------------------------

_NOT_LAST = text(
    "UPDATE review SET is_last = 0 WHERE archive_id = :archive_id AND office_id = :office_id AND is_last = 1"
)
_NEXT_COUNTER = text("SELECT coalesce(max(device_counter), 0) + 1 FROM review WHERE device_id = :device_id")


def add(connection: Connection, row: Row) -> None:
    """Add a review; it is the last of its office from now on."""
    connection.execute(_NOT_LAST, {"archive_id": row["archive_id"], "office_id": row["office_id"]})
    connection.execute(insert(REVIEW), row)


def next_counter(connection: Connection, device_id: str) -> int:
    """The next number of this device's reviews."""
    return int(connection.execute(_NEXT_COUNTER, {"device_id": device_id}).scalar_one())


# -- the number given ---------------------------------------------------------------------------------------------

# the highest office counts, then its latest word: every office orders them alike, whatever came first on a stick
_RANK = " ".join(f"WHEN '{level}' THEN {at}" for at, level in enumerate(OFFICE_LEVELS))
_NUMBERED = "SELECT archive_id, worker_number, office_name FROM review WHERE archive_id IN (SELECT value FROM json_each(:ids))"
_GIVEN = text(f"{_NUMBERED} AND worker_number <> '' AND step = 'final' ORDER BY CASE office_level {_RANK} END, rowid")
_HOLDER = text(
    "SELECT archive_number FROM archive WHERE worker_number = :number AND id <> :archive_id"
    " AND id NOT IN (SELECT merged_archive_id FROM archive_merge WHERE undone_at IS NULL)"
    " UNION ALL SELECT a.archive_number FROM review r JOIN archive a ON a.id = r.archive_id"
    " WHERE r.worker_number = :number AND r.worker_number <> '' AND r.is_last = 1 AND r.archive_id <> :archive_id"
    " AND r.archive_id NOT IN (SELECT merged_archive_id FROM archive_merge WHERE undone_at IS NULL) LIMIT 1"
)


def given_numbers(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The 职工编号 that offices above have given to these archives; the last one of the highest office counts."""
    return {row[0]: row[1] for row in connection.execute(_GIVEN, {"ids": json.dumps(list(ids))})}


def number_given(connection: Connection, archive_id: str) -> tuple[str, str]:
    """The 职工编号 given to an archive and the office that gave it; both empty where none did."""
    rows = connection.execute(_GIVEN, {"ids": json.dumps([archive_id])}).all()
    return (rows[-1][1], rows[-1][2]) if rows else ("", "")


def number_holder(connection: Connection, number: str, archive_id: str) -> str:
    """档案编号 of another archive that has this 职工编号 already; empty where none has."""
    params = {"number": number, "archive_id": archive_id}
    return str(connection.execute(_HOLDER, params).scalar() or "")


def follow_reviews(connection: Connection, ids: Sequence[str]) -> None:
    """What reviews of these archives change beside themselves: the 职工编号 that shows, and where the case stands."""
    _overlay_numbers(connection, ids)
    case_store.refresh(connection, ids)


def _overlay_numbers(connection: Connection, ids: Sequence[str]) -> None:
    """Let the current rows of these archives show the 职工编号 given to them; no revision is made."""
    given = given_numbers(connection, ids)
    for stored in archive_store.load_many(connection, list(given)):
        content = with_given_number(stored.content, given[stored.id])
        if content is not stored.content:
            stored.content = content
            archive_store.replace_current(connection, stored)


# -- travelling upwards -------------------------------------------------------------------------------------------


def _travelling(own_level: str) -> str:
    return f"step = 'final' AND office_level IN ({_quoted(levels_upto(own_level))})"


def to_send(own_level: str) -> str:
    """SQL of the archives with a review (of this office or below) that no bundle has taken upwards yet."""
    return " ".join(("SELECT archive_id FROM review WHERE exported_sequence = 0 AND", _travelling(own_level)))


def unacknowledged(own_level: str) -> str:
    """SQL of the archives with such a review for which no receipt has come."""
    return " ".join(("SELECT archive_id FROM review WHERE acknowledged_at IS NULL AND", _travelling(own_level)))


def pending_ids(connection: Connection, ids: Iterable[str], own_level: str) -> list[str]:
    """Ids of the reviews beside these archives that no bundle has taken upwards yet."""
    chosen = "SELECT id FROM review WHERE archive_id IN (SELECT value FROM json_each(:ids)) AND exported_sequence = 0 AND"
    statement = text(" ".join((chosen, _travelling(own_level))))
    return [row[0] for row in connection.execute(statement, {"ids": json.dumps(list(ids))})]


_MARK_EXPORTED = text(
    "UPDATE review SET exported_sequence = :sequence WHERE id IN (SELECT value FROM json_each(:ids))"
)
_MARK_ACKNOWLEDGED = text(
    "UPDATE review SET acknowledged_at = :at WHERE exported_sequence = :sequence AND acknowledged_at IS NULL"
    " AND archive_id IN (SELECT value FROM json_each(:ids))"
)
_FORGET = text(
    "UPDATE review SET exported_sequence = 0 WHERE acknowledged_at IS NULL"
    " AND exported_sequence IN (SELECT value FROM json_each(:sequences)) AND exported_sequence > 0"
)


def mark_exported(connection: Connection, ids: Iterable[str], sequence: int) -> None:
    """Note that these reviews travel in bundle *sequence*."""
    connection.execute(_MARK_EXPORTED, {"ids": json.dumps(list(ids)), "sequence": sequence})


def mark_acknowledged(connection: Connection, archive_ids: Iterable[str], sequence: int, at: str) -> None:
    """Note that the office above has what bundle *sequence* said of these archives."""
    params = {"ids": json.dumps(list(archive_ids)), "sequence": sequence, "at": at}
    connection.execute(_MARK_ACKNOWLEDGED, params)


def forget_exports(connection: Connection, sequences: Iterable[int]) -> None:
    """Let reviews travel again whose bundle never arrived."""
    connection.execute(_FORGET, {"sequences": json.dumps(list(sequences))})
