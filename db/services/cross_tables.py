"""The free cross-table: worked out over this office and those below, the records behind each cell, choices a clerk keeps."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.domain.reports.cross_lists import DIMENSIONS, OF_A_PERIOD, Dimension, Subject
from db.domain.reports.cross_table import ALL_LABEL, CrossRecord, CrossRequest, CrossTable, Folded, Heading
from db.errors import UserError
from db.services.office import OfficeSession, get_setting, set_setting
from db.services.reports import offices_missing
from db.store import bundle_store, cross_store
from db.store.cross_store import Scope

MOST_DETAILS = 1_000
_KEPT = "cross_tables:"
"""Setting with the choices of a clerk; the clerk's id follows."""


def make_table(session: OfficeSession, request: CrossRequest) -> CrossTable:
    """Work a cross-table out as the records stand now."""
    request = _dated(session, request)
    request.check()
    with session.database.reading() as connection:
        names = {**bundle_store.office_names(connection), session.office.id: session.office.name}
        scope = _scope(connection, session, request)
        found = cross_store.folded(connection, request.subject, request.measure, request.rows, request.columns, scope)
    cells: dict[tuple[str | None, str | None], Folded] = {}
    for row in found:
        place = (None if row["kind"] in ("column", "all") else row["r"], None if row["kind"] in ("row", "all") else row["c"])
        cells[place] = Folded(int(row["amount"]), int(row["number"]))
    if not request.columns:
        cells |= {(row, ""): found for (row, _), found in cells.items()}
    spanned = replace(request, ends=max(request.begins, min(request.ends, session.today)))
    return CrossTable(
        request,
        session.office.name,
        _headings(spanned, request.rows, (row["r"] for row in found if row["kind"] == "row"), names),
        _headings(spanned, request.columns, (row["c"] for row in found if row["kind"] == "column"), names),
        cells,
        _narrowed_words(request, names),
        len(scope.offices),
        () if request.offices else offices_missing(session, int(request.ends[:4])),
    )


def _dated(session: OfficeSession, request: CrossRequest) -> CrossRequest:
    # what is counted as it stands is counted as of today: nobody keeps how it stood on another day
    ends = (request.ends if request.subject in OF_A_PERIOD else "") or session.today
    begins = min(request.begins, ends) if request.begins and ends != request.ends else request.begins or f"{ends[:4]}-01-01"
    for day in (begins, ends):
        try:
            date.fromisoformat(day)
        except ValueError as fault:
            raise UserError("report_day", text=day) from fault
    return replace(request, begins=begins, ends=ends)


def _scope(connection: Connection, session: OfficeSession, request: CrossRequest) -> Scope:
    return Scope(_offices(connection, session, request), request.begins, request.ends, request.filters)


def _offices(connection: Connection, session: OfficeSession, request: CrossRequest) -> tuple[str, ...]:
    return tuple(request.offices or (session.office.id, *bundle_store.offices_below(connection, session.office.id)))


def offices_of(session: OfficeSession, request: CrossRequest) -> tuple[str, ...]:
    """The offices whose records a table counts."""
    with session.database.reading() as connection:
        return _offices(connection, session, request)


def _headings(request: CrossRequest, key: str, codes: Iterable[str], names: Mapping[str, str]) -> list[Heading]:
    if not key:
        return [Heading("", ALL_LABEL)]
    dimension = _named(DIMENSIONS[request.subject][key], names)
    found = {*codes, *_whole_span(request, dimension)}
    return [Heading(code, dimension.name(code)) for code in dimension.filled(found)]


def _named(dimension: Dimension, names: Mapping[str, str]) -> Dimension:
    """Offices are called by their names, and stand in the order of these."""
    if dimension.key != "office":
        return dimension
    return replace(dimension, labels=dict(sorted(names.items(), key=lambda pair: pair[1])))


def _whole_span(request: CrossRequest, dimension: Dimension) -> list[str]:
    """The first and last month or quarter of a period within a year: those without anything are told, too."""
    if request.begins[:4] != request.ends[:4] or dimension.key not in ("month", "quarter"):
        return []
    months = (request.begins[5:7], request.ends[5:7])
    return list(months) if dimension.key == "month" else [str((int(month) + 2) // 3) for month in months]


def _narrowed_words(request: CrossRequest, names: Mapping[str, str]) -> list[str]:
    found = []
    for key, codes in request.filters:
        dimension = _named(DIMENSIONS[request.subject][key], names)
        found.append(f"{dimension.label}：{'、'.join(dimension.name(code) for code in codes)}")
    return found


def details(
    session: OfficeSession, table: CrossTable, row: str | None, column: str | None, offset: int = 0, limit: int = MOST_DETAILS
) -> list[CrossRecord]:
    """The records a cell was counted from, by day; None for all rows or columns."""
    request = table.request
    narrowed = list(request.filters)
    narrowed += [(request.rows, (row,))] if row is not None else []
    narrowed += [(request.columns, (column,))] if column is not None and request.columns else []
    with session.database.reading() as connection:
        scope = replace(_scope(connection, session, request), narrowed=tuple(narrowed))
        rows = cross_store.details(connection, request.subject, request.measure, scope, limit, offset)
    told_by = DIMENSIONS[request.subject].get(cross_store.SOURCES[request.subject].told_by)
    return [_detail(item, told_by) for item in rows]


def _detail(row: Mapping[str, Any], told_by: Dimension | None) -> CrossRecord:
    what = str(row["what"] or "")
    words = told_by.name(what) if told_by and what else what
    return CrossRecord(str(row["who"] or ""), words, str(row["on_day"] or ""), int(row["value"] or 0), row["archive_id"])


def values_of(session: OfficeSession, subject: Subject, key: str, offices: tuple[str, ...] = ()) -> list[Heading]:
    """What a dimension may be narrowed to: its list, or without one the codes that are there at all, at whatever time."""
    dimension = DIMENSIONS[subject][key]
    if dimension.labels:
        return [Heading(code, dimension.name(code)) for code in (*dimension.labels, "")]
    request = CrossRequest(subject, next(iter(cross_store.SOURCES[subject].folds)), key, begins="0001-01-01", offices=offices)
    return list(make_table(session, request).rows)


# -- choices a clerk keeps ----------------------------------------------------------------------------------------


def kept_choices(session: OfficeSession) -> dict[str, CrossRequest]:
    """What this clerk keeps under a name; the period is chosen anew each time."""
    found: dict[str, CrossRequest] = {}
    for name, body in (get_setting(session, _KEPT + session.clerk.id, {}) or {}).items():
        filters = tuple((str(key), tuple(map(str, codes))) for key, codes in body.get("filters", []))
        with suppress(ValueError, UserError):  # of a later version of the program, which could count more
            request = CrossRequest(Subject(body["subject"]), body["measure"], body["rows"], body.get("columns", ""), filters=filters)
            request.check()
            found[name] = request
    return found


def keep_choice(session: OfficeSession, name: str, request: CrossRequest) -> None:
    """Keep rows, columns, measure and narrowing under *name*, in place of what had it before."""
    if not name.strip():
        raise UserError("cross_name")
    request.check()
    plain = {key: value for key, value in asdict(request).items() if key in ("subject", "measure", "rows", "columns", "filters")}
    held = get_setting(session, _KEPT + session.clerk.id, {}) or {}
    set_setting(session, _KEPT + session.clerk.id, {**held, name.strip(): plain})


def forget_choice(session: OfficeSession, name: str) -> None:
    """Forget a kept choice."""
    held = get_setting(session, _KEPT + session.clerk.id, {}) or {}
    set_setting(session, _KEPT + session.clerk.id, {key: body for key, body in held.items() if key != name})
