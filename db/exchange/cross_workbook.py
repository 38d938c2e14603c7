"""A cross-table as a workbook that goes on reckoning, with its chart: totals are formulas wherever the parts add up to them."""

from typing import BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from db.domain.reports.cross_lists import CrossMeasure
from db.domain.reports.cross_table import ALL_LABEL, SHARES, CrossTable, Share, rounded
from db.exchange.workbook_export import FONT

_HEAD = 4
"""Line of the captions."""
_MOST_BARS = 40
"""Rows that a chart can still tell apart."""
_MOST_SERIES = 8


def write_cross_workbook(out: BinaryIO, table: CrossTable, share: Share = Share.NONE) -> None:
    """Write the figures, a sheet of their parts where wanted, and a chart beside the figures."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": table.title, "comments": "由暖档导出"})
    page = book.add_worksheet("交叉表")
    _head(book, page, table, table.title)
    _figures(book, page, table)
    if 0 < len(table.rows) <= _MOST_BARS and len(table.columns) <= _MOST_SERIES:
        page.insert_chart(_HEAD + len(table.rows) + len(table.notes) + 3, 0, _chart(book, table))
    if share is not Share.NONE and table.may_be_shared:
        other = book.add_worksheet("百分比")
        _head(book, other, table, f"{table.title}，{SHARES[share]}")
        _shares(book, other, table, share)
    book.close()


def _width(table: CrossTable) -> int:
    """Columns of figures, the total with them where there are several."""
    return len(table.columns) + (1 if table.column_dimension else 0)


def _head(book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, table: CrossTable, title: str) -> None:
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
    last = max(_width(table), 1)
    page.merge_range(0, 0, 0, last, title, book.add_format({**base, "font_size": 16, "bold": True, "align": "center"}))
    page.set_row(0, 32)
    plain = book.add_format(base)
    offices = f"（含下级共 {table.office_count} 个单位）" if table.office_count > 1 else ""
    page.write_string(1, 0, f"单位：{table.office_name}{offices}", plain)
    page.write_string(2, 0, "　".join([f"时间：{table.when}", *table.filter_labels]), plain)
    head = book.add_format({**base, "bold": True, "align": "center", "border": 1, "bg_color": "#EEF1F5", "text_wrap": True})
    page.write_string(_HEAD - 1, 0, table.row_dimension.label, head)
    labels = [item.label for item in table.columns] + ([ALL_LABEL] if table.column_dimension else [])
    for at, label in enumerate(labels, 1):
        page.write_string(_HEAD - 1, at, label, head)
        page.set_column(at, at, max(14, 2.2 * len(label)))
    page.set_row(_HEAD - 1, 22)
    page.set_column(0, 0, max(18, *(2.2 * len(item.label) for item in table.rows), 2.2 * len(table.row_dimension.label)))
    page.freeze_panes(_HEAD, 1)
    page.set_paper(9)
    if _width(table) > 6:
        page.set_landscape()
    page.fit_to_pages(1, 0)


def _figures(book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, table: CrossTable) -> None:
    base = {"font_name": FONT, "font_size": 10, "border": 1, "valign": "vcenter"}
    shape = {"num_format": "#,##0.00" if table.measure.is_money else "#,##0"}
    text, bold = book.add_format(base), book.add_format({**base, "bold": True})
    number, total = book.add_format({**base, **shape}), book.add_format({**base, **shape, "bold": True})
    last = _HEAD + len(table.rows)
    columns: list[str | None] = [item.code for item in table.columns] + ([None] if table.column_dimension else [])
    for at, row in enumerate([*table.rows, None], _HEAD):
        page.write_string(at, 0, row.label if row else ALL_LABEL, text if row else bold)
        for place, column in enumerate(columns, 1):
            value = table.value(row.code if row else None, column)
            style = total if row is None or (column is None and table.column_dimension) else number
            if value is None:
                page.write_blank(at, place, None, style)
            elif table.adds_up and (row is None or column is None):
                spread = xl_range(at, 1, at, len(table.columns)) if column is None else xl_range(_HEAD, place, last - 1, place)
                page.write_formula(at, place, f"=SUM({spread})", style, _number(table.measure, rounded(value)))
            else:
                page.write_number(at, place, _number(table.measure, rounded(value)), style)
    small = book.add_format({"font_name": FONT, "font_size": 9})
    for at, note in enumerate(table.notes, last + 1):
        page.write_string(at, 0, note, small)


def _number(measure: CrossMeasure, value: int) -> float:
    return value / 100 if measure.is_money else value


def _shares(book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, table: CrossTable, share: Share) -> None:
    """Each figure's part, as a formula over the sheet of the figures."""
    base = {"font_name": FONT, "font_size": 10, "border": 1}
    text, part = book.add_format(base), book.add_format({**base, "num_format": "0.0%"})
    all_row, all_column = _HEAD + len(table.rows), _width(table)
    columns: list[str | None] = [item.code for item in table.columns] + ([None] if table.column_dimension else [])
    for at, row in enumerate([*table.rows, None], _HEAD):
        page.write_string(at, 0, row.label if row else ALL_LABEL, text)
        for place, column in enumerate(columns, 1):
            value = table.share(row.code if row else None, column, share)
            whole = {Share.OF_ROW: (at, all_column), Share.OF_COLUMN: (all_row, place)}.get(share, (all_row, all_column))
            base_cell = f"交叉表!{xl_rowcol_to_cell(*whole)}"
            formula = f'=IF({base_cell}=0,"",交叉表!{xl_rowcol_to_cell(at, place)}/{base_cell})'
            page.write_formula(at, place, formula, part, "" if value is None else float(value))


def _chart(book: xlsxwriter.Workbook, table: CrossTable) -> xlsxwriter.chart.Chart:
    """Columns from zero, one series per column of the table."""
    stacked = table.column_dimension is not None and table.adds_up
    chart = book.add_chart({"type": "column", **({"subtype": "stacked"} if stacked else {})})
    first, last = _HEAD, _HEAD + len(table.rows) - 1
    for place in range(1, len(table.columns) + 1):
        chart.add_series({
            "name": ["交叉表", _HEAD - 1, place],
            "categories": ["交叉表", first, 0, last, 0],
            "values": ["交叉表", first, place, last, place],
            "gap": 60,
            "data_labels": {"value": not table.column_dimension},
        })  # fmt: skip
    chart.set_title({"name": table.title, "name_font": {"name": FONT, "size": 11}})
    chart.set_y_axis({"min": 0, "name": table.measure.unit, "major_gridlines": {"visible": True, "line": {"color": "#DEE0E3"}}})
    if table.column_dimension is None:
        chart.set_legend({"none": True})
    else:
        chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 720, "height": 360})
    return chart
