"""What a policy pack may say: the vocabulary of ``resources/policy/<pack>/pack.toml``, checked strictly.

A pack chooses among the named measures of ``rule_catalogue`` and the cap formulas of ``aid_rules`` and gives them
figures; it cannot invent one. Every part that carries a figure, a list or a duty cites document and clause. A figure
that the document leaves open is written ``"unset"`` together with the question to ask; it never becomes a default.

Figures are TOML strings (``"1.5"``, ``"24192.00"``), so that no binary fraction comes in between: amounts in 元,
read as :class:`~fractions.Fraction`.
"""

import re
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

UNSET = "unset"
_NUMBER = re.compile(r"\d{1,11}(\.\d{1,6})?")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def _figure(value: Any) -> Any:
    if value == UNSET:
        return None
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError("figure")
    return Fraction(value)


def _month_day(value: Any) -> Any:
    if not isinstance(value, str) or not _MONTH_DAY.fullmatch(value):
        raise ValueError("month_day")
    date(2024, int(value[:2]), int(value[3:]))
    return value


def _day(value: Any) -> Any:
    if not isinstance(value, date):
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
Words = Annotated[str, Field(min_length=1)]


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


# -- criteria -----------------------------------------------------------------------------------------------------


class Threshold(Part):
    """What a measured value is compared with: a multiple of a standard, an amount, a ratio or a number of things."""

    standard: Code | None = None
    """Topic of a dated table, e.g. ``subsistence``; *times* multiplies it."""
    times: Figure = Fraction(1)
    per: Literal["month", "year"] = "month"
    """Whether the amount is per month or per year; a standard is monthly and × 12 for ``year``."""
    amount: Figure = None
    ratio: Figure = None
    count: Figure = None
    kind: Literal["standard", "amount", "ratio", "count"]

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, table: Any) -> Any:
        if not isinstance(table, dict):
            raise ValueError("table")
        kinds = [key for key in ("standard", "amount", "ratio", "count") if key in table]
        if len(kinds) != 1 or "kind" in table:
            raise ValueError("one_threshold")
        return {**table, "kind": kinds[0]}

    @property
    def is_unset(self) -> bool:
        """Whether the document leaves the figure open."""
        return (self.times if self.kind == "standard" else getattr(self, self.kind)) is None


Measure = Literal[
    "per_capita_income",
    "expense_share",
    "annual_expense",
    "months_below",
    "asset_total",
    "fact",
    "student_fact",
    "cause",
    "event",
    "committee_note",
    "labour_proof",
    "labour_months",
    "homes",
    "vehicles",
    "businesses",
    "costly_schooling",
    "refused_offers",
    "household_size",
]


class Criterion(Cited):
    """One condition: a named measure of the household, an operator, a threshold. See ``rule_catalogue``."""

    measure: Measure
    label: str = ""
    """What is compared, in the document's words; the catalogue's words where empty."""
    op: Operator | Literal["unset"] = "<="
    threshold: Threshold | None = None
    question: str = ""
    """What to ask whoever may decide, where a figure or operator is unset."""
    # -- parameters, each used by the measures that name it in ``rule_catalogue``
    incomes: tuple[Code, ...] = ()
    deduct: tuple[ExpenseCode, ...] = ()
    """Expense kinds or ``purpose:cause`` taken off the income before dividing."""
    gross_of_compensation: bool = False
    """Whether compensation received is *not* taken off the expense first."""
    add: tuple[Code, ...] = ()
    """Asset kinds added back to the income."""
    period: Literal["month", "year"] = "month"
    month_op: Literal["<", "<="] = "<"
    month_threshold: Threshold | None = None
    fact: Code | None = None
    value: bool | Code = True
    kinds: tuple[Code, ...] = ()
    uses: tuple[Code, ...] = ()
    within_months: int | None = Field(default=None, ge=1)
    severe_only: bool = False
    fee_multiple: Figure = None
    with_abroad: bool = True
    whole_household: bool = True

    @property
    def is_unset(self) -> bool:
        """Whether the test cannot be decided before somebody sets a figure."""
        thresholds = [item for item in (self.threshold, self.month_threshold) if item is not None]
        return self.op == UNSET or any(item.is_unset for item in thresholds)

    @model_validator(mode="after")
    def _asks(self) -> "Criterion":
        if self.is_unset and not self.question:
            raise ValueError("question")
        return self


class Route(Part):
    """One way into a class: every test must hold."""

    label: str = ""
    test: tuple[Criterion, ...] = Field(min_length=1)


class Level(Cited):
    """An archive level (建档级别), the highest first."""

    code: Code
    label: Words


class HardshipClass(Cited):
    """A class (认定类别): any of its routes suffices. The order in the pack is the order of precedence."""

    code: Code
    label: Words
    category: Code | None = None
    """The 困难类别 of the archive form that is filled in; None where the document names none: the clerk chooses."""
    level: Code | None = None
    causes: tuple[Code, ...] = ()
    """Main causes for which this class goes before others of the same level."""
    note: str = ""
    route: tuple[Route, ...] = Field(min_length=1)


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


class Gate(Scoped):
    """An outer condition: the classes it concerns need it besides their own tests."""

    code: Code
    label: Words
    test: tuple[Criterion, ...] = Field(min_length=1)


class Exclusion(Scoped):
    """A circumstance (every test holds) that rules the classes out, or leaves only some kinds of aid."""

    code: Code
    label: Words
    aid_only: tuple[Code, ...] = ()
    """Where given, the archive stands, and only these aid items may be given."""
    test: tuple[Criterion, ...] = Field(min_length=1)


class Caution(Scoped):
    """A circumstance that does not decide but must be seen and answered by a person."""

    code: Code
    text: Words
    test: tuple[Criterion, ...] = Field(min_length=1)


# -- means --------------------------------------------------------------------------------------------------------


class ImputedWage(Cited):
    """Minimum wage counted for able adults without work (推算收入)."""

    standard: Code
    male_ages: tuple[int, int]
    female_ages: tuple[int, int]
    months: int = Field(default=12, ge=1, le=12)


class Means(Cited):
    """How income is found: which kinds, which year, net of what. Empty kinds or an unset year: the text is silent."""

    incomes: tuple[Code, ...] = ()
    net_of: tuple[Literal["tax", "social_insurance"], ...] = ("tax", "social_insurance")
    year: Literal["previous_calendar_year", "application_year", "unset"]
    question: str = ""
    counts_earlier_aid: bool = False
    impute: ImputedWage | None = None

    @property
    def is_unset(self) -> bool:
        """Whether somebody must say first how income is counted."""
        return not self.incomes or self.year == UNSET

    @model_validator(mode="after")
    def _asks(self) -> "Means":
        if self.is_unset and not self.question:
            raise ValueError("question")
        return self


class Near(Cited):
    """不符合但接近: how far above a line is still near, as a share of the line."""

    margin: Figure


# -- aid ----------------------------------------------------------------------------------------------------------


class Bracket(Part):
    """A slice of a cost: the part above *over* up to the next bracket is met at *share*."""

    over: Figure
    share: Figure


class FixedAmount(Part):
    """A fixed amount for a class, a school stage, or both; empty means any."""

    classes: tuple[Code, ...] = ()
    stages: tuple[Code, ...] = ()
    amount: Figure


class Cap(Cited):
    """One upper limit of an aid item; where an item has several, the lowest counts."""

    formula: Literal["months_of_standard", "fixed", "share_of_cost", "actual_cost", "local_standard"]
    per: Literal["household", "person", "student", "item"]
    """For whom the limit holds, in one calendar year (``item``: for each application)."""
    question: str = ""
    label: str = ""
    # -- months_of_standard, local_standard
    standard: Code | None = None
    months: Figure = None
    times_household_size: bool = False
    region: Literal["home", "study"] = "home"
    area: Literal["home", "urban", "rural"] = "home"
    standard_of: Literal["current", "previous_year"] = "current"
    # -- fixed
    amounts: tuple[FixedAmount, ...] = ()
    # -- share_of_cost, actual_cost
    costs: tuple[Code, ...] = ()
    brackets: tuple[Bracket, ...] = ()

    @property
    def is_unset(self) -> bool:
        """Whether a figure of the formula is open."""
        figures = [amount.amount for amount in self.amounts]
        figures += [figure for bracket in self.brackets for figure in (bracket.over, bracket.share)]
        if self.formula == "months_of_standard":
            figures.append(self.months)
        return any(figure is None for figure in figures)

    @model_validator(mode="after")
    def _complete(self) -> "Cap":
        needs = {
            "months_of_standard": bool(self.standard) and ("months" in self.model_fields_set),
            "local_standard": bool(self.standard),
            "fixed": bool(self.amounts),
            "share_of_cost": bool(self.costs and self.brackets),
            "actual_cost": bool(self.costs),
        }
        if not needs[self.formula]:
            raise ValueError("formula_incomplete")
        if self.is_unset and not self.question:
            raise ValueError("question")
        return self


class Approval(Cited):
    """Who must approve an amount above a figure."""

    above: Figure
    by: Words


class AidItem(Scoped):
    """A kind of aid: for whom, up to how much, and what rules it out."""

    item: Code
    label: Words
    needs_archive: bool = True
    without_archive_only: bool = False
    """Whether the money is only for households that cannot be filed."""
    stages: tuple[Code, ...] = ()
    needs: tuple[Criterion, ...] = ()
    """Further conditions; every one must hold."""
    for_students: tuple[Criterion, ...] = ()
    no_repeat: bool = False
    """Whether aid of this kind already had elsewhere this year comes off, so that nothing is given twice."""
    nothing_if: Code | None = None
    """A yes/no fact that makes the aid zero: already enjoyed elsewhere."""
    outside_living: bool = False
    """Whether it is reckoned apart from 生活救助."""
    note: str = ""
    cap: tuple[Cap, ...] = ()
    approval: tuple[Approval, ...] = ()


class Stacking(Scoped):
    """Whether several kinds of aid may be had in one year."""

    allowed: bool
    items: tuple[Code, ...] = ()


class AidOrder(Cited):
    """The order in which several kinds of aid are given in one year."""

    items: tuple[Code, ...] = Field(min_length=2)


# -- procedure ----------------------------------------------------------------------------------------------------


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


class Pack(Part):
    """One policy pack: everything that a place's documents say about class, aid and procedure from a day on."""

    format: Literal[1]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$")]
    title: Words
    version: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    regions: tuple[Annotated[str, Field(pattern=r"^\d{6}(\d{3})?$")], ...] = ()
    """Where it holds; empty: only where an office chooses it."""
    begins: Day
    ends: Day | None = None
    note: str = ""
    """What changed, from which day, what a clerk will notice."""
    where: str = ""
    """Where a worker goes, for the plain-language sheet."""
    source: tuple[Source, ...] = Field(min_length=1)
    means: Means | None = None
    near: Near | None = None
    level: tuple[Level, ...] = ()
    hardship_class: tuple[HardshipClass, ...] = Field(default=(), alias="class")
    gate: tuple[Gate, ...] = ()
    exclusion: tuple[Exclusion, ...] = ()
    caution: tuple[Caution, ...] = ()
    aid: tuple[AidItem, ...] = ()
    stacking: tuple[Stacking, ...] = ()
    aid_order: tuple[AidOrder, ...] = ()
    window: tuple[Window, ...] = ()
    period: tuple[Period, ...] = ()
    deadline: tuple[Deadline, ...] = ()
    notice: Notice | None = None
    evidence: tuple[Evidence, ...] = ()
    quota: tuple[Quota, ...] = ()
    duty: tuple[Duty, ...] = ()
    target: tuple[Target, ...] = ()
    named_list: tuple[NamedList, ...] = Field(default=(), alias="list")
    step: tuple[Step, ...] = ()
    statement: tuple[Statement, ...] = ()

    def level_rank(self, code: str | None) -> int:
        """Position of a level, 0 the highest; after all levels for none."""
        codes = [level.code for level in self.level]
        return codes.index(code) if code in codes else len(codes)

    def citation(self, cited: Cited) -> str:
        """Document and clause in Chinese, for people: 《…》（文号）第…条."""
        found = [source for source in self.source if source.id == cited.source]
        if not found:
            return cited.clause
        number = f"（{found[0].number}）" if found[0].number else ""
        return f"《{found[0].title}》{number}{cited.clause}"


class StandardValue(Cited):
    """A standard of some regions from a day on, 元 per person and month (or as the table's unit says)."""

    regions: tuple[Annotated[str, Field(pattern=r"^\d{6}(\d{3})?$")], ...] = Field(min_length=1)
    area: Literal["urban", "rural", "any"] = "any"
    begins: Day
    ends: Day | None = None
    amount: Figure


class StandardTable(Part):
    """A dated table of local figures, e.g. 低保标准: region × urban/rural × valid from. Never inherited."""

    format: Literal[1]
    topic: Code
    label: Words
    unit: Literal["yuan_per_person_month", "yuan_per_month", "yuan_per_household_year"]
    version: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)*$")] = "1"
    source: tuple[Source, ...] = ()
    value: tuple[StandardValue, ...] = ()
