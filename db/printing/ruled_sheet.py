"""Official sheets of any length: bands of captioned cells, ledgers and texts in one ruled grid on A4.

What does not fit on a page goes on to the next one under a repeated header; a text is wrapped and, only where a number
or word would be torn, set smaller. Nothing is ever cut.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, NamedTuple

from db.printing.pdf_kit import FRAME, HAIR, MM, OPTICAL_CENTRE, PAGE_WIDTH, Area, Drawing, PdfWriter, page_number
from db.printing.print_faces import BOLD, REGULAR, text_width
from db.printing.text_flow import LEADING, SMALLEST, fit, fitted_widths, shortened, sizes_from, widest_whole, wrap

LEFT, RIGHT = 17.0 * MM, 13.0 * MM
WIDTH = PAGE_WIDTH - LEFT - RIGHT
WIDTH_MM = 180.0
TOP, BOTTOM, FOOT = 28.0 * MM, 283.0 * MM, 289.0 * MM
_TITLE_BASELINE, _HEADER_BASELINE = 18.5 * MM, 25.5 * MM
_LONGEST_TITLE = 170 * MM
_PAD, _UPRIGHT = 1.3 * MM, 1.0 * MM
_LINE = 1.25
_BAND = 7.5 * MM
_HEADING = 6.5 * MM
_BOLD_ROOM = 0.95
"""Share of a cell that is reckoned with for bold type, which runs wider."""
_LEDGER_SIZE = 8.5
_CLOSING = "。，；：）"
_SHORT = 4
"""Lines up to which a text is not parted between two pages."""
BOX, FILLED_BOX = "□", "■"
SIGNED_ON = "年　　月　　日"


class Head(NamedTuple):
    """One entry of the line above the grid: caption, value, width in millimetres."""

    caption: str
    value: str
    width: float


class Pair(NamedTuple):
    """A captioned cell of a band; widths in millimetres."""

    caption: str
    value: str
    caption_width: float
    value_width: float
    align: str = "center"


class Column(NamedTuple):
    """A column of a ledger; width in millimetres, *align* center, left or right."""

    head: str
    width: float
    align: str = "center"


@dataclass(slots=True)
class _Cell:
    x: float
    width: float
    lines: list[str]
    size: float
    align: str = "center"
    face: str = REGULAR

    def height(self, lines: int) -> float:
        return lines * self.size * _LINE + 2 * _UPRIGHT


def laid(text: str, width: float, size: float) -> tuple[list[str], float]:
    """Lines of *text* and their size: *size*, or the first smaller one at which no word or number is torn."""
    if not text:
        return [], size
    for smaller in sizes_from(size):
        lines = wrap(text, width, smaller, break_words=False)
        if lines is not None:
            return _without_leftover(text, lines, width, smaller)
    return wrap(text, width, size) or [], size


def _without_leftover(text: str, lines: list[str], width: float, size: float) -> tuple[list[str], float]:
    """No single character in a last line: a little smaller where that saves the line, else a little narrower."""
    if len(lines) < 2 or len(lines[-1].rstrip(_CLOSING)) > 1:
        return lines, size
    for smaller in sizes_from(size)[1:3]:
        fewer = wrap(text, width, smaller, break_words=False)
        if fewer is not None and len(fewer) < len(lines):
            return fewer, smaller
    narrower = wrap(text, width - size, size, break_words=False)
    return (narrower, size) if narrower is not None and len(narrower) == len(lines) else (lines, size)


def money(fen: int | None) -> str:
    """An amount in 元 for a cell; empty for none."""
    if fen is None:
        return ""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def ticked(options: Sequence[tuple[object, str]], value: object) -> str:
    """The answers with boxes, that of *value* filled."""
    marks = (f"{FILLED_BOX if value is not None and option == value else BOX}{words}" for option, words in options)
    return "　".join(marks)


YES_NO = ((True, "是"), (False, "否"))


class RuledSheet:
    """The pages of one sheet, filled from top to bottom."""

    def __init__(self, title: str, heads: Sequence[Head], *, size: float = 9.0, foot: str = "") -> None:
        self.title, self.size = title, size
        self.pages: list[Drawing] = []
        self._heads, self._foot = tuple(heads), foot
        self._y = self._frame_top = TOP
        self._new_page()

    @property
    def page(self) -> Drawing:
        """The page being filled."""
        return self.pages[-1]

    # -- pages --------------------------------------------------------------------------------------------------

    def _new_page(self) -> None:
        if self.pages:
            self._close_frame()
        page = Drawing()
        title = self.title if not self.pages else f"{self.title}（续页）"
        self.pages.append(page)
        size = 18.0
        while text_width(title, size, BOLD) > _LONGEST_TITLE:
            size -= 0.5
        page.centred(Area(LEFT, _TITLE_BASELINE - 8 * MM, WIDTH, 10 * MM), title, size, BOLD)
        x = LEFT
        for caption, value, width in self._heads:
            band = Area(x, _HEADER_BASELINE - 3.6 * MM, width * MM, 5.0 * MM)
            end = page.beside(x, band, caption, 9.0)
            self._head_value(page, Area(end, band.y, x + band.w - end - 2 * MM, band.h), value)
            x += band.w
        self._y = self._frame_top = TOP

    @staticmethod
    def _head_value(page: Drawing, area: Area, value: str) -> None:
        if not value:
            page.line(area.x, area.y + area.h - 0.6 * MM, area.x + area.w, area.y + area.h - 0.6 * MM, 0.4)
            return
        fitted = fit(value, area.w, area.h, 9.0) or shortened(value, area.w, area.h, "")
        page.stacked(area, [line for line, _ in fitted.lines], fitted.size, LEADING, "left")

    def _close_frame(self) -> None:
        if self._y > self._frame_top + 0.1:
            self.page.box(Area(LEFT, self._frame_top, WIDTH, self._y - self._frame_top), FRAME)
        self._frame_top = self._y

    def _room(self) -> float:
        return BOTTOM - self._y

    def keep_together(self, height: float) -> None:
        """Begin a new page unless *height* millimetres are left."""
        if self._room() < height * MM and self._y > TOP:
            self._new_page()

    def finish(self) -> list[Drawing]:
        """Close the grid and number the pages."""
        self._close_frame()
        for number, page in enumerate(self.pages, 1):
            if self._foot:
                page.text(LEFT, FOOT, self._foot, 8.0)
            page_number(page, PAGE_WIDTH - RIGHT, FOOT, number, len(self.pages))
        return self.pages

    # -- rows ---------------------------------------------------------------------------------------------------

    def _row(self, cells: Sequence[_Cell], least: float, again: Callable[[], None] | None = None) -> None:
        """One row of cells; it goes over to further pages where it must, after *again* has repeated the heads."""
        while True:
            height = _height(cells, least)
            if height <= self._room() + 0.1:
                self._draw_row(cells, height)
                return
            if self._y > TOP + 60 * MM or height <= BOTTOM - TOP - 20 * MM:
                self._new_page()
                if again is not None:
                    again()
                if height <= self._room() + 0.1:
                    continue
            cells = self._begin(cells)

    def _begin(self, cells: Sequence[_Cell]) -> list[_Cell]:
        """Draw as many lines of a row higher than a page as there is room for; what is left."""
        room = self._room()
        now, later = [], []
        for cell in cells:
            count = max(int((room - 2 * _UPRIGHT) / (cell.size * _LINE)), 1)
            now.append(_Cell(cell.x, cell.width, cell.lines[:count], cell.size, cell.align, cell.face))
            later.append(_Cell(cell.x, cell.width, cell.lines[count:], cell.size, cell.align, cell.face))
        self._draw_row(now, room)
        return later

    def _draw_row(self, cells: Sequence[_Cell], height: float) -> None:
        page = self.page
        for cell in cells:
            self._draw_cell(page, cell, height)
            if cell.x > LEFT + 1:
                page.line(cell.x, self._y, cell.x, self._y + height)
        self._y += height
        page.line(LEFT, self._y, LEFT + WIDTH, self._y)

    def _draw_cell(self, page: Drawing, cell: _Cell, height: float) -> None:
        step = cell.size * _LINE
        top = self._y + (height - step * len(cell.lines)) / 2
        if cell.align == "top":
            top = self._y + _UPRIGHT
        for index, line in enumerate(cell.lines):
            length = text_width(line, cell.size, cell.face)
            x = cell.x + (cell.width - length) / 2
            if cell.align in ("left", "top"):
                x = cell.x + _PAD
            elif cell.align == "right":
                x = cell.x + cell.width - _PAD - length
            y = top + step * (index + 0.5) + cell.size * OPTICAL_CENTRE
            page.text(x, y, line, cell.size, cell.face)

    def _cell(
        self, x: float, width: float, text: str, align: str = "center", *, size: float = 0.0, face: str = REGULAR
    ) -> _Cell:
        room = width - 2 * _PAD
        lines, used = laid(text, room if face == REGULAR else room * _BOLD_ROOM, size or self.size)
        return _Cell(x, width, lines, used, align, face)

    # -- parts --------------------------------------------------------------------------------------------------

    def band(self, pairs: Sequence[Pair], least: float = 0.0) -> None:
        """A row of captioned cells, at least *least* millimetres high."""
        cells: list[_Cell] = []
        x = LEFT
        for pair in pairs:
            cells.append(self._cell(x, pair.caption_width * MM, pair.caption, size=8.5))
            x += pair.caption_width * MM
            cells.append(self._cell(x, pair.value_width * MM, pair.value, pair.align))
            x += pair.value_width * MM
        self._row(cells, max(_BAND, least * MM))

    def heading(self, text: str, follows: float = 14.0) -> None:
        """A heading across the grid, kept with *follows* millimetres of what comes after it."""
        self.keep_together(_HEADING / MM + follows)
        self._heading(text)

    def _heading(self, text: str) -> None:
        self._draw_row([_Cell(LEFT, WIDTH, [text], 9.5, "left", BOLD)], _HEADING)

    def ledger(
        self,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str]],
        *,
        total: Sequence[str] | None = None,
        blank: int = 0,
        row_height: float = 6.5,
        strong: Collection[int] = (),
    ) -> None:
        """A table under a heading; both are repeated on every further page. *blank* empty rows follow for the pen.

        The rows *strong* and the total stand in bold; columns give way where a number would be torn.
        """
        listed = [*rows, *([""] * len(columns) for _ in range(blank))]
        if total is not None:
            strong = {*strong, len(listed)}
            listed.append(total)
        columns = _wide_enough(columns, listed)
        heads = [self._cell(x, width, head, size=_LEDGER_SIZE) for x, width, head in _captions(columns)]
        high = max(6.5 * MM, *(cell.height(len(cell.lines)) for cell in heads))
        first = _HEADING + high + row_height * MM
        if title and self._room() < first:
            self._new_page()

        def draw_heads(words: str) -> None:
            if words:
                self._heading(words)
            self._draw_row(heads, high)

        def again() -> None:
            draw_heads(f"{title}（续）" if title else "")

        draw_heads(title)
        last = len(listed) - 2 if total is not None else -1
        for at, row in enumerate(listed):
            cells = self._ledger_cells(columns, row, BOLD if at in strong else REGULAR)
            if at == last and at > 0 and self._room() < _height(cells, row_height * MM) + row_height * MM:
                self._new_page()  # the total does not stand alone on a page
                again()
            self._row(cells, row_height * MM, again)

    def _ledger_cells(self, columns: Sequence[Column], row: Sequence[str], face: str) -> list[_Cell]:
        return [
            self._cell(x, width, text, column.align, size=_LEDGER_SIZE, face=face)
            for (x, width, column), text in zip(_edges(columns), row, strict=True)
        ]

    def text_row(self, caption: str, text: str, *, caption_width: float = 26.0, least: float = 7.5) -> None:
        """A caption at the left and a text of any length at the right."""
        width = caption_width * MM
        cells = [
            self._cell(LEFT, width, caption, size=8.5),
            self._cell(LEFT + width, WIDTH - width, text, "left"),
        ]
        self._row(cells, least * MM)

    def opinion(
        self, caption: str, text: str, signed: tuple[str, str], *, caption_width: float = 26.0, least: float = 26.0
    ) -> None:
        """A caption, what is known of the opinion, and at the foot who signs and the day; kept together."""
        width = caption_width * MM
        text_cell = self._cell(LEFT + width, WIDTH - width, text, "top")
        height = max(least * MM, text_cell.height(len(text_cell.lines)) + 9 * MM)
        self.keep_together(height / MM)
        caption_cell = self._cell(LEFT, width, caption, size=8.5)
        self._row([caption_cell, text_cell], height)
        baseline = self._y - 3.2 * MM
        day_end = LEFT + WIDTH - 3 * MM
        self.page.text(day_end - text_width(signed[1], self.size), baseline, signed[1], self.size)
        self.page.text(LEFT + WIDTH - 92 * MM, baseline, signed[0], self.size)

    def sketch(
        self, caption: str, picture: bytes, words: str, *, caption_width: float = 26.0, least: float = 24.0
    ) -> None:
        """A caption, what was drawn by hand beside it, and words at the right; kept together."""
        width, height = caption_width * MM, least * MM
        self.keep_together(least)
        cells = [self._cell(LEFT, width, caption, size=8.5), self._cell(LEFT + width, WIDTH - width, "")]
        top, right = self._y, LEFT + WIDTH - 3 * MM
        self._row(cells, height)
        if picture:
            end = right - text_width(words, self.size) - 6 * MM
            self.page.picture(Area(LEFT + width, top, end - LEFT - width, height).inset(2 * MM, 1.5 * MM), picture)
        self.page.text(right - text_width(words, self.size), top + height - 3.2 * MM, words, self.size)

    def photos(self, photos: Sequence[tuple[bytes, str]], *, height: float = 72.0) -> None:
        """Up to two pictures side by side with words below each, kept together."""
        self.keep_together(height)
        share, top = WIDTH / 2, self._y
        self._row([self._cell(LEFT, share, ""), self._cell(LEFT + share, share, "")], height * MM)
        for index, (picture, words) in enumerate(photos):
            box = Area(LEFT + index * share, top, share, height * MM)
            below = 6 * MM if words else 0.0
            self.page.picture(Area(box.x, box.y, box.w, box.h - below).inset(2 * MM, 2 * MM), picture)
            fitted = fit(words, share - 4 * MM, below, 8.5) or shortened(words, share - 4 * MM, below, "")
            lines = [line for line, _ in fitted.lines]
            self.page.stacked(Area(box.x, box.y + box.h - below - 1 * MM, share, below), lines, fitted.size, LEADING)

    def paragraphs(
        self, texts: Iterable[str], *, size: float = 0.0, indent: bool = False, hanging: str = "", gap: float = 1.2
    ) -> None:
        """Running texts without lines between them; *hanging*: as wide as this, all lines but the first move in."""
        used = size or self.size
        inward = text_width(hanging, used)
        width = WIDTH - 5 * MM
        for text in texts:
            lines = wrap(("　　" if indent else "") + text, width - inward, used, first=width) or []
            if len(lines) <= _SHORT:
                ahead = 1 if text.endswith("：") else 0  # what it announces stands with it
                self.keep_together((len(lines) + ahead) * used * 1.5 / MM + 1.0)
            for index, line in enumerate(lines):
                self._running_line(line, used, inward if index else 0.0)
            self._y += gap * MM

    def _running_line(self, line: str, size: float, inward: float) -> None:
        step = size * 1.5
        if self._room() < step + 1 * MM:
            self._new_page()
        if self._y == TOP:
            self._y += 1.5 * MM
        self.page.text(LEFT + 2.5 * MM + inward, self._y + step * 0.5 + size * OPTICAL_CENTRE, line, size)
        self._y += step

    def paragraph_title(self, text: str) -> None:
        """A bold line above paragraphs, kept with what follows."""
        self.keep_together(12.0)
        step = self.size * 1.7
        if self._y == TOP:
            self._y += 1 * MM
        self.page.text(LEFT + 2.5 * MM, self._y + step * 0.5 + self.size * OPTICAL_CENTRE, text, self.size, BOLD)
        self._y += step

    def space(self, millimetres: float) -> None:
        """Leave room, or begin a new page where there is none."""
        if self._room() < millimetres * MM:
            self._new_page()
        self._y += millimetres * MM

    def rule(self) -> None:
        """A line across the grid at this place."""
        self.page.line(LEFT, self._y, LEFT + WIDTH, self._y, HAIR)

    def signatures(self, captions: Sequence[str], *, height: float = 14.0, columns: int = 2) -> None:
        """Places to sign with their date, *columns* to a row, kept together."""
        rows = [captions[start : start + columns] for start in range(0, len(captions), columns)]
        self.keep_together(height * len(rows))
        for row in rows:
            share = WIDTH / len(row)
            cells = [_Cell(LEFT + index * share, share, [words], self.size, "left") for index, words in enumerate(row)]
            middle = self._y + height * MM / 2 + self.size * OPTICAL_CENTRE
            end = text_width(SIGNED_ON, self.size) + 3 * MM
            self._row(cells, height * MM)
            for cell in cells:
                self.page.text(cell.x + share - end, middle, SIGNED_ON, self.size)


def _height(cells: Sequence[_Cell], least: float) -> float:
    """Of a row with these cells."""
    return max([least, *(cell.height(len(cell.lines)) for cell in cells)])


def _wide_enough(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[Column]:
    """The columns, shifted where even the smallest type would tear a number."""
    needs = [widest_whole((row[at] for row in rows), SMALLEST, BOLD) + 2 * _PAD for at in range(len(columns))]
    widths = fitted_widths([column.width * MM for column in columns], needs)
    return [column._replace(width=width / MM) for column, width in zip(columns, widths, strict=True)]


def _captions(columns: Sequence[Column]) -> list[tuple[float, float, str]]:
    """Left edge, width and words of each caption; a column without one belongs to the one behind it."""
    found, before = [], 0.0
    for x, width, column in _edges(columns):
        if not column.head and column is not columns[-1]:
            before += width
            continue
        found.append((x - before, width + before, column.head))
        before = 0.0
    return found


def _edges(columns: Sequence[Column]) -> list[tuple[float, float, Column]]:
    """Left edge, width and column of each, in points."""
    edges = []
    x = LEFT
    for column in columns:
        edges.append((x, column.width * MM, column))
        x += column.width * MM
    return edges


def write_sheets(out: BinaryIO, title: str, sheets: Iterable[Sequence[Drawing]]) -> int:
    """Write the pages of several sheets as one PDF; the number of pages."""
    writer = PdfWriter(out, title=title)
    for pages in sheets:
        for page in pages:
            writer.add_page(page)
    writer.close()
    return writer.page_count


def sheet_pdf(title: str, pages: Sequence[Drawing]) -> bytes:
    """One sheet as a PDF in memory."""
    out = BytesIO()
    write_sheets(out, title, [pages])
    return out.getvalue()
