"""The work list of assessments: every archive with its last assessment, the decision, and what is due."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from db.domain.policy.assessment import Outcome
from db.services.office import OfficeSession
from db.services.staleness import stale_marks
from db.store import archive_store, casework_store, hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentQuery:
    """What the work list shows. Members left None or empty do not filter; *order* is one of :data:`ORDERS`."""

    text: str = ""
    """Name, pinyin or number of somebody in the archive."""
    assessed: bool | None = None
    decided: bool | None = None
    """Whether the last assessment has been decided upon."""
    outcome: Outcome | None = None
    class_code: str | None = None
    """The class that was decided, or suggested where nothing was decided."""
    level: str | None = None
    stale: bool | None = None
    recheck_before: str | None = None
    """Day (ISO) up to which a re-check is due."""
    office_id: str | None = None
    order: str = "updated_at"
    descending: bool = True


ORDERS = {
    "updated_at": "a.updated_at",
    "archive_number": "a.archive_number",
    "name": "a.name_pinyin",
    "assessed_on": "s.assessed_on",
    "recheck_on": "s.recheck_on",
    "outcome": "s.outcome",
}


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One archive on the work list; everything about an assessment is None where there is none yet."""

    archive_id: str
    archive_number: str
    office_id: str
    name: str
    hardship_category: str | None
    assessment_id: str | None
    assessed_on: str | None
    year: int | None
    policy_id: str | None
    policy_version: str | None
    outcome: Outcome | None
    suggested_class: str | None
    suggested_class_label: str
    suggested_level: str | None
    suggested_level_label: str
    near_class_label: str
    near_distance: Fraction | None
    """Of a near miss: the class it came closest to, and by how many 元 per person and month it missed it."""
    recheck_on: str | None
    decided_at: str | None
    decided_class: str | None
    decided_class_label: str
    decided_level: str | None
    decided_level_label: str
    is_decision_current: bool
    """Whether the decision was made upon the last assessment."""
    means_changed: bool
    policy_changed: bool

    @property
    def is_stale(self) -> bool:
        """Whether means, household or policy changed since the last assessment."""
        return self.means_changed or self.policy_changed


def assessment_rows(
    session: OfficeSession, query: AssessmentQuery, offset: int = 0, limit: int = 100
) -> list[AssessmentRow]:
    """One page of the work list."""
    where, params = _where(session, query)
    with session.database.reading() as connection:
        rows = casework_store.work_list(connection, where, _order(query), params, limit, offset)
    return [_row(row) for row in rows]


def count_assessments(session: OfficeSession, query: AssessmentQuery) -> int:
    """How long the work list is."""
    where, params = _where(session, query)
    with session.database.reading() as connection:
        return casework_store.work_list_count(connection, where, params)


def assessment_archive_ids(session: OfficeSession, query: AssessmentQuery) -> list[str]:
    """Archives of the whole work list, in its order: what “select all” selects."""
    where, params = _where(session, query)
    with session.database.reading() as connection:
        return casework_store.work_list_ids(connection, where, _order(query), params)


def _row(row: dict[str, Any]) -> AssessmentRow:
    labels = ("suggested_class", "suggested_level", "decided_class", "decided_level")  # none where nothing is yet
    plain = {key: row[key] for key in AssessmentRow.__dataclass_fields__ if key in row}
    return AssessmentRow(
        **{
            **plain,
            **{f"{key}_label": row[f"{key}_label"] or "" for key in labels},
            "near_class_label": row["near_class_label"] or "",
            "near_distance": Fraction(row["near_distance"]) if row["near_distance"] else None,
            "outcome": Outcome(row["outcome"]) if row["outcome"] else None,
            "is_decision_current": row["decided_upon"] is not None and row["decided_upon"] == row["assessment_id"],
            "means_changed": bool(row["means_stale"]),
            "policy_changed": bool(row["policy_stale"]),
        }
    )


def _order(query: AssessmentQuery) -> str:
    direction = "DESC" if query.descending else "ASC"
    return f" ORDER BY {ORDERS[query.order]} {direction}, a.rowid {direction}"


def _where(session: OfficeSession, query: AssessmentQuery) -> tuple[str, dict[str, Any]]:
    params = stale_marks(session)
    parts = [hidden.shown("a"), *_plain_conditions(query, params), *_state_conditions(query)]
    archive_store.narrow_to_person(query.text, parts, params)
    return " WHERE " + " AND ".join(parts), params


_COLUMNS = {
    "outcome": "s.outcome = :outcome",
    "class_code": "iif(d.id IS NULL, s.suggested_class, d.decided_class) = :class_code",
    "level": "iif(d.id IS NULL, s.suggested_level, d.decided_level) = :level",
    "recheck_before": "s.recheck_on <= :recheck_before",
    "office_id": "a.office_id = :office_id",
}


def _plain_conditions(query: AssessmentQuery, params: dict[str, Any]) -> list[str]:
    parts = []
    for key, condition in _COLUMNS.items():
        value = getattr(query, key)
        if value is not None:
            parts.append(condition)
            params[key] = str(value)
    return parts


def _state_conditions(query: AssessmentQuery) -> list[str]:
    stale = f"({' OR '.join(casework_store.STALE.values())})"
    parts = []
    if query.assessed is not None:
        parts.append(f"s.id IS {'NOT ' if query.assessed else ''}NULL")
    if query.decided is not None:
        parts.append("s.id IS NOT NULL")
        parts.append(f"coalesce(d.assessment_id, '') {'=' if query.decided else '<>'} s.id")
    if query.stale is not None:
        parts.append(f"s.id IS NOT NULL AND {'' if query.stale else 'NOT '}{stale}")
    return parts
