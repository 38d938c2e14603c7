"""认定 as a tab of the archive: the result with its reasons at the left; decision, what-if and history at the right."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from db.domain.means_form import MEANS_FORM, MeansContent
from db.domain.policy.assessment import Assessment
from db.domain.policy.explanation import explain
from db.errors import NuandangError, UserError
from db.services import assessing
from db.services.archiving import Archive
from db.services.assessing import StoredAssessment
from desktop import background, messages, theme
from desktop.assessment.caps_view import CapsCard
from desktop.assessment.case import Case, open_case
from desktop.assessment.decision_card import DecisionCard
from desktop.assessment.explanation_view import MissingCard, explanation_cards, main_document
from desktop.assessment.history_card import HistoryCard
from desktop.assessment.layouts import clear
from desktop.assessment.paper import print_assessment
from desktop.assessment.tones import OUTCOME_SIGNS
from desktop.assessment.what_if_card import WhatIfCard
from desktop.context import AppContext
from desktop.widgets.basics import EmptyState, Icon, Note, button, label, set_icon
from desktop.widgets.scrolled import scrolled

SIDE_WIDTH = 372


class ResultBanner(QFrame):
    """The result in one line, what it rests on, and the acts."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._sign = Icon("info", theme.SECONDARY, 32)
        self._words = label("", "section", wrap=True)
        self._basis = label("", "secondary", wrap=True)
        self._document = label("", "small", wrap=True)
        self.print = button("打印", "", "printer")
        self.store = button("认定并存档", "primary", "save")
        words = QVBoxLayout()
        words.setSpacing(2)
        for part in (self._words, self._basis, self._document):
            words.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(12)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.print)
        row.addWidget(self.store)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_result(self, made: Assessment) -> None:
        """Show the result of *made*."""
        self._sign.show_icon(*OUTCOME_SIGNS[made.outcome])
        said = explain(made)[0].sentences
        self._words.setText(said[0].text)
        self._basis.setText("".join(sentence.text for sentence in said[1:]))
        document = main_document(made)
        self._document.setText(f"依据 {document}，下面各行注明条款。")
        self._document.setVisible(bool(document))


class AssessmentTab(QWidget):
    """What one household qualifies for."""

    place_wanted = Signal(str, str, int)  # section, field, year

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._archive: Archive | None = None
        self._may_change = True
        self._asked = 0
        self.case: Case | None = None
        self._looked_at: StoredAssessment | None = None
        self.banner = ResultBanner()
        self.note = Note("", "action")
        self._back = button("回到现在", "", "undo-2", self._show_now)
        self._set_policy = button("去设置 → 政策", "", "", self._go_to_policy)
        self.decision, self.what_if, self.history = DecisionCard(), WhatIfCard(), HistoryCard()
        self._left, self._right = QWidget(), QWidget()
        self._stack = QStackedWidget()
        self._waiting = QWidget()
        self._no_policy = EmptyState(
            "scale",
            "还没有选定今天执行的政策，不能认定。\n选定后，这里会写明属于哪一类、哪一级、为什么，每项救助最多多少。",
            "去设置 → 政策",
            self._go_to_policy,
            primary=True,
        )
        self._refused = EmptyState("circle-alert", "", "去家庭经济状况", lambda: self.place_wanted.emit("", "", 0))
        self._arrange()
        self._connect()

    # -- building

    def _arrange(self) -> None:
        self._lines = QVBoxLayout(self._left)
        self._lines.setContentsMargins(0, 0, 10, 8)
        self._lines.setSpacing(10)
        side = QVBoxLayout(self._right)
        side.setContentsMargins(0, 0, 10, 8)
        side.setSpacing(10)
        for card in (self.decision, self.what_if, self.history):
            side.addWidget(card)
        side.addStretch(1)
        left, right = scrolled(self._left), scrolled(self._right)
        right.setFixedWidth(theme.sp(SIDE_WIDTH))
        self._scrolls = (left, right)
        columns = QHBoxLayout()
        columns.setSpacing(2)
        columns.addWidget(left, 1)
        columns.addWidget(right)
        strip = QHBoxLayout()
        strip.setSpacing(8)
        strip.addWidget(self.note, 1)
        strip.addWidget(self._back)
        strip.addWidget(self._set_policy)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.banner)
        column.addLayout(strip)
        column.addLayout(columns, 1)
        self._shown = shown
        for view in (self._waiting, shown, self._no_policy, self._refused):
            self._stack.addWidget(view)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _connect(self) -> None:
        self.banner.store.clicked.connect(lambda: self.store())
        self.banner.print.clicked.connect(lambda: self._print())
        self.decision.decided.connect(self._decide)
        self.history.opened.connect(self.look_at)

    # -- showing

    def show_archive(self, archive: Archive, may_change: bool, unsaved: MeansContent | None = None) -> None:
        """Assess *archive* as it stands – with *unsaved*, the worksheet on the table – and show the result."""
        if self._archive is None or self._archive.id != archive.id:
            self._stack.setCurrentWidget(self._waiting)
            for scroll in self._scrolls:
                scroll.verticalScrollBar().setValue(0)
        self._archive, self._may_change, self._looked_at = archive, may_change, None
        self._asked += 1
        asked, session = self._asked, self._session
        on = date.fromisoformat(session.today)

        def work() -> tuple[Case | None, list[StoredAssessment]]:
            case = open_case(session, archive.id, on, unsaved)
            return case, case.history if case else assessing.list_assessments(session, archive.id)

        def done(found: tuple[Case | None, list[StoredAssessment]]) -> None:
            if asked == self._asked:
                self._show_case(*found)

        def failed(fault: BaseException) -> None:
            if asked == self._asked:
                self._show_fault(fault)

        background.run_quietly(self, work, done, failed)

    def _show_fault(self, fault: BaseException) -> None:
        if not isinstance(fault, UserError):
            messages.show_error(self, fault)
            return
        self._refused.sentence.setText(f"还不能认定：{fault.text()}")
        self._stack.setCurrentWidget(self._refused)

    def _show_case(self, case: Case | None, history: list[StoredAssessment]) -> None:
        self.case = case
        self.history.show_history(history)
        self._set_policy.setVisible(case is None)
        if case is not None:
            self._show_now()
        elif history:
            self.look_at(history[0])
        self._stack.setCurrentWidget(self._shown if case is not None or history else self._no_policy)

    def _show_now(self) -> None:
        case = self.case
        if case is None:
            return
        self._looked_at = None
        stored = case.stored
        self._show_result(case.assessment)
        self.decision.show_stored(stored, case.assessment, self._may_change)
        self.what_if.show_case(case)
        self.decision.setVisible(bool(case.assessment.classes))
        self.what_if.show()
        self._back.hide()
        self.banner.store.setVisible(self._may_change)
        self.banner.store.setEnabled(stored is None)
        ready = case.has_worksheet and not case.is_unsaved
        self.banner.store.setText("已存档" if stored else "认定并存档" if ready else "去填家庭经济状况")
        set_icon(self.banner.store, "save" if ready else "pencil", theme.PAGE)
        self.banner.print.setEnabled(stored is not None)
        self.banner.print.setToolTip("" if stored else "存档以后可以打印")
        text, tone = self._standing(case)
        self.note.show_text(text, tone)
        self.note.setVisible(bool(text))

    @staticmethod
    def _standing(case: Case) -> tuple[str, str]:
        """How what is shown stands to what is stored."""
        last = case.history[0] if case.history else None
        if case.is_unsaved:
            return "这是按还没有保存的家庭经济状况试算的结果。先在“家庭经济”里保存，再认定并存档。", "warning"
        if not case.has_worksheet:
            return f"还没有 {case.facts.year} 年的家庭经济状况，先填写再认定。", "warning"
        if case.stored is not None or last is None:
            return "", "plain"
        why = [
            words
            for words, holds in (("家庭情况", last.means_changed), ("政策或标准", last.policy_changed))
            if holds
        ]
        changed = f"{'、'.join(why)}有变化" if why else "日期或结果不同"
        return f"{last.assessment.on} 存档的认定以后，{changed}。这里是按现在重新算的结果，还没有存档。", "warning"

    def _show_result(self, made: Assessment) -> None:
        self.banner.show_result(made)
        clear(self._lines)
        if made.missing:
            may_change = self._may_change and self._looked_at is None
            card = MissingCard(made.missing, may_change, is_settled=made.suggested_class is not None)
            card.wanted.connect(self._go_to)
            self._lines.addWidget(card)
        for made_card in explanation_cards(made):
            self._lines.addWidget(made_card)
        if made.caps:
            caps = CapsCard(made.caps, main_document(made), self._may_change and self._looked_at is None)
            caps.wanted.connect(self._go_to)
            self._lines.addWidget(caps)
        self._lines.addStretch(1)

    def look_at(self, stored: StoredAssessment) -> None:
        """Show a stored assessment exactly as it was."""
        self._looked_at = stored
        self._show_result(stored.assessment)
        now = "" if self.case is not None else "还没有选定今天执行的政策，不能按今天重新认定。"
        text = f"这是 {stored.assessment.on} 由 {stored.made_by} 存档的认定，照当时的原样显示。{now}"
        self.note.show_text(text, "warning" if now else "action")
        self.note.show()
        self._back.setVisible(self.case is not None)
        self.decision.hide()
        self.what_if.hide()
        self.banner.store.hide()
        self.banner.print.setEnabled(True)
        self.banner.print.setToolTip("")

    # -- acts

    def _go_to_policy(self) -> None:
        self._context.window.show_page("settings", section="policy")

    def _go_to(self, place: str) -> None:
        section, _, key = place.partition(".")
        if section in ("policy", "standards"):
            self._go_to_policy()
        elif section in MEANS_FORM.by_key and (not key or any(spec.key == key for spec in MEANS_FORM.by_key[section].fields)):
            self.place_wanted.emit(section, key, self.case.facts.year if self.case else 0)
        elif self._archive is not None:
            self._context.window.edit_archive(self._archive.id)

    def store(self) -> None:
        """认定并存档: keep the result with the facts it rests on."""
        case, archive = self.case, self._archive
        if case is None or archive is None:
            return
        if case.is_unsaved or not case.has_worksheet:
            self.place_wanted.emit("household", "", case.facts.year)
            return
        self._run(lambda: assessing.store_assessment(self._session, archive.id, case.assessment, case.facts), "认定已存档。")

    def _decide(self, assessment_id: str, class_code: str | None, level: str | None, reason: str) -> None:
        self._run(lambda: assessing.decide(self._session, assessment_id, class_code, level, reason), "认定意见已记下。")

    def _run(self, act: Callable[[], object], said: str) -> None:
        assert self._archive is not None
        try:
            act()
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._context.window.notify(said)
        self._context.changes.archives_changed.emit({self._archive.id})

    def _print(self) -> None:
        stored = self._looked_at or (self.case.stored if self.case else None)
        if stored is not None:
            print_assessment(self._context, self, stored)
