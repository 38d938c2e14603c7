"""The one search box: finds a person anywhere by name, pinyin, ID number, last four digits or phone."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop import theme
from desktop.widgets.drop_panel import DropPanel

PAUSE_MS = 20  # a search takes a millisecond; this only joins the characters an input method commits at once
ROW_HEIGHT = 44
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Hit:
    """One line of the result list, ready to show."""

    archive_id: str
    name: str
    role: str
    details: str
    number: str
    draft_id: str = ""  # of a household that is not filed yet


class HitModel(QAbstractListModel):
    """Hits in the order the service ranks them."""

    def __init__(self) -> None:
        super().__init__()
        self.hits: list[Hit] = []

    def show_hits(self, hits: list[Hit]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Number of hits."""
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text for screen readers; the hit itself for the painter."""
        if not index.isValid():
            return None
        hit = self.hits[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{hit.name} {hit.role} {hit.details} {hit.number}"
        return hit if role == Qt.ItemDataRole.UserRole else None


class HitDelegate(QStyledItemDelegate):
    """Name in bold, role beside it, the distinguishing details below, archive number at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Two lines high."""
        return QSize(0, theme.sp(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one hit."""
        hit: Hit = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.ACTION_TINT))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(theme.HOVER))
        box = option.rect.adjusted(theme.sp(12), theme.sp(3), -theme.sp(12), -theme.sp(3))
        upper, lower = box.adjusted(0, 0, 0, -box.height() // 2), box.adjusted(0, box.height() // 2, 0, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(bold=True))
        painter.setPen(QColor(theme.INK))
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | middle, hit.name)
        after = painter.fontMetrics().horizontalAdvance(hit.name) + theme.sp(8)
        painter.setFont(theme.font(12))
        painter.setPen(QColor(theme.SECONDARY))
        painter.drawText(upper.adjusted(after, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | middle, hit.role)
        painter.drawText(upper, Qt.AlignmentFlag.AlignRight | middle, hit.number)
        shown = painter.fontMetrics().elidedText(hit.details, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignLeft | middle, shown)
        painter.restore()


class SearchBox(QLineEdit):
    """Searches while one types; Enter opens the marked hit, Escape gives the focus back."""

    opened = Signal(str)  # archive id
    draft_opened = Signal(str)
    left = Signal()

    def __init__(self, search: Callable[[str], list[Hit]]) -> None:
        super().__init__()
        self._search = search
        self._model = HitModel()
        self._panel = DropPanel(self, ROW_HEIGHT - 4)
        self._panel.view.setItemDelegate(HitDelegate(self))
        self._panel.set_model(self._model)
        self._panel.picked.connect(self._open_hit)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.search_now)
        self.setAccessibleName("找人")
        self.setPlaceholderText("找人：姓名、拼音首字母、身份证号、电话　Ctrl+K")
        self.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.setClearButtonEnabled(True)
        self.textEdited.connect(lambda _text: self._pause.start())
        self.textChanged.connect(lambda text: None if text else self._panel.close_panel())

    def hits(self) -> list[Hit]:
        """What is listed now."""
        return self._model.hits if self._panel.isVisible() else []

    def search_now(self) -> None:
        """Search for the text at once and show the list."""
        self._pause.stop()
        wanted = self.text().strip()
        if not wanted:
            self._panel.close_panel()
            return
        hits = self._search(wanted)
        self._model.show_hits(hits)
        self._panel.set_foot("↑↓ 选择　Enter 打开　Esc 关闭" if hits else f"没有找到“{wanted}”。可以只输入姓、拼音首字母或证件后四位。")
        self._panel.open()
        if hits:
            self._panel.view.setCurrentIndex(self._model.index(0, 0))

    def _open_hit(self, index: QModelIndex) -> None:
        hit = self._model.hits[index.row()]
        self._panel.close_panel()
        self.clear()
        if hit.draft_id:
            self.draft_opened.emit(hit.draft_id)
        else:
            self.opened.emit(hit.archive_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the list first, then those of the field."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and (self._pause.isActive() or not self._panel.isVisible()):
            self.search_now()
            if len(self._model.hits) != 1 or not self.text().strip():
                return
        if self._panel.isVisible() and self._panel.take_key(event):
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
            return
        if event.key() == Qt.Key.Key_Down and self.text().strip():
            self.search_now()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming back shows the list again."""
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close the list."""
        self._pause.stop()
        self._panel.close_panel()
        super().focusOutEvent(event)
