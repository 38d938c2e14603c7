"""Composes the pages of one archive: every value into its place on the shared template.

Nothing typed is ever lost on paper: a text wraps, then shrinks to 7 points, then stands whole on a continuation
sheet with a reference in its cell; members and attachments beyond the grid go on there too.
"""

from collections.abc import Iterable

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import FormSchema, Values
from db.domain.option_lists import option_list
from db.printing.continuation import ContinuationSheets, going_on, reference_mark
from db.printing.form_cells import FurtherRow
from db.printing.form_layout import ATTACHMENTS, MEMBERS, form_layout
from db.printing.form_slots import DecisionSlot, FormTemplate, NoteSlot, Slot, TickSlot
from db.printing.form_template import FILLED_BOX, TICK, form_template, rows_that_fit
from db.printing.form_values import ArchivePrint, codes_of, numbered_causes, paper_text, slot_text
from db.printing.pdf_kit import MM, OPTICAL_CENTRE, PAGE_WIDTH, Area, Drawing, page_number
from db.printing.print_faces import BOLD, REGULAR, text_width
from db.printing.text_flow import LEADING, SMALLEST, Fitted, fit, shortened, sizes_from, wrap


class FormComposer:
    """Composes the pages of one archive."""

    def __init__(self, item: ArchivePrint, *, schema: FormSchema = ARCHIVE_FORM) -> None:
        self.item, self.schema = item, schema
        self.layout = form_layout(schema)
        rows = rows_that_fit(self.layout, len(item.content.members), len(item.attachments))
        self.template: FormTemplate = form_template(schema, *rows)
        self.first = Drawing(template=self.template.drawing)
        self.further: list[FurtherRow] = []
        """Rows on continuation sheets."""
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

    # -- the parts of the form -----------------------------------------------------------------------------------

    def _worker_cells(self, values: Values) -> None:
        heads = {"office_name": self.item.office_name, "archive_number": self.item.archive_number}
        for slot in self.template.values:
            if slot.field in heads:
                self.put(self.first, slot, heads[slot.field], "填报单位" if slot.field == "office_name" else "档案编号")
            else:
                self.put(self.first, slot, slot_text(self.schema, slot, values), self.schema.field(slot.field).label)

    def _choices(self, values: Values) -> None:
        main, several, note = self.template.causes
        causes = self.schema.field(main.field), self.schema.field(several.field)
        for slot, spec in zip((main, several), causes, strict=True):
            self.put(self.first, slot, numbered_causes(spec, codes_of(values.get(spec.key))), spec.label)
        spec = self.schema.field(note.field)
        self.put(self.first, note, paper_text(spec, values.get(spec.key)), spec.label)
        for ticks in self.template.ticks:
            keys = (ticks.field,) if ticks.field else (main.field, several.field)
            self._tick(ticks, [code for key in keys for code in codes_of(values.get(key))])
        for place, ticks in zip(self.template.notes, self.template.ticks[1:], strict=True):
            self._note(place, self._unprinted(ticks, values), values)

    def _tick(self, slot: TickSlot, codes: Iterable[str]) -> None:
        for code in codes:
            if code in slot.places:
                self._mark(slot.places[code], slot.size, slot.mark)

    def _mark(self, place: tuple[float, float], size: float, mark: str) -> None:
        x, y = place
        face = BOLD if mark == TICK else REGULAR
        self.first.value(x - text_width(mark, size, face) / 2, y + size * OPTICAL_CENTRE, mark, size, face)

    def _unprinted(self, slot: TickSlot, values: Values) -> list[str]:
        """Chosen answers that this edition does not print (older or newer wordings), in words."""
        options = option_list(self.schema.field(slot.field).options or "")
        return [options.label(code) for code in codes_of(values.get(slot.field)) if code not in slot.places]

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
            y = area.y + (index + 0.5) * slot.step + size * OPTICAL_CENTRE
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
            self.first.value(x, area.y + area.h / 2 + slot.size * OPTICAL_CENTRE, text, slot.size)

    def _members(self) -> None:
        members, rows = self.item.content.members, self.template.members
        for index, slots in enumerate(rows[: len(members)]):
            self._member(self.first, slots, index)
        if len(members) > len(rows):
            going_on(self.first, self.template.labels[MEMBERS])
            self.sheets.add_members(len(rows), len(members) - len(rows), self._member)

    def _member(self, page: Drawing, slots: list[Slot], index: int) -> None:
        self._note_row(page, slots, index)
        member = self.item.content.members[index]
        for slot in slots:
            value = member.get(slot.field)
            if value is not None:
                spec = self.schema.member_field(slot.field)
                self.put(page, slot, paper_text(spec, value), f"家庭成员{index + 1} · {spec.label}")

    def _attachments(self) -> None:
        attachments, rows = self.item.attachments, self.template.attachments
        for index, slots in enumerate(rows[: len(attachments)]):
            self._attachment(self.first, slots, index)
        if len(attachments) > len(rows):
            going_on(self.first, self.template.labels[ATTACHMENTS])
            self.sheets.add_attachments(len(rows), len(attachments) - len(rows), self._attachment)

    def _attachment(self, page: Drawing, slots: list[Slot], index: int) -> None:
        self._note_row(page, slots, index)
        for slot, text in zip(slots, self.item.attachments[index].texts(), strict=True):
            self.put(page, slot, text, f"附件{index + 1}")

    def _note_row(self, page: Drawing, slots: list[Slot], index: int) -> None:
        if page is not self.first:
            self.further.append(FurtherRow(len(self.sheets.pages), index, slots))


def _draw(page: Drawing, area: Area, fitted: Fitted, align: str) -> None:
    step = fitted.size * LEADING
    top = area.y if align == "top" else area.y + (area.h - step * len(fitted.lines)) / 2
    y = top + step / 2 + fitted.size * OPTICAL_CENTRE
    for line, width in fitted.lines:
        page.value(area.x + (area.w - width) / 2 if align == "center" else area.x, y, line, fitted.size)
        y += step
