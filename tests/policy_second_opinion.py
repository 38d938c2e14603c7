"""The rules of 潜山 2020, read from the document once more and written straight in Python: a second opinion.

Nothing of the program is used. Answers are True, False or None (not known).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

STANDARD = Fraction(585)
TODAY = "2020-06-01"
COUNTED = {"wage", "business", "property", "transfer"}
CAUSE = {"illness", "schooling", "disability", "single_parent", "long_term_care", "other_special"}
ACCIDENTAL = {"accident", "disaster"}
ACCIDENT_FIRST = {"major_illness", "natural_disaster", "accident"}
Answer = bool | None
Facts = dict[str, Any]


@dataclass(frozen=True)
class Opinion:
    """What the document comes to for one household."""

    fits: dict[str, Answer]
    exclusions: dict[str, Answer]
    outcome: str
    suggested: str | None


@dataclass(frozen=True)
class Condition:
    """A condition of a class; *close*: it fails, but by no more than a tenth of an income line."""

    holds: Answer
    close: bool = False


def every(answers: Iterable[Answer]) -> Answer:
    """All of them."""
    known = list(answers)
    return False if False in known else None if None in known else True


def some(answers: Iterable[Answer]) -> Answer:
    """Any of them."""
    known = list(answers)
    return True if True in known else None if None in known else False


def opposite(answer: Answer) -> Answer:
    """Not so."""
    return None if answer is None else not answer


class Household:
    """The figures of a facts file that the document speaks of."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.values = facts["household"]
        self.together = {person["person"] for person in facts["people"] if person.get("lives_together") is not False}

    def ledger(self, key: str) -> list[Facts] | None:
        """Rows, or None where nobody asked."""
        return self.facts.get(key)

    def income(self, purposes: tuple[str, ...] = (), with_assets: bool = False) -> Fraction | None:
        """元 per person and month after the expenses of *purposes*."""
        incomes, expenses, assets = (self.ledger(key) for key in ("incomes", "expenses", "assets"))
        if incomes is None or (purposes and expenses is None) or (with_assets and assets is None):
            return None
        fen = sum(
            row["amount"] - row.get("tax", 0) - row.get("social_insurance", 0)
            for row in incomes
            if row["person"] in self.together and row["kind"] in COUNTED
        )
        for row in expenses or [] if purposes else []:
            if row["kind"] == "major_illness" and "purpose" not in row:
                return None
            if self.purpose(row) in purposes:
                fen -= self.borne(row)
        if with_assets:
            fen += sum(row["amount"] for row in assets or [] if row["kind"] in {"savings", "investment"})
        return Fraction(fen, 1200 * len(self.together))

    @staticmethod
    def purpose(row: Facts) -> str:
        """What a bill counts as."""
        usual = "cause" if row["kind"] in CAUSE else "accidental" if row["kind"] in ACCIDENTAL else "plain"
        return str(row.get("purpose", usual))

    @staticmethod
    def borne(row: Facts) -> int:
        """What the household paid itself."""
        return int(row["total"] - row.get("reimbursed", 0) - row.get("compensation", 0))

    def accidental_bills(self) -> Answer:
        """Whether an accident, disaster or the like cost anything."""
        expenses = self.ledger("expenses")
        if expenses is None or any(row["kind"] == "major_illness" and "purpose" not in row for row in expenses):
            return None
        return sum(self.borne(row) for row in expenses if self.purpose(row) == "accidental") > 0

    def counted(self, key: str, least: int, counts: Callable[[Facts], bool]) -> Answer:
        """Whether a ledger holds at least so many such rows."""
        rows = self.ledger(key)
        return None if rows is None else sum(1 for row in rows if counts(row)) >= least

    def six_months_below(self) -> Answer:
        """Six months running below the standard, which is recorded for 2020 only."""
        rows = self.ledger("monthly_incomes")
        if rows is None or any("2019-06" <= row["month"][:7] <= "2019-12" for row in rows):
            return None
        below = {int(row["month"][5:7]) for row in rows if Fraction(row["amount"], 100 * len(self.together)) < STANDARD}
        return set(range(1, 7)) <= below

    def refused_thrice(self) -> Answer:
        """Three offers refused within a year of losing work, by one able person."""
        offers = self.ledger("job_offers")
        if offers is None:
            return None
        worst = 0
        for person in self.facts["people"]:
            since = person["unemployed_on"]
            last = f"{int(since[:4]) + 1}{since[4:]}"
            mine = [row for row in offers if row["person"] == person["person"] and since <= row["offered_on"] <= last]
            worst = max(worst, sum(1 for row in mine if row["is_refused"]) if person["can_work"] else 0)
        return worst >= 3

    def committee(self) -> Answer:
        """Whether a committee has decided by today."""
        decided = self.values.get("committee_decided_on")
        return None if decided is None else decided <= TODAY


def _up_to(income: Fraction | None, times: str) -> Condition:
    line = STANDARD * Fraction(times)
    if income is None:
        return Condition(None)
    return Condition(income <= line, line < income <= line * Fraction(11, 10))


def _above_three(home: Household) -> Answer:
    income = home.income()
    return None if income is None else income > 3 * STANDARD


def _exclusions(home: Household) -> dict[str, Answer]:
    values = home.values
    migrant = values.get("is_migrant_worker")
    proofs = values.get("labour_proofs")
    return {
        "above_three_times": every([_above_three(home), opposite(home.committee())]),
        "migrant_without_proof": every([migrant, None if proofs is None else not proofs]),
        "registered_poor_migrant": every([migrant, values.get("is_registered_poor")]),
        "homes": home.counted("homes", 2, lambda row: row["ownership"] == "own"),
        "business": home.counted("businesses", 1, lambda row: True),
        "vehicle": home.counted("vehicles", 1, lambda row: row["use"] == "own_regular"),
        "costly_schooling": home.counted("students", 1, lambda row: row["is_private_school"] or row["studies_abroad"]),
        "refused_offers": home.refused_thrice(),
        "social_retiree": values.get("is_social_retiree"),
        "committee_exclusion": values.get("other_exclusion"),
    }


def _routes(home: Household) -> dict[str, tuple[str, list[list[Condition]]]]:
    """Class → its level and the ways into it."""
    helped = home.values.get("receives_subsistence_allowance")
    bills = Condition(home.accidental_bills())
    after_cause, after_accident = home.income(("cause",)), home.income(("accidental",))
    after_both = home.income(("cause", "accidental"))
    severe = home.counted("events", 1, lambda row: row["kind"] in ACCIDENTAL and row["is_severe"] and row["happened_on"] <= TODAY)
    with_assets = home.income(("accidental",), with_assets=True)
    by_expense = [_up_to(home.income(), "1.5"), _up_to(after_cause, "1")]
    return {
        "subsistence": ("national", [[Condition(helped), _up_to(home.income(), "1")]]),
        "near_subsistence": ("national", [[Condition(opposite(helped)), Condition(home.six_months_below())], by_expense]),
        "accident": ("national", [[bills, _up_to(home.income(), "3"), _up_to(after_accident, "1")]]),
        "other_cause": ("national", [[Condition(_above_three(home)), Condition(severe), _up_to(with_assets, "1")]]),
        "provincial_near": ("provincial", [[_up_to(after_cause, "1.5")]]),
        "provincial_accident": ("provincial", [[bills, _up_to(after_both, "1.5")]]),
        "municipal_near": ("municipal", [[_up_to(after_cause, "2")]]),
        "municipal_accident": ("municipal", [[bills, _up_to(after_both, "2")]]),
    }


def _against(level: str, exclusions: dict[str, Answer]) -> list[Answer]:
    """The circumstances that rule a level out; 建档立卡 leaves the archive."""
    names = ["migrant_without_proof"]
    if level != "national":
        names.append("above_three_times")
    if level != "municipal":
        names += ["homes", "business", "vehicle", "costly_schooling", "refused_offers", "social_retiree", "committee_exclusion"]
    return [exclusions[name] for name in names]


def qianshan(facts: Facts) -> Opinion:
    """Classes, exclusions, outcome and suggestion."""
    home = Household(facts)
    exclusions = _exclusions(home)
    fits: dict[str, Answer] = {}
    near = False
    routes = _routes(home)
    for code, (level, ways) in routes.items():
        passed = some(every(item.holds for item in way) for way in ways)
        against = _against(level, exclusions)
        fits[code] = every([passed, *(opposite(answer) for answer in against)])
        close = any(all(item.holds or item.close for item in way) for way in ways)
        near = near or (passed is False and True not in against and close)
    suggested = _first(facts, routes, fits)
    if suggested is not None:
        return Opinion(fits, exclusions, "fits", suggested)
    outcome = "incomplete" if None in fits.values() else "near" if near else "does_not_fit"
    return Opinion(fits, exclusions, outcome, None)


def _first(facts: Facts, routes: dict[str, tuple[str, list[list[Condition]]]], fits: dict[str, Answer]) -> str | None:
    accident = facts["household"].get("main_hardship_cause") in ACCIDENT_FIRST
    for level in ("national", "provincial", "municipal"):
        mine = [code for code, (its, _ways) in routes.items() if its == level]
        fitting = [code for code in mine if fits[code]]
        if fitting:
            first = [code for code in fitting if code == "subsistence" or "accident" in code] if accident else []
            return (first or fitting)[0]
        if any(fits[code] is None for code in mine):
            return None
    return None
