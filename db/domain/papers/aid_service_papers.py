"""The log of help that is no money – referrals with their answers – and its totals of a period."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from db.domain.wide_table import WideColumn, WideTable

LOG_COLUMNS = (
    WideColumn("日期", 20),
    WideColumn("户主", 18),
    WideColumn("档案编号", 34),
    WideColumn("服务种类", 40, align="left"),
    WideColumn("具体事项", 56, align="left"),
    WideColumn("经办人", 18),
    WideColumn("问结果的日子", 22),
    WideColumn("答复和结果", 40, align="left"),
    WideColumn("单位", 25),
)
TOTAL_COLUMNS = (
    WideColumn("服务种类", 83, align="left"),
    WideColumn("件数", 36),
    WideColumn("家庭（户）", 36),
    WideColumn("办成（件）", 36),
    WideColumn("等答复（件）", 36),
    WideColumn("对方给付（元）", 46, align="right", is_amount=True),
)
_BLANK = 12


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service."""

    on_day: str
    household: str
    number: str
    kind: str
    what: str
    responsible: str
    answer_by: str
    answer: str
    office: str


def service_list(unit: str, title: str, day: str, lines: Sequence[ServiceLine]) -> WideTable:
    """The log; without lines a blank one."""
    return WideTable(
        title,
        LOG_COLUMNS,
        [[str(value) for value in astuple(line)] for line in lines],
        heads=(("单位：", unit), ("截至：", day)),
        foot=f"共 {len(lines):,} 件" if lines else "",
        blank_rows=0 if lines else _BLANK,
    )


def service_totals(unit: str, since: str, until: str, rows: Sequence[tuple[str, int, int, int, int, int]]) -> WideTable:
    """The totals; a household may have had several services, so households do not add up."""
    listed: list[list[str | int]] = [
        [label, str(times), str(households), str(granted), str(waiting), worth]
        for label, times, households, granted, waiting, worth in rows
    ]
    times, granted, waiting, worth = (sum(column) for column in ([int(row[at]) for row in rows] for at in (1, 3, 4, 5)))
    total: list[str | int] = ["合计", str(times), "—", str(granted), str(waiting), worth]
    return WideTable(
        "帮扶服务情况",
        TOTAL_COLUMNS,
        [*listed, total],
        heads=(("单位：", unit), ("期间：", f"{since} 至 {until}")),
        foot="一户可能得到几种服务，户数不能相加；对方给付由有关部门发放，不是工会的资金。",
    )
