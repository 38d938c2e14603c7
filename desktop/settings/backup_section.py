"""设置 · 备份: make one now, to this computer or to a stick; the list; the way to a restore."""

from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from db.services import backups, exchange
from db.services import office as offices
from db.services.backups import BackupRecord
from desktop import background, files, messages, theme
from desktop.context import AppContext
from desktop.moments import moment
from desktop.settings.section import SettingsSection
from desktop.widgets.basics import Card, EmptyState, Note, button, label
from desktop.widgets.table import HouseTable

AnyIndex = QModelIndex | QPersistentModelIndex
WARN_AFTER_DAYS = 7


class BackupModel(QAbstractTableModel):
    """The backups made: when, why, how large, where."""

    HEADS = ("时间", "缘由", "大小", "位置")

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[BackupRecord] = []
        self.today = date.min

    def show_rows(self, rows: list[BackupRecord], today: date) -> None:
        """Replace the lines."""
        self.beginResetModel()
        self.rows, self.today = rows, today
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Number of backups."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Four columns."""
        return len(self.HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Captions."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return self.HEADS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; a backup that cannot be reached now is grey."""
        record = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            place = str(record.path.parent)
            texts = (
                moment(record.made_at, self.today),
                record.reason_label,
                files.size_text(record.size),
                place if record.exists else f"（现在不在）{place}",
            )
            return texts[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and not record.exists:
            return QColor(theme.SECONDARY)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 2:
            return Qt.AlignmentFlag.AlignRight
        return str(record.path) if role == Qt.ItemDataRole.ToolTipRole else None


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
        self.model = BackupModel()
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

    def refresh(self) -> None:
        """Read the list again."""
        session = self.context.session
        today = date.fromisoformat(session.today)
        self.model.show_rows(backups.list_backups(session), today)
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

    def _restore_chosen(self) -> None:
        record = self._chosen()
        if record is not None:
            self.ask_restore(record.path, moment(record.made_at, self.model.today))

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
        if messages.confirm(self, sentence, "恢复备份", destructive=True):
            self.context.window.restore(path)
