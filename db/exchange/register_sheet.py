"""An office's register as a workbook: written with its captions, read back whatever the order of the columns."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from db.domain.field_kinds import Cell
from db.errors import UserError
from db.exchange.review_sheet import SheetLine
from db.exchange.workbook_captions import fold_caption
from db.exchange.workbook_read import SheetRows, column_letter, read_workbook

_HEADER_ROWS = 20


def read_register(
    path: Path, captions: Mapping[str, Sequence[str]], wanted: Sequence[str], code: str
) -> list[SheetLine]:
    """The lines below the captions – in one line, or in groups over several – empty ones left out.

    *captions*: what the column of each key may be called. UserError *code* where a *wanted* one is not there. A line that
    cannot be read whole – an error in a cell, two columns of one kind that differ – says so in its ``fault``.
    """
    book = read_workbook(path)
    words = {fold_caption(name): key for key, names in captions.items() for name in names}
    found: dict[str, list[SheetLine]] = {}
    for name in book.sheet_names:
        sheet = book.sheet(name)
        if found and not sheet.shown:
            break  # those that are shown come first
        table = _table(sheet, words, wanted)
        if table is not None:
            found[name] = _lines(sheet, *table, book.marks_of(name).errors)
    if not found:
        raise UserError(code, name=path.name)
    filled = [name for name, lines in found.items() if lines]
    if len(filled) > 1:
        raise UserError("register_sheets", name=path.name, sheets="”“".join(filled[:5]))
    return found[filled[0]] if filled else []


_Columns = dict[str, list[int]]
"""By key: the columns so called, the first first."""


def _table(sheet: SheetRows, words: Mapping[str, str], wanted: Sequence[str]) -> tuple[int, _Columns] | None:
    """Where the entries begin, from 0, and their columns; None for a sheet of something else."""
    rows = sheet.rows
    for at, row in enumerate(rows[:_HEADER_ROWS]):
        columns = _columns(row, words)
        if all(key in columns for key in wanted):
            start = at + 1
            while start < len(rows) and (more := _more_captions(rows[start], words, columns)):
                columns |= more
                start += 1
            return start + _is_numbering(rows, start), columns
    return None


def _columns(row: Sequence[Cell], words: Mapping[str, str]) -> _Columns:
    found: _Columns = {}
    for at, cell in enumerate(row):
        key = words.get(fold_caption(cell))
        if key is not None:
            found.setdefault(key, []).append(at)
    return found


def _more_captions(row: Sequence[Cell], words: Mapping[str, str], columns: _Columns) -> _Columns:
    """Captions that stand below those of a group, in columns that have none yet; empty for a line of entries."""
    found = _columns(row, words)
    taken = {at for places in columns.values() for at in places}
    if any(at < len(row) and str(row[at] or "").strip() for at in taken):
        return {}
    return {key: places for key, places in found.items() if key not in columns}


def _is_numbering(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    """Whether the line only counts the columns: 1, 2, 3 …"""
    entries = [str(cell).strip().removesuffix(".0") for cell in rows[at]] if at < len(rows) else []
    told = [entry for entry in entries if entry]
    return len(told) > 2 and told == [str(number) for number in range(1, len(told) + 1)]


def _lines(sheet: SheetRows, start: int, columns: _Columns, errors: frozenset[tuple[int, int]]) -> list[SheetLine]:
    lines, joined = [], _joined(sheet, start, {at for places in columns.values() for at in places})
    for at, row in enumerate(sheet.rows[start:], start):
        spread = {**dict(enumerate(row)), **joined.get(at, {})}
        cells = {key: _first(spread, places) for key, places in columns.items()}
        line = SheetLine(at + 1, cells, _fault(spread, at, columns, errors))
        if line.fault or any(line.text(key) for key in columns):
            lines.append(line)
    return lines


def _first(row: Mapping[int, Cell], places: Sequence[int]) -> Cell:
    return next((row[at] for at in places if str(row.get(at, "")).strip()), "")


def _joined(sheet: SheetRows, start: int, columns: set[int]) -> dict[int, dict[int, Cell]]:
    """By row and column: what a cell that is merged over several lines says to each of them but the first."""
    found: dict[int, dict[int, Cell]] = {}
    for (top, left), (bottom, _) in sheet.merged:
        if left in columns and start <= top < len(sheet.rows):
            for row in range(top + 1, min(bottom + 1, len(sheet.rows))):
                found.setdefault(row, {})[left] = sheet.rows[top][left]
    return found


def _fault(row: Mapping[int, Cell], at: int, columns: _Columns, errors: frozenset[tuple[int, int]]) -> str:
    for places in columns.values():
        wrong = next((column for column in places if (at + 1, column + 1) in errors), None)
        if wrong is not None:
            return f"{column_letter(wrong)} 列是公式错误（如 #N/A），或者公式没有算出结果，请改成实际的内容。"
        if len({str(row.get(column, "")).strip() for column in places} - {""}) > 1:
            letters = "、".join(column_letter(column) for column in places)
            return f"{letters} 列的表头是同一栏，填的却不一样，请只留一栏。"
    return ""
