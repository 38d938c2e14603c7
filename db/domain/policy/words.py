"""Captions and figures in Chinese that several rules need."""

from decimal import Decimal
from fractions import Fraction
from functools import cache

from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec, Value
from db.domain.means_form import MEANS_FORM
from db.domain.option_lists import option_list
from db.domain.policy.facts import facts_sections


@cache
def choice_words(section: str, key: str, code: str) -> str:
    """Label of an option of the worksheet."""
    return option_list(str(MEANS_FORM.spec(section, key).options)).label(code)


@cache
def expense_words(kind: str) -> str:
    """An expense kind or purpose in Chinese."""
    if kind.startswith("purpose:"):
        return choice_words("expenses", "purpose", kind.removeprefix("purpose:"))
    return f"{choice_words('expenses', 'kind', kind)}支出"


@cache
def _facts_of(section: str) -> dict[str, FieldSpec]:
    return {spec.key: spec for part in facts_sections() if part.key == section for spec in part.fields}


def fact_label(section: str, key: str) -> str:
    """Caption of a fact of the household or a student."""
    spec = _facts_of(section).get(key)
    return spec.label if spec else key


def answer_words(section: str, key: str, value: Value) -> str:
    """The answer to a fact: yes or no, or the words of what was chosen."""
    if isinstance(value, bool):
        return "是" if value else "否"
    spec = _facts_of(section).get(key)
    return format_value(spec, value) if spec else str(value)


def standard_words(label: str, amount: Fraction, times: Fraction) -> str:
    """``低保标准 585 元 × 1.5``."""
    text = f"{label} {number_words(amount)} 元"
    return text if times == 1 else f"{text} × {number_words(times)}"


def number_words(number: Fraction) -> str:
    """A figure as documents write it: no needless zeros, ``1.5``, ``585``."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{Decimal(number.numerator) / Decimal(number.denominator):.6f}".rstrip("0").rstrip(".")
