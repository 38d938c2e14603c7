"""A cross-table on paper and as a workbook; it holds figures, no names."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from db.domain.reports.cross_table import ALL_LABEL, SHARES, CrossTable, Share
from db.domain.wide_table import WideColumn, WideTable
from db.errors import UserError
from db.exchange.cross_workbook import write_cross_workbook
from db.printing.wide_table_sheet import wide_table_pdf
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.store.partial_files import written_whole

_MOST_COLUMNS = 16
"""Columns of figures that can still be read on a page."""
_FIRST, _OTHER = 46.0, 30.0


def cross_pdf(table: CrossTable, share: Share = Share.NONE) -> bytes:
    """The table as PDF in memory."""
    return wide_table_pdf(_paper(table, share))


def _paper(table: CrossTable, share: Share) -> WideTable:
    columns: list[tuple[str | None, str]] = [(item.code, item.label) for item in table.columns]
    if table.column_dimension is not None:
        columns.append((None, ALL_LABEL))
    if len(columns) > _MOST_COLUMNS:
        raise UserError("cross_wide", columns=len(columns))
    group = (table.column_dimension.label,) if table.column_dimension else ()
    heads = [WideColumn(table.row_dimension.label, _FIRST, align="left")]
    heads += [WideColumn(label, _OTHER, group if code is not None else (), align="right") for code, label in columns]
    lines: list[tuple[str | None, str]] = [*((item.code, item.label) for item in table.rows), (None, ALL_LABEL)]
    rows = [[label, *(table.text(code, column, share) for column, _ in columns)] for code, label in lines]
    shown = f"（{SHARES[share]}）" if share is not Share.NONE else ""
    captions = [("单位：", table.office_name), ("时间：", table.when), *(("范围：", words) for words in table.filter_labels)]
    strong = frozenset({len(rows) - 1})
    return WideTable(f"{table.title}{shown}", tuple(heads), rows, tuple(captions), foot="　".join(table.notes), strong=strong)


def write_pictures(session: OfficeSession, path: Path, pictures: Sequence[bytes]) -> list[Path]:
    """Write pictures of charts beside *path*, numbered; where they are."""
    remember_output(session, path.parent)
    made = [path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, len(pictures) + 1)]
    for place, data in zip(made, pictures, strict=True):
        with written_whole(place) as out:
            out.write(data)
    return made


def write_cross(session: OfficeSession, table: CrossTable, path: Path, share: Share = Share.NONE) -> None:
    """Write the table to *path*: a PDF or a workbook, by its ending."""
    kind = path.suffix.lower()
    if kind not in {".pdf", ".xlsx"}:
        raise UserError("report_file_kind", name=path.name)
    out = BytesIO()
    if kind == ".pdf":
        out.write(cross_pdf(table, share))
    else:
        write_cross_workbook(out, table, share)
    remember_output(session, path.parent)
    with written_whole(path) as file:
        file.write(out.getvalue())
