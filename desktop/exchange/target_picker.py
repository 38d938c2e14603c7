"""Where to write: plugged-in USB drives first, any other folder after them."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from db.services import exchange
from db.services.exchange import Drive
from desktop import files, theme
from desktop.widgets.basics import button, label


def size_text(count: int) -> str:
    """Bytes as people say them: 86 MB, 1.2 GB."""
    for unit, divisor in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= divisor:
            amount = count / divisor
            return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:,.0f} {unit}"
    return f"{count} 字节"


def drive_caption(drive: Drive) -> str:
    """Name, place and free space of a drive."""
    return f"{drive.label or 'U 盘'}　可用 {size_text(drive.free_bytes)}　{drive.path}"


class TargetPicker(QWidget):
    """One radio button per drive and one for a folder of the clerk's choice."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._drives: list[Drive] = []
        self._folder: Path | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._radios = QVBoxLayout()
        self._radios.setSpacing(4)
        self._column.addLayout(self._radios)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(button("选择文件夹…", act=self._ask_folder))
        foot.addWidget(button("重新查找 U 盘", "link", "refresh-cw", self.look_again))
        foot.addStretch(1)
        self._column.addLayout(foot)
        self._group.idToggled.connect(lambda _, on: self.changed.emit() if on else None)

    def look_again(self) -> None:
        """Look for drives anew; the first one is chosen."""
        self.show_drives(exchange.removable_drives())

    def show_drives(self, drives: list[Drive]) -> None:
        """Offer *drives* and, below them, the folder chosen before."""
        chosen = self.folder()
        self._clear()
        self._drives = drives
        for number, drive in enumerate(drives):
            self._add(number, drive_caption(drive), drive.path == chosen)
        if not drives:
            hint = "没有发现 U 盘。插好后点“重新查找 U 盘”，或先存到文件夹。"
            self._radios.addWidget(label(hint, "secondary", wrap=True))
        if self._folder is not None:
            self._add(len(drives), f"文件夹　{self._folder}", self._folder == chosen)
        if self._group.checkedId() < 0 and drives:
            self._group.button(0).setChecked(True)
        self.changed.emit()

    def _clear(self) -> None:
        while self._radios.count():
            widget = self._radios.takeAt(0).widget()
            if isinstance(widget, QRadioButton):
                self._group.removeButton(widget)
            widget.hide()
            widget.deleteLater()

    def _add(self, number: int, caption: str, checked: bool) -> None:
        radio = QRadioButton(self.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideMiddle, theme.sp(320)))
        radio.setToolTip(caption)
        self._group.addButton(radio, number)
        self._radios.addWidget(radio)
        radio.setChecked(checked)

    def set_folder(self, folder: Path) -> None:
        """Choose *folder*."""
        self._folder = folder
        self.show_drives(self._drives)
        self._group.button(len(self._drives)).setChecked(True)

    def _ask_folder(self) -> None:
        folder = files.ask_folder(self, "把数据包存到哪个文件夹", self._folder)
        if folder is not None:
            self.set_folder(folder)

    def folder(self) -> Path | None:
        """The chosen place, None while nothing is chosen."""
        number = self._group.checkedId()
        if 0 <= number < len(self._drives):
            return self._drives[number].path
        return self._folder if number >= 0 else None
