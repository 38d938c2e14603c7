"""工作日历: days off and make-up working days of a year, which deadlines are counted by; edited here or sent from above."""

from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout

from db.domain.work_calendar import packaged_calendar
from db.errors import UserError
from db.services import calendars
from db.services.calendars import CalendarRow
from desktop import messages, theme
from desktop.context import AppContext
from desktop.exchange.late_view import LateView
from desktop.exchange.year_board import YearBoard
from desktop.widgets.basics import Card, PageHeader, button, label

_ORIGINS = {calendars.PACKAGED: "随程序的安排", calendars.EDITED: "本单位登记"}


class CalendarView(LateView):
    """One year at a time."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._rows: dict[int, CalendarRow] = {}
        self._header = PageHeader("工作日历")
        self._header.add_action("返回", self.left.emit)
        self.year = QComboBox()
        self.year.setAccessibleName("年度")
        self._origin = label("", "secondary")
        self.board = YearBoard()
        self.document = QLineEdit()
        self.document.setAccessibleName("依据的通知")
        self.document.setPlaceholderText("依据的通知，例如 国办发明电〔2026〕1号")
        self._summary = label("", "small")
        self._drop = button("恢复随程序的安排…", "", "undo-2", self.drop)
        self._save = button("保存", "primary", "save", self.save)
        self._arrange()
        self.year.currentIndexChanged.connect(lambda _: self._show())
        self.board.changed.connect(self._tell_changed)
        self.document.textEdited.connect(lambda _: self._tell_changed())
        self.setFocusProxy(self.board)

    def _arrange(self) -> None:
        card = Card()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.year)
        head.addWidget(self._origin)
        head.addStretch(1)
        for words, tone in (("休　放假", "done"), ("班　调休上班", "warning")):
            made = label(words, "badge")
            made.setProperty("tone", tone)
            head.addWidget(made)
        card.body.addLayout(head)
        card.body.addWidget(self.board, 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._summary)
        foot.addWidget(self._drop)
        self.document.setMinimumWidth(theme.sp(260))
        foot.addWidget(self.document, 1)
        foot.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        self._header.set_texts("工作日历", "补正期限、公示天数按它来数；国务院通知出来后点一点改好，下发审核结果时一起带给下级")
        column.addWidget(self._header)
        column.addWidget(card, 1)
        column.addLayout(foot)

    # contents

    def open_for(self, **arguments: Any) -> None:
        """Read every year again."""
        session = self._context.session
        self._rows = {row.year: row for row in calendars.calendar_rows(session)}
        this_year = int(session.today[:4])
        years = sorted({*self._rows, this_year, this_year + 1}, reverse=True)
        chosen = self.year.currentData() or this_year
        self.year.blockSignals(True)
        self.year.clear()
        for year in years:
            self.year.addItem(f"{year} 年", year)
        self.year.setCurrentIndex(max(0, self.year.findData(chosen)))
        self.year.blockSignals(False)
        self._show()

    def _show(self) -> None:
        year = int(self.year.currentData())
        row = self._rows.get(year)
        delivered = row is not None and row.origin not in _ORIGINS
        packaged = packaged_calendar().years.get(year)
        names = packaged.names if packaged else {}
        self.board.show_year(year, row.days if row else {}, names, editable=not delivered)
        self.document.setText(row.document if row else "")
        self.document.setCursorPosition(0)
        self.document.setReadOnly(delivered)
        self._origin.setText(_origin_text(row))
        self._drop.setVisible(row is not None and row.origin == calendars.EDITED)
        self._save.setVisible(not delivered)
        self._save.setEnabled(False)
        self._summarise()

    def _summarise(self) -> None:
        off = sum(1 for what in self.board.days.values() if what == "off")
        work = len(self.board.days) - off
        self._summary.setText(f"放假 {off} 天，调休上班 {work} 天。方向键走，空格改。")

    def _tell_changed(self) -> None:
        self._save.setEnabled(True)
        self._summarise()

    # acts

    def save(self) -> None:
        """Store the year as it stands on the board."""
        year = int(self.year.currentData())
        try:
            calendars.set_calendar(self._context.session, year, self.board.days, self.document.text())
        except UserError as fault:
            messages.show_error(self, fault)
            return
        self._context.window.notify(f"{year} 年的工作日历已保存。")
        self.open_for()

    def drop(self) -> None:
        """Go back to what the program brings."""
        year = int(self.year.currentData())
        sentence = f"{year} 年登记的放假和调休会去掉，按随程序的安排算；程序里没有这一年的，按周一至周五算。"
        if messages.confirm(self, sentence, "恢复", destructive=True):
            calendars.drop_calendar(self._context.session, year)
            self.open_for()

    def is_prepared(self) -> bool:
        """Whether days were turned over and not saved."""
        return self._save.isEnabled()


def _origin_text(row: CalendarRow | None) -> str:
    if row is None:
        return "还没有这一年的安排，按周一至周五算"
    if row.origin in _ORIGINS:
        by = f"　{row.set_by} {row.set_at[:10]}" if row.set_at else ""
        return f"{_ORIGINS[row.origin]}{by}"
    return f"{row.office_name} 下发　{row.set_at[:10]}，不能在这里改"
