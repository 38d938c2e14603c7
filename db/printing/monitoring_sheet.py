"""附件1 as PDF: one household a page, lying on its long side; what is too long for its cell goes on overleaf."""

from collections.abc import Iterable
from io import BytesIO
from typing import BinaryIO

from db.domain.papers.monitoring_paper import (
    ANNEX,
    CELLS,
    FOOT,
    HEADS,
    HEIGHTS,
    TITLE,
    WIDTHS,
    GridCell,
    cell_words,
    plain_caption,
)
from db.domain.records.record_form import RecordContent
from db.printing.pdf_kit import FRAME, HAIR, MM, PAGE_HEIGHT, PAGE_WIDTH, Area, Drawing, PdfWriter
from db.printing.print_faces import BOLD, REGULAR, text_width
from db.printing.text_flow import LEADING, SMALLEST, fit, shortened, wrap

_LEFT = (PAGE_HEIGHT - sum(WIDTHS) * MM) / 2
_TOP, _BOTTOM = 42.0 * MM, PAGE_WIDTH - 19.0 * MM
_PAD, _UPRIGHT = 1.6 * MM, 1.4 * MM
_SIZE, _LINE = 10.5, 1.3
_CAPTION_SIZE = 10.0
_OVERLEAF = "（全文见续页）"


def sheets_pdf(contents: Iterable[RecordContent | None]) -> bytes:
    """The sheets of several households as one PDF in memory; None makes a blank one."""
    out = BytesIO()
    write_sheets(out, contents)
    return out.getvalue()


def write_sheets(out: BinaryIO, contents: Iterable[RecordContent | None]) -> int:
    """The same onto *out*, a household at a time; the number of pages."""
    writer = PdfWriter(out, title=TITLE)
    for content in contents:
        for page in sheet_pages(content):
            writer.add_page(page)
    writer.close()
    return writer.page_count


def sheet_pages(content: RecordContent | None) -> list[Drawing]:
    """The page of a household, and those overleaf."""
    page = Drawing(is_landscape=True)
    _head(page, content)
    size, heights, whole = _measured(content)
    left_over = []
    tops = [_TOP + sum(heights[:row]) for row in range(len(heights) + 1)]
    for cell in CELLS:
        area = _area(cell, tops)
        page.box(area, HAIR)
        if not _fill(page, area, cell, content, size, whole=whole):
            left_over.append(cell)
    page.box(Area(_LEFT, _TOP, sum(WIDTHS) * MM, tops[-1] - _TOP), FRAME)
    _foot(page, tops[-1])
    return [page, *_overleaf(content, left_over)]


def _head(page: Drawing, content: RecordContent | None) -> None:
    page.text(_LEFT, 16.0 * MM, ANNEX, 12.0)
    page.centred(Area(0, 17.0 * MM, PAGE_HEIGHT, 12.0 * MM), TITLE, 18.0, BOLD)
    x, shares = _LEFT, (118.0 * MM, 70.0 * MM, 79.0 * MM)
    for (caption, key), share in zip(HEADS, shares, strict=True):
        band = Area(x, 33.5 * MM, share, 6.0 * MM)
        start = page.beside(x, band, caption, 11.0)
        room = share - (start - x) - 4 * MM
        words = cell_words(content, key)
        fitted = fit(words, room, band.h, 11.0) or shortened(words, room, band.h, "")
        page.stacked(Area(start, band.y, room, band.h), [line for line, _ in fitted.lines], fitted.size, LEADING, "left")
        if not words:
            page.line(start, band.y + band.h, start + room, band.y + band.h, 0.4)
        x += share


def _foot(page: Drawing, y: float) -> None:
    for number, line in enumerate(wrap(FOOT, sum(WIDTHS) * MM, 9.0) or [], 1):
        page.text(_LEFT, y + number * 4.6 * MM, line, 9.0)


def _area(cell: GridCell, tops: list[float]) -> Area:
    left = _LEFT + sum(WIDTHS[: cell.column]) * MM
    width = sum(WIDTHS[cell.column : cell.column + cell.across]) * MM
    return Area(left, tops[cell.row], width, tops[cell.row + cell.down] - tops[cell.row])


def _width(cell: GridCell) -> float:
    return sum(WIDTHS[cell.column : cell.column + cell.across]) * MM - 2 * _PAD


# -- how high the rows are ----------------------------------------------------------------------------------------


def _measured(content: RecordContent | None) -> tuple[float, list[float], bool]:
    """The size of long texts and the heights of the rows; False where some text does not fit even when small."""
    room = _BOTTOM - _TOP
    size = _SIZE
    while size >= SMALLEST:
        heights = _heights(content, size)
        if sum(heights) <= room:
            return size, heights, True
        size -= 0.5
    return SMALLEST, _shared(_heights(content, SMALLEST), room), False


def _heights(content: RecordContent | None, size: float) -> list[float]:
    heights = [height * MM for height in HEIGHTS]
    for cell in CELLS:
        if cell.is_text:
            lines = wrap(cell_words(content, cell.key), _width(cell), size) or []
            heights[cell.row] = max(heights[cell.row], len(lines) * size * _LINE + 2 * _UPRIGHT)
    return heights


def _shared(heights: list[float], room: float) -> list[float]:
    """The rows with long texts give way, each by what it has over its least height."""
    least = [height * MM for height in HEIGHTS]
    over = [high - low for high, low in zip(heights, least, strict=True)]
    factor = max(room - sum(least), 0.0) / (sum(over) or 1.0)
    return [low + more * factor for low, more in zip(least, over, strict=True)]


# -- filling in ---------------------------------------------------------------------------------------------------


def _fill(page: Drawing, area: Area, cell: GridCell, content: RecordContent | None, size: float, *, whole: bool) -> bool:
    """Write into a cell; False when only the beginning of its text found room."""
    words = cell.caption or cell_words(content, cell.key)
    inner = area.inset(_PAD, _UPRIGHT)
    if not words:
        return True
    if cell.is_text and whole:
        page.stacked(inner, wrap(words, inner.w, size) or [], size, _LINE, "left")
        return True
    wanted = _CAPTION_SIZE if cell.caption else min(_SIZE, size) if cell.is_text else _SIZE
    fitted = fit(words, inner.w, inner.h, wanted)
    shown = fitted or shortened(words, inner.w, inner.h, _OVERLEAF)
    align = "left" if cell.is_text or (cell.key == "address" and len(shown.lines) > 1) else "center"
    page.stacked(inner, [line for line, _ in shown.lines], shown.size, LEADING, align)
    return fitted is not None


def _overleaf(content: RecordContent | None, cells: list[GridCell]) -> list[Drawing]:
    """The whole of the texts that found no room, on further pages."""
    pages: list[Drawing] = []
    y = _BOTTOM
    step = _SIZE * 1.5
    for cell in cells:
        lines = wrap(cell_words(content, cell.key), sum(WIDTHS) * MM, _SIZE) or []
        for number, line in enumerate([_caption_of(cell), *lines]):
            if y + step * (2 if number == 0 else 1) > _BOTTOM:
                pages.append(_continued(content))
                y = 34.0 * MM
            y += step
            pages[-1].text(_LEFT, y, line, _SIZE, REGULAR if number else BOLD)
        y += step / 2
    return pages


def _continued(content: RecordContent | None) -> Drawing:
    page = Drawing(is_landscape=True)
    page.centred(Area(0, 14.0 * MM, PAGE_HEIGHT, 12.0 * MM), f"{TITLE}（续页）", 16.0, BOLD)
    who = f"户主姓名：{cell_words(content, 'name')}"
    page.text(PAGE_HEIGHT - _LEFT - text_width(who, _SIZE), 31.0 * MM, who, _SIZE)
    return page


def _caption_of(cell: GridCell) -> str:
    """The caption beside an answer, in one line."""
    beside = next(each for each in reversed(CELLS[: CELLS.index(cell)]) if each.caption)
    return plain_caption(beside).partition("(")[0]
