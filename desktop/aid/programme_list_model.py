"""The households of a programme, row by row: who, and what was granted to them in it."""

from PySide6.QtGui import QColor, QIcon

from db.domain.case_words import STANDING_LABELS
from db.domain.option_lists import option_list
from db.services import archiving, programmes
from db.services.office import OfficeSession
from db.services.programmes import PROGRAMME_PILES, ProgrammeHousehold, ProgrammePile, ProgrammeQuery
from desktop import theme
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel

HERE, GOT, GOT_ON = "本次活动", "金额（元）、实物", "批准日期"
BLANK = {ProgrammePile.TO_DO: frozenset({GOT, GOT_ON})}
"""Columns that say nothing in a pile."""
SIGNS = {
    ProgrammePile.TO_DO: ("circle", theme.SECONDARY),
    ProgrammePile.GRANTED: ("circle-dot", theme.ACTION),
    ProgrammePile.DONE: ("circle-check", theme.GREEN),
}


class ProgrammeListModel(WorkListModel[ProgrammeHousehold]):
    """What a query means."""

    def __init__(self, session: OfficeSession) -> None:
        super().__init__()
        self._session = session
        self.query: ProgrammeQuery | None = None
        self._names: dict[str, str] = {}
        self.columns = (
            WorkColumn("户主", 100, lambda row: row.name or "未填姓名", "name"),
            WorkColumn(HERE, 132, lambda row: PROGRAMME_PILES[row.pile]),
            WorkColumn(GOT, 230, lambda row: row.got_words or NOTHING, "amount"),
            WorkColumn(GOT_ON, 100, lambda row: row.last_on or NOTHING, "last_on"),
            WorkColumn("困难类别", 88, _category),
            WorkColumn("现在", 72, lambda row: STANDING_LABELS[row.standing]),
            WorkColumn("人口", 52, lambda row: str(row.household_size) if row.household_size else NOTHING, right=True),
            WorkColumn("工作单位", 170, lambda row: row.employer or NOTHING),
            WorkColumn("单位", 140, lambda row: self._names.get(row.office_id, "其他单位")),
            WorkColumn("档案编号", 168, lambda row: row.archive_number, "archive_number"),
        )

    def show_query(self, query: ProgrammeQuery | None, known: tuple[list[ProgrammeHousehold], int] = ([], 0)) -> None:
        """Show what *query* means; nothing without one. *known*: its first rows and how many there are, read beforehand."""
        session, (first, count) = self._session, known
        self.query, self._names = query, archiving.owner_names(session)
        self.show_pages(
            lambda offset, limit: first if not offset or query is None else programmes.household_rows(session, query, offset, limit),
            lambda: count,
        )

    def key_of(self, row: ProgrammeHousehold) -> str:
        """The archive's id."""
        return row.archive_id

    def all_keys(self) -> list[str]:
        """Every household the filters leave."""
        return programmes.household_ids(self._session, self.query) if self.query else []

    def sign(self, row: ProgrammeHousehold, column: int) -> QIcon | None:
        """How far it is."""
        return theme.icon(*SIGNS[row.pile]) if column == self.at(HERE) else None

    def ink(self, row: ProgrammeHousehold, column: int) -> QColor | None:
        """Grey where nothing was granted yet."""
        waits = column == self.at(HERE) and row.pile is ProgrammePile.TO_DO
        return QColor(theme.SECONDARY) if waits else super().ink(row, column)


def _category(row: ProgrammeHousehold) -> str:
    return option_list("hardship_category").label(row.hardship_category) if row.hardship_category else NOTHING
