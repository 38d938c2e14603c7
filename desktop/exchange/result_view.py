"""After an act that wrote a file: a headline, the particulars, what to do next, and the buttons for it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop import theme
from desktop.exchange.ejecting import eject_acts, reminder_for
from desktop.exchange.partner_dialogs import fingerprint_label
from desktop.widgets.basics import Card, Icon, Note, PageHeader, button, label

FINGERPRINT = "指纹"
Row = tuple[str, str]


class ResultView(QWidget):
    """Shows one result at a time."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._header = PageHeader("")
        self._card: Card | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addStretch(1)

    def show_result(
        self,
        title: str,
        headline: str,
        rows: Sequence[Row],
        next_step: str,
        acts: Sequence[tuple[str, str, str, Callable[[], object]]] = (),
        warnings: Sequence[str] = (),
        written_to: Path | None = None,
    ) -> None:
        """Show a result; *acts* are (text, role, icon, act) and stand beside 完成.

        *written_to*: where a file was written; on a stick, ejecting it is reminded and offered.
        """
        self._header.set_texts(title, "")
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
        card = self._card = Card()
        card.setFixedWidth(theme.sp(660))
        card.body.setContentsMargins(24, 24, 24, 20)
        card.body.setSpacing(16)
        card.body.addLayout(_headline(headline))
        card.body.addLayout(_particulars(rows))
        for warning in warnings:
            card.body.addWidget(Note(warning, "warning"))
        if written_to is not None and (reminder := reminder_for(written_to)):
            card.body.addWidget(Note(reminder, "warning"))
            acts = [*eject_acts(self, written_to), *acts]
        card.body.addWidget(label(next_step, "secondary", wrap=True))
        card.body.addLayout(self._buttons(acts))
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, card, 0, Qt.AlignmentFlag.AlignHCenter)

    def _buttons(self, acts: Sequence[tuple[str, str, str, Callable[[], object]]]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        plain = [button(text, role, icon, act) for text, role, icon, act in acts if role != "primary"]
        primary = [button(text, role, icon, act) for text, role, icon, act in acts if role == "primary"]
        finish = button("完成", "" if primary else "primary", act=self.left.emit)
        self.setFocusProxy(primary[0] if primary else finish)
        for part in plain:
            row.addWidget(part)
        row.addStretch(1)
        for part in (finish, *primary):
            row.addWidget(part)
        return row


def _headline(text: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(Icon("circle-check", theme.GREEN, 32), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(text, "title", wrap=True), 1)
    return row


def _particulars(rows: Sequence[Row]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    for number, (caption, value) in enumerate(rows):
        grid.addWidget(label(caption, "secondary"), number, 0, Qt.AlignmentFlag.AlignTop)
        shown = fingerprint_label(value) if caption == FINGERPRINT else label(value, wrap=True)
        grid.addWidget(shown, number, 1)
    grid.setColumnMinimumWidth(0, theme.sp(64))
    grid.setColumnStretch(1, 1)
    return grid
