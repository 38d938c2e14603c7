"""Rows of a sheet streamed straight into the packed file: no temporary file with personal data, flat memory, fast.

xlsxwriter makes everything around the rows (styles, widths, header, filter, print settings) with one sample row that
shows which style each column got; the real rows then take the sample's place while the sheet is packed. Text is
always a string cell, so nothing that begins with ``=``, ``+``, ``-`` or ``@`` can become a formula.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape

from db.domain.field_kinds import format_area, format_value
from db.domain.form_schema import FieldKind, Value
from db.exchange.workbook_columns import FlatColumn
from db.exchange.workbook_package import column_letter

_ODD = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|\s$")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SAMPLE_ROW = re.compile(r'<row r="2"[^>]*>.*?</row>', re.S)
_SAMPLE_STYLE = re.compile(r'<c r="([A-Z]+)2"(?: s="(\d+)")?')
_DIMENSION = re.compile(r'<dimension ref="[^"]*"/>')
_REPEATED_KINDS = frozenset({FieldKind.CHOICE, FieldKind.MULTI_CHOICE, FieldKind.YES_NO, FieldKind.REGION, FieldKind.DATE})
_BLOCK = 200
SHEET_PART = "xl/worksheets/sheet1.xml"

Render = Callable[[Value], str]
"""A value → the rest of its cell element, from the style on."""


def text_cell(style: str) -> Callable[[str], str]:
    """Renders text in a style."""
    head = f'" s="{style}" t="inlineStr"><is><t>'
    kept = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'

    def render(text: str) -> str:
        if _ODD.search(text) is None:
            return f"{head}{text}</t></is></c>"
        text = _ESCAPED.sub("_x005F_", _FORBIDDEN.sub("", text.replace("\r\n", "\n")))
        return f"{kept}{escape(text)}</t></is></c>"

    return render


def _fen(value: int) -> str:
    sign = "-" if value < 0 else ""
    whole, cents = divmod(abs(value), 100)
    return f"{sign}{whole}.{cents:02d}" if cents else f"{sign}{whole}"


def _numbers(kind: FieldKind) -> Callable[[int], str] | None:
    writers: dict[FieldKind, Callable[[int], str]] = {
        FieldKind.MONEY: _fen,
        FieldKind.AREA: format_area,
        FieldKind.COUNT: str,
    }
    return writers.get(kind)


def renderer(column: FlatColumn, style: str) -> Render:
    """The fastest way to render a column's values: numbers as numbers, all else as text, repeated words only once."""
    spec, write_text = column.spec, text_cell(style)
    number = _numbers(spec.kind)
    if number is not None:
        written = number
        return lambda value: f'" s="{style}"><v>{written(value)}</v></c>'  # type: ignore[arg-type]
    if column.legacy is not None:
        negative = {code: answer for answer, code in column.legacy.answers if answer == "否"}
        return lambda value: write_text("否" if value in negative else "是")
    if spec.kind not in _REPEATED_KINDS:
        return lambda value: write_text(str(value))
    known: dict[object, str] = {}

    def render(value: Value) -> str:
        key = tuple(value) if isinstance(value, list) else value
        found = known.get(key)
        if found is None:
            found = known[key] = write_text(format_value(spec, value))
        return found

    return render


class RowRenderer:
    """Renders the rows of a flat sheet; one compiled step per column."""

    def __init__(self, columns: list[FlatColumn], styles: list[str]) -> None:
        self._worker: list[tuple[str, str, Render]] = []
        self._members: dict[int, list[tuple[str, str, Render]]] = {}
        shared: dict[tuple[str, bool, str], Render] = {}
        for index, (column, style) in enumerate(zip(columns, styles, strict=True)):
            place = (column.spec.key, column.number > 0, style + (column.legacy.caption if column.legacy else ""))
            render = shared.setdefault(place, renderer(column, style))
            step = (f'<c r="{column_letter(index)}', column.spec.key, render)
            (self._members.setdefault(column.number, []) if column.number else self._worker).append(step)
        self._order = self._cell_order(columns)

    def _cell_order(self, columns: list[FlatColumn]) -> list[tuple[int, list[tuple[str, str, Render]]]]:
        """The steps in the order of the columns, in runs of the same person."""
        runs: list[tuple[int, list[tuple[str, str, Render]]]] = []
        used: dict[int, int] = {}
        for column in columns:
            steps = self._members[column.number] if column.number else self._worker
            position = used.get(column.number, 0)
            used[column.number] = position + 1
            if not runs or runs[-1][0] != column.number:
                runs.append((column.number, []))
            runs[-1][1].append(steps[position])
        return runs

    def render(self, number: int, values: dict[str, Value], members: list[dict[str, Value]]) -> str:
        """One row element."""
        row = str(number)
        cells = [f'<row r="{row}">']
        count = len(members)
        for person, steps in self._order:
            if person > count:
                continue
            record = members[person - 1] if person else values
            for head, key, render in steps:
                value = record.get(key)
                if value is not None:
                    cells.append(head + row + render(value))
        cells.append("</row>")
        return "".join(cells)


def column_styles(skeleton: bytes, columns: int) -> list[str]:
    """The style number of each column, read from the sample row of the skeleton."""
    with zipfile.ZipFile(io.BytesIO(skeleton)) as package:
        sheet = package.read(SHEET_PART).decode()
    sample = _SAMPLE_ROW.search(sheet)
    assert sample is not None
    found = dict(_SAMPLE_STYLE.findall(sample.group()))
    return [found.get(column_letter(index), "") or "0" for index in range(columns)]


def stream_workbook(skeleton: bytes, rows: Iterable[str], last_row: int, columns: int, out: BinaryIO) -> None:
    """Pack the skeleton into *out* with *rows* in place of its sample row."""
    with zipfile.ZipFile(io.BytesIO(skeleton)) as source, zipfile.ZipFile(
        out, "w", zipfile.ZIP_DEFLATED, compresslevel=4
    ) as target:
        for entry in source.infolist():
            if entry.filename != SHEET_PART:
                target.writestr(entry.filename, source.read(entry))
        sheet = source.read(SHEET_PART).decode()
        area = f'<dimension ref="A1:{column_letter(columns - 1)}{max(last_row, 1)}"/>'
        sheet = _DIMENSION.sub(area, sheet, count=1)
        sample = _SAMPLE_ROW.search(sheet)
        assert sample is not None
        with target.open(SHEET_PART, "w", force_zip64=last_row > 100_000) as part:
            part.write(sheet[: sample.start()].encode())
            for block in _blocks(rows):
                part.write(block.encode())
            part.write(sheet[sample.end() :].encode())


def _blocks(rows: Iterable[str]) -> Iterator[str]:
    block: list[str] = []
    for row in rows:
        block.append(row)
        if len(block) == _BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join(block)
