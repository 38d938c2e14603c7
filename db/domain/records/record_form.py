"""How a record beside the form is declared: its fields, what day it is of, how one line tells it, what must hold.

A record is a small form of its own – a home visit, a pairing, a monitoring sheet, an entry of a register. Dialog, check,
paper, history and bundles read the declaration; what is stored is :class:`RecordContent` as JSON. Records are never
changed: each version is kept, the latest counts, and a removed record is a version that says so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from db.domain.field_kinds import format_value, printable
from db.domain.form_schema import FieldSpec, Section, Value, Values
from db.domain.validation import Problem, Stage, check_record, is_storable, problem, type_fits

CONTINUES = "continues_id"
"""Field that no clerk fills: the record, in an archive that was merged into this one, from which the register goes on."""
MOST_ROWS = 2_000
"""Rows of one repeated section."""


class RecordKind(StrEnum):
    """The kinds of records; stored, never changed."""

    HOME_VISIT = "home_visit"
    PAIRING = "pairing"
    HELP_PLAN = "help_plan"
    MEASURE = "measure"
    MONITORING = "monitoring"
    CADRE = "cadre"
    CAMPAIGN = "campaign"
    ENTERPRISE = "enterprise"
    KEEPER = "keeper"
    DESTRUCTION = "destruction"
    CALENDAR_DAY = "calendar_day"
    AID_APPLICATION = "aid_application"
    AID_ENTRY = "aid_entry"
    AID_SERVICE = "aid_service"
    OFFICE_SERVICE = "office_service"
    FUND = "fund"
    FUND_MOVEMENT = "fund_movement"
    PROGRAMME = "programme"
    CONDOLENCE = "condolence"
    STUDENT = "student"
    GRADUATE = "graduate"
    DAY_CARE = "day_care"
    WORK_STUDY = "work_study"
    DONOR = "donor"
    SPONSORSHIP = "sponsorship"
    WORK_PLACEMENT = "work_placement"
    STUDENT_NOTICE = "student_notice"
    EVALUATION = "evaluation"
    EVALUATION_CHECK = "evaluation_check"
    REPORT_TABLE = "report_table"
    REPORT_COPY = "report_copy"
    REPORT_TEXT = "report_text"


Row = dict[str, Value]


@dataclass(slots=True)
class RecordContent:
    """The answers of one record: *values* by field, *rows* by repeated section."""

    values: Row = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    edition: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain form."""
        return {"values": self.values, "rows": self.rows, "edition": self.edition}

    def text(self, key: str) -> str:
        """The text of a field; empty where there is none."""
        return str(self.values.get(key) or "")


def _no_problems(_content: RecordContent, _today: str) -> Iterable[Problem]:
    return ()


def _as_given(content: RecordContent) -> RecordContent:
    return content


@dataclass(frozen=True, kw_only=True)
class RecordForm:
    """One kind of record. *day*, *ends* and *subject* name the fields that lists look for."""

    kind: RecordKind
    title: str
    edition: str
    sections: tuple[Section, ...]
    day: str
    """Field with the day the record is of; empty where it is of no day (then the day it was made)."""
    ends: str = ""
    """Field with the day on which it ends or falls due."""
    subject: str = ""
    """Field with the id of another record it belongs to: the cadre of a pairing, the campaign of a monitoring sheet."""
    of_archive: bool = True
    """False for the registers of an office."""
    goes_down: bool = False
    """Whether offices below get it with the next answer."""
    line: Callable[[RecordContent], str] = lambda _content: ""
    """The record in one line, for history and timeline."""
    check: Callable[[RecordContent, str], Iterable[Problem]] = _no_problems
    """What must hold across fields; the day is today (ISO)."""
    derive: Callable[[RecordContent], RecordContent] = _as_given
    """Fills what follows from other answers; gets a copy."""

    @cached_property
    def fields(self) -> tuple[FieldSpec, ...]:
        """Every field asked once."""
        return tuple(spec for section in self.sections if not section.repeats for spec in section.fields)

    @cached_property
    def by_key(self) -> dict[str, FieldSpec]:
        """Those fields by key."""
        return {spec.key: spec for spec in self.fields}

    @cached_property
    def repeated(self) -> dict[str, Section]:
        """The repeated sections by key."""
        return {section.key: section for section in self.sections if section.repeats}

    def words(self, content: RecordContent, key: str, *, masked: bool = False) -> str:
        """An answer as people read it."""
        return format_value(self.by_key[key], content.values.get(key), masked=masked)

    def columns(self, content: RecordContent) -> dict[str, str | None]:
        """What lists look for: ``on_day``, ``ends_on``, ``subject_id``."""
        found = {"on_day": self.day, "ends_on": self.ends, "subject_id": self.subject}
        return {column: content.text(key) or None if key else None for column, key in found.items()}


def read_record(data: Any) -> RecordContent:
    """What :meth:`RecordContent.to_json` wrote; ValueError where *data* has another shape."""
    if not isinstance(data, dict) or not is_storable(data.get("edition")):
        raise ValueError("record")
    values, rows = data.get("values"), data.get("rows")
    if not isinstance(values, dict) or not isinstance(rows, dict):
        raise ValueError("record")
    for ledger in rows.values():
        if not isinstance(ledger, list) or len(ledger) > MOST_ROWS or not all(isinstance(row, dict) for row in ledger):
            raise ValueError("rows")
    return RecordContent(dict(values), {key: [dict(row) for row in ledger] for key, ledger in rows.items()}, data["edition"])


def unknown_entry(form: RecordForm, content: RecordContent) -> str:
    """Caption or key of the first entry the form does not know or cannot hold; empty when all are known."""
    records: list[tuple[Mapping[str, FieldSpec], Values]] = [(form.by_key, content.values)]
    for key, ledger in content.rows.items():
        if key not in form.repeated:
            return key[:40]
        specs = {spec.key: spec for spec in form.repeated[key].fields}
        records += [(specs, {name: value for name, value in row.items() if name != "id"}) for row in ledger]
        ids = [row.get("id") for row in ledger]
        if not all(is_storable(row_id) and row_id for row_id in ids) or len(set(ids)) != len(ids):
            return "行号"
    for known, record in records:
        for key, value in record.items():
            spec = known.get(key)
            if spec is None or not type_fits(spec, value):
                return spec.label if spec else str(key)[:40]
    return ""


def prepared_record(form: RecordForm, content: RecordContent) -> RecordContent:
    """A copy ready to store: derived answers filled, unasked ones dropped, invisible characters and empty answers out."""
    copy = RecordContent(dict(content.values), {key: [dict(row) for row in rows] for key, rows in content.rows.items()})
    told = form.derive(copy)
    hidden = {spec.key for spec in form.fields if not spec.shown.holds(told.values)}
    values = {key: value for key, value in _answers(told.values).items() if key not in hidden}
    rows = {key: [_answers(row) for row in ledger] for key, ledger in told.rows.items() if ledger}
    return RecordContent(values, rows, form.edition)


def _answers(record: Row) -> Row:
    cleaned = {key: printable(value).strip() if isinstance(value, str) else value for key, value in record.items()}
    return {key: value for key, value in cleaned.items() if value is not None and value != "" and value != []}


def record_problems(form: RecordForm, content: RecordContent, today: str) -> list[Problem]:
    """Everything wrong with a record that is about to be stored, in the order of the form."""
    unknown = unknown_entry(form, content)
    if unknown:
        return [problem("record_unknown", "", label=unknown)]
    found = list(check_record(form.fields, content.values, Stage.SUBMIT, today, None))
    for key, section in form.repeated.items():
        for index, row in enumerate(content.rows.get(key, [])):
            faults = check_record(section.fields, row, Stage.SUBMIT, today, index)
            found += [replace(fault, context={**fault.context, "section": key}) for fault in faults]
    return found + list(form.check(content, today))
