"""An office's register as a workbook: written with its captions, read back whatever the order of the columns."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from db.domain.field_kinds import Cell
from db.errors import UserError
from db.exchange.review_sheet import SheetLine
from db.exchange.workbook_captions import fold_caption
from db.exchange.workbook_read import read_workbook

_HEADER_ROWS = 20


def read_register(path: Path, captions: Mapping[str, Sequence[str]], wanted: Sequence[str], code: str) -> list[SheetLine]:
    """The lines below the captions, empty ones left out.

    *captions*: what the column of each key may be called. UserError *code* where a *wanted* one is not there.
    """
    book = read_workbook(path)
    words = {fold_caption(name): key for key, names in captions.items() for name in names}
    for name in book.sheet_names:
        rows = book.sheet(name).rows
        for at, row in enumerate(rows[:_HEADER_ROWS]):
            columns = _columns(row, words)
            if all(key in columns for key in wanted):
                return _lines(rows, at + 1, columns)
    raise UserError(code, name=path.name)


def _columns(row: Sequence[Cell], words: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        key = words.get(fold_caption(cell))
        if key is not None:
            found.setdefault(key, at)
    return found


def _lines(rows: Sequence[Sequence[Cell]], start: int, columns: Mapping[str, int]) -> list[SheetLine]:
    lines = []
    for at, row in enumerate(rows[start:], start + 1):
        line = SheetLine(at, {key: row[column] for key, column in columns.items() if column < len(row)})
        if any(line.text(key) for key in columns):
            lines.append(line)
    return lines
