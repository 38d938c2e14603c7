"""The sample that a list is of: which, how it was drawn, how far it has been looked at, and what can be done with it."""

from PySide6.QtCore import Signal

from db.services.evaluation import Evaluation
from desktop.widgets.basics import button
from desktop.widgets.choice_strip import ChoiceStrip


class SampleStrip(ChoiceStrip):
    """Chooses the sample and tells of it."""

    rates_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("评估", "核查进度", "作废")
        self.rates = button("评估结果", "", "file-text", self.rates_wanted.emit)
        self.rates.setToolTip("错评率、漏评率等十项比率")
        self.lay_out(self.rates, 160)

    def offer(self, evaluations: list[Evaluation], chosen: str) -> None:
        """List the samples, *chosen* in front."""
        self.offer_choices([(item.id, f"{item.title}（{item.content.text('drawn_on')}）") for item in evaluations], chosen)

    def show_evaluation(self, item: Evaluation) -> None:
        """Tell of *item*."""
        self.show_origin("" if item.is_own else f"{item.office_name}抽样")
        self._about.set_whole("　".join(filter(None, (item.words, item.content.text("evaluator")))))
        self.change.setVisible(item.is_own)
        self.remove.setVisible(item.is_own and not item.done)
        self.remove.setToolTip("还没有登记结果，可以作废重抽；作废的也算一次抽样，印在表上")
        self.show_figures(item.done, item.size, f"已核查 {item.done:,} 户，共 {item.size:,} 户")
