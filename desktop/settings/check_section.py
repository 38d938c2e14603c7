"""设置 · 体检: is everything whole, backed up and in order."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from db.services import health
from db.services.health import ERROR, GOOD, NOTE, WARNING, Finding
from desktop import background, theme
from desktop.context import AppContext
from desktop.moments import moment
from desktop.settings.section import SettingsSection
from desktop.widgets.basics import Card, Icon, Note, button, label

_SIGNS = {
    GOOD: ("circle-check", theme.GREEN, "done"),
    NOTE: ("info", theme.ACTION, "secondary"),
    WARNING: ("triangle-alert", theme.AMBER, "warning"),
    ERROR: ("circle-alert", theme.RED, "error"),
}


class CheckSection(SettingsSection):
    """Runs the check-up and lists its findings, each with what to do."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._verdict = Note("还没有体检。体检会核对数据库和每一个附件，不会改动任何内容。", "plain")
        self._card = Card("体检", "数据库、附件、备份、磁盘空间、电脑时间、上报")
        self._card.head.addWidget(button("现在体检", "primary", "stethoscope", self.check))
        self._card.body.addWidget(self._verdict)
        self._listed = QWidget()
        self._card.body.addWidget(self._listed)
        self.column.addWidget(self._card)
        self.column.addStretch(1)

    def check(self) -> None:
        """Run the check-up."""
        session = self.context.session
        background.run(
            self, lambda _progress: health.check_office(session), self._show, title="正在体检…", cancellable=False
        )

    def _show(self, findings: list[Finding]) -> None:
        levels = {finding.level for finding in findings}
        when = moment(self.context.session.now, self.context.session.clock().date())
        if ERROR in levels:
            self._verdict.show_text(f"{when} 体检：有问题需要马上处理。", "error")
        elif WARNING in levels:
            self._verdict.show_text(f"{when} 体检：数据完好，有几处要注意。", "warning")
        else:
            self._verdict.show_text(f"{when} 体检：一切正常。", "done")
        old = self._listed
        self._listed = self._grid(findings)
        self._card.body.replaceWidget(old, self._listed)
        old.hide()
        old.deleteLater()

    def _grid(self, findings: list[Finding]) -> QWidget:
        widget = QWidget(self._card)
        grid = QGridLayout(widget)
        grid.setContentsMargins(12, 8, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(2, 1)
        for row, finding in enumerate(findings):
            sign, colour, role = _SIGNS[finding.level]
            mark = Icon(sign, colour)
            mark.setMinimumHeight(theme.sp(21))
            grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            title = label(finding.title, "strong")
            title.setMinimumWidth(theme.sp(72))
            grid.addWidget(title, row, 1, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(4)
            words.addWidget(label(finding.text, "secondary" if finding.level == GOOD else "", wrap=True))
            if finding.action:
                words.addWidget(label(finding.action, role, wrap=True))
            grid.addLayout(words, row, 2)
        return widget
