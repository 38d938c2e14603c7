"""What became of many households assessed at once: how many per outcome, and which were passed over and why."""

from collections.abc import Iterator

from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from db.domain.policy.assessment import OUTCOME_LABELS
from db.services.assessing import ManyAssessed
from desktop.assessment.tones import OUTCOME_SIGNS
from desktop.widgets.basics import Icon, label
from desktop.widgets.result_dialog import ResultDialog


class ManyDialog(ResultDialog):
    """Outcomes above, the households passed over below."""

    def __init__(self, parent: QWidget, made: ManyAssessed) -> None:
        done = f"已认定并存档 {made.done:,} 户"
        super().__init__(parent, "认定结果", done, made.skipped, "没有认定", tuple(_outcomes(made)))


def _outcomes(made: ManyAssessed) -> Iterator[QLayout]:
    for outcome, words in OUTCOME_LABELS.items():
        if made.outcomes[outcome]:
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(Icon(*OUTCOME_SIGNS[outcome], 18))
            row.addWidget(label(words), 1)
            row.addWidget(label(f"{made.outcomes[outcome]:,} 户", "strong"))
            yield row
