"""Bare drawing: what the form printer told reportlab to draw, recorded once and drawn again without the printer.

Also the bare Excel writer: the cells of a workbook, read once and written again in constant memory.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from reportlab.pdfgen.canvas import Canvas

DRAWING = (
    "drawString", "drawRightString", "drawCentredString", "drawText", "line", "lines", "grid", "rect", "roundRect",
    "circle", "ellipse", "drawPath", "drawImage", "drawInlineImage", "bezier", "arc", "wedge", "linearGradient",
)  # fmt: skip
STATE = (
    "setFont", "setFontSize", "setLeading", "setLineWidth", "setDash", "setLineCap", "setLineJoin", "setFillColor",
    "setStrokeColor", "setFillColorRGB", "setStrokeColorRGB", "setFillGray", "setStrokeGray", "saveState",
    "restoreState", "translate", "scale", "rotate", "transform", "setPageSize", "showPage", "clipPath",
)  # fmt: skip
Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class DrawingRecorder:
    """While active, notes every outermost drawing call on any reportlab canvas."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._depth = 0
        self._originals: dict[str, Any] = {}

    def __enter__(self) -> "DrawingRecorder":
        for name in (*DRAWING, *STATE):
            self._originals[name] = getattr(Canvas, name)
            setattr(Canvas, name, self._noting(name, self._originals[name]))
        return self

    def __exit__(self, *_problem: object) -> None:
        for name, original in self._originals.items():
            setattr(Canvas, name, original)

    def _noting(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def note(canvas: Canvas, *arguments: Any, **options: Any) -> Any:
            if self._depth == 0:
                self.calls.append((name, arguments, options))
            self._depth += 1
            try:
                return original(canvas, *arguments, **options)
            finally:
                self._depth -= 1

        return note

    def counts(self) -> dict[str, int]:
        """How many calls of each kind, for the report."""
        found: dict[str, int] = {}
        for name, _, _ in self.calls:
            found[name] = found.get(name, 0) + 1
        return found


def draw_again(calls: list[Call], **canvas_options: Any) -> bytes:
    """Draw recorded calls on a fresh canvas; the fonts are registered already."""
    out = io.BytesIO()
    canvas = Canvas(out, **canvas_options)
    for name, arguments, options in calls:
        getattr(canvas, name)(*arguments, **options)
    canvas.save()
    return out.getvalue()


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
