"""What a paired household is owed at regular intervals: a call a month, a visit every half year (S003-04).

A contact is due by the end of the month that lies so many months after that of the last one; before the first one the
day counts on which the household was paired. Who is in time by this has a contact in every full calendar period, too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db.domain.policy.pack_procedure import Duty

CALL, VISIT = "call", "visit"
IN_PERSON = frozenset({"home", "workplace", "office"})
METHODS = {CALL: frozenset({"call"}) | IN_PERSON, VISIT: frozenset({"home"})}
"""Ways of contact (option list ``visit_method``) that fulfil a duty: who sits at the table need not ring up, too."""
_SHORT = {CALL: "电话联系", VISIT: "入户走访"}
_ALL_METHODS = IN_PERSON | {"call", "message"}


@dataclass(frozen=True, slots=True)
class PairingDuty:
    """Something owed: *times* contacts within *every_months*; *basis* says where it is ordered."""

    code: str
    label: str
    every_months: int
    times: int = 1
    basis: str = ""

    @property
    def methods(self) -> frozenset[str]:
        """Ways of contact that count; for a duty of another code any."""
        return METHODS.get(self.code, _ALL_METHODS)

    @property
    def words(self) -> str:
        """The duty in a few words: 每月电话联系 1 次."""
        often = {1: "每月", 3: "每季度", 6: "每半年", 12: "每年"}.get(self.every_months, f"每 {self.every_months} 个月")
        return f"{often}{self.label} {self.times} 次"


DEFAULT_DUTIES = (PairingDuty(CALL, _SHORT[CALL], 1), PairingDuty(VISIT, _SHORT[VISIT], 6))
"""What counts where the policy says nothing (requirements §d.6 no. 23): as ordered in 潜山, 2020."""


def duties_of_pack(duties: Iterable[Duty], basis: str) -> tuple[PairingDuty, ...]:
    """The duties a policy orders, known ones by their short names."""
    return tuple(
        PairingDuty(duty.code, _SHORT.get(duty.code, duty.label), duty.every_months, duty.times, basis) for duty in duties
    )


def month_end(day: date, months: int) -> date:
    """The last day of the month so many months after that of *day*."""
    index = day.year * 12 + day.month + months
    year, month = divmod(index, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def due_on(duty: PairingDuty, paired_since: str, contacts: Sequence[str]) -> str:
    """By when the next contact is due (ISO); *contacts* are the days of those that count, in any order."""
    counted = sorted((day for day in contacts if day), reverse=True)
    base = counted[duty.times - 1] if len(counted) >= duty.times else ""
    return month_end(date.fromisoformat(max(base, paired_since)), duty.every_months).isoformat()


def full_periods(duty: PairingDuty, since: str, until: str) -> list[tuple[str, str]]:
    """The calendar periods of a duty (months, halves of a year) that lie whole between two days, as first and last day."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    months = first.year * 12 + first.month - 1 + (first.day > 1)
    begin = -(-months // duty.every_months) * duty.every_months
    periods: list[tuple[str, str]] = []
    while True:
        opens = date(begin // 12, begin % 12 + 1, 1)
        closes = month_end(opens, duty.every_months - 1)
        if closes > last:
            return periods
        periods.append((opens.isoformat(), closes.isoformat()))
        begin += duty.every_months


def kept(duty: PairingDuty, since: str, until: str, contacts: Sequence[str]) -> tuple[int, int]:
    """How many contacts were owed in the full periods between two days, and how many of them were made."""
    periods = full_periods(duty, since, until)
    made = sum(min(duty.times, sum(first <= day <= last for day in contacts)) for first, last in periods)
    return len(periods) * duty.times, made
