"""What became of many households assessed at once: how many per outcome, and which were passed over and why."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from db.domain.policy.assessment import OUTCOME_LABELS
from db.services.assessing import ManyAssessed, Skipped
from desktop import theme
from desktop.assessment.tones import OUTCOME_SIGNS
from desktop.widgets.basics import Icon, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table


class ManyDialog(QDialog):
    """Outcomes above, the households passed over below."""

    def __init__(self, parent: QWidget, made: ManyAssessed) -> None:
        super().__init__(parent.window())
        self.setWindowTitle("认定结果")
        self.setMinimumWidth(theme.sp(620))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(f"已认定并存档 {made.done:,} 户", "section"))
        for outcome, words in OUTCOME_LABELS.items():
            if made.outcomes[outcome]:
                row = QHBoxLayout()
                row.setSpacing(8)
                row.addWidget(Icon(*OUTCOME_SIGNS[outcome], 18))
                row.addWidget(label(words), 1)
                row.addWidget(label(f"{made.outcomes[outcome]:,} 户", "strong"))
                column.addLayout(row)
        if made.skipped:
            column.addWidget(label(f"{len(made.skipped):,} 户没有认定：", "error"))
            column.addWidget(self._skipped(made.skipped), 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        close = button("知道了", "primary", act=self.accept)
        foot.addWidget(close)
        column.addLayout(foot)
        close.setDefault(True)
        close.setFocus()

    @staticmethod
    def _skipped(skipped: list[Skipped]) -> QWidget:
        columns: list[Column[Skipped]] = [
            Column("档案编号", lambda row: row.archive_number or "--", 170),
            Column("姓名", lambda row: row.name or "--", 90),
            Column("原因", lambda row: row.reason, 320),
        ]
        model = RowsModel(columns)
        model.show_rows(skipped)
        table = rows_table(model)
        table.setMinimumHeight(theme.sp(180))
        return table
