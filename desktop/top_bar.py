"""Top bar: mark, unit with its level, the search box, who is signed in, the lock."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from db.domain.field_kinds import mask_middle
from db.services import archiving
from desktop import theme
from desktop.context import AppContext
from desktop.levels import LEVEL_BADGES
from desktop.widgets.basics import ElidedLabel, Icon, Mark, button, label
from desktop.widgets.search_box import Hit, SearchBox


def _details(id_number: str, phone: str) -> str:
    masked = mask_middle(id_number, 4, 4) if id_number else ""
    return "　".join(part for part in (masked, phone) if part)


class TopBar(QFrame):
    """The strip above all pages."""

    archive_wanted = Signal(str)
    lock_wanted = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self._context = context
        self.search = SearchBox(self._find)
        self.search.setMaximumWidth(theme.sp(420))
        self.search.setMinimumWidth(theme.sp(260))
        self.search.opened.connect(self.archive_wanted)
        self._unit = ElidedLabel("", "secondary")
        self._level = label("", "badge")
        self._lock = button("", "quiet", "lock", self.lock_wanted.emit)
        self._lock.setToolTip("锁定　Ctrl+L")
        self._lock.setAccessibleName("锁定")
        self._arrange()
        self.show_office()
        context.changes.office_changed.connect(self.show_office)
        self.setFixedHeight(theme.sp(56))

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        left = QHBoxLayout()
        left.setSpacing(10)
        left.addWidget(Mark(32))
        left.addWidget(label("暖档", "section"))
        left.addWidget(self._unit, 1)
        left.addWidget(self._level)
        right = QHBoxLayout()
        right.setSpacing(10)
        right.addStretch(1)
        right.addWidget(Icon("user", theme.INK, 20))
        right.addWidget(label(self._context.session.clerk.name))
        right.addWidget(self._lock)
        row.addLayout(left, 2)
        row.addStretch(1)
        row.addWidget(self.search, 3)
        row.addStretch(1)
        row.addLayout(right, 2)

    def show_office(self) -> None:
        """Show name and level of the office."""
        office = self._context.session.office
        self._unit.set_whole(office.name)
        self._level.setText(LEVEL_BADGES.get(office.level, ""))

    def focus_search(self) -> None:
        """Go to the search box."""
        self.search.setFocus()
        self.search.selectAll()

    def _find(self, text: str) -> list[Hit]:
        return [
            Hit(
                archive_id=hit.archive_id,
                name=hit.name or "--",
                role=hit.role,
                details=_details(hit.id_number or "", hit.phone or ""),
                number=hit.archive_number or "",
            )
            for hit in archiving.search_people(self._context.session, text, 20)
        ]
