"""A print face as PDF objects: one composite font per document, holding only the glyphs that were drawn.

reportlab embeds TrueType fonts in pieces of 256 characters and cannot write the code points above U+FFFF back
(rare characters in names), so text could not be searched or copied. A composite font (Identity-H) has no such
limit, needs no change of font within a line and is quicker to write.
"""

from collections.abc import Iterable
from struct import pack, unpack_from

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFDocument, PDFName, PDFString
from reportlab.pdfbase.ttfonts import TTFontFace, TTFontMaker

from db.printing.pdf_streams import stream
from db.printing.print_faces import PrintFace

_MORE_COMPONENTS, _WORD_ARGUMENTS, _SCALE, _TWO_SCALES, _MATRIX = 0x20, 0x01, 0x08, 0x40, 0x80
_BASIC_FONTS = "BasicFonts"
_WIDTH_OF_HAN = 1000


def _component_places(glyph: bytes) -> list[int]:
    """Where a composite glyph names its component glyphs; empty for a simple glyph."""
    if len(glyph) < 10 or unpack_from(">h", glyph)[0] >= 0:
        return []
    places, position, flags = [], 10, _MORE_COMPONENTS
    while flags & _MORE_COMPONENTS:
        flags = unpack_from(">H", glyph, position)[0]
        places.append(position + 2)
        position += 8 if flags & _WORD_ARGUMENTS else 6
        position += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _MATRIX else 0
    return places


class _Subset:
    """Glyphs of one document in their new order; components follow the glyphs that use them."""

    def __init__(self, font: TTFontFace, glyphs: Iterable[int]) -> None:
        self._font = font
        self._start: int = font.get_table_pos("glyf")[0]
        self.order = [0, *sorted(set(glyphs) - {0})]
        self.place = {glyph: index for index, glyph in enumerate(self.order)}
        self.outlines = [self._outline(glyph) for glyph in self.order]
        self._add_components()

    def _outline(self, glyph: int) -> bytes:
        positions = self._font.glyphPos
        data: bytes = self._font._ttf_data[self._start + positions[glyph] : self._start + positions[glyph + 1]]
        return data

    def _add_components(self) -> None:
        index = 0
        while index < len(self.order):
            places = _component_places(self.outlines[index])
            if places:
                renamed = bytearray(self.outlines[index])
                for place in places:
                    renamed[place : place + 2] = pack(">H", self._place_of(unpack_from(">H", renamed, place)[0]))
                self.outlines[index] = bytes(renamed)
            index += 1

    def _place_of(self, glyph: int) -> int:
        if glyph not in self.place:
            self.place[glyph] = len(self.order)
            self.order.append(glyph)
            self.outlines.append(self._outline(glyph))
        return self.place[glyph]

    def file(self) -> bytes:
        """The TrueType file; of the tables only those that a composite font in a PDF needs."""
        maker = TTFontMaker()
        for tag in ("cvt ", "fpgm", "prep"):
            if tag in self._font.table:
                maker.add(tag, self._font.get_table(tag))
        count = len(self.order)
        metrics = [self._font.hmetrics[glyph] for glyph in self.order]
        maker.add("hmtx", b"".join(pack(">HH", int(width) & 0xFFFF, int(side) & 0xFFFF) for width, side in metrics))
        maker.add("hhea", self._font.get_table("hhea")[:34] + pack(">H", count))
        maxp = self._font.get_table("maxp")
        maker.add("maxp", maxp[:4] + pack(">H", count) + maxp[6:])
        padded = [outline + b"\0" * (-len(outline) % 4) for outline in self.outlines]
        offsets = [0]
        for outline in padded:
            offsets.append(offsets[-1] + len(outline))
        maker.add("glyf", b"".join(padded))
        maker.add("loca", pack(f">{count + 1}L", *offsets))
        head = self._font.get_table("head")
        maker.add("head", head[:50] + pack(">H", 1) + head[52:])
        data: bytes = maker.makeStream()
        return data


def _to_unicode(face: PrintFace, numbers: list[int]) -> str:
    """The table by which a reader turns the numbers on the page back into characters."""
    lines = [f"<{number:04X}> <{face.chars[number].encode('utf-16-be').hex()}>" for number in numbers]
    parts = ["/CIDInit /ProcSet findresource begin 12 dict begin begincmap"]
    parts.append("/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def")
    parts.append("/CMapName /Adobe-Identity-UCS def /CMapType 2 def")
    parts.append("1 begincodespacerange <0000> <FFFF> endcodespacerange")
    for start in range(0, len(lines), 100):
        block = lines[start : start + 100]
        parts.append(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar")
    parts.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(parts)


def _widths(face: PrintFace, numbers: list[int]) -> PDFArray:
    entries: list[object] = []
    for number in numbers:
        width = face.own_advance(face.chars[number])
        if width != _WIDTH_OF_HAN:
            entries += [number, PDFArray([width])]
    return PDFArray(entries)


def _descriptor(document: PDFDocument, face: PrintFace, name: str, file: bytes) -> object:
    font = face.font
    symbolic = font.flags & ~0x20 | 0x04
    return document.Reference(
        PDFDictionary(
            {
                "Type": PDFName("FontDescriptor"),
                "FontName": PDFName(name),
                "Flags": symbolic,
                "FontBBox": PDFArray(font.bbox),
                "ItalicAngle": font.italicAngle,
                "Ascent": font.ascent,
                "Descent": font.descent,
                "CapHeight": font.capHeight,
                "StemV": font.stemV,
                "FontFile2": document.Reference(stream(file, document, Length1=len(file))),
            }
        )
    )


def embed(document: PDFDocument, face: PrintFace, chars: set[str]) -> None:
    """Add *face* with the glyphs of *chars* to *document*, under its resource name."""
    numbers = sorted(face.numbers[char] for char in chars)
    glyph_of = {number: face.glyph(face.chars[number]) for number in numbers}
    subset = _Subset(face.font, glyph_of.values())
    places = bytearray(2 * (numbers[-1] + 1))
    for number, glyph in glyph_of.items():
        places[2 * number : 2 * number + 2] = pack(">H", subset.place[glyph])
    name = "NDPRNT+" + face.font.name.decode("ascii")
    descendant = PDFDictionary(
        {
            "Type": PDFName("Font"),
            "Subtype": PDFName("CIDFontType2"),
            "BaseFont": PDFName(name),
            "CIDSystemInfo": PDFDictionary(
                {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
            ),
            "FontDescriptor": _descriptor(document, face, name, subset.file()),
            "DW": _WIDTH_OF_HAN,
            "W": _widths(face, numbers),
            "CIDToGIDMap": document.Reference(stream(bytes(places), document)),
        }
    )
    composite = PDFDictionary(
        {
            "Type": PDFName("Font"),
            "Subtype": PDFName("Type0"),
            "BaseFont": PDFName(name),
            "Encoding": PDFName("Identity-H"),
            "DescendantFonts": PDFArray([document.Reference(descendant)]),
            "ToUnicode": document.Reference(stream(_to_unicode(face, numbers).encode("ascii"), document)),
        }
    )
    document.idToObject[_BASIC_FONTS].dict[face.resource_name] = document.Reference(composite)
