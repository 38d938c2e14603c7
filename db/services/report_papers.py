"""A statistical table on paper, blank or filled, and as a workbook with living sums and the records behind it."""

from io import BytesIO
from pathlib import Path

from db.domain.paper_layout import HeadEntry, Ledger, LedgerColumn, PaperLayout
from db.errors import UserError
from db.exchange.report_workbook import ReportSheet, write_report_workbook
from db.printing.official_paper import papers_pdf
from db.services import reports
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.reports import MOST_DETAILS, Report
from db.store.partial_files import written_whole

_MOST_LISTED = 50_000
"""Records listed in the workbook; beyond it the list says so."""


def report_pdf(session: OfficeSession, report: Report | None, report_id: str = "", reporter: str = "", phone: str = "") -> bytes:
    """The table as PDF in memory; *report* None: the blank form *report_id*."""
    return papers_pdf(_title(report, report_id), [_paper(session, report, report_id, reporter, phone)])


def _title(report: Report | None, report_id: str) -> str:
    return report.title if report else reports.find_report(report_id).title.replace("{year}", "　　　　")


def _paper(session: OfficeSession, report: Report | None, report_id: str, reporter: str, phone: str) -> PaperLayout:
    layout = report.layout if report else reports.find_report(report_id)
    columns = tuple(LedgerColumn(column.head, column.width, column.align) for column in layout.columns)
    rows = [[_cell(report, cell) for cell in line.cells] for line in layout.lines]
    heads = (
        HeadEntry("填报单位：", session.office.name if report else "", 90),
        HeadEntry("填报人：", reporter if report else "", 40),
        HeadEntry("联系电话：", phone if report else "", 50),
    )
    notes = report.notes if report else [note.replace("{cutoff}", "　　　　年　　月　　日") for note in layout.notes]
    return PaperLayout(_title(report, report_id), heads, (Ledger("", columns, rows),), foot="　".join(notes))


def _cell(report: Report | None, cell: str) -> str:
    if not (cell.startswith("{") and cell.endswith("}")):
        return cell
    return report.value(cell[1:-1]).text if report else ""


def write_report(session: OfficeSession, report: Report, path: Path, reporter: str = "", phone: str = "") -> None:
    """Write the table to *path*: a PDF or a workbook, by its ending."""
    kind = path.suffix.lower()
    if kind not in {".pdf", ".xlsx"}:
        raise UserError("report_file_kind", name=path.name)
    remember_output(session, path.parent)
    data = report_pdf(session, report, "", reporter, phone) if kind == ".pdf" else _workbook(session, report, reporter, phone)
    with written_whole(path) as out:
        out.write(data)


def _workbook(session: OfficeSession, report: Report, reporter: str, phone: str) -> bytes:
    heads = [("填报单位", session.office.name), ("填报人", reporter), ("联系电话", phone)]
    records: list[tuple[str, str, str, str, int]] = []
    for code, item in report.layout.figures.items():
        offset = 0
        while not item.terms and len(records) < _MOST_LISTED:
            rows = reports.details(session, report, code, offset)
            records += [(code, row.who, row.what, row.on_day, row.value) for row in rows]
            offset += MOST_DETAILS
            if len(rows) < MOST_DETAILS:
                break
    out = BytesIO()
    write_report_workbook(out, ReportSheet(report.layout, report.title, heads, report.evaluation.values, report.notes, records))
    return out.getvalue()
