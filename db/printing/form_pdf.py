"""A schema, its print grid and the content of an archive → the drawn pages, and from these a PDF.

Nothing typed is ever lost on paper: a text wraps, then shrinks to 7 points, then stands whole on a continuation
sheet with a reference in its cell; members and attachments beyond the grid go on there too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import FormSchema, Values
from db.errors import Progress
from db.printing.continuation import ContinuationSheets, going_on, reference_mark
from db.printing.form_layout import ATTACHMENTS, MEMBERS, form_layout
from db.printing.form_template import (
    FILLED_BOX,
    TICK,
    DecisionSlot,
    FormTemplate,
    NoteSlot,
    Slot,
    TickSlot,
    form_template,
    rows_that_fit,
)
from db.printing.form_values import (
    ArchivePrint,
    AttachmentLine,
    CellBox,
    codes_of,
    numbered_causes,
    paper_text,
    slot_text,
)
from db.printing.pdf_kit import (
    BLACK,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Area,
    Drawing,
    Fill,
    Line,
    PdfWriter,
    Text,
    page_number,
)
from db.printing.print_faces import BOLD, REGULAR, text_width
from db.printing.text_flow import LEADING, SMALLEST, Fitted, fit, shortened, sizes_from, wrap

HIGHLIGHT = "#FFF1B8"
_OPTICAL_CENTRE = 0.375


@dataclass(frozen=True)
class FormPages:
    """A printed archive: the PDF, how many pages it has, and where each field stands."""

    pdf: bytes
    page_count: int
    cells: list[CellBox]


@dataclass(frozen=True, slots=True)
class PageOperations:
    """All that is really drawn on one page, the shared grid and its captions included."""

    texts: list[Text]
    lines: list[Line]
    fills: list[Fill]


class FormComposer:
    """Composes the pages of one archive."""

    def __init__(self, item: ArchivePrint, *, schema: FormSchema = ARCHIVE_FORM) -> None:
        self.item, self.schema = item, schema
        self.layout = form_layout(schema)
        rows = rows_that_fit(self.layout, len(item.content.members), len(item.attachments))
        self.template: FormTemplate = form_template(schema, *rows)
        self.first = Drawing(template=self.template.drawing)
        self.cells: list[CellBox] = []
        self._long: list[tuple[str, str]] = []
        values = item.content.values
        self.sheets = ContinuationSheets(
            schema, self.layout, item.office_name, str(values.get("name") or ""), item.archive_number
        )

    def compose(self) -> list[Drawing]:
        """Draw everything; the pages in order."""
        values = self.item.content.values
        self._worker_cells(values)
        self._choices(values)
        for decision in self.template.decision:
            self._decision(decision, values)
        self._members()
        self._attachments()
        for number, (label, text) in enumerate(self._long, 1):
            self.sheets.add_text(number, label, text)
        pages = [self.first, *self.sheets.pages]
        right = PAGE_WIDTH - self.layout.page["right"] * MM
        for number, page in enumerate(pages, 1):
            page_number(page, right, self.layout.page["footer_baseline"] * MM, number, len(pages))
        return pages

    # -- one text in one place -----------------------------------------------------------------------------------

    def put(self, page: Drawing, slot: Slot, text: str, label: str) -> None:
        """Write *text* into *slot*; whole, or its beginning with a reference to where the whole stands."""
        if not text:
            return
        area = slot.area
        fitted = fit(text, area.w, area.h, slot.size)
        if fitted is None:
            fitted = shortened(text, area.w, area.h, self._refer(label, text))
        _draw(page, area, fitted, slot.align)

    def _refer(self, label: str, text: str) -> str:
        self._long.append((label, text))
        return f"（见附页{reference_mark(len(self._long))}）"

    def _box(self, page: int, field: str, index: int | None, area: Area) -> None:
        self.cells.append(CellBox(page, field, index, area.x, area.y, area.w, area.h))

    # -- the parts of the form -----------------------------------------------------------------------------------

    def _worker_cells(self, values: Values) -> None:
        heads = {"office_name": self.item.office_name, "archive_number": self.item.archive_number}
        for slot in self.template.values:
            if slot.field in heads:
                self.put(self.first, slot, heads[slot.field], "填报单位" if slot.field == "office_name" else "档案编号")
                continue
            self.put(self.first, slot, slot_text(self.schema, slot, values), self.schema.field(slot.field).label)
            self._box(0, slot.field, None, slot.cell)
            if slot.also:
                self._box(0, slot.also, None, slot.cell)

    def _choices(self, values: Values) -> None:
        main, several, note = self.template.causes
        causes = self.schema.field(main.field), self.schema.field(several.field)
        for slot, spec in zip((main, several), causes, strict=True):
            self.put(self.first, slot, numbered_causes(spec, codes_of(values.get(spec.key))), spec.label)
        spec = self.schema.field(note.field)
        self.put(self.first, note, paper_text(spec, values.get(spec.key)), spec.label)
        for slot in (main, several, note):
            self._box(0, slot.field, None, slot.cell)
        self._box(0, main.field, None, self.template.ticks[0].cell)
        for ticks in self.template.ticks:
            keys = (ticks.field,) if ticks.field else (main.field, several.field)
            self._tick(ticks, [code for key in keys for code in codes_of(values.get(key))])
        for place, ticks in zip(self.template.notes, self.template.ticks[1:], strict=True):
            self._box(0, place.field, None, place.area)
            self._box(0, ticks.field, None, ticks.cell)
            self._note(place, self._unprinted(ticks, values), values)

    def _tick(self, slot: TickSlot, codes: Iterable[str]) -> None:
        for code in codes:
            if code in slot.places:
                self._mark(slot.places[code], slot.size, slot.mark)

    def _mark(self, place: tuple[float, float], size: float, mark: str) -> None:
        x, y = place
        face = BOLD if mark == TICK else REGULAR
        self.first.value(x - text_width(mark, size, face) / 2, y + size * _OPTICAL_CENTRE, mark, size, face)

    def _unprinted(self, slot: TickSlot, values: Values) -> list[str]:
        """Chosen answers that this edition does not print (older or newer wordings)."""
        return [code for code in codes_of(values.get(slot.field)) if code not in slot.places]

    def _note(self, slot: NoteSlot, unprinted: list[str], values: Values) -> None:
        spec = self.schema.field(slot.field)
        text = "、".join([paper_text(spec, values.get(spec.key)), *unprinted]).strip("、")
        if not text:
            return
        area = slot.area
        first = area.x + area.w - slot.x
        rows = int(area.h / slot.step)
        for size in sizes_from(slot.size):
            lines = wrap(text, area.w, size, first=first) or []
            if len(lines) <= rows:
                break
        else:
            size = SMALLEST
            fitted = shortened(text, area.w, (rows - 1) * slot.step, self._refer(spec.label, text))
            lines = ["", *(line for line, _ in fitted.lines)]
        for index, line in enumerate(lines):
            y = area.y + (index + 0.5) * slot.step + size * _OPTICAL_CENTRE
            self.first.value(area.x if index else slot.x, y, line, size)

    def _decision(self, slot: DecisionSlot, values: Values) -> None:
        answer = values.get(slot.field)
        if answer is not None:
            self._mark(slot.yes if answer else slot.no, slot.size, FILLED_BOX)
        decided = str(values.get(slot.date) or "")
        parts = decided.split("-") if decided.count("-") == 2 else [decided, "", ""]
        for area, part in zip(slot.parts, parts, strict=True):
            text = part.lstrip("0")
            x = area.x + (area.w - text_width(text, slot.size)) / 2
            self.first.value(x, area.y + area.h / 2 + slot.size * _OPTICAL_CENTRE, text, slot.size)
        self._box(0, slot.date, None, slot.date_cell)
        self._box(0, slot.field, None, slot.cell)

    def _members(self) -> None:
        members = self.item.content.members
        rows = self.template.members
        for index, slots in enumerate(rows):
            self._member(self.first, slots, index, 0)
        if len(members) > len(rows):
            going_on(self.first, self.template.labels[MEMBERS])
            self.sheets.add_members(len(rows), len(members) - len(rows), self._further_member)

    def _further_member(self, page: Drawing, slots: list[Slot], index: int) -> None:
        self._member(page, slots, index, len(self.sheets.pages))

    def _member(self, page: Drawing, slots: list[Slot], index: int, number: int) -> None:
        members = self.item.content.members
        member = members[index] if index < len(members) else None
        for slot in slots:
            self._box(number, slot.field, index, slot.cell)
            if member is not None and member.get(slot.field) is not None:
                spec = self.schema.member_field(slot.field)
                label = f"家庭成员{index + 1} · {spec.label}"
                self.put(page, slot, paper_text(spec, member[slot.field]), label)

    def _attachments(self) -> None:
        attachments, rows = self.item.attachments, self.template.attachments
        for index, slots in enumerate(rows):
            self._attachment(self.first, slots, index)
        if len(attachments) > len(rows):
            going_on(self.first, self.template.labels[ATTACHMENTS])
            self.sheets.add_attachments(len(rows), len(attachments) - len(rows), self._attachment)

    def _attachment(self, page: Drawing, slots: list[Slot], index: int) -> None:
        number = 0 if page is self.first else len(self.sheets.pages)
        for slot in slots:
            self._box(number, slot.field, index, slot.cell)
        if index < len(self.item.attachments):
            for slot, text in zip(slots, self.item.attachments[index].texts(), strict=True):
                self.put(page, slot, text, f"附件{index + 1}")


def _draw(page: Drawing, area: Area, fitted: Fitted, align: str) -> None:
    step = fitted.size * LEADING
    top = area.y if align == "top" else area.y + (area.h - step * len(fitted.lines)) / 2
    y = top + step / 2 + fitted.size * _OPTICAL_CENTRE
    for line, width in fitted.lines:
        page.value(area.x + (area.w - width) / 2 if align == "center" else area.x, y, line, fitted.size)
        y += step


def compose(item: ArchivePrint) -> list[Drawing]:
    """The drawn pages of one archive."""
    return FormComposer(item).compose()


def draw_operations(item: ArchivePrint) -> list[PageOperations]:
    """Every string, line and tint that the pages of *item* show, for comparison with drawing them bare."""
    return [
        PageOperations(
            [*(page.template.texts if page.template else ()), *page.texts, *page.values],
            [*(page.template.lines if page.template else ()), *page.lines],
            page.fills,
        )
        for page in compose(item)
    ]


def _mark_cells(pages: Sequence[Drawing], cells: Iterable[CellBox], highlight: tuple[str, int | None]) -> None:
    for cell in cells:
        if (cell.field, cell.member_index) == highlight:
            pages[cell.page].fills.append(
                Fill(cell.x, PAGE_HEIGHT - cell.y - cell.h, cell.w, cell.h, HIGHLIGHT),
            )


def form_pages(
    content: ArchiveContent,
    *,
    archive_number: str = "",
    office_name: str = "",
    attachments: Sequence[AttachmentLine] = (),
    highlight: tuple[str, int | None] | None = None,
    value_color: str = BLACK,
    compress: bool = False,
) -> FormPages:
    """One archive as a PDF with the places of its fields.

    *highlight* tints the cell of (field, member index or None); *value_color* sets off what was filled in, for the
    screen; *compress* makes the file small, for keeping it.
    """
    composer = FormComposer(ArchivePrint(content, archive_number, office_name, attachments))
    pages = composer.compose()
    if highlight is not None:
        _mark_cells(pages, composer.cells, highlight)
    out = BytesIO()
    _write(out, pages, compress=compress, value_color=value_color)
    return FormPages(out.getvalue(), len(pages), composer.cells)


def _write(out: BinaryIO, pages: Iterable[Drawing], *, compress: bool, value_color: str = BLACK) -> None:
    writer = PdfWriter(out, title=ARCHIVE_FORM.title, compress=compress, value_color=value_color)
    for page in pages:
        writer.add_page(page)
    writer.close()


def archives_pdf(items: Iterable[ArchivePrint], out: BinaryIO, progress: Progress | None = None, total: int = 0) -> int:
    """Many archives as one PDF written to *out* page by page; the number of pages. *total* is for the progress."""
    writer = PdfWriter(out, title=ARCHIVE_FORM.title)
    for done, item in enumerate(items, 1):
        for page in compose(item):
            writer.add_page(page)
        if progress is not None:
            progress(done, max(total, done))
    writer.close()
    return writer.page_count


def blank_form_pdf() -> bytes:
    """The empty form for filling in by hand: taller rows, nothing ticked."""
    layout = form_layout(ARCHIVE_FORM)
    template = form_template(ARCHIVE_FORM, layout.row(MEMBERS).blank, layout.row(ATTACHMENTS).blank, blank=True)
    page = Drawing(template=template.drawing)
    for slot in template.values[:3]:
        foot = slot.area.y + slot.area.h - 1.0
        page.line(slot.area.x, foot, slot.area.x + slot.area.w, foot, 0.4)
    page_number(page, PAGE_WIDTH - layout.page["right"] * MM, layout.page["footer_baseline"] * MM, 1, 1)
    out = BytesIO()
    _write(out, [page], compress=True)
    return out.getvalue()
