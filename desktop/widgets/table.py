"""Table in the house style: 36 px rows, amounts at the right, hover, keyboard, column chooser.

The model gives texts, alignment, colour (ForegroundRole), icon (DecorationRole) and ticks (CheckStateRole). Selecting
every filtered row is the model's business: Ctrl+A and the header tick only emit `select_all_requested`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QGuiApplication,
    QHelpEvent,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from desktop import theme
from desktop.widgets.basics import button

AnyIndex = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 36
PADDING = 8


class RowDelegate(QStyledItemDelegate):
    """Paints a cell: ground, thin line below, tick, icon, text shortened with …."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one cell."""
        # the model is asked directly: through the index every question would cross into Qt and back
        ask = partial(index.model().data, index)
        painter.save()
        self._paint_ground(painter, option, index, ask(Qt.ItemDataRole.BackgroundRole))
        box = option.rect.adjusted(theme.sp(PADDING), 0, -theme.sp(PADDING), -1)
        box = self._paint_tick(painter, box, ask(Qt.ItemDataRole.CheckStateRole))
        box = self._paint_icon(painter, box, ask(Qt.ItemDataRole.DecorationRole))
        self._paint_text(painter, option, box, ask)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex, ground: QBrush | QColor | None
    ) -> None:
        table = self.parent()
        if table.selectionModel().isSelected(index):
            painter.fillRect(option.rect, QColor(theme.ACTION_TINT))
        elif table.hovered_row == index.row():
            painter.fillRect(option.rect, QColor(theme.HOVER))
        elif ground is not None:
            painter.fillRect(option.rect, QBrush(ground))
        painter.setPen(QColor(theme.ROW_LINE))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        if table.hasFocus() and table.currentIndex().row() == index.row() and index.column() == table.first_column():
            painter.fillRect(option.rect.left(), option.rect.top(), 3, option.rect.height(), QColor(theme.ACTION))

    def _paint_tick(self, painter: QPainter, box: QRect, state: Qt.CheckState | int | None) -> QRect:
        if state is None:
            return box
        side = theme.sp(16)
        tick = QRect(box.left(), box.center().y() - side // 2, side, side)
        draw_tick(painter, tick, Qt.CheckState(state))
        return box.adjusted(side + theme.sp(PADDING), 0, 0, 0)

    def _paint_icon(self, painter: QPainter, box: QRect, icon: QIcon | None) -> QRect:
        if not isinstance(icon, QIcon):
            return box
        side = theme.sp(16)
        icon.paint(painter, QRect(box.left(), box.center().y() - side // 2, side, side))
        return box.adjusted(side + theme.sp(6), 0, 0, 0)

    def _paint_text(
        self, painter: QPainter, option: QStyleOptionViewItem, box: QRect, ask: Callable[[Qt.ItemDataRole], Any]
    ) -> None:
        text = ask(Qt.ItemDataRole.DisplayRole)
        if text is None:
            return
        font = ask(Qt.ItemDataRole.FontRole)
        painter.setFont(font if isinstance(font, QFont) else option.font)
        ink = ask(Qt.ItemDataRole.ForegroundRole)
        painter.setPen(QPen(QBrush(ink).color()) if ink is not None else QColor(theme.INK))
        align = ask(Qt.ItemDataRole.TextAlignmentRole)
        flags = Qt.AlignmentFlag(align) if align is not None else Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(str(text), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, flags | Qt.AlignmentFlag.AlignVCenter, shown)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        """The whole text of a cell that is shortened, as tool tip."""
        text, own = index.data(Qt.ItemDataRole.DisplayRole), index.data(Qt.ItemDataRole.ToolTipRole)
        room = option.rect.width() - 2 * theme.sp(PADDING)
        shortened = bool(text) and view.fontMetrics().horizontalAdvance(str(text)) > room
        QToolTip.showText(event.globalPos(), str(own or text) if own or shortened else "", view)
        return True

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        """A click anywhere in a cell with a tick turns it over, and goes to its row: what a button acts upon is what was clicked."""
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if state is None:
            return False
        table = option.widget
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(table, QTableView):
            if table.selectionMode() == QAbstractItemView.SelectionMode.SingleSelection:
                table.selectRow(index.row())
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            if event.button() == Qt.MouseButton.LeftButton:
                ticked = Qt.CheckState(state) == Qt.CheckState.Checked
                turned = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
                return bool(model.setData(index, turned, Qt.ItemDataRole.CheckStateRole))
        return event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


def draw_tick(painter: QPainter, box: QRect, state: Qt.CheckState) -> None:
    """Draw a tick box in the house style."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    filled = state != Qt.CheckState.Unchecked
    painter.setPen(QColor(theme.ACTION if filled else theme.SECONDARY))
    painter.setBrush(QColor(theme.ACTION if filled else theme.PAGE))
    painter.drawRoundedRect(box, 3, 3)
    if state == Qt.CheckState.Checked:
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(box.topLeft(), theme.pixmap("check", theme.PAGE, box.width(), ratio))
    elif state == Qt.CheckState.PartiallyChecked:
        painter.fillRect(box.adjusted(4, box.height() // 2 - 1, -4, -box.height() // 2 + 1), QColor(theme.PAGE))
    painter.restore()


class HouseTable(QTableView):
    """Rows to choose from; Enter or double click opens one."""

    opened = Signal(QModelIndex)
    select_all_requested = Signal()
    columns_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self.drawn_by_hand = self._is_setting = False
        """Whether the clerk drew a column to a width of their own, which then stays."""
        self.setItemDelegate(RowDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.sectionResized.connect(lambda *_: self._on_section())
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda at: self.column_menu().popup(header.mapToGlobal(at)))
        self.doubleClicked.connect(self.opened)
        self._fit_rows()

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show *model*; one that belongs to nobody is kept by this table, so that it never goes before its view."""
        if model is not None and model.parent() is None:
            model.setParent(self)
        super().setModel(model)

    def first_column(self) -> int:
        """Logical number of the leftmost column shown."""
        header = self.horizontalHeader()
        shown = (header.logicalIndex(at) for at in range(header.count()))
        return next((column for column in shown if not header.isSectionHidden(column)), 0)

    def set_widths(self, widths: Mapping[int, float]) -> None:
        """Set column widths, written for the standard font."""
        self._is_setting = True
        for column, width in widths.items():
            self.setColumnWidth(column, theme.sp(width))
        self._is_setting = False

    def _on_section(self) -> None:
        if not self._is_setting and QGuiApplication.mouseButtons():
            self.drawn_by_hand = True

    def stretch_column(self, column: int) -> None:
        """Let *column* take the room the others leave."""
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def column_menu(self) -> QMenu:
        """Menu that shows and hides columns; the first one stays."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        model = self.model()
        for column in range(model.columnCount() if model else 0):
            caption = model.headerData(column, Qt.Orientation.Horizontal)
            if not caption:
                continue
            action = menu.addAction(str(caption))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.setEnabled(column != self.first_column())
            action.toggled.connect(lambda shown, at=column: self._show_column(at, shown))
        return menu

    def column_button(self) -> QPushButton:
        """Button that opens the column menu."""
        made = button("列", "", "columns-3")
        made.setToolTip("选择要显示的列")
        made.clicked.connect(lambda: self.column_menu().popup(made.mapToGlobal(QPoint(0, made.height()))))
        return made

    def shown_columns(self) -> list[int]:
        """Logical numbers of the columns shown."""
        return [column for column in range(self.model().columnCount()) if not self.isColumnHidden(column)]

    def _show_column(self, column: int, shown: bool) -> None:
        self.setColumnHidden(column, not shown)
        self.columns_changed.emit()

    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.sp(ROW_HEIGHT))
        self.verticalHeader().setMinimumSectionSize(theme.sp(ROW_HEIGHT))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_rows()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+A asks for all filtered rows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all_requested.emit()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.model() and self.model().rowCount():
            last = self.model().rowCount() - 1
            self.setCurrentIndex(self.model().index(0 if event.key() == Qt.Key.Key_Home else last, self.first_column()))
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the row under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        """Unmark the row."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.viewport().update()
