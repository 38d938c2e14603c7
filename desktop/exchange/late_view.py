"""What every view of 数据交换 has that is made only when it is first needed."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.context import AppContext


class LateView(QWidget):
    """One view of the page; it asks for others by name."""

    left = Signal()
    section_wanted = Signal(str)
    result_wanted = Signal(str, object)
    """The view that shows the result of an act, and the result."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context

    def open_for(self, **arguments: Any) -> None:
        """Read everything again and show what *arguments* name."""

    def is_prepared(self) -> bool:
        """Whether something half done would be lost by leaving."""
        return False
