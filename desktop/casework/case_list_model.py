"""The rows of the work list 办理: where each case stands, since when, and what it waits for."""

from datetime import date

from PySide6.QtGui import QColor, QIcon

from db.domain.case_words import Stage, Standing
from db.domain.option_lists import option_list
from db.services import archiving, case_list
from db.services.case_list import CaseQuery, CaseRow
from db.services.office import OfficeSession
from desktop import theme
from desktop.moments import moment
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel

SIGNS = {
    Standing.APPLICANT: ("circle-dot", theme.ACTION),
    Standing.ON_FILE: ("circle-check", theme.GREEN),
    Standing.PHASING_OUT: ("circle-check", theme.AMBER),
    Standing.EXITED: ("circle", theme.SECONDARY),
}


class CaseListModel(WorkListModel[CaseRow]):
    """What a query means, row by row."""

    def __init__(self, session: OfficeSession) -> None:
        super().__init__()
        self._session = session
        self.query = CaseQuery()
        self._office_names: dict[str, str] = {}
        self.columns = (
            WorkColumn("姓名", 96, lambda row: row.name or "未填姓名", "name"),
            WorkColumn("档案编号", 164, lambda row: row.archive_number, "archive_number"),
            WorkColumn("单位", 140, lambda row: self._office_names.get(row.office_id, "其他单位")),
            WorkColumn("状态", 244, lambda row: row.state.words),
            WorkColumn("从哪天起", 104, lambda row: row.since, "since"),
            WorkColumn("已多久", 84, self._days_text),
            WorkColumn("等到", 156, self._due_text),
            WorkColumn("困难类别", 120, _category),
            WorkColumn("更新", 110, lambda row: moment(row.updated_at, self._today), "updated_at"),
        )

    @property
    def _today(self) -> date:
        return date.fromisoformat(self._session.today)

    def show_query(self, query: CaseQuery) -> None:
        """Show what *query* means."""
        session = self._session
        self.query, self._office_names = query, archiving.owner_names(session)
        self.show_pages(
            lambda offset, limit: case_list.case_rows(session, query, offset, limit),
            lambda: case_list.count_cases(session, query),
        )

    def key_of(self, row: CaseRow) -> str:
        """The archive's id."""
        return row.archive_id

    def all_keys(self) -> list[str]:
        """Every archive the filters leave."""
        return case_list.case_ids(self._session, self.query)

    def _days_text(self, row: CaseRow) -> str:
        days = (self._today - date.fromisoformat(row.since)).days
        return f"{days} 天" if days > 0 else "今天" if days == 0 else NOTHING

    def _due_text(self, row: CaseRow) -> str:
        if row.due_on is None:
            return NOTHING
        return f"{row.due_on} 已到" if self._is_due(row) else row.due_on

    def _is_due(self, row: CaseRow) -> bool:
        return row.due_on is not None and row.due_on < self._session.today

    def sign(self, row: CaseRow, column: int) -> QIcon | None:
        """The pool's sign; a warning where a day has come."""
        if column == self.at("状态"):
            return theme.icon(*SIGNS.get(row.state.standing, ("circle", theme.SECONDARY)))
        return theme.icon("triangle-alert", theme.AMBER) if column == self.at("等到") and self._is_due(row) else None

    def ink(self, row: CaseRow, column: int) -> QColor | None:
        """Amber where something waits for the clerk."""
        due = column == self.at("等到") and self._is_due(row)
        back = column == self.at("状态") and row.state.was_returned and row.state.stage is Stage.SUBMISSION
        return QColor(theme.AMBER_INK) if due or back else super().ink(row, column)


def _category(row: CaseRow) -> str:
    return option_list("hardship_category").label(row.hardship_category) if row.hardship_category else NOTHING
