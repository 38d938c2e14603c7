"""The rows of a monitoring campaign: who is to be looked at, who has been, and what was advised."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon

from db.domain.case_words import STANDING_LABELS, TRACK_LABELS, Track
from db.domain.option_lists import option_list
from db.domain.paper_layout import amount_words
from db.services import archiving, monitoring
from db.services.monitoring import MonitoringQuery, MonitoringRow
from db.services.office import OfficeSession
from desktop import theme
from desktop.widgets.paged_model import AnyIndex
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel


class MonitoringListModel(WorkListModel[MonitoringRow]):
    """What a query means, row by row; *is_late* says whether the day of the campaign has passed."""

    def __init__(self, session: OfficeSession) -> None:
        super().__init__()
        self._session = session
        self.query: MonitoringQuery | None = None
        self.is_late = False
        self._office_names: dict[str, str] = {}
        self.columns = (
            WorkColumn("姓名", 92, lambda row: row.name or "未填姓名", "name"),
            WorkColumn("档案编号", 160, lambda row: row.archive_number, "archive_number"),
            WorkColumn("单位", 140, lambda row: self._office_names.get(row.office_id, "其他单位")),
            WorkColumn("现在", 116, _standing),
            WorkColumn("脱困退档", 100, lambda row: row.exited_on or NOTHING, "exited_on"),
            WorkColumn("入户日期", 112, self._visited, "on_day"),
            WorkColumn("建议返困", 136, _advice),
            WorkColumn("年人均纯收入（元）", 144, _net_income, "net_income"),
            WorkColumn("入户调查人员", 128, lambda row: row.checkers or NOTHING),
        )

    def show_query(self, query: MonitoringQuery | None, *, is_late: bool = False) -> None:
        """Show what *query* means; nothing without one."""
        session = self._session
        self.query, self.is_late, self._office_names = query, is_late, archiving.owner_names(session)
        read: Callable[[int, int], list[MonitoringRow]] = lambda _offset, _limit: []  # noqa: E731 - one of two readings
        if query is not None:
            read = lambda offset, limit: monitoring.monitoring_rows(session, query, offset, limit)  # noqa: E731
        self.show_pages(read, lambda: monitoring.count_monitoring(session, query) if query else 0)

    def key_of(self, row: MonitoringRow) -> str:
        """The archive's id."""
        return row.archive_id

    def all_keys(self) -> list[str]:
        """Every archive the filters leave."""
        return monitoring.monitoring_ids(self._session, self.query) if self.query else []

    def _visited(self, row: MonitoringRow) -> str:
        return row.on_day or ("逾期未入户" if self.is_late else "还没有入户")

    def sign(self, row: MonitoringRow, column: int) -> QIcon | None:
        """Done, to do, late; a warning where a household is to be opened again."""
        if column == self.at("入户日期"):
            late = ("triangle-alert", theme.AMBER) if self.is_late else ("circle", theme.SECONDARY)
            return theme.icon(*(("circle-check", theme.GREEN) if row.record_id else late))
        return theme.icon("triangle-alert", theme.AMBER) if column == self.at("建议返困") and row.may_open_again else None

    def ink(self, row: MonitoringRow, column: int) -> QColor | None:
        """Amber where something waits for the clerk; grey where nobody has been yet."""
        waits = column == self.at("建议返困") and row.may_open_again
        late = column == self.at("入户日期") and self.is_late and not row.record_id
        if waits or late:
            return QColor(theme.AMBER_INK)
        to_do = column == self.at("入户日期") and not row.record_id
        return QColor(theme.SECONDARY) if to_do else super().ink(row, column)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Amounts stand at the right."""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == self.at("年人均纯收入（元）"):
            return Qt.AlignmentFlag.AlignRight
        return super().data(index, role)


def _standing(row: MonitoringRow) -> str:
    name = STANDING_LABELS[row.standing]
    return name if row.track in {Track.NONE, Track.FILE} else f"{name} · {TRACK_LABELS[row.track]}"


def _net_income(row: MonitoringRow) -> str:
    return NOTHING if row.net_income_per_head is None else amount_words(row.net_income_per_head)


def _advice(row: MonitoringRow) -> str:
    if not row.record_id:
        return NOTHING
    return option_list("relapse_class").label(row.relapse_class) if row.relapse_advised else "否"
