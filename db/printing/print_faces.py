"""The print fonts: which characters they cover, how wide these are, and runs of text split by coverage.

reportlab draws with one font per string and knows no fallback. Here a text becomes runs, each in the first face
that holds its characters; a character that no face holds stays visible as a boxed code point (see ``pdf_kit``).
Every character gets a number of its own (CID) per face for the life of the program. Two characters that share a
glyph (the middle dots U+2022 and U+2027, say) keep different numbers, so that each is read back as it was typed.
"""

import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from reportlab.pdfbase.ttfonts import TTFontFace

import resources

REGULAR = "regular"
BOLD = "bold"
_FILES = {
    REGULAR: "fonts/NotoSerifSC-Regular.ttf",
    BOLD: "fonts/NotoSerifSC-Bold.ttf",
    "rare": "fonts/HanaMinB.ttf",
    "sans": "fonts/NotoSansSC-Regular.ttf",
}
_FALLBACKS = ("rare", "sans")
_RESOURCE_NAMES = {REGULAR: "R", BOLD: "B", "rare": "H", "sans": "S"}
_lock = threading.RLock()


class _CharTable(dict[str, int]):
    """Number (CID) of each character met so far; a face that lacks the character raises KeyError."""

    def __init__(self, face: "PrintFace") -> None:
        super().__init__()
        self._face = face

    def __missing__(self, char: str) -> int:
        return self._face.admit(char)


class _WidthTable(dict[str, int]):
    """Advance of each character in thousandths of the size; characters of other faces are counted there."""

    def __init__(self, face: "PrintFace") -> None:
        super().__init__()
        self._face = face

    def __missing__(self, char: str) -> int:
        width = self[char] = _advance_anywhere(char, self._face)
        return width


class _CodeTable(dict[str, str]):
    """Four hex digits that stand for a character in a page's text; KeyError when the face lacks it."""

    def __init__(self, numbers: _CharTable) -> None:
        super().__init__()
        self._numbers = numbers

    def __missing__(self, char: str) -> str:
        code = self[char] = f"{self._numbers[char]:04X}"
        return code


class PrintFace:
    """One font file with its tables, shared by all documents; safe to use from several threads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.resource_name = _RESOURCE_NAMES[name]
        self.font = TTFontFace(str(resources.path_of(_FILES[name])))
        self._glyph_of: dict[int, int] = self.font.charToGlyph
        self.chars: list[str] = [""]
        self.numbers = _CharTable(self)
        self.widths = _WidthTable(self)
        self.codes = _CodeTable(self.numbers)

    def covers(self, char: str) -> bool:
        """Whether the face has a glyph for *char*."""
        return ord(char) in self._glyph_of

    def glyph(self, char: str) -> int:
        """Glyph index of *char* in the font file; 0 (notdef) for the empty first place."""
        return self._glyph_of[ord(char)] if char else 0

    def admit(self, char: str) -> int:
        """Give *char* its number; KeyError when the face has no glyph for it."""
        if not self.covers(char):
            raise KeyError(char)
        with _lock:
            number = dict.get(self.numbers, char)
            if number is None:
                number = self.numbers[char] = len(self.chars)
                self.chars.append(char)
            return number

    def own_advance(self, char: str) -> int:
        """Advance of *char* in this very face, in thousandths of the size."""
        width: float = self.font.charWidths.get(ord(char), self.font.defaultWidth)
        return round(width)


class Run(NamedTuple):
    """Text in one face; *face* is empty for a single character that no face covers."""

    face: str
    text: str


@cache
def _load(name: str) -> PrintFace:
    return PrintFace(name)


def print_face(name: str) -> PrintFace:
    """The face *name*, loaded on first use."""
    with _lock:
        return _load(name)


def is_invisible(char: str) -> bool:
    """Whether *char* takes no place of its own: variation selectors, joiners, marks of direction, line ends."""
    code = ord(char)
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or unicodedata.category(char) in ("Cf", "Cc")


@cache
def _face_for(char: str, first: str) -> str:
    if print_face(first).covers(char):
        return first
    return next((name for name in _FALLBACKS if print_face(name).covers(char)), "")


def _advance_anywhere(char: str, first: PrintFace) -> int:
    if is_invisible(char):
        return 0
    name = _face_for(char, first.name)
    return print_face(name).own_advance(char) if name else 1000


def runs(text: str, face: str = REGULAR) -> list[Run]:
    """Split *text* into runs by coverage, *face* first; invisible characters are left out."""
    result: list[Run] = []
    for char in text:
        if is_invisible(char):
            continue
        name = _face_for(char, face)
        if result and name and result[-1].face == name:
            result[-1] = Run(name, result[-1].text + char)
        else:
            result.append(Run(name, char))
    return result


def uncovered_characters(texts: Iterable[str]) -> list[str]:
    """Characters in *texts* that no print font covers, each once, to be reported before printing."""
    chars = {char for text in texts for char in text}
    return sorted(char for char in chars if not is_invisible(char) and not _face_for(char, REGULAR))


def text_width(text: str, size: float, face: str = REGULAR) -> float:
    """Width of *text* in points."""
    return sum(map(print_face(face).widths.__getitem__, text)) * size / 1000
