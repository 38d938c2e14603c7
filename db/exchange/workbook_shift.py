"""Insert a column before the first one of a sheet and keep everything in step: openpyxl moves the cells only.

Merged ranges, widths and hidden flags, filters, panes, print areas, validations, conditional formats, tables, pictures
and every formula that points at the sheet are moved along.
"""

import re
from typing import Any

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.formula import ArrayFormula

_LAST_COLUMN = 16_384


def shift_reference(reference: str) -> str:
    """A reference one column further right: ``$A$1:B2`` → ``$B$1:C2``; names and whole rows stay."""
    return ":".join(_shift_corner(part) for part in reference.split(":"))


def _shift_corner(corner: str) -> str:
    match = re.fullmatch(r"(\$?)([A-Za-z]{1,3})(\$?\d*)", corner)
    if match is None:
        return corner
    index = column_index_from_string(match.group(2).upper())
    return f"{match.group(1)}{get_column_letter(min(index + 1, _LAST_COLUMN))}{match.group(3)}"


def _is_name(operand: str) -> bool:
    """Whether a range operand is a defined name rather than cells: letters without digits and without a colon."""
    return ":" not in operand and not any(char.isdigit() for char in operand)


def shift_formula(formula: str, sheet: str, *, own: bool) -> str:
    """*formula* with every reference to *sheet* moved; *own*: it stands on that sheet, so bare references count."""
    try:
        tokens = Tokenizer(formula)
    except TokenizerError:
        return formula  # not a formula any program would compute
    for token in tokens.items:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        prefix, mark, operand = token.value.rpartition("!")
        concerns = prefix.strip("'").replace("''", "'") == sheet if mark else own
        if concerns and not _is_name(operand):
            token.value = f"{prefix}{mark}{shift_reference(operand)}"
    return str(tokens.render())


def _shift_ranges(ranges: Any) -> MultiCellRange:
    shifted = MultiCellRange()
    for found in list(ranges):
        found.shift(col_shift=1)
        shifted.add(found)
    return shifted


def _shift_columns(sheet: Any) -> None:
    """Widths, hidden flags and outline levels move with their columns."""
    dimensions = list(sheet.column_dimensions.values())
    sheet.column_dimensions.clear()
    for dimension in dimensions:
        dimension.reindex()
        dimension.min, dimension.max = dimension.min + 1, min(dimension.max + 1, _LAST_COLUMN)
        dimension.index = get_column_letter(dimension.min)
        sheet.column_dimensions[dimension.index] = dimension


def _shift_rules(sheet: Any) -> None:
    for rule in sheet.data_validations.dataValidation:
        rule.sqref = _shift_ranges(rule.sqref.ranges)
        for name in ("formula1", "formula2"):
            text = getattr(rule, name)
            if text and not text.startswith('"'):
                setattr(rule, name, shift_formula(f"={text}", sheet.title, own=True)[1:])
    formats = sheet.conditional_formatting
    sheet.conditional_formatting = ConditionalFormattingList()
    for area in formats:
        place = " ".join(str(found) for found in _shift_ranges(area.sqref.ranges).ranges)
        for rule in area.rules:
            rule.formula = [shift_formula(f"={text}", sheet.title, own=True)[1:] for text in rule.formula]
            sheet.conditional_formatting.add(place, rule)


def _shift_view(sheet: Any) -> None:
    pane = sheet.freeze_panes
    if pane and not re.match(r"A\d", pane):  # rows only: the new column needs no freezing
        sheet.freeze_panes = shift_reference(pane)
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = shift_reference(sheet.auto_filter.ref)
    if sheet.print_area:
        areas = sheet.print_area if isinstance(sheet.print_area, list) else [sheet.print_area]
        moved = [shift_reference(part.rpartition("!")[2].replace("$", "")) for area in areas for part in area.split(",")]
        # the new column is to be printed too
        sheet.print_area = [re.sub(r"^B(?=\d)", "A", area) for area in moved]
    if sheet.print_title_cols:
        sheet.print_title_cols = shift_reference(sheet.print_title_cols)
    for table in sheet.tables.values():
        table.ref = shift_reference(table.ref)
        if table.autoFilter is not None and table.autoFilter.ref:
            table.autoFilter.ref = shift_reference(table.autoFilter.ref)
    for drawing in [*sheet._images, *sheet._charts]:
        for corner in (getattr(drawing.anchor, "_from", None), getattr(drawing.anchor, "to", None)):
            if corner is not None:
                corner.col += 1


def _shift_formulas(book: Any, target: Any) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                if isinstance(cell.value, ArrayFormula):
                    cell.value.ref = shift_reference(cell.value.ref) if sheet is target else cell.value.ref
                    cell.value.text = shift_formula(cell.value.text, target.title, own=sheet is target)
                elif isinstance(cell.value, str):
                    cell.value = shift_formula(cell.value, target.title, own=sheet is target)
    for names in (book.defined_names, *(sheet.defined_names for sheet in book.worksheets)):
        for name in names.values():
            if name.attr_text and name.attr_text[:1] not in "#\"{":
                name.attr_text = shift_formula(f"={name.attr_text}", target.title, own=False)[1:]


def insert_first_column(book: Any, sheet: Any) -> None:
    """Make room for one column before column A of *sheet*."""
    sheet.insert_cols(1)
    sheet.merged_cells = _shift_ranges(sheet.merged_cells.ranges)
    for row in sheet.iter_rows():
        for cell in row:
            link = getattr(cell, "hyperlink", None)
            if link is not None:
                link.ref = cell.coordinate
    _shift_columns(sheet)
    _shift_rules(sheet)
    _shift_view(sheet)
    _shift_formulas(book, sheet)
