"""The log of help that is no money: referrals with their answers."""

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
