"""Lines of the to-do board about the round trip: what came back, what waits for review or for the way down."""

from collections.abc import Callable
from datetime import date
from functools import partial

from db.services import quotas, round_trip
from db.services.office import OfficeSession
from db.services.reviewing import due_words
from db.services.round_trip import NEAR_DAYS, ReturnedArchive, RoundTripCounts
from desktop.context import WindowActions
from desktop.review.jump import jump_to_reason
from desktop.todo import ROWS_PER_KIND, Todo, Urgency

Reading = tuple[RoundTripCounts, list[ReturnedArchive], str]
"""What is read beside the window: figures, the most urgent of what came back, what is left of the quota."""


def read(session: OfficeSession) -> Reading:
    """Read it; nothing of the window travels along."""
    counts = round_trip.counts(session)
    returned = round_trip.returned_archives(session, ROWS_PER_KIND) if counts.returned else []
    return counts, returned, _quota_text(session)


def _quota_text(session: OfficeSession) -> str:
    """What is left of this year's quota of new archives; empty where the office above has set none."""
    year = int(session.today[:4])
    for quota in quotas.list_quotas(session):
        if not quota.is_own and (quota.subject, quota.year) == (quotas.FILED, year) and quota.left is not None:
            over = f"超出 {-quota.left:,} {quota.unit}" if quota.left < 0 else f"还剩 {quota.left:,} {quota.unit}"
            return f"今年名额 {quota.amount:,}，{over}"
    return ""


def build(reading: Reading, today: date, window: WindowActions) -> list[Todo]:
    """Every line, the most pressing first."""
    counts, returned, _ = reading
    return [*_returned(counts, returned, today, window), *_waiting(counts, window)]


def _returned(
    counts: RoundTripCounts, returned: list[ReturnedArchive], today: date, window: WindowActions
) -> list[Todo]:
    rows = [_returned_row(row, today, window) for row in returned]
    if counts.returned > len(rows):
        rest = f"另有 {counts.returned - len(rows):,} 户"
        rows.append(Todo("退回补正", rest, "", "查看全部", partial(window.show_page, "exchange", section="returned")))
    return rows


def _returned_row(row: ReturnedArchive, today: date, window: WindowActions) -> Todo:
    left = (date.fromisoformat(row.due_on) - today).days if row.due_on else None
    urgency = Urgency.CALM if left is None or left > NEAR_DAYS else Urgency.LATE if left < 0 else Urgency.SOON
    first = next((reason for reason in row.reasons if reason.field), None)
    act: Callable[[], object] = partial(window.open_archive, row.archive_id)
    if first is not None:
        act = partial(jump_to_reason, window, row.archive_id, first)
    subject = f"{row.name or '未填姓名'}　{row.words or '没有写明原因'}"
    return Todo("退回补正", subject, due_words(row.due_on, today.isoformat()), "去补正", act, urgency)


def _waiting(counts: RoundTripCounts, window: WindowActions) -> list[Todo]:
    show = window.show_page
    due = f"{counts.circular_due} 前" if counts.circular_due else ""
    lines = (
        (counts.unread, "通知", "份上级的通知还没有看", due, "看通知", partial(show, "exchange", section="circulars")),
        (counts.warnings, "提醒核对", "人在别的单位也有档案，请核对", "", "去核对", partial(show, "exchange", section="warnings")),
        (counts.to_review, "待审核", "户下级报来的档案等着审核", "", "去审核", partial(show, "reviews", state="pending")),
        (counts.to_send, "待下发", "户审核结果还没下发", "", "下发", partial(show, "exchange", section="answer")),
        (counts.gaps, "缺数据包", "个单位的数据包没有收全", "", "看看", partial(show, "exchange", section="gaps")),
    )
    return [
        Todo(matter, f"{count:,} {words}", when, step, act, Urgency.SOON if when else Urgency.CALM)
        for count, matter, words, when, step, act in lines
        if count
    ]
