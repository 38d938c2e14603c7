"""A register as PDF on the long side of the paper, page by page; long entries wrap and make their line higher."""

from collections.abc import Sequence
from io import BytesIO

from db.domain.paper_layout import amount_words
from db.domain.wide_table import ROOM, WideTable, caption_cells
from db.printing.pdf_kit import FRAME, HAIR, MM, PAGE_HEIGHT, PAGE_WIDTH, Area, Drawing, PdfWriter
from db.printing.print_faces import BOLD, REGULAR, text_width
from db.printing.text_flow import wrap

_LEFT = (PAGE_HEIGHT - ROOM * MM) / 2
_BOTTOM = PAGE_WIDTH - 16.0 * MM
_LINE, _PAD = 1.25, 1.2 * MM
_FOOT_SIZE, _FOOT_LINE = 9.0, 4.2 * MM
_LEAST, _HEAD_LEAST, _NUMBERS = 8.0 * MM, 7.0 * MM, 5.5 * MM


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
    edges = _edges(table)
    top = _head(pages[0], table, edges, _title(pages[0], table))
    rows: list[Sequence[str | int | None]] = [*table.rows, *([("",) * len(table.columns)] * table.blank_rows)]
    for at, row in enumerate(rows):
        cells = [_lines(table, place, entry) for place, entry in enumerate(row)]
        height = max(_LEAST, max(len(lines) for lines in cells) * table.size * _LINE + 2 * _PAD)
        if top + height > _BOTTOM:
            pages.append(Drawing(is_landscape=True))
            top = _head(pages[-1], table, edges, 12.0 * MM)
        _row(pages[-1], table, edges, top, height, cells, BOLD if at in table.strong else REGULAR)
        top += height
    _foot(pages, table, top)
    return pages


def _foot(pages: list[Drawing], table: WideTable, top: float) -> None:
    """What stands below the table; on a page of its own where there is no room left."""
    lines = wrap(table.foot, ROOM * MM, _FOOT_SIZE) or [] if table.foot else []
    below = top + 5.5 * MM
    if len(lines) > 1 and below + (len(lines) - 1) * _FOOT_LINE > _BOTTOM + 2.0 * MM:
        pages.append(Drawing(is_landscape=True))
        below = 16.0 * MM
    for at, line in enumerate(lines):
        pages[-1].text(_LEFT, min(below, _BOTTOM + 2.0 * MM) + at * _FOOT_LINE, line, _FOOT_SIZE)


def _edges(table: WideTable) -> list[float]:
    """Left edge of each column and the right one of the last; the widths share the page."""
    scale = ROOM * MM / sum(column.width for column in table.columns)
    found = [_LEFT]
    for column in table.columns:
        found.append(found[-1] + column.width * scale)
    return found


def _title(page: Drawing, table: WideTable) -> float:
    """Annex, title and the line of captions; where the table begins."""
    if table.annex:
        page.text(_LEFT, 13.0 * MM, table.annex, 11.0)
    page.centred(Area(0, 13.0 * MM, PAGE_HEIGHT, 11.0 * MM), table.title, 16.0, BOLD)
    if not table.heads:
        return 27.0 * MM
    share = ROOM * MM / len(table.heads)
    for at, (caption, value) in enumerate(table.heads):
        band = Area(_LEFT + at * share, 26.0 * MM, share, 6.0 * MM)
        if not caption:  # a day alone stands at the right end of its share
            page.beside(band.x + band.w - text_width(value, 10.0), band, value, 10.0)
            continue
        end = page.beside(band.x, band, caption, 10.0)
        page.beside(end, band, value, 10.0)
    return 33.0 * MM


def _head(page: Drawing, table: WideTable, edges: list[float], top: float) -> float:
    """The captions and the line of numbers; where the entries begin."""
    depth = table.depth
    longest = max(
        len(wrap(column.head, edges[at + 1] - edges[at] - 2 * _PAD, table.size) or [""]) for at, column in enumerate(table.columns)
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


def _lines(table: WideTable, at: int, entry: str | int | None) -> list[str]:
    column = table.columns[at]
    text = amount_words(entry) if column.is_amount and isinstance(entry, int) else str(entry if entry is not None else "")
    share = ROOM * MM * column.width / sum(item.width for item in table.columns)
    return wrap(text, share - 2 * _PAD, table.size) or [""]


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
