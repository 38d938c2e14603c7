"""审核 of one archive: the form beside its means, assessment, papers and history; the decision at the right, then the next."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.review import OUTCOME_LABELS, ReviewOutcome, ReviewStep
from db.errors import NuandangError, UserError
from db.services import office as offices
from db.services import review_list, reviewing, revisions
from db.services.review_case import ReviewCase, load_case
from db.services.review_list import REVIEW_STATE_LABELS, ReviewQuery
from desktop import background, messages, theme
from desktop.context import AppContext, Page
from desktop.review.case_paper import CasePaper
from desktop.review.decision_panel import OUTCOMES, DecisionPanel
from desktop.review.field_table import FieldTable
from desktop.review.said_card import SaidCard, head_words
from desktop.review.work_list import STATE_TONES
from desktop.widgets.basics import ElidedLabel, EmptyState, Note, button, label, set_role

if TYPE_CHECKING:
    from desktop.archives.history_view import HistoryView
    from desktop.forms.attachment_panel import AttachmentPanel
    from desktop.means.worksheet import Worksheet
    from desktop.review.case_assessment import CaseAssessment

PANEL_WIDTH = 376
_FIELDS, _PAPER, _MEANS, _ASSESSMENT, _PAPERS, _SAID, _HISTORY = range(7)
_PARTS = {_MEANS: "@means", _ASSESSMENT: "@assessment", _PAPERS: "@attachment"}
"""What lies beside the form and may be sent back for itself."""
_TABS = ("各栏", "档案表", "家庭经济", "认定", "附件", "审核", "变更")


class ReviewPage(Page):
    """One case after the other."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self.case: ReviewCase | None = None
        self._query = ReviewQuery()
        self._queue: list[str] = []
        self._asked = 0
        self._name, self._number = ElidedLabel("", "title"), ElidedLabel("", "secondary")
        self._office = ElidedLabel("", "secondary")
        self._state = label("", "badge")
        self._at = label("", "secondary")
        self._before = button("", "quiet", "chevron-left", lambda: self.step(-1))
        self._after = button("", "quiet", "chevron-right", lambda: self.step(1))
        self.note = Note("", "action")
        self.panel = DecisionPanel(self._session)
        self.fields = FieldTable()
        self.paper = CasePaper(self._session, self)
        self.tabs = QTabWidget()
        self._holders = [QWidget() for _ in _TABS]
        self._worksheet: Worksheet | None = None
        self._assessment: CaseAssessment | None = None
        self._papers: AttachmentPanel | None = None
        self._history: HistoryView | None = None
        self._said = QScrollArea()
        self._shown: set[int] = set()
        self._about = button("写这部分的理由", "link", "undo-2", self._on_part)
        self._arrange()
        self._connect()

    # -- building

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        back = button("", "quiet", "chevron-left", self.context.window.go_back)
        back.setToolTip("返回　Alt+←")
        back.setAccessibleName("返回")
        for made, tip in ((self._before, "上一户　Alt+PgUp"), (self._after, "下一户　Alt+PgDn")):
            made.setToolTip(tip)
            made.setAccessibleName(tip.split("　")[0])
        for part in (back, self._name, self._number, self._office, self._state):
            head.addWidget(part)
        head.addStretch(1)
        for part in (self._at, self._before, self._after):
            head.addWidget(part)
        opens = button("打开档案", "", "folder-open", self._open_archive)
        head.addWidget(opens)
        for holder, caption in zip(self._holders, _TABS, strict=True):
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, caption)
        self.tabs.setCornerWidget(self._about)
        self._put(_FIELDS, self.fields)
        self._put(_PAPER, self.paper)
        self._said.setWidgetResizable(True)
        self._said.setFrameShape(QFrame.Shape.NoFrame)
        self._put(_SAID, self._said)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.note)
        left.addWidget(self.tabs, 1)
        self.panel.setFixedWidth(theme.sp(PANEL_WIDTH))
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addLayout(left, 1)
        both.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(both, 1)

    def _put(self, tab: int, widget: QWidget) -> None:
        layout = self._holders[tab].layout()
        assert layout is not None
        layout.addWidget(widget)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(lambda _at: self._show_tab())
        self.fields.field_wanted.connect(self._on_field)
        self.paper.field_wanted.connect(self._on_cell)
        self.panel.saved.connect(self.save)
        self.panel.reasons_changed.connect(lambda: self.fields.model.mark(self.panel.marked()))
        acts: dict[str, Callable[[], object]] = {
            "Ctrl+Return": self.save,
            "Ctrl+Enter": self.save,
            "Alt+PgUp": lambda: self.step(-1),
            "Alt+PgDown": lambda: self.step(1),
            **{str(at): partial(self.panel.choose, outcome) for at, (outcome, _) in enumerate(OUTCOMES, 1)},
        }
        for keys, act in acts.items():
            short = QShortcut(QKeySequence(keys), self)
            short.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            short.activated.connect(act)
        self.context.changes.archives_changed.connect(self._on_change)

    # -- showing

    def open(self, archive_id: str = "", query: ReviewQuery | None = None, **_: Any) -> None:
        """Show the case *archive_id*; *query* is the list one goes through from here."""
        if query is not None:
            self._query = query
            self._queue = review_list.review_ids(self._session, query)
        if not archive_id and self.case is not None:
            archive_id = self.case.archive.id
        if archive_id:
            self._load(archive_id)
        else:
            QTimer.singleShot(0, self, lambda: self.context.window.show_page("reviews"))

    def _load(self, archive_id: str) -> None:
        self._asked += 1
        asked, session = self._asked, self._session

        def done(case: ReviewCase) -> None:
            if asked == self._asked:
                self._show(case)

        def failed(fault: BaseException) -> None:
            if asked != self._asked:
                return
            if isinstance(fault, UserError):
                self.context.window.notify(fault.text(), "warning")
            else:
                messages.show_error(self, fault)
            QTimer.singleShot(0, self, lambda: self.context.window.show_page("reviews"))

        background.run_quietly(self, lambda: load_case(session, archive_id), done, failed)

    def _show(self, case: ReviewCase) -> None:
        self.case = case
        archive = case.archive
        self._name.set_whole(archive.content.text("name") or "未填姓名")
        self._number.set_whole(archive.archive_number)
        self._office.set_whole(case.office_name)
        self._state.setText(REVIEW_STATE_LABELS[case.state])
        set_role(self._state, "tone", STATE_TONES[case.state])
        self._show_place()
        self._show_note(case)
        self.fields.show_case(case)
        self.paper.show_case(case)
        self.tabs.setTabText(_PAPERS, f"附件 {case.papers}" if case.papers else "附件")
        self.tabs.setTabText(_SAID, f"审核 {len(case.reviews)}" if case.reviews else "审核")
        self.panel.show_case(case, self._half_of(case))
        self._shown = {_FIELDS, _PAPER}
        self._show_tab()
        if self.tabs.currentIndex() == _FIELDS:
            self.fields.table.setFocus()
        else:
            self.tabs.setFocus()

    def _show_place(self) -> None:
        case = self.case
        at = self._queue.index(case.archive.id) if case and case.archive.id in self._queue else -1
        self._at.setText(f"第 {at + 1:,} 户，共 {len(self._queue):,} 户" if at >= 0 else "")
        self._before.setEnabled(at > 0)
        self._after.setEnabled(0 <= at < len(self._queue) - 1)

    def _show_note(self, case: ReviewCase) -> None:
        today = date.fromisoformat(self._session.today)
        words: list[str] = []
        tone = "action"
        if case.base is not None:
            words.append(head_words(case.base, today))
            reasons = "；".join(reason.words for reason in case.base.reasons)
            newer = case.base.archive_revision < case.archive.revision
            words.append(f"：{reasons}。" if reasons else "。")
            words.append(f"之后改了 {len(case.changes)} 处，标黄的是改过的。" if newer else "")
        elsewhere = [problem.message for problem in case.problems if problem.code in _ELSEWHERE]
        if elsewhere:
            words.append(("\n" if words else "") + "\n".join(dict.fromkeys(elsewhere)))
            tone = "warning"
        self.note.show_text("".join(words), tone)
        self.note.setVisible(bool(words))

    def _show_tab(self) -> None:
        tab, case = self.tabs.currentIndex(), self.case
        self._about.setVisible(tab in _PARTS)
        if case is None or tab in self._shown:
            return
        self._shown.add(tab)
        archive = case.archive
        if tab == _MEANS:
            self._means().show_archive(archive, False)
        elif tab == _ASSESSMENT:
            self._assessed().show_case(case)
        elif tab == _PAPERS:
            self._paper_panel().show_archive(archive.id, archive.content, may_change=False)
        elif tab == _SAID:
            self._show_said(case)
        elif tab == _HISTORY:
            today = date.fromisoformat(self._session.today)
            entries = revisions.archive_history(self._session, archive.id)
            self._history_view().show_entries(entries, today, may_restore=False)

    def _means(self) -> "Worksheet":
        if self._worksheet is None:
            from desktop.means.worksheet import Worksheet

            self._worksheet = Worksheet(self.context)
            self._put(_MEANS, self._worksheet)
        return self._worksheet

    def _assessed(self) -> "CaseAssessment":
        if self._assessment is None:
            from desktop.review.case_assessment import CaseAssessment

            self._assessment = CaseAssessment(self.context)
            self._put(_ASSESSMENT, self._assessment)
        return self._assessment

    def _paper_panel(self) -> "AttachmentPanel":
        if self._papers is None:
            from desktop.forms.attachment_panel import AttachmentPanel

            self._papers = AttachmentPanel(self.context, lambda: self.case.archive.id if self.case else None)
            self._put(_PAPERS, self._papers)
        return self._papers

    def _history_view(self) -> "HistoryView":
        if self._history is None:
            from desktop.archives.history_view import HistoryView

            self._history = HistoryView()
            self._put(_HISTORY, self._history)
        return self._history

    def _show_said(self, case: ReviewCase) -> None:
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 12, 8)
        column.setSpacing(8)
        today = date.fromisoformat(self._session.today)
        for entry in case.reviews:
            column.addWidget(SaidCard(entry, today, is_current=entry.archive_revision == case.archive.revision))
        if not case.reviews:
            column.addWidget(EmptyState("circle-check", "还没有哪一级审核过这一户。"))
        column.addStretch(1)
        self._said.setWidget(inside)

    # -- standing somewhere

    def place(self) -> dict[str, Any]:
        """The case in hand."""
        return {"archive_id": self.case.archive.id} if self.case else {}

    def explain(self) -> str:
        """What the keys do."""
        return "1 通过，2 退回，3 不通过；在一栏上按回车写这一栏的理由；Ctrl+Enter 保存并看下一户；Alt+PgUp、Alt+PgDn 看上一户、下一户。"

    def _half_key(self) -> str:
        return f"review_half:{self._session.clerk.id}"

    def keep(self) -> None:
        """Keep what is half said about the case in hand."""
        half = self.panel.half() if self.case is not None else None
        if half is not None and self.case is not None:
            offices.set_setting(self._session, self._half_key(), {**half, "archive_id": self.case.archive.id})

    def _half_of(self, case: ReviewCase) -> dict[str, Any] | None:
        half: dict[str, Any] = offices.get_setting(self._session, self._half_key(), None) or {}
        same = (half.get("archive_id"), half.get("revision")) == (case.archive.id, case.archive.revision)
        return half if same else None

    def _on_change(self, ids: set[str]) -> None:
        if self.case is not None and self.isVisible() and (not ids or self.case.archive.id in ids):
            self.keep()
            self._load(self.case.archive.id)

    # -- acts

    def _open_archive(self) -> None:
        if self.case is not None:
            self.context.window.open_archive(self.case.archive.id)

    def _on_field(self, path: str, member_id: str, _caption: str) -> None:
        case = self.case
        if case is None:
            return
        line = next(each for each in self.fields.model.lines if (each.path, each.member_id) == (path, member_id))
        member = next((each for each in case.archive.content.members if each["id"] == member_id), {})
        self.panel.add_reason(path, member_id, str(member.get("name") or ""), is_empty=not line.now)

    def _on_part(self) -> None:
        part = _PARTS.get(self.tabs.currentIndex())
        if part is not None and self.case is not None:
            self.panel.add_reason(part, "", "")

    def _on_cell(self, key: str, member_index: int | None) -> None:
        case = self.case
        if case is None:
            return
        if key == "attachments":
            self.panel.add_reason("@attachment", "", "")
        elif member_index is not None:
            member = case.archive.content.members[member_index]
            self.panel.add_reason(f"member.{key}", str(member["id"]), str(member.get("name") or ""), is_empty=not member.get(key))
        elif ARCHIVE_FORM.has_field(key):
            self.panel.add_reason(key, "", "", is_empty=not case.archive.content.values.get(key))

    def step(self, by: int) -> None:
        """Go to the next case of the list, or back."""
        case = self.case
        if case is None or case.archive.id not in self._queue:
            return
        at = self._queue.index(case.archive.id) + by
        if 0 <= at < len(self._queue):
            self.keep()
            self._load(self._queue[at])

    def save(self) -> None:
        """Store what was said and go on to the next case."""
        case, given = self.case, self.panel.given()
        if case is None:
            return
        if given is None:
            self.panel.complain("请先选结果：通过、退回，或不通过。")
            return
        try:
            made = reviewing.review(self._session, case.archive.id, given, case.archive.revision)
        except UserError as fault:
            self.panel.complain(fault.text())
            return
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self.panel.forget()
        offices.set_setting(self._session, self._half_key(), None)
        self._tell(case, made.step, given.outcome)
        self._go_on(case.archive.id)

    def _tell(self, case: ReviewCase, step: ReviewStep, outcome: ReviewOutcome) -> None:
        waits = "，等另一位经办人复审" if step is ReviewStep.FIRST else ""
        name = case.archive.content.text("name") or case.archive.archive_number
        self.context.window.notify(f"{name}：{OUTCOME_LABELS[outcome]}{waits}。")

    def _go_on(self, done_id: str) -> None:
        at = self._queue.index(done_id) if done_id in self._queue else -1
        rest = self._queue[at + 1 :] if at >= 0 else []
        self._asked += 1
        shown, self.case = self.case, None  # the change below must not read the finished case again
        self.context.changes.archives_changed.emit({done_id})
        self.case = shown
        if rest:
            self._load(rest[0])
        else:
            self.context.window.notify("这一列都看过了。")
            self.context.window.show_page("reviews")


_ELSEWHERE = frozenset({"worker_is_member", "worker_has_archive", "member_elsewhere", "member_has_archive"})
