"""The check sheet of an evaluation as a workbook: a line for each household, grey where nothing is asked; read back by line."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldKind, FieldSpec, Values
from db.domain.option_lists import option_list
from db.domain.records.evaluation import EVALUATION_CHECK, asked_of
from db.exchange.register_sheet import read_register
from db.exchange.review_sheet import SheetLine
from db.exchange.workbook_export import FONT
from db.store.partial_files import written_whole

SHEET, HOW = "核查表", "抽样说明"
_HOW_WIDTH = 110
EVALUATION, CODE, NUMBER = "evaluation", "code", "archive_number"
GIVEN = {EVALUATION: ("评估", 12), CODE: ("抽样号", 9), NUMBER: ("档案编号", 20)}
"""Columns by which a line is found again, with their widths."""
_LINE, _TALLEST = 13.5, 400.0
_NOT_ASKED = frozenset({"evaluation_id", "archive_id", "archive_number", "group"})
ASKED: tuple[FieldSpec, ...] = tuple(spec for spec in EVALUATION_CHECK.fields if spec.key not in _NOT_ASKED)
_WIDTHS = {FieldKind.YES_NO: 13, FieldKind.COUNT: 10, FieldKind.DATE: 13, FieldKind.CHOICE: 12, FieldKind.LONG_TEXT: 34}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A household: what finds its line again, what is told of it, what was found already."""

    evaluation: str
    code: str
    archive_number: str
    group: str
    about: Sequence[str]
    values: Values


def write_check_sheet(
    path: Path, about: Sequence[tuple[str, int]], rows: Sequence[SheetRow], notes: Sequence[str]
) -> None:
    """Write *rows*; *about* are captions and widths of what is told of a household, *notes* stand on a sheet of their own."""
    with written_whole(path) as out:
        buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(buffer, options)
        book.set_properties({"title": "评估核查表", "comments": "由暖档导出"})
        _write_rows(book, about, rows)
        sheet = book.add_worksheet(HOW)
        sheet.set_column(0, 0, _HOW_WIDTH)
        plain = book.add_format({"font_name": FONT, "text_wrap": True, "valign": "top"})
        for at, words in enumerate(notes):
            sheet.write_string(at, 0, words, plain)
            sheet.set_row(at, _LINE * sum(ceil(2 * len(line) / _HOW_WIDTH) or 1 for line in words.split("\n")))
        book.close()
        out.write(buffer.getvalue())


def _write_rows(book: Any, about: Sequence[tuple[str, int]], rows: Sequence[SheetRow]) -> None:
    sheet = book.add_worksheet(SHEET)
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True, "border": 1, "border_color": "#C9D1DA"}
    told = book.add_format({**base, "font_color": "#55606E", "num_format": "@"})
    asked, closed = book.add_format({**base, "num_format": "@"}), book.add_format({**base, "bg_color": "#DDE2E8"})
    captions = [*GIVEN.values(), *about, *((spec.label, _WIDTHS.get(spec.kind, 18)) for spec in ASKED)]
    first = len(GIVEN) + len(about)
    heads = {fills: book.add_format({**base, "bold": True, "align": "center", "bg_color": colour})
             for fills, colour in ((True, "#FDF5E6"), (False, "#E8EEF4"))}  # fmt: skip
    sheet.set_row(0, 44)
    for at, (caption, width) in enumerate(captions):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, caption, heads[at >= first])
    open_keys = {group: {spec.key for spec in asked_of(group)} for group in {row.group for row in rows}}
    for line, row in enumerate(rows, 1):
        sheet.set_row(line, _height(row.about, [width for _, width in about]))
        for at, words in enumerate((row.evaluation, row.code, row.archive_number, *row.about)):
            sheet.write_string(line, at, words, told)
        for at, spec in enumerate(ASKED, first):
            is_open = spec.key in open_keys[row.group]
            value = row.values.get(spec.key)
            words = format_value(spec, value) if value is not None and is_open else ""
            sheet.write_string(line, at, words, asked if is_open else closed)
    for at, spec in enumerate(ASKED, first):
        choices = _choices(spec)
        if choices and rows:
            rule = {"validate": "list", "source": choices, "error_type": "warning", "error_message": "请从列表里选"}
            sheet.data_validation(1, at, len(rows), at, rule)
    sheet.freeze_panes(1, len(GIVEN))
    sheet.autofilter(0, 0, max(len(rows), 1), len(captions) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """Points of a line in which the longest of *texts* is seen whole; a Chinese character is two wide."""
    lines = max((ceil(2 * len(words) / width) for words, width in zip(texts, widths, strict=True)), default=1)
    return min(max(2, lines) * _LINE, _TALLEST)


def _choices(spec: FieldSpec) -> list[str]:
    if spec.kind is FieldKind.YES_NO:
        return ["是", "否"]
    return [option.label for option in option_list(spec.options).current()] if spec.options else []


def read_check_sheet(path: Path) -> list[SheetLine]:
    """The lines of a sheet that was filled in; UserError where its captions are not there."""
    captions: Mapping[str, Sequence[str]] = {
        **{key: (caption,) for key, (caption, _) in GIVEN.items()},
        **{spec.key: (spec.label,) for spec in ASKED},
    }
    return read_register(path, captions, (CODE, NUMBER, "checked_on"), "evaluation_sheet_captions")
