"""档案: every archive, filtered, ordered, ticked for printing, exporting and sending."""

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from db.services import archiving, machines, national_entry
from db.services import office as offices
from db.services.archiving import ORDERS
from desktop.archives.filter_bar import UNRECEIVED, FilterBar
from desktop.archives.list_model import COLUMNS, SHOWN_ABOVE, SHOWN_AT_FIRST, ArchiveListModel
from desktop.context import AppContext, Page
from desktop.exchange.export_dialog import export_archives, print_archives, print_blank
from desktop.widgets.act_row import ActRow
from desktop.widgets.basics import EmptyState, PageHeader, button, label
from desktop.widgets.list_card import ListCard
from desktop.widgets.table import HouseTable
from desktop.widgets.tick_table import TickTable

WIDTHS = {
    "name": 96,
    "archive_number": 158,
    "sex": 42,
    "id_number": 146,
    "hardship_category": 88,
    "main_hardship_cause": 160,
    "household_size": 72,
    "per_capita_monthly_income": 130,
    "home_address": 220,
    "completeness": 64,
    "submission": 102,
    "verdict": 172,
    "verdict_class": 150,
    "national": 110,
    "updated_at": 90,
    "office": 150,
}
_DESCENDING_FIRST = frozenset({"updated_at", "archive_number"})


class ArchiveListPage(Page):
    """List of archives with filters and batch acts."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._order, self._descending = "updated_at", True
        self._stale = True
        self._header = PageHeader("档案")
        self._header.add_action("查重", lambda: context.window.show_page("duplicates"), icon="users")
        self._header.add_action("空白表", lambda: print_blank(self), icon="printer")
        self._header.add_action(
            "导入 Excel", lambda: context.window.show_page("exchange", section="import"), icon="file-spreadsheet"
        )
        self._header.add_action("新建档案　Ctrl+N", context.window.new_archive, "primary")
        self.filters = FilterBar()
        self.model = ArchiveListModel(self._session, self)
        self.table = TickTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("档案列表")
        self.table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        self._nothing = EmptyState(
            "folder-open", "这里放困难职工档案，一户一份。", "新建第一份档案", context.window.new_archive
        )
        self._none_left = EmptyState("filter", "没有符合这些条件的档案。", "清除筛选", self.filters.clear)
        self._arrange()
        self._connect()
        self._restore_columns()

    def _arrange(self) -> None:
        card = ListCard(self._make_bar(), self.table, self._nothing, self._none_left)
        self._stack = card.stack
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(self.filters)
        column.addWidget(card, 1)

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        self.all_box = QCheckBox("全选")
        self.all_box.setTristate(False)
        self.all_box.setToolTip("选中筛选出的每一户，不只是看得见的　Ctrl+A")
        self._chosen = label("", "strong")
        self._print = button("打印", "", "printer", self._print_ticked)
        self._export = button("导出", "", "download", self._export_ticked)
        self._send = button("导出数据包", "", "package", self._send_ticked)
        self._merge = button("合并…", "", "users", self._merge_ticked)
        self._merge.setToolTip("同一户建了两份：正好勾选两份，合成一份")
        self._visit = button("列入走访", "", "map-pin", self._visit_ticked)
        self._take = button("带出…", "", "usb", self._take_ticked)
        row = QHBoxLayout(bar)
        row.setContentsMargins(11, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.all_box)
        row.addWidget(self._chosen)
        row.addStretch(1)
        self._acts = ActRow((self._merge, self._print, self._export, self._visit, self._take, self._send))
        row.addWidget(self._acts)
        row.addWidget(self.table.column_button())
        return bar

    def _connect(self) -> None:
        self.filters.changed.connect(self._on_filter)
        self.model.ticks_changed.connect(self._show_ticks)
        self.table.opened.connect(self._open_row)
        self.table.select_all_requested.connect(self.model.tick_all)
        self.table.columns_changed.connect(self._remember_columns)
        self.all_box.clicked.connect(lambda ticked: self.model.tick_all() if ticked else self.model.tick_none())
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionsMovable(True)
        header.setSortIndicatorShown(True)
        header.sectionClicked.connect(self._on_order)
        self.context.changes.archives_changed.connect(lambda _ids: self._on_change())

    # -- columns

    @property
    def _columns_key(self) -> str:
        return f"list_columns:{self._session.clerk.id}"

    def _restore_columns(self) -> None:
        first = SHOWN_ABOVE if set(archiving.owner_names(self._session)) - {self._session.office.id} else SHOWN_AT_FIRST
        shown = set(offices.get_setting(self._session, self._columns_key, sorted(first)))
        self._fit_columns()
        for at, column in enumerate(COLUMNS):
            self.table.setColumnHidden(at, column not in shown)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def _fit_columns(self) -> None:
        self.table.set_widths({at: WIDTHS.get(column, 110) for at, column in enumerate(COLUMNS)})

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_columns()

    def _remember_columns(self) -> None:
        offices.set_setting(self._session, self._columns_key, [COLUMNS[at] for at in self.table.shown_columns()])

    # -- what is shown

    def open(self, preset: str = "", **filters: Any) -> None:
        """Show the list filtered by *preset*: ``incomplete``, ``not_received`` or a state; nothing keeps what was filtered."""
        wanted: dict[str, Any] = {"submission": preset} if preset else {}
        if preset == "incomplete":
            wanted = {"complete": False}
        elif preset == "not_received":
            wanted = {"submission": UNRECEIVED}
        if preset or filters:
            self.filters.choose(**wanted, **filters)
        elif self._stale:
            self._read()
        self.table.setFocus()

    def _on_change(self) -> None:
        self._stale = True
        if self.isVisible():
            self._read()

    def _on_filter(self) -> None:
        self.model.ticked.clear()
        self._read()

    def _on_order(self, section: int) -> None:
        column = COLUMNS[section]
        if column in ORDERS:
            self._descending = not self._descending if column == self._order else column in _DESCENDING_FIRST
            self._order = column
            self._read()
        self._mark_order()

    def _mark_order(self) -> None:
        direction = Qt.SortOrder.DescendingOrder if self._descending else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(COLUMNS.index(self._order), direction)

    def _read(self) -> None:
        self._stale = False
        self.filters.show_offices(archiving.owner_names(self._session))
        self.filters.offer_national(national_entry.has_marks(self._session))
        at = max(0, self.table.currentIndex().row())
        self.model.show_query(self.filters.query(self._order, self._descending))
        self._mark_order()
        laptop = self._session.office.is_laptop
        self._take.setVisible(not laptop and machines.has_laptops(self._session))
        self._send.setVisible(not laptop)
        count, filtered = self.model.count, self.filters.is_set()
        self._header.set_texts("档案", f"筛选出 {count:,} 户" if filtered else f"共 {count:,} 户")
        self._stack.setCurrentWidget(self.table if count else self._none_left if filtered else self._nothing)
        if count:
            self.table.selectRow(min(at, count - 1))
        self._show_ticks()

    def _show_ticks(self) -> None:
        ticked, count = len(self.model.ticked), self.model.count
        filtered = "筛选出的 " if self.filters.is_set() else " "
        self.all_box.setText(f"全选{filtered}{count:,} 户")
        self.all_box.setChecked(bool(ticked) and ticked == count)
        self.all_box.setEnabled(count > 0)
        self._merge.setVisible(ticked == 2 and not self._session.office.is_laptop)
        self._chosen.setText(f"已选 {ticked:,} 户" if ticked else "")
        self._acts.show_buttons()
        for made in (self._print, self._export, self._visit, self._take, self._send):
            made.setEnabled(ticked > 0)
            if not ticked:
                made.setToolTip("先勾选要办的档案（空格勾选，Ctrl+A 全选）")

    # -- acts

    def _open_row(self, index: QModelIndex) -> None:
        row = self.model.row(index.row())
        if row is not None:
            self.context.window.open_archive(row.id)

    def _print_ticked(self) -> None:
        print_archives(self.context, self, self.model.ticked_ids())

    def _export_ticked(self) -> None:
        export_archives(self.context, self, self.model.ticked_ids())

    def _visit_ticked(self) -> None:
        self.context.window.show_page("home_visits", put_on=self.model.ticked_ids())

    def _take_ticked(self) -> None:
        from desktop.visits.take_along_dialog import take_along  # late: few offices have a laptop for visits

        take_along(self.context, self, self.model.ticked_ids())

    def _merge_ticked(self) -> None:
        from desktop.moves.merge_dialog import merge_archives  # late: seldom needed

        ids = self.model.ticked_ids()
        if len(ids) == 2 and merge_archives(self.context, self, *ids) is not None:
            self.model.tick_none()

    def _send_ticked(self) -> None:
        self.context.window.show_page("exchange", section="export", ids=self.model.ticked_ids())
