"""Lines of the work board about the round trip: what waits for review or for the way down, and what is left of the quota."""

from functools import partial

from db.services import quotas
from db.services.office import OfficeSession
from db.services.round_trip import RoundTripCounts
from desktop.context import WindowActions
from desktop.todo import Todo, Urgency


def quota_text(session: OfficeSession) -> str:
    """What is left of this year's quota of new archives; empty where the office above has set none."""
    year = int(session.today[:4])
    for quota in quotas.list_quotas(session):
        if not quota.is_own and (quota.subject, quota.year) == (quotas.FILED, year) and quota.left is not None:
            over = f"超出 {-quota.left:,} {quota.unit}" if quota.left < 0 else f"还剩 {quota.left:,} {quota.unit}"
            return f"名额 {quota.amount:,}，{over}"
    return ""


def waiting(counts: RoundTripCounts, window: WindowActions) -> list[Todo]:
    """What waits for the round trip and has no day of its own."""
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
