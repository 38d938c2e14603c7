"""The rows of the room 帮扶: every grant, what it is paid from and what became of it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from db.services import aid_list
from db.services.aid_list import AidPile, AidQuery, AidRow
from db.services.office import OfficeSession
from desktop import theme
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel

SIGNS = {
    AidPile.OPEN: ("circle-dot", theme.ACTION),
    AidPile.ON_LIST: ("circle-dot", theme.ACTION),
    AidPile.FAILED: ("circle-alert", theme.RED),
    AidPile.PAID: ("circle-check", theme.GREEN),
    AidPile.WITHDRAWN: ("circle-x", theme.SECONDARY),
}
STATE, LIST, PAID_ON, GRANTED_ON, ENTERED_ON = "发放情况", "名册", "发放日期", "批准日期", "全国系统"
BLANK = {
    AidPile.OPEN: frozenset({LIST, PAID_ON, ENTERED_ON}),
    AidPile.ON_LIST: frozenset({PAID_ON, ENTERED_ON}),
    AidPile.FAILED: frozenset({PAID_ON, ENTERED_ON}),
    # of what is paid the day of paying and of typing it in tell more than the day of granting
    AidPile.PAID: frozenset({GRANTED_ON}),
    AidPile.WITHDRAWN: frozenset({LIST, PAID_ON, ENTERED_ON}),
    AidPile.ALL: frozenset({ENTERED_ON}),
}
"""Columns that say nothing, or little, in a pile."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class AidListModel(WorkListModel[AidRow]):
    """What a query means, row by row."""

    def __init__(self, session: OfficeSession) -> None:
        super().__init__()
        self._session = session
        self.query = AidQuery()
        self.columns = (
            WorkColumn("户主", 96, lambda row: row.household or "未填姓名", "name"),
            WorkColumn("受助人", 72, lambda row: row.recipient_name),
            WorkColumn("救助项目", 88, lambda row: row.item_label),
            WorkColumn("金额（元）/实物", 124, lambda row: row.what, "amount"),
            WorkColumn(STATE, 112, _state_text),
            WorkColumn(LIST, 94, lambda row: row.list_number or NOTHING),
            WorkColumn(PAID_ON, 98, lambda row: row.paid_on or NOTHING, "paid_on"),
            WorkColumn(ENTERED_ON, 98, lambda row: row.entered_on or NOTHING),
            WorkColumn("资金来源", 164, lambda row: row.fund_name or NOTHING),
            WorkColumn(GRANTED_ON, 98, lambda row: row.granted_on, "granted_on"),
            WorkColumn("批准单位", 130, lambda row: row.office_name),
            WorkColumn("档案编号", 168, lambda row: row.archive_number, "archive_number"),
            WorkColumn("所属活动", 150, lambda row: row.programme_title or NOTHING),
        )

    def show_query(self, query: AidQuery) -> None:
        """Show what *query* means."""
        session = self._session
        self.query = query
        self.show_pages(
            lambda offset, limit: aid_list.aid_rows(session, query, offset, limit),
            lambda: aid_list.count_aid(session, query),
        )

    def key_of(self, row: AidRow) -> str:
        """The grant's id."""
        return row.id

    def all_keys(self) -> list[str]:
        """Every grant the filters leave."""
        return aid_list.aid_ids(self._session, self.query)

    def sign(self, row: AidRow, column: int) -> QIcon | None:
        """The sign of what became of it."""
        return theme.icon(*SIGNS[row.pile]) if column == self.at(STATE) else None

    def ink(self, row: AidRow, column: int) -> QColor | None:
        """Red where a payment failed."""
        if row.pile is AidPile.FAILED and column == self.at(STATE):
            return QColor(theme.RED)
        return super().ink(row, column)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Amounts stand at the right; what was said of a failure is the tool tip."""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == self.at("金额（元）/实物"):
            row = self.row(index.row())
            return _RIGHT if row is not None and row.amount else None
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == self.at(STATE):
            row = self.row(index.row())
            return row.said if row is not None else None
        return super().data(index, role)


def _state_text(row: AidRow) -> str:
    said = f"：{row.said}" if row.said and row.pile in {AidPile.FAILED, AidPile.WITHDRAWN} else ""
    return f"{row.state_words}{said}"
