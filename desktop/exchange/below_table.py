"""下级单位: one line per office below – what came last, what is missing, what waits for review and for the way down."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QStackedWidget

from db.services.round_trip import OfficeBelow
from desktop import theme
from desktop.moments import moment
from desktop.widgets.basics import EmptyState
from desktop.widgets.rows import Column, RowsModel, rows_table

_NAME, _GAP, _ARCHIVES, _REVIEW, _SEND, _ACT = 0, 2, 3, 4, 5, 7


def gap_sentence(office: OfficeBelow) -> str:
    """What is missing of an office's bundles and what to do about it."""
    if office.knows_of_gap:
        heard = f"最近一次下发（第 {office.answers} 次）已经告诉对方，对方读入后会自动重新上报里面的档案。"
    else:
        heard = "下发审核结果时会告诉对方，对方读入后会自动重新上报里面的档案；急的话请打电话，让对方把“上级还没收到的”再导出一次。"
    return f"{office.name}的{office.missing_text}还没有收到，可能还在路上，也可能 U 盘丢了。\n{heard}"


def _gap_ink(office: OfficeBelow) -> str:
    return theme.SECONDARY if office.knows_of_gap or not office.missing else theme.RED


def _link(count: int) -> str:
    return theme.ACTION if count else theme.SECONDARY


class BelowTable(QStackedWidget):
    """The offices below; a click on a figure opens what it counts."""

    partner_wanted = Signal(str)
    gap_wanted = Signal(object)
    archives_wanted = Signal(str)
    review_wanted = Signal(str)
    answer_wanted = Signal(str)
    enrol_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._today = date.min
        self.rows: RowsModel[OfficeBelow] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("下级单位")
        self.addWidget(self.table)
        sentence = "还没有登记下级单位。\n请各乡镇（街道）导出单位名片交来，核对指纹后在这里登记。"
        self.addWidget(EmptyState("building-2", sentence, "登记单位…", self.enrol_wanted.emit))
        self.table.clicked.connect(self._on_click)
        self.table.opened.connect(self._on_open)

    def _columns(self) -> list[Column[OfficeBelow]]:
        return [
            Column("单位", lambda row: row.name, 220, lambda _: theme.ACTION),
            Column("最近收到", self._last_text, 190),
            Column("缺包", _gap_text, 160, _gap_ink),
            Column("档案", lambda row: f"{row.archives:,}", 66, lambda row: _link(row.archives), right=True),
            Column("待审核", lambda row: f"{row.to_review:,}", 72, lambda row: _link(row.to_review), right=True),
            Column("待下发", lambda row: f"{row.to_send:,}", 72, lambda row: _link(row.to_send), right=True),
            Column("最近下发", lambda row: moment(row.last_answer_at, self._today), 120, lambda _: theme.SECONDARY),
            Column("", lambda _: "下发", 56, lambda _: theme.ACTION, firm=True),
        ]

    def _last_text(self, office: OfficeBelow) -> str:
        if office.revoked:
            return "密钥已作废"
        return f"第 {office.last_sequence} 包　{moment(office.last_at, self._today)}" if office.last_at else "还没来过"

    def show_offices(self, offices: Sequence[OfficeBelow], today: date) -> None:
        """Show the offices; the place in the list stays."""
        self._today = today
        at = self.table.currentIndex().row()
        self.rows.show_rows(offices)
        self.setCurrentIndex(0 if offices else 1)
        if 0 <= at < len(offices):
            self.table.selectRow(at)

    def _on_click(self, index: QModelIndex) -> None:
        office = self.rows.row_at(index)
        if office is None:
            return
        column = index.column()
        if column == _NAME:
            self.partner_wanted.emit(office.partner_id)
        elif column == _GAP and office.missing:
            self.gap_wanted.emit(office)
        elif column == _ARCHIVES and office.archives:
            self.archives_wanted.emit(office.partner_id)
        elif column == _REVIEW and office.to_review:
            self.review_wanted.emit(office.partner_id)
        elif column == _ACT or (column == _SEND and office.to_send):
            self.answer_wanted.emit(office.partner_id)

    def _on_open(self, index: QModelIndex) -> None:
        """Enter does what is most pressing."""
        office = self.rows.row_at(index)
        if office is None:
            return
        if office.to_review:
            self.review_wanted.emit(office.partner_id)
        elif office.to_send:
            self.answer_wanted.emit(office.partner_id)
        else:
            self.partner_wanted.emit(office.partner_id)

    def show_gaps(self) -> None:
        """Go to the first office of which a bundle is missing."""
        at = next((number for number, row in enumerate(self.rows.rows) if row.missing), -1)
        if at >= 0:
            self.table.setFocus()
            self.table.selectRow(at)
            self.gap_wanted.emit(self.rows.rows[at])


def _gap_text(office: OfficeBelow) -> str:
    if not office.missing:
        return "接得上" if office.last_at else "--"
    return f"缺{office.missing_text}"
