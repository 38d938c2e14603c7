"""The whole check (F8): what is missing or wrong, step by step; each line leads to its field."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from db.domain import validation
from db.domain.form_flow import Finding, FormFlow
from desktop import theme
from desktop.forms.field_row import FindingLine
from desktop.widgets.basics import EmptyState, button, label, line


class CheckPanel(QWidget):
    """List of findings in place of the fields."""

    jump_wanted = Signal(object)  # place
    back_wanted = Signal()
    submit_wanted = Signal()
    save_incomplete_wanted = Signal()
    confirmed = Signal(object, str)
    open_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", "title")
        self._hint = label("", "small", wrap=True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._incomplete = button("先存为未完成档案", act=self.save_incomplete_wanted.emit)
        self._submit = button("完成建档  Ctrl+Enter", "primary", act=self.submit_wanted.emit)
        self.jumps: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addWidget(self._scroll, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(button("回到填表  Esc", act=self.back_wanted.emit))
        foot.addStretch(1)
        foot.addWidget(self._incomplete)
        foot.addWidget(self._submit)
        column.addLayout(foot)

    def show_findings(self, flow: FormFlow) -> None:
        """List what stands in the way of filing."""
        findings = flow.findings()
        errors = [item for item in findings if item.is_error]
        warnings = flow.open_warnings()
        self._title.setText("检查全表")
        self._hint.setText(_summary(len(errors), len(warnings)))
        self._submit.setVisible(not errors)
        self._submit.setEnabled(not warnings)
        self._incomplete.setVisible(bool(errors) and all(item.problem.code == "required" for item in errors))
        self._incomplete.setToolTip("档案会列为“资料未齐”，以后再补。")
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 12, 8)
        column.setSpacing(4)
        self.jumps = []
        for step, section in enumerate(flow.schema.sections):
            found = [item for item in findings if item.step == step]
            if found:
                self._add_section(column, f"{step + 1}. {section.title}", found, flow)
        if not findings:
            column.addWidget(EmptyState("circle-check", "没有发现问题，可以完成建档。"))
        column.addStretch(1)
        self._scroll.setWidget(inside)
        (self.jumps[0] if errors or warnings else self._submit).setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_section(self, column: QVBoxLayout, title: str, found: list[Finding], flow: FormFlow) -> None:
        if column.count():
            column.addSpacing(4)
            column.addWidget(line())
        column.addWidget(label(title, "strong"))
        for item in found:
            column.addWidget(self._entry(item, flow))

    def _entry(self, item: Finding, flow: FormFlow) -> QWidget:
        entry = QWidget()
        row = QHBoxLayout(entry)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        jump = button(validation.describe_place(item.problem, flow.content), "link")
        jump.setFixedWidth(theme.sp(190))
        jump.setToolTip("跳到这一项")
        jump.clicked.connect(lambda: self.jump_wanted.emit(item.place))
        self.jumps.append(jump)
        said = FindingLine(item, flow.confirmations.get(item.problem.place, ""))
        said.confirmed.connect(self.confirmed)
        said.open_wanted.connect(self.open_wanted)
        row.addWidget(jump, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(said, 1)
        return entry

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk the list, Enter jumps, Escape returns."""
        at = next((index for index, jump in enumerate(self.jumps) if jump.hasFocus()), -1)
        if event.key() == Qt.Key.Key_Escape:
            self.back_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and at >= 0:
            self.jumps[at].click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.jumps:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            target = self.jumps[max(0, min(len(self.jumps) - 1, at + step))]
            target.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(target)
        else:
            super().keyPressEvent(event)


def _summary(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "各项都填好了。"
    parts = []
    if errors:
        parts.append(f"{errors} 处要填写或改正")
    if warnings:
        parts.append(f"{warnings} 处提醒要核对，情况属实的写明理由即可")
    return "还有 " + "，".join(parts) + "。点一行跳到该项。"
