"""Short list to choose from at the left of a page, with icons and rows as high as the font asks for."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem

from desktop import theme

ROW_HEIGHT = 40


class _Rows(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Row height grown with the font, whatever the style sheet knew when the list was filled."""
        return QSize(super().sizeHint(option, index).width(), theme.sp(ROW_HEIGHT))


class HouseList(QListWidget):
    """Entries with a name, shown by caption and icon."""

    def __init__(self, accessible_name: str) -> None:
        super().__init__()
        self.setAccessibleName(accessible_name)
        self.setItemDelegate(_Rows(self))
        self.setIconSize(theme.icon_size(18))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One entry stays chosen: Ctrl+Space switches the input method, it must not take the choice back."""
        if event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)

    def add_entry(self, name: str, caption: str, icon: str) -> None:
        """Append an entry."""
        item = QListWidgetItem(theme.icon(icon), caption)
        item.setData(Qt.ItemDataRole.UserRole, name)
        self.addItem(item)

    def current_name(self) -> str:
        """Name of the entry chosen, empty without one."""
        item = self.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item else ""
