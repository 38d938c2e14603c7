"""附页: further members, further attachments and texts too long for their cell, so that nothing is ever cut."""

from collections.abc import Callable, Sequence

from db.domain.form_schema import FormSchema
from db.printing import form_layout as kinds
from db.printing.form_grids import draw_attachment_grid, draw_caption, draw_member_grid
from db.printing.form_layout import FormLayout
from db.printing.form_slots import Slot
from db.printing.pdf_kit import FRAME, MM, PAGE_WIDTH, Area, Drawing
from db.printing.print_faces import BOLD, text_width
from db.printing.text_flow import LEADING, fit, shortened, wrap

MEMBER_ROW, ATTACHMENT_ROW = 9.0 * MM, 7.0 * MM
_GAP, _HEADING = 5.0 * MM, 7.0 * MM
_LINE = 1.35


def reference_mark(number: int) -> str:
    """①, ② … and (21) beyond twenty."""
    return chr(0x2460 + number - 1) if number <= 20 else f"({number})"


class ContinuationSheets:
    """The sheets behind the first page, filled from top to bottom."""

    def __init__(
        self, schema: FormSchema, layout: FormLayout, office_name: str, name: str, archive_number: str
    ) -> None:
        self.schema, self.layout = schema, layout
        self.pages: list[Drawing] = []
        self._heading = (office_name, name, archive_number)
        self.left = layout.page["left"] * MM
        self.width = PAGE_WIDTH - self.left - layout.page["right"] * MM
        self._bottom = layout.page["grid_bottom"] * MM
        self._y = self._bottom

    @property
    def page(self) -> Drawing:
        """The sheet being filled."""
        return self.pages[-1]

    def _room(self) -> float:
        return self._bottom - self._y if self.pages else 0.0

    def _new_page(self) -> None:
        drawing = Drawing()
        self.pages.append(drawing)
        page = self.layout.page
        title = Area(self.left, (page["title_baseline"] - 8) * MM, self.width, 10 * MM)
        drawing.centred(title, f"{self.schema.title}（附页）", self.layout.size["title"], BOLD)
        office_name, name, archive_number = self._heading
        header = self.layout.header
        columns = (
            (0.0, header["office"], office_name, 86.0),
            (90.0, "职工姓名：", name, 38.0),
            (130.0, header["number"], archive_number, 50.0),
        )
        band = Area(self.left, (page["header_baseline"] - 3.6) * MM, self.width, 5.0 * MM)
        for start, words, value, width in columns:
            end = drawing.beside(self.left + start * MM, band, words, self.layout.size["written"])
            area = Area(end, band.y, self.left + (start + width) * MM - end, band.h)
            if value:
                fitted = fit(value, area.w, area.h, 9.0) or shortened(value, area.w, area.h, "")
                drawing.stacked(area, [line for line, _ in fitted.lines], fitted.size, LEADING, "left")
        self._y = page["grid_top"] * MM

    def _start(self, heading: str, least: float) -> None:
        """Begin a block that wants at least *least* points under its heading, on a new sheet if need be."""
        if self._room() < _HEADING + least:
            self._new_page()
        band = Area(self.left, self._y, self.width, _HEADING)
        self.page.beside(self.left, band, heading, 10.0, BOLD)
        self._y += _HEADING

    def add_members(self, first: int, count: int, put: Callable[[Drawing, list[Slot], int], None]) -> None:
        """Rows of the member grid for members *first* … in as many pieces as sheets need; *put* fills each row."""
        label = "".join(self.layout.row(kinds.MEMBERS).label)
        heads = self.layout.row(kinds.MEMBERS).heads * MM

        def draw(area: Area, rows: int) -> list[list[Slot]]:
            return draw_member_grid(self.page, self.schema, self.layout, area, rows, MEMBER_ROW)

        self._add_grid(label, heads, MEMBER_ROW, (first, count), draw, put)

    def add_attachments(self, first: int, count: int, put: Callable[[Drawing, list[Slot], int], None]) -> None:
        """Rows of the attachment grid for attachments *first* …; *put* fills each row."""
        row = self.layout.row(kinds.ATTACHMENTS)

        def draw(area: Area, rows: int) -> list[list[Slot]]:
            return draw_attachment_grid(self.page, self.layout, area, rows, ATTACHMENT_ROW)

        self._add_grid("".join(row.label), row.heads * MM, ATTACHMENT_ROW, (first, count), draw, put)

    def _add_grid(
        self,
        label: str,
        heads: float,
        step: float,
        span: tuple[int, int],
        draw: Callable[[Area, int], list[list[Slot]]],
        put: Callable[[Drawing, list[Slot], int], None],
    ) -> None:
        index, end = span[0], span[0] + span[1]
        number_width = self.layout.row(kinds.MEMBERS).label_width * MM
        while index < end:
            self._start(f"{label}（续）", heads + step)
            rows = min(end - index, int((self._room() - heads) / step))
            outer = Area(self.left, self._y, self.width, heads + rows * step)
            grid = Area(outer.x + number_width, outer.y, outer.w - number_width, outer.h)
            draw_caption(self.page, Area(outer.x, outer.y, number_width, heads), "序号", 8.0)
            self.page.line(grid.x, grid.y, grid.x, grid.y + grid.h)
            for offset, slots in enumerate(draw(grid, rows)):
                top = slots[0].cell.y
                self.page.line(outer.x, top, grid.x, top)
                self.page.centred(Area(outer.x, top, number_width, step), str(index + offset + 1), 8.0)
                put(self.page, slots, index + offset)
            self.page.box(outer, FRAME)
            self._y += outer.h + _GAP
            index += rows

    def add_text(self, number: int, label: str, text: str) -> None:
        """The whole of a text that its cell could only begin; runs over as many sheets as it needs."""
        size = self.layout.size["value"]
        step = size * _LINE
        padding = 2.5 * MM
        lines: Sequence[str] = wrap(text, self.width - 2 * padding, size) or []
        heading = f"附页{reference_mark(number)}　{label}"
        while lines:
            self._start(heading, 2 * padding + step)
            rows = max(int((self._room() - 2 * padding) / step), 1)
            part, lines = lines[:rows], lines[rows:]
            area = Area(self.left, self._y, self.width, len(part) * step + 2 * padding)
            self.page.stacked(area.inset(padding, padding), part, size, _LINE, "top")
            self.page.box(area, FRAME)
            self._y += area.h + _GAP
            heading = f"附页{reference_mark(number)}　{label}（续）"


def going_on(drawing: Drawing, area: Area) -> None:
    """Write （下接附页） at the foot of a caption cell whose grid goes on."""
    for index, words in enumerate(("下接", "附页")):
        x = area.x + (area.w - text_width(words, 7.0)) / 2
        drawing.text(x, area.y + area.h - (10.5 - 8.0 * index), words, 7.0)
