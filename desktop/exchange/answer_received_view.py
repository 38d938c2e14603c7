"""After an answer was read: what it has changed, and the way to what is now to be done."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from db.services.answer_news import AnswerOutcome
from desktop.context import AppContext
from desktop.exchange.late_view import LateView
from desktop.exchange.news_board import NewsBoard
from desktop.exchange.news_groups import headline_of_news, to_correct
from desktop.widgets.basics import Note, PageHeader, button


class AnswerReceivedView(LateView):
    """Shows an `AnswerOutcome`; each line opens the thing itself."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._header = PageHeader("审核结果已读入")
        self._headline = Note("", "done")
        self._warnings = Note("", "warning")
        self.board = NewsBoard(context, applied=True)
        self._returned = button("去补正", "primary", "pencil", lambda: self.section_wanted.emit("returned"))
        self._circulars = button("看通知", "", "file-text", lambda: self.section_wanted.emit("circulars"))
        self._conflicts = button("选择冲突的栏目", "", "triangle-alert", self._show_conflicts)
        self._again = button("重新上报", "", "folder-output", lambda: self.section_wanted.emit("export"))
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(button("完成", act=self.left.emit))
        foot.addStretch(1)
        for act in (self._circulars, self._conflicts, self._again, self._returned):
            foot.addWidget(act)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        for part in (self._header, self._headline, self._warnings):
            column.addWidget(part)
        column.addWidget(self.board, 1)
        column.addLayout(foot)

    def _show_conflicts(self) -> None:
        self.section_wanted.emit("conflicts")

    def open_for(self, **arguments: Any) -> None:
        """Show the outcome *result*."""
        result = arguments.get("result")
        if isinstance(result, AnswerOutcome):
            self.show_outcome(result)

    def show_outcome(self, outcome: AnswerOutcome) -> None:
        """Show what reading the answer has changed."""
        news = outcome.news
        self._header.set_texts("审核结果已读入", f"{outcome.sender_name}　第 {outcome.sequence} 包")
        urgent = bool(news.returned or news.refused or news.conflicts or news.lost)
        self._headline.show_text(headline_of_news(news), "warning" if urgent else "done")
        notes = [*outcome.warnings, *news.notes]
        self._warnings.show_text("\n".join(notes), "warning")
        self._warnings.setVisible(bool(notes))
        self._returned.setVisible(bool(to_correct(news)))
        self._circulars.setVisible(any(not item.withdrawn for item in news.circulars))
        self._conflicts.setVisible(bool(news.conflicts))
        self._again.setVisible(bool(news.lost))
        self.board.show_news(news)
        self.setFocusProxy(self._returned if to_correct(news) else self.board)
