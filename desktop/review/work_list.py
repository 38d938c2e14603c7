"""The rows of the work list 审核: what came from below, how far this office is with it, what was proposed, what is due."""

from datetime import date

from PySide6.QtGui import QColor, QIcon

from db.domain.option_lists import option_list
from db.domain.review import OUTCOME_VERBS, STEP_LABELS, ReviewStep
from db.services import archiving, review_list, reviewing
from db.services.office import OfficeSession
from db.services.review_list import REVIEW_STATE_LABELS, ReviewQuery, ReviewRow, ReviewState
from desktop import theme
from desktop.moments import moment
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel

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


def class_text(row: ReviewRow) -> str:
    """The class this office gave, else what the office below decided, else what the form says."""
    if not row.class_label:
        return f"表填：{category_text(row)}" if row.hardship_category else NOTHING
    level = f"（{row.level_label}）" if row.level_label and row.level_label not in row.class_label else ""
    return f"{'审定' if row.class_is_ours else '下级认定'}：{row.class_label}{level}"


def category_text(row: ReviewRow) -> str:
    """困难类别 of the form."""
    return option_list("hardship_category").label(row.hardship_category) if row.hardship_category else NOTHING


class ReviewListModel(WorkListModel[ReviewRow]):
    """What a query means, row by row."""

    def __init__(self, session: OfficeSession) -> None:
        super().__init__()
        self._session = session
        self.query = ReviewQuery()
        self._office_names: dict[str, str] = {}
        self.columns = (
            WorkColumn("姓名", 96, lambda row: row.name or "未填姓名", "name"),
            WorkColumn("档案编号", 172, lambda row: row.archive_number, "archive_number"),
            WorkColumn("单位", 128, lambda row: self._office_names.get(row.office_id, "其他单位")),
            WorkColumn("状态", 128, lambda row: REVIEW_STATE_LABELS[row.state]),
            WorkColumn("类别和级别", 172, class_text),
            WorkColumn("资料", 60, lambda row: f"差 {row.missing_count} 项" if row.missing_count else "齐全"),
            WorkColumn("上次审核", 184, self._last_text, "reviewed_at"),
            WorkColumn("补正期限", 128, self._due_text, "due_on"),
            WorkColumn("下级修改", 84, lambda row: self._moment(row.updated_at), "updated_at"),
        )

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

    def _moment(self, iso: str) -> str:
        return moment(iso, date.fromisoformat(self._session.today))

    def _last_text(self, row: ReviewRow) -> str:
        """What this office said last, and whether the archive changed since."""
        if row.outcome is None or row.reviewed_at is None:
            return NOTHING
        step = STEP_LABELS[ReviewStep.FIRST] if row.state is ReviewState.SECOND else " "
        since = "，之后有改动" if row.reviewed_revision != row.revision else ""
        return f"{self._moment(row.reviewed_at)} {row.reviewed_by}{step}{OUTCOME_VERBS[row.outcome]}{since}"

    def _due_text(self, row: ReviewRow) -> str:
        """Until when a returned archive must come back, and how long that is."""
        if row.state not in (ReviewState.RETURNED, ReviewState.OVERDUE) or not row.due_on:
            return NOTHING
        return f"{row.due_on[5:]} {reviewing.due_words(row.due_on, self._session.today)}"

    def sign(self, row: ReviewRow, column: int) -> QIcon | None:
        """The state's sign."""
        return theme.icon(*STATE_SIGNS[row.state]) if column == self.at("状态") else None

    def ink(self, row: ReviewRow, column: int) -> QColor | None:
        """Red where something is late or missing."""
        if row.state is ReviewState.OVERDUE and column in (self.at("状态"), self.at("补正期限")):
            return QColor(theme.RED)
        if column == self.at("资料"):
            return QColor(theme.RED if row.missing_count else theme.GREEN_INK)
        return super().ink(row, column)
