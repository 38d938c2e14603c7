"""Texts that an office hands in beside its tables: summaries, practice, cases, with the figures filled in.

A text is a data file under ``resources/texts``: sections of paragraphs with placeholders. ``{paid}`` is a figure of
``figures.toml``; ``【…】`` is for people to write. A sentence may stand only *when* a figure is there, or *unless* it is.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import resources
from db.domain.reports.cross_lists import DIMENSIONS, MEASURES, USUAL, Subject
from db.domain.reports.cross_table import CrossRequest, Filters
from db.domain.reports.layout_file import packaged_reports

_FIGURES = "texts/figures.toml"
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

    @property
    def due_words(self) -> str:
        """By when it is handed in; empty where no day is set."""
        days = "、".join(f"{int(day[:2])} 月 {int(day[3:])} 日" for day in self.due)
        return f"{days}前报送。" if days else ""

    def names(self) -> set[str]:
        """Every figure and fact it names."""
        texts = [self.title, self.begin, *(section.heading for section in self.sections)]
        found: set[str] = set()
        for sentence in self._sentences():
            texts.append(sentence.text)
            found |= {name for name in (sentence.when, sentence.unless) if name}
        return found | {name for text in texts for name in PLACEHOLDER.findall(text)}

    def _sentences(self) -> Iterator[Sentence]:
        for section in self.sections:
            for paragraph in section.paragraphs:
                yield from paragraph


class TextFileError(ValueError):
    """A text that is declared wrongly; the message says where."""


def read_figures(text: str) -> dict[str, TextFigure]:
    """The figures of a file by name; TextFileError where one cannot be counted."""
    body = tomllib.loads(text)
    return {name: _figure(name, entry) for part in ("figure", "list") for name, entry in body.get(part, {}).items()}


def _figure(name: str, entry: Mapping[str, Any]) -> TextFigure:
    if "report" in entry:
        layout = packaged_reports().get(entry["report"])
        if layout is None or entry["code"] not in layout.figures:
            raise TextFileError(f"{name}: {entry['report']} {entry['code']}")
        return TextFigure(name, str(entry["label"]), report=layout.id, code=str(entry["code"]), back=int(entry.get("back", 0)))
    subject = Subject(entry["subject"])
    only = tuple((str(key), tuple(map(str, codes))) for key, codes in entry.get("only", {}).items())
    rows = str(entry.get("rows", ""))
    known = DIMENSIONS[subject]
    unknown = [key for key in (*(key for key, _ in only), *([rows] if rows else [])) if key not in known]
    unknown += [f"{key}={code}" for key, codes in only if key in known for code in codes if code not in known[key].labels]
    if entry["measure"] not in MEASURES[subject] or unknown:
        raise TextFileError(f"{name}: {unknown or entry['measure']}")
    in_wan = entry.get("unit") == "wan"
    figure = TextFigure(name, str(entry["label"]), subject, str(entry["measure"]), rows, only, in_wan)
    return TextFigure(**{**_fields(figure), "back": int(entry.get("back", 0)), "most": int(entry.get("most", 0))})


def _fields(figure: TextFigure) -> dict[str, Any]:
    return {key: getattr(figure, key) for key in TextFigure.__dataclass_fields__}


def read_text_kind(text: str, figures: Mapping[str, TextFigure]) -> TextKind:
    """A text from its file; TextFileError names a placeholder that nothing fills."""
    body = tomllib.loads(text)
    sections = tuple(
        TextSection(str(entry["heading"]), tuple(_sentences(item) for item in entry["paragraphs"])) for entry in body["section"]
    )
    of_households = bool(body.get("of_households", False))
    kind = TextKind(
        id=body["id"],
        name=body["name"],
        title=body["title"],
        hint=body["hint"],
        begin=body["begin"],
        sections=sections,
        due=tuple(body.get("due", ())),
        cutoff=body.get("cutoff", ""),
        of_households=of_households,
    )
    unknown = kind.names() - set(figures) - FACTS - (HOUSEHOLD_FACTS if of_households else set())
    if unknown:
        raise TextFileError(f"{kind.id}: {sorted(unknown)}")
    return kind


def _sentences(item: Any) -> tuple[Sentence, ...]:
    if isinstance(item, list):
        return tuple(sentence for part in item for sentence in _sentences(part))
    if isinstance(item, str):
        return (Sentence(item),)
    return (Sentence(item["text"], item.get("when", ""), item.get("unless", "")),)


@cache
def text_figures() -> dict[str, TextFigure]:
    """The figures that come with the program."""
    return read_figures(resources.read_text(_FIGURES))


@cache
def text_kinds() -> dict[str, TextKind]:
    """The texts that come with the program, by id, in the order of their files."""
    files = [name for name in resources.names("texts", ".toml") if name != _FIGURES]
    found = [read_text_kind(resources.read_text(name), text_figures()) for name in files]
    return {kind.id: kind for kind in found}


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
