"""The strip above a list: which campaign or sample the list is of, how far it has come, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from desktop import theme
from desktop.widgets.basics import Card, ElidedLabel, button, label, set_role


class ChoiceStrip(Card):
    """Chooses one and tells of it; a subclass says what there is to say."""

    chosen = Signal(str)
    change_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, choice_name: str, bar_name: str, remove_words: str) -> None:
        super().__init__()
        self.choice = QComboBox()
        self.choice.setAccessibleName(choice_name)
        self.choice.setMinimumWidth(theme.sp(260))
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._from = label("", "badge")
        set_role(self._from, "tone", "plain")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(bar_name)
        self._figures = label("", "strong")
        self._about = ElidedLabel("", "secondary")
        self.change = button("修改", "", "pencil", self.change_wanted.emit)
        self.remove = button(remove_words, "", "trash-2", self.remove_wanted.emit)
        self.choice.currentIndexChanged.connect(lambda _at: self.chosen.emit(self.choice.currentData() or ""))

    def lay_out(self, act: QPushButton, bar_width: int, *badges: QWidget) -> None:
        """The choice with its *badges* and acts, *act* the last; below it how far it has come."""
        self.body.setContentsMargins(16, 12, 16, 12)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(12)
            self.body.addLayout(row)
        for part in (self.choice, self._from, *badges):
            first.addWidget(part)
        first.addStretch(1)
        for made in (self.remove, self.change, act):
            first.addWidget(made)
        self.bar.setFixedWidth(theme.sp(bar_width))
        second.addWidget(self.bar)
        second.addWidget(self._figures)
        second.addWidget(self._about, 1)

    def offer_choices(self, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        """List them by id and words, *chosen* in front."""
        self.choice.blockSignals(True)
        self.choice.clear()
        for key, words in choices:
            self.choice.addItem(words, key)
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)) if choices else -1)
        self.choice.blockSignals(False)

    def show_origin(self, words: str) -> None:
        """Which other office it comes from; empty for this one."""
        self._from.setText(words)
        self._from.setVisible(bool(words))

    def show_figures(self, done: int, whole: int, words: str) -> None:
        """How far it has come."""
        self.bar.setRange(0, max(whole, 1))
        self.bar.setValue(done)
        self._figures.setText(words)
