"""The household whose evidence file is made, and what all parts of it need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from db.domain.case_words import Act
from db.domain.masking import Mask
from db.domain.paper_layout import HeadEntry, PaperLayout
from db.domain.timeline import EventKind, TimelineEvent
from db.printing.evidence_book import EvidenceBook
from db.printing.official_paper import paper_pages
from db.services import attachments
from db.services.archiving import Archive
from db.services.attachments import Attachment
from db.services.former_archives import FormerArchive, former_papers
from db.services.office import OfficeSession


def _nothing() -> None:
    """Until somebody counts the steps."""


@dataclass(slots=True)
class File:
    """The household whose file is made, and what all parts need of it."""

    session: OfficeSession
    archive: Archive
    office_name: str
    name: str
    head: tuple[HeadEntry, ...]
    events: list[TimelineEvent]
    names: Mapping[str, str]
    """Who is who in the household, by reference."""
    former: Mapping[str, FormerArchive] = field(default_factory=dict)
    """The archives that were merged into this one, by id."""
    mask: Mask | None = None
    left_out: list[str] = field(default_factory=list)
    step: Callable[[], None] = _nothing
    """To be called after each part and each paper."""
    pulse: Callable[[], None] = _nothing
    """To be called within a long one: whoever waits may cancel."""
    done: int = 0

    @property
    def picture_count(self) -> int:
        """How many papers will be drawn page by page."""
        return 0 if self.mask else len(self.papers())

    def papers(self) -> list[Attachment]:
        """The papers of the household, at last those left in archives merged into this one."""
        own = attachments.list_attachments(self.session, self.archive.id)
        return own + (former_papers(self.session, self.archive.id) if self.former else [])

    def origin(self, archive_id: str) -> str:
        """How something is marked that lies in an archive merged into this one; empty for what is its own."""
        found = self.former.get(archive_id)
        return f"原档案 {found.archive_number}" if found else ""

    def of(self, *kinds: EventKind) -> list[TimelineEvent]:
        """The events of these kinds."""
        return [event for event in self.events if event.kind in kinds]

    def has_act(self, *acts: Act) -> bool:
        """Whether one of these acts was taken upon this archive itself and counted."""
        own = (event for event in self.of(EventKind.CASE, EventKind.NOTICE) if not event.archive_number)
        return any(event.counts and event.place.target in acts for event in own)

    def text(self, words: str) -> str:
        """Running text as this reader may see it."""
        return self.mask(words) if self.mask else words


def add_paper(book: EvidenceBook, layout: PaperLayout) -> None:
    """Bind in a sheet told as its parts."""
    book.add_pages(paper_pages(layout))
