"""What stands on top of 数据交换: large figures of the round trip, and short ones that show only when there are any.

Whoever builds a screen with something that waits adds an entry to :data:`CARDS`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QWidget

from db.services import quotas
from db.services.office import OfficeSession
from db.services.round_trip import RoundTripCounts
from desktop import theme
from desktop.context import AppContext, WindowActions
from desktop.widgets.basics import StatCard, button, set_icon
from desktop.widgets.flow_layout import FlowLayout


@dataclass(frozen=True)
class Figure:
    """A number with what it means just now; *tone* is empty, ``warning`` or ``error``."""

    count: int
    note: str = ""
    tone: str = ""
    unit: str = "户"


@dataclass(frozen=True)
class OverviewCard:
    """Something that waits beside the packages: shown while there is any, opened by a click.

    *read* runs beside the window and must be one cheap query; None or a count of 0 hides the card.
    """

    caption: str
    icon: str
    read: Callable[[OfficeSession, RoundTripCounts], Figure | None]
    open: Callable[[WindowActions], object]


def _due_note(counts: RoundTripCounts) -> str:
    return f"最近期限 {counts.circular_due}" if counts.circular_due else ""


def _quota(session: OfficeSession, _counts: RoundTripCounts) -> Figure | None:
    """This office's own quota of new archives, else the one of which the least is left: how many, how many are left."""
    year = int(session.today[:4])
    own = [each for each in quotas.list_quotas(session) if not each.is_own and each.year == year and each.left is not None]
    if not own:
        return None
    quota = min(own, key=lambda each: (each.subject != quotas.FILED, each.left))
    left, named = quota.left or 0, "" if quota.subject == quotas.FILED else f"{quota.label} "
    told = f"还剩 {left:,}" if left >= 0 else f"超出 {-left:,}"
    return Figure(quota.amount, f"{named}{told}", "" if left > 0 else "warning", quota.unit)


CARDS: tuple[OverviewCard, ...] = (
    OverviewCard("今年名额", "inbox", _quota, lambda window: window.show_page("exchange", section="quotas")),
    OverviewCard(
        "未读通知",
        "file-text",
        lambda _, counts: Figure(counts.unread, _due_note(counts), unit="份"),
        lambda window: window.show_page("exchange", section="circulars"),
    ),
    OverviewCard(
        "有冲突，等您选",
        "triangle-alert",
        lambda _, counts: Figure(counts.conflicts, "", "warning"),
        lambda window: window.show_page("exchange", section="conflicts"),
    ),
    OverviewCard(
        "移交待办",
        "arrow-left-right",
        lambda _, counts: Figure(counts.hand_overs, "", "warning"),
        lambda window: window.show_page("exchange", section="hand_overs"),
    ),
    OverviewCard(
        "外出电脑上",
        "usb",
        lambda _, counts: Figure(counts.out_on_laptops),
        lambda window: window.show_page("exchange", section="visits"),
    ),
    OverviewCard(
        "上级提醒核对",
        "users",
        lambda _, counts: Figure(counts.warnings, "", "warning", "人"),
        lambda window: window.show_page("exchange", section="warnings"),
    ),
)


@dataclass(frozen=True)
class _Large:
    """One of the large figures."""

    caption: str
    colour: str
    figure: Callable[[RoundTripCounts], Figure]
    open: Callable[[WindowActions], object]


def _returned(counts: RoundTripCounts) -> Figure:
    if counts.overdue:
        return Figure(counts.returned, f"其中 {counts.overdue:,} 户已逾期", "error")
    if counts.first_due:
        return Figure(counts.returned, f"最早 {counts.first_due} 到期", "warning" if counts.near else "")
    return Figure(counts.returned, "户" if counts.returned else "没有")


def _waiting_note(counts: RoundTripCounts) -> str:
    if counts.waiting:
        return f"其中 {counts.waiting:,} 户已导出，等回执"
    return "还没有导出" if counts.not_received else "都收到了"


def _decided_note(counts: RoundTripCounts) -> str:
    if counts.refused:
        return f"另有 {counts.refused:,} 户不通过"
    return "户" if counts.approved else "还没有"


_UP = (
    _Large(
        "还没上报", theme.ACTION,
        lambda counts: Figure(counts.unsubmitted, "户，点开看名单" if counts.unsubmitted else "都已导出"),
        lambda window: window.show_page("archives", preset="unsubmitted"),
    ),
    _Large(
        "上级还没收到", theme.AMBER_INK,
        lambda counts: Figure(counts.not_received, _waiting_note(counts)),
        lambda window: window.show_page("archives", preset="not_received"),
    ),
    _Large("退回补正", theme.RED, _returned, lambda window: window.show_page("exchange", section="returned")),
    _Large(
        "已审核", theme.GREEN_INK,
        lambda counts: Figure(counts.approved, _decided_note(counts)),
        lambda window: window.show_page("archives", preset="approved"),
    ),
)  # fmt: skip
_DOWN = (
    _Large(
        "待审核", theme.ACTION,
        lambda counts: Figure(counts.to_review, "户，点开逐户审核" if counts.to_review else "都审完了"),
        lambda window: window.show_page("reviews", state="pending"),
    ),
    _Large(
        "审核结果还没下发", theme.AMBER_INK,
        lambda counts: Figure(counts.to_send, "户，点开下发" if counts.to_send else "都已下发"),
        lambda window: window.show_page("exchange", section="answer"),
    ),
    _Large(
        "缺数据包的单位", theme.RED,
        lambda counts: Figure(counts.gaps, "个，见下表" if counts.gaps else "包号都接得上"),
        lambda window: window.show_page("exchange", section="gaps"),
    ),
)  # fmt: skip


class FigureRow(QWidget):
    """The large figures: those of the way up, or for an office with others below it those of the way down."""

    def __init__(self, context: AppContext, below: bool) -> None:
        super().__init__()
        self._shown: list[tuple[_Large, StatCard]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        kinds = (*_DOWN, _UP[1], _UP[2]) if below else _UP
        for kind in kinds:
            card = StatCard(kind.caption, kind.colour)
            card.activated.connect(lambda kind=kind: kind.open(context.window))
            row.addWidget(card, 1)
            self._shown.append((kind, card))

    def show_counts(self, counts: RoundTripCounts) -> None:
        """Show the figures; a zero is grey."""
        for kind, card in self._shown:
            figure = kind.figure(counts)
            card.show_figure(f"{figure.count:,}", figure.note, "" if figure.count else theme.SECONDARY)


class CardStrip(QWidget):
    """The cards that have something to say, as many to a line as there is room for."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._flow = FlowLayout(self, 8)

    def show_figures(self, figures: Sequence[tuple[OverviewCard, Figure]]) -> None:
        """Show these cards."""
        while self._flow.count():
            item = self._flow.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for card, figure in figures:
            self._flow.addWidget(self._chip(card, figure))
        self.setVisible(bool(figures))

    def _chip(self, card: OverviewCard, figure: Figure) -> QWidget:
        words = f"{card.caption} {figure.count:,} {figure.unit}{f'，{figure.note}' if figure.note else ''}"
        made = button(words, act=lambda: card.open(self._context.window))
        colour = {"warning": theme.AMBER_INK, "error": theme.RED}.get(figure.tone, theme.ACTION)
        set_icon(made, card.icon, colour)
        return made


def read_cards(session: OfficeSession, counts: RoundTripCounts) -> list[tuple[OverviewCard, Figure]]:
    """The cards with something to say."""
    found = []
    for card in CARDS:
        figure = card.read(session, counts)
        if figure is not None and figure.count:
            found.append((card, figure))
    return found
