"""Working days: the calendar week with the days off and make-up working days (调休) of each year's notice.

A year's arrangement comes from the State Council's notice, in ``resources/calendar``, or from the office itself. Where
a year's notice is not known yet, Monday to Friday count, and whoever asks is told.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import resources

OFF, WORK = "off", "work"
DAY_LABELS = {OFF: "休", WORK: "班"}
_DAY = timedelta(days=1)
_FURTHEST = 366 * 20
"""Days that a count looks ahead: nobody sets a date further off."""


@dataclass(frozen=True, slots=True)
class YearCalendar:
    """The arrangement of one year: ISO days off and ISO make-up working days, by what notice, what the days are called."""

    year: int
    off: frozenset[str]
    work: frozenset[str]
    document: str
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_days(cls, year: int, days: Mapping[str, str], document: str) -> "YearCalendar":
        """From ISO day → ``off`` or ``work``."""
        off, work = (frozenset(day for day, what in days.items() if what == kind) for kind in (OFF, WORK))
        return cls(year, off, work, document)

    @property
    def days(self) -> dict[str, str]:
        """ISO day → ``off`` or ``work``, in order."""
        return dict(sorted({**dict.fromkeys(self.off, OFF), **dict.fromkeys(self.work, WORK)}.items()))


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The arrangements of all known years."""

    years: Mapping[int, YearCalendar]

    def with_years(self, others: Iterable[YearCalendar]) -> "WorkCalendar":
        """This calendar with the years of *others* in the place of its own."""
        return WorkCalendar({**self.years, **{other.year: other for other in others}})

    def knows(self, day: date) -> bool:
        """Whether the arrangement of the day's year is known."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Whether people work on that day; in an unknown year Monday to Friday."""
        known = self.years.get(day.year)
        text = day.isoformat()
        if known is not None and text in known.work:
            return True
        return day.weekday() < 5 and (known is None or text not in known.off)

    def name_of(self, day: date) -> str:
        """What the day off is called; empty where it has no name."""
        known = self.years.get(day.year)
        return known.names.get(day.isoformat(), "") if known else ""


@cache
def packaged_calendar() -> WorkCalendar:
    """The years the program brings."""
    years = [_read(resources.read_text(name)) for name in resources.names("calendar", ".toml")]
    return WorkCalendar({year.year: year for year in years})


def _read(text: str) -> YearCalendar:
    body = tomllib.loads(text)
    names: dict[str, str] = {}
    for holiday in body["holiday"]:
        day = holiday["first"]
        while day <= holiday["last"]:
            names[day.isoformat()] = holiday["name"]
            day += _DAY
    work = frozenset(day.isoformat() for day in body["work"])
    return YearCalendar(body["year"], frozenset(names), work, body["document"], names)


# -- counting -----------------------------------------------------------------------------------------------------


def _unknown_words(years: Iterable[int]) -> str:
    told = "、".join(str(year) for year in sorted(set(years)))
    return f"{told} 年的节假日安排还没有，按周一至周五计算。" if told else ""


@dataclass(frozen=True, slots=True)
class CountedDay:
    """The day a count of working days ends on. *note* says where only weekdays could be counted."""

    day: date
    unknown_years: tuple[int, ...] = ()

    @property
    def note(self) -> str:
        """One sentence, empty where every year was known."""
        return _unknown_words(self.unknown_years)


@dataclass(frozen=True, slots=True)
class CountedDays:
    """How many working days lie between two days, with the same note."""

    number: int
    unknown_years: tuple[int, ...] = ()

    @property
    def note(self) -> str:
        """One sentence, empty where every year was known."""
        return _unknown_words(self.unknown_years)


def add_working_days(start: date, number: int, calendar: WorkCalendar) -> CountedDay:
    """The *number*-th working day after *start*, which itself does not count; before it where *number* is negative.

    Zero gives *start*, whatever day it is.
    """
    step = _DAY if number >= 0 else -_DAY
    day, left = start, abs(number)
    unknown: set[int] = set()
    while left:
        day += step
        if abs(day - start).days > _FURTHEST:
            raise ValueError("too many working days")
        if not calendar.knows(day):
            unknown.add(day.year)
        left -= calendar.is_working(day)
    return CountedDay(day, tuple(sorted(unknown)))


def working_days_between(start: date, end: date, calendar: WorkCalendar) -> CountedDays:
    """How many working days lie after *start* up to and including *end*; negative where *end* comes first."""
    if end < start:
        back = working_days_between(end, start, calendar)
        return CountedDays(-back.number, back.unknown_years)
    days = [start + index * _DAY for index in range(1, (end - start).days + 1)]
    unknown = {day.year for day in days if not calendar.knows(day)}
    return CountedDays(sum(calendar.is_working(day) for day in days), tuple(sorted(unknown)))
