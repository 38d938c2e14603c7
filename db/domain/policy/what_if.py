"""What if: the figures of a household that can be turned one at a time, and the household with one of them turned.

Nothing is stored; the facts stay as they are, a changed copy is assessed beside them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from db.domain.form_schema import Value
from db.domain.means_form import MEANS_FORM, WORKER
from db.domain.option_lists import option_list
from db.domain.policy.book import PolicyBook
from db.domain.policy.facts import HouseholdFacts, Record

SIZE = "size"
LARGEST_HOUSEHOLD = 20
_LEDGERS = {"incomes": ("amount", "income_kind"), "expenses": ("total", "expense_kind"), "assets": ("amount", "asset_kind")}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that may be turned: money in 分, or a number of people."""

    key: str
    label: str
    value: int
    is_money: bool = True


def figures(facts: HouseholdFacts, book: PolicyBook, topics: frozenset[str], on: str) -> list[Figure]:
    """Every figure that may be turned: incomes, people, expenses, savings, and the standards the rules look at."""
    return [*_people(facts), *_of_ledgers(facts), *_standards(facts, book, topics, on)]


def _people(facts: HouseholdFacts) -> Iterator[Figure]:
    yield Figure(SIZE, "共同生活人口", facts.size, is_money=False)


def _of_ledgers(facts: HouseholdFacts) -> Iterator[Figure]:
    for ledger, (key, options) in _LEDGERS.items():
        for index, row in enumerate(facts.rows.get(ledger, ())):
            kind = option_list(options).label(str(row.get("kind")))
            who = facts.person_name(row["person"]) if row.get("person") else ""
            value = row.get(key)
            label = f"{MEANS_FORM.by_key[ledger].title}第 {index + 1} 行：{f'{who} ' if who else ''}{kind}"
            yield Figure(f"{ledger}:{index}", label, value if isinstance(value, int) else 0)


def _standards(facts: HouseholdFacts, book: PolicyBook, topics: frozenset[str], on: str) -> Iterator[Figure]:
    for topic in sorted(topics):
        hit = book.standard(topic, facts.region, facts.area, on, facts.standards)
        if hit is not None:
            yield Figure(f"standard:{topic}", book.standard_label(topic), int(Fraction(hit.amount) * 100))


def turned(facts: HouseholdFacts, key: str, value: int, on: str) -> HouseholdFacts:
    """The household with figure *key* at *value*; KeyError when there is no such figure."""
    kind, _, part = key.partition(":")
    return _TURNS[kind](facts, part, value, on) if kind in _TURNS else _row_turned(facts, kind, int(part), value)


def _size_turned(facts: HouseholdFacts, part: str, value: int, on: str) -> HouseholdFacts:
    """More people without any income, or fewer: the last ones no longer live together, the worker always does."""
    people = list(facts.people)
    for number in range(facts.size, value):
        people.append({"person": f"what-if-{number}", "lives_together": True})
    spare = facts.size - value
    for index in range(len(people) - 1, -1, -1):
        if spare <= 0:
            break
        if people[index]["person"] != WORKER and people[index].get("lives_together") is not False:
            people[index] = {**people[index], "lives_together": False}
            spare -= 1
    return replace(facts, people=tuple(people))


def _row_turned(facts: HouseholdFacts, ledger: str, index: int, value: int) -> HouseholdFacts:
    key, _ = _LEDGERS[ledger]
    rows: list[Record] = list(facts.rows[ledger])
    rows[index] = {**rows[index], key: value}
    return replace(facts, rows={**facts.rows, ledger: tuple(rows)})


def _standard_turned(facts: HouseholdFacts, topic: str, value: int, on: str) -> HouseholdFacts:
    own: dict[str, Value] = {"topic": topic, "region": facts.region, "begins": on, "amount": value}
    return replace(facts, standards=(own, *facts.standards))


_TURNS: dict[str, Callable[[HouseholdFacts, str, int, str], HouseholdFacts]] = {
    SIZE: _size_turned,
    "standard": _standard_turned,
}
