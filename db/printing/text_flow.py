"""Chinese line breaking, and fitting a text into a cell: wrapped, then smaller, then referred to another sheet.

No 。，） at the start of a line, no （《 at its end; Latin words, numbers and dates stay together unless one alone
is wider than the line.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from db.printing.print_faces import REGULAR, text_width

SMALLEST = 7.0
"""Points. What does not fit at this size goes on to the continuation sheet."""
LEADING = 1.16
_STEP = 0.5
_BLANKS_MAY_VANISH = 0.85
"""Blanks at the ends of lines take no place: a text this much too long may still fit, a longer one is not tried."""
_NOT_FIRST = frozenset("，。、；：？！…）】》〉」』”’〕％‰℃～·•‧・)]}")
_NOT_LAST = frozenset("（《〈「『“‘【〔￥([{")
_PIECES = re.compile(r"\n|[ \u3000]+|[!-~]+|.", re.DOTALL)
_WHOLE = re.compile(r"[!-~]{2,}")
_DIGIT, _WIDEST_DIGIT, _LAST_X = re.compile("[0-8]"), "9", 0.15
"""Digits differ in width, and an ID may end in an X that is wider than any: the longest number is not always the widest."""
_LONGEST_WHOLE = 24
"""Characters: an address on the network may be torn, a number of an ID, a card or a day may not."""
_SMALLEST_CAPTION, _CAPTION_GAP = 6.0, 1.0
_SHORT_ENTRY = 4
"""Characters: a name is not parted where there is any other way."""
_KEEPS = 0.6
"""How much of its width a column keeps whatever others want."""


class Fitted(NamedTuple):
    """A text laid out for a cell: (line, width) pairs at one size; *whole* unless a reference stands for the rest."""

    lines: tuple[tuple[str, float], ...]
    size: float
    whole: bool = True


def _pieces(text: str) -> list[str]:
    """*text* cut wherever a line may end."""
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        previous = pieces[-1] if pieces else "\n"
        glued = piece[0] in _NOT_FIRST or previous[-1] in _NOT_LAST
        if glued and previous != "\n" and piece != "\n" and not previous.isspace():
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


class _Lines:
    """Lines under construction; the first may be shorter than the others."""

    def __init__(self, width: float, first: float, size: float) -> None:
        self.done: list[str] = []
        self.current = ""
        self._used = 0.0
        self._width, self._first, self._size = width, first, size

    def room(self) -> float:
        return (self._width if self.done else self._first) - self._used

    def feed(self) -> None:
        self.done.append(self.current.rstrip(" \u3000"))
        self.current, self._used = "", 0.0

    def add(self, piece: str) -> None:
        self.current += piece
        self._used += text_width(piece, self._size)

    def fits(self, piece: str) -> bool:
        return text_width(piece.rstrip(" \u3000"), self._size) <= self.room() + 0.01

    def add_broken(self, piece: str) -> None:
        """A piece wider than any line, character by character."""
        for char in piece:
            if self.current and not self.fits(char):
                self.feed()
            self.add(char)


def wrap(
    text: str, width: float, size: float, *, first: float | None = None, break_words: bool = True
) -> list[str] | None:
    """Lines of *text* within *width* points; None when a word would have to be torn and *break_words* is off."""
    lines = _Lines(width, width if first is None else first, size)
    for piece in _pieces(text):
        if piece == "\n":
            lines.feed()
        elif piece.isspace() and not lines.current and lines.done:
            continue
        elif lines.fits(piece):
            lines.add(piece)
        else:
            if lines.current or not lines.done:
                lines.feed()
            if lines.fits(piece):
                lines.add("" if piece.isspace() else piece)
            elif break_words:
                lines.add_broken(piece)
            else:
                return None
    lines.feed()
    # an empty first line stands only where the room beside a caption was too small
    return lines.done if first is not None or lines.done[0] or len(lines.done) == 1 else lines.done[1:]


def widest_whole(texts: Iterable[str], size: float, face: str = REGULAR) -> float:
    """How wide the longest number or word, or short entry such as a name, is that a column of these texts holds in one piece."""
    longest = short = ""
    for text in texts:
        if len(short) < len(text) <= _SHORT_ENTRY:
            short = text
        if len(text) > len(longest):
            pieces = (piece for piece in _WHOLE.findall(text) if len(longest) < len(piece) <= _LONGEST_WHOLE)
            longest = max(pieces, key=len, default=longest)
    number = text_width(_DIGIT.sub(_WIDEST_DIGIT, longest), size, face) + size * _LAST_X if longest else 0.0
    return max(number, text_width(short, size, face))


def fitted_widths(widths: Sequence[float], needs: Sequence[float], keeps: float = _KEEPS) -> list[float]:
    """Widths with the same sum, shifted from columns with room to those whose longest number would be torn."""
    short = [max(need - width, 0.0) for width, need in zip(widths, needs, strict=True)]
    spare = [max(width - max(need, width * keeps), 0.0) for width, need in zip(widths, needs, strict=True)]
    if not any(short) or not any(spare):
        return list(widths)
    part = min(1.0, sum(spare) / sum(short))
    taken = sum(short) * part / sum(spare)
    return [width + more * part - less * taken for width, more, less in zip(widths, short, spare, strict=True)]


def caption_shares(captions: Sequence[str], room: float, size: float) -> tuple[float, list[float]]:
    """Size and room of each of the captions in one line: equal shares, or what each needs where one is longer."""
    while True:
        needs = [text_width(words, size) + size * _CAPTION_GAP for words in captions]
        shares = fitted_widths([room / len(needs)] * len(needs), needs, keeps=0.0)
        if size <= _SMALLEST_CAPTION or all(need <= share + 0.1 for need, share in zip(needs, shares, strict=True)):
            return size, shares
        size -= 0.5


def sizes_from(size: float) -> list[float]:
    """Sizes to try, from *size* down to the smallest allowed."""
    count = max(int((size - SMALLEST) / _STEP), 0)
    sizes = [size - _STEP * index for index in range(count + 1)]
    return sizes if sizes[-1] == SMALLEST or size < SMALLEST else [*sizes, SMALLEST]


def _measured(lines: list[str], size: float, whole: bool = True) -> Fitted:
    return Fitted(tuple((line, text_width(line, size)) for line in lines), size, whole)


@lru_cache(maxsize=4096)
def fit(text: str, width: float, height: float, size: float) -> Fitted | None:
    """*text* laid out within *width* × *height* points at *size* or smaller; None when it is too long for 7 pt."""
    length = text_width(text, size)
    if length <= width and "\n" not in text:
        return Fitted(((text, length),), size)
    for smaller in sizes_from(size):
        room = int(height / (smaller * LEADING) + 0.01)
        if length * smaller / size * _BLANKS_MAY_VANISH > width * max(room, 1):
            continue  # hopeless without trying; matters for remarks of a thousand characters
        lines = wrap(text, width, smaller, break_words=smaller == SMALLEST)
        if lines is not None and len(lines) <= room:
            return _measured(_without_leftover(text, lines, width, smaller), smaller)
    return None


def _without_leftover(text: str, lines: list[str], width: float, size: float) -> list[str]:
    """The same number of lines, a little narrower, when a single character would be left over in the last one."""
    while len(lines) > 1 and len(lines[-1]) == 1:
        width -= size / 2
        narrower = wrap(text, width, size, break_words=False)
        if narrower is None or len(narrower) != len(lines):
            break
        lines = narrower
    return lines


def shortened(text: str, width: float, height: float, reference: str) -> Fitted:
    """The beginning of *text* at 7 pt, as much as fits before *reference* (which says where the whole stands)."""
    most = max(int(height / (SMALLEST * LEADING)), 1)
    lines = _begun(text, 0, width, reference)
    least, beyond = 0, len(text)
    while least < beyond - 1:
        kept = (least + beyond) // 2
        candidate = _begun(text, kept, width, reference)
        if len(candidate) <= most:
            least, lines = kept, candidate
        else:
            beyond = kept
    return _measured(lines, SMALLEST, whole=False)


def _begun(text: str, kept: int, width: float, reference: str) -> list[str]:
    return wrap(text[:kept] + ("…" if kept else "") + reference, width, SMALLEST) or []
