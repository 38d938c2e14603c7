"""报给上级: one line per office above – what is on the way and since when, the last receipt, the last answer."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.services.round_trip import WayUp
from desktop import theme
from desktop.moments import days_since, moment
from desktop.widgets.basics import Card, ElidedLabel, Icon, button, label

LONG_DAYS = 7
"""After how many days without a receipt a bundle may be lost."""


def way_sentence(way: WayUp, today: date) -> str:
    """What is on the way, with days; what came back last."""
    parts = [_on_the_way(way, today)]
    parts.append(f"最近回执 {moment(way.last_receipt_at, today)}" if way.last_receipt_at else "还没有回执")
    if way.last_answer_at:
        parts.append(f"最近审核结果 {moment(way.last_answer_at, today)}（第 {way.answers} 次）")
    return "　·　".join(parts)


def _on_the_way(way: WayUp, today: date) -> str:
    if not way.on_the_way:
        return "没有在路上的数据包"
    shown = [
        f"第 {one.sequence} 包 {one.waiting:,} 户{_waited(one.sent_at, today)}" for one in way.on_the_way[:3]
    ]
    more = f" 等 {len(way.on_the_way)} 包" if len(way.on_the_way) > len(shown) else ""
    return f"在路上：{'、'.join(shown)}{more}"


def _waited(sent_at: str, today: date) -> str:
    days = days_since(sent_at, today) or 0
    return f"（{days} 天了）" if days else "（今天）"


def longest_wait(way: WayUp, today: date) -> int:
    """Days since the oldest bundle without a receipt went out."""
    return max((days_since(one.sent_at, today) or 0 for one in way.on_the_way), default=0)


class WayStrip(Card):
    """Lines of the offices above; a bundle long on the way is amber and offers to be sent again."""

    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.body.setContentsMargins(16, 6, 8, 6)
        self._lines: QWidget | None = None
        self.hide()

    def show_ways(self, ways: list[WayUp], today: date) -> None:
        """Show one line per office above."""
        if self._lines is not None:
            self._lines.hide()
            self._lines.deleteLater()
        self._lines = QWidget()
        column = QVBoxLayout(self._lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for way in ways:
            column.addLayout(self._line(way, today))
        self.body.addWidget(self._lines)
        self.setVisible(bool(ways))

    def _line(self, way: WayUp, today: date) -> QHBoxLayout:
        long = longest_wait(way, today) >= LONG_DAYS
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Icon("triangle-alert" if long else "upload", theme.AMBER if long else theme.SECONDARY, 18))
        row.addWidget(label(f"报给{way.name}", "strong"))
        row.addWidget(ElidedLabel(way_sentence(way, today), "warning" if long else "secondary"), 1)
        if way.on_the_way:
            again = button("U 盘丢了？再导出一次", "link", "refresh-cw", self.again_wanted.emit)
            again.setToolTip("把上级还没收到的档案再导出一次；上级收到两遍也不要紧，不会重复。")
            row.addWidget(again)
        return row
