"""States of a review as a model: whatever reviewers say and offices below change, SQL says what the plain rules say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from factories import household, make_office
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from db.domain.archive_content import new_id
from db.domain.office_levels import OFFICE_LEVELS, is_above
from db.domain.review import ReviewOutcome, ReviewStep
from db.services import archiving, review_list
from db.services.archiving import ArchiveQuery, Submission
from db.services.office import OfficeSession
from db.services.review_list import ReviewQuery, ReviewState, review_state
from db.services.submission import submission_of
from db.store import review_store


@dataclass
class Said:
    """One review of the model."""

    office: str
    level: str
    revision: int
    step: ReviewStep
    outcome: ReviewOutcome
    due_on: str | None


@dataclass
class Case:
    """One archive of the model: where it stands and what was said, oldest first."""

    revision: int
    exported: int
    acknowledged: int
    reviews: list[Said] = field(default_factory=list)


OWN, ABOVE = "own", (("city-office", "city"), ("province-office", "province"), ("township-office", "township"))
TODAY = "2026-05-20"
days = st.sampled_from([None, "2026-05-19", "2026-05-20", "2026-06-01"])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    revision = draw(st.integers(1, 4))
    case = Case(revision, draw(st.integers(0, revision)), draw(st.integers(0, revision)))
    for _ in range(draw(st.integers(0, 5))):
        office, level = draw(st.sampled_from([(OWN, "county"), *ABOVE]))
        step = draw(st.sampled_from(ReviewStep)) if office == OWN else ReviewStep.FINAL
        outcome = draw(st.sampled_from(ReviewOutcome))
        case.reviews.append(Said(office, level, draw(st.integers(1, revision)), step, outcome, draw(days)))
    return case


def expected_state(case: Case) -> ReviewState:
    """What the rules say of this office's own reviews."""
    own = [said for said in case.reviews if said.office == OWN]
    finals = [said for said in own if said.step is ReviewStep.FINAL]
    last = (own[-1].revision, own[-1].step, own[-1].outcome, own[-1].due_on) if own else None
    return review_state(case.revision, TODAY, last, finals[-1].outcome if finals else None)


def expected_submission(case: Case) -> Submission:
    """What the rules say of the reviews of offices above."""
    last = {said.office: said for said in case.reviews if is_above(said.level, "county")}
    counting = [said for said in last.values() if said.revision == case.revision]
    highest = max(counting, key=lambda said: OFFICE_LEVELS.index(said.level), default=None)
    return submission_of(case.revision, case.exported, case.acknowledged, highest.outcome if highest else None)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeSession]:
    session, _ = make_office(tmp_path_factory.mktemp("states") / "county", "潜山市总工会", "county")
    session.clock = lambda: datetime.fromisoformat(f"{TODAY}T09:00:00+08:00")
    for seed in range(6):
        archiving.save_archive(session, household(seed))
    yield session
    session.close()


def put(county: OfficeSession, archive_id: str, case: Case) -> None:
    """Make an archive of the office what the model says."""
    with county.database.writing() as connection:
        connection.execute(text("DELETE FROM review WHERE archive_id = :id"), {"id": archive_id})
        connection.execute(
            text(
                "UPDATE archive SET office_id = 'below', revision = :revision, exported_revision = :exported,"
                " acknowledged_revision = :acknowledged WHERE id = :id"
            ),
            {"id": archive_id, "revision": case.revision, "exported": case.exported, "acknowledged": case.acknowledged},
        )
        for number, said in enumerate(case.reviews):
            review_store.add(connection, row_of(county, archive_id, said, number))


def row_of(county: OfficeSession, archive_id: str, said: Said, number: int) -> dict[str, Any]:
    made_at = f"{date.fromisoformat(TODAY) - timedelta(days=9 - number)}T08:00:00+08:00"
    plain = dict.fromkeys(("class_label", "level_label", "worker_number", "remarks", "clerk_id"), "")
    return {
        **plain,
        "id": new_id(),
        "archive_id": archive_id,
        "archive_revision": said.revision,
        "office_id": county.office.id if said.office == OWN else said.office,
        "office_name": said.office,
        "office_level": said.level,
        "step": said.step.value,
        "outcome": said.outcome.value,
        "reasons": [],
        "class_code": None,
        "level_code": None,
        "due_on": said.due_on,
        "made_at": made_at,
        "clerk_name": "王审",
        "device_id": "device",
        "device_counter": number,
        "is_last": True,
        "exported_sequence": 0,
        "acknowledged_at": None,
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(cases(), min_size=6, max_size=6))
def test_states__sql_says_what_the_rules_say(county: OfficeSession, drawn: list[Case]) -> None:
    ids = archiving.archive_ids(county, ArchiveQuery(order="archive_number", descending=False))
    for archive_id, case in zip(ids, drawn, strict=True):
        put(county, archive_id, case)
    states = {archive_id: expected_state(case) for archive_id, case in zip(ids, drawn, strict=True)}
    rows = review_list.review_rows(county, ReviewQuery())
    assert {row.archive_id: row.state for row in rows} == states
    counts = review_list.count_states(county, ReviewQuery())
    for state in ReviewState:
        wanted = {archive_id for archive_id, found in states.items() if found is state}
        assert set(review_list.review_ids(county, ReviewQuery(state=state))) == wanted
        assert {row.archive_id for row in review_list.review_rows(county, ReviewQuery(state=state, order="name"))} == wanted
        assert review_list.count_reviews(county, ReviewQuery(state=state)) == counts["below", state] == len(wanted)
    submissions = {archive_id: expected_submission(case) for archive_id, case in zip(ids, drawn, strict=True)}
    listed = archiving.list_archives(county, ArchiveQuery())
    assert {row.id: row.submission for row in listed} == submissions
    for submission in Submission:
        wanted = {archive_id for archive_id, each in submissions.items() if each is submission}
        if submission is Submission.UNSUBMITTED:  # the filter means everything that still has to be sent
            wanted |= {archive_id for archive_id, each in submissions.items() if each is Submission.CHANGED}
        assert set(archiving.archive_ids(county, ArchiveQuery(submission=submission))) == wanted
        assert archiving.count_archives(county, ArchiveQuery(submission=submission)) == len(wanted)
