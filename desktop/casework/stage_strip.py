"""The stages of what is under way, side by side: done, present, still to come."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from db.domain.case_flow import CaseState
from db.domain.case_words import STAGE_LABELS, STAGES, Stage, Track
from desktop import theme
from desktop.assessment.layouts import clear
from desktop.widgets.basics import Icon, label

_SHOWN = tuple(stage for stage in STAGES if stage is not Stage.OBJECTION)


class StageStrip(QWidget):
    """Hidden while nothing is being decided upon."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def show_state(self, state: CaseState) -> None:
        """Show how far the case has come."""
        clear(self._row)
        self.setVisible(state.track is not Track.NONE)
        if state.track is Track.NONE:
            return
        stages = _SHOWN if state.track in {Track.FILE, Track.READMIT} else _SHOWN[1:]
        here = Stage.NOTICE if state.stage is Stage.OBJECTION else state.stage
        reached = stages.index(here)
        for at, stage in enumerate(stages):
            if at:
                self._row.addWidget(Icon("chevron-right", theme.LINE_STRONG, 14))
            self._add(stage, at, reached, state)
        self._row.addStretch(1)
        self.setAccessibleName(f"第 {reached + 1} 步，共 {len(stages)} 步：{STAGE_LABELS[state.stage]}")

    def _add(self, stage: Stage, at: int, reached: int, state: CaseState) -> None:
        if at < reached:
            self._row.addWidget(Icon("circle-check", theme.GREEN, 16))
            self._row.addWidget(label(STAGE_LABELS[stage], "secondary"))
        elif at == reached:
            self._row.addWidget(Icon("circle-dot", theme.ACTION, 16))
            self._row.addWidget(label(STAGE_LABELS[state.stage], "strong"))
        else:
            self._row.addWidget(Icon("circle", theme.LINE_STRONG, 16))
            self._row.addWidget(label(STAGE_LABELS[stage], "small"))
