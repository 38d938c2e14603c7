"""上报稿: every table that was handed in, of forms and free cross-tables, here and by offices below; opens one of them."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QWidget

from db.domain.reports.cross_lists import OF_A_PERIOD
from db.errors import NuandangError
from db.services import cross_copies, report_copies
from db.services.report_copies import SavedCopy
from desktop import messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import EmptyState, button
from desktop.widgets.rows import Column, RowsModel, rows_table

_HINT = "留存的表不再变动。打开一份，看得到上报时的数，也看得出现在差在哪里。"
_NAMED = 4


class CopiesDialog(PlainDialog):
    """The list; *chosen* is the copy that was opened."""

    def __init__(self, parent: QWidget, copies: Sequence[SavedCopy]) -> None:
        super().__init__(parent, "上报稿", _HINT, 940)
        self.chosen: SavedCopy | None = None
        self.copies: RowsModel[SavedCopy] = RowsModel(self._columns())
        self.copies.show_rows(copies)
        self.table = rows_table(self.copies)
        self.table.setAccessibleName("留存过的表")
        self.table.setMinimumHeight(theme.sp(300))
        self.table.opened.connect(self._on_opened)
        self.body.addWidget(self.table, 1)
        nothing = EmptyState("file-text", "还没有留存过表。在统计表或交叉表里点“留存…”，就留下一份。")
        self.body.addWidget(nothing, 1)
        self.table.setVisible(bool(copies))
        nothing.setVisible(not copies)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", act=self.reject))
        opening = button("打开", "primary", act=lambda: self._on_opened(self.table.currentIndex()))
        opening.setEnabled(bool(copies))
        self.foot.addWidget(opening)
        if copies:
            self.table.setCurrentIndex(self.copies.index(0, 0))

    def _columns(self) -> list[Column[SavedCopy]]:
        return [
            Column("留存日期", lambda copy: copy.made_at[:10], 104, firm=True),
            Column("表", lambda copy: copy.title, 310, bold=True),
            Column("统计的时间", when_words, 214),
            Column("谁留存的", lambda copy: copy.who, 130),
            Column("说明", lambda copy: copy.note or "--", 100),
        ]

    def _on_opened(self, index: QModelIndex) -> None:
        copy = self.copies.row_at(index)
        if copy is not None:
            self.chosen = copy
            self.accept()


def when_words(copy: SavedCopy) -> str:
    """The period of a copy; of what was counted as it stood, that day."""
    if copy.is_cross_table:
        try:
            if cross_copies.reopened(copy).request.subject not in OF_A_PERIOD:
                return f"{copy.ends} 当天"
        except NuandangError:
            return "--"
    return f"{copy.begins} 至 {copy.ends}"


def open_copies(context: AppContext, page: QWidget) -> None:
    """Let the clerk choose one, and show it in its page."""
    dialog = CopiesDialog(page, report_copies.saved_copies(context.session))
    if dialog.exec() and dialog.chosen is not None:
        show_copy(context, page, dialog.chosen)


def show_copy(context: AppContext, page: QWidget, copy: SavedCopy) -> None:
    """Show a copy in its page; what cannot be read any more is said."""
    if not copy.is_cross_table:
        context.window.show_page("reports", copy=copy)
        return
    try:
        cross_copies.reopened(copy)
    except NuandangError as fault:
        messages.show_error(page, fault)
        return
    context.window.show_page("cross_table", copy=copy)


def changed_words(told: Sequence[str]) -> str:
    """What differs from the records of today, the first few by name."""
    if not told:
        return "和现在的记录一致。"
    more = f"；等 {len(told)} 处" if len(told) > _NAMED else ""
    return f"上报以后有变化：{'；'.join(told[:_NAMED])}{more}。"
