"""What falls due, in the caller's transaction: one statement counts everything, one reads the first lines of each kind."""

# ruff: noqa: S608 - kinds, tables and conditions are constants of this module, values are parameters
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from db.domain.due_words import DueKind
from db.store import case_store, hidden, household_record, monitoring_store, service_store

Row = dict[str, Any]

_OWN = f"a.office_id = :own AND {hidden.shown('a')}"
_CURRENT = "r.is_current AND NOT r.is_removed"
_LOOKED_AFTER = f"{case_store.STANDING} IN ('applicant', 'on_file', 'phasing_out', 'temporary')"
_IN_SIGHT = f"{case_store.STANDING} NOT IN ('cancelled', 'given_up', 'not_eligible')"
_CASE = "LEFT JOIN case_state c ON c.archive_id = a.id"
_OF_GRADUATE = f"case_record r {household_record.JOIN_HOME} {_CASE}"
_OF_SERVICE = f"{service_store.SERVED} r JOIN archive a ON a.id = r.archive_id {_CASE}"
_OF_CASE = "case_state c JOIN archive a ON a.id = c.archive_id"
# done ones only add up: the planner would go through all of them
_OF_MEASURE = f"case_record r INDEXED BY measure_open JOIN archive a ON a.id = r.archive_id {_CASE}"
_OF_RECORD = f"case_record r JOIN archive a ON a.id = r.archive_id {_CASE}"

# each: the day, what else is said of it, the record it comes from, the tables, the condition; :until is the last day
_SOURCES: dict[DueKind, tuple[str, str, str, str, str]] = {
    DueKind.VERIFY: ("c.verify_by", "''", "''", _OF_CASE, "c.verify_by <= :until"),
    # the last day of a notice must be over before it can be ended
    DueKind.NOTICE: ("date(c.notice_ends, '+1 day')", "''", "''", _OF_CASE, "c.notice_ends < :until AND c.stage = 'notice'"),
    DueKind.PHASE_OUT: (
        "c.phase_out_ends", "''", "''", _OF_CASE, "c.phase_out_ends <= :until AND c.standing = 'phasing_out'",
    ),
    DueKind.MEASURE: (
        "r.ends_on", "json_extract(r.content, '$.values.content')", "r.record_id", _OF_MEASURE,
        f"r.kind = 'measure' AND {_CURRENT} AND r.ends_on <= :until"
        f" AND json_extract(r.content, '$.values.done_on') IS NULL AND {_LOOKED_AFTER}",
    ),
    DueKind.PLAN: (
        "r.ends_on", "json_extract(r.content, '$.values.goal')", "r.record_id", _OF_RECORD,
        f"r.kind = 'help_plan' AND {_CURRENT} AND r.ends_on <= :until AND {_LOOKED_AFTER} AND NOT EXISTS"
        " (SELECT 1 FROM case_record n WHERE n.archive_id = r.archive_id AND n.kind = 'help_plan' AND n.on_day > r.on_day"
        " AND n.is_current AND NOT n.is_removed)",
    ),
    DueKind.GRADUATE: (
        "r.ends_on", "json_extract(r.content, '$.values.name') || '：' || json_extract(r.content, '$.values.next_contact_why')",
        "r.record_id", _OF_GRADUATE, f"r.kind = 'graduate' AND {_CURRENT} AND r.ends_on <= :until AND {_IN_SIGHT}"
        f" AND {household_record.counts_once('graduate')}",
    ),
    # an answer that only says it is being dealt with is still waited for
    DueKind.REFERRAL: (
        "r.ends_on", "json_extract(r.content, '$.values.what')", "r.record_id", _OF_SERVICE,
        f"r.ends_on <= :until AND {_IN_SIGHT}"
        " AND coalesce(json_extract(r.content, '$.values.answer'), 'accepted') = 'accepted'",
    ),
    DueKind.NEXT_VISIT: (
        "r.ends_on", "''", "r.record_id", _OF_RECORD,
        f"r.kind = 'home_visit' AND {_CURRENT} AND r.ends_on <= :until AND {_IN_SIGHT} AND NOT EXISTS"
        " (SELECT 1 FROM case_record n WHERE n.archive_id = r.archive_id AND n.kind = 'home_visit' AND n.on_day > r.on_day"
        " AND n.is_current AND NOT n.is_removed)",
    ),
    DueKind.RECHECK: (
        "s.recheck_on", "s.near_class_label", "''", "assessment s JOIN archive a ON a.id = s.archive_id",
        "s.recheck_on <= :until AND NOT EXISTS (SELECT 1 FROM assessment n WHERE n.archive_id = s.archive_id"
        " AND (n.archive_revision > s.archive_revision OR (n.archive_revision = s.archive_revision AND n.rowid > s.rowid)))",
    ),
}  # fmt: skip
# an office asks after what it arranged itself, whoever keeps the archive
_OWNED = {DueKind.REFERRAL: f"coalesce(nullif(r.noted_by, ''), a.office_id) = :own AND {hidden.shown('a')}"}
KINDS = tuple(_SOURCES)
"""What is read here: everything that stands with a household and needs no policy and no register."""


def _source(kind: DueKind) -> str:
    day, words, record, tables, condition = _SOURCES[kind]
    columns = f"a.id AS archive_id, coalesce(a.name, '') AS name, {day} AS day, {words} AS words, {record} AS record_id"
    return f"SELECT {columns} FROM {tables} WHERE {condition} AND {_OWNED.get(kind, _OWN)}"


def _count(kind: DueKind) -> str:
    day, _words, _record, tables, condition = _SOURCES[kind]
    spans = "coalesce(sum(day < :today), 0), coalesce(sum(day = :today), 0), coalesce(sum(day > :today AND day <= :week), 0)"
    days = f"SELECT {day} AS day FROM {tables} WHERE {condition} AND {_OWNED.get(kind, _OWN)}"
    return f"SELECT '{kind}', {spans}, coalesce(sum(day > :week), 0), min(day) FROM ({days})"


_COUNTS = text(" UNION ALL ".join(_count(kind) for kind in KINDS))


def counts(connection: Connection, own: str, today: str, week: str, until: str) -> dict[DueKind, tuple[int, int, int, int]]:
    """By kind: how many are late, due today, until *week*, until *until*; those without any are left out."""
    params = {"own": own, "today": today, "week": week, "until": until}
    found = {DueKind(row[0]): (row[1], row[2], row[3], row[4]) for row in connection.execute(_COUNTS, params)}
    return {kind: numbers for kind, numbers in found.items() if any(numbers)}


_LINES = {
    kind: f"SELECT * FROM (SELECT '{kind}' AS kind, * FROM ({_source(kind)}) WHERE day >= :since"
    " ORDER BY day, name, archive_id LIMIT :limit)"
    for kind in KINDS
}


def lines(
    connection: Connection, kinds: Iterable[DueKind], own: str, since: str, until: str, limit: int = -1
) -> list[Row]:
    """The first *limit* of each kind (-1: all) due from *since* (empty: whenever) until *until*, the earliest first."""
    wanted = [_LINES[kind] for kind in KINDS if kind in set(kinds)]
    if not wanted:
        return []
    params = {"own": own, "since": since, "until": until, "limit": limit}
    found = connection.execute(text(" UNION ALL ".join(wanted)), params).mappings()
    return sorted((dict(row) for row in found), key=lambda row: row["day"])


# -- what concerns the office -------------------------------------------------------------------------------------

_CIRCULARS = text(
    "SELECT id, title, due_on AS day, office_name FROM circular WHERE office_id <> :own AND withdrawn_at IS NULL"
    " AND due_on BETWEEN :since AND :until ORDER BY due_on, title"
)


def circulars(connection: Connection, own: str, since: str, until: str) -> list[Row]:
    """Circulars from above with a day by which something is to be done."""
    return [dict(row) for row in connection.execute(_CIRCULARS, {"own": own, "since": since, "until": until}).mappings()]


_CAMPAIGNS = text(
    "SELECT r.record_id, json_extract(r.content, '$.values.title') AS title, r.on_day AS begins_on, r.ends_on AS day"
    " FROM office_record r WHERE r.kind = 'campaign' AND r.is_current AND NOT r.is_removed"
    " AND r.office_id NOT IN (SELECT id FROM partner_office WHERE relation = 'child')"
    " AND r.on_day <= :until AND r.ends_on <= :until ORDER BY r.ends_on, title"
)
_OF_OWN = f"{monitoring_store.DUE} AND a.office_id = :own"


def campaigns(connection: Connection, own: str, until: str) -> list[Row]:
    """Campaigns of monitoring that end until *until*, with how many households here are to be checked and were."""
    found = [dict(row) for row in connection.execute(_CAMPAIGNS, {"until": until}).mappings()]
    for row in found:
        told = monitoring_store.counts(connection, _OF_OWN, {"campaign": row["record_id"], "own": own})
        row |= {"targets": told["due"], "checked": told["done"]}
    return found


_DONE = text(
    "SELECT subject_id, record_id FROM office_record WHERE kind = 'calendar_day' AND office_id = :own AND is_current"
    " AND NOT is_removed AND subject_id IS NOT NULL"
)
_OWN_DAYS = text(
    "SELECT record_id, content FROM office_record WHERE kind = 'calendar_day' AND office_id = :own AND is_current"
    " AND NOT is_removed AND subject_id IS NULL ORDER BY on_day, record_id"
)


def own_days(connection: Connection, own: str) -> list[tuple[str, Row]]:
    """The office's own days: id of the entry and its answers."""
    found = connection.execute(_OWN_DAYS, {"own": own})
    return [(row[0], json.loads(row[1])["values"]) for row in found]


def done_days(connection: Connection, own: str) -> dict[str, str]:
    """What was dealt with, by its key: the entry that says so."""
    return {row[0]: row[1] for row in connection.execute(_DONE, {"own": own})}
