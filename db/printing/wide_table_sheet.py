"""A register as PDF on the long side of the paper, page by page; long entries wrap and make their line higher."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from itertools import accumulate

from db.domain.paper_layout import amount_words
from db.domain.wide_table import ROOM, WideTable, caption_cells
from db.printing.pdf_kit import FRAME, HAIR, MM, PAGE_HEIGHT, PAGE_WIDTH, Area, Drawing, PdfWriter
from db.printing.print_faces import BOLD, REGULAR, text_width
from db.printing.text_flow import caption_shares, fitted_widths, widest_whole, wrap

_LEFT = (PAGE_HEIGHT - ROOM * MM) / 2
_BOTTOM = PAGE_WIDTH - 16.0 * MM
_LINE, _PAD = 1.25, 1.2 * MM
_FOOT_SIZE, _FOOT_LINE = 9.0, 4.2 * MM
_LEAST, _HEAD_LEAST, _NUMBERS = 8.0 * MM, 7.0 * MM, 5.5 * MM
_CAPTION_SIZE = 10.0
_SMALLEST_TYPE = 6.0
"""Points: what twenty columns may come to on one page."""
_NOTHING = "没有可列的内容。"


def wide_table_pdf(table: WideTable) -> bytes:
    """The table as PDF in memory."""
    out = BytesIO()
    writer = PdfWriter(out, title=table.title)
    pages = _pages(table)
    for number, page in enumerate(pages, 1):
        words = f"第 {number} 页 / 共 {len(pages)} 页"
        page.text(_LEFT + ROOM * MM - text_width(words, 8.0), PAGE_WIDTH - 9.0 * MM, words, 8.0)
        writer.add_page(page)
    writer.close()
    return out.getvalue()


def _pages(table: WideTable) -> list[Drawing]:
    pages = [Drawing(is_landscape=True)]
    rows = [[_words(table, at, entry) for at, entry in enumerate(row)] for row in table.rows]
    table, edges = _fitted(table, rows)
    top = _head(pages[0], table, edges, _title(pages[0], table))
    rows += [[""] * len(table.columns)] * table.blank_rows
    for at, row in enumerate(rows):
        cells = [
            wrap(text, edges[place + 1] - edges[place] - 2 * _PAD, table.size) or [""] for place, text in enumerate(row)
        ]
        height = max(_LEAST, max(len(lines) for lines in cells) * table.size * _LINE + 2 * _PAD)
        if top + height > _BOTTOM:
            pages.append(Drawing(is_landscape=True))
            pages[-1].centred(Area(0, 7.0 * MM, PAGE_HEIGHT, 8.0 * MM), f"{table.title}（续页）", 11.0, BOLD)
            top = _head(pages[-1], table, edges, 16.0 * MM)
        _row(pages[-1], table, edges, top, height, cells, BOLD if at in table.strong else REGULAR)
        top += height
    _foot(pages, table, top if rows else _nothing(pages[0], top))
    return pages


def _nothing(page: Drawing, top: float) -> float:
    """A table without a line says so; where it ends."""
    area = Area(_LEFT, top, ROOM * MM, _LEAST)
    page.box(area, FRAME)
    page.centred(area, _NOTHING, _FOOT_SIZE)
    return top + _LEAST


def _foot(pages: list[Drawing], table: WideTable, top: float) -> None:
    """What stands below the table; on a page of its own where there is no room left."""
    lines = wrap(table.foot, ROOM * MM, _FOOT_SIZE) or [] if table.foot else []
    below = top + 5.5 * MM
    if len(lines) > 1 and below + (len(lines) - 1) * _FOOT_LINE > _BOTTOM + 2.0 * MM:
        pages.append(Drawing(is_landscape=True))
        below = 16.0 * MM
    for at, line in enumerate(lines):
        pages[-1].text(_LEFT, min(below, _BOTTOM + 2.0 * MM) + at * _FOOT_LINE, line, _FOOT_SIZE)


def _fitted(table: WideTable, rows: Sequence[Sequence[str]]) -> tuple[WideTable, list[float]]:
    """The table in the size of type at which no number or name is torn, not below the smallest, and its columns' edges."""
    scale = ROOM * MM / sum(column.width for column in table.columns)
    widths, needed = [column.width * scale for column in table.columns], _needed(table, rows)
    while True:
        needs = [need * table.size + 2 * _PAD for need in needed]
        found = fitted_widths(widths, needs)
        if table.size <= _SMALLEST_TYPE or all(need <= width + 0.1 for need, width in zip(needs, found, strict=True)):
            return table, list(accumulate(found, initial=_LEFT))
        table = replace(table, size=table.size - 0.5)


def _needed(table: WideTable, rows: Sequence[Sequence[str]]) -> list[float]:
    """How wide what stands in one piece in each column is, for type of one point."""
    plain = [row for at, row in enumerate(rows) if at not in table.strong]
    totals = [rows[at] for at in table.strong]
    return [
        max(widest_whole((row[at] for row in plain), 1.0), widest_whole((row[at] for row in totals), 1.0, BOLD))
        for at in range(len(table.columns))
    ]


def _title(page: Drawing, table: WideTable) -> float:
    """Annex, title and the line of captions; where the table begins."""
    if table.annex:
        page.text(_LEFT, 13.0 * MM, table.annex, 11.0)
    page.centred(Area(0, 13.0 * MM, PAGE_HEIGHT, 11.0 * MM), table.title, 16.0, BOLD)
    if not table.heads:
        return 27.0 * MM
    size, shares = caption_shares([caption + value for caption, value in table.heads], ROOM * MM, _CAPTION_SIZE)
    left = _LEFT
    for (caption, value), share in zip(table.heads, shares, strict=True):
        band = Area(left, 26.0 * MM, share, 6.0 * MM)
        left += share
        if not caption:  # a day alone stands at the right end of its share
            page.beside(band.x + band.w - text_width(value, size), band, value, size)
            continue
        page.beside(band.x, band, caption + value, size)
    return 33.0 * MM


def _head(page: Drawing, table: WideTable, edges: list[float], top: float) -> float:
    """The captions and the line of numbers; where the entries begin."""
    depth = table.depth
    longest = max(
        len(wrap(column.head, edges[at + 1] - edges[at] - 2 * _PAD, table.size) or [""])
        for at, column in enumerate(table.columns)
    )
    last = max(_HEAD_LEAST, longest * table.size * _LINE + 2 * _PAD)
    tops = [top + level * _HEAD_LEAST for level in range(depth)] + [top + (depth - 1) * _HEAD_LEAST + last]
    for cell in caption_cells(table):
        left, right = edges[cell.column], edges[cell.column + cell.across]
        area = Area(left, tops[cell.row], right - left, tops[cell.row + cell.down] - tops[cell.row])
        page.fill(area, "#F2F4F7")
        page.box(area, HAIR)
        page.stacked(area, wrap(cell.text, area.w - 2 * _PAD, table.size) or [], table.size, _LINE)
    below = tops[-1]
    if table.numbered:
        for at in range(len(table.columns)):
            area = Area(edges[at], below, edges[at + 1] - edges[at], _NUMBERS)
            page.box(area, HAIR)
            page.centred(area, str(at + 1), 7.5)
        below += _NUMBERS
    page.box(Area(_LEFT, top, ROOM * MM, below - top), FRAME)
    return below


def _words(table: WideTable, at: int, entry: str | int | None) -> str:
    """An entry as it is printed: amounts in 元, counts with their thousands parted."""
    column = table.columns[at]
    if isinstance(entry, int):
        return amount_words(entry) if column.is_amount else f"{entry:,}" if column.align == "right" else str(entry)
    return entry or ""


def _row(
    page: Drawing, table: WideTable, edges: list[float], top: float, height: float, cells: list[list[str]], face: str
) -> None:
    for at, lines in enumerate(cells):
        area = Area(edges[at], top, edges[at + 1] - edges[at], height)
        page.box(area, HAIR)
        align = table.columns[at].align
        inside = Area(area.x + _PAD, area.y, area.w - 2 * _PAD, area.h)
        if align == "right":
            for number, line in enumerate(lines):
                x = inside.x + inside.w - text_width(line, table.size, face)
                y = area.y + (area.h - len(lines) * table.size * _LINE) / 2 + (number + 0.78) * table.size * _LINE
                page.text(x, y, line, table.size, face)
        else:
            page.stacked(inside, lines, table.size, _LINE, align, face)
    page.line(_LEFT, top, _LEFT, top + height, FRAME)
    page.line(_LEFT + ROOM * MM, top, _LEFT + ROOM * MM, top + height, FRAME)
    page.line(_LEFT, top + height, _LEFT + ROOM * MM, top + height, HAIR)
