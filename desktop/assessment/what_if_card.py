"""假如: turn one figure and see at once what would change; nothing is stored."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout

from db.domain.field_kinds import format_amount, parse_value
from db.domain.form_schema import FieldKind, FieldSpec
from db.domain.policy.explanation import headline, what_changed
from db.domain.policy.what_if import LARGEST_HOUSEHOLD, Figure
from db.errors import sentence
from desktop import theme
from desktop.assessment.case import Case
from desktop.assessment.layouts import clear
from desktop.assessment.tones import OUTCOME_SIGNS
from desktop.widgets.basics import Card, Icon, button, label, set_role

TYPING_MS = 150
MOST_LINES = 8


class WhatIfCard(Card):
    """One figure at a time."""

    def __init__(self) -> None:
        super().__init__("假如…", "改一个数，看结果怎么变；不保存")
        self._case: Case | None = None
        self._said: list[str] = []
        self.figure = QComboBox()
        self.figure.setAccessibleName("改哪一项")
        self.figure.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.figure.setMinimumContentsLength(8)
        self.value = QLineEdit()
        self.value.setAccessibleName("改成")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._unit = label("元", "secondary")
        self._back = button("还原", "link", "undo-2", self._put_back)
        self._problem = label("", "error", wrap=True)
        self._problem.hide()
        self.lines = QVBoxLayout()
        self.lines.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(label("改成", "secondary"))
        row.addWidget(self.value, 1)
        row.addWidget(self._unit)
        row.addWidget(self._back)
        self.body.addWidget(self.figure)
        self.body.addLayout(row)
        self.body.addWidget(self._problem)
        self.body.addLayout(self.lines)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.look)
        self.figure.currentIndexChanged.connect(lambda _at: self._put_back())
        self.value.textEdited.connect(lambda _text: self._typing.start())
        self.value.returnPressed.connect(self.look)

    def show_case(self, case: Case) -> None:
        """Offer the figures of *case*; the figure chosen before stays chosen."""
        chosen = self.figure.currentData()
        self._case = case
        self.figure.blockSignals(True)
        self.figure.clear()
        for figure in case.figures():
            self.figure.addItem(figure.label, figure)
            self.figure.setItemData(self.figure.count() - 1, figure.label, Qt.ItemDataRole.ToolTipRole)
        keys = [self.figure.itemData(at).key for at in range(self.figure.count())]
        self.figure.setCurrentIndex(keys.index(chosen.key) if chosen is not None and chosen.key in keys else 0)
        self.figure.blockSignals(False)
        self._put_back()

    def _chosen(self) -> Figure | None:
        found = self.figure.currentData()
        return found if isinstance(found, Figure) else None

    def _put_back(self) -> None:
        figure = self._chosen()
        if figure is not None:
            self.value.setText(format_amount(figure.value) if figure.is_money else str(figure.value))
            self._unit.setText("元" if figure.is_money else "人")
            self.look()

    def look(self) -> None:
        """Assess with the figure as it stands now, and tell what changed."""
        self._typing.stop()
        figure, case = self._chosen(), self._case
        if figure is None or case is None:
            return
        value, problem = _read(figure, self.value.text())
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        set_role(self.value, "state", "error" if problem else "")
        clear(self.lines)
        self._said = []
        if problem:
            return
        self._back.setVisible(value != figure.value)
        if value == figure.value:
            self.lines.addWidget(label("改一改上面的数。", "secondary"))
            return
        after = case.turned(figure.key, value)
        self._add(*OUTCOME_SIGNS[after.outcome], headline(after), "strong")
        changes = what_changed(case.assessment, after)
        for text in changes[:MOST_LINES]:
            self._add("chevron-right", theme.SECONDARY, text, "")
        if not changes:
            self._add("info", theme.SECONDARY, "结果不变。", "secondary")
        elif len(changes) > MOST_LINES:
            self.lines.addWidget(label(f"另有 {len(changes) - MOST_LINES} 处变化", "small"))

    def _add(self, icon: str, colour: str, text: str, role: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        mark = Icon(icon, colour, 16)
        mark.setMinimumHeight(theme.sp(21))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(text, role, wrap=True), 1)
        self._said.append(text)
        self.lines.addLayout(row)

    def texts(self) -> list[str]:
        """Sentences shown as consequence."""
        return list(self._said)


def _read(figure: Figure, text: str) -> tuple[int, str]:
    """The value typed, or what is wrong with it."""
    kind = FieldKind.MONEY if figure.is_money else FieldKind.COUNT
    parsed = parse_value(FieldSpec(key="what_if", label=figure.label, kind=kind), text)
    if parsed.code:
        return 0, sentence(parsed.code, dict(parsed.context or {}))
    if not isinstance(parsed.value, int) or parsed.value < 0:
        return 0, "请填写一个不小于 0 的数。"
    if not figure.is_money and not 1 <= parsed.value <= LARGEST_HOUSEHOLD:
        return 0, f"人数请填 1 到 {LARGEST_HOUSEHOLD}。"
    return parsed.value, ""
