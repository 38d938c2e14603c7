"""Texts that an office hands in beside its tables: summaries, practice, cases, with the figures filled in.

A text is a data file under ``resources/texts`` or of the office itself: sections of paragraphs with placeholders. ``{paid}``
is a figure; ``【…】`` is for people to write. A sentence may stand only *when* a figure is there, or *unless* it is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from db.domain.reports.cross_lists import USUAL, Subject
from db.domain.reports.cross_table import CrossRequest, Filters

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
TO_WRITE = re.compile(r"(【[^】]*】)")
FACTS = frozenset({"office", "period", "today", "until"})
"""Placeholders that are no figures."""
HOUSEHOLD_FACTS = frozenset(
    {"number", "person", "sex", "age", "work", "household", "cause", "class_words", "measures", "visits_words", "aid_words", "now"}
)
"""Placeholders in a text about single households."""


@dataclass(frozen=True, slots=True)
class TextFigure:
    """A figure or, with *rows*, a list like “深度困难 3 户、相对困难 5 户”.

    With *report* and *code* it is that of a statistical table: a text must not say otherwise than the table beside it.
    """

    name: str
    label: str
    subject: Subject = Subject.HOUSEHOLDS
    measure: str = ""
    rows: str = ""
    only: Filters = ()
    in_wan: bool = False
    back: int = 0
    most: int = 0
    report: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that may stand only *when* a figure is there, and *unless* another is."""

    text: str
    when: str = ""
    unless: str = ""


@dataclass(frozen=True, slots=True)
class TextSection:
    """A heading and its paragraphs, each made of sentences."""

    heading: str
    paragraphs: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class TextKind:
    """A text: what it is called, what stands above and below, by when it is due (month and day).

    *cutoff*: month and day up to which the figures of a whole year go, as those of the table beside it.
    """

    id: str
    name: str
    title: str
    hint: str
    begin: str
    sections: tuple[TextSection, ...]
    due: tuple[str, ...] = ()
    cutoff: str = ""
    of_households: bool = False
    figures: Mapping[str, TextFigure] = field(default_factory=dict)
    """What its placeholders may name: the figures that come with the program, and those of its own file."""
    text: str = ""
    """The file itself."""

    @property
    def due_words(self) -> str:
        """By when it is handed in; empty where no day is set."""
        days = "、".join(f"{int(day[:2])} 月 {int(day[3:])} 日" for day in self.due)
        return f"{days}前报送。" if days else ""

    def names(self) -> set[str]:
        """Every figure and fact it names."""
        texts = [self.title, self.begin, *(section.heading for section in self.sections)]
        found: set[str] = set()
        for sentence in self.sentences():
            texts.append(sentence.text)
            found |= {name for name in (sentence.when, sentence.unless) if name}
        return found | {name for text in texts for name in PLACEHOLDER.findall(text)}

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence in its order."""
        for section in self.sections:
            for paragraph in section.paragraphs:
                yield from paragraph


def any_rows(subject: Subject) -> str:
    """A dimension for a table of which only the total is wanted."""
    return USUAL[subject][0]


# -- a text made --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UsedFigure:
    """A figure as it stands in a text: what it is, how it was counted, over what time; the cross-table or table it comes from."""

    name: str
    label: str
    text: str
    meaning: str
    when: str
    request: CrossRequest | None = None
    report_id: str = ""


@dataclass(frozen=True, slots=True)
class DraftSection:
    """A heading and its paragraphs, filled in; the first section of a text has no heading."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftText:
    """A text filled in, with the figures that stand in it in the order in which they come."""

    kind: TextKind
    title: str
    sections: tuple[DraftSection, ...]
    figures: tuple[UsedFigure, ...]
    office_name: str
    made_on: str
    missing: tuple[str, ...] = ()
    """Offices below from which nothing has come in the year: they are not in the figures."""

    @property
    def gaps(self) -> int:
        """How many places are left for people to write."""
        whole = "".join([self.title, *("".join([s.heading, *s.paragraphs]) for s in self.sections)])
        return len(TO_WRITE.findall(whole))


def pieces(text: str) -> list[tuple[str, bool]]:
    """A paragraph in parts, each with whether people have to write it."""
    return [(part, bool(TO_WRITE.fullmatch(part))) for part in TO_WRITE.split(text) if part]
