"""What an office said of an archive: outcome, who and when, every reason with its field, until when, class and number."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from db.domain.office_levels import LEVEL_BADGES
from db.domain.review import OUTCOME_LABELS, OUTCOME_VERBS, STEP_LABELS, ReviewOutcome, ReviewStep
from db.services import reviewing
from db.services.reviewing import ReviewEntry
from desktop import theme
from desktop.moments import moment
from desktop.widgets.basics import Card, Icon, button, label, set_role

OUTCOME_SIGNS = {
    ReviewOutcome.APPROVED: ("circle-check", theme.GREEN),
    ReviewOutcome.RETURNED: ("undo-2", theme.RED),
    ReviewOutcome.REFUSED: ("circle-x", theme.RED),
}
OUTCOME_TONES = {ReviewOutcome.APPROVED: "done", ReviewOutcome.RETURNED: "error", ReviewOutcome.REFUSED: "error"}


def head_words(entry: ReviewEntry, today: date) -> str:
    """Who decided what and when: ``潜山市总工会　9月3日　退回补正``."""
    first = entry.step is ReviewStep.FIRST
    said = f"{STEP_LABELS[entry.step]}{OUTCOME_VERBS[entry.outcome]}" if first else OUTCOME_LABELS[entry.outcome]
    return f"{entry.office_name}　{moment(entry.made_at, today)}　{entry.clerk_name}　{said}"


def due_line(entry: ReviewEntry, today: date) -> str:
    """Until when it must come back and how long that is; empty without a day."""
    words = reviewing.due_words(entry.due_on, today.isoformat())
    return f"补正期限 {entry.due_on}，{words}。逾期不予受理。" if words else ""


def given_line(entry: ReviewEntry) -> str:
    """Class, level and 职工编号 the office has given; empty where none."""
    parts = [f"审定为 {entry.class_words}" if entry.class_words else ""]
    parts.append(f"职工编号 {entry.worker_number}" if entry.worker_number else "")
    return "　".join(part for part in parts if part)


class SaidCard(Card):
    """One review; its reasons lead to their fields where the archive may be changed."""

    reason_wanted = Signal(object)  # Reason

    def __init__(self, entry: ReviewEntry, today: date, *, may_change: bool = False, is_current: bool = True) -> None:
        super().__init__()
        self.entry = entry
        self.body.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Icon(*OUTCOME_SIGNS[entry.outcome], 18))
        row.addWidget(label(head_words(entry, today), "strong"))
        badge = label(LEVEL_BADGES.get(entry.office_level, entry.office_level), "badge")
        set_role(badge, "tone", "plain")
        row.addWidget(badge)
        row.addStretch(1)
        row.addWidget(label(f"第 {entry.archive_revision} 版" + ("" if is_current else "，之后有改动"), "small"))
        self.body.addLayout(row)
        for reason in entry.reasons:
            self._add_reason(reason, may_change)
        for words, role in (
            (due_line(entry, today) if is_current else "", "error" if _is_late(entry, today) else "warning"),
            (given_line(entry), ""),
            (f"备注：{entry.remarks}" if entry.remarks else "", "secondary"),
        ):
            if words:
                made = label(words, role, wrap=True)
                made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self.body.addWidget(made)

    def _add_reason(self, reason: object, may_change: bool) -> None:
        words = getattr(reason, "words", "")
        if may_change:
            made = button(words, "link", "pencil", lambda: self.reason_wanted.emit(reason))
            made.setToolTip("去改这一处")
            self.body.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self.body.addWidget(label(f"·　{words}", "", wrap=True))


def _is_late(entry: ReviewEntry, today: date) -> bool:
    return entry.due_on is not None and entry.due_on < today.isoformat()
