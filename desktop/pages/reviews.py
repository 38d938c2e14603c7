"""审核: the work list of what came from below – what waits, what was sent back and is due, what is decided."""

from collections import Counter
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QHeaderView, QLineEdit, QVBoxLayout, QWidget

from db.domain.review import ReviewOutcome
from db.errors import Cancelled, Progress
from db.services import archiving, review_classes, review_list, reviewing
from db.services.review_list import REVIEW_STATE_LABELS, WAITING, ReviewQuery, ReviewState
from db.services.reviewing import ManyReviewed
from desktop import background, messages, theme
from desktop.context import AppContext, Page
from desktop.review.many_dialog import ManyReviewDialog, ReviewedDialog
from desktop.review.sheet_dialog import export_sheet, import_sheet
from desktop.review.work_list import COLUMNS, OFFICE_COLUMN, ReviewListModel
from desktop.widgets.basics import EmptyState, PageHeader, button, label
from desktop.widgets.list_card import ListCard
from desktop.widgets.segmented import Segmented
from desktop.widgets.table import HouseTable
from desktop.widgets.tick_table import TickTable

TYPING_MS = 150
ALL = "all"
PILES: tuple[tuple[str, str], ...] = (*((str(state), REVIEW_STATE_LABELS[state]) for state in ReviewState), (ALL, "全部"))
_VERBS = {ReviewOutcome.APPROVED: "通过所选", ReviewOutcome.RETURNED: "退回所选…"}
_EMPTY = {
    ReviewState.PENDING: "没有等着审核的了。",
    ReviewState.CORRECTED: "退回的还没有补正后再报来的。",
    ReviewState.SECOND: "没有等着复审的。",
    ReviewState.RETURNED: "没有退回后等下级补正的。",
    ReviewState.OVERDUE: "没有过了期限还没补正的。",
}


class ReviewsPage(Page):
    """Archives from below by the state of their review."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._stale = True
        self._counting = 0
        self._order: tuple[str, bool] | None = None
        self._header = PageHeader("审核")
        self._start = button("逐户审核", "primary", "circle-check", self.open_first)
        self._header.add_action("导出待审表", self._export_sheet, icon="file-spreadsheet")
        self._header.add_action("导入审核表", lambda: import_sheet(context, self), icon="download")
        self._header.add(self._start)
        self.states: Segmented[str] = Segmented(PILES)
        self.states.set_value(str(ReviewState.PENDING))
        self.text = QLineEdit()
        self.text.setPlaceholderText("姓名、拼音首字母、身份证号、编号")
        self.text.setAccessibleName("按文字筛选")
        self.text.setClearButtonEnabled(True)
        self.text.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.office = QComboBox()
        self.office.setAccessibleName("单位")
        self.kind = QComboBox()
        self.kind.setAccessibleName("下级认定的类别")
        self.model = ReviewListModel(self._session, self)
        self.table = TickTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("待审列表")
        self.table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        sentence = "下级报来的档案在这里逐户审核：通过、退回补正，或不通过。先在“数据交换”收取下级的数据包。"
        self._nothing = EmptyState("inbox", sentence, "去数据交换", lambda: context.window.show_page("exchange"))
        self._none_left = EmptyState("circle-check", "", "看全部", lambda: self.show_state(ALL))
        self._arrange()
        self._connect()

    # -- building

    def _arrange(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(8)
        filters.addWidget(self.text, 3)
        filters.addWidget(self.office, 3)
        filters.addWidget(self.kind, 2)
        filters.addStretch(1)
        card = ListCard(self._make_bar(), self.table, self._nothing, self._none_left)
        self._stack = card.stack
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(self.states)
        column.addLayout(filters)
        column.addWidget(card, 1)

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        self.all_box = QCheckBox("全选")
        self.all_box.setToolTip("选中筛选出的每一户，不只是看得见的　Ctrl+A")
        self._chosen = label("", "strong")
        self._acts = {
            outcome: button(text, "", "circle-check" if outcome is ReviewOutcome.APPROVED else "undo-2")
            for outcome, text in _VERBS.items()
        }
        row = QHBoxLayout(bar)
        row.setContentsMargins(11, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.all_box)
        row.addWidget(self._chosen)
        row.addStretch(1)
        for made in self._acts.values():
            row.addWidget(made)
        row.addWidget(self.table.column_button())
        return bar

    def _connect(self) -> None:
        self.states.changed.connect(lambda _name: self._on_filter())
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._on_filter)
        self.text.textChanged.connect(lambda _text: self._typing.start())
        for combo in (self.kind, self.office):
            combo.currentIndexChanged.connect(lambda _at: self._on_filter())
        for outcome, made in self._acts.items():
            made.clicked.connect(lambda _=False, chosen=outcome: self.review_ticked(chosen))
        self.model.ticks_changed.connect(self._show_ticks)
        self.table.opened.connect(self._open_row)
        self.table.select_all_requested.connect(self.model.tick_all)
        self.all_box.clicked.connect(lambda ticked: self.model.tick_all() if ticked else self.model.tick_none())
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._on_order)
        self._fit_columns()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.context.changes.archives_changed.connect(lambda _ids: self._on_change())
        self.context.changes.office_changed.connect(self._on_change)

    def _fit_columns(self) -> None:
        self.table.set_widths({at: column.width for at, column in enumerate(COLUMNS)})

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_columns()

    # -- what is shown

    def open(self, state: str = "", office_id: str = "", **_: Any) -> None:
        """Show the list; *state* names one of the piles, *office_id* whose archives."""
        if state in dict(PILES):
            self.states.set_value(state)
            self._stale = True
        if self._stale:
            self._offer()
            if office_id:
                self._choose_office(office_id)
            self._read()
        self.table.setFocus()

    def place(self) -> dict[str, Any]:
        """The pile shown."""
        return {"state": self._state_name()}

    def _state_name(self) -> str:
        return self.states.value() or ALL

    def show_state(self, name: str) -> None:
        """Show a pile without further filters."""
        self.states.set_value(name)
        self.text.clear()
        for combo in (self.kind, self.office):
            combo.setCurrentIndex(0)
        self._on_filter()

    def _offer(self) -> None:
        choices = {choice.code: choice.label for choice in review_classes.choices_in_force(self._session)}
        _refill(self.kind, "下级认定的类别", list(choices.items()))
        self.kind.setVisible(bool(choices))
        names = {key: name for key, name in archiving.owner_names(self._session).items() if key != self._session.office.id}
        _refill(self.office, "全部单位", sorted(names.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(names) > 1)
        self.table.setColumnHidden(OFFICE_COLUMN, len(names) < 2)

    def _choose_office(self, office_id: str) -> None:
        self.office.blockSignals(True)
        self.office.setCurrentIndex(max(0, self.office.findData(office_id)))
        self.office.blockSignals(False)

    def query(self) -> ReviewQuery:
        """What is chosen."""
        name = self._state_name()
        query = ReviewQuery(
            text=self.text.text().strip(),
            state=None if name == ALL else ReviewState(name),
            office_id=self.office.currentData(),
            class_code=self.kind.currentData(),
        )
        if query.state in (ReviewState.RETURNED, ReviewState.OVERDUE):
            query = replace(query, order="due_on")
        return replace(query, order=self._order[0], descending=self._order[1]) if self._order else query

    def _on_filter(self) -> None:
        self._typing.stop()
        self._order = None
        self.model.ticked.clear()
        self._read()

    def _on_change(self) -> None:
        self._stale = True
        if self.isVisible():
            self._offer()
            self._read()

    def _on_order(self, section: int) -> None:
        order = COLUMNS[section].order
        if order:
            same = self._order is not None and self._order[0] == order
            self._order = (order, not self._order[1] if same and self._order else False)
            self._read()

    def _read(self) -> None:
        self._stale = False
        query = self.query()
        at = max(0, self.table.currentIndex().row())
        self.model.show_query(query)
        count = self.model.count
        filtered = bool(query.text) or self.kind.currentIndex() > 0 or self.office.currentIndex() > 0
        self._header.set_texts("审核", f"{dict(PILES)[self._state_name()]} {count:,} 户")
        empty = _EMPTY.get(query.state, "这一类现在没有。") if query.state else "没有符合这些条件的档案。"
        self._none_left.sentence.setText("没有符合这些条件的档案。" if filtered else empty)
        nothing = query.state is None and not filtered
        self._stack.setCurrentWidget(self.table if count else self._nothing if nothing else self._none_left)
        if count:
            self.table.selectRow(min(at, count - 1))
        self._start.setEnabled(count > 0)
        self._show_ticks()
        self._count()

    def _count(self) -> None:
        """How many stand in each pile; beside everything else, it goes through all archives."""
        self._counting += 1
        asked, session, query = self._counting, self._session, replace(self.query(), order="updated_at", office_id=None)

        def work() -> Counter[tuple[str, ReviewState]]:
            return review_list.count_states(session, query)

        def done(counts: Counter[tuple[str, ReviewState]]) -> None:
            if asked == self._counting:
                self._show_counts(counts)

        background.run_quietly(self, work, done)

    def _show_counts(self, counts: Counter[tuple[str, ReviewState]]) -> None:
        chosen = self.office.currentData()
        piles: Counter[str] = Counter()
        waiting: Counter[str] = Counter()
        for (office_id, state), number in counts.items():
            if chosen in (None, office_id):
                piles[state] += number
                piles[ALL] += number
            if state in WAITING:
                waiting[office_id] += number
        for name, caption in PILES:
            self.states.button(name).setText(f"{caption} {piles[name]:,}")
        names = archiving.owner_names(self._session)
        for at in range(1, self.office.count()):
            office_id = self.office.itemData(at)
            todo = f"　待审 {waiting[office_id]:,}" if waiting[office_id] else ""
            self.office.setItemText(at, f"{names.get(office_id, '其他单位')}{todo}")
        if not piles[ALL] and not self.text.text().strip() and not self.kind.currentIndex() > 0 and chosen is None:
            self._stack.setCurrentWidget(self._nothing)

    def _show_ticks(self) -> None:
        ticked, count = len(self.model.ticked), self.model.count
        self.all_box.setText(f"全选 {count:,} 户")
        self.all_box.setChecked(bool(ticked) and ticked == count)
        self.all_box.setEnabled(count > 0)
        self._chosen.setText(f"已选 {ticked:,} 户" if ticked else "")
        for made in self._acts.values():
            made.setEnabled(ticked > 0)
            made.setToolTip("" if ticked else "先勾选情况相同的几户（空格勾选，Ctrl+A 全选）")

    # -- acts

    def _open_row(self, index: QModelIndex) -> None:
        row = self.model.row(index.row())
        if row is not None:
            self.context.window.show_page("review", archive_id=row.archive_id, query=self.model.query)

    def _export_sheet(self) -> None:
        office_id = self.office.currentData()
        name = archiving.owner_names(self._session).get(office_id, "") if office_id else ""
        export_sheet(self.context, self, office_id, name)

    def open_first(self) -> None:
        """Begin with the row in hand and go on from one to the next."""
        index = self.table.currentIndex()
        self._open_row(index if index.isValid() else self.model.index(0, 0))

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


def _refill(combo: QComboBox, caption: str, options: list[tuple[str, str]]) -> None:
    """Offer *options*; what was chosen stays chosen while it is still offered."""
    chosen = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    combo.addItem(caption, None)
    for value, text in options:
        combo.addItem(text, value)
    combo.setCurrentIndex(max(0, combo.findData(chosen)))
    combo.blockSignals(False)
