"""A report as a workbook: a few plain lists with captions, ready to filter and to print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from db.domain.paper_layout import Amount
from db.exchange.workbook_export import FONT
from db.store.partial_files import written_whole

CHOICES = "可选项"
_OFFERED_ROWS = 2_000
_CAPTION_LINE, _LINE = 18.0, 15.0
_WIDE_FROM = "\u2e7f"


@dataclass(slots=True)
class ReportSheet:
    """One list: its name, its captions with their widths in characters, its rows."""

    name: str
    captions: tuple[str, ...]
    widths: tuple[int, ...]
    rows: list[Sequence[str | int | Amount]] = field(default_factory=list)
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """By column, what is offered when a cell is filled in; other words may be typed all the same."""


def write_report(path: Path, title: str, sheets: Sequence[ReportSheet]) -> None:
    """Write the lists to *path*; text stays text, also where it looks like a formula or a number."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with written_whole(path) as out:
        book = xlsxwriter.Workbook(out, options)
        book.set_properties({"title": title, "comments": "由暖档导出"})
        for sheet in sheets:
            _add_sheet(book, sheet)
        _add_choices(book, sheets)
        book.close()


def _add_choices(book: xlsxwriter.Workbook, sheets: Sequence[ReportSheet]) -> None:
    """What is offered stands on a sheet of its own: a list within a cell may not be long."""
    offered = [(item, column, words) for item in sheets for column, words in item.choices.items()]
    if not offered:
        return
    listed = book.add_worksheet(CHOICES)
    for at, (item, column, words) in enumerate(offered):
        listed.write_column(0, at, [item.captions[column], *words])
        listed.set_column(at, at, 30)
        source = f"='{CHOICES}'!{xl_rowcol_to_cell(1, at, True, True)}:{xl_rowcol_to_cell(len(words), at, True, True)}"
        rule = {"validate": "list", "source": source, "error_type": "information", "show_error": False}
        book.get_worksheet_by_name(item.name).data_validation(1, column, _OFFERED_ROWS, column, rule)


def _add_sheet(book: xlsxwriter.Workbook, item: ReportSheet) -> None:
    caption = book.add_format(
        {"font_name": FONT, "bold": True, "bg_color": "#E8EEF4", "border": 1, "border_color": "#9AA7B4",
         "align": "center", "valign": "vcenter", "text_wrap": True}
    )  # fmt: skip
    plain = book.add_format({"font_name": FONT, "text_wrap": True, "valign": "top"})
    number = book.add_format({"font_name": FONT, "num_format": "#,##0", "valign": "top"})
    money = book.add_format({"font_name": FONT, "num_format": "#,##0.00", "valign": "top"})
    sheet = book.add_worksheet(item.name)
    for column, (words, width) in enumerate(zip(item.captions, item.widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, words, caption)
    lines = max(-(-2 * len(words) // width) for words, width in zip(item.captions, item.widths, strict=True))
    sheet.set_row(0, _CAPTION_LINE * max(lines, 1))
    for row, values in enumerate(item.rows, 1):
        lines = max((_lines(value, width) for value, width in zip(values, item.widths, strict=False)), default=1)
        if lines > 1:  # not every program that opens the file fits the heights to what stands in it
            sheet.set_row(row, _LINE * lines)
        for column, value in enumerate(values):
            if isinstance(value, Amount):
                if value.fen is not None:
                    sheet.write_number(row, column, value.fen / 100, money)
            elif isinstance(value, int):
                sheet.write_number(row, column, value, number)
            else:
                sheet.write_string(row, column, value, plain)
    sheet.freeze_panes(1, 0)
    if item.rows:
        sheet.autofilter(0, 0, len(item.rows), len(item.captions) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&R第 &P 页，共 &N 页")


def _lines(value: str | int | Amount, width: int) -> int:
    """Lines that a text takes in a column; a Chinese character is as wide as two others."""
    if not isinstance(value, str) or 2 * len(value) <= width:
        return 1
    whole = (sum(2 if char > _WIDE_FROM else 1 for char in line) for line in value.split("\n"))
    return sum(max(1, -(-units // max(width - 1, 1))) for units in whole)
