"""Cross-tables that are handed in: kept as they are, opened again, and compared with today's records."""

from db.domain.reports.cross_copy import ChangedCell, CrossCopyError, changed_cells, kept_text, read_kept, undated
from db.domain.reports.cross_lists import OF_A_PERIOD
from db.domain.reports.cross_table import CrossTable
from db.errors import UserError
from db.services import cross_tables, report_copies
from db.services.office import OfficeSession
from db.services.report_copies import CROSS_TABLE, NewCopy, SavedCopy


def freeze(session: OfficeSession, table: CrossTable, note: str = "") -> SavedCopy:
    """Keep a cross-table as it is handed in; it never changes."""
    request = table.request
    offices = cross_tables.offices_of(session, request)
    title = "；".join([table.title, *table.filter_labels])
    text = kept_text(table, offices)
    copy = NewCopy(CROSS_TABLE, title, int(request.ends[:4]), request.begins, request.ends, offices, {}, text)
    return report_copies.keep(session, copy, note)


def reopened(copy: SavedCopy) -> CrossTable:
    """A copy as it was handed in; UserError where what came from below is none."""
    try:
        return read_kept(copy.layout)
    except CrossCopyError as fault:
        raise UserError("report_copy_broken", title=copy.title) from fault


def differences_since(session: OfficeSession, copy: SavedCopy) -> list[ChangedCell]:
    """The cells that come out differently when the same table over the same offices is made today."""
    then = reopened(copy)
    request = then.request if then.request.subject in OF_A_PERIOD else undated(then.request)
    return changed_cells(then, cross_tables.make_table(session, request))
