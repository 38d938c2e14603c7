"""Twelve townships, their county and its city over four rounds of sticks that go astray: in the end everybody agrees."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from agreement import agreement_faults
from round_trip import Desk, District, district
from round_trip_moves import add_laptop, ask_to_move, decide_duplicates, decide_moves, hand_in, renew_keys, take_along

from db.services import exchange, receiving_many, undoing
from db.services.bundle_outcomes import ReceiveOutcome
from db.services.receiving_many import LotState

FATES = ("sound", "sound", "sound", "lost", "twice", "late", "receipt lost")
"""What becomes of a stick: *late* ones come after the next one of the same office."""
ANSWER_FATES = ("answer", "answer", "answer lost", "answer twice", "answer late")
MOST_ROUNDS = 3


class Rounds:
    """The story: what is under way between the rounds."""

    def __init__(self, world: District) -> None:
        self.world = world
        self.late: list[tuple[Desk, Path]] = []
        self.late_answers: dict[str, list[tuple[Desk, Path]]] = {}
        self.merges: list[tuple[Desk, str]] = []
        self.county_merges: list[str] = []
        self.laptop = add_laptop(world, world.towns[0], "外出电脑一")
        self.backup: tuple[Desk, Path] | None = None

    def play(self, *, clean: bool = False) -> None:
        """One round: everybody works, exports, and the sticks travel as fate will have it."""
        world = self.world
        self.go_visiting()
        for town in world.towns:
            world.work(town, filed=world.rng.choice((0, 1)), edited=2)
        self.come_back()
        self.merge_in_towns()
        self.restore_a_town()
        overtaken, self.late = self.late, []
        self.upwards(world.towns, world.county, clean=clean)
        if not clean:
            self.undo_last_reception(world.county)
        for desk, path in overtaken:
            world.deliver(desk, path)
        for merge_id in self.county_merges[::2]:
            with world.unless_locked():
                world.unmerge(world.county, merge_id)
        self.county_merges = decide_duplicates(world)
        decide_moves(world)
        world.review_some(world.county)
        self.upwards([world.county], world.city, clean=clean)
        world.review_some(world.city, 0.1)
        self.downwards(world.city, [world.county], clean=clean)
        self.downwards(world.county, world.towns, clean=clean)
        world.pass_time(days=30)

    # -- what happens in the townships

    def go_visiting(self) -> None:
        """Some households go along on the laptop and are changed there; a family is filed by two townships, others move."""
        world, rng = self.world, self.world.rng
        ids = self.laptop.desk.own_ids
        with world.unless_locked():
            take_along(world, self.laptop, rng.sample(ids, min(2, len(ids))), again=True)
        world.work(self.laptop.machine, filed=1, edited=2)
        first, second = rng.sample(world.towns, 2)
        world.twin(second, first.session, rng.choice(first.own_ids))
        for giver, taker in (rng.sample(world.towns, 2), rng.sample(world.towns, 2)):
            ask_to_move(world, giver, taker, rng.choice(giver.own_ids))

    def come_back(self) -> None:
        """The laptop hands in; once its stick is lost and it hands in again, once it is read twice."""
        fate = self.world.rng.choice(("sound", "lost", "twice"))
        if fate == "lost":
            hand_in(self.world, self.laptop, lost=True)
        hand_in(self.world, self.laptop, twice=fate == "twice")

    def downwards(self, above: Desk, below: Iterable[Desk], *, clean: bool) -> None:
        """The office above answers; its answers travel as fate will have it."""
        world = self.world
        overtaken, self.late_answers[above.name] = self.late_answers.get(above.name, []), []
        for child, path in world.answer(above, below):
            fate = "answer" if clean else world.rng.choice(ANSWER_FATES)
            world.note(fate)
            if fate == "answer late":
                self.late_answers[above.name].append((child, path))
            if fate in {"answer late", "answer lost"}:
                continue
            outcome = world.apply(child, path)
            assert not isinstance(outcome, str)
            if outcome.news.missing:
                world.note("archives missing")
                (whole,) = world.answer(above, [child], full=True)
                assert not isinstance(world.apply(*whole), str)
            if fate == "answer twice":
                assert world.apply(child, path) == "bundle_repeated"
        for child, path in overtaken:
            world.apply(child, path)

    def merge_in_towns(self) -> None:
        """Two townships notice that they filed a household twice; one of them notices later that it was wrong."""
        world = self.world
        for desk, merge_id in self.merges:
            with world.unless_locked():
                world.unmerge(desk, merge_id)
        self.merges.clear()
        for town in world.rng.sample(world.towns, 2):
            kept = world.rng.choice(town.own_ids)
            merged = world.twin(town, town.session, kept)
            if world.rng.random() < 0.5:
                world.attach(town, merged)
                world.export(town)  # a stick that stays in the drawer
            with world.unless_locked():
                self.merges.append((town, world.merge(town, kept, merged)))
        del self.merges[1:]

    def restore_a_town(self) -> None:
        """A township backs up, breaks a round later and edits on what the backup had; the next one backs up then."""
        world = self.world
        if self.backup is not None:
            town, backup = self.backup
            self.merges = [(desk, merge_id) for desk, merge_id in self.merges if desk is not town]
            for archive_id in world.restore(town, backup):
                world.rng.choice((world.edit, world.weigh, world.attach))(town, archive_id)
        town = world.towns[(world.towns.index(self.backup[0]) + 1 if self.backup else 2)]
        self.backup = town, world.back_up(town)
        world.file(town)

    def upwards(self, senders: Iterable[Desk], above: Desk, *, clean: bool) -> None:
        """Whoever has something to submit does, and the office above takes what arrives in one go."""
        table = above.stick / f"{self.world.moment:%m%d%H%M}"
        table.mkdir()
        fates: dict[str, tuple[Desk, str]] = {}
        for below in senders:
            path = self.world.export(below)
            if path is None:
                continue
            fate = "sound" if clean else self.world.rng.choice(FATES)
            self.world.note(fate)
            fates[below.session.office.name] = below, fate
            if fate == "late":
                self.late.append((above, path))
            if fate not in {"lost", "late"}:
                shutil.copy2(path, table)
            if fate == "twice":
                shutil.copy2(path, table / f"again {path.name}")
        for outcome in self.take(above, table, sum(1 for _, fate in fates.values() if fate == "twice")):
            below, fate = fates[outcome.sender_name]
            if fate != "receipt lost":
                assert outcome.receipt
                self.world.deliver(below, outcome.receipt.path)

    def take(self, desk: Desk, table: Path, repeated: int) -> list[ReceiveOutcome]:
        """All the bundles on the table, looked at first; what was shown is what is done."""
        lot = receiving_many.inspect_many(desk.session, [table])
        assert sum(1 for item in lot.items if item.state is LotState.KNOWN) == repeated
        assert len(lot.ready) == len(lot.items) - repeated
        taken = receiving_many.receive_many(desk.session, lot.items)
        assert taken.failed == [] and taken.totals == lot.totals
        return taken.received

    def undo_last_reception(self, desk: Desk) -> None:
        """Take the last bundle back; its sender has the receipt already."""
        offer = undoing.undoable(desk.session)
        assert offer and not offer.obstacle
        undoing.undo_last(desk.session, offer.bundle_id)
        self.world.note("undone")
        sent = next(town.sent[-1] for town in self.world.towns if town.name == offer.sender_name)
        assert not isinstance(self.world.deliver(desk, sent), str)

    def settle(self) -> None:
        """Clean rounds without work: whatever an answer asks for goes out, until nobody has anything left to send."""
        world = self.world
        for desk, path in self.late:
            world.deliver(desk, path)
        decide_moves(world)
        for _ in range(MOST_ROUNDS):
            self.upwards(world.towns, world.county, clean=True)
            self.upwards([world.county], world.city, clean=True)
            self.downwards(world.city, [world.county], clean=True)
            self.downwards(world.county, world.towns, clean=True)
            if not any(exchange.unsubmitted_ids(desk.session) for desk in (world.county, *world.towns)):
                return
        raise AssertionError("somebody still has something to send")


HAPPENED = {
    *FATES, *ANSWER_FATES, "undone", "restored", "archives missing", "merged", "unmerged", "moved", "move refused",
    "taken along", "handed in", "same_person", "keys renewed", "bundle_older", "answer_older", "archive_locked",
    "hand_over_out", "recorded", "record changed", "record removed",
}  # fmt: skip


def test_four_rounds__whatever_happens__everybody_agrees(tmp_path: Path) -> None:
    """Sticks go astray, machines break, households move and are filed twice: in the end there is one truth."""
    with district(tmp_path, seed=4) as world:
        for town in world.towns:
            world.work(town, filed=2, edited=0)
        story = Rounds(world)
        story.play()
        story.play()
        renew_keys(world, world.towns[7], world.county)
        story.play()
        story.play(clean=True)
        story.settle()
        assert "\n".join(agreement_faults(world)) == ""
        assert set(world.seen) >= HAPPENED
