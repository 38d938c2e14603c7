"""Payment lists on paper, A4 lying: 银行卡发放花名册 sorted by bank with sums, and the receipt list of goods with room to sign.

The head is repeated on every page; nothing is cut: a long text is wrapped and, where a word would be torn, set smaller.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from db.domain.paper_layout import LedgerColumn
from db.printing.pdf_kit import FRAME, MM, OPTICAL_CENTRE, PAGE_HEIGHT, Area, Drawing, PdfWriter, page_number
from db.printing.print_faces import BOLD, REGULAR, text_width
from db.printing.ruled_sheet import SIGNED_ON, laid
from db.printing.text_flow import caption_shares

LEFT = 12.0 * MM
WIDTH = PAGE_HEIGHT - 2 * LEFT
WIDTH_MM = 273.0
_TITLE, _HEADS, _TOP, _BOTTOM, _FOOT = 15.0 * MM, 22.5 * MM, 25.0 * MM, 194.0 * MM, 202.0 * MM
_SIZE, _HEAD_SIZE, _LINE, _PAD = 8.5, 8.5, 1.25, 1.0 * MM
_SIGN_HEIGHT = 12.0 * MM


@dataclass(frozen=True, slots=True)
class RosterGroup:
    """Lines that stand together, and the line that sums them up (empty: none)."""

    rows: Sequence[Sequence[str]]
    sum_words: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """A whole list. *total* stands in bold below it, *signs* where it is signed, *foot* at the foot of every page."""

    title: str
    heads: Sequence[str]
    columns: Sequence[LedgerColumn]
    groups: Sequence[RosterGroup]
    total: str
    signs: Sequence[str]
    foot: str
    least: float = 7.0
    """Height of a line in millimetres at least."""


def roster_pdf(roster: Roster) -> bytes:
    """The list as a PDF in memory."""
    out = BytesIO()
    writer = PdfWriter(out, title=roster.title)
    pages = list(_Sheet(roster).pages())
    for number, page in enumerate(pages, 1):
        page.text(LEFT, _FOOT, roster.foot, 8.0)
        page_number(page, LEFT + WIDTH, _FOOT, number, len(pages))
        writer.add_page(page)
    writer.close()
    return out.getvalue()


class _Sheet:
    """Fills pages from top to bottom."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._page = Drawing(is_landscape=True)
        self._y = _TOP
        self._done: list[Drawing] = []

    def pages(self) -> Iterator[Drawing]:
        """Every page, the last one with the total and the places to sign."""
        roster = self._roster
        self._begin()
        for group in roster.groups:
            for row in group.rows:
                self._row(row)
            if group.sum_words:
                self._across(group.sum_words)
        self._across(roster.total, face=BOLD)
        self._sign(roster.signs)
        self._end()
        yield from self._done

    # -- pages --------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        roster, page = self._roster, self._page
        title, size = roster.title + ("（续页）" if self._done else ""), 18.0
        while text_width(title, size, BOLD) > WIDTH and size > 11:
            size -= 0.5
        page.centred(Area(LEFT, _TITLE - 8 * MM, WIDTH, 10 * MM), title, size, BOLD)
        size, shares = caption_shares(roster.heads, WIDTH, 9.0)
        at = LEFT
        for words, share in zip(roster.heads, shares, strict=True):
            page.text(at, _HEADS, words, size)
            at += share
        self._y = _TOP
        self._cells([column.head for column in roster.columns], ["center"] * len(roster.columns), 7.5 * MM, BOLD)

    def _end(self) -> None:
        self._page.box(Area(LEFT, _TOP, WIDTH, self._y - _TOP), FRAME)
        self._done.append(self._page)

    def _room_for(self, height: float) -> None:
        if self._y + height > _BOTTOM:
            self._end()
            self._page = Drawing(is_landscape=True)
            self._begin()

    # -- rows ---------------------------------------------------------------------------------------------------

    def _row(self, texts: Sequence[str]) -> None:
        self._cells(texts, [column.align for column in self._roster.columns], self._roster.least * MM, REGULAR)

    def _cells(self, texts: Sequence[str], aligns: Sequence[str], least: float, face: str) -> None:
        cells = [
            laid(words, column.width * MM - 2 * _PAD, _SIZE)
            for words, column in zip(texts, self._roster.columns, strict=True)
        ]
        height = max([least, *(len(lines) * size * _LINE + 2 * _PAD for lines, size in cells)])
        if face == REGULAR:
            self._room_for(height)
        x = LEFT
        for (lines, size), column, align in zip(cells, self._roster.columns, aligns, strict=True):
            self._lines(Area(x, self._y, column.width * MM, height), lines, size, align, face)
            x += column.width * MM
            if x < LEFT + WIDTH - 1:
                self._page.line(x, self._y, x, self._y + height)
        self._y += height
        self._page.line(LEFT, self._y, LEFT + WIDTH, self._y)

    def _lines(self, area: Area, lines: Iterable[str], size: float, align: str, face: str) -> None:
        block = list(lines)
        top = area.y + (area.h - size * _LINE * len(block)) / 2
        for index, words in enumerate(block):
            length = text_width(words, size, face)
            x = area.x + (area.w - length) / 2
            if align == "left":
                x = area.x + _PAD
            elif align == "right":
                x = area.x + area.w - _PAD - length
            self._page.text(x, top + size * _LINE * (index + 0.5) + size * OPTICAL_CENTRE, words, size, face)

    def _across(self, words: str, face: str = REGULAR) -> None:
        """A line over all columns."""
        size = 9.5 if face == BOLD else _SIZE
        lines, size = laid(words, WIDTH - 4 * _PAD, size)
        height = max(7.0 * MM, len(lines) * size * _LINE + 2 * _PAD)
        self._room_for(height + (_SIGN_HEIGHT if face == BOLD else 0))
        area = Area(LEFT + _PAD, self._y, WIDTH - 2 * _PAD, height)
        self._lines(area, lines, size, "left", face)
        self._y += height
        self._page.line(LEFT, self._y, LEFT + WIDTH, self._y)

    def _sign(self, captions: Sequence[str]) -> None:
        """Places to sign side by side."""
        share = WIDTH / len(captions)
        middle = self._y + _SIGN_HEIGHT / 2 + 9.5 * OPTICAL_CENTRE
        end = text_width(SIGNED_ON, 9.0) + 3 * MM
        for index, words in enumerate(captions):
            x = LEFT + index * share
            self._page.text(x + 2 * MM, middle, words, 9.5)
            self._page.text(x + share - end, middle, SIGNED_ON, 9.0)
            if index:
                self._page.line(x, self._y, x, self._y + _SIGN_HEIGHT)
        self._y += _SIGN_HEIGHT
