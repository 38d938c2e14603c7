"""Counts what a statistical table asks for, lays it out for the offices, sources and classes there are, and finds the records.

Every measure is read once, grouped by no more than the table filters by; a figure is then looked up, not searched for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from sqlalchemy import Connection

from db.domain.case_words import STANDING_LABELS, Standing
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordKind
from db.domain.reports.expansion import Values, expanded, shown_by
from db.domain.reports.layout import Figure, ReportLayout
from db.errors import UserError
from db.services import quotas, records
from db.services.office import OfficeSession
from db.services.report_counts import COUNTS, Memory
from db.store import notice_store, record_store, report_store, standing_store
from db.store.report_measure import Scope

Row = dict[str, Any]
_Key = tuple[str, tuple[str, ...]]
OPTION_LISTS = {
    "category": "hardship_category", "cause": "hardship_cause", "fund_source": "fund_source", "item": "aid_item",
    "stage": "school_stage", "exit_reason": "exit_reason",
}  # fmt: skip
"""The dimensions that are answers of an option list."""
_FAMILIES = {"deep": "在档：深度困难", "relative": "在档：相对困难", "accidental": "在档：意外致困", "other": "在档：其他类别",
             "not_filed": "未建档困难", "new_form": "新就业形态"}  # fmt: skip
_CLASSES = {"deep_hardship", "relative_hardship", "accidental_hardship"}
"""The classes in force; those of older forms have a place where somebody stands in them."""
UNTOLD = "没有登记"


@dataclass(slots=True)
class _Index:
    """The rows of a measure, to be looked up by some of their dimensions."""

    rows: list[Row]
    is_distinct: bool
    by: dict[tuple[str, ...], dict[tuple[str, ...], Any]] = field(default_factory=dict)

    def value(self, filters: Mapping[str, tuple[str, ...]]) -> int:
        """Sum of the rows that fit, or how many different ones there are."""
        keys = self._keys(filters)
        table = self._table(keys)
        wanted = [filters[key] for key in keys]
        found = [table[place] for place in product(*wanted) if place in table]
        return len(set().union(*found)) if self.is_distinct else sum(found)

    def _keys(self, filters: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(sorted(key for key in filters if self.rows and key in self.rows[0]))

    def _table(self, keys: tuple[str, ...]) -> dict[tuple[str, ...], Any]:
        if keys not in self.by:
            table: dict[tuple[str, ...], Any] = {}
            for row in self.rows:
                place = tuple(str(row[key]) for key in keys)
                if self.is_distinct:
                    table.setdefault(place, set()).add(row["key"])
                else:
                    table[place] = table.get(place, 0) + int(row["value"])
            self.by[keys] = table
        return self.by[keys]

    def missed(self, figures: Sequence[Figure]) -> list[Row]:
        """Rows that none of the figures takes in."""
        taken: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for item in figures:
            keys = self._keys(item.filters)
            taken.setdefault(keys, set()).update(product(*(item.filters[key] for key in keys)))
        return [
            row
            for row in self.rows
            if not any(tuple(str(row[key]) for key in keys) in places for keys, places in taken.items())
        ]


@dataclass(frozen=True, slots=True)
class Counted:
    """A table laid out, its measured figures, and sentences about what is left out."""

    layout: ReportLayout
    measured: dict[str, int]
    left_out: list[str]


def count(
    session: OfficeSession, layout: ReportLayout, scope: Scope, names: Mapping[str, str], unit: str = "", memory: Memory | None = None
) -> Counted:
    """Measure everything a table names."""
    base = [item for item in layout.figures.values() if item.measure]
    rows: dict[_Key, list[Row]] = {}
    memory = memory or Memory()
    for item in base:
        if item.measure in COUNTS and _key(item) not in rows:
            rows[_key(item)] = COUNTS[item.measure].records(session, scope, memory)
    with session.database.reading() as connection:
        for item in base:
            if _key(item) not in rows:
                rows[_key(item)] = report_store.groups(connection, item.measure, scope, _key(item)[1], _by(layout, item.measure))
        values = _values(connection, layout, scope, names, rows)
    _refuse_too_large(layout, values)
    indexes = {key: _Index(found, _is_distinct(key[0])) for key, found in rows.items()}
    apart = frozenset(item.measure for item in base if _is_distinct(item.measure))
    laid = expanded(layout, values, unit, apart)
    measured = {code: indexes[_key(item)].value(_free(item)) for code, item in laid.figures.items() if item.measure}
    return Counted(laid, measured, _left_out(laid, indexes))


_MOST_CELLS = 60_000


def _refuse_too_large(layout: ReportLayout, values: Values) -> None:
    columns = sum(len(values[column.each]) if column.each else 1 for column in layout.columns)
    lines = sum(len(values[line.each]) if line.each else 1 for line in layout.lines)
    if columns * lines > _MOST_CELLS:
        raise UserError("report_too_large", lines=lines, columns=columns)


def stood_on(session: OfficeSession, layout: ReportLayout, day: str, memory: Memory | None = None) -> str:
    """Where archives stood on a past day, of those that the table asks for (see :mod:`db.store.standing_store`)."""
    named = [report_store.MEASURES[item.measure] for item in layout.figures.values() if item.measure in report_store.MEASURES]
    kinds = {measure.beside for measure in named if ":moved" in measure.source}
    if not kinds:
        return "{}"
    with session.database.reading() as connection:
        return standing_store.moved_since(connection, day, () if "" in kinds else kinds, memory.courses if memory else None)


def blank_values(names: Sequence[tuple[str, str]], layout: ReportLayout) -> dict[str, list[tuple[str, str]]]:
    """What the lines of an empty form stand for: the offices and every answer of an option list."""
    found: dict[str, list[tuple[str, str]]] = {"office": list(names)}
    for dimension in layout.dimensions:
        if dimension in OPTION_LISTS:
            found[dimension] = [(item.code, item.label) for item in option_list(OPTION_LISTS[dimension]).current()]
    return found


def _is_distinct(measure: str) -> bool:
    return measure in report_store.MEASURES and bool(report_store.MEASURES[measure].distinct)


def _key(item: Figure) -> _Key:
    bound = item.measure not in COUNTS and report_store.is_bound(item.measure)
    return item.measure, tuple(sorted(item.filters.get(report_store.BOUND, ()))) if bound else ()


def _free(item: Figure) -> Mapping[str, tuple[str, ...]]:
    """The filters that are looked up; what the measure itself minded is none of them."""
    bound = item.measure not in COUNTS and report_store.is_bound(item.measure)
    return {key: wanted for key, wanted in item.filters.items() if not (bound and key == report_store.BOUND)}


def _by(layout: ReportLayout, measure: str) -> list[str]:
    filters = [key for item in layout.figures.values() if item.measure == measure for key in item.filters]
    return list(dict.fromkeys([*filters, *layout.dimensions]))


# -- what lines stand for -----------------------------------------------------------------------------------------


def _values(
    connection: Connection, layout: ReportLayout, scope: Scope, names: Mapping[str, str], rows: Mapping[_Key, list[Row]]
) -> Values:
    occurring = {name: _occurring(layout, name, codes, rows) for name, codes in shown_by(layout).items()}
    return {name: _labelled(connection, name, occurring[name], scope, names) for name in layout.dimensions}


def _occurring(layout: ReportLayout, name: str, codes: set[str], rows: Mapping[_Key, list[Row]]) -> set[str]:
    """The values of a dimension that somebody stands in who counts for a figure shown by it."""
    found: set[str] = set()
    for item in layout.figures.values():
        if item.measure and item.code in codes:
            of_measure = rows[_key(item)]
            if of_measure and name in of_measure[0]:
                found |= {str(row[name]) for row in of_measure if row["value"] and _fits(row, item)}
    return found


def _labelled(
    connection: Connection, name: str, keys: set[str], scope: Scope, names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Key and words of each value of a dimension, in the order of the form."""
    if name == "office":
        return [(office, names.get(office, "其他单位")) for office in scope.offices]
    if name == "month":
        return _months(scope)
    if name == "standing":
        return [(item.value, STANDING_LABELS[item]) for item in (Standing.ON_FILE, Standing.PHASING_OUT)]
    if name == "fund":
        return _funds(connection, keys, scope, names)
    if name == "quota":
        return _quotas(connection, scope, names)
    if name == "family":
        return list(_FAMILIES.items())
    if name in OPTION_LISTS:
        options = option_list(OPTION_LISTS[name])
        usual = _CLASSES if name == "category" else {item.code for item in options.current()}
        known = [(item.code, item.label) for item in options.options if item.code in usual or item.code in keys]
        others = sorted(keys - set(options.by_code))
        return [*known, *((key, key or UNTOLD) for key in others)]
    return [(key, key or UNTOLD) for key in sorted(keys)]


def _months(scope: Scope) -> list[tuple[str, str]]:
    """Every month of the period, in order; with its year where there are several: a school year is no year."""
    first, last = (int(day[:4]) * 12 + int(day[5:7]) - 1 for day in (scope.begins, scope.ends))
    within = [(at // 12, at % 12 + 1) for at in range(first, last + 1)]
    one_year = scope.begins[:4] == scope.ends[:4]
    return [(f"{year}-{month:02d}", f"{month} 月" if one_year else f"{year} 年 {month} 月") for year, month in within]


def _funds(connection: Connection, keys: set[str], scope: Scope, names: Mapping[str, str]) -> list[tuple[str, str]]:
    entries = [records.record_of(row) for row in record_store.office_records(connection, RecordKind.FUND)]
    kinds = option_list("fund_source")
    return [
        (item.record_id, "\t".join((item.content.text("name"), kinds.label(item.content.text("source_kind")),
                                    names.get(item.office_id, "其他单位"))))
        for item in entries
        if item.office_id in scope.offices and (item.record_id in keys or not item.content.values.get("is_closed"))
    ]  # fmt: skip


def _quotas(connection: Connection, scope: Scope, names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (row["id"], "\t".join((names.get(row["for_office_id"], "其他单位"), row["label"], row["unit"])))
        for row in notice_store.quotas(connection)
        if row["year"] == scope.year and row["for_office_id"] in scope.offices and quotas.used_of(connection, row) is not None
    ]


# -- what the table leaves out ------------------------------------------------------------------------------------


def _left_out(layout: ReportLayout, indexes: Mapping[_Key, _Index]) -> list[str]:
    """Sentences about what a measure found and no figure of the table takes in."""
    told: dict[tuple[int, str], list[str]] = {}
    for (name, items), index in indexes.items():
        of_measure = [item for item in layout.figures.values() if item.measure == name and _key(item)[1] == items]
        figures = [replace(item, filters=_free(item)) for item in of_measure]
        wanted = {item for figure in of_measure for item in figure.filters.get("item", ())}
        missed = [row for row in index.missed(figures) if not wanted or row.get("item", "") in {*wanted, ""}]
        number = sum(int(row.get("records", 1)) for row in missed)
        if number and any("stage" in item.filters for item in figures):
            stages = "、".join(sorted({_stage_words(str(row.get("stage", ""))) for row in missed}))
            told.setdefault((number, f"学段：{stages}），请核对学段"), []).append(label_of(name))
    return [
        f"{'、'.join(labels)}里{'各' if len(labels) > 1 else ''}有 {number:,} 笔不在表里任何一栏（{where}。"
        for (number, where), labels in told.items()
    ]


def label_of(measure: str) -> str:
    """What a measure is called."""
    return COUNTS[measure].label if measure in COUNTS else report_store.MEASURES[measure].label


def _stage_words(code: str) -> str:
    return option_list("school_stage").label(code) if code else UNTOLD


# -- the records behind a figure ----------------------------------------------------------------------------------


def details(session: OfficeSession, scope: Scope, item: Figure, limit: int, offset: int = 0) -> list[Row]:
    """The records a measured figure was counted from, by day and name."""
    if item.measure in COUNTS:
        found = [row for row in COUNTS[item.measure].records(session, scope, Memory()) if _fits(row, item)]
        return sorted(found, key=lambda row: (row["on_day"], row["who"]))[offset : offset + limit]
    with session.database.reading() as connection:
        return report_store.details(connection, item.measure, scope, item.filters, limit, offset)


def _fits(row: Mapping[str, Any], item: Figure) -> bool:
    return all(str(row[key]) in wanted for key, wanted in item.filters.items() if key in row)
