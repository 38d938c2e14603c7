"""What a figure of a table is called, from the captions of its line and column."""

import re

from db.domain.reports.layout import Line, ReportLayout, TableColumn, codes_in


def caption_of(layout: ReportLayout, code: str) -> str:
    """A figure in words: what stands in its line, and above it where the line has several figures."""
    line = next((each for each in layout.lines if code in each.figures), None)
    label = layout.figures[code].label if code in layout.figures else ""
    if label:
        whose = _row_words(layout, line)[:1] if line and "@" in code else []
        return "，".join([*whose, label])
    if line is None:
        return code
    words = _row_words(layout, line)
    if len(set(line.figures)) == 1:
        return words[-1] if words else code
    at = next(place for place, cell in enumerate(line.cells) if code in codes_in(cell))
    # of a block of lines for each office the second word is what tells them apart; elsewhere it is but more about the office
    in_blocks = any(not each.cells[0] for each in layout.lines)
    further = words[1:] if "@" not in code or in_blocks else ()
    return "，".join(dict.fromkeys(filter(None, (words[0] if words else "", _head_words(layout.columns[at]), *further))))


def _head_words(column: TableColumn) -> str:
    words = re.sub(r"（[^（）]*）", "", f"{column.group}：{column.head}" if column.group else column.head)
    return words.strip("：")


def _row_words(layout: ReportLayout, line: Line) -> list[str]:
    """The texts of a line; where its first cell is empty, that of the line above with one."""
    words = [cell for cell in line.cells if cell and "{" not in cell and not cell.startswith("(")]
    if line.cells[0] or len(set(line.figures)) == 1:
        return words
    above = layout.lines[: layout.lines.index(line)]
    group = next((each.cells[0] for each in reversed(above) if each.cells[0]), "")
    return [group, *words] if group else words


def told_as(layout: ReportLayout, code: str) -> str:
    """How a sentence names a figure: by its number on the form, by its captions in a table that has none."""
    return code if "@" not in code and any(cell.startswith("(") for line in layout.lines for cell in line.cells) else (
        caption_of(layout, code)
    )
