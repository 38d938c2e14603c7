"""After answers were written: the files, one per office, with covers to print and the reminder to eject the stick."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from db.services import printing
from db.services.exchange import BundleSummary
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.dialog import open_folder
from desktop.exchange.late_view import LateView
from desktop.exchange.print_dialog import PrintDialog
from desktop.exchange.target_picker import size_text
from desktop.widgets.basics import Card, Icon, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

_COLUMNS: list[Column[BundleSummary]] = [
    Column("单位", lambda row: row.receiver_name, 180),
    Column("档案", lambda row: f"{row.archive_count:,} 户", 80, right=True),
    Column("指纹", lambda row: row.fingerprint, 150, firm=True),
    Column("大小", lambda row: size_text(row.file_bytes), 80, lambda _: theme.SECONDARY, right=True),
    Column("文件", lambda row: row.file_name, 330, lambda _: theme.SECONDARY),
]


class AnsweredView(LateView):
    """Lists the answers that lie on the stick."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._summaries: list[BundleSummary] = []
        self._headline = label("", "title", wrap=True)
        self._place = label("", "secondary", wrap=True)
        self.rows: RowsModel[BundleSummary] = RowsModel(_COLUMNS)
        self._covers = button("打印封面…", "primary", "printer", self.print_covers)
        card = Card()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Icon("circle-check", theme.GREEN, 32), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._headline, 1)
        card.body.addLayout(head)
        card.body.addWidget(self._place)
        card.body.addWidget(rows_table(self.rows), 1)
        next_step = "接下来：打印封面，安全弹出 U 盘再拔，交各单位在“数据交换”里读入。别的单位打不开不是给它的文件，可以共用一个 U 盘。"
        card.body.addWidget(label(next_step, "secondary", wrap=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(PageHeader("下发审核结果"))
        column.addWidget(card, 1)
        column.addLayout(self._foot())
        self.setFocusProxy(self._covers)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(button("打开文件夹", "", "folder-open", self._open_folder))
        foot.addStretch(1)
        foot.addWidget(button("完成", act=self.left.emit))
        foot.addWidget(self._covers)
        return foot

    def open_for(self, **arguments: Any) -> None:
        """Show the answers in *result*."""
        result = arguments.get("result")
        if isinstance(result, list) and result:
            self.show_summaries(result)

    def show_summaries(self, summaries: list[BundleSummary]) -> None:
        """Show what was written."""
        self._summaries = summaries
        self.rows.show_rows(summaries)
        self._headline.setText(f"{len(summaries):,} 个单位的审核结果已写好，并从盘上读回核对无误")
        self._place.setText(f"位置　{summaries[0].path.parent}")

    def _open_folder(self) -> None:
        if self._summaries:
            open_folder(self._summaries[0].path.parent)

    def print_covers(self) -> None:
        """Show the covers, a page for each office."""
        summaries = self._summaries

        def done(pdf: bytes) -> None:
            day = summaries[0].created_at[:10].replace("-", "")
            dialog = PrintDialog(
                self, pdf, "审核结果封面", f"审核结果封面-{day}.pdf", f"{len(summaries):,} 个单位，一页一个", private=False
            )
            dialog.exec()

        if summaries:
            background.run(self, lambda _: printing.cover_sheets_pdf(summaries), done, title="正在排版…")
