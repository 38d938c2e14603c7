"""Archives that come down with an answer: the copy held above of an own one, or a household that moves here."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from db.domain import validation
from db.domain.hand_over import last_accepted
from db.domain.review import with_given_number
from db.exchange.bundle_answer import HELD, ArchiveLine
from db.exchange.bundle_apply import received_archive
from db.exchange.bundle_beside import Trust, beside_fault, held_beside
from db.exchange.bundle_casework import CaseworkIntake
from db.exchange.bundle_compare import archive_fault
from db.exchange.bundle_format import Outcome
from db.exchange.bundle_history import Branch, branch_of, held_versions
from db.exchange.bundle_papers import PaperIntake, known_row
from db.exchange.bundle_records import IncomingArchive
from db.services import reconciling
from db.services.answer_news import AnswerNews, ArchiveNews
from db.services.bundle_outcomes import OUTCOME_LABELS
from db.services.hand_over_arrivals import take_over, take_over_fault
from db.services.office import OfficeSession
from db.store import archive_store, bundle_store, retention_store, review_store
from db.store.archive_store import StoredArchive


@dataclass(slots=True)
class ArchivesFromAbove:
    """Takes the archive lines of one answer."""

    connection: Connection
    session: OfficeSession
    trust: Trust
    sender_name: str
    bundle_id: str
    news: AnswerNews

    def take(self, line: ArchiveLine, papers: PaperIntake) -> None:
        """One archive."""
        for paper in line.archive.attachments:
            papers.expect(paper, is_new=False)
        destroyed = retention_store.destroyed_on(self.connection, [line.archive.id])
        if destroyed:  # its number is all that may be said
            self.news.notes.append(f"{line.archive.archive_number}：保管期满，已在本单位销毁，没有取回。")
            return
        fault = archive_fault(self.connection, line.archive, self.session.today)
        if fault:
            self._note(line.archive, f"{fault}，没有采用")
        elif line.purpose == HELD:
            self._take_held(line.archive, papers)
        else:
            self._take_over(line.archive, papers)

    def _take_over(self, incoming: IncomingArchive, papers: PaperIntake) -> None:
        """A household moves here: its archive becomes this office's own."""
        held = held_beside(self.connection, [incoming.beside])
        fault = beside_fault(incoming.beside, self.trust, held, incoming.id)
        fault = fault or take_over_fault(self.session, incoming, incoming.beside.hand_overs)
        if fault:
            self._note(incoming, f"{fault}，没有接手")
            return
        rows = self._new_papers(incoming, papers)
        source = (self.trust.sender_id, self.sender_name, self.session.now)
        taken = take_over(self.connection, self.session, incoming, rows, source)
        if taken is None:
            bundle_store.store_papers(self.connection, rows, [])
            return
        review_store.follow_reviews(self.connection, [taken.id])
        row = last_accepted(incoming.beside.hand_overs)
        assert row is not None
        news = _news(taken, "")
        told = f"{news.label}：由“{row['from_office_name']}”移交到本单位，以后在这里管理。"
        self.news.moved.append(replace(news, text=told))

    def _take_held(self, incoming: IncomingArchive, papers: PaperIntake) -> None:
        """An own archive is brought together with the copy; one of an office below only goes on from what is here."""
        stored = archive_store.load(self.connection, incoming.id)
        own = self.session.office.id
        if incoming.office_id == own and stored is None:
            self._bring_back(incoming, papers)
        elif stored is not None and stored.office_id == incoming.office_id == own:
            self._reconcile(stored, incoming, papers)
        elif stored is not None and stored.office_id == incoming.office_id:
            self._go_on(stored, incoming, papers)

    def _note(self, incoming: IncomingArchive, told: str) -> None:
        self.news.notes.append(f"{incoming.archive_number} {incoming.content.text('name')}：{told}。")

    def _new_papers(self, incoming: IncomingArchive, papers: PaperIntake) -> list[bundle_store.Row]:
        held = bundle_store.papers_held(self.connection, [paper.id for paper in incoming.attachments])
        return papers.new_rows(incoming.id, incoming.attachments, held)

    # -- archives of this office

    def _bring_back(self, incoming: IncomingArchive, papers: PaperIntake) -> None:
        """An own archive that a restored backup did not have."""
        stored = received_archive(incoming)
        self._store(stored, incoming, papers, is_new=True)
        self.news.reconciled.append(_news(stored, "这台电脑里没有，从上级取回"))

    def _store(self, stored: StoredArchive, incoming: IncomingArchive, papers: PaperIntake, *, is_new: bool) -> None:
        known = bundle_store.revisions_held(self.connection, [stored.id])
        bundle_store.store_received(
            self.connection,
            new=[stored] if is_new else [],
            changed=[] if is_new else [stored],
            revisions=[
                {"archive_id": stored.id, **row}
                for row in incoming.revisions
                if (stored.id, row["revision"]) not in known
            ],
        )
        rows = self._new_papers(incoming, papers)
        new = {row["id"] for row in rows}
        known_papers = [known_row(paper) for paper in incoming.attachments if paper.id not in new]
        bundle_store.store_papers(self.connection, rows, known_papers)
        casework = CaseworkIntake(self.connection, self.trust.sender_id, self.session.now, self.sender_name)
        casework.note(incoming.casework)
        casework.store([(stored.id, incoming.casework)])

    def _reconcile(self, stored: StoredArchive, incoming: IncomingArchive, papers: PaperIntake) -> None:
        bundle_store.store_papers(self.connection, self._new_papers(incoming, papers), [])
        told = reconciling.reconcile(
            self.connection,
            self.session,
            stored,
            incoming,
            source="above",
            source_name=self.sender_name,
            bundle_id=self.bundle_id,
        )
        if told.outcome is Outcome.SAME:
            return
        counted = [f"{len(told.conflicts)} 处两边不同，请选定"] if told.conflicts else []
        words = "；".join([OUTCOME_LABELS[told.outcome], *counted, *told.notes])
        self.news.reconciled.append(
            replace(_news(stored, words), changes=tuple(told.changes), conflicts=tuple(told.conflicts))
        )

    # -- archives of offices below

    def _go_on(self, stored: StoredArchive, incoming: IncomingArchive, papers: PaperIntake) -> None:
        """This office restored a backup and the one above has more: take it. Where both differ, the archive's office decides."""
        if incoming.revision == stored.revision:
            return
        common = held_versions(self.connection, {stored.id: min(stored.revision, incoming.revision)}).get(stored.id)
        branch = branch_of(incoming, stored.revision, common)
        if branch is Branch.APART:
            self._note(incoming, f"{self.sender_name}的第 {incoming.revision} 版与这里的不同，等报送单位选定，这里的没有改动")
        elif branch is Branch.CONTINUES:
            given = review_store.given_numbers(self.connection, [stored.id]).get(stored.id, "")
            stored.content = with_given_number(incoming.content, given)
            stored.revision, stored.confirmations = incoming.revision, incoming.confirmations
            stored.missing_count = validation.missing_count(stored.content)
            stored.is_complete = incoming.is_complete and not stored.missing_count
            stored.updated_at, stored.updated_by = incoming.updated_at, incoming.updated_by
            self._store(stored, incoming, papers, is_new=False)
            self.news.reconciled.append(_news(stored, f"接着第 {incoming.revision} 版"))


def _news(stored: StoredArchive, words: str) -> ArchiveNews:
    return ArchiveNews(
        archive_id=stored.id,
        archive_number=stored.archive_number,
        name=stored.content.text("name"),
        text=words,
        revision=stored.revision,
    )


