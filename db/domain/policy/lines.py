"""The line that a measured value is compared with, and the comparison itself, exact."""

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import cast

from db.domain.policy.assessment import Unit
from db.domain.policy.case import Case, Line, whole
from db.domain.policy.pack import Threshold
from db.domain.policy.words import standard_words

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


def compare(value: Fraction, op: str, line: Fraction) -> bool:
    """Compare unrounded; each line keeps the operator of its document."""
    # whole numbers over the common denominator: the same answer, several times faster than comparing fractions
    return _COMPARE[op](value.numerator * line.denominator, line.numerator * value.denominator)


def threshold_of(threshold: Threshold, case: Case, unit: Unit, on: str = "") -> Line:
    """The line in the unit of what is compared, its origin in words, and what is missing to know it."""
    if threshold.is_unset:
        return None, "政策没有写明", ()
    if threshold.kind != "standard":
        return getattr(threshold, threshold.kind) * _per_period(threshold, unit), "", ()
    assert threshold.standard is not None and threshold.times is not None
    hit = case.standard(threshold.standard, on)
    if hit is None:
        label = case.book.standard_label(threshold.standard)
        return None, label, (case.no_standard(threshold.standard, on=on),)
    yearly = unit is Unit.YUAN_YEAR or (threshold.per == "year" and unit is not Unit.YUAN_MONTH)
    line = hit.amount * threshold.times * (12 if yearly else 1)
    return line, standard_words(case.book.standard_label(threshold.standard), hit.amount, threshold.times), ()


def _per_period(threshold: Threshold, unit: Unit) -> Fraction:
    """What turns a written amount into the period of what is measured; an amount without a period is of that period."""
    if threshold.kind == "amount" and threshold.per == "year" and unit is Unit.YUAN_MONTH:
        return Fraction(1, 12)
    if threshold.kind == "amount" and threshold.per == "month" and unit is Unit.YUAN_YEAR:
        return Fraction(12)
    return whole(1)


def line_of(threshold: Threshold, case: Case, unit: Unit) -> Line:
    """As :func:`threshold_of`, remembered for all households of the place and day."""
    key = (threshold.line_key, unit)
    found = case.shared.get(key)
    if found is None:
        found = case.shared[key] = threshold_of(threshold, case, unit)
    return cast(Line, found)
