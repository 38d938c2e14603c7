"""What every printed sheet is made of: measures, strings, lines and boxes on A4 pages.

A page is first a list of drawing operations (plain tuples, in points from the lower left corner) and then PDF
code. Where many pages share a grid with its captions, that part is a template written once per document.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference

from db.printing.font_embedding import embed
from db.printing.pdf_streams import StreamedDocument, stream
from db.printing.pictures import read_picture
from db.printing.print_faces import REGULAR, print_face, runs, text_width

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
BLACK = "#000000"
FRAME, HAIR = 1.0, 0.5
OPTICAL_CENTRE = 0.375
"""How far above the baseline the middle of a Han character stands, as a share of the size."""


class Text(NamedTuple):
    """One string in one face, its left end on the baseline."""

    x: float
    y: float
    size: float
    face: str
    text: str


class Line(NamedTuple):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float


class Fill(NamedTuple):
    """A box without border in a colour ``#RRGGBB``."""

    x: float
    y: float
    width: float
    height: float
    color: str


class Area(NamedTuple):
    """A rectangle in points, measured from the upper left corner of the page."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, dx: float, dy: float = 0.0) -> "Area":
        """The rectangle less *dx* at each side and *dy* above and below."""
        return Area(self.x + dx, self.y + dy, self.w - 2 * dx, self.h - 2 * dy)


class Placed(NamedTuple):
    """A picture, or a page of another document, that is in the file already: what it is and how it is laid down."""

    thing: PDFObjectReference
    matrix: tuple[float, float, float, float, float, float]


@dataclass
class Drawing:
    """Strings, lines and fills of one page, or of a template that pages share."""

    texts: list[Text] = field(default_factory=list)
    values: list[Text] = field(default_factory=list)
    """What was filled in: drawn after the captions, on the screen in a colour of its own."""
    lines: list[Line] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    """Pictures and pages from elsewhere, beneath everything but the fills; not on a template."""
    pictures: list[tuple[Area, bytes]] = field(default_factory=list)
    """Stored pictures that come into the file with the page, each within its box; not on a template."""
    template: "Drawing | None" = None
    is_landscape: bool = False
    """Whether the page lies on its long side; a template lies as its pages do."""

    @property
    def height(self) -> float:
        """Height of the page."""
        return PAGE_WIDTH if self.is_landscape else PAGE_HEIGHT

    def text(self, x: float, y: float, text: str, size: float, face: str = REGULAR) -> None:
        """Write *text* with its left end at *x* and its baseline *y* points below the top of the page."""
        self._write(self.texts, x, self.height - y, text, size, face)

    def value(self, x: float, y: float, text: str, size: float, face: str = REGULAR) -> None:
        """Write *text* as something filled in."""
        self._write(self.values, x, self.height - y, text, size, face)

    def _write(self, texts: list[Text], x: float, y: float, text: str, size: float, face: str) -> None:
        if _one_face(text, face):
            if text:
                texts.append(Text(x, y, size, face, text))
            return
        for part in runs(text, face):
            if part.face:
                texts.append(Text(x, y, size, part.face, part.text))
                x += text_width(part.text, size, part.face)
            else:
                self._code_point(texts, x, y, part.text, size)
                x += size

    def _code_point(self, texts: list[Text], x: float, y: float, char: str, size: float) -> None:
        """A character that no font holds: its code point, boxed, in place of it."""
        code = f"{ord(char):04X}"
        half = (len(code) + 1) // 2
        left, bottom, right, top = x + size * 0.04, y - size * 0.1, x + size * 0.96, y + size * 0.84
        for x1, y1, x2, y2 in (
            (left, bottom, right, bottom),
            (left, top, right, top),
            (left, bottom, left, top),
            (right, bottom, right, top),
        ):
            self.lines.append(Line(x1, y1, x2, y2, 0.4))
        small = min(size * 0.8 / half / 0.62, size * 0.4)
        for row, digits in ((1, code[:half]), (0, code[half:])):
            start = x + (size - text_width(digits, small)) / 2
            texts.append(Text(start, y + size * (row * 0.43), small, REGULAR, digits))

    def centred(self, area: Area, text: str, size: float, face: str = REGULAR) -> None:
        """Write *text* in the middle of *area*."""
        x = area.x + (area.w - text_width(text, size, face)) / 2
        self.text(x, area.y + area.h / 2 + size * OPTICAL_CENTRE, text, size, face)

    def beside(self, x: float, area: Area, text: str, size: float, face: str = REGULAR) -> float:
        """Write *text* from *x*, halfway down *area*; returns where it ends."""
        self.text(x, area.y + area.h / 2 + size * OPTICAL_CENTRE, text, size, face)
        return x + text_width(text, size, face)

    def stacked(
        self, area: Area, lines: Iterable[str], size: float, leading: float, align: str = "center", face: str = REGULAR
    ) -> None:
        """Write *lines* one below the other, the block in the middle of *area*; *align* center, left or top."""
        block = list(lines)
        step = size * leading
        top = area.y if align == "top" else area.y + (area.h - step * len(block)) / 2
        for index, line in enumerate(block):
            x = area.x + (area.w - text_width(line, size, face)) / 2 if align == "center" else area.x
            self.text(x, top + step * (index + 0.5) + size * OPTICAL_CENTRE, line, size, face)

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = HAIR) -> None:
        """Draw a line between two points measured from the top."""
        self.lines.append(Line(x1, self.height - y1, x2, self.height - y2, width))

    def box(self, area: Area, width: float = HAIR) -> None:
        """Draw the border of *area*."""
        x, y, w, h = area
        self.line(x, y, x + w, y, width)
        self.line(x, y + h, x + w, y + h, width)
        self.line(x, y, x, y + h, width)
        self.line(x + w, y, x + w, y + h, width)

    def picture(self, area: Area, content: bytes) -> None:
        """Lay a stored picture into *area*, as large as it fits."""
        self.pictures.append((area, content))

    def fill(self, area: Area, color: str) -> None:
        """Tint *area*."""
        self.fills.append(Fill(area.x, self.height - area.y - area.h, area.w, area.h, color))


def _one_face(text: str, face: str) -> bool:
    codes = print_face(face).codes
    try:
        for char in text:
            codes[char]
    except KeyError:
        return False
    return True


def page_number(drawing: Drawing, right: float, y: float, page: int, count: int) -> None:
    """Write 第 x 页 / 共 y 页 with its right end at *right*."""
    text = f"第 {page} 页 / 共 {count} 页"
    drawing.text(right - text_width(text, 8.5), y, text, 8.5)


def _media(drawing: Drawing) -> PDFArray:
    sides = (PAGE_HEIGHT, PAGE_WIDTH) if drawing.is_landscape else (PAGE_WIDTH, PAGE_HEIGHT)
    return PDFArray([0, 0, *(round(side, 2) for side in sides)])


def _rgb(color: str, operator: str) -> str:
    parts = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    return " ".join(f"{part:.3f}" for part in parts) + f" {operator}"


class PdfWriter:
    """Turns drawings into a PDF on *out*; only the fonts' used characters stay in memory between pages."""

    def __init__(self, out: BinaryIO, *, title: str, compress: bool = True, value_color: str = BLACK) -> None:
        self._document = StreamedDocument(out, title=title, compress=compress)
        self._fonts = self._document.Reference(self._document.idToObject["BasicFonts"])
        self._used: dict[str, set[str]] = {}
        self._templates: dict[int, tuple[Drawing, PDFObjectReference]] = {}
        self._value_color = "" if value_color == BLACK else _rgb(value_color, "rg")
        self.page_count = 0

    def add_page(self, drawing: Drawing) -> None:
        """Draw one page and let go of it."""
        self._document.Pages.addPage(self._emit_page(drawing))
        self.page_count += 1

    def _emit_page(self, drawing: Drawing, **entries: Any) -> PDFObjectReference:
        """Write a page, with further *entries*; where it stands among the pages is the caller's."""
        objects = PDFDictionary({"Font": self._fonts})
        placed = [*drawing.placed, *(self._laid(area, content, drawing.height) for area, content in drawing.pictures)]
        things = {f"P{number}": item.thing for number, item in enumerate(placed)}
        parts = [self._fills(drawing.fills)] if drawing.fills else []
        for name, item in zip(things, placed, strict=True):
            parts.append(f"q {' '.join(f'{value:.4f}' for value in item.matrix)} cm /{name} Do Q")
        if drawing.template is not None:
            things["T"] = self._template(drawing.template)
            parts.append("/T Do")
        if things:
            objects["XObject"] = PDFDictionary(things)
        parts.append(self._code(drawing))
        content = self._document.emit(stream("\n".join(parts).encode("ascii"), self._document))
        page = PDFDictionary(
            {
                "Type": PDFName("Page"),
                "Parent": self._document.Reference(self._document.Pages),
                "MediaBox": _media(drawing),
                "Resources": objects,
                "Contents": content,
                **entries,
            }
        )
        return self._document.emit(page)

    def _laid(self, area: Area, content: bytes, page_height: float) -> Placed:
        picture = read_picture(content)
        scale = min(area.w / picture.width, area.h / picture.height)
        width, height = picture.width * scale, picture.height * scale
        x, y = area.x + (area.w - width) / 2, page_height - area.y - (area.h + height) / 2
        return Placed(self._document.emit(picture.stream()), (width, 0.0, 0.0, height, x, y))

    def close(self) -> None:
        """Embed the fonts and finish the file (the stream itself stays open)."""
        for name, chars in self._used.items():
            embed(self._document, print_face(name), chars)
        self._document.finish()

    def _template(self, drawing: Drawing) -> PDFObjectReference:
        known = self._templates.get(id(drawing))
        if known is None:
            code = self._code(drawing).encode("ascii")
            entries = {
                "Type": PDFName("XObject"),
                "Subtype": PDFName("Form"),
                "BBox": _media(drawing),
                "Resources": PDFDictionary({"Font": self._fonts}),
            }
            # the drawing is kept with its reference: its id must not be given to another one meanwhile
            known = drawing, self._document.emit(stream(code, self._document, **entries))
            self._templates[id(drawing)] = known
        return known[1]

    def _fills(self, fills: list[Fill]) -> str:
        boxes = [
            f"{_rgb(box.color, 'rg')} {box.x:.2f} {box.y:.2f} {box.width:.2f} {box.height:.2f} re f" for box in fills
        ]
        return "q " + "\n".join(boxes) + " Q"

    def _code(self, drawing: Drawing) -> str:
        parts: list[str] = []
        width = 0.0
        for line in drawing.lines:
            if line.width != width:
                width = line.width
                parts.append(f"{width:g} w 2 J")
            parts.append(f"{line.x1:.2f} {line.y1:.2f} m {line.x2:.2f} {line.y2:.2f} l S")
        for texts, color in ((drawing.texts, ""), (drawing.values, self._value_color)):
            if texts:
                parts.append(f"{color}\nBT" if color else "BT")
                self._add_texts(parts, texts)
                parts.append("ET")
        return "\n".join(parts)

    def _add_texts(self, parts: list[str], texts: list[Text]) -> None:
        current: tuple[str, float] | None = None
        for x, y, size, name, text in texts:
            if (name, size) != current:
                current = name, size
                face = print_face(name)
                used = self._used.setdefault(name, set())
                codes = face.codes
                parts.append(f"/{face.resource_name} {size:g} Tf")
            used.update(text)
            parts.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm <{''.join([codes[char] for char in text])}> Tj")
