"""历次认定: every stored assessment as it was, with its policy version and what was decided; nothing is recomputed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from db.services.assessing import StoredAssessment, suggestion_words
from desktop import theme
from desktop.assessment.decision_card import decision_words
from desktop.assessment.layouts import clear_item
from desktop.assessment.tones import OUTCOME_SIGNS
from desktop.widgets.basics import Card, Icon, button, label, line

SHOWN_AT_FIRST = 4


class HistoryCard(Card):
    """The newest first."""

    opened = Signal(object)  # StoredAssessment

    def __init__(self) -> None:
        super().__init__("历次认定", "照当时的原样，不重算")
        self._rows = self.body

    def show_history(self, history: list[StoredAssessment], count: int = SHOWN_AT_FIRST) -> None:
        """Show *history*."""
        while self._rows.count() > 1:
            clear_item(self._rows.takeAt(1))
        if not history:
            self._rows.addWidget(label("还没有存档的认定。", "secondary"))
        for at, stored in enumerate(history[:count]):
            if at:
                self._rows.addWidget(line())
            self._add(stored)
        if len(history) > count:
            rest = len(history) - count
            self._rows.addWidget(button(f"更早的 {rest} 次", "link", act=lambda: self.show_history(history, len(history))))

    def _add(self, stored: StoredAssessment) -> None:
        made = stored.assessment
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(Icon(*OUTCOME_SIGNS[made.outcome], 16))
        head.addWidget(label(made.on, "strong"))
        head.addWidget(label(stored.made_by, "secondary"))
        head.addStretch(1)
        show = button("查看", "link", act=lambda: self.opened.emit(stored))
        show.setAccessibleName(f"查看 {made.on} 的认定")
        show.setStyleSheet(f"min-height: {theme.sp(22)}px; padding: 0 2px;")
        head.addWidget(show)
        self._rows.addLayout(head)
        self._rows.addWidget(label(suggestion_words(made), "", wrap=True))
        about = f"{made.year} 年家庭经济状况" + (f"第 {stored.means_revision} 版" if stored.means_revision else "（未填）")
        self._rows.addWidget(label(about, "small"))
        decision = stored.decision
        if decision is not None:
            why = f"，理由：{decision.reason}" if decision.reason else ""
            text = f"认定：{decision_words(made, decision)}（{decision.made_by} {decision.made_at[:10]}{why}）"
            self._rows.addWidget(label(text, "done", wrap=True))

