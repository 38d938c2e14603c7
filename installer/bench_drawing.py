"""Bare output: strings and lines of printed forms drawn with reportlab alone, cells written with xlsxwriter alone."""

import io
from pathlib import Path
from types import TracebackType
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from db.printing.pdf_kit import Drawing, Fill, Line, PdfWriter, Text
from db.printing.print_faces import print_face

Page = tuple[list[Fill], list[Line], list[Text]]


class PageRecorder:
    """While active, keeps the strings, lines and boxes of every page the printer draws."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self._original = PdfWriter.add_page

    def __enter__(self) -> "PageRecorder":
        original, pages = self._original, self.pages

        def add_page(writer: PdfWriter, drawing: Drawing) -> None:
            pages.append(flat(drawing))
            original(writer, drawing)

        PdfWriter.add_page = add_page  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        PdfWriter.add_page = self._original  # type: ignore[method-assign]


def flat(drawing: Drawing) -> Page:
    """What one sheet shows, the parts it shares with other sheets included."""
    shared = flat(drawing.template) if drawing.template else ([], [], [])
    return [*shared[0], *drawing.fills], [*shared[1], *drawing.lines], [*shared[2], *drawing.texts, *drawing.values]


def register_faces(pages: list[Page]) -> None:
    """Make the faces known to reportlab before anything is timed."""
    for name in {text.face for _, _, texts in pages for text in texts}:
        pdfmetrics.registerFont(TTFont(name, print_face(name).font.filename))


def draw_bare(pages: list[Page]) -> bytes:
    """The same strings, lines and boxes on a plain reportlab canvas."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    for page in pages:
        draw_page(canvas, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def draw_page(canvas: Canvas, page: Page) -> None:
    """One page of them."""
    fills, lines, texts = page
    for fill in fills:
        canvas.setFillColor(HexColor(fill.color))
        canvas.rect(fill.x, fill.y, fill.width, fill.height, stroke=0, fill=1)
    canvas.setFillGray(0)
    width = 0.0
    for line in lines:
        if line.width != width:
            width = line.width
            canvas.setLineWidth(width)
        canvas.line(line.x1, line.y1, line.x2, line.y2)
    font: tuple[str, float] = ("", 0.0)
    for text in texts:
        if (text.face, text.size) != font:
            font = text.face, text.size
            canvas.setFont(*font)
        canvas.drawString(text.x, text.y, text.text)


Cells = dict[str, list[list[Any]]]


def workbook_cells(path: Path) -> Cells:
    """Every cell of every sheet."""
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def write_cells(cells: Cells, path: Path) -> None:
    """Write the same cells with nothing but xlsxwriter, in constant memory."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    for name, rows in cells.items():
        sheet = book.add_worksheet(name)
        for row_number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(row_number, column, cell)
                elif isinstance(cell, bool):
                    sheet.write_boolean(row_number, column, cell)
                elif isinstance(cell, int | float):
                    sheet.write_number(row_number, column, cell)
                else:
                    sheet.write_datetime(row_number, column, cell)
    book.close()
