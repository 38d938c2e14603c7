"""What the board, the status line and the first view of 数据交换 tell of the round trip, in few and cheap queries."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from db.store import bundle_store, hidden

Row = dict[str, Any]

_REVIEWERS = text(
    "WITH RECURSIVE office (id) AS (SELECT min(office_id) FROM review UNION ALL"
    " SELECT (SELECT min(office_id) FROM review WHERE office_id > office.id) FROM office WHERE office.id IS NOT NULL)"
    " SELECT id FROM office WHERE id IS NOT NULL AND id <> :own"
)
"""Every other office that ever reviewed, by leaps over the index: a county holds a hundred thousand reviews of its own."""

_COUNTED = (
    "WITH said AS (SELECT r.archive_id, r.outcome, r.due_on, row_number() OVER (PARTITION BY r.archive_id ORDER BY"  # noqa: S608
    " CASE r.office_level WHEN 'province' THEN 3 WHEN 'city' THEN 2 WHEN 'county' THEN 1 ELSE 0 END DESC,"
    " r.made_at DESC) AS place FROM review r JOIN archive a ON a.id = r.archive_id AND a.revision = r.archive_revision"
    " AND a.acknowledged_revision >= a.revision WHERE r.office_id IN (SELECT value FROM json_each(:reviewers))"
    " AND r.is_last = 1 AND r.step = 'final'"
    f" AND r.office_level IN (SELECT value FROM json_each(:above)) AND {hidden.shown('a')})"
)
"""The review that counts for each archive shown: of its present revision, the one of the highest office above."""

_OUTCOMES = text(
    f"{_COUNTED} SELECT outcome, count(*) AS count, min(due_on) AS first_due,"  # noqa: S608 - a constant
    " coalesce(sum(due_on < :today), 0) AS overdue, coalesce(sum(due_on >= :today AND due_on <= :soon), 0) AS soon"
    " FROM said WHERE place = 1 GROUP BY outcome"
)
_RETURNED = text(
    f"{_COUNTED} SELECT a.id AS archive_id, a.archive_number, coalesce(a.name, '') AS name, said.due_on,"  # noqa: S608
    " r.reasons, r.remarks, r.office_name, r.made_at FROM said JOIN archive a ON a.id = said.archive_id"
    " JOIN review r ON r.archive_id = a.id AND r.is_last = 1 AND r.step = 'final' AND r.archive_revision = a.revision"
    " AND r.outcome = 'returned' AND r.office_id IN (SELECT value FROM json_each(:reviewers))"
    " WHERE said.place = 1 AND said.outcome = 'returned' AND a.office_id = :own GROUP BY a.id"
    " ORDER BY said.due_on IS NULL, said.due_on, a.archive_number LIMIT :limit"
)
_FIGURES = text(
    f"SELECT {hidden.count_of_sendable('exported_revision < revision AND acknowledged_revision < revision')}"  # noqa: S608
    " AS unsubmitted,"
    f" {hidden.count_of_shown('exported_revision = revision AND acknowledged_revision < revision')} AS waiting,"
    f" (SELECT count(*) FROM archive) - {hidden.HIDDEN_COUNT} AS archives,"
    f" {hidden.count_of_shown('office_id = :own')} AS own_archives,"
    " (SELECT count(*) FROM circular WHERE office_id <> :own AND withdrawn_at IS NULL AND read_at IS NULL) AS unread,"
    " (SELECT min(due_on) FROM circular WHERE office_id <> :own AND withdrawn_at IS NULL AND due_on >= :today)"
    " AS circular_due,"
    " (SELECT count(*) FROM archive_conflict WHERE state = 'open') AS conflicts,"
    " (SELECT count(*) FROM visit_item WHERE back_at IS NULL) AS out_on_laptops,"
    " (SELECT count(*) FROM person_warning WHERE cleared_at IS NULL AND office_id <> :own) AS warnings,"
    " (SELECT count(*) FROM hand_over WHERE state = 'requested') AS hand_overs"
)
_REVIEWED = text(
    "WITH heard AS MATERIALIZED (SELECT key AS office_id, value AS since FROM json_each(:since))"  # noqa: S608
    " SELECT a.office_id, sum(a.revision = r.archive_revision) AS reviewed, sum(r.made_at > coalesce(heard.since, ''))"
    " AS to_send FROM review r JOIN archive a ON a.id = r.archive_id LEFT JOIN heard ON heard.office_id = a.office_id"
    " WHERE r.office_id = :own AND r.is_last = 1 AND r.step = 'final' AND a.office_id <> :own"
    f" AND {hidden.shown('a')} GROUP BY a.office_id"
)
_HELD = text(
    "SELECT office_id, sum(number) FROM (SELECT office_id, count(*) AS number FROM archive WHERE office_id <> :own"  # noqa: S608
    " GROUP BY office_id UNION ALL SELECT office_id, -count(*) FROM archive WHERE office_id <> :own"
    f" AND id IN ({hidden.NOT_SHOWN_IDS}) GROUP BY office_id) GROUP BY office_id"
)
_RECEIVED = text(
    "SELECT partner_id, sequence, handled_at FROM bundle WHERE direction = 'received' AND kind = 'archives'"
    " AND undone_at IS NULL ORDER BY partner_id, sequence"
)
_ANSWERS = text(
    "SELECT partner_id, count(*) AS count, max(sequence) AS sequence, max(created_at) AS created_at,"
    " max(handled_at) AS handled_at FROM bundle WHERE direction = :direction AND kind = 'answer' AND undone_at IS NULL"
    " GROUP BY partner_id"
)
_RELAYED = text(
    "SELECT wanted.value, (SELECT b.partner_id FROM archive a JOIN bundle_item i ON i.archive_id = a.id"
    " JOIN bundle b ON b.id = i.bundle_id AND b.direction = 'received' AND b.kind = 'archives'"
    " WHERE a.office_id = wanted.value LIMIT 1) FROM json_each(:ids) AS wanted"
)
_WAITING = text(
    "SELECT b.partner_id, b.id, b.sequence, b.handled_at, b.archive_count, b.file_name, count(a.id) AS waiting"  # noqa: S608
    " FROM bundle b JOIN archive a ON a.exported_sequence = b.sequence AND a.exported_revision = a.revision"
    f" AND a.acknowledged_revision < a.revision AND {hidden.shown('a')} WHERE b.direction = 'sent' AND b.kind = 'archives'"
    " GROUP BY b.id ORDER BY b.sequence"
)
_LAST_RECEIPT = text(
    "SELECT partner_id, max(handled_at) FROM bundle WHERE direction = 'received' AND kind = 'receipt' GROUP BY partner_id"
)


_WARNINGS = text(
    "SELECT w.archive_id, a.archive_number, coalesce(a.name, '') AS head_name, w.person_name, w.kind, w.office_name,"
    " w.issued_at FROM person_warning w JOIN archive a ON a.id = w.archive_id"
    " WHERE w.cleared_at IS NULL AND w.office_id <> :own ORDER BY w.issued_at DESC, a.archive_number LIMIT :limit"
)


_CORRECTED = text(
    "SELECT count(DISTINCT a.id) AS count, min(r.due_on) AS first_due FROM review r JOIN archive a ON a.id = r.archive_id"
    " WHERE r.office_id IN (SELECT value FROM json_each(:reviewers)) AND r.is_last = 1 AND r.step = 'final'"
    " AND r.outcome = 'returned' AND r.office_level IN (SELECT value FROM json_each(:above))"
    " AND r.archive_revision < a.revision AND a.acknowledged_revision < a.revision AND a.office_id = :own"
)


def corrected(connection: Connection, own: str, above: Sequence[str]) -> tuple[int, str | None]:
    """Own archives changed after they came back that the office above has not got: how many, the earliest day due."""
    row = connection.execute(_CORRECTED, _review_params(connection, own, above)).one()
    return row[0], row[1]


def open_warnings(connection: Connection, own: str, limit: int) -> list[Row]:
    """People the offices above ask to look at again, the newest first."""
    return [dict(row) for row in connection.execute(_WARNINGS, {"own": own, "limit": limit}).mappings()]


def reviewers(connection: Connection, own: str) -> list[str]:
    """Ids of the other offices that ever reviewed."""
    return [row[0] for row in connection.execute(_REVIEWERS, {"own": own})]


def _review_params(connection: Connection, own: str, above: Sequence[str]) -> Row:
    return {"reviewers": json.dumps(reviewers(connection, own)), "above": json.dumps(list(above)), "own": own}


def outcomes(connection: Connection, own: str, above: Sequence[str], today: str, soon: str) -> dict[str, Row]:
    """By outcome: how many archives stand so by the review that counts, the earliest day they are due, how many late."""
    params = {**_review_params(connection, own, above), "today": today, "soon": soon}
    return {row["outcome"]: dict(row) for row in connection.execute(_OUTCOMES, params).mappings()}


def returned_rows(connection: Connection, own: str, above: Sequence[str], limit: int) -> list[Row]:
    """Own archives that came back for correction, the most urgent first."""
    params = {**_review_params(connection, own, above), "limit": limit}
    return [dict(row) for row in connection.execute(_RETURNED, params).mappings()]


def figures(connection: Connection, own: str, today: str) -> Row:
    """The counts that cost next to nothing."""
    return dict(connection.execute(_FIGURES, {"own": own, "today": today}).mappings().one())


def reviewed_by_office(connection: Connection, own: str, since: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """By owning office: archives whose present revision was reviewed here to the end, reviews after the moment in *since*."""
    rows = connection.execute(_REVIEWED, {"own": own, "since": json.dumps(dict(since))})
    return {row.office_id: (row.reviewed, row.to_send) for row in rows}


def held_by_office(connection: Connection, own: str) -> dict[str, int]:
    """By owning office: archives of others that are here."""
    return {row[0]: row[1] for row in connection.execute(_HELD, {"own": own})}


def received_sequences(connection: Connection) -> dict[str, list[tuple[int, str]]]:
    """By partner: number and moment of each bundle of archives received and not undone, in order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row in connection.execute(_RECEIVED):
        found.setdefault(row[0], []).append((row[1], row[2]))
    return found


def last_answers(connection: Connection, direction: str) -> dict[str, Row]:
    """By partner: count, number and moments of the last answer sent or received."""
    rows = connection.execute(_ANSWERS, {"direction": direction}).mappings()
    return {row["partner_id"]: dict(row) for row in rows}


def relays(connection: Connection, children: Sequence[str], offices: Sequence[str]) -> dict[str, str]:
    """Which enrolled office brings the archives of each of *offices*: itself, or the one between."""
    known = {office: office for office in offices if office in set(children)}
    others = [office for office in offices if office not in known]
    for office, partner in connection.execute(_RELAYED, {"ids": json.dumps(others)}) if others else ():
        if partner:
            known[office] = partner
    return known


def waiting_bundles(connection: Connection) -> list[Row]:
    """Bundles sent of which some archives are not acknowledged yet, with how many."""
    return [dict(row) for row in connection.execute(_WAITING).mappings()]


def last_receipts(connection: Connection) -> dict[str, str]:
    """By partner: when its last receipt was read."""
    return {row[0]: row[1] for row in connection.execute(_LAST_RECEIPT)}


def partners(connection: Connection, relation: str) -> list[Row]:
    """Enrolled offices of *relation*."""
    return [row for row in bundle_store.partners(connection) if row["relation"] == relation]
