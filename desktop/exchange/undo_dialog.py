"""撤销上一次接收: which package, which households go and which go back; or why it cannot be undone."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from db.services import undoing
from db.services.undoing import UndoItem, UndoOffer, UndoOutcome
from desktop import background, messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.moments import moment
from desktop.widgets.basics import Note, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

NOTHING = "没有可以撤销的接收。只有最近一次收到的数据包能撤销，撤销过的不能再撤销。"
_KINDS = {"archives": "数据包", "answer": "下发的审核结果", "visit_out": "外出包", "visit_back": "带回包"}
_COLUMNS: list[Column[UndoItem]] = [
    Column("姓名", lambda item: item.name or "--", 130),
    Column("档案编号", lambda item: item.archive_number, 180, lambda _: theme.SECONDARY, firm=True),
    Column("撤销以后", lambda item: becomes(item), 180, lambda item: theme.RED if item.is_new else theme.ACTION),
]


def becomes(item: UndoItem) -> str:
    """What becomes of a household."""
    if item.is_new:
        return "去掉（是这一包新带来的）"
    if item.revision_then != item.revision_now:
        return f"恢复到第 {item.revision_then} 版"
    return "恢复原来的记录"


class UndoDialog(PlainDialog):
    """Shows an offer; accepted when the clerk wants it undone."""

    def __init__(self, parent: QWidget, offer: UndoOffer, today: date) -> None:
        what = f"{offer.sender_name}　第 {offer.sequence} 包（{_KINDS.get(offer.kind, '数据包')}）"
        hint = f"{what}，{moment(offer.handled_at, today)} 由{offer.handled_by}接收。"
        super().__init__(parent, "撤销上一次接收", hint, width=620)
        self.items: RowsModel[UndoItem] = RowsModel(_COLUMNS)
        if offer.obstacle:
            self.body.addWidget(Note(offer.obstacle, "warning"))
            self.foot.addStretch(1)
            self.foot.addWidget(button("关闭", "primary", act=self.reject))
            return
        self._tell(offer)
        self.foot.addStretch(1)
        self.foot.addWidget(button("不撤销", act=self.reject))
        self.go = button("撤销这次接收", "danger", "undo-2", self.accept)
        self.foot.addWidget(self.go)

    def _tell(self, offer: UndoOffer) -> None:
        parts = [f"{offer.new_count:,} 户新带来的会去掉" if offer.new_count else ""]
        parts.append(f"{offer.changed_count:,} 户恢复到接收以前的样子" if offer.changed_count else "")
        told = "，".join(filter(None, parts)) or "这一包没有改动任何档案"
        self.body.addWidget(label(f"{told}。撤销前先备份一次；同一个文件以后可以重新接收。", wrap=True))
        if offer.items:
            table = rows_table(self.items)
            table.setFixedHeight(theme.sp(36 * min(len(offer.items) + 1, 8) + 8))
            self.items.show_rows(offer.items)
            self.body.addWidget(table)
        if offer.receipted:
            self.body.addWidget(Note(f"回执已经写出：{undoing.HEALED_LATER}", "plain"))


def open_undo(parent: QWidget, context: AppContext, done: Callable[[UndoOutcome], object]) -> None:
    """Show what undoing the last reception would do, and do it when the clerk says so."""

    def show(offer: UndoOffer | None) -> None:
        if offer is None:
            messages.inform(parent, NOTHING)
        elif UndoDialog(parent, offer, date.fromisoformat(context.session.today)).exec():
            _undo(parent, context, offer, done)

    background.run(parent, lambda progress: undoing.undoable(context.session), show, title="正在查看…")


def _undo(parent: QWidget, context: AppContext, offer: UndoOffer, done: Callable[[UndoOutcome], object]) -> None:
    def finished(outcome: UndoOutcome) -> None:
        context.changes.archives_changed.emit(set())
        context.changes.bundles_changed.emit()
        messages.inform(parent, outcome.text())
        done(outcome)

    background.run(
        parent,
        lambda progress: undoing.undo_last(context.session, offer.bundle_id, progress),
        finished,
        title="正在撤销…",
    )
