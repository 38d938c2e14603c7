"""Change one figure of a pack: the new value in its own kind of field, and the document and clause it rests on."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from db.errors import UserError
from db.services import policies, policy_editing
from db.services.policies import OPERATOR_LABELS, EditableFigure, FigureChange, FigureKind
from desktop import theme
from desktop.widgets.basics import Card, Note, button, label, set_role
from desktop.widgets.filter_combo import FilterCombo

NEW_SOURCE = ""
"""Value of the list of documents that means the one to be registered with this version."""
_HINTS = {
    FigureKind.NUMBER: "数字，如 1.5",
    FigureKind.WHOLE: "整数，如 12",
    FigureKind.DAY: "年-月-日，如 2026-06-30",
    FigureKind.MONTH_DAY: "月-日，如 06-30",
    FigureKind.AGES: "两个年龄，如 16-59",
    FigureKind.CHOICES: "用顿号隔开",
    FigureKind.TEXT: "文字",
}


_PICKED = frozenset({FigureKind.OPERATOR, FigureKind.CHOICE})
"""Kinds that are picked from a list, not typed."""


def _options(figure: EditableFigure) -> list[tuple[str, str]]:
    labels = OPERATOR_LABELS if figure.kind is FigureKind.OPERATOR else policies.choice_labels(str(figure.place[-1]))
    return [(code, labels[code]) for code in figure.choices or tuple(labels)]


def shown_value(figure: EditableFigure, text: str) -> str:
    """A value as people read it, with its unit."""
    return policies.figure_text(replace(figure, value_text=text, is_unset=False))


class FigureEditor(Card):
    """Fields for the figure marked in the table; tells of every change that can be used."""

    edited = Signal(object)  # FigureChange, or None: as before

    def __init__(self, sources: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setFixedWidth(theme.sp(330))
        self._figure: EditableFigure | None = None
        self._title = label("", "section", wrap=True)
        self._group = label("", "secondary", wrap=True)
        self._question = Note("", "warning")
        self._now = label("", "", wrap=True)
        self.value = QLineEdit()
        self.operator = FilterCombo((), "请选择")
        self._unit = label("", "secondary")
        self.source = FilterCombo([*sources, (NEW_SOURCE, "新文件（在下面登记）")], "选择依据的文件")
        self.clause = QLineEdit()
        self.clause.setPlaceholderText("如：第四条第二项")
        self._problem = label("", "error", wrap=True)
        self._undo = button("恢复原数", "link", "undo-2", self._restore)
        self._arrange()
        for field in (self.value, self.clause):
            field.textEdited.connect(lambda _: self._on_edit())
        self.operator.changed.connect(lambda _: self._on_edit())
        self.source.changed.connect(lambda _: self._on_edit())

    def _arrange(self) -> None:
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.value, 1)
        row.addWidget(self.operator, 1)
        row.addWidget(self._unit)
        foot = QHBoxLayout()
        foot.addWidget(self._undo)
        foot.addStretch(1)
        parts: list[QWidget | QHBoxLayout] = [self._group, self._title, self._question, label("新的数"), row]
        parts += [label("依据的文件"), self.source, label("条款"), self.clause, self._problem, foot, self._now]
        for part in parts:
            if isinstance(part, QWidget):
                column.addWidget(part)
            else:
                column.addLayout(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.body.setContentsMargins(16, 12, 8, 12)
        self.body.addWidget(area)

    def show_figure(self, figure: EditableFigure, change: FigureChange | None, basis: tuple[str, str] | None = None) -> None:
        """Show *figure*, with the change already made to it; *basis*: document and clause to propose."""
        self._figure = figure
        self._group.setText(figure.group)
        self._title.setText(figure.label)
        self._question.setVisible(figure.is_unset)
        self._question.show_text(figure.question, "warning")
        now = shown_value(figure, figure.value_text) if figure.value_text else "待定"
        self._now.setText(f"现在：{now}" + (f"\n依据：{figure.citation}" if figure.citation else ""))
        self._show_value(figure, change.value if change else "")
        for part in (self.source, self.clause):
            part.setEnabled(figure.is_cited)
        source, clause = (change.source, change.clause) if change else basis or (None, "")
        self.source.set_value(source)
        self.clause.setText(clause)
        self._undo.setVisible(change is not None)
        self._problem.hide()

    def _show_value(self, figure: EditableFigure, text: str) -> None:
        is_picked = figure.kind in _PICKED
        self.value.setVisible(not is_picked)
        self.operator.setVisible(is_picked)
        self._unit.setText("" if is_picked else figure.unit)
        if is_picked:
            self.operator.set_options(_options(figure))
            self.operator.set_value(text or None)
        else:
            labels = "、".join(policies.choice_labels(str(figure.place[-1])).values())
            self.value.setPlaceholderText(_HINTS[figure.kind])
            self.value.setToolTip(f"可以写：{labels}" if figure.kind is FigureKind.CHOICES else "")
            self.value.setText(text)

    def start(self) -> None:
        """Put the cursor into the new value."""
        field = self.operator if self.value.isHidden() else self.value
        field.setFocus()
        field.selectAll()

    # -- what is typed

    def _typed(self) -> str:
        assert self._figure is not None
        if self._figure.kind in _PICKED:
            return str(self.operator.value() or "")
        return self.value.text().strip()

    def _on_edit(self) -> None:
        figure = self._figure
        if figure is None:
            return
        typed = self._typed()
        if not typed:
            self._tell("")
            self.edited.emit(None)
            return
        self.edited.emit(FigureChange(figure.path, typed, str(self.source.value() or ""), self.clause.text().strip()))
        self._undo.show()
        self._tell(self.problem())

    def problem(self) -> str:
        """Why the change shown cannot be used yet; empty when it can."""
        figure = self._figure
        if figure is None or not self._typed():
            return ""
        try:
            policy_editing.figure_value(figure, self._typed())
        except UserError as fault:
            return fault.text()
        if figure.is_cited and self.source.value() is None:
            return "请选依据的文件；没有登记过的选“新文件”。"
        if figure.is_cited and not self.clause.text().strip():
            return "请填写条款，如“第四条第二项”。"
        return ""

    def _tell(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        set_role(self.value, "state", "error" if sentence and self.value.isVisible() else "")

    def _restore(self) -> None:
        if self._figure is not None:
            self.show_figure(self._figure, None)
            self.edited.emit(None)
