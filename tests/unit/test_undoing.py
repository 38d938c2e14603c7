"""Undo: the last received bundle goes back without a trace, and only while nothing depends on it."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from casework import assessed_household, in_2020
from factories import PASSPHRASE, file_household, household, make_office, photo
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from neighbours import acquaint, carry, dump, expect_refusal, town_and_county, unchanged
from sqlalchemy import text

from db.domain.review import ReviewOutcome
from db.errors import Cancelled, MachineError
from db.services import (
    answering,
    archiving,
    assessing,
    attachments,
    duplicates,
    exchange,
    health,
    national_entry,
    reviewing,
    undoing,
)
from db.services import office as offices
from db.services.duplicates import PairState
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput

Trio = tuple[OfficeSession, OfficeSession, Path]
RECORDS = ("bundle", "bundle_item", "journal", "backup", "undo_step", "office_setting")


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A township, its county, a stick."""
    with town_and_county(tmp_path) as made:
        yield made


def holdings(session: OfficeSession) -> dict[str, Any]:
    """Everything but the records of what was done; files by what is in them, for their names are random."""
    found = {name: rows for name, rows in dump(session).items() if name not in RECORDS}
    with session.database.reading() as connection:
        rows = connection.execute(text("SELECT stored_name, removed_at FROM attachment")).all()
    for name, _ in rows:
        found["attachment"] = [row.replace(name, "") for row in found["attachment"]]
    kept = {name for name, removed_at in rows if removed_at is None}
    assert kept <= set(found["files"]) <= {name for name, _ in rows}
    return {**found, "files": sorted(found["files"].values())}


def found(session: OfficeSession, typed: str) -> list[str]:
    """Whom the search finds."""
    return [hit.name for hit in archiving.search_people(session, typed)]


def amend(session: OfficeSession, archive_id: str, **values: object) -> None:
    """Change worker values of an archive."""
    content = archiving.load_archive(session, archive_id).content.copy()
    content.values.update(values)  # type: ignore[arg-type]
    archiving.save_archive(session, content, archive_id)


def undo(session: OfficeSession) -> undoing.UndoOutcome:
    """Undo what is offered."""
    offer = undoing.undoable(session)
    assert offer and not offer.obstacle, offer
    return undoing.undo_last(session, offer.bundle_id)


def test_undo__puts_every_row_and_file_back(trio: Trio) -> None:
    """New, changed, papers, history, people index: exactly as before; then the same file is received again."""
    town, county, stick = trio
    first, second = file_household(town, 1, name="李大山"), file_household(town, 2)
    carry(town, county, stick)
    before = holdings(county)
    amend(town, first.id, name="李小山", mobile_phone="13900001111")
    content = archiving.load_archive(town, second.id).content.copy()
    del content.members[0]
    archiving.save_archive(town, content, second.id)
    attachments.add_attachment(town, first.id, "户口本.jpg", photo(), "household_register")
    third = file_household(town, 3)
    path = exchange.export_bundle(town, None, stick).path
    exchange.receive_bundle(county, path)
    after = holdings(county)
    assert found(county, "李小山") == ["李小山"]

    offer = undoing.undoable(county)
    assert offer and (offer.new_count, offer.changed_count, offer.obstacle) == (1, 2, "")
    assert [item.archive_id for item in offer.items if item.is_new] == [third.id]
    outcome = undoing.undo_last(county, offer.bundle_id)
    assert (outcome.removed_count, outcome.restored_count) == (1, 2)
    assert outcome.warnings == [undoing.HEALED_LATER]
    assert holdings(county) == before
    assert found(county, "李小山") == [] and found(county, "李大山") == ["李大山"]
    assert undoing.undoable(county) is None

    assert exchange.receive_bundle(county, path).new_count == 1
    assert holdings(county) == after


# -- what depends on it ------------------------------------------------------------------------------------------


def expect_obstacle(county: OfficeSession, words: str) -> None:
    """It is told why it cannot be undone, and trying changes nothing."""
    offer = undoing.undoable(county)
    assert offer and words in offer.obstacle and offer.obstacle.endswith("。"), offer
    with unchanged(county):
        expect_refusal(lambda: undoing.undo_last(county, offer.bundle_id), "undo_depends")


def approve(county: OfficeSession, archive_id: str) -> None:
    reviewing.review(county, archive_id, ReviewInput(ReviewOutcome.APPROVED))


def enter_nationally(county: OfficeSession, archive_id: str) -> None:
    national_entry.mark_entered(county, archive_id, 1)


def take_along(county: OfficeSession, archive_id: str) -> None:
    with county.database.writing() as connection:
        connection.execute(
            text("INSERT INTO visit_item VALUES ('laptop', :id, 'read', 1, 1, '2026-01-01', '陈志强', NULL)"),
            {"id": archive_id},
        )


def settle_pair(county: OfficeSession, archive_id: str) -> None:
    archiving.save_archive(county, household(1))
    duplicates.find_duplicates(county)
    (pair, *_) = duplicates.list_pairs(county, PairState.OPEN)
    duplicates.decide_pair(county, pair.key, PairState.DIFFERENT_PEOPLE, "两家人")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (approve, "审核过"),
        (enter_nationally, "录入过全国系统"),
        (take_along, "带出或带回过"),
        (settle_pair, "判定过是否重复"),
    ],
)
def test_undo__refused_while_something_depends_on_it(
    trio: Trio, act: Callable[[OfficeSession, str], None], words: str
) -> None:
    """What was done to a household since is named, with the household."""
    town, county, stick = trio
    archive = file_household(town, 1, name="李大山")
    carry(town, county, stick)
    act(county, archive.id)
    expect_obstacle(county, words)
    offer = undoing.undoable(county)
    assert offer and ("李大山" in offer.obstacle or words == "判定过是否重复")


def test_undo__refused_once_sent_on(trio: Trio, tmp_path: Path) -> None:
    """The city has it: the county cannot pretend never to have had it."""
    town, county, stick = trio
    city, _ = make_office(tmp_path / "city", "安庆市总工会", "city")
    acquaint(county, city, tmp_path)
    file_household(town)
    carry(town, county, stick)
    exchange.export_bundle(county, None, stick)
    expect_obstacle(county, "已经向上报送")
    city.close()


def test_undo__open_pairs_and_other_work_do_not_stand_in_the_way(trio: Trio) -> None:
    """What the search for duplicates found by itself goes along; work on other archives stays."""
    town, county, stick = trio
    own = archiving.save_archive(county, household(1))
    before = holdings(county)
    file_household(town, 1)
    carry(town, county, stick)
    duplicates.find_duplicates(county)
    assert duplicates.list_pairs(county, PairState.OPEN)
    undo(county)
    assert holdings(county) == before
    amend(county, own.id, mobile_phone="13900001111")
    assert [hit.archive_id for hit in archiving.search_people(county, "13900001111")] == [own.id]


def test_undo__only_the_last_and_only_the_one_shown(trio: Trio) -> None:
    """A later bundle takes its place; what the clerk saw before is not undone by mistake."""
    town, county, stick = trio
    file_household(town, 1)
    carry(town, county, stick)
    shown = undoing.undoable(county)
    assert shown
    file_household(town, 2)
    carry(town, county, stick)
    with unchanged(county):
        expect_refusal(lambda: undoing.undo_last(county, shown.bundle_id), "undo_other_bundle")
    undo(county)
    assert undoing.undoable(county) is None
    with unchanged(county):
        expect_refusal(lambda: undoing.undo_last(county, shown.bundle_id), "undo_nothing")
    assert archiving.count_archives(county, archiving.ArchiveQuery()) == 1


def test_undo__of_an_answer__puts_the_states_back(trio: Trio) -> None:
    """The township takes an answer back: states, reviews and marks are as they were, and it can be read again."""
    town, county, stick = trio
    archive = file_household(town)
    carry(town, county, stick)
    approve(county, archive.id)
    answer = answering.write_answer(county, town.office.id, stick)
    before = holdings(town)
    exchange.receive_bundle(town, answer.path)
    assert archiving.load_archive(town, archive.id).id and holdings(town) != before
    offer = undoing.undoable(town)
    assert offer and offer.kind == "answer"
    undo(town)
    assert holdings(town) == before
    exchange.receive_bundle(town, answer.path)


def test_undo__receipt_cannot_be_written_for_it(trio: Trio) -> None:
    """An undone bundle was never received; nobody is told otherwise."""
    town, county, stick = trio
    file_household(town)
    outcome = carry(town, county, stick)
    undo(county)
    expect_refusal(lambda: exchange.write_receipt(county, outcome.bundle_id, stick), "bundle_was_undone")
    expect_refusal(lambda: exchange.received_bundle(county, 1), "nothing_received")
    (record,) = (one for one in exchange.list_bundles(county) if one.direction == "received")
    assert record.undone_at


def test_undo__fault_at_any_step__changes_nothing(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails or is cancelled on the way, the office is as it was, guards and search included."""
    town, county, stick = trio
    archive = file_household(town)
    attachments.add_attachment(town, archive.id, "诊断书.jpg", photo(), "diagnosis")
    carry(town, county, stick)
    offer = undoing.undoable(county)
    assert offer
    for target in ("backups.before_receiving", "undo_log.go_back", "archive_store.index_entries", "write_journal"):
        with monkeypatch.context() as patch, unchanged(county):
            patch.setattr(f"db.services.undoing.{target}", lambda *_: (_ for _ in ()).throw(MachineError("file_gone", name="")))
            expect_refusal(lambda: undoing.undo_last(county, offer.bundle_id), "file_gone")
    for step in range(4):

        def stop(done: int, total: int, step: int = step) -> None:
            if done == step:
                raise Cancelled

        with pytest.raises(Cancelled), unchanged(county):
            undoing.undo_last(county, offer.bundle_id, stop)
    with county.database.reading() as connection:
        guards = connection.execute(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")).scalar()

    def too_late(done: int, total: int) -> None:
        if done == total:
            raise Cancelled

    assert undoing.undo_last(county, offer.bundle_id, too_late).removed_count == 1
    with county.database.reading() as connection:
        assert guards == connection.execute(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")).scalar()
        assert not connection.execute(text("SELECT 1 FROM temp.sqlite_master")).first()


# -- any series --------------------------------------------------------------------------------------------------

EDITS = st.lists(
    st.tuples(st.sampled_from(["file", "phone", "member", "paper", "remove"]), st.integers(0, 3)), max_size=5
)


def edit(town: OfficeSession, steps: list[tuple[str, int]], seeds: Iterator[int]) -> None:
    """Change the township's archives."""
    for what, which in steps:
        ids = archiving.archive_ids(town, archiving.ArchiveQuery(order="archive_number"))
        if what == "file" or not ids:
            file_household(town, next(seeds))
            continue
        archive_id = ids[which % len(ids)]
        content = archiving.load_archive(town, archive_id).content.copy()
        papers = attachments.list_attachments(town, archive_id)
        if what == "phone":
            content.values["mobile_phone"] = f"1390000{next(seeds):04d}"
        elif what == "member" and content.members:
            content.members.append(content.members.pop(0))
            content.members[0]["name"] = f"周{'一二三四五六七八九'[which]}"
        elif what == "paper":
            attachments.add_attachment(town, archive_id, f"{next(seeds)}.jpg", photo(64 + which, 64), "other")
        elif what == "remove" and papers:
            attachments.remove_attachment(town, papers[0].id)
        if what in {"phone", "member"}:
            archiving.save_archive(town, content, archive_id)


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(rounds=st.lists(EDITS, min_size=1, max_size=3))
def test_undo_and_again__ends_as_without_undo(rounds: list[list[tuple[str, int]]]) -> None:
    """After every bundle: undone it is exactly as before, received again exactly as after."""
    with TemporaryDirectory() as folder, town_and_county(Path(folder)) as (town, county, stick):
        seeds = itertools.count(1)
        for steps in rounds:
            edit(town, steps, seeds)
            if not exchange.unsubmitted_ids(town):
                continue
            path = exchange.export_bundle(town, None, stick).path
            before = holdings(county)
            exchange.receive_bundle(county, path)
            after = holdings(county)
            undo(county)
            assert holdings(county) == before
            outcome = exchange.receive_bundle(county, path)
            assert holdings(county) == after
            assert outcome.receipt
            exchange.receive_bundle(town, outcome.receipt.path)


def test_undo__from_two_windows__happens_once(trio: Trio) -> None:
    """The second window learns that it is done; a bundle received meanwhile is not undone in its place."""
    town, county, stick = trio
    file_household(town, 1)
    path = exchange.export_bundle(town, None, stick).path
    exchange.receive_bundle(county, path)
    window = offices.open_office(county.folder, PASSPHRASE)
    offer = undoing.undoable(window)
    assert offer
    undo(county)
    with unchanged(county):
        expect_refusal(lambda: undoing.undo_last(window, offer.bundle_id), "undo_nothing")
    exchange.receive_bundle(county, path)
    with unchanged(county):
        expect_refusal(lambda: undoing.undo_last(window, offer.bundle_id), "undo_other_bundle")
        expect_refusal(lambda: exchange.receive_bundle(window, path), "bundle_repeated")
    window.close()


def test_undo__policy_text_another_assessment_rests_on__stays(trio: Trio) -> None:
    """The bundle brought it first, the county's own assessment of its own archive needs it by now."""
    town, county, stick = trio
    in_2020(town)
    in_2020(county)
    before = holdings(county)
    assessed_household(town)
    carry(town, county, stick)
    undo(county)
    assert holdings(county)["policy_version"] == before["policy_version"] == []
    exchange.receive_bundle(county, next(stick.glob("梅城镇总工会-第1包*")))
    own = assessed_household(county)
    undo(county)
    assert assessing.policy_text(county, own.assessment.policy_sha256)
    assert [finding.title for finding in health.check_office(county) if finding.level == health.ERROR] == []
