"""Tables beside those that come with the program: an office reads its own from a file, and has those sent down from above.

Whoever reads a file in is told in plain words which line is wrong. What came from above and cannot be read is left out.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from db.domain.field_kinds import printable
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.records.report_table import LONGEST
from db.domain.reports.layout import Figure, ReportLayout
from db.domain.reports.layout_file import ReportLayoutError, packaged_reports, read_report
from db.errors import UserError
from db.services import records
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.records import Record
from db.services.report_counts import COUNTS
from db.store import bundle_store, record_store, report_store
from db.store.file_faults import read_at_most
from db.store.partial_files import written_whole

_LARGEST = 4 * LONGEST
"""Bytes of the longest file: no character takes more than four."""


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table that does not come with the program."""

    record: Record
    layout: ReportLayout
    is_own: bool
    """Read in here; else it came from the office above."""


def known_tables(session: OfficeSession) -> dict[str, ReportLayout]:
    """Every table there is, by id: the program's, then the office's own and those from above."""
    own = {key: item.layout for key, item in own_tables(session).items()}
    return {**packaged_reports(), **own}


def own_tables(session: OfficeSession) -> dict[str, OwnTable]:
    """Those that do not come with the program, by id; of two with the same id the office's own counts."""
    with session.database.reading() as connection:
        found = [item for item in _entries(connection, session) if item.content.text("table_id") not in packaged_reports()]
    tables: dict[str, OwnTable] = {}
    for item in sorted(found, key=lambda entry: (entry.office_id == session.office.id, entry.made_at)):
        with suppress(ReportLayoutError):
            layout = checked_table(item.content.text("layout"))
            tables[layout.id] = OwnTable(item, layout, item.office_id == session.office.id)
    return tables


def _entries(connection: Connection, session: OfficeSession) -> list[Record]:
    """What stands in the register; what offices below have laid out for themselves is theirs."""
    below = set(bundle_store.offices_below(connection, session.office.id))
    rows = record_store.office_records(connection, RecordKind.REPORT_TABLE)
    return [records.record_of(row) for row in rows if row["office_id"] not in below]


def take_table(session: OfficeSession, path: Path) -> ReportLayout:
    """Read a table from a file into the register, or its next version; UserError says what is wrong with it, and in which line."""
    data = read_at_most(path, _LARGEST + 1)
    if len(data) > _LARGEST:
        raise UserError("report_table_long", name=path.name, limit=LONGEST)
    try:
        text = printable(data.decode("utf-8-sig")).strip()
    except UnicodeDecodeError as fault:
        raise UserError("report_table_wrong", name=path.name, first="文件不是 UTF-8 编码的文字，请用记事本另存为 UTF-8") from fault
    if len(text) > LONGEST:
        raise UserError("report_table_long", name=path.name, limit=LONGEST)
    try:
        layout = checked_table(text)
    except ReportLayoutError as fault:
        raise UserError("report_table_wrong", name=path.name, first=str(fault)) from fault
    if layout.id in packaged_reports():
        raise UserError("report_table_taken", id=layout.id)
    known = own_tables(session).get(layout.id)
    values = {"table_id": layout.id, "title": layout.titled("", ""), "taken_on": session.today, "layout": text}
    record_id = known.record.record_id if known and known.is_own else ""
    records.save_entry(session, RecordKind.REPORT_TABLE, RecordContent({**values}), record_id)
    return layout


def remove_table(session: OfficeSession, table_id: str) -> None:
    """Take an own table off the list; copies handed in stay as they are."""
    known = own_tables(session).get(table_id)
    if known is None:
        raise UserError("report_unknown", text=table_id, known="、".join(own_tables(session)) or "（没有）")
    if not known.is_own:
        raise UserError("report_table_not_ours", title=known.layout.titled("", ""))
    records.remove_entry(session, known.record.record_id)


def write_table(session: OfficeSession, table_id: str, path: Path) -> None:
    """Write the file of a table, to be changed and read in as another one."""
    known = known_tables(session)
    if table_id not in known:
        raise UserError("report_unknown", text=table_id, known="、".join(known))
    layout = known[table_id]
    remember_output(session, path.parent)
    with written_whole(path) as out:
        out.write(layout.text.encode("utf-8"))


# -- checking -----------------------------------------------------------------------------------------------------


def checked_table(text: str) -> ReportLayout:
    """A table from its text, everything it names known; ReportLayoutError says what is wrong."""
    layout = read_report(text)
    dimensions = _dimensions()
    for item in layout.figures.values():
        if item.measure:
            _check_measure(layout, item, dimensions)
    return layout


def _dimensions() -> dict[str, frozenset[str]]:
    """By what the records of each measure may be filtered."""
    of_sql = {
        name: frozenset(measure.dimensions) | ({report_store.BOUND} if report_store.is_bound(name) else frozenset())
        for name, measure in report_store.MEASURES.items()
    }
    return {**of_sql, **{name: count.dimensions for name, count in COUNTS.items()}}


def _check_measure(layout: ReportLayout, item: Figure, dimensions: Mapping[str, frozenset[str]]) -> None:
    line = _line_of(layout.text, item.code)
    if item.measure not in dimensions:
        raise ReportLayoutError(f"数“{item.code}”的 measure“{item.measure}”不认得；可以用 {'、'.join(dimensions)}", line)
    known = dimensions[item.measure]
    for name in item.filters:
        if name not in known:
            raise ReportLayoutError(
                f"数“{item.code}”不能按“{name}”筛选；这个数可以按 {'、'.join(sorted(known)) or '（没有）'}", line
            )
    if report_store.BOUND in known and item.measure in report_store.MEASURES and report_store.is_bound(item.measure):
        if not item.filters.get(report_store.BOUND):
            raise ReportLayoutError(f"数“{item.code}”要写明 filter = {{ item = [救助类别] }}", line)


def _line_of(text: str, code: str) -> int:
    return next((at for at, line in enumerate(text.splitlines(), 1) if f'"{code}"' in line and "code" in line), 0)


def measures_in_words() -> list[tuple[str, str, tuple[str, ...]]]:
    """Name, meaning and filters of everything that may be measured, for whoever writes a table."""
    known = _dimensions()
    labels = {name: measure.label for name, measure in report_store.MEASURES.items()}
    labels |= {name: count.label for name, count in COUNTS.items()}
    return [(name, labels[name], tuple(sorted(known[name]))) for name in known]
