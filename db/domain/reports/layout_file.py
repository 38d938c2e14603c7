"""Reads a statistical table from its file; what is wrong with it is said in plain words, with the line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import resources
from db.domain.reports.expansion import DIMENSIONS, expanded
from db.domain.reports.layout import UNITS, Check, Figure, Line, ReportLayout, TableColumn, codes_in
from db.domain.reports.source_lines import SourceLines
from db.domain.reports.targets import goals_in, with_kept_targets
from db.domain.toml_text import TomlTextError, read_toml

_CODE = re.compile(r"^[0-9A-Za-z_]+$")
_ALIGN = {"left", "center", "right"}
_RELATIONS = {"<=", "=", "both"}
_SHOWN = {"", "both", "target", "goal"}
_MOST_FIGURES, _MOST_COLUMNS, _DEEPEST = 400, 60, 20


class ReportLayoutError(ValueError):
    """A table that is declared wrongly; the text says where."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(f"第 {line} 行：{words}" if line else words)
        self.line = line


def read_report(text: str) -> ReportLayout:
    """A table from its file; ReportLayoutError says what is wrong."""
    try:
        body = read_toml(text)
    except TomlTextError as fault:
        raise ReportLayoutError(fault.words, fault.line) from fault
    try:
        return _layout(body, SourceLines(text), text)
    except ReportLayoutError:
        raise
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as fault:
        # a list where a text belongs, a word where a number does: more ways to be wrong than anybody could name
        raise ReportLayoutError("有的内容写的种类不对（文字、数、列表），请对照“怎样写表样”核对") from fault


def _layout(body: Mapping[str, Any], source: SourceLines, text: str) -> ReportLayout:
    figures = _figures(body, source)
    columns = _columns(body, source)
    lines = _lines(body, source, columns, figures)
    layout = ReportLayout(
        id=_word(body, "id", source),
        title=_word(body, "title", source),
        source=_word(body, "source", source),
        cutoff=_day(body, "cutoff", source, "12-31"),
        due=_day(body, "due", source, ""),
        columns=columns,
        lines=lines,
        figures=figures,
        checks=tuple(_check(item, figures, source, at) for at, item in enumerate(body.get("check", []))),
        notes=tuple(map(str, body.get("notes", []))),
        text=text,
        meaning=str(body.get("meaning", "")),
        units=_units(body, source),
        rank=int(body.get("rank", 100)),
    )
    _check_goals(layout, source)
    return _as_kept(layout, body["expanded"]) if isinstance(body.get("expanded"), dict) else layout


def _check_goals(layout: ReportLayout, source: SourceLines) -> None:
    heads = [text for column in layout.columns for text in (column.head, column.group)]
    for text in (*heads, *layout.notes, layout.meaning, *(cell for line in layout.lines for cell in line.cells)):
        for code in goals_in(text):
            if code not in layout.figures or not layout.figures[code].target:
                raise ReportLayoutError(f"“{text[:20]}”里的“{code}”不是写明了 target 的数", source.line_of(f"{{{code}|goal}}"))


def file_text(kept: str) -> str:
    """The file of a table as it was handed in, without what it was laid out for."""
    return kept.partition("\n[expanded]\n")[0]


def _as_kept(layout: ReportLayout, kept: dict[str, Any]) -> ReportLayout:
    """A table as it was handed in: for which offices, sources … its lines stood then."""
    layout = with_kept_targets(layout, kept.get("targets", {}))
    values = {key: [(str(pair[0]), str(pair[1])) for pair in kept[key]] for key in layout.dimensions}
    laid = expanded(layout, values, str(kept["unit"]), frozenset(map(str, kept["apart"])))
    return replace(laid, text=layout.text)


def _word(body: Mapping[str, Any], key: str, source: SourceLines) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ReportLayoutError(f"要写明 {key}（文字，放在引号里）", source.line_of(f"{key} ="))
    if key == "id" and not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", value):
        raise ReportLayoutError("id 只能用小写字母、数字和下划线，字母开头", source.line_of("id ="))
    return value


def _day(body: Mapping[str, Any], key: str, source: SourceLines, otherwise: str) -> str:
    value = str(body.get(key, otherwise))
    if value and not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", value):
        raise ReportLayoutError(f"{key} 要写成 08-31 这样的月和日", source.line_of(key))
    return value


def _units(body: Mapping[str, Any], source: SourceLines) -> tuple[str, ...]:
    found = tuple(map(str, body.get("units", [])))
    if not set(found) <= {"yuan", "wan"}:
        raise ReportLayoutError("units 里只能写 yuan（元）和 wan（万元）", source.line_of("units"))
    return found


# -- figures ------------------------------------------------------------------------------------------------------


def _figures(body: Mapping[str, Any], source: SourceLines) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    told = body.get("figure", [])
    if not isinstance(told, list) or not told or len(told) > _MOST_FIGURES:
        raise ReportLayoutError(f"要有 1 到 {_MOST_FIGURES} 个 [[figure]]（表里的数）")
    for at, item in enumerate(told):
        figure = _figure(item, source, at)
        if figure.code in found:
            raise ReportLayoutError(f"数“{figure.code}”写了两次", source.line_of("code", block="figure", number=at))
        found[figure.code] = figure
    for at, figure in enumerate(found.values()):
        _check_parts(figure, found, source.line_of("=", block="figure", number=at))
    _check_depth(found)
    return found


def _check_depth(figures: Mapping[str, Figure]) -> None:
    """Sums of sums of sums: so many that nobody could follow them, nor the program."""
    depth = dict.fromkeys(figures, 0)
    for _round in range(_DEEPEST + 1):
        deeper = {code: 1 + max(depth[part] for part in item.parts) for code, item in figures.items() if item.parts}
        if all(depth[code] == number for code, number in deeper.items()):
            return
        depth.update(deeper)
    raise ReportLayoutError(f"数和数一层一层相加，最多 {_DEEPEST} 层")


def _figure(body: Mapping[str, Any], source: SourceLines, at: int) -> Figure:
    def here(word: str) -> int:
        return source.line_of(word, block="figure", number=at)

    code, unit = str(body.get("code", "")), body.get("unit")
    if not _CODE.match(code):
        raise ReportLayoutError("每个数要有 code，用字母和数字，如 01A", here("code"))
    if unit not in UNITS:
        raise ReportLayoutError(f"数“{code}”的 unit 不认得；可以用 {'、'.join(UNITS)}", here("unit"))
    ways = [key for key in ("measure", "sum", "rate", "average") if body.get(key)]
    if len(ways) != 1:
        raise ReportLayoutError(f"数“{code}”要写 measure、sum、rate、average 里的一样，只能一样", here("code"))
    terms, minus = _terms(str(body["sum"]), code, here) if "sum" in body else ((), frozenset())
    over = _over(str(body[ways[0]]), code, here, ways[0]) if ways[0] in {"rate", "average"} else ()
    if (ways[0] == "rate") != (unit == "percent"):
        raise ReportLayoutError(f"数“{code}”：百分率用 rate，unit 写 percent", here("unit"))
    told = body.get("filter", {})
    if not isinstance(told, dict) or not all(isinstance(values, list) for values in told.values()):
        raise ReportLayoutError(f"数“{code}”的 filter 要写成 {{ 项目 = [\"值\"] }}", here("filter"))
    filters = {str(key): tuple(map(str, values)) for key, values in told.items()}
    return Figure(code, str(unit), str(body.get("measure", "")), filters, terms, minus, over, _target(body, code, here),
                  str(body.get("target_policy", "")), str(body.get("label", "")), bool(body.get("fixed")))  # fmt: skip


def _target(body: Mapping[str, Any], code: str, here: Callable[[str], int]) -> int:
    wanted = int(body.get("target", 0))
    if not 0 <= wanted <= 100 or ((wanted or body.get("target_policy")) and "rate" not in body):
        raise ReportLayoutError(f"数“{code}”的 target 是百分之几，0 到 100，只能写给百分率（rate）", here("target"))
    if body.get("target_policy") and not wanted:
        raise ReportLayoutError(f"数“{code}”写了 target_policy，还要写 target：政策里没有这个目标时用它", here("target_policy"))
    return wanted


def _terms(words: str, code: str, here: Callable[[str], int]) -> tuple[tuple[str, ...], frozenset[str]]:
    parts = re.findall(r"([+-])\s*([0-9A-Za-z_]+)\s*", f"+{words.strip()}")
    if "".join(sign + term for sign, term in parts) != re.sub(r"\s", "", f"+{words}"):
        raise ReportLayoutError(f"数“{code}”的 sum 要写成 A + B - C 这样", here("sum"))
    if len({term for _, term in parts}) != len(parts):
        raise ReportLayoutError(f"数“{code}”的 sum 里同一个数写了两次", here("sum"))
    return tuple(term for _, term in parts), frozenset(term for sign, term in parts if sign == "-")


def _over(words: str, code: str, here: Callable[[str], int], key: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in words.split("/"))
    if len(parts) != 2 or not all(_CODE.match(part) for part in parts):
        raise ReportLayoutError(f"数“{code}”的 {key} 要写成 分子 / 分母", here(key))
    return parts


def _check_parts(item: Figure, figures: Mapping[str, Figure], line: int) -> None:
    for part in item.parts:
        if part not in figures:
            raise ReportLayoutError(f"数“{item.code}”用到的“{part}”没有写", line)
    if any(figures[term].unit != item.unit for term in item.terms):
        raise ReportLayoutError(f"数“{item.code}”和它相加的各数单位不同", line)
    if item.over and not item.is_rate and figures[item.over[0]].unit != item.unit:
        raise ReportLayoutError(f"数“{item.code}”是平均数，单位要和分子“{item.over[0]}”相同", line)
    if any(figures[part].over for part in item.parts):
        raise ReportLayoutError(f"数“{item.code}”不能再用百分率或平均数来算", line)
    seen, open_parts = set[str](), [*item.parts]
    while open_parts:
        code = open_parts.pop()
        if code == item.code:
            raise ReportLayoutError(f"数“{item.code}”用到了自己", line)
        if code not in seen:
            seen.add(code)
            open_parts += figures[code].parts


# -- lines and columns --------------------------------------------------------------------------------------------


def _columns(body: Mapping[str, Any], source: SourceLines) -> tuple[TableColumn, ...]:
    told = body.get("column", [])
    if not isinstance(told, list) or not 1 <= len(told) <= _MOST_COLUMNS:
        raise ReportLayoutError(f"要有 1 到 {_MOST_COLUMNS} 个 [[column]]（表的列）")
    found = []
    for at, item in enumerate(told):
        width, align, each = item.get("width", 0), str(item.get("align", "center")), str(item.get("each", ""))
        line = source.line_of("width", block="column", number=at)
        if not isinstance(width, int | float) or not 5 <= width <= 180:
            raise ReportLayoutError(f"第 {at + 1} 列的 width（毫米）要在 5 到 180 之间", line)
        if align not in _ALIGN:
            raise ReportLayoutError(f"第 {at + 1} 列的 align 只能写 left、center、right", line)
        _check_each(each, source.line_of("each", block="column", number=at))
        found.append(TableColumn(str(item.get("head", "")), float(width), align, each, str(item.get("group", ""))))
    return tuple(found)


def _check_each(name: str, line: int) -> None:
    if name and name not in DIMENSIONS:
        raise ReportLayoutError(f"each 里的“{name}”不认得；可以用 {'、'.join(DIMENSIONS)}", line)


def _lines(
    body: Mapping[str, Any], source: SourceLines, columns: tuple[TableColumn, ...], figures: Mapping[str, Figure]
) -> tuple[Line, ...]:
    told = body.get("lines", [])
    if not isinstance(told, list) or not told:
        raise ReportLayoutError("要写 lines（表的各行）", source.line_of("lines"))
    found = []
    for at, item in enumerate(told, 1):
        cells = item.get("cells") if isinstance(item, dict) else item
        if not isinstance(cells, list) or not all(isinstance(cell, str) for cell in cells):
            raise ReportLayoutError(f"lines 的第 {at} 行要写成 [\"文字\", \"{{01A}}\"]", source.line_of("lines"))
        more = item if isinstance(item, dict) else {}
        line = Line(tuple(cells), str(more.get("each", "")), bool(more.get("strong", False)))
        where = source.line_of(*(f'"{cell}"' for cell in cells if cell))
        _check_each(line.each, where)
        if len(cells) != len(columns):
            raise ReportLayoutError(f"lines 的第 {at} 行有 {len(cells)} 格，表有 {len(columns)} 列", where)
        _check_cells(line, columns, figures, where)
        found.append(line)
    return tuple(found)


def _check_cells(line: Line, columns: tuple[TableColumn, ...], figures: Mapping[str, Figure], where: int) -> None:
    for cell, column in zip(line.cells, columns, strict=True):
        if "{" in re.sub(r"\{[^{}]*\}", "", cell) or "}" in re.sub(r"\{[^{}]*\}", "", cell):
            raise ReportLayoutError(f"“{cell}”的花括号不成对", where)
        for code in codes_in(cell):
            if code not in figures and code not in {line.each, column.each, "unit"} - {""}:
                raise ReportLayoutError(f"“{cell}”里的“{code}”没有写成 [[figure]]", where)
        for shown in re.findall(r"\{[^{}|]+\|([^{}]*)\}", cell):
            if shown not in _SHOWN and not shown.isdigit():
                raise ReportLayoutError(f"“{cell}”：竖线后面只能写 both、target、goal 或数字", where)


def _check(body: Mapping[str, Any], figures: Mapping[str, Figure], source: SourceLines, at: int) -> Check:
    line = source.line_of("left", block="check", number=at)
    found = Check(str(body.get("left")), str(body.get("relation")), str(body.get("right")), str(body.get("text", "")),
                  bool(body.get("warning")))  # fmt: skip
    if found.relation not in _RELATIONS:
        raise ReportLayoutError("check 的 relation 只能写 <=、= 或 both", line)
    if not {found.left, found.right} <= set(figures) or not found.text:
        raise ReportLayoutError("check 要写 left、right（都是表里的数）和 text（说明）", line)
    return found


@cache
def packaged_reports() -> dict[str, ReportLayout]:
    """The tables that come with the program, by id, in their order."""
    found = [read_report(resources.read_text(name)) for name in resources.names("reports", ".toml")]
    return {layout.id: layout for layout in sorted(found, key=lambda layout: (layout.rank, layout.id))}
