"""Programmes in SQL: whom one concerns as the archives stand, what was granted in it, and its sums. Amounts are 分."""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from db.store import aid_store, case_store, hidden, household_record, monitoring_store
from db.store.student_store import CURRENT, value

Row = dict[str, Any]

_BECOMES = "substr(date(:today, '-{} years'), 1, 10)"
_ADULT, _SIXTY = _BECOMES.format(18), _BECOMES.format(60)
_MEMBER = "EXISTS (SELECT 1 FROM household_member m WHERE m.archive_id = a.id AND {})"
_PUPILS = "'postgraduate', 'college', 'vocational', 'senior_high', 'junior_high', 'primary', 'preschool'"
_DISABLED = "m.health_status = 'disabled'"
_WELL = "'good', 'minor_illness', 'disabled'"
STANDINGS = {
    "on_file": f"{case_store.STANDING} IN ('on_file', 'phasing_out')",
    "temporary": f"{case_store.STANDING} = 'temporary'",
    "near": monitoring_store.POPULATIONS["near"],
    "applicant": f"{case_store.STANDING} = 'applicant'",
    "exited": f"{case_store.STANDING} = 'exited'",
}
"""What each entry of the option list ``programme_standing`` means, as SQL on archive ``a`` and its state ``c``."""
MEMBERS = {
    "single_parent": "a.is_single_parent",
    "zero_employment": "a.is_zero_employment_household",
    "migrant": "a.is_migrant_worker",
    "model_worker": "coalesce(a.model_worker_type, 'none') <> 'none'",
    "pupil": _MEMBER.format(f"m.member_identity IN ({_PUPILS})"),
    "child": _MEMBER.format(f"m.birth_on > {_ADULT}"),
    "elder": f"(a.birth_on <= {_SIXTY} OR {_MEMBER.format(f'm.birth_on <= {_SIXTY}')})",
    "ill": f"(coalesce(a.health_status, 'good') NOT IN ({_WELL})"
    f" OR {_MEMBER.format(f'm.health_status NOT IN ({_WELL})')})",
    "disabled": "(a.health_status = 'disabled' OR a.disability_type IS NOT NULL"
    f" OR {_MEMBER.format(_DISABLED)})",
    "job_seeker": f"(EXISTS (SELECT 1 FROM case_record r WHERE r.archive_id = a.id AND r.kind = 'graduate' AND {CURRENT}"
    f" AND {value('employment_status')} = 'unemployed') OR a.id IN (SELECT a.id FROM case_record r {household_record.JOIN_HOME}"
    f" WHERE r.kind = 'graduate' AND {CURRENT} AND r.archive_id IN ({hidden.MERGED_IDS})"
    f" AND {household_record.counts_once('graduate')} AND {value('employment_status')} = 'unemployed'))",
}
"""What each entry of the option list ``programme_members`` means."""
_CAUSES = (
    "(a.main_hardship_cause IN (SELECT value FROM json_each(:causes)) OR EXISTS (SELECT 1 FROM"
    " json_each(coalesce(a.secondary_hardship_causes, '[]')) s WHERE s.value IN (SELECT value FROM json_each(:causes))))"
)


def population(
    standings: Sequence[str], classes: Sequence[str], causes: Sequence[str], members: Sequence[str]
) -> tuple[str, Row]:
    """SQL for the archives ``a`` (with state ``c``) that all of these filters leave, and its parameters; needs ``:today``."""
    either = [STANDINGS[code] for code in standings if code in STANDINGS]
    parts, params = [f"({' OR '.join(either)})" if either else "0 = 1"], Row()
    if classes:
        parts.append("a.hardship_category IN (SELECT value FROM json_each(:classes))")
        params["classes"] = json.dumps(list(classes))
    if causes:
        parts.append(_CAUSES)
        params["causes"] = json.dumps(list(causes))
    if members:
        any_of = " OR ".join(MEMBERS[code] for code in members if code in MEMBERS)
        parts.append(f"coalesce({any_of or '0'}, 0)")
    return f"({' AND '.join(parts)})", params


_BACK = "(SELECT coalesce(sum(p.amount), 0) FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'returned')"
_KEPT = f"{aid_store.STANDS} AND (g.amount = 0 OR g.amount > {_BACK})"
"""SQL: a grant that was neither given up nor came back whole; whoever had only such ones has had nothing."""
# what was granted in an archive that was merged into another one was granted to that household
_HOMES = (
    "WITH RECURSIVE merged (id, kept) AS (SELECT merged_archive_id, kept_archive_id FROM archive_merge WHERE undone_at IS NULL"
    " UNION SELECT d.id, m.kept_archive_id FROM merged d JOIN archive_merge m ON m.merged_archive_id = d.kept"
    " WHERE m.undone_at IS NULL), home (id, kept) AS (SELECT id, kept FROM merged WHERE kept NOT IN (SELECT id FROM merged))"
)
# few are given up or come back: read once, instead of looking at every payment of every grant
_SETTLED = (
    "gone AS MATERIALIZED (SELECT grant_id FROM payout WHERE outcome = 'withdrawn'), back AS MATERIALIZED"
    " (SELECT grant_id, sum(amount) AS amount FROM payout WHERE outcome = 'returned' GROUP BY grant_id)"
)
_CAME_BACK = "coalesce((SELECT back.amount FROM back WHERE back.grant_id = g.id), 0)"
_STILL = f"g.id NOT IN (SELECT grant_id FROM gone) AND (g.amount = 0 OR g.amount > {_CAME_BACK})"
_HOME = "coalesce((SELECT kept FROM home WHERE home.id = g.archive_id), g.archive_id)"
_PAID = "EXISTS (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'paid')"
_GOT = (
    f"{_HOMES}, {_SETTLED}, got AS MATERIALIZED (SELECT {_HOME} AS home, count(*) AS grants,"
    f" sum(g.amount - {_CAME_BACK}) AS amount, sum({_PAID}) AS paid,"
    " max(g.granted_on) AS last_on, coalesce(group_concat(DISTINCT nullif(g.goods, '')), '') AS goods"
    f" FROM aid_grant g WHERE g.programme_id = :programme AND {_STILL} GROUP BY 1)"
)
# both halves go through an index; one join of all archives with what they got would scan that for each of them
_LISTED = (
    f"{_GOT}, listed AS (SELECT home, grants, amount, paid, last_on, goods FROM got UNION ALL"
    f" SELECT a.id, NULL, NULL, NULL, NULL, NULL {case_store.FROM_CASES} WHERE {{population}}"
    " AND a.id NOT IN (SELECT home FROM got))"
)
_FROM = "FROM listed got CROSS JOIN archive a ON a.id = got.home LEFT JOIN case_state c ON c.archive_id = a.id"
PILE = "CASE WHEN got.grants IS NULL THEN 'to_do' WHEN got.paid < got.grants THEN 'granted' ELSE 'done' END"
"""SQL: where a household stands in the programme."""
_COLUMNS = (
    "a.id AS archive_id, a.archive_number, a.office_id, coalesce(a.name, '') AS name, coalesce(a.employer, '') AS employer,"
    f" a.hardship_category, a.household_size, {case_store.STANDING} AS standing, {PILE} AS pile,"
    " coalesce(got.grants, 0) AS grants, coalesce(got.amount, 0) AS amount, coalesce(got.goods, '') AS goods,"
    " coalesce(got.last_on, '') AS last_on"
)


def _listed(population: str, columns: str, where: str) -> str:
    return f"{_LISTED.format(population=population)} SELECT {columns} {_FROM} WHERE {where}"


def households(
    connection: Connection, population: str, where: str, order: str, params: Row, limit: int, offset: int
) -> list[Row]:
    """One page of the households of a programme; *where* and *order* are the service's own."""
    statement = f"{_listed(population, _COLUMNS, where)} ORDER BY {order} LIMIT :limit OFFSET :offset"
    found = connection.execute(text(statement), {**params, "limit": limit, "offset": offset})
    return [dict(row) for row in found.mappings()]


def household_ids(connection: Connection, population: str, where: str, order: str, params: Row) -> list[str]:
    """Ids of all of them."""
    statement = f"{_listed(population, 'a.id', where)} ORDER BY {order}"
    return [row[0] for row in connection.execute(text(statement), params)]


def count_piles(connection: Connection, population: str, where: str, params: Row) -> dict[str, int]:
    """How many of the households stand where; one pass over all."""
    found = connection.execute(text(f"{_listed(population, f'{PILE}, count(*)', where)} GROUP BY 1"), params)
    return {row[0]: row[1] for row in found}


def fits(connection: Connection, archive_id: str, where: str, params: Mapping[str, Any]) -> bool:
    """Whether an archive belongs to a population."""
    statement = text(f"SELECT 1 {case_store.FROM_CASES} WHERE a.id = :archive_id AND {where}")
    return connection.execute(statement, {**params, "archive_id": archive_id}).first() is not None


_SUMS = (
    f"{_HOMES}, {_SETTLED}, line AS (SELECT g.programme_id, g.recipient_number, g.person, g.amount, {_HOME} AS household,"
    f" {_PAID} AS is_paid, {_CAME_BACK} AS back FROM aid_grant g WHERE g.programme_id {{chosen}} AND {_STILL})"
    " SELECT programme_id, count(*) AS grants, count(DISTINCT household) AS households,"
    " count(DISTINCT coalesce(nullif(recipient_number, ''), household || person)) AS people, sum(amount - back) AS granted,"
    " sum(iif(is_paid, amount, 0) - back) AS paid, sum(amount = 0) AS goods, sum(amount = 0 AND is_paid) AS goods_handed"
    " FROM line GROUP BY programme_id"
)


def sums(connection: Connection, programme_id: str = "") -> dict[str, Row]:
    """By programme (or of one) what was granted in it, given-up grants left out."""
    statement = text(_SUMS.format(chosen="= :programme" if programme_id else "IS NOT NULL"))
    found = connection.execute(statement, {"programme": programme_id} if programme_id else {})
    return {row["programme_id"]: dict(row) for row in found.mappings()}


_GRANTS = (
    "SELECT g.id, g.archive_id, a.archive_number, a.office_id, g.office_name, coalesce(a.name, '') AS household, g.item,"
    " g.recipient_name, g.recipient_number, coalesce(a.employer, '') AS employer, a.hardship_category,"
    f" g.amount - {_BACK} AS amount,"
    " g.goods, g.granted_on, (SELECT p.on_day FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'paid') AS paid_on"
    " FROM aid_grant g JOIN archive a ON a.id = g.archive_id"
    f" WHERE g.programme_id = :programme AND {_KEPT} ORDER BY a.office_id, a.name_pinyin, g.rowid"
)


def grants(connection: Connection, programme_id: str) -> list[Row]:
    """Every grant of a programme that was not given up, by office and name of the household."""
    return [dict(row) for row in connection.execute(text(_GRANTS), {"programme": programme_id}).mappings()]


_LIST = (
    f"{_GOT} SELECT a.id AS archive_id, a.office_id, coalesce(a.name, '') AS name, coalesce(a.id_number, '') AS id_number,"
    " coalesce(a.employer, '') AS employer, a.hardship_category, a.main_hardship_cause, a.household_size,"
    " coalesce(a.mobile_phone, a.other_contact, '') AS phone, coalesce(got.amount, 0) AS amount,"
    " coalesce(got.goods, '') AS goods FROM json_each(:ids) w CROSS JOIN archive a ON a.id = w.value"
    " LEFT JOIN got ON got.home = a.id ORDER BY w.key"
)


def name_list(connection: Connection, programme_id: str, archive_ids: Sequence[str]) -> list[Row]:
    """What a list of names tells of these households, in their order."""
    params = {"programme": programme_id, "ids": json.dumps(list(archive_ids))}
    return [dict(row) for row in connection.execute(text(_LIST), params).mappings()]


_FREE = (
    f"SELECT g.id FROM aid_grant g WHERE g.programme_id = :programme AND g.office_id = :office AND {aid_store.OPEN}"
    " AND NOT EXISTS (SELECT 1 FROM payment_line n WHERE n.grant_id = g.id AND n.state = 'waiting')"
)


def free_grants(connection: Connection, programme_id: str, office_id: str) -> list[str]:
    """Ids of the grants an office made in a programme that are neither paid nor on a list."""
    return [row[0] for row in connection.execute(text(_FREE), {"programme": programme_id, "office": office_id})]


# -- quotas and caps ----------------------------------------------------------------------------------------------

_ONE = {
    "household": "g.archive_id",
    "person": "coalesce(nullif(g.recipient_number, ''), g.archive_id || g.person)",
}
"""SQL: whom a quota counts once."""
_CHOSEN = {
    "programme": "g.programme_id = :programme",
    "items": "g.item IN (SELECT value FROM json_each(:items))",
}


def used_by_office(
    connection: Connection, counted_by: str, year: int, *, programme: str = "", items: Sequence[str] = (), office: str = ""
) -> dict[str, int]:
    """By the office of the household: how many households or people were granted something in a year, by whomever.

    In a *programme*, or of some kinds of aid (*items*); of one *office* alone, or of all.
    """
    chosen: Row = {"programme": programme} if programme else {"items": json.dumps(list(items))}
    parts = [_CHOSEN[next(iter(chosen))], "g.year = :year", _KEPT]
    params = {**chosen, "year": year}
    if office:
        parts.append("a.office_id = :office")
        params["office"] = office
    statement = (
        f"SELECT a.office_id, count(DISTINCT {_ONE[counted_by]}) FROM aid_grant g JOIN archive a ON a.id = g.archive_id"
        f" WHERE {' AND '.join(parts)} GROUP BY 1"
    )
    return {row[0]: row[1] for row in connection.execute(text(statement), params)}


_EARLIER = (
    f"SELECT g.archive_id, g.person, g.recipient_name, g.recipient_number, g.amount - {_BACK} AS amount, g.granted_on,"
    " g.office_name"
    f" FROM aid_grant g WHERE g.programme_id = :programme AND g.year = :year AND {_KEPT}"
    " AND g.archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY g.granted_on, g.rowid"
)


def earlier(connection: Connection, programme_id: str, archive_ids: Sequence[str], year: int) -> list[Row]:
    """What these archives were granted in a programme and year already."""
    params = {"programme": programme_id, "ids": json.dumps(list(archive_ids)), "year": year}
    return [dict(row) for row in connection.execute(text(_EARLIER), params).mappings()]
