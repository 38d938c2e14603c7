"""A room that is a work list: piles with their counts, a text and combos to narrow them, rows to tick, acts upon the ticked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QHeaderView, QLineEdit, QVBoxLayout, QWidget

from desktop import background, theme
from desktop.context import AppContext, Page
from desktop.widgets.basics import EmptyState, PageHeader, label
from desktop.widgets.column_widths import need_of, shared
from desktop.widgets.list_card import ListCard
from desktop.widgets.segmented import Segmented
from desktop.widgets.table import HouseTable
from desktop.widgets.tick_table import TickTable
from desktop.widgets.work_list_model import WorkListModel

R = TypeVar("R")
TYPING_MS = 150
ALL = "all"
_LEAST_COMBO = 108
"""Room for a caption of four characters."""


def refill(combo: QComboBox, caption: str, options: Iterable[tuple[str, str]]) -> None:
    """Offer *options* below *caption*, which does not filter; what was chosen stays chosen while it is still offered."""
    chosen = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    combo.addItem(caption, None)
    for value, text in options:
        combo.addItem(text, value)
    combo.setCurrentIndex(max(0, combo.findData(chosen)))
    combo.blockSignals(False)


class WorkListPage(Page, Generic[R]):
    """The frame; a room says what its piles mean, which rows a pile has, and what can be done with them.

    *piles*: name and caption of each, one of them :data:`ALL`. *combos*: further filters with their share of the width.
    """

    title = ""
    unit = "户"
    """What is counted."""

    def __init__(
        self,
        context: AppContext,
        piles: Sequence[tuple[str, str]],
        model: WorkListModel[R],
        combos: Sequence[tuple[QComboBox, int]],
        nothing: EmptyState,
    ) -> None:
        super().__init__(context)
        self._session = context.session
        self._piles = dict(piles)
        self._stale = True
        self._counting = 0
        self._order: tuple[str, bool] | None = None
        self._combos = [combo for combo, _ in combos]
        self.model = model
        model.belong_to(self)
        self.header = PageHeader(self.title)
        self.states: Segmented[str] = Segmented(list(piles))
        self.states.set_value(piles[0][0])
        self.text = QLineEdit()
        self.text.setPlaceholderText("姓名、拼音首字母、身份证号、编号")
        self.text.setAccessibleName("按文字筛选")
        self.text.setClearButtonEnabled(True)
        self.text.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.table = TickTable()
        self.table.setModel(model)
        self.table.setAccessibleName(f"{self.title}列表")
        self.table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        self.notices = QVBoxLayout()
        """Between the head and the piles."""
        self.bar = QHBoxLayout()
        """Acts upon what is ticked, at the right of the bar over the table."""
        self._nothing = nothing
        self._none_left = EmptyState("circle-check", "", "看全部", lambda: self.show_state(ALL))
        self._arrange(combos)
        self._connect()

    # -- building

    def _arrange(self, combos: Sequence[tuple[QComboBox, int]]) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(8)
        filters.addWidget(self.text, 3)
        for combo, share in combos:
            combo.setMinimumWidth(theme.sp(_LEAST_COMBO))
            filters.addWidget(combo, share)
        filters.addStretch(max(1, 4 - sum(share for _, share in combos) // 2))
        card = ListCard(self._make_bar(), self.table, self._nothing, self._none_left)
        self._stack = card.stack
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addLayout(self.notices)
        column.addWidget(self.states)
        column.addLayout(filters)
        column.addWidget(card, 1)

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        self.all_box = QCheckBox("全选")
        self.all_box.setToolTip(f"选中筛选出的每一{self.unit}，不只是看得见的　Ctrl+A")
        self._chosen = label("", "strong")
        self.bar.setSpacing(8)
        row = QHBoxLayout(bar)
        row.setContentsMargins(11, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.all_box)
        row.addWidget(self._chosen)
        row.addStretch(1)
        row.addLayout(self.bar)
        row.addWidget(self.table.column_button())
        return bar

    def _connect(self) -> None:
        self.states.changed.connect(lambda _name: self._on_filter())
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._on_filter)
        self.text.textChanged.connect(lambda _text: self._typing.start())
        for combo in self._combos:
            combo.currentIndexChanged.connect(lambda _at: self._on_filter())
        self.model.ticks_changed.connect(self._show_ticks)
        self.table.opened.connect(self._open_index)
        self.table.select_all_requested.connect(self.model.tick_all)
        self.all_box.clicked.connect(lambda ticked: self.model.tick_all() if ticked else self.model.tick_none())
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._on_order)
        self.table.resized.connect(self._fit_columns)
        self.model.modelReset.connect(self._fit_columns)
        self._fit_columns()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.context.changes.archives_changed.connect(lambda _ids: self._on_change())

    def _fit_columns(self) -> None:
        """As wide as is laid down; where texts are cut, what stands empty elsewhere is theirs."""
        if self.table.drawn_by_hand:
            return
        room = self.table.viewport().width() / theme.scale()
        widths = {
            at: float(column.width) for at, column in enumerate(self.model.columns) if not self.table.isColumnHidden(at)
        }
        needs = {at: need_of(self.table, at) for at in widths}
        found = shared(widths, needs, room - len(widths))  # rounding up must not bring a scroll bar
        if sum(found.values()) > room:  # there is a scroll bar anyway: nothing need be cut
            found = {at: min(need, 2 * widths[at]) for at, need in needs.items()}
        self.table.set_widths(found)

    def hide_columns(self, hidden: Mapping[str, bool]) -> None:
        """Show or hide columns by their caption, as a pile has use for them."""
        for caption, is_hidden in hidden.items():
            self.table.setColumnHidden(self.model.at(caption), is_hidden)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_columns()

    # -- what a room fills in

    def offer(self) -> None:
        """Fill the combos with what there is to choose."""

    def show_rows(self, pile: str) -> None:
        """Have the model show the rows of *pile* with the filters set."""
        raise AssertionError("abstract")

    def count_work(self) -> Callable[[], dict[str, int]]:
        """Counts every pile; what is returned is called beside everything else."""
        raise AssertionError("abstract")

    def on_counts(self, counts: dict[str, int]) -> None:
        """Show what else was counted."""

    def empty_words(self, pile: str) -> str:
        """What an empty pile says."""
        return "这一类现在没有。"

    def is_nothing_yet(self, pile: str) -> bool:
        """Whether an empty pile without filters means that the room was never used."""
        return pile == ALL

    def on_ticks(self, ticked: int) -> None:
        """Enable the acts upon what is ticked."""

    def open_row(self, row: R) -> None:
        """Open what stands in a row."""

    # -- what is shown

    def open(self, state: str = "", **_: Any) -> None:
        """Show the list; *state* names one of the piles."""
        if state in self._piles:
            self.states.set_value(state)
            self._stale = True
        self.offer()
        if self._stale:
            self._read()
        self.table.setFocus()

    def place(self) -> dict[str, Any]:
        """The pile shown."""
        return {"state": self.pile()}

    def pile(self) -> str:
        """Name of the pile shown."""
        return self.states.value() or ALL

    def order(self) -> tuple[str, bool] | None:
        """What the clerk has the rows sorted by, and whether downwards; None for the pile's own order."""
        return self._order

    def show_state(self, name: str) -> None:
        """Show a pile without further filters."""
        self.states.set_value(name)
        self.text.clear()
        for combo in self._combos:
            combo.setCurrentIndex(0)
        self._on_filter()

    def is_filtered(self) -> bool:
        """Whether text or combos leave rows of the pile out."""
        return bool(self.text.text().strip()) or any(combo.currentIndex() > 0 for combo in self._combos)

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
        order = self.model.columns[section].order
        if order:
            same = self._order is not None and self._order[0] == order
            self._order = (order, not self._order[1] if same and self._order else False)
            self._read()

    def _read(self) -> None:
        self._stale = False
        pile = self.pile()
        at = max(0, self.table.currentIndex().row())
        self.show_rows(pile)
        if self.model.ticked:  # what has left the pile since is not acted upon, and not counted
            self.model.ticked.intersection_update(self.model.all_keys())
        count, filtered = self.model.count, self.is_filtered()
        self.header.set_texts(self.title, f"{self._piles[pile]} {count:,} {self.unit}")
        self._none_left.sentence.setText("没有符合这些条件的档案。" if filtered else self.empty_words(pile))
        nothing = self.is_nothing_yet(pile) and not filtered
        self._stack.setCurrentWidget(self.table if count else self._nothing if nothing else self._none_left)
        if count:
            self.table.selectRow(min(at, count - 1))
        self._show_ticks()
        self._count()

    def _count(self) -> None:
        """How many stand in each pile; beside everything else, it goes through all archives."""
        self._counting += 1
        asked = self._counting

        def done(counts: dict[str, int]) -> None:
            if asked == self._counting:
                for name, caption in self._piles.items():
                    self.states.button(name).setText(f"{caption} {counts.get(name, 0):,}")
                self.on_counts(counts)

        background.run_quietly(self, self.count_work(), done)

    def _show_ticks(self) -> None:
        ticked, count = len(self.model.ticked), self.model.count
        self.all_box.setText(f"全选 {count:,} {self.unit}")
        self.all_box.setChecked(bool(ticked) and ticked == count)
        self.all_box.setEnabled(count > 0)
        self._chosen.setText(f"已选 {ticked:,} {self.unit}" if ticked else "")
        self.on_ticks(ticked)

    def _open_index(self, index: QModelIndex) -> None:
        row = self.model.row(index.row())
        if row is not None:
            self.open_row(row)
