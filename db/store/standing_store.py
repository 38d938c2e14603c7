"""Where households stood on a past day, and who came into the archives and left them in a period: told by their steps.

A step that only notes what was so before (原有档案) counts from 建档日期, from ever where that is not known. Of an archive
without any step the same is true of its 职工编号.
"""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from db.domain.case_flow import CaseState
from db.domain.case_words import Act, Standing
from db.store import case_store, hidden
from db.store.case_store import CaseEvents

Row = dict[str, Any]

HELPED = (Standing.ON_FILE, Standing.PHASING_OUT)
_CHUNK = 2_000
Course = list[tuple[str, CaseState, Act | None]]
"""From which day on a case stood where, in order."""
Known = dict[str, Course]

_FILING = (Act.NOTE_ON_FILE, Act.FAST_TRACK, Act.NOTE_APPROVAL)
"""Steps by which a household comes onto file; beside them reviews, and what was so before the program was."""
# steps after a day, and reviews, which are of the day they were made
_TOUCHED = text(
    "SELECT archive_id FROM case_step WHERE on_day BETWEEN :first AND :last"
    " UNION SELECT a.id FROM archive a JOIN case_step s ON s.archive_id = a.id WHERE a.filed_on BETWEEN :first AND :last"
    " UNION SELECT archive_id FROM review WHERE substr(made_at, 1, 10) BETWEEN :first AND :last"
)
# of those the ones that a step, a review or their own day can have brought onto file
_FILED_PERHAPS = text(
    f"SELECT s.archive_id FROM case_step s WHERE s.act IN {tuple(map(str, _FILING))}"
    " AND s.on_day BETWEEN :first AND :last"
    " UNION SELECT a.id FROM archive a JOIN case_step s ON s.archive_id = a.id WHERE a.filed_on BETWEEN :first AND :last"
    " UNION SELECT archive_id FROM review WHERE substr(made_at, 1, 10) BETWEEN :first AND :last"
)
_NEVER_STEPPED = (
    f"{case_store.FROM_CASES} WHERE a.filed_on BETWEEN :first AND :last"
    f" AND {case_store.STANDING} IN ('on_file', 'phasing_out') AND {hidden.shown('a')}"
    " AND NOT EXISTS (SELECT 1 FROM case_step s WHERE s.archive_id = a.id)"
)
_FILED_LATER = text(f"SELECT a.id, a.filed_on {_NEVER_STEPPED}")
_FILED_LATER_BY = text(f"SELECT a.office_id, count(*) {_NEVER_STEPPED} GROUP BY a.office_id")
_FILED_LATER_AMONG = text(f"SELECT a.id, a.filed_on {_NEVER_STEPPED} AND a.id IN (SELECT value FROM json_each(:ids))")
_BESIDE = text(
    "SELECT DISTINCT archive_id FROM case_record WHERE kind IN (SELECT value FROM json_each(:kinds)) AND is_current"
    " AND NOT is_removed"
)
_FILED_ON = text("SELECT id, coalesce(filed_on, '') FROM archive WHERE id IN (SELECT value FROM json_each(:ids))")
_ABOUT = text(
    "SELECT a.id, a.office_id, coalesce(a.name, '') AS name, a.archive_number, a.hardship_category FROM archive a"
    f" WHERE a.id IN (SELECT value FROM json_each(:ids)) AND {hidden.shown('a')}"
)


@dataclass(frozen=True, slots=True)
class Move:
    """A household that came into the archives or left them."""

    archive_id: str
    office_id: str
    name: str
    archive_number: str
    hardship_category: str
    on_day: str
    came: bool
    how: str
    """Of one that came: ``filed`` or ``again``; of one that left ``exited`` or ``cancelled``."""
    reason: str
    """Code of the reason for which it left (option list ``exit_reason`` or ``cancel_reason``)."""


def course_of(case: CaseEvents, filed_on: str = "") -> Course:
    """Where a case stood from which day on, in order; the first from ever. Days never go back."""
    steps = [(event.step, state) for event, state, counted in case.told() if counted]
    if steps and steps[0][0].act is not Act.NOTE_ON_FILE and filed_on > steps[0][0].on:
        filed_on = ""  # something was done with it as one on file before that day: the day is wrong
    first = (filed_on if case.first.standing in HELPED else "", case.first, None)
    found: Course = [first]
    last = first[0]
    for step, state in steps:
        on = step.on
        if step.act is Act.NOTE_ON_FILE:
            on = min(on, filed_on)
        elif state.standing is Standing.EXITED and state.exited_on:
            on = state.exited_on
        last = max(last, on)
        found.append((last, state, step.act))
    return found


def moved_since(connection: Connection, day: str, kinds: Collection[str] = (), known: Known | None = None) -> str:
    """Archives that stood elsewhere at the end of *day* than now: id → standing, as JSON.

    *kinds*: only of archives with records of these kinds, which are few beside all that have moved since. *known*: courses
    told already, for whoever asks several times of the same data.
    """
    after, only = _after(day), None
    if kinds:
        only = {row[0] for row in connection.execute(_BESIDE, {"kinds": json.dumps(sorted(kinds))})}
        if not only:
            return "{}"
        rows = connection.execute(_FILED_LATER_AMONG, {**after, "ids": json.dumps(sorted(only))})
    else:
        rows = connection.execute(_FILED_LATER, after)
    found: dict[str, str] = {row[0]: Standing.APPLICANT.value for row in rows}
    for archive_id, course in _courses(connection, after["first"], after["last"], only, known):
        then = [state for on, state, _ in course if on <= day]
        now = course[-1][1].standing
        stood = then[-1].standing if then else Standing.APPLICANT
        if stood is not now:
            found[archive_id] = stood.value
    return json.dumps(found)


def _after(day: str) -> Row:
    return {"first": f"{day}~", "last": "9999-12-31"}


def _courses(
    connection: Connection, first: str, last: str, only: Collection[str] | None = None, known: Known | None = None
) -> Iterator[tuple[str, Course]]:
    ids = [row[0] for row in connection.execute(_TOUCHED, {"first": first, "last": last}) if only is None or row[0] in only]
    yield from _told(connection, ids, {} if known is None else known)


def _told(connection: Connection, ids: Sequence[str], told: Known) -> Iterator[tuple[str, Course]]:
    new = [key for key in ids if key not in told]
    for at in range(0, len(new), _CHUNK):
        some = new[at : at + _CHUNK]
        filed = {row[0]: row[1] for row in connection.execute(_FILED_ON, {"ids": json.dumps(some)})}
        for archive_id, case in case_store.events_of(connection, some).items():
            told[archive_id] = course_of(case, filed.get(archive_id, ""))
    yield from ((key, told[key]) for key in ids if key in told)


def moves_between(
    connection: Connection, first: str, last: str, offices: Iterable[str], known: Known | None = None
) -> list[Move]:
    """Who came into the archives and who left them between two days, of these offices, by day."""
    told: list[tuple[str, str, bool, str, str]] = []
    for row in connection.execute(_FILED_LATER, {"first": first, "last": last}):
        told.append((row[0], row[1], True, "filed", ""))
    for archive_id, course in _courses(connection, first, last, None, known):
        told += [(archive_id, *step) for step in _steps(course) if first <= step[0] <= last]
    wanted = set(offices)
    ids = json.dumps(sorted({item[0] for item in told}))
    about = {row["id"]: row for row in connection.execute(_ABOUT, {"ids": ids}).mappings() if row["office_id"] in wanted}
    moves = [
        Move(key, about[key]["office_id"], about[key]["name"], about[key]["archive_number"],
             about[key]["hardship_category"] or "", on, came, how, reason)
        for key, on, came, how, reason in told
        if key in about
    ]  # fmt: skip
    return sorted(moves, key=lambda move: (move.on_day, move.archive_number))


def filed_between(connection: Connection, first: str, last: str) -> dict[str, int]:
    """How many households each office put on file for the first time between two days: as :func:`moves_between` tells it.

    Only what can have come onto file is told step by step: it is asked with every look at the home page.
    """
    span = {"first": first, "last": last}
    found = Counter({row[0]: row[1] for row in connection.execute(_FILED_LATER_BY, span)})
    perhaps = [row[0] for row in connection.execute(_FILED_PERHAPS, span)]
    ids = [
        archive_id
        for archive_id, course in _told(connection, perhaps, {})
        if any(first <= on <= last for on, _, how, _ in _steps(course) if how == "filed")
    ]
    for row in connection.execute(_ABOUT, {"ids": json.dumps(ids)}).mappings():
        found[row["office_id"]] += 1
    return found


def _steps(course: Course) -> Iterator[tuple[str, bool, str, str]]:
    """Day, whether it came, how and why, of each time a household came into the archives or left them."""
    day, before, _ = course[0]
    if before.standing in HELPED and day:
        yield day, True, "filed", ""
    been = before.standing in HELPED
    for on, state, _act in course[1:]:
        helped = state.standing in HELPED
        if helped and before.standing not in HELPED:
            yield on, True, "again" if been else "filed", ""
        elif not helped and before.standing in HELPED:
            how = "cancelled" if state.standing is Standing.CANCELLED else "exited"
            yield on, False, how, state.exit_reason if how == "exited" else ""
        been, before = been or helped, state
