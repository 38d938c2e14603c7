"""收取一批数据包 · 预览: every package of a folder or several sticks, what each brings, before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout

from db.services import receiving_many
from db.services.exchange import BundlePreview
from db.services.receiving_many import Lot, LotItem, LotState, ManyOutcome, SenderTotals
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.late_view import LateView
from desktop.exchange.preview_board import PreviewBoard
from desktop.exchange.preview_groups import groups_of
from desktop.widgets.basics import Card, EmptyState, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

KINDS = {"archives": "数据包", "receipt": "回执", "answer": "审核结果", "visit_out": "外出包", "visit_back": "带回包"}


@dataclass(frozen=True)
class LotRow:
    """One line of the upper table: a package, the sum of a sender with several, or one that is not received."""

    caption: str
    counts: SenderTotals | None
    remark: str
    ink: str = theme.SECONDARY
    item: LotItem | None = None


def rows_of(lot: Lot) -> list[LotRow]:
    """The packages in their order, those of one sender under their sum; then what cannot be received."""
    totals = {row.sender_id: row for row in lot.totals}
    rows: list[LotRow] = []
    for item in lot.ready:
        assert item.preview
        total = totals.get(item.preview.sender_id)
        several = total is not None and total.bundles > 1 and item.kind == "archives"
        if several and total and not any(row.counts is total for row in rows):
            rows.append(LotRow(f"{item.sender_name}　{total.bundles} 包", total, "合计"))
        rows.append(_ready_row(item, item.preview, several))
    for item in lot.items:
        if item.state is LotState.REFUSED:
            rows.append(LotRow(_caption(item), None, f"不能收：{item.refusal}", theme.RED, item))
    return rows


def _ready_row(item: LotItem, preview: BundlePreview, indented: bool) -> LotRow:
    remark = "；".join(preview.warnings)
    ink = theme.AMBER_INK if remark else theme.SECONDARY
    if item.kind != "archives":
        told = preview.text().split("\n")
        return LotRow(_caption(item), None, remark or "；".join(told[1:2]), ink, item)
    counts = SenderTotals(preview.sender_id, preview.sender_name)
    counts.add(preview)
    caption = f"　　第 {item.sequence} 包" if indented else _caption(item)
    return LotRow(caption, counts, remark or "可以接收", ink, item)


def _caption(item: LotItem) -> str:
    if not item.sender_name:
        return item.path.name
    what = f"第 {item.sequence} 包" if item.kind == "archives" else KINDS.get(item.kind, "")
    return f"{item.sender_name}　{what}"


def _figure(pick: str, ink: str) -> Column[LotRow]:
    captions = {"archives": "户数", "new": "新增", "changed": "有变化", "same": "没有变化", "duplicates": "可能重复",
                "conflicts": "有冲突", "set_aside": "不采用"}  # fmt: skip

    def text(row: LotRow) -> str:
        return f"{getattr(row.counts, pick):,}" if row.counts else ""

    def colour(row: LotRow) -> str:
        return ink if row.counts and getattr(row.counts, pick) else theme.SECONDARY

    return Column(captions[pick], text, 72, colour, right=True, firm=True)


COLUMNS: list[Column[LotRow]] = [
    Column("报送单位", lambda row: row.caption, 230, lambda row: None if row.item else theme.INK),
    _figure("archives", theme.INK),
    _figure("new", theme.GREEN_INK),
    _figure("changed", theme.ACTION),
    _figure("same", theme.SECONDARY),
    _figure("duplicates", theme.AMBER_INK),
    _figure("conflicts", theme.RED),
    _figure("set_aside", theme.RED),
    Column("说明", lambda row: row.remark, 200, lambda row: row.ink),
]


class LotView(LateView):
    """Shows a lot; receives what of it can be received."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.lot = Lot([])
        self._header = PageHeader("收取一批数据包 · 预览")
        self._sum = label("", "strong")
        self._aside = label("", "small")
        self.rows: RowsModel[LotRow] = RowsModel(COLUMNS)
        self.table = rows_table(self.rows)
        self.board = PreviewBoard()
        self._nothing = EmptyState("package", "")
        self._lower = QStackedWidget()
        self._lower.addWidget(self.board)
        self._lower.addWidget(self._nothing)
        self._go = button("全部接收", "primary", act=self.receive)
        self._hint = label("先备份一次；每一包要么整包写入，要么什么都不改。", "small")
        self._arrange()
        self.setFocusProxy(self.table)
        self.table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_row(index))

    def _arrange(self) -> None:
        upper = Card()
        upper.body.setContentsMargins(16, 10, 16, 10)
        head = QHBoxLayout()
        head.addWidget(self._sum, 1)
        head.addWidget(self._aside)
        upper.body.addLayout(head)
        upper.body.addWidget(self.table, 1)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(upper)
        halves.addWidget(self._lower)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(12)
        halves.setSizes([1, 1])
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._hint)
        foot.addStretch(1)
        foot.addWidget(button("不收", act=self.left.emit))
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(halves, 1)
        column.addLayout(foot)

    def open_for(self, **arguments: Any) -> None:
        """Show the *lot* named."""
        self.lot = arguments["lot"]
        ready = self.lot.ready
        self._header.set_texts("收取一批数据包 · 预览", "还没有写入任何数据")
        self._sum.setText(_sum_text(self.lot))
        self._aside.setText(_aside_text(self.lot))
        self.rows.show_rows(rows_of(self.lot))
        self._go.setText(f"全部接收（{len(ready):,} 包）")
        self._go.setEnabled(bool(ready))
        first = next((at for at, row in enumerate(self.rows.rows) if row.item), 0)
        self.table.setCurrentIndex(self.rows.index(first, 0))
        if not self.rows.rows:
            self._say("没有可以接收的数据包。")

    def is_prepared(self) -> bool:
        """A lot that was looked through is not thrown away by a stray file."""
        return bool(self.lot.ready)

    def _say(self, sentence: str) -> None:
        self._nothing.sentence.setText(sentence)
        self._lower.setCurrentWidget(self._nothing)

    def _show_row(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row is None:
            return
        if row.item is None:
            self._say("下面一行一包，选一包看各户。")
        elif row.item.preview is None:
            self._say(f"{row.item.path.name}\n{row.item.refusal}")
        elif row.item.kind in {"archives", "receipt", "visit_back"}:
            self.board.show_groups(groups_of(row.item.preview), row.item.kind == "receipt")
            self._lower.setCurrentWidget(self.board)
        else:
            self._say(row.item.preview.text())

    # receiving

    def receive(self) -> None:
        """Receive every package of the lot that can be."""
        context, items = self._context, self.lot.items

        def done(outcome: ManyOutcome) -> None:
            self.lot = Lot([])
            context.changes.archives_changed.emit(set())
            context.changes.bundles_changed.emit()
            self.result_wanted.emit("report", outcome)

        background.run(
            self,
            lambda progress: receiving_many.receive_many(context.session, items, progress),
            done,
            title=f"正在接收 {len(self.lot.ready):,} 包…",
        )


def _sum_text(lot: Lot) -> str:
    totals = lot.totals
    if not totals:
        return f"{len(lot.ready):,} 个文件可以读入" if lot.ready else "没有可以接收的数据包"
    parts = [("新增", "new"), ("有变化", "changed"), ("没有变化", "same"), ("可能重复", "duplicates"),
             ("有冲突", "conflicts"), ("不采用", "set_aside")]  # fmt: skip
    counted = [(caption, sum(getattr(row, pick) for row in totals)) for caption, pick in parts]
    told = "，".join(f"{caption} {count:,} 户" for caption, count in counted if count)
    bundles = sum(row.bundles for row in totals)
    return f"{len(totals):,} 个单位 {bundles:,} 包" + (f"：{told}" if told else "")


def _aside_text(lot: Lot) -> str:
    known = sum(1 for item in lot.items if item.state is LotState.KNOWN)
    elsewhere = sum(1 for item in lot.items if item.state is LotState.ELSEWHERE)
    parts = [f"{known:,} 个以前收过或重复" if known else "", f"{elsewhere:,} 个是给别的单位的" if elsewhere else ""]
    told = "，".join(filter(None, parts))
    return f"另有 {told}，不用处理。" if told else ""


def inspect_lot(view: LateView | Any, context: AppContext, paths: Iterable[Path], show: Any) -> None:
    """Look through everything at *paths* in the background, then hand the lot to *show*."""
    wanted = list(paths)
    background.run(
        view,
        lambda progress: receiving_many.inspect_many(context.session, wanted, progress),
        show,
        title="正在核对数据包…",
    )
