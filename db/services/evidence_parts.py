"""The parts of an evidence file in their order, each drawn from what is on record."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from db.domain.archive_content import ArchiveContent
from db.domain.masking import HIDDEN, Mask, masked_content
from db.domain.paper_layout import HeadEntry, PaperLayout
from db.domain.papers import evidence_papers, notice_paper
from db.domain.records.record_form import RecordKind
from db.domain.timeline import EventKind, TimelineEvent
from db.errors import MachineError, UserError
from db.printing.evidence_book import EvidenceBook, Sheet, paper_page
from db.printing.foreign_pdf import UnreadablePdfError, as_picture, foreign_pages
from db.printing.form_composer import FormComposer
from db.printing.form_values import ArchivePrint, AttachmentLine
from db.printing.official_paper import paper_pages
from db.printing.pictures import Picture, read_picture
from db.services import attachments, notices, records, revisions
from db.services.archiving import Archive
from db.services.attachments import Attachment
from db.services.office import OfficeSession
from db.services.timeline_sources import FREE_LINES
from db.store import timeline_store

PDF = "application/pdf"


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
    mask: Mask | None = None
    left_out: list[str] = field(default_factory=list)
    step: Callable[[], None] = _nothing
    done: int = 0

    @property
    def picture_count(self) -> int:
        """How many papers will be drawn page by page."""
        return 0 if self.mask else len(attachments.list_attachments(self.session, self.archive.id))

    def of(self, *kinds: EventKind) -> list[TimelineEvent]:
        """The events of these kinds."""
        return [event for event in self.events if event.kind in kinds]

    def text(self, words: str) -> str:
        """Running text as this reader may see it."""
        return self.mask(words) if self.mask else words


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the file; one that writes no page has nothing to tell."""

    title: str
    write: Callable[[File, EvidenceBook], None]


# -- the form ------------------------------------------------------------------------------------------------------


def _forms(file: File, book: EvidenceBook) -> None:
    archive = file.archive
    book.mark(f"现在的档案表（第 {archive.revision} 版）", 1)
    _form(file, book, archive.content, "9999")
    told = [archive.content]
    for row in reversed(_decision_rows(file)):
        content = revisions.load_revision(file.session, archive.id, row["revision"])
        if content in told:
            continue
        told.append(content)
        book.mark(f"{row['made_at'][:10]} 作决定时的档案表（第 {row['revision']} 版）", 1)
        _form(file, book, content, row["made_at"])


def _form(file: File, book: EvidenceBook, content: ArchiveContent, until: str) -> None:
    papers = [paper for paper in attachments.list_attachments(file.session, file.archive.id) if paper.added_at <= until]
    lines = [AttachmentLine(paper.document_type, *((HIDDEN, "") if file.mask else (paper.name, paper.note))) for paper in papers]
    shown = masked_content(content, file.mask) if file.mask else content
    book.add_pages(FormComposer(ArchivePrint(shown, file.archive.archive_number, file.office_name, lines)).compose())


def _decision_rows(file: File) -> list[dict[str, Any]]:
    """The decisions upon the household, the oldest first, with the version of the archive each made."""
    with file.session.database.reading() as connection:
        numbers = timeline_store.revision_numbers(connection, file.archive.id)
        rows = timeline_store.decisions(connection, file.archive.id)
    found = []
    for row in rows:
        revision = numbers.get((row["device_id"], row["device_counter"]))
        if revision is not None:
            found.append({**row, "revision": revision})
    return found


# -- means and decisions -------------------------------------------------------------------------------------------


def _means(file: File, book: EvidenceBook) -> None:
    from db.printing.means_sheet import MeansComposer  # these load a lot, and many households have neither
    from db.services import means, policy_printing

    if file.mask:
        return
    for year in means.list_years(file.session, file.archive.id):
        with file.session.database.reading() as connection:
            item = policy_printing.means_print(connection, file.archive, file.office_name, year)
        book.mark(f"{year} 年家庭经济状况", 1)
        book.add_pages(MeansComposer(item).compose())


def _decided(file: File, book: EvidenceBook) -> None:
    from db.printing.assessment_sheet import compose_assessment
    from db.services import policy_printing

    events = [event for event in file.of(EventKind.MEANS) if event.place.tab == "assessment"]
    decisions = [event for event in events if event.title == "认定决定"]
    if decisions:
        rows = [[event.on, event.lines[0], "\n".join(event.lines[1:]), event.who] for event in decisions]
        book.mark("历次决定", 1)
        _paper(book, evidence_papers.decisions_paper(file.head, rows))
    if file.mask:
        return
    decided = {row["assessment_id"] for row in _decision_rows(file)}
    suggested = [event for event in events if event.title == "认定建议"]
    last = suggested[-1].place.target if suggested else ""
    for event in suggested:
        if event.place.target in decided or event.place.target == last:
            book.mark(f"{event.on} 认定说明：{event.lines[0]}", 1)
            book.add_pages(compose_assessment(policy_printing.assessment_print(file.session, event.place.target)))


# -- casework ------------------------------------------------------------------------------------------------------


def _casework(file: File, book: EvidenceBook) -> None:
    events = file.of(EventKind.CASE, EventKind.NOTICE)
    if events:
        book.mark("办理记录", 1)
        _paper(book, evidence_papers.events_paper("办理记录", file.head, events))


def _notices(file: File, book: EvidenceBook) -> None:
    if not any(event.kind is EventKind.NOTICE for event in file.events):
        return
    try:
        item = notices.notice_print(file.session, [file.archive.id])
    except UserError:  # every posting was passed over
        return
    book.mark(f"公示（{item.starts_on} 至 {item.ends_on}）", 1)
    _paper(book, notice_paper.notice(replace(item, office_name=file.office_name)))


def _table(title: str, *kinds: EventKind) -> Callable[[File, EvidenceBook], None]:
    def write(file: File, book: EvidenceBook) -> None:
        events = file.of(*kinds)
        if events:
            _paper(book, evidence_papers.events_paper(title, file.head, events))

    return write


def _paper(book: EvidenceBook, layout: PaperLayout) -> None:
    book.add_pages(paper_pages(layout))


_INNER = frozenset({"cadre_id", "campaign_id"})
"""Answers that are ids."""


def _records(*kinds: RecordKind) -> Callable[[File, EvidenceBook], None]:
    def write(file: File, book: EvidenceBook) -> None:
        for record in records.list_records(file.session, file.archive.id):
            if record.kind not in kinds:
                continue
            line = "" if file.mask and record.kind in FREE_LINES else file.text(record.line)
            book.mark(f"{record.form.title}　{line}".strip(), 1)
            content = record.content
            if file.mask:
                hide = file.mask
                values = {key: hide(value) if isinstance(value, str) else value for key, value in content.values.items()}
                content = replace(content, values=values)
            signed = f"{record.made_at[:16].replace('T', ' ')}　{record.clerk_name}"
            layout = evidence_papers.record_paper(
                record.form, content, file.head, file.names, signed=signed, masked=bool(file.mask), left_out=_INNER
            )
            _paper(book, layout)

    return write


# -- papers --------------------------------------------------------------------------------------------------------


def _papers(file: File, book: EvidenceBook) -> None:
    papers = attachments.list_attachments(file.session, file.archive.id)
    if not papers:
        return
    book.mark(f"材料清单（{len(papers)} 份）", 1)
    rows = [
        [
            str(number),
            paper.type_label,
            HIDDEN if file.mask else _named(paper),
            f"{paper.added_at[:10]}\n{paper.added_by}",
            paper.sha256[:16],
        ]
        for number, paper in enumerate(papers, 1)
    ]
    foot = "对外版只列材料，不附影像。" if file.mask else "各份材料按此次序附后。"
    _paper(book, evidence_papers.papers_paper(file.head, rows, foot))
    if file.mask is None:
        _images(file, book, papers)


def _named(paper: Attachment) -> str:
    return f"{paper.name}\n{paper.note}" if paper.note else paper.name


def _caption(number: int, paper: Attachment, page: str = "") -> str:
    said = f"　{paper.note}" if paper.note else ""
    return f"材料 {number}　{paper.type_label}　{paper.name}{page}{said}　{paper.added_at[:10]} {paper.added_by}存入"


def _images(file: File, book: EvidenceBook, papers: list[Attachment]) -> None:
    """Each paper on pages of its own; of pictures that lie across two follow one another on a page."""
    waiting: tuple[Attachment, int, Sheet] | None = None
    for number, paper in enumerate(papers, 1):
        for sheet, is_wide in _sheets(file, book, number, paper):
            if waiting and not is_wide:
                _lay(book, [waiting])
                waiting = None
            if is_wide and not waiting:
                waiting = paper, number, sheet
            elif waiting:
                _lay(book, [waiting, (paper, number, sheet)])
                waiting = None
            else:
                _lay(book, [(paper, number, sheet)])
        file.step()
    if waiting:
        _lay(book, [waiting])


def _lay(book: EvidenceBook, items: list[tuple[Attachment, int, Sheet]]) -> None:
    for paper, number, sheet in items:
        if sheet.is_first:
            book.mark(f"{number}. {paper.type_label}　{paper.name}", 1)
    book.add_page(paper_page([sheet for _, _, sheet in items]))


def _sheets(file: File, book: EvidenceBook, number: int, paper: Attachment) -> Iterator[tuple[Sheet, bool]]:
    try:
        data = attachments.read_attachment(file.session, paper.id)
        if paper.media_type == PDF:
            for sheet in _foreign(book, number, paper, data):
                yield sheet, False
        else:
            picture = read_picture(data)
            yield _picture_sheet(book, _caption(number, paper), picture), picture.is_wide
    except MachineError as fault:
        file.left_out.append(fault.text())
    except (UnreadablePdfError, OSError) as fault:
        why = "打不开，或设有密码" if isinstance(fault, UnreadablePdfError) else "读不出来"
        file.left_out.append(f"材料 {number}“{paper.name}”{why}，没有编入，请另附原件。")


def _foreign(book: EvidenceBook, number: int, paper: Attachment, data: bytes) -> Iterator[Sheet]:
    for at, page in enumerate(foreign_pages(data), 1):
        caption = _caption(number, paper, f"　第 {at} 页")
        try:
            form = None if page.picture else book.keep_form(page.form)
        except ValueError:
            form = None
        if form is None:
            yield _picture_sheet(book, caption, page.picture or as_picture(page.form), is_first=at == 1)
        else:
            yield Sheet(caption, page.width, page.height, form, unit=False, is_first=at == 1)


def _picture_sheet(book: EvidenceBook, caption: str, picture: Picture, *, is_first: bool = True) -> Sheet:
    return Sheet(caption, picture.width, picture.height, book.keep_picture(picture), unit=True, is_first=is_first)


# -- the whole -----------------------------------------------------------------------------------------------------


def _history(file: File, book: EvidenceBook) -> None:
    _paper(book, evidence_papers.history_paper(file.head, file.events))


def _both(*writers: Callable[[File, EvidenceBook], None]) -> Callable[[File, EvidenceBook], None]:
    def write(file: File, book: EvidenceBook) -> None:
        for each in writers:
            each(file, book)

    return write


PARTS: tuple[Part, ...] = (
    Part("档案表", _forms),
    Part("家庭经济状况", _means),
    Part("认定和决定", _decided),
    Part("办理和公示", _both(_casework, _notices)),
    Part("上级审核", _table("上级审核", EventKind.REVIEW)),
    Part("走访和联系", _records(RecordKind.HOME_VISIT)),
    Part("结对帮扶", _records(RecordKind.PAIRING, RecordKind.HELP_PLAN, RecordKind.MEASURE)),
    Part("动态监测", _records(RecordKind.MONITORING)),
    Part("材料", _papers),
    Part("上报、移交和合并", _table("上报、移交和合并", EventKind.EXCHANGE, EventKind.MOVE)),
    Part("全部经过", _history),
)
