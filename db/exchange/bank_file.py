"""Write the file a bank takes a list of payments from, after its layout; the same list gives the same bytes of text.

Numbers of people and cards are text in a workbook, so that no program turns them into 1.1E+17.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import xlsxwriter

from db.domain.aid.bank_layout import BankLayout, FileKind
from db.domain.aid.capital_amounts import capital_words
from db.errors import UserError
from db.exchange.workbook_export import FONT

Values = Mapping[str, Any]
"""What :data:`db.domain.aid.bank_layout.FIELDS` name, by field; ``amount`` is 分."""

_WIDTHS = {"number": 6, "payee_name": 12, "id_number": 21, "employer": 24, "item": 14, "fund_name": 20, "amount_yuan": 13,
           "amount_fen": 13, "bank": 18, "branch": 22, "account": 23, "phone": 15, "note": 20, "list_number": 14}  # fmt: skip


def sorted_lines(layout: BankLayout, lines: Sequence[Values]) -> list[Values]:
    """The lines in the order the layout wants."""
    return sorted(lines, key=lambda line: tuple(line["amount"] if key.startswith("amount") else line[key] for key in layout.sort))


def write_bank_file(out: BinaryIO, layout: BankLayout, title: str, lines: Sequence[Values]) -> None:
    """Write the file; UserError where a name cannot be written in the layout's encoding."""
    ordered = sorted_lines(layout, lines)
    if layout.kind is FileKind.XLSX:
        _write_workbook(out, layout, title, ordered)
        return
    rows = [[_harmless(_plain(column.field, line, at)) for column in layout.columns] for at, line in enumerate(ordered, 1)]
    if layout.has_header:
        rows.insert(0, [column.caption for column in layout.columns])
    out.write(_encoded(layout, _joined(layout, rows), ordered))


def _plain(field: str, line: Values, at: int) -> str:
    if field == "number":
        return str(at)
    if field == "amount_fen":
        return str(line["amount"])
    if field == "amount_yuan":
        return f"{line['amount'] // 100}.{line['amount'] % 100:02d}"
    text = str(line[field])
    return text if text.isprintable() else " ".join(text.split())


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula when it opens the CSV; nobody's name or bank begins so."""
    return text.lstrip("=+-@ ") if text.startswith(("=", "+", "-", "@")) else text


def _joined(layout: BankLayout, rows: Sequence[Sequence[str]]) -> str:
    if layout.kind is FileKind.CSV:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=layout.separator, lineterminator="\r\n").writerows(rows)
        return text.getvalue()
    # a counter's program knows no quotes: the separator must not stand in a field
    mark = layout.separator
    return "".join(mark.join(field.replace(mark, " ") for field in row) + "\r\n" for row in rows)


def _encoded(layout: BankLayout, text: str, lines: Sequence[Values]) -> bytes:
    try:
        return text.encode(layout.encoding)
    except UnicodeEncodeError as fault:
        rare = text[fault.start : fault.end]
        who = next((str(line["payee_name"]) for line in lines if rare in str(line["payee_name"])), "")
        raise UserError("bank_file_rare", text=rare, name=who or "其中一行") from fault


def _write_workbook(out: BinaryIO, layout: BankLayout, title: str, lines: Sequence[Values]) -> None:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("花名册")
    base = {"font_name": FONT, "font_size": 10, "border": 1, "valign": "vcenter"}
    head = book.add_format({**base, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EEF1F5"})
    plain, amount = book.add_format({**base, "num_format": "@"}), book.add_format({**base, "num_format": "#,##0.00"})
    count = book.add_format({**base, "align": "center"})
    last = len(layout.columns) - 1
    top = book.add_format({"font_name": FONT, "font_size": 16, "bold": True, "align": "center", "valign": "vcenter"})
    if last:
        sheet.merge_range(0, 0, 0, last, title, top)
    else:
        sheet.write_string(0, 0, title, top)
    sheet.set_row(0, 30)
    for at, column in enumerate(layout.columns):
        sheet.write_string(1, at, column.caption, head)
        sheet.set_column(at, at, _WIDTHS[column.field])
    texts = [(at, column.field) for at, column in enumerate(layout.columns) if column.field not in {"number", "amount_yuan"}]
    numbers = [at for at, column in enumerate(layout.columns) if column.field == "number"]
    amounts = [at for at, column in enumerate(layout.columns) if column.field == "amount_yuan"]
    # thousands of lines: column by column of one sort, without asking at every cell what it is
    for row, line in enumerate(lines, 2):
        for at in numbers:
            sheet.write_number(row, at, row - 1, count)
        for at in amounts:
            sheet.write_number(row, at, line["amount"] / 100, amount)
        for at, field in texts:
            sheet.write_string(row, at, _plain(field, line, row - 1), plain)
    if layout.has_total:
        _write_total(book, sheet, layout, lines, base)
    sheet.freeze_panes(2, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.set_footer("&L&A&C第 &P 页，共 &N 页")
    book.close()


def _write_total(book: Any, sheet: Any, layout: BankLayout, lines: Sequence[Values], base: dict[str, Any]) -> None:
    """Number of people, sum as a formula, and the sum in capitals."""
    bold = book.add_format({**base, "bold": True, "num_format": "#,##0.00"})
    words = book.add_format({**base, "bold": True, "text_wrap": True})
    end, total = len(lines) + 2, sum(line["amount"] for line in lines)
    for at, column in enumerate(layout.columns):
        if column.field == "amount_yuan":
            letter = chr(ord("A") + at)
            sheet.write_formula(end, at, f"=SUM({letter}3:{letter}{end})", bold, total / 100)
        else:
            sheet.write_blank(end, at, None, bold)
    sheet.write_string(end, 0, "合计", bold)
    last = len(layout.columns) - 1
    text = f"{len(lines)} 人，人民币（大写）：{capital_words(total)}"
    if last:
        sheet.merge_range(end + 1, 0, end + 1, last, text, words)
    sheet.set_row(end + 1, 22)
