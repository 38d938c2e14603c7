"""One household on the way of the day: where it lives, when it was visited last, and its acts."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from db.domain.case_words import STANDING_LABELS
from db.services.visit_route import RouteStop
from desktop import theme
from desktop.widgets.basics import button, label

_TONES = {"已走访": "done", "写了一半": "warning", "还没去": "plain"}


class RouteRow(QFrame):
    """A stop with the buttons that move it, leave it out, and begin the visit."""

    begun = Signal(str)
    looked_at = Signal(str)
    opened = Signal(str)
    moved = Signal(str, int)
    left_out = Signal(str)

    def __init__(self, number: int, count: int, stop: RouteStop, *, is_next: bool) -> None:
        super().__init__()
        self.stop = stop
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.sp(6), 0, theme.sp(6))
        row.setSpacing(theme.sp(10))
        figure = label(str(number), "section")
        figure.setFixedWidth(theme.sp(26))
        row.addWidget(figure)
        row.addLayout(self._words(), 1)
        state = label(stop.state_words, "badge")
        state.setProperty("tone", _TONES[stop.state_words])
        row.addWidget(state, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(self._acts(number, count))
        words = "看记录" if stop.is_done else "接着写" if stop.has_draft else "开始走访"
        wanted = self.looked_at if stop.is_done else self.begun
        self.go = button(words, "primary" if is_next else "", act=lambda: wanted.emit(stop.archive_id))
        self.go.setMinimumWidth(theme.sp(104))
        self.go.setAccessibleName(f"{words}：{stop.name}")
        row.addWidget(self.go)

    def _words(self) -> QVBoxLayout:
        stop = self.stop
        head = QHBoxLayout()
        head.setSpacing(theme.sp(10))
        name = button(stop.name, "link", act=lambda: self.opened.emit(stop.archive_id))
        name.setStyleSheet(f"min-height: {theme.sp(22)}px; padding: 0; font-weight: bold;")
        name.setToolTip("打开档案")
        head.addWidget(name)
        head.addWidget(label(STANDING_LABELS[stop.standing], "small"))
        if stop.wants_verification:
            head.addWidget(label("待入户核实", "badge"))
        head.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(label(stop.address or "没有填住址", "secondary", wrap=True))
        last = f"上次走访 {stop.last_on}" if stop.last_on else "还没有走访过"
        column.addWidget(label("　".join(part for part in (stop.phone, last) if part), "small", wrap=True))
        return column

    def _acts(self, number: int, count: int) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        stop = self.stop
        acts = (
            ("chevron-up", "往前移", lambda: self.moved.emit(stop.archive_id, -1), number > 1),
            ("chevron-down", "往后移", lambda: self.moved.emit(stop.archive_id, 1), number < count),
            ("x", "不去这一户", lambda: self.left_out.emit(stop.archive_id), True),
        )
        for icon, words, act, is_open in acts:
            made = button("", "quiet", icon, act)
            made.setToolTip(words)
            made.setAccessibleName(f"{words}：{stop.name}")
            made.setEnabled(is_open)
            row.addWidget(made)
        return row
