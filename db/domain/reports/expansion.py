"""A table with lines or columns "for each office, source, class …" laid out for those there are.

What stands in such a line is the figure of that one only; the same figure in a line without *each* is the sum of them, so
that the table adds up as printed. Who is counted once whatever the line (a household with aid of two kinds) is not summed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from db.domain.reports.layout import PLACEHOLDER, Figure, Line, ReportLayout, TableColumn, codes_in, in_unit
from db.domain.reports.targets import targets_of

DIMENSIONS: dict[str, str] = {
    "office": "单位", "fund": "资金来源", "fund_source": "资金种类", "category": "困难类别", "cause": "主要致困原因",
    "standing": "档案状态", "item": "救助类别", "stage": "学段", "family": "家庭类别", "exit_reason": "退档原因",
    "month": "月份", "quota": "名额", "indicator": "评估指标", "programme": "活动",
}  # fmt: skip
"""What lines and columns may stand for each of."""
Values = Mapping[str, Sequence[tuple[str, str]]]
"""Key and words of each office, source … by the name of the dimension; words of several columns are parted by tabs."""
_Key = tuple[str, str] | None
_BLANK_LINES = 8


def expanded(layout: ReportLayout, values: Values, unit: str = "", apart: frozenset[str] = frozenset()) -> ReportLayout:
    """The table with a line (column) for each of *values*. *apart*: measures that count somebody once, so are not summed."""
    plain = in_unit(layout, unit)
    if not plain.dimensions:
        is_laid_out = layout.units or targets_of(layout)
        return replace(plain, text=_noted(layout, values, unit, apart)) if is_laid_out else plain
    made = _Expansion(plain, values, apart)
    columns = tuple(column for each in plain.columns for column in made.columns(each))
    lines = tuple(line for block in _blocks(plain.lines) for line in made.lines(block))
    checks = plain.checks
    for check in checks:
        made.figure(check.left, None, None)
        made.figure(check.right, None, None)
    text = _noted(layout, values, unit, apart)
    return replace(plain, columns=columns, lines=lines, figures=made.figures, text=text)


def shown_by(layout: ReportLayout) -> dict[str, set[str]]:
    """Of each dimension the figures of which a line or column stands for each of its values."""
    uses = _Expansion(layout, {}, frozenset()).uses
    return {name: {code for code, by in uses.items() if any(name in pair for pair in by)} for name in layout.dimensions}


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that are repeated together: one that does not name its office, class … goes on the line above it."""
    found: list[list[Line]] = []
    for line in lines:
        goes_on = line.each and not any(f"{{{line.each}" in cell for cell in line.cells)
        if goes_on and found and found[-1][0].each == line.each:
            found[-1].append(line)
        else:
            found.append([line])
    return found


def totals(layout: ReportLayout) -> set[str]:
    """The figures that the table has for all of its offices, sources … together, however it is laid out."""
    if not layout.dimensions:
        return set(layout.figures)
    made = _Expansion(layout, dict.fromkeys(layout.dimensions, ()), frozenset())
    shown = {code for code, by in made.uses.items() if ("", "") in by}
    return shown | {code for check in layout.checks for code in (check.left, check.right)}


def blank(layout: ReportLayout, values: Values) -> ReportLayout:
    """The table as a form for the pen: known offices and classes, else empty lines."""
    known = {
        name: values.get(name) or [(str(number), "") for number in range(_BLANK_LINES)] for name in layout.dimensions
    }
    return expanded(layout, known)


def _noted(layout: ReportLayout, values: Values, unit: str, apart: frozenset[str]) -> str:
    """The file with what it was laid out for, so that a kept copy is read the same way for ever."""
    told = {name: [list(pair) for pair in values[name]] for name in layout.dimensions}
    rows = [f"{name} = {json.dumps(pairs, ensure_ascii=False)}" for name, pairs in told.items()]
    head = ["", "[expanded]", f'unit = "{unit}"', f"apart = {json.dumps(sorted(apart))}"]
    goals = ", ".join(f'{code} = "{share}"' for code, share in targets_of(layout).items())
    return "\n".join([layout.text.rstrip(), *head, *rows, *([f"targets = {{ {goals} }}"] if goals else []), ""])


@dataclass(slots=True)
class _Expansion:
    layout: ReportLayout
    values: Values
    apart: frozenset[str]
    figures: dict[str, Figure] = field(default_factory=dict)
    uses: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Of each figure: by which dimensions of lines and columns it is shown."""

    def __post_init__(self) -> None:
        for line in self.layout.lines:
            for cell, column in zip(line.cells, self.layout.columns, strict=True):
                for code in codes_in(cell):
                    self._use(code, (line.each, column.each))

    def _use(self, code: str, by: tuple[str, str]) -> None:
        if code not in self.layout.figures:
            return
        known = self.uses.setdefault(code, [])
        if by not in known:
            known.append(by)
            for part in self.layout.figures[code].parts:
                self._use(part, by)

    def columns(self, column: TableColumn) -> list[TableColumn]:
        """A column for each."""
        if not column.each:
            return [column]
        heads = [(_worded(column.head, column.each, words), words) for _, words in self.values[column.each]]
        return [replace(column, head=head, each="", group=_worded(column.group, column.each, words)) for head, words in heads]

    def lines(self, block: Sequence[Line]) -> list[Line]:
        """The lines of a block for each: all those of one office, then all those of the next."""
        dimension = block[0].each
        keys: list[tuple[_Key, str]] = [(None, "")]
        if dimension:
            keys = [((dimension, key), words) for key, words in self.values[dimension]]
        return [replace(line, cells=self._cells(line, key, words), each="") for key, words in keys for line in block]

    def _cells(self, line: Line, row: _Key, words: str) -> tuple[str, ...]:
        found: list[str] = []
        for cell, column in zip(line.cells, self.layout.columns, strict=True):
            told = _worded(cell, line.each, words)
            if not column.each:
                found.append(self._cell(told, row, None))
                continue
            for key, label in self.values[column.each]:
                found.append(self._cell(_worded(told, column.each, label), row, (column.each, key)))
        return tuple(found)

    def _cell(self, cell: str, row: _Key, column: _Key) -> str:
        def code(found: re.Match[str]) -> str:
            name, shown = found[1], found[2]
            if name not in self.layout.figures:
                return found[0]
            return f"{{{self.figure(name, row, column)}{f'|{shown}' if shown else ''}}}"

        return PLACEHOLDER.sub(code, cell)

    def figure(self, code: str, row: _Key, column: _Key) -> str:
        """Code of the figure of one line and column; it is declared where it is not yet."""
        if self.layout.figures[code].is_fixed:
            row = column = None
        name = code + "".join(f"@{dimension}:{_safe(key)}" for dimension, key in filter(None, (row, column)))
        if name in self.figures:
            return name
        item = self.layout.figures[code]
        if item.parts:
            parts = {part: self.figure(part, row, column) for part in item.parts}
            made = replace(
                item,
                code=name,
                terms=tuple(parts[term] for term in item.terms),
                minus=frozenset(parts[term] for term in item.minus),
                over=tuple(parts[part] for part in item.over),
            )
        elif terms := self._terms(item, row, column):
            made = replace(item, code=name, measure="", filters={}, terms=terms)
        else:
            made = replace(item, code=name, filters=_narrowed(item.filters, *filter(None, (row, column))))
        self.figures[name] = made
        return name

    def _terms(self, item: Figure, row: _Key, column: _Key) -> tuple[str, ...]:
        """The figures a measured one is the sum of: those of the lines above its total, or of the columns beside it."""
        if item.measure in self.apart or item.is_fixed:
            return ()
        across = column[0] if column else ""
        for by_row, by_column in self.uses.get(item.code, []):
            if row is None and by_row and by_column in {across, ""}:
                return tuple(self.figure(item.code, (by_row, key), column) for key, _ in self.values[by_row])
        for by_row, by_column in self.uses.get(item.code, []):
            if column is None and by_column and by_row == (row[0] if row else by_row):
                return tuple(self.figure(item.code, row, (by_column, key)) for key, _ in self.values[by_column])
        return ()


def _narrowed(filters: Mapping[str, tuple[str, ...]], *keys: tuple[str, str]) -> dict[str, tuple[str, ...]]:
    found = dict(filters)
    for dimension, key in keys:
        found[dimension] = (key,) if key in found.get(dimension, (key,)) else ()
    return found


def _safe(key: str) -> str:
    return key.translate(str.maketrans("{}|@", "（）／·"))


def _worded(cell: str, dimension: str, words: str) -> str:
    if not dimension:
        return cell
    parts = words.split("\t")
    for number, part in enumerate(parts, 1):
        cell = cell.replace(f"{{{dimension}|{number}}}", _safe(part))
    return cell.replace(f"{{{dimension}}}", _safe(parts[0]))
