"""After a package or a receipt was stored: what changed, where the receipt lies, what to do next."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal

from db.services import exchange, machines
from db.services.exchange import BundleSummary, ReceiveOutcome
from desktop import background, files
from desktop.context import AppContext
from desktop.exchange.dialog import open_folder
from desktop.exchange.result_view import ResultView


class ReceivedView(ResultView):
    """Shows one `ReceiveOutcome`; a receipt that could not be written is written elsewhere from here."""

    report_wanted = Signal(object)
    """Ids of received bundles of archives."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context

    def show_outcome(self, outcome: ReceiveOutcome) -> None:
        """Show what receiving has changed."""
        if outcome.kind == "receipt":
            self._show_receipt(outcome)
            return
        stored = outcome.new_count + outcome.changed_count + outcome.duplicate_count
        rows = [
            ("来自", f"{outcome.sender_name}　第 {outcome.sequence} 包"),
            ("写入", _stored_text(outcome)),
            ("其余", f"没有变化 {outcome.same_count:,} 户　不采用 {outcome.set_aside_count:,} 户"),
        ]
        if outcome.backup_name:
            rows.append(("备份", f"写入前已备份：{outcome.backup_name}"))
        if outcome.kind == "visit_out":
            self._show_taken_along(outcome, rows, stored)
        elif outcome.receipt is not None:
            self._show_with_receipt(outcome, outcome.receipt, rows, stored)
        else:
            self._show_without_receipt(outcome, rows, stored)

    def _show_taken_along(self, outcome: ReceiveOutcome, rows: list[tuple[str, str]], stored: int) -> None:
        after = "可以带着这台电脑去走访了。回来后在“外出走访”里写带回包，拿到办公室电脑上收取。"
        self.show_result("收取外出包", f"已收下 {stored:,} 户", rows, after, (), _warnings(outcome))

    def _show_with_receipt(
        self, outcome: ReceiveOutcome, receipt: BundleSummary, rows: list[tuple[str, str]], stored: int
    ) -> None:
        folder = receipt.path.parent
        self.show_result(
            "收取带回包" if outcome.kind == "visit_back" else "收取数据包",
            f"已写入 {stored:,} 户，回执已写好",
            [*rows, ("回执", receipt.file_name), ("位置", str(folder))],
            f"接下来：弹出 U 盘再拔下，交还{outcome.sender_name}，请对方在“数据交换”里收取回执。",
            (
                *self._choice_acts(outcome),
                self._report_act(outcome),
                ("打开文件夹", "", "folder-open", lambda: open_folder(folder)),
            ),
            _warnings(outcome),
            folder,
        )

    def _choice_acts(self, outcome: ReceiveOutcome) -> list[tuple[str, str, str, Callable[[], object]]]:
        """After a laptop came back: on to what both machines changed differently."""
        if outcome.kind != "visit_back" or not machines.waiting_for_choice(self._context.session):
            return []
        window = self._context.window
        return [("选定不同处…", "", "check", lambda: window.show_page("exchange", section="conflicts"))]

    def _show_without_receipt(self, outcome: ReceiveOutcome, rows: list[tuple[str, str]], stored: int) -> None:
        self.show_result(
            "收取数据包",
            f"已写入 {stored:,} 户",
            rows,
            "档案已经收好，只差回执。请换一个能写入的 U 盘或文件夹，把回执写出来交还对方。",
            (
                self._report_act(outcome),
                ("把回执写到…", "primary", "folder-output", lambda: self._write_receipt(outcome)),
            ),
            [f"回执没有写成：{outcome.receipt_problem}", *_warnings(outcome)],
        )

    def _report_act(self, outcome: ReceiveOutcome) -> tuple[str, str, str, Callable[[], object]]:
        return "接收结果…", "", "file-text", lambda: self.report_wanted.emit([outcome.bundle_id])

    def _show_receipt(self, outcome: ReceiveOutcome) -> None:
        rows = [
            ("来自", outcome.sender_name),
            ("对应", f"本单位第 {outcome.answered_sequence} 包"),
            ("上级已收", f"{outcome.acknowledged_count:,} 户"),
        ]
        if outcome.set_aside_count:
            rows.append(("没有采用", f"{outcome.set_aside_count:,} 户，请与上级联系"))
        headline = f"回执已读入，{outcome.acknowledged_count:,} 户上级已收"
        self.show_result("收取回执", headline, rows, "这些档案在列表里已标为“上级已收”。", (), _warnings(outcome))

    def _write_receipt(self, outcome: ReceiveOutcome) -> None:
        folder = files.ask_folder(self, "把回执写到哪里")
        if folder is not None:
            write_receipt(self._context, self, outcome.bundle_id, folder)


def write_receipt(context: AppContext, parent: ResultView, bundle_id: str, folder: Path) -> None:
    """Write the receipt of a received package into *folder*."""

    def done(summary: BundleSummary) -> None:
        context.changes.bundles_changed.emit()
        context.window.notify(f"回执已写好：{summary.file_name}")
        parent.left.emit()

    background.run(
        parent,
        lambda progress: exchange.write_receipt(context.session, bundle_id, folder, progress),
        done,
        title="正在写回执…",
    )


def _stored_text(outcome: ReceiveOutcome) -> str:
    parts = [f"新增 {outcome.new_count:,} 户", f"有变化 {outcome.changed_count:,} 户"]
    if outcome.duplicate_count:
        parts.append(f"可能重复 {outcome.duplicate_count:,} 户")
    if outcome.attachment_count:
        parts.append(f"附件 {outcome.attachment_count:,} 个")
    return "　".join(parts)


def _warnings(outcome: ReceiveOutcome) -> list[str]:
    found = list(outcome.warnings)
    if outcome.duplicate_count:
        found.append(f"{outcome.duplicate_count:,} 户可能与别的档案重复，已照常写入，请在档案列表里核对。")
    return found
