"""认定 of the case in hand, in one column: the last stored assessment as it was said, and what was decided upon it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from db.services.assessing import StoredAssessment
from db.services.review_case import ReviewCase
from desktop.assessment.assessment_tab import ResultBanner
from desktop.assessment.caps_view import CapsCard
from desktop.assessment.explanation_view import explanation_cards, main_document
from desktop.assessment.paper import print_assessment
from desktop.context import AppContext
from desktop.widgets.basics import EmptyState, Note


class CaseAssessment(QScrollArea):
    """Nothing is computed anew: the reviewer judges what the office below had before its eyes."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_case(self, case: ReviewCase) -> None:
        """Show the last assessment of *case*."""
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 8, 12, 8)
        column.setSpacing(10)
        if case.assessed is None:
            column.addWidget(EmptyState("scale", "下级还没有存档的认定。"))
        else:
            self._fill(column, case, case.assessed)
        column.addStretch(1)
        self.setWidget(inside)

    def _fill(self, column: QVBoxLayout, case: ReviewCase, stored: StoredAssessment) -> None:
        made = stored.assessment
        banner = ResultBanner()
        banner.show_result(made)
        banner.store.hide()
        banner.print.clicked.connect(lambda: print_assessment(self._context, self, stored))
        column.addWidget(banner)
        if stored.is_stale:
            column.addWidget(Note(f"{made.on} 认定以后，{case.since_assessed}有变化。", "warning"))
        decided = case.proposal
        words = f"下级认定：{decided.words}（{decided.decided_by} {decided.decided_on}）" if decided else "下级还没有记下认定意见。"
        reason = f"理由：{decided.reason}" if decided and decided.reason else ""
        column.addWidget(Note("\n".join(part for part in (words, reason) if part), "action" if decided else "plain"))
        for card in explanation_cards(made):
            column.addWidget(card)
        if made.caps:
            column.addWidget(CapsCard(made.caps, main_document(made), False))
