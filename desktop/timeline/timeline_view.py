"""时间轴 as a tab of the archive: everything that happened to the household in one column, by kind, the latest on top."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from db.services import timeline
from db.services.archiving import Archive
from db.services.timeline import KIND_LABELS, EventKind, Timeline, TimelineEvent
from desktop import theme
from desktop.context import AppContext
from desktop.timeline.event_row import DAY_WIDTH, EventRow
from desktop.timeline.evidence_dialog import ask_evidence
from desktop.timeline.fingerprint_dialog import FingerprintDialog
from desktop.widgets.basics import Card, button, label
from desktop.widgets.flow_layout import FlowLayout
from desktop.widgets.segmented import Segmented

SHOWN_AT_FIRST, MORE = 40, 200
RECORDED, HAPPENED = "recorded", "happened"


class TimelineView(QWidget):
    """The timeline of one household."""

    place_wanted = Signal(object)  # place

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._archive: Archive | None = None
        self.timeline: Timeline | None = None
        self.kinds: set[EventKind] = set()
        """What is shown; empty: everything."""
        self._shown = SHOWN_AT_FIRST
        self._count = label("", "secondary")
        self.order: Segmented[str] = Segmented([(RECORDED, "照登记先后"), (HAPPENED, "照发生日期")])
        self.order.set_value(RECORDED)
        self.order.changed.connect(lambda _value: self._show_rows())
        self.wanted = QLineEdit()
        self.wanted.setPlaceholderText("在经过里找")
        self.wanted.setAccessibleName("在经过里找")
        self.wanted.setClearButtonEnabled(True)
        self.wanted.setFixedWidth(theme.sp(150))
        self.wanted.textChanged.connect(lambda _text: self._show_rows())
        self.evidence = button("一键取证…", "primary", "file-text", self._ask_evidence)
        self.evidence.setToolTip("把这一户的表、决定、公示、走访、材料和全部经过装订成一份 PDF")
        self._chips_row = QWidget()
        self._chips = FlowLayout(self._chips_row, gap=theme.sp(8), line_gap=theme.sp(6))
        self._scroll = QScrollArea()
        self._arrange()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.wanted)
        head.addWidget(button("核对指纹…", "link", act=self._check_fingerprint))
        head.addWidget(self.order)
        head.addWidget(self.evidence)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._chips_row)
        column.addWidget(self._scroll, 1)

    # -- showing

    def show_archive(self, archive: Archive) -> None:
        """Show what happened to the household of *archive*."""
        if self._archive is None or self._archive.id != archive.id:
            self.kinds, self._shown = set(), SHOWN_AT_FIRST
            with QSignalBlocker(self.wanted):
                self.wanted.clear()
        self._archive = archive
        self.timeline = timeline.timeline_of(self._session, archive.id)
        self._show_chips()
        self._show_rows()

    def _show_chips(self) -> None:
        assert self.timeline is not None
        while (item := self._chips.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        counts = timeline.kind_counts(self.timeline.events)
        self.kinds &= counts.keys()
        self._chips.addWidget(self._chip("全部", not self.kinds, lambda: self.choose(None)))
        for kind, number in counts.items():
            self._chips.addWidget(self._chip(f"{KIND_LABELS[kind]} {number}", kind in self.kinds, partial(self.choose, kind)))

    @staticmethod
    def _chip(words: str, chosen: bool, act: Callable[[], None]) -> QPushButton:
        made = button(words, "chip")
        made.setCheckable(True)
        made.setChecked(chosen)
        made.clicked.connect(lambda: act())
        return made

    def choose(self, kind: EventKind | None) -> None:
        """Show this kind too, or no longer; None: everything again."""
        self.kinds = set() if kind is None else self.kinds ^ {kind}
        self._shown = SHOWN_AT_FIRST
        self._show_chips()
        self._show_rows()

    def events(self) -> list[TimelineEvent]:
        """What is shown, the latest first."""
        if self.timeline is None:
            return []
        typed = self.wanted.text().strip()
        found = [event for event in self.timeline.of_kinds(self.kinds) if not typed or event.says(typed)]
        return list(reversed(timeline.by_day(found) if self.order.value() == HAPPENED else found))

    def _show_rows(self) -> None:
        assert self.timeline is not None
        found = self.events()
        merged = self.timeline.merged_numbers
        told = f"共 {len(self.timeline.events)} 件" + (f"，连同并入的 {'、'.join(merged)}" if merged else "")
        is_part = bool(self.kinds) or bool(self.wanted.text().strip())
        self._count.setText(f"{told}，列出 {len(found)} 件" if is_part else told)
        card = Card()
        card.body.setSpacing(0)
        year = ""
        for at, event in enumerate(found[: self._shown]):
            if event.on[:4] != year:
                year = event.on[:4]
                card.body.addWidget(_year_line(year))
            row = EventRow(event, is_last=at == len(found) - 1)
            row.place_wanted.connect(self.place_wanted)
            card.body.addWidget(row)
        if len(found) > self._shown:
            card.body.addWidget(button(f"更早的 {len(found) - self._shown} 件", act=self._show_more))
        self._put(card)

    def _put(self, card: Card) -> None:
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 10, 8)
        column.addWidget(card)
        column.addStretch(1)
        self._scroll.setWidget(inside)

    def _show_more(self) -> None:
        place = self._scroll.verticalScrollBar().value()
        self._shown += MORE
        self._show_rows()
        self._scroll.verticalScrollBar().setValue(place)

    def rows(self) -> list[EventRow]:
        """The events on the screen."""
        return list[EventRow](self._scroll.findChildren(EventRow))

    # -- the evidence file

    def _check_fingerprint(self) -> None:
        if self._archive is not None:
            FingerprintDialog(self, self._context, self._archive).exec()

    def _ask_evidence(self) -> None:
        if self._archive is not None:
            ask_evidence(self._context, self, [self._archive.id])


def _year_line(year: str) -> QWidget:
    made = label(f"{year} 年", "section")
    made.setFixedWidth(theme.sp(DAY_WIDTH))
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    made.setContentsMargins(0, theme.sp(4), 0, theme.sp(8))
    return made
