"""The lines of a year, in the order of its days: holidays, what policy and office set, and what households have due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.domain.due_words import DueItem, DueKind, Span, span_of, when_words
from db.services.work_board import still_told
from db.services.year_calendar import YearView
from desktop import theme

HOLIDAY, MADE_UP = "放假", "补班"
_NAMED = 3
_DOTS = {DueKind.OPENS: theme.GREEN, DueKind.CLOSES: theme.AMBER, DueKind.OWN: theme.ACTION}


@dataclass(frozen=True, slots=True)
class YearLine:
    """One line. *item*: what stands there; None for days off and made-up working days."""

    day: str
    matter: str
    text: str
    when: str = ""
    item: DueItem | None = None
    done_id: str = ""
    is_late: bool = False
    is_past: bool = False
    """Whether it went by so long ago that nobody is reminded of it any more."""
    households: int = 0

    @property
    def dot(self) -> str:
        """The colour of its dot on the sheet; empty for days off, which are coloured themselves."""
        if self.item is None:
            return ""
        if self.done_id or self.is_past:
            return theme.LINE_STRONG
        return theme.RED if self.is_late else _DOTS.get(self.item.kind, theme.RED)


def lines_of(view: YearView, households: Iterable[DueItem], today: str) -> list[YearLine]:
    """Every line of the year."""
    found = [
        YearLine(item.first, HOLIDAY, f"{item.name}　到 {item.last[5:]}，共 {item.days} 天" if item.days > 1 else item.name)
        for item in view.holidays
    ]
    found += [YearLine(day, MADE_UP, "调休上班") for day, what in view.days.items() if what == "work"]
    for each in view.lines:
        found.append(_office_line(each.item, each.done_id, today))
    found += _household_lines(households, view.year, today)
    return sorted(found, key=lambda line: line.day)


def _office_line(item: DueItem, done_id: str, today: str) -> YearLine:
    if done_id:
        return YearLine(item.day, item.label, item.line, "已办完", item, done_id)
    if item.day < today and not still_told(item, today):
        return YearLine(item.day, item.label, item.line, "已过", item, is_past=True)
    late = span_of(item.kind, item.day, today) is Span.LATE
    return YearLine(item.day, item.label, item.line, when_words(item.kind, item.day, today), item, is_late=late)


def _household_lines(items: Iterable[DueItem], year: int, today: str) -> list[YearLine]:
    """Households of a kind and day stand in one line."""
    groups: dict[tuple[str, DueKind], list[DueItem]] = {}
    for item in items:
        if item.archive_id and item.day[:4] == str(year):
            groups.setdefault((item.day, item.kind), []).append(item)
    return [_group_line(group, today) for group in groups.values()]


def _group_line(group: Sequence[DueItem], today: str) -> YearLine:
    first = group[0]
    names = "、".join(item.subject for item in group[:_NAMED]) + ("等" if len(group) > _NAMED else "")
    late = span_of(first.kind, first.day, today) is Span.LATE
    text = f"{len(group)} 户　{names}" if len(group) > 1 else first.line
    return YearLine(first.day, first.label, text, when_words(first.kind, first.day, today), first, is_late=late, households=len(group))


def marks_of(lines: Iterable[YearLine]) -> dict[str, tuple[str, str]]:
    """By ISO day: the colour of its dot and the words of its tool tip."""
    marks: dict[str, tuple[str, str]] = {}
    for line in lines:
        if line.dot:
            before = marks.get(line.day, ("", ""))
            colour = before[0] if before[0] == theme.RED else line.dot
            marks[line.day] = (colour, "\n".join(part for part in (before[1], f"{line.matter}：{line.text}") if part))
    return marks
