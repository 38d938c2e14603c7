"""What a policy pack may say: the vocabulary of ``resources/policy/<pack>/pack.toml``, checked strictly.

A pack chooses among the named measures of ``rule_catalogue`` and the cap formulas of ``aid_rules`` and gives them
figures; it cannot invent one. Every part that carries a figure, a list or a duty cites document and clause. A figure
that the document leaves open is written ``"unset"`` together with the question to ask; it never becomes a default.

Figures are TOML strings (``"1.5"``, ``"24192.00"``), so that no binary fraction comes in between: amounts in 元,
read as :class:`~fractions.Fraction`.
"""

from typing import Annotated, Literal

from pydantic import Field

from db.domain.policy.pack_parts import (
    UNSET,
    Cited,
    Code,
    Day,
    Figure,
    Part,
    Scoped,
    Source,
    Words,
)
from db.domain.policy.pack_procedure import (
    Deadline,
    Duty,
    Evidence,
    NamedList,
    Notice,
    Papers,
    Period,
    Quota,
    Statement,
    Step,
    Target,
    Window,
)
from db.domain.policy.pack_rules import (
    AidItem,
    AidOrder,
    Approval,
    Bracket,
    Cap,
    Caution,
    Criterion,
    Exclusion,
    FixedAmount,
    Gate,
    HardshipClass,
    ImputedWage,
    Level,
    Means,
    Near,
    Route,
    Stacking,
    Threshold,
)

__all__ = [
    "UNSET",
    "AidItem",
    "AidOrder",
    "Approval",
    "Bracket",
    "Cap",
    "Caution",
    "Cited",
    "Code",
    "Criterion",
    "Day",
    "Deadline",
    "Duty",
    "Evidence",
    "Exclusion",
    "Figure",
    "FixedAmount",
    "Gate",
    "HardshipClass",
    "ImputedWage",
    "Level",
    "Means",
    "NamedList",
    "Near",
    "Notice",
    "Pack",
    "Papers",
    "Part",
    "Period",
    "Quota",
    "Route",
    "Scoped",
    "Source",
    "Stacking",
    "StandardTable",
    "StandardValue",
    "Statement",
    "Step",
    "Target",
    "Threshold",
    "Window",
    "Words",
]
"""The whole vocabulary in one place, for those who read packs."""


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
