"""Work a table out from its measured figures: exact, and as it is printed, so that every sum holds on paper.

Money is summed in 分 and shown in the table's unit; a sum is that of the figures as they are shown, and by how much that
differs from the exact sum is told (requirements §d.6 no. 22).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from db.domain.reports.layout import MONEY_UNITS, Check, Figure, ReportLayout

PLACES = 2


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure: *exact* in 分 or whole things, *shown* in its unit as it is printed."""

    exact: int
    shown: Decimal

    @property
    def text(self) -> str:
        """As it is printed."""
        return f"{self.shown:,f}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A check that does not hold."""

    check: Check
    left: FigureValue
    right: FigureValue

    @property
    def text(self) -> str:
        """What does not fit, with the figures."""
        return f"{self.check.text}（{self.check.left} 是 {self.left.text}，{self.check.right} 是 {self.right.text}）"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A table worked out."""

    values: Mapping[str, FigureValue]
    broken: tuple[Broken, ...]
    differences: Mapping[str, Decimal]
    """Of sums: by how much what is shown differs from the rounded exact sum, where it does."""


def evaluate(layout: ReportLayout, measured: Mapping[str, int], places: int = PLACES) -> Evaluation:
    """Work out every figure from the measured ones, by code."""
    values: dict[str, FigureValue] = {}
    for code in layout.figures:
        _value(layout, code, measured, places, values)
    differences = {}
    for code, item in layout.figures.items():
        if item.terms:
            difference = values[code].shown - _rounded(item, values[code].exact, places)
            if difference:
                differences[code] = difference
    broken = tuple(
        Broken(check, values[check.left], values[check.right])
        for check in layout.checks
        if not _holds(check, values[check.left].exact, values[check.right].exact)
    )
    return Evaluation(values, broken, differences)


def _value(
    layout: ReportLayout, code: str, measured: Mapping[str, int], places: int, values: dict[str, FigureValue]
) -> FigureValue:
    if code not in values:
        item = layout.figures[code]
        if item.terms:
            parts = [_value(layout, term, measured, places, values) for term in item.terms]
            values[code] = FigureValue(sum(part.exact for part in parts), sum((part.shown for part in parts), Decimal(0)))
        else:
            exact = measured[code]
            values[code] = FigureValue(exact, _rounded(item, exact, places))
    return values[code]


def _rounded(item: Figure, exact: int, places: int) -> Decimal:
    if not item.is_money:
        return Decimal(exact)
    unit = Decimal(MONEY_UNITS[item.unit])
    return (Decimal(exact) / unit).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _holds(check: Check, left: int, right: int) -> bool:
    return left <= right if check.relation == "<=" else (left > 0) == (right > 0)
