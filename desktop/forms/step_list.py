"""Left column of the wizard: whose form it is, whether it is saved, the steps with their state, what is missing."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QFrame, QProgressBar, QSizePolicy, QVBoxLayout

from db.domain.form_flow import StepState
from desktop import theme
from desktop.widgets.basics import ElidedLabel, button

STATE_WORDS = {
    StepState.EMPTY: "空白",
    StepState.STARTED: "进行中",
    StepState.DONE: "完成",
    StepState.FAULTY: "有错",
}


def draw_state(painter: QPainter, box: QRectF, state: StepState) -> None:
    """Draw the sign of a state: ring, half disc, disc, triangle – told apart by shape, not by colour alone."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if state is StepState.FAULTY:
        painter.setBrush(QColor(theme.RED))
        corners = [QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]
        painter.drawPolygon(QPolygonF(corners))
        return
    if state is StepState.DONE:
        painter.setBrush(QColor(theme.GREEN))
        painter.drawEllipse(box)
        return
    if state is StepState.STARTED:
        painter.setBrush(QColor(theme.ACTION))
        painter.drawPie(box, 90 * 16, 180 * 16)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.ACTION if state is StepState.STARTED else theme.LINE_STRONG), 1.4))
    painter.drawEllipse(box.adjusted(0.7, 0.7, -0.7, -0.7))


class StepButton(QAbstractButton):
    """One step with its state."""

    def __init__(self, number: int, title: str) -> None:
        super().__init__()
        self._number, self._title = number, title
        self._state = StepState.EMPTY
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Alt+1…9 is the keyboard's way; Tab belongs to the fields
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(f"{number}. {title}")
        self.setToolTip(f"Alt+{number}")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_state(StepState.EMPTY)

    def show_state(self, state: StepState) -> None:
        """Show another state."""
        self._state = state
        self.setAccessibleName(f"第 {self._number} 步 {self._title}，{STATE_WORDS[state]}")
        self.update()

    def state(self) -> StepState:
        """The state shown."""
        return self._state

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(theme.sp(140), theme.sp(36))

    def paint_ground(self, painter: QPainter) -> None:
        """Tint the button one is in, or the mouse is over."""
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.ACTION_TINT if self.isChecked() else theme.HOVER))
            painter.drawRoundedRect(self.rect(), 4, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, sign and title."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter)
        side = theme.sp(13)
        draw_state(painter, QRectF(theme.sp(10), (self.height() - side) / 2, side, side), self._state)
        painter.setPen(QColor(theme.INK))
        painter.setFont(theme.font(bold=self.isChecked()))
        left = theme.sp(10) + side + theme.sp(8)
        box = QRect(left, 0, self.width() - left - 4, self.height())
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class StepList(QFrame):
    """The column of steps."""

    chosen = Signal(int)
    discard_wanted = Signal()

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._name = ElidedLabel("", "section")
        self._saved = ElidedLabel("", "small")
        self.steps = [StepButton(number, title) for number, title in enumerate(titles, start=1)]
        self._count = ElidedLabel("", "small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._discard = button("放弃草稿", "link", "trash-2", self.discard_wanted.emit)
        self._discard.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 14, 12, 12)
        column.setSpacing(2)
        column.addWidget(self._name)
        column.addWidget(self._saved)
        column.addSpacing(8)
        for at, step in enumerate(self.steps):
            step.clicked.connect(lambda _=False, number=at: self.chosen.emit(number))
            column.addWidget(step)
        column.addStretch(1)
        column.addWidget(self._discard, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(4)
        column.addWidget(self._count)
        column.addSpacing(2)
        column.addWidget(self._bar)
        self.fit()

    def fit(self) -> None:
        """Follow the font size."""
        self.setFixedWidth(theme.sp(172))

    def show_title(self, title: str, can_discard: bool) -> None:
        """Whose form it is."""
        self._name.set_whole(title)
        self._discard.setVisible(can_discard)

    def show_saved(self, text: str, role: str = "small") -> None:
        """Whether everything typed is stored."""
        self._saved.setStyleSheet(f"color: {theme.RED};" if role == "error" else "")
        self._saved.set_whole(text)

    def show_states(self, current: int, states: Sequence[StepState]) -> None:
        """Mark the current step and every state."""
        for at, (step, state) in enumerate(zip(self.steps, states, strict=True)):
            step.setChecked(at == current)
            step.show_state(state)

    def show_progress(self, required: int, missing: int) -> None:
        """How many required answers are given."""
        self._count.set_whole(f"必填 {required} 项，还差 {missing} 项" if missing else f"必填 {required} 项，已填齐")
        self._bar.setRange(0, max(required, 1))
        self._bar.setValue(required - missing)
