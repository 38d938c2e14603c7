"""认定: the work list – who is still to be assessed, who fits and waits, who is near, what has to be looked at again."""

from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from db.errors import Cancelled, Progress
from db.services import archiving, assessing, policies
from db.services.assessing import AssessmentQuery, ManyAssessed
from desktop import background, messages, theme
from desktop.assessment.many_dialog import ManyDialog
from desktop.assessment.work_list import COLUMNS, OFFICE_COLUMN, STATE_BY_NAME, STATES, WorkListModel
from desktop.context import AppContext, Page
from desktop.widgets.basics import EmptyState, Note, PageHeader, button, label
from desktop.widgets.list_card import ListCard
from desktop.widgets.segmented import Segmented
from desktop.widgets.table import HouseTable
from desktop.widgets.tick_table import TickTable

TYPING_MS = 150


class AssessmentsPage(Page):
    """Archives by the state of their assessment."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._stale = True
        self._counting = 0
        self._order: tuple[str, bool] | None = None
        self._header = PageHeader("认定")
        self._again = button("认定所选", "primary", "scale", self.assess_ticked)
        self._header.add(self._again)
        self._no_policy = Note("", "warning")
        self._choose = button("去设置 → 政策", act=lambda: context.window.show_page("settings", section="policy"))
        self.states: Segmented[str] = Segmented([(state.name, state.caption) for state in STATES])
        self.states.set_value("all")
        self.text = QLineEdit()
        self.text.setPlaceholderText("姓名、拼音首字母、身份证号、编号")
        self.text.setAccessibleName("按文字筛选")
        self.text.setClearButtonEnabled(True)
        self.text.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.kind = QComboBox()
        self.kind.setAccessibleName("类别")
        self.office = QComboBox()
        self.office.setAccessibleName("单位")
        self.model = WorkListModel(self._session, self)
        self.table = TickTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("认定列表")
        self.table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        self._nothing = EmptyState(
            "scale", "先建档案，再按政策认定：属于哪一类、哪一级、每项救助最多多少。", "新建第一份档案", context.window.new_archive
        )
        self._none_left = EmptyState("circle-check", "", "看全部", lambda: self.show_state("all"))
        self._arrange()
        self._connect()

    # -- building

    def _arrange(self) -> None:
        policy = QHBoxLayout()
        policy.setSpacing(8)
        policy.addWidget(self._no_policy, 1)
        policy.addWidget(self._choose)
        filters = QHBoxLayout()
        filters.setSpacing(8)
        filters.addWidget(self.text, 3)
        filters.addWidget(self.kind, 2)
        filters.addWidget(self.office, 2)
        filters.addStretch(2)
        card = ListCard(self._make_bar(), self.table, self._nothing, self._none_left)
        self._stack = card.stack
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addLayout(policy)
        column.addWidget(self.states)
        column.addLayout(filters)
        column.addWidget(card, 1)

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        self.all_box = QCheckBox("全选")
        self.all_box.setToolTip("选中筛选出的每一户，不只是看得见的　Ctrl+A")
        self._chosen = label("", "strong")
        row = QHBoxLayout(bar)
        row.setContentsMargins(11, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.all_box)
        row.addWidget(self._chosen)
        row.addStretch(1)
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

    def _fit_columns(self) -> None:
        self.table.set_widths({at: column.width for at, column in enumerate(COLUMNS)})

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_columns()

    # -- what is shown

    def open(self, state: str = "", **_: Any) -> None:
        """Show the list; *state* names one of the piles."""
        if state in STATE_BY_NAME:
            self.states.set_value(state)
            self._stale = True
        self._show_policy()
        if self._stale:
            self._read()
        self.table.setFocus()

    def place(self) -> dict[str, Any]:
        """The pile shown."""
        return {"state": self._state_name()}

    def _state_name(self) -> str:
        return self.states.value() or "all"

    def show_state(self, name: str) -> None:
        """Show a pile without further filters."""
        self.states.set_value(name)
        self.text.clear()
        for combo in (self.kind, self.office):
            combo.setCurrentIndex(0)
        self._on_filter()

    def _show_policy(self) -> None:
        today = date.fromisoformat(self._session.today)
        loaded = policies.chosen_policy(self._session, today)
        self._no_policy.setVisible(loaded is None)
        self._choose.setVisible(loaded is None)
        self._no_policy.show_text("还没有选定今天执行的政策，现在不能认定；以前存档的认定照常可以看。", "warning")
        classes = [(item.code, item.label) for item in loaded.pack.hardship_class] if loaded else []
        _refill(self.kind, "类别", classes)
        self.kind.setVisible(bool(classes))
        owners = archiving.owner_names(self._session)
        _refill(self.office, "单位", sorted(owners.items(), key=lambda entry: entry[1]))
        self.office.setVisible(len(owners) > 1)
        self.table.setColumnHidden(OFFICE_COLUMN, len(owners) < 2)

    def query(self, state: str) -> AssessmentQuery:
        """What pile *state* means with the filters set."""
        query = replace(
            STATE_BY_NAME[state].query,
            text=self.text.text().strip(),
            class_code=self.kind.currentData(),
            office_id=self.office.currentData(),
        )
        return replace(query, order=self._order[0], descending=self._order[1]) if self._order else query

    def _on_filter(self) -> None:
        self._typing.stop()
        self._order = None
        self.model.ticked.clear()
        self._read()

    def _on_change(self) -> None:
        self._stale = True
        if self.isVisible():
            self._read()

    def _on_order(self, section: int) -> None:
        order = COLUMNS[section].order
        if order:
            same = self._order is not None and self._order[0] == order
            self._order = (order, not self._order[1] if same and self._order else False)
            self._read()

    def _read(self) -> None:
        self._stale = False
        state = STATE_BY_NAME[self._state_name()]
        at = max(0, self.table.currentIndex().row())
        self.model.show_query(self.query(state.name))
        count = self.model.count
        filtered = bool(self.text.text().strip()) or self.kind.currentIndex() > 0 or self.office.currentIndex() > 0
        self._header.set_texts("认定", f"{state.caption} {count:,} 户")
        self._none_left.sentence.setText("没有符合这些条件的档案。" if filtered else state.empty)
        nothing = state.name == "all" and not filtered
        self._stack.setCurrentWidget(self.table if count else self._nothing if nothing else self._none_left)
        if count:
            self.table.selectRow(min(at, count - 1))
        self._show_ticks()
        self._count()

    def _count(self) -> None:
        """How many stand in each pile; beside everything else, it goes through all archives."""
        self._counting += 1
        asked, session = self._counting, self._session
        queries = {state.name: replace(self.query(state.name), order="updated_at") for state in STATES}

        def work() -> dict[str, int]:
            return {name: assessing.count_assessments(session, query) for name, query in queries.items()}

        def done(counts: dict[str, int]) -> None:
            if asked == self._counting:
                for state in STATES:
                    self.states.button(state.name).setText(f"{state.caption} {counts[state.name]:,}")

        background.run_quietly(self, work, done)

    def _show_ticks(self) -> None:
        ticked, count = len(self.model.ticked), self.model.count
        self.all_box.setText(f"全选 {count:,} 户")
        self.all_box.setChecked(bool(ticked) and ticked == count)
        self.all_box.setEnabled(count > 0)
        self._chosen.setText(f"已选 {ticked:,} 户" if ticked else "")
        ready = ticked > 0 and self._no_policy.isHidden()
        self._again.setEnabled(ready)
        self._again.setText(f"认定所选 {ticked:,} 户" if ticked else "认定所选")
        self._again.setToolTip("" if ready else "先勾选要认定的档案（空格勾选，Ctrl+A 全选）")

    # -- acts

    def _open_row(self, index: QModelIndex) -> None:
        row = self.model.row(index.row())
        if row is not None:
            self.context.window.show_page("archive", archive_id=row.archive_id, tab="assessment")

    def assess_ticked(self) -> None:
        """Assess the ticked archives by the policy of today and keep the results."""
        ids, session = self.model.ticked_ids(), self._session
        on = date.fromisoformat(session.today)

        def work(progress: Progress) -> ManyAssessed:
            return assessing.assess_many(session, ids, on, progress)

        def done(made: ManyAssessed) -> None:
            self._after_many()
            ManyDialog(self, made).exec()

        def failed(fault: BaseException) -> None:
            self._after_many()
            if isinstance(fault, Cancelled):
                self.context.window.notify("已停下；停下以前认定的已经存档。", "warning")
            else:
                messages.show_error(self, fault)

        background.run(self, work, done, failed, title=f"正在认定 {len(ids):,} 户…")

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
