"""Work a table out from its measured figures: exact, and as it is printed, so that every sum holds on paper.

Money is summed in 分 and shown in the table's unit; a sum is that of the figures as they are shown, and by how much that
differs from the exact sum is told (requirements §d.6 no. 22). A share is cut off, never rounded up: 100 % are all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from db.domain.reports.layout import MONEY_UNITS, PLACEHOLDER, UNITS, Check, Figure, ReportLayout

PLACES = 2
NOTHING = "--"
"""What a share of nothing is shown as."""


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure: *exact* in 分 or whole things (of a share: tenths of a percent), *shown* in its unit as it is printed."""

    exact: int
    shown: Decimal
    over: tuple[int, int] | None = None
    """Of a share or an average: what was divided by what."""
    is_rate: bool = False

    @property
    def text(self) -> str:
        """As it is told in a sentence."""
        if self.over is not None and not self.over[1]:
            return NOTHING
        return f"{self.shown.normalize() if self.is_rate else self.shown:,f}{'%' if self.is_rate else ''}"

    @property
    def cell(self) -> str:
        """As it is printed in a table, where the digits of shares stand below each other."""
        return f"{self.shown:,.1f}%" if self.is_rate and self.text != NOTHING else self.text


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
        parts = [_value(layout, part, measured, places, values) for part in item.parts]
        if item.over:
            values[code] = _divided(item, parts[0].exact, parts[1].exact, places)
        elif item.terms:
            signs = [-1 if term in item.minus else 1 for term in item.terms]
            exact = sum(sign * part.exact for sign, part in zip(signs, parts, strict=True))
            shown = sum((sign * part.shown for sign, part in zip(signs, parts, strict=True)), Decimal(0))
            values[code] = FigureValue(exact, shown)
        else:
            values[code] = FigureValue(measured[code], _rounded(item, measured[code], places))
    return values[code]


def _divided(item: Figure, part: int, whole: int, places: int) -> FigureValue:
    if item.is_rate:
        tenths = part * 1000 // whole if whole else 0
        return FigureValue(tenths, (Decimal(tenths) / 10).quantize(Decimal("0.1"), ROUND_DOWN), (part, whole), is_rate=True)
    exact = int((Decimal(part) / whole).quantize(Decimal(1), ROUND_HALF_UP)) if whole else 0
    return FigureValue(exact, _rounded(item, exact, places), (part, whole))


def _rounded(item: Figure, exact: int, places: int) -> Decimal:
    if not item.is_money:
        return Decimal(exact)
    unit = Decimal(MONEY_UNITS[item.unit])
    return (Decimal(exact) / unit).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _holds(check: Check, left: int, right: int) -> bool:
    if check.relation == "=":
        return left == right
    return left <= right if check.relation == "<=" else (left > 0) == (right > 0)


# -- what stands in a cell ----------------------------------------------------------------------------------------


def cell_text(layout: ReportLayout, values: Mapping[str, FigureValue], cell: str) -> str:
    """A cell with its figures put in."""
    return PLACEHOLDER.sub(lambda found: shown_text(layout.figures[found[1]], values[found[1]], found[2] or ""), cell)


def shown_text(item: Figure, value: FigureValue, way: str = "") -> str:
    """A figure as a cell wants it: itself, what it was divided from, or how far it is from its target."""
    if way == "both" and value.over is not None:
        return f"{value.over[0]:,} / {value.over[1]:,}"
    if way == "target" and value.over is not None and item.target:
        return target_text(item, value)
    return value.cell


def short_of(item: Figure, value: FigureValue) -> int:
    """How many more are needed for the target; 0 where it is reached or nobody counts."""
    if value.over is None or not item.target:
        return 0
    part, whole = value.over
    return max(-(-whole * item.target // 100) - part, 0)


def target_text(item: Figure, value: FigureValue) -> str:
    """Whether the target is reached."""
    if value.over is None or not value.over[1]:
        return NOTHING
    short = short_of(item, value)
    return f"未达标，差 {short:,}" if short else "达标"


def value_words(item: Figure, value: FigureValue) -> str:
    """A figure with its unit, and what it was divided from."""
    words = f"{value.text} {UNITS[item.unit]}".strip()
    return words if value.over is None else f"{words}（{shown_text(item, value, 'both')}）"
