"""Counts and sums over many households, for the summary that goes with a package: exact, one household at a time."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.option_lists import option_list

NOT_FILLED = "（未填）"


@dataclass(slots=True)
class TallyLine:
    """Households of one kind: how many, their people, their income in 分."""

    households: int = 0
    people: int = 0
    annual_income: int = 0
    without_income: int = 0
    """Households whose annual income is not filled in; they count in no sum."""
    people_with_income: int = 0

    def add(self, people: int, annual_income: int | None) -> None:
        """Count one household."""
        self.households += 1
        self.people += people
        if annual_income is None:
            self.without_income += 1
        else:
            self.annual_income += annual_income
            self.people_with_income += people

    @property
    def monthly_per_person(self) -> int | None:
        """Income per person and month in 分, rounded half up; None while no income is known."""
        if not self.people_with_income:
            return None
        exact = Fraction(self.annual_income, 12 * self.people_with_income)
        return (exact + Fraction(1, 2)).__floor__()


@dataclass(slots=True)
class HouseholdTally:
    """The whole, and the same by category and by main cause."""

    total: TallyLine = field(default_factory=TallyLine)
    by_category: dict[str, TallyLine] = field(default_factory=lambda: defaultdict(TallyLine))
    by_cause: dict[str, TallyLine] = field(default_factory=lambda: defaultdict(TallyLine))
    incomplete: int = 0

    def add(self, content: ArchiveContent, *, complete: bool) -> None:
        """Count a household. Its people are the worker and the members that are entered."""
        income = content.values.get("annual_household_income")
        people = 1 + len(content.members)
        self.incomplete += not complete
        for line in (
            self.total,
            self.by_category[str(content.values.get("hardship_category") or "")],
            self.by_cause[str(content.values.get("main_hardship_cause") or "")],
        ):
            line.add(people, income if isinstance(income, int) else None)

    def categories(self) -> list[tuple[str, TallyLine]]:
        """Label and figures of each category that occurs, in the order of the form."""
        return _labelled("hardship_category", self.by_category)

    def causes(self) -> list[tuple[str, TallyLine]]:
        """The same for the main causes."""
        return _labelled("main_hardship_cause", self.by_cause)


def _labelled(key: str, lines: dict[str, TallyLine]) -> list[tuple[str, TallyLine]]:
    name = ARCHIVE_FORM.field(key).options
    assert name
    options = option_list(name)
    known = [(option.label, lines[option.code]) for option in options.options if option.code in lines]
    other = [(options.label(code), line) for code, line in sorted(lines.items()) if code and code not in options.by_code]
    return [*known, *other, *([(NOT_FILLED, lines[""])] if "" in lines else [])]
