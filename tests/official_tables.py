"""The tables of the source documents as rows of captions, read from their texts; and where captions stand in a rendered table."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from openpyxl import load_workbook
from printed_cells import PrintedCell

SOURCES = Path(__file__).parent / "fixtures" / "policy_sources"
ARCHIVE_FORM_SOURCE = Path(__file__).parent / "fixtures" / "archive_form_source.txt"
Rows = list[list[str]]


def plain(text: object) -> str:
    """Without blanks, boxes and ticks in brackets; brackets of both widths alike."""
    text = "".join(str(text or "").split()).replace("（", "(").replace("）", ")")
    return text.replace("□", "").replace("■", "").replace("(√)", "()")


def qinghai_annex(number: int) -> Rows:
    """The captions of 附件1, 2 or 3 of 青总办〔2022〕21号 (source 000), a line of its table per row."""
    text = (SOURCES / "qinghai.txt").read_text(encoding="utf-8")
    part = re.split(r"\n附件 \d\n", text)[number]
    rows = [[plain(cell) for cell in line.split("\t") if plain(cell)] for line in part.splitlines() if "\t" in line]
    return [_marks_apart(row) for row in rows if row]


def _marks_apart(row: list[str]) -> list[str]:
    """``(A)`` before a caption of 附件3 is a cell of its own, and the nothing that the print has for sums is none."""
    found = []
    for cell in row:
        mark = re.match(r"(\([A-E]\))(\w.*)", cell)
        found += [mark[1], mark[2]] if mark else [cell]
    return [cell for cell in found if cell != "0"]


def figure_codes(rows: Rows) -> list[str]:
    """What each line of 附件3 is called by its marks: ``01A``, ``05B2``; the second line of (06) has no mark and is its (B)."""
    number, found = "", []
    for row in rows:
        marks = [cell.strip("()") for cell in row[:-1]]
        number = next((mark for mark in marks if mark.isdigit()), number)
        letters = [mark for mark in marks if not mark.isdigit()]
        found.append(number + (letters[-1] if letters else "B"))
    return found


def wuzhou_form() -> Rows:
    """Groups and captions of the form of 梧工发〔2017〕21号 (source 002)."""
    text = (SOURCES / "wuzhou.txt").read_text(encoding="utf-8").rpartition("申请金秋助学困难职工子女情况登记表")[2]
    text = text.partition("填表人")[0].partition("日\n")[2]
    cells = [plain(cell) for cell in text.split("\n\t") if plain(cell)]
    return [cells[:2], cells[2:]]


def wuzhou_notes() -> list[str]:
    """What stands below that form."""
    text = (SOURCES / "wuzhou.txt").read_text(encoding="utf-8").rpartition("填表人")[2]
    return [plain(line) for line in text.splitlines() if re.match(r"\s*[一二三四]、", line)]


def archive_form() -> Rows:
    """The blocks of the 困难职工档案表 (source 004): a row of captions each, broken captions put together again."""
    text = ARCHIVE_FORM_SOURCE.read_text(encoding="utf-8").partition("困难职工档案表（*为必填项")[2].partition("\n注：")[0]
    blocks = re.split(r"\n\n+(?=\t)", text.partition("\n")[2])
    rows = []
    for block in blocks:
        cells = [plain(cell) for cell in block.split("\n\t")]
        rows.append([cell for cell in cells if cell])
    return [row for row in rows if row]


# -- where captions stand -------------------------------------------------------------------------------------------


class Grid:
    """A rendered table: its cells with their text, from paper or from a workbook; higher is earlier."""

    def __init__(self, cells: Sequence[PrintedCell]) -> None:
        self.cells = list(cells)

    def at(self, caption: str, after: int = -1) -> tuple[int, PrintedCell]:
        """The next cell that holds exactly this caption."""
        for place, cell in enumerate(self.cells):
            if place > after and _is(cell, caption):
                return place, cell
        raise AssertionError(f"{caption} – {[plain(cell.text) for cell in self.cells][max(after, 0) :]}")

    def rows_stand(self, rows: Rows) -> None:
        """Every row of captions stands side by side, in its order, below the row before."""
        last = float("inf")
        for row in rows:
            found = self._row(row, last)
            assert all(one.right <= other.left + 1 for one, other in pairwise(found)), row
            last = found[0].top

    def _row(self, row: list[str], below: float) -> list[PrintedCell]:
        for first in (cell for cell in self.cells if _is(cell, row[0]) and cell.top < below - 1):
            level = [self._beside(first, caption) for caption in row]
            if None not in level:
                return [cell for cell in level if cell is not None]
        raise AssertionError(row)

    def _beside(self, first: PrintedCell, caption: str) -> PrintedCell | None:
        same = [cell for cell in self.cells if _is(cell, caption) and abs(cell.top - first.top) < 1 and cell.left >= first.left]
        return min(same, key=lambda cell: cell.left, default=None)

    def below(self, caption: str) -> str:
        """What stands under a caption, in the same columns."""
        _, head = self.at(caption)
        under = [
            cell
            for cell in self.cells
            if abs(cell.top - head.bottom) < 1 and head.left - 1 <= cell.left and cell.right <= head.right + 1
        ]
        return plain("".join(cell.text for cell in under))

    def behind(self, caption: str, after: int = -1) -> str:
        """What stands right of a caption, in the same row."""
        _, head = self.at(caption, after)
        right = [cell for cell in self.cells if abs(cell.left - head.right) < 1 and abs(cell.top - head.top) < 1]
        return plain("".join(cell.text for cell in right))

    @property
    def texts(self) -> list[str]:
        """Every text."""
        return [plain(cell.text) for cell in self.cells]


def _is(cell: PrintedCell, caption: str) -> bool:
    """Whether a cell holds the caption; below the printed causes stands which of them it is."""
    text = plain(cell.text)
    return text == caption or (len(caption) > 60 and text.startswith(caption))


def sheet_grid(path: Path, sheet: int = 0) -> Grid:
    """The cells of a worksheet; merged ones are one cell."""
    page = load_workbook(path, data_only=True).worksheets[sheet]
    merged = {(area.min_row, area.min_col): area for area in page.merged_cells.ranges}
    found = []
    for row in page.iter_rows():
        for cell in row:
            if cell.value not in (None, ""):
                area = merged.get((cell.row, cell.column))
                down, across = (area.max_row, area.max_col) if area else (cell.row, cell.column)
                box = PrintedCell(10 * cell.column, -10 * (down + 1), 10 * (across + 1), -10 * cell.row)
                box.marks.append((0, 0, str(cell.value)))
                found.append(box)
    return Grid(found)
