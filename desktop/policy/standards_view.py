"""Dated standards (低保标准 and others): region × urban or rural × day, each with its document; further ones are added."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.domain.option_lists import option_list
from db.domain.policy.words import number_words
from db.services import policies
from db.services.policies import StandardRow
from desktop import theme
from desktop.context import AppContext
from desktop.policy.standard_dialog import AddStandardDialog
from desktop.widgets.basics import Card, EmptyState, Note, button
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

SUBSISTENCE = "subsistence"
def _place(name: str) -> str:
    """The last two parts of a region's full name."""
    return " ".join(part.strip() for part in name.split("/")[-2:])


def _days(row: StandardRow) -> str:
    return f"{row.begins} 至 {row.ends}" if row.ends else f"{row.begins} 起"


COLUMNS: list[Column[StandardRow]] = [
    Column("标准", lambda row: row.topic_label, 84),
    Column("地区", lambda row: _place(row.region_name), 140, bold=True),
    Column("城乡", lambda row: row.area_label, 76, firm=True),
    Column("有效期", _days, 196, lambda row: theme.GREEN_INK if row.is_in_force else theme.SECONDARY, firm=True),
    Column("金额", lambda row: f"{row.amount} {row.unit_label}", 132, right=True, firm=True),
    Column("依据", lambda row: f"{row.citation}（{row.origin_label}）", 260, lambda _: theme.SECONDARY),
]


class StandardsView(QWidget):
    """What holds here today, and every figure known."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._here = Note()
        self._shown: Segmented[str] = Segmented([("force", "现行"), ("all", "全部")])
        self._shown.set_value("force")
        self._shown.changed.connect(lambda _: self.refresh())
        self.model: RowsModel[StandardRow] = RowsModel(COLUMNS)
        self.table = rows_table(self.model)
        self.table.setMinimumHeight(theme.sp(220))
        self._board = QStackedWidget()
        self._board.addWidget(self.table)
        self._board.addWidget(EmptyState("file-text", "还没有登记标准。照当地文件登记后，才能按低保标准认定。", "登记标准…", self.add))
        card = Card("标准表", "各地各按自己的，不沿用上级的")
        card.head.addWidget(self._shown)
        card.head.addWidget(button("登记标准…", "primary", "plus", self.add))
        card.body.addWidget(self._here)
        card.body.addWidget(self._board, 1)
        row = QHBoxLayout()
        row.addWidget(card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row, 1)

    def refresh(self) -> None:
        """Read the figures again."""
        rows = policies.standards_rows(self._context.session)
        if self._shown.value() == "force":
            rows = [row for row in rows if row.is_in_force]
        self.model.show_rows(rows)
        self._board.setCurrentIndex(0 if rows else 1)
        self._tell_here()

    def _tell_here(self) -> None:
        session = self._context.session
        book = policies.policy_book(session)
        region = session.office.region_code[:6]
        found, lacking = [], []
        for option in option_list("residence_area").current():
            hit = book.standard(SUBSISTENCE, region, option.code, session.today)
            if hit is None:
                lacking.append(option.label)
            else:
                found.append(f"{option.label} {number_words(hit.amount)} 元（{hit.begins} 起）")
        words = "，".join(found)
        if lacking:
            words += ("；" if words else "") + f"{'、'.join(lacking)}标准没有登记，这些户的认定会停下来问"
        self._here.show_text(f"本单位所在地今天的低保标准：{words}。", "warning" if lacking else "done")

    def add(self) -> None:
        """Register a figure."""
        if AddStandardDialog(self, self._context.session).exec():
            self.refresh()
            self.changed.emit()
