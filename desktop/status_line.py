"""Status line: always true – what is not submitted, the last bundle and its receipt, the last backup."""

from datetime import date

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from db.services import office as offices
from desktop import theme
from desktop.context import AppContext
from desktop.moments import moment
from desktop.widgets.basics import button


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
        for part in (self._unsubmitted, self._bundle, self._backup):
            row.addWidget(part)
        row.addStretch(1)
        self.setFixedHeight(theme.sp(30))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.refresh)
        for signal in (context.changes.archives_changed, context.changes.bundles_changed):
            signal.connect(lambda *_: self.refresh_soon())
        context.changes.office_changed.connect(self.refresh_soon)

    def _waiting_words(self, unsubmitted: int) -> str:
        """What is not where it belongs: not submitted, or on a laptop not yet brought back."""
        session = self._context.session
        if not session.office.is_laptop:
            return f"未上报 {unsubmitted:,} 户"
        from db.services import visits  # late: only a laptop needs it

        summary = visits.visit_summary(session)
        return f"外出电脑　还没有带回 {summary.changed + summary.new:,} 户"

    def _open_waiting(self) -> None:
        if self._context.session.office.is_laptop:
            self._context.window.show_page("exchange", section="visits")
        else:
            self._context.window.show_page("archives", preset="unsubmitted")

    def refresh_soon(self) -> None:
        """Read the figures once what is going on now is done, however many things ask for it."""
        self._soon.start(0)

    def refresh(self) -> None:
        """Read the figures again."""
        session = self._context.session
        status = offices.office_status(session)
        today = date.fromisoformat(session.today)
        self._unsubmitted.setText(self._waiting_words(status.unsubmitted))
        if status.last_bundle_at:
            answered = (status.last_receipt_at or "") >= status.last_bundle_at
            receipt = f"回执 {moment(status.last_receipt_at, today)}" if answered else "等回执"
            bundle = f"第 {status.last_bundle_sequence} 包 {moment(status.last_bundle_at, today)} · {receipt}"
        else:
            bundle = "还没有导出过"
        self._bundle.setText(f"最近数据包　{bundle}")
        self._backup.setText(f"最近备份　{moment(status.last_backup_at, today) if status.last_backup_at else '从未备份'}")
