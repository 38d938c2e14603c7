"""Earlier versions of a worksheet: chosen from a menu, shown to be read, taken up again if the clerk wants."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from db.services.means import Means
from desktop.moments import moment
from desktop.widgets.basics import Note, button


def version_menu(
    parent: QWidget, versions: Sequence[Means], today: date, chosen: Callable[[Means], object]
) -> QMenu:
    """A menu of *versions*, the newest first."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for version in versions:
        why = f"　{version.reason}" if version.reason else ""
        action = menu.addAction(f"第 {version.revision} 版　{moment(version.made_at, today)}　{version.made_by}{why}")
        action.triggered.connect(lambda _=False, each=version: chosen(each))
    return menu


class VersionStrip(QWidget):
    """Says that an earlier version is shown, and leads back."""

    left = Signal()
    take_wanted = Signal(object)  # Means

    def __init__(self) -> None:
        super().__init__()
        self._version: Means | None = None
        self._note = Note("", "action")
        self._take = button("照这一版改", "", "pencil", lambda: self.take_wanted.emit(self._version))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._note, 1)
        row.addWidget(self._take)
        row.addWidget(button("回到现在", "", "undo-2", self.left.emit))
        self.hide()

    def show_version(self, version: Means | None, may_change: bool) -> None:
        """Say which version is shown; nothing for the one being filled."""
        self._version = version
        self._take.setVisible(may_change)
        self.setVisible(version is not None)
        if version is not None:
            when = f"{version.made_at[:10]} 由 {version.made_by} 保存"
            text = f"这是 {version.content.year} 年第 {version.revision} 版，{when}，只能看。"
            self._note.show_text(text, "action")
