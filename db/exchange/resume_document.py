"""The résumé of a graduate as a Word document, to be completed by themselves."""

from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from db.domain.resume import Resume, ResumePart

_TITLE_FONT, _TEXT_FONT = "黑体", "宋体"
_PHOTO_WIDTH = Mm(29)


def resume_docx(resume: Resume, photo: bytes | None = None) -> bytes:
    """One page of A4 with the same parts as the printed one; *photo* as it was stored, a JPEG or PNG."""
    document = Document()
    _page(document)
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    left, right = table.rows[0].cells
    for column, cell, width in zip(table.columns, (left, right), (Mm(132), Mm(34)), strict=True):
        column.width = cell.width = width
    _run(left.paragraphs[0], resume.name, 26, _TITLE_FONT, bold=True)
    for caption, value in resume.head:
        _fact(left.add_paragraph(), caption, value)
    _photo(right, photo)
    for part in resume.parts:
        _part(document, part)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(18)
    style = document.styles["Normal"]
    style.font.size = Pt(11.5)
    style.font.name = _TEXT_FONT
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _TEXT_FONT)
    style.paragraph_format.space_after = Pt(3)
    style.paragraph_format.space_before = Pt(0)


def _run(paragraph: Paragraph, text: str, size: float = 11.5, font: str = _TEXT_FONT, *, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.bold, run.font.size, run.font.name = bold, Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _fact(paragraph: Paragraph, caption: str, value: str) -> None:
    _run(paragraph, f"{caption}：", bold=True)
    _run(paragraph, value)


def _photo(cell: _Cell, photo: bytes | None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if photo is None:
        _run(paragraph, "（照片）")
    else:
        paragraph.add_run().add_picture(BytesIO(photo), width=_PHOTO_WIDTH)


def _part(document: WordDocument, part: ResumePart) -> None:
    title = document.add_paragraph()
    title.paragraph_format.space_before = Pt(10)
    title.paragraph_format.keep_with_next = True
    _run(title, part.title, 13, _TITLE_FONT, bold=True)
    _rule_below(title)
    for caption, value in part.facts:
        _fact(document.add_paragraph(), caption, value)
    for line in part.lines:
        _run(document.add_paragraph(), line)
    for _ in range(min(part.room, 3)):
        document.add_paragraph()


def _rule_below(paragraph: Paragraph) -> None:
    borders, rule = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "808080")):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    # Word wants the properties of a paragraph in their order
    paragraph._element.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
