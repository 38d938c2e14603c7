"""Captions, and the two grids with any number of rows, on the first page and on continuation sheets alike."""

from collections.abc import Sequence

from db.domain.form_schema import FieldSpec, FormSchema
from db.printing import form_layout as kinds
from db.printing.form_layout import FormLayout, Row
from db.printing.form_slots import Slot
from db.printing.pdf_kit import HAIR, MM, Area, Drawing
from db.printing.text_flow import LEADING, fit, shortened

PAD = 1.6 * MM
CAPTION_PAD = 0.5 * MM
UPRIGHT_PAD = 0.4 * MM


def caption_of(spec: FieldSpec) -> str:
    """The caption as printed, with the star of a field that is always required."""
    return ("*" if spec.starred else "") + spec.label


def draw_caption(drawing: Drawing, area: Area, text: str | Sequence[str], size: float) -> None:
    """A caption in the middle of its cell; wrapped or smaller where it must."""
    if not isinstance(text, str):
        drawing.stacked(area, text, size, LEADING)
        return
    inner = area.inset(CAPTION_PAD)
    fitted = fit(text, inner.w, inner.h, size) or shortened(text, inner.w, inner.h, "")
    drawing.stacked(area, [line for line, _ in fitted.lines], fitted.size, LEADING)


def draw_member_grid(
    drawing: Drawing, schema: FormSchema, layout: FormLayout, area: Area, count: int, step: float
) -> list[list[Slot]]:
    """Heads and *count* empty rows of the member grid in *area*; the places of each row."""
    row = layout.row(kinds.MEMBERS)
    heads = [caption_of(schema.member_field(cell.field)) for cell in row.cells]
    areas = _draw_grid(drawing, layout, area, row, heads, count, step)
    size = layout.size["member"]
    fields = [cell.field for cell in row.cells]
    return [
        [Slot(key, cell, cell.inset(CAPTION_PAD, UPRIGHT_PAD), size) for key, cell in zip(fields, cells, strict=True)]
        for cells in areas
    ]


def draw_attachment_grid(drawing: Drawing, layout: FormLayout, area: Area, count: int, step: float) -> list[list[Slot]]:
    """Heads and *count* empty rows of the attachment grid in *area*; the places of each row."""
    row = layout.row(kinds.ATTACHMENTS)
    areas = _draw_grid(drawing, layout, area, row, [cell.head for cell in row.cells], count, step)
    size = layout.size["written"]
    return [[Slot("attachments", cell, cell.inset(PAD, UPRIGHT_PAD), size) for cell in cells] for cells in areas]


def _draw_grid(
    drawing: Drawing, layout: FormLayout, area: Area, row: Row, heads: list[str], count: int, step: float
) -> list[list[Area]]:
    height = row.heads * MM
    size = layout.size["member_caption" if row.kind == kinds.MEMBERS else "caption"]
    x = area.x
    edges: list[tuple[float, float]] = []
    for cell, head in zip(row.cells, heads, strict=True):
        width = cell.width * MM
        draw_caption(drawing, Area(x, area.y, width, height), head, size)
        if x > area.x + 1:
            drawing.line(x, area.y, x, area.y + area.h, HAIR)
        edges.append((x, width))
        x += width
    tops = [area.y + height + index * step for index in range(count)]
    for top in tops:
        drawing.line(area.x, top, area.x + area.w, top, HAIR)
    return [[Area(x, top, width, step) for x, width in edges] for top in tops]
