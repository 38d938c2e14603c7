"""What the sections of the settings page share: a scrolling column of cards and forms."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop import theme
from desktop.context import AppContext
from desktop.widgets.basics import button, label


class SettingsSection(QScrollArea):
    """A scrolling column; put cards into `column`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(0, 0, 4, 0)
        self.column.setSpacing(12)
        self.setWidget(inside)

    def refresh(self) -> None:
        """Read again what the section shows."""


def form_grid() -> QGridLayout:
    """Grid with captions at the left."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(10)
    grid.setColumnMinimumWidth(0, theme.sp(96))
    grid.setColumnStretch(1, 1)
    return grid


def add_row(grid: QGridLayout, caption: str, field: QWidget) -> None:
    """Append *caption* and *field*."""
    row = grid.rowCount()
    grid.addWidget(label(caption), row, 0)
    grid.addWidget(field, row, 1)


class FormDialog(QDialog):
    """Small dialog with a column of fields, one sentence for what is missing, and two buttons."""

    def __init__(self, parent: QWidget, title: str, verb: str) -> None:
        super().__init__(parent.window())
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.sp(440))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self.accept_button = button(verb, "primary", act=self.submit)
        self.accept_button.setDefault(True)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.refuse_button = button("取消", act=self.reject)
        foot.addWidget(self.refuse_button)
        foot.addWidget(self.accept_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(label(title, "section"))
        column.addLayout(self.body)
        column.addWidget(self.problem)
        column.addLayout(foot)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first field; Tab leads through the fields to the buttons, which were made before them."""
        super().showEvent(event)
        fields = list[QLineEdit](self.findChildren(QLineEdit))
        chain: list[QWidget] = [*fields, self.accept_button, self.refuse_button]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)
        chain[0].setFocus()

    def complain(self, text: str) -> None:
        """Say what is missing or wrong."""
        self.problem.setText(text)
        self.problem.show()
        self.accept_button.setEnabled(True)

    def submit(self) -> None:
        """Check and act; the plain dialog only closes."""
        self.accept()
