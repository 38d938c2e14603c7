"""Restoring a backup: which one, where to, and the passphrase of that time."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit

from db.errors import NuandangError, UserError
from db.services import backups
from desktop import background, files, messages
from desktop.start.frame import StartFrame
from desktop.start.passphrase_fields import PassphraseEdit
from desktop.widgets.basics import Note, button, label


class RestorePage(StartFrame):
    """Chooses a backup below *source*; restores it into *target*, or into a folder of the clerk's choice."""

    restored = Signal(object)  # Path of the office
    cancelled = Signal()

    def __init__(self, source: Path | None, target: Path | None) -> None:
        super().__init__(520)
        self._choices = QComboBox()
        self._source = QLineEdit()
        self._source.setReadOnly(True)
        self._source.setPlaceholderText("选择 U 盘上的“暖档备份-…”文件夹")
        self._target = QLineEdit(str(target) if target else "")
        self._target.setPlaceholderText("选择一个空文件夹")
        self._target.setReadOnly(target is not None)
        self._keeps_place = target is not None
        self.secret = PassphraseEdit("做备份时的登录口令，或恢复码")
        self.problem = Note("", "error")
        self.problem.hide()
        self.start_button = button("恢复", "primary", act=self._submit)
        self.secret.returnPressed.connect(self._submit)
        self._arrange()
        if source is not None:
            self.look_in(source)

    def _arrange(self) -> None:
        body = self.card.body
        body.addWidget(label("从备份恢复", "section"))
        body.addWidget(label("备份在哪里"))
        body.addLayout(self._with_button(self._source, self._ask_source))
        body.addWidget(label("恢复到哪一次"))
        body.addWidget(self._choices)
        body.addWidget(label("恢复到哪个文件夹"))
        if self._keeps_place:
            body.addWidget(self._target)
        else:
            body.addLayout(self._with_button(self._target, self._ask_target))
        body.addWidget(label("口令或恢复码"))
        body.addWidget(self.secret)
        body.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.addWidget(button("返回", act=self.cancelled.emit))
        foot.addStretch(1)
        foot.addWidget(self.start_button)
        body.addLayout(foot)

    def _with_button(self, field: QLineEdit, act: Callable[[], object]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(field, 1)
        row.addWidget(button("选择…", act=act))
        return row

    def _ask_source(self) -> None:
        folder = files.ask_folder(self, "选择备份文件夹")
        if folder is not None:
            self.look_in(folder)

    def _ask_target(self) -> None:
        folder = files.ask_folder(self, "选择一个空文件夹")
        if folder is not None:
            self._target.setText(str(folder))

    def showEvent(self, event: QShowEvent) -> None:
        """Where everything else is settled, begin with the passphrase."""
        super().showEvent(event)
        if self._choices.count() and self._target.text():
            self.secret.setFocus()

    def look_in(self, folder: Path) -> None:
        """List the backups in *folder*."""
        self._source.setText(str(folder))
        self._choices.clear()
        self.problem.hide()
        try:
            found = backups.find_backups(folder)
        except NuandangError as exc:
            self._complain(exc.text())
            return
        for choice in found:
            when = choice.made_at[:16].replace("T", " ")
            self._choices.addItem(f"{when}　{choice.office_name}　{choice.archives:,} 户", choice.path)
        if not found:
            self._complain("这个文件夹里没有备份。请选“暖档备份-…”文件夹，或单位数据文件夹。")

    def _complain(self, text: str) -> None:
        self.problem.show_text(text, "error")
        self.problem.show()

    def _submit(self) -> None:
        backup, target, secret = self._choices.currentData(), self._target.text().strip(), self.secret.text()
        if backup is None or not target or not secret:
            self._complain("请选好备份和文件夹，并输入口令或恢复码。")
            return
        self.start_button.setEnabled(False)
        folder = Path(target)
        background.run(
            self,
            lambda _progress: backups.restore_backup(backup, folder, secret),
            lambda missing: self._done(folder, missing),
            self._refused,
            title="正在恢复，并检查数据…",
            cancellable=False,
        )

    def _done(self, folder: Path, missing: int) -> None:
        if missing:
            messages.inform(self, f"数据已恢复，但有 {missing} 个附件不在备份里，打开时会提示缺失。")
        self.restored.emit(folder)

    def _refused(self, exc: BaseException) -> None:
        self.start_button.setEnabled(True)
        if isinstance(exc, UserError):
            wrong = exc.code == "wrong_passphrase"
            self._complain("口令或恢复码不对。要用做这次备份时的口令。" if wrong else exc.text())
            self.secret.setFocus()
        else:
            messages.show_error(self, exc)
