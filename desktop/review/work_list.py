"""The rows of the work list 审核: what came from below, how far this office is with it, what was proposed, what is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QWidget

from db.domain.option_lists import option_list
from db.domain.review import OUTCOME_VERBS, STEP_LABELS, ReviewStep
from db.services import archiving, review_list, reviewing
from db.services.office import OfficeSession
from db.services.review_list import REVIEW_STATE_LABELS, ReviewQuery, ReviewRow, ReviewState
from desktop import theme
from desktop.moments import moment
from desktop.widgets.paged_model import AnyIndex, PagedModel

STATE_SIGNS = {
    ReviewState.PENDING: ("circle", theme.ACTION),
    ReviewState.CORRECTED: ("circle-dot", theme.ACTION),
    ReviewState.SECOND: ("users", theme.AMBER),
    ReviewState.RETURNED: ("undo-2", theme.SECONDARY),
    ReviewState.OVERDUE: ("triangle-alert", theme.RED),
    ReviewState.APPROVED: ("circle-check", theme.GREEN),
    ReviewState.REFUSED: ("circle-x", theme.RED),
}
STATE_TONES = {
    ReviewState.PENDING: "",
    ReviewState.CORRECTED: "",
    ReviewState.SECOND: "warning",
    ReviewState.RETURNED: "plain",
    ReviewState.OVERDUE: "error",
    ReviewState.APPROVED: "done",
    ReviewState.REFUSED: "error",
}


@dataclass(frozen=True)
class ReviewColumn:
    """One column: caption, width at the standard font, text of a row, the order it sorts by."""

    caption: str
    width: int
    text: Callable[["ReviewListModel", ReviewRow], str]
    order: str = ""


def class_text(row: ReviewRow) -> str:
    """The class this office gave, else what the office below decided, else what the form says."""
    if not row.class_label:
        return f"表填：{category_text(row)}" if row.hardship_category else "--"
    level = f"（{row.level_label}）" if row.level_label and row.level_label not in row.class_label else ""
    return f"{'审定' if row.class_is_ours else '下级认定'}：{row.class_label}{level}"


def category_text(row: ReviewRow) -> str:
    """困难类别 of the form."""
    return option_list("hardship_category").label(row.hardship_category) if row.hardship_category else "--"


COLUMNS = (
    ReviewColumn("姓名", 96, lambda _model, row: row.name or "未填姓名", "name"),
    ReviewColumn("档案编号", 172, lambda _model, row: row.archive_number, "archive_number"),
    ReviewColumn("单位", 128, lambda model, row: model.office_text(row.office_id)),
    ReviewColumn("状态", 128, lambda _model, row: REVIEW_STATE_LABELS[row.state]),
    ReviewColumn("类别和级别", 172, lambda _model, row: class_text(row)),
    ReviewColumn("资料", 60, lambda _model, row: f"差 {row.missing_count} 项" if row.missing_count else "齐全"),
    ReviewColumn("上次审核", 184, lambda model, row: model.last_text(row), "reviewed_at"),
    ReviewColumn("补正期限", 128, lambda model, row: model.due_text(row), "due_on"),
    ReviewColumn("下级修改", 84, lambda model, row: model.moment_text(row.updated_at), "updated_at"),
)
_CAPTIONS = [column.caption for column in COLUMNS]
OFFICE_COLUMN, STATE_COLUMN = _CAPTIONS.index("单位"), _CAPTIONS.index("状态")
_MISSING, _DUE = _CAPTIONS.index("资料"), _CAPTIONS.index("补正期限")


class ReviewListModel(PagedModel[ReviewRow]):
    """What a query means, row by row."""

    def __init__(self, session: OfficeSession, owner: QWidget) -> None:
        super().__init__(owner)
        self._session = session
        self.query = ReviewQuery()
        self._office_names: dict[str, str] = {}

    def show_query(self, query: ReviewQuery) -> None:
        """Show what *query* means."""
        session = self._session
        self.query, self._office_names = query, archiving.owner_names(session)
        self.show_pages(
            lambda offset, limit: review_list.review_rows(session, query, offset, limit),
            lambda: review_list.count_reviews(session, query),
        )

    def key_of(self, row: ReviewRow) -> str:
        """The archive's id."""
        return row.archive_id

    def all_keys(self) -> list[str]:
        """Every archive the filters leave."""
        return review_list.review_ids(self._session, self.query)

    def office_text(self, office_id: str) -> str:
        """Name of an office."""
        return self._office_names.get(office_id, "其他单位")

    def moment_text(self, iso: str) -> str:
        """A stored moment as people say it."""
        return moment(iso, date.fromisoformat(self._session.today))

    def last_text(self, row: ReviewRow) -> str:
        """What this office said last, and whether the archive changed since."""
        if row.outcome is None or row.reviewed_at is None or row.step is None:
            return "--"
        step = STEP_LABELS[ReviewStep.FIRST] if row.state is ReviewState.SECOND else " "
        since = "，之后有改动" if row.reviewed_revision != row.revision else ""
        return f"{self.moment_text(row.reviewed_at)} {row.reviewed_by}{step}{OUTCOME_VERBS[row.outcome]}{since}"

    def due_text(self, row: ReviewRow) -> str:
        """Until when a returned archive must come back, and how long that is."""
        if row.state not in (ReviewState.RETURNED, ReviewState.OVERDUE) or not row.due_on:
            return "--"
        return f"{row.due_on[5:]} {reviewing.due_words(row.due_on, self._session.today)}"

    # -- the model

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Every column."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Captions."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].caption
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, sign, ink and tick."""
        row = self.row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[index.column()].text(self, row)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            return self.tick_state(row)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._sign(row, index.column())
        return self._ink(row, index.column()) if role == Qt.ItemDataRole.ForegroundRole else None

    def _sign(self, row: ReviewRow, column: int) -> QIcon | None:
        return theme.icon(*STATE_SIGNS[row.state]) if column == STATE_COLUMN else None

    def _ink(self, row: ReviewRow, column: int) -> QColor | None:
        if column in (STATE_COLUMN, _DUE) and row.state is ReviewState.OVERDUE:
            return QColor(theme.RED)
        if column == _MISSING:
            return QColor(theme.RED if row.missing_count else theme.GREEN_INK)
        return QColor(theme.SECONDARY) if COLUMNS[column].text(self, row) == "--" else None
