"""One archive: the paper as it prints, the household's means, what it qualifies for, its papers, and its history."""

from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from db.errors import NuandangError
from db.services import archiving, merging, national_entry, revisions
from db.services.archiving import Archive, Submission
from db.services.national_entry import NationalState
from db.services.ownership import StandingKind
from desktop import background, messages, theme
from desktop.archives.history_view import HistoryView
from desktop.archives.strips import ArchiveStrips
from desktop.context import AppContext, Page
from desktop.exchange.export_dialog import export_archives, print_archives
from desktop.forms.attachment_panel import AttachmentPanel
from desktop.moments import moment
from desktop.moves.standing_strip import StandingStrip
from desktop.review.review_strip import ReviewStrip
from desktop.widgets.act_row import ActRow
from desktop.widgets.basics import ElidedLabel, button, label, set_icon, set_role

if TYPE_CHECKING:
    from db.services.printing import FormPages
    from db.services.timeline import Place as EventPlace
    from desktop.aid.aid_tab import AidTab
    from desktop.assessment.assessment_tab import AssessmentTab
    from desktop.casework.case_tab import CaseTab
    from desktop.homevisit.visits_tab import VisitsTab
    from desktop.means.worksheet import Worksheet
    from desktop.national.entry_assistant import EntryAssistant
    from desktop.pairing.pairing_tab import PairingTab
    from desktop.timeline.timeline_view import TimelineView
    from desktop.widgets.pdf_pages import PdfPages

HEAD_WORDS = 150
_TONES = {
    Submission.UNSUBMITTED: "warning",
    Submission.CHANGED: "warning",
    Submission.EXPORTED: "",
    Submission.ACKNOWLEDGED: "done",
    Submission.APPROVED: "done",
    Submission.RETURNED: "error",
    Submission.REFUSED: "error",
}


_STANDINGS = {
    StandingKind.MERGED: "已合并",
    StandingKind.HANDED_OVER: "已转出",
    StandingKind.LOCKED: "移交中",
    StandingKind.DESTROYED: "已销毁",
}


class _Holder(QWidget):
    """A tab whose contents are made when it is first looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)


class ArchiveDetailPage(Page):
    """Shows one archive: everything about it but the form itself is done here."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self.archive: Archive | None = None
        self._stale = False
        self._name = ElidedLabel("", "title")
        self._number = ElidedLabel("", "secondary")
        self._state = label("", "badge")
        self._complete = label("", "badge")
        self._national = label("", "badge")
        self.assistant: EntryAssistant | None = None
        """The 录入助手 of the archive shown, while it is open."""
        self._touched = ElidedLabel("", "small", whole_only=True)
        # the first to give way where the head is crowded
        self._touched.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._touched.setMinimumWidth(1)
        self.standing = StandingStrip(context)
        self._may_change = False
        self.strips = ArchiveStrips(context)
        self.review = ReviewStrip(context)
        self._edit = button("修改", "primary", "pencil", self._change)
        self._send = button("导出数据包", "", "package", self._send_this)
        self._paper: PdfPages | None = None
        self._worksheet: Worksheet | None = None
        self._assessment: AssessmentTab | None = None
        self.means_tab, self.assessment_tab, self.case_tab = _Holder(), _Holder(), _Holder()
        self.timeline_tab = _Holder()
        self._timeline: TimelineView | None = None
        self._case: CaseTab | None = None
        self.pairing_tab = _Holder()
        self._pairing: PairingTab | None = None
        self.aid_tab = _Holder()
        self._aid: AidTab | None = None
        self.visits_tab = _Holder()
        self._visits: VisitsTab | None = None
        self.papers = AttachmentPanel(context, lambda: self.archive.id if self.archive else None)
        self.history = HistoryView()
        self.tabs = QTabWidget()
        self._arrange()
        self.papers.changed.connect(self._on_papers)
        self.papers.counted.connect(lambda present, _missing: self._name_tabs(present))
        self.history.restore_wanted.connect(self._restore)
        self.history.archive_wanted.connect(context.window.open_archive)
        self.tabs.currentChanged.connect(lambda _at: self._show_tab())
        context.changes.archives_changed.connect(self._on_change)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        back = button("", "quiet", "chevron-left", self.context.window.go_back)
        back.setToolTip("返回　Alt+←")
        back.setAccessibleName("返回")
        for part in (back, self._name, self._number, self._state, self._complete, self._national):
            head.addWidget(part)
        head.addWidget(self._touched, 1)
        assist = button("录入助手", "", "clipboard-paste", self.open_assistant)
        assist.setToolTip("把各栏内容逐项复制到全国工会帮扶工作管理系统")
        self._hand_over = button("移交", "", "arrow-left-right", self.ask_hand_over)
        self._hand_over.setToolTip("这户搬走了：把档案移交给别的单位")
        export = button("导出", "", "download", lambda: self._with_ids(export_archives))
        paper = button("打印", "", "printer", lambda: self._with_ids(print_archives))
        self._acts = ActRow((assist, self._hand_over, export, self._send, paper))
        head.addWidget(self._acts)
        head.addWidget(self._edit)
        self._holder = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 12)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.standing)
        column.addWidget(self.strips)
        column.addWidget(self.review)
        column.addWidget(self.tabs, 1)
        self.tabs.addTab(self.means_tab, "家庭经济")
        self.tabs.addTab(self.assessment_tab, "认定")
        self.tabs.addTab(self.case_tab, "办理")
        self.tabs.addTab(self.visits_tab, "走访")
        self.tabs.addTab(self.pairing_tab, "结对")
        self.tabs.addTab(self.aid_tab, "救助")
        self.tabs.addTab(self.papers, "附件")
        self.tabs.addTab(self.timeline_tab, "时间轴")
        self.tabs.addTab(self.history, "变更记录")

    def _paper_view(self) -> "PdfPages":
        """The paper's widget; made when first needed, because drawing PDFs loads a lot."""
        if self._paper is None:
            from desktop.widgets.pdf_pages import PdfPages

            self._paper = PdfPages()
            self.tabs.insertTab(0, self._paper, "档案表")
            self.tabs.setCurrentIndex(0)
        return self._paper

    def worksheet(self) -> "Worksheet":
        """The means worksheet; made when first needed."""
        if self._worksheet is None:
            from desktop.means.worksheet import Worksheet

            self._worksheet = Worksheet(self.context)
            self.means_tab.column.addWidget(self._worksheet)
        return self._worksheet

    def assessment(self) -> "AssessmentTab":
        """What the household qualifies for; made when first needed."""
        if self._assessment is None:
            from desktop.assessment.assessment_tab import AssessmentTab

            self._assessment = AssessmentTab(self.context)
            self._assessment.place_wanted.connect(self.show_means)
            self.assessment_tab.column.addWidget(self._assessment)
        return self._assessment

    def casework(self) -> "CaseTab":
        """Where the case stands; made when first needed."""
        if self._case is None:
            from desktop.casework.case_tab import CaseTab

            self._case = CaseTab(self.context)
            self._case.place_wanted.connect(self._go_to_place)
            self.case_tab.column.addWidget(self._case)
        return self._case

    def visits(self) -> "VisitsTab":
        """The contacts with the household; made when first needed."""
        if self._visits is None:
            from desktop.homevisit.visits_tab import VisitsTab

            self._visits = VisitsTab(self.context)
            self.visits_tab.column.addWidget(self._visits)
        return self._visits

    def pairing(self) -> "PairingTab":
        """Who looks after the household; made when first needed."""
        if self._pairing is None:
            from desktop.pairing.pairing_tab import PairingTab

            self._pairing = PairingTab(self.context)
            self.pairing_tab.column.addWidget(self._pairing)
        return self._pairing

    def aid(self) -> "AidTab":
        """What the household applied for, was granted and paid; made when first needed."""
        if self._aid is None:
            from desktop.aid.aid_tab import AidTab

            self._aid = AidTab(self.context)
            self._aid.place_wanted.connect(self.show_means)
            self.aid_tab.column.addWidget(self._aid)
        return self._aid

    def timeline(self) -> "TimelineView":
        """Everything that happened to the household; made when first needed."""
        if self._timeline is None:
            from desktop.timeline.timeline_view import TimelineView

            self._timeline = TimelineView(self.context)
            self._timeline.place_wanted.connect(self._go_to_event)
            self.timeline_tab.column.addWidget(self._timeline)
        return self._timeline

    def _go_to_event(self, place: "EventPlace") -> None:
        """Where an event of the timeline happened."""
        if place.tab == "record" and self.archive is not None:
            from desktop.timeline.record_view import show_record

            tab = show_record(self.context, self, self.archive, place.target)
            if tab:
                self.tabs.setCurrentWidget(self._tab(tab))
        elif place.tab == "archive":
            self.context.window.open_archive(place.target)
        elif place.tab == "exchange":
            self.context.window.show_page("exchange")
        else:
            self.tabs.setCurrentWidget(self._tab(place.tab))
            if place.tab == "history":
                self.history.show_revision(int(place.target or 0))

    def _go_to_place(self, place: str) -> None:
        if place == "form" and self.archive is not None:
            self.context.window.edit_archive(self.archive.id)
        elif place == "visit" and self.archive is not None:
            self.context.window.show_page("visit", archive_id=self.archive.id)
        else:
            self.tabs.setCurrentWidget(self._tab(place))

    # -- showing

    def open(self, archive_id: str = "", tab: str = "", **where: Any) -> None:
        """Show the archive *archive_id*; *tab* names what to show of it, *where* a place in there."""
        wanted = archive_id or (self.archive.id if self.archive else "")
        try:
            archive = archiving.load_archive(self._session, wanted)
        except NuandangError as fault:
            messages.show_error(self, fault)
            QTimer.singleShot(0, self, lambda: self.context.window.show_page("archives"))
            return
        self._paper_view()
        if self.archive is not None and archive.id != self.archive.id:
            self._close_assistant()
        if tab or self.archive is None or archive.id != self.archive.id:
            self.tabs.setCurrentWidget(self._tab(tab))
        self._show(archive)
        self.tabs.setFocus()
        if tab == "means" and where:
            self.show_means(**where)

    def _tab(self, name: str) -> QWidget:
        tabs = {
            "means": self.means_tab,
            "assessment": self.assessment_tab,
            "case": self.case_tab,
            "visits": self.visits_tab,
            "pairing": self.pairing_tab,
            "aid": self.aid_tab,
            "papers": self.papers,
            "history": self.history,
            "timeline": self.timeline_tab,
        }
        return tabs.get(name, self._paper_view())

    def show_means(self, section: str = "", field: str = "", year: int = 0) -> None:
        """Bring a place of the means worksheet forward."""
        self.tabs.setCurrentWidget(self.means_tab)
        sheet = self.worksheet()
        if year:
            sheet.show_year(year)
        if section:
            sheet.go_to(section, field)
        else:
            sheet.show_first_fault()

    def keep(self) -> None:
        """Keep a worksheet that is half filled; the 录入助手 shows what only this page may show, and goes with it."""
        self._close_assistant()
        if self._worksheet is not None:
            self._worksheet.keep()

    def explain(self) -> str:
        """What F1 says: the present question of the worksheet."""
        return self.worksheet().explain() if self.tabs.currentWidget() is self.means_tab else ""

    def place(self) -> dict[str, Any]:
        """The archive shown, and what of it."""
        if self.archive is None:
            return {}
        names = {
            self.means_tab: "means",
            self.assessment_tab: "assessment",
            self.case_tab: "case",
            self.visits_tab: "visits",
            self.pairing_tab: "pairing",
            self.aid_tab: "aid",
            self.papers: "papers",
            self.history: "history",
            self.timeline_tab: "timeline",
        }
        tab = names.get(self.tabs.currentWidget(), "")
        within = self.worksheet().place() if tab == "means" else {}
        return {"archive_id": self.archive.id, **({"tab": tab} if tab else {}), **within}

    def _show(self, archive: Archive) -> None:
        self.archive, self._stale = archive, False
        today = date.fromisoformat(self._session.today)
        state = archiving.archive_submission(self._session, archive)
        self._name.set_whole(archive.content.text("name") or "未填姓名")
        self._number.set_whole(archive.archive_number)
        for part in (self._name, self._number):  # shortened only where they are longer than they usually are
            part.setMinimumWidth(min(part.sizeHint().width(), theme.sp(HEAD_WORDS)))
        self._state.setText(archiving.submission_label(state, self._session.office.is_laptop))
        set_role(self._state, "tone", _TONES[state])
        self._show_national(archive)
        self._complete.setText("资料齐全" if archive.is_complete else f"还差 {archive.missing_count} 项")
        set_role(self._complete, "tone", "done" if archive.is_complete else "error")
        self._touched.set_whole(f"{moment(archive.updated_at, today)} {archive.updated_by} 修改")
        found = self.standing.show_archive(archive.id)
        if found.kind in _STANDINGS:  # what became of the archive counts more than how far it once came
            self._state.setText(_STANDINGS[found.kind])
            set_role(self._state, "tone", "")
        self._may_change = found.may_change
        self._edit.setVisible(found.may_change)
        self._hand_over.setVisible(found.may_change and not self._session.office.is_laptop)
        self._send.setVisible(found.kind in {StandingKind.OWN, StandingKind.LOCKED})
        self._acts.show_buttons()
        self.strips.show_archive(archive.id)
        self.review.show_archive(archive)
        self.papers.show_archive(archive.id, archive.content, may_change=found.may_change)
        self._draw_paper(archive)
        self._show_tab()

    def _name_tabs(self, papers: int) -> None:
        at = self.tabs.indexOf(self.papers)
        self.tabs.setTabText(at, f"附件 {papers}" if papers else "附件")

    def _draw_paper(self, archive: Archive) -> None:
        session = self._session

        def work() -> "FormPages":
            from db.services import printing

            return printing.content_pdf(session, archive.content, archive.archive_number, archive_id=archive.id)

        def done(pages: "FormPages") -> None:
            if self.archive is archive:
                self._paper_view().show_pdf(pages.pdf)

        background.run_quietly(self, work, done)

    def _show_tab(self) -> None:
        if self.archive is None:
            return
        shown = self.tabs.currentWidget()
        # one primary act per page: where something is filled in or decided, it is there
        busy_tabs = (self.means_tab, self.assessment_tab, self.case_tab, self.visits_tab, self.pairing_tab, self.aid_tab)
        own_act = shown in (*busy_tabs, self.timeline_tab)
        set_role(self._edit, "role", "" if own_act else "primary")
        set_icon(self._edit, "pencil", theme.SECONDARY if own_act else theme.PAGE)
        own = self._may_change
        if shown is self.means_tab:
            self.worksheet().show_archive(self.archive, own)
        elif shown is self.assessment_tab:
            means = self._worksheet.unsaved_of(self.archive.id) if self._worksheet is not None else None
            self.assessment().show_archive(self.archive, own, means)
        elif shown is self.case_tab:
            self.casework().show_archive(self.archive)
        elif shown is self.visits_tab:
            self.visits().show_archive(self.archive, own)
        elif shown is self.pairing_tab:
            self.pairing().show_archive(self.archive, own)
        elif shown is self.aid_tab:
            self.aid().show_archive(self.archive, own)
        elif shown is self.timeline_tab:
            self.timeline().show_archive(self.archive)
        elif shown is self.history:
            entries = revisions.archive_history(self._session, self.archive.id)
            others = merging.other_archives(self._session, self.archive.id)
            today = date.fromisoformat(self._session.today)
            self.history.show_entries(entries, today, may_restore=own, others=others)

    # -- acts

    def _with_ids(self, act: Any) -> None:
        if self.archive is not None:
            act(self.context, self, [self.archive.id])

    def _change(self) -> None:
        if self.archive is not None:
            self.context.window.edit_archive(self.archive.id)

    def ask_hand_over(self) -> None:
        """The household has moved: ask that its archive goes to another office."""
        from desktop.moves.hand_over_dialog import ask_hand_over

        if self.archive is not None:
            ask_hand_over(self.context, self, self.archive)

    def _show_national(self, archive: Archive) -> None:
        mark = national_entry.mark_of(self._session, archive.id)
        self._national.setVisible(mark is not None)
        if mark is not None:
            self._national.setText("全国系统有改动" if mark.state is NationalState.CHANGED else "全国系统已录入")
            set_role(self._national, "tone", "done" if mark.state is NationalState.ENTERED else "warning")
            day = moment(mark.entered_at, date.fromisoformat(self._session.today))
            number = f"　编号 {mark.worker_number}" if mark.worker_number else ""
            self._national.setToolTip(f"{day} {mark.clerk_name} 录入第 {mark.revision} 版{number}")

    def open_assistant(self) -> None:
        """Bring the 录入助手 of this archive forward."""
        from desktop.national.entry_assistant import open_assistant

        if self.archive is None:
            return
        self._close_assistant()
        self.assistant = open_assistant(self, self._session, self.archive.id)
        if self.assistant is not None:
            self.assistant.marked.connect(lambda: self._on_marked("已标记为录入全国系统。"))
            self.assistant.taken_back.connect(lambda: self._on_marked("已取消标记。"))

    def _close_assistant(self) -> None:
        assistant, self.assistant = self.assistant, None
        if assistant is not None:
            assistant.close()
            assistant.deleteLater()

    def _on_marked(self, sentence: str) -> None:
        self._close_assistant()
        self.context.window.notify(sentence)
        if self.archive is not None:
            self.context.changes.archives_changed.emit({self.archive.id})

    def _send_this(self) -> None:
        if self.archive is not None:
            self.context.window.show_page("exchange", section="export", ids=[self.archive.id])

    def _restore(self, revision: int) -> None:
        assert self.archive is not None
        sentence = (
            f"把“{self._name.whole()}”恢复成第 {revision} 版的内容？现在的内容留在变更记录里，随时可以再恢复。"
            "附件、家庭经济状况和认定不受影响。"
        )
        if not messages.confirm(self, sentence, "恢复"):
            return
        try:
            archive = revisions.restore_revision(self._session, self.archive.id, revision)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self.context.window.notify(f"已恢复第 {revision} 版的内容。")
        self.context.changes.archives_changed.emit({archive.id})

    def _on_papers(self) -> None:
        if self.archive is not None:
            self.context.changes.archives_changed.emit({self.archive.id})

    def _on_change(self, ids: set[str]) -> None:
        if self.archive is None or (ids and self.archive.id not in ids) or not self.isVisible():
            return
        self._show(archiving.load_archive(self._session, self.archive.id))
