"""The households of a sample, row by row; a sample is short enough to be read at once."""

from collections.abc import Sequence

from PySide6.QtGui import QColor, QIcon

from db.domain.option_lists import option_list
from db.services.evaluation import SampledRow
from desktop import theme
from desktop.widgets.work_list_model import NOTHING, WorkColumn, WorkListModel


class SampleListModel(WorkListModel[SampledRow]):
    """What the filters leave of a sample."""

    columns = (
        WorkColumn("抽样号", 84, lambda row: row.code, "code"),
        WorkColumn("姓名", 92, lambda row: row.name or NOTHING, "name"),
        WorkColumn("档案编号", 160, lambda row: row.archive_number, "archive_number"),
        WorkColumn("单位", 140, lambda row: row.office_name or NOTHING, "office_name"),
        WorkColumn("组", 70, lambda row: option_list("evaluation_group").label(row.group)),
        WorkColumn("现在", 100, lambda row: row.standing_words),
        WorkColumn("核查", 130, lambda row: _checked(row), "on_day"),
        WorkColumn("发现的问题", 260, lambda row: "、".join(item.fault for item in row.faults) or NOTHING),
    )

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[SampledRow] = []

    def show_sample(self, rows: Sequence[SampledRow]) -> None:
        """Show *rows*."""
        self.rows = list(rows)
        self.show_pages(lambda offset, limit: self.rows[offset : offset + limit], lambda: len(self.rows))

    def key_of(self, row: SampledRow) -> str:
        """The archive's id."""
        return row.archive_id

    def all_keys(self) -> list[str]:
        """Every archive shown."""
        return [row.archive_id for row in self.rows]

    def sign(self, row: SampledRow, column: int) -> QIcon | None:
        """Done, in vain or still to be done; a warning where something is wrong."""
        if column == self.at("核查"):
            met = ("circle-check", theme.GREEN) if row.values.get("reached") is True else ("triangle-alert", theme.AMBER)
            return theme.icon(*(met if row.record_id else ("circle", theme.SECONDARY)))
        return theme.icon("triangle-alert", theme.AMBER) if column == self.at("发现的问题") and row.faults else None

    def ink(self, row: SampledRow, column: int) -> QColor | None:
        """Grey where nobody has been yet."""
        waits = column == self.at("核查") and not row.record_id
        return QColor(theme.SECONDARY) if waits else super().ink(row, column)


def _checked(row: SampledRow) -> str:
    if not row.record_id:
        return "还没有核查"
    day = str(row.values.get("checked_on") or "")
    return day if row.values.get("reached") is True else f"{day} 没见到人"
