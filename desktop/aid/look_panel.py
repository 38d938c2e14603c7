"""What there is to mind of a grant while it is typed: the cap, what is left of it, the source, and every finding."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from db.domain.aid.aid_check import AidFinding, Weight
from db.domain.field_kinds import format_amount
from db.domain.policy.explanation import amount_words
from db.services.aid import AidLook
from desktop import theme
from desktop.assessment.layouts import clear
from desktop.widgets.basics import Icon, label

WEIGHT_SIGNS = {
    Weight.STOP: ("circle-x", theme.RED),
    Weight.REASON: ("triangle-alert", theme.AMBER),
    Weight.NOTE: ("info", theme.ACTION),
}
_WORDS = {Weight.REASON: "要写理由：", Weight.STOP: "不能批准：", Weight.NOTE: ""}
CAPTIONS = ("最高", "今年已得", "还可给", "资金来源还可安排")
NONE = "--"
_SAID_BY_HINT = frozenset({"no_fund"})


def finding_line(finding: AidFinding) -> QHBoxLayout:
    """One finding with its sign; the sign never stands for the words."""
    row = QHBoxLayout()
    row.setSpacing(8)
    sign = Icon(*WEIGHT_SIGNS[finding.weight], 18)
    sign.setMinimumHeight(theme.sp(21))
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    role = "error" if finding.weight is Weight.STOP else ""
    row.addWidget(label(f"{_WORDS[finding.weight]}{finding.text}", role, wrap=True), 1)
    return row


class LookPanel(QFrame):
    """The figures *captions* in rows of *across*, and the findings below them; *clear* is said where there is none."""

    def __init__(self, captions: Sequence[str] = CAPTIONS, across: int = 4, clear: str = "可以批准。") -> None:
        super().__init__()
        self._clear = clear
        self.setProperty("role", "card")
        self._figures: dict[str, QLabel] = {}
        self._captions: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(2)
        for at, caption in enumerate(captions):
            down, right = divmod(at, across)
            self._captions[caption] = label(f"{caption}（元）", "small")
            grid.addWidget(self._captions[caption], 2 * down, right)
            self._figures[caption] = label(NONE, "strong")
            grid.addWidget(self._figures[caption], 2 * down + 1, right)
            grid.setColumnStretch(right, 1)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(grid)
        column.addLayout(self._lines)
        column.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """Room for two findings from the beginning, that nothing jumps; for more as they come."""
        return super().minimumSizeHint().expandedTo(QSize(0, theme.sp(150)))

    def sizeHint(self) -> QSize:
        """The same."""
        return super().sizeHint().expandedTo(QSize(0, theme.sp(150)))

    def show_look(self, look: AidLook | None, hint: str = "") -> None:
        """Show what was found; *hint* says what is still to be filled in."""
        cap = look.cap if look else None
        barred = cap is not None and cap.allowed is False
        most = NONE if cap is None else "不能给" if barred else amount_words(cap.amount) if cap.amount is not None else "不限"
        if cap is not None and cap.missing and cap.amount is None:
            most = "未定"
        self._put("最高", most)
        self._put("今年已得", amount_words(cap.already) if cap and cap.already else NONE)
        left = look.cap_left if look else None
        self._put("还可给", format_amount(left) if left is not None else NONE)
        self._put("资金来源还可安排", format_amount(look.fund.available) if look and look.fund else NONE)
        clear(self._lines)
        if hint:
            self._lines.addWidget(label(hint, "secondary", wrap=True))
        for finding in look.findings if look else ():
            if not hint or finding.code not in _SAID_BY_HINT:
                self._lines.addLayout(finding_line(finding))
        if look and not hint and not look.findings:
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(Icon("circle-check", theme.GREEN, 18))
            row.addWidget(label(self._clear, wrap=True), 1)
            self._lines.addLayout(row)

    def show_figures(self, shown: bool) -> None:
        """Show the figures, or leave them away where they have nothing to say, as of several households."""
        for part in (*self._captions.values(), *self._figures.values()):
            part.setVisible(shown)

    def _put(self, caption: str, text: str) -> None:
        if caption in self._figures:
            self._figures[caption].setText(text)

    def figure(self, caption: str) -> str:
        """The figure under *caption*."""
        return self._figures[caption].text()
