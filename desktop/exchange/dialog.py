"""Frame of the dialogs of this package: title with hint, contents, buttons at the foot; Escape leaves."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop import messages, theme
from desktop.widgets.basics import label
from desktop.widgets.filter_combo import FilterCombo


class PlainDialog(QDialog):
    """A dialog with `body` for the contents and `foot` for the buttons."""

    def __init__(self, parent: QWidget | None, title: str, hint: str = "", width: int = 560) -> None:
        super().__init__(parent.window() if parent else None)
        self.setWindowTitle(title)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)
        self.setMinimumWidth(theme.sp(width))
        self.hint = label(hint, "secondary", wrap=True)
        if not hint:
            self.hint.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(label(title, "section"))
        column.addWidget(self.hint)
        column.addLayout(self.body, 1)
        column.addLayout(self.foot)

    def _primary(self) -> QPushButton | None:
        buttons = list[QPushButton](self.findChildren(QPushButton))
        return next((made for made in buttons if made.property("role") == "primary"), None)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in a field or on an option; without any, on the button that goes on."""
        super().showEvent(event)
        primary = self._primary()
        if primary is not None and primary.isEnabled() and isinstance(self.focusWidget(), QPushButton | None):
            primary.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field or on an option goes on, as the primary button does; from a list it goes to the next field."""
        primary = self._primary()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(self.focusWidget(), FilterCombo):
            self.focusNextChild()  # with Enter a row of the list was taken; that does not mean the dialog is done
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and primary is not None:
            primary.click()
        else:
            super().keyPressEvent(event)


def open_folder(folder: Path) -> None:
    """Show *folder* in the file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def offer_folder(parent: QWidget, sentence: str, path: Path) -> None:
    """Say that *path* was written and offer to show where it lies."""
    if messages.confirm(parent, f"{sentence}\n{path}", "打开文件夹", title="已保存", refuse="关闭", done=True):
        open_folder(path.parent)
