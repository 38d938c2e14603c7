"""What else a document orders: windows, deadlines, notices, papers, quotas, duties, lists, steps."""

from typing import Literal

from pydantic import Field, model_validator

from db.domain.policy.pack_parts import Cited, Code, Day, Figure, MonthDay, Operator, Part, Scoped, Words
from db.domain.policy.pack_rules import Criterion


class Window(Scoped):
    """The part of every year in which an action may be taken."""

    code: Code
    label: Words
    opens: MonthDay
    closes: MonthDay
    actions: tuple[Literal["create", "check", "adjust", "exit", "apply"], ...]


class Period(Scoped):
    """A length of time that the document sets, e.g. 渐退期; not tied to days of the year."""

    code: Code
    label: Words
    months: Figure
    question: str = ""

    @model_validator(mode="after")
    def _asks(self) -> "Period":
        if self.months is None and not self.question:
            raise ValueError("question")
        return self


class Deadline(Cited):
    """A day by which something must be done: of every year, or once."""

    code: Code
    label: Words
    day: MonthDay | None = None
    on: Day | None = None
    for_whom: str = ""
    student: Literal["", "new", "continuing"] = ""
    refused_after: bool = False
    """Whether what comes later is not accepted (逾期不予受理)."""

    @model_validator(mode="after")
    def _one_day(self) -> "Deadline":
        if (self.day is None) == (self.on is None):
            raise ValueError("one_day")
        return self


class Notice(Cited):
    """The public notice (公示)."""

    days: Figure
    day_kind: Literal["working", "calendar"] = "working"
    where: str = ""
    photo: bool = False
    question: str = ""


class Papers(Part):
    """One line of an evidence list: any one of the document types will do."""

    any_of: tuple[Code, ...] = Field(min_length=1)
    note: str = ""


class Evidence(Cited):
    """The papers that a case needs, when its tests hold."""

    case: Code
    label: Words
    test: tuple[Criterion, ...] = ()
    papers: tuple[Papers, ...] = Field(min_length=1)


class Quota(Cited):
    """How many places a unit has."""

    code: Code
    label: Words
    limit: Figure
    per: str
    question: str = ""


class Duty(Cited):
    """Something to be done at regular intervals, e.g. one call a month."""

    code: Code
    label: Words
    every_months: int = Field(ge=1)
    times: int = Field(default=1, ge=1)


class Target(Cited):
    """A figure to reach."""

    code: Code
    label: Words
    op: Operator = ">="
    rate: Figure


class NamedList(Cited):
    """A list that the document gives, in its order."""

    code: Code
    label: Words
    items: tuple[Words, ...] = Field(min_length=1)


class Step(Cited):
    """A step of the procedure, as a worker may read it."""

    label: Words
    text: Words
    actor: str = ""


class Statement(Cited):
    """A rule without a figure, kept so that no clause of the document is lost."""

    code: Code
    text: Words
