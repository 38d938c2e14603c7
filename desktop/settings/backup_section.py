"""设置 · 备份: make one now, to this computer or to a stick; the list; the way to a restore."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from db.services import backups, exchange, old_backups
from db.services import office as offices
from db.services.backups import BackupRecord
from desktop import background, files, messages, theme
from desktop.context import AppContext
from desktop.moments import moment
from desktop.papers.old_backups_card import offer_replacing
from desktop.settings.section import SettingsSection
from desktop.widgets.basics import Card, EmptyState, Note, button, label
from desktop.widgets.rows import Column, RowsModel
from desktop.widgets.table import HouseTable

WARN_AFTER_DAYS = 7


def _ink(record: BackupRecord) -> str | None:
    """A backup that cannot be reached now is grey."""
    return None if record.exists else theme.SECONDARY


def _place(record: BackupRecord) -> str:
    return str(record.path.parent) if record.exists else f"（现在不在）{record.path.parent}"


def backup_columns(today: Callable[[], date]) -> tuple[Column[BackupRecord], ...]:
    """The backups made: when, why, how large, where."""
    return (
        Column("时间", lambda record: moment(record.made_at, today()), ink=_ink),
        Column("缘由", lambda record: record.reason_label, ink=_ink),
        Column("大小", lambda record: files.size_text(record.size), ink=_ink, right=True),
        Column("位置", _place, ink=_ink),
    )


class BackupSection(SettingsSection):
    """Backups of this office."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._state = Note()
        make = Card("备份")
        make.body.addWidget(self._state)
        make.body.addWidget(
            label("每天登录后自动备份到数据文件夹。电脑坏了它会一起丢，所以每周至少往 U 盘或移动硬盘备份一次。", "secondary", wrap=True)
        )
        acts = QHBoxLayout()
        acts.addWidget(button("备份到 U 盘或其他文件夹…", "primary", "usb", self._to_folder))
        acts.addWidget(button("备份到本机", "", "hard-drive", lambda: self.back_up(None)))
        acts.addStretch(1)
        make.body.addLayout(acts)
        self.model = RowsModel(backup_columns(self._today))
        self._table = HouseTable()
        self._table.setModel(self.model)
        self._table.set_widths({0: 130, 1: 130, 2: 90})
        self._table.setSelectionMode(HouseTable.SelectionMode.SingleSelection)
        self._table.setMinimumHeight(theme.sp(150))
        self._table.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())
        self._restore = button("恢复到选中的备份…", "", "history", self._restore_chosen)
        self._board = QStackedWidget()
        self._board.addWidget(self._table)
        self._board.addWidget(EmptyState("hard-drive", "还没有备份。做一次只要几秒钟。"))
        made = Card("已有的备份")
        made.head.addWidget(self._restore)
        made.head.addWidget(button("从别处的备份恢复…", act=self._restore_from_folder))
        made.body.addWidget(self._board, 1)
        self.column.addWidget(make)
        self.column.addWidget(made, 1)

    def _today(self) -> date:
        return date.fromisoformat(self.context.session.today)

    def refresh(self) -> None:
        """Read the list again."""
        session = self.context.session
        today = self._today()
        self.model.show_rows(backups.list_backups(session))
        self._board.setCurrentIndex(0 if self.model.rows else 1)
        self._on_selection()
        own = session.folder.resolve()
        away = [record for record in self.model.rows if own not in record.path.resolve().parents]
        if not away:
            self._state.show_text("还没有往这台电脑以外备份过。", "warning")
            return
        late = (today - date.fromisoformat(away[0].made_at[:10])).days >= WARN_AFTER_DAYS
        text = f"最近一次往外备份：{moment(away[0].made_at, today)}，{away[0].path.parent}"
        self._state.show_text(text, "warning" if late else "done")

    def _on_selection(self) -> None:
        record = self._chosen()
        self._restore.setEnabled(record is not None and record.exists)

    def _chosen(self) -> BackupRecord | None:
        rows = self._table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    def _to_folder(self) -> None:
        drives = exchange.removable_drives()
        folder = files.ask_folder(self, "备份到哪里", Path(drives[0].path) if drives else None)
        if folder is not None:
            self.back_up(folder)

    def back_up(self, folder: Path | None) -> None:
        """Make a backup, here or below *folder*."""
        session = self.context.session
        background.run(
            self,
            lambda _progress: backups.back_up(session, folder),
            self._on_done,
            title="正在备份，并重新打开检查…",
            cancellable=False,
        )

    def _on_done(self, record: BackupRecord) -> None:
        self.refresh()
        self.context.changes.office_changed.emit()
        if record.missing:
            messages.inform(self, f"备份已做好，但有 {record.missing} 个附件的文件已经丢失，没有备份到。请在“体检”里查看。")
        else:
            messages.notify(self, f"已备份并检查无误，{files.size_text(record.size)}")
        offer_replacing(self, self.context.session, record, self.refresh)

    def _restore_chosen(self) -> None:
        record = self._chosen()
        if record is not None:
            self.ask_restore(record.path, moment(record.made_at, self._today()))

    def _restore_from_folder(self) -> None:
        folder = files.ask_folder(self, "选择备份文件夹")
        if folder is not None:
            self.ask_restore(folder, "所选文件夹里的备份")

    def ask_restore(self, path: Path, when: str) -> None:
        """Ask, then leave the office and go to the restore page."""
        status = offices.office_status(self.context.session)
        sentence = (
            f"现在的 {status.archives:,} 户档案会换成“{when}”时的样子，之后的改动不再显示。"
            "换下来的数据仍留在备份文件夹里。下一步要输入做备份时的登录口令或恢复码。"
        )
        if old_backups.brings_back(self.context.session, path):
            sentence += "\n\n这份备份做在销毁档案以前，恢复以后那些档案又会回来，要重新销毁。"
        if messages.confirm(self, sentence, "恢复备份", destructive=True):
            self.context.window.restore(path)
