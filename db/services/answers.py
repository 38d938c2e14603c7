"""An answer from the office above: looked at, then applied whole or not at all, in any order and any number of times.

The preview is the application itself inside a savepoint that is taken back, so that what was shown is what is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from db.errors import Progress, UserError
from db.exchange.bundle_answer import AnswerHead, ArchiveLine, StateLine
from db.exchange.bundle_answer_apply import AnswerIntake, SentDown
from db.exchange.bundle_beside import Trust
from db.exchange.bundle_format import BundleKind, Manifest
from db.exchange.bundle_papers import PaperIntake
from db.exchange.staging import Incoming, Nowhere
from db.services.answer_archives import ArchivesFromAbove
from db.services.answer_news import AnswerNews, AnswerOutcome, AnswerPreview
from db.services.answer_sent_down import SentDownIntake
from db.services.answer_states import StateIntake
from db.services.bundle_opening import Addressed, cover_values, received_row
from db.services.office import OfficeSession, write_journal
from db.store import answer_store, bundle_store

_SAVEPOINT = "answer_preview"


@dataclass(slots=True)
class _Application:
    """Applies the lines of one answer in the caller's transaction and notes what is news."""

    connection: Connection
    session: OfficeSession
    sender: bundle_store.Row
    bundle_id: str
    news: AnswerNews = field(default_factory=AnswerNews)
    state_count: int = 0
    _states: StateIntake | None = None
    _archives: ArchivesFromAbove | None = None
    _sent_down: SentDownIntake | None = None

    def begin(self, manifest: Manifest, head: AnswerHead) -> None:
        """Everything that follows depends on the first line."""
        self.news.as_of = head.as_of
        session, sender = self.session, self.sender
        trust = Trust(session.office.id, session.office.level, sender["id"], sender["level"])
        self._archives = ArchivesFromAbove(self.connection, session, trust, sender["name"], self.bundle_id, self.news)
        overtaken = bundle_store.last_bundle(self.connection, "received", sender["id"])[0] > manifest.sequence
        self._states = StateIntake(self.connection, session, trust, sender["name"], head, self.news, overtaken)
        self._sent_down = SentDownIntake(self.connection, session, sender, manifest.created_at, self.news)
        names = {office.id: office.name for office in head.siblings if office.id != session.office.id}
        bundle_store.learn_office_names(self.connection, names)

    def sent_down(self, line: SentDown) -> None:
        """A policy, calendar, quota or circular."""
        assert self._sent_down
        self._sent_down.take(line)

    def archive(self, line: ArchiveLine, papers: PaperIntake) -> None:
        """A copy held above, or a household that moves here."""
        assert self._archives
        self._archives.take(line, papers)

    def states(self, lines: Sequence[StateLine]) -> None:
        """What is held above, and what is said of it."""
        assert self._states
        self.state_count += len(lines)
        self._states.take(lines)

    def done(self) -> None:
        """What was not mentioned is not there."""
        assert self._states and self._sent_down
        self._states.finish()
        self._sent_down.finish()


def _read(
    connection: Connection,
    session: OfficeSession,
    addressed: Addressed,
    incoming: Incoming,
    bundle_id: str,
    progress: Progress | None,
) -> tuple[AnswerIntake, _Application]:
    cover = addressed.bundle.cover
    last = answer_store.last_answer(connection, addressed.partner["id"])
    if cover.sequence <= last:
        raise UserError("answer_older", sequence=cover.sequence, sender=addressed.partner["name"], last=last)
    application = _Application(connection, session, addressed.partner, bundle_id)
    intake = AnswerIntake(application, incoming)
    addressed.read(session, intake, progress)
    return intake, application


def preview_bundle(
    connection: Connection, session: OfficeSession, addressed: Addressed, progress: Progress | None
) -> AnswerPreview:
    """Verify an answer completely and tell what applying it would change; nothing is changed."""
    connection.exec_driver_sql(f"SAVEPOINT {_SAVEPOINT}")
    try:
        _, application = _read(connection, session, addressed, Nowhere(), "", progress)
    finally:
        connection.exec_driver_sql(f"ROLLBACK TO {_SAVEPOINT}")
        connection.exec_driver_sql(f"RELEASE {_SAVEPOINT}")
    news = application.news
    return AnswerPreview(
        **{**cover_values(addressed), "archive_count": application.state_count},
        **_counts(news),
        news=news,
    )


def _counts(news: AnswerNews) -> dict[str, Any]:
    return {
        "changed_count": len(news.reconciled),
        "acknowledged_count": len(news.acknowledged),
        "set_aside_count": len(news.set_aside),
    }


def apply_bundle(
    connection: Connection,
    session: OfficeSession,
    addressed: Addressed,
    incoming: Incoming,
    bundle_id: str,
    progress: Progress | None,
) -> AnswerOutcome:
    """Apply an answer and put it on record, within the caller's transaction."""
    intake, application = _read(connection, session, addressed, incoming, bundle_id, progress)
    assert intake.sent
    news = application.news
    counts = _counts(news)
    summary: dict[str, Any] = {
        **counts,
        "as_of": news.as_of,
        "reasons": {item.archive_id: item.text for item in news.set_aside},
        "missing": news.missing,
    }
    bundle_store.insert_bundle(connection, received_row(session, addressed, intake.sent, summary, bundle_id), [])
    write_journal(connection, session, "receive_answer", {"sequence": intake.sent.sequence, **counts})
    return AnswerOutcome(
        bundle_id=bundle_id,
        kind=BundleKind.ANSWER.value,
        sender_name=addressed.partner["name"],
        sequence=intake.sent.sequence,
        answered_sequence=0,
        archive_count=application.state_count,
        new_count=0,
        same_count=0,
        duplicate_count=0,
        attachment_count=intake.papers_stored,
        **counts,
        news=news,
    )
