"""The line below the worksheet: people, income, per head and month, self-borne expenses, what nobody asked yet."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from db.domain.field_kinds import format_amount
from db.domain.means_flow import MeansFlow
from db.domain.means_income import income_proposals
from desktop.widgets.basics import button, label


class SheetSummary(QFrame):
    """Figures that follow every key."""

    wanted = Signal(str)  # section

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._figures: dict[str, QLabel] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 3, 8, 3)
        row.setSpacing(6)
        for name, caption in (
            ("size", "共同生活"),
            ("income", "家庭年可支配收入"),
            ("each", "月人均"),
            ("borne", "自付支出"),
        ):
            row.addWidget(label(caption, "secondary"))
            self._figures[name] = label("--", "strong")
            row.addWidget(self._figures[name])
            row.addSpacing(14)
        row.addStretch(1)
        self._open = button("", "link", "triangle-alert", self._go)
        self._first = ""
        row.addWidget(self._open)

    def show_flow(self, flow: MeansFlow) -> None:
        """Show the figures of *flow*."""
        figures = income_proposals(flow.archive, flow.counted())
        self._figures["size"].setText(f"{flow.facts().size} 人")
        self._figures["income"].setText(_amount(figures.get("annual_household_income")))
        self._figures["each"].setText(_amount(figures.get("per_capita_monthly_income")))
        borne = next((total.amount for total in flow.totals("expenses") if total.strong), None)
        self._figures["borne"].setText(_amount(borne))
        unasked = flow.unasked()
        self._first = unasked[0].key if unasked else ""
        self._open.setText(f"还有 {len(unasked)} 节没核实")
        self._open.setToolTip("、".join(section.title for section in unasked))
        self._open.setVisible(bool(unasked))

    def _go(self) -> None:
        if self._first:
            self.wanted.emit(self._first)


def _amount(value: object) -> str:
    return f"{format_amount(value)} 元" if isinstance(value, int) else "--"
