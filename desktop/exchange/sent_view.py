"""After a package was written and read back: file, counts, fingerprint, what to do next."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from db.services import printing
from db.services.exchange import BundleSummary
from desktop import background
from desktop.exchange.dialog import open_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.exchange.result_view import FINGERPRINT, ResultView
from desktop.exchange.target_picker import size_text


class SentView(ResultView):
    """Shows one written package; the cover sheet can be printed from here and later from the records."""

    def show_summary(self, summary: BundleSummary) -> None:
        """Show what was written."""
        contents = f"{summary.archive_count:,} 户　附件 {summary.attachment_count:,} 个　{size_text(summary.file_bytes)}"
        rows = (
            ("报给", f"{summary.receiver_name}　第 {summary.sequence} 包"),
            ("文件", _files_text(summary)),
            ("位置", str(summary.path.parent)),
            ("内容", contents),
            (FINGERPRINT, summary.fingerprint),
        )
        folder: Callable[[], object] = lambda: open_folder(summary.path.parent)  # noqa: E731 - one of the acts below
        self.show_result(
            "导出数据包",
            f"{summary.archive_count:,} 户已写入，并从盘上读回核对无误",
            rows,
            f"接下来：打印封面，弹出 U 盘再拔下，一起交给{summary.receiver_name}。回执拿回来后，在“数据交换”里收取。",
            (
                ("打开文件夹", "", "folder-open", folder),
                ("打印封面…", "primary", "printer", lambda: show_cover(self, summary)),
            ),
            _warnings(summary),
            summary.path,
        )


def _files_text(summary: BundleSummary) -> str:
    more = len(summary.volumes) - 1
    return f"{summary.file_name}，连同后面 {more} 卷" if more > 0 else summary.file_name


def _warnings(summary: BundleSummary) -> list[str]:
    found = []
    if summary.volumes:
        total = len(summary.volumes)
        found.append(f"这一包较大，分成了 {total} 卷，缺一不可；对方要把 {total} 个文件放在同一个文件夹里收取。")
    if summary.incomplete_count:
        found.append(f"其中 {summary.incomplete_count:,} 户还有必填项没填，上级可能退回补正。")
    return found


def show_cover(parent: QWidget, summary: BundleSummary) -> None:
    """Show the cover sheet of a package."""

    def done(pdf: bytes) -> None:
        PrintDialog(parent, pdf, "数据包封面", f"{summary.path.stem}-封面.pdf", "与 U 盘一起交").exec()

    background.run(parent, lambda progress: printing.cover_sheet_pdf(summary), done, title="正在排版…")
