"""The card of a long list: its bar, and below it the table or what stands there while the table is empty."""

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget


class ListCard(QFrame):
    """*views* stand behind one another below *bar*; the first is in front."""

    def __init__(self, bar: QWidget, *views: QWidget) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.stack = QStackedWidget()
        for view in views:
            self.stack.addWidget(view)
        inner = QVBoxLayout(self)
        inner.setContentsMargins(1, 8, 1, 1)
        inner.setSpacing(8)
        inner.addWidget(bar)
        inner.addWidget(self.stack, 1)
