"""Keeps one worksheet: what is typed is stored as a draft within two seconds, and as a version when the clerk saves."""

from PySide6.QtCore import QObject

from db.domain.means_flow import MeansFlow
from db.domain.means_form import MeansContent
from db.services import attachments, means, means_drafts
from db.services.archiving import Archive
from db.services.means import Means
from db.services.means_drafts import MeansDraft
from db.services.office import OfficeSession
from db.services.ownership import standing_of
from desktop.forms.self_keeper import SelfKeeper

YEARS_BACK = 3


class SheetKeeper(SelfKeeper):
    """The worksheet of one archive and year, its draft and its stored version."""

    def __init__(self, session: OfficeSession, archive: Archive, year: int, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.archive = archive
        self.stored: Means | None = means.load_means(session, archive.id, year)
        self._draft = means_drafts.load_means_draft(session, archive.id, year)
        self.flow = self._begin(year)

    def _begin(self, year: int) -> MeansFlow:
        draft = self._draft
        if draft is not None:
            return self._flow(draft.content, draft.raw)
        return self._flow(self.stored.content if self.stored else self._empty(year))

    def _empty(self, year: int) -> MeansContent:
        """A worksheet to begin with; nothing is proposed for a household that another office looks after."""
        own = standing_of(self._session, self.archive.id).may_change
        return means.new_means(self._session, self.archive, year) if own else MeansContent(year)

    def _flow(self, content: MeansContent, raw: dict[str, str] | None = None) -> MeansFlow:
        papers = {each.id: each.name for each in attachments.list_attachments(self._session, self.archive.id)}
        return MeansFlow(content, self.archive.content, self._session.today, papers, raw)

    @property
    def year(self) -> int:
        """The year of the worksheet."""
        return self.flow.content.year

    @property
    def has_draft(self) -> bool:
        """Whether something is typed that is not yet a version."""
        return self._dirty or self._draft is not None

    @property
    def kept_at(self) -> str:
        """When the draft was kept last; empty without one."""
        return self._draft.updated_at if self._draft else ""

    @property
    def is_outdated(self) -> bool:
        """Whether another version was stored elsewhere since, and nothing is typed that it would cost."""
        stored = means.load_means(self._session, self.archive.id, self.year)
        return not self.has_draft and (stored.revision if stored else 0) != (self.stored.revision if self.stored else 0)

    def read_papers(self) -> None:
        """Attachments were added or removed."""
        self.flow.papers = {each.id: each.name for each in attachments.list_attachments(self._session, self.archive.id)}

    # -- keeping

    def write(self) -> str:
        """Keep the draft as it stands."""
        base = self._draft.base_revision if self._draft else self.stored.revision if self.stored else 0
        self._draft = MeansDraft(self.flow.content, self.flow.raw, base)
        means_drafts.save_means_draft(self._session, self.archive.id, self._draft)
        return self._draft.updated_at

    def save(self) -> Means:
        """Store the worksheet as its next version; UserError where it contradicts itself, and then nothing changes."""
        base = self._draft.base_revision if self._draft else self.stored.revision if self.stored else 0
        self.stored = means.save_means(self._session, self.archive.id, self.flow.tidy(), base)
        self.forget()
        self.flow = self._flow(self.stored.content)
        return self.stored

    def forget(self) -> None:
        """Throw the draft away."""
        self.stop()
        self._draft = None
        means_drafts.discard_means_draft(self._session, self.archive.id, self.year)

    def revert(self) -> None:
        """Back to the stored version."""
        self.forget()
        self.flow = self._begin(self.year)

    # -- versions

    def versions(self) -> list[Means]:
        """Every stored version of this year, the newest first."""
        return means.means_history(self._session, self.archive.id, self.year)

    def view(self, version: Means) -> MeansFlow:
        """An earlier version, to be read."""
        return self._flow(version.content)

    def take_up(self, version: Means) -> None:
        """Go on with the figures of an earlier version."""
        self.flow = self._flow(version.content)
        self.touch()

    # -- years

    def years(self) -> list[int]:
        """Years to choose from, the newest first."""
        usual = means.previous_year(self._session)
        offered = {self.year, *range(usual - YEARS_BACK + 1, usual + 2)}
        return sorted(offered | set(means.list_years(self._session, self.archive.id)), reverse=True)

    def earlier(self) -> Means | None:
        """The latest worksheet of an earlier year."""
        years = [year for year in means.list_years(self._session, self.archive.id) if year < self.year]
        return means.load_means(self._session, self.archive.id, max(years)) if years else None

    def take_over(self, earlier: Means) -> None:
        """Begin with the figures of an earlier year."""
        self.flow = self._flow(means.copy_from_year(earlier.content, self.year))
        self.touch()


def usual_year(session: OfficeSession, archive_id: str) -> int:
    """The year to show first: last year, or a later one there is a worksheet of."""
    return max([means.previous_year(session), *means.list_years(session, archive_id)])
