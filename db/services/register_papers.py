"""Registers on paper and as workbooks, whatever they list."""

from io import BytesIO
from pathlib import Path

from db.domain.wide_table import WideTable
from db.errors import UserError
from db.exchange.wide_table_workbook import write_wide_table
from db.printing.wide_table_sheet import wide_table_pdf
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.paper_trail import note_file
from db.store.partial_files import written_whole


def table_pdf(table: WideTable) -> bytes:
    """A register as PDF in memory."""
    return wide_table_pdf(table)


def write_table(session: OfficeSession, table: WideTable, path: Path) -> None:
    """Write a register to *path*: a PDF or a workbook, by its ending."""
    kind = path.suffix.lower()
    if kind not in {".pdf", ".xlsx"}:
        raise UserError("report_file_kind", name=path.name)
    remember_output(session, path.parent)
    out = BytesIO()
    if kind == ".pdf":
        out.write(wide_table_pdf(table))
    else:
        write_wide_table(out, table)
    with written_whole(path) as file:
        file.write(out.getvalue())
    note_file(session, dict.fromkeys(table.archive_ids), table.title, path)
