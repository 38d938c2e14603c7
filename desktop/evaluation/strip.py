"""The sample that a list is of: which, how it was drawn, how far it has been looked at, and what can be done with it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QSizePolicy

from db.services.evaluation import Evaluation
from desktop import theme
from desktop.widgets.basics import Card, ElidedLabel, button, label, set_role


class SampleStrip(Card):
    """Chooses the sample and tells of it."""

    chosen = Signal(str)
    change_wanted = Signal()
    remove_wanted = Signal()
    rates_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = QComboBox()
        self.choice.setAccessibleName("评估")
        self.choice.setMinimumWidth(theme.sp(260))
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._from = label("", "badge")
        set_role(self._from, "tone", "plain")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("核查进度")
        self._figures = label("", "strong")
        self._about = ElidedLabel("", "secondary")
        self.change = button("修改", "", "pencil", self.change_wanted.emit)
        self.rates = button("评估结果", "", "file-text", self.rates_wanted.emit)
        self.rates.setToolTip("错评率、漏评率等十项比率")
        self.remove = button("作废", "", "trash-2", self.remove_wanted.emit)
        self._arrange()
        self.choice.currentIndexChanged.connect(lambda _at: self.chosen.emit(self.choice.currentData() or ""))

    def _arrange(self) -> None:
        self.body.setContentsMargins(16, 12, 16, 12)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(12)
            self.body.addLayout(row)
        first.addWidget(self.choice)
        first.addWidget(self._from)
        first.addStretch(1)
        first.addWidget(self.remove)
        first.addWidget(self.change)
        first.addWidget(self.rates)
        self.bar.setFixedWidth(theme.sp(160))
        second.addWidget(self.bar)
        second.addWidget(self._figures)
        second.addWidget(self._about, 1)

    def offer(self, evaluations: list[Evaluation], chosen: str) -> None:
        """List the samples, *chosen* in front."""
        self.choice.blockSignals(True)
        self.choice.clear()
        for item in evaluations:
            self.choice.addItem(f"{item.title}（{item.content.text('drawn_on')}）", item.id)
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)) if evaluations else -1)
        self.choice.blockSignals(False)

    def show_evaluation(self, item: Evaluation) -> None:
        """Tell of *item*."""
        self._from.setText("" if item.is_own else f"{item.office_name}抽样")
        self._from.setVisible(not item.is_own)
        self._about.set_whole("　".join(filter(None, (item.words, item.content.text("evaluator")))))
        self.change.setVisible(item.is_own)
        self.remove.setVisible(item.is_own and not item.done)
        self.remove.setToolTip("还没有登记结果，可以作废重抽；作废的也算一次抽样，印在表上")
        self.bar.setRange(0, max(item.size, 1))
        self.bar.setValue(item.done)
        self._figures.setText(f"已核查 {item.done:,} 户，共 {item.size:,} 户")
