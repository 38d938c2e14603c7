"""Twelve townships and their county over four rounds of sticks that go astray: in the end everybody agrees."""

from pathlib import Path

from round_trip import Desk, District, agreement_faults, district

from db.services import exchange, undoing

FATES = ("sound", "sound", "sound", "lost", "twice", "late", "receipt lost", "undone")
"""What becomes of a stick: *late* ones come after the next one of the same township."""


class Rounds:
    """The story: what is under way between the rounds."""

    def __init__(self, world: District) -> None:
        self.world = world
        self.late: list[tuple[Desk, Path]] = []

    def play(self, *, clean: bool = False) -> None:
        """One round: everybody works, exports, and the sticks travel as fate will have it."""
        world = self.world
        under_way: list[tuple[Desk, Path, str]] = []
        for town in world.towns:
            world.work(town, filed=world.rng.choice((0, 1)), edited=2)
            fate = "sound" if clean else world.rng.choice(FATES)
            path = world.export(town)
            if path is not None:
                under_way.append((town, path, fate))
        world.rng.shuffle(under_way)
        overtaken, self.late = self.late, []
        for town, path, fate in under_way:
            self.travel(town, path, fate)
        for desk, path in overtaken:
            self.world.deliver(desk, path)
        world.review_some(world.county)
        self.upwards("sound" if clean else world.rng.choice(FATES[:6]))
        world.pass_time(days=30)

    def upwards(self, fate: str) -> None:
        """The county submits to the city what it has got."""
        path = self.world.export(self.world.county)
        if path is not None:
            self.travel(self.world.county, path, fate, self.world.city)

    def travel(self, below: Desk, path: Path, fate: str, above: Desk | None = None) -> None:
        """One stick to the office above and back."""
        above = above or self.world.county
        self.world.note(fate)
        if fate == "late":
            self.late.append((above, path))
        if fate in {"lost", "late"}:
            return
        outcome = self.world.deliver(above, path)
        if fate == "undone" and not isinstance(outcome, str):
            undoing.undo_last(above.session, outcome.bundle_id)
            outcome = self.world.deliver(above, path)
        if fate == "twice":
            assert self.world.deliver(above, path) == "bundle_repeated"
        if fate != "receipt lost" and not isinstance(outcome, str):
            self.world.deliver(below, outcome.receipt.path)

    def heal(self) -> None:
        """Everybody sends once more what no receipt has come for, the county last."""
        for desk, path in self.late:
            self.world.deliver(desk, path)
        for below, above in [*((town, self.world.county) for town in self.world.towns), (self.world.county, self.world.city)]:
            ids = exchange.unsubmitted_ids(below.session, with_unreceipted=True)
            path = self.world.export(below, ids) if ids else None
            if path is not None:
                self.travel(below, path, "sound", above)


def test_four_rounds__sticks_go_astray__everybody_agrees(tmp_path: Path) -> None:
    """Lost, repeated, late and reordered sticks and lost receipts are healed by sending once more."""
    with district(tmp_path, seed=4) as world:
        for town in world.towns:
            world.work(town, filed=2, edited=0)
        story = Rounds(world)
        for _ in range(3):
            story.play()
        story.play(clean=True)
        story.heal()
        assert agreement_faults(world, with_city=True) == []
        assert set(FATES) | {"bundle_repeated", "bundle_older"} <= set(world.seen)
