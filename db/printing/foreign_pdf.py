"""Pages of PDF files that were handed in, taken over into a document of our own as they are: sharp, and still text.

PDFium reads the file, however odd it is, lays what was written upon a page (stamps, filled fields) into it and hands it
out as a clean small file of known shape: that one is read here and its objects are written anew. Only what the page
draws comes along – no scripts, links or attachments. A page of which that cannot be done becomes a picture.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
from pypdfium2 import raw
from reportlab.pdfbase.pdfdoc import PDFObject, PDFObjectReference

from db.printing.pdf_streams import StreamedDocument
from db.printing.pictures import Picture, read_picture
from db.printing.preview import PDFIUM

PICTURE_SCALE = 150 / 72
"""Pixels per point of a page that becomes a picture."""
_QUALITY = 80
_TOKEN = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>|/[^\s()<>\[\]{}/%]*|(\d+)\s+(\d+)\s+R\b", re.DOTALL)
_LENGTH = re.compile(rb"/Length (\d+)(?=[/>\s])")
_PAGE = re.compile(rb"/Kids\[ ?(\d+) 0 R ?\]")
_FORM = re.compile(rb"/XObject ?<</\w+ (\d+) 0 R")
_XREF = re.compile(rb"startxref\s+(\d+)")


class UnreadablePdfError(ValueError):
    """A file that PDFium cannot open: damaged, or locked with a password."""


@dataclass(frozen=True, slots=True)
class ForeignPage:
    """One page: its size in points as it is looked at, and either the object that draws it or a picture of it."""

    width: float
    height: float
    form: bytes = b""
    """A PDF of one page that draws it; empty where there is only a picture."""
    picture: Picture | None = None


def page_count(pdf: bytes) -> int:
    """How many pages a file has; :class:`UnreadablePdfError` where it cannot be read."""
    with PDFIUM:
        document = _opened(pdf)
        try:
            return len(document)
        finally:
            document.close()


def _opened(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(pdf)
        if not len(document):
            raise UnreadablePdfError("no pages")
    except pypdfium2.PdfiumError as fault:
        raise UnreadablePdfError(str(fault)) from fault
    return document


def foreign_pages(pdf: bytes) -> Iterator[ForeignPage]:
    """The pages of a file, one at a time; :class:`UnreadablePdfError` where it cannot be read."""
    with PDFIUM:
        document = _opened(pdf)
    try:
        for number in range(len(document)):
            with PDFIUM:
                made = _page(document, number)
            yield made
    finally:
        with PDFIUM:
            document.close()


def _page(document: pypdfium2.PdfDocument, number: int) -> ForeignPage:
    page = document[number]
    try:
        raw.FPDFPage_Flatten(page, raw.FLAT_PRINT)
        width, height = page.get_size()
    finally:
        page.close()
    single = pypdfium2.PdfDocument.new()
    try:
        form = document.page_as_xobject(number, single).as_pageobject()
        sheet = single.new_page(width, height)
        sheet.insert_obj(form)
        sheet.gen_content()
        out = io.BytesIO()
        single.save(out)
        return ForeignPage(width, height, out.getvalue())
    except pypdfium2.PdfiumError:
        return ForeignPage(width, height, picture=_picture(document, number))
    finally:
        single.close()


def _picture(document: pypdfium2.PdfDocument, number: int) -> Picture:
    out = io.BytesIO()
    document[number].render(scale=PICTURE_SCALE).to_pil().convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return read_picture(out.getvalue())


def as_picture(form: bytes) -> Picture:
    """A page whose drawing cannot be taken over, as a picture."""
    with PDFIUM:
        document = _opened(form)
        try:
            return _picture(document, 0)
        finally:
            document.close()


class _Raw(PDFObject):  # type: ignore[misc]  # reportlab ships no types
    """An object that is written as it stands."""

    __RefOnly__ = 1

    def __init__(self, data: bytes) -> None:
        self.data = data

    def format(self, _document: Any) -> bytes:
        return self.data


class Importer:
    """Writes the drawing of foreign pages into a document; what several pages share is written once."""

    def __init__(self, document: StreamedDocument) -> None:
        self._document = document
        self._known: dict[bytes, PDFObjectReference] = {}
        """By the fingerprint of what an object says."""

    def take(self, form: bytes) -> PDFObjectReference:
        """The object that draws the page of a :class:`ForeignPage`; ValueError where the file has another shape."""
        return _Copy(form, self).drawing()

    def write(self, data: bytes) -> PDFObjectReference:
        """An object that says *data*: one that is there already, or a new one."""
        mark = hashlib.sha256(data).digest()
        if mark not in self._known:
            self._known[mark] = self._document.emit(_Raw(data))
        return self._known[mark]

    def words(self, reference: PDFObjectReference) -> bytes:
        """A reference as it is written."""
        written: bytes = reference.format(self._document)
        return written


class _Copy:
    """One file's objects on their way into another document, children first."""

    def __init__(self, pdf: bytes, importer: Importer) -> None:
        self._pdf, self._importer = pdf, importer
        self._places = _places(pdf)
        self._done: dict[int, PDFObjectReference] = {}
        self._open: set[int] = set()

    def drawing(self) -> PDFObjectReference:
        """The copy of what the only page of the file draws, and nothing else of it."""
        page = _PAGE.search(self._pdf)
        dictionary, _ = _object_at(self._pdf, self._places[int(page[1])]) if page else (b"", b"")
        found = _FORM.search(dictionary)
        if found is None:
            raise ValueError("no form")
        return self.reference(int(found[1]))

    def reference(self, number: int) -> PDFObjectReference:
        """The reference to the copy of object *number*."""
        if number not in self._done:
            if number in self._open or number not in self._places:
                raise ValueError("objects in a ring, or one that is missing")
            self._open.add(number)
            dictionary, content = _object_at(self._pdf, self._places[number])
            self._done[number] = self._importer.write(_TOKEN.sub(self._one, dictionary) + content)
        return self._done[number]

    def _one(self, found: re.Match[bytes]) -> bytes:
        return self._importer.words(self.reference(int(found[1]))) if found[1] else found[0]


def _places(pdf: bytes) -> dict[int, int]:
    """Where each object begins, from the table at the end."""
    start = _XREF.search(pdf, max(0, len(pdf) - 200))
    lines = pdf[int(start[1]) :].split() if start else []
    if len(lines) < 3 or lines[0] != b"xref" or lines[1] != b"0":
        raise ValueError("no table of objects")
    entries = lines[3 : 3 + 3 * int(lines[2])]
    return {at // 3: int(entries[at]) for at in range(0, len(entries) - 2, 3) if entries[at + 2] == b"n"}


def _object_at(pdf: bytes, place: int) -> tuple[bytes, bytes]:
    """What an object says: its dictionary (or other value), and its stream with the words around it."""
    begin = pdf.index(b"obj", place) + 3
    end = pdf.index(b"endobj", begin)
    mark = pdf.find(b">>stream\r\n", begin, end)
    if mark < 0:
        return pdf[begin:end].strip(), b""
    dictionary, first = pdf[begin : mark + 2], mark + 10
    length = _LENGTH.search(dictionary)
    if length is None or pdf[first + int(length[1]) :][:20].lstrip()[:9] != b"endstream":
        raise ValueError("stream of unknown length")
    return dictionary.strip(), b"stream\r\n" + pdf[first : first + int(length[1])] + b"\r\nendstream"
