"""Archives that come down with an answer: the copy held above of an own one, or a household that moves here."""

from dataclasses import dataclass

from sqlalchemy import Connection

from db.exchange.bundle_answer import HELD, ArchiveLine
from db.exchange.bundle_beside import Trust
from db.exchange.bundle_format import Outcome
from db.exchange.bundle_papers import PaperIntake
from db.exchange.bundle_records import IncomingArchive
from db.services import reconciling
from db.services.answer_news import AnswerNews, ArchiveNews
from db.services.office import OfficeSession
from db.store import archive_store, bundle_store
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
        if line.purpose == HELD:
            self._take_held(line.archive, papers)

    def _take_held(self, incoming: IncomingArchive, papers: PaperIntake) -> None:
        stored = archive_store.load(self.connection, incoming.id)
        if stored is not None and stored.office_id == self.session.office.id:
            self._reconcile(stored, incoming, papers)

    def _reconcile(self, stored: StoredArchive, incoming: IncomingArchive, papers: PaperIntake) -> None:
        held = bundle_store.papers_held(self.connection, [paper.id for paper in incoming.attachments])
        rows = papers.new_rows(stored.id, incoming.attachments, held)
        for paper in incoming.attachments:
            papers.expect(paper, is_new=False)
        bundle_store.store_papers(self.connection, rows, [])
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
        self.news.reconciled.append(
            ArchiveNews(
                archive_id=stored.id,
                archive_number=stored.archive_number,
                name=stored.content.text("name"),
                text="；".join(told.notes),
                revision=told.revision,
                changes=tuple(told.changes),
                conflicts=tuple(told.conflicts),
            )
        )


