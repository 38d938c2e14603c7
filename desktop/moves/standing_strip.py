"""The strips above an archive: whose it is, what it was merged into, where it went; and what was merged into it."""

from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from db.errors import NuandangError
from db.services import handing_over, merging
from db.services.merging import Merge
from db.services.ownership import Standing, StandingKind, standing_of
from desktop import messages
from desktop.context import AppContext
from desktop.moments import moment
from desktop.moves.merge_dialog import unmerge
from desktop.widgets.basics import Note, button

_TONES = {
    StandingKind.MERGED: "warning",
    StandingKind.LOCKED: "warning",
    StandingKind.DESTROYED: "warning",
    StandingKind.HANDED_OVER: "action",
    StandingKind.FOREIGN: "action",
}


def _with_links(note: Note, links: tuple[QPushButton, ...]) -> None:
    row = note.layout()
    assert isinstance(row, QHBoxLayout)
    for made in links:
        row.addWidget(made)


class StandingStrip(QWidget):
    """Says why an archive is only shown, and which ones it stands for, and leads on; hidden where there is nothing to say."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.standing: Standing | None = None
        self.merges: list[Merge] = []
        """Merges in force into the archive shown, the newest last."""
        self.note = Note("", "action")
        self.open_kept = button("打开保留的那份", "link", act=self._open_kept)
        self.undo = button("撤销合并…", "link", act=self._undo)
        self.withdraw = button("撤回申请…", "link", act=self._withdraw)
        _with_links(self.note, (self.open_kept, self.undo, self.withdraw))
        self.into = Note("", "plain")
        self.open_merged = button("打开并入的那份", "link", act=self._open_merged)
        self.undo_into = button("撤销合并…", "link", act=self._undo_into)
        _with_links(self.into, (self.open_merged, self.undo_into))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.note)
        column.addWidget(self.into)

    def show_archive(self, archive_id: str) -> Standing:
        """Say what there is to say of this archive; what it is to this office."""
        session = self._context.session
        found = standing_of(session, archive_id)
        told = merging.merges_of(session, archive_id)
        self.standing = found
        self.merges = [made for made in told if made.kept_id == archive_id and not made.undone_at]
        self.note.setVisible(not found.may_change)
        if not found.may_change:
            self.note.show_text(_words(found), _TONES.get(found.kind, "action"))
            self.open_kept.setVisible(bool(found.kept_id))
            self.undo.setVisible(any(made.id == found.merge_id and made.is_own for made in told))
            self.withdraw.setVisible(found.kind is StandingKind.LOCKED and not session.office.is_laptop)
        self.into.setVisible(bool(self.merges))
        if self.merges:
            self.into.show_text(_into_words(self.merges, date.fromisoformat(session.today)), "plain")
            self.undo_into.setVisible(self.merges[-1].is_own)
        self.setVisible(not found.may_change or bool(self.merges))
        return found

    # -- acts

    def _open_kept(self) -> None:
        if self.standing is not None:
            self._context.window.open_archive(self.standing.kept_id)

    def _open_merged(self) -> None:
        if self.merges:
            self._context.window.open_archive(self.merges[-1].merged_id)

    def _undo(self) -> None:
        if self.standing is not None:
            unmerge(self._context, self, self.standing.merge_id)

    def _undo_into(self) -> None:
        if self.merges:
            unmerge(self._context, self, self.merges[-1].id)

    def _withdraw(self) -> None:
        if self.standing is None:
            return
        sentence = "撤回移交申请？撤回以后这份档案照常由本单位修改和上报。"
        if not messages.confirm(self, sentence, "撤回"):
            return
        try:
            done = handing_over.withdraw_hand_over(self._context.session, self.standing.hand_over_id)
        except NuandangError as fault:
            messages.show_error(self, fault)
            return
        self._context.window.notify("已撤回移交申请。")
        self._context.changes.archives_changed.emit({done.archive_id})


def _words(found: Standing) -> str:
    if found.kind is not StandingKind.FOREIGN:
        return found.sentence
    office = found.context.get("office", "上报单位")
    return f"这份档案由“{office}”上报，这里可以看、打印和导出；要修改请联系该单位。"


def _into_words(merges: list[Merge], today: date) -> str:
    """Which archives this one stands for; the newest with day and reason."""
    last = merges[-1]
    why = f"，{last.reason}" if last.reason else ""
    who = last.made_by if last.is_own else f"{last.office_name} {last.made_by}"
    numbers = "、".join(made.merged_number for made in merges)
    joined = f"{numbers} 已并入这一份（{moment(last.made_at, today)} {who}{why}）。"
    return joined + "那份的办理、走访、结对、救助和材料在这里一起列出，家庭经济和认定打开那份查看。"
