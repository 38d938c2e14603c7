"""Lines of the work board about what falls due on a day: how each is told and what it opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from db.domain.due_words import DUE_LABELS, DueItem, DueKind, Span, span_of, when_words
from desktop.context import WindowActions
from desktop.review.jump import jump_to_reason
from desktop.todo import ROWS_PER_KIND, Todo, Urgency

if TYPE_CHECKING:
    from db.services.round_trip import ReturnedArchive
    from db.services.work_board import Board

Act = Callable[[], object]

_URGENCY = {Span.LATE: Urgency.LATE, Span.TODAY: Urgency.SOON}
# the step that a line offers, and the tab of the archive in which it is taken
_STEPS: dict[DueKind, tuple[str, str]] = {
    DueKind.RETURNED: ("去补正", ""),
    DueKind.VERIFY: ("补齐核查", "case"),
    DueKind.NOTICE: ("办结公示", "case"),
    DueKind.PHASE_OUT: ("去办理", "case"),
    DueKind.CALL: ("去联系", "visits"),
    DueKind.VISIT: ("去走访", "visits"),
    DueKind.NEXT_VISIT: ("去走访", "visits"),
    DueKind.MEASURE: ("去落实", "pairing"),
    DueKind.PLAN: ("订新计划", "pairing"),
    DueKind.REFERRAL: ("记结果", "aid"),
    DueKind.RECHECK: ("再核对", "assessment"),
}
_PILES: dict[DueKind, tuple[str, dict[str, str]]] = {
    DueKind.GRADUATE: ("graduates", {"pile": "due"}),
    DueKind.REFERRAL: ("aid_services", {"pile": "waiting"}),
    DueKind.CALL: ("pairing", {"state": "due"}),
    DueKind.VISIT: ("pairing", {"state": "due"}),
    DueKind.VERIFY: ("cases", {"due": "verify"}),
    DueKind.NOTICE: ("cases", {"due": "notice"}),
    DueKind.PHASE_OUT: ("cases", {"due": "phase_out"}),
    DueKind.RECHECK: ("assessments", {"state": "near"}),
    DueKind.RETURNED: ("exchange", {"section": "returned"}),
}
"""Where all of a kind stand in a room of their own; of any other kind the board itself lists them."""


def lines(board: Board, window: WindowActions) -> list[Todo]:
    """Every line with a day, in the order of the days; after the last of a kind, how many more there are."""
    back = {row.archive_id: row for row in board.returned}
    last = {item.kind: at for at, item in enumerate(board.items)}
    found = []
    for at, item in enumerate(board.items):
        found.append(line(item, board.today, window, back.get(item.archive_id)))
        if last[item.kind] == at and board.left_out(item.kind):
            found.append(_rest(item, board, window))
    undated = [row for row in board.returned if not row.due_on]
    return [*found, *(_undated(row, window) for row in undated[:ROWS_PER_KIND]), *_more_undated(undated, window)]


def listed(
    items: Sequence[DueItem], today: str, window: WindowActions, returned: Sequence[ReturnedArchive] = ()
) -> list[Todo]:
    """Lines for *items*, all of them."""
    back = {row.archive_id: row for row in returned}
    return [line(item, today, window, back.get(item.archive_id)) for item in items]


def line(item: DueItem, today: str, window: WindowActions, returned: ReturnedArchive | None = None) -> Todo:
    """One line."""
    urgency = _URGENCY.get(span_of(item.kind, item.day, today), Urgency.CALM)
    step, act = _step(item, window, returned)
    when = f"{item.day[5:]}　{when_words(item.kind, item.day, today)}"
    return Todo(item.label, item.line, when, step, act, urgency, item.day)


def arranged(undated: Sequence[Todo], dated: Sequence[Todo], soon: str) -> list[Todo]:
    """All lines as they press: what must not wait, what is due until *soon* (ISO), what has no day, what lies further off."""
    pressing = [todo for todo in undated if todo.urgency is Urgency.LATE]
    near = [todo for todo in dated if todo.day <= soon]
    return [*pressing, *near, *(todo for todo in undated if todo not in pressing), *(todo for todo in dated if todo.day > soon)]


def _step(item: DueItem, window: WindowActions, returned: ReturnedArchive | None) -> tuple[str, Act]:
    if item.kind is DueKind.MONITORING:
        return "去监测", partial(window.show_page, "monitoring", campaign_id=item.record_id)
    if item.kind is DueKind.PROGRAMME:
        return "看名单", partial(window.show_page, "programme", programme_id=item.record_id)
    if item.kind is DueKind.CIRCULAR:
        return "看通知", partial(window.show_page, "exchange", section="circulars")
    if item.kind is DueKind.GRADUATE:
        return "去联系", partial(window.show_page, "graduates", record_id=item.record_id)
    if item.kind is DueKind.STUDENT_NOTICE:
        return "写结果", partial(window.show_page, "students", notices=True)
    if not item.archive_id:
        return "看日历", partial(window.show_page, "calendar", day=item.day, key=item.key)
    step, tab = _STEPS[item.kind]
    if item.kind is DueKind.RETURNED and returned is not None:
        return step, _to_correct(returned, window)
    return step, partial(window.show_page, "archive", archive_id=item.archive_id, tab=tab)


def _to_correct(row: ReturnedArchive, window: WindowActions) -> Act:
    first = next((reason for reason in row.reasons if reason.field), None)
    if first is None:
        return partial(window.open_archive, row.archive_id)
    return partial(jump_to_reason, window, row.archive_id, first)


def _undated(row: ReturnedArchive, window: WindowActions) -> Todo:
    """What came back without a day by which it is to be put right."""
    subject = f"{row.name or '未填姓名'}　{row.words or '没有写明原因'}"
    return Todo(DUE_LABELS[DueKind.RETURNED], subject, "没有写明期限", "去补正", _to_correct(row, window), Urgency.SOON)


def _more_undated(rows: Sequence[ReturnedArchive], window: WindowActions) -> list[Todo]:
    left = len(rows) - ROWS_PER_KIND
    act = partial(window.show_page, "exchange", section="returned")
    return [Todo(DUE_LABELS[DueKind.RETURNED], f"另有 {left:,} 户", "", "查看全部", act)] if left > 0 else []


def _rest(item: DueItem, board: Board, window: WindowActions) -> Todo:
    page, where = _PILES.get(item.kind, ("home", {"kind": item.kind.value}))
    late = board.counts[item.kind].get(Span.LATE, 0)
    if page == "pairing" and late:
        where = {"state": "overdue"}
    when = f"共逾期 {late:,}" if late else ""
    rest = f"另有 {board.left_out(item.kind):,} 件"
    urgency = _URGENCY.get(span_of(item.kind, item.day, board.today), Urgency.CALM)
    return Todo(item.label, rest, when, "查看全部", partial(window.show_page, page, **where), urgency, item.day)
