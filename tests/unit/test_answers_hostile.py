"""Answers that lie: from below, about others, out of order, in the name of somebody else – refused or passed over."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import file_household, make_office
from neighbours import acquaint, as_lines, carry, expect_refusal, forge, town_and_county, unchanged

from db.domain.archive_content import new_id
from db.domain.review import ReviewOutcome
from db.exchange.bundle_format import BundleKind, Counts
from db.services import answering, archiving, exchange, reviewing
from db.services.answer_news import AnswerNews
from db.services.archiving import Submission
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput
from db.store import answer_store

Trio = tuple[OfficeSession, OfficeSession, Path]
Records = list[dict[str, Any]]


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A township with a reviewed archive, its county, a stick."""
    with town_and_county(tmp_path) as made:
        town, county, stick = made
        filed = file_household(town)
        carry(town, county, stick)
        reviewing.review(county, filed.id, ReviewInput(ReviewOutcome.APPROVED))
        yield made


def records(sender: OfficeSession, child: OfficeSession) -> Records:
    """The lines of an answer as it would be written."""
    with sender.database.reading() as connection:
        return [json.loads(line) for line in answering._answer(connection, sender, child.office.id).lines()]


def forged(trio: Trio, lines: Records, *, sender: OfficeSession | None = None, **manifest: Any) -> Path:
    """A correctly signed answer to the township with whatever *lines* the county chooses to write."""
    town, county, stick = trio
    with town.database.reading() as connection:
        manifest.setdefault("sequence", max(2, answer_store.last_answer(connection, county.office.id) + 1))
    values: dict[str, Any] = {"kind": BundleKind.ANSWER, "counts": Counts(), "records": len(lines), **manifest}
    return forge(sender or county, town, stick, as_lines(lines), **values)


def refused(trio: Trio, lines: Records, *codes: str) -> None:
    """Neither preview nor application takes it, and nothing changes."""
    town = trio[0]
    path = forged(trio, lines)
    with unchanged(town):
        expect_refusal(lambda: exchange.inspect_bundle(town, path), *codes)
        expect_refusal(lambda: exchange.receive_bundle(town, path), *codes)
    path.unlink()


def applied(trio: Trio, lines: Records) -> AnswerNews:
    """What such an answer changes."""
    outcome = exchange.receive_bundle(trio[0], forged(trio, lines))
    return outcome.news  # type: ignore[attr-defined, no-any-return]


def lines_of(trio: Trio) -> Records:
    """The sound answer."""
    town, county, _ = trio
    return records(county, town)


def state_of(lines: Records) -> dict[str, Any]:
    """Its only state line."""
    return next(line for line in lines if line["kind"] == "state")


def test_answer__sound__is_taken(trio: Trio) -> None:
    """What the others tamper with."""
    assert len(applied(trio, lines_of(trio)).approved) == 1


TAMPERED: dict[str, Callable[[Records], object]] = {
    "no head": lambda lines: lines.pop(0),
    "two heads": lambda lines: lines.insert(0, lines[0]),
    "head last": lambda lines: lines.append(lines.pop(0)),
    "state twice": lambda lines: lines.append(state_of(lines)),
    "unknown kind": lambda lines: lines.append({"kind": "command"}),
    "no kind": lambda lines: lines.append({}),
    "policy behind states": lambda lines: lines.append({"kind": "policy", "form": "pack", "text": ""}),
    "negative sequence": lambda lines: lines[0].update(received=[-1]),
    "sequence no number": lambda lines: lines[0].update(received=["1"]),
    "received no list": lambda lines: lines[0].update(received={"1": 1}),
    "as_of no moment": lambda lines: lines[0].update(as_of="today"),
    "sibling without id": lambda lines: lines[0].update(siblings=[{"name": "源潭镇总工会"}]),
    "held negative": lambda lines: state_of(lines).update(held=-1),
    "held a text": lambda lines: state_of(lines).update(held="1"),
    "held without mark": lambda lines: state_of(lines).pop("mark"),
    "mark too short": lambda lines: state_of(lines).update(mark="0"),
    "unknown outcome": lambda lines: state_of(lines).update(outcome="eaten"),
    "moved a text": lambda lines: state_of(lines).update(moved="yes"),
    "archive id a path": lambda lines: state_of(lines).update(archive_id="../../x"),
    "review in two states": lambda lines: lines.append({**copy.deepcopy(state_of(lines)), "archive_id": new_id()}),
    "review without id": lambda lines: state_of(lines)["reviews"][0].pop("id"),
    "review twice": lambda lines: state_of(lines)["reviews"].append(state_of(lines)["reviews"][0]),
    "review unknown outcome": lambda lines: state_of(lines)["reviews"][0].update(outcome="maybe"),
    "review due no day": lambda lines: state_of(lines)["reviews"][0].update(due_on="2026-13-01"),
    "review remarks endless": lambda lines: state_of(lines)["reviews"][0].update(remarks="好" * 30_000),
    "warning unknown kind": lambda lines: state_of(lines).update(
        warnings=[{"id": new_id(), "member_id": "", "person_name": "王", "kind": "gossip"}]
    ),
    "calendar of another year": lambda lines: lines.insert(
        1, {"kind": "calendar", "year": 2027, "days": {"2026-01-01": "off"}, "document": "x"}
    ),
    "calendar unknown day": lambda lines: lines.insert(
        1, {"kind": "calendar", "year": 2027, "days": {"2027-02-30": "off"}, "document": "x"}
    ),
    "quota negative": lambda lines: lines.insert(1, {**QUOTA, "amount": -1}),
    "quota unknown id": lambda lines: lines.insert(1, {**QUOTA, "id": "1"}),
    "archive unknown purpose": lambda lines: lines.insert(1, {"kind": "archive", "purpose": "gift"}),
    "archive without record": lambda lines: lines.insert(1, {"kind": "archive", "purpose": "held"}),
}
QUOTA = {
    "kind": "quota",
    "id": new_id(),
    "year": 2027,
    "subject": "places",
    "label": "名额",
    "amount": 3,
    "unit": "户",
    "note": "",
    "set_at": "2026-11-21T10:00:00+08:00",
    "set_by": "张",
}


@pytest.mark.parametrize("name", TAMPERED)
def test_answer__malformed__is_refused_whole(trio: Trio, name: str) -> None:
    """One bad line, and nothing of it is taken: the sender's program wrote it, not a clerk."""
    lines = copy.deepcopy(lines_of(trio))
    TAMPERED[name](lines)
    refused(trio, lines, "bundle_damaged")


def test_answer__fewer_or_more_lines_than_the_manifest_says__is_refused(trio: Trio) -> None:
    """The count is signed."""
    town = trio[0]
    lines = lines_of(trio)
    for records_told in (len(lines) - 1, len(lines) + 1):
        path = forged(trio, lines, records=records_told)
        with unchanged(town):
            expect_refusal(lambda path=path: exchange.receive_bundle(town, path), "bundle_damaged")  # type: ignore[misc]
        path.unlink()


def test_answer__from_below__is_refused(trio: Trio) -> None:
    """A township cannot answer its county."""
    town, county, stick = trio
    path = forge(town, county, stick, as_lines(lines_of(trio)), kind=BundleKind.ANSWER)
    with unchanged(county):
        expect_refusal(lambda: exchange.receive_bundle(county, path), "bundle_wrong_direction")


def test_answer__for_another_township__is_refused(trio: Trio, tmp_path: Path) -> None:
    """Not even looked into."""
    town, county, stick = trio
    other, _ = make_office(tmp_path / "other", "源潭镇总工会")
    acquaint(other, county, tmp_path)
    path = answering.write_answer(county, other.office.id, stick).path
    with unchanged(town):
        expect_refusal(lambda: exchange.receive_bundle(town, path), "bundle_for_other")
    other.close()


@pytest.mark.parametrize("level", ["grassroots", "township"])
def test_review__by_an_office_below__is_passed_over(trio: Trio, level: str) -> None:
    """The county brings what offices above said, not what somebody below claims; the rest of the line is taken."""
    town = trio[0]
    lines = lines_of(trio)
    state_of(lines)["reviews"][0].update(office_id=new_id(), office_level=level)
    news = applied(trio, lines)
    assert not news.reviews and any("不能代它审核" in note for note in news.notes)
    (archive_id,) = archiving.archive_ids(town, archiving.ArchiveQuery())
    assert archiving.archive_submission(town, archiving.load_archive(town, archive_id)) is Submission.ACKNOWLEDGED


def test_review__in_our_own_name__is_passed_over(trio: Trio) -> None:
    """Nobody tells an office what it said itself."""
    town = trio[0]
    lines = lines_of(trio)
    state_of(lines)["reviews"][0].update(office_id=town.office.id)
    assert not applied(trio, lines).reviews
    assert reviewing.list_reviews(town, state_of(lines)["archive_id"]) == []


def test_state__of_an_archive_that_is_not_here__is_only_counted(trio: Trio) -> None:
    """Others' archives: no row appears for them."""
    town = trio[0]
    lines = lines_of(trio)
    lines.append({"kind": "state", "archive_id": new_id(), "held": 0})
    stranger = {**copy.deepcopy(state_of(lines)), "archive_id": new_id()}
    stranger["reviews"][0]["id"] = new_id()
    lines.append(stranger)
    news = applied(trio, lines)
    assert news.missing == [stranger["archive_id"]] and len(news.reviews) == 1
    assert reviewing.list_reviews(town, stranger["archive_id"]) == []


def test_state__that_claims_more_than_was_ever_sent__acknowledges_nothing(trio: Trio) -> None:
    """Neither a number that is not here nor another content under a number that is."""
    town = trio[0]
    lines = lines_of(trio)
    state_of(lines).update(held=99)
    (archive_id,) = archiving.archive_ids(town, archiving.ArchiveQuery())
    assert [item.archive_id for item in applied(trio, lines).lost] == [archive_id]
    loaded = archiving.load_archive(town, archive_id)
    assert archiving.archive_submission(town, loaded) is Submission.UNSUBMITTED


def test_archive__of_another_office__is_not_planted(trio: Trio) -> None:
    """A copy of somebody else's archive finds no place here, nor does one that moves without a signed request."""
    town, county, _ = trio
    from neighbours import record_lines

    foreign = file_household(county, 9)
    for purpose in ("held", "hand_over"):
        lines = lines_of(trio)
        (record,) = record_lines(county, [foreign.id])
        lines.insert(1, {"kind": "archive", "purpose": purpose, **record})
        applied(trio, lines)
        assert len(archiving.archive_ids(town, archiving.ArchiveQuery())) == 1
    claimed = lines_of(trio)
    record["archive"]["office_id"] = town.office.id
    claimed.insert(1, {"kind": "archive", "purpose": "hand_over", **record})
    assert any("没有接手" in note for note in applied(trio, claimed).notes)
    assert len(archiving.archive_ids(town, archiving.ArchiveQuery())) == 1


def test_archive__with_the_members_of_another_one__is_passed_over(trio: Trio) -> None:
    """Ids of members belong to one archive for ever."""
    town, county, _ = trio
    from neighbours import record_lines

    (archive_id,) = archiving.archive_ids(town, archiving.ArchiveQuery())
    (record,) = record_lines(county, [archive_id])
    record["archive"].update(id=new_id(), office_id=town.office.id)
    record["attachments"] = []
    for key in ("reviews", "means", "assessments", "decisions"):
        record.pop(key, None)
    lines = lines_of(trio)
    lines.insert(1, {"kind": "archive", "purpose": "held", **record})
    assert any("属于另一份档案" in note for note in applied(trio, lines).notes)
    assert archiving.archive_ids(town, archiving.ArchiveQuery()) == [archive_id]


def test_policy__that_cannot_be_read__is_told_and_the_rest_taken(trio: Trio) -> None:
    """A newer program's pack, or nonsense."""
    lines = lines_of(trio)
    lines.insert(1, {"kind": "policy", "form": "pack", "text": "id = 1"})
    news = applied(trio, lines)
    assert any("没有收下" in note for note in news.notes) and len(news.approved) == 1


def test_quota_and_circular__of_another_sender__are_not_touched(trio: Trio) -> None:
    """An id that belongs to somebody else's is passed over."""
    town, county, _ = trio
    lines = lines_of(trio)
    lines.insert(1, QUOTA)
    assert len(applied(trio, lines).quotas) == 1
    with town.database.writing() as connection:
        from sqlalchemy import text

        connection.execute(text("UPDATE quota SET office_id = 'another', amount = 9"))
    assert not applied(trio, lines).quotas
    assert not applied(trio, lines_of(trio)).quotas
    assert county.office.id
