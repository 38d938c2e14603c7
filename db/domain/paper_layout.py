"""What an official paper says and how it is divided, told once: drawn as PDF and written as a workbook from the same parts.

Widths are millimetres of a grid 180 wide. Numbers stay numbers and amounts amounts, so that the workbook can be reckoned
with; everything else is text, also what looks like a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 180.0
CAPTION = 26.0
"""Width of a caption at the left unless told."""
SIGNED_ON = "年　　月　　日"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in 分; None leaves the cell empty."""

    fen: int | None


Entry = str | int | Amount | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A captioned cell."""

    caption: str
    value: Entry
    caption_width: float = CAPTION
    value_width: float = 34.0
    align: str = "center"


@dataclass(frozen=True, slots=True)
class Band:
    """Cells side by side; together they are as wide as the grid."""

    cells: tuple[Cell, ...]
    least: float = 8.0


@dataclass(frozen=True, slots=True)
class TextRow:
    """A caption at the left and a text of any length beside it."""

    caption: str
    text: str
    least: float = 8.0
    caption_width: float = CAPTION


@dataclass(frozen=True, slots=True)
class Opinion:
    """Room for what somebody decides: what is known of it, and below where it is signed, sealed and dated."""

    caption: str
    text: str = ""
    signed: str = "负责人签字（盖章）："
    least: float = 27.0
    caption_width: float = CAPTION
    on: str = SIGNED_ON


@dataclass(frozen=True, slots=True)
class Sketch:
    """A caption, what was drawn by hand beside it (a stored picture; none: room for the pen), and words at its right."""

    caption: str
    picture: bytes = b""
    words: str = ""
    least: float = 24.0
    caption_width: float = CAPTION


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """A column of a ledger."""

    head: str
    width: float
    align: str = "center"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table under a heading; *blank* empty rows follow for the pen, *total* closes it; rows *strong* and it stand in bold."""

    title: str
    columns: tuple[LedgerColumn, ...]
    rows: Sequence[Sequence[Entry]] = ()
    blank: int = 0
    total: Sequence[Entry] | None = None
    row_height: float = 7.5
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading across the grid."""

    text: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign with their date."""

    captions: tuple[str, ...]
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Photo:
    """A stored picture and the words below it."""

    data: bytes
    words: str = ""


@dataclass(frozen=True, slots=True)
class Photos:
    """Photos, two to a row."""

    photos: tuple[Photo, ...]
    height: float = 72.0
    """Of a row, with the words."""

    def rows(self) -> list[tuple[Photo, ...]]:
        """The photos of each row."""
        return [self.photos[at : at + 2] for at in range(0, len(self.photos), 2)]


Part = Band | TextRow | Opinion | Sketch | Ledger | Heading | Signatures | Photos


@dataclass(frozen=True, slots=True)
class HeadEntry:
    """One entry of the line above the grid; an empty value leaves a line for the pen."""

    caption: str
    value: str
    width: float


@dataclass(frozen=True, slots=True)
class PaperLayout:
    """One paper: of a household, a meeting, a hand-over."""

    title: str
    heads: tuple[HeadEntry, ...]
    parts: tuple[Part, ...] = field(default=())
    foot: str = ""
    name: str = ""
    """Whom or what it is about, for the tab of the workbook."""


def amount_words(fen: int | None) -> str:
    """An amount in 元 with two digits, thousands parted; empty for none."""
    if fen is None:
        return ""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def entry_words(entry: Entry) -> str:
    """An entry as it is printed."""
    if isinstance(entry, Amount):
        return amount_words(entry.fen)
    return f"{entry:,}" if isinstance(entry, int) else entry or ""


_BOXES_IN_LINE = 41
"""Characters of answers with boxes that stand in one line beside a caption."""


def ticked(options: Sequence[tuple[str, str]], *chosen: object) -> str:
    """The answers with boxes, those *chosen* filled; none is torn between two lines."""
    lines = [""]
    for code, words in options:
        answer = f"{'■' if code in chosen else '□'}{words}"
        if lines[-1] and len(lines[-1]) + len(answer) > _BOXES_IN_LINE:
            lines.append("")
        lines[-1] += f"{'　' if lines[-1] else ''}{answer}"
    return "\n".join(lines)
