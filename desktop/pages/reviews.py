"""审核: the work list of what came from below – what waits, what was sent back and is due, what is decided."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QComboBox

from db.domain.review import ReviewOutcome
from db.errors import Cancelled, Progress
from db.services import archiving, review_classes, review_list, reviewing
from db.services.review_list import REVIEW_STATE_LABELS, WAITING, ReviewQuery, ReviewRow, ReviewState
from db.services.reviewing import ManyReviewed
from desktop import background, messages
from desktop.context import AppContext
from desktop.review.many_dialog import ManyReviewDialog, ReviewedDialog
from desktop.review.sheet_dialog import export_sheet, import_sheet
from desktop.review.work_list import ReviewListModel
from desktop.widgets.basics import EmptyState, button
from desktop.widgets.work_list_page import ALL, WorkListPage, refill

PILES: tuple[tuple[str, str], ...] = (*((str(state), REVIEW_STATE_LABELS[state]) for state in ReviewState), (ALL, "全部"))
_VERBS = {ReviewOutcome.APPROVED: "通过所选", ReviewOutcome.RETURNED: "退回所选…"}
_EMPTY = {
    ReviewState.PENDING: "没有等着审核的了。",
    ReviewState.CORRECTED: "退回的还没有补正后再报来的。",
    ReviewState.SECOND: "没有等着复审的。",
    ReviewState.RETURNED: "没有退回后等下级补正的。",
    ReviewState.OVERDUE: "没有过了期限还没补正的。",
}
_OF_OFFICE = "office:"
"""Before the id of an office in the counts: how many of its archives wait."""


class ReviewsPage(WorkListPage[ReviewRow]):
    """Archives from below by the state of their review."""

    title = "审核"

    def __init__(self, context: AppContext) -> None:
        self.office, self.kind = QComboBox(), QComboBox()
        self.office.setAccessibleName("单位")
        self.kind.setAccessibleName("下级认定的类别")
        sentence = "下级报来的档案在这里逐户审核：通过、退回补正，或不通过。先在“数据交换”收取下级的数据包。"
        super().__init__(
            context,
            PILES,
            ReviewListModel(context.session),
            [(self.office, 3), (self.kind, 2)],
            EmptyState("inbox", sentence, "去数据交换", lambda: context.window.show_page("exchange")),
        )
        self._start = button("逐户审核", "primary", "circle-check", self.open_first)
        self.header.add_action("导出待审表", self._export_sheet, icon="file-spreadsheet")
        self.header.add_action("导入审核表", lambda: import_sheet(context, self), icon="download")
        self.header.add(self._start)
        self._acts = {
            outcome: button(text, "", "circle-check" if outcome is ReviewOutcome.APPROVED else "undo-2")
            for outcome, text in _VERBS.items()
        }
        for outcome, made in self._acts.items():
            made.clicked.connect(lambda _=False, chosen=outcome: self.review_ticked(chosen))
            self.bar.addWidget(made)

    # -- what is shown

    def open(self, state: str = "", office_id: str = "", **more: Any) -> None:
        """Show the list; *state* names one of the piles, *office_id* whose archives."""
        if office_id:
            self.offer()
            self.office.blockSignals(True)
            self.office.setCurrentIndex(max(0, self.office.findData(office_id)))
            self.office.blockSignals(False)
            self._stale = True
        super().open(state, **more)

    def offer(self) -> None:
        """Offices whose archives are here, classes of the policy in force."""
        choices = {choice.code: choice.label for choice in review_classes.choices_in_force(self._session)}
        refill(self.kind, "下级认定的类别", choices.items())
        self.kind.setVisible(bool(choices))
        names = {key: name for key, name in archiving.owner_names(self._session).items() if key != self._session.office.id}
        refill(self.office, "全部单位", sorted(names.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(names) > 1)
        self.table.setColumnHidden(self.model.at("单位"), len(names) < 2)

    def query(self, pile: str) -> ReviewQuery:
        """What *pile* means with the filters set."""
        query = ReviewQuery(
            text=self.text.text().strip(),
            state=None if pile == ALL else ReviewState(pile),
            office_id=self.office.currentData(),
            class_code=self.kind.currentData(),
        )
        if query.state in (ReviewState.RETURNED, ReviewState.OVERDUE):
            query = replace(query, order="due_on")
        order = self.order()
        return replace(query, order=order[0], descending=order[1]) if order else query

    def show_rows(self, pile: str) -> None:
        """The archives of a pile."""
        assert isinstance(self.model, ReviewListModel)
        self.model.show_query(self.query(pile))
        self._start.setEnabled(self.model.count > 0)

    def count_work(self) -> Callable[[], dict[str, int]]:
        """How many stand in each pile, and how many of each office wait."""
        session, chosen = self._session, self.office.currentData()
        query = replace(self.query(ALL), order="updated_at", office_id=None)

        def work() -> dict[str, int]:
            counts: Counter[str] = Counter()
            for (office_id, state), number in review_list.count_states(session, query).items():
                if chosen in (None, office_id):
                    counts.update({str(state): number, ALL: number})
                if state in WAITING:
                    counts[f"{_OF_OFFICE}{office_id}"] += number
            return dict(counts)

        return work

    def on_counts(self, counts: dict[str, int]) -> None:
        """Tell beside each office how much of it waits."""
        names = archiving.owner_names(self._session)
        for at in range(1, self.office.count()):
            office_id = self.office.itemData(at)
            waiting = counts.get(f"{_OF_OFFICE}{office_id}", 0)
            todo = f"　待审 {waiting:,}" if waiting else ""
            self.office.setItemText(at, f"{names.get(office_id, '其他单位')}{todo}")
        if not counts.get(ALL) and not self.is_filtered():
            self._stack.setCurrentWidget(self._nothing)

    def empty_words(self, pile: str) -> str:
        """What the pile says of itself."""
        return super().empty_words(pile) if pile == ALL else _EMPTY.get(ReviewState(pile), super().empty_words(pile))

    def on_ticks(self, ticked: int) -> None:
        """What is ticked can be approved or sent back at once."""
        for made in self._acts.values():
            made.setEnabled(ticked > 0)
            made.setToolTip("" if ticked else "先勾选情况相同的几户（空格勾选，Ctrl+A 全选）")

    # -- acts

    def open_row(self, row: ReviewRow) -> None:
        """The case, with this list to go on with."""
        assert isinstance(self.model, ReviewListModel)
        self.context.window.show_page("review", archive_id=row.archive_id, query=self.model.query)

    def _export_sheet(self) -> None:
        office_id = self.office.currentData()
        name = archiving.owner_names(self._session).get(office_id, "") if office_id else ""
        export_sheet(self.context, self, office_id, name)

    def open_first(self) -> None:
        """Begin with the row in hand and go on from one to the next."""
        row = self.model.row(max(0, self.table.currentIndex().row()))
        if row is not None:
            self.open_row(row)

    def review_ticked(self, outcome: ReviewOutcome) -> None:
        """Say the same of every ticked archive."""
        ids, session = self.model.ticked_ids(), self._session
        if not ids:
            return
        asked = ManyReviewDialog(self, session, outcome, len(ids))
        if not asked.exec() or asked.given is None:
            return
        given, verb, as_decided = asked.given, _VERBS[outcome][:2], asked.as_decided.isChecked()

        def work(progress: Progress) -> ManyReviewed:
            return reviewing.review_many(session, ids, given, progress, as_decided=as_decided)

        def done(made: ManyReviewed) -> None:
            self._after_many()
            if made.skipped:
                ReviewedDialog(self, made, f"已{verb}").exec()
            else:
                waiting = f"，{made.waiting:,} 户等另一位经办人复审" if made.waiting else ""
                self.context.window.notify(f"已{verb} {made.done:,} 户{waiting}。")

        def failed(fault: BaseException) -> None:
            self._after_many()
            if isinstance(fault, Cancelled):
                self.context.window.notify("已停下；停下以前审核的已经记下。", "warning")
            else:
                messages.show_error(self, fault)

        background.run(self, work, done, failed, title=f"正在记下 {len(ids):,} 户的审核结果…")

    def _after_many(self) -> None:
        self.model.ticked.clear()
        self.context.changes.archives_changed.emit(set())
