"""Where each field stands on the printed pages, so that a screen can mark a cell or tell which one was clicked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from db.printing.form_slots import FormTemplate, Slot
from db.printing.pdf_kit import Area


class CellBox(NamedTuple):
    """Where a field stands on a page (counted from 0), in points from the upper left corner.

    *member_index* counts members (or attachments) from 0; a row of the grid that is still empty has the index it
    would get. Attachments have the field ``attachments``.
    """

    page: int
    field: str
    member_index: int | None
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class FormPages:
    """A printed archive: the PDF, how many pages it has, and where each field stands."""

    pdf: bytes
    page_count: int
    cells: list[CellBox]

    def cell_at(self, page: int, x: float, y: float) -> CellBox | None:
        """The cell under a point; of cells within one another the smallest."""
        hits = [
            cell
            for cell in self.cells
            if cell.page == page and cell.x <= x < cell.x + cell.w and cell.y <= y < cell.y + cell.h
        ]
        return min(hits, key=lambda cell: cell.w * cell.h, default=None)

    def cell_of(self, field: str, member_index: int | None = None) -> CellBox | None:
        """The cell of a field."""
        return next((cell for cell in self.cells if (cell.field, cell.member_index) == (field, member_index)), None)


class FurtherRow(NamedTuple):
    """A row of a grid on a continuation sheet."""

    page: int
    row: int
    slots: Sequence[Slot]


def _box(field: str, index: int | None, area: Area, page: int = 0) -> CellBox:
    return CellBox(page, field, index, *area)


def _first_page(template: FormTemplate) -> Iterable[tuple[str, int | None, Area]]:
    for slot in template.values:
        yield slot.field, None, slot.cell
        if slot.also:
            yield slot.also, None, slot.cell
    for slot in template.causes:
        yield slot.field, None, slot.cell
    for ticks in template.ticks:
        # the printed list of causes serves two fields; a click on it means the main one
        yield ticks.field or template.causes[0].field, None, ticks.cell
    for note in template.notes:
        yield note.field, None, note.area
    for decision in template.decision:
        yield decision.field, None, decision.cell
        yield decision.date, None, decision.date_cell
    for rows in (template.members, template.attachments):
        for index, slots in enumerate(rows):
            for slot in slots:
                yield slot.field, index, slot.cell


def cells_of(template: FormTemplate, further: Iterable[FurtherRow]) -> list[CellBox]:
    """Every cell of the first page and of the rows on continuation sheets."""
    heads = {"office_name", "archive_number"}
    cells = [_box(field, index, area) for field, index, area in _first_page(template) if field not in heads]
    cells += [
        _box(slot.field, further_row.row, slot.cell, further_row.page)
        for further_row in further
        for slot in further_row.slots
    ]
    return cells
