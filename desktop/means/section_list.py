"""Left column of the worksheet: its sections with their state and how many lines each has."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from db.domain.form_flow import StepState
from db.domain.form_schema import Section
from db.domain.means_flow import SectionState
from desktop import theme
from desktop.forms.step_list import StepButton, draw_state

_SIGNS = {
    SectionState.UNASKED: StepState.EMPTY,
    SectionState.STARTED: StepState.STARTED,
    SectionState.NONE: StepState.DONE,
    SectionState.FILLED: StepState.DONE,
    SectionState.FAULTY: StepState.FAULTY,
}
STATE_WORDS = {
    SectionState.UNASKED: "没核实",
    SectionState.STARTED: "没填完",
    SectionState.NONE: "没有",
    SectionState.FILLED: "已填",
    SectionState.FAULTY: "要改",
}


class SectionButton(StepButton):
    """One section: sign, title, and at the right what is in it."""

    def __init__(self, number: int, title: str) -> None:
        self._note = ""
        super().__init__(number, title)
        self.setText(title)
        self.setToolTip("上一节、下一节　Ctrl+PgUp、Ctrl+PgDn")

    def show_section(self, state: SectionState, rows: int) -> None:
        """Show state and number of lines."""
        self._note = f"{rows} 行" if state is SectionState.FILLED and rows else STATE_WORDS[state]
        self.show_state(_SIGNS[state])
        self.setAccessibleName(f"{self.text()}，{self._note}")

    def sizeHint(self) -> QSize:
        """A little lower than a step: there are more of them."""
        return QSize(theme.sp(150), theme.sp(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, sign, title and note."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter)
        side = theme.sp(12)
        draw_state(painter, QRectF(theme.sp(8), (self.height() - side) / 2, side, side), self.state())
        painter.setFont(theme.font(12))
        painter.setPen(QColor(theme.SECONDARY))
        room = self.rect().adjusted(0, 0, -theme.sp(8), 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._note)
        taken = painter.fontMetrics().horizontalAdvance(self._note) + theme.sp(14)
        left = theme.sp(8) + side + theme.sp(8)
        painter.setFont(theme.font(bold=self.isChecked()))
        painter.setPen(QColor(theme.INK))
        box = QRect(left, 0, self.width() - left - taken, self.height())
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class SectionList(QFrame):
    """The column of sections."""

    chosen = Signal(str)

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.buttons: dict[str, SectionButton] = {}
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(0)
        for number, section in enumerate(sections, start=1):
            made = self.buttons[section.key] = SectionButton(number, section.title)
            made.clicked.connect(lambda _=False, key=section.key: self.chosen.emit(key))
            column.addWidget(made)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(scroll)
        self._scroll = scroll
        self.setFixedWidth(theme.sp(206))

    def mark(self, key: str) -> None:
        """Show which section stands beside."""
        for name, made in self.buttons.items():
            made.setChecked(name == key)
        self._scroll.ensureWidgetVisible(self.buttons[key])
