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
    """The lines below the captions – in one line, or in groups over several – empty ones left out.

    *captions*: what the column of each key may be called. UserError *code* where a *wanted* one is not there.
    """
    book = read_workbook(path)
    words = {fold_caption(name): key for key, names in captions.items() for name in names}
    for name in book.sheet_names:
        rows = book.sheet(name).rows
        for at, row in enumerate(rows[:_HEADER_ROWS]):
            columns = _columns(row, words)
            if all(key in columns for key in wanted):
                start = at + 1
                while start < len(rows) and (more := _more_captions(rows[start], words, columns)):
                    columns |= more
                    start += 1
                return _lines(rows, start + _is_numbering(rows, start), columns)
    raise UserError(code, name=path.name)


def _columns(row: Sequence[Cell], words: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        key = words.get(fold_caption(cell))
        if key is not None:
            found.setdefault(key, at)
    return found


def _more_captions(row: Sequence[Cell], words: Mapping[str, str], columns: Mapping[str, int]) -> dict[str, int]:
    """Captions that stand below those of a group, in columns that have none yet; empty for a line of entries."""
    found = _columns(row, words)
    taken = set(columns.values())
    if any(at < len(row) and str(row[at] or "").strip() for at in taken):
        return {}
    return {key: at for key, at in found.items() if key not in columns}


def _is_numbering(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    """Whether the line only counts the columns: 1, 2, 3 …"""
    entries = [str(cell).strip().removesuffix(".0") for cell in rows[at]] if at < len(rows) else []
    told = [entry for entry in entries if entry]
    return len(told) > 2 and told == [str(number) for number in range(1, len(told) + 1)]


def _lines(rows: Sequence[Sequence[Cell]], start: int, columns: Mapping[str, int]) -> list[SheetLine]:
    lines = []
    for at, row in enumerate(rows[start:], start + 1):
        line = SheetLine(at, {key: row[column] for key, column in columns.items() if column < len(row)})
        if any(line.text(key) for key in columns):
            lines.append(line)
    return lines
