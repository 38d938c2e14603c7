"""A statistical table on paper, blank or filled, and as a workbook with living sums and the records behind it."""

from io import BytesIO
from pathlib import Path

from db.domain.paper_layout import HeadEntry, Ledger, LedgerColumn, PaperLayout, Part, TextRow
from db.domain.reports.captions import told_as
from db.domain.reports.evaluation import cell_text
from db.domain.reports.layout import Line, ReportLayout, codes_in
from db.domain.wide_table import WideColumn, WideTable
from db.errors import UserError
from db.exchange.report_workbook import ListedRecord, ReportSheet, write_report_workbook
from db.printing.official_paper import papers_pdf
from db.printing.wide_table_sheet import wide_table_pdf
from db.services import reports
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.reports import MOST_DETAILS, Report
from db.store.partial_files import written_whole

_Heads = tuple[tuple[str, str], ...]
_MOST_LISTED = 50_000
"""Records listed in the workbook; beyond it the list says so."""


def report_pdf(session: OfficeSession, report: Report | None, report_id: str = "", reporter: str = "", phone: str = "") -> bytes:
    """The table as PDF in memory; *report* None: the blank form *report_id*."""
    layout = report.layout if report else reports.blank_layout(session, report_id)
    title = report.title if report else layout.titled("　　　　", "　　　　年　　")
    notes = [*report.notes, *report.rounding] if report else [note.replace("{cutoff}", "　　　　年　　月　　日") for note in layout.notes]
    heads = (("填报单位：", report.office_name), ("填报人：", reporter), ("联系电话：", phone)) if report else _EMPTY_HEADS
    rows = [line_texts(report, line) if report else [_blank(cell) for cell in line.cells] for line in layout.lines]
    if layout.is_wide:
        return wide_table_pdf(_lying(layout, title, heads, rows, notes))
    return papers_pdf(title, [_upright(layout, title, heads, rows, notes)])


_EMPTY_HEADS = (("填报单位：", ""), ("填报人：", ""), ("联系电话：", ""))
_WIDTHS = (90.0, 40.0, 50.0)
_SHORT_NOTE = 60
"""Characters that have room in the line at the foot of an upright page."""


def _upright(
    layout: ReportLayout, title: str, heads: _Heads, rows: list[list[str]], notes: list[str]
) -> PaperLayout:
    columns = tuple(LedgerColumn(column.head, column.width, column.align) for column in layout.columns)
    entries = tuple(HeadEntry(caption, value, width) for (caption, value), width in zip(heads, _WIDTHS, strict=True))
    words = "　".join(notes)
    strong = frozenset(at for at, line in enumerate(layout.lines) if line.is_strong)
    parts: list[Part] = [Ledger("", columns, rows, strong=strong)]
    if len(words) > _SHORT_NOTE:
        parts.append(TextRow("说明", "\n".join(notes)))
    return PaperLayout(title, entries, tuple(parts), foot=words if len(words) <= _SHORT_NOTE else "")


def _lying(
    layout: ReportLayout, title: str, heads: _Heads, rows: list[list[str]], notes: list[str]
) -> WideTable:
    columns = tuple(
        WideColumn(column.head, column.width, (column.group,) if column.group else (), column.align) for column in layout.columns
    )
    strong = frozenset(at for at, line in enumerate(layout.lines) if line.is_strong)
    return WideTable(title, columns, rows, heads, foot="　".join(notes), strong=strong)


def line_texts(report: Report, line: Line) -> list[str]:
    """A line as it is printed."""
    return [cell_text(report.layout, report.evaluation.values, cell) for cell in line.cells]


def _blank(cell: str) -> str:
    return "" if codes_in(cell) else cell


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
    heads = [("填报单位", report.office_name), ("统计期间", report.period_words), ("填报人", reporter), ("联系电话", phone)]
    listed: list[ListedRecord] = []
    for code, item in report.layout.figures.items():
        offset = 0
        while item.measure and len(listed) < _MOST_LISTED and report.measured[code]:
            rows = reports.details(session, report, code, offset)
            words = told_as(report.layout, code)
            listed += [ListedRecord(words, row.who, row.what, row.on_day, row.value, item.is_money) for row in rows]
            offset += MOST_DETAILS
            if len(rows) < MOST_DETAILS:
                break
    out, notes = BytesIO(), [*report.notes, *report.rounding]
    write_report_workbook(out, ReportSheet(report.layout, report.title, heads, report.evaluation.values, notes, listed))
    return out.getvalue()
