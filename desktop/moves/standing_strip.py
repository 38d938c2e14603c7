"""The strip above an archive that this office may not change: whose it is, what it was merged into, where it went."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.errors import NuandangError
from db.services import handing_over, merging
from db.services.ownership import Standing, StandingKind, standing_of
from desktop import messages
from desktop.context import AppContext
from desktop.moves.merge_dialog import unmerge
from desktop.widgets.basics import Note, button

_TONES = {
    StandingKind.MERGED: "warning",
    StandingKind.LOCKED: "warning",
    StandingKind.HANDED_OVER: "action",
    StandingKind.FOREIGN: "action",
}


class StandingStrip(QWidget):
    """Says why an archive is only shown, and leads on; hidden where it may be changed."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.standing: Standing | None = None
        self.note = Note("", "action")
        self.open_kept = button("打开保留的那份", "link", act=self._open_kept)
        self.undo = button("撤销合并…", "link", act=self._undo)
        self.withdraw = button("撤回申请…", "link", act=self._withdraw)
        row = self.note.layout()
        assert isinstance(row, QHBoxLayout)
        for made in (self.open_kept, self.undo, self.withdraw):
            row.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.note)

    def show_archive(self, archive_id: str) -> Standing:
        """Say what there is to say of this archive; what it is to this office."""
        found = standing_of(self._context.session, archive_id)
        self.standing = found
        self.setVisible(not found.may_change)
        if not found.may_change:
            self.note.show_text(self._words(found), _TONES.get(found.kind, "action"))
            self.open_kept.setVisible(bool(found.kept_id))
            self.undo.setVisible(self._may_undo(found))
            self.withdraw.setVisible(found.kind is StandingKind.LOCKED)
        return found

    def _words(self, found: Standing) -> str:
        if found.kind is not StandingKind.FOREIGN:
            return found.sentence
        office = found.context.get("office", "上报单位")
        return f"这份档案由“{office}”上报，这里可以看、打印和导出；要修改请联系该单位。"

    def _may_undo(self, found: Standing) -> bool:
        if found.kind is not StandingKind.MERGED:
            return False
        return merging.load_merge(self._context.session, found.merge_id).is_own

    # -- acts

    def _open_kept(self) -> None:
        if self.standing is not None:
            self._context.window.open_archive(self.standing.kept_id)

    def _undo(self) -> None:
        if self.standing is not None:
            unmerge(self._context, self, self.standing.merge_id)

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
