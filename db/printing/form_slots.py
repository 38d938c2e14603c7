"""Places for values on the empty form, as ``form_template`` draws it and ``form_pdf`` fills it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from db.printing.pdf_kit import Area, Drawing


class Slot(NamedTuple):
    """Where a value goes: the whole *cell* (for marking and clicking) and the *area* its text may fill."""

    field: str
    cell: Area
    area: Area
    size: float
    align: str = "center"
    also: str = ""
    also_words: str = ""


class NoteSlot(NamedTuple):
    """Where the words behind 其他（注明） go: from *x* on in the first line, then down to the foot of *area*."""

    field: str
    x: float
    area: Area
    step: float
    size: float


class TickSlot(NamedTuple):
    """A field whose options are printed: where the tick of each option code stands (centre x, middle y)."""

    field: str
    cell: Area
    places: dict[str, tuple[float, float]]
    size: float
    mark: str


class DecisionSlot(NamedTuple):
    """The sentence 是/否 with its date: ticks, and areas for year, month and day."""

    field: str
    date: str
    cell: Area
    date_cell: Area
    yes: tuple[float, float]
    no: tuple[float, float]
    parts: tuple[Area, Area, Area]
    size: float


@dataclass(eq=False)
class FormTemplate:
    """The drawn empty form and its places for values."""

    drawing: Drawing = field(default_factory=Drawing)
    values: list[Slot] = field(default_factory=list)
    members: list[list[Slot]] = field(default_factory=list)
    attachments: list[list[Slot]] = field(default_factory=list)
    ticks: list[TickSlot] = field(default_factory=list)
    notes: list[NoteSlot] = field(default_factory=list)
    causes: list[Slot] = field(default_factory=list)
    """Main cause, secondary causes, note: written out beside their ticks."""
    decision: list[DecisionSlot] = field(default_factory=list)
    labels: dict[str, Area] = field(default_factory=dict)
    """Caption cells at the left of the member and attachment grids, by kind of row."""
