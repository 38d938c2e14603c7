"""A machine that does anything a clerk or fate can do between two townships and their county, in any order."""

import shutil
import tempfile
from pathlib import Path

from agreement import applied_twice, faults_between, faults_within, rows_of, sent_by, strangers
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from round_trip import Desk, District

from db.domain.review import ReviewOutcome
from db.services import answering, undoing

TOWNS, RUNS = 2, 10
EXPECTED = {"bundle_repeated", "bundle_older"}
towns = st.integers(0, TOWNS - 1)


class Exchange(RuleBasedStateMachine):
    """Whatever happened, one sound round at the end makes everybody agree."""

    sticks = Bundle("sticks")
    receipts = Bundle("receipts")
    answers = Bundle("answers")
    template: Path
    ended_well = 0

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

    @rule(target=answers, fate=st.sampled_from(["kept", "lost"]))
    def answer(self, fate: str) -> list[tuple[Desk, Path]]:
        """The county answers everybody it has something to say to."""
        county = self.world.county
        if not any(not plan.is_empty for plan in answering.answer_plans(county.session)):
            return []
        written = [(town, self.world.keep(path)) for town, path in self.world.answer(county, self.world.towns)]
        return written if fate == "kept" else []

    @rule(given=answers)
    def apply(self, given: list[tuple[Desk, Path]]) -> None:
        """Any answer comes, also an older one, also again."""
        for town, path in given:
            outcome = self.world.apply(town, path)
            assert not isinstance(outcome, str) or outcome in {"bundle_repeated", "answer_older"}

    def teardown(self) -> None:
        """One sound round, and one more for what the answer asked for; then everybody agrees."""
        try:
            for _ in range(2):
                self._sound_round()
            county = self.world.county.session
            faults = strangers(county, [town.session for town in self.world.towns])
            for town in self.world.towns:
                faults += faults_between(county, town.session) + faults_within(town, county)
            assert "\n".join(faults) == ""
            type(self).ended_well += 1
        finally:
            self.world.close()
            shutil.rmtree(self.folder)

    def _sound_round(self) -> None:
        county = self.world.county
        for town in self.world.towns:
            self.world.file(town, members=0)
            path = self.world.export(town)
            assert path and not isinstance(self.world.deliver(county, path), str)
        for town, path in self.world.answer(county, self.world.towns):
            assert not isinstance(self.world.apply(town, path), str)


def test_any_order_of_acts__ends_in_agreement(tmp_path: Path) -> None:
    """No order of filing, editing, exporting, delivering and losing ends in two truths."""
    District(tmp_path / "template", seed=1, towns=TOWNS).close()
    Exchange.template = tmp_path / "template"
    run_state_machine_as_test(
        Exchange,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=14,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    assert Exchange.ended_well >= RUNS
