"""名额: how many each office below may have this year – or, for an office at the end of the line, how many it has left."""

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db.errors import UserError
from db.services import exchange, quotas
from db.services.quotas import Quota
from desktop import messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.exchange.late_view import LateView
from desktop.exchange.quota_grid import QuotaGrid
from desktop.widgets.basics import Card, EmptyState, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.table import HouseTable

_OWN_COLUMNS: list[Column[Quota]] = [
    Column("年度", lambda row: str(row.year), 70, firm=True),
    Column("名额", lambda row: row.label, 220),
    Column("共", lambda row: f"{row.amount:,} {row.unit}", 90, right=True),
    Column("已用", lambda row: "--" if row.used is None else f"{row.used:,}", 80, right=True),
    Column("还剩", lambda row: "--" if row.left is None else f"{row.left:,}", 80,
           lambda row: theme.RED if (row.left or 0) < 0 else theme.INK, right=True, bold=True),
    Column("说明", lambda row: row.note or "--", 200, lambda _: theme.SECONDARY),
    Column("上级", lambda row: f"{row.office_name} {row.set_at[:10]}", 200, lambda _: theme.SECONDARY),
]  # fmt: skip


class _Grid(HouseTable):
    """Typing begins in the cell in hand; Ctrl+V takes cells from Excel, Delete empties one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste, empty, edit."""
        model = self.model()
        at = self.currentIndex()
        if not isinstance(model, QuotaGrid) or not at.isValid():
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Paste):
            taken, refused = model.paste(at, QGuiApplication.clipboard().text())
            sentence = f"贴入 {taken:,} 格" + (f"，另有 {refused:,} 格不是数字，没有贴" if refused else "")
            messages.notify(self, sentence, "warning" if refused else "done")
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            model.setData(at, "")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit(at)
        else:
            QAbstractItemView.keyPressEvent(self, event)


class QuotasView(LateView):
    """The grid of a county; below it, or alone, what the office itself was given."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._units: dict[str, str] = {}
        """Subjects added here, with what they are counted in."""
        self._header = PageHeader("名额")
        self.year = QComboBox()
        self.year.setAccessibleName("年度")
        self._add = self._header.add_action("加一项…", self._add_subject, "", "plus")
        self._header.add_action("返回", self.left.emit)
        self.grid = QuotaGrid()
        self.table = _Grid()
        self.own: RowsModel[Quota] = RowsModel(_OWN_COLUMNS)
        self._grid_card, self._own_card = Card("给下级的名额"), Card("本单位的名额")
        self._stack = QStackedWidget()
        self._arrange()
        self.year.currentIndexChanged.connect(lambda _: self._show())
        self.grid.entered.connect(self._enter)

    def _arrange(self) -> None:
        self.table.setModel(self.grid)
        self.table.horizontalHeader().setStretchLastSection(False)
        self.table.setAccessibleName("给下级的名额")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self._grid_card.head.addWidget(self.year)
        self._grid_card.body.addWidget(self.table, 1)
        hint = "点一格直接填数字；从 Excel 复制一块，点左上角那一格按 Ctrl+V 整块贴入；清空就是取消。下发审核结果时一起带给各单位。"
        self._grid_card.body.addWidget(label(hint, "small", wrap=True))
        own_table = rows_table(self.own)
        own_table.setAccessibleName("本单位的名额")
        self._own_card.body.addWidget(own_table, 1)
        self._meaning = label(quotas.FILED_MEANING, "small", wrap=True)
        board, nothing = QWidget(), Card()
        column = QVBoxLayout(board)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._grid_card, 3)
        column.addWidget(self._own_card, 2)
        column.addWidget(self._meaning)
        nothing.body.addWidget(EmptyState("inbox", "上级还没有下达名额。名额随审核结果一起下发，读入后在这里看还剩多少。"), 1)
        self._stack.addWidget(board)
        self._stack.addWidget(nothing)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(12)
        outer.addWidget(self._header)
        outer.addWidget(self._stack, 1)

    # contents

    def _children(self) -> list[tuple[str, str]]:
        partners = exchange.list_partners(self._context.session)
        return [(partner.id, partner.name) for partner in partners if partner.relation == "child"]

    def open_for(self, **arguments: Any) -> None:
        """Read everything again."""
        session = self._context.session
        this_year = int(session.today[:4])
        found = quotas.list_quotas(session)
        years = sorted({this_year, this_year + 1, *(quota.year for quota in found if quota.is_own)}, reverse=True)
        chosen = self.year.currentData() or this_year
        self.year.blockSignals(True)
        self.year.clear()
        for year in years:
            self.year.addItem(f"{year} 年", year)
        self.year.setCurrentIndex(max(0, self.year.findData(chosen)))
        self.year.blockSignals(False)
        self._show()

    def _show(self) -> None:
        session, children = self._context.session, self._children()
        found = quotas.list_quotas(session)
        given = [quota for quota in found if quota.is_own and quota.year == self.year.currentData()]
        named = {**quotas.subjects(session), **{quota.subject: quota.label for quota in given}, **{name: name for name in self._units}}
        at = self.table.currentIndex()
        self.grid.show_quotas(children, list(named.items()), given)
        self.table.set_widths({0: 190, **dict.fromkeys(range(1, len(named) + 1), 150)})
        self.table.setCurrentIndex(self.grid.index(max(0, at.row()), max(1, at.column())))
        own = [quota for quota in found if not quota.is_own]
        self.own.show_rows(own)
        self._grid_card.setVisible(bool(children))
        self._own_card.setVisible(bool(own))
        self._meaning.setVisible(any(quota.is_of_filing for quota in [*given, *own]))
        self._add.setVisible(bool(children))
        self._stack.setCurrentIndex(0 if children or own else 1)
        self.setFocusProxy(self.table if children else self._header)

    def _enter(self, office_id: str, subject: str, number: int | None) -> None:
        session, year = self._context.session, int(self.year.currentData())
        label_text = dict(self.grid.subjects).get(subject, subject)
        try:
            if number is not None:
                unit = self._units.get(subject) or self.grid.unit(subject) or quotas.usual_unit(session, subject)
                quotas.set_quota(session, office_id, year, subject, number, label=label_text, unit=unit)
            else:
                self._take_back(office_id, subject, year)
        except UserError as fault:
            messages.show_error(self, fault)
        self._show()

    def _take_back(self, office_id: str, subject: str, year: int) -> None:
        wanted = (office_id, subject, year)
        for quota in quotas.list_quotas(self._context.session):
            if quota.is_own and (quota.for_office_id, quota.subject, quota.year) == wanted:
                quotas.withdraw_quota(self._context.session, quota.id)

    def _add_subject(self) -> None:
        dialog = SubjectDialog(self)
        if dialog.exec() and dialog.words():
            self._units[dialog.words()] = dialog.unit()
            self._show()
            self.table.setCurrentIndex(QModelIndex(self.grid.index(0, self.grid.columnCount() - 1)))


class SubjectDialog(PlainDialog):
    """The name of one more kind of quota."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "加一项名额", "例如“金秋助学”“大病救助”。名字会一起下发给下级。", 420)
        self._field = QLineEdit()
        self._field.setAccessibleName("名额的名字")
        self._field.setMaxLength(40)
        self._unit = QComboBox()
        self._unit.setAccessibleName("按什么算")
        for unit in quotas.UNITS:
            self._unit.addItem(f"按{unit}算", unit)
        self.body.addWidget(self._field)
        self.body.addWidget(self._unit)
        row: QHBoxLayout = self.foot
        row.addStretch(1)
        row.addWidget(button("取消", act=self.reject))
        row.addWidget(button("加上", "primary", act=self.accept))

    def words(self) -> str:
        """What was typed."""
        return self._field.text().strip()

    def unit(self) -> str:
        """What it is counted in."""
        return str(self._unit.currentData())
