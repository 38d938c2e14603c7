"""变更记录: who changed which field when, old and new value in the form's captions; an older version can come back."""

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from db.domain.change_diff import Change
from db.services.revisions import RevisionEntry
from desktop import theme
from desktop.moments import moment
from desktop.widgets.basics import Card, Icon, button, label

SHOWN_AT_FIRST = 20
CHANGES_AT_FIRST = 12
_ICONS = {
    "create": "file-plus",
    "amend": "pencil",
    "import": "file-spreadsheet",
    "restore": "history",
    "attach": "paperclip",
    "detach": "trash-2",
    "annotate": "paperclip",
    "receive": "inbox",
    "means": "file-spreadsheet",
    "assess": "scale",
    "decide": "circle-check",
    "merge_archives": "users",
    "merged": "users",
    "unmerge": "undo-2",
    "hand_over": "arrow-left-right",
    "hand_over_withdrawn": "undo-2",
    "take_over": "arrow-left-right",
}


class RevisionCard(Card):
    """One version."""

    restore_wanted = Signal(int)
    archive_wanted = Signal(str)

    def __init__(
        self,
        entry: RevisionEntry,
        today: date,
        *,
        current: bool,
        may_restore: bool,
        other: tuple[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.entry = entry
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Icon(_ICONS.get(entry.action, "history"), theme.SECONDARY, 18))
        head.addWidget(label(entry.action_label, "strong"))
        head.addWidget(label(f"{moment(entry.made_at, today)}　{entry.clerk_name}", "secondary"))
        if entry.reason:
            head.addWidget(label(entry.reason, "secondary"))
        if other is not None:
            other_id, number = other
            opens = button("打开那一份", "link", "folder-open", lambda: self.archive_wanted.emit(other_id))
            opens.setAccessibleName(f"打开档案 {number}")
            head.addWidget(opens)
        head.addStretch(1)
        head.addWidget(label(f"第 {entry.revision} 版" + ("（现在）" if current else ""), "small"))
        if may_restore and not current:
            restore = button("恢复到这一版", "link", "undo-2", lambda: self.restore_wanted.emit(entry.revision))
            head.addWidget(restore)
        self.body.addLayout(head)
        if entry.changes:
            self._grid = QGridLayout()
            self._grid.setHorizontalSpacing(16)
            self._grid.setVerticalSpacing(4)
            for column, stretch in enumerate((0, 3, 0, 3)):
                self._grid.setColumnStretch(column, stretch)
            self._grid.setColumnMinimumWidth(0, theme.sp(180))
            self.body.addLayout(self._grid)
            self._add_changes(entry.changes[:CHANGES_AT_FIRST])
            self._add_rest(entry.changes[CHANGES_AT_FIRST:])

    def _add_rest(self, rest: list[Change]) -> None:
        if not rest:
            return

        def show() -> None:
            more.hide()
            self._add_changes(rest)

        more = button(f"还有 {len(rest)} 处改动", "link", act=show)
        self.body.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_changes(self, changes: list[Change]) -> None:
        for change in changes:
            row = self._grid.rowCount()
            caption = label(change.label, "secondary", wrap=True)
            old, new = (label(text or "--", wrap=True) for text in (change.old_text, change.new_text))
            old.setStyleSheet(f"color: {theme.SECONDARY};" + ("text-decoration: line-through;" if change.old_text else ""))
            for column, part in enumerate((caption, old, label("→", "secondary"), new)):
                part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop)


class HistoryView(QScrollArea):
    """All versions, the newest first; older ones on demand."""

    restore_wanted = Signal(int)
    archive_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._entries: list[RevisionEntry] = []
        self._may_restore = False
        self._others: Mapping[int, tuple[str, str]] = {}
        self._today = date.min

    def show_entries(
        self,
        entries: list[RevisionEntry],
        today: date,
        *,
        may_restore: bool,
        others: Mapping[int, tuple[str, str]] | None = None,
    ) -> None:
        """Show *entries*, newest first; *others*: by revision, id and number of the archive it was merged with."""
        self._entries, self._today, self._may_restore = entries, today, may_restore
        self._others = others or {}
        self._show(SHOWN_AT_FIRST)

    def _show(self, count: int) -> None:
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 8)
        column.setSpacing(8)
        for at, entry in enumerate(self._entries[:count]):
            other = self._others.get(entry.revision)
            card = RevisionCard(entry, self._today, current=at == 0, may_restore=self._may_restore, other=other)
            card.restore_wanted.connect(self.restore_wanted)
            card.archive_wanted.connect(self.archive_wanted)
            column.addWidget(card)
        if len(self._entries) > count:
            rest = len(self._entries) - count
            column.addWidget(button(f"更早的 {rest} 版", act=lambda: self._show(count + 100)))
        column.addStretch(1)
        self.setWidget(inside)

    def show_revision(self, revision: int) -> None:
        """Bring a version into sight."""
        at = next((at for at, entry in enumerate(self._entries) if entry.revision == revision), None)
        if at is None:
            return
        if at >= len(self.cards()):
            self._show(at + SHOWN_AT_FIRST)
        card = self.cards()[at]
        # laid out only when shown: until then nobody knows where it stands
        QTimer.singleShot(0, card, lambda: self.ensureWidgetVisible(card, 0, self.viewport().height() // 3))

    def cards(self) -> list[RevisionCard]:
        """The versions shown."""
        return list[RevisionCard](self.findChildren(RevisionCard))
