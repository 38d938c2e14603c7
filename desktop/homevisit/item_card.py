"""One of the nine items: what to ask, what was said last time and what the archive says, and the answer of today."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from db.domain.records.home_visit import ASKED, NINE_ITEMS, PHRASES
from desktop import theme
from desktop.widgets.basics import Card, button, label
from desktop.widgets.flow_layout import FlowLayout

_LABELS = dict(NINE_ITEMS)
AS_FILED = "与档案一致"
ANSWER_HEIGHT = 76


class ItemCard(Card):
    """The item *key*; *last* is the answer of the visit on *last_on*, *known* what the archive says."""

    answered = Signal(str)

    def __init__(self, number: int, key: str, *, last: str, last_on: str, known: str) -> None:
        super().__init__()
        self.key, self._last = key, last
        self.badge = label("有变化", "badge")
        self.badge.setProperty("tone", "warning")
        self.badge.hide()
        self.fault = label("", "error", wrap=True)
        self.fault.hide()
        self.answer = QPlainTextEdit()
        self.answer.setTabChangesFocus(True)
        self.answer.setFixedHeight(theme.sp(ANSWER_HEIGHT))
        self.answer.setAccessibleName(f"{_LABELS[key]}，今天的情况")
        self.answer.setPlaceholderText("今天了解到的情况")
        self.answer.textChanged.connect(self._on_text)
        self._shown = ""
        head = QHBoxLayout()
        head.setSpacing(theme.sp(8))
        head.addWidget(label(f"{number}. {_LABELS[key]}", "section"))
        head.addWidget(self.badge)
        head.addStretch(1)
        self.body.addLayout(head)
        self.body.addWidget(label(ASKED[key], "secondary", wrap=True))
        middle = QHBoxLayout()
        middle.setSpacing(theme.sp(20))
        middle.addLayout(_beside(last, last_on, known), 2)
        middle.addLayout(self._today(known), 3)
        self.body.addLayout(middle)
        self.body.addWidget(self.fault)

    def _today(self, known: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.sp(8))
        column.addWidget(self.answer)
        holder = QWidget()
        flow = FlowLayout(holder, gap=theme.sp(8), line_gap=theme.sp(8))
        for words in self._offers(known):
            made = button("和上次一样" if words == self._last else words, act=partial(self._say, words))
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            flow.addWidget(made)
        column.addWidget(holder)
        column.addStretch(1)
        return column

    def _offers(self, known: str) -> Sequence[str]:
        same = [self._last] if self._last else [AS_FILED] if known else []
        return [*same, *PHRASES[self.key]]

    def _say(self, words: str) -> None:
        """A phrase is added to what stands there; 和上次一样 and 与档案一致 stand alone."""
        alone = words in (self._last, AS_FILED)
        present = self.answer.toPlainText().strip()
        if not alone and words in present.split("，"):
            return
        self.answer.setPlainText(words if alone or not present or present == AS_FILED else f"{present}，{words}")

    def _on_text(self) -> None:
        if self.answer.toPlainText() != self._shown:
            self._shown = self.answer.toPlainText()
            self.answered.emit(self._shown)

    def show_answer(self, words: str, *, is_changed: bool, fault: str) -> None:
        """Show what stands in the record, whether it is new, and what is wrong with it."""
        if words.strip() != self.answer.toPlainText().strip():
            self._shown = words
            self.answer.setPlainText(words)
        self.badge.setVisible(is_changed)
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))


def _beside(last: str, last_on: str, known: str) -> QVBoxLayout:
    """What was said last time, and what the archive says."""
    column = QVBoxLayout()
    column.setSpacing(2)
    for caption, words in ((f"上次（{last_on}）" if last_on else "", last), ("档案上", known)):
        if words:
            column.addWidget(label(caption, "small"))
            column.addWidget(label(words, wrap=True))
    if not last and not known:
        column.addWidget(label("上次没有记，档案上也没有。", "secondary", wrap=True))
    column.addStretch(1)
    return column
