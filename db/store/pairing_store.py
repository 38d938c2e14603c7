"""Pairings, contacts and the cadres behind them as lists need them, in the caller's transaction: one statement a list."""

# ruff: noqa: S608 - every condition is a constant of this module or made from option codes, values are parameters
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from db.domain.case_words import Standing
from db.domain.pairing_duties import PairingDuty
from db.store import archive_store, case_store, hidden

Row = dict[str, Any]

_PAIRINGS, _CONTACTS = "case_record p INDEXED BY pairing_days", "case_record v INDEXED BY contact_days"
# the wider indexes look as good to SQLite, but then every record would be read and its JSON taken apart

COUNTED = (Standing.ON_FILE, Standing.PHASING_OUT)
"""Whom S000-30 wants paired: every household in the archives, those phasing out among them."""
_COUNTED = f"{case_store.STANDING} IN ({', '.join(f'{chr(39)}{item}{chr(39)}' for item in COUNTED)})"


def holds(record: str) -> str:
    """SQL condition: the pairing *record* stands on the day ``:today``; on its last day it does no more."""
    return (
        f"{record}.kind = 'pairing' AND {record}.is_current AND NOT {record}.is_removed"
        f" AND {record}.on_day <= :today AND ({record}.ends_on IS NULL OR {record}.ends_on > :today)"
    )


_OVER = (Standing.EXITED, Standing.CANCELLED, Standing.NOT_ELIGIBLE, Standing.GIVEN_UP)
_GONE = f"{case_store.STANDING} IN ({', '.join(f'{chr(39)}{item}{chr(39)}' for item in _OVER)})"
IS_PAIRED = f"EXISTS (SELECT 1 FROM {_PAIRINGS} WHERE p.archive_id = a.id AND {holds('p')})"
"""SQL condition: somebody looks after archive ``a``."""
IS_LED = (
    f"EXISTS (SELECT 1 FROM {_PAIRINGS} WHERE p.archive_id = a.id AND {holds('p')}"
    " AND json_extract(p.content, '$.values.is_leader'))"
)
"""SQL condition: a leader does."""

# one cadre following another without a gap: the household has been looked after since the first of them
_SINCE = (
    f"(SELECT max(p.on_day) FROM {_PAIRINGS} WHERE p.archive_id = a.id AND p.kind = 'pairing' AND p.is_current"
    " AND NOT p.is_removed AND p.on_day <= :today AND NOT EXISTS (SELECT 1 FROM case_record q INDEXED BY pairing_days"
    " WHERE q.archive_id = p.archive_id AND q.kind = 'pairing' AND q.is_current AND NOT q.is_removed"
    " AND q.on_day < p.on_day AND (q.ends_on IS NULL OR q.ends_on >= p.on_day)))"
)


def _last_contact(duty: PairingDuty, at: int) -> str:
    methods = ", ".join(f"'{method}'" for method in sorted(duty.methods))
    return (
        f"(SELECT v.on_day FROM {_CONTACTS} WHERE v.kind = 'home_visit' AND v.is_current AND NOT v.is_removed"
        f" AND v.archive_id = a.id AND json_extract(v.content, '$.values.method') IN ({methods}) AND v.on_day <= :today"
        f" ORDER BY v.on_day DESC LIMIT 1 OFFSET {at})"
    )


def _due(at: int, duty: PairingDuty) -> str:
    counted = f"nth{at}" if duty.times > 1 else f"last{at}"
    base = f"max(coalesce({counted}, since), since)"
    return f"date({base}, 'start of month', '+{duty.every_months + 1} months', '-1 day')"


def _households(duties: Sequence[PairingDuty], condition: str, scope: str = _COUNTED) -> str:
    """Tables for a statement: ``household`` is every one in *scope*, since when it is paired, and what is due.

    Materialised, so that nothing is looked up twice for a row.
    """
    places = range(len(duties))
    contacts = "".join(
        f", iif(is_paired, {_last_contact(duty, 0)}, NULL) AS last{at}"
        + (f", iif(is_paired, {_last_contact(duty, duty.times - 1)}, NULL) AS nth{at}" if duty.times > 1 else "")
        for at, duty in enumerate(duties)
    )
    dues = "".join(f", {_due(at, duty)} AS due{at}" for at, duty in enumerate(duties))
    return (
        "WITH counted AS MATERIALIZED (SELECT a.id, a.rowid AS place, a.archive_number, a.office_id,"
        f" coalesce(a.name, '') AS name, a.name_pinyin, a.hardship_category, {case_store.STANDING} AS standing,"
        f" {IS_PAIRED} AS is_paired {case_store.FROM_CASES} WHERE {hidden.shown('a')} AND {scope}{condition}),"
        f" contacted AS MATERIALIZED (SELECT *, iif(is_paired, {_SINCE}, NULL) AS since{contacts} FROM counted a),"
        f" awaited AS MATERIALIZED (SELECT *{dues} FROM contacted),"
        f" household AS (SELECT *, {_least([f'due{at}' for at in places])} AS due FROM awaited) "
    )


def _least(columns: Sequence[str]) -> str:
    """The earliest of them; SQLite's min takes two or more."""
    return f"min({', '.join(columns)})" if len(columns) > 1 else (columns[0] if columns else "NULL")


PILES = {
    "all": "1 = 1",
    "missing": "NOT is_paired",
    "paired": "is_paired",
    "owed": "due <= :until",
    "overdue": "due < :today",
    "due": "due >= :today AND due <= :until",
}
GONE = "gone"
"""The pile of households that have left the archives while somebody still looks after them."""
"""What a pile of the list is, by its name; ``:until`` is the last day that counts as soon. ``owed`` is overdue and due."""
_NOT_OWED = {GONE: f"{_GONE} AND {IS_PAIRED}", "missing": f"{_COUNTED} AND NOT {IS_PAIRED}"}
"""Piles of households that are owed nothing: their contacts need not be looked for."""
ORDERS = {
    "due": "coalesce(due, '9999')",
    "since": "since",
    "archive_number": "archive_number",
    "name": "name_pinyin",
}


def _condition(filters: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """SQL and parameters for *filters*: ``text``, ``office_id``, ``cadre_id``, ``archive_id``."""
    parts, params = [""], dict[str, Any]()
    for key, column in (("office_id", "a.office_id"), ("archive_id", "a.id")):
        if filters.get(key):
            parts.append(f"{column} = :{key}")
            params[key] = filters[key]
    if filters.get("cadre_id"):
        parts.append(
            f"a.id IN (SELECT p.archive_id FROM case_record p WHERE p.subject_id = :cadre_id AND {holds('p')})"
        )
        params["cadre_id"] = filters["cadre_id"]
    archive_store.narrow_to_person(filters.get("text", ""), parts, params)
    return " AND ".join(parts), params


def households(
    connection: Connection,
    duties: Sequence[PairingDuty],
    pile: str,
    today: str,
    until: str,
    filters: Mapping[str, str],
    order: str = "due",
    descending: bool = False,
    limit: int = -1,
    offset: int = 0,
) -> list[Row]:
    """One page of a pile."""
    condition, params = _condition(filters)
    direction = "DESC" if descending else "ASC"
    tables = _households((), condition, _NOT_OWED[pile]) if pile in _NOT_OWED else _households(duties, condition)
    statement = (
        f"{tables} SELECT * FROM household WHERE {PILES.get(pile, '1 = 1')}"
        f" ORDER BY {ORDERS[order]} {direction}, place {direction} LIMIT :limit OFFSET :offset"
    )
    bound = {**params, "today": today, "until": until, "limit": limit, "offset": offset}
    return [dict(row) for row in connection.execute(text(statement), bound).mappings()]


def household_ids(
    connection: Connection, duties: Sequence[PairingDuty], pile: str, today: str, until: str, filters: Mapping[str, str]
) -> list[str]:
    """Every archive of a pile."""
    return [row["id"] for row in households(connection, duties, pile, today, until, filters)]


def count_piles(
    connection: Connection, duties: Sequence[PairingDuty], today: str, until: str, filters: Mapping[str, str]
) -> dict[str, int]:
    """How many households stand in each pile; one pass over all."""
    condition, params = _condition(filters)
    counts = ", ".join(f"coalesce(sum({test}), 0) AS \"{pile}\"" for pile, test in PILES.items())
    gone = f"{case_store.FROM_CASES} WHERE {hidden.shown('a')} AND {_GONE} AND {IS_PAIRED}{condition}"
    statement = text(f"{_households(duties, condition)} SELECT {counts}, (SELECT count(*) {gone}) AS gone FROM household")
    return dict(connection.execute(statement, {**params, "today": today, "until": until}).mappings().one())


# -- coverage -----------------------------------------------------------------------------------------------------

_COVERAGE = text(
    f"SELECT a.office_id, count(*) AS households, sum({IS_PAIRED}) AS paired, sum({IS_LED}) AS led {case_store.FROM_CASES}"
    f" WHERE {hidden.shown('a')} AND {_COUNTED} GROUP BY a.office_id"
)


def coverage(connection: Connection, today: str) -> list[Row]:
    """By office: how many households count, how many are paired, how many with a leader."""
    return [dict(row) for row in connection.execute(_COVERAGE, {"today": today}).mappings()]


# -- cadres -------------------------------------------------------------------------------------------------------

_LOADS = text(
    f"SELECT p.subject_id AS cadre_id, count(DISTINCT p.archive_id) AS households FROM {_PAIRINGS}"
    f" JOIN archive a ON a.id = p.archive_id WHERE {holds('p')} AND {hidden.shown('a')} GROUP BY 1"
)
_EVER_PAIRED = text("SELECT 1 FROM case_record WHERE kind = 'pairing' AND subject_id = :cadre_id LIMIT 1")
_OF_CADRE = text(
    f"SELECT p.record_id, p.archive_id, a.archive_number, coalesce(a.name, '') AS name FROM case_record p"
    f" JOIN archive a ON a.id = p.archive_id WHERE p.subject_id = :cadre_id AND {holds('p')} AND {hidden.shown('a')}"
    " ORDER BY a.archive_number, p.on_day, p.id"
)


def loads(connection: Connection, today: str) -> dict[str, int]:
    """How many households each cadre looks after, by the cadre's id."""
    return {row.cadre_id: row.households for row in connection.execute(_LOADS, {"today": today})}


def was_ever_paired(connection: Connection, cadre_id: str) -> bool:
    """Whether any version of any pairing names the cadre."""
    return connection.execute(_EVER_PAIRED, {"cadre_id": cadre_id}).first() is not None


def pairings_of_cadre(connection: Connection, cadre_id: str, today: str) -> list[Row]:
    """The pairings that stand of a cadre: record, archive, its number and name."""
    return [dict(row) for row in connection.execute(_OF_CADRE, {"cadre_id": cadre_id, "today": today}).mappings()]


# -- the work board -----------------------------------------------------------------------------------------------


def due_contacts(
    connection: Connection, duties: Sequence[PairingDuty], office_id: str, days: Mapping[str, str], limit: int
) -> list[Row]:
    """What an office's households are owed until ``days["until"]``, in one pass over all.

    A row of each duty (its place in *duties* is ``duty``) counts: ``late``, ``today``, ``week``, ``later``; the others name
    the first *limit* households (-1: all). *days* holds ``today``, ``week`` and ``until``.
    """
    parts = []
    for at in range(len(duties)):
        due = f"due{at}"
        parts.append(
            f"SELECT {at} AS duty, coalesce(sum({due} < :today), 0) AS late, coalesce(sum({due} = :today), 0) AS today,"
            f" coalesce(sum({due} > :today AND {due} <= :week), 0) AS week,"
            f" coalesce(sum({due} > :week AND {due} <= :until), 0) AS later, NULL AS id, NULL AS name, NULL AS day, NULL AS last"
            " FROM household"
        )
        parts.append(
            f"SELECT * FROM (SELECT {at}, 0, 0, 0, 0, id, name, {due}, last{at} FROM household WHERE {due} <= :until"
            f" ORDER BY {due}, name_pinyin, id LIMIT :limit)"
        )
    if not parts:
        return []
    statement = text(_households(duties, " AND a.office_id = :office") + " UNION ALL ".join(parts))
    params = {**days, "office": office_id, "limit": limit}
    return [dict(row) for row in connection.execute(statement, params).mappings()]


# -- contacts -----------------------------------------------------------------------------------------------------

_CONTACTS_BETWEEN = text(
    "SELECT v.archive_id, json_extract(v.content, '$.values.method') AS method, v.on_day FROM case_record v"
    " WHERE v.kind = 'home_visit' AND v.is_current AND NOT v.is_removed AND v.on_day BETWEEN :first AND :last"
)


def contacts_between(connection: Connection, first: str, last: str) -> dict[str, list[tuple[str, str]]]:
    """Method and day of every contact between two days, by archive."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(_CONTACTS_BETWEEN, {"first": first, "last": last}):
        found.setdefault(row.archive_id, []).append((row.method, row.on_day))
    return found
