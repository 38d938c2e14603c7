"""全年日历: a year at a glance – days off, deadlines and windows of the policy, own days, what households have due."""

from datetime import date
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout

from db.domain.due_words import DueItem, DueKind
from db.domain.records.calendar_day import CALENDAR_DAY
from db.domain.records.record_form import RecordContent
from db.errors import NuandangError
from db.services import records, work_board, year_calendar
from db.services.year_calendar import YearView
from desktop import background, messages, theme
from desktop.calendar.export_dialog import CalendarExportDialog
from desktop.calendar.lines import YearLine, lines_of, marks_of
from desktop.context import AppContext, Page
from desktop.exchange.year_board import YearBoard
from desktop.records.record_dialog import RecordDialog
from desktop.widgets.basics import Card, Note, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel
from desktop.widgets.table import HouseTable

_HINT = "到了日子会出现在首页上。只写事情，不写职工的姓名和证件号：导出到手机日历时会带上。"
HIDDEN = frozenset({"about", "done_on"})
TABS = {
    DueKind.CALL: "visits",
    DueKind.VISIT: "visits",
    DueKind.NEXT_VISIT: "visits",
    DueKind.MEASURE: "pairing",
    DueKind.PLAN: "pairing",
    DueKind.REFERRAL: "aid",
    DueKind.RECHECK: "assessment",
}
_OPENED = frozenset({DueKind.MONITORING, DueKind.STUDENT_NOTICE, DueKind.PROGRAMME, DueKind.CIRCULAR})
"""Of what concerns the office: what has a page of its own."""
"""The tab of the archive in which a thing is dealt with."""
_LEGEND = (("休", "done"), ("班", "warning"))
_DOTS = ((theme.RED, "期限"), (theme.GREEN, "窗口开放"), (theme.AMBER, "窗口截止"), (theme.ACTION, "本单位事项"))


def _ink(row: YearLine) -> str | None:
    return theme.SECONDARY if row.item is None or row.done_id or row.is_past else theme.RED if row.is_late else None


COLUMNS: tuple[Column[YearLine], ...] = (
    Column("日期", lambda row: row.day[5:], ink=_ink),
    Column("事项", lambda row: row.matter, ink=_ink),
    Column("内容", lambda row: row.text, ink=_ink),
    Column("时间", lambda row: row.when, ink=_ink),
)


class YearCalendarPage(Page):
    """One year at a time: the sheet at the left, its lines at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._header = PageHeader("全年日历")
        self.year = QComboBox()
        self.year.setAccessibleName("年度")
        self._header.add(self.year)
        self._header.add_action("导出到手机日历…", self.export, icon="download")
        self._header.add_action("工作日历", lambda: context.window.show_page("exchange", section="calendar"), icon="calendar")
        self._header.add_action("加一个日子", self.add, "primary")
        self.board = YearBoard()
        self._note = Note("", "warning")
        self.lines = RowsModel(COLUMNS)
        self.table = HouseTable()
        self.table.setModel(self.lines)
        self.table.set_widths({0: 56, 1: 88, 3: 88})
        self.table.stretch_column(2)
        self._done = button("办完了", "", "check", self.note_done)
        self._undo = button("还没有办完", "", "undo-2", self.take_back)
        self._open = button("打开", "", "", self.open_chosen)
        self._edit = button("修改…", "", "pencil", self.edit)
        self._drop = button("删除…", "", "trash-2", self.remove)
        self._whole = label("", "small", wrap=True)
        self._wanted: tuple[str, str] = ("", "")
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        sheet = Card()
        sheet.body.addLayout(self._legend())
        sheet.body.addWidget(self._note)
        sheet.body.addWidget(self.board, 1)
        side = Card("这一年")
        side.body.addWidget(self.table, 1)
        side.body.addWidget(self._whole)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for made in (self._done, self._undo, self._open, self._edit, self._drop):
            foot.addWidget(made)
        foot.addStretch(1)
        side.body.addLayout(foot)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.board.setMinimumWidth(theme.sp(400))
        row.addWidget(sheet, 5)
        row.addWidget(side, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addLayout(row, 1)
        self.setFocusProxy(self.table)

    def _legend(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        for words, tone in _LEGEND:
            made = label(words, "badge")
            made.setProperty("tone", tone)
            row.addWidget(made)
        for colour, words in _DOTS:
            row.addWidget(_dot(colour))
            row.addWidget(label(words, "small"))
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        self.year.currentIndexChanged.connect(lambda _at: self._read())
        self.board.chosen.connect(self._go_to_day)
        selection = self.table.selectionModel()
        selection.currentRowChanged.connect(lambda index, _before: self._show_line(index))
        self.table.opened.connect(lambda _index: self.open_chosen())
        changes = self.context.changes
        for signal in (changes.archives_changed, changes.bundles_changed, changes.office_changed):
            signal.connect(lambda *_: self._read() if self.isVisible() else None)

    # reading

    def open(self, day: str = "", key: str = "", **arguments: Any) -> None:
        """Show the year of *day* (empty: this one) and go to what stands there under *key*."""
        self._wanted = (day or self.context.session.today, key)
        wanted = int(self._wanted[0][:4])
        this_year = int(self.context.session.today[:4])
        years = sorted({wanted, *range(this_year - 1, this_year + 3)}, reverse=True)
        self.year.blockSignals(True)
        self.year.clear()
        for year in years:
            self.year.addItem(f"{year} 年", year)
        self.year.setCurrentIndex(self.year.findData(wanted))
        self.year.blockSignals(False)
        self._read()
        self.table.setFocus()

    def place(self) -> dict[str, Any]:
        """The day gone to."""
        row = self._row()
        return {"day": row.day, "key": row.item.key if row.item else ""} if row else {}

    def _read(self) -> None:
        session, year = self.context.session, int(self.year.currentData())

        def work() -> tuple[YearView, list[DueItem]]:
            items = work_board.due_items(session, f"{year}-01-01", f"{year}-12-31", work_board.OF_HOUSEHOLDS)
            return year_calendar.year_view(session, year), items

        background.run_while_shown(self, work, self._show)

    def _show(self, found: tuple[YearView, list[DueItem]]) -> None:
        view, items = found
        if view.year != self.year.currentData():
            return  # another year was chosen meanwhile
        today = date.fromisoformat(self.context.session.today)
        before = self._row()
        lines = lines_of(view, items, today.isoformat())
        self._note.show_text(view.note, "warning")
        self._note.setVisible(bool(view.note))
        self.board.show_year(view.year, view.days, view.names, editable=False)
        self.board.mark_days(marks_of(lines), today)
        self.lines.show_rows(lines)
        self._header.set_texts("全年日历", _summary(lines))
        day, key = self._wanted if self._wanted[0] else (before.day if before else today.isoformat(), "")
        self._wanted = ("", "")
        self._choose(day, key)

    # going about

    def _row(self) -> YearLine | None:
        return self.lines.row_at(self.table.currentIndex())

    def _choose(self, day: str, key: str = "") -> None:
        """Go to the line of *key*, else to the first on or after *day*."""
        rows = self.lines.rows
        at = next((n for n, row in enumerate(rows) if key and row.item and row.item.key == key), None)
        if at is None:
            at = next((n for n, row in enumerate(rows) if row.day >= day), len(rows) - 1)
        if at < 0:
            self._show_line(QModelIndex())
            return
        index = self.lines.index(at, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(index, flags)
        self.table.scrollTo(index, HouseTable.ScrollHint.PositionAtCenter)

    def _go_to_day(self, day: date) -> None:
        self._choose(day.isoformat())
        self.board.go_to(day)

    def _show_line(self, index: QModelIndex) -> None:
        """What may be done with the line gone to."""
        row = self.lines.row_at(index)
        item = row.item if row else None
        if row is not None:
            self.board.go_to(date.fromisoformat(row.day))
        own = bool(item and item.record_id and item.key.startswith("own:"))
        self._done.setVisible(bool(item and item.key and row and not row.done_id))
        self._undo.setVisible(bool(row and row.done_id))
        self._open.setVisible(bool(item and (item.archive_id or item.kind in _OPENED)))
        self._edit.setVisible(own)
        self._drop.setVisible(own)
        self._whole.setText(f"{row.day}　{row.matter}　{row.text}" if row else "这一年还没有要办的日子。")

    # acts

    def _tried(self, act: Any) -> None:
        try:
            act()
        except (NuandangError, OSError) as fault:
            messages.show_error(self, fault)
            return
        self.context.changes.office_changed.emit()

    def note_done(self) -> None:
        """It was dealt with."""
        row = self._row()
        if row is not None and row.item is not None:
            item = row.item
            self._tried(lambda: year_calendar.note_done(self.context.session, item))

    def take_back(self) -> None:
        """It was not dealt with after all."""
        row = self._row()
        if row is not None:
            self._tried(lambda: year_calendar.take_back_done(self.context.session, row.done_id))

    def open_chosen(self) -> None:
        """What the line is about."""
        row, window = self._row(), self.context.window
        item = row.item if row else None
        if row is None or item is None:
            return
        if row.households > 1:
            window.show_page("home", kind=item.kind.value)
        elif item.kind is DueKind.GRADUATE:
            window.show_page("graduates", record_id=item.record_id)
        elif item.archive_id:
            window.show_page("archive", archive_id=item.archive_id, tab=TABS.get(item.kind, "case"))
        elif item.kind is DueKind.MONITORING:
            window.show_page("monitoring", campaign_id=item.record_id)
        elif item.kind is DueKind.STUDENT_NOTICE:
            window.show_page("students", notices=True)
        elif item.kind is DueKind.PROGRAMME:
            window.show_page("programme", programme_id=item.record_id)
        elif item.kind is DueKind.CIRCULAR:
            window.show_page("exchange", section="circulars")
        elif item.key.startswith("own:"):
            self.edit()

    def add(self) -> None:
        """A day of the office's own."""
        row = self._row()
        content = RecordContent({"day": row.day if row and row.day >= self.context.session.today else self.context.session.today})
        self._ask(content, "加一个日子", "")

    def edit(self) -> None:
        """Change an own day; of a yearly one all turns."""
        row = self._row()
        if row is None or row.item is None:
            return
        record = records.load_entry(self.context.session, row.item.record_id)
        self._ask(record.content, "修改", record.record_id)

    def _ask(self, content: RecordContent, title: str, record_id: str) -> None:
        session = self.context.session

        def save(given: RecordContent) -> None:
            self._wanted = (given.text("day"), "")
            year_calendar.save_own_day(session, given, record_id)

        dialog = RecordDialog(self, self.context, CALENDAR_DAY, content, title, save, hidden=HIDDEN, hint=_HINT)
        if dialog.exec():
            self.context.changes.office_changed.emit()

    def remove(self) -> None:
        """Take an own day out."""
        row = self._row()
        if row is None or row.item is None:
            return
        item = row.item
        every = "，以后每年都不再提醒" if item.is_yearly else ""
        if messages.confirm(self, f"“{item.subject}”会从日历上去掉{every}。", "删除", destructive=True):
            self._tried(lambda: year_calendar.remove_own_day(self.context.session, item.record_id))

    def export(self) -> None:
        """Hand it to a phone."""
        CalendarExportDialog(self, self.context).exec()


def _summary(lines: list[YearLine]) -> str:
    late = sum(1 for row in lines if row.is_late)
    ahead = sum(1 for row in lines if row.item and row.when.startswith(("还有", "今天")) and not row.done_id)
    coming = f"前面还有 {ahead} 件" if ahead else "前面没有要办的了"
    return f"逾期 {late} 件，{coming}" if late else coming


def _dot(colour: str) -> QLabel:
    made = QLabel()
    side = theme.sp(8)
    made.setFixedSize(side, side)
    made.setStyleSheet(f"background: {colour}; border-radius: {side // 2}px;")
    return made
