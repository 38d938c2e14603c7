"""A statistical table as a workbook that goes on reckoning: sums and shares are formulas over the cells of the form.

A second sheet lists the records behind the figures, so that an auditor finds every payment without the program.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from db.domain.reports.evaluation import NOTHING, PLACES, FigureValue, cell_text
from db.domain.reports.layout import Figure, ReportLayout, TableColumn, lone_figure
from db.domain.wide_table import WideColumn, WideTable, caption_cells
from db.exchange.workbook_export import FONT

_CHARACTER = 2.2
"""mm of a column's unit of width."""
_DIGIT, _AROUND = 1.2, 1.0
"""Units of width of a bold digit, and of what is around a figure."""
_LAST_NARROW = "\u2e7f"
_IS_NUMBER = re.compile(r"^[-\d,.%]*$")
_MOST_TERMS = 60
"""Beyond so many terms in no row or column of their own a sum is written as its value."""


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """A record behind a figure; *value* in 分 or whole things."""

    figure: str
    who: str
    what: str
    on_day: str
    value: int
    is_money: bool


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """What is written: the table, who reports it, and the records behind its figures."""

    layout: ReportLayout
    title: str
    heads: Sequence[tuple[str, str]]
    values: Mapping[str, FigureValue]
    notes: Sequence[str]
    records: Sequence[ListedRecord] = ()
    places: int = PLACES


def _units(text: str) -> float:
    """How wide a text is in units of a column: a Chinese character takes two."""
    return sum(2.0 if char > _LAST_NARROW else 1.1 for char in text)


def write_report_workbook(out: BinaryIO, sheet: ReportSheet) -> None:
    """Write the table and its records."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": sheet.title, "comments": "由暖档导出"})
    _Table(book, sheet).write()
    if sheet.records:
        _write_records(book, sheet)
    book.close()


class _Table:
    """The sheet with the table itself."""

    def __init__(self, book: xlsxwriter.Workbook, report: ReportSheet) -> None:
        self.book, self.report, self.layout = book, report, report.layout
        self.page = book.add_worksheet("统计表")
        self._base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
        self._styles: dict[tuple[str, bool, str], object] = {}
        columns = tuple(
            WideColumn(_broken(column), column.width, (column.group,) if column.group else ()) for column in self.layout.columns
        )
        self._captions = WideTable("", columns, ())
        self._widths = self._column_widths()
        self._head_row = len(report.heads) + 1
        self._first = self._head_row + self._captions.depth
        self._at: dict[str, str] = {
            found[0]: str(xl_rowcol_to_cell(row, column))
            for row, line in enumerate(self.layout.lines, self._first)
            for column, cell in enumerate(line.cells)
            if (found := lone_figure(cell)) and not found[1]
        }

    def write(self) -> None:
        """Title, heads, captions, lines, notes; ready to be printed."""
        page, last = self.page, len(self.layout.columns) - 1
        top = self.book.add_format({**self._base, "font_size": 16, "bold": True, "align": "center"})
        plain = self.book.add_format({**self._base, "text_wrap": True})
        self._across(0, last, self.report.title, top)
        page.set_row(0, 34)
        for row, (caption, value) in enumerate(self.report.heads, 1):
            self._across(row, last, f"{caption}：{value}", plain)
        self._write_captions()
        for row, line in enumerate(self.layout.lines, self._first):
            for column, cell in enumerate(line.cells):
                self._write_cell(row, column, cell, line.is_strong)
            page.set_row(row, 17 * self._depth(cell_text(self.layout, self.report.values, cell) for cell in line.cells) + 2)
        for row, note in enumerate(self.report.notes, self._first + len(self.layout.lines)):
            self._across(row, last, note, plain)
            page.set_row(row, 30 if len(note) > 50 else 17)
        page.set_paper(9)
        page.fit_to_pages(1, 0 if self.layout.is_wide else 1)
        page.center_horizontally()
        page.set_footer("&R第 &P 页，共 &N 页")
        if self.layout.is_wide:
            page.set_landscape()
            page.freeze_panes(self._first, 1)
            page.repeat_rows(self._head_row, self._first - 1)

    def _across(self, row: int, last: int, words: str, style: object) -> None:
        if last:
            self.page.merge_range(row, 0, row, last, words, style)
        else:
            self.page.write_string(row, 0, words, style)

    def _write_captions(self) -> None:
        head = self.book.add_format(
            {**self._base, "border": 1, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EEF1F5"}
        )
        for cell in caption_cells(self._captions):
            row, column = cell.row + self._head_row, cell.column
            if cell.down > 1 or cell.across > 1:
                self.page.merge_range(row, column, row + cell.down - 1, column + cell.across - 1, cell.text, head)
            else:
                self.page.write_string(row, column, cell.text, head)
        for at, width in enumerate(self._widths):
            self.page.set_column(at, at, width)
        self.page.set_row(self._first - 1, 17 * self._depth(column_of.head for column_of in self.layout.columns))

    def _column_widths(self) -> list[float]:
        """As wide as on paper, or as the longest figure needs, that none is shown as ###."""
        shown = [[cell_text(self.layout, self.report.values, line.cells[at]) for line in self.layout.lines]
                 for at in range(len(self.layout.columns))]  # fmt: skip
        numbers = [max((len(text) for text in texts if _IS_NUMBER.match(text)), default=0) for texts in shown]
        return [
            max(column.width / _CHARACTER, length * _DIGIT + _AROUND)
            for column, length in zip(self.layout.columns, numbers, strict=True)
        ]

    def _depth(self, texts: Iterable[str]) -> int:
        """How many lines the longest of the texts of a row takes in its column."""
        pairs = zip(texts, self._widths, strict=True)
        return max((ceil(_units(text) / max(width, 2)) for text, width in pairs if not _IS_NUMBER.match(text)), default=1)

    def _style(self, align: str, strong: bool, shape: str) -> object:
        key = (align, strong, shape)
        if key not in self._styles:
            more = {"num_format": shape} if shape else {"text_wrap": True}
            self._styles[key] = self.book.add_format({**self._base, "border": 1, "align": align, "bold": strong, **more})
        return self._styles[key]

    def _write_cell(self, row: int, column: int, cell: str, strong: bool) -> None:
        align = self.layout.columns[column].align
        found = lone_figure(cell)
        if found is None or found[1] or found[0] not in self.layout.figures:
            self.page.write_string(row, column, cell_text(self.layout, self.report.values, cell), self._style(align, strong, ""))
            return
        code = found[0]
        item, value = self.layout.figures[code], self.report.values[code]
        shape = "0.0%" if item.is_rate else "#,##0." + "0" * self.report.places if item.is_money else "#,##0"
        style = self._style("right", strong or bool(item.terms), shape)
        nothing = value.over is not None and not value.over[1]
        number = value.text if nothing else float(value.shown / 100) if item.is_rate else float(value.shown)
        formula = self._formula(code)
        if formula:
            self.page.write_formula(row, column, f"={formula}", style, number)
        elif nothing:
            self.page.write_string(row, column, value.text, style)
        else:
            self.page.write_number(row, column, number, style)

    def _formula(self, code: str) -> str:
        """The figure reckoned from the cells beside it; empty where it stands for itself."""
        item = self.layout.figures[code]
        if item.terms:
            return self._sum(code)
        return self._quotient(code) if item.over else ""

    def _quotient(self, code: str) -> str:
        """A share or an average of cells of this sheet, rounded as the program does; of nothing it is a dash.

        Empty where a part stands nowhere in the sheet, or is rounded there so far that the quotient would be another.
        """
        item, value = self.layout.figures[code], self.report.values[code]
        part, whole = (self._cells(name) for name in item.over)
        if not part or not whole or not self._comes_out(item, value):
            return ""
        # whole numbers divide without a trace of the binary fractions that amounts are kept in
        over, under = (self._whole(name, cells) for name, cells in zip(item.over, (part, whole), strict=True))
        if item.is_rate:
            found = f"INT({over}*1000/{under})/1000"
        else:
            found = f"ROUND({over}/{under},0)" + (f"/{10**self.report.places}" if item.is_money else "")
        return f'IF({whole}=0,"{NOTHING}",{found})'

    def _comes_out(self, item: Figure, value: FigureValue) -> bool:
        """Whether the quotient of what is shown is the one that is shown: of amounts in 万元 it need not be."""
        part, whole = (self._units(name) for name in item.over)
        if not whole or not value.over or not value.over[1]:
            return not whole and not (value.over or (0, 0))[1]
        if item.is_rate:
            return part * 1000 // whole == value.exact
        wanted = value.shown.scaleb(self.report.places) if item.is_money else value.shown
        return (Decimal(part) / whole).quantize(Decimal(1), ROUND_HALF_UP) == wanted

    def _units(self, code: str) -> int:
        """A figure as it is shown, in the last digit that is."""
        shown = self.report.values[code].shown
        return int(shown.scaleb(self.report.places)) if self.layout.figures[code].is_money else int(shown)

    def _whole(self, code: str, cells: str) -> str:
        return f"ROUND({cells}*{10**self.report.places},0)" if self.layout.figures[code].is_money else cells

    def _cells(self, code: str) -> str:
        """The cell of a figure, or the sum of those it is made of; empty where one of them stands nowhere in the sheet."""
        if code in self._at:
            return self._at[code]
        item = self.layout.figures[code]
        if not item.terms:
            return self._total_cell(code) if item.is_fixed else ""
        if len(item.terms) > _MOST_TERMS:
            return self._range(item.terms)
        parts = [("-" if term in item.minus else "+", self._cells(term)) for term in item.terms]
        return f"({''.join(sign + cells for sign, cells in parts).removeprefix('+')})" if all(cells for _, cells in parts) else ""

    def _total_cell(self, code: str) -> str:
        """The cell of a total over all lines that counts the same as a figure of the whole table; empty where there is none."""
        wanted, values = self.layout.figures[code], self.report.values
        for other, cell in self._at.items():
            parts = self._leaves(other) if "@" not in other else []
            if parts and all(part.is_part_of(wanted) for part in parts) and values[other].exact == values[code].exact:
                return cell
        return ""

    def _leaves(self, code: str) -> list[Figure]:
        """What a sum is made of in the end; nothing where something is taken off, or divided."""
        item = self.layout.figures[code]
        if item.minus or item.over:
            return []
        if not item.terms:
            return [item]
        parts = [self._leaves(term) for term in item.terms]
        return [leaf for part in parts for leaf in part] if all(parts) else []

    def _sum(self, code: str) -> str:
        item = self.layout.figures[code]
        if len(item.terms) > _MOST_TERMS:
            return self._range(item.terms)
        found = "".join(("-" if term in item.minus else "+") + self._operand(term) for term in item.terms)
        return found.removeprefix("+")

    def _range(self, terms: Sequence[str]) -> str:
        """``SUM`` over many cells below each other; empty where they are not."""
        cells = [self._at.get(term, "") for term in terms]
        rows = [int("".join(filter(str.isdigit, cell)) or 0) for cell in cells]
        letters = {"".join(filter(str.isalpha, cell)) for cell in cells}
        straight = len(letters) == 1 and rows == list(range(rows[0], rows[0] + len(rows)))
        return f"SUM({cells[0]}:{cells[-1]})" if straight else ""

    def _operand(self, code: str) -> str:
        """The cell of a figure; where it stands nowhere, what it is worked out from."""
        if code in self._at:
            return self._at[code]
        if self.layout.figures[code].terms:
            inner = self._sum(code)
            return f"({inner})" if inner else str(self.report.values[code].shown)
        return str(self.report.values[code].shown)


def _broken(column: TableColumn) -> str:
    """A caption with its unit in a line of its own where it does not fit beside it."""
    return column.head if len(column.head) * 2 <= column.width / _CHARACTER else column.head.replace("（", "\n（")


def _write_records(book: xlsxwriter.Workbook, report: ReportSheet) -> None:
    page = book.add_worksheet("明细")
    base = {"font_name": FONT, "font_size": 10, "border": 1}
    head, plain = book.add_format({**base, "bold": True, "bg_color": "#EEF1F5"}), book.add_format({**base, "num_format": "@"})
    money, count = book.add_format({**base, "num_format": "#,##0.00"}), book.add_format({**base, "num_format": "#,##0"})
    wide = max((len(record.figure) for record in report.records), default=4)
    for at, (caption, width) in enumerate((("栏", min(8 + wide, 40)), ("对象", 26), ("内容", 26), ("日期", 13), ("数量或金额（元）", 18))):
        page.write_string(0, at, caption, head)
        page.set_column(at, at, width)
    for row, record in enumerate(report.records, 1):
        for at, text in enumerate((record.figure, record.who, record.what, record.on_day)):
            page.write_string(row, at, text, plain)
        page.write_number(row, 4, record.value / 100 if record.is_money else record.value, money if record.is_money else count)
    page.freeze_panes(1, 0)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.autofilter(0, 0, len(report.records), 4)
