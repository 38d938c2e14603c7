"""Import, third and fourth step: the figures and every remark by row and column – first tried, then stored."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from db.services.workbooks import HouseholdOutcome, ImportOutcome, ImportProblem, RowResult
from desktop import theme
from desktop.widgets.basics import Card, EmptyState, Note, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

SEVERITIES = {
    "error": ("错误", theme.RED),
    "warning": ("提醒", theme.AMBER_INK),
    "normalised": ("已整理", theme.GREEN_INK),
    "note": ("说明", theme.SECONDARY),
}
"""Label and ink of each kind of finding."""



@dataclass(frozen=True)
class Remark:
    """A finding with the household it concerns."""

    problem: ImportProblem
    name: str

    @property
    def severity(self) -> str:
        """Kind of finding."""
        return self.problem.severity


def remarks_of(outcome: ImportOutcome) -> list[Remark]:
    """Every finding with the name of its household."""
    names = {row: household.name for household in outcome.households for row in household.rows}
    return [Remark(problem, names.get(problem.row, "")) for problem in outcome.problems]


_COLUMNS: list[Column[Remark]] = [
    Column(
        "行",
        lambda remark: f"{remark.problem.row:,}" if remark.problem.row else "整表",
        64,
        lambda _: theme.SECONDARY,
        right=True,
    ),
    Column("户主", lambda remark: remark.name or "--", 90),
    Column("列", lambda remark: remark.problem.column_letter or "--", 48, lambda _: theme.SECONDARY),
    Column("栏目", lambda remark: remark.problem.column or "--", 160),
    Column("类别", lambda remark: SEVERITIES[remark.severity][0], 76, lambda remark: SEVERITIES[remark.severity][1]),
    Column("说明", lambda remark: remark.problem.message, 500),
]

_RESULT_INKS = {
    RowResult.CREATED: theme.GREEN_INK,
    RowResult.UPDATED: theme.ACTION,
    RowResult.UNCHANGED: theme.SECONDARY,
    RowResult.SKIPPED: theme.AMBER_INK,
    RowResult.FAILED: theme.RED,
}
# before the last step nothing has been created yet
_TRIED_LABELS = {
    RowResult.CREATED: "将新建",
    RowResult.UPDATED: "将更新",
    RowResult.UNCHANGED: "没有变化",
    RowResult.SKIPPED: "跳过",
    RowResult.FAILED: "不导入",
}


def remark_of(household: HouseholdOutcome) -> str:
    """What an update changes, field by field; what is wrong with a household that is refused."""
    if household.result is RowResult.FAILED:
        return next((problem.message for problem in household.problems if problem.severity == "error"), "")
    return "；".join(f"{item.label}：{item.old_text or '空'} → {item.new_text or '空'}" for item in household.changes)


_FIGURES: tuple[tuple[str, Callable[[ImportOutcome], int], str], ...] = (
    ("读取", lambda outcome: outcome.rows_read, theme.INK),
    ("新建", lambda outcome: outcome.created, theme.GREEN_INK),
    ("更新", lambda outcome: outcome.updated, theme.ACTION),
    ("没有变化", lambda outcome: outcome.unchanged, theme.SECONDARY),
    ("跳过", lambda outcome: outcome.skipped, theme.AMBER_INK),
    ("出错", lambda outcome: outcome.failed, theme.RED),
)


class Figures(Card):
    """读取 = 新建 + 更新 + 没有变化 + 跳过 + 出错, as a sum one can check."""

    def __init__(self) -> None:
        super().__init__()
        self._figures: list[QLabel] = []
        row = QHBoxLayout()
        row.setSpacing(16)
        for number, (caption, _, _) in enumerate(_FIGURES):
            if number:
                row.addWidget(label("=" if number == 1 else "+", "section"))
            cell = QVBoxLayout()
            cell.setSpacing(0)
            figure = label("--", "figure")
            for part in (figure, label(caption, "secondary")):
                part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
                cell.addWidget(part)
            self._figures.append(figure)
            row.addLayout(cell, 1)
        self.body.addLayout(row)
        self.body.setContentsMargins(24, 8, 24, 12)

    def show_outcome(self, outcome: ImportOutcome) -> None:
        """Show the figures; a nought is grey."""
        for figure, (_, count, ink) in zip(self._figures, _FIGURES, strict=True):
            number = count(outcome)
            figure.setText(f"{number:,}")
            figure.setStyleSheet(f"color: {ink if number else theme.SECONDARY};")


class OutcomeView(QWidget):
    """Shows an `ImportOutcome`; *tried* ones offer to import, stored ones to go on."""

    go_wanted = Signal()
    back_wanted = Signal()
    report_wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.outcome: ImportOutcome | None = None
        self.figures = Figures()
        self._note = Note()
        self._remarks: list[Remark] = []
        self._tried = True
        self.households: RowsModel[HouseholdOutcome] = RowsModel(self._household_columns())
        self._mode: Segmented[str] = Segmented([("cells", "逐格说明"), ("households", "各户结果")])
        self.remarks: RowsModel[Remark] = RowsModel(_COLUMNS)
        self._shown: Segmented[str] = Segmented(
            [("", "全部"), *((severity, text) for severity, (text, _) in SEVERITIES.items())]
        )
        self._table = rows_table(self.remarks)
        self._table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_whole(index))
        self._household_table = rows_table(self.households)
        self._household_table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_household(index))
        self._whole = label("", "secondary", wrap=True)
        self._board = QStackedWidget()
        self._report = button("保存错误工作簿…", icon="file-spreadsheet", act=self.report_wanted.emit)
        self._back = button("返回修改", act=self.back_wanted.emit)
        self._go = button("导入", "primary", act=self.go_wanted.emit)
        self._done = button("查看档案", "primary", act=self.left.emit)
        self._arrange()
        self._shown.changed.connect(lambda _: self._filter())
        self._mode.changed.connect(lambda _: self._filter())

    def _household_columns(self) -> list[Column[HouseholdOutcome]]:
        return [
            Column("行", lambda household: f"{household.row:,}", 64, lambda _: theme.SECONDARY, right=True),
            Column("户主", lambda household: household.name or "--", 100),
            Column("人数", lambda household: str(household.people), 56, right=True),
            Column("结果", self._result_text, 84, lambda household: _RESULT_INKS[household.result]),
            Column("档案编号", lambda household: household.archive_number or "--", 176, lambda _: theme.SECONDARY),
            Column("缺项", lambda household: f"缺 {household.missing_count} 项" if household.missing_count else "--", 76),
            Column("说明", lambda household: remark_of(household) or "--", 400),
        ]

    def _result_text(self, household: HouseholdOutcome) -> str:
        return _TRIED_LABELS[household.result] if self._tried else household.result_label

    def _arrange(self) -> None:
        card = Card()
        head = QHBoxLayout()
        head.addWidget(self._mode)
        head.addStretch(1)
        head.addWidget(self._shown)
        card.body.addLayout(head)
        self._board.addWidget(self._table)
        self._board.addWidget(EmptyState("circle-check", "没有要说明的格子。"))
        self._board.addWidget(self._household_table)
        card.body.addWidget(self._board, 1)
        card.body.addWidget(self._whole)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._report)
        foot.addStretch(1)
        for part in (self._back, self._go, self._done):
            foot.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.figures)
        column.addWidget(self._note)
        column.addWidget(card, 1)
        column.addLayout(foot)

    def show_outcome(self, outcome: ImportOutcome, tried: bool) -> None:
        """Show what would happen (*tried*) or what happened."""
        self.outcome, self._tried = outcome, tried
        self.households.show_rows(outcome.households)
        self._mode.set_value("cells" if outcome.problems else "households")
        self.figures.show_outcome(outcome)
        self._note.show_text(*_verdict(outcome, tried))
        stored = outcome.created + outcome.updated
        self._go.setText(f"导入 {stored:,} 户")
        self._go.setEnabled(bool(stored))
        self._go.setVisible(tried)
        self._back.setVisible(tried)
        self._done.setVisible(not tried)
        self._report.setVisible(bool(outcome.failed))
        self._remarks = remarks_of(outcome)
        counts = Counter(remark.severity for remark in self._remarks)
        for severity, (text, _) in SEVERITIES.items():
            self._shown.button(severity).setText(f"{text} {counts[severity]:,}")
        self._shown.set_value("error" if counts["error"] else "")
        self._filter()
        (self._go if tried and stored else self._done if not tried else self._back).setFocus()

    def _filter(self) -> None:
        wanted = self._shown.value()
        rows = [remark for remark in self._remarks if not wanted or remark.severity == wanted]
        self.remarks.show_rows(rows)
        by_cell = self._mode.value() == "cells"
        self._shown.setVisible(by_cell)
        self._board.setCurrentIndex(2 if not by_cell else 0 if rows else 1)
        self._whole.setVisible(bool(rows) or not by_cell)
        if not by_cell and self.households.rows:
            self._household_table.setCurrentIndex(self.households.index(0, 0))
            self._show_household(self.households.index(0, 0))
        elif rows:
            self._table.setCurrentIndex(self.remarks.index(0, 0))
            self._show_whole(self.remarks.index(0, 0))

    def _show_whole(self, index: QModelIndex) -> None:
        """The sentence of the marked row, whole: it may be longer than its column."""
        remark = self.remarks.row_at(index)
        self._whole.setText(remark.problem.message if remark else "")

    def _show_household(self, index: QModelIndex) -> None:
        household = self.households.row_at(index)
        self._whole.setText(remark_of(household) if household else "")


def _verdict(outcome: ImportOutcome, tried: bool) -> tuple[str, str]:
    """Sentence over the list, and its tone."""
    stored = outcome.created + outcome.updated
    errors = f"有错的 {outcome.failed:,} 行不导入；把它们存成错误工作簿，改好再导入一次，只会补上缺的。"
    if tried:
        if not stored and not outcome.failed:
            return "表里的内容档案里都已经有了，不用导入。", "done"
        start = "这是试算，还没有写入任何档案。"
        return start + (errors if outcome.failed else "没有错误，可以导入。"), "warning" if outcome.failed else "action"
    done = f"已写入 {stored:,} 户。"
    return done + (errors if outcome.failed else ""), "warning" if outcome.failed else "done"
