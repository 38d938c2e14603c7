"""The same said of many archives at once: what, why, until when; and what became of it."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from db.domain.review import OUTCOME_LABELS, ReviewOutcome
from db.services import reviewing
from db.services.office import OfficeSession
from db.services.reviewing import ManyReviewed, ReviewInput
from desktop import theme
from desktop.review.reason_ticks import ReasonTicks
from desktop.settings.section import FormDialog
from desktop.widgets.basics import label
from desktop.widgets.result_dialog import ResultDialog

_VERBS = {ReviewOutcome.APPROVED: "通过", ReviewOutcome.RETURNED: "退回", ReviewOutcome.REFUSED: "不通过"}


class ManyReviewDialog(FormDialog):
    """Asks what to say of *count* archives."""

    def __init__(self, parent: QWidget, session: OfficeSession, outcome: ReviewOutcome, count: int) -> None:
        super().__init__(parent, f"{count:,} 户：{OUTCOME_LABELS[outcome]}", f"{_VERBS[outcome]} {count:,} 户")
        self._outcome = outcome
        self.given: ReviewInput | None = None
        self.ticks = ReasonTicks()
        self.due = QLineEdit(reviewing.default_due(session))
        self.due.setAccessibleName("补正期限")
        self.as_decided = QCheckBox("类别和级别照各户的下级认定")
        self.as_decided.setChecked(outcome is ReviewOutcome.APPROVED)
        self.remarks = QLineEdit()
        self.remarks.setAccessibleName("备注")
        self.remarks.setPlaceholderText("可以不填")
        self.ticks.setVisible(outcome is not ReviewOutcome.APPROVED)
        if outcome is not ReviewOutcome.APPROVED:
            self.body.addWidget(label("理由（每一户都一样）", "strong"))
            self.body.addWidget(self.ticks)
        if outcome is ReviewOutcome.RETURNED:
            self._add("补正期限", self.due)
        self._add("备注", self.remarks)
        if outcome is ReviewOutcome.APPROVED:
            self.body.addWidget(self.as_decided)
            self.body.addWidget(label("按各户现在的内容通过；职工编号以后逐户给，或用审核表填。", "secondary", wrap=True))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with the first reason."""
        super().showEvent(event)
        if self.ticks.isVisible():
            next(iter(self.ticks.boxes.values())).setFocus()

    def _add(self, caption: str, field: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        words = label(caption, "secondary")
        words.setMinimumWidth(theme.sp(64))
        row.addWidget(words)
        row.addWidget(field, 1)
        self.body.addLayout(row)

    def submit(self) -> None:
        """Take what was said; a return or refusal needs a reason."""
        sent_back = self._outcome is not ReviewOutcome.APPROVED
        reasons = tuple(self.ticks.reasons()) if sent_back else ()
        if sent_back and not reasons:
            self.complain("请至少选一条理由，下级才知道要改什么。")
            return
        due = self.due.text().strip() if self._outcome is ReviewOutcome.RETURNED else ""
        self.given = ReviewInput(self._outcome, reasons, remarks=self.remarks.text(), due_on=due or None)
        self.accept()


class ReviewedDialog(ResultDialog):
    """What became of many: how many were done, which were passed over."""

    def __init__(self, parent: QWidget, made: ManyReviewed, verb: str) -> None:
        waiting = f"，其中 {made.waiting:,} 户等另一位经办人复审" if made.waiting else ""
        super().__init__(parent, "审核结果", f"{verb} {made.done:,} 户{waiting}", made.skipped, "没有审核")
