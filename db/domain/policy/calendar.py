"""Windows and deadlines of a pack: what may be done on a day, when it opens again, what is late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from db.domain.policy.pack import Deadline, Pack, Window


@dataclass(frozen=True, slots=True)
class WindowAnswer:
    """Whether an action may be taken on a day; if not, when it may be next."""

    open: bool
    opens_on: date | None = None
    window: Window | None = None
    """The window that is open, or the next one."""


def window_answer(pack: Pack, action: str, class_code: str, level: str | None, on: date) -> WindowAnswer:
    """Whether *action* is open for a class on a day. An action without any window is always open."""
    windows = [item for item in pack.window if action in item.actions]
    mine = [item for item in windows if item.concerns(class_code, level)]
    if not windows:
        return WindowAnswer(True)
    for window in mine:
        if is_inside(window, on):
            return WindowAnswer(True, None, window)
    upcoming = sorted((opening, index) for index, window in enumerate(mine) for opening in _openings(window, on))
    if not upcoming:
        return WindowAnswer(False)
    opening, index = upcoming[0]
    return WindowAnswer(False, opening, mine[index])


def is_inside(window: Window, on: date) -> bool:
    """Whether a day lies in the yearly window, first and last day included; it may run over the new year."""
    day = on.strftime("%m-%d")
    if window.opens <= window.closes:
        return window.opens <= day <= window.closes
    return day >= window.opens or day <= window.closes


def _openings(window: Window, since: date) -> Iterator[date]:
    for year in (since.year, since.year + 1):
        opening = day_of(window.opens, year)
        if opening >= since:
            yield opening


def openings(pack: Pack, action: str, since: date) -> list[date]:
    """The days from *since* on (two years) on which a window for *action* opens."""
    return sorted(day for window in pack.window if action in window.actions for day in _openings(window, since))


def day_of(month_day: str, year: int) -> date:
    """The day of a year; 29 February falls back to the 28th."""
    month, day = int(month_day[:2]), int(month_day[3:])
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def due_on(deadline: Deadline, year: int) -> date:
    """The day by which it is due: the day of *year*, or the one day that the document names."""
    if deadline.on is not None:
        return date.fromisoformat(deadline.on)
    assert deadline.day is not None
    return day_of(deadline.day, year)


def is_late(deadline: Deadline, on: date) -> bool:
    """Whether *on* is after the deadline of its year; the last day itself is in time."""
    return on > due_on(deadline, on.year)
