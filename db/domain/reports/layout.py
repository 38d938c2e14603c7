"""How a statistical table is declared: its figures, where each comes from, and the lines it is printed in.

A table is a data file under ``resources/reports``; a new year's table needs no code. A figure is either measured – a
named measure with filters – or the sum of others. Lines are what the form prints, cell by cell.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import resources

UNITS = {"wan": "万元", "yuan": "元", "person": "人", "household": "户", "count": "个", "place": "家"}
MONEY_UNITS = {"wan": 1_000_000, "yuan": 100}
"""How many 分 one of the unit is."""
_PLACEHOLDER = re.compile(r"\{([0-9A-Za-z]+)\}")


class ReportLayoutError(ValueError):
    """A table that is declared wrongly; the text says where."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. *terms*: the figures it is the sum of; empty for a measured one."""

    code: str
    unit: str
    measure: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: tuple[str, ...] = ()

    @property
    def is_money(self) -> bool:
        """Whether it is shown with decimals."""
        return self.unit in MONEY_UNITS


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold between figures: ``left <= right``, or both are nothing or neither (``both``)."""

    left: str
    relation: str
    right: str
    text: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: its cells; ``{01A}`` stands for a figure."""

    cells: tuple[str, ...]

    @property
    def figures(self) -> tuple[str, ...]:
        """Codes of the figures in it."""
        return tuple(code for cell in self.cells for code in _PLACEHOLDER.findall(cell))


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of the printed table, its width in mm of a page 180 wide."""

    head: str
    width: float
    align: str = "center"


@dataclass(frozen=True, slots=True)
class ReportLayout:
    """A table."""

    id: str
    title: str
    """``{year}`` stands for the year."""
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


def read_report(text: str) -> ReportLayout:
    """A table from its file; ReportLayoutError says what is wrong."""
    try:
        body = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise ReportLayoutError(str(fault)) from fault
    figures = {item.code: item for item in map(_figure, body.get("figure", []))}
    if len(figures) != len(body.get("figure", [])):
        raise ReportLayoutError("a figure stands twice")
    for item in figures.values():
        _check_terms(item, figures)
    columns = tuple(TableColumn(str(c["head"]), float(c["width"]), str(c.get("align", "center"))) for c in body["column"])
    lines = tuple(Line(tuple(map(str, cells))) for cells in body["lines"])
    for line in lines:
        if len(line.cells) != len(columns) or not set(line.figures) <= set(figures):
            raise ReportLayoutError(f"line {line.cells}")
    return ReportLayout(
        id=str(body["id"]),
        title=str(body["title"]),
        source=str(body["source"]),
        cutoff=str(body["cutoff"]),
        due=str(body.get("due", "")),
        columns=columns,
        lines=lines,
        figures=figures,
        checks=tuple(_check(item, figures) for item in body.get("check", [])),
        notes=tuple(map(str, body.get("notes", []))),
        text=text,
        meaning=str(body.get("meaning", "")),
    )


def _figure(body: dict[str, Any]) -> Figure:
    code, unit = str(body.get("code")), body.get("unit")
    if unit not in UNITS:
        raise ReportLayoutError(f"{code}: unit")
    terms = tuple(part.strip() for part in str(body["sum"]).split("+")) if "sum" in body else ()
    filters = {key: tuple(map(str, values)) for key, values in body.get("filter", {}).items()}
    if bool(terms) == bool(body.get("measure")):
        raise ReportLayoutError(f"{code}: a measure or a sum")
    return Figure(code, str(unit), str(body.get("measure", "")), filters, terms)


def _check_terms(item: Figure, figures: Mapping[str, Figure]) -> None:
    seen, open_terms = {item.code}, list(item.terms)
    while open_terms:
        code = open_terms.pop()
        if code not in figures or code in seen or figures[code].unit != item.unit:
            raise ReportLayoutError(f"{item.code}: sum of {code}")
        seen.add(code)
        open_terms += figures[code].terms


def _check(body: dict[str, Any], figures: Mapping[str, Figure]) -> Check:
    found = Check(str(body["left"]), str(body["relation"]), str(body["right"]), str(body["text"]), bool(body.get("warning")))
    if found.relation not in {"<=", "both"} or not {found.left, found.right} <= set(figures):
        raise ReportLayoutError(f"check {body}")
    return found


@cache
def packaged_reports() -> dict[str, ReportLayout]:
    """The tables that come with the program, by id."""
    found = [read_report(resources.read_text(name)) for name in resources.names("reports", ".toml")]
    return {layout.id: layout for layout in found}
