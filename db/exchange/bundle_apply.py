"""Receive the inside of a bundle: judge it for a preview, or store it in the caller's one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from db.domain import validation
from db.exchange.bundle_beside import store_beside
from db.exchange.bundle_casework import CaseworkIntake
from db.exchange.bundle_compare import Judge, Judged, Verdict
from db.exchange.bundle_format import ACKNOWLEDGED, MalformedError, Manifest, Outcome
from db.exchange.bundle_papers import PaperIntake, TakesPapers, known_row
from db.exchange.bundle_records import (
    IncomingArchive,
    ReceiptLine,
    parse_archive,
    parse_receipt,
)
from db.exchange.bundle_register import RegisterIntake
from db.exchange.staging import Incoming
from db.store import bundle_store, hand_over_store, review_store
from db.store.archive_store import StoredArchive

_BATCH, _BATCH_BYTES = 200, 4 << 20


@dataclass(slots=True)
class ArchiveIntake(TakesPapers):
    """Takes an archives bundle. With *staging* everything is stored, without it only judged."""

    connection: Connection
    judge: Judge
    staging: Incoming | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    sent: Manifest | None = None
    _batch: list[IncomingArchive] = field(default_factory=list)
    _batch_bytes: int = 0
    _papers: PaperIntake = field(default_factory=PaperIntake)
    _casework: CaseworkIntake | None = None
    _register: RegisterIntake = field(default_factory=RegisterIntake)

    def manifest(self, manifest: Manifest) -> None:
        """The signed manifest."""
        self.sent = manifest
        below = {office.id for office in manifest.offices} - {self.judge.own_id} - self.judge.other_children
        self._register = RegisterIntake(frozenset({manifest.sender.id, *below}))
        self._papers.staging = self.staging

    def record(self, line: bytes) -> None:
        """An entry of a register, or an archive."""
        if self._register.take(line):
            return
        incoming = parse_archive(line)
        self.judge.note(incoming)
        self._batch.append(incoming)
        self._batch_bytes += len(line)
        if len(self._batch) >= _BATCH or self._batch_bytes >= _BATCH_BYTES:
            self._settle()

    def records_done(self) -> None:
        """All archives have come."""
        self._settle()
        if self.staging is not None:
            self._register.store(self.connection)
        self._register.papers.settle(self.connection, self._papers, keep=self.staging is not None)

    def _settle(self) -> None:
        judged = self.judge.judge(self._batch)
        self._batch, self._batch_bytes = [], 0
        self.verdicts.extend(item.verdict for item in judged)
        papers = bundle_store.papers_held(
            self.connection, [paper.id for item in judged for paper in item.incoming.attachments]
        )
        new, known = self._take_papers(judged, set(papers))
        if self.staging is not None:
            self._store(judged)
            bundle_store.store_papers(self.connection, new, known)
            self._store_casework(judged)
            self._store_beside(judged)

    def _store_beside(self, judged: list[Judged]) -> None:
        """Reviews, hand-overs and merges; a review may be new where the archive itself is not."""
        for item in judged:
            if not item.incoming.beside.is_empty and item.verdict.outcome in ACKNOWLEDGED:
                store_beside(
                    self.connection, item.incoming.id, item.incoming.beside, item.held, self.judge.own_id, self.judge.trust
                )
                self._follow_owner(item)
        with_reviews = [item.incoming.id for item in judged if item.incoming.beside.reviews]
        review_store.follow_reviews(self.connection, with_reviews)

    def _follow_owner(self, item: Judged) -> None:
        """An archive that moved among the offices below the sender has another owner, though nothing else changed."""
        if item.stored and item.verdict.outcome is Outcome.SAME and self.judge.has_moved(item.incoming, item.stored):
            hand_over_store.set_owner(self.connection, item.incoming.id, item.incoming.office_id)

    def _store(self, judged: list[Judged]) -> None:
        stored = [item for item in judged if item.verdict.is_stored]
        # of a version that is here, older revisions may still be missing: an office restored a backup in between
        with_history = [*stored, *(item for item in judged if item.verdict.outcome is Outcome.SAME)]
        held = bundle_store.revisions_held(self.connection, [item.incoming.id for item in with_history])
        bundle_store.store_received(
            self.connection,
            new=[received_archive(item.incoming) for item in stored if item.stored is None],
            changed=[received_archive(item.incoming, item.stored) for item in stored if item.stored is not None],
            revisions=[
                {"archive_id": item.incoming.id, **row}
                for item in with_history
                for row in item.incoming.revisions
                if (item.incoming.id, row["revision"]) not in held
            ],
        )

    def _store_casework(self, judged: list[Judged]) -> None:
        """Worksheets, assessments and decisions; also of an archive that an older program received without them."""
        if self._casework is None:
            assert self.sent
            sender = self.sent.sender
            self._casework = CaseworkIntake(self.connection, sender.id, self.sent.created_at, sender.name)
        for item in judged:
            self._casework.note(item.incoming.casework)
        held = [item for item in judged if item.verdict.is_stored or item.verdict.outcome is Outcome.SAME]
        self._casework.store([(item.incoming.id, item.incoming.casework) for item in held])

    # -- papers

    def _take_papers(self, judged: list[Judged], held: set[str]) -> tuple[list[bundle_store.Row], list[bundle_store.Row]]:
        """Note which files are needed; the rows of new papers and of those to bring up to date.

        A version that is here already may still bring papers: somebody made the same change twice, on two machines.
        """
        new: list[bundle_store.Row] = []
        known: list[bundle_store.Row] = []
        for item in judged:
            papers = item.incoming.attachments
            if item.verdict.is_stored or item.verdict.outcome is Outcome.SAME:
                new += self._papers.new_rows(item.incoming.id, papers, held)
            for paper in papers:
                self._papers.expect(paper, is_new=False)
            if item.verdict.is_stored:
                known += [known_row(paper) for paper in papers if paper.id in held]
        return new, known

    def items(self) -> list[bundle_store.Row]:
        """The rows of the bundle's record: archive, revision, outcome."""
        return [
            {"archive_id": verdict.archive_id, "revision": verdict.revision, "outcome": verdict.outcome.value}
            for verdict in self.verdicts
        ]


def received_archive(incoming: IncomingArchive, before: StoredArchive | None = None) -> StoredArchive:
    """The archive as this office keeps it: the sender's content and owner, our own state towards the office above."""
    missing = validation.missing_count(incoming.content)
    return StoredArchive(
        id=incoming.id,
        archive_number=incoming.archive_number,
        office_id=incoming.office_id,
        revision=incoming.revision,
        is_complete=incoming.is_complete and not missing,
        missing_count=missing,
        created_at=incoming.created_at,
        updated_at=incoming.updated_at,
        updated_by=incoming.updated_by,
        exported_revision=before.exported_revision if before else 0,
        exported_sequence=before.exported_sequence if before else 0,
        acknowledged_revision=before.acknowledged_revision if before else 0,
        acknowledged_at=before.acknowledged_at if before else None,
        confirmations=incoming.confirmations,
        content=incoming.content,
    )


@dataclass(slots=True)
class ReceiptIntake:
    """Takes a receipt: what the office above did with each archive of one of our bundles."""

    lines: list[ReceiptLine] = field(default_factory=list)
    sent: Manifest | None = None

    def manifest(self, manifest: Manifest) -> None:
        """The signed manifest; it must say which bundle it answers."""
        if manifest.answers is None:
            raise MalformedError("回执没有说明是哪一包")
        self.sent = manifest

    def record(self, line: bytes) -> None:
        """One archive's outcome."""
        self.lines.append(parse_receipt(line))

    def records_done(self) -> None:
        """All outcomes have come."""

    def begin_attachment(self, sha256: str, size: int) -> None:
        """A receipt carries no files."""
        raise MalformedError("回执里不应有附件")

    def attachment_bytes(self, data: bytes) -> None:
        """Never reached: no file begins."""

    def end_attachment(self) -> None:
        """Never reached: no file begins."""

    def finish(self) -> None:
        """Nothing is held back."""

    def acknowledged(self) -> Iterable[tuple[str, int]]:
        """Archives and revisions the office above holds now."""
        return [(line.archive_id, line.revision) for line in self.lines if line.outcome in ACKNOWLEDGED]
