"""Steps of the casework and where each case stands, in the caller's transaction. Steps are append-only."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, text

from db.domain.case_flow import (
    TEMPORARY_NUMBERS,
    CaseState,
    IllegalStepError,
    Step,
    apply,
    first_state,
    replay_with_day,
)
from db.domain.case_words import Act, Standing
from db.models.casework import CaseStateRow, CaseStep

STEP = CaseStep.__table__  # type: ignore[attr-defined]
STATE = CaseStateRow.__table__  # type: ignore[attr-defined]

Row = dict[str, Any]

_STEPS = text(
    "SELECT s.* FROM case_step s WHERE s.archive_id IN (SELECT value FROM json_each(:ids))"
    " ORDER BY s.archive_revision, s.made_at, s.id"
)
_REVIEWS = text(
    "SELECT r.archive_id, r.archive_revision, r.outcome, r.made_at, r.office_name, r.clerk_name, r.office_id,"
    " a.office_id AS owner"
    " FROM review r JOIN archive a ON a.id = r.archive_id"
    " WHERE r.step = 'final' AND r.archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY r.rowid"
)
# once somebody above has spoken, a number may be theirs: what the household came with stands in its oldest version
_NUMBERED = text(
    "SELECT a.id, coalesce(iif(EXISTS (SELECT 1 FROM review r WHERE r.archive_id = a.id),"
    " (SELECT json_extract(v.snapshot, '$.worker.worker_number') FROM archive_revision v WHERE v.archive_id = a.id"
    " ORDER BY v.revision LIMIT 1), a.worker_number), '') FROM archive a WHERE a.id IN (SELECT value FROM json_each(:ids))"
)


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """A step, or a review from above, with who recorded it when."""

    step: Step
    order: tuple[int, int, str, str, int]
    """A review follows the step that made the version it is about."""
    made_at: str
    made_by: str
    is_overtaken: bool = False
    """Whether the same office has said something else of the same version since: to withdraw a review is to review again."""


@dataclass(slots=True)
class CaseEvents:
    """What is known of one case: where it stood first, and every step and review."""

    first: CaseState
    has_steps: bool = False
    events: list[CaseEvent] = field(default_factory=list)

    def ordered(self) -> list[CaseEvent]:
        """Steps and reviews in the order in which they count."""
        return sorted(self.events, key=lambda event: event.order)

    def steps(self) -> list[Step]:
        """Those that count, without who and when."""
        return [event.step for event in self.ordered() if not event.is_overtaken]

    def told(self) -> Iterator[tuple[CaseEvent, CaseState, bool]]:
        """Every event with the state after it, and whether it has led the case there or was passed over."""
        state = self.first
        for event in self.ordered():
            counted = False
            if not event.is_overtaken:
                with suppress(IllegalStepError):
                    state, counted = apply(state, event.step), True
            yield event, state, counted


def events_of(connection: Connection, ids: Iterable[str]) -> dict[str, CaseEvents]:
    """The casework of these archives, by id; an id that is gone is left out."""
    params = {"ids": json.dumps(list(ids))}
    found = {row[0]: CaseEvents(first_state(row[1])) for row in connection.execute(_NUMBERED, params)}
    for row in connection.execute(_STEPS, params).mappings():
        case = found[row["archive_id"]]
        if not case.has_steps:
            case.first, case.has_steps = CaseState.from_json(json.loads(row["first_state"])), True
        step = Step(Act(row["act"]), row["on_day"], json.loads(row["detail"]))
        order = (row["archive_revision"], 0, row["made_at"], "", 0)
        case.events.append(CaseEvent(step, order, row["made_at"], row["clerk_name"]))
    _add_reviews(found, connection.execute(_REVIEWS, params).mappings())
    return found


def _add_reviews(found: dict[str, CaseEvents], rows: Iterable[Any]) -> None:
    """Each office's reviews in the order in which it made them, even if its clock was set back; several offices by time."""
    said: dict[tuple[str, int, str], list[Any]] = {}
    for row in rows:
        if row["office_id"] != row["owner"]:
            said.setdefault((row["archive_id"], row["archive_revision"], row["office_id"]), []).append(row)
    for (archive_id, revision, office_id), same in said.items():
        latest = ""
        for number, row in enumerate(same, 1):
            latest = max(latest, row["made_at"])
            step = Step(Act(row["outcome"]), row["made_at"][:10])
            made_by = f"{row['office_name']} {row['clerk_name']}"
            event = CaseEvent(step, (revision, 1, latest, office_id, number), row["made_at"], made_by, number < len(same))
            found[archive_id].events.append(event)


_CLEAR = text("DELETE FROM case_state WHERE archive_id IN (SELECT value FROM json_each(:ids))")


def refresh(connection: Connection, ids: Sequence[str]) -> None:
    """Tell anew where these cases stand, from their steps and the reviews. A case without any needs no row."""
    if not ids:
        return
    connection.execute(_CLEAR, {"ids": json.dumps(list(ids))})
    rows = [_state_row(archive_id, case) for archive_id, case in events_of(connection, ids).items() if case.events]
    if rows:
        connection.execute(insert(STATE), rows)


def _state_row(archive_id: str, case: CaseEvents) -> Row:
    state, since = replay_with_day(case.first, case.steps())
    return {
        "archive_id": archive_id,
        "standing": state.standing.value,
        "track": state.track.value,
        "stage": state.stage.value,
        "since": since,
        "was_returned": state.was_returned,
        "verify_by": state.verify_by,
        "notice_ends": state.notice_ends,
        "phase_out_ends": state.phase_out_ends,
        "exited_on": state.exited_on,
    }


_WITH_CASES = text("SELECT archive_id FROM case_step UNION SELECT archive_id FROM review UNION SELECT archive_id FROM case_state")


def differing(connection: Connection) -> tuple[int, list[str]]:
    """How many archives have casework, and those whose kept state is not what their steps and reviews tell."""
    ids = [row[0] for row in connection.execute(_WITH_CASES)]
    kept = {row["archive_id"]: dict(row) for row in connection.execute(STATE.select()).mappings()}
    told = {key: _state_row(key, case) for key, case in events_of(connection, ids).items() if case.events}
    return len(ids), [key for key in ids if kept.get(key) != told.get(key)]


def insert_steps(connection: Connection, rows: Sequence[Row]) -> None:
    """Add steps; the caller refreshes the cases."""
    if rows:
        connection.execute(insert(STEP), list(rows))


# -- lists --------------------------------------------------------------------------------------------------------

_NO_NUMBER = f"(coalesce(a.worker_number, '') = '' OR substr(a.worker_number, 1, 1) IN {TEMPORARY_NUMBERS})"
STANDING = f"coalesce(c.standing, iif({_NO_NUMBER}, 'applicant', 'on_file'))"
"""SQL for the pool of an archive ``a`` with its state ``c`` (left joined), as :func:`first_state` tells it without one."""
STAGE = f"coalesce(c.stage, iif({_NO_NUMBER}, 'application', ''))"
TRACK = f"coalesce(c.track, iif({_NO_NUMBER}, 'file', ''))"
FROM_CASES = "FROM archive a LEFT JOIN case_state c ON c.archive_id = a.id"


_STANDING_OF = text(f"SELECT {STANDING} {FROM_CASES} WHERE a.id = :id")


def standing_of(connection: Connection, archive_id: str) -> Standing:
    """The pool an archive stands in."""
    return Standing(connection.execute(_STANDING_OF, {"id": archive_id}).scalar_one())


def count_cases(connection: Connection, condition: str) -> list[tuple[str, str, str, int]]:
    """How many archives stand in each pool, track and stage; *condition* leaves some out."""
    statement = f"SELECT {STANDING}, {TRACK}, {STAGE}, count(*) {FROM_CASES} WHERE {condition} GROUP BY 1, 2, 3"
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(text(statement))]
