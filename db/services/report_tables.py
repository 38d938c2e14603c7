"""Statistical tables beside those that come with the program: own ones, those from above, and what one may be made of."""

from collections.abc import Mapping

from db.domain.records.record_form import RecordKind
from db.domain.records.report_table import LONGEST
from db.domain.reports.layout import Figure, ReportLayout
from db.domain.reports.layout_file import ReportLayoutError, packaged_reports, read_report
from db.services.own_files import OwnFiles
from db.services.report_counts import COUNTS
from db.store import report_store


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


TABLES = OwnFiles(
    kind=RecordKind.REPORT_TABLE,
    id_field="table_id",
    longest=LONGEST,
    packaged=packaged_reports,
    read=checked_table,
    fault=ReportLayoutError,
    name_of=lambda layout: layout.titled("", ""),
    errors="report_table",
    unknown="report_unknown",
)
"""The tables of an office; copies handed in stay as they are when one is taken off."""
