"""两份不同：archives of which two versions met, and the choice field by field."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea

from db.services import conflicts
from db.services.conflicts import MINE, OpenConflict, Settled
from desktop import background, messages, theme
from desktop.conflicts.field_chooser import FieldChooser
from desktop.context import AppContext
from desktop.exchange.list_and_one import ListAndOneView
from desktop.moments import moment
from desktop.widgets.basics import Card, Note, button, label
from desktop.widgets.rows import Column

REASON_LENGTH = 200
_NOTHING = "没有等待选定的档案。\n外出电脑带回的、上级存有的与这里不同时，相同的自动合并，两边改得不同的栏目列在这里。"
_COLUMNS: list[Column[OpenConflict]] = [
    Column("姓名", lambda row: row.name or "--", 80, firm=True),
    Column("对方", lambda row: row.source_name, 130),
    Column("不同处", lambda row: f"{len(row.fields)} 处", 64, lambda _: theme.AMBER_INK, right=True),
]


def settled_words(settled: Settled) -> str:
    """What the choice has done, in a sentence."""
    words = f"已选定，存成第 {settled.revision} 版。" if settled.revision else "已选定，内容没有变化。"
    if settled.missed:
        words += f"{'、'.join(settled.missed)}已经不在了，没有改。"
    return words


class ConflictView(ListAndOneView[OpenConflict]):
    """The archives at the left, the fields of the one chosen at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, "两份不同，等您选定", _COLUMNS, "有不同处的档案", ("circle-check", _NOTHING))
        self._today = date.min
        self._wanted = ""
        self.chooser = FieldChooser()
        self._name = label("", "section")
        self._origin = label("", "secondary", wrap=True)
        self._moved = Note("", "warning")
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("选定的依据，如“打电话向本人核实”，可以不填")
        self.reason.setMaxLength(REASON_LENGTH)
        self.reason.setAccessibleName("选定的依据")
        self._left_open = label("", "secondary")
        self.settle_button = button("选定", "primary", "check", self._settle)
        self.lay_out(self._chosen_card(), width=theme.sp(330))
        self.chooser.changed.connect(self._show_state)

    def _chosen_card(self) -> Card:
        card = Card()
        head = QHBoxLayout()
        head.addWidget(self._name)
        head.addStretch(1)
        head.addWidget(button("看整份档案", act=self.open_archive))
        card.body.addLayout(head)
        card.body.addWidget(self._origin)
        card.body.addWidget(self._moved)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.chooser)
        self.chooser.setProperty("role", "scrolled")
        card.body.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.reason, 1)
        foot.addWidget(self._left_open)
        foot.addWidget(self.settle_button)
        card.body.addLayout(foot)
        return card

    # contents

    def open_for(self, **arguments: Any) -> None:
        """Read the list again; *archive_id*: bring this archive forward."""
        self._wanted = str(arguments.get("archive_id", ""))
        session = self._context.session
        self._today = date.fromisoformat(session.today)
        background.run_quietly(self, lambda: conflicts.list_conflicts(session), self.show_rows)

    def show_rows(self, rows: Sequence[OpenConflict]) -> None:
        """Show these archives."""
        hint = f"{len(rows):,} 份档案；没有选的一份留在变更记录里，随时查得到" if rows else ""
        self.show_list(rows, hint, self._wanted)

    def show_row(self, row: OpenConflict) -> None:
        """Show the fields of one archive."""
        self._name.setText(row.name or "未填姓名")
        when = moment(row.found_at, self._today)
        self._origin.setText(
            f"{row.archive_number}　{when} 与“{row.source_name}”的第 {row.other_revision} 版合并。"
            "下面几栏两边改得不同，现在用的是这台电脑的，请逐栏选定。"
        )
        self._moved.setVisible(bool(row.moved))
        self._moved.show_text("有的栏目在这台电脑上后来又改过。选“这台电脑”就保持现在的内容。", "warning")
        self.reason.clear()
        self.chooser.show_fields(row.fields, row.source_name, row.moved)

    def _show_state(self) -> None:
        left = self.chooser.left_open()
        self._left_open.setText(f"还有 {left} 处没选" if left else "")
        self.settle_button.setEnabled(not left and bool(self.chooser.choices()))

    # acts

    def _settle(self) -> None:
        row = self.row()
        if row is None:
            return
        session, choices, reason = self._context.session, self.chooser.choices(), self.reason.text()

        def done(settled: Settled) -> None:
            self._context.window.notify(settled_words(settled))
            self._context.changes.archives_changed.emit({row.archive_id})
            self.open_for()

        def failed(exc: BaseException) -> None:
            messages.show_error(self, exc)
            self.open_for()

        background.run(
            self,
            lambda _progress: conflicts.settle_conflict(session, row.id, choices, reason),
            done,
            failed,
            title="正在保存…",
            cancellable=False,
        )

    def is_prepared(self) -> bool:
        """Whether a choice was begun."""
        return any(choice != MINE for choice in self.chooser.choices().values())
