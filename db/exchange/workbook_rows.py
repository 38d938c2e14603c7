"""Rows of a planned sheet → households as read: values, what was wrong with which cell, nothing stored yet.

Cells of one field are read through one cache (lists of unions repeat the same words thousands of times); the rules
are those of the form: ``parse_value`` reads, ``check_value`` checks, and every finding keeps its row and column.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from db.domain import id_number
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import EMPTY, Cell, fold, format_value, parse_legacy, parse_value
from db.domain.form_schema import FieldSpec, LegacyCaption, Value
from db.domain.validation import Severity, check_value, severity_of
from db.errors import sentence
from db.exchange.workbook_map import ColumnPlan

NORMALISED = "normalised"
_MIGRANT_WORDS = frozenset({"农民工", "困难农民工", "进城务工"})
_NOBODY = frozenset({"无", "没有", "/", "-", "—", "\\"})
_CACHE_LIMIT = 50_000
WARNINGS = frozenset(
    {
        "member_heads_row",
        "member_in_row",
        "worker_number_twice",
        "worker_number_taken",
        "id_differs_from_archive",
        "name_differs_from_archive",
        "insurance_differs",
        "relation_missing",
        "cell_is_error",
    }
)
"""Findings that only an import makes and that do not stop a row."""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One finding. *row* counts from 1 (0: the whole sheet); *column* is the caption as the clerk wrote it."""

    sheet: str
    row: int
    column: str
    column_letter: str
    code: str
    severity: str
    """``error`` (row not stored), ``warning``, ``normalised`` (stored in the right form) or ``note``."""
    message: str
    old: str = ""
    new: str = ""

    def to_json(self) -> dict[str, object]:
        """Plain JSON object."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "column_letter": self.column_letter,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "old": self.old,
            "new": self.new,
        }


class Reading(NamedTuple):
    """A cell as read. *plain*: a sound value with nothing to say about it."""

    plain: bool
    value: Value
    code: str | None = None
    context: dict[str, object] | None = None
    normalised: bool = False


class CellReader:
    """Reads the cells of one field, once per distinct text."""

    def __init__(self, spec: FieldSpec, legacy: LegacyCaption | None, today: str) -> None:
        self.spec = spec
        self.legacy = legacy
        self.today = today
        self.cache: dict[str, Reading] = {}
        self._numbers: dict[float, Reading] = {}

    def read(self, cell: Cell) -> Reading:
        """Read *cell*. Texts and decimals have a cache each: 1, 1.0 and True would be one key."""
        if type(cell) is float:
            reading = self._numbers.get(cell)
            if reading is None:
                reading = self._numbers[cell] = self._read(cell)
            return reading
        reading = self._read(cell)
        if type(cell) is str and len(self.cache) < _CACHE_LIMIT:
            self.cache[cell] = reading
        return reading

    def _read(self, cell: Cell) -> Reading:
        parsed = parse_legacy(self.legacy, cell) if self.legacy else parse_value(self.spec, cell)
        if parsed.code:
            return Reading(False, parsed.value, parsed.code, parsed.context or {})
        if parsed is EMPTY or parsed.value is None:
            return Reading(False, None)
        found = check_value(self.spec, parsed.value, self.today)
        if found:
            return Reading(False, parsed.value, found.code, found.context, parsed.normalised)
        plain = not parsed.normalised and self.legacy is None and not isinstance(parsed.value, list)
        return Reading(plain, parsed.value, normalised=parsed.normalised)


class Slot(NamedTuple):
    """A column ready to be read: where, by which reader, into which key."""

    at: int
    key: str
    cache: dict[str, Reading]
    reader: CellReader
    column: ColumnPlan


@dataclass(slots=True)
class RecordDraft:
    """One person as read: the worker (*number* 0) or the member *number*, from sheet row *row*."""

    row: int
    number: int
    values: dict[str, Value] = field(default_factory=dict)
    soft: dict[str, tuple[Value, ColumnPlan]] = field(default_factory=dict)
    """Answers in older or looser words, with their column: taken only where nothing better is known."""
    claims: dict[str, tuple[Slot, Cell, Reading]] = field(default_factory=dict)
    """Answers that follow from the ID number and could not be read."""
    faulty: set[str] = field(default_factory=set)
    """Keys whose cell was refused."""
    slots: dict[str, ColumnPlan] = field(default_factory=dict)
    """Column of every key this record could be filled from (shared by all records of a group)."""

    @property
    def number_text(self) -> str | None:
        """The ID number when it is sound."""
        value = self.values.get("id_number")
        return value if isinstance(value, str) else None


@dataclass(slots=True)
class HouseholdDraft:
    """One household as read."""

    row: int
    worker: RecordDraft
    members: list[RecordDraft] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether an error keeps the household from being stored."""
        return any(problem.severity == "error" for problem in self.problems)


class Findings:
    """Makes problems of one sheet."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet

    def make(
        self,
        code: str,
        row: int,
        column: ColumnPlan | None = None,
        context: Mapping[str, object] | None = None,
        *,
        severity: str | None = None,
        old: str = "",
        new: str = "",
    ) -> ImportProblem:
        """A problem with the sentence and the severity its code has; *context* fills the sentence."""
        letter = column.letter if column else ""
        words = {"row": row, "letter": letter, "old": old, "new": new, **(context or {})}
        severity = severity or ("warning" if code in WARNINGS else severity_of(code).value)
        caption = column.caption if column else ""
        return ImportProblem(self.sheet, row, caption, letter, code, severity, sentence(code, words), old, new)

    def about(
        self, record: RecordDraft, key: str, code: str, context: Mapping[str, object], severity: str | None = None
    ) -> ImportProblem:
        """A problem of a record's field, at its column if the sheet has one."""
        return self.make(code, record.row, record.slots.get(key), context, severity=severity)


def cell_text(cell: Cell) -> str:
    """What the clerk sees in the cell, with its format where that is the point."""
    if isinstance(cell, date):
        return f"{cell.isoformat()[:10]}（日期格式）"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        text = str(int(cell)) if isinstance(cell, int) or (cell.is_integer() and abs(cell) < 1e15) else str(cell)
        return f"{text}（数字格式）" if len(text) > 4 else text
    return str(cell)


def shown(spec: FieldSpec, value: Value) -> str:
    """A value for a message."""
    return format_value(spec, value)


class RecordReader:
    """Fills records from the cells of a row and judges them."""

    def __init__(self, findings: Findings, *, needs_number: bool = True) -> None:
        self.findings = findings
        self._needed = ("name", "id_number") if needs_number else ("name",)

    def fill(self, record: RecordDraft, row: list[Cell], slots: list[Slot], problems: list[ImportProblem]) -> None:
        """Read every cell of *slots* into *record*; the common case, a sound plain cell, stays in this loop."""
        values = record.values
        for slot in slots:
            cell = row[slot.at]
            if cell == "":
                continue
            reading = slot.cache.get(cell) if cell.__class__ is str else None
            if reading is None:
                reading = slot.reader.read(cell)
            if reading.plain:
                values[slot.key] = reading.value
            else:
                self._take_odd(record, slot, cell, reading, problems)

    def _take_odd(
        self, record: RecordDraft, slot: Slot, cell: Cell, reading: Reading, problems: list[ImportProblem]
    ) -> None:
        spec, value = slot.reader.spec, reading.value
        if reading.code is None and value is None:
            return
        if spec.derived_by:
            self._take_claim(record, slot, cell, reading)
        elif reading.code and severity_of(reading.code) is Severity.ERROR:
            self._refuse(record, slot, cell, reading, problems)
        else:
            if slot.reader.legacy:
                record.soft[slot.key] = (value, slot.column)
            else:
                record.values[slot.key] = list(value) if isinstance(value, list) else value
            problems.extend(self._remarks(record, slot, cell, reading))

    @staticmethod
    def _take_claim(record: RecordDraft, slot: Slot, cell: Cell, reading: Reading) -> None:
        if reading.code is None:
            record.values[slot.key] = reading.value
        record.claims[slot.key] = (slot, cell, reading)

    def _remarks(self, record: RecordDraft, slot: Slot, cell: Cell, reading: Reading) -> list[ImportProblem]:
        spec, found = slot.reader.spec, []
        if reading.code:
            found.append(self.findings.make(reading.code, record.row, slot.column, reading.context, old=cell_text(cell)))
        if reading.normalised:
            old, new = cell_text(cell), shown(spec, reading.value)
            found.append(
                self.findings.make("cell_normalised", record.row, slot.column, severity=NORMALISED, old=old, new=new)
            )
        return found

    def _refuse(
        self, record: RecordDraft, slot: Slot, cell: Cell, reading: Reading, problems: list[ImportProblem]
    ) -> None:
        if slot.key == "work_status" and record.number == 0 and fold(str(cell)) in _MIGRANT_WORDS:
            record.values["is_migrant_worker"] = True
            record.soft["work_status"] = ("on_post", slot.column)
            old, code = cell_text(cell), "migrant_worker_word"
            problems.append(
                self.findings.make(code, record.row, slot.column, severity=NORMALISED, old=old, new="在岗，困难农民工")
            )
            return
        record.faulty.add(slot.key)
        code = str(reading.code)
        problems.append(self.findings.make(code, record.row, slot.column, reading.context, old=cell_text(cell)))

    # -- judging a record --------------------------------------------------------------------------------------

    def judge_worker(self, record: RecordDraft, problems: list[ImportProblem]) -> None:
        """What a worker must have: a name and, but for a lead, a sound ID number; birth date and sex agree with it."""
        for key in self._needed:
            if record.values.get(key) is None and key not in record.faulty:
                problems.append(self.findings.about(record, key, "required", {"label": ARCHIVE_FORM.field(key).label}))
        self._judge_claims(record, problems)

    def judge_member(self, record: RecordDraft, problems: list[ImportProblem]) -> bool:
        """The same for a member; False when the group only says that there is nobody."""
        values = record.values
        if not values and not record.faulty and not record.soft:
            return False
        if len(values) == 1 and not record.faulty and values.get("name") in _NOBODY:
            return False
        if values.get("name") is None and "name" not in record.faulty:
            context = {"label": ARCHIVE_FORM.member_field("name").label}
            problems.append(self.findings.about(record, "name", "required", context))
        self._judge_claims(record, problems)
        return True

    def _judge_claims(self, record: RecordDraft, problems: list[ImportProblem]) -> None:
        number, values = record.number_text, record.values
        if number is None:
            for slot, cell, reading in record.claims.values():
                if reading.code:
                    self._refuse(record, slot, cell, reading, problems)
            return
        for key, reader in (("birth_on", id_number.birth_on), ("sex", id_number.sex)):
            claimed, known = values.get(key), reader(number)
            unread = record.claims.get(key)
            if claimed == known or (claimed is None and unread is None):
                continue
            if unread and _same_month(unread[1], claimed, known):
                continue
            values[key] = known
            problems.append(self._differs(record, key, claimed, known))

    def _differs(self, record: RecordDraft, key: str, claimed: Value, known: Value) -> ImportProblem:
        spec = ARCHIVE_FORM.field(key)
        unread = record.claims.get(key)
        text = shown(spec, claimed) if claimed is not None else str(unread[1]).strip() if unread else ""
        code = f"{'birth' if key == 'birth_on' else key}_differs_from_id"
        new = shown(spec, known)
        context = {"text": text, "known": new}
        return self.findings.make(code, record.row, record.slots.get(key), context, old=text, new=new)


def _same_month(cell: Cell, claimed: Value, known: Value) -> bool:
    """Whether a birth date written without a day (1970.1) agrees with the known one as far as it goes."""
    digits = sum(char.isdigit() for char in fold(str(cell)))
    return digits <= 6 and isinstance(claimed, str) and str(known)[:7] == claimed[:7]
