"""What can fall due on the work board and in the year calendar, in the order in which it presses, and how it is told."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

WEEK, AHEAD = 7, 30
"""Days that 七天内 and the board look ahead."""


class DueKind(StrEnum):
    """Why something stands on a day."""

    RETURNED = "returned"
    VERIFY = "verify"
    NOTICE = "notice"
    PHASE_OUT = "phase_out"
    MONITORING = "monitoring"
    CALL = "call"
    VISIT = "visit"
    NEXT_VISIT = "next_visit"
    MEASURE = "measure"
    PLAN = "plan"
    GRADUATE = "graduate"
    REFERRAL = "referral"
    RECHECK = "recheck"
    STUDENT_NOTICE = "student_notice"
    PROGRAMME = "programme"
    CIRCULAR = "circular"
    DEADLINE = "deadline"
    OPENS = "opens"
    CLOSES = "closes"
    OWN = "own"


DUE_LABELS = {
    DueKind.RETURNED: "退回补正",
    DueKind.VERIFY: "核查待补",
    DueKind.NOTICE: "公示期满",
    DueKind.PHASE_OUT: "渐退期满",
    DueKind.MONITORING: "动态监测",
    DueKind.CALL: "电话联系",
    DueKind.VISIT: "结对走访",
    DueKind.NEXT_VISIT: "约定走访",
    DueKind.MEASURE: "帮扶措施",
    DueKind.PLAN: "帮扶计划",
    DueKind.GRADUATE: "毕业生联系",
    DueKind.REFERRAL: "服务答复",
    DueKind.RECHECK: "认定复核",
    DueKind.STUDENT_NOTICE: "助学公示期满",
    DueKind.PROGRAMME: "活动名单",
    DueKind.CIRCULAR: "上级通知",
    DueKind.DEADLINE: "报送期限",
    DueKind.OPENS: "窗口开放",
    DueKind.CLOSES: "窗口截止",
    DueKind.OWN: "本单位事项",
}
FROM_THAT_DAY = frozenset({DueKind.NOTICE, DueKind.STUDENT_NOTICE, DueKind.RECHECK, DueKind.OPENS})
"""What may be done from its day on: it is never late, only waiting."""

class Span(StrEnum):
    """How far off a day is."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


SPAN_LABELS = {Span.LATE: "已逾期", Span.TODAY: "今天", Span.WEEK: f"{WEEK} 天内", Span.LATER: f"{WEEK + 1}–{AHEAD} 天"}


def span_of(kind: DueKind, day: str, today: str) -> Span:
    """In which span something due on *day* stands."""
    left = days_left(day, today)
    if left <= 0:
        return Span.TODAY if left == 0 or kind in FROM_THAT_DAY else Span.LATE
    return Span.WEEK if left <= WEEK else Span.LATER


def days_left(day: str, today: str) -> int:
    """Days until *day*, negative once it has gone by."""
    return (date.fromisoformat(day) - date.fromisoformat(today)).days


def when_words(kind: DueKind, day: str, today: str) -> str:
    """How long there is: ``逾期 3 天``, ``今天到期``, ``可以办了``, ``还有 5 天``."""
    left = days_left(day, today)
    if left > 0:
        return f"还有 {left} 天"
    if kind in FROM_THAT_DAY:
        return "今天起" if kind is DueKind.OPENS and left == 0 else "可以办了"
    return "今天到期" if left == 0 else f"逾期 {-left} 天"


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing that falls due: of a household (*archive_id*), or of the office."""

    kind: DueKind
    day: str
    subject: str
    """The head of the household, or what it is about."""
    words: str = ""
    archive_id: str = ""
    record_id: str = ""
    key: str = ""
    """By which it is noted as done; empty where only doing it takes it off the board."""
    remind_days: int | None = None
    is_yearly: bool = False

    @property
    def label(self) -> str:
        """Why it stands there."""
        return DUE_LABELS[self.kind]

    @property
    def line(self) -> str:
        """It in one line, without the day."""
        return "　".join(part for part in (self.subject, self.words) if part)
