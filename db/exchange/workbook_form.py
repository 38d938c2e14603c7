"""Archives as the filled official form (source 004), one sheet per household, printable on A4.

The cells follow the same print grid as the paper (``templates/archive_form.layout.toml``), snapped to a grid of
narrow columns.
"""

import io
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

import resources
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec, Value
from db.domain.option_lists import option_list
from db.errors import Progress
from db.exchange.workbook_export import FONT
from db.store.archive_store import StoredArchive
from db.store.partial_files import written_whole

Papers = Mapping[str, list[tuple[str, str, str]]]
"""Attachments by archive id: (document type, name, note)."""
_STEP = 2.5
"""Millimetres of one grid column."""
_STEP_PIXELS = 9
_POINTS = 2.835
_CHAR = {9: 3.18, 8: 2.83}
"""Width of a Chinese character in mm by font size."""
_LINE = 4.3
_PAGE = 297.0 - 11.4 - 15.2
"""Height of A4 between the margins that :meth:`FormSheet.write` sets, in mm."""
_SMALLEST = 0.76
"""How far a form may shrink to stay on one page; below that it runs on to the next."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
TICKED, OPEN = "■", "□"


@cache
def _layout() -> dict[str, Any]:
    return tomllib.loads(resources.read_text("templates/archive_form.layout.toml"))


def _wide(text: str) -> float:
    """Length of *text* in Chinese characters."""
    return sum(1.0 if ord(char) > 0x2E7F or char in "“”‘’…—" else 0.52 for char in text)


def _lines(text: str, width: float, size: int) -> int:
    room = max((width - 0.9) / _CHAR[size], 1.0)
    return sum(max(ceil(_wide(line) / room), 1) for line in text.split("\n"))


def caption_of(spec: FieldSpec) -> str:
    """The caption as printed, with its star."""
    return ("*" if spec.starred else "") + spec.label


class FormBook:
    """The workbook while it is being written."""

    def __init__(self, out: io.BytesIO, office_name: str) -> None:
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(out, options)
        self.book.set_properties({"title": ARCHIVE_FORM.title, "comments": "由暖档导出"})
        self.office_name = office_name
        self._used: set[str] = set()
        self._styles: dict[str, Any] = {}
        base = {"font_name": FONT, "font_size": 9, "valign": "vcenter", "align": "center", "text_wrap": True, "border": 1}
        kinds: dict[str, dict[str, object]] = {
            "caption": {},
            "value": {"num_format": "@"},
            "small": {"num_format": "@", "font_size": 8},
            "left": {"align": "left", "num_format": "@"},
            "title": {"font_size": 18, "bold": True, "border": 0},
            "head": {"align": "left", "border": 0},
            "tail": {"align": "right", "border": 0},
        }
        for kind, more in kinds.items():
            self._styles[kind] = self.book.add_format({**base, **more})

    def style(self, kind: str) -> Any:
        """One of the cell formats."""
        return self._styles[kind]

    def add(self, number: int, archive: StoredArchive, papers: list[tuple[str, str, str]]) -> None:
        """One household's sheet."""
        sheet = self.book.add_worksheet(self._sheet_name(number, archive.content.text("name")))
        FormSheet(self, sheet, archive, papers).write()

    def _sheet_name(self, number: int, name: str) -> str:
        cleaned = _FORBIDDEN.sub("", name).strip(" '")
        while len(cleaned.encode("utf-16-le")) > 2 * 24:
            cleaned = cleaned[:-1]
        found = f"{number:03d} {cleaned or '无姓名'}"
        assert found.casefold() not in self._used
        self._used.add(found.casefold())
        return found


class FormSheet:
    """Writes the rows of the print grid from top to bottom."""

    def __init__(self, book: FormBook, sheet: Any, archive: StoredArchive, papers: list[tuple[str, str, str]]) -> None:
        self.book, self.sheet, self.archive, self.papers = book, sheet, archive, papers
        self.values = archive.content.values
        self.row = 0
        self.height = 0.0
        self.member_heads, self.members_end = 0, 0.0
        self.page_width = 210.0 - _layout()["page"]["left"] - _layout()["page"]["right"]
        self.columns = round(self.page_width / _STEP)

    def write(self) -> None:
        """The whole form."""
        sheet = self.sheet
        sheet.set_column_pixels(0, self.columns - 1, _STEP_PIXELS)
        sheet.set_portrait()
        sheet.set_paper(9)
        sheet.set_margins(left=0.45, right=0.35, top=0.45, bottom=0.6)
        sheet.center_horizontally()
        sheet.hide_gridlines(2)
        self._heading()
        writers = {
            "across": self._across,
            "columns": self._columns,
            "members": self._members,
            "causes": self._causes,
            "attachments": self._attachments,
            "decision": self._decision,
            "groups": self._groups,
        }
        for row in _layout()["row"]:
            writers[row["kind"]](row)
        self._put(0.0, self.page_width, _layout()["footer"]["note"], "head")
        self._close_row(6.4)
        sheet.print_area(0, 0, self.row - 1, self.columns - 1)
        self._paginate()

    def _paginate(self) -> None:
        """One page where it stays readable; else each further page says whose form it is and what its columns mean."""
        fits = self.height * _SMALLEST <= _PAGE
        self.sheet.fit_to_pages(1, 1 if fits else 0)
        if not fits and self.members_end > _PAGE:
            self.sheet.repeat_rows(self.member_heads)
        whose = f"{self.archive.archive_number}  {self.archive.content.text('name')}".replace("&", "&&")
        self.sheet.set_start_page(1)  # a workbook of many households counts each one's pages by themselves
        self.sheet.set_footer(f"&L&8 {whose}&R&8 第 &P 页", {"margin": 0.25})

    # -- placing -----------------------------------------------------------------------------------------------

    def _put(self, left: float, right: float, text: str, kind: str, rows: int = 1) -> None:
        """Write *text* over the grid columns from *left* to *right* (mm) and *rows* rows from the current one on."""
        first = round(left / _STEP)
        last = max(round(right / _STEP) - 1, first)
        style = self.book.style(kind)
        if first == last and rows == 1:
            self.sheet.write_string(self.row, first, text, style)
        else:
            self.sheet.merge_range(self.row, first, self.row + rows - 1, last, text, style)

    def _close_row(self, height: float, lines: int = 1) -> None:
        height = max(height, lines * _LINE + 1.2)
        self.sheet.set_row(self.row, height * _POINTS)
        self.row += 1
        self.height += height

    def _heading(self) -> None:
        header = _layout()["header"]
        self._put(0.0, self.page_width, ARCHIVE_FORM.title, "title")
        self._close_row(12.0)
        filed = ARCHIVE_FORM.field(header["filed_on"])
        unit = self.values.get("filing_unit") or self.book.office_name
        self._put(0.0, 75.0, f"{header['office']}{unit}", "head")
        self._put(75.0, 122.5, f"{filed.label}：{format_value(filed, self.values.get(filed.key))}", "head")
        self._put(122.5, self.page_width, f"{header['number']}{self.archive.archive_number}", "tail")
        self._close_row(6.5)

    def _shown(self, cell: Mapping[str, Any], record: Mapping[str, Value], *, member: bool = False) -> str:
        spec = ARCHIVE_FORM.member_field(cell["field"]) if member else ARCHIVE_FORM.field(cell["field"])
        text = format_value(spec, record.get(spec.key))
        if "also" in cell:
            also = ARCHIVE_FORM.field(cell["also"])
            value = record.get(also.key)
            if "also_words" in cell:
                text += cell["also_words"] if value else ""
            elif value is not None:
                text += format_value(also, value)
        return text

    # -- rows --------------------------------------------------------------------------------------------------

    def _across(self, row: Mapping[str, Any]) -> None:
        x, lines = 0.0, 1
        for index, cell in enumerate(row["cells"]):
            end = self.page_width if index == len(row["cells"]) - 1 else x + cell["caption"] + cell["width"]
            spec = ARCHIVE_FORM.field(cell["field"]) if "field" in cell else None
            text = self._shown(cell, self.values) if spec else ""
            self._put(x, x + cell["caption"], caption_of(spec) if spec else cell["signature"], "caption")
            self._put(x + cell["caption"], end, text, "value")
            lines = max(lines, _lines(text, cell["width"], 9))
            x = end
        self._close_row(row["height"], lines)

    def _columns(self, row: Mapping[str, Any]) -> None:
        texts = [self._shown(cell, self.values) for cell in row["cells"]]
        captions = [caption_of(ARCHIVE_FORM.field(cell["field"])) for cell in row["cells"]]
        edges = self._edges(row["cells"], 0.0)
        for words, kind, height in ((captions, "caption", row["heads"]), (texts, "value", row["height"])):
            for (left, right), text in zip(edges, words, strict=True):
                self._put(left, right, text, kind)
            lines = max(_lines(text, right - left, 9) for (left, right), text in zip(edges, words, strict=True))
            self._close_row(height, lines)

    def _edges(self, cells: list[Mapping[str, Any]], start: float) -> list[tuple[float, float]]:
        edges = []
        for index, cell in enumerate(cells):
            end = self.page_width if index == len(cells) - 1 else start + cell["width"]
            edges.append((start, end))
            start = end
        return edges

    def _members(self, row: Mapping[str, Any]) -> None:
        members = self.archive.content.members
        count = max(len(members), row["least"])
        self._put(0.0, row["label_width"], "\n".join(row["label"]), "caption", 1 + count)
        edges = self._edges(row["cells"], row["label_width"])
        for (left, right), cell in zip(edges, row["cells"], strict=True):
            self._put(left, right, caption_of(ARCHIVE_FORM.member_field(cell["field"])), "caption")
        self.member_heads = self.row
        self._close_row(row["heads"])
        for index in range(count):
            member = members[index] if index < len(members) else {}
            lines = 1
            for (left, right), cell in zip(edges, row["cells"], strict=True):
                text = self._shown(cell, member, member=True)
                self._put(left, right, text, "small")
                lines = max(lines, _lines(text, right - left, 8))
            self._close_row(row["height"], lines)
        self.members_end = self.height

    def _causes(self, row: Mapping[str, Any]) -> None:
        spec = ARCHIVE_FORM.field(row["main"])
        assert spec.options
        main, several = self.values.get(row["main"]), self.values.get(row["several"])
        further = several if isinstance(several, list) else []
        options = option_list(spec.options)
        words = [
            f"{TICKED if option.code == main or option.code in further else OPEN}{number}.{option.label}"
            for number, option in enumerate(options.current(), 1)
        ]
        step = row["columns"]
        text = "\n".join("；  ".join(words[start : start + step]) for start in range(0, len(words), step)) + "。"
        text += f"\n主要：{options.label(str(main)) if main else '　　　　'}"
        text += f"    次要：{'、'.join(options.label(code) for code in further)}" if further else ""
        note = format_value(ARCHIVE_FORM.field(row["note"]), self.values.get(row["note"]))
        text += f"\n说明：{note}" if note else ""
        self._put(0.0, row["label_width"], "\n".join(row["label"]), "caption")
        self._put(row["label_width"], self.page_width, text, "left")
        self._close_row(16.0, _lines(text, self.page_width - row["label_width"], 9))

    def _attachments(self, row: Mapping[str, Any]) -> None:
        count = max(len(self.papers), row["least"])
        self._put(0.0, row["label_width"], "\n".join(row["label"]), "caption", 1 + count)
        edges = self._edges(row["columns"], row["label_width"])
        for (left, right), column in zip(edges, row["columns"], strict=True):
            self._put(left, right, column["head"], "caption")
        self._close_row(row["heads"])
        types = option_list("document_type")
        for index in range(count):
            paper = self.papers[index] if index < len(self.papers) else ("", "", "")
            texts = (types.label(paper[0]) if paper[0] else "", paper[1], paper[2])
            for (left, right), text in zip(edges, texts, strict=True):
                self._put(left, right, text, "value")
            self._close_row(row["height"], max(_lines(t, r - x, 9) for t, (x, r) in zip(texts, edges, strict=True)))

    def _decision(self, row: Mapping[str, Any]) -> None:
        value, day = self.values.get(row["field"]), str(self.values.get(row["date"]) or "")
        yes, no = (TICKED if value is True else OPEN), (TICKED if value is False else OPEN)
        parts = day.split("-") if day else ["　　　　", "　　", "　　"]
        when = f"{parts[0]}年{parts[1]}月{parts[2]}日"
        text = f"{row['before']}{yes}是  {no}否{row['between']}确定时间：{when}{row['after']}"
        self._put(0.0, self.page_width, text, "left")
        self._close_row(row["height"], _lines(text, self.page_width, 9))

    def _groups(self, row: Mapping[str, Any]) -> None:
        x, lines = 0.0, 1
        for index, cell in enumerate(row["cells"]):
            end = self.page_width if index == len(row["cells"]) - 1 else x + cell["caption"] + cell["width"]
            text = self._group_text(cell)
            self._put(x, x + cell["caption"], "\n".join(cell["label"]), "caption")
            self._put(x + cell["caption"], end, text, "left")
            lines = max(lines, _lines(text, end - x - cell["caption"], 9))
            x = end
        self._close_row(row["height"], lines)

    def _group_text(self, cell: Mapping[str, Any]) -> str:
        spec = ARCHIVE_FORM.field(cell["field"])
        assert spec.options
        chosen = self.values.get(spec.key)
        codes = chosen if isinstance(chosen, list) else []
        note = self.values.get(cell["note"]) or ""
        lines = []
        for number, option in enumerate(option_list(spec.options).current(), 1):
            mark = TICKED if option.code in codes else OPEN
            lines.append(f"{mark}{number}.{option.label}{note if option.code == 'other' else ''}")
        return "\n".join(lines)


def write_forms(
    archives: Iterable[StoredArchive],
    count: int,
    papers: Papers,
    office_name: str,
    path: Path,
    progress: Progress | None = None,
) -> None:
    """Write *archives* (*count* of them) to *path*, one sheet each."""
    out = io.BytesIO()
    book = FormBook(out, office_name)
    for number, archive in enumerate(archives, 1):
        if progress:
            progress(number - 1, count)
        book.add(number, archive, papers.get(archive.id, []))
    book.book.close()
    with written_whole(path) as target:
        target.write(out.getvalue())
    if progress:
        progress(count, count)
