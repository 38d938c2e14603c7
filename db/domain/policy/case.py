"""A household under one pack on one day: what the rules look at, and what they found so far.

Many criteria of a pack measure the same and compare it with the same line; each is worked out once.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from db.domain import regions
from db.domain.policy.assessment import Input, Missing, Unit
from db.domain.policy.book import PolicyBook, StandardHit
from db.domain.policy.facts import HouseholdFacts, Record, yuan
from db.domain.policy.pack import Pack
from db.domain.policy.words import choice_words, expense_words

_WHOLE = tuple(Fraction(number) for number in range(64))
"""Small whole numbers, made once: counts, and 0 and 1 for no and yes."""


def whole(number: int) -> Fraction:
    """A count as an exact number."""
    return _WHOLE[number] if 0 <= number < len(_WHOLE) else Fraction(number)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its ingredients; *value* None together with *missing* where it cannot be told."""

    value: Fraction | None
    unit: Unit
    inputs: tuple[Input, ...] = ()
    missing: tuple[Missing, ...] = ()
    boundless: bool = False
    """A share of nothing: larger than any line."""


Line = tuple[Fraction | None, str, tuple[Missing, ...]]
"""A line: the number, where it comes from in words, and what is missing to know it."""


@dataclass(frozen=True, slots=True)
class Incomes:
    """Yearly disposable income: 分 (whole unless a standard with fractions was imputed), what went in, what is missing."""

    fen: int | Fraction
    inputs: tuple[Input, ...]
    missing: tuple[Missing, ...]


class Verdict(NamedTuple):
    """What a criterion comes to, without its words and citation."""

    inputs: tuple[Input, ...]
    value: Fraction | None
    unit: Unit
    op: str
    line: Fraction | None
    line_words: str
    passed: bool | None
    missing: tuple[Missing, ...]
    is_common: bool = False
    """Whether every household of the place and day with the same plain answer gets this very verdict."""


@dataclass
class Case:
    """A household under one pack on one day; remembers what several criteria need."""

    facts: HouseholdFacts
    pack: Pack
    book: PolicyBook
    on: date
    student: Record | None = None
    is_undecided: bool = False
    """Whether the class cannot be told yet; then neither can what aid follows from it."""
    incomes: dict[tuple[str, ...], Incomes] = field(default_factory=dict)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    measured: dict[tuple[object, ...], Measured] = field(default_factory=dict)
    _standards: dict[tuple[str, str], StandardHit | None] = field(default_factory=dict)
    _expense_inputs: dict[tuple[str, int], Input] = field(default_factory=dict)




    def expense_input(self, kind: str, at: int) -> Input:
        """An expense kind or purpose as an ingredient of a step: net of compensation (0) or before it (1)."""
        found = self._expense_inputs.get((kind, at))
        if found is None:
            made = Input(f"减：{expense_words(kind)}", yuan(self.facts.expense_sums[kind][at]))
            found = self._expense_inputs[kind, at] = made
        return found

    size_input: Input = field(init=False)
    """共同生活人口 as an ingredient of a step."""
    shared: dict[object, Any] = field(init=False)
    """What all households of a place and day have in common; of its own where one brings standards."""

    def __post_init__(self) -> None:
        facts = self.facts
        self.size_input = Input("共同生活人口", whole(facts.size), Unit.COUNT)
        self.shared = {} if facts.standards else self.book.remembered((facts.region, facts.area, self.on))



    def standard(self, topic: str, on: str = "") -> StandardHit | None:
        """The standard of the household's place, on the day of the case unless told otherwise."""
        key = (topic, on)
        if key not in self._standards:
            facts = self.facts
            day = on or self.on.isoformat()
            self._standards[key] = self.book.standard(topic, facts.region, facts.area, day, facts.standards)
        return self._standards[key]

    def no_standard(self, topic: str, region: str = "", area: str = "", on: str = "") -> Missing:
        """What to ask where a standard is not recorded; without a place, that of the household."""
        region, area = region or self.facts.region, area or self.facts.area
        name = self.book.standard_label(topic)
        if not region or not area:
            return Missing("household.region", f"还没有填{name}的适用地（地区，城市或农村），查不到标准。")
        place = regions.full_name(region).replace(" / ", "") or region
        words = choice_words("household", "area", area)
        day = on or self.on.isoformat()
        return Missing("standards", f"没有登记{place}（{words}）在 {day} 的{name}。请在“设置 → 政策”里照文件登记。")
