"""录入助手: a small window that stays above the browser; one key copies the present answer and goes on to the next."""

from datetime import date

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from db.domain.national_screen import HOUSEHOLD
from db.errors import NuandangError
from db.services import archiving, national_entry
from db.services.archiving import Archive
from db.services.national_entry import ChangesSince, EntryLine, NationalMark, NationalState
from db.services.office import OfficeSession
from desktop import messages, theme
from desktop.moments import moment
from desktop.national.private_clipboard import PrivateClipboard
from desktop.widgets.basics import Card, ElidedLabel, Note, button, label, line, set_role
from desktop.widgets.rows import Column, RowsModel, rows_table
from desktop.widgets.segmented import Segmented

WIDTH, HEIGHT = 420, 660
_COPY_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_BACK_KEYS = (Qt.Key.Key_Backspace, Qt.Key.Key_Up)


class EntryAssistant(QDialog):
    """The fields of one archive, one after the other; at the end the number that came back."""

    marked = Signal()
    taken_back = Signal()

    def __init__(self, session: OfficeSession, archive: Archive, mark: NationalMark | None) -> None:
        # no window owns it: minimising the program must not take it along
        super().__init__(None)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._session, self.archive = session, archive
        name = archive.content.text("name") or "未填姓名"
        self.setWindowTitle(f"录入助手　{name}")
        self._all = national_entry.entry_lines(archive.content)
        since = self._since(mark)
        self._changed = since.places
        self._copied: set[int] = set()
        self.places = list(range(len(self._all)))
        """Which lines are shown; with 只看改动 only those that differ from what was typed in."""
        self.at = 0
        self.clipboard = PrivateClipboard(self)
        self._made(name, mark, since)
        self._arrange()
        self._connect()
        self.show_changes_only(bool(self._changed))

    def _since(self, mark: NationalMark | None) -> ChangesSince:
        if mark is None or mark.state is not NationalState.CHANGED:
            return ChangesSince([], [])
        return national_entry.changes_since(self._session, self.archive, mark)

    def _made(self, name: str, mark: NationalMark | None, since: ChangesSince) -> None:
        self._name = label(name, "section")
        self._count = label("", "secondary")
        self._earlier = Note(_earlier_sentence(mark, since, date.fromisoformat(self._session.today)), "action")
        self._earlier.setVisible(mark is not None)
        self.undo = button("其实没有录入，取消标记", "link", "undo-2", self.take_back)
        self.undo.setVisible(mark is not None)
        changed = len(self._changed)
        self.which: Segmented[bool] = Segmented([(True, f"只看改动 {changed} 项"), (False, "全部")])
        self.which.setVisible(bool(changed))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._part = label("", "small")
        self._caption = label("", "secondary", wrap=True)
        self._value = label("", "section", wrap=True)
        self._hint = label("", "small", wrap=True)
        self._in_clipboard = ElidedLabel("", "secondary")
        self.rows: RowsModel[int] = RowsModel(
            [
                Column("栏目", self._caption_in_list, 160, self._ink),
                Column("内容", lambda at: self._all[at].text or "--", 200, self._ink),
            ]
        )
        self.table = rows_table(self.rows)
        self.back = button("上一项", "", "chevron-left", self.go_back)
        self.copy = button("复制，到下一项　F9", "primary", "copy", self.copy_and_go_on)
        self.number = QLineEdit()
        self.finish = button("标记已录入", act=self.mark)

    def _caption_in_list(self, at: int) -> str:
        """A member's fields with the member's number before them."""
        shown = self._all[at]
        return shown.caption if shown.part == HOUSEHOLD else f"{shown.part.split()[1]} · {shown.caption}"

    def _ink(self, at: int) -> str | None:
        if at in self._copied:
            return theme.GREEN_INK
        return None if self._all[at].text else theme.SECONDARY

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._name)
        head.addWidget(self._count)
        head.addStretch(1)
        card = Card()
        card.body.setSpacing(4)
        for text in (self._part, self._caption, self._value, self._hint):
            card.body.addWidget(text)
        choice = QHBoxLayout()
        choice.addWidget(self.which)
        choice.addStretch(1)
        choice.addWidget(self.undo)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.back)
        acts.addWidget(self.copy, 1)
        end = QHBoxLayout()
        end.setSpacing(8)
        end.addWidget(self.number, 1)
        end.addWidget(self.finish)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._earlier)
        column.addLayout(choice)
        for part in (self._bar, card, self._in_clipboard):
            column.addWidget(part)
        column.addLayout(acts)
        column.addWidget(label("Enter 或 F9 复制　↑ 或退格 上一项　↓ 跳过", "small", wrap=True))
        column.addWidget(self.table, 1)
        column.addWidget(line())
        column.addWidget(label("全部录完后，填全国系统给的职工编号（没有可不填）：", "small", wrap=True))
        column.addLayout(end)
        self.resize(theme.sp(WIDTH), min(theme.sp(HEIGHT), 740))

    def _connect(self) -> None:
        # the keys belong to the window: a button or the list in focus would take arrows and Enter for itself
        for part in (self.back, self.copy, self.table, self.which, self.undo):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.clicked.connect(self._on_click)
        self.which.changed.connect(lambda only: self.show_changes_only(bool(only)))
        self.which.changed.connect(lambda _only: self.setFocus())
        self.clipboard.cleared.connect(lambda: self._tell("剪贴板已清空"))
        self.number.returnPressed.connect(self.mark)
        known = self.archive.content.text("worker_number")
        self.number.setPlaceholderText(f"现为 {known}" if known else "职工编号")
        self.number.setAccessibleName("全国系统给的职工编号")
        self.table.setAccessibleName("各栏目")
        self._tell("复制后到浏览器里按 Ctrl+V 粘贴")
        QShortcut(QKeySequence(Qt.Key.Key_F9), self, self.copy_and_go_on).setAutoRepeat(False)

    # -- going through

    def show_changes_only(self, only: bool) -> None:
        """Show the lines that changed since they were typed in, or all."""
        self.which.set_value(only)
        self.places = list(self._changed) if only else list(range(len(self._all)))
        self.rows.show_rows(self.places)
        self.at = self._next_answer(0, 1)
        self._show()

    def line(self) -> EntryLine | None:
        """The present line; None behind the last one."""
        return self._all[self.places[self.at]] if self.at < len(self.places) else None

    def _next_answer(self, at: int, step: int) -> int:
        """The first line from *at* on that has an answer; among changes an answer taken away counts, too."""
        while 0 <= at < len(self.places) and not self._all[self.places[at]].text and not self.which.value():
            at += step
        return at

    def copy_and_go_on(self) -> None:
        """Copy the present answer and go on to the next one."""
        present = self.line()
        if present is None:
            self.number.setFocus()
            return
        if present.text:
            self.clipboard.copy(present.text)
            self._copied.add(self.places[self.at])
            self._tell(f"已复制　{present.caption}：{present.text}", "done")
        else:
            self.clipboard.clear()  # or the answer before would be pasted into a field that stays empty
            self._tell(f"“{present.caption}”没有内容，没有复制")
        self._go(self._next_answer(self.at + 1, 1))

    def _tell(self, sentence: str, role: str = "secondary") -> None:
        self._in_clipboard.set_whole(sentence)
        set_role(self._in_clipboard, "role", role)

    def go_back(self) -> None:
        """Back to the answer before."""
        before = self._next_answer(self.at - 1, -1)
        if before >= 0:
            self._go(before)

    def _go(self, at: int) -> None:
        self.at = min(at, len(self.places))
        self._show()

    def _on_click(self, index: QModelIndex) -> None:
        self._go(index.row())
        self.setFocus()

    def _show(self) -> None:
        present, total = self.line(), len(self.places)
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(self.at)
        self._count.setText(f"第 {self.at + 1} / {total} 项" if present else f"共 {total} 项")
        self._part.setText(f"{present.part} · 下一个要复制的" if present else "到底了")
        self._caption.setText(present.caption if present else "各项都走完了。")
        nothing = "（已删去，请在系统里清空）" if self.which.value() else "（没有内容）"
        self._value.setText((present.text or nothing) if present else "填编号，点“标记已录入”")
        self._hint.setText(present.hint if present else "")
        self._hint.setVisible(bool(present and present.hint))
        self.back.setEnabled(self._next_answer(self.at - 1, -1) >= 0)
        self.copy.setEnabled(present is not None)
        # one primary act at a time
        set_role(self.copy, "role", "primary" if present else "")
        set_role(self.finish, "role", "" if present else "primary")
        if present is None:
            self.table.clearSelection()
            self.number.setFocus()
        else:
            self.table.selectRow(self.at)
            self.table.scrollTo(self.rows.index(min(self.at + 2, total - 1), 0))
        self.table.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter copies, Backspace and ↑ go back, ↓ goes on without copying, Escape closes."""
        if event.key() in _COPY_KEYS and not event.isAutoRepeat():
            self.copy_and_go_on()
        elif event.key() in _BACK_KEYS:
            self.go_back()
        elif event.key() == Qt.Key.Key_Down:
            self._go(self._next_answer(self.at + 1, 1))
        else:
            super().keyPressEvent(event)

    # -- the end

    def mark(self) -> None:
        """Note that everything was typed in, with the number."""
        try:
            national_entry.mark_entered(self._session, self.archive.id, self.archive.revision, self.number.text())
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self.accept()
        self.marked.emit()

    def take_back(self) -> None:
        """The mark was a mistake."""
        sentence = "取消后，这份档案显示为没有录入全国系统；已填的职工编号留在档案里。"
        if not messages.confirm(self, sentence, "取消标记", refuse="保留"):
            return
        try:
            national_entry.take_back(self._session, self.archive.id)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self.accept()
        self.taken_back.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """The keys work at once."""
        super().showEvent(event)
        self.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whatever ends it, nothing stays in the clipboard."""
        self.clipboard.clear()
        super().hideEvent(event)


def _earlier_sentence(mark: NationalMark | None, since: ChangesSince, today: date) -> str:
    if mark is None:
        return ""
    sentence = f"{moment(mark.entered_at, today)} {mark.clerk_name} 已录入第 {mark.revision} 版。"
    if since.places:
        sentence += "之后有改动，只录改动的即可。"
    if since.gone_members:
        sentence += f"{'、'.join(since.gone_members)}已不在家庭成员里，请在系统里删去。"
    return sentence


def open_assistant(parent: QWidget, session: OfficeSession, archive_id: str) -> EntryAssistant | None:
    """The assistant for an archive as it is now, at the right edge of the screen; None when the archive is gone."""
    try:
        archive = archiving.load_archive(session, archive_id)
        mark = national_entry.mark_of(session, archive_id)
        made = EntryAssistant(session, archive, mark)
    except NuandangError as fault:
        messages.show_error(parent, fault)
        return None
    parent.destroyed.connect(made.close)  # whatever ends the work, this window must not outlive it
    screen = parent.screen().availableGeometry()
    made.move(screen.right() - made.width() - 12, screen.top() + 40)
    made.show()
    made.activateWindow()
    return made
