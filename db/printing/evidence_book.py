"""A file of many papers bound into one PDF: cover, contents with links, page numbers, bookmarks, pictures, foreign pages.

Written piece by piece; a photograph leaves memory once it is on its page. Contents and cover are drawn last, when the
page of everything is known, and stand first all the same. As in a bound file they carry no number of their own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString

from db.printing.foreign_pdf import Importer
from db.printing.pdf_kit import MM, PAGE_HEIGHT, PAGE_WIDTH, Area, Drawing, PdfWriter, Placed
from db.printing.pictures import Picture
from db.printing.print_faces import text_width
from db.printing.text_flow import wrap

LEFT, RIGHT = 17.0 * MM, 13.0 * MM
WIDTH = PAGE_WIDTH - LEFT - RIGHT
_STRIP_BASELINE, _STRIP = 8.2 * MM, 8.0
_TOP, _BOTTOM = 15.0 * MM, 285.0 * MM
_CAPTION, _CAPTION_STEP = 8.5, 4.2 * MM
_GAP = 6.0 * MM
_COARSEST = 72 / 80
"""Points per pixel: 80 pixels to the inch."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An entry of the contents: its page, and under which other entry it stands (*level* 0 is a part)."""

    title: str
    level: int
    page: int
    note: str
    reference: PDFObjectReference


@dataclass(frozen=True, slots=True)
class Contents:
    """A page of the contents and where each of its entries stands on it."""

    drawing: Drawing
    entries: Sequence[tuple[Area, Mark]]


class EvidenceBook(PdfWriter):
    """The file under construction."""

    def __init__(self, out: BinaryIO, *, title: str, strip: str) -> None:
        super().__init__(out, title=title)
        self.marks: list[Mark] = []
        self._strip = strip
        self._body: list[PDFObjectReference] = []
        self._pending: list[tuple[str, int, str]] = []
        self._importer = Importer(self._document)

    # -- the body ------------------------------------------------------------------------------------------------

    @property
    def next_page(self) -> int:
        """The number of the page that comes next."""
        return len(self._body) + 1

    def mark(self, title: str, level: int = 0, note: str = "") -> None:
        """What comes on the next page stands in the contents under *title*."""
        self._pending.append((title, level, note))

    def drop_marks(self) -> None:
        """Nothing came of what was marked last."""
        self._pending.clear()

    def add_page(self, drawing: Drawing) -> None:
        """Number a page and write it."""
        number = f"第 {self.next_page} 页"
        right = _width(drawing) - RIGHT
        drawing.text(LEFT, _STRIP_BASELINE, self._strip, _STRIP)
        drawing.text(right - text_width(number, _STRIP), _STRIP_BASELINE, number, _STRIP)
        drawing.line(LEFT, _STRIP_BASELINE + 1.4 * MM, right, _STRIP_BASELINE + 1.4 * MM, 0.3)
        reference = self._emit_page(drawing)
        self._body.append(reference)
        for title, level, note in self._pending:
            self.marks.append(Mark(title, level, len(self._body), note, reference))
        self._pending.clear()
        self.page_count += 1

    def add_pages(self, drawings: Iterable[Drawing]) -> None:
        """Number several pages and write them."""
        for drawing in drawings:
            self.add_page(drawing)

    def keep_picture(self, picture: Picture) -> PDFObjectReference:
        """Write a picture; a page that shows it comes later."""
        return self._document.emit(picture.stream())

    def keep_form(self, form: bytes) -> PDFObjectReference:
        """Write the drawing of a foreign page; ValueError where it cannot be taken over."""
        return self._importer.take(form)

    # -- the end -------------------------------------------------------------------------------------------------

    def finish(self, cover: Drawing, contents: Callable[[Sequence[Mark]], Sequence[Contents]]) -> int:
        """Put cover and contents before the body and close the file; how many pages it has."""
        front = [self._emit_page(cover)]
        for page in contents(self.marks):
            links = PDFArray([_link(area, mark.reference) for area, mark in page.entries])
            front.append(self._emit_page(page.drawing, Annots=links))
        for reference in [*front, *self._body]:
            self._document.Pages.addPage(reference)
        self.page_count = len(front) + len(self._body)
        catalog = self._document.Catalog
        catalog.PageLabels = _page_labels(len(front))
        if self.marks:
            catalog.Outlines = self._outlines()
            catalog.PageMode = PDFName("UseOutlines")
        self.close()
        return self.page_count

    def _outlines(self) -> PDFDictionary:
        root = PDFDictionary({"Type": PDFName("Outlines")})
        nodes = [_Node(PDFDictionary({"Title": PDFString(mark.title), "Dest": _place(mark.reference)})) for mark in self.marks]
        top: list[_Node] = []
        for node, mark in zip(nodes, self.marks, strict=True):
            if mark.level == 0 or not top:
                top.append(node)
            else:
                top[-1].children.append(node)
        self._chain(root, top, is_open=True)
        for node in top:
            self._chain(node.entry, node.children, is_open=False)
        return root

    def _chain(self, parent: PDFDictionary, nodes: "Sequence[_Node]", *, is_open: bool) -> None:
        if not nodes:
            return
        references = [self._document.Reference(node.entry) for node in nodes]
        parent["First"], parent["Last"] = references[0], references[-1]
        parent["Count"] = len(nodes) if is_open else -len(nodes)
        for at, node in enumerate(nodes):
            node.entry["Parent"] = self._document.Reference(parent)
            if at:
                node.entry["Prev"] = references[at - 1]
            if at + 1 < len(nodes):
                node.entry["Next"] = references[at + 1]


class _Node:
    def __init__(self, entry: PDFDictionary) -> None:
        self.entry = entry
        self.children: list[_Node] = []


def _place(page: PDFObjectReference) -> PDFArray:
    return PDFArray([page, PDFName("Fit")])


def _link(area: Area, page: PDFObjectReference) -> PDFDictionary:
    corners = (area.x, PAGE_HEIGHT - area.y - area.h, area.x + area.w, PAGE_HEIGHT - area.y)
    return PDFDictionary(
        {
            "Type": PDFName("Annot"),
            "Subtype": PDFName("Link"),
            "Rect": PDFArray([round(corner, 2) for corner in corners]),
            "Border": PDFArray([0, 0, 0]),
            "Dest": _place(page),
        }
    )


def _page_labels(front: int) -> PDFDictionary:
    """Readers show 封面, 目录-1 … and then the numbers that stand on the pages."""
    labels: list[object] = [0, PDFDictionary({"P": PDFString("封面")})]
    if front > 1:
        labels += [1, PDFDictionary({"S": PDFName("D"), "P": PDFString("目录-")})]
    labels += [front, PDFDictionary({"S": PDFName("D")})]
    return PDFDictionary({"Nums": PDFArray(labels)})


# -- pages of papers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture or foreign page that is in the file: what to write above it, its size, and what draws it.

    *unit*: a picture fills a box of 1 by 1, a foreign page one of its own size.
    """

    caption: str
    width: float
    height: float
    thing: PDFObjectReference
    unit: bool
    is_first: bool = True
    """Whether the paper it is of begins with it."""


def paper_page(sheets: Sequence[Sheet]) -> Drawing:
    """A page with one sheet on it, or two below each other; a foreign page that lies on its long side turns it."""
    drawing = Drawing(is_landscape=len(sheets) == 1 and not sheets[0].unit and sheets[0].width > sheets[0].height)
    width, bottom = _width(drawing) - LEFT - RIGHT, drawing.height - (PAGE_HEIGHT - _BOTTOM)
    share = (bottom - _TOP - _GAP * (len(sheets) - 1)) / len(sheets)
    for at, sheet in enumerate(sheets):
        _lay(drawing, sheet, Area(LEFT, _TOP + at * (share + _GAP), width, share))
    return drawing


def _width(drawing: Drawing) -> float:
    return PAGE_HEIGHT if drawing.is_landscape else PAGE_WIDTH


def _lay(drawing: Drawing, sheet: Sheet, area: Area) -> None:
    lines = wrap(sheet.caption, area.w, _CAPTION) or []
    for index, line in enumerate(lines):
        drawing.text(area.x, area.y + (index + 0.75) * _CAPTION_STEP, line, _CAPTION)
    used = len(lines) * _CAPTION_STEP + 1.5 * MM
    room = Area(area.x, area.y + used, area.w, area.h - used)
    # a foreign page is never blown up, a picture not beyond what its pixels give
    scale = min(room.w / sheet.width, room.h / sheet.height, _COARSEST if sheet.unit else 1.0)
    width, height = sheet.width * scale, sheet.height * scale
    x, y = room.x + (room.w - width) / 2, drawing.height - room.y - height
    across, up = (width, height) if sheet.unit else (scale, scale)
    drawing.placed.append(Placed(sheet.thing, (across, 0.0, 0.0, up, x, y)))
    drawing.box(Area(x, room.y, width, height), 0.3)
