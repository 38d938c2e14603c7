"""Keeps a draft: takes the flow's state, stores it soon after the last key and at once when asked."""

from PySide6.QtCore import QObject

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_flow import FormFlow, Place
from db.services import archiving, drafts, revisions
from db.services.drafts import Draft
from db.services.office import OfficeSession
from desktop.forms.self_keeper import SelfKeeper


class DraftKeeper(SelfKeeper):
    """One draft and its flow; nothing typed waits longer than two seconds to be stored."""

    def __init__(self, session: OfficeSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.draft = drafts.start_draft(session)
        self.flow = self._flow()

    def take(self, draft: Draft) -> None:
        """Keep *draft* from now on."""
        self.stop()
        self.draft = draft
        self.flow = self._flow()

    def _flow(self) -> FormFlow:
        draft = self.draft
        return FormFlow(ARCHIVE_FORM, draft.content, self._session.circumstances, draft.raw, draft.confirmations)

    def stand_at(self, step: int, place: Place | None) -> None:
        """Remember where the clerk stands, for coming back."""
        self.draft.step = ARCHIVE_FORM.sections[step].key
        self.draft.field_key = place.path if place else ""

    def write(self) -> str:
        """Store the draft as it stands."""
        draft, flow = self.draft, self.flow
        draft.content, draft.raw, draft.confirmations = flow.content, flow.raw, flow.confirmations
        drafts.save_draft(self._session, draft)
        return draft.updated_at

    def save(self) -> None:
        """Store the draft now, whether or not anything was typed."""
        self.touch()
        self.keep()

    def ensure_archive(self) -> str:
        """The archive the draft belongs to; a new household is stored as an unfinished archive first."""
        draft = self.draft
        if draft.archive_id is None:
            content, confirmed = self.flow.asked(), self.flow.confirmations
            archive = archiving.save_archive(self._session, content, confirmations=confirmed, draft_id=draft.id)
            draft.archive_id, draft.base_revision = archive.id, archive.revision
            self.save()
        assert draft.archive_id
        return draft.archive_id

    def follow_additions(self) -> None:
        """What is added beside the form makes revisions of its own; only those may pass the draft's base by."""
        draft = self.draft
        if draft.archive_id is None:
            return
        newer = [
            entry
            for entry in revisions.archive_history(self._session, draft.archive_id)
            if entry.revision > draft.base_revision
        ]
        if newer and all(entry.leaves_form for entry in newer):
            draft.base_revision = newer[0].revision
            if draft.updated_at:
                self.save()

    def discard(self) -> None:
        """Throw the draft away."""
        self.stop()
        drafts.discard_draft(self._session, self.draft.id)
