"""Choose a year and a part of it: the whole year, a half, a quarter or a month."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from db.domain.reports.period import PARTS, Period, period_of

YEARS_BACK = 8


class PeriodChoice(QWidget):
    """Two combos side by side."""

    changed = Signal()

    def __init__(self, today: str) -> None:
        super().__init__()
        self.year, self.part = QComboBox(), QComboBox()
        self.year.setAccessibleName("年度")
        self.part.setAccessibleName("期间")
        this_year = int(today[:4])
        for year in range(this_year, this_year - YEARS_BACK, -1):
            self.year.addItem(f"{year} 年", year)
        for sign, words in PARTS.items():
            self.part.addItem(words, sign)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for combo in (self.year, self.part):
            row.addWidget(combo)
            combo.activated.connect(lambda _at: self.changed.emit())

    def period(self) -> Period:
        """What is chosen."""
        return period_of(self.year.currentData(), self.part.currentData())

    def set_choice(self, year: int, part: str = "") -> None:
        """Choose without telling."""
        self.year.setCurrentIndex(max(self.year.findData(year), 0))
        self.part.setCurrentIndex(max(self.part.findData(part), 0))

    def choice(self) -> tuple[int, str]:
        """Year and the sign of its part."""
        return self.year.currentData(), self.part.currentData()

    def show_period(self, begins: str, ends: str) -> None:
        """Choose the year or part of it that goes from day to day, where it is one that can be chosen."""
        for part in PARTS:
            if period_of(int(ends[:4]), part) == Period(begins, ends):
                self.set_choice(int(ends[:4]), part)
                return
