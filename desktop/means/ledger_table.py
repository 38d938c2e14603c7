"""A ledger to type into: arrows walk, typing writes, Enter goes on and begins a new line, Delete takes a line out.

Cells are edited where they stand. Lines copied from a spreadsheet are pasted with Ctrl+V; Ctrl+Z brings back what was
taken out or pasted over.
"""

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QStyleOptionViewItem, QWidget

from db.domain.form_schema import FieldKind, Section
from db.domain.means_flow import PEOPLE, MeansFlow, Snapshot
from desktop import theme
from desktop.forms.editor_base import ENTER_KEYS
from desktop.means.cell_editors import PaperBox, answer_of, fill_editor, make_editor
from desktop.means.ledger_model import LedgerModel
from desktop.widgets.filter_combo import FilterCombo
from desktop.widgets.table import PADDING, AnyIndex, HouseTable, RowDelegate

WIDTHS = {
    FieldKind.PERSON: 84,
    FieldKind.CHOICE: 116,
    FieldKind.MONEY: 100,
    FieldKind.DATE: 98,
    FieldKind.YES_NO: 88,
    FieldKind.REGION: 170,
    FieldKind.TEXT: 120,
    FieldKind.AREA: 88,
    FieldKind.PAPERS: 94,
}
NOTE_WIDTH = 72
WIDE_PERSON = 190
UNDO_STEPS = 20


class CaptionHeader(QHeaderView):
    """Captions in up to two lines, so that yes-or-no columns stay narrow."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(False)

    def sizeHint(self) -> QSize:
        """As high as the highest caption."""
        return QSize(super().sizeHint().width(), self._lines() * self.fontMetrics().lineSpacing() + theme.sp(14))

    def _lines(self) -> int:
        model = self.model()
        widest = 1
        for column in range(model.columnCount() if model else 0):
            text = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
            room = self.sectionSize(column) - 2 * theme.sp(PADDING)
            letters = max(1, room // max(1, self.fontMetrics().horizontalAdvance("是")))
            if self.fontMetrics().horizontalAdvance(text) > room:
                widest = max(widest, -(-len(text) // letters))
        return widest

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Ground and wrapped caption."""
        painter.save()
        painter.fillRect(rect, QColor(theme.GROUND))
        painter.setPen(QColor(theme.LINE))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.setPen(QColor(theme.SECONDARY))
        painter.setFont(theme.font())
        model = self.model()
        align = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        flags = Qt.AlignmentFlag(align) if align is not None else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        box = rect.adjusted(theme.sp(PADDING), 0, -theme.sp(PADDING), 0)
        text = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        painter.drawText(box, int(flags) | int(Qt.TextFlag.TextWrapAnywhere), text)
        painter.restore()


class LedgerDelegate(RowDelegate):
    """Draws cells with a frame around the present one, and edits them in place."""

    def __init__(self, table: "LedgerTable") -> None:
        super().__init__(table)
        self._table = table

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex, ground: QBrush | QColor | None
    ) -> None:
        if ground is not None:
            painter.fillRect(option.rect, QBrush(ground))
        elif self._table.hovered_row == index.row():
            painter.fillRect(option.rect, QColor(theme.HOVER))
        painter.setPen(QColor(theme.ROW_LINE))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.drawLine(option.rect.topRight(), option.rect.bottomRight())
        if index == self._table.currentIndex():
            focused = self._table.hasFocus()
            painter.setPen(QPen(QColor(theme.ACTION if focused else theme.LINE_STRONG), 2 if focused else 1))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        """The editor of the cell's kind."""
        model = self._table.ledger
        made = make_editor(model.spec(index.column()), model.flow)
        made.setParent(parent)
        made.setProperty("role", "cell")
        made.setAccessibleName(model.spec(index.column()).label)
        if isinstance(made, FilterCombo):
            made.changed.connect(lambda _value: None)
        return made

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:
        """Show what the cell holds."""
        model = self._table.ledger
        assert isinstance(editor, QLineEdit)
        fill_editor(editor, model.spec(index.column()), model.flow, model.spot(index))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: AnyIndex) -> None:
        """Hand over what was typed."""
        assert isinstance(editor, QLineEdit)
        text, value = answer_of(editor)
        self._table.ledger.enter(index, text, value)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Exactly over the cell."""
        editor.setGeometry(option.rect)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that mean something to the table before the editor sees them."""
        if isinstance(event, QKeyEvent) and isinstance(watched, QLineEdit):
            if event.type() == QEvent.Type.KeyPress and self._take_key(watched, event):
                return True
            if event.type() == QEvent.Type.ShortcutOverride and _is_own(event):
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _take_key(self, editor: QLineEdit, event: QKeyEvent) -> bool:
        key, modifiers = event.key(), event.modifiers()
        if key in ENTER_KEYS and not modifiers & Qt.KeyboardModifier.ControlModifier:
            back = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            self._finish(editor, lambda: self._table.go(-1 if back else 1))
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            by = 1 if key == Qt.Key.Key_Tab else -1
            self._finish(editor, lambda: self._table.go(by, grow=False))
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not isinstance(editor, FilterCombo | PaperBox):
            self._finish(editor, lambda: self._table.step(1 if key == Qt.Key.Key_Down else -1))
        elif key == Qt.Key.Key_Escape and isinstance(editor, FilterCombo) and editor.is_open():
            editor.close_list()
        elif event.matches(QKeySequence.StandardKey.Paste) and is_block(QGuiApplication.clipboard().text()):
            self._finish(editor, self._table.paste)
        else:
            act = self._table.act_of(event) if modifiers & Qt.KeyboardModifier.ControlModifier else None
            if act is None:
                return False
            self._finish(editor, act)
        return True

    def _finish(self, editor: QLineEdit, then: Callable[[], object]) -> None:
        if isinstance(editor, FilterCombo):
            editor.take_marked()
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, RowDelegate.EndEditHint.NoHint)
        then()


def _is_own(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_D) and bool(
        event.modifiers() & Qt.KeyboardModifier.ControlModifier
    )


def is_block(text: str) -> bool:
    """Whether a text holds more than one cell."""
    return "\t" in text or "\n" in text.strip("\r\n")


class LedgerTable(HouseTable):
    """The table of one ledger."""

    changed = Signal()
    ended = Signal()  # Enter on an empty line, Tab after the last cell
    removed = Signal(str)  # what an undo would bring back; empty: nothing any more
    pasted = Signal(int)
    typing_elsewhere = Signal()

    def __init__(self, section: Section) -> None:
        super().__init__()
        self.ledger = LedgerModel(section)
        self._undo: list[Snapshot] = []
        self.setHorizontalHeader(CaptionHeader(self))
        self.setModel(self.ledger)
        self.setItemDelegate(LedgerDelegate(self))
        self.setAccessibleName(section.title)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        self.verticalHeader().show()
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.verticalHeader().setSectionsClickable(False)
        self.verticalHeader().setStyleSheet(f"QHeaderView {{ background: {theme.PAGE}; }}")
        self.horizontalHeader().setStretchLastSection(True)
        self.clicked.connect(self._on_click)
        self.ledger.edited.connect(self.changed)
        self.setMinimumHeight(theme.sp(80))
        self.fit_columns()

    def show_flow(self, flow: MeansFlow, may_change: bool) -> None:
        """Show the lines of *flow*, to be typed or only read; the present cell stays where it is."""
        index = self.currentIndex()
        known = index.isValid() and index.row() < self.ledger.rowCount()
        here = (self.ledger.row_id(index.row()), index.column()) if known else ("", 0)
        self.ledger.may_change = may_change
        self.ledger.show_flow(flow)
        row = self.ledger.row_of(here[0])
        if row >= 0:
            self.setCurrentIndex(self.ledger.index(row, here[1]))

    @property
    def section(self) -> Section:
        """The ledger's declaration."""
        return self.ledger.section

    def fit_columns(self) -> None:
        """Widths by kind of field, grown with the font."""
        for column, spec in enumerate(self.section.fields):
            wide = self.section.key == PEOPLE and spec.kind is FieldKind.PERSON
            width = WIDE_PERSON if wide else NOTE_WIDTH if spec.key == "note" else WIDTHS[spec.kind]
            self.setColumnWidth(column, theme.sp(width))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit_columns()

    # -- walking

    def _on_click(self, index: QModelIndex) -> None:
        if self.ledger.is_open(index):
            self.edit(index)

    def begin(self, row: int, key: str = "") -> None:
        """Type into row *row*, at field *key* or where the row begins."""
        column = self.ledger.column_of(key) if key else -1
        index = self.ledger.index(row, column) if key else self._next(self.ledger.index(row, 0), 0)
        if index.isValid():
            self.setCurrentIndex(index)
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.scrollTo(index)
            self.edit(index)

    def _next(self, index: QModelIndex, by: int) -> QModelIndex:
        """The next open cell from *index* on (*index* itself for 0), row after row; invalid at the end."""
        columns, rows = self.ledger.columnCount(), self.ledger.rowCount()
        at = index.row() * columns + index.column() + by
        while 0 <= at < rows * columns:
            found = self.ledger.index(at // columns, at % columns)
            if self.ledger.is_open(found):
                return found
            at += by or 1
        return QModelIndex()

    def first_open(self) -> QModelIndex:
        """The first cell to type into; where nothing may be typed, the first cell."""
        found = self._next(self.ledger.index(0, 0), 0)
        return found if found.isValid() else self.ledger.index(0, 0)

    def go(self, by: int, grow: bool = True) -> None:
        """On to the next cell; after the last one a new line begins (*grow*), or the ledger is done."""
        index = self.currentIndex()
        row_id = self.ledger.row_id(index.row())
        first = self._next(self.ledger.index(index.row(), 0), 0) == index
        target = self._next(index, by)
        if by > 0 and first and self.section.key != PEOPLE and self._is_blank(row_id):
            self._drop(row_id)
            self.ended.emit()
        elif target.isValid():
            self.begin(target.row(), self.ledger.spec(target.column()).key)
        elif by > 0 and grow and self.section.key != PEOPLE:
            self.add_row()
        elif by > 0:
            self.ended.emit()
        else:
            self.setFocus()

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """What a line lacks is said once it is left."""
        super().currentChanged(current, previous)
        if not self.ledger.has_flow:
            return
        typing = self.ledger.row_id(current.row()) if current.isValid() else ""
        if typing != self.ledger.flow.typing:
            self.ledger.flow.typing = typing
            self.ledger.look_again()
            self.typing_elsewhere.emit()

    def step(self, rows: int) -> None:
        """To the same column of another row."""
        index = self.currentIndex()
        row = index.row() + rows
        if 0 <= row < self.ledger.rowCount():
            target = self.ledger.index(row, index.column())
            self.setCurrentIndex(target)
            if self.ledger.is_open(target):
                self.edit(target)

    def _is_blank(self, row_id: str) -> bool:
        row = self.ledger.flow.rows(self.section.key)[self.ledger.row_of(row_id)]
        return self.ledger.flow.is_blank(self.section.key, row)

    def stop_typing(self) -> None:
        """Hand over what is being typed."""
        editor = self.indexWidget(self.currentIndex())
        if editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, RowDelegate.EndEditHint.NoHint)

    # -- rows

    def add_row(self) -> None:
        """A new line, ready to be typed."""
        if not self._grows():
            return
        self.stop_typing()
        row_id = self.ledger.flow.add_row(self.section.key)
        self.ledger.read_again()
        self.changed.emit()
        # the table may just have come to the front: it can only be typed into once it is shown
        QTimer.singleShot(0, self, lambda: self._begin_row(row_id))

    def _begin_row(self, row_id: str) -> None:
        row = self.ledger.row_of(row_id)
        if row >= 0:
            self.begin(row)

    def _grows(self) -> bool:
        return self.ledger.may_change and self.section.key != PEOPLE

    def _drop(self, row_id: str) -> None:
        self.ledger.flow.remove_row(self.section.key, row_id)
        self.ledger.read_again()
        self.changed.emit()

    def remove_row(self) -> None:
        """Take the present line out; Ctrl+Z brings it back."""
        index = self.currentIndex()
        if not index.isValid() or not self._grows():
            return
        row_id, blank = self.ledger.row_id(index.row()), self._is_blank(self.ledger.row_id(index.row()))
        if not blank:
            self._remember()
        self._drop(row_id)
        if self.ledger.rowCount():
            self.setCurrentIndex(self.ledger.index(min(index.row(), self.ledger.rowCount() - 1), index.column()))
        if not blank:
            self.removed.emit(f"已删除第 {index.row() + 1} 行")

    def copy_row(self) -> None:
        """The present line once more."""
        index = self.currentIndex()
        if index.isValid() and self._grows():
            row_id = self.ledger.flow.copy_row(self.section.key, self.ledger.row_id(index.row()))
            self.ledger.read_again()
            self.changed.emit()
            self.begin(self.ledger.row_of(row_id))

    def _remember(self) -> None:
        self._undo = [*self._undo[-UNDO_STEPS:], self.ledger.flow.snapshot(self.section.key)]

    def forget(self) -> None:
        """Another worksheet is shown: nothing can be brought back."""
        self._undo.clear()
        self.removed.emit("")

    def undo(self) -> None:
        """Bring back what was taken out or pasted over."""
        if self._undo:
            self.ledger.flow.restore(self.section.key, self._undo.pop())
            self.ledger.read_again()
            self.changed.emit()
            self.removed.emit("")
            self.setFocus()

    def paste(self) -> None:
        """Take lines copied from a spreadsheet, from the present cell on."""
        if not self.ledger.may_change:
            return
        index = self.currentIndex()
        row, column = (index.row(), index.column()) if index.isValid() else (self.ledger.rowCount(), 0)
        self._remember()
        key = self.ledger.spec(column).key
        count = self.ledger.flow.paste(self.section.key, row, key, QGuiApplication.clipboard().text())
        self.ledger.read_again()
        if self.ledger.rowCount():
            self.setCurrentIndex(self.ledger.index(min(row, self.ledger.rowCount() - 1), column))
        self.changed.emit()
        self.pasted.emit(count)

    def copy(self) -> None:
        """The present line as text for a spreadsheet."""
        index = self.currentIndex()
        if index.isValid():
            cells = (self.ledger.index(index.row(), column) for column in range(self.ledger.columnCount()))
            QGuiApplication.clipboard().setText("\t".join(str(cell.data() or "") for cell in cells))

    # -- keys

    def act_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key with Ctrl does to the lines, while typing too."""
        if event.key() == Qt.Key.Key_Delete:
            return self.remove_row
        return self.copy_row if event.key() == Qt.Key.Key_D else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter types, Delete takes out, Ctrl+V pastes, Ctrl+Z brings back."""
        acts = {
            QKeySequence.StandardKey.Paste: self.paste,
            QKeySequence.StandardKey.Copy: self.copy,
            QKeySequence.StandardKey.Undo: self.undo,
            QKeySequence.StandardKey.Delete: self.remove_row,
        }
        act: Callable[[], object] | None = next((each for keys, each in acts.items() if event.matches(keys)), None)
        if act is None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            act = self.act_of(event)
        if act is None and event.key() == Qt.Key.Key_Insert:
            act = self.add_row
        if act is not None:
            act()
        elif event.key() in ENTER_KEYS and self.currentIndex().isValid():
            if self.ledger.is_open(self.currentIndex()):
                self.edit(self.currentIndex())
            else:
                self.go(1)
        else:
            super().keyPressEvent(event)
