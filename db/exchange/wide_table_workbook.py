"""A register as a workbook: captions in their groups, everything text but amounts and counts, ready to be printed.

The heights of the lines are worked out here: not every program that opens the file fits them to what stands in it.
"""

import math
import re
import unicodedata
from typing import Any, BinaryIO

import xlsxwriter

from db.domain.wide_table import CaptionCell, WideTable, caption_cells
from db.exchange.workbook_export import FONT

_CHARACTER = 2.0
"""mm of a column's unit of width."""
_ROOMIER = 1.7
"""How much wider columns are where the paper sets them in small type: a sheet has room, and print is fitted to the page."""
_USUAL_SIZE = 8.5
_PIECES, _LONGEST_PIECE, _DIGIT = re.compile("[!-~]{2,}"), 24, 1.15
_LINE, _PADDING, _LEAST = 13.5, 5.0, 20.0
_BASE = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True}


def write_wide_table(out: BinaryIO, table: WideTable) -> None:
    """Write the table onto one sheet."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": table.title, "comments": "由暖档导出"})
    sheet = book.add_worksheet("登记表")
    widths = _widths(table)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    start = _write_head(book, sheet, table, widths)
    end = _write_rows(book, sheet, table, widths, start)
    if table.foot:
        _across(sheet, end, len(widths) - 1, table.foot, book.add_format({**_BASE, "valign": "top"}))
        sheet.set_row(end, _height(table.foot, sum(widths)))
    sheet.freeze_panes(start, 1)
    sheet.repeat_rows(0, start - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R第 &P 页，共 &N 页")
    book.close()


def _widths(table: WideTable) -> list[float]:
    """As wide as on paper, or as the longest number in a column needs in one piece."""
    roomier = _ROOMIER if table.size < _USUAL_SIZE else 1.0
    found = []
    for at, column in enumerate(table.columns):
        longest = max((_longest_piece(row[at], column.is_amount) for row in table.rows), default=0)
        found.append(max(column.width / _CHARACTER * roomier, longest * _DIGIT + 1.0))
    return found


def _longest_piece(entry: str | int | None, is_amount: bool) -> int:
    """Characters of the longest number or word of an entry that is not to be torn."""
    if isinstance(entry, int):
        return len(f"{entry / 100:,.2f}" if is_amount else f"{entry:,}")
    return max((len(piece) for piece in _PIECES.findall(entry or "") if len(piece) <= _LONGEST_PIECE), default=0)


def _across(sheet: Any, row: int, last: int, words: str, look: Any) -> None:
    """A text over the whole width; one column is no range."""
    if last:
        sheet.merge_range(row, 0, row, last, words, look)
    else:
        sheet.write_string(row, 0, words, look)


# -- head ---------------------------------------------------------------------------------------------------------


def _write_head(book: Any, sheet: Any, table: WideTable, widths: list[float]) -> int:
    """Title, the line of captions, the groups; the row at which the entries begin."""
    last = len(widths) - 1
    _across(sheet, 0, last, table.title, book.add_format({**_BASE, "font_size": 16, "bold": True, "align": "center"}))
    sheet.set_row(0, 30)
    words = "　　　　".join(f"{caption}{value}" for caption, value in table.heads)
    _across(sheet, 1, last, f"{table.annex}　{words}".strip(), book.add_format({**_BASE, "text_wrap": False}))
    head = book.add_format({**_BASE, "bold": True, "align": "center", "border": 1, "bg_color": "#EEF1F5"})
    cells = caption_cells(table)
    for cell in cells:
        row, column = cell.row + 2, cell.column
        if cell.down > 1 or cell.across > 1:
            sheet.merge_range(row, column, row + cell.down - 1, column + cell.across - 1, cell.text, head)
        else:
            sheet.write_string(row, column, cell.text, head)
    for level in range(table.depth):
        sheet.set_row(level + 2, _head_height(cells, level, table.depth, widths))
    start = 2 + table.depth
    for at in range(len(widths)) if table.numbered else ():
        sheet.write_number(start, at, at + 1, head)
    return start + table.numbered


def _head_height(cells: list[CaptionCell], level: int, depth: int, widths: list[float]) -> float:
    """Of a line of captions: groups need their own, the last line what is left of the highest caption."""
    if level < depth - 1:
        groups = [cell for cell in cells if cell.row == level and cell.down == 1]
        return max((_height(cell.text, sum(widths[cell.column : cell.column + cell.across])) for cell in groups), default=_LEAST)
    needed = [_height(cell.text, widths[cell.column]) - (cell.down - 1) * _LEAST for cell in cells if cell.across == 1]
    return max([*needed, _LEAST])


# -- entries ------------------------------------------------------------------------------------------------------


def _write_rows(book: Any, sheet: Any, table: WideTable, widths: list[float], start: int) -> int:
    """The entries, and empty lines for the pen; the row after them."""
    looks: dict[tuple[str, bool], Any] = {}
    kinds: dict[str, dict[str, Any]] = {
        "text": {"num_format": "@"}, "amount": {"num_format": "#,##0.00"}, "number": {"align": "center"},
        "count": {"num_format": "#,##0", "align": "right"},
    }  # fmt: skip
    for kind, more in kinds.items():
        for bold in (False, True):
            looks[kind, bold] = book.add_format({**_BASE, "border": 1, "bold": bold, **more})
    for number, entries in enumerate(table.rows):
        row, bold = start + number, number in table.strong
        for at, entry in enumerate(entries):
            if isinstance(entry, int):
                column = table.columns[at]
                kind = "amount" if column.is_amount else "count" if column.align == "right" else "number"
                sheet.write_number(row, at, entry / 100 if column.is_amount else entry, looks[kind, bold])
            else:
                sheet.write_string(row, at, entry or "", looks["text", bold])
        texts = [(entry, widths[at]) for at, entry in enumerate(entries) if isinstance(entry, str)]
        sheet.set_row(row, max([_height(entry, width) for entry, width in texts] + [_LEAST]))
    end = start + len(table.rows)
    for row in range(end, end + table.blank_rows):
        sheet.set_row(row, _LEAST)
        for at in range(len(widths)):
            sheet.write_blank(row, at, None, looks["text", False])
    return end + table.blank_rows


def _height(text: str, width: float) -> float:
    """How high a cell must be for a text in a column of this width."""
    lines = sum(max(1, math.ceil(_units(line) / max(width - 1.0, 1.0))) for line in text.split("\n"))
    return lines * _LINE + _PADDING


def _units(text: str) -> float:
    """How wide a text is in units of a column: a Chinese character takes two."""
    return sum(2.0 if unicodedata.east_asian_width(char) in "WF" else 1.05 for char in text)
