"""Look over the content of thousands of archives at once: could it have been typed here, and is any of it wrong.

It comes to the same as :func:`validation.unknown_entries` and the errors of :func:`validation.check_form` for a draft,
but tells only whether there are any: a preview of many bundles asks for every value once, so each is looked at once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from db.domain import id_number, validation
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import FieldKind, FieldSpec, Value, Values
from db.domain.option_lists import option_list
from db.domain.validation import LARGEST_NUMBER, Severity, is_day, is_storable

_FINE, _WRONG, _UNKNOWN = 0, 1, 2
_Look = Callable[[Value, str], int]
"""What there is to say of a value on a day."""


@dataclass(frozen=True, slots=True)
class Findings:
    """*unknown*: a key whose entry the form does not know or cannot hold; None when there is none."""

    unknown: str | None
    has_errors: bool


def look_over(content: ArchiveContent, today: str) -> Findings:
    """What is unknown or wrong in *content* on the day *today*."""
    unknown = None if is_storable(content.edition) else "edition"
    worst, key = _worst_of(content.values, _worker_looks(), today)
    for record in content.members:
        found, member_key = _worst_of(record, _member_looks(), today)
        if "id" not in record:
            found, member_key = _UNKNOWN, "id"
        if found > worst:
            worst, key = found, member_key
    if worst == _UNKNOWN or unknown:
        return Findings(unknown or key, has_errors=False)
    return Findings(None, worst == _WRONG or _differs_across(content))


def _worst_of(record: Values, looks: dict[str, "_Field"], today: str) -> tuple[int, str]:
    """The worst there is to say of a record, and of which key."""
    worst, of = _FINE, ""
    if not looks.keys() >= record.keys():
        return _UNKNOWN, next(key for key in record if key not in looks)
    for key, value in record.items():
        field = looks[key]
        if type(value) is str and (value in field.seen or (len(value) <= field.plain and value.isprintable())):
            continue
        found = field.look(value, today)
        if found > worst:
            worst, of = found, key
        elif found == _FINE and field.keeps and type(value) is str and len(field.seen) < _MOST_SEEN:
            field.seen.add(value)
    return worst, of


def _differs_across(content: ArchiveContent) -> bool:
    return any(item.severity is Severity.ERROR for item in validation.errors_across(content))


class _Field:
    """One field: how to look at a value of it, and texts that are fine on any day – most answers are given often."""

    __slots__ = ("keeps", "look", "plain", "seen")

    def __init__(self, look: _Look, *, keeps: bool = False, plain: int = -1) -> None:
        """*plain*: up to which length any printable text will do; -1 where it will not."""
        self.look, self.keeps, self.plain = look, keeps, plain
        self.seen: set[str] = set()


_OFTEN = frozenset({FieldKind.CHOICE, FieldKind.POSTAL_CODE, FieldKind.REGION})
"""Kinds whose answers are few and say nothing of a person."""
_PLAIN_TEXTS = frozenset({FieldKind.TEXT, FieldKind.NAME, FieldKind.LONG_TEXT, FieldKind.CONTACT})
_MOST_SEEN = 2_000


def _fields_of(specs: Iterable[FieldSpec]) -> dict[str, _Field]:
    return {spec.key: _Field(_look_at(spec), keeps=spec.kind in _OFTEN, plain=_plain_length(spec)) for spec in specs}


def _plain_length(spec: FieldSpec) -> int:
    return spec.limit if spec.kind in _PLAIN_TEXTS else -1


@cache
def _worker_looks() -> dict[str, _Field]:
    return _fields_of(ARCHIVE_FORM.worker_fields)


@cache
def _member_looks() -> dict[str, _Field]:
    looks = _fields_of(ARCHIVE_FORM.member_fields)
    looks["id"] = _Field(lambda value, today: _FINE if value and is_storable(value) else _UNKNOWN)
    return looks


def _look_at(spec: FieldSpec) -> _Look:
    """How to look at a value of *spec*: first whether it can be held, then whether it is wrong."""
    kind = spec.kind
    if kind is FieldKind.CHOICE:
        return _choice_look(frozenset(option_list(str(spec.options)).by_code))
    if kind is FieldKind.MULTI_CHOICE:
        return _choices_look(frozenset(option_list(str(spec.options)).by_code))
    if kind is FieldKind.YES_NO:
        return lambda value, today: _FINE if value is True or value is False or value is None else _UNKNOWN
    if kind is FieldKind.PAPERS:
        return lambda value, today: _FINE if validation.type_fits(spec, value) else _UNKNOWN
    if kind is FieldKind.DATE:
        return _look_at_day
    if kind is FieldKind.COUNT:
        return lambda value, today: _FINE if type(value) is int and value in spec.numbers else _number(value)
    if kind in {FieldKind.MONEY, FieldKind.AREA}:
        return lambda value, today: _FINE if type(value) is int and 0 <= value < LARGEST_NUMBER else _number(value)
    return _text_look(spec)


def _choice_look(codes: frozenset[str]) -> _Look:
    return lambda value, today: _FINE if value is None or (type(value) is str and value in codes) else _UNKNOWN


def _choices_look(codes: frozenset[str]) -> _Look:
    def look(value: Value, today: str) -> int:
        if value is None:
            return _FINE
        # within a bundle a list holds texts only
        return _FINE if type(value) is list and codes.issuperset(value) else _UNKNOWN

    return look


def _number(value: Value) -> int:
    """A number that is not as it should be: out of range, or no number that can be held."""
    if value is None:
        return _FINE
    return _WRONG if type(value) is int and abs(value) < LARGEST_NUMBER else _UNKNOWN


def _look_at_day(value: Value, today: str) -> int:
    if value is None or value == "":
        return _FINE
    if type(value) is not str or not is_day(value):
        return _UNKNOWN
    return _FINE if "1900" <= value <= today else _WRONG


def _text_look(spec: FieldSpec) -> _Look:
    limit, is_sound = spec.limit, _SOUND.get(spec.kind)

    def look(value: Value, today: str) -> int:
        if type(value) is str and len(value) <= limit and value.isprintable():
            return _FINE if is_sound is None or not value or is_sound(value, today) else _WRONG
        if value is None:
            return _FINE
        if not is_storable(value):
            return _UNKNOWN
        text = str(value)
        return _WRONG if len(text) > limit or (is_sound is not None and not is_sound(text, today)) else _FINE

    return look


def _is_id(number: str, today: str) -> bool:
    return not id_number.fault(number) and number[6:14] <= today.replace("-", "")


def _is_card(number: str, today: str) -> bool:
    return number.isascii() and number.isdigit() and 12 <= len(number) <= 19


def _is_phone(number: str, today: str) -> bool:
    return len(number) == 11 and number.isascii() and number.isdigit() and number[0] == "1" and number[1] in "3456789"


def _is_postal_code(code: str, today: str) -> bool:
    return len(code) == 6 and code.isascii() and code.isdigit()


_SOUND: dict[FieldKind, Callable[[str, str], bool]] = {
    FieldKind.ID_NUMBER: _is_id,
    FieldKind.BANK_ACCOUNT: _is_card,
    FieldKind.PHONE: _is_phone,
    FieldKind.POSTAL_CODE: _is_postal_code,
}
"""Texts of which more than the length can be an error; a doubtful check digit of a card or a region only warns."""
