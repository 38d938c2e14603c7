"""通知: what the office above has to say and by when; what this office says to those below."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from db.services import circulars
from db.services.circulars import Circular
from db.services.offices_below import has_offices_below
from db.services.reviewing import due_words
from desktop import messages, theme
from desktop.context import AppContext
from desktop.exchange.circular_dialog import CircularDialog
from desktop.exchange.late_view import LateView
from desktop.widgets.basics import Card, EmptyState, PageHeader, button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

_NOTHING_BELOW = "还没有通知。写好以后，下发审核结果时一起带给各单位。"
_NOTHING_ABOVE = "还没有通知。上级的通知随审核结果一起下发，读入后在这里看。"


def is_unread(circular: Circular) -> bool:
    """Whether it came from above and nobody here has read it."""
    return not circular.is_own and circular.read_at is None


def _who(circular: Circular) -> str:
    if not circular.is_own:
        return circular.office_name
    return f"发给 {'、'.join(circular.audience_names)}" if circular.audience else "发给全部下级"


class CircularsView(LateView):
    """The notices, the newest first, and beside them the words of the one chosen."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._header = PageHeader("通知")
        self.rows: RowsModel[Circular] = RowsModel(self._columns())
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("通知")
        self._stack = QStackedWidget()
        self._title = label("", "section", wrap=True)
        self._facts = label("", "secondary", wrap=True)
        self._body = label("", wrap=True)
        self._body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._read = button("我看过了", "primary", "check", self.mark_read)
        self._edit = button("修改…", "", "pencil", self._edit_chosen)
        self._withdraw = button("收回…", "", "undo-2", self.withdraw)
        self._nothing = EmptyState("file-text", "", "写通知…", self.write)
        self._write = self._header.add_action("写通知…", self.write, "primary", "plus")
        self._header.add_action("返回", self.left.emit)
        self._arrange()
        self.setFocusProxy(self.table)
        self.table.selectionModel().currentRowChanged.connect(lambda index, _: self._show(index))

    def _columns(self) -> list[Column[Circular]]:
        return [
            Column("", lambda row: "未读" if is_unread(row) else "", 52, lambda _: theme.RED, firm=True),
            Column("标题", lambda row: row.title, 220, firm=True),
            Column("期限", lambda row: row.due_on or "--", 104, self._due_ink, firm=True),
            Column("单位", _who, 150, lambda _: theme.SECONDARY),
        ]

    def _due_ink(self, circular: Circular) -> str:
        late = bool(circular.due_on) and str(circular.due_on) < self._context.session.today
        return theme.SECONDARY if not circular.due_on or late else theme.AMBER_INK

    def _arrange(self) -> None:
        board = QWidget()
        row = QHBoxLayout(board)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        listed, chosen, nothing = Card(), Card(), Card()
        listed.body.addWidget(self.table, 1)
        pane = QWidget()
        pane.setProperty("role", "scrolled")
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        for part in (self._title, self._facts, self._body):
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(pane)
        chosen.body.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._withdraw)
        foot.addStretch(1)
        foot.addWidget(self._edit)
        foot.addWidget(self._read)
        chosen.body.addLayout(foot)
        row.addWidget(listed, 6)
        row.addWidget(chosen, 5)
        nothing.body.addWidget(self._nothing, 1)
        self._stack.addWidget(board)
        self._stack.addWidget(nothing)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(12)
        outer.addWidget(self._header)
        outer.addWidget(self._stack, 1)

    # contents

    def open_for(self, **arguments: Any) -> None:
        """Read the notices again; the first unread one is chosen."""
        session = self._context.session
        may_write = has_offices_below(session)
        self._write.setVisible(may_write)
        self._nothing.step.setVisible(may_write)
        self._nothing.sentence.setText(_NOTHING_BELOW if may_write else _NOTHING_ABOVE)
        self.show_circulars(circulars.list_circulars(session), str(arguments.get("circular_id") or ""))

    def show_circulars(self, found: Sequence[Circular], wanted: str = "") -> None:
        """Show these notices, *wanted* or the first unread one chosen."""
        self.rows.show_rows(found)
        unread = sum(1 for row in found if is_unread(row))
        self.table.setColumnHidden(0, not unread)
        self.table.fit()
        hint = f"{unread:,} 份没看过" if unread else f"{len(found):,} 份" if found else ""
        self._header.set_texts("通知", hint)
        self._stack.setCurrentIndex(0 if found else 1)
        at = next((number for number, row in enumerate(found) if row.id == wanted), None)
        first = next((number for number, row in enumerate(found) if is_unread(row)), 0)
        if found:
            self.table.selectRow(first if at is None else at)

    def _show(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row is None:
            return
        self._title.setText(row.title)
        due = f"　{row.due_on} 前办（{due_words(row.due_on, self._context.session.today)}）" if row.due_on else ""
        read = f"　{row.read_by} {row.read_at[:10]} 看过" if row.read_at else ""
        self._facts.setText(f"{_who(row)}　{row.issued_at[:10]}{due}{read}")
        self._body.setText(row.body)
        self._read.setVisible(is_unread(row))
        for part in (self._edit, self._withdraw):
            part.setVisible(row.is_own)

    def chosen(self) -> Circular | None:
        """The notice in hand."""
        return self.rows.row_at(self.table.currentIndex())

    # acts

    def mark_read(self) -> None:
        """Note that the notice in hand was read, and go on to the next unread one."""
        row = self.chosen()
        if row is not None and is_unread(row):
            circulars.mark_read(self._context.session, row.id)
            self._tell()

    def write(self) -> None:
        """Write a new notice."""
        if CircularDialog(self, self._context.session).exec():
            self._tell("通知已写好，下发审核结果时一起带给各单位。")

    def _edit_chosen(self) -> None:
        row = self.chosen()
        if row is not None and CircularDialog(self, self._context.session, row).exec():
            self._tell("通知已修改，下一次下发时各单位会再看到。", row.id)

    def withdraw(self) -> None:
        """Take the notice in hand back."""
        row = self.chosen()
        sentence = "收回后，下一次下发时各单位也会看到已收回。"
        if row is not None and messages.confirm(self, sentence, "收回通知", destructive=True):
            circulars.withdraw_circular(self._context.session, row.id)
            self._tell("通知已收回。")

    def _tell(self, notice: str = "", wanted: str = "") -> None:
        self.open_for(circular_id=wanted)
        self._context.changes.bundles_changed.emit()
        if notice:
            self._context.window.notify(notice)
