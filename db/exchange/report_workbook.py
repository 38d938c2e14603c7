"""A statistical table as a workbook that goes on reckoning: sums are formulas over the cells of the form, in its look.

A second sheet lists the records behind the figures, so that an auditor finds every payment without the program.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import xlsxwriter

from db.domain.reports.evaluation import PLACES, FigureValue
from db.domain.reports.layout import ReportLayout
from db.exchange.workbook_export import FONT

_PLACEHOLDER = re.compile(r"^\{([0-9A-Za-z]+)\}$")
_CHARACTER = 2.2
"""mm of a column's unit of width."""


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """What is written: the table, who reports it, and the records behind its figures (figure, who, what, day, value)."""

    layout: ReportLayout
    title: str
    heads: Sequence[tuple[str, str]]
    values: Mapping[str, FigureValue]
    notes: Sequence[str]
    records: Sequence[tuple[str, str, str, str, int]] = ()
    places: int = PLACES


def write_report_workbook(out: BinaryIO, sheet: ReportSheet) -> None:
    """Write the table and its records."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": sheet.title, "comments": "由暖档导出"})
    _write_table(book, sheet)
    if sheet.records:
        _write_records(book, sheet)
    book.close()


def _write_table(book: xlsxwriter.Workbook, report: ReportSheet) -> None:
    page = book.add_worksheet("统计表")
    layout, last = report.layout, len(report.layout.columns) - 1
    base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
    plain, centred = book.add_format(base), {**base, "border": 1}
    top = book.add_format({**base, "font_size": 16, "bold": True, "align": "center"})
    page.merge_range(0, 0, 0, last, report.title, top)
    page.set_row(0, 34)
    for row, (caption, value) in enumerate(report.heads, 1):
        page.merge_range(row, 0, row, last, f"{caption}：{value}", plain)
    start = len(report.heads) + 1
    head = book.add_format({**centred, "bold": True, "align": "center", "bg_color": "#EEF1F5"})
    for at, column in enumerate(layout.columns):
        page.write_string(start, at, column.head, head)
        page.set_column(at, at, column.width / _CHARACTER)
    places = _places(layout, start + 1)
    for row, line in enumerate(layout.lines, start + 1):
        for column_at, cell in enumerate(line.cells):
            found = _PLACEHOLDER.match(cell)
            style = book.add_format({**centred, "align": layout.columns[column_at].align, "text_wrap": True})
            if found is None:
                page.write_string(row, column_at, cell, style)
            else:
                _write_figure(book, page, report, found[1], (row, column_at), places, centred)
        page.set_row(row, 19)
    for row, note in enumerate(report.notes, start + len(layout.lines) + 1):
        page.merge_range(row, 0, row, last, note, plain)
    page.set_paper(9)
    page.fit_to_pages(1, 1)
    page.center_horizontally()


def _places(layout: ReportLayout, first_row: int) -> dict[str, str]:
    """The cell of each figure, like ``E6``."""
    return {
        found[1]: f"{chr(ord('A') + column)}{row + 1}"
        for row, line in enumerate(layout.lines, first_row)
        for column, cell in enumerate(line.cells)
        if (found := _PLACEHOLDER.match(cell))
    }


def _write_figure(
    book: xlsxwriter.Workbook,
    page: xlsxwriter.worksheet.Worksheet,
    report: ReportSheet,
    code: str,
    cell: tuple[int, int],
    places: Mapping[str, str],
    base: Mapping[str, object],
) -> None:
    item, value = report.layout.figures[code], report.values[code]
    shape = "#,##0." + "0" * report.places if item.is_money else "#,##0"
    style = book.add_format({**base, "align": "right", "num_format": shape, "bold": bool(item.terms)})
    if item.terms and all(term in places for term in item.terms):
        formula = "=" + "+".join(places[term] for term in item.terms)
        page.write_formula(*cell, formula, style, float(value.shown))
    else:
        page.write_number(*cell, float(value.shown), style)


def _write_records(book: xlsxwriter.Workbook, report: ReportSheet) -> None:
    page = book.add_worksheet("明细")
    base = {"font_name": FONT, "font_size": 10, "border": 1}
    head, plain = book.add_format({**base, "bold": True, "bg_color": "#EEF1F5"}), book.add_format({**base, "num_format": "@"})
    money, count = book.add_format({**base, "num_format": "#,##0.00"}), book.add_format({**base, "num_format": "#,##0"})
    for at, (caption, width) in enumerate((("栏", 8), ("对象", 26), ("内容", 26), ("日期", 13), ("数量或金额（元）", 18))):
        page.write_string(0, at, caption, head)
        page.set_column(at, at, width)
    for row, (code, who, what, on_day, value) in enumerate(report.records, 1):
        for at, text in enumerate((code, who, what, on_day)):
            page.write_string(row, at, text, plain)
        is_money = report.layout.figures[code].is_money
        page.write_number(row, 4, value / 100 if is_money else value, money if is_money else count)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(report.records), 4)
