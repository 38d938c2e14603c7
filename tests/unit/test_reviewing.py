"""Review by the office above: what is refused, which states follow at both ends, the number given, two people."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import file_household
from neighbours import carry, expect_refusal, town_and_county

from db.domain.review import Reason, ReviewOutcome, ReviewStep
from db.services import archiving, exchange, office, review_list, reviewing
from db.services.archiving import Archive, ArchiveQuery, Submission
from db.services.office import OfficeSession
from db.services.review_list import ReviewQuery, ReviewState
from db.services.reviewing import ReviewInput

APPROVED = ReviewInput(ReviewOutcome.APPROVED)
RETURNED = ReviewInput(ReviewOutcome.RETURNED, (Reason("field_wrong", "少一位", "id_number"),))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[OfficeSession, OfficeSession, Path]]:
    with town_and_county(tmp_path) as made:
        yield made


def submitted(pair: tuple[OfficeSession, OfficeSession, Path], count: int = 1) -> list[Archive]:
    """Archives of the township that the county has."""
    town, county, stick = pair
    filed = [file_household(town, seed) for seed in range(count)]
    carry(town, county, stick)
    return filed


def state(session: OfficeSession, archive_id: str) -> ReviewState:
    found = review_list.state_of(session, archive_id)
    assert found is not None
    return found


def test_review__one_archive(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    """Waiting, sent back with a reason, approved: the last word counts and every word stays."""
    _, county, _ = pair
    filed = submitted(pair)[0]
    assert state(county, filed.id) is ReviewState.PENDING
    made = reviewing.review(county, filed.id, RETURNED, filed.revision)
    assert (made.step, made.is_own, made.office_level) == (ReviewStep.FINAL, True, "county")
    assert made.reasons[0].words == "身份证号：填写有误（少一位）"
    assert state(county, filed.id) is ReviewState.RETURNED
    reviewing.review(county, filed.id, APPROVED)
    assert state(county, filed.id) is ReviewState.APPROVED
    assert [entry.outcome for entry in reviewing.list_reviews(county, filed.id)] == ["approved", "returned"]
    assert [entry.is_last for entry in reviewing.list_reviews(county, filed.id)] == [True, False]


def test_review__refused(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    town, county, _ = pair
    filed = submitted(pair)[0]
    own = file_household(county, "own")
    cases = [
        (town, filed.id, APPROVED, None, "review_own_archive"),
        (county, own.id, APPROVED, None, "review_own_archive"),
        (county, filed.id, APPROVED, filed.revision + 1, "review_changed_meanwhile"),
        (county, filed.id, ReviewInput(ReviewOutcome.RETURNED), None, "review_needs_reason"),
        (county, filed.id, ReviewInput(ReviewOutcome.REFUSED), None, "review_needs_reason"),
        (county, filed.id, ReviewInput(ReviewOutcome.RETURNED, (Reason("other"),)), None, "review_reason_in_words"),
        (county, filed.id, ReviewInput(ReviewOutcome.RETURNED, (Reason("nonsense"),)), None, "review_unknown_reason"),
        (county, filed.id, ReviewInput(ReviewOutcome.RETURNED, (Reason("late", field="x"),)), None, "review_unknown_field"),
        (county, filed.id, ReviewInput(ReviewOutcome.RETURNED, RETURNED.reasons, due_on="2020-01-01"), None, "review_due_past"),
        (county, filed.id, ReviewInput(ReviewOutcome.RETURNED, RETURNED.reasons, due_on="下周"), None, "review_due_bad"),
        (county, filed.id, ReviewInput(ReviewOutcome.APPROVED, class_code="nobody"), None, "review_unknown_class"),
        (county, "gone", APPROVED, None, "archive_not_found"),
    ]
    for session, archive_id, given, revision, code in cases:
        expect_refusal(lambda s=session, a=archive_id, g=given, r=revision: reviewing.review(s, a, g, r), code)
    assert reviewing.list_reviews(county, filed.id) == []
    assert state(county, filed.id) is ReviewState.PENDING


def test_review__number_given(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    """The number shows in the current row without a revision, is not given twice, and a save keeps it."""
    _, county, _ = pair
    first, second = submitted(pair, 2)
    given = ReviewInput(ReviewOutcome.APPROVED, worker_number="3408820031")
    reviewing.review(county, first.id, given)
    held = archiving.load_archive(county, first.id)
    assert (held.content.values["worker_number"], held.revision) == ("3408820031", first.revision)
    assert archiving.find_by_number(county, "3408820031").id == first.id
    assert archiving.search_people(county, "3408820031")[0].archive_id == first.id
    expect_refusal(lambda: reviewing.review(county, second.id, given), "review_number_taken")
    assert reviewing.number_given(county, first.id) == ("3408820031", county.office.name)


def test_review__correction_comes_back(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    """A newer version after a return waits as corrected; the given number stays over it."""
    town, county, stick = pair
    filed = submitted(pair)[0]
    reviewing.review(county, filed.id, ReviewInput(ReviewOutcome.RETURNED, RETURNED.reasons, worker_number="3408820007"))
    content = archiving.load_archive(town, filed.id).content
    content.values["mobile_phone"] = "13900000001"
    archiving.save_archive(town, content, filed.id)
    outcome = carry(town, county, stick)
    assert outcome.changed_count == 1 and not outcome.warnings
    assert state(county, filed.id) is ReviewState.CORRECTED
    assert archiving.load_archive(county, filed.id).content.values["worker_number"] == "3408820007"
    reviewing.review(county, filed.id, APPROVED)
    assert state(county, filed.id) is ReviewState.APPROVED


def test_review__overdue(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    from datetime import timedelta

    _, county, _ = pair
    filed = submitted(pair)[0]
    reviewing.review(county, filed.id, ReviewInput(ReviewOutcome.RETURNED, RETURNED.reasons, due_on=county.today))
    assert state(county, filed.id) is ReviewState.RETURNED
    clock = county.clock
    county.clock = lambda: clock() + timedelta(days=1)
    assert state(county, filed.id) is ReviewState.OVERDUE
    assert reviewing.due_words("2026-05-20", "2026-05-22") == "已逾期 2 天"


def test_review__two_people(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    """The first word waits for another clerk, who confirms it, or differs and says why."""
    _, county, _ = pair
    first, second = submitted(pair, 2)
    expect_refusal(lambda: reviewing.set_two_person_rule(county, True), "review_needs_two_clerks")
    office.add_clerk(county, "王复审", "另一句口令也很长2026")
    reviewing.set_two_person_rule(county, True)
    for filed in (first, second):
        assert reviewing.review(county, filed.id, APPROVED).step is ReviewStep.FIRST
        assert state(county, filed.id) is ReviewState.SECOND
    expect_refusal(lambda: reviewing.review(county, first.id, APPROVED), "review_needs_another_clerk")
    chief = next(slot for slot in office.clerk_slots(county.folder) if slot.name == "王复审")
    other = office.open_office(county.folder, "另一句口令也很长2026", chief.clerk_id)
    try:
        assert reviewing.review(other, first.id, APPROVED).step is ReviewStep.FINAL
        expect_refusal(lambda: reviewing.review(other, second.id, RETURNED), "review_differs")
        differs = ReviewInput(ReviewOutcome.RETURNED, RETURNED.reasons, remarks="证件照片看不清")
        assert reviewing.review(other, second.id, differs).step is ReviewStep.FINAL
    finally:
        other.close()
    assert (state(county, first.id), state(county, second.id)) == (ReviewState.APPROVED, ReviewState.RETURNED)


def test_review_many__passes_over(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    _, county, _ = pair
    filed = submitted(pair, 3)
    own = file_household(county, "own")
    made = reviewing.review_many(county, [*(item.id for item in filed), own.id], APPROVED)
    assert (made.done, made.waiting, [item.archive_id for item in made.skipped]) == (3, 0, [own.id])
    assert made.skipped[0].archive_number == own.archive_number and made.skipped[0].reason.endswith("。")
    counts = review_list.count_states(county, ReviewQuery())
    assert dict(counts) == {(filed[0].office_id, ReviewState.APPROVED): 3}


def test_submission__follows_the_review_above(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    """Until an answer brings them, rows are put beside the archive as one would."""
    from sqlalchemy import insert, text

    from db.store import review_store

    town, county, stick = pair
    filed = submitted(pair)[0]
    reviewing.review(county, filed.id, ReviewInput(ReviewOutcome.RETURNED, RETURNED.reasons, worker_number="3408820031"))
    with county.database.reading() as connection:
        rows = [dict(row) for row in connection.execute(text("SELECT * FROM review")).mappings()]
    with town.database.writing() as connection:
        connection.execute(insert(review_store.REVIEW), [{**row, "reasons": []} for row in rows])
        review_store.follow_reviews(connection, [filed.id])
    assert [row.submission for row in archiving.list_archives(town, ArchiveQuery())] == [Submission.RETURNED]
    assert archiving.archive_submission(town, archiving.load_archive(town, filed.id)) is Submission.RETURNED
    assert archiving.count_archives(town, ArchiveQuery(submission=Submission.RETURNED)) == 1
    assert archiving.count_archives(town, ArchiveQuery(submission=Submission.ACKNOWLEDGED)) == 0
    assert office.office_status(town).unsubmitted == 0 and exchange.unsubmitted_ids(town) == []
    entry = reviewing.review_that_counts(town, filed.id)
    assert entry is not None and entry.outcome is ReviewOutcome.RETURNED
    content = archiving.load_archive(town, filed.id).content
    assert content.values["worker_number"] == "3408820031"
    content.values |= {"mobile_phone": "13900000002", "worker_number": "T0009"}
    saved = archiving.save_archive(town, content, filed.id)
    assert saved.content.values["worker_number"] == "3408820031"
    assert archiving.list_archives(town, ArchiveQuery())[0].submission is Submission.CHANGED
    assert reviewing.review_that_counts(town, filed.id) is None
    assert reviewing.returned_before(town, filed.id) == entry
    assert archiving.count_archives(town, ArchiveQuery(unreceived=True)) == 1
    carry(town, county, stick)
    assert state(county, filed.id) is ReviewState.CORRECTED


def test_unsubmitted__own_review_travels_upwards(tmp_path: Path) -> None:
    """What the county decided goes to the city although the household's archive did not change."""
    from factories import make_office
    from neighbours import acquaint

    with town_and_county(tmp_path) as (town, county, stick):
        city, _ = make_office(tmp_path / "city", "安庆市总工会", "city")
        acquaint(county, city, tmp_path)
        filed = file_household(town)
        carry(town, county, stick)
        carry(county, city, stick)
        assert exchange.unsubmitted_ids(county) == []
        reviewing.review(county, filed.id, ReviewInput(ReviewOutcome.APPROVED, worker_number="3408820031"))
        assert exchange.unsubmitted_ids(county) == [filed.id]
        assert office.office_status(county).unsubmitted == 1
        carry(county, city, stick)
        assert exchange.unsubmitted_ids(county) == exchange.unsubmitted_ids(county, with_unreceipted=True) == []
        assert [entry.office_level for entry in reviewing.list_reviews(city, filed.id)] == ["county"]
        assert archiving.load_archive(city, filed.id).content.values["worker_number"] == "3408820031"
        assert state(city, filed.id) is ReviewState.PENDING
        assert reviewing.review_that_counts(city, filed.id) is None
        reviewing.review(city, filed.id, APPROVED)
        assert state(city, filed.id) is ReviewState.APPROVED
        city.close()


def test_verdicts__the_highest_office_counts_in_a_list(tmp_path: Path) -> None:
    from factories import make_office
    from neighbours import acquaint

    from db.services import verdicts

    with town_and_county(tmp_path) as (town, county, stick):
        city, _ = make_office(tmp_path / "city", "安庆市总工会", "city")
        acquaint(county, city, tmp_path)
        first, second = file_household(town, 1), file_household(town, 2)
        assert not verdicts.has_reviews(town)
        carry(town, county, stick)
        reviewing.review(county, first.id, APPROVED)
        carry(county, city, stick)
        reviewing.review(city, first.id, ReviewInput(ReviewOutcome.REFUSED, RETURNED.reasons))
        found = verdicts.verdicts_of(city, [first.id, second.id])
        assert list(found) == [first.id] and verdicts.has_reviews(city)
        said = found[first.id]
        assert (said.office_level, said.outcome, said.is_current) == ("city", ReviewOutcome.REFUSED, True)
        assert verdicts.verdicts_of(county, [first.id])[first.id].office_level == "county"
        city.close()


def test_review_many__class_as_decided_below(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    """Each approval takes over what its own office decided; who decided nothing is left open."""
    from casework import ON, assessed_household, in_2020

    from db.services import assessing

    town, county, stick = pair
    in_2020(town)
    in_2020(county)
    decided, open_case = assessed_household(town, 1), assessed_household(town, 2)
    fits = next(item for item in decided.assessment.classes if item.fits)
    assessing.decide(town, decided.id, fits.code, fits.level, "集体研究")
    carry(town, county, stick)
    made = reviewing.review_many(county, [decided.archive_id, open_case.archive_id], APPROVED, as_decided=True)
    assert (made.done, made.skipped) == (2, [])
    said = reviewing.list_reviews(county, decided.archive_id)[0]
    assert (said.class_code, said.level_code, said.class_label) == (fits.code, fits.level, fits.label)
    assert reviewing.list_reviews(county, open_case.archive_id)[0].class_code is None
    assert ON.isoformat() == county.today
    row = next(row for row in review_list.review_rows(county, ReviewQuery()) if row.archive_id == decided.archive_id)
    assert (row.class_label, row.class_is_ours) == (fits.label, True)


def test_offices_below__a_household_given_away_is_none(pair: tuple[OfficeSession, OfficeSession, Path]) -> None:
    """The copy that stays with the giver is foreign, but nobody below submitted it."""
    from sqlalchemy import insert, text

    from db.models.exchange import HandOver
    from db.services.offices_below import has_offices_below

    town, county, _ = pair
    filed = submitted(pair)[0]
    assert (has_offices_below(town), has_offices_below(county)) == (False, True)
    columns = HandOver.__table__.columns  # type: ignore[attr-defined]
    words = {column.name: "" for column in columns if not column.nullable}
    moved = {"from_office_id": town.office.id, "to_office_id": "neighbour", "archive_id": filed.id, "archive_revision": 1}
    row = {**words, **moved, "id": "moved", "requested_at": town.now, "state": "completed", "decided_at": town.now}
    with town.database.writing() as connection:
        connection.execute(insert(HandOver.__table__), row)  # type: ignore[attr-defined]
        connection.execute(text("UPDATE archive SET office_id = 'neighbour' WHERE id = :id"), {"id": filed.id})
    assert not has_offices_below(town) and review_list.state_of(town, filed.id) is None
    expect_refusal(lambda: reviewing.review(town, filed.id, APPROVED), "review_own_archive")
