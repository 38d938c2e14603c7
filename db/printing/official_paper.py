"""Official papers as PDF, drawn from their parts (:mod:`db.domain.paper_layout`) in one ruled grid."""

from collections.abc import Iterable
from io import BytesIO
from typing import BinaryIO

from db.domain.paper_layout import (
    Band,
    Heading,
    Ledger,
    Opinion,
    PaperLayout,
    Part,
    Photos,
    Signatures,
    Sketch,
    TextRow,
    entry_words,
)
from db.printing.pdf_kit import Drawing
from db.printing.ruled_sheet import Column, Head, Pair, RuledSheet, write_sheets


def paper_pages(layout: PaperLayout) -> list[Drawing]:
    """The pages of one paper."""
    heads = [Head(item.caption, item.value, item.width) for item in layout.heads]
    sheet = RuledSheet(layout.title, heads, size=10.0, foot=layout.foot)
    for part in layout.parts:
        _draw(sheet, part)
    return sheet.finish()


def papers_pdf(title: str, layouts: Iterable[PaperLayout]) -> bytes:
    """Several papers as one PDF in memory."""
    out = BytesIO()
    write_papers(out, title, layouts)
    return out.getvalue()


def write_papers(out: BinaryIO, title: str, layouts: Iterable[PaperLayout]) -> int:
    """The same onto *out*, a paper at a time; the number of pages."""
    return write_sheets(out, title, (paper_pages(layout) for layout in layouts))


def _draw(sheet: RuledSheet, part: Part) -> None:
    match part:
        case Band():
            pairs = [Pair(c.caption, entry_words(c.value), c.caption_width, c.value_width, c.align) for c in part.cells]
            sheet.band(pairs, part.least)
        case Ledger():
            _ledger(sheet, part)
        case TextRow():
            sheet.text_row(part.caption, part.text, caption_width=part.caption_width, least=part.least)
        case Opinion():
            signed = (part.signed, part.on)
            sheet.opinion(part.caption, part.text, signed, caption_width=part.caption_width, least=part.least)
        case Sketch():
            sheet.sketch(part.caption, part.picture, part.words, caption_width=part.caption_width, least=part.least)
        case Heading():
            sheet.heading(part.text)
        case Signatures():
            sheet.signatures(part.captions, columns=part.columns)
        case Photos():
            for row in part.rows():
                sheet.photos([(photo.data, photo.words) for photo in row], height=part.height)


def _ledger(sheet: RuledSheet, part: Ledger) -> None:
    sheet.ledger(
        part.title,
        [Column(column.head, column.width, column.align) for column in part.columns],
        [[entry_words(entry) for entry in row] for row in part.rows],
        total=None if part.total is None else [entry_words(entry) for entry in part.total],
        blank=part.blank,
        row_height=part.row_height,
        strong=part.strong,
    )
