"""The review sheet (待审表): a list to be filled in with the outcome of each archive, written as a workbook, read back.

Read from .xlsx, .xls, .ods or .csv; the line of captions is looked for, the order of the columns does not matter.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from db.domain.field_kinds import Cell
from db.domain.option_lists import option_list
from db.errors import UserError
from db.exchange.workbook_captions import fold_caption
from db.exchange.workbook_export import FONT
from db.exchange.workbook_read import read_workbook
from db.store.file_faults import machine_error
from db.store.partial_files import written_whole

SHEET_NAME, REASON_SHEET = "待审表", "理由选项"
_LARGEST_CSV = 20 * 2**20
_HEADER_ROWS = 20


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: what it holds, its caption, how wide it is, what else it may be called."""

    key: str
    caption: str
    width: int
    aliases: tuple[str, ...] = ()
    fills_in: bool = False
    """Whether the reviewer fills it in."""


COLUMNS = (
    SheetColumn("number", "档案编号", 18, ("编号", "档案号")),
    SheetColumn("revision", "版次（勿改）", 12, ("版次",)),
    SheetColumn("name", "姓名", 10),
    SheetColumn("office", "单位", 20, ("上报单位", "填报单位")),
    SheetColumn("state", "状态", 14),
    SheetColumn("last", "上次审核", 30),
    SheetColumn("decided", "下级认定", 22),
    SheetColumn("outcome", "结果", 10, ("审核结果", "审核意见"), fills_in=True),
    SheetColumn("reasons", "原因", 30, ("理由", "退回原因", "审核理由"), fills_in=True),
    SheetColumn("fields", "栏目", 18, ("有问题的栏目",), fills_in=True),
    SheetColumn("class", "困难类别", 20, ("类别", "审定类别"), fills_in=True),
    SheetColumn("level", "级别", 12, ("建档级别", "审定级别"), fills_in=True),
    SheetColumn("worker_number", "职工编号", 16, fills_in=True),
    SheetColumn("due_on", "补正期限", 12, ("期限",), fills_in=True),
    SheetColumn("remarks", "备注", 24, fills_in=True),
)
OUTCOME_WORDS = ("通过", "退回", "不通过")
_WANTED = ("number", "outcome")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line as it stands in the file; *number* counts from 1, as the clerk sees it."""

    number: int
    cells: dict[str, Cell] = field(default_factory=dict)
    fault: str = ""
    """Why the line cannot be read as it stands, in a sentence; empty where it can."""

    def text(self, key: str) -> str:
        """A cell as text; a number without its point."""
        value = self.cells.get(key, "")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()


# -- reading ------------------------------------------------------------------------------------------------------


def read_review_sheet(path: Path) -> list[SheetLine]:
    """The lines below the captions, those without any entry left out; UserError when the captions are not there."""
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _workbook_rows(path)
    for at, row in enumerate(rows[:_HEADER_ROWS]):
        found = _columns_of(row)
        if all(key in found for key in _WANTED):
            return _lines(rows, at + 1, found)
    raise UserError("review_sheet_captions", name=path.name)


def _workbook_rows(path: Path) -> list[list[Cell]]:
    book = read_workbook(path)
    names = book.sheet_names
    chosen = SHEET_NAME if SHEET_NAME in names else names[0] if names else ""
    return book.sheet(chosen).rows if chosen else []


def _csv_rows(path: Path) -> list[list[Cell]]:
    try:
        if path.stat().st_size > _LARGEST_CSV:
            raise UserError("workbook_too_large", name=path.name)
        data = path.read_bytes()
    except OSError as fault:
        raise machine_error(fault, path, "cannot_read") from fault
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")  # what Excel writes on a Chinese Windows
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=first.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as fault:
        raise UserError("workbook_damaged", name=path.name) from fault


def _columns_of(row: Sequence[Cell]) -> dict[str, int]:
    words = {fold_caption(name): column.key for column in COLUMNS for name in (column.caption, *column.aliases)}
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        key = words.get(fold_caption(cell))
        if key is not None:
            found.setdefault(key, at)
    return found


def _lines(rows: Sequence[Sequence[Cell]], start: int, columns: dict[str, int]) -> list[SheetLine]:
    lines = []
    for at, row in enumerate(rows[start:], start + 1):
        cells: dict[str, Cell] = {key: row[column] for key, column in columns.items() if column < len(row)}
        line = SheetLine(at, cells)
        if any(line.text(key) for key in cells):
            lines.append(line)
    return lines


# -- writing ------------------------------------------------------------------------------------------------------


def write_review_sheet(path: Path, rows: Sequence[dict[str, str]], classes: Sequence[str], levels: Sequence[str]) -> None:
    """Write *rows* (texts by column key) with drop-downs for what is to be filled in."""
    with written_whole(path) as out:
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        book.set_properties({"title": SHEET_NAME, "comments": "由暖档导出"})
        _write_rows(book, rows, {"outcome": OUTCOME_WORDS, "class": classes, "level": levels})
        _write_reasons(book)
        book.close()
        out.write(buffer.getvalue())


def _write_rows(book: xlsxwriter.Workbook, rows: Sequence[dict[str, str]], choices: dict[str, Sequence[str]]) -> None:
    sheet = book.add_worksheet(SHEET_NAME)
    edge = {"font_name": FONT, "valign": "vcenter", "num_format": "@"}
    given, open_cell = book.add_format({**edge, "font_color": "#646A73"}), book.add_format(edge)
    head = {"font_name": FONT, "bold": True, "border": 1, "border_color": "#9AA7B4", "align": "center", "valign": "vcenter"}
    captions = {fills: book.add_format({**head, "bg_color": "#FDF5E6" if fills else "#E8EEF4"}) for fills in (True, False)}
    sheet.set_row(0, 26)
    for at, column in enumerate(COLUMNS):
        shape = open_cell if column.fills_in else given
        sheet.set_column(at, at, column.width, shape)
        sheet.write_string(0, at, column.caption, captions[column.fills_in])
        for line, row in enumerate(rows, 1):
            if row.get(column.key):
                sheet.write_string(line, at, row[column.key], shape)
        options = list(dict.fromkeys(choices.get(column.key, ())))
        if options and sum(len(option) + 1 for option in options) <= 255:
            rule = {"validate": "list", "source": options, "error_type": "warning", "error_message": "请从列表里选"}
            sheet.data_validation(1, at, max(len(rows), 1), at, rule)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _write_reasons(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(REASON_SHEET)
    plain = book.add_format({"font_name": FONT})
    sheet.set_column(0, 0, 44)
    notes = (
        "“原因”可以写下面的一条或几条，几条之间用“；”隔开；可以在后面用括号补充，如：填写有误（少一位）。",
        "也可以写自己的话。退回和不通过至少要写一条原因。",
        "“栏目”写表上的栏名，如：身份证号；家庭成员写“姓名·栏名”，如：周婷·身份证号。可以不写。",
        "“困难类别”“级别”写政策里的名称；“结果”空着的行不处理；灰字的列不用改。",
    )
    for at, words in enumerate((*notes, "", *(option.label for option in option_list("review_reason").options))):
        sheet.write_string(at, 0, words, plain)
