"""Middle column of the wizard: head, the body of the present step or the whole check, filling note, buttons."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.domain.form_schema import Section
from desktop.forms.check_panel import CheckPanel
from desktop.widgets.basics import ElidedLabel, Note, button, label

_NOTE_MARGINS = 18


class FormCard(QFrame):
    """The card the clerk types in."""

    back_wanted = Signal()
    next_wanted = Signal()
    check_wanted = Signal()
    save_wanted = Signal()
    paper_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title = label("", "title")
        self._hint = ElidedLabel("", "small")
        self.unfold = button("表样", "quiet", "panel-right-open", self.paper_wanted.emit)
        self.unfold.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.unfold.setToolTip("看表样　F9")
        self.bodies = QStackedWidget()
        self.check = CheckPanel()
        self._note = Note("", "plain")
        self._back = button("上一步", act=self.back_wanted.emit)
        self._next = button("下一步", "primary", act=self.next_wanted.emit)
        self._sides = QStackedWidget()
        self._sides.addWidget(self._make_form())
        self._sides.addWidget(self.check)
        inner = QVBoxLayout(self)
        inner.setContentsMargins(24, 16, 12, 12)
        inner.addWidget(self._sides)

    def _make_form(self) -> QWidget:
        form = QWidget()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._hint, 1)
        head.addWidget(self.unfold)
        note = QHBoxLayout()
        note.setContentsMargins(0, 0, 12, 0)
        note.addWidget(self._note)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 12, 0)
        foot.setSpacing(8)
        foot.addWidget(self._back)
        foot.addStretch(1)
        foot.addWidget(button("检查全表  F8", act=self.check_wanted.emit))
        foot.addWidget(button("保存草稿  Ctrl+S", act=self.save_wanted.emit))
        foot.addWidget(self._next)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.bodies, 1)
        column.addLayout(note)
        column.addLayout(foot)
        return form

    def show_step(self, step: int, last: int, section: Section, body: QWidget) -> None:
        """Show the body of a step."""
        self._sides.setCurrentIndex(0)
        self.bodies.setCurrentWidget(body)
        self._title.setText(f"{step + 1}. {section.title}")
        self._hint.set_whole(section.hint)
        self._back.setEnabled(step > 0)
        self._next.setText("完成建档  Ctrl+Enter" if step == last else "下一步")

    def show_check(self) -> None:
        """Show the whole check in place of the fields."""
        self._sides.setCurrentWidget(self.check)

    def explain(self, text: str) -> None:
        """Say how the present field is filled in."""
        self._note.show_text(f"填表说明　{text}", "plain")
        # always room for two lines: the fields above must not move from one field to the next
        self._note.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + _NOTE_MARGINS)
        self._note.setVisible(bool(text))

    def focus_next(self) -> None:
        """Put the cursor on 下一步."""
        self._next.setFocus(Qt.FocusReason.TabFocusReason)
