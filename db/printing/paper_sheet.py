"""Loose sheets that go with the work (recovery code, cover of a data bundle): one column, written from the top down."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from db.printing.pdf_kit import FRAME, HAIR, MM, PAGE_HEIGHT, PAGE_WIDTH, Area, Drawing, PdfWriter
from db.printing.print_faces import BOLD, REGULAR, text_width
from db.printing.text_flow import fit, shortened, wrap

_LEFT, _TOP, _BOTTOM = 25.0 * MM, 24.0 * MM, 20.0 * MM
_BODY, _LEADING = 11.0, 1.6


class PaperSheet:
    """A page with a place that moves down as things are written."""

    def __init__(self, title: str, subtitle: str = "") -> None:
        self.drawing = Drawing()
        self.title = title
        self.left, self.width = _LEFT, PAGE_WIDTH - 2 * _LEFT
        self.y = _TOP
        self._band(title, 22.0, 14.0 * MM, BOLD)
        if subtitle:
            self._band(subtitle, 12.0, 8.0 * MM, REGULAR)

    def _band(self, text: str, size: float, height: float, face: str) -> None:
        self.drawing.centred(Area(self.left, self.y, self.width, height), text, size, face)
        self.y += height

    def gap(self, millimetres: float) -> None:
        """Leave room."""
        self.y += millimetres * MM

    def heading(self, text: str) -> None:
        """A small bold heading."""
        self.y += 3 * MM
        self.drawing.text(self.left, self.y + 5 * MM, text, 12.0, BOLD)
        self.y += 8 * MM

    def paragraph(self, text: str, *, hanging: float = 0.0) -> None:
        """Running text; *hanging* points stay free at the left of all lines but the first."""
        step = _BODY * _LEADING
        lines = wrap(text, self.width - hanging, _BODY, first=self.width) or []
        for index, line in enumerate(lines):
            self.drawing.text(self.left + (hanging if index else 0), self.y + step * 0.7, line, _BODY)
            self.y += step

    def numbered(self, paragraphs: Iterable[str]) -> None:
        """Paragraphs 1. 2. 3. with their numbers hanging."""
        for number, text in enumerate(paragraphs, 1):
            mark = f"{number}. "
            self.paragraph(mark + text, hanging=text_width(mark, _BODY))
            self.y += 1.2 * MM

    def table(self, rows: Sequence[tuple[str, str]], caption_width: float = 34.0) -> None:
        """Captions at the left, values at the right, with a frame; long values wrap and make their row higher."""
        start, middle = self.y, self.left + caption_width * MM
        inner = self.width - caption_width * MM - 6 * MM
        for caption, value in rows:
            lines = wrap(value, inner, _BODY) or [""]
            height = max(9.0 * MM, len(lines) * _BODY * 1.35 + 3.5 * MM)
            self.drawing.centred(Area(self.left, self.y, caption_width * MM, height), caption, 10.5)
            self.drawing.stacked(Area(middle + 3 * MM, self.y, inner, height), lines, _BODY, 1.35, "left")
            self.y += height
            self.drawing.line(self.left, self.y, self.left + self.width, self.y, HAIR)
        self.drawing.line(middle, start, middle, self.y, HAIR)
        self.drawing.box(Area(self.left, start, self.width, self.y - start), FRAME)

    def groups(self, groups: Sequence[str], columns: int, size: float, *, numbered: bool = False) -> None:
        """Groups of signs to copy or compare, each in its own box, *columns* to a line."""
        gap, height = 3 * MM, size * 2.1
        width = (self.width - gap * (columns - 1)) / columns
        for index, group in enumerate(groups):
            row, column = divmod(index, columns)
            pitch = height + (6 * MM if numbered else gap)
            area = Area(self.left + column * (width + gap), self.y + row * pitch, width, height)
            fitted = fit(group, width - 2 * MM, height, size) or shortened(group, width, height, "")
            self.drawing.box(area, 0.8)
            self.drawing.centred(area, group, fitted.size, BOLD)
            if numbered:
                self.drawing.centred(Area(area.x, area.y + height, width, 4.5 * MM), f"第 {index + 1} 组", 8.5)
        self.y += -(-len(groups) // columns) * (height + (6 * MM if numbered else gap))

    def signatures(self, captions: Sequence[str]) -> None:
        """Places to sign, two to a line."""
        for start in range(0, len(captions), 2):
            self.y += 13 * MM
            for column, caption in enumerate(captions[start : start + 2]):
                x = self.left + column * (self.width / 2 + 3 * MM)
                self.drawing.text(x, self.y, caption, _BODY)
                end = x + text_width(caption, _BODY) + 1 * MM
                self.drawing.line(end, self.y + 1 * MM, x + self.width / 2 - 3 * MM, self.y + 1 * MM, HAIR)

    def foot(self, text: str) -> None:
        """A small line at the foot of the page."""
        self.drawing.text(self.left, PAGE_HEIGHT - _BOTTOM, text, 9.0)

    def pdf(self) -> bytes:
        """The sheet as a PDF."""
        return sheets_pdf([self])


def sheets_pdf(sheets: Sequence[PaperSheet]) -> bytes:
    """Several sheets as one PDF, a page each."""
    out = BytesIO()
    writer = PdfWriter(out, title=sheets[0].title)
    for sheet in sheets:
        writer.add_page(sheet.drawing)
    writer.close()
    return out.getvalue()
