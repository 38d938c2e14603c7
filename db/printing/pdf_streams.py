"""Writing a PDF piece by piece: each page leaves memory as soon as it is drawn.

reportlab keeps every page until the end; a county that prints two thousand forms would hold them all. Here its
document object writes an object the moment it is complete and keeps only its place in the file.
"""

import zlib
from typing import Any, BinaryIO

from reportlab.pdfbase.pdfdoc import (
    PDFCrossReferenceTable,
    PDFDictionary,
    PDFDocument,
    PDFFile,
    PDFIndirectObject,
    PDFName,
    PDFObjectReference,
    PDFStream,
    PDFTrailer,
)

_FAST = 3  # text of forms shrinks to within a few per cent of the best level at a third of its time


def stream(content: bytes, document: PDFDocument, **entries: object) -> PDFStream:
    """A stream object with *entries* in its dictionary, compressed where the document is."""
    dictionary = PDFDictionary(dict(entries))
    if document.compression:
        content = zlib.compress(content, _FAST)
        dictionary["Filter"] = PDFName("FlateDecode")
    return PDFStream(dictionary, content)


class StreamedDocument(PDFDocument):  # type: ignore[misc]  # reportlab ships no types
    """A reportlab document that writes to *out* as it grows."""

    def __init__(self, out: BinaryIO, *, title: str, compress: bool) -> None:
        super().__init__(dummyoutline=1, compression=int(compress), pdfVersion=(1, 4), lang="zh-CN")
        self._out = out
        self._offset = 0
        self._write(PDFFile(self._pdfVersion).format(self))
        self.Catalog.Outlines = None
        self.info.title = title
        self.info.author = self.info.subject = ""
        self.info.creator = self.info.producer = "暖档"
        for thing in (self.Catalog, self.info, self.Pages):
            self.Reference(thing)

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._offset += len(data)

    def _write_object(self, name: str) -> None:
        data: bytes = PDFIndirectObject(name, self.idToObject[name]).format(self)
        self.idToOffset[name] = self._offset
        self._write(data)
        self.idToObject[name] = None

    def emit(self, thing: Any) -> PDFObjectReference:
        """Write *thing* now; whatever it refers to must be known already or come through its own ``emit``."""
        reference = self.Reference(thing)
        self._write_object(reference.name)
        return reference

    def finish(self) -> None:
        """Write what is left (fonts, page tree, catalogue) and the table of places."""
        number = 1
        while number in self.numberToId:  # formatting an object may bring further ones
            name = self.numberToId[number]
            if name not in self.idToOffset:
                self._write_object(name)
            number += 1
        self.info.digest(self.signature)
        table = PDFCrossReferenceTable()
        table.addsection(0, [self.numberToId[index] for index in range(1, number)])
        start = self._offset
        self._write(table.format(self))
        trailer = PDFTrailer(
            startxref=start,
            Size=number,
            Root=self.Reference(self.Catalog),
            Info=self.Reference(self.info),
            ID=self.ID(),
        )
        self._write(trailer.format(self))
