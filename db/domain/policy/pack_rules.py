"""What decides: criteria, classes, what rules out, how income is found, and the limits of aid."""

from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, model_validator

from db.domain.policy.pack_parts import UNSET, Cited, Code, ExpenseCode, Figure, Part, Scoped, Words

# -- criteria -----------------------------------------------------------------------------------------------------


class Threshold(Part):
    """What a measured value is compared with: a multiple of a standard, an amount, a ratio or a number of things."""

    standard: Code | None = None
    """Topic of a dated table, e.g. ``subsistence``; *times* multiplies it."""
    times: Figure = Fraction(1)
    per: Literal["", "month", "year"] = ""
    """Whether an amount is per month or per year; empty: the same as what is measured. Standards are monthly."""
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

    @cached_property
    def line_key(self) -> str:
        """What the line depends on besides place and day."""
        figure = self.times if self.kind == "standard" else getattr(self, self.kind)
        return f"{self.kind} {self.standard} {figure} {self.per}"

    @cached_property
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
    op: Literal["<", "<=", ">", ">=", "==", "unset"] = "<="
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

    @cached_property
    def measure_key(self) -> tuple[object, ...]:
        """What the measured value depends on: equal keys measure the same."""
        figures = (self.month_op, self.month_threshold and self.month_threshold.line_key, str(self.fee_multiple))
        ledgers = (self.incomes, self.deduct, self.gross_of_compensation, self.add, self.period, self.kinds, self.uses)
        limits = (self.within_months, self.severe_only, self.with_abroad)
        return (self.measure, *ledgers, self.fact, str(self.value), *limits, *figures)

    @cached_property
    def sameness(self) -> int:
        """A number shared by all criteria that measure and compare the same."""
        line = self.threshold.line_key if self.threshold else ""
        return _SAMENESS.setdefault((self.measure_key, self.op, line, self.question), len(_SAMENESS))

    @cached_property
    def is_unset(self) -> bool:
        """Whether the test cannot be decided before somebody sets a figure."""
        thresholds = [item for item in (self.threshold, self.month_threshold) if item is not None]
        return self.op == UNSET or any(item.is_unset for item in thresholds)

    @model_validator(mode="after")
    def _asks(self) -> "Criterion":
        if self.is_unset and not self.question:
            raise ValueError("question")
        return self


_SAMENESS: dict[tuple[object, ...], int] = {}
"""Criteria met so far by what they measure and compare; grows with the packs, not with the households."""


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


class AidTotal(Scoped):
    """A ceiling over several kinds of aid together, in one calendar year."""

    code: Code
    label: Words
    items: tuple[Code, ...] = ()
    """The kinds of aid that count together; empty means all."""
    per: Literal["household", "person"] = "household"
    cap: tuple[Cap, ...] = Field(min_length=1)
