"""The clerk's own workbook with the outcome of the import in it: a first column with the result, bad cells coloured.

Corrected and imported again, rows that are stored already count as unchanged and the added column is ignored.
"""

import io
import warnings
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from math import ceil
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from db.domain.field_kinds import Cell
from db.exchange.workbook_captions import fold_caption
from db.exchange.workbook_import import RowResult
from db.exchange.workbook_map import ImportPlan
from db.exchange.workbook_outcome import HouseholdOutcome, ImportOutcome
from db.exchange.workbook_read import SourceWorkbook
from db.exchange.workbook_rows import ImportProblem
from db.exchange.workbook_shift import insert_first_column
from db.store.partial_files import written_whole

RESULT_CAPTION = "导入结果"
AUTHOR = "暖档"
_FILLS = {"error": "FFC7CE", "warning": "FFEB9C"}
_RESULT_FILLS = {RowResult.FAILED: "FFC7CE", RowResult.SKIPPED: "E6E6E6"}
_RESULT_WIDTH, _LINE, _MOST_LINES = 56, 15.0, 5
_UNREADABLE = (InvalidFileException, zipfile.BadZipFile, ValueError, KeyError, TypeError, AttributeError, IndexError)


class _MemoryWriter(ExcelWriter):  # type: ignore[misc]
    """Packs sheets from memory: openpyxl would put each sheet, with all its names, into a temporary file."""

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = WorksheetWriter(ws, io.BytesIO())
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], writer.out.getvalue())
        self.manifest.append(ws)


def packed(book: Any) -> bytes:
    """The workbook as a file in memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        book.properties.modified = datetime.now().replace(microsecond=0)
        _MemoryWriter(book, archive).save()
    return out.getvalue()


def _opened(source: SourceWorkbook) -> Any:
    """The clerk's workbook with its formatting; old formats and what openpyxl cannot read are rebuilt from the cells."""
    if source.kind == "xlsx" and not source.is_padded:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return load_workbook(io.BytesIO(source.data), rich_text=True)
        except _UNREADABLE:
            return _rebuilt(source)
    return _rebuilt(source)


def _rebuilt(source: SourceWorkbook) -> Any:
    book = Workbook()
    book.remove(book.active)
    for name in source.sheet_names:
        rows = source.sheet(name)
        sheet = book.create_sheet(name)
        sheet.sheet_state = "visible" if rows.shown else "hidden"
        for row_number, row in enumerate(rows.rows, 1):
            for column, value in enumerate(row, 1):
                if value != "":
                    _put(sheet.cell(row_number, column), value)
        for (top, left), (bottom, right) in rows.merged:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    return book


def _put(cell: Any, value: Cell) -> None:
    """A value as it is; text is marked as text, so that nothing becomes a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"


# -- the words -------------------------------------------------------------------------------------------------


def _sentences(problems: Iterable[ImportProblem]) -> str:
    return "".join(f"{item.column}：{item.message}" if item.column else item.message for item in problems)


def result_text(household: HouseholdOutcome, *, dry_run: bool) -> str:
    """What the first column says of a household; after a dry run nothing is “已新建” yet."""
    errors = [item for item in household.problems if item.severity == "error"]
    others = [item for item in household.problems if item.severity == "warning"]
    text = household.result_label.replace("已新", "将新").replace("已更", "将更") if dry_run else household.result_label
    text += f"：{_sentences(errors)}" if errors else f"（{household.archive_number}）" if household.archive_number else ""
    return text + (f"  提醒：{_sentences(others)}" if others else "")


# -- the sheet -------------------------------------------------------------------------------------------------


class ErrorSheet:
    """The annotated sheet while it is being written."""

    def __init__(self, book: Any, plan: ImportPlan) -> None:
        self.book, self.plan = book, plan
        self.sheet = book[plan.sheet]
        self.caption_row = plan.first_row - 1
        first = plan.columns[0] if plan.columns else None
        self.had_column = first is not None and first.index == 0 and fold_caption(first.caption) == RESULT_CAPTION
        self.shift = 0 if self.had_column else 1

    def annotate(self, outcome: ImportOutcome) -> None:
        """Put the outcome in."""
        if self.had_column:
            self._clear_old_marks()
        else:
            insert_first_column(self.book, self.sheet)
        self._write_caption()
        columns = {column.letter: column.index for column in self.plan.columns}
        for household in outcome.households:
            self._write_result(household, dry_run=outcome.dry_run)
            for problem in household.problems:
                if problem.severity in _FILLS and problem.column_letter in columns:
                    self._mark(problem, columns[problem.column_letter] + 1 + self.shift)

    def _clear_old_marks(self) -> None:
        for row in self.sheet.iter_rows(min_row=self.plan.first_row):
            for cell in row:
                if cell.column == 1:
                    cell.value = None
                    cell.fill = PatternFill()
                elif cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment = None
                    cell.fill = PatternFill()

    def _write_caption(self) -> None:
        cell = self.sheet.cell(self.caption_row, 1)
        cell.value = RESULT_CAPTION
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF4")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        side = Side("thin", color="9AA7B4")
        cell.border = Border(side, side, side, side)
        self.sheet.column_dimensions["A"].width = _RESULT_WIDTH

    def _write_result(self, household: HouseholdOutcome, *, dry_run: bool) -> None:
        cell = self.sheet.cell(household.row, 1)
        cell.value = result_text(household, dry_run=dry_run)
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        # programs do not make room for wrapped text by themselves when they open a file
        height = _LINE * min(ceil(2 * len(cell.value) / (_RESULT_WIDTH - 4)), _MOST_LINES)
        row = self.sheet.row_dimensions[household.row]
        row.height = max(row.height or _LINE, height)
        colour = _RESULT_FILLS.get(household.result)
        if colour is None and any(item.severity == "warning" for item in household.problems):
            colour = _FILLS["warning"]
        if colour:
            cell.fill = PatternFill("solid", fgColor=colour)

    def _mark(self, problem: ImportProblem, column: int) -> None:
        cell = self.sheet.cell(problem.row, column)
        before = f"{cell.comment.text}\n" if cell.comment is not None else ""
        cell.comment = Comment(before + problem.message, AUTHOR, height=40 + 16 * (len(problem.message) // 14), width=240)
        if not (before and problem.severity == "warning"):
            cell.fill = PatternFill("solid", fgColor=_FILLS[problem.severity])


def write_error_workbook(source: SourceWorkbook, outcome: ImportOutcome, path: Path) -> None:
    """Write the annotated copy of *source* to *path* (always .xlsx inside)."""
    book = _opened(source)
    ErrorSheet(book, outcome.plan).annotate(outcome)
    book.active = book.sheetnames.index(outcome.plan.sheet)
    body = packed(book)
    with written_whole(path) as out:
        out.write(body)
