"""Which archives a list shows, and in which order: what the clerk filters by, as SQL over the table ``archive``."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.services.office import OfficeSession
from db.services.submission import UNRECEIVED, Submission, submission_condition
from db.store import answer_store, archive_store, hidden
from db.store.national_store import CHANGED_SINCE


class Hidden(StrEnum):
    """Archives that are shown only when asked for."""

    MERGED = "merged"
    AWAY = "away"


HIDDEN_LABELS = {Hidden.MERGED: "已合并", Hidden.AWAY: "已转出"}


class Waiting(StrEnum):
    """What an archive waits for beside its way up."""

    CONFLICT = "conflict"
    """Fields that differ between two versions and wait for a choice."""
    OUT = "out"
    """It was taken along on a home-visit laptop."""
    SET_ASIDE = "set_aside"
    """The version brought last is not taken: its own office has to choose between it and the one here."""


WAITING_LABELS = {
    Waiting.CONFLICT: "有冲突，等您选",
    Waiting.OUT: "在外出电脑上",
    Waiting.SET_ASIDE: "冲突，待报送单位选定",
}


class NationalState(StrEnum):
    """Whether an archive was typed into the national system (see national_entry)."""

    NOT_ENTERED = "not_entered"
    ENTERED = "entered"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveQuery:
    """What the list shows. Empty members do not filter; *order* is one of :data:`ORDERS`."""

    text: str = ""
    submission: Submission | None = None
    unreceived: bool = False
    """Only what the office above does not have as it stands now: never exported, changed since, or still on the way."""
    waiting: Waiting | None = None
    national: NationalState | None = None
    complete: bool | None = None
    hardship_category: str | None = None
    main_hardship_cause: str | None = None
    office_id: str | None = None
    updated_before: str | None = None
    hidden: Hidden | None = None
    """Instead of the archives in use, those merged into others or handed over."""
    order: str = "updated_at"
    descending: bool = True


ORDERS = {
    "updated_at": "updated_at",
    "archive_number": "archive_number",
    "name": "name_pinyin",
    "hardship_category": "hardship_category",
}
"""Columns a list can be ordered by; each has an index."""


_NOTED = "SELECT n.archive_id FROM national_entry n JOIN archive a ON a.id = n.archive_id"
_NATIONAL = {
    NationalState.NOT_ENTERED: "id NOT IN (SELECT archive_id FROM national_entry)",
    NationalState.ENTERED: f"id IN ({_NOTED} WHERE NOT {CHANGED_SINCE})",
    NationalState.CHANGED: f"id IN ({_NOTED} WHERE {CHANGED_SINCE})",
}


_WAITING = {
    Waiting.CONFLICT: "id IN (SELECT archive_id FROM archive_conflict WHERE state = 'open')",
    Waiting.OUT: "id IN (SELECT archive_id FROM visit_item WHERE back_at IS NULL)",
    Waiting.SET_ASIDE: f"id IN ({answer_store.SET_ASIDE_IDS})",
}
_HIDDEN_IDS = {Hidden.MERGED: hidden.MERGED_IDS, Hidden.AWAY: hidden.AWAY_IDS}


def _in_use(query: ArchiveQuery) -> str:
    if query.hidden is not None:
        return f"id IN ({_HIDDEN_IDS[query.hidden]})"
    unsent = query.unreceived or query.submission in {Submission.UNSUBMITTED, Submission.CHANGED}
    return hidden.sendable() if unsent else hidden.shown()


def _on_the_way(session: OfficeSession, query: ArchiveQuery) -> list[str]:
    parts = [UNRECEIVED] if query.unreceived else []
    if query.submission is not None:
        parts.append(submission_condition(session.office.level, query.submission))
    if query.waiting is not None:
        parts.append(_WAITING[query.waiting])
    return parts


def where_of(session: OfficeSession, query: ArchiveQuery) -> tuple[str, dict[str, Any]]:
    """The WHERE clause and its parameters."""
    parts: list[str] = [_in_use(query), *_on_the_way(session, query)]
    params: dict[str, Any] = {}
    if query.national is not None:
        parts.append(_NATIONAL[query.national])
    if query.complete is not None:
        parts.append(f"is_complete = {int(query.complete)}")
    for key in ("hardship_category", "main_hardship_cause", "office_id"):
        value = getattr(query, key)
        if value is not None:
            parts.append(f"{key} = :{key}")
            params[key] = value
    if query.updated_before:
        parts.append("updated_at < :updated_before")
        params["updated_before"] = query.updated_before
    archive_store.narrow_to_person(query.text, parts, params, "id", merged_too=bool(query.hidden))
    return " WHERE " + " AND ".join(parts), params


def order_of(query: ArchiveQuery) -> str:
    """The ORDER BY clause."""
    direction = "DESC" if query.descending else "ASC"
    return f" ORDER BY {ORDERS[query.order]} {direction}, rowid {direction}"
