"""Status line: always true – what is not submitted, what came back or waits, the last bundle and its receipt, the last backup."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from db.errors import UserError
from db.services import office as offices
from db.services import round_trip
from db.services.round_trip import RoundTripCounts
from desktop import background, theme
from desktop.context import AppContext, WindowActions
from desktop.moments import moment
from desktop.widgets.basics import button


def _returned(counts: RoundTripCounts) -> str:
    late = f"（逾期 {counts.overdue:,}）" if counts.overdue else ""
    return f"退回补正 {counts.returned:,} 户{late}" if counts.returned else ""


_Words = Callable[[RoundTripCounts], str]
_Act = Callable[[WindowActions], None]
_WAITING: tuple[tuple[_Words, str, _Act], ...] = (
    (_returned, theme.RED, lambda window: window.show_page("exchange", section="returned")),
    (lambda counts: f"待审核 {counts.to_review:,} 户" if counts.to_review else "", theme.SECONDARY,
     lambda window: window.show_page("reviews", state="pending")),
    (lambda counts: f"待下发 {counts.to_send:,} 户" if counts.to_send else "", theme.AMBER_INK,
     lambda window: window.show_page("exchange", section="answer")),
    (lambda counts: f"有冲突 {counts.conflicts:,} 户" if counts.conflicts else "", theme.AMBER_INK,
     lambda window: window.show_page("exchange", section="conflicts")),
    (lambda counts: f"未读通知 {counts.unread:,}" if counts.unread else "", theme.AMBER_INK,
     lambda window: window.show_page("exchange", section="circulars")),
)  # fmt: skip
"""What stands in the line only while there is any: its words, their ink, where it leads."""


_AFTER_PAINTING_MS = 100


class StatusLine(QFrame):
    """Read again whenever a service changed something; each part leads to its page."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self._context = context
        window = context.window
        self._unsubmitted = button("", "quiet", act=self._open_waiting)
        self._bundle = button("", "quiet", act=lambda: window.show_page("exchange"))
        self._backup = button("", "quiet", act=lambda: window.show_page("settings", section="backup"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(16)
        self._waiting = [(words, self._waiting_part(ink, act)) for words, ink, act in _WAITING]
        for part in (self._unsubmitted, *(made for _, made in self._waiting), self._bundle, self._backup):
            row.addWidget(part)
        row.addStretch(1)
        self.setFixedHeight(theme.sp(30))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.refresh)
        for signal in (context.changes.archives_changed, context.changes.bundles_changed):
            signal.connect(lambda *_: self.refresh_soon())
        context.changes.office_changed.connect(self.refresh_soon)

    def _waiting_part(self, ink: str, act: _Act) -> QPushButton:
        made = button("", "quiet", act=lambda: act(self._context.window))
        made.setStyleSheet(f"color: {ink};")
        made.hide()
        return made

    def _waiting_words(self, unsubmitted: int, in_transit: int) -> str:
        """What is not where it belongs: not submitted, or on a laptop not yet brought back."""
        session = self._context.session
        if not session.office.is_laptop:
            on_the_way = f"，在路上 {in_transit:,} 户" if in_transit else ""
            return f"未上报 {unsubmitted:,} 户{on_the_way}"
        from db.services import visits  # late: only a laptop needs it

        summary = visits.visit_summary(session)
        return f"外出电脑　还没有带回 {summary.changed + summary.new:,} 户"

    def _open_waiting(self) -> None:
        if self._context.session.office.is_laptop:
            self._context.window.show_page("exchange", section="visits")
        else:
            self._context.window.show_page("archives", preset="not_received")

    def refresh_soon(self) -> None:
        """Read the figures once the page that comes forward is painted, however many things ask for it."""
        self._soon.start(_AFTER_PAINTING_MS)

    def refresh(self) -> None:
        """Read the figures again."""
        session = self._context.session
        try:
            status = offices.office_status(session)
        except UserError as fault:
            if fault.code != "signed_out":
                raise
            return  # locked meanwhile: the line goes with its window
        today = date.fromisoformat(session.today)
        self._unsubmitted.setText(self._waiting_words(status.unsubmitted, status.in_transit))
        if status.last_bundle_at:
            answered = (status.last_receipt_at or "") >= status.last_bundle_at
            receipt = f"回执 {moment(status.last_receipt_at, today)}" if answered else "等回执"
            bundle = f"第 {status.last_bundle_sequence} 包 {moment(status.last_bundle_at, today)} · {receipt}"
        else:
            bundle = "还没有导出过"
        self._bundle.setText(f"最近数据包　{bundle}")
        self._backup.setText(f"最近备份　{moment(status.last_backup_at, today) if status.last_backup_at else '从未备份'}")
        background.run_quietly(self, lambda: round_trip.counts(session), self._show_waiting)

    def _show_waiting(self, counts: RoundTripCounts) -> None:
        for words, part in self._waiting:
            text = words(counts)
            part.setText(text)
            part.setVisible(bool(text))
