"""What happens beside filing and sending: households that move, laptops that go along, keys that are renewed."""

from dataclasses import dataclass
from pathlib import Path

from factories import PASSPHRASE
from round_trip import Desk, District

from db.services import duplicates, exchange, handing_over, partners, visits
from db.services.duplicates import PairState


@dataclass(slots=True)
class Laptop:
    """A home-visit laptop and the desk it belongs to; what is written on it counts as written by its office."""

    desk: Desk
    machine: Desk

    @property
    def id(self) -> str:
        """By which the desk knows it."""
        return self.machine.session.office.laptop_id


def add_laptop(world: District, desk: Desk, name: str) -> Laptop:
    """A new laptop of an office, each machine enrolled at the other."""
    stick = world.folder / f"stick of {name}"
    stick.mkdir()
    card, other = stick / "desk.nuandang-card", stick / "laptop.nuandang-card"
    exchange.write_card(desk.session, card)
    session, _ = visits.set_up_laptop(world.folder / name, card, name, "李秀兰", PASSPHRASE, light=True)
    session.clock = lambda: world.moment
    exchange.write_card(session, other)
    exchange.enrol(desk.session, other)
    return Laptop(desk, Desk(session, stick, edits=desk.edits))


def take_along(world: District, laptop: Laptop, ids: list[str], *, again: bool = False) -> Path:
    """Write the archives for the laptop and read them in there."""
    world.pass_time(minutes=1)
    summary = visits.check_out(laptop.desk.session, laptop.id, ids, visits.WRITE, laptop.desk.stick, again=again)
    assert not isinstance(world.deliver(laptop.machine, summary.path), str)
    world.note("taken along")
    return summary.path


def hand_in(world: District, laptop: Laptop, *, lost: bool = False, twice: bool = False) -> None:
    """Bring back what changed on the laptop; the desk reconciles both sides."""
    world.pass_time(minutes=1)
    path = visits.check_in(laptop.machine.session, laptop.machine.stick).path
    if lost:
        world.note("visit lost")
        return
    preview = exchange.inspect_bundle(laptop.desk.session, path)
    outcome = world.deliver(laptop.desk, path)
    assert (outcome.new_count, outcome.changed_count) == (preview.new_count, preview.changed_count)
    if twice:
        assert world.deliver(laptop.desk, path) == "bundle_repeated"
    assert outcome.receipt
    assert not isinstance(world.deliver(laptop.machine, outcome.receipt.path), str)
    world.note("handed in")


# -- households that move -----------------------------------------------------------------------------------------


def ask_to_move(world: District, giver: Desk, taker: Desk, archive_id: str) -> None:
    """The household is said to have moved; its archive is locked until the county has decided."""
    world.pass_time(minutes=1)
    with world.unless_locked():
        handing_over.request_hand_over(giver.session, archive_id, taker.name, "已迁居")
        world.note("asked to move")


def decide_moves(world: District, share: float = 0.75) -> None:
    """The county decides what has been asked for."""
    for waiting in handing_over.waiting_here(world.county.session):
        world.pass_time(minutes=1)
        taker = next(town for town in world.towns if town.name == waiting.wanted_office_name)
        with world.unless_locked():
            if world.rng.random() < share:
                handing_over.accept_hand_over(world.county.session, waiting.id, taker.session.office.id)
                world.note("moved")
            else:
                handing_over.refuse_hand_over(world.county.session, waiting.id, "材料不全")
                world.note("move refused")


# -- people filed by two townships --------------------------------------------------------------------------------


def decide_duplicates(world: District) -> list[str]:
    """The county looks for people filed twice, says who is the same person, and merges some; ids of the merges."""
    county = world.county.session
    duplicates.find_duplicates(county)
    merges = []
    for pair in duplicates.list_pairs(county, PairState.OPEN, 0, 50):
        world.pass_time(minutes=1)
        chosen = world.rng.choice((PairState.SAME_PERSON, PairState.DIFFERENT_PEOPLE, None))
        if pair.key not in {still.key for still in duplicates.list_pairs(county, PairState.OPEN)}:
            continue  # settled by a merge of another pair of the same two archives
        if chosen is not None:
            duplicates.decide_pair(county, pair.key, chosen)
            world.note(chosen.value)
        if chosen is PairState.SAME_PERSON and world.rng.random() < 0.7:
            first, second = pair.first.archive_id, pair.second.archive_id
            with world.unless_locked():
                merges.append(world.merge(world.county, first, second))
    return merges


# -- keys ---------------------------------------------------------------------------------------------------------


def renew_keys(world: District, desk: Desk, above: Desk) -> None:
    """The keys of an office may be in other hands: the office above revokes them, the office makes new ones."""
    world.pass_time(minutes=1)
    partners.revoke(above.session, desk.session.office.id, "外出电脑被盗")
    partners.renew_own_keys(desk.session, "外出电脑被盗")
    card = world.folder / f"new card of {desk.name}.nuandang-card"
    exchange.write_card(desk.session, card)
    exchange.enrol(above.session, card, replace=True)
    world.note("keys renewed")


