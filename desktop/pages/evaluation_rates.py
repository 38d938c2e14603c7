"""The ten indicators of an evaluation: numerator, denominator, rate and how sure it is; each leads to its households."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from db.domain.reports.evaluation_rates import Rate
from db.services import evaluation
from db.services.evaluation import Evaluation, EvaluationResult
from desktop import background, theme
from desktop.context import AppContext, Page
from desktop.evaluation import check_papers
from desktop.exchange.print_dialog import PrintDialog
from desktop.widgets.basics import Card, Note, PageHeader, label
from desktop.widgets.rows import Column, RowsModel, rows_table

_FOOT = (
    "比率只从查清的户算，没有查清的不算。“95% 的把握在”是照简单随机抽样估计的全部户的范围（Wilson 区间），户数越少范围越宽。"
    "双击一行，看是哪几户。"
)


class EvaluationRatesPage(Page):
    """The rates of one sample."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self._evaluation_id = ""
        self.item: Evaluation | None = None
        self.header = PageHeader("评估结果")
        self.header.add_back(context.window.go_back)
        self.header.add_action("存为 Excel…", self.save, icon="file-spreadsheet")
        self.header.add_action("打印评估结果…", self.print_result, "primary", "printer")
        self.note = Note("", "plain")
        self.rates: RowsModel[Rate] = RowsModel(
            [
                Column("指标", lambda row: row.indicator.label, 190, bold=True, firm=True),
                Column("分子", lambda row: f"{row.numerator:,}", 64, right=True, firm=True),
                Column("分母", lambda row: f"{row.denominator:,}", 64, right=True, firm=True),
                Column("比率", lambda row: row.words, 80, _ink, right=True, bold=True, firm=True),
                Column("95% 的把握在", lambda row: row.interval_words, 140, firm=True),
                Column("要注意", lambda row: row.hint or "--", 250),
                Column("算法", lambda row: row.indicator.definition, 330),
            ]
        )
        self.table = rows_table(self.rates)
        self.table.setAccessibleName("十项指标")
        self.table.opened.connect(lambda index: self._go_to(self.rates.row_at(index)))
        self._meaning = label("", "secondary", wrap=True)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._tell())
        card = Card()
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._meaning)
        card.body.addWidget(label(_FOOT, "small", wrap=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self.note)
        column.addWidget(card, 1)

    def open(self, evaluation_id: str = "", **_: Any) -> None:
        """Show the rates of a sample."""
        self._evaluation_id = evaluation_id or self._evaluation_id
        if self._evaluation_id:
            self._show(evaluation.result(self._session, self._evaluation_id))
        self.table.setFocus()

    def place(self) -> dict[str, Any]:
        """The sample shown."""
        return {"evaluation_id": self._evaluation_id}

    def _show(self, told: EvaluationResult) -> None:
        self.item = told.evaluation
        self.header.set_texts("评估结果", f"{told.evaluation.title}　{told.evaluation.content.text('evaluator')}".strip())
        left = told.evaluation.size - told.evaluation.done
        unmet = f"，其中没有见到人的 {told.not_reached:,} 户" if told.not_reached else ""
        words = f"已核查 {told.evaluation.done:,} 户{unmet}，还差 {left:,} 户。" if left else f"抽出的户都核查过了{unmet}。"
        self.note.show_text(f"{words}{told.evaluation.words}", "warning" if left else "done")
        at = max(0, self.table.currentIndex().row())
        self.rates.show_rows(told.rates)
        self.table.selectRow(at)
        self._tell()

    def _tell(self) -> None:
        """The definition of the indicator in hand, whole."""
        row = self.rates.row_at(self.table.currentIndex())
        told = [f"{row.indicator.label}＝{row.indicator.definition}", *([row.hint] if row.hint else [])] if row else []
        self._meaning.setText("　".join(told))

    def _go_to(self, row: Rate | None) -> None:
        if row is not None:
            self.context.window.show_page(
                "evaluation", state="all", evaluation_id=self._evaluation_id, indicator=row.indicator.code
            )

    # -- papers

    def print_result(self) -> None:
        """The rates on paper."""
        session, evaluation_id = self._session, self._evaluation_id

        def work(_progress: object) -> bytes:
            pdf: bytes = check_papers.papers().result_pdf(session, evaluation_id)
            return pdf

        def done(pdf: bytes) -> None:
            hint = "只有档案编号，没有姓名"
            PrintDialog(self, pdf, "第三方评估结果", f"评估结果-{session.today}.pdf", hint, private=False).exec()

        background.run(self, work, done, title="正在排版…")

    def save(self) -> None:
        """The same as a workbook."""
        if self.item is not None:
            check_papers.save_result(self.context, self, self.item)


def _ink(row: Rate) -> str | None:
    return theme.AMBER_INK if row.indicator.is_fault and row.numerator else None
