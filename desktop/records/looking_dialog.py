"""A record that is judged while it is filled in: its fields, and beside them what the rules say of what is typed."""

from collections.abc import Callable, Collection

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from db.domain.records.record_form import RecordContent, RecordForm
from db.services.archiving import Archive
from desktop import theme
from desktop.context import AppContext
from desktop.records.record_dialog import RecordDialog

LOOK_MS = 200
ASIDE, WIDTH = 316, 1060


class LookingDialog(RecordDialog):
    """Fills in a record of *archive* beside *panel*; a moment after the last key :meth:`look` is asked anew."""

    def __init__(
        self,
        parent: QWidget | None,
        context: AppContext,
        form: RecordForm,
        content: RecordContent,
        title: str,
        save: Callable[[RecordContent], object],
        *,
        archive: Archive,
        panel: QWidget,
        hidden: Collection[str] = frozenset(),
    ) -> None:
        super().__init__(parent, context, form, content, title, save, archive=archive, hidden=hidden)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_MS)
        self._soon.timeout.connect(self.look)
        self._put_beside(panel)

    def _put_beside(self, panel: QWidget) -> None:
        aside = QScrollArea()
        aside.setWidgetResizable(True)
        aside.setFrameShape(QFrame.Shape.NoFrame)
        aside.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        aside.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        aside.setFixedWidth(theme.sp(ASIDE))
        aside.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)  # as high as the fields beside it
        aside.setWidget(panel)
        self.body.removeWidget(self._scroll)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._scroll, 1)
        row.addWidget(aside)
        self.body.addLayout(row)
        self.setMinimumWidth(min(theme.sp(WIDTH), self.screen().availableGeometry().width() - 24))

    def look(self) -> None:
        """Ask the rules about what is filled in; those who derive show the answer in the panel."""
        self._soon.stop()

    def _refresh(self) -> None:
        super()._refresh()
        if hasattr(self, "_soon"):  # the fields are drawn once before there is anything to ask
            self._soon.start()
