"""Lists that a sample is drawn from, and the households of a sample with what was found there, in the caller's transaction."""

# ruff: noqa: S608 - names of tables and conditions are constants of this module, values are parameters
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from db.domain.reports.sampling import Listed
from db.store import case_store, hidden

Row = dict[str, Any]

_GROUPS = {
    "on_file": f"{case_store.STANDING} IN ('on_file', 'phasing_out')",
    "not_on_file": f"{case_store.STANDING} IN ('lead', 'applicant', 'not_eligible', 'temporary', 'given_up')",
    "exited": f"{case_store.STANDING} = 'exited' AND coalesce(c.exited_on, '9999') >= :since",
}
"""Whom each group has (option list ``evaluation_group``), as SQL on archive ``a`` and its state ``c``."""


def frame(connection: Connection, group: str, since: str = "") -> list[Listed]:
    """The archives of a group as they stand now; of those who left, the ones that did so from the day *since* on."""
    statement = text(
        f"SELECT a.id, a.archive_number {case_store.FROM_CASES} WHERE {hidden.shown('a')} AND {_GROUPS[group]} ORDER BY a.id"
    )
    params = {"since": since} if group == "exited" else {}
    return [Listed(row[0], row[1]) for row in connection.execute(statement, params)]


def frame_size(connection: Connection, group: str, since: str = "") -> int:
    """How many archives :func:`frame` lists."""
    statement = text(f"SELECT count(*) {case_store.FROM_CASES} WHERE {hidden.shown('a')} AND {_GROUPS[group]}")
    return int(connection.execute(statement, {"since": since} if group == "exited" else {}).scalar_one())


_DRAWN = text(
    "SELECT count(DISTINCT record_id) FROM office_record WHERE kind = 'evaluation' AND office_id = :office"
)


def draws_of(connection: Connection, office_id: str) -> int:
    """How many samples an office has drawn, those it removed among them."""
    return int(connection.execute(_DRAWN, {"office": office_id}).scalar_one())


_DRAWN_OF_ALL = text(
    "SELECT e.record_id, e.office_id, s.value ->> 'archive_id' FROM office_record e, json_each(e.content, '$.rows.sample') s"
    " WHERE e.kind = 'evaluation' AND e.is_current AND NOT e.is_removed"
)
_LOOKED_AT = text(
    "SELECT DISTINCT subject_id, office_id, json_extract(content, '$.values.archive_id') FROM office_record"
    " WHERE kind = 'evaluation_check' AND is_current AND NOT is_removed"
)


def done_of_each(connection: Connection) -> Counter[str]:
    """By evaluation: how many households of the sample the office that drew it has looked at."""
    drawn = {tuple(row) for row in connection.execute(_DRAWN_OF_ALL)}
    return Counter(key[0] for key in drawn.intersection(tuple(row) for row in connection.execute(_LOOKED_AT)))


_SAMPLE = text(
    "SELECT s.key AS at, s.value ->> 'group' AS grp, s.value ->> 'place' AS place, s.value ->> 'archive_id' AS archive_id,"
    " s.value ->> 'archive_number' AS archive_number, coalesce(a.name, '') AS name, a.office_id,"
    " coalesce(a.home_address, '') AS address, coalesce(a.mobile_phone, a.other_contact, '') AS phone,"
    f" iif(a.id IS NULL, '', {case_store.STANDING}) AS standing, c.exited_on, a.hardship_category, a.main_hardship_cause"
    " FROM office_record e, json_each(e.content, '$.rows.sample') s LEFT JOIN archive a ON a.id = s.value ->> 'archive_id'"
    f" AND a.id NOT IN ({hidden.DESTROYED_IDS}) LEFT JOIN case_state c ON c.archive_id = a.id"
    " WHERE e.record_id = :evaluation AND e.kind = 'evaluation' AND e.is_current AND NOT e.is_removed ORDER BY s.key"
)
_CHECKS = text(
    "SELECT record_id, content FROM office_record WHERE kind = 'evaluation_check' AND subject_id = :evaluation"
    " AND office_id = :office AND is_current AND NOT is_removed ORDER BY on_day, made_at, id"
)


def sample(connection: Connection, evaluation_id: str, office_id: str) -> list[Row]:
    """The households of a sample in the order of the sheets, each with the last that the evaluating office found there."""
    params = {"evaluation": evaluation_id, "office": office_id}
    checks = {}
    for record_id, content in connection.execute(_CHECKS, params):
        told = json.loads(content)
        checks[told["values"].get("archive_id")] = {"record_id": record_id, "content": told}
    nothing = {"record_id": "", "content": None}
    found = connection.execute(_SAMPLE, {"evaluation": evaluation_id}).mappings()
    return [{**row, **checks.get(row["archive_id"], nothing)} for row in found]


_MEASURES = text(
    "SELECT r.archive_id, count(*) AS planned, sum(json_extract(r.content, '$.values.done_on') IS NOT NULL) AS done"
    " FROM case_record r WHERE r.archive_id IN (SELECT value FROM json_each(:ids)) AND r.kind = 'measure' AND r.is_current"
    " AND NOT r.is_removed GROUP BY r.archive_id"
)


def measures(connection: Connection, archive_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """By archive: measures planned, and those of them that are done, as the records say."""
    rows = connection.execute(_MEASURES, {"ids": json.dumps(list(archive_ids))})
    return {row[0]: (row[1], row[2]) for row in rows}


_PAIRED = text(
    "SELECT p.archive_id, group_concat(json_extract(p.content, '$.values.cadre_name'), '、') FROM case_record p"
    " WHERE p.archive_id IN (SELECT value FROM json_each(:ids)) AND p.kind = 'pairing' AND p.is_current AND NOT p.is_removed"
    " AND p.on_day <= :today AND (p.ends_on IS NULL OR p.ends_on > :today) GROUP BY p.archive_id"
)


def cadres(connection: Connection, archive_ids: Iterable[str], today: str) -> dict[str, str]:
    """By archive: who looks after it on a day."""
    params = {"ids": json.dumps(list(archive_ids)), "today": today}
    return {row[0]: row[1] or "" for row in connection.execute(_PAIRED, params)}


_AIDED = text(
    "SELECT g.archive_id, g.item, count(*) FROM aid_grant g JOIN payout p ON p.grant_id = g.id AND p.outcome = 'paid'"
    " WHERE g.archive_id IN (SELECT value FROM json_each(:ids)) GROUP BY g.archive_id, g.item ORDER BY g.archive_id, g.item"
)


def aided(connection: Connection, archive_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """By archive: how often it was paid what."""
    found: dict[str, dict[str, int]] = {}
    for archive_id, item, times in connection.execute(_AIDED, {"ids": json.dumps(list(archive_ids))}):
        found.setdefault(archive_id, {})[item] = times
    return found


_PAPERS = text(
    "SELECT archive_id, document_type FROM attachment WHERE archive_id IN (SELECT value FROM json_each(:ids))"
    " AND removed_at IS NULL GROUP BY archive_id, document_type"
)


def paper_types(connection: Connection, archive_ids: Iterable[str]) -> dict[str, set[str]]:
    """By archive: of which types papers are there."""
    found: dict[str, set[str]] = {}
    for archive_id, code in connection.execute(_PAPERS, {"ids": json.dumps(list(archive_ids))}):
        found.setdefault(archive_id, set()).add(code)
    return found
