"""The base of the pack vocabulary: figures as written in documents, days, and parts that cite their sentence."""

import re
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

UNSET = "unset"
_NUMBER = re.compile(r"[0-9]{1,11}(\.[0-9]{1,6})?")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


def _figure(value: Any) -> Any:
    if value == UNSET:
        return None
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError("figure")
    return Fraction(value)


def _month_day(value: Any) -> Any:
    if not isinstance(value, str) or not _MONTH_DAY.fullmatch(value):
        raise ValueError("month_day")
    try:
        date(2024, int(value[:2]), int(value[3:]))
    except ValueError:
        raise ValueError("month_day") from None
    return value


def _day(value: Any) -> Any:
    if type(value) is not date:  # a moment of the day is a date to Python, and compares otherwise
        raise ValueError("day")
    return value.isoformat()


Figure = Annotated[Fraction | None, BeforeValidator(_figure)]
"""A number as written in the document; None is *unset*."""
MonthDay = Annotated[str, BeforeValidator(_month_day)]
"""A day of every year, ``"06-30"``."""
Day = Annotated[str, BeforeValidator(_day)]
"""A calendar day; written as a TOML date, kept as ISO text."""
Operator = Literal["<", "<=", ">", ">=", "=="]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ExpenseCode = Annotated[str, Field(pattern=r"^(purpose:)?[a-z][a-z0-9_]*$")]
"""An expense kind, or all expenses of one purpose: ``purpose:cause``."""
Words = Annotated[str, Field(pattern=r"\S")]
Version = Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9}){0,5}$")]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3})?$")]


class Part(BaseModel):
    """A table of the pack: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class Cited(Part):
    """A part that rests on a sentence of a document."""

    source: Words
    clause: Words


class Source(Part):
    """A document: what the packs and the explanations cite."""

    id: Code
    title: Words
    number: str = ""
    """文号; empty where the document carries none."""
    issuer: Words
    issued_on: Day | None = None
    checked_on: Day
    """When somebody last compared the figures with the document."""


class Scoped(Cited):
    """A part that concerns some classes or levels; empty means all."""

    classes: tuple[Code, ...] = ()
    levels: tuple[Code, ...] = ()
    except_classes: tuple[Code, ...] = ()

    def concerns(self, code: str, level: str | None) -> bool:
        """Whether the class *code* of *level* is meant."""
        if code in self.except_classes:
            return False
        if not self.classes and not self.levels:
            return True
        return code in self.classes or (level is not None and level in self.levels)
