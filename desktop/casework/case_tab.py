"""办理 as a tab of the archive: where the case stands, what to do next and what is missing for it, what has been done."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.domain.case_acts import ActOffer, Missing
from db.domain.case_words import ASIDE, Act
from db.domain.option_lists import option_list
from db.errors import NuandangError
from db.services import casework
from db.services.archiving import Archive
from db.services.casework import CaseView, StepEntry
from db.services.former_archives import FormerArchive, former_archives
from desktop import messages, theme
from desktop.assessment.layouts import clear_below
from desktop.casework.act_dialog import ActDialog
from desktop.casework.stage_strip import StageStrip
from desktop.context import AppContext
from desktop.moments import moment
from desktop.monitoring.sheets_card import SheetsCard
from desktop.moves.former_mark import former_mark
from desktop.papers.exits_dialog import may_leave
from desktop.papers.papers_dialog import open_papers
from desktop.widgets.basics import Card, Icon, Note, button, label, line
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.scrolled import scrolled

PLACE_WORDS = {"form": "去档案表", "means": "去家庭经济", "assessment": "去认定", "visit": "去走访"}


class CaseTab(QWidget):
    """The casework of one household."""

    place_wanted = Signal(str)
    """``form``, ``means``, ``visit``, ``assessment`` or ``papers``."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._archive: Archive | None = None
        self.view: CaseView | None = None
        self._words = label("", "section", wrap=True)
        self._since = label("", "secondary", wrap=True)
        self._strip = StageStrip()
        self._note = Note("", "warning")
        self._next, self._aside, self._done = Card("下一步"), Card("其他办理"), Card("办理记录", "照先后，最近的在上面")
        self.sheets = SheetsCard(context)
        self._arrange()

    def _arrange(self) -> None:
        head = Card()
        top = QHBoxLayout()
        top.addWidget(self._words, 1)
        top.addWidget(button("打印表格…", icon="printer", act=self.open_papers), 0, Qt.AlignmentFlag.AlignTop)
        head.body.addLayout(top)
        head.body.addWidget(self._since)
        head.body.addWidget(self._strip)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 8, 10, 8)
        column.setSpacing(10)
        for part in (head, self._note, self._next, self.sheets, self._aside, self._done):
            column.addWidget(part)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))

    # -- showing

    def show_archive(self, archive: Archive) -> None:
        """Show the case of *archive*."""
        self._archive = archive
        self._show(casework.case_of(self._session, archive.id))

    def _show(self, view: CaseView) -> None:
        self.view = view
        state = view.state
        self._words.setText(state.words)
        self._since.setText(_dates(view))
        self._since.setVisible(bool(self._since.text()))
        self._strip.show_state(state)
        warning = view.locked or _warning(view, self._session.today)
        self._note.show_text(warning, "plain" if view.locked else "warning")
        self._note.setVisible(bool(warning))
        ahead = [offer for offer in view.offers if offer.act not in ASIDE]
        self._show_ahead(ahead)
        self._show_aside([offer for offer in view.offers if offer.act in ASIDE])
        self._show_done(self._with_former(view))
        self.sheets.show_archive(view.archive_id, bool(view.offers))

    def _show_ahead(self, offers: list[ActOffer]) -> None:
        clear_below(self._next.body)
        self._next.setVisible(bool(offers))
        # an objection is no step forward: nobody is invited to enter one
        first_open = next((offer for offer in offers if offer.is_open and offer.act is not Act.OBJECT), None)
        for at, offer in enumerate(offers):
            if at:
                self._next.body.addWidget(line())
            self._next.body.addLayout(self._offer_row(offer, offer is first_open))

    def _offer_row(self, offer: ActOffer, is_next: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        act = button(offer.label, "primary" if is_next else "", act=lambda: self.begin(offer))
        act.setEnabled(offer.is_open)
        act.setMinimumWidth(theme.sp(168))
        row.addWidget(act, 0, Qt.AlignmentFlag.AlignTop)
        missing = QVBoxLayout()
        missing.setSpacing(2)
        for item in offer.missing:
            missing.addLayout(self._missing_row(item))
        row.addLayout(missing, 1)
        return row

    def _missing_row(self, item: Missing) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(Icon("circle-alert", theme.AMBER, 16))
        row.addWidget(label(item.text))
        kind, _, _paper = item.place.partition(":")
        words = "去附件" if kind == "papers" else PLACE_WORDS.get(kind, "")
        if words:
            row.addWidget(button(words, "link", act=lambda: self.place_wanted.emit(kind)))
        row.addStretch(1)
        return row

    def _show_aside(self, offers: list[ActOffer]) -> None:
        clear_below(self._aside.body)
        self._aside.setVisible(bool(offers))
        if not offers:
            return
        holder = QWidget()
        flow = FlowLayout(holder, gap=theme.sp(8), line_gap=theme.sp(8))
        for offer in offers:
            act = button(offer.label, act=partial(self.begin, offer))
            act.setEnabled(offer.is_open)
            act.setToolTip("".join(item.text for item in offer.missing))
            flow.addWidget(act)
        self._aside.body.addWidget(holder)

    def _with_former(self, view: CaseView) -> list[tuple[StepEntry, FormerArchive | None]]:
        """What was done in this archive and in those merged into it, as it was recorded."""
        former = former_archives(self._session, view.archive_id)
        told = casework.cases_told(self._session, list(former)) if former else {}
        steps: list[tuple[StepEntry, FormerArchive | None]] = [(entry, None) for entry in view.steps]
        steps += [(entry, former[key]) for key, case in told.items() for entry in case.steps]
        return sorted(steps, key=lambda each: each[0].made_at) if former else steps

    def _show_done(self, steps: list[tuple[StepEntry, FormerArchive | None]]) -> None:
        clear_below(self._done.body)
        if not steps:
            self._done.body.addWidget(label("还没有办理记录。每办一步，这里记下日期、经办人和内容。", "secondary", wrap=True))
        for at, (entry, former) in enumerate(reversed(steps)):
            if at:
                self._done.body.addWidget(line())
            self._add_entry(entry, former)

    def _add_entry(self, entry: StepEntry, former: FormerArchive | None) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        sign = ("circle-check", theme.GREEN) if entry.counted else ("circle-x", theme.SECONDARY)
        head.addWidget(Icon(*sign, 16))
        head.addWidget(label(entry.on, "strong"))
        head.addWidget(label(entry.label if entry.counted else f"{entry.label}（当时已办到别的环节，没有计入）"))
        head.addStretch(1)
        if former is not None:
            head.addWidget(former_mark(self._context, former))
        today = date.fromisoformat(self._session.today)
        head.addWidget(label(f"{entry.clerk_name}　{moment(entry.made_at, today)} 登记", "small"))
        self._done.body.addLayout(head)
        for words in entry.lines():
            self._done.body.addWidget(label(words, "secondary", wrap=True))

    # -- doing

    def begin(self, offer: ActOffer) -> None:
        """Ask what the act wants to know and take it; one that asks nothing is taken after a question."""
        assert self._archive is not None and self.view is not None
        archive_id = self._archive.id
        if not may_leave(self._context, self, offer.act, 1):
            return

        def take(detail: dict[str, str], days: int | None) -> None:
            self._taken(casework.take_step(self._session, archive_id, offer.act, detail, posted_days=days), offer)

        if not offer.asks and offer.act is not Act.STEP_BACK:
            self._take_plain(offer, take)
            return
        days = casework.notice_days(self._session)
        today = date.fromisoformat(self._session.today)
        ActDialog(self, offer, self.view.state, today, days, take).exec()

    def open_papers(self) -> None:
        """Offer the papers of this household."""
        if self._archive is not None:
            open_papers(self._context, self, [self._archive.id])

    def _take_plain(self, offer: ActOffer, take: Callable[[dict[str, str], int | None], None]) -> None:
        if not messages.confirm(self, f"办理“{offer.label}”？会记下今天的日期和经办人。", offer.label):
            return
        try:
            take({}, None)
        except NuandangError as fault:
            messages.show_error(self, fault)

    def _taken(self, view: CaseView, offer: ActOffer) -> None:
        self._context.window.notify(f"已记下：{offer.label}。{view.note}", "warning" if view.note else "done")
        self._context.changes.archives_changed.emit({view.archive_id})


def _dates(view: CaseView) -> str:
    """The days that matter of the present state."""
    state = view.state
    told = (
        (state.notice_from, f"公示 {state.notice_from} 张贴，到 {state.notice_ends} 为止"),
        (state.phase_out_ends, f"渐退期到 {state.phase_out_ends}"),
        (state.exited_on, f"{state.exited_on} 退档，原因：{_exit_words(state.exit_reason)}"),
        (state.verify_by, f"核查待补，{state.verify_by} 以前补齐"),
    )
    return "；".join(words for holds, words in told if holds)


def _exit_words(code: str) -> str:
    return option_list("exit_reason").label(code) if code else "未填"


def _warning(view: CaseView, today: str) -> str:
    state = view.state
    if state.verify_by and state.verify_by < today:
        return f"快速通道建档的核查应在 {state.verify_by} 以前补齐，已经逾期。"
    if state.phase_out_ends and state.phase_out_ends < today:
        return f"渐退期已于 {state.phase_out_ends} 结束，请办理退档或恢复在档。"
    return ""
