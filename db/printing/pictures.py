"""Photographs and scans as PDF objects: a JPEG goes in as it is, anything else as plain pixels."""

import io
import zlib
from dataclasses import dataclass

from PIL import Image
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream

_FAST = 3
_COLOURS = {"L": "DeviceGray", "RGB": "DeviceRGB"}
"""Of a CMYK picture nobody can tell which way round its inks are; it is turned into RGB."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it goes into a PDF."""

    width: int
    height: int
    colours: str
    coding: str
    content: bytes

    @property
    def is_wide(self) -> bool:
        """Whether it lies across rather than upright: two of them share a page."""
        return self.width > self.height

    def stream(self) -> PDFStream:
        """The picture as an object of a PDF."""
        return PDFStream(
            PDFDictionary(
                {
                    "Type": PDFName("XObject"),
                    "Subtype": PDFName("Image"),
                    "Width": self.width,
                    "Height": self.height,
                    "ColorSpace": PDFName(self.colours),
                    "BitsPerComponent": 8,
                    "Filter": PDFName(self.coding),
                }
            ),
            self.content,
        )


def read_picture(data: bytes) -> Picture:
    """A stored picture; OSError where it is none, or larger than anything a camera makes."""
    try:
        opened_picture = Image.open(io.BytesIO(data))
    except (Image.DecompressionBombError, ValueError) as fault:
        raise OSError(str(fault)) from fault
    with opened_picture as opened:
        if opened.format == "JPEG" and opened.mode in _COLOURS:
            return Picture(*opened.size, _COLOURS[opened.mode], "DCTDecode", data)
        return _pixels(opened)


def _pixels(opened: Image.Image) -> Picture:
    picture: Image.Image = opened
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    if picture.mode not in _COLOURS:
        picture = picture.convert("RGB")
    return Picture(*picture.size, _COLOURS[picture.mode], "FlateDecode", zlib.compress(picture.tobytes(), _FAST))
