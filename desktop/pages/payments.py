"""发放: the payment lists of the office, those under way first; each opens with what is to be done next."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from db.domain.aid.list_flow import METHODS, ListState, Method
from db.domain.field_kinds import format_amount
from db.services import aid_list, disbursement
from db.services.aid_list import AidPile, AidQuery
from db.services.disbursement import ListRow
from desktop import theme
from desktop.aid.sections import LISTS, add_switch
from desktop.context import AppContext, Page
from desktop.widgets.basics import EmptyState, Note, PageHeader, button, label
from desktop.widgets.list_card import ListCard
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

UNDER_WAY, DONE, DROPPED, ALL = "under_way", "done", "dropped", "all"
PILES = ((UNDER_WAY, "在办"), (DONE, "已办结"), (DROPPED, "已作废"), (ALL, "全部"))
_FAILED_AT = 6
"""Which column tells how many payments failed: there only where some did."""
_STATES = {UNDER_WAY: set(ListState) - {ListState.CLOSED, ListState.DROPPED}, DONE: {ListState.CLOSED},
           DROPPED: {ListState.DROPPED}, ALL: set(ListState)}  # fmt: skip
_EMPTY = {
    UNDER_WAY: "没有在办的名册。",
    DONE: "还没有办结的名册。",
    DROPPED: "没有作废的名册。",
    ALL: "还没有名册。",
}


class PaymentsPage(Page):
    """Payment lists by where they stand."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._all: list[ListRow] = []
        self.header = PageHeader("帮扶")
        self.switch = add_switch(self.header, context, LISTS)
        self.header.add_action("编制名册…", self.choose_grants, "primary", "plus")
        self.waiting = Note("", "action")
        self.states: Segmented[str] = Segmented(list(PILES))
        self.states.set_value(UNDER_WAY)
        self.rows: RowsModel[ListRow] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("发放名册")
        sentence = "把批准的救助编成名册：核对、锁定，另一人审批，交银行发放，再登记银行的结果。"
        self._nothing = EmptyState("file-text", sentence, "去选要发放的救助", self.choose_grants)
        self._none = EmptyState("circle-check", "")
        self._arrange()
        self.states.changed.connect(lambda _name: self._show())
        self.table.opened.connect(lambda index: self.open_row(self.rows.row_at(index)))
        context.changes.archives_changed.connect(lambda _ids: self._on_change())

    @staticmethod
    def _columns() -> list[Column[ListRow]]:
        return [
            Column("编号", lambda row: row.number, 100, firm=True),
            Column("名册", lambda row: row.title, 250, bold=True),
            Column("方式", lambda row: METHODS[row.method], 100),
            Column("人数", lambda row: f"{row.count:,}", 66, right=True, firm=True),
            Column("合计（元）", lambda row: format_amount(row.total) if row.method is Method.CARD else "--", 124, right=True),
            Column("进展", lambda row: row.state_label, 160, _state_ink),
            Column("发放失败", lambda row: f"{row.failed:,}" if row.failed else "--", 84, _failed_ink, right=True),
            Column("编制", lambda row: f"{row.made_at[:10]} {row.made_by}", 150),
            Column("审批", lambda row: row.approved_by or "--", 84),
        ]

    def _arrange(self) -> None:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(15, 0, 8, 0)
        self._hint: QLabel = label("", "secondary")
        row.addWidget(self._hint)
        row.addStretch(1)
        self._go = button("打开", "", "chevron-right", lambda: self.open_row(self.rows.row_at(self.table.currentIndex())))
        row.addWidget(self._go)
        card = ListCard(bar, self.table, self._nothing, self._none)
        self._stack = card.stack
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self.waiting)
        column.addWidget(self.states)
        column.addWidget(card, 1)

    # -- showing

    def open(self, state: str = "", **_: Any) -> None:
        """Show the lists."""
        if state in _STATES:
            self.states.set_value(state)
        self._read()
        self.table.setFocus()

    def place(self) -> dict[str, Any]:
        """The pile shown."""
        return {"state": self.states.value() or UNDER_WAY}

    def _on_change(self) -> None:
        if self.isVisible():
            self._read()

    def _read(self) -> None:
        self._all = disbursement.list_lists(self._session)
        sums = aid_list.sum_piles(self._session, AidQuery(office_id=self._session.office.id))
        free, failed = sums[AidPile.OPEN], sums[AidPile.FAILED]
        parts = [f"{free.count:,} 笔待发放（{format_amount(free.total)} 元）"] if free.count else []
        parts += [f"{failed.count:,} 笔发放失败待补发（{format_amount(failed.total)} 元）"] if failed.count else []
        self.waiting.show_text(f"还没有列入名册的：{'，'.join(parts)}。", "warning" if failed.count else "action")
        self.waiting.setVisible(bool(parts))
        for name, caption in PILES:
            self.states.button(name).setText(f"{caption} {len(self._pile(name)):,}")
        self._show()

    def _pile(self, name: str) -> list[ListRow]:
        return [row for row in self._all if row.state in _STATES[name]]

    def _show(self) -> None:
        pile = self.states.value() or UNDER_WAY
        at = max(0, self.table.currentIndex().row())
        rows = self._pile(pile)
        self.rows.show_rows(rows)
        self._none.sentence.setText(_EMPTY[pile])
        total = format_amount(sum(row.total for row in rows))
        self._hint.setText(f"{len(rows):,} 份，合计 {total} 元" if rows else "")
        self.table.setColumnHidden(_FAILED_AT, not any(row.failed for row in rows))
        self.table.fit()
        self._go.setEnabled(bool(rows))
        self._stack.setCurrentWidget(self.table if rows else self._none if self._all else self._nothing)
        if rows:
            self.table.selectRow(min(at, len(rows) - 1))

    # -- acts

    def open_row(self, row: ListRow | None) -> None:
        """One list."""
        if row is not None:
            self.context.window.show_page("payment_list", list_id=row.id)

    def choose_grants(self) -> None:
        """What waits to be paid, to be ticked."""
        self.context.window.show_page("aid", state=AidPile.OPEN.value)


def _state_ink(row: ListRow) -> str | None:
    return theme.GREEN_INK if row.state is ListState.CLOSED else theme.SECONDARY if row.state is ListState.DROPPED else None


def _failed_ink(row: ListRow) -> str | None:
    return theme.RED if row.failed else theme.SECONDARY
