"""Choice of office when none is named: folders opened lately, another folder, or a new office."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from db.services.sign_in import OFFICE_FILE, has_office
from desktop import files, messages, theme
from desktop.start.frame import StartFrame
from desktop.widgets.basics import button, label, line

_WIDEST = 460
"""Room for a folder's name and place in the card, for the standard font."""


class ChooserPage(StartFrame):
    """Recent offices as buttons; only their folders are remembered."""

    chosen = Signal(object)  # Path
    new_office_wanted = Signal()
    restore_wanted = Signal()

    def __init__(self, recent: list[Path]) -> None:
        super().__init__(560)
        body = self.card.body
        body.addWidget(label("打开哪个单位的数据？" if recent else "还没有打开过单位数据", "section"))
        for folder in recent:
            body.addWidget(self._folder_button(folder))
        if not recent:
            body.addWidget(label("第一次使用请新建单位；换电脑或装了新系统，请打开原来的单位文件夹。", "secondary", wrap=True))
        body.addWidget(line())
        foot = QHBoxLayout()
        foot.addWidget(button("打开其他文件夹…", "", "folder-open", self._ask))
        foot.addWidget(button("从备份恢复…", "", "history", self.restore_wanted.emit))
        foot.addStretch(1)
        new = button("新建单位", "primary", "plus", self.new_office_wanted.emit)
        foot.addWidget(new)
        body.addLayout(foot)
        if not recent:
            self.setFocusProxy(new)  # the first step of a first day

    def _folder_button(self, folder: Path) -> QPushButton:
        made = button("", "link", "building-2", lambda: self.chosen.emit(folder))
        words = f"{folder.name}　{folder.parent}"
        made.setText(made.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, theme.sp(_WIDEST)))
        made.setToolTip(str(folder))
        return made

    def _ask(self) -> None:
        folder = files.ask_folder(self, "选择单位文件夹")
        if folder is None:
            return
        if has_office(folder):
            self.chosen.emit(folder)
        else:
            messages.inform(self, f"“{folder}”里没有暖档的单位数据。请选择含有 {OFFICE_FILE} 的文件夹，或新建单位。")
