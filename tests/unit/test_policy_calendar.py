"""Windows and deadlines: their first and last day, over the new year, and on 29 February."""

from datetime import date

import pytest
from small_packs import CITED, ON, STANDARD, criterion, hardship_class, pack

from db.domain.policy import calendar

POOR = criterion("per_capita_income", "<=", STANDARD)
WINTER = {"code": "winter", "label": "冬", "opens": "11-15", "closes": "02-10", "actions": ["adjust"], **CITED}


@pytest.mark.parametrize(
    ("day", "is_open"),
    [("2021-11-14", False), ("2021-11-15", True), ("2021-12-31", True), ("2022-01-01", True), ("2022-02-10", True), ("2022-02-11", False)],
)
def test_window__over_the_new_year(day: str, is_open: bool) -> None:
    """First and last day included; when closed, the next opening is named."""
    answer = calendar.window_answer(pack(hardship_class("a", [POOR]), window=[WINTER]).pack, "adjust", "a", None, date.fromisoformat(day))
    assert answer.open is is_open
    expected = date(2021, 11, 15) if day == "2021-11-14" else date(2022, 11, 15)
    assert answer.opens_on == (None if is_open else expected)


def test_window__of_others() -> None:
    """An action without windows is always open; one whose windows concern others only is closed."""
    loaded = pack(hardship_class("a", [POOR]), window=[{**WINTER, "classes": ["a"]}])
    assert calendar.window_answer(loaded.pack, "create", "a", None, ON).open
    assert calendar.window_answer(loaded.pack, "adjust", "b", None, ON) == calendar.WindowAnswer(False)


def test_deadline__its_last_day_is_in_time() -> None:
    """Of every year, on one day, and on 29 February of a common year."""
    yearly = {"code": "y", "label": "每年", "day": "02-29", **CITED}
    once = {"code": "o", "label": "一次", "on": date(2021, 6, 15), **CITED}
    first, second = pack(hardship_class("a", [POOR]), deadline=[yearly, once]).pack.deadline
    assert (calendar.due_on(first, 2021), calendar.due_on(first, 2024)) == (date(2021, 2, 28), date(2024, 2, 29))
    assert not calendar.is_late(first, date(2021, 2, 28)) and calendar.is_late(first, date(2021, 3, 1))
    assert not calendar.is_late(second, date(2021, 6, 15)) and calendar.is_late(second, date(2022, 1, 1))
