"""What a chart shows, made from a cross-table: categories, series, and in which shape they are honest."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from db.domain.reports.cross_lists import NOT_FILLED, Dimension
from db.domain.reports.cross_table import ALL_LABEL, CrossTable, figure_text

MOST_BARS = 14
MOST_SERIES = 7
_REST = "其余"
_IN_TIME = frozenset({"year", "quarter", "month", "filed_year", "graduation_year"})


class Shape(StrEnum):
    """How it is drawn."""

    BARS = "bars"
    """One line per category, the longest first."""
    COLUMNS = "columns"
    """From left to right: what has an order, like months and ages."""
    PYRAMID = "pyramid"
    """Two series back to back."""


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the chart; *values* in 元 or things, None for nothing."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. *texts*: the total of each category as it is written at its end; empty where there is no such total."""

    title: str
    unit: str
    categories: Sequence[str]
    series: Sequence[Series]
    shape: Shape
    texts: Sequence[str] = ()
    is_stacked: bool = False
    is_divided: bool = False
    """Whether the series have names that must be told."""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for series in self.series for value in series.values)


def chart_of(table: CrossTable, title: str = "") -> Chart:
    """The chart of a table; what does not fit is put together where it adds up, and otherwise told."""
    ordered = _is_ordered(table.row_dimension)
    codes = [item.code for item in table.rows]
    if not ordered:
        codes.sort(key=lambda code: (code == "", -(table.value(code, None) or 0)))
    elif "" in codes and not table.value("", None):
        codes.remove("")
    kept, rest = (codes, []) if ordered or len(codes) <= MOST_BARS else (codes[: MOST_BARS - 1], codes[MOST_BARS - 1 :])
    labels = {item.code: item.label for item in table.rows}
    columns, divided = _columns(table), bool(table.column_dimension)
    if table.column_dimension and len(table.columns) > MOST_SERIES and (not table.adds_up or _is_ordered(table.column_dimension)):
        columns, divided = [(ALL_LABEL, None)], False  # some of the months would say less than all of them
    together = bool(rest) and table.adds_up
    series = [Series(label, _values(table, kept, rest if together else [], group)) for label, group in columns]
    texts = [table.text(code, None) if table.value(code, None) else "" for code in kept]  # at nothing stands no figure
    if together:
        texts.append(figure_text(table.measure, sum((table.value(code, None) or Fraction(0) for code in rest), Fraction(0))))
    names = [labels[code] if code else NOT_FILLED for code in kept] + ([f"{_REST} {len(rest)} 项"] if together else [])
    note = f"另有 {len(rest)} 项较小的没有画，见表。" if rest and not together else ""
    note += "列太多，只画合计；各列见表。" if divided != bool(table.column_dimension) else ""
    stacked = len(series) > 1 and table.adds_up
    shape = Shape.COLUMNS if ordered else Shape.BARS
    return Chart(title or table.title, table.measure.unit, names, series, shape, texts, stacked, divided, note)


def _is_ordered(dimension: Dimension) -> bool:
    return dimension.is_span or dimension.key in _IN_TIME


def _columns(table: CrossTable) -> list[tuple[str, list[str] | None]]:
    """Label and codes of each series: the largest of their own, the rest together. None stands for all columns."""
    if len(table.columns) <= MOST_SERIES:
        return [(item.label, [item.code]) for item in table.columns]
    largest = sorted(table.columns, key=lambda item: -(table.value(None, item.code) or 0))
    first = {item.code for item in largest[: MOST_SERIES - 1]}
    found: list[tuple[str, list[str] | None]] = [(item.label, [item.code]) for item in table.columns if item.code in first]
    return [*found, (_REST, [item.code for item in table.columns if item.code not in first])]


def _values(table: CrossTable, codes: Sequence[str], rest: Sequence[str], columns: Sequence[str] | None) -> list[float | None]:
    found = [_plain(table, [code], columns) for code in codes]
    return [*found, _plain(table, rest, columns)] if rest else found


def _plain(table: CrossTable, rows: Sequence[str], columns: Sequence[str] | None) -> float | None:
    values = [table.value(row, column) for row in rows for column in (columns if columns is not None else [None])]
    known = [value for value in values if value is not None]
    return float(sum(known) / (100 if table.measure.is_money else 1)) if known else None


def pyramid_of(table: CrossTable, title: str) -> Chart:
    """Ages by sex, men at the left; who has no age or sex filled in is told below, not drawn."""
    codes = [item.code for item in table.rows if item.code]
    series = [Series(label, [_plain(table, [code], [sex]) or 0 for code in codes]) for sex, label in (("male", "男"), ("female", "女"))]
    drawn = sum(int(value or 0) for item in series for value in item.values)
    missing = int(table.value(None, None) or 0) - drawn
    note = f"另有 {missing:,} 人没有填出生日期或性别，没有画。" if missing else ""
    names = [table.row_dimension.name(code) for code in codes]
    return Chart(title, table.measure.unit, names, series, Shape.PYRAMID, is_divided=True, note=note)
