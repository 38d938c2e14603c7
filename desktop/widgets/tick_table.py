"""A long list whose rows can be ticked with the space bar."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent

from desktop.widgets.paged_model import PagedModel
from desktop.widgets.table import HouseTable


class TickTable(HouseTable):
    """The table; space ticks the present row."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell of the new width."""
        super().resizeEvent(event)
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks and goes down one row."""
        model = self.model()
        if event.key() == Qt.Key.Key_Space and event.modifiers():
            event.ignore()  # Ctrl+Space switches the input method
        elif event.key() == Qt.Key.Key_Space and isinstance(model, PagedModel) and self.currentIndex().isValid():
            at = self.currentIndex().row()
            model.turn_tick(at)
            self.selectRow(min(at + 1, model.count - 1))
        else:
            super().keyPressEvent(event)
