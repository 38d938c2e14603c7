"""The first step: when, by whom and to whom; below it who lives here and what is being decided."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import FieldSpec
from desktop import theme
from desktop.homevisit.visit_keeper import VisitKeeper
from desktop.homevisit.visit_step import FieldsStep
from desktop.widgets.basics import Card, label

_ABOUT = ("health_status", "member_identity", "school_or_employer")
_CASE = ("hardship_category", "main_hardship_cause", "employer", "work_status", "health_status")


class FirstStep(FieldsStep):
    """The fields of the visit, and the household."""

    def __init__(self, keeper: VisitKeeper, fields: Sequence[FieldSpec]) -> None:
        super().__init__(keeper, "visit", "走访情况", fields)
        self.body.insertWidget(self.body.count() - 1, self._household())

    def _household(self) -> Card:
        content = self.keeper.archive.content
        shown = [(ARCHIVE_FORM.field(key), content.values.get(key)) for key in _CASE]
        case = "　".join(f"{spec.label}：{format_value(spec, value)}" for spec, value in shown if value not in (None, "", []))
        card = Card("这一家")
        card.body.addWidget(label(case, "secondary", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.sp(16))
        grid.setVerticalSpacing(theme.sp(6))
        grid.setColumnStretch(2, 1)
        members = {str(member["id"]): member for member in content.members}
        for line, person in enumerate(self.flow.people):
            member = members.get(person.id, {})
            words = [format_value(ARCHIVE_FORM.member_field(key), member[key]) for key in _ABOUT if member.get(key)]
            grid.addWidget(label(person.name, "strong"), line, 0)
            grid.addWidget(label(person.about), line, 1)
            grid.addWidget(label("，".join(words), "secondary", wrap=True), line, 2)
        card.body.addLayout(grid)
        before = self.keeper.before
        last = f"上次走访：{before.line}" if before else "还没有走访记录，这是第一次。"
        card.body.addWidget(label(last, wrap=True))
        return card
