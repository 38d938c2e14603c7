"""What clerks do in odd orders: answers before receipts, undo after answers, moved, returned, merged, taken along twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from agreement import applied_twice, faults_between, faults_within
from neighbours import acquaint, expect_refusal
from round_trip import Desk, District, district
from round_trip_moves import add_laptop, ask_to_move, decide_moves, hand_in, renew_keys, take_along

from db.domain.review import ReviewOutcome
from db.services import (
    answering,
    archiving,
    backups,
    conflicts,
    exchange,
    merging,
    office,
    partners,
    reviewing,
    round_trip,
    undoing,
    visits,
)
from db.services.archiving import Submission
from db.services.reviewing import ReviewInput


@pytest.fixture
def world(tmp_path: Path) -> Iterator[District]:
    """A city, a county and three townships."""
    with district(tmp_path, seed=1, towns=3) as made:
        yield made


def submit(world: District, town: Desk, *, receipt: bool = True) -> Path:
    """Export and deliver; the receipt is read at once, or its path given."""
    path = world.export(town)
    assert path
    outcome = world.deliver(world.county, path)
    if receipt:
        world.deliver(town, outcome.receipt.path)
    back: Path = outcome.receipt.path
    return back


def state(town: Desk, archive_id: str) -> Submission:
    """How far an archive has come, as its township sees it."""
    return archiving.archive_submission(town.session, archiving.load_archive(town.session, archive_id))


def answer(world: District, *towns: Desk) -> None:
    """The county answers, the townships apply."""
    for town, path in world.answer(world.county, towns):
        assert not isinstance(world.apply(town, path), str)


def fields(town: Desk, archive_id: str) -> dict[str, object]:
    """What the form says now."""
    return dict(archiving.load_archive(town.session, archive_id).content.values)


# -- answers, receipts, undo --------------------------------------------------------------------------------------


def test_answer__before_the_receipt(world: District) -> None:
    """Both say the same; whichever comes first, the archive has arrived."""
    town = world.towns[0]
    archive_id = world.file(town)
    receipt = submit(world, town, receipt=False)
    answer(world, town)
    assert state(town, archive_id) is Submission.ACKNOWLEDGED
    world.deliver(town, receipt)
    assert state(town, archive_id) is Submission.ACKNOWLEDGED


def test_answer__older_than_a_receipt_that_came_first(world: District) -> None:
    """An answer written before the last bundle does not take back what that bundle's receipt has said."""
    town = world.towns[0]
    archive_id = world.file(town)
    submit(world, town)
    ((_, early),) = world.answer(world.county, [town])
    world.edit(town, archive_id)
    submit(world, town)
    assert state(town, archive_id) is Submission.ACKNOWLEDGED
    world.apply(town, early)
    assert state(town, archive_id) is Submission.ACKNOWLEDGED


def test_undo__after_the_answer__goes_out_again(world: District) -> None:
    """What the county took back counts as arrived until its next answer; then it goes out by itself."""
    town, county = world.towns[0], world.county.session
    first = world.file(town)
    submit(world, town)
    answer(world, town)
    offer = undoing.undoable(county)
    assert offer and not offer.obstacle
    undoing.undo_last(county, offer.bundle_id)
    assert state(town, first) is Submission.ACKNOWLEDGED
    answer(world, town)
    assert state(town, first) in {Submission.UNSUBMITTED, Submission.CHANGED}
    submit(world, town)
    answer(world, town)
    assert faults_between(county, town.session) + faults_within(town, county) == []


def test_undo__of_an_answer__and_again(world: District) -> None:
    """An answer taken back at the township can be applied again and says the same."""
    town = world.towns[0]
    archive_id = world.file(town)
    submit(world, town)
    world.review(world.county, archive_id, ReviewOutcome.RETURNED)
    ((_, path),) = world.answer(world.county, [town])
    outcome = world.apply(town, path)
    offer = undoing.undoable(town.session)
    assert offer and offer.bundle_id == outcome.bundle_id and not offer.obstacle
    undoing.undo_last(town.session, offer.bundle_id)
    assert state(town, archive_id) is Submission.ACKNOWLEDGED
    again = world.apply(town, path)
    assert [item.archive_id for item in again.news.reviews] == [archive_id]
    assert state(town, archive_id) is Submission.RETURNED


# -- reviews ------------------------------------------------------------------------------------------------------


def test_review__of_two_levels__the_highest_counts(world: District) -> None:
    """The city returns what the county approved: the township has to correct; the other way round it need not."""
    town, county, city = world.towns[0], world.county, world.city
    first, second = world.file(town), world.file(town)
    submit(world, town)
    world.review(county, first, ReviewOutcome.APPROVED)
    world.review(county, second, ReviewOutcome.RETURNED)
    up = world.export(county)
    assert up
    world.deliver(city, up)
    world.review(city, first, ReviewOutcome.RETURNED)
    world.review(city, second, ReviewOutcome.APPROVED)
    ((_, down),) = world.answer(city, [county])
    assert not isinstance(world.apply(county, down), str)
    answer(world, town)
    assert (state(town, first), state(town, second)) == (Submission.RETURNED, Submission.APPROVED)


def test_review__number_given_while_the_clock_ran_ahead(world: District) -> None:
    """The number given last counts, also where the clock was years ahead when the first one was given."""
    town, county = world.towns[0], world.county
    archive_id = world.file(town)
    submit(world, town)
    world.pass_time(days=4000)
    given = ReviewInput(ReviewOutcome.APPROVED, worker_number="N0001")
    reviewing.review(county.session, archive_id, given)
    world.pass_time(days=-3999)
    reviewing.review(county.session, archive_id, ReviewInput(ReviewOutcome.APPROVED, worker_number="N0002"))
    assert fields(county, archive_id)["worker_number"] == "N0002"
    answer(world, town)
    assert fields(town, archive_id)["worker_number"] == "N0002"


def test_review__of_an_archive_in_conflict(world: District, tmp_path: Path) -> None:
    """A review of the version that came first does not count for the one the owner's clerk chose afterwards."""
    town, county = world.towns[0], world.county
    archive_id = world.file(town)
    backup = world.back_up(town)
    world.edit(town, archive_id, "remarks")
    submit(world, town)
    world.restore(town, backup)
    world.edit(town, archive_id, "remarks")
    submit(world, town)
    world.review(county, archive_id, ReviewOutcome.APPROVED)
    answer(world, town)
    (found,) = conflicts.list_conflicts(town.session)
    assert found.archive_id == archive_id
    assert state(town, archive_id) in {Submission.CHANGED, Submission.UNSUBMITTED}
    submit(world, town)
    answer(world, town)
    assert state(town, archive_id) is Submission.ACKNOWLEDGED
    assert faults_between(county.session, town.session, world.forked) == []


# -- moves and merges ---------------------------------------------------------------------------------------------


def move(world: District, giver: Desk, taker: Desk, archive_id: str) -> None:
    """A household moves, all the way."""
    ask_to_move(world, giver, taker, archive_id)
    submit(world, giver)
    decide_moves(world, share=1.0)
    assert world.seen["moved"]


def test_move__of_a_returned_archive(world: District) -> None:
    """The new office sees what is to be corrected, corrects it and submits it; the old one only looks on."""
    giver, taker, county = world.towns[0], world.towns[1], world.county
    archive_id = world.file(giver)
    submit(world, giver)
    world.review(county, archive_id, ReviewOutcome.RETURNED)
    answer(world, giver)
    assert state(giver, archive_id) is Submission.RETURNED
    move(world, giver, taker, archive_id)
    answer(world, giver, taker)
    assert reviewing.returned_before(taker.session, archive_id)
    world.edit(taker, archive_id)
    submit(world, taker)
    world.review(county, archive_id, ReviewOutcome.APPROVED)
    answer(world, giver, taker)
    assert state(taker, archive_id) is Submission.APPROVED
    expect_refusal(lambda: world.edit(giver, archive_id), "archive_handed_over")
    for town in (giver, taker):
        assert faults_between(county.session, town.session) + faults_within(town, county.session) == []


def test_move__the_receipt_of_the_request_is_lost(world: District) -> None:
    """What was handed over is not on its way any more."""
    giver, taker = world.towns[0], world.towns[1]
    archive_id = world.file(giver)
    ask_to_move(world, giver, taker, archive_id)
    submit(world, giver, receipt=False)
    assert round_trip.counts(giver.session).waiting == 1
    decide_moves(world, share=1.0)
    answer(world, giver, taker)
    assert round_trip.counts(giver.session).waiting == 0
    assert [bundle.waiting for way in round_trip.ways_up(giver.session) for bundle in way.on_the_way] == []
    for town in (giver, taker):
        county = world.county.session
        if exchange.unsubmitted_ids(town.session):
            submit(world, town)
        answer(world, town)
        assert faults_between(county, town.session) + faults_within(town, county) == []


@pytest.mark.parametrize("arrived", [True, False])
def test_move__keys_renewed_before_it_is_decided(world: District, arrived: bool) -> None:
    """A request signed with keys that were revoked since is decided all the same, whether it had arrived before or not."""
    giver, taker, county = world.towns[0], world.towns[1], world.county
    archive_id = world.file(giver)
    submit(world, giver)
    ask_to_move(world, giver, taker, archive_id)
    path = world.export(giver)
    assert path
    if arrived:
        world.deliver(county, path)
    renew_keys(world, giver, county)
    if not arrived:
        submit(world, giver)
    decide_moves(world, share=1.0)
    assert world.seen["moved"] == 1
    answer(world, giver, taker)
    assert archive_id in taker.own_ids and archive_id not in giver.own_ids
    assert faults_within(giver, county.session) == []


def test_move__answers_out_of_order(world: District) -> None:
    """The new office hears of it first; an answer from before the move comes to the old one late."""
    giver, taker, county = world.towns[0], world.towns[1], world.county
    archive_id = world.file(giver)
    submit(world, giver)
    ((_, early),) = world.answer(county, [giver])
    move(world, giver, taker, archive_id)
    answer(world, taker)
    world.edit(taker, archive_id)
    submit(world, taker)
    world.apply(giver, early)
    assert archive_id not in giver.own_ids or state(giver, archive_id) is not Submission.UNSUBMITTED
    answer(world, giver, taker)
    assert archive_id not in giver.own_ids and archive_id in taker.own_ids
    assert exchange.unsubmitted_ids(giver.session) == []
    for town in (giver, taker):
        assert faults_between(county.session, town.session) == []


def test_move__there_and_back(world: District) -> None:
    """A household that moves away and returns is its first office's again, with the history of both."""
    giver, taker, county = world.towns[0], world.towns[1], world.county
    archive_id = world.file(giver)
    submit(world, giver)
    move(world, giver, taker, archive_id)
    answer(world, giver, taker)
    world.edit(taker, archive_id)
    move(world, taker, giver, archive_id)
    answer(world, taker, giver)
    world.edit(giver, archive_id)
    submit(world, giver)
    answer(world, taker, giver)
    assert archive_id in giver.own_ids and archive_id not in taker.own_ids
    for town in (giver, taker):
        assert faults_between(county.session, town.session) + faults_within(town, county.session) == []


def test_move__the_giver_restores_an_old_backup(world: District) -> None:
    """A giver whose machine still believes the archive its own is told again; the new office's edits stand."""
    giver, taker, county = world.towns[0], world.towns[1], world.county
    archive_id = world.file(giver)
    submit(world, giver)
    backup = world.back_up(giver)
    move(world, giver, taker, archive_id)
    answer(world, giver, taker)
    made = world.edit(taker, archive_id, "remarks")
    submit(world, taker)
    world.restore(giver, backup)
    world.edit(giver, archive_id, "remarks")
    submit(world, giver)
    answer(world, giver, taker)
    assert archive_id not in giver.own_ids and archive_id in taker.own_ids
    assert fields(taker, archive_id)["remarks"] == fields(county, archive_id)["remarks"] == made.token
    assert exchange.unsubmitted_ids(giver.session) == []


def test_merge__of_what_is_out_on_a_laptop(world: District) -> None:
    """Not merged away while it is out; once it is back it is."""
    town = world.towns[0]
    laptop = add_laptop(world, town, "外出电脑一")
    kept = world.file(town)
    merged = world.twin(town, town.session, kept)
    take_along(world, laptop, [kept, merged])
    expect_refusal(lambda: merging.merge(town.session, kept, merged), "merge_out")
    world.edit(laptop.machine, merged, "employer")
    hand_in(world, laptop)
    world.merge(town, kept, merged)
    submit(world, town)
    answer(world, town)
    assert faults_between(world.county.session, town.session) + faults_within(town, world.county.session) == []


def test_merge__at_both_ends_crosswise(world: District) -> None:
    """County and township merge the same two the other way round: the county's stands, one archive stays in the lists."""
    town, county = world.towns[0], world.county
    first = world.file(town)
    second = world.twin(town, town.session, first)
    submit(world, town)
    world.merge(county, first, second)
    world.merge(town, second, first)
    submit(world, town)
    answer(world, town)
    for desk in (town, county):
        assert archiving.archive_ids(desk.session, archiving.ArchiveQuery()) == [first], desk.name


def test_merge__of_a_returned_archive(world: District) -> None:
    """What is hidden at its township is not counted as returned there, either."""
    one, other, county = world.towns[0], world.towns[1], world.county
    kept = world.file(one)
    merged = world.twin(other, one.session, kept)
    submit(world, one)
    submit(world, other)
    world.review(county, merged, ReviewOutcome.RETURNED)
    world.merge(county, kept, merged)
    answer(world, one, other)
    assert other.own_ids == []
    for town in (one, other):
        assert faults_between(county.session, town.session) + faults_within(town, county.session) == []


# -- laptops ------------------------------------------------------------------------------------------------------


def test_laptops__two_with_the_same_archive(world: District) -> None:
    """Different fields come together; the same one is a conflict, and both versions stay in the history."""
    town = world.towns[0]
    one, two = add_laptop(world, town, "外出电脑一"), add_laptop(world, town, "外出电脑二")
    archive_id = world.file(town)
    take_along(world, one, [archive_id])
    expect_refusal(lambda: take_along(world, two, [archive_id]), "visit_already_out")
    take_along(world, two, [archive_id], again=True)
    apart = [world.edit(one.machine, archive_id, "employer"), world.edit(two.machine, archive_id, "bank_branch")]
    world.edit(one.machine, archive_id, "remarks")
    world.edit(two.machine, archive_id, "remarks")
    hand_in(world, one)
    hand_in(world, two, twice=True)
    assert [fields(town, archive_id)[made.key] for made in apart] == [made.token for made in apart]
    assert len(conflicts.list_conflicts(town.session)) == 1
    submit(world, town)
    answer(world, town)
    county = world.county.session
    assert faults_between(county, town.session) + faults_within(town, county) + applied_twice(one.machine.session) == []


def test_laptop__restored_from_its_own_backup(world: District, tmp_path: Path) -> None:
    """A laptop that goes back to an older state and hands in once more changes nothing that was handed in since."""
    town = world.towns[0]
    laptop = add_laptop(world, town, "外出电脑一")
    archive_id = world.file(town)
    take_along(world, laptop, [archive_id])
    world.edit(laptop.machine, archive_id, "employer")
    backup = backups.back_up(laptop.machine.session, tmp_path / "laptop backup").path
    world.edit(laptop.machine, archive_id, "employer")
    hand_in(world, laptop)
    before = fields(town, archive_id)
    folder = laptop.machine.session.folder
    laptop.machine.session.close()
    backups.restore_backup(backup, folder, "梅花香自苦寒来2026")
    laptop.machine.session = office.open_office(folder, "梅花香自苦寒来2026")
    laptop.machine.session.clock = lambda: world.moment
    hand_in(world, laptop)
    assert fields(town, archive_id) == before
    assert applied_twice(town.session) == []


def test_laptop__lost_and_revoked(world: District) -> None:
    """What a lost laptop hands in is refused; what was out on it can be taken along again."""
    town = world.towns[0]
    laptop = add_laptop(world, town, "外出电脑一")
    archive_id = world.file(town)
    take_along(world, laptop, [archive_id])
    world.edit(laptop.machine, archive_id)
    path = visits.check_in(laptop.machine.session, laptop.machine.stick).path
    partners.revoke(town.session, laptop.id, "外出电脑丢失")
    town.edits.pop()
    assert world.deliver(town, path) == "bundle_sender_revoked"
    spare = add_laptop(world, town, "外出电脑二")
    take_along(world, spare, [archive_id], again=True)
    world.edit(spare.machine, archive_id)
    hand_in(world, spare)
    submit(world, town)
    answer(world, town)
    assert faults_between(world.county.session, town.session) + faults_within(town, world.county.session) == []


# -- clocks and two parents ---------------------------------------------------------------------------------------


def test_clock__wrong_by_years(world: District) -> None:
    """Order goes by numbers: a township ten years behind and a county ten years ahead still agree."""
    town, county = world.towns[0], world.county
    town.session.clock = lambda: world.moment - timedelta(days=3650)
    county.session.clock = lambda: world.moment + timedelta(days=3650)
    archive_id = world.file(town)
    submit(world, town)
    world.review(county, archive_id, ReviewOutcome.RETURNED)
    answer(world, town)
    assert state(town, archive_id) is Submission.RETURNED
    world.edit(town, archive_id)
    submit(world, town)
    county.session.clock = lambda: world.moment
    world.review(county, archive_id, ReviewOutcome.APPROVED)
    answer(world, town)
    town.session.clock = lambda: world.moment
    assert state(town, archive_id) is Submission.APPROVED
    assert faults_between(county.session, town.session) == []


def test_two_parents__answers_do_not_meddle(world: District) -> None:
    """A township that submits to the county and to the city directly: neither answer takes back what the other has."""
    town, county, city = world.towns[0], world.county, world.city
    acquaint(town.session, city.session, world.folder)
    mine, theirs = world.file(town), world.file(town)
    to_county = exchange.export_bundle(town.session, [mine], town.stick, county.session.office.id)
    to_city = exchange.export_bundle(town.session, [theirs], town.stick, city.session.office.id)
    for desk, summary in ((county, to_county), (city, to_city)):
        world.deliver(town, world.deliver(desk, summary.path).receipt.path)
    for desk in (county, city):
        child = town.session.office.id
        assert not isinstance(world.apply(town, answering.write_answer(desk.session, child, desk.stick).path), str)
        assert (state(town, mine), state(town, theirs)) == (Submission.ACKNOWLEDGED, Submission.ACKNOWLEDGED)
