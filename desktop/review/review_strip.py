"""The strip above an archive: what the office above said of it, why and until when – or that it waits for review here."""

from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from db.services import review_list, reviewing
from db.services.archiving import Archive
from db.services.review_list import REVIEW_STATE_LABELS, WAITING, ReviewState
from db.services.reviewing import ReviewEntry
from desktop import theme
from desktop.assessment.layouts import clear
from desktop.context import AppContext
from desktop.review.jump import jump_to_reason
from desktop.review.said_card import OUTCOME_SIGNS, OUTCOME_TONES, due_line, given_line, head_words
from desktop.widgets.basics import Icon, button, label, set_role
from desktop.widgets.flow_layout import FlowLayout


class ReviewStrip(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._archive_id = ""
        self.setProperty("role", "note")
        self._sign = Icon("info", theme.ACTION, 18)
        self._words = label("", "strong", wrap=True)
        self._review = button("去审核", "", "circle-check", self._go_to_review)
        self._reasons = QWidget()
        self._flow = FlowLayout(self._reasons, gap=theme.sp(4), line_gap=theme.sp(2))
        self._due = label("", "", wrap=True)
        self._given = label("", "secondary", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        for part in (self._words, self._reasons, self._due, self._given):
            words.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._review, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_archive(self, archive: Archive) -> None:
        """Say what there is to say of *archive*."""
        session = self._context.session
        self._archive_id = archive.id
        entries = reviewing.list_reviews(session, archive.id)
        state = review_list.state_of(session, archive.id)
        self._review.setVisible(state is not None)
        counts = reviewing.review_that_counts(session, archive.id) if entries else None
        before = reviewing.returned_before(session, archive.id) if entries and counts is None else None
        if state is not None:
            self._show_own(state, entries)
        elif counts is not None:
            self._show_entry(counts, may_change=archive.office_id == session.office.id)
        elif before is not None:
            self._show_before(before, is_received=archive.acknowledged_revision >= archive.revision)
        self.setVisible(state is not None or counts is not None or before is not None)

    def _today(self) -> date:
        return date.fromisoformat(self._context.session.today)

    def _show_entry(self, entry: ReviewEntry, *, may_change: bool) -> None:
        sign, ink = OUTCOME_SIGNS[entry.outcome]
        self._sign.show_icon(sign, ink)
        set_role(self, "tone", OUTCOME_TONES[entry.outcome])
        self._words.setText(head_words(entry, self._today()))
        self._show_reasons(entry, may_change=may_change)
        self._say(self._due, due_line(entry, self._today()))
        late = entry.due_on is not None and entry.due_on < self._context.session.today
        set_role(self._due, "role", "error" if late else "warning")
        self._say(self._given, "　".join(part for part in (given_line(entry), _remarks(entry)) if part))

    def _show_before(self, entry: ReviewEntry, *, is_received: bool) -> None:
        self._sign.show_icon("undo-2", theme.AMBER)
        set_role(self, "tone", "warning")
        then = "之后改过，已报上级，等重新审核。" if is_received else "之后改过，还没有报到上级，请记得上报。"
        self._words.setText(f"曾退回：{head_words(entry, self._today())}。{then}")
        self._show_reasons(entry, may_change=not is_received)
        self._say(self._due, "" if is_received else due_line(entry, self._today()))
        self._say(self._given, "")

    def _show_own(self, state: ReviewState, entries: list[ReviewEntry]) -> None:
        mine = next((entry for entry in entries if entry.is_own), None)
        waits = state in WAITING
        self._sign.show_icon(*(("circle-dot", theme.ACTION) if waits or mine is None else OUTCOME_SIGNS[mine.outcome]))
        set_role(self, "tone", "action" if waits or mine is None else OUTCOME_TONES[mine.outcome])
        said = f"　{head_words(mine, self._today())}" if mine else ""
        self._words.setText(f"{REVIEW_STATE_LABELS[state]}{said}")
        self._review.setText("去审核" if waits else "重新审核")
        if mine is not None:
            self._show_reasons(mine, may_change=False)
        else:
            clear(self._flow)
            self._reasons.hide()
        self._say(self._due, due_line(mine, self._today()) if mine and not waits else "")
        self._say(self._given, given_line(mine) if mine else "")

    def _show_reasons(self, entry: ReviewEntry, *, may_change: bool) -> None:
        clear(self._flow)
        for reason in entry.reasons:
            if may_change:
                act = partial(jump_to_reason, self._context.window, self._archive_id, reason)
                made: QWidget = button(reason.words, "link", "pencil", act)
                made.setToolTip("去改这一处")
            else:
                made = label(f"·　{reason.words}")
            self._flow.addWidget(made)
        self._reasons.setVisible(bool(entry.reasons))

    @staticmethod
    def _say(widget: QLabel, words: str) -> None:
        widget.setText(words)
        widget.setVisible(bool(words))

    def _go_to_review(self) -> None:
        self._context.window.show_page("review", archive_id=self._archive_id)


def _remarks(entry: ReviewEntry) -> str:
    return f"备注：{entry.remarks}" if entry.remarks else ""
