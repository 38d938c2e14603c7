"""附件1 as a workbook: a list with a row for each household, and the sheet of each, fitted to a page of its own."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from db.domain.form_schema import FieldKind
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
)
from db.domain.records.monitoring import MONITORING
from db.domain.records.record_form import RecordContent
from db.exchange.workbook_export import FONT
from db.store.partial_files import written_whole

LIST_KEYS = (
    "reporting_unit", "reporter", "reporter_phone", "checked_on", "checkers", "name", "id_number", "mobile_phone", "address",
    "exit_reason", "household_size", "covered_by_civil_affairs", "annual_income", "annual_rigid_expense",
    "net_income_per_head", "work_secured", "medical_secured", "school_secured", "social_secured", "housing_secured",
    "difficulties", "result_stable", "relapse_advised", "relapse_class", "relapse_causes", "other_advice", "note",
)  # fmt: skip
_POINTS_PER_MM = 2.835
_CHARACTERS_PER_MM = 0.52
_HEAD_ROWS = 3
MOST_SHEETS = 500
"""Households up to which each has its sheet; of more, the list has all that the sheets would have."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_WIDE = {"address": 34, "difficulties": 44, "other_advice": 34, "note": 24, "id_number": 21, "exit_reason": 28}


def write_monitoring_workbook(path: Path, contents: Sequence[RecordContent | None]) -> None:
    """Write the sheets to *path*; None makes a blank one, which stands in no list."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with written_whole(path) as out:
        book = xlsxwriter.Workbook(out, options)
        book.set_properties({"title": TITLE, "comments": "由暖档导出"})
        filled = [content for content in contents if content is not None]
        if filled:
            _add_list(book, filled)
        _add_sheets(book, contents if len(contents) <= MOST_SHEETS else [])
        book.close()


def _entry(content: RecordContent, key: str) -> tuple[str, float | str]:
    """The number format and the value of an answer: amounts in 元 and counts are numbers, everything else is text."""
    spec, value = MONITORING.by_key[key], content.values.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return ("#,##0.00", value / 100) if spec.kind is FieldKind.MONEY else ("0", value)
    return "@", cell_words(content, key) if key == "relapse_advised" else MONITORING.words(content, key)


def _write(sheet: Any, row: int, column: int, content: RecordContent, key: str, formats: dict[str, Any]) -> None:
    shape, value = _entry(content, key)
    if value == "":
        sheet.write_blank(row, column, None, formats[shape])
    elif isinstance(value, str):
        sheet.write_string(row, column, value, formats[shape])
    else:
        sheet.write_number(row, column, value, formats[shape])


def _add_list(book: Any, contents: Sequence[RecordContent]) -> None:
    sheet = book.add_worksheet("名单")
    style = {"font_name": FONT, "valign": "top", "text_wrap": True}
    caption = book.add_format(
        {"font_name": FONT, "bold": True, "bg_color": "#E8EEF4", "border": 1, "border_color": "#9AA7B4",
         "align": "center", "valign": "vcenter", "text_wrap": True}
    )  # fmt: skip
    formats = {shape: book.add_format({**style, "num_format": shape}) for shape in ("@", "0", "#,##0.00")}
    sheet.set_row(0, 32)
    sheet.set_column(0, 0, 6)
    sheet.write_string(0, 0, "序号", caption)
    for column, key in enumerate(LIST_KEYS, 1):
        spec = MONITORING.by_key[key]
        unit = f"({spec.unit})" if spec.unit else ""
        sheet.set_column(column, column, _WIDE.get(key, 14))
        sheet.write_string(0, column, f"{spec.label}{unit}", caption)
    for row, content in enumerate(contents, 1):
        sheet.write_number(row, 0, row, formats["0"])
        for column, key in enumerate(LIST_KEYS, 1):
            _write(sheet, row, column, content, key, formats)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(contents), len(LIST_KEYS))
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: a list this wide is read on the screen, and printed large if at all
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _add_sheets(book: Any, contents: Sequence[RecordContent | None]) -> None:
    formats = _formats(book)
    for number, content in enumerate(contents, 1):
        name = _FORBIDDEN.sub("", content.text("name")) if content is not None else "空白表"
        sheet = book.add_worksheet(f"{number} {name}"[:24].strip())
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width * _CHARACTERS_PER_MM)
        _add_sheet(sheet, content, formats)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.5)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 1)


def _formats(book: Any) -> dict[str, Any]:
    cell = {"font_name": FONT, "font_size": 10.5, "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center"}
    line = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
    shapes = {shape: book.add_format({**cell, "num_format": shape}) for shape in ("@", "0", "#,##0.00")}
    return {
        **shapes,
        "long": book.add_format({**cell, "num_format": "@", "align": "left"}),
        "line": book.add_format(line),
        "title": book.add_format({**line, "font_size": 18, "bold": True, "align": "center"}),
        "foot": book.add_format({**line, "font_size": 9, "text_wrap": True, "valign": "top"}),
    }


def _add_sheet(sheet: Any, content: RecordContent | None, formats: dict[str, Any]) -> None:
    last = len(WIDTHS) - 1
    sheet.write_string(0, 0, ANNEX, formats["line"])
    sheet.set_row(1, 30)
    sheet.merge_range(1, 0, 1, last, TITLE, formats["title"])
    sheet.set_row(2, 24)
    for (caption, key), (first, until) in zip(HEADS, ((0, 3), (4, 5), (6, last)), strict=True):
        words = f"{caption}{cell_words(content, key)}"
        sheet.merge_range(2, first, 2, until, words, formats["line"])
    for row, height in enumerate(HEIGHTS):
        sheet.set_row(_HEAD_ROWS + row, height * _POINTS_PER_MM)
    for cell in CELLS:
        _add_cell(sheet, cell, content, formats)
    foot = _HEAD_ROWS + len(HEIGHTS)
    sheet.set_row(foot, 26)
    sheet.merge_range(foot, 0, foot, last, FOOT, formats["foot"])


def _add_cell(sheet: Any, cell: GridCell, content: RecordContent | None, formats: dict[str, Any]) -> None:
    row, column = _HEAD_ROWS + cell.row, cell.column
    style = formats["long" if cell.is_text else "@"]
    if cell.across > 1 or cell.down > 1:
        sheet.merge_range(row, column, row + cell.down - 1, column + cell.across - 1, "", style)
    if cell.caption:
        sheet.write_string(row, column, cell.caption, style)
    elif content is None:
        sheet.write_blank(row, column, None, style)
    elif cell.is_text:
        sheet.write_string(row, column, cell_words(content, cell.key), style)
    else:
        _write(sheet, row, column, content, cell.key, formats)
