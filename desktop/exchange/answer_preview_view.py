"""读入审核结果 · 预览: what the office above has sent down, shown whole before anything is changed."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from db.services import exchange
from db.services.answer_news import AnswerPreview
from db.services.exchange import ReceiveOutcome
from desktop import background
from desktop.context import AppContext
from desktop.exchange.late_view import LateView
from desktop.exchange.news_board import NewsBoard
from desktop.exchange.receive_view import ticked
from desktop.widgets.basics import Card, Note, PageHeader, button, label


class AnswerPreviewView(LateView):
    """Shows an `AnswerPreview`; applies it on demand."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._preview: AnswerPreview | None = None
        self._header = PageHeader("读入审核结果 · 预览")
        self._header.set_texts("读入审核结果 · 预览", "还没有改动任何数据")
        self._strip = QHBoxLayout()
        self._strip.setSpacing(24)
        self._warnings = Note("", "warning")
        self.board = NewsBoard(context, applied=False)
        self._go = button("读入", "primary", "check", self.apply)
        self._arrange()
        self.setFocusProxy(self._go)

    def _arrange(self) -> None:
        strip = Card()
        strip.body.setContentsMargins(16, 10, 16, 10)
        strip.body.addLayout(self._strip)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(label("读入前自动备份一次；读两遍或先后颠倒都不要紧，以最新的一次为准。", "small"))
        foot.addStretch(1)
        foot.addWidget(button("先不读", act=self.left.emit))
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self._header)
        column.addWidget(strip)
        column.addWidget(self._warnings)
        column.addWidget(self.board, 1)
        column.addLayout(foot)

    def open_for(self, **arguments: Any) -> None:
        """Show the answer *preview*."""
        preview = arguments.get("preview")
        if isinstance(preview, AnswerPreview):
            self.show_preview(preview)

    def show_preview(self, preview: AnswerPreview) -> None:
        """Show what the answer would change."""
        self._preview = preview
        while self._strip.count():
            item = self._strip.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        facts = [label(preview.sender_name, "strong"), label(f"第 {preview.sequence} 包"), ticked("签名有效")]
        facts.append(label(f"指纹 {preview.fingerprint}"))
        facts.append(label(f"上级 {preview.news.as_of[:10]} 时的情况", "secondary"))
        for fact in facts:
            self._strip.addWidget(fact)
        self._strip.addStretch(1)
        notes = [*preview.warnings, *preview.news.notes]
        self._warnings.show_text("\n".join(notes), "warning")
        self._warnings.setVisible(bool(notes))
        self._go.setText("读入" if not preview.news.is_empty else "读入（没有变化）")
        self.board.show_news(preview.news)

    def apply(self) -> None:
        """Take the answer in, in one transaction."""
        preview, context = self._preview, self._context
        if preview is None:
            return

        def done(outcome: ReceiveOutcome) -> None:
            context.changes.archives_changed.emit(set())
            context.changes.bundles_changed.emit()
            context.changes.office_changed.emit()
            self.result_wanted.emit("answer_received", outcome)

        background.run(
            self,
            lambda progress: exchange.receive_bundle(
                context.session, preview.path, progress, expected_sha256=preview.payload_sha256
            ),
            done,
            title="正在读入审核结果…",
        )
