"""The papers of a household in its evidence file: the list, then every photo, scan and PDF page by page."""

from collections.abc import Iterator

from db.domain.masking import HIDDEN
from db.domain.papers import evidence_papers
from db.errors import MachineError
from db.printing.evidence_book import EvidenceBook, Sheet, paper_page
from db.printing.foreign_pdf import UnreadablePdfError, as_picture, foreign_pages
from db.printing.pictures import Picture, read_picture
from db.services import attachments
from db.services.attachments import Attachment
from db.services.evidence_file import File, add_paper

PDF = "application/pdf"


def write_papers(file: File, book: EvidenceBook) -> None:
    """The list, and the papers themselves unless outsiders read it."""
    papers = file.papers()
    if not papers:
        return
    book.mark(f"材料清单（{len(papers)} 份）", 1)
    rows = [
        [
            str(number),
            paper.type_label,
            HIDDEN if file.mask else _named(paper, file.origin(paper.archive_id)),
            f"{paper.added_at[:10]}\n{paper.added_by}",
            paper.sha256[:16],
        ]
        for number, paper in enumerate(papers, 1)
    ]
    foot = "对外版只列材料，不附影像。" if file.mask else "各份材料按此次序附后。"
    add_paper(book, evidence_papers.papers_paper(file.head, rows, foot))
    if file.mask is None:
        _images(file, book, papers)


def _named(paper: Attachment, origin: str) -> str:
    return "\n".join(filter(None, (paper.name, paper.note, origin)))


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
                file.pulse()
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
