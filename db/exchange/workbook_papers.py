"""Official papers as a workbook: the parts of :mod:`db.domain.paper_layout` as cells, a sheet for each paper.

The columns of a sheet are the edges of all its cells, so that it looks like the printed paper; amounts and counts are
numbers, everything else is text.
"""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from PIL import Image

from db.domain.paper_layout import (
    SIGNED_ON,
    WIDTH,
    Amount,
    Band,
    Entry,
    Heading,
    Ledger,
    Opinion,
    PaperLayout,
    Part,
    Photo,
    Photos,
    Signatures,
    Sketch,
    TextRow,
    entry_words,
)
from db.exchange.workbook_export import FONT
from db.store.partial_files import written_whole

_POINTS = 2.835
_PIXELS = 3.78
_CHAR, _LINE = 3.6, 5.0
"""Width of a Chinese character of 10 points, and height of a line, in mm."""
_TALLEST = 400.0
"""Points; Excel itself ends at 409."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 24
SIGN_SPACE = "　　　　　　"

Piece = tuple[float, float, Entry, str]
"""Left edge, width, what stands there, style."""


def write_papers_workbook(path: Path, layouts: Iterable[PaperLayout]) -> int:
    """Write the papers to *path*; how many sheets that made."""
    with written_whole(path) as out:
        return _write(out, list(layouts))


def _write(out: BinaryIO, layouts: Sequence[PaperLayout]) -> int:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": layouts[0].title if layouts else "", "comments": "由暖档导出"})
    styles = _styles(book)
    used: set[str] = set()
    for number, layout in enumerate(layouts, 1):
        sheet = book.add_worksheet(_sheet_name(number, layout.name or layout.title, used))
        _PaperSheet(sheet, styles, layout).write()
    book.close()
    return len(layouts)


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "align": "center", "text_wrap": True, "border": 1,
            "num_format": "@"}  # fmt: skip
    kinds: dict[str, dict[str, object]] = {
        "caption": {},
        "center": {},
        "left": {"align": "left", "indent": 1},
        "right": {"align": "right"},
        "top": {"align": "left", "valign": "top", "bottom": 0},
        "signed": {"align": "right", "top": 0},
        # set smaller rather than shown as ### where the column of the form is narrow
        "count": {"num_format": "#,##0", "text_wrap": False, "shrink": True},
        "amount": {"num_format": "#,##0.00", "text_wrap": False, "shrink": True},
        "right_amount": {"num_format": "#,##0.00", "align": "right", "text_wrap": False, "shrink": True},
        "strong": {"bold": True, "align": "left"},
        "title": {"font_size": 18, "bold": True, "border": 0},
        "head": {"align": "left", "border": 0},
    }
    return {kind: book.add_format({**base, **more}) for kind, more in kinds.items()}


def _sheet_name(number: int, name: str, used: set[str]) -> str:
    cleaned = _FORBIDDEN.sub("", name).strip(" '")
    while len(cleaned.encode("utf-16-le")) > 2 * _LONGEST_NAME:
        cleaned = cleaned[:-1]
    found = f"{number:03d} {cleaned}".strip()
    used.add(found.casefold())
    return found


class _PaperSheet:
    """Writes one paper from top to bottom."""

    def __init__(self, sheet: Any, styles: dict[str, Any], layout: PaperLayout) -> None:
        self._sheet, self._styles, self._layout = sheet, styles, layout
        self._row = 0
        edges = {0.0, WIDTH} | {edge for part in layout.parts for edge in _edges(part)}
        edges |= set(_running([item.width for item in layout.heads]))
        self._edges = sorted(round(edge, 1) for edge in edges)

    def write(self) -> None:
        """The whole paper."""
        sheet = self._sheet
        for column, (left, right) in enumerate(zip(self._edges, self._edges[1:], strict=False)):
            sheet.set_column_pixels(column, column, max(round((right - left) * _PIXELS), 4))
        self._line([(0.0, WIDTH, self._layout.title, "title")], 13.0)
        self._heads()
        for part in self._layout.parts:
            self._part(part)
        if self._layout.foot:
            self._line([(0.0, WIDTH, self._layout.foot, "head")], 6.0)
        sheet.set_paper(9)
        sheet.set_margins(0.5, 0.4, 0.55, 0.45)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)

    def _heads(self) -> None:
        pieces: list[Piece] = []
        at = 0.0
        for item in self._layout.heads:
            width = min(item.width, WIDTH - at)
            pieces.append((at, width, item.caption + item.value, "head"))
            at += width
        if pieces:
            self._line(pieces, 7.0)

    def _part(self, part: Part) -> None:
        match part:
            case Band():
                self._line(_band_pieces(part), part.least)
            case TextRow():
                self._line([(0.0, part.caption_width, part.caption, "caption"), _rest(part.caption_width, part.text, "left")],
                           part.least)  # fmt: skip
            case Sketch():
                self._line([(0.0, part.caption_width, part.caption, "caption"), _rest(part.caption_width, part.words, "left")],
                           part.least)  # fmt: skip
            case Opinion():
                self._opinion(part)
            case Heading():
                self._line([(0.0, WIDTH, part.text, "strong")], 7.0)
            case Ledger():
                self._ledger(part)
            case Signatures():
                self._signatures(part)
            case Photos():
                for row in part.rows():
                    self._photos(row, part.height)

    def _opinion(self, part: Opinion) -> None:
        """Two rows beside one caption: what is known, and below it who signs."""
        width = part.caption_width
        first = self._row
        self._line([_rest(width, part.text, "top")], part.least - 8.0)
        self._line([_rest(width, f"{part.signed}{SIGN_SPACE}{part.on}", "signed")], 8.0)
        self._merge(first, self._row - 1, (0.0, width, part.caption, "caption"))

    def _ledger(self, part: Ledger) -> None:
        if part.title:
            self._line([(0.0, WIDTH, part.title, "strong")], 7.0)
        widths = [column.width for column in part.columns]
        lefts = [0.0, *_running(widths)]
        heads = [column.head for column in part.columns]
        self._line([(left, width, head, "caption") for left, width, head in zip(lefts, widths, heads, strict=False)], 7.0)
        empty: list[Entry] = [None] * len(widths)
        listed = [*part.rows, *([empty] * part.blank), *([part.total] if part.total is not None else [])]
        for row in listed:
            aligned = zip(lefts, part.columns, row, strict=False)
            self._line([(left, column.width, entry, column.align) for left, column, entry in aligned], part.row_height)

    def _signatures(self, part: Signatures) -> None:
        for start in range(0, len(part.captions), part.columns):
            row = part.captions[start : start + part.columns]
            edges = [*_shares(len(row)), WIDTH]
            self._line(
                [(left, right - left, f"{caption}{SIGN_SPACE}{SIGNED_ON}", "left")
                 for left, right, caption in zip(edges, edges[1:], row, strict=False)], 12.0
            )  # fmt: skip

    def _photos(self, photos: Sequence[Photo], height: float) -> None:
        """A row of pictures within their cells, and below it their words."""
        edges = [0.0, *_shares(2)[1:], WIDTH]
        cells = list(pairwise(edges))
        self._line([(left, right - left, "", "center") for left, right in cells], height - 6.0)
        for (left, right), photo in zip(cells, photos, strict=False):
            wide, high = (right - left - 4) * _PIXELS, (height - 10) * _PIXELS
            with Image.open(BytesIO(photo.data)) as opened:
                scale = min(wide / opened.width, high / opened.height)
            column = self._edges.index(round(left, 1))
            place = {"image_data": BytesIO(photo.data), "x_scale": scale, "y_scale": scale, "x_offset": 6, "y_offset": 6,
                     "object_position": 1, "decorative": True}  # fmt: skip
            self._sheet.insert_image(self._row - 1, column, "photo", place)
        words = [photo.words for photo in photos] + [""] * (2 - len(photos))
        self._line([(left, right - left, said, "center") for (left, right), said in zip(cells, words, strict=False)], 6.0)

    def _line(self, pieces: Sequence[Piece], least: float) -> None:
        lines = max(_lines(entry_words(entry), width, style) for _, width, entry, style in pieces)
        height = min(max(least, lines * _LINE + 2.0) * _POINTS, _TALLEST)
        self._sheet.set_row(self._row, height)
        for piece in pieces:
            self._merge(self._row, self._row, piece)
        self._row += 1

    def _merge(self, first: int, last: int, piece: Piece) -> None:
        left, width, entry, style = piece
        begins = self._edges.index(round(left, 1))
        ends = self._edges.index(round(left + width, 1)) - 1
        shape = self._styles[_style_of(entry, style)]
        if first != last or begins != ends:
            self._sheet.merge_range(first, begins, last, ends, "", shape)
        if isinstance(entry, Amount):
            if entry.fen is not None:
                self._sheet.write_number(first, begins, entry.fen / 100, shape)
            else:
                self._sheet.write_blank(first, begins, None, shape)
        elif isinstance(entry, int):
            self._sheet.write_number(first, begins, entry, shape)
        else:
            self._sheet.write_string(first, begins, entry or "", shape)


def _style_of(entry: Entry, style: str) -> str:
    if isinstance(entry, Amount):
        return "right_amount" if style == "right" else "amount"
    return "count" if isinstance(entry, int) else style


def _rest(left: float, text: str, style: str) -> Piece:
    return (left, WIDTH - left, text, style)


def _band_pieces(part: Band) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0.0
    for cell in part.cells:
        pieces.append((at, cell.caption_width, cell.caption, "caption"))
        pieces.append((at + cell.caption_width, cell.value_width, cell.value, cell.align))
        at += cell.caption_width + cell.value_width
    return pieces


def _running(widths: Sequence[float]) -> list[float]:
    """The right edges of cells of these *widths*, side by side."""
    edges, at = [], 0.0
    for width in widths:
        at += width
        edges.append(round(min(at, WIDTH), 1))
    return edges


def _shares(count: int) -> list[float]:
    return [round(WIDTH * index / count, 1) for index in range(count)]


def _edges(part: Part) -> list[float]:
    match part:
        case Band():
            return _running([width for cell in part.cells for width in (cell.caption_width, cell.value_width)])
        case TextRow() | Opinion() | Sketch():
            return [part.caption_width]
        case Ledger():
            return _running([column.width for column in part.columns])
        case Photos():
            return _shares(2)
        case Signatures():
            count = len(part.captions)
            rows = {min(part.columns, count), count % part.columns or part.columns}
            return [edge for row in rows for edge in _shares(row)]
        case _:
            return []


def _lines(text: str, width: float, style: str) -> int:
    if style == "title":
        return 1
    room = max((width - 1.5) / _CHAR, 1.0)
    return sum(max(ceil(_wide(line) / room), 1) for line in text.split("\n"))


def _wide(text: str) -> float:
    """Length of *text* in Chinese characters."""
    return sum(1.0 if ord(char) > 0x2E7F or char in "“”‘’…—■□" else 0.55 for char in text)
