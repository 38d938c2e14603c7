"""What became of many households at once: how many were done, which were passed over and why."""

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from db.services.skipped import Skipped
from desktop import theme
from desktop.widgets.basics import button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

_COLUMNS: list[Column[Skipped]] = [
    Column("档案编号", lambda row: row.archive_number or "--", 165),
    Column("姓名", lambda row: row.name or "--", 90),
    Column("原因", lambda row: row.reason, 325),
]


class ResultDialog(QDialog):
    """*done* in words, *lines* that say more of it, and below the *skipped* under the words *not_done*."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        done: str,
        skipped: Sequence[Skipped],
        not_done: str,
        lines: Sequence[QLayout] = (),
    ) -> None:
        super().__init__(parent.window())
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.sp(620))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(done, "section"))
        for line in lines:
            column.addLayout(line)
        if skipped:
            column.addWidget(label(f"{len(skipped):,} 户{not_done}：", "error"))
            column.addWidget(_table(skipped), 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        close = button("知道了", "primary", act=self.accept)
        foot.addWidget(close)
        column.addLayout(foot)
        close.setDefault(True)
        close.setFocus()


def _table(skipped: Sequence[Skipped]) -> QWidget:
    model = RowsModel(_COLUMNS)
    model.show_rows(skipped)
    table = rows_table(model)
    table.setMinimumHeight(theme.sp(180))
    return table
