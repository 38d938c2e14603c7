"""How a statistical table is declared: its figures, where each comes from, and the lines it is printed in.

A table is a data file under ``resources/reports`` or of the office itself; a new year's table needs no code. A figure is
measured – a named measure with filters –, the sum of others, or one divided by another. Lines are what the form prints,
cell by cell; a line or column may stand once for each office, source, class … (:mod:`db.domain.reports.expansion`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

UNITS = {
    "wan": "万元", "yuan": "元", "money": "元", "person": "人", "household": "户", "count": "个", "case": "件", "item": "项",
    "place": "家", "time": "次", "number": "", "percent": "",
}  # fmt: skip
"""How the units of figures are called; ``money`` is 元 or 万元 as the clerk chooses."""
MONEY_UNITS = {"wan": 1_000_000, "yuan": 100, "money": 100}
"""How many 分 one of the unit is."""
PLACEHOLDER = re.compile(r"\{([^{}|]+)(?:\|([^{}|]+))?\}")
"""``{01A}`` stands for a figure; ``{R|both}`` for what a rate was divided from, ``{R|target}`` for how far from its target,
``{R|goal}`` for the target itself."""
PAGE = 180.0
"""Millimetres there are for the columns of an upright page; a wider table lies."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: of a *measure*, the sum of *terms* (those in *minus* taken off), or *over*: one divided by another."""

    code: str
    unit: str
    measure: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    minus: frozenset[str] = frozenset()
    over: tuple[str, ...] = ()
    target: Fraction | int = 0
    """Of a rate: how many percent are to be reached."""
    target_policy: str = ""
    """The target of the policy in force that stands in its place (:mod:`db.domain.reports.targets`)."""
    label: str = ""
    """What it is called where the captions of its line do not say it."""
    is_fixed: bool = False
    """Whether it stays that of the whole table in a line for one office, class …: what shares are taken of."""

    @property
    def is_money(self) -> bool:
        """Whether it is shown with decimals."""
        return self.unit in MONEY_UNITS

    @property
    def is_rate(self) -> bool:
        """Whether it is a share in percent."""
        return self.unit == "percent"

    def is_part_of(self, whole: "Figure") -> bool:
        """Whether it is what *whole* counts, for one office, class … of the lines alone."""
        shared = {key: value for key, value in self.filters.items() if key in whole.filters}
        return bool(self.measure) and self.measure == whole.measure and shared == dict(whole.filters)

    @property
    def parts(self) -> tuple[str, ...]:
        """The figures it is worked out from; none of a measured one."""
        return self.terms or self.over


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold between figures: ``left <= right``, ``left = right``, or both are nothing or neither (``both``)."""

    left: str
    relation: str
    right: str
    text: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: its cells. *each*: the dimension for every value of which it stands."""

    cells: tuple[str, ...]
    each: str = ""
    is_strong: bool = False
    """Whether it is set in bold: a total, a heading."""

    @property
    def figures(self) -> tuple[str, ...]:
        """Codes of the figures in it."""
        return tuple(code for cell in self.cells for code in codes_in(cell))


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of the printed table, its width in mm of a page 180 (lying: 273) wide; *group*: the caption above several."""

    head: str
    width: float
    align: str = "center"
    each: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class ReportLayout:
    """A table."""

    id: str
    title: str
    """``{year}`` stands for the year, ``{period}`` for the period in words."""
    source: str
    cutoff: str
    """Month and day up to which things count unless told."""
    due: str
    columns: tuple[TableColumn, ...]
    lines: tuple[Line, ...]
    figures: Mapping[str, Figure]
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    """What stands below the table; ``{cutoff}`` stands for the day."""
    text: str = ""
    """The file itself: a copy that was handed in is read with the layout of its day."""
    meaning: str = ""
    """How the figures are meant where the form leaves it open."""
    units: tuple[str, ...] = ()
    """In which units the clerk may have figures of the unit ``money``; the first unless told."""
    rank: int = 100
    """Its place among the tables."""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What lines and columns stand for each of."""
        found = [line.each for line in self.lines] + [column.each for column in self.columns]
        return tuple(dict.fromkeys(name for name in found if name))

    @property
    def unit(self) -> str:
        """In which of its units the figures stand that may be had in several."""
        found = {item.unit for item in self.figures.values()}
        return next((unit for unit in self.units if unit in found), "")

    @property
    def is_wide(self) -> bool:
        """Whether it is printed on the long side of the paper."""
        return sum(column.width for column in self.columns) > PAGE + 0.5 or any(column.group for column in self.columns)

    def titled(self, year: str, period: str) -> str:
        """The title of a year or period."""
        return self.title.replace("{year}", year).replace("{period}", period)


def codes_in(cell: str) -> list[str]:
    """Codes of the figures in a cell."""
    return [found[1] for found in PLACEHOLDER.finditer(cell)]


def lone_figure(cell: str) -> tuple[str, str] | None:
    """Code and way of showing where a cell is nothing but one figure."""
    found = PLACEHOLDER.fullmatch(cell)
    return None if found is None else (found[1], found[2] or "")


def in_unit(layout: ReportLayout, unit: str) -> ReportLayout:
    """The table with figures of the unit ``money`` in *unit*."""
    if not layout.units:
        return layout
    wanted = unit if unit in layout.units else layout.units[0]
    figures = {code: replace(item, unit=wanted) if item.unit == "money" else item for code, item in layout.figures.items()}
    columns = tuple(
        replace(column, head=column.head.replace("{unit}", UNITS[wanted]), group=column.group.replace("{unit}", UNITS[wanted]))
        for column in layout.columns
    )
    lines = tuple(
        replace(line, cells=tuple(cell.replace("{unit}", UNITS[wanted]) for cell in line.cells)) for line in layout.lines
    )
    return replace(layout, figures=figures, columns=columns, lines=lines)

