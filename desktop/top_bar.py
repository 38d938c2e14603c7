"""Top bar: mark, unit with its level, the search box, who is signed in, the lock."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value, mask_middle
from db.domain.office_levels import LEVEL_BADGES
from db.services import archiving, drafts
from db.services.archiving import PersonHit
from desktop import theme
from desktop.context import AppContext
from desktop.moments import moment
from desktop.widgets.basics import ElidedLabel, Icon, Mark, button, label
from desktop.widgets.search_box import Hit, SearchBox

_RELATION = ARCHIVE_FORM.member_field("relation_to_head")


def _role(hit: PersonHit) -> str:
    if not hit.member_id:
        return "职工本人"
    relation = format_value(_RELATION, hit.relation_to_head) or "家庭成员"
    return f"{hit.head_name or '--'} 的{relation}"


def _details(hit: PersonHit) -> str:
    if hit.merged_from:  # what was filed there may differ from what the kept archive says
        return f"在已并入的 {hit.merged_from} 里，打开的是保留的 {hit.archive_number}"
    masked = mask_middle(hit.id_number, 4, 4) if hit.id_number else ""
    return "　".join(part for part in (masked, hit.phone or "", hit.home_address or "") if part) or "--"


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
        self.search.draft_opened.connect(context.window.edit_draft)
        self._unit = ElidedLabel("", "secondary")
        self._level = label("", "badge")
        self._lock = button("", "quiet", "lock", self.lock_wanted.emit)
        self._lock.setIconSize(theme.icon_size(20))
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
        left.addWidget(self._unit)
        left.addWidget(self._level)
        left.addStretch(1)
        right = QHBoxLayout()
        right.setSpacing(10)
        right.addStretch(1)
        right.addWidget(Icon("user", theme.INK, 20))
        right.addWidget(label(self._context.session.clerk.name))
        right.addWidget(self._lock)
        row.addLayout(left, 3)
        row.addSpacing(8)
        row.addWidget(self.search, 4)
        row.addSpacing(8)
        row.addLayout(right, 3)

    def show_office(self) -> None:
        """Show name and level of the office."""
        office = self._context.session.office
        self._unit.set_whole(office.exchange_name)
        self._level.setText(LEVEL_BADGES.get(office.level, ""))

    def focus_search(self) -> None:
        """Go to the search box."""
        self.search.setFocus()
        self.search.selectAll()

    def _today(self) -> date:
        return date.fromisoformat(self._context.session.today)

    def _find(self, text: str) -> list[Hit]:
        unfinished = [
            Hit("", draft.title, "未完成草稿", moment(draft.updated_at, self._today()), "", draft.id)
            for draft in drafts.find_drafts(self._context.session, text)
        ]
        return unfinished + [
            Hit(hit.archive_id, hit.name or "--", _role(hit), _details(hit), hit.archive_number or "")
            for hit in archiving.search_people(self._context.session, text, 20)
        ]
