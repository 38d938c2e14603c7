"""Keeps a visit while it is written: soon after the last key, at once when asked, and stores it when it is done."""

from PySide6.QtCore import QObject, QTimer, Signal

from db.domain.means_flow import people_of
from db.domain.records.home_visit import HOME_VISIT
from db.domain.records.visit_knowledge import changed_items
from db.errors import NuandangError
from db.services import archiving, attachments, home_visits
from db.services.home_visits import VisitDraft
from db.services.office import OfficeSession
from db.services.records import Record
from desktop.records.records_flow import RecordAnswers

QUIET_MS, LONGEST_MS = 1000, 2000


class VisitKeeper(QObject):
    """One visit: its answers, what is known of the household, and the draft."""

    kept = Signal(str)  # moment, ISO
    failed = Signal(str)  # sentence

    def __init__(self, session: OfficeSession, draft: VisitDraft, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self.draft = session, draft
        self.archive = archiving.load_archive(session, draft.archive_id)
        self.before: Record | None = home_visits.last_answers(session, draft.archive_id, draft.record_id)
        self.known = home_visits.known_of(session, draft.archive_id)
        people = people_of(self.archive.content, session.today)
        self.flow = RecordAnswers(HOME_VISIT, draft.content, people=people, papers=self._papers(), raw=draft.raw)
        self._dirty = False
        self._quiet, self._longest = self._timer(QUIET_MS), self._timer(LONGEST_MS)

    def _papers(self) -> dict[str, str]:
        return {each.id: each.name for each in attachments.list_attachments(self._session, self.draft.archive_id)}

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self._keep_by_itself)
        return timer

    @property
    def name(self) -> str:
        """Whose household it is."""
        return self.archive.content.text("name") or "未填姓名"

    def changed(self) -> set[str]:
        """The items answered otherwise than last time."""
        return changed_items(self.flow.content(), self.before.content if self.before else None)

    # -- keeping

    def touch(self) -> None:
        """Something was written: keep it soon."""
        self._dirty = True
        self._quiet.start()
        if not self._longest.isActive():
            self._longest.start()

    def stand_at(self, step: str) -> None:
        """Remember the step in front, for coming back."""
        self.draft.step = step

    def keep(self) -> None:
        """Keep the visit now, unless it is kept as it stands."""
        if self._dirty:
            self.draft.content, self.draft.raw = self.flow.content(), dict(self.flow.raw)
            home_visits.save_draft(self._session, self.draft)
            self._stop()
            self.kept.emit(self.draft.updated_at)

    def _keep_by_itself(self) -> None:
        try:
            self.keep()
        except (NuandangError, OSError) as fault:
            # writing goes on; the sentence stands at the top, and the next try follows
            self.failed.emit(str(fault))
            self._longest.start()

    def finish(self) -> Record:
        """Store the visit; UserError says what is wrong, and the draft stays."""
        self.draft.content, self.draft.raw = self.flow.content(), dict(self.flow.raw)
        made = home_visits.finish_visit(self._session, self.draft)
        self._stop()
        return made

    def discard(self) -> None:
        """Give the visit up."""
        self._stop()
        home_visits.discard_draft(self._session, self.draft.archive_id)

    def _stop(self) -> None:
        self._dirty = False
        self._quiet.stop()
        self._longest.stop()
