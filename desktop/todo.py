"""A line of the to-do board, whoever reads it from the services."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

ROWS_PER_KIND = 5
"""How many lines of a kind the board shows before it counts the rest."""


class Urgency(Enum):
    """How a line is coloured."""

    CALM = "calm"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True)
class Todo:
    """One line of the board; *act* opens the thing itself. *day* (ISO) orders it; empty: it has no day."""

    matter: str
    subject: str
    when: str
    step: str
    act: Callable[[], object]
    urgency: Urgency = Urgency.CALM
    day: str = ""
