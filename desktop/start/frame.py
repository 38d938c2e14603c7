"""Frame of the pages before sign-in: the mark above one white card in the middle of the window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop import theme
from desktop.widgets.basics import Card, Mark, label

PROGRAM_NAME = "暖档"
SUBTITLE = "困难职工帮扶档案工作站"


class StartFrame(QWidget):
    """Centres a card of *width* under the name of the program; put widgets into `card.body`."""

    def __init__(self, width: int = 420) -> None:
        super().__init__()
        self._width = width
        self.card = Card()
        self.card.body.setContentsMargins(32, 28, 32, 28)
        self.card.body.setSpacing(12)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 24, 16, 24)
        column.setSpacing(20)
        column.addStretch(2)
        column.addLayout(self._brand())
        # stretches, not an alignment: an aligned widget would not grow with wrapped sentences
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.card)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addStretch(3)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.card.setFixedWidth(theme.sp(width))

    def _brand(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(label(PROGRAM_NAME, "title"))
        names.addWidget(label(SUBTITLE, "secondary"))
        row.addStretch(1)
        row.addWidget(Mark(44))
        row.addLayout(names)
        row.addStretch(1)
        return row
