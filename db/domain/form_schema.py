"""How a form is declared: fields, sections, conditions. Meaning only – no widths, widgets, coordinates or SQL.

A field is declared once and read by the wizard, the checks, the paper, the workbooks, the search, the history
and the masking. ``kind`` is the hinge: every reader has one entry per kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property

Value = str | int | bool | list[str] | None
"""What is stored: text, ISO date, 分, hundredths of m², option code(s), yes/no – always JSON as it stands."""

Values = Mapping[str, Value]


class FieldKind(StrEnum):
    """What sort of answer a field takes."""

    TEXT = "text"
    NAME = "name"
    LONG_TEXT = "long_text"
    ID_NUMBER = "id_number"
    DATE = "date"
    MONEY = "money"
    AREA = "area"
    COUNT = "count"
    PHONE = "phone"
    CONTACT = "contact"
    POSTAL_CODE = "postal_code"
    BANK_ACCOUNT = "bank_account"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    YES_NO = "yes_no"
    REGION = "region"
    PERSON = "person"
    """One of the household: ``worker`` or a member's id."""
    PAPERS = "papers"
    """Attachments of the archive, by id."""


class Privacy(StrEnum):
    """How a value may be shown outside the office's own screens."""

    OPEN = "open"
    NAME = "name"
    IDENTIFYING = "identifying"
    SENSITIVE = "sensitive"


class Search(Enum):
    """Whether the person search reads the field, and how."""

    NONE = "none"
    NAME = "name"
    NUMBER = "number"


class Condition:
    """A describable condition on the values of the same record (worker or member)."""

    def holds(self, values: Values) -> bool:
        """Whether the condition is met."""
        raise AssertionError("abstract")

    def text(self) -> str:
        """The condition in words, for notes in templates and manuals; empty when constant."""
        return ""


class Always(Condition):
    """Met always."""

    def holds(self, values: Values) -> bool:
        return True


class Never(Condition):
    """Met never."""

    def holds(self, values: Values) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class WhenOneOf(Condition):
    """Met when field *key* holds (or, for several choices, contains) one of *codes*."""

    key: str
    codes: frozenset[Value]
    words: str

    def holds(self, values: Values) -> bool:
        value = values.get(self.key)
        if isinstance(value, list):
            return any(code in self.codes for code in value)
        return value in self.codes

    def text(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class LegacyCaption:
    """An older column caption whose answers were other words: caption, and its answers with their codes."""

    caption: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field: what it is called, what it takes, when it is asked – see the attributes."""

    key: str
    """English identifier = column name = snapshot key."""
    label: str
    """Caption exactly as printed on the form (without the star)."""
    kind: FieldKind
    required: Condition = field(default_factory=Never)
    shown: Condition = field(default_factory=Always)
    options: str | None = None
    """Name of the option list of a CHOICE or MULTI_CHOICE field."""
    aliases: tuple[str, ...] = ()
    """Other captions met in workbooks."""
    legacy: tuple[LegacyCaption, ...] = ()
    help: str = ""
    """The filling instruction, shown with F1 and as a note in the Excel template."""
    privacy: Privacy = Privacy.OPEN
    search: Search = Search.NONE
    derived_by: str | None = None
    """Rule in ``derivation`` that computes the value; read-only wherever the rule applies."""
    suggested_by: str | None = None
    """Rule in ``derivation`` that proposes a value the clerk may overrule."""
    default: Value = None
    limit: int = 200
    """Longest text accepted, in characters."""
    numbers: range = range(1, 100)
    """Of a COUNT: what it can be. Whoever counts a household counts at least the worker."""
    may_lie_ahead: bool = False
    """Of a DATE: whether a day after today is in order."""
    may_be_negative: bool = False
    """Of an amount: whether less than nothing is in order, as where more is spent than comes in."""
    unit: str = ""
    """Unit shown behind the editor, e.g. 元."""

    @property
    def starred(self) -> bool:
        """Whether the paper prints a star: required in every case."""
        return isinstance(self.required, Always)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One step of the wizard and one block of the paper, in the order of the paper."""

    key: str
    title: str
    hint: str = ""
    fields: tuple[FieldSpec, ...] = ()
    repeats: bool = False
    """Whether the section is the member grid."""
    attachments: bool = False
    """Whether the section is the attachment grid."""


@dataclass(frozen=True, kw_only=True)
class FormSchema:
    """A form edition: its sections, with look-ups by key."""

    name: str
    title: str
    edition: str
    sections: tuple[Section, ...]

    @cached_property
    def worker_fields(self) -> tuple[FieldSpec, ...]:
        """Every field asked once per household, in the order of the paper."""
        return tuple(spec for section in self.sections if not section.repeats for spec in section.fields)

    @cached_property
    def member_fields(self) -> tuple[FieldSpec, ...]:
        """Every field of the member grid, in the order of its columns."""
        return tuple(spec for section in self.sections if section.repeats for spec in section.fields)

    @cached_property
    def _worker_by_key(self) -> dict[str, FieldSpec]:
        return {spec.key: spec for spec in self.worker_fields}

    @cached_property
    def _member_by_key(self) -> dict[str, FieldSpec]:
        return {spec.key: spec for spec in self.member_fields}

    def field(self, key: str) -> FieldSpec:
        """The household field *key*; KeyError when there is none."""
        return self._worker_by_key[key]

    def member_field(self, key: str) -> FieldSpec:
        """The member field *key*; KeyError when there is none."""
        return self._member_by_key[key]

    def has_field(self, key: str) -> bool:
        """Whether *key* is a household field."""
        return key in self._worker_by_key

    def section_of(self, key: str, *, member: bool = False) -> Section:
        """The section that asks field *key*."""
        for section in self.sections:
            if section.repeats == member and any(spec.key == key for spec in section.fields):
                return section
        raise KeyError(key)
