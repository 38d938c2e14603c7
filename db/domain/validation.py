"""Checks of one archive: per field, across fields, by stage. The same checks guard wizard, import and bundle.

At DRAFT only what is plainly wrong counts; at SUBMIT also what is missing. Nothing here blocks saving a draft.
Whether a person stands in another archive is known to the store only; ``person_problems`` words its findings.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from enum import Enum, StrEnum
from functools import cache, lru_cache

from db.domain import id_number
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.derivation import age_on, income_parts, rounding_slack
from db.domain.field_kinds import format_amount, format_value, out_of_range, printable
from db.domain.form_schema import FieldKind, FieldSpec, Never, Value, Values
from db.domain.option_lists import option_list
from db.errors import sentence


class Severity(StrEnum):
    """ERROR stops the step, WARNING wants a confirmation with a reason, NOTE only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Stage(Enum):
    """How far the archive has come: still being filled, or about to be filed."""

    DRAFT = 1
    SUBMIT = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: stable *code*, where (field key, member index or None for the worker) and its Chinese sentence."""

    code: str
    severity: Severity
    field: str
    member_index: int | None = None
    context: dict[str, object] = dataclass_field(default_factory=dict, hash=False, compare=False)

    @property
    def message(self) -> str:
        """The sentence to show beside the field."""
        return sentence(self.code, self.context)

    @property
    def place(self) -> str:
        """Key of the finding for confirmations: field, member and code."""
        index = "" if self.member_index is None else f"[{self.member_index}]"
        return f"{self.field}{index}:{self.code}"


WARNINGS = frozenset(
    {
        "card_checksum",
        "id_region",
        "birth_differs_from_id",
        "sex_differs_from_id",
        "household_size_differs",
        "income_differs",
        "work_before_16",
        "cause_missing",
        "name_characters",
        "worker_is_member",
        "member_has_archive",
        "member_elsewhere",
        "differs_from_means",
    }
)
"""Codes that only warn; every other code is an error."""

_NON_NEGATIVE = frozenset({FieldKind.MONEY, FieldKind.AREA})


def severity_of(code: str) -> Severity:
    """Severity of a problem code."""
    return Severity.WARNING if code in WARNINGS else Severity.ERROR


def problem(code: str, key: str, member_index: int | None = None, **context: object) -> Problem:
    """A problem with the severity its code has."""
    return Problem(code, severity_of(code), key, member_index, context)


# -- one value ---------------------------------------------------------------------------------------------------


def _check_id(spec: FieldSpec, value: Value, today: str) -> tuple[str, dict[str, object]] | None:
    number = str(value)
    code = id_number.fault(number)
    if code:
        return code, {"length": len(number), "text": number[6:14]}
    if number[6:14] > today.replace("-", ""):
        return "id_date", {"text": number[6:14]}
    return None if id_number.has_known_region(number) else ("id_region", {"text": number[:6]})


def luhn_holds(number: str) -> bool:
    """Whether the last digit of a card number is its Luhn check digit."""
    total = 0
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _check_card(spec: FieldSpec, value: Value, today: str) -> tuple[str, dict[str, object]] | None:
    number = str(value)
    if not (number.isascii() and number.isdigit()):
        return "card_characters", {}
    if not 12 <= len(number) <= 19:
        return "card_length", {"length": len(number)}
    return None if luhn_holds(number) else ("card_checksum", {})


def _check_phone(spec: FieldSpec, value: Value, today: str) -> tuple[str, dict[str, object]] | None:
    number = str(value)
    sound = len(number) == 11 and number.isascii() and number.isdigit() and number[0] == "1" and number[1] in "3456789"
    return None if sound else ("phone_format", {"text": number})


def _check_postal_code(spec: FieldSpec, value: Value, today: str) -> tuple[str, dict[str, object]] | None:
    code = str(value)
    return None if len(code) == 6 and code.isascii() and code.isdigit() else ("postal_code_format", {})


def _check_date(spec: FieldSpec, value: Value, today: str) -> tuple[str, dict[str, object]] | None:
    text = str(value)
    if text > today and not spec.may_lie_ahead:
        return "date_in_future", {"label": spec.label, "text": text}
    return ("date_too_early", {"label": spec.label, "text": text}) if text < "1900" else None


def _check_amount(spec: FieldSpec, value: Value, today: str) -> tuple[str, dict[str, object]] | None:
    wrong = isinstance(value, int) and value < 0 and not spec.may_be_negative
    return ("negative", {"label": spec.label}) if wrong else None


def _check_count(spec: FieldSpec, value: Value, today: str) -> tuple[str, dict[str, object]] | None:
    return None if value in spec.numbers else ("out_of_range", out_of_range(spec, value))


def _check_name(spec: FieldSpec, value: Value, today: str) -> tuple[str, dict[str, object]] | None:
    odd = "".join(char for char in str(value) if char.isdigit() or char in "!@#$%^&*_=+<>?/\\|[]{}\"")
    return ("name_characters", {"text": odd}) if odd else None


_VALUE_CHECKS: dict[FieldKind, Callable[[FieldSpec, Value, str], tuple[str, dict[str, object]] | None]] = {
    FieldKind.ID_NUMBER: _check_id,
    FieldKind.BANK_ACCOUNT: _check_card,
    FieldKind.PHONE: _check_phone,
    FieldKind.POSTAL_CODE: _check_postal_code,
    FieldKind.DATE: _check_date,
    FieldKind.MONEY: _check_amount,
    FieldKind.AREA: _check_amount,
    FieldKind.COUNT: _check_count,
    FieldKind.NAME: _check_name,
}


def check_value(spec: FieldSpec, value: Value, today: str, member_index: int | None = None) -> Problem | None:
    """Check one stored value of *spec* on the day *today* (ISO)."""
    if value is None:
        return None
    if isinstance(value, str) and len(value) > spec.limit:
        return problem("text_too_long", spec.key, member_index, label=spec.label, limit=spec.limit)
    check = _VALUE_CHECKS.get(spec.kind)
    found = check(spec, value, today) if check else None
    return problem(found[0], spec.key, member_index, **found[1]) if found else None


# -- a whole form ------------------------------------------------------------------------------------------------


def is_required(spec: FieldSpec, record: Values) -> bool:
    """Whether *spec* must be answered, given the other answers of the same record."""
    return spec.shown.holds(record) and spec.required.holds(record)


def _is_empty(value: Value) -> bool:
    return value is None or value == "" or value == []


def check_record(
    fields: Iterable[FieldSpec], record: Values, stage: Stage, today: str, index: int | None
) -> Iterable[Problem]:
    """What is wrong with the answers of one record by themselves; at SUBMIT also what is missing."""
    for spec in fields:
        value = record.get(spec.key)
        if not _is_empty(value):
            found = check_value(spec, value, today, index)
            if found:
                yield found
        elif stage is Stage.SUBMIT and is_required(spec, record):
            yield problem("required", spec.key, index, label=spec.label)


def _check_work_start(content: ArchiveContent) -> Iterable[Problem]:
    birth, started = content.values.get("birth_on"), content.values.get("work_started_on")
    if not isinstance(birth, str) or not isinstance(started, str):
        return
    age = age_on(birth, started)
    if started < birth:
        yield problem("work_before_birth", "work_started_on")
    elif age is not None and age < 16:
        yield problem("work_before_16", "work_started_on", known=birth)


def _check_household_size(content: ArchiveContent) -> Iterable[Problem]:
    size, counted = content.values.get("household_size"), 1 + len(content.members)
    if isinstance(size, int) and size != counted:
        yield problem("household_size_differs", "household_size", text=size, known=counted)


def _check_income(content: ArchiveContent) -> Iterable[Problem]:
    total, parts = content.values.get("annual_household_income"), income_parts(content)
    if not isinstance(total, int) or not isinstance(content.values.get("monthly_income"), int):
        return
    if abs(total - parts) > rounding_slack(content):
        yield problem(
            "income_differs",
            "annual_household_income",
            known=format_amount(parts),
            text=format_amount(abs(total - parts)),
        )


def _check_same_person(content: ArchiveContent) -> Iterable[Problem]:
    seen: set[Value] = {content.values.get("id_number")} - {None}
    for index, member in enumerate(content.members):
        number = member.get("id_number")
        if number is not None and number in seen:
            yield problem("same_person_twice", "id_number", index, text=member.get("name") or "成员")
        seen.add(number)


def _check_causes(content: ArchiveContent) -> Iterable[Problem]:
    causes = content.values.get("secondary_hardship_causes")
    if not isinstance(causes, list):
        return
    if len(causes) > 3:
        yield problem("too_many_causes", "secondary_hardship_causes")
    if content.values.get("main_hardship_cause") in causes:
        yield problem("secondary_repeats_main", "secondary_hardship_causes")


def _check_member_names(content: ArchiveContent) -> Iterable[Problem]:
    for index, member in enumerate(content.members):
        for key in ("name", "relation_to_head"):
            if _is_empty(member.get(key)):
                yield problem("required", key, index, label=ARCHIVE_FORM.member_field(key).label)


_CROSS_CHECKS = (_check_work_start, _check_household_size, _check_income, _check_same_person, _check_causes)


def check_across(content: ArchiveContent) -> list[Problem]:
    """The checks that compare several answers; single answers are not looked at again."""
    return [item for check in _CROSS_CHECKS for item in check(content)]


_CAN_BE_ERRORS = (_check_work_start, _check_same_person, _check_causes)


def errors_across(content: ArchiveContent) -> Iterator[Problem]:
    """Those of :func:`check_across` that can be errors, without the sums that only warn."""
    for check in _CAN_BE_ERRORS:
        yield from check(content)


def check_form(content: ArchiveContent, stage: Stage, today: str) -> list[Problem]:
    """All problems of *content* at *stage*, worker first, then members, then across fields."""
    found = list(check_record(ARCHIVE_FORM.worker_fields, content.values, stage, today, None))
    for index, member in enumerate(content.members):
        found.extend(check_record(ARCHIVE_FORM.member_fields, member, stage, today, index))
    found.extend(check_across(content))
    if stage is Stage.SUBMIT:
        found.extend(_check_member_names(content))
        if _is_empty(content.values.get("main_hardship_cause")):
            found.append(problem("cause_missing", "main_hardship_cause"))
    return found


_SOMETIMES_REQUIRED = tuple(spec for spec in ARCHIVE_FORM.worker_fields if not isinstance(spec.required, Never))

_BY_KEY = tuple((spec.key, spec) for spec in _SOMETIMES_REQUIRED)


def missing_count(content: ArchiveContent) -> int:
    """How many required answers are still missing; an archive without any is complete."""
    values, missing = content.values, 0
    for key, spec in _BY_KEY:
        value = values.get(key)
        if (value is None or value == "" or value == []) and is_required(spec, values):
            missing += 1
    return missing


def required_count(content: ArchiveContent) -> int:
    """How many answers are required in all, given the present answers."""
    return sum(1 for spec in _SOMETIMES_REQUIRED if is_required(spec, content.values))


def clear_hidden(content: ArchiveContent) -> ArchiveContent:
    """Drop answers to questions that are not asked any more (not asked = not stored), in place."""
    for spec in ARCHIVE_FORM.worker_fields:
        if not spec.shown.holds(content.values):
            content.values.pop(spec.key, None)
    return content


def unknown_entries(content: ArchiveContent) -> list[str]:
    """Keys whose entry the form does not know or cannot hold: a foreign or damaged record must not be stored."""
    worker, member = _worker_fits(), _member_fits()
    found = [] if is_storable(content.edition) else ["edition"]
    found.extend(key for key, value in content.values.items() if key not in worker or not worker[key](value))
    for record in content.members:
        if not (is_storable(record.get("id")) and record["id"]):
            found.append("id")
        for key, value in record.items():
            if key != "id" and (key not in member or not member[key](value)):
                found.append(key)
    return found


@cache
def _worker_fits() -> dict[str, Callable[[object], bool]]:
    return {spec.key: _fits_of(spec) for spec in ARCHIVE_FORM.worker_fields}


@cache
def _member_fits() -> dict[str, Callable[[object], bool]]:
    return {spec.key: _fits_of(spec) for spec in ARCHIVE_FORM.member_fields}


LARGEST_NUMBER = 10**15
"""Far beyond any income, well within the 64 bits of the office file."""
_LONGEST_ENTRY = 10_000
"""Far beyond the limits of forms, which only warn while they are filled in; a field that holds a file says a larger one."""
_WHOLE_NUMBERS = frozenset({FieldKind.MONEY, FieldKind.AREA, FieldKind.COUNT})


def is_storable(value: object, longest: int = _LONGEST_ENTRY) -> bool:
    """Whether *value* is a text of at most *longest* characters that the office file takes as it stands."""
    return isinstance(value, str) and len(value) <= longest and (value.isprintable() or printable(value) == value)


def type_fits(spec: FieldSpec, value: Value) -> bool:
    """Whether *value* is of the kind that *spec* stores, whatever it says."""
    return _fits_of(spec)(value)


def _fits_of(spec: FieldSpec) -> Callable[[object], bool]:
    return _fits(spec.kind, spec.options, max(spec.limit, _LONGEST_ENTRY))


@cache
def _fits(kind: FieldKind, options: str | None, longest: int) -> Callable[[object], bool]:
    if kind is FieldKind.YES_NO:
        return lambda value: value is None or isinstance(value, bool)
    if kind in _WHOLE_NUMBERS:
        return lambda value: value is None or (type(value) is int and abs(value) < LARGEST_NUMBER)
    if kind is FieldKind.MULTI_CHOICE:
        known = frozenset(option_list(str(options)).by_code)
        return lambda value: value is None or (
            isinstance(value, list) and all(isinstance(code, str) and code in known for code in value)
        )
    if kind is FieldKind.PAPERS:
        return lambda value: value is None or (isinstance(value, list) and all(is_storable(item) for item in value))
    if kind is FieldKind.CHOICE:
        codes = frozenset(option_list(str(options)).by_code)
        return lambda value: value is None or (isinstance(value, str) and value in codes)
    if kind is FieldKind.DATE:
        return lambda value: value is None or (isinstance(value, str) and (value == "" or is_day(value)))
    return lambda value: value is None or is_storable(value, longest)


@lru_cache(maxsize=16384)
def is_day(text: str) -> bool:
    """Whether *text* is a day of the calendar as it is stored, ``2009-07-01``."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def describe_place(item: Problem, content: ArchiveContent) -> str:
    """Where a problem is, in the form's words: ``家庭成员 周婷 · 身份证号``."""
    if item.member_index is None:
        return ARCHIVE_FORM.field(item.field).label
    member = content.members[item.member_index] if item.member_index < len(content.members) else {}
    name = format_value(ARCHIVE_FORM.member_field("name"), member.get("name")) or f"第 {item.member_index + 1} 人"
    return f"家庭成员 {name} · {ARCHIVE_FORM.member_field(item.field).label}"
