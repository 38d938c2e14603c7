"""The import template: starred captions, notes from the filling guide, drop-downs, text format where digits matter."""

import io
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import Always, FieldKind, FieldSpec
from db.domain.option_lists import option_list
from db.exchange.workbook_columns import MEMBER_GROUPS, FlatColumn
from db.exchange.workbook_export import FONT, SHEET_NAME, number_format
from db.exchange.workbook_package import column_letter
from db.store.partial_files import written_whole

GUIDE_SHEET, LIST_SHEET = "填表说明", "选项"
_FIRST_ROW, _LAST_ROW = 2, 2001
_LENGTHS = {FieldKind.ID_NUMBER: 18, FieldKind.PHONE: 11, FieldKind.POSTAL_CODE: 6}
_GUIDE = (
    "从“困难职工档案”这一页的第 3 行起填写，一户一行，行与行之间不要合并单元格。",
    "标 * 的必须填写；姓名和身份证号缺了就不能导入，其他带 * 的可以先空着，导入后在暖档里补填。",
    "有下拉箭头的请从列表里选；可以多选的写在一格里，用“、”隔开。",
    "身份证号、手机号码、银行卡号这些列已设为文本格式，请直接输入，不要改成数字格式，否则后几位会丢失。",
    "灰色的列（性别、出生日期、家庭月人均收入）由暖档自动得出，可以不填。",
    "家庭成员不含职工本人。超过 5 人的，在最右边照样加“家庭成员6姓名”“家庭成员6关系”等列。",
    "列的次序可以调整，不用的列可以删去，但表头文字请保留。",
)
_BAND, _LINE = "#D5DEE8", "#9AA7B4"
_ORDINARY, _STARRED, _DERIVED, _MEMBER = "#E8EEF4", "#FBE9E7", "#E6E6E6", "#EAF3EA"


def template_columns() -> list[tuple[str, list[FlatColumn]]]:
    """(band title, columns): the household by section of the form, then the member groups."""
    bands: list[tuple[str, list[FlatColumn]]] = []
    for section in ARCHIVE_FORM.sections:
        if section.fields and not section.repeats:
            bands.append((section.title, [FlatColumn(spec.label, spec) for spec in section.fields]))
    for number in range(1, MEMBER_GROUPS + 1):
        columns = [FlatColumn(f"家庭成员{number}{spec.label}", spec, number) for spec in ARCHIVE_FORM.member_fields]
        bands.append((f"家庭成员{number}", columns))
    return bands


def _requirement(spec: FieldSpec) -> str:
    if isinstance(spec.required, Always):
        return "必填"
    return spec.required.text() or ""


def _note(spec: FieldSpec) -> str:
    parts = [spec.help] if spec.help else []
    if spec.derived_by:
        parts.append("可以不填。")
    elif _requirement(spec):
        parts.append(f"{_requirement(spec)}。")
    if spec.kind is FieldKind.MULTI_CHOICE and spec.options:
        parts.append("可多选，用“、”隔开：" + "；".join(option.label for option in option_list(spec.options).current()))
    return "\n".join(parts)


class TemplateBook:
    """The template while it is being written."""

    def __init__(self, out: io.BytesIO) -> None:
        self.book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
        self.book.set_properties({"title": "困难职工档案导入模板", "comments": "由暖档生成"})
        self.sheet = self.book.add_worksheet(SHEET_NAME)
        self.guide = self.book.add_worksheet(GUIDE_SHEET)
        self.lists = self.book.add_worksheet(LIST_SHEET)
        self.lists.hide()
        self._names: dict[str, str] = {}
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **properties: Any) -> Any:
        """A cell format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": FONT, "valign": "vcenter", **properties})
        return self._formats[key]

    def list_name(self, list_name: str) -> str:
        """A defined name for the options of a list: inline lists stop at 255 characters, names survive WPS."""
        if list_name not in self._names:
            column = len(self._names)
            labels = [option.label for option in option_list(list_name).current()]
            self.lists.write_string(0, column, list_name)
            for row, label in enumerate(labels, 1):
                self.lists.write_string(row, column, label)
            letter = column_letter(column)
            name = f"list_{list_name}"
            self.book.define_name(name, f"='{LIST_SHEET}'!${letter}$2:${letter}${len(labels) + 1}")
            self._names[list_name] = name
        return self._names[list_name]

    # -- the sheet to fill -------------------------------------------------------------------------------------

    def write_columns(self) -> None:
        """Bands, captions, notes, formats and drop-downs."""
        at = 0
        for title, columns in template_columns():
            # not merged: a merged band would be torn by the frozen columns and would hinder sorting
            self.sheet.write_string(0, at, title, self.style(bold=True, bg_color=_BAND, left=1, border_color=_LINE))
            for column in columns:
                if column is not columns[0]:
                    self.sheet.write_blank(0, at, None, self.style(bg_color=_BAND))
                self._write_column(at, column)
                at += 1
        self.sheet.set_row(0, 20)
        self.sheet.set_row(1, 34)
        self.sheet.freeze_panes(_FIRST_ROW, 3)
        self.sheet.set_landscape()
        self.sheet.set_paper(8)
        self.sheet.repeat_rows(0, 1)

    def _write_column(self, at: int, column: FlatColumn) -> None:
        spec = column.spec
        shape = "yyyy-mm-dd" if spec.kind is FieldKind.DATE else number_format(spec.kind)
        self.sheet.set_column(at, at, column.width, self.style(num_format=shape))
        starred = spec.starred and not spec.derived_by
        colour = _DERIVED if spec.derived_by else _STARRED if starred else _MEMBER if column.number else _ORDINARY
        caption = self.style(
            bold=starred, bg_color=colour, border=1, border_color=_LINE, text_wrap=True, align="center"
        )
        self.sheet.write_string(1, at, ("*" if starred else "") + column.caption, caption)
        note = _note(spec)
        if note:
            height = 40 + 18 * sum(1 + len(line) // 18 for line in note.split("\n"))
            self.sheet.write_comment(
                1, at, note, {"author": "暖档", "width": 260, "height": height, "font_name": FONT, "font_size": 10}
            )
        rule = self._validation(spec)
        if rule:
            self.sheet.data_validation(_FIRST_ROW, at, _LAST_ROW, at, rule)

    def _validation(self, spec: FieldSpec) -> dict[str, object] | None:
        if spec.kind is FieldKind.CHOICE and spec.options:
            return _rule("list", "请从列表里选择", source=f"={self.list_name(spec.options)}")
        if spec.kind is FieldKind.YES_NO:
            return _rule("list", "请选“是”或“否”", source=["是", "否"])
        if spec.kind in _LENGTHS:
            length = _LENGTHS[spec.kind]
            words = f"{spec.label}应为 {length} 位，请核对。"
            return _rule("length", words, criteria="equal to", value=length, error_type="warning")
        if spec.kind in {FieldKind.MONEY, FieldKind.AREA}:
            return _rule("decimal", f"{spec.label}请填数字，不能小于 0。", criteria=">=", value=0)
        if spec.kind is FieldKind.COUNT:
            return _rule("integer", "请填人数，如 3。", criteria="between", minimum=1, maximum=99)
        return None

    # -- the guide ---------------------------------------------------------------------------------------------

    def write_guide(self) -> None:
        """How to fill the sheet in, and every column with what it takes."""
        sheet = self.guide
        for column, width in enumerate((6, 24, 26, 58, 58)):
            sheet.set_column(column, column, width)
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, "困难职工档案导入模板填表说明", self.style(bold=True, font_size=15))
        for row, line in enumerate(_GUIDE, 2):
            sheet.set_row(row, 18)
            sheet.write_number(row, 0, row - 1, self.style(align="center", valign="top"))
            sheet.merge_range(row, 1, row, 4, line, self.style(text_wrap=True, valign="top"))
        start = len(_GUIDE) + 3
        head = self.style(bold=True, bg_color=_ORDINARY, border=1, border_color=_LINE, align="center")
        for column, caption in enumerate(("序号", "栏目", "必填", "怎么填", "可选的内容")):
            sheet.write_string(start, column, caption, head)
        body = self.style(text_wrap=True, valign="top", border=1, border_color="#C9D1DA")
        for number, cells in enumerate(self._guide_rows(), 1):
            sheet.set_row(start + number, 4 + 14 * max(1, *(ceil(len(cell) / 30) for cell in cells[2:])))
            sheet.write_number(start + number, 0, number, body)
            for column, cell in enumerate(cells, 1):
                sheet.write_string(start + number, column, cell, body)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(start)

    def _guide_rows(self) -> Iterator[tuple[str, str, str, str]]:
        fields = [("", spec) for spec in ARCHIVE_FORM.worker_fields]
        fields += [("家庭成员", spec) for spec in ARCHIVE_FORM.member_fields]
        for prefix, spec in fields:
            needed = "自动得出" if spec.derived_by else _requirement(spec)
            yield prefix + spec.label, needed, spec.help, _answers(spec)


def _answers(spec: FieldSpec) -> str:
    if spec.options:
        listed = "、".join(option.label for option in option_list(spec.options).current())
        return listed if len(listed) < 400 else "见下拉列表"
    return "是、否" if spec.kind is FieldKind.YES_NO else ""


def _rule(kind: str, words: str, **more: object) -> dict[str, object]:
    rule: dict[str, object] = {"validate": kind, "error_title": "请核对", "error_message": words, "ignore_blank": True}
    return {**rule, **more}


def write_template(path: Path) -> None:
    """Write the template to *path*."""
    out = io.BytesIO()
    template = TemplateBook(out)
    template.write_columns()
    template.write_guide()
    template.book.close()
    with written_whole(path) as target:
        target.write(out.getvalue())
