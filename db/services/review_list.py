"""The work list of reviews: what came from below, how far this office is with each, by office and state."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from db.domain.review import ReviewOutcome, ReviewStep
from db.services.office import OfficeSession
from db.services.reviewing import GIVEN_AWAY
from db.store import archive_store


class ReviewState(StrEnum):
    """How far this office is with an archive from below; every archive is in exactly one state."""

    PENDING = "pending"
    CORRECTED = "corrected"
    SECOND = "second"
    RETURNED = "returned"
    OVERDUE = "overdue"
    APPROVED = "approved"
    REFUSED = "refused"


REVIEW_STATE_LABELS = {
    ReviewState.PENDING: "待审",
    ReviewState.CORRECTED: "退回后已补正",
    ReviewState.SECOND: "待复审",
    ReviewState.RETURNED: "已退回",
    ReviewState.OVERDUE: "逾期未补正",
    ReviewState.APPROVED: "已审核",
    ReviewState.REFUSED: "不通过",
}
WAITING = (ReviewState.PENDING, ReviewState.CORRECTED, ReviewState.SECOND)
"""States in which this office has to do something."""


def review_state(
    revision: int,
    today: str,
    last: tuple[int, ReviewStep, ReviewOutcome, str | None] | None,
    last_final: ReviewOutcome | None,
) -> ReviewState:
    """State of an archive at *revision*.

    *last*: revision, step, outcome and day of this office's latest review; *last_final*: the outcome of its latest
    final one. What SQL says (:data:`STATE`) is the same.
    """
    if last is None or last[0] != revision:
        return ReviewState.CORRECTED if last_final is ReviewOutcome.RETURNED else ReviewState.PENDING
    _, step, outcome, due_on = last
    if step is ReviewStep.FIRST:
        return ReviewState.SECOND
    if outcome is ReviewOutcome.RETURNED and due_on is not None and due_on < today:
        return ReviewState.OVERDUE
    return ReviewState(outcome)


_LAST_FINAL = (
    "CASE WHEN r.step = 'final' THEN r.outcome ELSE (SELECT f.outcome FROM review f"
    " WHERE f.archive_id = a.id AND +f.office_id = :own AND f.step = 'final' ORDER BY f.rowid DESC LIMIT 1) END"
)
STATE = (
    "CASE WHEN r.step IS NULL THEN 'pending'"
    f" WHEN r.archive_revision <> a.revision THEN iif(({_LAST_FINAL}) = 'returned', 'corrected', 'pending')"
    " WHEN r.step = 'first' THEN 'second'"
    " WHEN r.outcome = 'returned' AND r.due_on < :today THEN 'overdue'"
    " ELSE r.outcome END"
)
_REVIEW = " LEFT JOIN review r INDEXED BY review_standing ON r.archive_id = a.id AND r.is_last = 1 AND r.office_id = :own"
_FROM = f" FROM archive a{_REVIEW}"
# going through all archives reads nothing but two narrow indexes
_THROUGH_ALL = f" FROM archive a INDEXED BY archive_standing{_REVIEW}"
_MERGED = "a.id IN (SELECT merged_archive_id FROM archive_merge WHERE undone_at IS NULL)"
_REVIEWABLE = f"a.office_id <> :own AND NOT {GIVEN_AWAY} AND NOT {_MERGED}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewQuery:
    """What the work list shows. Members left None or empty do not filter; *order* is one of :data:`ORDERS`."""

    text: str = ""
    state: ReviewState | None = None
    office_id: str | None = None
    class_code: str | None = None
    """The class the office below has decided."""
    order: str = "updated_at"
    descending: bool = False


ORDERS = {
    "updated_at": "a.updated_at",
    "archive_number": "a.archive_number",
    "name": "a.name_pinyin",
    "due_on": "r.due_on",
    "reviewed_at": "r.made_at",
}


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One archive on the work list; members about a review are None or empty where there is none of this office."""

    archive_id: str
    archive_number: str
    office_id: str
    name: str
    revision: int
    updated_at: str
    missing_count: int
    hardship_category: str | None
    main_hardship_cause: str | None
    state: ReviewState
    reviewed_at: str | None
    reviewed_by: str
    outcome: ReviewOutcome | None
    step: ReviewStep | None
    reviewed_revision: int | None
    due_on: str | None
    class_label: str
    level_label: str
    """Class and level of the review where it names one, else what the office below decided."""
    class_is_ours: bool


_COLUMNS = (
    "SELECT a.id AS archive_id, a.archive_number, a.office_id, coalesce(a.name, '') AS name, a.revision, a.updated_at,"
    " a.missing_count, a.hardship_category, a.main_hardship_cause,"
    f" {STATE} AS state, r.made_at AS reviewed_at, coalesce(r.clerk_name, '') AS reviewed_by, r.outcome, r.step,"
    " r.archive_revision AS reviewed_revision, r.due_on,"
    " iif(coalesce(r.class_label, '') <> '', r.class_label, coalesce(d.decided_class_label, '')) AS class_label,"
    " iif(coalesce(r.class_label, '') <> '', r.level_label, coalesce(d.decided_level_label, '')) AS level_label,"
    " coalesce(r.class_label, '') <> '' AS class_is_ours"
)
_DECIDED = (
    " LEFT JOIN decision d ON d.rowid = (SELECT rowid FROM decision WHERE archive_id = a.id"
    " ORDER BY archive_revision DESC, rowid DESC LIMIT 1)"
)


def _where(session: OfficeSession, query: ReviewQuery) -> tuple[str, dict[str, Any]]:
    parts = [_REVIEWABLE]
    params: dict[str, Any] = {"own": session.office.id, "today": session.today}
    if query.state is not None:
        parts.append(f"{STATE} = :state")
        params["state"] = query.state.value
    if query.office_id is not None:
        parts.append("a.office_id = :office_id")
        params["office_id"] = query.office_id
    if query.class_code is not None:
        parts.append("d.decided_class = :class_code")
        params["class_code"] = query.class_code
    archive_store.narrow_to_person(query.text, parts, params)
    return " WHERE " + " AND ".join(parts), params


_NARROW_ORDERS = frozenset({"updated_at", "due_on"})


def _joins(query: ReviewQuery) -> str:
    """What a query goes through: everything along the narrow indexes, unless a name or number leads to a few."""
    narrow = not query.text.strip() and query.order in _NARROW_ORDERS
    return (_THROUGH_ALL if narrow else _FROM) + (_DECIDED if query.class_code is not None else "")


def _order(query: ReviewQuery) -> str:
    direction = "DESC" if query.descending else "ASC"
    return f" ORDER BY {ORDERS[query.order]} {direction}, a.rowid {direction}"


def review_rows(session: OfficeSession, query: ReviewQuery, offset: int = 0, limit: int = 100) -> list[ReviewRow]:
    """One page of the work list: first which archives, then what is shown of these few."""
    where, params = _where(session, query)
    chosen = text("".join(("SELECT a.rowid", _joins(query), where, _order(query), " LIMIT :limit OFFSET :offset")))
    shown = text("".join((_COLUMNS, " FROM json_each(:rows) AS page JOIN archive a ON a.rowid = page.value", _REVIEW,
                          _DECIDED, " ORDER BY page.key")))  # fmt: skip
    with session.database.reading() as connection:
        found = [row[0] for row in connection.execute(chosen, {**params, "limit": limit, "offset": offset})]
        rows = connection.execute(shown, {**params, "rows": json.dumps(found)}).mappings().all()
    return [_row(dict(row)) for row in rows]


def _row(row: dict[str, Any]) -> ReviewRow:
    kinds = {"state": ReviewState, "outcome": ReviewOutcome, "step": ReviewStep, "class_is_ours": bool}
    return ReviewRow(**{**row, **{key: kind(row[key]) for key, kind in kinds.items() if row[key] is not None}})


def count_reviews(session: OfficeSession, query: ReviewQuery) -> int:
    """How long the work list is."""
    where, params = _where(session, query)
    statement = text("".join(("SELECT count(*)", _joins(query), where)))
    with session.database.reading() as connection:
        return int(connection.execute(statement, params).scalar_one())


def review_ids(session: OfficeSession, query: ReviewQuery) -> list[str]:
    """Archives of the whole work list, in its order: what “select all” selects."""
    where, params = _where(session, query)
    statement = text("".join(("SELECT a.id", _joins(query), where, _order(query))))
    with session.database.reading() as connection:
        return [row[0] for row in connection.execute(statement, params)]


def count_states(session: OfficeSession, query: ReviewQuery) -> Counter[tuple[str, ReviewState]]:
    """How many archives of each office are in each state; the state *query* asks for does not matter."""
    where, params = _where(session, replace(query, state=None))
    statement = text("".join((f"SELECT a.office_id, {STATE} AS state, count(*)", _joins(query), where, " GROUP BY 1, 2")))
    with session.database.reading() as connection:
        return Counter({(row[0], ReviewState(row[1])): row[2] for row in connection.execute(statement, params)})


def state_of(session: OfficeSession, archive_id: str) -> ReviewState | None:
    """How far this office is with one archive; None where it has nothing to review."""
    where = f" WHERE a.id = :id AND {_REVIEWABLE}"
    statement = text("".join((f"SELECT {STATE}", _FROM, where)))
    params = {"id": archive_id, "own": session.office.id, "today": session.today}
    with session.database.reading() as connection:
        found = connection.execute(statement, params).scalar()
    return ReviewState(found) if found else None
