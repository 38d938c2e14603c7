"""What an assessment returns: plain frozen values that can be stored, shown, printed and compared years later.

Exact numbers are :class:`~fractions.Fraction` and travel as text ``"numerator/denominator"``. Money is 元, a step is
never rounded; rounding happens where a sentence is written.
"""

from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple


class Unit(StrEnum):
    """What a number of a step counts."""

    YUAN_MONTH = "yuan_per_month"
    YUAN_YEAR = "yuan_per_year"
    YUAN = "yuan"
    RATIO = "ratio"
    MONTHS = "months"
    COUNT = "count"
    FLAG = "flag"


class Outcome(StrEnum):
    """How an assessment ends."""

    FITS = "fits"
    NEAR = "near"
    DOES_NOT_FIT = "does_not_fit"
    INCOMPLETE = "incomplete"
    NO_CLASSES = "no_classes"
    """The pack names no classes; it only says what aid a household on file may have."""


OUTCOME_LABELS = {
    Outcome.FITS: "符合",
    Outcome.NEAR: "不符合但接近",
    Outcome.DOES_NOT_FIT: "不符合",
    Outcome.INCOMPLETE: "资料不全，暂不能认定",
    Outcome.NO_CLASSES: "本政策不作认定，只定帮扶",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact or figure that is needed and not known. *place* is ``section`` or ``section.field`` of the worksheet,
    ``policy`` for a figure that the pack leaves open, ``standards`` for a standard that is not recorded,
    ``assessment`` for what cannot be told before the class is."""

    place: str
    question: str


class Input(NamedTuple):
    """A number or word that went into a step."""

    label: str
    value: Fraction | None = None
    unit: Unit = Unit.YUAN_YEAR
    text: str = ""


class Step(NamedTuple):
    """One criterion, applied: what was measured, against what, and whether it holds (None: cannot be told yet)."""

    measure: str
    label: str
    inputs: tuple[Input, ...]
    value: Fraction | None
    unit: Unit
    op: str
    threshold: Fraction | None
    threshold_text: str
    passed: bool | None
    citation: str
    missing: tuple[Missing, ...] = ()
    source: str = ""
    clause: str = ""


class RouteResult(NamedTuple):
    """One way into a class."""

    label: str
    passed: bool | None
    steps: tuple[Step, ...]


class RuledOut(NamedTuple):
    """An exclusion, gate or caution, applied. *applies*: yes, no, or not known."""

    code: str
    label: str
    applies: bool | None
    steps: tuple[Step, ...]
    citation: str
    aid_only: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    """The classes it concerns."""


class ClassResult(NamedTuple):
    """One class of the pack. *fits* already minds gates and exclusions; *routes_passed* does not."""

    code: str
    label: str
    category: str | None
    level: str | None
    level_label: str
    fits: bool | None
    routes_passed: bool | None
    routes: tuple[RouteResult, ...]
    blocked_by: tuple[str, ...]
    """Codes of the exclusions and gates that rule it out."""
    citation: str
    distance: Fraction | None = None
    """How far (元 per person and month) the nearest failing line is away, where that alone is missing."""


class CapResult(NamedTuple):
    """The upper limit of one aid item. *amount* None: no limit in figures, or not known (see *missing*)."""

    item: str
    label: str
    person: str
    """Whom it concerns where it is per student or person, else empty."""
    person_name: str
    allowed: bool | None
    amount: Fraction | None
    already: Fraction
    left: Fraction | None
    steps: tuple[Step, ...]
    reason: str
    """Why not, or which limit counts."""
    approval: str
    citation: str
    missing: tuple[Missing, ...] = ()
    outside_living: bool = False
    for_whom: str = ""
    """Whose households it is for: ``filed``, ``unfiled`` (those that cannot be) or ``any``; empty: kept from before."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Which class and level a household belongs to under one pack on one day, and why."""

    policy_id: str
    policy_title: str
    policy_version: str
    policy_sha256: str
    form_edition: str
    on: str
    year: int
    household_size: int
    outcome: Outcome
    suggested_class: str | None
    suggested_level: str | None
    classes: tuple[ClassResult, ...]
    exclusions: tuple[RuledOut, ...]
    gates: tuple[RuledOut, ...]
    cautions: tuple[RuledOut, ...]
    caps: tuple[CapResult, ...]
    missing: tuple[Missing, ...]
    recheck_on: str | None = None

    def class_result(self, code: str | None) -> ClassResult | None:
        """The result of class *code*."""
        return next((item for item in self.classes if item.code == code), None)

    @property
    def nearest(self) -> ClassResult:
        """The class a near miss came closest to."""
        close = [item for item in self.classes if item.distance is not None and not item.blocked_by]
        return min(close, key=lambda item: item.distance or Fraction(0))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON object; exact numbers as ``"n/d"``."""
        plain: dict[str, Any] = _plain(self)
        return plain

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Assessment":
        """Read what :meth:`to_json` wrote."""
        parts: dict[str, Any] = {
            **data,
            "outcome": Outcome(data["outcome"]),
            "classes": tuple(_class(item) for item in data["classes"]),
            "caps": tuple(_cap(item) for item in data["caps"]),
            "missing": _missing(data["missing"]),
        }
        for key in ("exclusions", "gates", "cautions"):
            parts[key] = tuple(_ruled_out(item) for item in data[key])
        return cls(**parts)


_PLAIN_TYPES = frozenset({str, int, bool, type(None), Unit, Outcome})


def _plain(value: Any) -> Any:
    if type(value) in _PLAIN_TYPES:
        return value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _missing(items: list[dict[str, str]]) -> tuple[Missing, ...]:
    return tuple(Missing(**item) for item in items)


def _input(data: dict[str, Any]) -> Input:
    return Input(data["label"], _exact(data["value"]), Unit(data["unit"]), data["text"])


def _step(data: dict[str, Any]) -> Step:
    return Step(
        **{
            **data,
            "inputs": tuple(_input(item) for item in data["inputs"]),
            "value": _exact(data["value"]),
            "threshold": _exact(data["threshold"]),
            "unit": Unit(data["unit"]),
            "missing": _missing(data["missing"]),
        }
    )


def _steps(items: list[dict[str, Any]]) -> tuple[Step, ...]:
    return tuple(_step(item) for item in items)


def _ruled_out(data: dict[str, Any]) -> RuledOut:
    return RuledOut(
        **{
            **data,
            "steps": _steps(data["steps"]),
            "aid_only": tuple(data["aid_only"]),
            "classes": tuple(data["classes"]),
        }
    )


def _class(data: dict[str, Any]) -> ClassResult:
    routes = tuple(RouteResult(item["label"], item["passed"], _steps(item["steps"])) for item in data["routes"])
    return ClassResult(
        **{
            **data,
            "routes": routes,
            "blocked_by": tuple(data["blocked_by"]),
            "distance": _exact(data["distance"]),
        }
    )


def _cap(data: dict[str, Any]) -> CapResult:
    already = _exact(data["already"])
    assert already is not None
    return CapResult(
        **{
            **data,
            "amount": _exact(data["amount"]),
            "already": already,
            "left": _exact(data["left"]),
            "steps": _steps(data["steps"]),
            "missing": _missing(data["missing"]),
        }
    )


