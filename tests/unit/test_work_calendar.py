"""Working days: the packaged years against their notices, counting over holidays, years nobody knows yet."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.work_calendar import WorkCalendar, add_working_days, packaged_calendar, working_days_between

DAYS = st.dates(date(2022, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        ("2022-01-31", False),  # 除夕, a Monday
        ("2022-01-29", True),  # Saturday worked for it
        ("2022-10-09", True),
        ("2023-06-23", False),
        ("2023-06-25", True),
        ("2024-02-09", True),  # 除夕 was no day off that year
        ("2024-02-18", True),
        ("2024-09-16", False),
        ("2025-01-28", False),
        ("2025-01-26", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-05-09", True),
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2026-11-20", True),
    ],
)
def test_packaged__known_days(day: str, is_working: bool) -> None:
    """Days everybody remembers."""
    assert packaged_calendar().is_working(date.fromisoformat(day)) is is_working


@pytest.mark.parametrize(("year", "legal"), [(2022, 11), (2023, 11), (2024, 11), (2025, 13), (2026, 13)])
def test_packaged__a_notice_only_shifts_days(year: int, legal: int) -> None:
    """Monday to Friday less the legal holidays (eleven, since 2025 thirteen) is what remains, however days are moved."""
    calendar = packaged_calendar()
    days = [date(year, 1, 1) + timedelta(index) for index in range((date(year, 12, 31) - date(year, 1, 1)).days + 1)]
    assert sum(calendar.is_working(day) for day in days) == sum(day.weekday() < 5 for day in days) - legal
    known = calendar.years[year]
    assert all(day.startswith(str(year)) for day in known.days) and f"{year}年" in known.document
    assert not known.off & known.work
    assert all(date.fromisoformat(day).weekday() >= 5 for day in known.work)


def test_add__over_the_spring_festival() -> None:
    """Five working days after Friday 13 February 2026: the Saturday is worked, then nine days off."""
    counted = add_working_days(date(2026, 2, 13), 5, packaged_calendar())
    assert (counted.day, counted.note) == (date(2026, 2, 27), "")
    assert add_working_days(date(2026, 2, 27), -5, packaged_calendar()).day == date(2026, 2, 13)
    assert packaged_calendar().name_of(date(2026, 2, 17)) == "春节"


def test_add__into_a_year_without_notice__says_so() -> None:
    """Monday to Friday count, and the sentence names the year."""
    counted = add_working_days(date(2026, 12, 28), 10, packaged_calendar())
    assert counted.day == date(2027, 1, 11)
    assert counted.note == "2027 年的节假日安排还没有，按周一至周五计算。"
    assert working_days_between(date(2026, 12, 28), counted.day, packaged_calendar()).number == 10
    assert add_working_days(date(2026, 5, 1), 0, packaged_calendar()).day == date(2026, 5, 1)


@given(DAYS, st.integers(-40, 40))
def test_add_and_between__are_inverse(start: date, number: int) -> None:
    """What was added is what lies between; the day reached is worked."""
    calendar = packaged_calendar()
    reached = add_working_days(start, number, calendar).day
    assert number == 0 or calendar.is_working(reached)
    if number >= 0 or calendar.is_working(start):
        assert working_days_between(start, reached, calendar).number == number


def test_add__without_any_working_day__ends() -> None:
    """A calendar that never works would be counted for ever."""
    with pytest.raises(ValueError, match="too many"):
        add_working_days(date(2026, 1, 1), 10**6, WorkCalendar({}))


def test_packaged__agrees_day_by_day_with_an_independent_list() -> None:
    """Every day of the five years is worked or not as the list says that others keep of the same notices."""
    calendar = packaged_calendar()
    days = [date(2022, 1, 1) + timedelta(index) for index in range((date(2026, 12, 31) - date(2022, 1, 1)).days + 1)]
    assert [day for day in days if calendar.is_working(day) != chinese_calendar.is_workday(day)] == []
