"""Answers between several townships: households that move, people who stand twice, a city above the county."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import PASSPHRASE, file_household, make_office, member, photo
from neighbours import acquaint, carry, unchanged

from db.domain.review import ReviewOutcome
from db.services import (
    answering,
    archiving,
    attachments,
    backups,
    circulars,
    duplicates,
    exchange,
    handing_over,
    merging,
    reviewing,
    revisions,
    undoing,
)
from db.services.answer_news import AnswerNews, AnswerPreview
from db.services.archiving import Submission
from db.services.duplicates import PairState
from db.services.office import OfficeSession
from db.services.office import open_office as reopen
from db.services.ownership import StandingKind, standing_of
from db.services.reviewing import ReviewInput
from db.store import answer_store

Three = tuple[OfficeSession, OfficeSession, OfficeSession, Path]


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Three]:
    """Two townships, their county, and a stick."""
    first, _ = make_office(tmp_path / "a", "梅城镇总工会")
    second, _ = make_office(tmp_path / "b", "源潭镇总工会")
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    stick = tmp_path / "stick"
    stick.mkdir()
    for town in (first, second):
        acquaint(town, county, tmp_path)
    yield first, second, county, stick
    for session in (first, second, county):
        session.close()


def told(county: OfficeSession, town: OfficeSession, stick: Path) -> AnswerNews:
    """The county's next answer, looked at and applied."""
    path = answering.write_answer(county, town.office.id, stick).path
    with unchanged(town):
        looked_at = exchange.inspect_bundle(town, path)
    assert isinstance(looked_at, AnswerPreview)
    outcome = exchange.receive_bundle(town, path)
    assert [*outcome.news.lines()] == [*looked_at.news.lines()]  # type: ignore[attr-defined]
    return looked_at.news


def test_hand_over__goes_down_with_the_answers(offices: Three) -> None:
    """The receiving township gets the archive with history and papers, the giving one learns that it went."""
    giver, taker, county, stick = offices
    archive = file_household(giver, "moves", 2)
    paper = attachments.add_attachment(giver, archive.id, "诊断书.jpg", photo(), "diagnosis")
    handing_over.request_hand_over(giver, archive.id, "源潭镇总工会", "全家迁往源潭镇")
    carry(giver, county, stick)
    (request,) = handing_over.waiting_here(county)
    handing_over.accept_hand_over(county, request.id, taker.office.id)
    assert answering.answer_plan(county, taker.office.id).handed_over == 1

    assert [item.archive_id for item in told(county, taker, stick).moved] == [archive.id]
    assert attachments.read_attachment(taker, paper.id) == attachments.read_attachment(giver, paper.id)
    assert standing_of(taker, archive.id).may_change
    (sentence,) = [item.text for item in told(county, giver, stick).moved]
    assert sentence.endswith("已移交给“源潭镇总工会”，这里留作查看。")
    assert standing_of(giver, archive.id).kind is StandingKind.HANDED_OVER

    assert told(county, taker, stick).is_empty and told(county, giver, stick).is_empty
    assert carry(taker, county, stick).changed_count == 1
    assert answering.answer_plan(county, taker.office.id).handed_over == 0
    assert [item.revision for item in told(county, taker, stick).acknowledged] == []
    loaded = archiving.load_archive(taker, archive.id)
    assert archiving.archive_submission(taker, loaded) is Submission.ACKNOWLEDGED
    assert told(county, giver, stick).is_empty


def test_warning__tells_each_township_only_of_its_own_people(offices: Three) -> None:
    """The same ID number in two townships; when the county says 不是同一人, or it is corrected, the warning goes."""
    first, second, county, stick = offices
    number = "340824198003150017"
    one = file_household(first, 1, name="王秀兰", id_number=number)
    content = archiving.load_archive(second, file_household(second, 2).id).content
    content.members.append(member(name="王秀兰", id_number=number))
    other = archiving.save_archive(second, content, archiving.archive_ids(second, archiving.ArchiveQuery())[0])
    for town in (first, second):
        carry(town, county, stick)
    (warning,) = told(county, first, stick).warnings
    assert (warning.archive_id, warning.member_id, warning.person_name, warning.kind) == (one.id, "", "王秀兰", "same_number")
    assert warning.office_name == "潜山市总工会"
    (theirs,) = told(county, second, stick).warnings
    assert (theirs.archive_id, theirs.member_id) == (other.id, content.members[-1]["id"])
    with first.database.reading() as connection:
        (row,) = answer_store.open_warnings(connection, [one.id])
    assert other.id not in repr(row) and other.archive_number not in repr(row)
    assert told(county, first, stick).is_empty

    duplicates.find_duplicates(county)
    (pair,) = duplicates.list_pairs(county, PairState.OPEN)
    duplicates.decide_pair(county, pair.key, PairState.DIFFERENT_PEOPLE)
    assert [item.cleared for item in told(county, first, stick).warnings] == [True]
    duplicates.decide_pair(county, pair.key, PairState.SAME_PERSON)
    assert {item.kind for item in told(county, first, stick).warnings} == {"same_number", "look_alike"}


def test_answers__for_every_township_with_something_to_say(offices: Three) -> None:
    """One stick with a bundle for each; a township that has sent nothing gets none."""
    first, second, county, stick = offices
    file_household(first)
    carry(first, county, stick)
    assert [plan.is_empty for plan in answering.answer_plans(county)] == [False, True]
    (written,) = answering.write_answers(county, None, stick)
    assert (written.receiver_name, written.archive_count) == (first.office.name, 1)
    assert "下发" in written.file_name
    assert len(answering.write_answers(county, [first.office.id, second.office.id], stick)) == 2


def test_city__its_review_reaches_the_township_through_the_county(offices: Three, tmp_path: Path) -> None:
    """The county applies the city's answer like a township, and its own answer passes the review on."""
    town, _, county, stick = offices
    city, _ = make_office(tmp_path / "city", "安庆市总工会", "city")
    acquaint(county, city, tmp_path)
    filed = file_household(town)
    carry(town, county, stick)
    carry(county, city, stick)
    reviewing.review(city, filed.id, ReviewInput(ReviewOutcome.APPROVED, worker_number="340800000077"))
    assert [item.office_name for item in told(city, county, stick).approved] == ["安庆市总工会"]
    assert archiving.archive_submission(county, archiving.load_archive(county, filed.id)) is Submission.APPROVED
    assert [item.office_level for item in told(county, town, stick).approved] == ["city"]
    for session in (town, county, city):
        assert archiving.load_archive(session, filed.id).content.values["worker_number"] == "340800000077"
    assert not exchange.unsubmitted_ids(town) and not exchange.unsubmitted_ids(county)
    assert told(city, county, stick).is_empty and told(county, town, stick).is_empty
    city.close()


def test_merge__at_the_county__is_told_with_a_warning_to_its_owner(offices: Three) -> None:
    """The merged archive's township learns it; when the county takes the merge back, the warning goes, too."""
    first, second, county, stick = offices
    one, two = file_household(first, 1), file_household(second, 2)
    for town in (first, second):
        carry(town, county, stick)
    merged = merging.merge(county, one.id, two.id, {}, "同一户")
    (warning,) = told(county, second, stick).warnings
    assert (warning.kind, warning.archive_id, warning.office_name) == ("merged", two.id, "潜山市总工会")
    assert not told(county, first, stick).warnings
    merging.undo_merge(county, merged.id)
    assert [item.cleared for item in told(county, second, stick).warnings] == [True]


def test_county__that_restored_a_backup__goes_on_from_the_citys_copy(offices: Three, tmp_path: Path) -> None:
    """What the city holds of a township's archive comes back, and the township agrees with it."""
    town, _, county, stick = offices
    city, _ = make_office(tmp_path / "city", "安庆市总工会", "city")
    acquaint(county, city, tmp_path)
    filed = file_household(town)
    carry(town, county, stick)
    record = backups.back_up(county, stick)
    content = archiving.load_archive(town, filed.id).content.copy()
    content.values["mobile_phone"] = "13900001111"
    archiving.save_archive(town, content, filed.id)
    carry(town, county, stick)
    carry(county, city, stick)
    folder = tmp_path / "county-again"
    backups.restore_backup(record.path, folder, PASSPHRASE)
    county.close()
    again = reopen(folder, PASSPHRASE)
    carry(again, city, stick, [filed.id])
    assert [item.text for item in told(city, again, stick).reconciled] == ["接着第 2 版"]
    assert archiving.load_archive(again, filed.id).content.text("mobile_phone") == "13900001111"
    told(again, town, stick)
    assert archiving.archive_submission(town, archiving.load_archive(town, filed.id)) is Submission.ACKNOWLEDGED
    assert told(city, again, stick).is_empty or not exchange.unsubmitted_ids(again)
    again.close()
    city.close()


def test_answer__undone__can_be_applied_again(offices: Three) -> None:
    """Undoing an answer puts back what it changed; the same file is taken once more."""
    town, _, county, stick = offices
    filed = file_household(town, worker_number=None)
    exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
    reviewing.review(county, filed.id, ReviewInput(ReviewOutcome.APPROVED, worker_number="340882000123"))
    circulars.issue_circular(county, "通知", "内容")
    path = answering.write_answer(county, town.office.id, stick).path
    outcome = exchange.receive_bundle(town, path)
    assert archiving.load_archive(town, filed.id).content.values["worker_number"] == "340882000123"
    undoing.undo_last(town, outcome.bundle_id)
    loaded = archiving.load_archive(town, filed.id)
    assert archiving.archive_submission(town, loaded) is Submission.EXPORTED
    assert "worker_number" not in loaded.content.values
    assert reviewing.list_reviews(town, filed.id) == [] and circulars.list_circulars(town) == []
    exchange.receive_bundle(town, path)
    assert archiving.archive_submission(town, archiving.load_archive(town, filed.id)) is Submission.APPROVED


def test_county__that_restored_a_backup__gets_the_history_it_lacks(offices: Three, tmp_path: Path) -> None:
    """The township sends only what is newer than the county once had; the answer tells what is missing in between."""
    town, _, county, stick = offices
    city, _ = make_office(tmp_path / "city", "安庆市总工会", "city")
    acquaint(county, city, tmp_path)
    filed = file_household(town)
    carry(town, county, stick)
    record = backups.back_up(county, stick)

    def amend(phone: str) -> None:
        content = archiving.load_archive(town, filed.id).content.copy()
        content.values["mobile_phone"] = phone
        archiving.save_archive(town, content, filed.id)

    amend("13900001111")
    carry(town, county, stick)
    carry(county, city, stick)
    folder = tmp_path / "county-again"
    backups.restore_backup(record.path, folder, PASSPHRASE)
    county.close()
    again = reopen(folder, PASSPHRASE)
    amend("13900002222")
    carry(town, again, stick)
    assert [entry.revision for entry in revisions.archive_history(again, filed.id)] == [3, 1]
    assert [item.archive_id for item in told(again, town, stick).lost] == [filed.id]
    assert carry(town, again, stick).same_count == 1
    assert [entry.revision for entry in revisions.archive_history(again, filed.id)] == [3, 2, 1]
    assert [item.archive_id for item in told(again, town, stick).lost] == []
    assert archiving.archive_submission(town, archiving.load_archive(town, filed.id)) is Submission.ACKNOWLEDGED
    assert carry(again, city, stick).changed_count == 1
    assert told(city, again, stick).lost == []
    again.close()
    city.close()
