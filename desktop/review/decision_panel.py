"""What the reviewer says: the outcome, why, what is given, until when. Everything can be done from the keyboard."""

from dataclasses import asdict
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from db.domain.option_lists import option_list
from db.domain.review import OTHER, OUTCOME_VERBS, Reason, ReviewOutcome, field_caption
from db.services import reviewing
from db.services.office import OfficeSession
from db.services.review_case import ReviewCase, number_field
from db.services.reviewing import ReviewInput
from desktop import theme
from desktop.assessment.layouts import clear
from desktop.moments import moment
from desktop.review.reason_ticks import ReasonTicks
from desktop.widgets.basics import Card, Note, button, label, line
from desktop.widgets.segmented import Segmented

OUTCOMES = (
    (ReviewOutcome.APPROVED, "通过　1"),
    (ReviewOutcome.RETURNED, "退回　2"),
    (ReviewOutcome.REFUSED, "不通过　3"),
)
FIELD_REASONS = ("field_wrong", "paper_differs", "field_missing", "missing_paper", "unclear_paper", "income_unproven", OTHER)
"""Reasons that make sense for a single field, the usual one first."""


class FieldReason(QFrame):
    """A reason for one field."""

    removed = Signal()
    changed = Signal()

    def __init__(self, field: str, member_id: str, who: str, code: str = FIELD_REASONS[0], text: str = "") -> None:
        super().__init__()
        self.field, self.member_id = field, member_id
        self.setProperty("role", "note")
        caption = field_caption(field).replace("家庭成员 · ", f"{who} · " if who else "家庭成员 · ")
        self.choice = QComboBox()
        options = option_list("review_reason")
        for known in dict.fromkeys((*FIELD_REASONS, code)):
            self.choice.addItem(options.label(known), known)
        self.choice.setCurrentIndex(max(0, self.choice.findData(code)))
        self.choice.setAccessibleName(f"{caption} 的理由")
        self.words = QLineEdit(text)
        self.words.setPlaceholderText("补充说明，如“少一位”")
        self.words.setAccessibleName(f"{caption} 的补充说明")
        drop = button("", "quiet", "x", self.removed.emit)
        drop.setAccessibleName(f"去掉 {caption} 的理由")
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(label(caption, "strong"), 1)
        head.addWidget(drop)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.choice, 1)
        row.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 4, 8)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(row)
        self.choice.currentIndexChanged.connect(lambda _at: self.changed.emit())
        self.words.textEdited.connect(lambda _text: self.changed.emit())

    def reason(self) -> Reason:
        """What was chosen."""
        return Reason(str(self.choice.currentData()), self.words.text().strip(), self.field, self.member_id)


class DecisionPanel(Card):
    """Takes the review of the case in hand."""

    saved = Signal()
    reasons_changed = Signal()

    def __init__(self, session: OfficeSession) -> None:
        super().__init__()
        self._session = session
        self._case: ReviewCase | None = None
        self._touched = False
        self.outcome: Segmented[ReviewOutcome] = Segmented(OUTCOMES)
        self.first = Note("", "warning")
        self.proposed = label("", "secondary", wrap=True)
        self.fields: list[FieldReason] = []
        self._field_box = QVBoxLayout()
        self._field_box.setSpacing(6)
        self.ticks = ReasonTicks(columns=1)
        self.kind = QComboBox()
        self.kind.setAccessibleName("审定的类别和级别")
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(8)
        self.number, self.due, self.remarks = QLineEdit(), QLineEdit(), QLineEdit()
        self._due_words = label("", "small")
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self.save = button("保存，看下一户　Ctrl+Enter", "primary", act=self.saved.emit)
        self._why, self._gives, self._until = QWidget(), QWidget(), QWidget()
        self._arrange()
        self._connect()

    # -- building

    def _arrange(self) -> None:
        why = QVBoxLayout(self._why)
        why.setContentsMargins(0, 0, 0, 0)
        why.setSpacing(6)
        why.addWidget(label("理由", "strong"))
        why.addLayout(self._field_box)
        why.addWidget(self.ticks)
        gives = QVBoxLayout(self._gives)
        gives.setContentsMargins(0, 0, 0, 0)
        gives.setSpacing(8)
        gives.addWidget(self.proposed)
        gives.addLayout(_captioned("审定为", self.kind))
        gives.addLayout(_captioned("职工编号", self.number))
        until = QVBoxLayout(self._until)
        until.setContentsMargins(0, 0, 0, 0)
        due = _captioned("补正期限", self.due)
        due.addWidget(self._due_words)
        until.addLayout(due)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        for part in (self._gives, self._why):
            column.addWidget(part)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        self._scroll = scroll
        self.body.setContentsMargins(16, 12, 12, 12)
        self.body.addWidget(self.first)
        self.body.addWidget(self.outcome)
        self.body.addWidget(scroll, 1)
        self.body.addWidget(line())
        self.body.addWidget(self._until)
        self.body.addLayout(_captioned("备注", self.remarks))
        self.body.addWidget(self.problem)
        self.body.addWidget(self.save)

    def _connect(self) -> None:
        for field, caption, hint in (
            (self.number, "职工编号", "可以不填，以后再给"),
            (self.due, "补正期限", "如 2026-12-05，可以不填"),
            (self.remarks, "备注", "可以不填"),
        ):
            field.setAccessibleName(caption)
            field.setPlaceholderText(hint)
            field.textEdited.connect(lambda _text: self._touch())
        self.outcome.changed.connect(lambda _outcome: self._on_outcome())
        self.kind.currentIndexChanged.connect(lambda _at: self._touch())
        self.ticks.changed.connect(self._on_tick)
        self.due.textChanged.connect(lambda _text: self._show_due())

    # -- showing

    def show_case(self, case: ReviewCase, half: dict[str, Any] | None = None) -> None:
        """Begin with *case*, with what was half typed about it before."""
        self._case = case
        first = case.first
        self._clear()
        self.first.setVisible(first is not None)
        if first is not None:
            self.first.show_text(self._first_words(case), "warning")
            self.save.setEnabled(first.clerk_id != self._session.clerk.id)
        self._offer_classes(case)
        self.number.setText(number_field(case))
        self.due.setText(reviewing.default_due(self._session))
        said = half or (_said(first) if first is not None else None)
        if said:
            self._take(said)
        self._touched = half is not None
        self._show_outcome()
        self.reasons_changed.emit()

    def _first_words(self, case: ReviewCase) -> str:
        first = case.first
        assert first is not None
        when = moment(first.made_at, date.fromisoformat(self._session.today))
        said = f"{when} {first.clerk_name} 初审：{OUTCOME_VERBS[first.outcome]}"
        if first.clerk_id == self._session.clerk.id:
            return f"{said}。要由另一位经办人登录复审。"
        return f"{said}。请复审：一致就直接保存；不同请在备注里写明为什么。"

    def _clear(self) -> None:
        self._drop_fields()
        self.ticks.show_reasons([])
        self.outcome.set_value(None)
        self.remarks.clear()
        self.problem.hide()
        self.save.setEnabled(True)

    def _offer_classes(self, case: ReviewCase) -> None:
        proposal = case.proposal
        self.kind.blockSignals(True)
        self.kind.clear()
        self.kind.addItem("不写（以后再定）", (None, None))
        for choice in case.choices:
            self.kind.addItem(choice.words, (choice.code, choice.level))
        known = case.present if case.present and case.present.class_code else proposal
        wanted = (known.class_code, known.level_code) if known else (None, None)
        offered = [self.kind.itemData(at) for at in range(self.kind.count())]
        self.kind.setCurrentIndex(offered.index(wanted) if wanted in offered else 0)
        self.kind.blockSignals(False)
        told = f"下级认定（{proposal.decided_on}）：{proposal.words}。" if proposal else "下级还没有记下认定意见。"
        reason = f"理由：{proposal.reason}。" if proposal and proposal.reason else ""
        self.proposed.setText("\n".join(part for part in (case.suggestion, told + reason) if part))

    def _take(self, said: dict[str, Any]) -> None:
        self.outcome.set_value(ReviewOutcome(said["outcome"]) if said.get("outcome") else None)
        reasons = [Reason.from_json(item) for item in said.get("reasons", [])]
        self.ticks.show_reasons([reason for reason in reasons if not reason.field])
        for reason in reasons:
            if reason.field:
                self._add(reason.field, reason.member_id, reason.code, reason.text)
        offered = [self.kind.itemData(at) for at in range(self.kind.count())]
        wanted = (said.get("class_code"), said.get("level_code"))
        self.kind.setCurrentIndex(offered.index(wanted) if wanted in offered else self.kind.currentIndex())
        self.number.setText(said.get("worker_number") or self.number.text())
        self.due.setText(said.get("due_on") or self.due.text())
        self.remarks.setText(said.get("remarks", ""))

    def _show_outcome(self) -> None:
        outcome = self.outcome.value()
        self._gives.setVisible(outcome in (None, ReviewOutcome.APPROVED))
        self._why.setVisible(outcome in (ReviewOutcome.RETURNED, ReviewOutcome.REFUSED))
        self._until.setVisible(outcome is ReviewOutcome.RETURNED)

    def _show_due(self) -> None:
        try:
            words = reviewing.due_words(self.due.text().strip(), self._session.today)
        except ValueError:
            words = ""
        self._due_words.setText(words)

    # -- taking

    def choose(self, outcome: ReviewOutcome) -> None:
        """Choose an outcome, as a key does."""
        self.outcome.set_value(outcome)
        self._on_outcome()
        if outcome is not ReviewOutcome.APPROVED and not self.fields:
            next(iter(self.ticks.boxes.values())).setFocus()

    def add_reason(self, field: str, member_id: str, who: str, *, is_empty: bool = False) -> None:
        """Begin a reason for a field; what is not sent back yet is, from now on."""
        if self.outcome.value() not in (ReviewOutcome.RETURNED, ReviewOutcome.REFUSED):
            self.outcome.set_value(ReviewOutcome.RETURNED)
        known = next((made for made in self.fields if (made.field, made.member_id) == (field, member_id)), None)
        usual = "missing_paper" if field == "@attachment" else "field_missing" if is_empty else FIELD_REASONS[0]
        made = known or self._add(field, member_id, usual, who=who)
        self._on_outcome()
        made.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(made)
        self.reasons_changed.emit()

    def _add(self, field: str, member_id: str, code: str, text: str = "", who: str = "") -> FieldReason:
        made = FieldReason(field, member_id, who or self._who(member_id), code, text)
        made.removed.connect(lambda: self._remove(made))
        made.changed.connect(self._touch)
        self.fields.append(made)
        self._field_box.addWidget(made)
        return made

    def _who(self, member_id: str) -> str:
        members = self._case.archive.content.members if self._case else []
        return next((str(member.get("name") or "") for member in members if member["id"] == member_id), "")

    def _remove(self, made: FieldReason) -> None:
        self.fields.remove(made)
        self._field_box.removeWidget(made)
        made.hide()
        made.deleteLater()
        self._touch()
        self.reasons_changed.emit()

    def _drop_fields(self) -> None:
        self.fields = []
        clear(self._field_box)

    def _on_outcome(self) -> None:
        self._touch()
        self._show_outcome()

    def _on_tick(self) -> None:
        self._touch()

    def _touch(self) -> None:
        self._touched = True
        self.problem.hide()

    def complain(self, text: str) -> None:
        """Say what is missing or wrong."""
        self.problem.setText(text)
        self.problem.show()

    def marked(self) -> set[tuple[str, str]]:
        """Fields (path, member) that have a reason."""
        return {(made.field, made.member_id) for made in self.fields}

    def given(self) -> ReviewInput | None:
        """What was said; None while no outcome is chosen."""
        outcome = self.outcome.value()
        if outcome is None:
            return None
        reasons = [*(made.reason() for made in self.fields), *self.ticks.reasons()]
        gives = outcome is ReviewOutcome.APPROVED
        class_code, level_code = self.kind.currentData() if gives else (None, None)
        given = self._case.given_number if self._case else ""
        number = self.number.text().strip() if gives else ""
        return ReviewInput(
            outcome,
            tuple(reasons) if not gives else (),
            class_code,
            level_code,
            "" if number == given else number,
            self.remarks.text().strip(),
            (self.due.text().strip() or None) if outcome is ReviewOutcome.RETURNED else None,
        )

    def half(self) -> dict[str, Any] | None:
        """What is half typed, to be kept over a lock; None when nothing is."""
        if not self._touched or self._case is None:
            return None
        given = self.given()
        body: dict[str, Any] = asdict(given) if given else {"remarks": self.remarks.text()}
        reasons = given.reasons if given else ()
        return {**body, "reasons": [reason.to_json() for reason in reasons], "revision": self._case.archive.revision}

    def forget(self) -> None:
        """What was typed is stored: nothing is half done any more."""
        self._touched = False


def _said(first: Any) -> dict[str, Any]:
    """The first person's word as a start for the second."""
    keys = ("outcome", "class_code", "level_code", "worker_number", "due_on")
    body = {key: getattr(first, key) for key in keys}
    return {**body, "reasons": [reason.to_json() for reason in first.reasons]}


def _captioned(caption: str, field: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    words = label(caption, "secondary")
    words.setMinimumWidth(theme.sp(60))
    row.addWidget(words)
    row.addWidget(field, 1)
    return row
