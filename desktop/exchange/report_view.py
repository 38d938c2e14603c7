"""接收结果: what a reception has brought, per sender and household by household; printed, saved, undone from here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from db.services import receive_report
from db.services.receive_report import ReceiveReport, ReportEntry, particulars
from db.services.receiving_many import ManyOutcome, SenderTotals
from desktop import background, files, theme
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.late_view import LateView
from desktop.exchange.print_dialog import PrintDialog
from desktop.exchange.undo_dialog import open_undo
from desktop.widgets.basics import Card, Note, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

_INKS = (theme.GREEN_INK, theme.ACTION, theme.AMBER_INK, theme.RED, theme.RED)
_CARE = "里面有户主姓名和档案编号，证件号码只显示一部分。"


@dataclass(frozen=True)
class ReportGroup:
    """One line of the left list."""

    caption: str
    entries: list[ReportEntry]
    ink: str


def _column(caption: str, pick: str, width: int = 72) -> Column[SenderTotals]:
    return Column(caption, lambda row: f"{getattr(row, pick):,}", width, right=True, firm=True)


_TOTALS: list[Column[SenderTotals]] = [
    Column("报送单位", lambda row: row.sender_name, 230),
    _column("包数", "bundles"),
    _column("户数", "archives"),
    _column("新增", "new"),
    _column("有变化", "changed"),
    _column("没有变化", "same"),
    _column("可能重复", "duplicates"),
    _column("有冲突", "conflicts"),
    _column("不采用", "set_aside"),
    Column("", lambda _: "", 20),
]
_GROUPS: list[Column[ReportGroup]] = [
    Column("", lambda group: group.caption, 120),
    Column("", lambda group: f"{len(group.entries):,}", 60,
           lambda group: group.ink if group.entries else theme.SECONDARY, right=True, bold=True),
]  # fmt: skip
_ENTRIES: list[Column[ReportEntry]] = [
    Column("姓名", lambda entry: entry.household.name or "--", 110),
    Column("身份证号", lambda entry: entry.household.id_number, 168, lambda _: theme.SECONDARY),
    Column("档案编号", lambda entry: entry.household.archive_number, 150, lambda _: theme.SECONDARY),
    Column("建档单位", lambda entry: entry.office_name, 130),
    Column("说明", lambda entry: particulars(entry.household), 260, lambda _: theme.SECONDARY),
]


class ReportView(LateView):
    """Shows one `ReceiveReport`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.report = ReceiveReport(context.session.office.name, "", "")
        self._header = PageHeader("接收结果")
        self._papers = [
            self._header.add_action("打印…", self.show_paper, icon="printer"),
            self._header.add_action("导出 Excel…", self.save_workbook, icon="file-spreadsheet"),
        ]
        self._problems = Note("", "warning")
        self._others = Note("", "done")
        self.totals: RowsModel[SenderTotals] = RowsModel(_TOTALS)
        self._totals_table = rows_table(self.totals)
        self.groups: RowsModel[ReportGroup] = RowsModel(_GROUPS)
        self.group_table = rows_table(self.groups)
        self.entries: RowsModel[ReportEntry] = RowsModel(_ENTRIES)
        self.entry_table = rows_table(self.entries)
        self._told = label("", "secondary", wrap=True)
        self._undo = button("撤销上一次接收…", "", "undo-2", self.undo)
        self._finish = button("完成", "primary", act=self.left.emit)
        self._arrange()
        self.setFocusProxy(self._finish)
        self.group_table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_group(index))
        self.entry_table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_entry(index))

    def _arrange(self) -> None:
        self._upper = Card()
        self._upper.body.addWidget(self._totals_table)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._undo)
        foot.addStretch(1)
        foot.addWidget(self._finish)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(self._problems)
        column.addWidget(self._others)
        column.addWidget(self._upper)
        column.addLayout(self._lists(), 1)
        column.addLayout(foot)

    def _lists(self) -> QHBoxLayout:
        left, right = Card(), Card()
        left.setFixedWidth(theme.sp(216))
        self.group_table.horizontalHeader().hide()
        self.group_table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.body.addWidget(self.group_table, 1)
        right.body.addWidget(self.entry_table, 1)
        right.body.addWidget(self._told)
        lists = QHBoxLayout()
        lists.setSpacing(12)
        lists.addWidget(left)
        lists.addWidget(right, 1)
        return lists

    # contents

    def open_for(self, **arguments: Any) -> None:
        """Show the *result* of receiving a lot, or the received bundles *bundle_ids* again."""
        outcome: ManyOutcome | None = arguments.get("result")
        ids = arguments.get("bundle_ids") or []
        if outcome is not None:
            ids = [done.bundle_id for done in outcome.received if done.kind == "archives"]
        self.report = receive_report.report_of(self._context.session, ids)
        self._header.set_texts("接收结果", self._hint())
        problems = _problems_of(outcome) if outcome else []
        self._problems.setVisible(bool(problems))
        self._problems.show_text("\n".join(problems), "warning")
        others = _others_of(outcome) if outcome else []
        self._others.setVisible(bool(others))
        self._others.show_text("\n".join(others), "done")
        for made in self._papers:
            made.setEnabled(bool(ids))
        self._undo.setVisible(bool(ids) or outcome is not None)
        self._show_totals()
        pairs = zip(self.report.groups, _INKS, strict=True)
        self.groups.show_rows([ReportGroup(caption.partition("（")[0], found, ink) for (caption, found), ink in pairs])
        first = next((at for at, group in enumerate(self.groups.rows) if group.entries), 0)
        self.group_table.setCurrentIndex(self.groups.index(first, 0))

    def _hint(self) -> str:
        return "；".join(self.report.bundles)

    def _show_totals(self) -> None:
        rows = list(self.report.totals)
        self._upper.setVisible(bool(rows))
        self.totals.show_rows(rows)
        shown = min(len(rows), 5)
        header = self._totals_table.horizontalHeader().sizeHint().height()
        self._totals_table.setFixedHeight(header + shown * theme.sp(36) + 4)

    def _show_group(self, index: QModelIndex) -> None:
        group = self.groups.row_at(index)
        if group is None:
            return
        self.entries.show_rows(group.entries)
        self._told.setText("" if group.entries else "这一类里没有档案。")
        if group.entries:
            self.entry_table.setCurrentIndex(self.entries.index(0, 0))

    def _show_entry(self, index: QModelIndex) -> None:
        entry = self.entries.row_at(index)
        if entry is not None:
            self._told.setText(particulars(entry.household))

    # acts

    def _file_name(self, suffix: str) -> str:
        return f"接收结果-{self.report.received_on.replace('-', '')}{suffix}"

    def show_paper(self) -> None:
        """Show the report for printing and saving as PDF."""
        report = self.report

        def done(pdf: bytes) -> None:
            PrintDialog(self, pdf, "接收结果", self._file_name(".pdf"), "存档或交报送单位核对", private=False).exec()

        background.run(self, lambda progress: receive_report.report_pdf(report), done, title="正在排版…")

    def save_workbook(self) -> None:
        """Write the report as a workbook where the clerk chooses."""
        path = files.ask_save(self, "导出接收结果", self._file_name(".xlsx"), "Excel 工作簿 (*.xlsx)")
        if path is not None:
            self.write_workbook(path)

    def write_workbook(self, path: Path) -> None:
        """Write the report to *path*."""
        report, session = self.report, self._context.session
        background.run(
            self,
            lambda progress: receive_report.save_report_workbook(session, report, path),
            lambda _: offer_folder(self, _CARE, path),
            title="正在写 Excel…",
        )

    def undo(self) -> None:
        """Offer to undo the last reception."""
        open_undo(self, self._context, lambda _: self.left.emit())


def _others_of(outcome: ManyOutcome) -> list[str]:
    """What else came of it: receipts and answers that were read, receipts that were written."""
    told = [done.text() for done in outcome.received if done.kind != "archives"]
    written = sum(1 for done in outcome.received if done.receipt)
    return [*told, f"{written:,} 份回执已写在各数据包旁边，请安全弹出 U 盘，交还各单位。"] if written else told


def _problems_of(outcome: ManyOutcome) -> list[str]:
    found = [f"{item.sender_name} 第 {item.sequence} 包没有收：{item.problem}" for item in outcome.failed]
    return found + [
        f"{done.sender_name} 第 {done.sequence} 包的回执没有写成（在“数据交换”的记录里打开它重写）：{done.receipt_problem}"
        for done in outcome.received
        if done.receipt_problem
    ]
