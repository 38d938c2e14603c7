"""Keeps a visit while it is written: soon after the last key, at once when asked, and stores it when it is done."""

from PySide6.QtCore import QObject

from db.domain.means_flow import people_of
from db.domain.records.home_visit import HOME_VISIT
from db.domain.records.visit_knowledge import changed_items
from db.services import archiving, attachments, home_visits
from db.services.home_visits import VisitDraft
from db.services.office import OfficeSession
from db.services.records import Record
from desktop.forms.self_keeper import SelfKeeper
from desktop.records.records_flow import RecordAnswers


class VisitKeeper(SelfKeeper):
    """One visit: its answers, what is known of the household, and the draft."""

    def __init__(self, session: OfficeSession, draft: VisitDraft, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self.draft = session, draft
        self.archive = archiving.load_archive(session, draft.archive_id)
        self.before: Record | None = home_visits.last_answers(session, draft.archive_id, draft.record_id)
        self.known = home_visits.known_of(session, draft.archive_id)
        people = people_of(self.archive.content, session.today)
        self.flow = RecordAnswers(HOME_VISIT, draft.content, people=people, papers=self._papers(), raw=draft.raw)

    def _papers(self) -> dict[str, str]:
        return {each.id: each.name for each in attachments.list_attachments(self._session, self.draft.archive_id)}

    @property
    def name(self) -> str:
        """Whose household it is."""
        return self.archive.content.text("name") or "未填姓名"

    def changed(self) -> set[str]:
        """The items answered otherwise than last time."""
        return changed_items(self.flow.content(), self.before.content if self.before else None)

    # -- keeping

    def stand_at(self, step: str) -> None:
        """Remember the step in front, for coming back."""
        self.draft.step = step

    def write(self) -> str:
        """Keep the visit as it stands."""
        self._take()
        home_visits.save_draft(self._session, self.draft)
        return self.draft.updated_at

    def _take(self) -> None:
        self.draft.content, self.draft.raw = self.flow.content(), dict(self.flow.raw)

    def finish(self) -> Record:
        """Store the visit; UserError says what is wrong, and the draft stays."""
        self._take()
        made = home_visits.finish_visit(self._session, self.draft)
        self.stop()
        return made

    def discard(self) -> None:
        """Give the visit up."""
        self.stop()
        home_visits.discard_draft(self._session, self.draft.archive_id)
