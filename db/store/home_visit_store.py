"""What the list of a day's visits shows of each household, in one statement; unfinished visits as the office keeps them."""

# ruff: noqa: S608 - names of tables and conditions are constants of this module, values are parameters
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from db.store import case_store, hidden

DRAFT = "visit_draft:"
"""How the settings of unfinished visits begin; the archive's id follows."""

_LAST = (
    "(SELECT max(r.on_day) FROM case_record r WHERE r.archive_id = a.id AND r.kind = 'home_visit' AND r.is_current"
    " AND NOT r.is_removed AND json_extract(r.content, '$.values.method') IN ('home', 'workplace'))"
)
_STOPS = text(
    "SELECT a.id, a.archive_number, coalesce(a.name, '') AS name, coalesce(a.home_address, '') AS address,"
    f" coalesce(a.mobile_phone, '') AS phone, {_LAST} AS last_on, {case_store.STANDING} AS standing,"
    f" {case_store.STAGE} AS stage, EXISTS (SELECT 1 FROM office_setting s WHERE s.key = '{DRAFT}' || a.id"
    " AND s.value <> 'null') AS has_draft"
    f" {case_store.FROM_CASES} WHERE a.id IN (SELECT value FROM json_each(:ids)) AND {hidden.shown('a')}"
)
_WAITING = text(
    "SELECT a.id FROM case_state c JOIN archive a ON a.id = c.archive_id"
    f" WHERE c.stage = 'verification' AND a.office_id = {hidden.OWN_ID}"
    f" AND {hidden.shown('a')} ORDER BY c.since, a.archive_number"
)
_TAKEN_ALONG = text(
    "SELECT v.archive_id FROM visit_item v JOIN archive a ON a.id = v.archive_id WHERE v.back_at IS NULL"
    f" AND {hidden.shown('a')} ORDER BY a.archive_number"
)
_DRAFTS = text(
    "SELECT substr(s.key, :cut) AS archive_id, s.value, coalesce(a.name, '') AS name FROM office_setting s"
    f" JOIN archive a ON a.id = substr(s.key, :cut) WHERE s.key GLOB '{DRAFT}*' AND s.value <> 'null'"
)
_RECENT = text(
    "SELECT r.*, coalesce(a.name, '') AS name FROM case_record r JOIN archive a ON a.id = r.archive_id"
    f" WHERE r.kind = 'home_visit' AND r.is_current = 1 AND NOT r.is_removed AND {hidden.shown('a')}"
    " ORDER BY r.on_day DESC, r.made_at DESC LIMIT :limit"
)


def recent(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """The latest contacts of all households, with the household's name."""
    rows = connection.execute(_RECENT, {"limit": limit}).mappings()
    return [{**row, "content": json.loads(row["content"])} for row in rows]


def stops(connection: Connection, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """These households by id; one that was merged or handed over is left out."""
    found = connection.execute(_STOPS, {"ids": json.dumps(list(ids))})
    return {row["id"]: dict(row) for row in found.mappings()}


def waiting_for_visit(connection: Connection) -> list[str]:
    """The own households whose case waits for 入户核实, the longest first."""
    return [row[0] for row in connection.execute(_WAITING)]


def taken_along(connection: Connection) -> list[str]:
    """The archives that are here on the laptop."""
    return list(dict.fromkeys(row[0] for row in connection.execute(_TAKEN_ALONG)))


def drafts(connection: Connection) -> list[dict[str, Any]]:
    """Every unfinished visit with the household's name."""
    rows = connection.execute(_DRAFTS, {"cut": len(DRAFT) + 1}).mappings()
    return [{**row, "value": json.loads(row["value"])} for row in rows]


def forget_draft(connection: Connection, archive_id: str) -> None:
    """The unfinished visit of a household is finished, or given up."""
    connection.execute(text("DELETE FROM office_setting WHERE key = :key"), {"key": DRAFT + archive_id})
