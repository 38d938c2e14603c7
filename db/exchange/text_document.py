"""A text for Word and WPS in the layout of official papers (GB/T 9704): 标题小标宋, 正文仿宋三号, 28 磅 from line to line.

What people have still to write is marked yellow; the last page says where each figure comes from.
"""

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_COLOR_INDEX, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import _Footer
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from db.domain.reports.cross_table import missing_words
from db.domain.reports.text_drafts import DraftText, UsedFigure, pieces

TITLE, BODY, HEAD, LATIN = "方正小标宋简体", "仿宋_GB2312", "黑体", "Times New Roman"
_SECOND, _NUMBERS = "楷体_GB2312", "宋体"
_TITLE_SIZE, _SIZE, _SMALL = 22, 16, 10.5
_LINE = 28
_WIDTHS = (34.0, 34.0, 60.0, 28.0)
"""mm of the table of figures; the text is 156 wide."""


def text_docx(draft: DraftText) -> bytes:
    """The file in memory."""
    document = Document()
    _page(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = draft.title, draft.office_name, "由暖档起草"
    _title(document, draft.title)
    for section in draft.sections:
        if section.heading:
            heading = _paragraph(document)
            heading.paragraph_format.keep_with_next = True
            _marked(heading, section.heading, HEAD)
        for text in section.paragraphs:
            _body(_paragraph(document), text)
    _signed(document, draft)
    if draft.figures:
        _sources(document, draft)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(26)
    normal = document.styles["Normal"]
    normal.font.size, normal.font.name = Pt(_SIZE), LATIN
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _page_number(footer: _Footer, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 — at the outer side."""
    paragraph = footer.paragraphs[0]
    paragraph.alignment = align
    _styled(paragraph.add_run("— "), _NUMBERS, 14)
    run = _styled(paragraph.add_run(), _NUMBERS, 14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)
    _styled(paragraph.add_run(" —"), _NUMBERS, 14)


def _styled(run: Run, font: str, size: float) -> Run:
    run.font.size, run.font.name = Pt(size), LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _spaced(paragraph: Paragraph, points: float = _LINE) -> Paragraph:
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)
    shape.space_before = shape.space_after = Pt(0)
    return paragraph


def _paragraph(document: WordDocument) -> Paragraph:
    """A paragraph that begins two characters in."""
    made = _spaced(document.add_paragraph())
    made.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    made.paragraph_format.first_line_indent = Pt(2 * _SIZE)
    made._element.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200")
    return made


def _title(document: WordDocument, text: str) -> None:
    made = _spaced(document.add_paragraph(), 34)
    made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _marked(made, text, TITLE, _TITLE_SIZE)
    _spaced(document.add_paragraph())


def _body(paragraph: Paragraph, text: str) -> None:
    """The text; what leads a paragraph as （一） is in 楷体 up to its full stop."""
    lead, stop, rest = text.partition("。")
    if text.startswith("（") and stop and "【" not in lead:
        _marked(paragraph, lead + stop, _SECOND)
        text = rest
    _marked(paragraph, text, BODY)


def _marked(paragraph: Paragraph, text: str, font: str, size: float = _SIZE) -> None:
    for words, to_write in pieces(text):
        run = _styled(paragraph.add_run(words), font, size)
        if to_write:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _signed(document: WordDocument, draft: DraftText) -> None:
    """Office and day at the right, four characters in."""
    _spaced(document.add_paragraph())
    for text in (draft.office_name, draft.made_on):
        made = _spaced(document.add_paragraph())
        made.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        made.paragraph_format.right_indent = Pt(4 * _SIZE)
        _styled(made.add_run(text), BODY, _SIZE)


def _sources(document: WordDocument, draft: DraftText) -> None:
    """Where each figure of the text comes from, on a page of its own."""
    _spaced(document.add_paragraph()).add_run().add_break(WD_BREAK.PAGE)
    head = _spaced(document.add_paragraph())
    _styled(head.add_run("附：文中数字的出处"), HEAD, _SIZE)
    note = _spaced(document.add_paragraph(), 22)
    words = ["供核对，定稿时删去本页。黄色的地方请补充。", *missing_words(draft.missing)]
    _styled(note.add_run("".join(words)), BODY, 12)
    table = document.add_table(rows=1, cols=len(_WIDTHS))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(width)
    _row(table.rows[0].cells, ("数字", "说的是什么", "怎样算出来的", "时间"), HEAD)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for figure in draft.figures:
        _row(table.add_row().cells, _cells(figure), BODY)


def _cells(figure: UsedFigure) -> tuple[str, ...]:
    return figure.text, figure.label, figure.meaning, figure.when


def _row(cells: Sequence[_Cell], texts: tuple[str, ...], font: str) -> None:
    for cell, text, width in zip(cells, texts, _WIDTHS, strict=True):
        cell.width = Mm(width)
        paragraph = _spaced(cell.paragraphs[0], 16)
        _styled(paragraph.add_run(text), font, _SMALL)
