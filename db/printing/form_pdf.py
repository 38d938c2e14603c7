"""The archive form as a PDF: one form for the screen, many for the printer, an empty one for the pen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.errors import Progress
from db.printing.form_cells import CellBox, FormPages, cells_of
from db.printing.form_composer import FormComposer
from db.printing.form_layout import ATTACHMENTS, MEMBERS, form_layout
from db.printing.form_template import form_template
from db.printing.form_values import ArchivePrint, AttachmentLine
from db.printing.pdf_kit import BLACK, MM, PAGE_HEIGHT, PAGE_WIDTH, Drawing, Fill, Line, PdfWriter, Text, page_number

HIGHLIGHT = "#FFF1B8"


@dataclass(frozen=True, slots=True)
class PageOperations:
    """All that is really drawn on one page, the shared grid and its captions included."""

    texts: list[Text]
    lines: list[Line]
    fills: list[Fill]


def draw_operations(item: ArchivePrint) -> list[PageOperations]:
    """Every string, line and tint that the pages of *item* show, for comparison with drawing them bare."""
    return [
        PageOperations(
            [*(page.template.texts if page.template else ()), *page.texts, *page.values],
            [*(page.template.lines if page.template else ()), *page.lines],
            page.fills,
        )
        for page in FormComposer(item).compose()
    ]


def _mark_cells(pages: Sequence[Drawing], cells: Iterable[CellBox], highlight: tuple[str, int | None]) -> None:
    for cell in cells:
        if (cell.field, cell.member_index) == highlight:
            pages[cell.page].fills.append(
                Fill(cell.x, PAGE_HEIGHT - cell.y - cell.h, cell.w, cell.h, HIGHLIGHT),
            )


def form_pages(
    content: ArchiveContent,
    *,
    archive_number: str = "",
    office_name: str = "",
    attachments: Sequence[AttachmentLine] = (),
    highlight: tuple[str, int | None] | None = None,
    value_color: str = BLACK,
    compress: bool = False,
) -> FormPages:
    """One archive as a PDF with the places of its fields.

    *highlight* tints the cell of (field, member index or None); *value_color* sets off what was filled in, for the
    screen; *compress* makes the file small, for keeping it.
    """
    composer = FormComposer(ArchivePrint(content, archive_number, office_name, attachments))
    pages = composer.compose()
    cells = cells_of(composer.template, composer.further)
    if highlight is not None:
        _mark_cells(pages, cells, highlight)
    out = BytesIO()
    _write(out, pages, compress=compress, value_color=value_color)
    return FormPages(out.getvalue(), len(pages), cells)


def _write(out: BinaryIO, pages: Iterable[Drawing], *, compress: bool, value_color: str = BLACK) -> None:
    writer = PdfWriter(out, title=ARCHIVE_FORM.title, compress=compress, value_color=value_color)
    for page in pages:
        writer.add_page(page)
    writer.close()


def archives_pdf(items: Iterable[ArchivePrint], out: BinaryIO, progress: Progress | None = None, total: int = 0) -> int:
    """Many archives as one PDF written to *out* page by page; the number of pages. *total* is for the progress."""
    writer = PdfWriter(out, title=ARCHIVE_FORM.title)
    for done, item in enumerate(items, 1):
        for page in FormComposer(item).compose():
            writer.add_page(page)
        if progress is not None:
            progress(done, max(total, done))
    writer.close()
    return writer.page_count


def blank_form_pdf() -> bytes:
    """The empty form for filling in by hand: taller rows, nothing ticked."""
    layout = form_layout(ARCHIVE_FORM)
    template = form_template(ARCHIVE_FORM, layout.row(MEMBERS).blank, layout.row(ATTACHMENTS).blank, blank=True)
    page = Drawing(template=template.drawing)
    for slot in template.values[:3]:
        foot = slot.area.y + slot.area.h - 1.0
        page.line(slot.area.x, foot, slot.area.x + slot.area.w, foot, 0.4)
    page_number(page, PAGE_WIDTH - layout.page["right"] * MM, layout.page["footer_baseline"] * MM, 1, 1)
    out = BytesIO()
    _write(out, [page], compress=True)
    return out.getvalue()
