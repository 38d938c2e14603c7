"""The rows of the room 结对: who looks after each household, when it was last contacted and what is due."""

from datetime import date

from PySide6.QtGui import QColor, QIcon

from db.domain.pairing_duties import CALL, VISIT
from db.services import archiving, duties
from db.services.duties import DutyState, PairingQuery, PairingRow
from db.services.office import OfficeSession
from desktop import theme
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel

NOBODY = "还没有结对"


class PairingListModel(WorkListModel[PairingRow]):
    """What a query means, row by row."""

    def __init__(self, session: OfficeSession) -> None:
        super().__init__()
        self._session = session
        self.query = PairingQuery()
        self._office_names: dict[str, str] = {}
        self.columns = (
            WorkColumn("姓名", 100, lambda row: row.name or "未填姓名", "name"),
            WorkColumn("档案编号", 164, lambda row: row.archive_number, "archive_number"),
            WorkColumn("单位", 140, lambda row: self._office_names.get(row.office_id, "其他单位")),
            WorkColumn("帮扶干部", 160, cadres_text),
            WorkColumn("下一次", 292, self._due_text, "due"),
            WorkColumn("最近联系", 104, lambda row: _last(row, CALL)),
            WorkColumn("最近走访", 104, lambda row: _last(row, VISIT)),
            WorkColumn("结对起", 104, lambda row: row.since or NOTHING, "since"),
        )

    def show_query(self, query: PairingQuery) -> None:
        """Show what *query* means."""
        session = self._session
        self.query, self._office_names = query, archiving.owner_names(session)
        self.show_pages(
            lambda offset, limit: duties.pairing_rows(session, query, offset, limit),
            lambda: duties.count_piles(session, query)[query.pile],
        )

    def key_of(self, row: PairingRow) -> str:
        """The archive's id."""
        return row.archive_id

    def all_keys(self) -> list[str]:
        """Every household the filters leave."""
        return duties.pairing_ids(self._session, self.query)

    def _due_text(self, row: PairingRow) -> str:
        return due_text(row.due, self._session.today) if row.due else NOTHING

    def sign(self, row: PairingRow, column: int) -> QIcon | None:
        """A warning where nobody looks after the household, or a contact is overdue."""
        if column == self.at("帮扶干部") and not row.cadres:
            return theme.icon("triangle-alert", theme.AMBER)
        late = row.due is not None and row.due.is_overdue(self._session.today)
        return theme.icon("triangle-alert", theme.AMBER) if column == self.at("下一次") and late else None

    def ink(self, row: PairingRow, column: int) -> QColor | None:
        """Amber where something waits."""
        late = row.due is not None and row.due.is_overdue(self._session.today)
        if (column == self.at("帮扶干部") and not row.cadres) or (column == self.at("下一次") and late):
            return QColor(theme.AMBER_INK)
        return super().ink(row, column)


def cadres_text(row: PairingRow) -> str:
    """The cadres of a household, the one responsible first."""
    return "、".join(item.name for item in row.cadres) or NOBODY


def _last(row: PairingRow, code: str) -> str:
    state = row.duty(code)
    return (state.last_on if state else "") or NOTHING


def due_text(state: DutyState, today: str) -> str:
    """By when what is due, and how long it has been overdue."""
    days = (date.fromisoformat(today) - date.fromisoformat(state.due_on)).days
    late = f"，逾期 {days} 天" if days > 0 else ""
    return f"{state.duty.label} {state.due_on} 前{late}"
