"""旧备份: which backups still hold destroyed archives, and putting down that nobody can read them any more."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from db.errors import NuandangError
from db.services import old_backups
from db.services.backups import BackupRecord
from db.services.office import OfficeSession
from db.services.old_backups import GONE_WORDS, Gone, HoldingBackup
from desktop import background, messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import Card, button, label
from desktop.widgets.filter_combo import FilterCombo
from desktop.widgets.rows import Column, RowsModel, rows_table

_SAID = (
    "销毁档案以前做的备份里还有那些档案。插上那个盘，在这里删除；已经换掉、删掉或者盘已销毁的，登记一下。"
    "处理情况写进《档案销毁清册》。"
)


def _ink(row: HoldingBackup) -> str | None:
    return None if row.backup.exists else theme.SECONDARY


_COLUMNS: tuple[Column[HoldingBackup], ...] = (
    Column("备份时间", lambda row: row.backup.made_at[:16].replace("T", " "), 150, _ink),
    Column("存放位置", lambda row: str(row.backup.path.parent), 330, _ink),
    Column("现在", lambda row: "读得到" if row.backup.exists else "盘不在", 80, _ink),
    Column("有已销毁的", lambda row: f"{row.archives:,} 户", 100, _ink, right=True),
)


class OldBackupsCard(Card):
    """The backups that hold destroyed archives; hidden where there are none."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__("旧备份")
        self._context, self._session = context, context.session
        self.body.addWidget(label(_SAID, "secondary", wrap=True))
        self.rows: RowsModel[HoldingBackup] = RowsModel(list(_COLUMNS))
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("还有已销毁档案的备份")
        self.table.setMinimumHeight(theme.sp(150))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_acts())
        self.erase = button("删除这份备份", "", "trash-2", self.erase_chosen)
        self.note = button("登记已处理…", "", "pencil", self.note_chosen)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for made in (self.erase, self.note):
            acts.addWidget(made)
        acts.addStretch(1)
        self.body.addWidget(self.table)
        self.body.addLayout(acts)

    def refresh(self) -> None:
        """Read again."""
        found = old_backups.holding_backups(self._session)
        self.rows.show_rows(found)
        self.setVisible(bool(found))
        if found:
            self.table.selectRow(0)
        self._show_acts()

    def _chosen(self) -> HoldingBackup | None:
        index: QModelIndex = self.table.currentIndex()
        return self.rows.row_at(index)

    def _show_acts(self) -> None:
        row = self._chosen()
        self.note.setEnabled(row is not None)
        self.erase.setEnabled(row is not None and row.backup.exists)
        self.erase.setToolTip("" if row is None or row.backup.exists else "先插上那个盘")

    def erase_chosen(self) -> None:
        """Delete the backup that is there."""
        row = self._chosen()
        if row is None:
            return
        question = f"删除 {row.backup.made_at[:10]} 的备份？\n{row.backup.path}\n删除以后不能再从这份备份恢复。"
        if not messages.confirm(self, question, "删除", destructive=True):
            return
        session, backup_id = self._session, row.backup.id

        def done(_none: None) -> None:
            self._context.window.notify("已删除，处理情况已写进销毁清册。")
            self.changed.emit()

        background.run(self, lambda _progress: old_backups.erase(session, backup_id), done, title="正在删除备份…")

    def note_chosen(self) -> None:
        """Put down what became of a backup that cannot be reached."""
        row = self._chosen()
        if row is not None and GoneDialog(self, self._session, row).exec():
            self._context.window.notify("已登记，写进销毁清册。")
            self.changed.emit()


class GoneDialog(PlainDialog):
    """Asks what became of a backup."""

    def __init__(self, parent: QWidget, session: OfficeSession, row: HoldingBackup) -> None:
        said = f"{row.backup.made_at[:10]} 的备份　{row.backup.path.parent}"
        super().__init__(parent, "登记旧备份的处理", said)
        self._session, self._row = session, row
        self.how = FilterCombo([(str(how), words) for how, words in GONE_WORDS.items()])
        self.how.setAccessibleName("处理情况")
        self.how.set_value(Gone.DESTROYED)
        self.body.addWidget(label("处理情况", "strong"))
        self.body.addWidget(self.how)
        care = "登记以后不再提醒。没有真正处理的不要登记：备份用当时的口令就能打开。"
        self.body.addWidget(label(care, "secondary", wrap=True))
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("登记", "primary", act=self._take))

    def _take(self) -> None:
        try:
            old_backups.mark_gone(self._session, [self._row.backup.id], Gone(str(self.how.value())))
        except NuandangError as fault:
            messages.show_error(self, fault)
        else:
            self.accept()


def offer_replacing(parent: QWidget, session: OfficeSession, made: BackupRecord, done: Callable[[], None]) -> None:
    """Where the folder of a backup just made has older ones that hold destroyed archives, offer to remove them."""
    older = old_backups.replaceable(session, made)
    if not older:
        return
    question = f"这个文件夹里还有 {len(older):,} 份旧备份，里面有已经销毁的档案。用刚做好的这份换掉它们？"
    if not messages.confirm(parent, question, "换掉旧备份", title="旧备份里有已销毁的档案"):
        return

    def told(count: int) -> None:
        messages.notify(parent, f"已换掉 {count:,} 份旧备份，写进销毁清册。")
        done()

    background.run(parent, lambda _progress: old_backups.replace_older(session, made), told, title="正在删除旧备份…")
