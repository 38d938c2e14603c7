"""Statistical tables: worked out over an office and those below it, each figure with the records behind it, frozen copies.

Tables are data (:mod:`db.domain.reports.layout`); what they measure is SQL (:mod:`db.store.report_store`). Amounts are
分 until they are shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.domain.option_lists import option_list
from db.domain.reports.captions import told_as
from db.domain.reports.evaluation import PLACES, Evaluation, FigureValue, evaluate
from db.domain.reports.expansion import blank
from db.domain.reports.layout import Figure, ReportLayout
from db.domain.reports.layout_file import ReportLayoutError, file_text, packaged_reports, read_report
from db.domain.reports.period import Period
from db.domain.reports.targets import with_targets
from db.errors import UserError
from db.services import policy_library, report_copies, report_counting, report_tables
from db.services.office import OfficeSession
from db.services.report_copies import NewCopy, SavedCopy, office_names
from db.services.report_counts import Memory
from db.store import bundle_store
from db.store.report_measure import Scope

MOST_DETAILS = 1_000


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """Which table over what. Empty: this office and all below it, the year up to the table's own day.

    *unit*: ``yuan`` or ``wan`` where the table leaves the choice.
    """

    report_id: str
    year: int
    begins: str = ""
    ends: str = ""
    offices: tuple[str, ...] = ()
    places: int = PLACES
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A table worked out."""

    layout: ReportLayout
    scope: Scope
    office_name: str
    office_names: tuple[str, ...]
    """The offices counted, where they are several."""
    measured: Mapping[str, int]
    evaluation: Evaluation
    warnings: tuple[str, ...] = ()
    """What the figures leave out, and what does not fit."""

    @property
    def title(self) -> str:
        """The table's title with its year or period."""
        return self.layout.titled(str(self.scope.year), self.period_words)

    @property
    def period_words(self) -> str:
        """From when to when, in words."""
        return Period(self.scope.begins, self.scope.ends).words

    @property
    def notes(self) -> list[str]:
        """What stands below the table."""
        year, month, day = self.scope.ends.split("-")
        return [note.replace("{cutoff}", f"{year}年{int(month)}月{int(day)}日") for note in self.layout.notes]

    @property
    def rounding(self) -> list[str]:
        """By how much the printed parts of each sum differ from the exact sum; it stands below the table too (§d.6 no. 22)."""
        printed = {code for line in self.layout.lines for code in line.figures}
        return [
            f"{told_as(self.layout, code)} 照表上各项相加，与精确合计四舍五入相差 {difference:+f}（尾差）。"
            for code, difference in self.evaluation.differences.items()
            if code in printed
        ]

    def value(self, code: str) -> FigureValue:
        """A figure."""
        return self.evaluation.values[code]


@dataclass(frozen=True, slots=True)
class DetailRow:
    """A record behind a figure; *value* in 分 or whole things."""

    who: str
    what: str
    on_day: str
    value: int
    archive_id: str | None


# -- working out --------------------------------------------------------------------------------------------------


def reports(session: OfficeSession | None = None) -> list[ReportLayout]:
    """Every table there is; without an office those that come with the program."""
    return list((report_tables.TABLES.known(session) if session else packaged_reports()).values())


def find_report(session: OfficeSession, report_id: str) -> ReportLayout:
    """The table *report_id*; UserError names those there are."""
    packaged = packaged_reports()
    found = packaged if report_id in packaged else report_tables.TABLES.known(session)
    if report_id not in found:
        raise UserError("report_unknown", text=report_id, known="、".join(found))
    return found[report_id]


def blank_layout(session: OfficeSession, report_id: str) -> ReportLayout:
    """The table as an empty form: a line for each office and class."""
    layout = find_report(session, report_id)
    with session.database.reading() as connection:
        names = office_names(connection, session)
        offices = (session.office.id, *bundle_store.offices_below(connection, session.office.id))
    known = [(key, names.get(key, "其他单位")) for key in offices]
    layout = with_targets(layout, policy_library.target_rates(session, session.today))
    return blank(layout, report_counting.blank_values(known, layout))


def make_report(session: OfficeSession, request: ReportRequest) -> Report:
    """Work a table out as the records stand now."""
    return _worked_out(session, find_report(session, request.report_id), request)


def _worked_out(session: OfficeSession, layout: ReportLayout, request: ReportRequest) -> Report:
    with session.database.reading() as connection:
        scope, names = _scope(connection, session, layout, request)
    layout = with_targets(layout, policy_library.target_rates(session, min(scope.ends, session.today)))
    memory = Memory()
    stood = _stood(session, layout, scope, memory)
    counted = report_counting.count(session, layout, stood, names, request.unit, memory)
    evaluation = evaluate(counted.layout, counted.measured, request.places)
    ahead = [f"统计的时段从 {scope.begins} 开始，还没有到，没有数可以统计。"] if scope.begins > session.today else []
    told = (*ahead, *counted.left_out, *(broken.text for broken in evaluation.broken))
    others = tuple(names[key] for key in scope.offices if key in names)
    made = Report(counted.layout, scope, session.office.name, others, counted.measured, evaluation, told)
    return replace(made, warnings=(*made.warnings, *made.rounding))


def _stood(
    session: OfficeSession, layout: ReportLayout, scope: Scope, memory: Memory | None = None
) -> Scope:
    """With where archives stood on the last day, if the table asks for it and that day is over."""
    if scope.ends >= session.today:
        return scope
    return replace(scope, moved=report_counting.stood_on(session, layout, scope.ends, memory))


def _scope(
    connection: Connection, session: OfficeSession, layout: ReportLayout, request: ReportRequest
) -> tuple[Scope, dict[str, str]]:
    ends = request.ends or f"{request.year}-{layout.cutoff}"
    begins = request.begins or f"{request.year}-01-01"
    for day in (begins, ends):
        try:
            date.fromisoformat(day)
        except ValueError as fault:
            raise UserError("report_day", text=day) from fault
    if begins > ends:
        raise UserError("report_days", begins=begins, ends=ends)
    names = office_names(connection, session)
    below = sorted(bundle_store.offices_below(connection, session.office.id), key=lambda key: names.get(key, ""))
    return Scope(request.offices or (session.office.id, *below), begins, ends, request.year), names


# -- the records behind a figure ----------------------------------------------------------------------------------


def details(session: OfficeSession, report: Report, code: str, offset: int = 0, limit: int = MOST_DETAILS) -> list[DetailRow]:
    """The records a figure was counted from, by day; of a sum those of all its parts, of a share those counted in it."""
    scope = _stood(session, report.layout, report.scope)
    found: list[DetailRow] = []
    for item, sign in _parts(report.layout, code):
        rows = report_counting.details(session, scope, item, offset + limit)
        found += [_detail(row, sign) for row in rows]
    found.sort(key=lambda row: (row.on_day, row.who))
    return found[offset : offset + limit]


def _parts(layout: ReportLayout, code: str, sign: int = 1) -> Iterable[tuple[Figure, int]]:
    """The measured figures something is worked out from, and whether they add to it or are taken off."""
    item = layout.figures[code]
    if item.over:
        return _parts(layout, item.over[0], sign)
    if item.terms:
        return [part for term in item.terms for part in _parts(layout, term, -sign if term in item.minus else sign)]
    return [(item, sign)]


_WORDED = ("aid_item", "fund_movement")


def _detail(row: Mapping[str, Any], sign: int) -> DetailRow:
    what = str(row["what"] or "")
    for name in _WORDED:
        what = option_list(name).by_code[what].label if what in option_list(name).by_code else what
    words = "发放" if what == "paid" else what
    return DetailRow(str(row["who"] or ""), words, str(row["on_day"] or ""), sign * int(row["value"] or 0), row["archive_id"])


# -- copies -------------------------------------------------------------------------------------------------------


def freeze(session: OfficeSession, report: Report, note: str = "") -> SavedCopy:
    """Keep a table as it is handed in; it never changes."""
    scope = report.scope
    copy = NewCopy(report.layout.id, report.title, scope.year, scope.begins, scope.ends, scope.offices, dict(report.measured),
                   report.layout.text)  # fmt: skip
    return report_copies.keep(session, copy, note)


def reopened(session: OfficeSession, copy: SavedCopy) -> Report:
    """A copy as it was handed in, as a table laid out as it was then; UserError where what came from below is none."""
    try:
        layout = read_report(copy.layout)
        evaluation = evaluate(layout, copy.figures)
    except (ReportLayoutError, KeyError) as fault:
        raise UserError("report_copy_broken", title=copy.title) from fault
    with session.database.reading() as connection:
        names = office_names(connection, session)
    scope = Scope(copy.offices, copy.begins, copy.ends, copy.year)
    others = tuple(names[key] for key in copy.offices if key in names)
    return Report(layout, scope, copy.office_name or session.office.name, others, copy.figures, evaluation)


def differences_since(session: OfficeSession, copy: SavedCopy) -> list[tuple[str, FigureValue, FigureValue]]:
    """Figures of the table as it was laid out then that come out differently today: what they are called, then and now."""
    then = reopened(session, copy)
    request = ReportRequest(copy.report_id, copy.year, copy.begins, copy.ends, copy.offices, unit=then.layout.unit)
    now = _worked_out(session, read_report(file_text(copy.layout)), request)
    codes = dict.fromkeys((*then.layout.figures, *now.layout.figures))
    nothing = FigureValue(0, Decimal(0))
    found = []
    for code in codes:
        was, now_is = then.evaluation.values.get(code, nothing), now.evaluation.values.get(code, nothing)
        if was.exact != now_is.exact:
            layout = then.layout if code in then.layout.figures else now.layout
            found.append((told_as(layout, code), was, now_is))
    return found


def offices_missing(session: OfficeSession, year: int) -> list[str]:
    """Names of the offices directly below from which nothing has come in a year: their figures are not in the tables."""
    with session.database.reading() as connection:
        children = [row for row in bundle_store.partners(connection) if row["relation"] == "child"]
        heard = {
            row["partner_id"]
            for row in bundle_store.received_since(connection, f"{year}-01-01")
        }
    return sorted(row["name"] for row in children if row["id"] not in heard)


def offices_behind(session: OfficeSession, scope: Scope) -> list[tuple[str, str]]:
    """Names of offices directly below whose last archives were packed before the period was over, and that day."""
    if scope.ends >= session.today:
        return []
    with session.database.reading() as connection:
        children = {row["id"]: row["name"] for row in bundle_store.partners(connection) if row["relation"] == "child"}
        packed = bundle_store.last_packed(connection)
    late = [(children[key], day) for key, day in packed.items() if key in children and f"{scope.year}" <= day < scope.ends]
    return sorted(late)
