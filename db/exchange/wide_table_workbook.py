"""A register as a workbook: captions in their groups, everything text but amounts and counts, ready to be printed."""

from typing import BinaryIO

import xlsxwriter

from db.domain.wide_table import WideTable, caption_cells
from db.exchange.workbook_export import FONT

_CHARACTER = 2.0
"""mm of a column's unit of width."""


def write_wide_table(out: BinaryIO, table: WideTable) -> None:
    """Write the table onto one sheet."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": table.title, "comments": "由暖档导出"})
    sheet = book.add_worksheet("登记表")
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True}
    last = len(table.columns) - 1
    title = book.add_format({**base, "font_size": 16, "bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, last, table.title, title)
    sheet.set_row(0, 30)
    words = "　　".join(f"{caption}{value}" for caption, value in table.heads)
    sheet.merge_range(1, 0, 1, last, f"{table.annex}　{words}".strip(), book.add_format({**base, "text_wrap": False}))
    head = book.add_format({**base, "bold": True, "align": "center", "border": 1, "bg_color": "#EEF1F5"})
    for cell in caption_cells(table):
        row, column = cell.row + 2, cell.column
        if cell.down > 1 or cell.across > 1:
            sheet.merge_range(row, column, row + cell.down - 1, column + cell.across - 1, cell.text, head)
        else:
            sheet.write_string(row, column, cell.text, head)
    start = 2 + table.depth
    if table.numbered:
        for at in range(len(table.columns)):
            sheet.write_number(start, at, at + 1, head)
        start += 1
    text = book.add_format({**base, "border": 1, "num_format": "@"})
    amount = book.add_format({**base, "border": 1, "num_format": "#,##0.00"})
    number = book.add_format({**base, "border": 1, "align": "center"})
    for row_at, entries in enumerate(table.rows, start):
        for at, entry in enumerate(entries):
            if isinstance(entry, int):
                is_amount = table.columns[at].is_amount
                sheet.write_number(row_at, at, entry / 100 if is_amount else entry, amount if is_amount else number)
            else:
                sheet.write_string(row_at, at, entry or "", text)
    for at, item in enumerate(table.columns):
        sheet.set_column(at, at, item.width / _CHARACTER)
    if table.foot:
        sheet.merge_range(start + len(table.rows), 0, start + len(table.rows), last, table.foot, book.add_format(base))
        sheet.set_row(start + len(table.rows), 30)
    sheet.freeze_panes(start, 1)
    sheet.repeat_rows(0, start - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
