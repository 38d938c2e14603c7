"""Read a workbook (.xlsx, .xls, .ods, .et) into plain rows: read once into memory, checked, closed again.

The file is never kept open and nothing is copied to disk: WPS may go on editing it, and no personal data is left in
a temporary folder.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import python_calamine as calamine

from db.domain.field_kinds import Cell
from db.errors import MachineError, UserError
from db.exchange.workbook_package import Package, SheetMarks, column_letter, kind_of
from db.store.file_faults import machine_error

__all__ = ["SheetRows", "SourceWorkbook", "column_letter", "read_workbook"]

_FILE_LIMIT = 200 * 2**20
_MOST_ROWS = 100_000
Rows = list[list[Cell]]


@dataclass(slots=True)
class SheetRows:
    """One sheet: *rows* start at row 1, every row equally long, an empty cell is ``""``."""

    name: str
    rows: Rows
    shown: bool = True
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    """Merged ranges as ((first row, first column), (last row, last column)), from 0."""


@contextmanager
def _reader_faults(path: Path) -> Iterator[None]:
    """Whatever the reader stumbles over is a damaged file, also where its own code gives up (a Rust panic)."""
    try:
        yield
    except calamine.PasswordError as fault:
        raise UserError("workbook_password", name=path.name) from fault
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as fault:
        raise UserError("workbook_damaged", name=path.name) from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":
            raise
        raise UserError("workbook_damaged", name=path.name) from fault


class SourceWorkbook:
    """A workbook file in memory. Sheets are laid out when asked for."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.data = data
        self.kind = kind_of(data, path.name)
        self._package = None if self.kind == "xls" else Package(data, path.name)
        if self._package:
            self._package.check()
        self._book = self._open()
        self._read: dict[str, SheetRows] = {}

    def _open(self) -> calamine.CalamineWorkbook:
        with _reader_faults(self.path):
            return calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.data))

    @property
    def sheet_names(self) -> list[str]:
        """Names of the sheets that hold cells, those that are shown first."""
        sheets = [sheet for sheet in self._book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
        hidden = [sheet.name for sheet in sheets if sheet.visible != calamine.SheetVisibleEnum.Visible]
        return [sheet.name for sheet in sheets if sheet.name not in hidden] + hidden

    def sheet(self, name: str) -> SheetRows:
        """The sheet *name*, read once."""
        if name not in self._read:
            self._read[name] = self._lay_out(name)
        return self._read[name]

    def _lay_out(self, name: str) -> SheetRows:
        with _reader_faults(self.path):
            found = self._book.get_sheet_by_name(name)
            rows = cast(Rows, found.to_python(skip_empty_area=False))
        shown = any(
            sheet.name == name and sheet.visible == calamine.SheetVisibleEnum.Visible
            for sheet in self._book.sheets_metadata
        )
        return SheetRows(name, rows, shown, list(found.merged_cell_ranges or []))

    @property
    def is_padded(self) -> bool:
        """Whether so many rows stand in a sheet, nearly all formatted and empty, that rewriting them takes minutes."""
        return self._package is not None and self._package.row_elements > _MOST_ROWS

    def marks_of(self, sheet_name: str) -> SheetMarks:
        """Hidden rows and columns and error cells of a sheet, as far as the format tells."""
        return self._package.marks_of(sheet_name) if self._package else SheetMarks()


def read_workbook(path: Path) -> SourceWorkbook:
    """Read the workbook at *path*; UserError or MachineError says what is wrong with it."""
    try:
        if path.stat().st_size > _FILE_LIMIT:
            raise UserError("workbook_too_large", name=path.name)
        data = path.read_bytes()
    except PermissionError as fault:
        raise MachineError("file_locked", name=path.name) from fault
    except IsADirectoryError as fault:
        raise UserError("workbook_not_a_table", name=path.name) from fault
    except OSError as fault:
        raise machine_error(fault, path, "cannot_read") from fault
    return SourceWorkbook(path, data)
