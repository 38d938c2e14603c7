"""The brain of the means worksheet, without a window: ledgers of rows, what cannot be read, sums, what was asked.

Whatever the clerk types is kept: what can be read becomes a value, what cannot stays as text under its spot. A ledger
that is absent was not asked; an empty one was asked and there is none.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from db.domain import regions
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.derivation import age_on
from db.domain.field_kinds import format_value, parse_value
from db.domain.form_schema import FieldKind, FieldSpec, Section, Value
from db.domain.means_form import MEANS_FORM, WORKER, MeansContent, Row, purpose_of, self_borne
from db.domain.option_lists import option_list
from db.domain.policy.facts import HouseholdFacts, facts_of
from db.errors import sentence

HOUSEHOLD, PEOPLE = "household", "people"
LARGEST_PASTE = 500
_LIST_MARK = "、"
_SEPARATORS = str.maketrans(dict.fromkeys(",，;；|\n", _LIST_MARK))


@dataclass(frozen=True, slots=True)
class Person:
    """One of the household as the worksheet calls them."""

    id: str
    name: str
    about: str = ""
    """What tells people apart: 职工本人, or relation and age."""
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """One answer: a cell of a ledger, or (without *row_id*) a question about the household."""

    section: str
    key: str
    row_id: str = ""

    @property
    def path(self) -> str:
        """Key of the spot in drafts."""
        return f"{self.section}/{self.row_id}/{self.key}"

    @classmethod
    def of(cls, path: str) -> "Spot":
        """Read what :attr:`path` wrote."""
        section, row_id, key = path.split("/", 2)
        return cls(section, key, row_id)


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot stay as it is: where, and the sentence."""

    spot: Spot
    number: int | None
    """Row number as the clerk counts, None for a question about the household."""
    code: str
    context: dict[str, object] = field(default_factory=dict, hash=False)

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""
        return sentence(self.code, self.context)

    @property
    def where(self) -> str:
        """The place in words: section, row and column."""
        section = MEANS_FORM.by_key[self.spot.section]
        row = f"第 {self.number} 行" if self.number else ""
        return f"{section.title}{row}“{MEANS_FORM.spec(self.spot.section, self.spot.key).label}”"


@dataclass(frozen=True, slots=True)
class Total:
    """A sum shown below a ledger."""

    label: str
    amount: int
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A ledger at one moment; *rows* None: not asked."""

    rows: list[Row] | None
    raw: dict[str, str]


class SectionState(StrEnum):
    """How far a section has come."""

    UNASKED = "unasked"
    STARTED = "started"
    NONE = "none"
    FILLED = "filled"
    FAULTY = "faulty"


def people_of(archive: ArchiveContent, today: str) -> list[Person]:
    """The household of *archive*: the worker first, then the members in the order of the paper."""
    relation = ARCHIVE_FORM.member_field("relation_to_head")
    found = [Person(WORKER, archive.text("name") or "职工本人", "职工本人")]
    for at, member in enumerate(archive.members, start=1):
        age = age_on(member.get("birth_on"), today)
        parts = [format_value(relation, member.get("relation_to_head")), "" if age is None else f"{age} 岁"]
        name = str(member.get("name") or f"第 {at} 位成员")
        found.append(Person(str(member["id"]), name, " ".join(part for part in parts if part), age))
    return found


class MeansFlow:
    """A worksheet being filled: *content*, and *raw* texts that could not be read."""

    def __init__(
        self,
        content: MeansContent,
        archive: ArchiveContent,
        today: str,
        papers: Mapping[str, str] | None = None,
        raw: Mapping[str, str] | None = None,
    ) -> None:
        self.content = content.copy()
        self.archive = archive
        self.people = people_of(archive, today)
        self.papers = dict(papers or {})
        self.raw = dict(raw or {})
        self.typing = ""
        """Id of the row being typed: what it still lacks is not held against it."""
        self._complete_people()

    def _complete_people(self) -> None:
        """One line each, in the order of the paper; who left the form is no more of the household."""
        known = {str(row.get("person")): row for row in self.content.rows.get(PEOPLE, [])}
        self.content.rows[PEOPLE] = [
            known.get(person.id) or self._new_row(PEOPLE, person=person.id) for person in self.people
        ]

    @staticmethod
    def _new_row(section: str, **values: Value) -> Row:
        defaults = {spec.key: spec.default for spec in MEANS_FORM.by_key[section].fields if spec.default is not None}
        return {"id": new_id(), **defaults, **values}

    # -- looking up

    def rows(self, section: str) -> list[Row]:
        """The rows of a ledger; empty also when it was not asked yet."""
        return self.content.rows.get(section, [])

    def record(self, spot: Spot) -> Mapping[str, Value]:
        """The values that stand together with *spot*."""
        if spot.section == HOUSEHOLD:
            return self.content.values
        return next((row for row in self.rows(spot.section) if row["id"] == spot.row_id), {})

    def value(self, spot: Spot) -> Value:
        """The value at *spot*, None when empty or unreadable."""
        return self.record(spot).get(spot.key)

    def text(self, spot: Spot) -> str:
        """What the cell shows: the text that could not be read, or the value in its tidy writing."""
        raw = self.raw.get(spot.path)
        if raw is not None:
            return raw
        spec, value = MEANS_FORM.spec(spot.section, spot.key), self.value(spot)
        if value is None or not self.is_shown(spot):
            return ""
        if spec.kind is FieldKind.PERSON:
            return self.person_name(value)
        if spec.kind is FieldKind.PAPERS:
            return _LIST_MARK.join(self.papers.get(str(each), "已移除的附件") for each in value) if isinstance(value, list) else ""
        return regions.full_name(str(value)) if spec.kind is FieldKind.REGION else format_value(spec, value)

    def implied(self, spot: Spot) -> str:
        """What an empty cell means by itself, e.g. what an expense counts as by its kind; empty for nothing."""
        if spot.section != "expenses" or spot.key != "purpose" or "kind" not in self.record(spot):
            return ""
        purpose = purpose_of(self.record(spot))
        return format_value(MEANS_FORM.spec("expenses", "purpose"), purpose)

    def first_gap(self, section: str, key: str) -> Spot | None:
        """Where the answer *key* is missing first; the first row where it is nowhere missing."""
        if section == HOUSEHOLD:
            return Spot(section, key)
        spots = [Spot(section, key, str(row["id"])) for row in self.rows(section)]
        open_ones = (spot for spot in spots if self.is_shown(spot) and self.value(spot) is None and not self.implied(spot))
        return next(open_ones, spots[0] if spots else None)

    def person_name(self, person: Value) -> str:
        """How a person is called."""
        return next((each.name for each in self.people if each.id == person), "已不在档案表上")

    def is_shown(self, spot: Spot) -> bool:
        """Whether the question is asked, given the other answers of its row."""
        return MEANS_FORM.spec(spot.section, spot.key).shown.holds(self.record(spot))

    def is_blank(self, section: str, row: Row) -> bool:
        """Whether nothing was answered in a row beside what stands there by itself."""
        given = {key: value for key, value in row.items() if key != "id" and value not in (None, "", [])}
        defaults = {spec.key: spec.default for spec in MEANS_FORM.by_key[section].fields if spec.default is not None}
        typed = any(path.startswith(f"{section}/{row['id']}/") for path in self.raw)
        return not typed and all(defaults.get(key) == value for key, value in given.items())

    # -- entering

    def enter_text(self, spot: Spot, text: str) -> None:
        """Take what was typed or pasted: a readable text becomes the value, any other stays as it is."""
        value, code, _ = self._read(MEANS_FORM.spec(spot.section, spot.key), text)
        self._put(spot, value, text if code and value is None else "")

    def enter_value(self, spot: Spot, value: Value) -> None:
        """Take a chosen value."""
        self._put(spot, value, "")

    def _put(self, spot: Spot, value: Value, unread: str) -> None:
        record = self.record(spot)
        assert isinstance(record, dict)
        if value is None or value == "" or value == []:
            record.pop(spot.key, None)
        else:
            record[spot.key] = value
        if unread:
            self.raw[spot.path] = unread
        else:
            self.raw.pop(spot.path, None)

    def _read(self, spec: FieldSpec, text: str) -> tuple[Value, str | None, dict[str, object]]:
        if not text.strip():
            return None, None, {}
        if spec.kind is FieldKind.PERSON:
            person = self._find_person(text.strip())
            known = _LIST_MARK.join(each.name for each in self.people)
            return person, None if person else "not_in_list", {"text": text.strip(), "known": known}
        if spec.kind is FieldKind.PAPERS:
            return self._find_papers(text)
        parsed = parse_value(spec, text)
        code, context = parsed.code, dict(parsed.context or {})
        if code is None and spec.kind is FieldKind.MONEY and isinstance(parsed.value, int) and parsed.value < 0:
            return None, "negative", {"label": spec.label}
        return parsed.value, code, context

    def _find_person(self, text: str) -> str | None:
        if text in {"本人", "职工本人"}:
            return WORKER
        found = [each.id for each in self.people if text in (each.id, each.name)]
        found = found or [each.id for each in self.people if each.about.split(" ")[0] == text]
        return found[0] if len(found) == 1 else None

    def _find_papers(self, text: str) -> tuple[Value, str | None, dict[str, object]]:
        ids: list[str] = []
        for name in text.translate(_SEPARATORS).split(_LIST_MARK):
            if not name.strip():
                continue
            match = next((each for each, known in self.papers.items() if known == name.strip()), None)
            if match is None:
                return None, "not_in_list", {"text": name.strip(), "known": _LIST_MARK.join(self.papers.values()) or "还没有附件"}
            ids.append(match)
        return ids, None, {}

    # -- rows

    def mark_none(self, section: str) -> None:
        """The clerk asked: there is none."""
        if not self.rows(section):
            self.content.rows[section] = []

    def mark_unasked(self, section: str) -> None:
        """Take the mark back, as long as there are no rows."""
        if section != PEOPLE and not self.rows(section):
            self.content.rows.pop(section, None)

    def add_row(self, section: str, at: int | None = None) -> str:
        """One more row; returns its id."""
        row = self._new_row(section)
        ledger = self.content.rows.setdefault(section, [])
        ledger.insert(len(ledger) if at is None else at, row)
        return str(row["id"])

    def remove_row(self, section: str, row_id: str) -> None:
        """Take a row out; a ledger that is emptied this way is asked anew."""
        prefix = f"{section}/{row_id}/"
        self.raw = {path: text for path, text in self.raw.items() if not path.startswith(prefix)}
        self.content.rows[section] = [row for row in self.rows(section) if row["id"] != row_id]
        if not self.rows(section):
            self.content.rows.pop(section)

    def copy_row(self, section: str, row_id: str) -> str:
        """The same row once more, right below; returns its id."""
        at, row = next((at, row) for at, row in enumerate(self.rows(section)) if row["id"] == row_id)
        copy = {**row, "id": new_id()}
        self.content.rows[section].insert(at + 1, copy)
        return str(copy["id"])

    def snapshot(self, section: str) -> Snapshot:
        """A ledger as it stands, for :meth:`restore`."""
        rows = [dict(row) for row in self.rows(section)] if section in self.content.rows else None
        return Snapshot(rows, {path: text for path, text in self.raw.items() if path.startswith(f"{section}/")})

    def restore(self, section: str, snapshot: Snapshot) -> None:
        """Make a ledger what it was."""
        self.raw = {path: text for path, text in self.raw.items() if not path.startswith(f"{section}/")}
        self.raw.update(snapshot.raw)
        if snapshot.rows is None:
            self.content.rows.pop(section, None)
        else:
            self.content.rows[section] = [dict(row) for row in snapshot.rows]

    def drop_blank(self, section: str, keep: str = "") -> None:
        """Take out rows in which nothing was answered, but not row *keep*."""
        if section == PEOPLE or section not in self.content.rows:
            return
        was = self.content.rows[section]
        left = [row for row in was if row["id"] == keep or not self.is_blank(section, row)]
        self.content.rows[section] = left
        if was and not left:
            self.content.rows.pop(section)

    def paste(self, section: str, at: int, column: str, text: str) -> int:
        """Take lines copied from a spreadsheet, from row *at* and *column* on; returns how many lines.

        A first line of captions is understood, in any order of columns.
        """
        lines = [line for line in csv.reader(io.StringIO(text), delimiter="\t") if any(cell.strip() for cell in line)]
        keys = [spec.key for spec in MEANS_FORM.by_key[section].fields]
        columns: list[str | None] = [*keys[keys.index(column) :]]
        captions = self._captions(section, lines[0]) if lines else None
        if captions:
            columns, lines = captions, lines[1:]
        lines = lines[:LARGEST_PASTE]
        for offset, line in enumerate(lines):
            if at + offset >= len(self.rows(section)):
                if section == PEOPLE:
                    return offset
                self.add_row(section)
            row_id = str(self.rows(section)[at + offset]["id"])
            for key, cell in zip(columns, line, strict=False):
                if key is not None and not (section == PEOPLE and key == "person"):
                    self.enter_text(Spot(section, key, row_id), cell)
        return len(lines)

    @staticmethod
    def _captions(section: str, line: Sequence[str]) -> list[str | None] | None:
        by_label = {spec.label: spec.key for spec in MEANS_FORM.by_key[section].fields}
        found = [by_label.get(cell.strip()) for cell in line]
        named = sum(key is not None for key in found)
        return found if named and named * 2 >= len(found) else None

    # -- what is wrong

    def faults(self, section: str = "") -> list[Fault]:
        """What cannot stay as it is, in the order of the worksheet (or of one section)."""
        sections = [MEANS_FORM.by_key[section]] if section else MEANS_FORM.sections
        return [fault for each in sections for fault in self._faults_of(each)]

    def _faults_of(self, section: Section) -> Iterator[Fault]:
        if not section.repeats:
            for spec in section.fields:
                yield from self._unread(spec, Spot(section.key, spec.key), None)
            return
        for number, row in enumerate(self.rows(section.key), start=1):
            if self.is_blank(section.key, row):
                continue
            for spec in section.fields:
                spot = Spot(section.key, spec.key, str(row["id"]))
                found = list(self._unread(spec, spot, number))
                yield from found
                if not found and spec.starred and row.get(spec.key) is None and row["id"] != self.typing:
                    yield Fault(spot, number, "required", {"label": spec.label})
                if spec.kind is FieldKind.PERSON and row.get(spec.key) not in (None, *(each.id for each in self.people)):
                    known = _LIST_MARK.join(each.name for each in self.people)
                    yield Fault(spot, number, "not_in_list", {"text": self.person_name(row[spec.key]), "known": known})
            if section.key == "expenses" and "total" in row and self_borne(row) < 0:
                spot = Spot(section.key, "reimbursed", str(row["id"]))
                yield Fault(spot, number, "reimbursed_more")

    def _unread(self, spec: FieldSpec, spot: Spot, number: int | None) -> Iterator[Fault]:
        text = self.raw.get(spot.path)
        if text is None or not self.is_shown(spot):
            return
        _, code, context = self._read(spec, text)
        if code:
            yield Fault(spot, number, code, _shortened(spec, context))

    def fault_at(self, spot: Spot) -> Fault | None:
        """What is wrong at *spot*."""
        return next((fault for fault in self.faults(spot.section) if fault.spot == spot), None)

    def state(self, section: str) -> SectionState:
        """How far a section has come."""
        if self.faults(section):
            return SectionState.FAULTY
        if section == HOUSEHOLD:
            starred = [spec.key for spec in MEANS_FORM.by_key[HOUSEHOLD].fields if spec.starred]
            if all(key in self.content.values for key in starred):
                return SectionState.FILLED
            return SectionState.STARTED if self.content.values else SectionState.UNASKED
        if section not in self.content.rows:
            return SectionState.UNASKED
        return SectionState.FILLED if self.rows(section) else SectionState.NONE

    def unasked(self) -> list[Section]:
        """Sections that nobody has asked about yet."""
        return [each for each in MEANS_FORM.sections if self.state(each.key) is SectionState.UNASKED]

    # -- sums

    def counted(self) -> MeansContent:
        """A copy to compute with: without blank rows, rows that lack what they must say, and questions not asked."""
        copy = self.tidy()
        for section in MEANS_FORM.ledgers:
            starred = [spec.key for spec in section.fields if spec.starred]
            if section.key in copy.rows:
                copy.rows[section.key] = [row for row in copy.rows[section.key] if all(key in row for key in starred)]
        return copy

    def tidy(self) -> MeansContent:
        """A copy as it is stored: without blank rows and answers to questions that are not asked."""
        copy = self.content.copy()
        for section in MEANS_FORM.ledgers:
            if section.key not in copy.rows or section.key == PEOPLE:
                continue
            was = copy.rows[section.key]
            left = [_without_hidden(section, row) for row in was if not self.is_blank(section.key, row)]
            copy.rows[section.key] = left
            if was and not left:
                copy.rows.pop(section.key)
        return copy

    def facts(self) -> HouseholdFacts:
        """The household as the rules would see it now."""
        return facts_of(self.archive, self.counted())

    def totals(self, section: str) -> list[Total]:
        """The sums below a ledger."""
        rows = [row for row in self.rows(section) if not self.is_blank(section, row)]
        found = _TOTALS.get(section)
        sums = found(rows) if found and rows else []
        return [*self._line_in_hand(section), *sums] if sums else sums

    def _line_in_hand(self, section: str) -> list[Total]:
        """What the household bore itself of the bill that the cursor is on."""
        rows = self.rows(section) if section == "expenses" else []
        return [Total(f"第 {at} 行自付", self_borne(row)) for at, row in enumerate(rows, 1) if row["id"] == self.typing]


def _without_hidden(section: Section, row: Row) -> Row:
    hidden = {spec.key for spec in section.fields if not spec.shown.holds(row)}
    return {key: value for key, value in row.items() if key not in hidden}


def _shortened(spec: FieldSpec, context: dict[str, object]) -> dict[str, object]:
    if spec.options and "known" in context:
        labels = [option.label for option in option_list(spec.options).current()]
        context["known"] = _LIST_MARK.join(labels[:5]) + (f" 等 {len(labels)} 项" if len(labels) > 5 else "")
    return context


def _sum(rows: Sequence[Row], key: str) -> int:
    return sum(value for row in rows if isinstance(value := row.get(key), int) and not isinstance(value, bool))


def _income_totals(rows: Sequence[Row]) -> list[Total]:
    amount, less = _sum(rows, "amount"), _sum(rows, "tax") + _sum(rows, "social_insurance")
    return [Total("全年合计", amount), Total("所得税、五险一金", less), Total("可支配", amount - less, strong=True)]


_PURPOSES = (("cause", "致困支出"), ("accidental", "意外致困支出"), ("plain", "不计入"), (None, "还没定计入哪项"))


def _expense_totals(rows: Sequence[Row]) -> list[Total]:
    found = [Total("总金额", _sum(rows, "total")), Total("自付合计", sum(map(self_borne, rows)), strong=True)]
    for purpose, label in _PURPOSES:
        own = [self_borne(row) for row in rows if purpose_of(row) == purpose]
        if own:
            found.append(Total(label, sum(own)))
    return found


def _one_total(key: str) -> Callable[[Sequence[Row]], list[Total]]:
    return lambda rows: [Total("合计", _sum(rows, key), strong=True)]


_TOTALS: dict[str, Callable[[Sequence[Row]], list[Total]]] = {
    "incomes": _income_totals,
    "expenses": _expense_totals,
    "assets": _one_total("amount"),
    "earlier_aid": _one_total("amount"),
    "monthly_incomes": _one_total("amount"),
    "homes": _one_total("value"),
    "vehicles": _one_total("value"),
    "businesses": _one_total("value"),
}
