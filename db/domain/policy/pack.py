"""What a policy pack may say: the vocabulary of ``resources/policy/<pack>/pack.toml``, checked strictly.

A pack chooses among the named measures of ``rule_catalogue`` and the cap formulas of ``aid_rules`` and gives them
figures; it cannot invent one. Every part that carries a figure, a list or a duty cites document and clause. A figure
that the document leaves open is written ``"unset"`` together with the question to ask; it never becomes a default.

Figures are TOML strings (``"1.5"``, ``"24192.00"``), so that no binary fraction comes in between: amounts in 元,
read as :class:`~fractions.Fraction`.
"""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from db.domain.policy.pack_parts import (
    UNSET,
    Cited,
    Code,
    Day,
    Figure,
    Part,
    RegionCode,
    Scoped,
    Source,
    Version,
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
    AidTotal,
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
    "AidTotal",
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
    version: Version
    regions: tuple[RegionCode, ...] = ()
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
    aid_total: tuple[AidTotal, ...] = ()
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
        return self._level_ranks.get(code, len(self.level))

    @cached_property
    def _level_ranks(self) -> dict[str | None, int]:
        return {level.code: rank for rank, level in enumerate(self.level)}

    # Parts live as long as their pack, so what follows from a part alone is kept by its identity.

    @cached_property
    def citations(self) -> dict[int, str]:
        """What :meth:`citation` said so far, by the identity of the part."""
        return {}

    def citation(self, cited: Cited) -> str:
        """Document and clause in Chinese, for people: 《…》（文号）第…条."""
        known = self.citations.get(id(cited))
        if known is None:
            source = next((item for item in self.source if item.id == cited.source), None)
            known = self.citations[id(cited)] = f"{_named(source)}{cited.clause}" if source else cited.clause
        return known

    @property
    def documents(self) -> str:
        """The documents it says again, as a paper names what it is based on: 《…》（文号）."""
        return "、".join(map(_named, self.source))

    @cached_property
    def _concerned(self) -> dict[int, tuple[str, ...]]:
        return {}

    def concerned(self, part: Scoped) -> tuple[str, ...]:
        """Codes of the classes that *part* concerns."""
        known = self._concerned.get(id(part))
        if known is None:
            codes = tuple(item.code for item in self.hardship_class if part.concerns(item.code, item.level))
            known = self._concerned[id(part)] = codes
        return known

    @cached_property
    def ruled_out_by(self) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Class code → positions of the exclusions and of the gates that may rule it out."""
        blocking = [(at, self.concerned(part)) for at, part in enumerate(self.exclusion) if not part.aid_only]
        gates = [(at, self.concerned(part)) for at, part in enumerate(self.gate)]
        return {item.code: (_naming(item.code, blocking), _naming(item.code, gates)) for item in self.hardship_class}

    @cached_property
    def level_labels(self) -> dict[str | None, str]:
        """Names of the levels by code."""
        return {level.code: level.label for level in self.level}


def _naming(code: str, parts: list[tuple[int, tuple[str, ...]]]) -> tuple[int, ...]:
    return tuple(at for at, codes in parts if code in codes)


class StandardValue(Cited):
    """A standard of some regions from a day on, 元 per person and month (or as the table's unit says)."""

    regions: tuple[RegionCode, ...] = Field(min_length=1)
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
    version: Version = "1"
    source: tuple[Source, ...] = ()
    value: tuple[StandardValue, ...] = ()


def _named(source: Source) -> str:
    """A document as it is cited."""
    return f"《{source.title}》" + (f"（{source.number}）" if source.number else "")
