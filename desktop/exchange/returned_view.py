"""退回补正: what came back, why, until when – each line leads to the field that is to be corrected."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.services import round_trip
from db.services.reviewing import due_words
from db.services.round_trip import NEAR_DAYS, ReturnedArchive
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.late_view import LateView
from desktop.exchange.reason_lines import clear, first_place, reason_line
from desktop.review.jump import jump_to_reason
from desktop.widgets.basics import Card, EmptyState, Note, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table


def due_text(due_on: str | None, today: date) -> str:
    """``11-25 还有 4 天``, ``11-18 已逾期 3 天``; ``--`` without a day."""
    if not due_on:
        return "--"
    return f"{due_on[5:]}　{due_words(due_on, today.isoformat())}"


def due_ink(due_on: str | None, today: date) -> str | None:
    """Red when it is late, amber when it is near."""
    if not due_on:
        return theme.SECONDARY
    left = (date.fromisoformat(due_on) - today).days
    return theme.RED if left < 0 else theme.AMBER_INK if left <= NEAR_DAYS else None


def due_summary(rows: Sequence[ReturnedArchive], today: date) -> str:
    """How many are late and which comes first; empty when nothing is pressing."""
    days = [row.due_on for row in rows if row.due_on]
    late = sum(1 for day in days if date.fromisoformat(day) < today)
    coming = min((day for day in days if date.fromisoformat(day) >= today), default="")
    parts = []
    if late:
        parts.append(f"{late:,} 户已过补正期限，逾期上级不予受理，请尽快与上级联系。")
    if coming:
        left = (date.fromisoformat(coming) - today).days
        parts.append(f"最早的 {coming} 到期，{f'还有 {left} 天' if left else '就是今天'}。")
    return "".join(parts)


class ReturnedView(LateView):
    """The list of returned archives, the most urgent first, with every reason of the one chosen."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._today = date.min
        self._header = PageHeader("退回补正")
        self._note = Note("", "warning")
        self.rows: RowsModel[ReturnedArchive] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("退回补正的档案")
        self._stack = QStackedWidget()
        self._name = label("", "section")
        self._from = label("", "secondary", wrap=True)
        self._reasons = QVBoxLayout()
        self._correct = button("改这一户", "primary", "pencil", self._edit)
        self._arrange()
        self.setFocusProxy(self.table)
        self.table.selectionModel().currentRowChanged.connect(lambda index, _: self._show_row(index))
        self.table.opened.connect(lambda _: self._edit())
        last = self.rows.columnCount() - 1
        self.table.clicked.connect(lambda index: self._edit() if index.column() == last else None)

    def _columns(self) -> list[Column[ReturnedArchive]]:
        return [
            Column("姓名", lambda row: row.name or "--", 90, firm=True),
            Column("补正期限", lambda row: due_text(row.due_on, self._today), 150,
                   lambda row: due_ink(row.due_on, self._today), firm=True),
            Column("原因", lambda row: row.words or "没有写明", 520),
            Column("", lambda _: "去补正", 72, lambda _: theme.ACTION, firm=True),
        ]  # fmt: skip

    def _arrange(self) -> None:
        board = QWidget()
        row = QHBoxLayout(board)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        listed, chosen = Card(), Card()
        listed.body.addWidget(self.table, 1)
        for part in (self._name, self._from):
            chosen.body.addWidget(part)
        self._reasons.setSpacing(8)
        chosen.body.addLayout(self._reasons)
        chosen.body.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(button("看整份档案", act=self._open))
        foot.addStretch(1)
        foot.addWidget(self._correct)
        chosen.body.addLayout(foot)
        chosen.setFixedWidth(theme.sp(380))
        row.addWidget(listed, 1)
        row.addWidget(chosen)
        self._stack.addWidget(board)
        nothing = Card()
        nothing.body.addWidget(EmptyState("circle-check", "没有退回补正的档案。", "返回", self.left.emit), 1)
        self._stack.addWidget(nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        self._header.add_action("返回", self.left.emit)
        column.addWidget(self._header)
        column.addWidget(self._note)
        column.addWidget(self._stack, 1)

    # contents

    def open_for(self, **arguments: Any) -> None:
        """Read the list again."""
        session = self._context.session
        self._today = date.fromisoformat(session.today)
        background.run_quietly(self, lambda: round_trip.returned_archives(session), self.show_rows)

    def show_rows(self, rows: Sequence[ReturnedArchive]) -> None:
        """Show these archives."""
        self.rows.show_rows(rows)
        hint = f"{len(rows):,} 户，改好以后照常导出数据包，上级就收到新的一版" if rows else ""
        self._header.set_texts("退回补正", hint)
        summary = due_summary(rows, self._today)
        self._note.show_text(summary, "error" if "已过" in summary else "warning")
        self._note.setVisible(bool(summary))
        self._stack.setCurrentIndex(0 if rows else 1)
        if rows:
            self.table.selectRow(0)

    def _show_row(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row is None:
            return
        self._name.setText(row.name or "--")
        day = f"　{due_text(row.due_on, self._today)}" if row.due_on else ""
        self._from.setText(f"{row.archive_number}　{row.office_name} {row.made_at[:10]} 退回{day}")
        clear(self._reasons)
        for reason in row.reasons:
            self._reasons.addWidget(reason_line(self._context.window, row.archive_id, reason))
        if row.remarks:
            self._reasons.addWidget(Note(row.remarks))

    def _row(self) -> ReturnedArchive | None:
        return self.rows.row_at(self.table.currentIndex())

    def _edit(self) -> None:
        row = self._row()
        if row is None:
            return
        first = first_place(row.reasons)
        if first is not None:
            jump_to_reason(self._context.window, row.archive_id, first)
        else:
            self._context.window.edit_archive(row.archive_id)

    def _open(self) -> None:
        row = self._row()
        if row is not None:
            self._context.window.open_archive(row.archive_id)
