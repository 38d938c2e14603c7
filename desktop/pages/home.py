"""首页: what is due, what is half finished, what was touched lately; each line opens the thing itself."""

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from db.services import archiving
from db.services import office as offices
from db.services.archiving import ArchiveRow
from desktop import background, theme
from desktop.context import AppContext, Page
from desktop.moments import moment
from desktop.pages import home_board, home_round_trip
from desktop.todo import Todo, Urgency
from desktop.widgets.basics import Card, EmptyState, PageHeader, StatCard
from desktop.widgets.rows import Column, RowsModel
from desktop.widgets.table import HouseTable

RECEIVING_LEVELS = ("county", "city", "province")
WEEKDAYS = "一二三四五六日"
RECENT_ROWS = 12
_INKS = {Urgency.SOON: theme.AMBER_INK, Urgency.LATE: theme.RED}


def _late_ink(todo: Todo) -> str | None:
    return _INKS[todo.urgency] if todo.urgency is Urgency.LATE else None


def _when_ink(todo: Todo) -> str:
    return _INKS.get(todo.urgency, theme.INK if todo.when else theme.SECONDARY)


def _secondary(_row: ArchiveRow) -> str:
    return theme.SECONDARY


BOARD_COLUMNS: tuple[Column[Todo], ...] = (
    Column("事项", lambda todo: todo.matter),
    Column("对象", lambda todo: todo.subject, ink=_late_ink),
    Column("时间", lambda todo: todo.when or "--", ink=_when_ink),
    Column("下一步", lambda todo: todo.step, ink=lambda _todo: theme.ACTION),
)


def recent_columns(today: Callable[[], date], on_laptop: bool = False) -> tuple[Column[ArchiveRow], ...]:
    """Archives touched last: name, when, how far it went."""
    return (
        Column("姓名", lambda row: str(row.values.get("name") or "--")),
        Column("改动", lambda row: moment(row.updated_at, today()), ink=_secondary),
        Column("上报", lambda row: archiving.submission_label(row.submission, on_laptop), ink=_secondary),
    )


class HomePage(Page):
    """The to-do board."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        window = context.window
        self._header = PageHeader("今天要办的")
        self._header.add_action("导入 Excel", lambda: window.show_page("exchange", section="import"))
        self._header.add_action("新建档案　Ctrl+N", window.new_archive, "primary")
        self._drafts = StatCard("没填完的草稿", theme.AMBER_INK)
        self._incomplete = StatCard("档案缺项", theme.RED)
        laptop = context.session.office.is_laptop
        self._reviewing = context.session.office.level in RECEIVING_LEVELS and not laptop
        self._review = StatCard("待审核")
        self._send_down = StatCard("审核结果待下发", theme.AMBER_INK)
        self._returned = StatCard("退回补正", theme.RED)
        self._not_received = StatCard("办公室还没收到" if laptop else "上级还没收到")
        self._archives = StatCard("在册档案")
        self._own_work: list[Todo] = []
        self._round_trip: list[Todo] = []
        self._todos = RowsModel(BOARD_COLUMNS)
        self._recent = RowsModel(recent_columns(self._today, laptop))
        self._todo_table = self._table(self._todos, {0: 100, 2: 110, 3: 100}, 1)
        self._recent_table = self._table(self._recent, {1: 110, 2: 110}, 0)
        self._board, self._recent_board = QStackedWidget(), QStackedWidget()
        self._arrange()
        self._connect()

    def _today(self) -> date:
        return date.fromisoformat(self.context.session.today)

    def _table(self, model: QAbstractTableModel, widths: dict[int, int], wide: int) -> HouseTable:
        table = HouseTable()
        table.setModel(model)
        table.set_widths(widths)
        table.stretch_column(wide)
        return table

    def _arrange(self) -> None:
        stats = QHBoxLayout()
        stats.setSpacing(12)
        hidden = (self._returned, self._drafts) if self._reviewing else (self._review, self._send_down)
        cards = (self._review, self._send_down, self._returned, self._drafts, self._incomplete)
        for card in (*cards, self._not_received, self._archives):
            stats.addWidget(card, 1)
            if card in hidden:
                card.hide()  # it belongs to the page all the same: a widget of nobody would outlive the lock
        todo_card, recent_card = Card("待办"), Card("最近办理")
        self._board.addWidget(self._todo_table)
        self._board.addWidget(EmptyState("circle-check", "眼下没有要办的事。"))
        todo_card.body.addWidget(self._board, 1)
        self._recent_board.addWidget(self._recent_table)
        self._recent_board.addWidget(
            EmptyState(
                "folder-open",
                "这里还没有档案。已有 Excel 名册的，导入最快；也可以照着纸表新建第一份。",
                "从 Excel 导入",
                lambda: self.context.window.show_page("exchange", section="import"),
            )
        )
        recent_card.body.addWidget(self._recent_board, 1)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addWidget(todo_card, 5)
        lower.addWidget(recent_card, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addLayout(stats)
        column.addLayout(lower, 1)

    def _connect(self) -> None:
        window = self.context.window
        self._drafts.activated.connect(self._open_first_draft)
        self._incomplete.activated.connect(lambda: window.show_page("archives", preset="incomplete"))
        self._not_received.activated.connect(lambda: window.show_page("archives", preset="not_received"))
        self._returned.activated.connect(lambda: window.show_page("exchange", section="returned"))
        self._review.activated.connect(lambda: window.show_page("reviews", state="pending"))
        self._send_down.activated.connect(lambda: window.show_page("exchange", section="answer"))
        self._archives.activated.connect(lambda: window.show_page("archives"))
        self._todo_table.opened.connect(self._open_todo)
        self._todo_table.clicked.connect(lambda index: self._open_todo(index) if index.column() == 3 else None)
        self._recent_table.opened.connect(self._open_recent)
        self._recent_table.clicked.connect(lambda index: self._open_recent(index) if index.column() == 0 else None)
        changes = self.context.changes
        for signal in (changes.archives_changed, changes.bundles_changed, changes.office_changed):
            signal.connect(lambda *_: self._refresh_shown())

    def open(self, **arguments: Any) -> None:
        """Read everything again, once the page stands: whoever goes on at once need not wait for it."""
        QTimer.singleShot(0, self, self._refresh_shown)
        self._todo_table.setFocus()

    def _refresh_shown(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        session = self.context.session
        today = self._today()
        status = offices.office_status(session)
        self._header.set_texts(
            "今天要办的", f"{today.year}年{today.month}月{today.day}日　星期{WEEKDAYS[today.weekday()]}"
        )
        receipt = moment(status.last_receipt_at, today)
        self._show(self._drafts, status.drafts, "接着填就行" if status.drafts else "没有")
        self._show(self._incomplete, status.incomplete, "必填项没有填全" if status.incomplete else "都填全了")
        way = f"其中 {status.in_transit:,} 户等回执" if status.in_transit else f"最近回执 {receipt}"
        self._show(self._not_received, status.unsubmitted + status.in_transit, way)
        self._show(self._archives, status.archives, f"最近备份 {moment(status.last_backup_at, today)}")
        self._own_work = home_board.build(session, status, self.context.window)
        self._show_todos()
        background.run_quietly(self, lambda: home_round_trip.read(session), self._show_round_trip)
        recent = archiving.list_archives(session, archiving.ArchiveQuery(), 0, RECENT_ROWS, ("name",))
        self._recent.show_rows(recent)
        self._recent_board.setCurrentIndex(0 if recent else 1)

    def _show_round_trip(self, reading: home_round_trip.Reading) -> None:
        counts = reading[0]
        self._round_trip = home_round_trip.build(reading, self._today(), self.context.window)
        late = f"已逾期 {counts.overdue:,} 户" if counts.overdue else f"最早 {counts.first_due or '--'} 到期"
        self._show(self._returned, counts.returned, late if counts.returned else "没有")
        if reading[2]:
            self._show(self._archives, counts.archives, reading[2])
        self._show(self._review, counts.to_review, "户" if counts.to_review else "都审完了")
        self._show(self._send_down, counts.to_send, "户" if counts.to_send else "都已下发")
        self._show_todos()

    def _show_todos(self) -> None:
        """What came back stands first; the line in hand stays."""
        at = self._todo_table.currentIndex().row()
        self._todos.show_rows([*self._round_trip, *self._own_work])
        self._board.setCurrentIndex(0 if self._todos.rows else 1)
        if 0 <= at < len(self._todos.rows):
            self._todo_table.selectRow(at)

    def _show(self, card: StatCard, count: int, note: str) -> None:
        card.show_figure(f"{count:,}", note, "" if count else theme.SECONDARY)

    def _open_todo(self, index: QModelIndex) -> None:
        self._todos.rows[index.row()].act()

    def _open_recent(self, index: QModelIndex) -> None:
        self.context.window.open_archive(self._recent.rows[index.row()].id)

    def _open_first_draft(self) -> None:
        todo = next((todo for todo in self._todos.rows if todo.step == "继续填"), None)
        if todo is not None:
            todo.act()
