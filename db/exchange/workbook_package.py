"""What may be read from a workbook file before it is trusted: its real format, its real size, what is hidden in it.

A workbook comes from anybody. Sizes are measured by unpacking with a limit, not believed from the directory, and a
single cell at the far end of a sheet is found before the reader would lay out every empty cell before it.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

from db.errors import UserError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
UNPACKED_LIMIT = 600 * 2**20
"""No union's list comes near this many bytes unpacked."""
CELL_LIMIT = 30_000_000
"""Rows × columns up to the last filled cell; the reader lays all of them out in memory."""
_PARTS_LIMIT = 2_000
_OPEN_CONTENT, _LAST_ROW = "content.xml", 1_048_576
_CHUNK = 1 << 20
# elements may carry a prefix (<x:row>), attributes may stand in any order
_LAST_VALUE = (b"<v>", b"<is>", b"<f>", b"<f ", b":v>", b":is>", b":f>", b":f ")
_ROW_NUMBER = re.compile(rb'[<:]row [^>]*?r="(\d+)"')
_UNNUMBERED_ROW = re.compile(rb'<(?:\w+:)?row(?=[ />])(?![^>]*\sr=")')
_WIDE_CELL = re.compile(rb'[<:]c [^>]*?r="[A-Z]{3}\d+"[^>]*(?<!/)>')
_FILLED_COLUMN = re.compile(rb'[<:]c [^>]*?r="([A-Z]+)\d+"[^>]*(?<!/)>')
_FAR_RIGHT = re.compile(rb'r="[A-Z]{3}\d')
_HIDDEN_MARKS, _ERROR_MARK = (b'hidden="1"', b'hidden="true"'), b't="e"'
_ATTRIBUTE = re.compile(rb'(\w+)="(\d+)"')
_FORMULAS = re.compile(rb"<(?:\w+:)?c ([^>]*)>\s*<(?:\w+:)?f[ />](.*?)</(?:\w+:)?c>", re.S)
_RESULT = re.compile(rb"<(?:\w+:)?v>[^<]")
_CELL_PLACE = re.compile(rb'r="([A-Z]+)(\d+)"')
_REPEATED_ROWS = re.compile(rb'<table:table-row[^>]*number-rows-repeated="(\d{4,})"[^>]*(?<!/)>(.*?)</table:table-row>', re.S)
_REPEATED_CELLS = re.compile(rb'<table:table-cell[^>]*number-columns-repeated="(\d{4,})"[^>]*>')
_OPEN_TAG = re.compile(rb"<table:(table|table-column|table-row)(?=[ />])([^>]*)>")
_OPEN_NAME = re.compile(rb'table:name="([^"]*)"')
_OPEN_TIMES = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')
_OPEN_HIDDEN = re.compile(rb'table:visibility="(?:collapse|filter)"')
_SHEETS = re.compile(r"^xl/worksheets/[^/]+\.xml$")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """What the cells' contents do not tell: hidden rows and columns, cells that hold an error (all from 1)."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()
    """(row, column) of cells such as #N/A: the reader sees nothing in them."""


def kind_of(data: bytes, name: str) -> str:
    """``xlsx``, ``xls`` or ``ods`` by content, whatever the name says; UserError for anything else."""
    if not data:
        raise UserError("workbook_empty", name=name)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UserError("workbook_password", name=name)
        return "xls"
    if not data.startswith(b"PK"):
        raise UserError("workbook_not_a_table", name=name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            mimetype = package.read("mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error) as fault:
        raise UserError("workbook_damaged", name=name) from fault
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    if not any(entry.startswith("xl/") for entry in names):
        raise UserError("workbook_not_a_table", name=name)
    return "xlsx"


class Package:
    """A zipped workbook (``xlsx`` or ``ods``) in memory, unpacked part by part within the limits."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self._unpacked = 0
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                self._entries = {entry.filename: entry for entry in package.infolist()}
                declared = sum(entry.file_size for entry in package.infolist())
        except (zipfile.BadZipFile, OSError, ValueError) as fault:
            raise UserError("workbook_damaged", name=name) from fault
        if declared > UNPACKED_LIMIT or len(self._entries) > _PARTS_LIMIT:
            raise UserError("workbook_too_large", name=name)
        self._sheets: dict[str, bytes] = {}
        self.row_elements = 0
        """Rows of the longest sheet, formatted but empty ones, too."""

    def _part(self, entry: zipfile.ZipInfo) -> bytes:
        """The part *entry*, unpacked here and counted, because the directory may lie about its size."""
        head = self._data[entry.header_offset : entry.header_offset + 30]
        start = entry.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        packed = self._data[start : start + entry.compress_size]
        if entry.compress_type == zipfile.ZIP_STORED:
            return packed
        if entry.compress_type != zipfile.ZIP_DEFLATED:
            raise UserError("workbook_damaged", name=self._name)
        return self._inflate(packed)

    def _inflate(self, packed: bytes) -> bytes:
        unpacker = zlib.decompressobj(-15)
        pieces: list[bytes] = []
        try:
            while packed and not unpacker.eof:
                pieces.append(unpacker.decompress(packed, _CHUNK))
                packed = unpacker.unconsumed_tail
                self._unpacked += len(pieces[-1])
                if self._unpacked > UNPACKED_LIMIT:
                    raise UserError("workbook_too_large", name=self._name)
        except zlib.error as fault:
            raise UserError("workbook_damaged", name=self._name) from fault
        return b"".join(pieces)

    def check(self) -> None:
        """Unpack every part once within the limits and measure every sheet's used area."""
        for name, entry in self._entries.items():
            body = self._part(entry)
            if _SHEETS.match(name):
                self._check_area(body)
                self._sheets[name] = body
            elif name == _OPEN_CONTENT:
                self._check_repeats(body)
                self._sheets[name] = body

    def _check_area(self, sheet: bytes) -> None:
        elements = sheet.count(b"<row") + sheet.count(b":row")
        self.row_elements = max(self.row_elements, elements)
        last = max(sheet.rfind(mark) for mark in _LAST_VALUE)
        start = max(sheet.rfind(b"<row ", 0, last), sheet.rfind(b":row ", 0, last)) if last >= 0 else -1
        number = _ROW_NUMBER.match(sheet, start) if start >= 0 else None
        rows = int(number.group(1)) if number else 0
        if elements > rows:  # formatted rows at the end – or rows without numbers
            rows = max(rows, sum(1 for _ in _UNNUMBERED_ROW.finditer(sheet)))
        # the first search is the fast one: nearly every sheet ends before column AAA
        if rows * 702 <= CELL_LIMIT and not (_FAR_RIGHT.search(sheet) and _WIDE_CELL.search(sheet)):
            return
        widest = max((len(column), column) for column in {*_FILLED_COLUMN.findall(sheet), b"A"})[1]
        if rows * column_number(widest.decode()) > CELL_LIMIT:
            raise UserError("workbook_too_large", name=self._name)

    def _check_repeats(self, content: bytes) -> None:
        rows = (int(times) for times, body in _REPEATED_ROWS.findall(content) if b"office:value-type" in body)
        cells = (int(match.group(1)) for match in _REPEATED_CELLS.finditer(content) if b"value-type" in match.group())
        if max(rows, default=0) * 702 > CELL_LIMIT or max(cells, default=0) > 16_384:
            raise UserError("workbook_too_large", name=self._name)

    @cached_property
    def _sheet_parts(self) -> dict[str, str]:
        """Sheet name → part name, through the workbook's relations; empty when they cannot be read."""
        try:
            book = ElementTree.fromstring(self._part(self._entries["xl/workbook.xml"]))  # noqa: S314 - sizes are checked
            links = ElementTree.fromstring(self._part(self._entries["xl/_rels/workbook.xml.rels"]))  # noqa: S314
        except (KeyError, ElementTree.ParseError):
            return {}
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        found: dict[str, str] = {}
        for sheet in book.iter():
            target = targets.get(sheet.get(_RELATION))
            if sheet.tag.endswith("}sheet") and target:
                found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return found

    def marks_of(self, sheet_name: str) -> SheetMarks:
        """Hidden rows and columns of *sheet_name*, and for ``xlsx`` its error cells."""
        if _OPEN_CONTENT in self._sheets:
            return _open_document_marks(self._sheets[_OPEN_CONTENT], sheet_name)
        body = self._sheets.get(self._sheet_parts.get(sheet_name, ""), b"")
        rows: set[int] = set()
        columns: set[int] = set()
        for tag in (tag for mark in _HIDDEN_MARKS for tag in _tags_with(body, mark)):
            numbers = dict(_ATTRIBUTE.findall(tag))
            if b"min" in numbers:
                columns.update(range(int(numbers[b"min"]), min(int(numbers.get(b"max", 0)), 16_384) + 1))
            else:
                rows.add(int(numbers.get(b"r", 0)))
        return SheetMarks(frozenset(rows - {0}), frozenset(columns - {0}), frozenset(_error_cells(body)))


def _open_document_marks(content: bytes, sheet_name: str) -> SheetMarks:
    """Hidden rows and columns of one table of an OpenDocument, whose rows and columns come as runs."""
    hidden: dict[bytes, set[int]] = {b"table-row": set(), b"table-column": set()}
    at = {b"table-row": 0, b"table-column": 0}
    inside = False
    for match in _OPEN_TAG.finditer(content):
        kind, attributes = match.groups()
        if kind == b"table":
            name = _OPEN_NAME.search(attributes)
            inside = name is not None and unescape(name.group(1).decode(), {"&quot;": '"', "&apos;": "'"}) == sheet_name
        elif inside:
            times = _OPEN_TIMES.search(attributes)
            first, at[kind] = at[kind] + 1, at[kind] + (int(times.group(1)) if times else 1)
            if _OPEN_HIDDEN.search(attributes):
                hidden[kind].update(range(first, min(at[kind], _LAST_ROW) + 1))
    return SheetMarks(frozenset(hidden[b"table-row"]), frozenset(hidden[b"table-column"]))


def _tags_with(sheet: bytes, mark: bytes) -> Iterator[bytes]:
    """Every tag that contains *mark*; far faster than a pattern that tries each of a million cells."""
    at = sheet.find(mark)
    while at >= 0:
        end = sheet.find(b">", at)
        yield sheet[sheet.rfind(b"<", 0, at) : end]
        at = sheet.find(mark, max(end, at + 1))


def _error_cells(sheet: bytes) -> Iterator[tuple[int, int]]:
    for tag in _tags_with(sheet, _ERROR_MARK):
        place = _CELL_PLACE.search(tag)
        if place:
            yield int(place.group(2)), column_number(place.group(1).decode())
    for attributes, body in _FORMULAS.findall(sheet) if b"<f" in sheet or b":f" in sheet else ():
        # a program other than WPS and Excel wrote it and calculated nothing: the reader sees an empty cell there, too.
        # An empty text (t="str") is a result
        place = None if b't="str"' in attributes or _RESULT.search(body) else _CELL_PLACE.search(attributes)
        if place:
            yield int(place.group(2)), column_number(place.group(1).decode())


def column_number(letters: str) -> int:
    """Column number from 1 of its letters, ``AB`` → 28."""
    number = 0
    for char in letters:
        number = number * 26 + ord(char) - 64
    return number


def column_letter(index: int) -> str:
    """Letters of the column *index* (from 0), 27 → ``AB``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
