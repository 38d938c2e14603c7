"""首页: the work board – what is late, due today and soon, what came back, what is half finished; each line opens the thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from db.domain.due_words import DUE_LABELS, SPAN_LABELS, WEEK, DueItem, DueKind, Span
from db.services import archiving
from db.services.archiving import ArchiveRow
from db.services.office import OfficeSession
from desktop import background, theme
from desktop.context import AppContext, Page
from desktop.moments import moment
from desktop.pages import home_board, home_due, home_nags, home_round_trip
from desktop.todo import Todo, Urgency
from desktop.widgets.basics import Card, EmptyState, Note, PageHeader, StatCard, button
from desktop.widgets.rows import Column, RowsModel
from desktop.widgets.segmented import Segmented
from desktop.widgets.table import HouseTable

if TYPE_CHECKING:
    from db.services.work_board import Board

RECEIVING_LEVELS = ("county", "city", "province")
WEEKDAYS = "一二三四五六日"
RECENT_ROWS = 12
ALL = "all"
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


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read beside the window."""

    board: Board
    quota: str
    works_today: bool
    holiday: str
    is_known: bool
    """Whether the days off of this year are known."""
    window: str


def _work_board() -> ModuleType:
    """Imported late, beside the window: it knows everything that falls due, and whoever goes on at once needs nothing of it."""
    from db.services import work_board

    return work_board


def read(session: OfficeSession) -> Reading:
    """Read it; nothing of the window travels along."""
    from db.services import calendars

    today = date.fromisoformat(session.today)
    calendar = calendars.office_calendar(session)
    board: Board = _work_board().read_board(session)
    window = next((f"{item.label}，{item.closes} 止" for item in board.windows), "")
    quota = home_round_trip.quota_text(session)
    return Reading(board, quota, calendar.is_working(today), calendar.name_of(today), calendar.knows(today), window)


class HomePage(Page):
    """The work board."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        window = context.window
        self._header = PageHeader("今天要办的")
        self._header.add_action("全年日历", lambda: window.show_page("calendar"), icon="calendar")
        self._header.add_action("导入 Excel", lambda: window.show_page("exchange", section="import"))
        self._header.add_action("新建档案　Ctrl+N", window.new_archive, "primary")
        laptop = context.session.office.is_laptop
        self._reviewing = context.session.office.level in RECEIVING_LEVELS and not laptop
        self._spans = {
            Span.LATE: StatCard("已逾期", theme.RED),
            Span.TODAY: StatCard("今天到期", theme.AMBER_INK),
            Span.WEEK: StatCard(f"{WEEK} 天内到期"),
        }
        self._returned = StatCard("待审核" if self._reviewing else "退回补正", theme.ACTION if self._reviewing else theme.RED)
        away = "审核结果待下发" if self._reviewing else "办公室还没收到" if laptop else "上级还没收到"
        self._away = StatCard(away, theme.AMBER_INK if self._reviewing else theme.ACTION)
        self._archives = StatCard("在册档案")
        self._clock = Note("", "warning")
        self._clock.hide()
        self._clock_right = button("时间是对的", act=self._confirm_clock)
        self.spans: Segmented[str] = Segmented([(ALL, "全部"), *((span.value, SPAN_LABELS[span]) for span in Span)])
        self.todos = RowsModel(BOARD_COLUMNS)
        self._recent = RowsModel(recent_columns(self._today, laptop))
        self._todo_table = self._table(self.todos, {0: 90, 2: 140, 3: 88}, 1)
        self._recent_table = self._table(self._recent, {1: 96, 2: 104}, 0)
        self._board, self._recent_board = QStackedWidget(), QStackedWidget()
        self._todo_card = Card("待办")
        self._all: list[Todo] = []
        self._nags: list[Todo] = []
        self._reading: Reading | None = None
        self._kind: DueKind | None = None
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
        for card in (*self._spans.values(), self._returned, self._away, self._archives):
            stats.addWidget(card, 1)
        self._arrange_boards()
        recent_card = Card("最近办理")
        recent_card.title.setMinimumHeight(self.spans.sizeHint().height())  # both tables begin at one height
        recent_card.body.addWidget(self._recent_board, 1)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addWidget(self._todo_card, 7)
        lower.addWidget(recent_card, 4)
        clock = self._clock.layout()
        assert isinstance(clock, QHBoxLayout)
        clock.addWidget(self._clock_right)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(self._clock)
        column.addLayout(stats)
        column.addLayout(lower, 1)

    def _arrange_boards(self) -> None:
        self.spans.set_value(ALL)
        self._todo_card.head.addWidget(self.spans)
        self._board.addWidget(self._todo_table)
        self._board.addWidget(EmptyState("circle-check", "眼下没有要办的事。"))
        self._todo_card.body.addWidget(self._board, 1)
        self._recent_board.addWidget(self._recent_table)
        self._recent_board.addWidget(self._nothing_yet())

    def _nothing_yet(self) -> EmptyState:
        show = self.context.window.show_page
        if self.context.session.office.is_laptop:
            told = "这里还没有档案。插上办公室写好外出包的 U 盘，收取以后就能带着去走访。"
            return EmptyState("folder-open", told, "去收取外出包", lambda: show("exchange"))
        told = "这里还没有档案。已有 Excel 名册的，导入最快；也可以照着纸表新建第一份。"
        return EmptyState("folder-open", told, "从 Excel 导入", lambda: show("exchange", section="import"))

    def _connect(self) -> None:
        show = self.context.window.show_page
        for span, card in self._spans.items():
            card.activated.connect(lambda chosen=span: self.show_span(chosen))
        if self._reviewing:
            self._returned.activated.connect(lambda: show("reviews", state="pending"))
            self._away.activated.connect(lambda: show("exchange", section="answer"))
        else:
            self._returned.activated.connect(lambda: show("exchange", section="returned"))
            self._away.activated.connect(lambda: show("archives", preset="not_received"))
        self._archives.activated.connect(lambda: show("archives"))
        self.spans.changed.connect(lambda chosen: self.show_span(None if chosen == ALL else Span(chosen)))
        self._todo_table.opened.connect(self._open_todo)
        self._todo_table.clicked.connect(lambda index: self._open_todo(index) if index.column() == 3 else None)
        self._recent_table.opened.connect(self._open_recent)
        self._recent_table.clicked.connect(lambda index: self._open_recent(index) if index.column() == 0 else None)
        changes = self.context.changes
        for signal in (changes.archives_changed, changes.bundles_changed, changes.office_changed):
            signal.connect(lambda *_: self._refresh_shown())

    # reading

    def open(self, kind: str = "", **arguments: Any) -> None:
        """Read everything again, once the page stands: whoever goes on at once need not wait for it. *kind*: list only it."""
        self._kind = DueKind(kind) if kind else None
        self.spans.set_value(None if kind else ALL)
        QTimer.singleShot(0, self, self._refresh_shown)
        self._todo_table.setFocus()

    def place(self) -> dict[str, Any]:
        """The kind listed."""
        return {"kind": self._kind.value} if self._kind else {}

    def _refresh_shown(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        session = self.context.session
        background.run_while_shown(self, lambda: read(session), self._show_reading)
        recent = archiving.list_archives(session, archiving.ArchiveQuery(), 0, RECENT_ROWS, ("name",))
        self._recent.show_rows(recent)
        self._recent_board.setCurrentIndex(0 if recent else 1)

    def _show_reading(self, reading: Reading) -> None:
        self._reading = reading
        board, window = reading.board, self.context.window
        self._header.set_texts("今天要办的", _day_words(self._today(), reading))
        self._clock.setVisible(board.clock is not None)
        self._clock.show_text(board.clock.words if board.clock else "", "warning")
        self._show_figures(reading)
        own = home_board.build(self.context.session, board.status, window)
        undated = [*home_round_trip.waiting(board.round_trip, window), *own]
        soon = (self._today() + timedelta(WEEK)).isoformat()
        self._all = home_due.arranged(undated, home_due.lines(board, window), soon)
        self._show_chosen()
        background.run_while_shown(self, lambda: home_nags.read(self.context.session), self._show_nags)

    def _show_nags(self, found: home_nags.Nags) -> None:
        """What nags without a day comes last: it is counted once the board stands."""
        before, self._nags = self._nags, home_nags.lines(found, self.context.window)
        if [todo.subject for todo in before] != [todo.subject for todo in self._nags]:
            self._show_chosen()

    def _show_figures(self, reading: Reading) -> None:
        board, today = reading.board, self._today()
        status, trip = board.status, board.round_trip
        for span, card in self._spans.items():
            self._show(card, board.count(span), _most(board, span))
        if self._reviewing:
            self._show(self._returned, trip.to_review, "下级报来的" if trip.to_review else "都审完了")
            self._show(self._away, trip.to_send, "审完还没下发" if trip.to_send else "都已下发")
        else:
            late = f"已逾期 {trip.overdue:,} 户" if trip.overdue else f"最早 {trip.first_due or '--'} 到期"
            self._show(self._returned, trip.returned, late if trip.returned else "没有")
            receipt = f"最近回执 {moment(status.last_receipt_at, today)}"
            way = f"其中 {status.in_transit:,} 户等回执" if status.in_transit else receipt
            self._show(self._away, status.unsubmitted + status.in_transit, way)
        backup = f"最近备份 {moment(status.last_backup_at, today)}"
        self._show(self._archives, status.archives, reading.quota or backup)

    def _show(self, card: StatCard, count: int, note: str) -> None:
        card.show_figure(f"{count:,}", note, "" if count else theme.SECONDARY)

    # one span, one kind, or all

    def show_span(self, span: Span | None) -> None:
        """List one span (None: the first lines of everything)."""
        self._kind = None
        self.spans.set_value(span.value if span else ALL)
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen, kind, session = self.spans.value(), self._kind, self.context.session
        self._todo_card.title.setText(DUE_LABELS[kind] if kind else "待办")
        if kind is not None:
            background.run_while_shown(self, lambda: _work_board().kind_items(session, kind), self._show_items)
        elif chosen in (None, ALL):
            self._show_todos([*self._all, *self._nags])
        else:
            span = Span(chosen)
            background.run_while_shown(self, lambda: _work_board().span_items(session, span), self._show_items)

    def _show_items(self, items: list[DueItem]) -> None:
        if self._reading is None or (self._kind is None and self.spans.value() == ALL):
            return  # the clerk went back to all meanwhile
        board = self._reading.board
        self._show_todos(home_due.listed(items, board.today, self.context.window, board.returned))

    def _show_todos(self, todos: Sequence[Todo]) -> None:
        """The line in hand stays."""
        at = self._todo_table.currentIndex().row()
        self.todos.show_rows(todos)
        self._board.setCurrentIndex(0 if self.todos.rows else 1)
        if 0 <= at < len(self.todos.rows):
            self._todo_table.selectRow(at)

    # acts

    def _confirm_clock(self) -> None:
        from db.services import clock_check

        clock_check.confirm_clock(self.context.session)
        self._refresh()

    def _open_todo(self, index: QModelIndex) -> None:
        self.todos.rows[index.row()].act()

    def _open_recent(self, index: QModelIndex) -> None:
        self.context.window.open_archive(self._recent.rows[index.row()].id)


def _day_words(today: date, reading: Reading) -> str:
    """Which day it is, whether it is worked, and which window of the policy is open."""
    kind = "工作日" if reading.works_today else f"{reading.holiday}放假" if reading.holiday else "休息日"
    made_up = "（调休）" if reading.works_today and today.weekday() > 4 else ""
    made_up = made_up if reading.is_known else "（今年的放假安排还没有）"
    words = f"{today.year}年{today.month}月{today.day}日　星期{WEEKDAYS[today.weekday()]}　{kind}{made_up}"
    return f"{words}　　窗口开放：{reading.window}" if reading.window else words


def _most(board: Board, span: Span) -> str:
    """What makes up most of a span."""
    found = {kind: spans[span] for kind, spans in board.counts.items() if spans.get(span)}
    if not found:
        return "没有"
    kind = max(found, key=lambda each: found[each])
    return f"{DUE_LABELS[kind]} {found[kind]:,}" + (f"，另 {len(found) - 1} 类" if len(found) > 1 else "")
