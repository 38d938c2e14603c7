"""设置 · 审核: whether two people review, how long an office below has for corrections."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from db.errors import UserError
from db.services import reviewing
from desktop.context import AppContext
from desktop.settings.section import SettingsSection
from desktop.widgets.basics import Card, label
from desktop.widgets.segmented import Segmented


class ReviewSection(SettingsSection):
    """The rule of two, and the days for corrections."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.people: Segmented[bool] = Segmented([(False, "一人审核"), (True, "初审和复审")])
        self.people.changed.connect(self._store_rule)
        self._refused = label("", "error", wrap=True)
        self._refused.hide()
        rule = Card("几个人审核")
        said = "选“初审和复审”：一位经办人初审后，由另一位经办人登录复审，两人意见一致才算数；复审不同的要写明为什么。"
        rule.body.addWidget(label(said, "secondary", wrap=True))
        rule.body.addWidget(self.people)
        rule.body.addWidget(self._refused)
        self.days = QLineEdit()
        self.days.setAccessibleName("补正天数")
        self.days.setMaximumWidth(80)
        self.days.editingFinished.connect(self._store_days)
        self._due = label("", "secondary")
        self._wrong = label("", "error", wrap=True)
        self._wrong.hide()
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.days)
        line.addWidget(label("个工作日"))
        line.addWidget(self._due)
        line.addStretch(1)
        days = Card("退回后多少天补正")
        said = "退回时照此填好补正期限，每一户还可以另改；节假日和调休照“数据交换 → 工作日历”的安排。"
        days.body.addWidget(label(said, "secondary", wrap=True))
        days.body.addLayout(line)
        days.body.addWidget(self._wrong)
        for card in (rule, days):
            self.column.addWidget(card)
        self.column.addStretch(1)

    def refresh(self) -> None:
        """Show what is in force."""
        session = self.context.session
        self.people.set_value(reviewing.two_person_rule(session))
        self.days.setText(str(reviewing.days_to_correct(session)))
        self._due.setText(f"今天退回的，到 {reviewing.default_due(session)} 为止")
        self._refused.hide()
        self._wrong.hide()

    def _store_rule(self, wanted: bool) -> None:
        try:
            reviewing.set_two_person_rule(self.context.session, wanted)
        except UserError as fault:
            self.people.set_value(False)
            self._refused.setText(fault.text())
            self._refused.show()
            return
        self._refused.hide()
        self.context.changes.office_changed.emit()

    def _store_days(self) -> None:
        typed = self.days.text().strip()
        try:
            reviewing.set_days_to_correct(self.context.session, int(typed) if typed.isdigit() else 0)
        except UserError as fault:
            self._wrong.setText(fault.text())
            self._wrong.show()
            return
        self.refresh()
