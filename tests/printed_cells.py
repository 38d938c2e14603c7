"""A printed table read back from its PDF: which text stands in which cell, by the ruled lines alone."""

import ctypes
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

NEAR = 1.5
"""Points: lines closer than this are one."""


@dataclass
class PrintedCell:
    """A cell of the grid with its text in reading order, without blanks; points from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float
    marks: list[tuple[float, float, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands in it, line by line."""
        lines: list[list[tuple[float, float, str]]] = []
        for mark in sorted(self.marks, key=lambda mark: -mark[1]):
            if not lines or lines[-1][0][1] - mark[1] > 4:
                lines.append([])
            lines[-1].append(mark)
        return "".join(sign for line in lines for _, _, sign in sorted(line))


Span = tuple[float, float, float]
"""A ruled line: where it lies, from where to where."""


def printed_cells(pdf: bytes, number: int = 0) -> list[PrintedCell]:
    """The cells of a page that hold text, from the top left to the bottom right."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[number]
        across, down = _lines(page)
        found: dict[tuple[float, float, float, float], PrintedCell] = {}
        for x, y, sign in _signs(page):
            place = _cell_at(across, down, x, y)
            if place is not None:
                found.setdefault(place, PrintedCell(*place)).marks.append((x, y, sign))
    return sorted(found.values(), key=lambda cell: (-round(cell.top), cell.left))


def _signs(page: pypdfium2.PdfPage) -> list[tuple[float, float, str]]:
    """Every character with the middle of its box."""
    text = page.get_textpage()
    found = []
    for at in range(text.count_chars()):
        sign = text.get_text_range(at, 1)
        if sign.strip():
            left, bottom, right, top = text.get_charbox(at, loose=True)
            found.append(((left + right) / 2, (bottom + top) / 2, sign))
    return found


def _lines(page: pypdfium2.PdfPage) -> tuple[list[Span], list[Span]]:
    """Ruled lines across and down; the sides of rectangles are lines too."""
    across: list[Span] = []
    down: list[Span] = []
    for part in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4):
        before: tuple[float, float] | None = None
        first: tuple[float, float] | None = None
        for at in range(raw.FPDFPath_CountSegments(part.raw)):
            segment = raw.FPDFPath_GetPathSegment(part.raw, at)
            point = _point(part, segment)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
                first = point
            elif before is not None:
                _add(across, down, before, point)
            if raw.FPDFPathSegment_GetClose(segment) and first is not None:
                _add(across, down, point, first)
            before = point
    # a rule to write on is no side of a cell: those of the grid end at others
    columns = [(at, begins, ends) for at, begins, ends in down]
    return [line for line in across if all(_meets(columns, end, line[0]) for end in line[1:])], down


def _meets(columns: list[Span], x: float, y: float) -> bool:
    return any(abs(at - x) < NEAR and begins - NEAR <= y <= ends + NEAR for at, begins, ends in columns)


def _point(part: pypdfium2.PdfObject, segment: object) -> tuple[float, float]:
    x, y = ctypes.c_float(), ctypes.c_float()
    raw.FPDFPathSegment_GetPoint(segment, x, y)
    moved: tuple[float, float] = part.get_matrix().on_point(x.value, y.value)
    return moved


def _add(across: list[Span], down: list[Span], one: tuple[float, float], other: tuple[float, float]) -> None:
    if abs(one[1] - other[1]) < 0.2:
        across.append((one[1], min(one[0], other[0]), max(one[0], other[0])))
    elif abs(one[0] - other[0]) < 0.2:
        down.append((one[0], min(one[1], other[1]), max(one[1], other[1])))


def _cell_at(across: list[Span], down: list[Span], x: float, y: float) -> tuple[float, float, float, float] | None:
    """The nearest lines on all four sides that reach past the point; None outside a grid."""
    rows = [at for at, begins, ends in across if begins - NEAR <= x <= ends + NEAR]
    columns = [at for at, begins, ends in down if begins - NEAR <= y <= ends + NEAR]
    below, above = [at for at in rows if at <= y], [at for at in rows if at > y]
    before, behind = [at for at in columns if at <= x], [at for at in columns if at > x]
    if not (below and above and before and behind):
        return None
    return (round(max(before), 1), round(max(below), 1), round(min(behind), 1), round(min(above), 1))
