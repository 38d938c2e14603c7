"""One event of the timeline: its day, a sign on the line that runs down the column, what happened, and who put it down."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from db.services.timeline import KIND_LABELS, EventKind, Place, TimelineEvent
from desktop import theme
from desktop.widgets.basics import button, label

LINES_AT_FIRST = 4
DAY_WIDTH, SPINE_WIDTH = 92, 40
_DISC, _SIGN, _TOP = 26, 16, 3
_INSET = 7
"""How far the words of a link stand in."""
_SIGNS = {
    EventKind.FORM: "pencil",
    EventKind.MEANS: "scale",
    EventKind.CASE: "circle-dot",
    EventKind.NOTICE: "file-text",
    EventKind.REVIEW: "check",
    EventKind.VISIT: "map-pin",
    EventKind.PAIRING: "users",
    EventKind.AID: "inbox",
    EventKind.MONITORING: "eye",
    EventKind.OTHER: "file-plus",
    EventKind.PAPER: "paperclip",
    EventKind.OUTPUT: "printer",
    EventKind.EXCHANGE: "package",
    EventKind.MOVE: "arrow-left-right",
}
_WEIGHTY = frozenset({EventKind.CASE, EventKind.NOTICE, EventKind.REVIEW})
"""What decided something stands out in the column."""


class Spine(QWidget):
    """The line down the column with the sign of one event upon it."""

    def __init__(self, kind: EventKind, *, counts: bool, is_last: bool) -> None:
        super().__init__()
        self._kind, self._counts, self._is_last = kind, counts, is_last
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """As wide as its column."""
        return QSize(theme.sp(SPINE_WIDTH), theme.sp(_DISC))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Line, disc, sign."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, radius, top = self.width() / 2, theme.sp(_DISC) / 2, theme.sp(_TOP)
        painter.setPen(QPen(QColor(theme.LINE_STRONG), 2))
        if not self._is_last:
            painter.drawLine(QPointF(middle, top + radius), QPointF(middle, self.height()))
        weighty = self._kind in _WEIGHTY and self._counts
        painter.setPen(QPen(QColor(theme.ACTION if weighty else theme.LINE_STRONG), 1.5))
        painter.setBrush(QColor(theme.ACTION_TINT if weighty else theme.PAGE))
        painter.drawEllipse(QPointF(middle, top + radius), radius, radius)
        side = theme.sp(_SIGN)
        colour = theme.ACTION if weighty else theme.SECONDARY
        sign = theme.pixmap(_SIGNS[self._kind], colour, side, self.devicePixelRatioF())
        painter.drawPixmap(round(middle - side / 2), round(top + radius - side / 2), sign)
        painter.end()


class EventRow(QWidget):
    """One event; its title leads to the thing itself."""

    place_wanted = Signal(object)  # place

    def __init__(self, event: TimelineEvent, *, is_last: bool = False) -> None:
        super().__init__()
        self.event_shown = event
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        day = label(event.on, "strong" if event.kind in _WEIGHTY else "")
        day.setFixedWidth(theme.sp(DAY_WIDTH))
        day.setContentsMargins(0, theme.sp(6), 0, 0)
        day.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        row.addWidget(day)
        row.addWidget(Spine(event.kind, counts=event.counts, is_last=is_last))
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, theme.sp(14))
        self._column.setSpacing(2)
        self._column.addLayout(self._head(event))
        self._add_lines(event.lines[:LINES_AT_FIRST])
        self._add_rest(event.lines[LINES_AT_FIRST:])
        row.addLayout(self._column, 1)

    def _head(self, event: TimelineEvent) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        if event.place == Place(""):
            title = label(event.title, "strong")
            title.setContentsMargins(theme.sp(_INSET), theme.sp(6), 0, theme.sp(4))
            head.addWidget(title)
        else:
            opens = button(event.title, "link", act=lambda: self.place_wanted.emit(event.place))
            opens.setToolTip("打开")
            opens.setAccessibleName(f"{event.on} {event.title}，打开")
            head.addWidget(opens)
        head.addWidget(self._badge(KIND_LABELS[event.kind], "plain"))
        if not event.counts:
            head.addWidget(self._badge("没有计入", "warning"))
        if event.archive_number:
            head.addWidget(self._badge(f"并入的 {event.archive_number}", "plain"))
        head.addStretch(1)
        later = f"{event.recorded_at[:10]} 登记" if event.was_recorded_later else ""
        head.addWidget(label("　".join(part for part in (event.who, later) if part), "small"))
        return head

    @staticmethod
    def _badge(words: str, tone: str) -> QWidget:
        made = label(words, "badge")
        made.setProperty("tone", tone)
        return made

    def _add_lines(self, lines: tuple[str, ...]) -> None:
        for words in lines:
            told = label(words, "secondary", wrap=True)
            told.setContentsMargins(theme.sp(_INSET), 0, 0, 0)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._column.addWidget(told)

    def _add_rest(self, rest: tuple[str, ...]) -> None:
        if not rest:
            return

        def show() -> None:
            more.hide()
            self._add_lines(rest)

        more = button(f"还有 {len(rest)} 行", "link", act=show)
        self._column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
