"""Random series of what happens between a township and its county; a clean exchange at the end makes both agree."""

import random
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from factories import PASSPHRASE, file_household
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from neighbours import town_and_county

from db.domain.review import ReviewOutcome
from db.errors import UserError
from db.services import answering, archiving, backups, exchange, reviewing, undoing
from db.services import office as offices
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput
from db.services.sending import BundleSummary
from db.store import archive_store, bundle_store

STEPS = (
    *("file", "edit", "edit", "export", "receive", "receipt", "review", "answer", "apply", "repeat", "undo"),
    *("back_up", "restore", "keep_county", "restore_county"),
)
FIELDS = ("mobile_phone", "home_address", "bank_account")


@dataclass
class Series:
    """The two offices, and every bundle that was written and may still lie about on a stick."""

    town: OfficeSession
    county: OfficeSession
    stick: Path
    chance: random.Random
    ups: list[Path] = field(default_factory=list)
    receipts: list[Path] = field(default_factory=list)
    answers: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    county_kept: list[Path] = field(default_factory=list)
    edits: int = 0

    def step(self, name: str) -> None:
        """Do one thing; what the program refuses with a sentence changes nothing."""
        act: Callable[[], object] = getattr(self, name)
        try:
            act()
        except UserError as fault:
            assert fault.text().endswith("。"), fault.text()

    def _own(self) -> list[str]:
        return archiving.archive_ids(self.town, archiving.ArchiveQuery())

    def file(self) -> None:
        """A new household."""
        self.edits += 1
        file_household(self.town, f"{self.edits}", members=1)

    def edit(self) -> None:
        """Change a field of one of them."""
        if own := self._own():
            archive_id = self.chance.choice(own)
            content = archiving.load_archive(self.town, archive_id).content.copy()
            self.edits += 1
            content.values[self.chance.choice(FIELDS)] = f"139{self.edits:08d}"
            archiving.save_archive(self.town, content, archive_id)

    def export(self) -> None:
        """What has not gone up yet."""
        self.ups.append(exchange.export_bundle(self.town, None, self.stick).path)

    def _one(self, paths: list[Path]) -> Path | None:
        """Mostly the newest; sometimes an older one turns up, and what is never picked is lost."""
        if not paths:
            return None
        return paths[-1] if self.chance.random() < 0.7 else self.chance.choice(paths)

    def receive(self) -> None:
        """The county reads a stick."""
        if path := self._one(self.ups):
            outcome = exchange.receive_bundle(self.county, path)
            if outcome.receipt:
                self.receipts.append(outcome.receipt.path)

    def receipt(self) -> None:
        """The township reads a receipt."""
        if path := self._one(self.receipts):
            exchange.receive_bundle(self.town, path)

    def review(self) -> None:
        """The county decides on one."""
        if held := archiving.archive_ids(self.county, archiving.ArchiveQuery()):
            self.edits += 1
            number = f"34{self.edits:010d}" if self.chance.random() < 0.3 else ""
            given_review = ReviewInput(ReviewOutcome.APPROVED, worker_number=number)
            reviewing.review(self.county, self.chance.choice(held), given_review)

    def answer(self) -> None:
        """The county writes an answer."""
        self.answers.append(answering.write_answer(self.county, self.town.office.id, self.stick).path)

    def apply(self) -> None:
        """The township reads an answer."""
        if path := self._one(self.answers):
            exchange.receive_bundle(self.town, path)

    def repeat(self) -> None:
        """Everything that lies about is read once more."""
        for path in self.ups[-2:]:
            exchange.receive_bundle(self.county, path)

    def undo(self) -> None:
        """The county takes the last reception back."""
        last = undoing.undoable(self.county)
        if last is not None:
            undoing.undo_last(self.county, last.bundle_id)

    def back_up(self) -> None:
        """The township backs up."""
        self.kept.append(backups.back_up(self.town, self.stick).path)

    def restore(self) -> None:
        """Its computer breaks; it goes on with the last backup."""
        if self.kept:
            self.town = self._again(self.town, self.kept[-1])

    def keep_county(self) -> None:
        """The county backs up."""
        self.county_kept.append(backups.back_up(self.county, self.stick).path)

    def restore_county(self) -> None:
        """So does the county's computer."""
        if self.county_kept:
            self.county = self._again(self.county, self.county_kept[-1])

    def _again(self, office: OfficeSession, backup: Path) -> OfficeSession:
        folder = office.folder.with_name(f"again-{self.chance.randrange(10**9)}")
        office.close()
        backups.restore_backup(backup, folder, PASSPHRASE)
        return offices.open_office(folder, PASSPHRASE)

    def settle(self) -> None:
        """Clean exchanges until nothing is left to send: what went up is read, and so is the answer."""
        for attempt in range(6):
            # nobody knows of a last bundle that it is lost until a later one has come: what has no receipt goes out again
            if ids := exchange.unsubmitted_ids(self.town, with_unreceipted=attempt == 0):
                self._carry(self.town, self.county, partial(exchange.export_bundle, self.town, ids, self.stick))
            write = partial(answering.write_answer, self.county, self.town.office.id, self.stick, full=attempt == 0)
            self._carry(self.county, self.town, write)
        assert not exchange.unsubmitted_ids(self.town)

    def _carry(self, sender: OfficeSession, receiver: OfficeSession, write: Callable[[], BundleSummary]) -> None:
        """A bundle that arrives; an office restored twice from one backup is told by phone which numbers are taken."""
        try:
            exchange.receive_bundle(receiver, write().path)
        except UserError as fault:
            assert fault.code in {"bundle_older", "answer_older"}
            exchange.continue_numbering(sender, receiver.office.id, fault.context["last"])
            exchange.receive_bundle(receiver, write().path)

    def assert_agreed(self) -> None:
        """Content, revision, what counts as held, and which review counts."""
        own = self._own()
        assert sorted(own) == sorted(archiving.archive_ids(self.county, archiving.ArchiveQuery()))
        for archive_id in own:
            with self.town.database.reading() as connection:
                here = archive_store.load(connection, archive_id)
            with self.county.database.reading() as connection:
                there = archive_store.load(connection, archive_id)
                assert bundle_store.delivered_by(connection, [archive_id]) == {archive_id: self.town.office.id}
            assert here and there
            assert here.content.to_json() == there.content.to_json()
            assert here.revision == there.revision == here.acknowledged_revision
            mine, theirs = (
                [(entry.id, entry.is_last) for entry in reviewing.list_reviews(session, archive_id)]
                for session in (self.town, self.county)
            )
            assert mine == theirs


@settings(max_examples=14, phases=[Phase.generate])  # an example takes a second: too long to look for a smaller one
@given(st.lists(st.sampled_from(STEPS), min_size=6, max_size=24), st.randoms(use_true_random=False))
def test_series__a_clean_exchange_at_the_end__makes_both_agree(steps: list[str], chance: random.Random) -> None:
    """Nothing is lost or taken twice, whatever was lost, late, repeated, undone or restored on the way."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        town, county, stick = stack.enter_context(town_and_county(Path(folder)))
        series = Series(town, county, stick, chance)
        for name in ("file", *steps):
            series.step(name)
        series.settle()
        series.assert_agreed()
        series.town.close()
        series.county.close()


