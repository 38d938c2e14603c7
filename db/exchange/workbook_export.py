"""Archives → a workbook in the flat layout, one household a row, members to the right."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from db.domain.form_schema import FieldKind
from db.errors import Progress
from db.exchange.workbook_columns import FlatColumn, flat_columns
from db.exchange.workbook_stream import RowRenderer, column_styles, stream_workbook
from db.store.archive_store import StoredArchive
from db.store.partial_files import written_whole

SHEET_NAME = "困难职工档案"
FONT = "宋体"
_FORMATS = {FieldKind.MONEY: "0.00", FieldKind.AREA: "0.##", FieldKind.COUNT: "0"}
_PROGRESS_EVERY = 100


def number_format(kind: FieldKind) -> str:
    """Excel's number format of a field: text for everything that is not an amount or a count."""
    return _FORMATS.get(kind, "@")


def _skeleton(columns: list[FlatColumn], rows: int) -> bytes:
    """The workbook with its header and one sample row."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": SHEET_NAME, "comments": "由暖档导出"})
    sheet = book.add_worksheet(SHEET_NAME)
    caption = book.add_format(
        {"font_name": FONT, "bold": True, "bg_color": "#E8EEF4", "border": 1, "border_color": "#9AA7B4",
         "text_wrap": True, "align": "center", "valign": "vcenter"}
    )  # fmt: skip
    shapes = {
        shape: book.add_format({"font_name": FONT, "num_format": shape, "valign": "vcenter"})
        for shape in {number_format(column.spec.kind) for column in columns}
    }
    sheet.set_row(0, 32)
    for index, column in enumerate(columns):
        shape = shapes[number_format(column.spec.kind)]
        sheet.set_column(index, index, column.width, shape)
        sheet.write_string(0, index, column.caption, caption)
        sheet.write_blank(1, index, None, shape)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(rows, 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: a list this wide is read on the screen, and printed large if at all
    sheet.repeat_rows(0)
    book.close()
    return out.getvalue()


def write_flat(
    archives: Iterable[StoredArchive], count: int, groups: int, path: Path, progress: Progress | None = None
) -> None:
    """Write *archives* (*count* of them, the largest with *groups* members) to *path*."""
    with written_whole(path) as out:
        stream_flat(archives, count, groups, out, progress)


def stream_flat(
    archives: Iterable[StoredArchive], count: int, groups: int, out: BinaryIO, progress: Progress | None = None
) -> None:
    """The same into *out*, which need not be a file and is only written to from front to back."""
    columns = flat_columns(groups)
    skeleton = _skeleton(columns, count)
    renderer = RowRenderer(columns, column_styles(skeleton, len(columns)))

    def rows() -> Iterator[str]:
        for number, archive in enumerate(archives, 2):
            if progress and number % _PROGRESS_EVERY == 0:
                progress(number - 2, count)
            yield renderer.render(number, archive.content.values, archive.content.members)

    stream_workbook(skeleton, rows(), count + 1, len(columns), out)
    if progress:
        progress(count, count)
