"""Before a list is read in: what it would bring, the lines that stay out with their reasons, and the way on."""

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from desktop import theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

KIND = "Excel (*.xlsx *.xls *.ods)"
_WIDTH, _HEIGHT = 760, 220
Fault = TypeVar("Fault")


class TrialDialog(PlainDialog):
    """What a list would bring; accepted when its good lines shall be entered."""

    def __init__(self, parent: QWidget, title: str, told: str) -> None:
        super().__init__(parent, title, told, _WIDTH)

    def add_faults(self, caption: str, columns: list[Column[Fault]], faults: Sequence[Fault]) -> RowsModel[Fault]:
        """The lines that will not be read in."""
        self.body.addWidget(label(caption, "error", wrap=True))
        rows: RowsModel[Fault] = RowsModel(columns)
        rows.show_rows(faults)
        table = rows_table(rows)
        table.setMinimumHeight(theme.sp(_HEIGHT))
        self.body.addWidget(table, 1)
        return rows

    def add_way_on(self, words: str) -> None:
        """The button that enters the good lines says *words*; without any there is nothing to enter."""
        self.foot.addStretch(1)
        if words:
            self.foot.addWidget(button("取消", act=self.reject))
            self.foot.addWidget(button(words, "primary", act=self.accept))
        else:
            self.foot.addWidget(button("关闭", "primary", act=self.reject))
