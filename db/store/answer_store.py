"""What an office can say of the archives of an office below it, and what an answer from above changes here.

In the caller's transaction.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, insert, text

from db.models.exchange import PersonWarning

WARNING = PersonWarning.__table__  # type: ignore[attr-defined]

Row = dict[str, Any]


# -- at the office above: whose archives, and what became of them -------------------------------------------------

_RECEIVED = text(
    "SELECT DISTINCT sequence FROM bundle WHERE partner_id = :partner AND direction = 'received' AND kind = 'archives'"
    " AND undone_at IS NULL ORDER BY sequence"
)
_LAST_RECEIVED = text(
    "SELECT coalesce(max(sequence), 0) FROM bundle WHERE partner_id = :partner AND direction = 'received'"
    " AND kind = 'archives'"
)


def received_sequences(connection: Connection, partner_id: str) -> list[int]:
    """Numbers of the partner's bundles of archives that stand here."""
    return [row[0] for row in connection.execute(_RECEIVED, {"partner": partner_id})]


def last_received(connection: Connection, partner_id: str) -> int:
    """The highest number of them that ever came, undone or not."""
    return int(connection.execute(_LAST_RECEIVED, {"partner": partner_id}).scalar_one())


_LATER_TRY = (
    "SELECT 1 FROM bundle_item n JOIN bundle m ON m.id = n.bundle_id WHERE n.archive_id = i.archive_id"
    " AND m.partner_id = b.partner_id AND m.direction = 'received' AND m.kind = 'archives' AND m.undone_at IS NULL"
    " AND m.sequence > b.sequence"
)
SET_ASIDE_IDS = (
    "SELECT i.archive_id FROM bundle_item i JOIN bundle b ON b.id = i.bundle_id WHERE i.outcome = 'conflict'"  # noqa: S608
    f" AND b.direction = 'received' AND b.kind = 'archives' AND b.undone_at IS NULL AND NOT EXISTS ({_LATER_TRY})"
)
"""SQL of the archives whose version brought last contradicts the one here."""
_TRIES = (
    "SELECT i.archive_id, i.outcome, b.id AS bundle_id, b.handled_at,"
    " row_number() OVER (PARTITION BY i.archive_id ORDER BY b.sequence DESC, b.handled_at DESC) AS place"
    " FROM bundle b JOIN bundle_item i ON i.bundle_id = b.id WHERE b.partner_id = :partner"
    " AND b.direction = 'received' AND b.kind = 'archives' AND b.undone_at IS NULL"
)
_TAKEN_BY = (
    "(SELECT b.partner_id FROM bundle_item i JOIN bundle b ON b.id = i.bundle_id WHERE i.archive_id = a.id"
    " AND b.direction = 'received' AND b.kind = 'archives' AND b.undone_at IS NULL"
    " AND i.outcome NOT IN ('refused', 'conflict', 'older') ORDER BY b.handled_at DESC, b.sequence DESC LIMIT 1)"
)
_OF_CHILD = text(
    " ".join(  # parts are constants of this module
        (
            "WITH try AS (", _TRIES, "), last AS (SELECT * FROM try WHERE place = 1), mine AS (",
            "SELECT id AS archive_id FROM archive WHERE office_id = :partner UNION SELECT archive_id FROM last)",
            "SELECT mine.archive_id, a.revision, a.office_id, last.outcome, last.handled_at,",
            "last.bundle_id,",
            "CASE WHEN a.office_id IN (SELECT value FROM json_each(:offices)) THEN a.office_id ELSE", _TAKEN_BY,
            "END AS home FROM mine LEFT JOIN archive a ON a.id = mine.archive_id",
            "LEFT JOIN last ON last.archive_id = mine.archive_id ORDER BY mine.archive_id",
        )
    )
)  # fmt: skip


def states_of(connection: Connection, partner_id: str, offices: Iterable[str]) -> list[Row]:
    """Every archive that is, or was brought as, one of the partner's: what is held, what became of the last try.

    ``home`` is the partner it belongs to now; *offices*: ids of this office and all its partners below. Archives that
    came through the partner from offices further below are the partner's, too.
    """
    params = {"partner": partner_id, "offices": json.dumps(list(offices))}
    return [dict(row) for row in connection.execute(_OF_CHILD, params).mappings()]


_REASONS = text(
    "SELECT id, json_extract(summary, '$.reasons') FROM bundle WHERE id IN (SELECT value FROM json_each(:ids))"
)


def reasons_of(connection: Connection, bundle_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """By bundle: why archives of it were set aside, by archive."""
    rows = connection.execute(_REASONS, {"ids": json.dumps(list(bundle_ids))})
    return {row[0]: json.loads(row[1] or "{}") for row in rows}


_HELD_SNAPSHOTS = text(
    "SELECT a.id, r.snapshot FROM json_each(:ids) AS wanted JOIN archive a ON a.id = wanted.value"
    " JOIN archive_revision r ON r.archive_id = a.id AND r.revision = a.revision"
)


def held_snapshots(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The content of the current revision of each archive as its history has it, JSON as stored."""
    return {row[0]: row[1] for row in connection.execute(_HELD_SNAPSHOTS, {"ids": json.dumps(ids)})}


_LAST_SAID = text(
    "SELECT json_extract(summary, '$.answered'), json_extract(summary, '$.wanted') FROM bundle"
    " WHERE partner_id = :partner AND direction = 'received' AND kind = 'archives' AND undone_at IS NULL"
    " ORDER BY sequence DESC LIMIT 1"
)
_ANSWER_AT = text(
    "SELECT max(handled_at) FROM bundle WHERE partner_id = :partner AND direction = 'sent' AND kind = 'answer'"
    " AND sequence <= :sequence"
)


def last_said(connection: Connection, partner_id: str) -> tuple[str, set[str]]:
    """What the partner's last bundle said: when the last answer it has applied was written, which archives it misses."""
    row = connection.execute(_LAST_SAID, {"partner": partner_id}).first()
    if row is None:
        return "", set()
    at = connection.execute(_ANSWER_AT, {"partner": partner_id, "sequence": row[0] or 0}).scalar()
    return at or "", set(json.loads(row[1] or "[]"))


_LAST_ANSWERED = text(
    "SELECT max(created_at) FROM bundle WHERE partner_id = :partner AND direction = 'sent' AND kind = 'answer'"
)
# the plus keeps SQLite from going through all reviews of the office once for each archive
_REVIEWS_SINCE = text(
    "SELECT count(*) FROM json_each(:ids) AS wanted JOIN review r ON r.archive_id = wanted.value"
    " WHERE +r.office_id = :own AND r.step = 'final' AND r.made_at > :since"
)


def last_answered(connection: Connection, partner_id: str) -> str | None:
    """When the last answer to a partner was written."""
    at: str | None = connection.execute(_LAST_ANSWERED, {"partner": partner_id}).scalar()
    return at


def reviews_since(connection: Connection, ids: Sequence[str], own_id: str, since: str) -> int:
    """How many reviews of these archives this office has made after a moment."""
    params = {"ids": json.dumps(ids), "own": own_id, "since": since}
    return int(connection.execute(_REVIEWS_SINCE, params).scalar_one())


_HOLES = text(
    "SELECT a.id, a.revision, json_group_array(r.revision) FROM json_each(:ids) AS wanted JOIN archive a ON a.id = wanted.value"
    " JOIN archive_revision r ON r.archive_id = a.id AND r.revision <= a.revision"
    " GROUP BY a.id HAVING count(*) < a.revision"
)
_OWN_REVISIONS = text(
    "SELECT count(*) FROM archive_revision WHERE archive_id = :id AND revision IN (SELECT value FROM json_each(:numbers))"
)


def holes(connection: Connection, ids: Sequence[str]) -> dict[str, list[int]]:
    """Revisions that the history of an archive does not have, though it has later ones; of archives with such only."""
    found = connection.execute(_HOLES, {"ids": json.dumps(ids)})
    return {row[0]: sorted(set(range(1, row[1])) - set(json.loads(row[2]))) for row in found}


def has_any(connection: Connection, archive_id: str, numbers: Iterable[int]) -> bool:
    """Whether the history here has one of these revisions."""
    params = {"id": archive_id, "numbers": json.dumps(list(numbers))}
    return bool(connection.execute(_OWN_REVISIONS, params).scalar_one())


# -- people who stand in archives of two offices ------------------------------------------------------------------

_SAME_NUMBER = text(
    "WITH p AS (SELECT e.archive_id, e.member_id, e.name, e.id_number FROM json_each(:ids) AS wanted"
    " JOIN person_entry e ON e.archive_id = wanted.value WHERE e.id_number <> ''),"
    " q AS (SELECT p.*, a.id AS other, '' AS other_member FROM p JOIN archive a ON a.id_number = p.id_number"
    " UNION ALL SELECT p.*, m.archive_id, m.id FROM p JOIN household_member m ON m.id_number = p.id_number)"
    " SELECT DISTINCT q.archive_id, q.member_id, q.name FROM q JOIN archive a ON a.id = q.archive_id"
    " JOIN archive b ON b.id = q.other AND b.office_id <> a.office_id"
    " WHERE a.id NOT IN (SELECT merged_archive_id FROM archive_merge WHERE undone_at IS NULL)"
    " AND b.id NOT IN (SELECT merged_archive_id FROM archive_merge WHERE undone_at IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM duplicate_pair d WHERE d.state = 'different_people' AND d.pair_key ="
    " min(q.archive_id || '/' || q.member_id, q.other || '/' || q.other_member) || '|' ||"
    " max(q.archive_id || '/' || q.member_id, q.other || '/' || q.other_member))"
)
_SAME_PERSON = text(
    "SELECT DISTINCT p.archive_id, p.member_id, p.name FROM json_each(:ids) AS wanted"
    " JOIN person_entry p ON p.archive_id = wanted.value JOIN duplicate_pair d ON d.state = 'same_person' AND"
    " ((d.first_archive_id = p.archive_id AND d.first_member_id = p.member_id)"
    " OR (d.second_archive_id = p.archive_id AND d.second_member_id = p.member_id))"
    " JOIN archive a ON a.id = p.archive_id JOIN archive b ON b.office_id <> a.office_id AND b.id ="
    " CASE WHEN d.first_archive_id = p.archive_id THEN d.second_archive_id ELSE d.first_archive_id END"
)
_TOLD_FROM_ABOVE = text(
    "SELECT w.* FROM json_each(:ids) AS wanted JOIN person_warning w ON w.archive_id = wanted.value"
    " WHERE w.cleared_at IS NULL ORDER BY w.issued_at, w.id"
)


def shared_people(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """Kind of warning and person (``archive_id``, ``member_id``, ``name``) of those who stand with another office, too."""
    params = {"ids": json.dumps(ids)}
    for kind, statement in (("same_number", _SAME_NUMBER), ("look_alike", _SAME_PERSON)):
        for row in connection.execute(statement, params).mappings():
            yield kind, dict(row)


def open_warnings(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """Warnings about people of these archives that stand here."""
    return [dict(row) for row in connection.execute(_TOLD_FROM_ABOVE, {"ids": json.dumps(ids)}).mappings()]


# -- at the office below ------------------------------------------------------------------------------------------

_LAST_ANSWER = text(
    "SELECT coalesce(max(sequence), 0) FROM bundle WHERE partner_id = :partner AND direction = 'received'"
    " AND kind = 'answer' AND undone_at IS NULL"
)


def last_answer(connection: Connection, partner_id: str) -> int:
    """Number of the last answer applied from a partner; 0 before the first."""
    return int(connection.execute(_LAST_ANSWER, {"partner": partner_id}).scalar_one())


_MISSING = text(
    "SELECT wanted.value FROM (SELECT summary FROM bundle WHERE partner_id = :partner AND direction = 'received'"
    " AND kind = 'answer' AND undone_at IS NULL ORDER BY sequence DESC LIMIT 1) AS last,"
    " json_each(last.summary, '$.missing') AS wanted LEFT JOIN archive a ON a.id = wanted.value WHERE a.id IS NULL"
)


def missing(connection: Connection, partner_id: str) -> list[str]:
    """Archives of this office that the partner's last answer told of and that are still not here."""
    return [row[0] for row in connection.execute(_MISSING, {"partner": partner_id})]


_SUBMITTED = text(
    "SELECT a.id, a.archive_number, coalesce(a.name, '') AS name, a.office_id, a.revision, a.exported_revision,"
    " a.exported_sequence, a.acknowledged_revision, r.snapshot FROM json_each(:held) AS wanted"
    " JOIN archive a ON a.id = wanted.key"
    " LEFT JOIN archive_revision r ON r.archive_id = a.id AND r.revision = wanted.value"
)
_ALL_SUBMITTED = text(
    "SELECT id, archive_number, coalesce(name, '') AS name, office_id, revision, exported_revision, exported_sequence,"
    " acknowledged_revision, NULL AS snapshot FROM archive WHERE (exported_revision > 0 OR acknowledged_revision > 0)"
    " AND NOT EXISTS (SELECT 1 FROM hand_over h WHERE h.archive_id = archive.id AND h.state IN ('accepted', 'completed')"
    " AND h.to_office_id = archive.office_id AND archive.office_id <>"
    " (SELECT json_extract(value, '$.id') FROM office_setting WHERE key = 'office'))"
    " AND NOT EXISTS (SELECT 1 FROM bundle_item i JOIN bundle b ON b.id = i.bundle_id WHERE i.archive_id = archive.id"
    " AND b.direction = 'sent' AND b.kind = 'archives' AND b.partner_id <> :partner"
    " AND b.sequence = archive.exported_sequence)"
)
_SET_STATE = text(
    "UPDATE archive SET acknowledged_revision = :acknowledged, acknowledged_at = CASE WHEN :acknowledged = 0 THEN NULL"
    " WHEN :acknowledged = acknowledged_revision THEN acknowledged_at ELSE :at END, exported_revision = :exported"
    " WHERE id = :id"
)


def submitted(connection: Connection, held: dict[str, int]) -> dict[str, Row]:
    """How these archives stand towards the office above; ``snapshot``: our content of the revision it holds."""
    rows = connection.execute(_SUBMITTED, {"held": json.dumps(held)}).mappings()
    return {row["id"]: dict(row) for row in rows}


def all_submitted(connection: Connection, partner_id: str) -> Iterator[Row]:
    """Every archive that went out (not to another office than the partner), as :func:`submitted` tells them."""
    rows = connection.execute(_ALL_SUBMITTED, {"partner": partner_id}).mappings().all()
    return iter([dict(row) for row in rows])


def set_state(connection: Connection, rows: Sequence[Row], at: str) -> None:
    """Note what the office above holds (``acknowledged``) and what counts as on its way (``exported``)."""
    if rows:
        connection.execute(_SET_STATE, [{**row, "at": at} for row in rows])


_SENT = text(
    "SELECT DISTINCT sequence FROM bundle WHERE partner_id = :partner AND direction = 'sent' AND kind = 'archives'"
    " AND sequence <= :last"
)
_MARK_RECEIPTED = text(
    "UPDATE bundle SET receipted_at = :at WHERE partner_id = :partner AND direction = 'sent' AND kind = 'archives'"
    " AND receipted_at IS NULL AND sequence IN (SELECT value FROM json_each(:sequences))"
)


def sent_sequences(connection: Connection, partner_id: str, last: int) -> list[int]:
    """Numbers, up to *last*, of the bundles of archives that went to a partner."""
    return [row[0] for row in connection.execute(_SENT, {"partner": partner_id, "last": last})]


def mark_receipted(connection: Connection, partner_id: str, sequences: Iterable[int], at: str) -> None:
    """Note that these bundles have arrived."""
    params = {"partner": partner_id, "sequences": json.dumps(sorted(sequences)), "at": at}
    connection.execute(_MARK_RECEIPTED, params)


_LAST_REVIEWS = text("SELECT id FROM review WHERE id IN (SELECT value FROM json_each(:ids)) AND is_last = 1")


def last_reviews(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these reviews that count as the last of their office and archive."""
    return {row[0] for row in connection.execute(_LAST_REVIEWS, {"ids": json.dumps(ids)})} if ids else set()


_WARNINGS_HERE = text("SELECT * FROM person_warning WHERE id IN (SELECT value FROM json_each(:ids))")
_REOPEN_WARNING = text(
    "UPDATE person_warning SET cleared_at = NULL, issued_at = :issued_at, person_name = :person_name WHERE id = :id"
)
_CLEAR_WARNING = text("UPDATE person_warning SET cleared_at = :at WHERE id = :id")


def warnings_here(connection: Connection, ids: Sequence[str]) -> dict[str, Row]:
    """Those of the warnings with these ids that stand here, cleared or not."""
    if not ids:
        return {}
    rows = connection.execute(_WARNINGS_HERE, {"ids": json.dumps(ids)}).mappings()
    return {row["id"]: dict(row) for row in rows}


def put_warning(connection: Connection, archive_id: str, warning: Row, *, reopen: bool) -> None:
    """Keep a warning, or let one that was cleared count again."""
    if reopen:
        connection.execute(_REOPEN_WARNING, warning)
    else:
        connection.execute(insert(WARNING), {**warning, "archive_id": archive_id, "cleared_at": None})


def clear_warnings(connection: Connection, ids: Sequence[str], at: str) -> None:
    """Note that these warnings are not upheld any more."""
    if ids:
        connection.execute(_CLEAR_WARNING, [{"id": each, "at": at} for each in ids])
