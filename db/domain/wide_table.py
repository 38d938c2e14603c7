"""A register as printed on the long side of the paper: captions in groups, one line a person, told once for PDF and workbook.

Widths are millimetres of a page that has 273 between its margins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ROOM = 273.0


@dataclass(frozen=True, slots=True)
class WideColumn:
    """A column: its caption, the captions of the groups it stands in from the top, its width and side."""

    head: str
    width: float
    groups: tuple[str, ...] = ()
    align: str = "center"
    is_amount: bool = False
    """Whether the entries are amounts in 分."""


@dataclass(frozen=True, slots=True)
class WideTable:
    """A table with its title. *heads*: caption and value of the line above it; *numbered*: a line of column numbers."""

    title: str
    columns: tuple[WideColumn, ...]
    rows: Sequence[Sequence[str | int | None]]
    heads: tuple[tuple[str, str], ...] = ()
    annex: str = ""
    foot: str = ""
    numbered: bool = False
    blank_rows: int = 0
    """Empty lines for the pen on a form without entries."""
    strong: frozenset[int] = frozenset()
    """Which of the rows are set in bold: totals."""
    size: float = 8.5
    """Points of the type on paper; smaller where there are many columns."""
    archive_ids: tuple[str, ...] = ()
    """The households whose people stand in it: it is noted with them when it leaves."""

    @property
    def depth(self) -> int:
        """How many lines of captions there are."""
        return max((len(column.groups) for column in self.columns), default=0) + 1


@dataclass(frozen=True, slots=True)
class CaptionCell:
    """A caption of the head: where it stands, counted in lines and columns, and how far it goes."""

    text: str
    row: int
    column: int
    down: int
    across: int


def caption_cells(table: WideTable) -> list[CaptionCell]:
    """The head laid out: neighbours with the same group share a cell, a caption without group goes all the way down.

    A column without a caption belongs to the one behind it.
    """
    found: list[CaptionCell] = []
    for level in range(table.depth - 1):
        start = 0
        while start < len(table.columns):
            groups = table.columns[start].groups
            end = start + 1
            if level < len(groups):
                key = groups[: level + 1]
                while end < len(table.columns) and table.columns[end].groups[: level + 1] == key:
                    end += 1
                found.append(CaptionCell(groups[level], level, start, 1, end - start))
            start = end
    start = 0
    for at, column in enumerate(table.columns):
        if not column.head and table.columns[at + 1 : at + 2] and table.columns[at + 1].groups == column.groups:
            continue
        top = len(column.groups)
        found.append(CaptionCell(column.head, top, start, table.depth - top, at + 1 - start))
        start = at + 1
    return found
