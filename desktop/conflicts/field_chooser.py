"""Field by field: what both versions had before, what this computer has, what the other has – and which one stays."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from db.domain.three_way import Conflict
from db.services.conflicts import MINE, THEIRS
from desktop import theme
from desktop.widgets.basics import button, label, line, set_role

HEADS = ("栏目", "共同的旧值", "这台电脑", "对方")
_WEIGHTS = (3, 3, 4, 4)


class Answer(QFrame):
    """One of the two answers: a radio button whose words wrap, chosen by a click anywhere on it."""

    def __init__(self, words: str, name: str) -> None:
        super().__init__()
        self.setProperty("role", "choice")
        self.radio = QRadioButton()
        self.radio.setAccessibleName(name)
        self._words = label(words or "（空）", "" if words else "secondary", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(8)
        row.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1, Qt.AlignmentFlag.AlignTop)
        self.radio.toggled.connect(lambda on: set_role(self, "tone", "chosen" if on else ""))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.radio.setChecked(True)
            self.radio.setFocus()


class FieldChooser(QWidget):
    """A line per field; nothing is chosen beforehand, so that nothing is decided by accident."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._groups: dict[str, QButtonGroup] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        for column, weight in enumerate(_WEIGHTS):
            self._grid.setColumnStretch(column, weight)
        self._theirs = button("全部用对方的", act=lambda: self.choose_all(THEIRS))
        whole = QHBoxLayout()
        whole.setSpacing(8)
        whole.addWidget(button("全部用这台电脑的", act=lambda: self.choose_all(MINE)))
        whole.addWidget(self._theirs)
        whole.addStretch(1)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(12)
        column_box.addLayout(whole)
        column_box.addLayout(self._grid)
        column_box.addStretch(1)

    def show_fields(self, fields: Sequence[Conflict], other: str, moved: Sequence[str] = ()) -> None:
        """Ask about these fields; *other* is what the other version is called, *moved* what was edited here since."""
        self._clear()
        for column, head in enumerate((*HEADS[:3], other)):
            self._grid.addWidget(label(head, "secondary"), 0, column)
        for number, item in enumerate(fields):
            row = 2 * number + 1
            self._grid.addWidget(line(), row, 0, 1, len(HEADS))
            self._add(row + 1, item, item.path in moved)
        self._theirs.setText(f"全部用{other}的")
        self.changed.emit()

    def _clear(self) -> None:
        while self._grid.count():
            widget = self._grid.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        self._groups = {}

    def _add(self, row: int, item: Conflict, moved: bool) -> None:
        caption = label(item.caption, "strong", wrap=True)
        caption.setContentsMargins(0, 8, 0, 0)  # on one line with the answers
        if moved:
            caption.setText(f"{item.caption}\n（这台电脑上后来又改过）")
        before = label(item.base_text or "（空）", "secondary", wrap=True)
        before.setContentsMargins(0, 8, 0, 0)
        mine = Answer(item.mine_text, f"{item.caption}，用这台电脑的")
        theirs = Answer(item.theirs_text, f"{item.caption}，用对方的")
        group = QButtonGroup(self)
        for number, answer in enumerate((mine, theirs)):
            group.addButton(answer.radio, number)
        for column, part in enumerate((caption, before, mine, theirs)):
            plain = column < 2
            self._grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop if plain else Qt.AlignmentFlag(0))
        group.idToggled.connect(lambda _, on: self.changed.emit() if on else None)
        self._groups[item.path] = group

    def choose_all(self, choice: str) -> None:
        """Choose the same side everywhere."""
        for path in self._groups:
            self.choose(path, choice)

    def choose(self, path: str, choice: str) -> None:
        """Choose one side of one field."""
        self._groups[path].button(0 if choice == MINE else 1).setChecked(True)

    def choices(self) -> dict[str, str]:
        """What is chosen so far."""
        return {
            path: THEIRS if group.checkedId() else MINE for path, group in self._groups.items() if group.checkedId() >= 0
        }

    def left_open(self) -> int:
        """How many fields still wait."""
        return len(self._groups) - len(self.choices())

    def minimum(self) -> int:
        """Width below which the answers would not be readable."""
        return theme.sp(560)
