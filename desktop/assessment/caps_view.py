"""Caps: for every aid item how much at most, what was had this year, what is left, and the clause behind it."""

from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout

from db.domain.policy.assessment import CapResult
from db.domain.policy.explanation import amount_words
from desktop import theme
from desktop.assessment.explanation_view import place_words, split_citation
from desktop.assessment.tones import TONE_SIGNS
from desktop.widgets.basics import Icon, button, label, line

_HEADS = ("", "救助项目", "最高（元）", "今年已得", "还可给")


def tone_of(cap: CapResult) -> str:
    """Whether it may be given."""
    if cap.allowed is False:
        return "failed"
    return "unknown" if cap.missing or cap.allowed is None else "passed"


def _ended(text: str) -> str:
    return text if text.endswith(("。", "？", "?")) else f"{text}。"


class CapsCard(QFrame):
    """One line per aid item; where something is missing, a link to its place."""

    wanted = Signal(str)  # place

    def __init__(self, caps: tuple[CapResult, ...], document: str, may_change: bool) -> None:
        super().__init__()
        self._may_change = may_change
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(label("各项救助最高可到", "section"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        for at, text in enumerate(_HEADS):
            self._grid.addWidget(label(text, "small"), 0, at, Qt.AlignmentFlag.AlignRight if at > 1 else Qt.AlignmentFlag.AlignLeft)
        for cap in caps:
            self._add(cap, document)
        column.addLayout(self._grid)

    def _add(self, cap: CapResult, document: str) -> None:
        row = self._grid.rowCount()
        self._grid.addWidget(line(), row, 0, 1, len(_HEADS))
        row += 1
        self._grid.addWidget(Icon(*TONE_SIGNS[tone_of(cap)], 16), row, 0)
        name = cap.label + (f"（{cap.person_name}）" if cap.person_name else "")
        self._grid.addWidget(label(name, "strong", wrap=True), row, 1)
        for at, text in enumerate(self._figures(cap), start=2):
            figure = label(text, "strong" if at == len(_HEADS) - 1 else "")
            self._grid.addWidget(figure, row, at, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        found, clause = split_citation(cap.citation)
        why = "".join(_ended(part) for part in (self._why(cap), cap.approval) if part)
        if why:
            self._grid.addWidget(label(why, "secondary", wrap=True), row + 1, 1, 1, len(_HEADS) - 1)
        if cap.missing and self._may_change:
            self._grid.addWidget(self._link(cap.missing[0].place), row + 2, 2, 1, 3, Qt.AlignmentFlag.AlignRight)
        cited = label(clause if found == document else cap.citation, "small", wrap=True)
        cited.setToolTip(cap.citation)
        self._grid.addWidget(cited, row + 2, 1)

    def _link(self, place: str) -> QPushButton:
        go = button(place_words(place), "link", "chevron-right", lambda: self.wanted.emit(place))
        go.setStyleSheet(f"min-height: {theme.sp(20)}px; padding: 0 2px;")
        return go

    @staticmethod
    def _figures(cap: CapResult) -> tuple[str, str, str]:
        if cap.allowed is False:
            return "不能给", amount_words(cap.already) if cap.already else "--", "--"
        if cap.amount is None:
            return ("未定" if cap.missing else "不限"), amount_words(cap.already) if cap.already else "--", "--"
        left = cap.left if cap.left is not None else Fraction(0)
        return amount_words(cap.amount), amount_words(cap.already), amount_words(left)

    @staticmethod
    def _why(cap: CapResult) -> str:
        if cap.missing:
            return " ".join(dict.fromkeys(item.question for item in cap.missing))
        if cap.allowed is not False and cap.amount is None:
            return "文件没有规定金额上限"
        return cap.reason
