"""The quotas of a programme: how many each office was allotted, how many are used and left; who has none is listed, too."""

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from db.services import exchange, programmes
from db.services.programmes import Programme
from desktop import theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label
from desktop.widgets.rows import Column, RowsModel, rows_table

NONE = "--"


@dataclass(frozen=True)
class QuotaLine:
    """One office; *amount* None: it was allotted nothing."""

    office: str
    year: str
    amount: int | None
    used: int
    unit: str
    said_by: str

    @property
    def left(self) -> int:
        """How many are left."""
        return (self.amount or 0) - self.used


class ProgrammeQuotasDialog(PlainDialog):
    """Shows the quotas; they are typed into the grid of all quotas."""

    def __init__(self, parent: QWidget | None, context: AppContext, item: Programme) -> None:
        below = {each.id: each.name for each in exchange.list_partners(context.session) if each.relation == "child"}
        hint = (
            "给下级的名额在“数据交换 → 名额”里填，随“下发”带给各单位；超出的要写理由才能批准。"
            if below
            else "名额由上级下达，随“下发”收到；用完以后再批准，要写理由。"
        )
        super().__init__(parent, f"名额：{item.title}", hint, 720)
        self._context, self._item = context, item
        self.rows: RowsModel[QuotaLine] = RowsModel(_COLUMNS)
        self.table = rows_table(self.rows)
        self.table.setAccessibleName("活动名额")
        self.table.setMinimumHeight(theme.sp(240))
        self.rows.show_rows(self._lines(below))
        self.body.addWidget(self.table, 1)
        self.body.addWidget(label(self._sum(), "strong"))
        if below:
            self.foot.addWidget(button("去填名额", "", "pencil", self._fill))
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", "primary", act=self.accept))

    def _lines(self, below: dict[str, str]) -> list[QuotaLine]:
        found = programmes.programme_quotas(self._context.session, self._item.id)
        lines = [
            QuotaLine(each.for_office_name if each.is_own else "本单位", str(each.year), each.amount, each.used or 0, each.unit,
                      f"{'本单位' if each.is_own else each.office_name} {each.set_at[:10]}")
            for each in found
        ]  # fmt: skip
        having = {each.for_office_id for each in found}
        return lines + [QuotaLine(name, NONE, None, 0, "", NONE) for key, name in below.items() if key not in having]

    def _sum(self) -> str:
        having = [line for line in self.rows.rows if line.amount is not None]
        if not having:
            return "还没有下达名额。"
        amount, used = sum(line.amount or 0 for line in having), sum(line.used for line in having)
        return f"合计 {amount:,} {having[0].unit}，已用 {used:,}，还剩 {amount - used:,}。"

    def _fill(self) -> None:
        self.accept()
        self._context.window.show_page("exchange", section="quotas")


_COLUMNS: list[Column[QuotaLine]] = [
    Column("单位", lambda row: row.office, 220, bold=True),
    Column("年度", lambda row: row.year, 70, firm=True),
    Column("名额", lambda row: NONE if row.amount is None else f"{row.amount:,} {row.unit}", 90, right=True, firm=True),
    Column("已用", lambda row: NONE if row.amount is None else f"{row.used:,}", 80, right=True, firm=True),
    Column("还剩", lambda row: NONE if row.amount is None else f"{row.left:,}", 80,
           lambda row: theme.RED if row.left < 0 else None, right=True, bold=True, firm=True),
    Column("下达", lambda row: row.said_by, 180, lambda _row: theme.SECONDARY),
]  # fmt: skip
