"""One ledger with everything around it: what is asked, the table, its sums, what is wrong, and the acts on lines."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.domain.field_kinds import format_amount
from db.domain.form_schema import Section
from db.domain.means_flow import PEOPLE, Fault, MeansFlow, SectionState, Spot
from desktop import theme
from desktop.means.ledger_table import LedgerTable
from desktop.widgets.basics import ElidedLabel, Icon, button, label
from desktop.widgets.flow_layout import FlowLayout


class FaultLine(QWidget):
    """A sentence about one cell; a click goes there."""

    wanted = Signal(object)  # spot

    def __init__(self, fault: Fault, others: int) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Icon("circle-alert", theme.RED, 15))
        go = button(fault.where, "link", act=lambda: self.wanted.emit(fault.spot))
        go.setStyleSheet(f"min-height: {theme.sp(22)}px; padding: 0 2px;")
        row.addWidget(go)
        row.addWidget(ElidedLabel(fault.sentence, "error"), 1)
        if others:
            row.addWidget(label(f"另有 {others} 处标红的要改", "error"))


class EmptyLedger(QWidget):
    """Not asked yet, or asked and none: both said plainly, both one key away from the other."""

    first_wanted = Signal()
    paste_wanted = Signal()
    none_wanted = Signal()
    unasked_wanted = Signal()

    def __init__(self, section: Section) -> None:
        super().__init__()
        self._title = section.title
        self._icon = Icon("circle-question-mark", theme.LINE_STRONG, 32)
        self._sentence = label("", "strong")
        self._why = label("", "secondary")
        self.first = button("添加第一行", "", "plus", self.first_wanted.emit)
        self.paste = button("粘贴表格　Ctrl+V", "", "clipboard-paste", self.paste_wanted.emit)
        self.paste.setToolTip("从 Excel、WPS 复制几行，直接粘贴")
        QShortcut(QKeySequence.StandardKey.Paste, self).activated.connect(self.paste_wanted)
        self.none = button("核实过，没有　Ctrl+0", "", "check", self.none_wanted.emit)
        self._back = button("改回没核实", "link", "undo-2", self.unasked_wanted.emit)
        acts = QHBoxLayout()
        acts.setSpacing(12)
        acts.addStretch(1)
        for made in (self.first, self.paste, self.none, self._back):
            acts.addWidget(made)
        acts.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._why, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addLayout(acts)
        column.addStretch(3)

    def show_state(self, state: SectionState, may_change: bool) -> None:
        """Say which of the two it is."""
        asked = state is SectionState.NONE
        self._icon.show_icon("circle-check" if asked else "circle-question-mark", theme.GREEN if asked else theme.AMBER)
        self._sentence.setText(f"已核实：没有{self._title}" if asked else f"{self._title}：还没有核实")
        self._why.setText("" if asked else "问过了没有的，也要记一笔；没问过的不能当作没有。")
        self._why.setVisible(not asked)
        self.none.setVisible(may_change and not asked)
        self._back.setVisible(may_change and asked)
        for made in (self.first, self.paste):
            made.setVisible(may_change)
        self.first.setText("添加一行" if asked else "添加第一行")


class LedgerPane(QWidget):
    """A ledger of the worksheet."""

    changed = Signal()
    settled = Signal()  # nothing more to fill in here

    def __init__(self, section: Section) -> None:
        super().__init__()
        self.section = section
        self._flow: MeansFlow | None = None
        self._may_change = True
        self.table = LedgerTable(section)
        self.empty = EmptyLedger(section)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        self._sums = QWidget()
        self._sum_row = FlowLayout(self._sums, gap=theme.sp(24), line_gap=2)
        self._faults = QVBoxLayout()
        self._faults.setSpacing(0)
        self._undo_text = label("", "secondary")
        self._undo = button("撤销　Ctrl+Z", "link", "undo-2", self.table.undo)
        self._undo.hide()
        self.add = button("添加一行", "", "plus", self.table.add_row)
        self._remove = button("删除这一行", "", "trash-2", self.table.remove_row)
        self._paste = button("粘贴表格", "", "clipboard-paste", self.table.paste)
        self._count = label("", "small")
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for made, tip in (
            (self.add, "在最后一格按 Enter 也会添加"),
            (self._paste, "从 Excel、WPS 复制几行，选中起始格，按 Ctrl+V"),
            (self._remove, "选中一格按 Delete，或正在填写时按 Ctrl+Delete"),
        ):
            made.setToolTip(tip)
            foot.addWidget(made)
        foot.addStretch(1)
        foot.addWidget(self._undo_text)
        foot.addWidget(self._undo)
        foot.addWidget(self._count)
        self._foot = QWidget()
        self._foot.setLayout(foot)
        foot.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._stack, 1)
        column.addWidget(self._sums)
        column.addLayout(self._faults)
        column.addWidget(self._foot)

    def _connect(self) -> None:
        self.table.changed.connect(self._on_change)
        self.table.typing_elsewhere.connect(self.refresh)
        self.table.ended.connect(self.settled)
        self.table.removed.connect(self._show_undo)
        self.table.pasted.connect(self._on_pasted)
        self.empty.first_wanted.connect(self.table.add_row)
        self.empty.paste_wanted.connect(self.table.paste)
        self.empty.none_wanted.connect(self.mark_none)
        self.empty.unasked_wanted.connect(self._mark_unasked)

    # -- showing

    def show_flow(self, flow: MeansFlow, may_change: bool) -> None:
        """Show the ledger of *flow*."""
        self._flow, self._may_change = flow, may_change
        self.table.show_flow(flow, may_change)
        self.table.forget()
        self.refresh()

    def refresh(self) -> None:
        """Sums, faults, and what stands in place of the table."""
        assert self._flow is not None
        count = self.table.ledger.rowCount()
        state = self._flow.state(self.section.key)
        self._stack.setCurrentWidget(self.table if count else self.empty)
        self.empty.show_state(state, self._may_change)
        grows = self._may_change and self.section.key != PEOPLE
        self._foot.setVisible(grows and (bool(count) or not self._undo.isHidden()))
        for made in (self.add, self._remove, self._paste, self._count):
            made.setVisible(bool(count))
        self._count.setText(f"共 {count} 行")
        self._show_sums(self._flow)
        self._show_faults(self._flow)

    def _show_sums(self, flow: MeansFlow) -> None:
        while item := self._sum_row.takeAt(0):
            item.widget().hide()
            item.widget().deleteLater()
        totals = flow.totals(self.section.key)
        for total in totals:
            text = f"{total.label} {format_amount(total.amount)} 元"
            self._sum_row.addWidget(label(text, "strong" if total.strong else "secondary"))
        self._sums.setVisible(bool(totals))

    def _show_faults(self, flow: MeansFlow) -> None:
        while item := self._faults.takeAt(0):
            item.widget().hide()
            item.widget().deleteLater()
        faults = flow.faults(self.section.key)
        if faults:
            line = FaultLine(faults[0], len(faults) - 1)
            line.wanted.connect(self.focus)
            self._faults.addWidget(line)

    def _show_undo(self, text: str) -> None:
        self._undo_text.setText(text)
        self._undo.setVisible(bool(text))
        # an emptied ledger shows no acts; its undo must still be in reach
        self._foot.setVisible(self._foot.isVisibleTo(self) or bool(text))

    # -- acting

    def _on_change(self) -> None:
        self.refresh()
        self.changed.emit()

    def _on_pasted(self, count: int) -> None:
        self._show_undo(f"已粘贴 {count} 行")
        self.focus()

    def mark_none(self) -> None:
        """Ctrl+0: asked, there is none; on to the next section."""
        if self._flow is not None and self._may_change and not self._flow.rows(self.section.key):
            self._flow.mark_none(self.section.key)
            self._on_change()
            self.settled.emit()

    def _mark_unasked(self) -> None:
        assert self._flow is not None
        self._flow.mark_unasked(self.section.key)
        self._on_change()
        self.empty.first.setFocus()

    def focus(self, spot: Spot | None = None) -> None:
        """Put the cursor at *spot*, or where the ledger begins."""
        row = self.table.ledger.row_of(spot.row_id) if spot is not None else -1
        if spot is not None and row >= 0:
            self.table.begin(row, spot.key)
        elif self.table.ledger.rowCount():
            if not self.table.currentIndex().isValid():
                self.table.setCurrentIndex(self.table.first_open())
            self.table.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.empty.first.setFocus(Qt.FocusReason.TabFocusReason)

    def take_typed(self) -> None:
        """Hand over what is being typed."""
        self.table.stop_typing()

    def explain(self) -> str:
        """What F1 says about the present cell."""
        index = self.table.currentIndex()
        if not index.isValid():
            return f"{self.section.title}：{self.section.hint}"
        spec = self.table.ledger.spec(index.column())
        return f"{spec.label}：{'必填。' if spec.starred else '可以不填。'}{spec.help}"
