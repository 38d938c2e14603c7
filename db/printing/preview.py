"""Pages of a PDF as pictures for the screen, in memory only. What the clerk sees is what is printed."""

import threading
from typing import NamedTuple

import pypdfium2

PDFIUM = threading.Lock()
"""Held while PDFium works: it knows no threads."""


class PageImage(NamedTuple):
    """A rendered page: four bytes (blue, green, red, unused) per pixel, *stride* bytes per line."""

    width: int
    height: int
    stride: int
    pixels: bytes


def render_page(pdf: bytes, page: int, scale: float) -> PageImage:
    """Page *page* (from 0) of *pdf* at *scale* pixels per point."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            bitmap = document[page].render(scale=scale, rev_byteorder=False, prefer_bgrx=True)
            return PageImage(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
        finally:
            document.close()


def page_count(pdf: bytes) -> int:
    """How many pages *pdf* has."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def page_size(pdf: bytes, page: int = 0) -> tuple[float, float]:
    """Width and height of page *page* (from 0), in points."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            width, height = document[page].get_size()
            return width, height
        finally:
            document.close()
