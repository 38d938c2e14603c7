"""Means worksheets, assessments, decisions and kept policy texts, in the caller's transaction. Append-only throughout."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, text

from db.domain.policy.assessment import Assessment, Outcome
from db.domain.policy.policy_text import fingerprint
from db.models.casework import AssessmentRecord, Decision, MeansRevision, PolicyVersion
from db.store import hidden

MEANS = MeansRevision.__table__  # type: ignore[attr-defined]
ASSESSMENT = AssessmentRecord.__table__  # type: ignore[attr-defined]
DECISION = Decision.__table__  # type: ignore[attr-defined]
POLICY = PolicyVersion.__table__  # type: ignore[attr-defined]

Row = dict[str, Any]


def _rows(connection: Connection, statement: Any, **params: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(statement, params).mappings()]


def _parsed(row: Row, *keys: str) -> Row:
    return {**row, **{key: json.loads(row[key]) for key in keys}}


_DEFLATED = ("standards", "facts", "result")
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _deflated(value: Any) -> bytes:
    return zlib.compress(_dumps(value).encode())


def _text_of(packed: bytes) -> str:
    return zlib.decompress(packed).decode()


def _inflated(row: Row) -> Row:
    return {**row, **{key: json.loads(_text_of(row[key])) for key in _DEFLATED}}


# -- means --------------------------------------------------------------------------------------------------------

_LAST_MEANS = text(
    "SELECT * FROM means_revision WHERE archive_id = :archive_id AND year = :year ORDER BY revision DESC, seq DESC LIMIT 1"
)
_ALL_MEANS = text(
    "SELECT * FROM means_revision WHERE archive_id = :archive_id AND year = :year ORDER BY revision DESC, seq DESC"
)
_YEARS = text("SELECT DISTINCT year FROM means_revision WHERE archive_id = :archive_id ORDER BY year DESC")


def last_means(connection: Connection, archive_id: str, year: int) -> Row | None:
    """The current worksheet of an archive and year; ``content`` is parsed."""
    found = _rows(connection, _LAST_MEANS, archive_id=archive_id, year=year)
    return _parsed(found[0], "content") if found else None


def all_means(connection: Connection, archive_id: str, year: int) -> list[Row]:
    """Every version of a worksheet, the newest first."""
    return [_parsed(row, "content") for row in _rows(connection, _ALL_MEANS, archive_id=archive_id, year=year)]


def means_years(connection: Connection, archive_id: str) -> list[int]:
    """The years an archive has a worksheet of, the newest first."""
    return [row["year"] for row in _rows(connection, _YEARS, archive_id=archive_id)]


def insert_means(connection: Connection, rows: Sequence[Row]) -> None:
    """Add versions of worksheets."""
    if rows:
        connection.execute(insert(MEANS), list(rows))


# -- assessments and decisions ------------------------------------------------------------------------------------

_MEANS_STALE = (
    "(EXISTS (SELECT 1 FROM means_revision m WHERE m.archive_id = a.id AND m.year = s.year"
    " AND m.revision > s.means_revision)"
    " OR EXISTS (SELECT 1 FROM archive_revision r, json_each(r.changes) c WHERE r.archive_id = a.id"
    " AND r.revision > s.archive_revision AND json_extract(c.value, '$[1]') <> 'order'"
    " AND json_extract(c.value, '$[0]') IN (SELECT value FROM json_each(:fact_keys))))"
)
_POLICY_STALE = (
    "(coalesce(s.policy_sha256 <> :policy, 0)"
    " OR s.standards_sha256 <> coalesce((SELECT e.value FROM json_each(:standards) e WHERE e.key = s.standards_regions),"
    " s.standards_sha256))"
)
STALE = {"means": _MEANS_STALE, "policy": _POLICY_STALE}
"""SQL conditions on an assessment ``s`` of an archive ``a``; their parameters come from the service."""

_ASSESSMENTS = text(
    "SELECT * FROM assessment WHERE archive_id = :archive_id ORDER BY archive_revision DESC, rowid DESC LIMIT :limit"
)
_DECISIONS = text(
    "SELECT * FROM decision WHERE archive_id = :archive_id ORDER BY archive_revision DESC, rowid DESC"
)


def assessments_of(connection: Connection, archive_id: str, limit: int = -1) -> list[Row]:
    """The assessments of an archive, the newest first; ``facts`` and ``result`` are parsed."""
    return [_inflated(row) for row in _rows(connection, _ASSESSMENTS, archive_id=archive_id, limit=limit)]


def find_assessment(connection: Connection, assessment_id: str) -> Row | None:
    """The assessment *assessment_id*."""
    found = _rows(connection, text("SELECT * FROM assessment WHERE id = :id"), id=assessment_id)
    return _inflated(found[0]) if found else None


def decisions_of(connection: Connection, archive_id: str) -> list[Row]:
    """Every decision upon an archive, the newest first."""
    return _rows(connection, _DECISIONS, archive_id=archive_id)


_STALE_OF = text(
    " ".join(  # clauses are constants of this module
        (
            "SELECT s.id,", _MEANS_STALE, "AS means_changed,", _POLICY_STALE, "AS policy_changed",
            "FROM assessment s JOIN archive a ON a.id = s.archive_id WHERE s.archive_id = :archive_id",
        )
    )
)


def stale_of(connection: Connection, archive_id: str, marks: Row) -> dict[str, tuple[bool, bool]]:
    """Of each assessment of an archive: whether means or household changed since, whether policy or standards did."""
    found = _rows(connection, _STALE_OF, archive_id=archive_id, **marks)
    return {row["id"]: (bool(row["means_changed"]), bool(row["policy_changed"])) for row in found}


def assessment_columns(assessment: Assessment) -> Row:
    """Columns of the table that repeat what stands in the result, for lists."""
    suggested = assessment.class_result(assessment.suggested_class)
    return {
        "assessed_on": assessment.on,
        "year": assessment.year,
        "policy_id": assessment.policy_id,
        "policy_version": assessment.policy_version,
        "policy_sha256": assessment.policy_sha256,
        "form_edition": assessment.form_edition,
        "outcome": assessment.outcome.value,
        "suggested_class": assessment.suggested_class,
        "suggested_level": assessment.suggested_level,
        "suggested_class_label": suggested.label if suggested else "",
        "suggested_level_label": suggested.level_label if suggested else "",
        **_near_columns(assessment),
        "recheck_on": assessment.recheck_on,
    }


def _near_columns(assessment: Assessment) -> Row:
    close = assessment.nearest if assessment.outcome is Outcome.NEAR else None
    distance = close.distance if close else None
    return {
        "near_class_label": close.label if close else "",
        "near_distance": None if distance is None else f"{distance.numerator}/{distance.denominator}",
    }


def insert_assessments(connection: Connection, rows: Sequence[Row]) -> None:
    """Add assessments."""
    if rows:
        packed = [{**row, **{key: _deflated(row[key]) for key in _DEFLATED}} for row in rows]
        connection.execute(insert(ASSESSMENT), packed)


def insert_decisions(connection: Connection, rows: Sequence[Row]) -> None:
    """Add decisions."""
    if rows:
        connection.execute(insert(DECISION), list(rows))


# -- the texts they rest on ---------------------------------------------------------------------------------------

_KEEP = insert(POLICY).prefix_with("OR IGNORE")


def keep_policy_texts(connection: Connection, rows: Sequence[Row]) -> None:
    """Keep policy texts by their fingerprint; one that is here already stays as it is."""
    if rows:
        connection.execute(_KEEP, list(rows))



def has_policy_text(connection: Connection, sha256: str) -> bool:
    """Whether the text with this fingerprint is kept here."""
    statement = text("SELECT 1 FROM policy_version WHERE sha256 = :sha256")
    return connection.execute(statement, {"sha256": sha256}).first() is not None


_WITHOUT_TEXT = text(
    "SELECT count(*) AS number, coalesce(sum(p.sha256 IS NULL), 0) AS without"
    " FROM assessment s LEFT JOIN policy_version p ON p.sha256 = s.policy_sha256"
)


def assessments_without_text(connection: Connection) -> tuple[int, int]:
    """How many assessments there are, and of how many the policy text is not kept here."""
    row = _rows(connection, _WITHOUT_TEXT)[0]
    return row["number"], row["without"]


def altered_texts(connection: Connection) -> int:
    """How many kept policy texts are not what their fingerprint says."""
    rows = connection.execute(text("SELECT sha256, text FROM policy_version"))
    return sum(fingerprint(row[1]) != row[0] for row in rows)


# -- the work list ------------------------------------------------------------------------------------------------

_LAST_OF_EACH = (
    " FROM archive a"
    " LEFT JOIN assessment s ON s.rowid = (SELECT rowid FROM assessment WHERE archive_id = a.id"
    " ORDER BY archive_revision DESC, rowid DESC LIMIT 1)"
    " LEFT JOIN decision d ON d.rowid = (SELECT rowid FROM decision WHERE archive_id = a.id"
    " ORDER BY archive_revision DESC, rowid DESC LIMIT 1)"
)
_LIST_COLUMNS = " ".join(
    (
        "SELECT a.id AS archive_id, a.archive_number, a.office_id, coalesce(a.name, '') AS name, a.hardship_category,",
        "s.id AS assessment_id, s.assessed_on, s.made_at, s.year, s.policy_id, s.policy_version, s.outcome,",
        "s.suggested_class, s.suggested_level, s.suggested_class_label, s.suggested_level_label, s.recheck_on,",
        "s.near_class_label, s.near_distance,",
        "d.made_at AS decided_at, d.decided_class, d.decided_level, d.decided_class_label, d.decided_level_label,",
        "d.assessment_id AS decided_upon,",
        f"s.id IS NOT NULL AND {_MEANS_STALE} AS means_stale, s.id IS NOT NULL AND {_POLICY_STALE} AS policy_stale",
    )
)


def work_list(connection: Connection, where: str, order: str, params: Row, limit: int, offset: int) -> list[Row]:
    """One page of the work list: each archive with its last assessment and decision. Clauses are the service's own."""
    page = text(f"{_LIST_COLUMNS}{_LAST_OF_EACH}{where}{order} LIMIT :limit OFFSET :offset")
    return _rows(connection, page, **params, limit=limit, offset=offset)


def work_list_ids(connection: Connection, where: str, order: str, params: Row) -> list[str]:
    """Archive ids of the whole work list, in its order."""
    statement = text(f"SELECT a.id AS archive_id{_LAST_OF_EACH}{where}{order}")
    return [row["archive_id"] for row in _rows(connection, statement, **params)]


def work_list_count(connection: Connection, where: str, params: Row) -> int:
    """How long the work list is."""
    statement = text(f"SELECT count(*) AS number{_LAST_OF_EACH}{where}")
    return int(_rows(connection, statement, **params)[0]["number"])


_DUE = (
    " FROM assessment s JOIN archive a ON a.id = s.archive_id WHERE s.recheck_on <= :today"  # noqa: S608
    f" AND {hidden.shown('a')} AND NOT EXISTS"
    " (SELECT 1 FROM assessment n WHERE n.archive_id = s.archive_id AND (n.archive_revision > s.archive_revision"
    " OR (n.archive_revision = s.archive_revision AND n.rowid > s.rowid)))"
)


def due_rechecks(connection: Connection, today: str, limit: int) -> tuple[int, list[Row]]:
    """How many households just above a line are to be looked at again by *today*, and the longest due of them."""
    number = connection.execute(text(f"SELECT count(*){_DUE}"), {"today": today}).scalar_one()
    page = text(
        f"SELECT a.id AS archive_id, coalesce(a.name, '') AS name, s.recheck_on, s.near_class_label{_DUE}"
        " ORDER BY s.recheck_on, a.name LIMIT :limit"
    )
    return int(number), _rows(connection, page, today=today, limit=limit) if number else []


def assessed_regions(connection: Connection) -> list[str]:
    """Every combination of regions whose standards assessments rest on."""
    statement = text("SELECT DISTINCT standards_regions FROM assessment")
    return [row[0] for row in connection.execute(statement)]


# -- bundles ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class CaseworkRows:
    """Rows that travel with some archives, by archive; JSON columns are still text."""

    means: dict[str, list[Row]] = field(default_factory=dict)
    assessments: dict[str, list[Row]] = field(default_factory=dict)
    decisions: dict[str, list[Row]] = field(default_factory=dict)
    steps: dict[str, list[Row]] = field(default_factory=dict)
    records: dict[str, list[Row]] = field(default_factory=dict)


_TRAVELLING = (
    " FROM json_each(:ids) AS wanted JOIN archive a ON a.id = wanted.value JOIN {table} t ON t.archive_id = a.id"
    " WHERE t.archive_revision > CASE WHEN :full THEN 0 ELSE min(a.acknowledged_revision, a.revision - 1) END"
    " AND t.archive_revision <= a.revision ORDER BY wanted.key, {order}"
)
_MEANS_OUT = text(
    "SELECT t.archive_id, t.year, t.revision, t.archive_revision, t.made_at, t.clerk_id, t.clerk_name, t.office_id,"
    " t.device_id, t.device_counter, t.reason, t.content"
    + _TRAVELLING.format(table="means_revision", order="t.year, t.revision, t.seq")
)
_ASSESSMENTS_OUT = text(
    "SELECT t.archive_id, t.id, t.archive_revision, t.made_at, t.clerk_id, t.clerk_name, t.office_id, t.device_id,"
    " t.device_counter, t.means_revision, t.standards_regions, t.standards_sha256, t.policy_sha256,"
    " t.standards, t.facts, t.result"
    + _TRAVELLING.format(table="assessment", order="t.archive_revision, t.rowid")
)
# a decision needs its assessment there, which may have been acknowledged long ago or travel along
_DECISIONS_OUT = text(
    "SELECT t.archive_id, t.id, t.assessment_id, t.archive_revision, t.made_at, t.clerk_id, t.clerk_name, t.office_id,"
    " t.device_id, t.device_counter, t.suggested_class, t.suggested_level, t.decided_class, t.decided_level,"
    " t.decided_class_label, t.decided_level_label, t.reason"
    + _TRAVELLING.format(table="decision", order="t.archive_revision, t.rowid")
)
_STEPS_OUT = text(
    "SELECT t.archive_id, t.id, t.archive_revision, t.act, t.on_day, t.made_at, t.clerk_id, t.clerk_name, t.office_id,"
    " t.device_id, t.device_counter, t.detail, t.first_state"
    + _TRAVELLING.format(table="case_step", order="t.archive_revision, t.rowid")
)
_RECORDS_OUT = text(
    "SELECT t.archive_id, t.id, t.record_id, t.archive_revision, t.kind, t.is_removed, t.made_at, t.clerk_id,"
    " t.clerk_name, t.office_id, t.device_id, t.device_counter, t.content"
    + _TRAVELLING.format(table="case_record", order="t.archive_revision, t.rowid")
)


def travelling(connection: Connection, ids: Sequence[str], *, full: bool) -> CaseworkRows:
    """What travels with the archives *ids*: rows of the revisions that travel, JSON as text."""
    found = CaseworkRows()
    params = {"ids": json.dumps(list(ids)), "full": full}
    groups = (
        (_MEANS_OUT, found.means),
        (_ASSESSMENTS_OUT, found.assessments),
        (_DECISIONS_OUT, found.decisions),
        (_STEPS_OUT, found.steps),
        (_RECORDS_OUT, found.records),
    )
    for statement, group in groups:
        for row in _rows(connection, statement, **params):
            plain = {key: _text_of(value) if key in _DEFLATED else value for key, value in row.items()}
            group.setdefault(row["archive_id"], []).append(plain)
    return found


def policy_texts(connection: Connection, hashes: Iterable[str]) -> Iterator[Row]:
    """The kept texts with these fingerprints, for sending along."""
    statement = text(
        "SELECT sha256, pack_id, kind, version, begins, ends, text FROM policy_version"
        " WHERE sha256 IN (SELECT value FROM json_each(:hashes)) ORDER BY sha256"
    )
    yield from _rows(connection, statement, hashes=json.dumps(sorted(set(hashes))))


MEANS_IDENTITY = ("year", "revision", "made_at", "device_id", "device_counter")
"""What tells a version of an archive's worksheets from every other, wherever it was made."""
_MEANS_HELD = text(
    "SELECT archive_id, year, revision, made_at, device_id, device_counter FROM means_revision"
    " WHERE archive_id IN (SELECT value FROM json_each(:ids))"
)
_ASSESSMENTS_HELD = text("SELECT id, archive_id FROM assessment WHERE id IN (SELECT value FROM json_each(:ids))")
_DECISIONS_HELD = text("SELECT id, archive_id FROM decision WHERE id IN (SELECT value FROM json_each(:ids))")
_RECORDS_HELD = text("SELECT id, archive_id FROM case_record WHERE id IN (SELECT value FROM json_each(:ids))")
_STEPS_HELD = text("SELECT id, archive_id FROM case_step WHERE id IN (SELECT value FROM json_each(:ids))")


_RECORD_HOMES = text(
    "SELECT DISTINCT record_id, archive_id FROM case_record WHERE record_id IN (SELECT value FROM json_each(:ids))"
)


def record_homes(connection: Connection, record_ids: Iterable[str]) -> dict[str, str]:
    """To which archive each of these records belongs, whichever versions of it are here."""
    rows = _rows(connection, _RECORD_HOMES, ids=json.dumps(sorted(set(record_ids))))
    return {row["record_id"]: row["archive_id"] for row in rows}


def means_held(connection: Connection, archive_ids: Iterable[str]) -> set[tuple[Any, ...]]:
    """Archive and :data:`MEANS_IDENTITY` of the worksheets that are here."""
    return {tuple(row) for row in connection.execute(_MEANS_HELD, {"ids": json.dumps(list(archive_ids))})}


def case_homes(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """To which archive each of these assessments, decisions, steps and versions of records belongs that are here."""
    wanted = json.dumps(list(ids))
    held = (_ASSESSMENTS_HELD, _DECISIONS_HELD, _STEPS_HELD, _RECORDS_HELD)
    rows = [row for statement in held for row in _rows(connection, statement, ids=wanted)]
    return {row["id"]: row["archive_id"] for row in rows}
