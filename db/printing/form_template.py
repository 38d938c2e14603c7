"""The empty form: its lines, captions, stars and options, and the places where values go.

A template depends only on how many rows the member and attachment grids have; it is drawn once per document and
shared by all its pages. Values are put into the places (slots) by ``form_pdf``.
"""

from collections.abc import Callable

from db.domain.form_schema import FieldSpec, FormSchema
from db.domain.option_lists import option_list
from db.printing import form_layout as kinds
from db.printing.form_grids import (
    PAD,
    UPRIGHT_PAD,
    caption_of,
    draw_attachment_grid,
    draw_caption,
    draw_member_grid,
)
from db.printing.form_layout import Cell, FormLayout, Row, form_layout
from db.printing.form_slots import DecisionSlot, FormTemplate, NoteSlot, Slot, TickSlot
from db.printing.pdf_kit import FRAME, MM, PAGE_WIDTH, Area
from db.printing.print_faces import BOLD, text_width
from db.printing.text_flow import LEADING, wrap

TICK, BOX, FILLED_BOX = "√", "□", "■"
_VALUE_PAD = 0.8 * MM
_CHOICE_GAP = 5.0 * MM
_KEPT_FOR_REMARKS = 4.0
"""Millimetres of spare height that stay with the remarks before rows of members grow."""
_BRACKETS = 1.85
"""Width of （　） before an option, in sizes."""


class TemplateBuilder:
    """Draws the rows of a layout from top to bottom and notes the places for values."""

    def __init__(
        self, schema: FormSchema, layout: FormLayout, member_rows: int, attachment_rows: int, blank: bool
    ) -> None:
        self.schema, self.layout, self.blank = schema, layout, blank
        self.rows_of = {kinds.MEMBERS: member_rows, kinds.ATTACHMENTS: attachment_rows}
        self.template = FormTemplate()
        self.drawing = self.template.drawing
        self.left = layout.page["left"] * MM
        self.width = PAGE_WIDTH - self.left - layout.page["right"] * MM
        self.y = layout.page["grid_top"] * MM

    def build(self) -> FormTemplate:
        """Draw everything and return the template."""
        top = self.y
        self._header()
        builders: dict[str, Callable[[Row, float], None]] = {
            kinds.ACROSS: self._across,
            kinds.COLUMNS: self._columns,
            kinds.MEMBERS: self._members,
            kinds.CAUSES: self._causes,
            kinds.ATTACHMENTS: self._attachments,
            kinds.DECISION: self._decision,
            kinds.GROUPS: self._groups,
        }
        for row in self.layout.rows:
            height = self.height_of(row)
            builders[row.kind](row, height)
            self.y += height
            self._horizontal(self.y)
        foot = self.layout.page["footer_baseline"] * MM
        self.drawing.text(self.left, foot, self.layout.footer["note"], 8.5)
        self.drawing.box(Area(self.left, top, self.width, self.y - top), FRAME)
        return self.template

    # -- heights and lines ---------------------------------------------------------------------------------------

    def height_of(self, row: Row) -> float:
        """Height of *row* in points."""
        if row.fills:
            others = sum(self.height_of(other) for other in self.layout.rows if other is not row)
            page = self.layout.page
            return (page["grid_bottom"] - page["grid_top"]) * MM - others
        return self._own_height(row) * MM

    def _own_height(self, row: Row) -> float:
        count = self.rows_of.get(row.kind, 1)
        if row.kind in self.rows_of and self.blank:
            return row.heads + count * row.blank_height
        if row.tall:
            room = self.layout.spare_height(*self.rows_of.values()) - _KEPT_FOR_REMARKS
            return row.heads + min(count * row.tall, count * row.height + max(room, 0.0))
        return row.heads + count * row.height

    def _horizontal(self, y: float, start: float = 0.0) -> None:
        self.drawing.line(self.left + start, y, self.left + self.width, y)

    def _vertical(self, x: float, y: float, height: float) -> None:
        if abs(x - self.left) > 1:
            self.drawing.line(x, y, x, y + height)

    def _label_cell(self, row: Row, height: float) -> Area:
        """The caption column at the left of a band."""
        area = Area(self.left, self.y, row.label_width * MM, height)
        draw_caption(self.drawing, area, row.label, self.layout.size["caption"])
        self._vertical(area.x + area.w, self.y, height)
        return area

    # -- rows ----------------------------------------------------------------------------------------------------

    def _header(self) -> None:
        page, header, size = self.layout.page, self.layout.header, self.layout.size
        title = Area(self.left, (page["title_baseline"] - 8) * MM, self.width, 10 * MM)
        self.drawing.centred(title, self.schema.title, size["title"], BOLD)
        end = title.x + (title.w + text_width(self.schema.title, size["title"], BOLD)) / 2
        self.drawing.text(end + 2 * MM, page["title_baseline"] * MM, header["mark"], size["caption"])
        band = Area(self.left, (page["header_baseline"] - 3.6) * MM, self.width, 5.0 * MM)
        filed = self.schema.field(header["filed_on"])
        self._header_place(band, 0.0, header["office"], 86.0, "office_name")
        self._header_place(band, 90.0, filed.label + "：", 36.0, filed.key)
        self._header_place(band, 130.0, header["number"], 50.0, "archive_number")

    def _header_place(self, band: Area, start: float, words: str, width: float, key: str) -> None:
        size = self.layout.size["written"]
        x = band.x + start * MM
        end = self.drawing.beside(x, band, words, size)
        area = Area(end, band.y, x + width * MM - end, band.h)
        self.template.values.append(Slot(key, area, area, size, "left"))

    def _across(self, row: Row, height: float) -> None:
        x = self.left
        for cell in row.cells:
            caption = Area(x, self.y, cell.caption * MM, height)
            value = Area(x + caption.w, self.y, cell.width * MM, height)
            words = cell.signature or caption_of(self.schema.field(cell.field))
            draw_caption(self.drawing, caption, words, self.layout.size["caption"])
            self._vertical(caption.x, self.y, height)
            self._vertical(value.x, self.y, height)
            if cell.field:
                align = "left" if row.fills else "center"
                self._slot(cell, value, self.layout.size["value"], align)
            x = value.x + value.w

    def _slot(self, cell: Cell, area: Area, size: float, align: str = "center") -> None:
        inner = area.inset(PAD if align == "left" or area.w > 40 * MM else _VALUE_PAD, UPRIGHT_PAD)
        self.template.values.append(Slot(cell.field, area, inner, size, align, cell.also, cell.also_words))

    def _columns(self, row: Row, height: float) -> None:
        heads = row.heads * MM
        x = self.left
        self._horizontal(self.y + heads)
        for cell in row.cells:
            width = cell.width * MM
            caption = caption_of(self.schema.field(cell.field))
            draw_caption(self.drawing, Area(x, self.y, width, heads), caption, self.layout.size["caption"])
            self._slot(cell, Area(x, self.y + heads, width, height - heads), self.layout.size["value"])
            self._vertical(x, self.y, height)
            x += width

    def _members(self, row: Row, height: float) -> None:
        self.template.labels[row.kind] = self._label_cell(row, height)
        count = self.rows_of[kinds.MEMBERS]
        area = Area(self.left + row.label_width * MM, self.y, self.width - row.label_width * MM, height)
        step = (height - row.heads * MM) / count
        self.template.members = draw_member_grid(self.drawing, self.schema, self.layout, area, count, step)

    def _attachments(self, row: Row, height: float) -> None:
        self.template.labels[row.kind] = self._label_cell(row, height)
        count = self.rows_of[kinds.ATTACHMENTS]
        area = Area(self.left + row.label_width * MM, self.y, self.width - row.label_width * MM, height)
        step = (height - row.heads * MM) / count
        self.template.attachments = draw_attachment_grid(self.drawing, self.layout, area, count, step)

    def _causes(self, row: Row, height: float) -> None:
        self._label_cell(row, height)
        main, several = self.schema.field(row.words["main"]), self.schema.field(row.words["several"])
        left = self.left + row.label_width * MM
        cell = Area(left, self.y, self.width - row.label_width * MM, height)
        inner = cell.inset(PAD, 1.0 * MM)
        places = self._cause_options(main, inner, row)
        lines = -(-len(places) // row.columns)
        options = Area(cell.x, cell.y, cell.w, inner.y - cell.y + lines * row.step * MM)
        self.template.ticks.append(TickSlot("", options, places, self.layout.size["option"], FILLED_BOX))
        y = options.y + options.h
        half = inner.w * 0.4
        step = 6.0 * MM
        self._written(main, Area(inner.x, y, half, step))
        self._written(several, Area(inner.x + half, y, inner.w - half, step))
        rest = Area(inner.x, y + step, inner.w, cell.y + cell.h - y - step - 0.8 * MM)
        self._written(self.schema.field(row.words["note"]), rest)

    def _cause_options(self, spec: FieldSpec, inner: Area, row: Row) -> dict[str, tuple[float, float]]:
        """Draw the numbered options in columns, as evenly spaced as their lengths allow."""
        size = self.layout.size["option"]
        options = option_list(spec.options or "").current()
        texts = [f"{BOX}{number}.{option.label}；" for number, option in enumerate(options, 1)]
        texts[-1] = texts[-1][:-1] + "。"
        widths = [max(text_width(text, size) for text in texts[column :: row.columns]) for column in range(row.columns)]
        gap = min((inner.w - sum(widths)) / (row.columns - 1), _CHOICE_GAP)
        starts = [inner.x + sum(widths[:column]) + gap * column for column in range(row.columns)]
        places: dict[str, tuple[float, float]] = {}
        for index, option in enumerate(options):
            band = Area(0, inner.y + (index // row.columns) * row.step * MM, 0, row.step * MM)
            x = starts[index % row.columns]
            self.drawing.beside(x, band, texts[index], size)
            places[option.code] = x + size / 2, band.y + band.h / 2
        return places

    def _written(self, spec: FieldSpec, area: Area) -> None:
        """A caption with its value behind it, within a cell."""
        size = self.layout.size["option"]
        band = Area(area.x, area.y, area.w, 6.0 * MM)
        end = self.drawing.beside(area.x, band, caption_of(spec) + "：", size)
        value = Area(end, area.y, area.x + area.w - end, area.h)
        if area.h > band.h + 1:  # several lines: level with the caption, then downwards
            value = Area(end, area.y + (band.h - size * LEADING) / 2, value.w, area.h - (band.h - size * LEADING) / 2)
        align = "top" if area.h > band.h + 1 else "left"
        self.template.causes.append(Slot(spec.key, area, value, self.layout.size["written"], align))

    def _decision(self, row: Row, height: float) -> None:
        words, size = row.words, self.layout.size["written"]
        spec, date = self.schema.field(words["field"]), self.schema.field(words["date"])
        cell = Area(self.left, self.y, self.width, height)
        inner = cell.inset(PAD)
        upper = Area(inner.x, cell.y + 0.8 * MM, inner.w, (height - 1.6 * MM) / 2)
        middle = upper.y + upper.h / 2
        x = self.drawing.beside(inner.x, upper, words["before"], size)
        yes = x + size / 2, middle
        x = self.drawing.beside(x, upper, f"{BOX}是　", size)
        no = x + size / 2, middle
        x = self.drawing.beside(x, upper, f"{BOX}否", size)
        x = self.drawing.beside(x, upper, words["between"], size)
        start = x
        x = self.drawing.beside(x, upper, date.label + "：", size)
        parts: list[Area] = []
        for unit, room in (("年", 11.0), ("月", 7.5), ("日", 7.5)):
            parts.append(Area(x, upper.y, room * MM, upper.h))
            x = self.drawing.beside(x + room * MM, upper, unit, size)
        date_cell = Area(start, cell.y, x - start, height / 2)
        self._rest_of_sentence(words["after"], x, upper)
        self.template.decision.append(
            DecisionSlot(spec.key, date.key, cell, date_cell, yes, no, (parts[0], parts[1], parts[2]), size)
        )

    def _rest_of_sentence(self, words: str, x: float, upper: Area) -> None:
        size = self.layout.size["written"]
        lines = wrap(words, upper.w, size, first=upper.x + upper.w - x) or []
        for index, line in enumerate(lines):
            band = Area(upper.x, upper.y + index * upper.h, upper.w, upper.h)
            self.drawing.beside(x if index == 0 else upper.x, band, line, size)

    def _groups(self, row: Row, height: float) -> None:
        x = self.left
        for cell in row.cells:
            caption = Area(x, self.y, cell.caption * MM, height)
            draw_caption(self.drawing, caption, cell.label, self.layout.size["caption"])
            self._vertical(x, self.y, height)
            x += caption.w
            self._vertical(x, self.y, height)
            self._group(cell, Area(x, self.y, cell.width * MM, height), row.step * MM)
            x += cell.width * MM

    def _group(self, cell: Cell, area: Area, step: float) -> None:
        """One list of options with （　） before each and room for the words behind the last one."""
        size = self.layout.size["group"]
        options = option_list(self.schema.field(cell.field).options or "").current()
        x, y = area.x + 1.0 * MM, area.y + 0.9 * MM
        start, width = x + size * _BRACKETS, area.w - 1.6 * MM - size * _BRACKETS
        places: dict[str, tuple[float, float]] = {}
        end = x
        for number, option in enumerate(options, 1):
            band = Area(x, y, area.w, step)
            self.drawing.beside(x - size * 0.5, band, "（", size)  # the ink of a bracket fills only half its square
            self.drawing.beside(x + size * (_BRACKETS - 0.55), band, "）", size)
            places[option.code] = x + size * _BRACKETS / 2, y + step / 2
            for line in wrap(f"{number}.{option.label}", width, size) or []:
                end = self.drawing.beside(start, Area(x, y, area.w, step), line, size)
                y += step
        self.template.ticks.append(TickSlot(cell.field, area, places, size, TICK))
        last = Area(x, y - step, area.x + area.w - x - 1.0 * MM, area.y + area.h - (y - step) - 0.5 * MM)
        self.drawing.line(end + 0.5 * MM, y - 0.5 * MM, last.x + last.w, y - 0.5 * MM, 0.3)
        self.template.notes.append(NoteSlot(cell.note, end + 1.0 * MM, last, step, size))


_templates: dict[tuple[str, str, int, int, bool], FormTemplate] = {}


def form_template(schema: FormSchema, member_rows: int, attachment_rows: int, blank: bool = False) -> FormTemplate:
    """The empty form with so many rows, built once."""
    key = schema.name, schema.edition, member_rows, attachment_rows, blank
    if key not in _templates:
        _templates[key] = TemplateBuilder(schema, form_layout(schema), member_rows, attachment_rows, blank).build()
    return _templates[key]


def rows_that_fit(layout: FormLayout, members: int, attachments: int) -> tuple[int, int]:
    """How many member and attachment rows the first page shows for so many; members come first."""
    grid, papers = layout.row(kinds.MEMBERS), layout.row(kinds.ATTACHMENTS)
    rows = min(max(members, grid.least), grid.most)
    lines = papers.least + max(int(layout.spare_height(rows, papers.least) / papers.height + 0.001), 0)
    return rows, min(max(attachments, papers.least), papers.most, lines)
