"""认定意见: what the rules suggest, what people decide; a reason where the two differ."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from db.domain.policy.assessment import OUTCOME_LABELS, Assessment
from db.services.assessing import Decision, StoredAssessment, class_words
from desktop import theme
from desktop.widgets.basics import Card, Icon, button, label, set_role

NONE = ""


def decision_words(assessment: Assessment, decision: Decision) -> str:
    """The class decided, as people call it."""
    return class_words(assessment.class_result(decision.decided_class))


class DecisionCard(Card):
    """Decides upon the last stored assessment."""

    decided = Signal(str, object, object, str)  # assessment id, class, level, reason

    def __init__(self) -> None:
        super().__init__("认定意见")
        self._stored: StoredAssessment | None = None
        self._suggested = label("--", "strong", wrap=True)
        self.choice = QComboBox()
        self.choice.setAccessibleName("认定为")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(8)
        self._reason_caption = QLabel("理由")
        self.reason = QLineEdit()
        self.reason.setAccessibleName("理由")
        self._said = label("", "secondary", wrap=True)
        self._said_sign = Icon("circle-check", theme.GREEN, 16)
        self.act = button("记下认定意见", act=self._decide)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        captions = (label("系统建议", "secondary"), label("认定为", "secondary"), self._reason_caption)
        for row, (caption, field) in enumerate(zip(captions, (self._suggested, self.choice, self.reason), strict=True)):
            grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(field, row, 1)
        self._reason_caption.setProperty("role", "secondary")
        self._fields = QWidget()
        self._fields.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self._fields)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self._said_sign, 0, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self._said, 1)
        foot.addWidget(self.act)
        self.body.addLayout(foot)
        self.choice.currentIndexChanged.connect(lambda _at: self._on_choice())
        self.reason.textEdited.connect(lambda _text: set_role(self.reason, "state", ""))
        self.reason.returnPressed.connect(self._decide)

    def show_stored(self, stored: StoredAssessment | None, current: Assessment, may_change: bool) -> None:
        """Offer the classes; only what is stored can be decided upon."""
        self._stored = stored
        assessment = stored.assessment if stored else current
        suggested = assessment.class_result(assessment.suggested_class)
        self._suggested.setText(class_words(suggested) if suggested else OUTCOME_LABELS[assessment.outcome])
        self.choice.blockSignals(True)
        self.choice.clear()
        for item in assessment.classes:
            self.choice.addItem(class_words(item), (item.code, item.level))
        self.choice.addItem("不属于任何一类", (None, None))
        decision = stored.decision if stored else None
        chosen = decision.decided_class if decision else assessment.suggested_class
        codes = [self.choice.itemData(at)[0] for at in range(self.choice.count())]
        self.choice.setCurrentIndex(codes.index(chosen) if chosen in codes else len(codes) - 1)
        self.choice.blockSignals(False)
        self.reason.setText(decision.reason if decision else "")
        ready = stored is not None and may_change and bool(assessment.classes)
        for part in (self.choice, self.reason, self.act):
            part.setEnabled(ready)
        self._fields.setVisible(stored is not None and may_change)
        self.act.setVisible(stored is not None and may_change)
        self._show_said(stored, decision, may_change)
        self._on_choice()

    def _show_said(self, stored: StoredAssessment | None, decision: Decision | None, may_change: bool) -> None:
        if decision is None and not may_change:
            text = "上报单位还没有记下认定意见。"
        elif stored is None:
            text = "先“认定并存档”，再记认定意见。"
        elif decision is None:
            text = "还没有记下认定意见。"
        else:
            why = f"。理由：{decision.reason}" if decision.reason else ""
            text = f"{decision.made_at[:10]} {decision.made_by}：{decision_words(stored.assessment, decision)}{why}"
        self._said.setText(text)
        self._said_sign.show_icon(*(("circle-check", theme.GREEN) if decision else ("info", theme.SECONDARY)))

    def _differs(self) -> bool:
        if self._stored is None or self.choice.currentData() is None:
            return False
        made = self._stored.assessment
        return tuple(self.choice.currentData()) != (made.suggested_class, made.suggested_level)

    def _on_choice(self) -> None:
        differs = self._differs()
        self._reason_caption.setText("* 理由" if differs else "理由")
        self.reason.setPlaceholderText("与建议不同，请写明理由" if differs else "可以不填")
        set_role(self.reason, "state", "")

    def _decide(self) -> None:
        if self._stored is None:
            return
        if self._differs() and not self.reason.text().strip():
            set_role(self.reason, "state", "error")
            self.reason.setFocus()
            return
        code, level = self.choice.currentData()
        self.decided.emit(self._stored.id, code, level, self.reason.text())
