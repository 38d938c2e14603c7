"""A whole year on one sheet: days off (休) and make-up working days (班) marked, turned over by click or space.

Where it is only looked at, days with something to do carry a dot, and the day gone to is told.
"""

import calendar
from collections.abc import Mapping
from datetime import date, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop import theme

OFF, WORK = "off", "work"
_COLUMNS, _MONTH_ROWS = 4, 8  # a line for the month's name, one for the weekdays, six for weeks
_WEEKDAYS = "一二三四五六日"
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}


class YearBoard(QWidget):
    """Twelve months; *days* holds only what differs from Monday to Friday."""

    changed = Signal()
    chosen = Signal(object)  # the date gone to

    def __init__(self) -> None:
        super().__init__()
        self._year = 2026
        self.days: dict[str, str] = {}
        self._names: Mapping[str, str] = {}
        self._marks: Mapping[str, tuple[str, str]] = {}
        self._today: date | None = None
        self._here = date(2026, 1, 1)
        self._editable = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("全年工作日历")

    def show_year(self, year: int, days: Mapping[str, str], names: Mapping[str, str], editable: bool) -> None:
        """Show a year; with *editable* days can be turned over."""
        self._year, self.days, self._names, self._editable = year, dict(days), names, editable
        self._here = date(year, 1, 1) if self._here.year != year else self._here
        self.update()

    def mark_days(self, marks: Mapping[str, tuple[str, str]], today: date) -> None:
        """Put a dot of a colour on ISO days, with the words of the tool tip; a frame on *today*."""
        self._marks, self._today = marks, today
        self.update()

    def go_to(self, day: date) -> None:
        """Stand on a day of the year shown, without telling."""
        self._here = day
        self.update()

    def sizeHint(self) -> QSize:
        """Room for twelve months in three rows."""
        return QSize(theme.sp(820), theme.sp(430))

    def minimumSizeHint(self) -> QSize:
        """Readable at the least."""
        return QSize(theme.sp(560), theme.sp(330))

    # geometry

    def _month_box(self, month: int) -> QRectF:
        rows = 12 // _COLUMNS
        width, height = self.width() / _COLUMNS, self.height() / rows
        return QRectF((month - 1) % _COLUMNS * width, (month - 1) // _COLUMNS * height, width - theme.sp(16), height - theme.sp(8))

    def _day_box(self, day: date) -> QRectF:
        box = self._month_box(day.month)
        first = date(day.year, day.month, 1).weekday()
        place = first + day.day - 1
        width, height = box.width() / 7, box.height() / _MONTH_ROWS
        return QRectF(box.left() + place % 7 * width, box.top() + (2 + place // 7) * height, width, height)

    def day_at(self, at: QPointF) -> date | None:
        """The day under the mouse."""
        for month in range(1, 13):
            if self._month_box(month).contains(at):
                for number in range(1, calendar.monthrange(self._year, month)[1] + 1):
                    day = date(self._year, month, number)
                    if self._day_box(day).contains(at):
                        return day
        return None

    # turning days over

    def turn(self, day: date) -> None:
        """A working day becomes off, a weekend a working day; once more makes it what it was."""
        if not self._editable:
            return
        key = day.isoformat()
        if key in self.days:
            del self.days[key]
        else:
            self.days[key] = OFF if day.weekday() < 5 else WORK
        self.changed.emit()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Turn the day under the mouse."""
        day = self.day_at(event.position())
        if day is not None and event.button() == Qt.MouseButton.LeftButton:
            self._here = day
            self.turn(day)
            self.update()
            self.chosen.emit(day)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the day under the mouse is."""
        day = self.day_at(event.position())
        self.setToolTip(self._words(day) if day else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, space turns."""
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if step:
            there = self._here + timedelta(days=step)
            self._here = there if there.year == self._year else self._here
            self.update()
            self.chosen.emit(self._here)
        elif event.key() == Qt.Key.Key_Space:
            self.turn(self._here)
        else:
            super().keyPressEvent(event)

    def _words(self, day: date) -> str:
        what = self.days.get(day.isoformat())
        state = {OFF: "放假", WORK: "调休上班"}.get(what or "", "休息日" if day.weekday() > 4 else "工作日")
        name = self._names.get(day.isoformat(), "")
        due = self._marks.get(day.isoformat(), ("", ""))[1]
        said = f"{day.isoformat()} 周{_WEEKDAYS[day.weekday()]}　{state}{f'（{name}）' if name else ''}"
        return f"{said}\n{due}" if due else said

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw every month."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for month in range(1, 13):
            self._paint_head(painter, month)
            for number in range(1, calendar.monthrange(self._year, month)[1] + 1):
                self._paint_day(painter, date(self._year, month, number))
        painter.end()

    def _paint_head(self, painter: QPainter, month: int) -> None:
        box = self._month_box(month)
        width, height = box.width() / 7, box.height() / _MONTH_ROWS
        painter.setPen(QColor(theme.INK))
        painter.setFont(theme.font(13, bold=True))
        painter.drawText(QRectF(box.left(), box.top(), box.width(), height), Qt.AlignmentFlag.AlignCenter, f"{month} 月")
        painter.setPen(QColor(theme.SECONDARY))
        painter.setFont(theme.font(11))
        for at, word in enumerate(_WEEKDAYS):
            cell = QRectF(box.left() + at * width, box.top() + height, width, height)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_day(self, painter: QPainter, day: date) -> None:
        box = self._day_box(day)
        what = self.days.get(day.isoformat())
        inner = box.adjusted(1, 1, -1, -1)
        if what:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.GREEN_TINT if what == OFF else theme.AMBER_TINT))
            painter.drawRoundedRect(inner, 3, 3)
        if day == self._today:
            painter.setPen(QColor(theme.INK))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner, 3, 3)
        if day == self._here and (self.hasFocus() or self._marks):
            painter.setPen(QColor(theme.ACTION))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner, 3, 3)
        ink = {OFF: theme.GREEN_INK, WORK: theme.AMBER_INK}.get(what or "", theme.SECONDARY if day.weekday() > 4 else theme.INK)
        painter.setPen(QColor(ink))
        painter.setFont(theme.font(min(12, 0.7 * box.width() / theme.scale()), bold=bool(what)))  # digits must not touch
        wide = painter.fontMetrics().horizontalAdvance("30班") <= box.width()
        mark = {OFF: "休", WORK: "班"}.get(what or "", "") if wide else ""  # the ground says it, too
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{day.day}{mark}")
        self._paint_mark(painter, day, box)

    def _paint_mark(self, painter: QPainter, day: date, box: QRectF) -> None:
        colour = self._marks.get(day.isoformat(), ("", ""))[0]
        if colour:
            side = theme.sp(5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QRectF(box.right() - side - 2, box.top() + 2, side, side))
