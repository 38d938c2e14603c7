"""Who is to be looked at in a monitoring campaign and how far it has come, in the caller's transaction."""

# ruff: noqa: S608 - names of tables and conditions are constants of this module, values are parameters
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, text

from db.models.casework import CampaignTarget
from db.store import case_store, hidden

TARGET = CampaignTarget.__table__  # type: ignore[attr-defined]

Row = dict[str, Any]

_NEAR = (
    "(SELECT s.outcome FROM assessment s WHERE s.archive_id = a.id ORDER BY s.archive_revision DESC, s.rowid DESC LIMIT 1)"
    " = 'near'"
)
_GONE = f"{case_store.STANDING} IN ('exited', 'cancelled', 'given_up')"
POPULATIONS = {
    "exited": f"({case_store.STANDING} = 'exited' AND coalesce(c.exited_on, '9999') >= :since)",
    "on_file": f"{case_store.STANDING} IN ('on_file', 'phasing_out')",
    "low_income": f"({case_store.STANDING} = 'temporary'"
    f" OR (a.hardship_category = 'near_subsistence_household' AND NOT {_GONE}))",
    "near": f"({_NEAR} AND NOT {_GONE})",
}
"""What each group of the option list ``monitoring_population`` means, as SQL on archive ``a`` and its state ``c``."""


def population(connection: Connection, groups: Iterable[str], since: str) -> list[str]:
    """The archives of these groups as they stand now; of those who left, the ones that did so from the day *since* on."""
    parts = [POPULATIONS[group] for group in groups if group in POPULATIONS]
    if not parts:
        return []
    where = f"{hidden.shown('a')} AND ({' OR '.join(parts)})"
    statement = text(f"SELECT a.id {case_store.FROM_CASES} WHERE {where} ORDER BY a.rowid")
    return [row[0] for row in connection.execute(statement, {"since": since} if ":since" in where else {})]


def add_targets(connection: Connection, campaign_id: str, archive_ids: Sequence[str], now: str) -> int:
    """Put archives on the list of a campaign; how many were not on it before."""
    known = set(targets(connection, campaign_id))
    rows = [{"campaign_id": campaign_id, "archive_id": each, "added_at": now} for each in archive_ids if each not in known]
    if rows:
        connection.execute(insert(TARGET), rows)
    return len(rows)


_TARGETS = text("SELECT archive_id FROM campaign_target WHERE campaign_id = :campaign")


def targets(connection: Connection, campaign_id: str) -> list[str]:
    """The archives that were found when the campaign was opened here, or were added since."""
    return [row[0] for row in connection.execute(_TARGETS, {"campaign": campaign_id})]


_OF_ARCHIVE = text("SELECT campaign_id FROM campaign_target WHERE archive_id = :archive")


def campaigns_of(connection: Connection, archive_id: str) -> set[str]:
    """The campaigns on whose list an archive stands."""
    return {row[0] for row in connection.execute(_OF_ARCHIVE, {"archive": archive_id})}


_LISTS_OF = text(
    "SELECT t.campaign_id, t.archive_id, t.added_at"
    " FROM (SELECT DISTINCT record_id FROM office_record WHERE kind = 'campaign' AND is_current AND NOT is_removed) c"
    " CROSS JOIN json_each(:ids) j"
    " CROSS JOIN campaign_target t ON t.campaign_id = c.record_id AND t.archive_id = j.value"
    " ORDER BY t.archive_id, t.added_at, t.campaign_id"
)


def targets_of(connection: Connection, archive_ids: Iterable[str]) -> list[Row]:
    """On the lists of which standing campaigns these archives are, and since when. Both parts of the key are known."""
    params = {"ids": json.dumps(list(archive_ids))}
    return [dict(row) for row in connection.execute(_LISTS_OF, params).mappings()]


_JOIN = text(
    "INSERT INTO campaign_target (campaign_id, archive_id, added_at) VALUES (:campaign_id, :archive_id, :added_at)"
    " ON CONFLICT DO NOTHING"
)


def join_lists(connection: Connection, archive_id: str, rows: Sequence[Row]) -> int:
    """Put an archive on lists it may be on already, *rows*: ``campaign_id`` and ``added_at``; on how many it was not."""
    return sum(connection.execute(_JOIN, {**row, "archive_id": archive_id}).rowcount for row in rows)


_OPENED = text("SELECT campaign_id, min(added_at) FROM campaign_target GROUP BY campaign_id")


def opened(connection: Connection) -> dict[str, str]:
    """When each campaign was opened here."""
    return {row[0]: row[1] for row in connection.execute(_OPENED)}


# -- how far it has come ------------------------------------------------------------------------------------------

_SHEET = "kind = 'monitoring' AND subject_id = :campaign AND is_current AND NOT is_removed"
_LISTED = (
    "WITH aim AS (SELECT archive_id FROM campaign_target WHERE campaign_id = :campaign"
    f" UNION SELECT archive_id FROM case_record WHERE {_SHEET}),"
    f" listed AS (SELECT archive_id FROM aim UNION {hidden.kept_for('SELECT archive_id FROM aim')})"
)
# what was merged meanwhile counts for the archive that was kept; two sheets of one household count as the later.
# The sign before subject_id keeps SQLite from walking through every sheet of the campaign for each household
_FROM = (
    " FROM listed l JOIN archive a ON a.id = l.archive_id LEFT JOIN case_state c ON c.archive_id = a.id"
    " LEFT JOIN case_record r ON r.id = (SELECT v.id FROM case_record v WHERE v.archive_id = a.id AND v.kind = 'monitoring'"
    " AND +v.subject_id = :campaign AND v.is_current AND NOT v.is_removed ORDER BY v.on_day DESC, v.made_at DESC, v.id LIMIT 1)"
)
DUE = f"{hidden.shown('a')} AND (r.id IS NOT NULL OR {case_store.STANDING} <> 'cancelled')"
"""Who counts: not whoever died or moved away before anybody came, not what is hidden."""


def _answer(key: str) -> str:
    return f"json_extract(r.content, '$.values.{key}')"


RELAPSED = f"coalesce({_answer('relapse_advised')}, 0)"
_COLUMNS = (
    " SELECT a.id AS archive_id, a.archive_number, a.office_id, coalesce(a.name, '') AS name, a.hardship_category,"
    f" {case_store.STANDING} AS standing, {case_store.TRACK} AS track, c.exited_on, r.record_id, r.on_day, r.clerk_name,"
    f" {RELAPSED} AS relapse_advised, {_answer('relapse_class')} AS relapse_class,"
    f" {_answer('net_income_per_head')} AS net_income_per_head, {_answer('checkers')} AS checkers"
)


def rows(connection: Connection, where: str, order: str, params: Row, limit: int, offset: int) -> list[Row]:
    """One page of the households of a campaign; the clauses are the service's own."""
    statement = text(f"{_LISTED}{_COLUMNS}{_FROM} WHERE {where}{order} LIMIT :limit OFFSET :offset")
    found = connection.execute(statement, {**params, "limit": limit, "offset": offset})
    return [dict(row) for row in found.mappings()]


def ids(connection: Connection, where: str, order: str, params: Row) -> list[str]:
    """The archives of the whole list, in its order."""
    return [row[0] for row in connection.execute(text(f"{_LISTED} SELECT a.id{_FROM} WHERE {where}{order}"), params)]


def counts(connection: Connection, where: str, params: Row) -> Row:
    """How many the list has, how many of them are done, and how many are advised to be opened again; one pass."""
    statement = text(
        f"{_LISTED} SELECT count(*) AS due, count(r.id) AS done, coalesce(sum({RELAPSED}), 0) AS relapse{_FROM} WHERE {where}"
    )
    return dict(connection.execute(statement, params).mappings().one())


_BY_OFFICE = text(
    f"{_LISTED} SELECT a.office_id, count(*) AS due, count(r.id) AS done, coalesce(sum({RELAPSED}), 0) AS relapse{_FROM}"
    f" WHERE {DUE} GROUP BY a.office_id ORDER BY a.office_id"
)
_BY_CLERK = text(
    f"{_LISTED} SELECT r.clerk_name, count(*) AS done{_FROM} WHERE {DUE} AND r.id IS NOT NULL"
    " GROUP BY r.clerk_name ORDER BY 2 DESC, 1"
)


def by_office(connection: Connection, campaign_id: str) -> list[Row]:
    """Due and done of each office whose archives are here."""
    return [dict(row) for row in connection.execute(_BY_OFFICE, {"campaign": campaign_id}).mappings()]


def by_clerk(connection: Connection, campaign_id: str) -> list[tuple[str, int]]:
    """Who recorded how many sheets."""
    return [(row[0], row[1]) for row in connection.execute(_BY_CLERK, {"campaign": campaign_id})]


_ANSWERS = text(
    f"{_LISTED} SELECT a.office_id, r.content{_FROM} WHERE {DUE} AND r.id IS NOT NULL"
)


def answers(connection: Connection, campaign_id: str) -> list[tuple[str, str]]:
    """Office and content (JSON) of the sheet of every household that was looked at."""
    return [(row[0], row[1]) for row in connection.execute(_ANSWERS, {"campaign": campaign_id})]
