"""A machine that does anything a clerk or fate can do between two townships and their county, in any order."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from round_trip import Desk, District, agreement_faults, applied_twice, rows_of, sent_by

from db.domain.review import ReviewOutcome
from db.services import undoing

TOWNS = 2
EXPECTED = {"bundle_repeated", "bundle_older"}
towns = st.integers(0, TOWNS - 1)


class Exchange(RuleBasedStateMachine):
    """Whatever happened, one sound round at the end makes everybody agree."""

    sticks = Bundle("sticks")
    receipts = Bundle("receipts")
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="nuandang-states-"))
        shutil.copytree(self.template, self.folder, dirs_exist_ok=True)
        self.world = District(self.folder, seed=1, towns=TOWNS)
        self.revisions: dict[str, int] = {}

    @rule(town=towns)
    def file(self, town: int) -> None:
        """A new household."""
        self.world.file(self.world.towns[town], members=1)

    @rule(town=towns, which=st.integers(0, 3))
    def edit(self, town: int, which: int) -> None:
        """A change in one of the households."""
        desk = self.world.towns[town]
        ids = desk.own_ids
        if ids:
            self.world.edit(desk, ids[which % len(ids)])

    @rule(target=sticks, town=towns)
    def export(self, town: int) -> Path | None:
        """A stick with what is not submitted."""
        desk = self.world.towns[town]
        return desk.sent[-1] if self.world.export(desk) else None

    @rule(target=receipts, stick=sticks)
    def deliver(self, stick: Path | None) -> tuple[int, Path] | None:
        """Any stick ever written comes to the county."""
        if stick is None:
            return None
        outcome = self.world.deliver(self.world.county, stick, self.folder)
        if isinstance(outcome, str):
            assert outcome in EXPECTED
            return None
        town = next(index for index, desk in enumerate(self.world.towns) if stick in desk.sent)
        return town, outcome.receipt.path

    @rule(receipt=receipts)
    def bring_receipt(self, receipt: tuple[int, Path] | None) -> None:
        """Any receipt comes back, perhaps again."""
        if receipt is not None:
            town, path = receipt
            assert self.world.deliver(self.world.towns[town], path) != "bundle_older"

    @rule()
    def undo(self) -> None:
        """The county takes the last reception back, where nothing depends on it."""
        county = self.world.county.session
        offer = undoing.undoable(county)
        if offer and not offer.obstacle:
            undoing.undo_last(county, offer.bundle_id)
            self.world.note("undone")
            self.revisions = {}

    @rule(which=st.integers(0, 5), outcome=st.sampled_from(list(ReviewOutcome)))
    def review(self, which: int, outcome: ReviewOutcome) -> None:
        """The county says something of one of the households."""
        ids = sent_by(self.world.county.session)
        if ids:
            self.world.review(self.world.county, ids[which % len(ids)], outcome)

    @invariant()
    def nothing_goes_back_or_stands_twice(self) -> None:
        """The county never holds an older version than before, nor anything twice."""
        county = self.world.county.session
        held = {row["id"]: row["revision"] for row in rows_of(county, "SELECT id, revision FROM archive")}
        assert all(held[key] >= revision for key, revision in self.revisions.items())
        self.revisions = held
        assert applied_twice(county) == []

    def teardown(self) -> None:
        """One sound round; then everybody agrees."""
        try:
            for desk in self.world.towns:
                self._heal(desk)
            assert agreement_faults(self.world) == []
        finally:
            self.world.close()
            shutil.rmtree(self.folder)

    def _heal(self, desk: Desk) -> None:
        ids = desk.own_ids
        path = self.world.export(desk, ids, full=True) if ids else None
        if path:
            outcome = self.world.deliver(self.world.county, path)
            assert not isinstance(self.world.deliver(desk, outcome.receipt.path), str)


def test_any_order_of_acts__ends_in_agreement(tmp_path: Path) -> None:
    """No order of filing, editing, exporting, delivering and losing ends in two truths."""
    District(tmp_path / "template", seed=1, towns=TOWNS).close()
    Exchange.template = tmp_path / "template"
    run_state_machine_as_test(
        Exchange,
        settings=settings(
            max_examples=20, stateful_step_count=14, phases=(Phase.generate,), suppress_health_check=list(HealthCheck), print_blob=False
        ),
    )
