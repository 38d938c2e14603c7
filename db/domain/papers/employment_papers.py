"""The list of 阳光就业: how far the targets are reached, and who is missing by name."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from db.domain.wide_table import WideColumn, WideTable

TARGET_COLUMNS = (
    WideColumn("姓名", 16),
    WideColumn("零就业", 14),
    WideColumn("毕业年份", 17),
    WideColumn("学校和专业", 40, align="left"),
    WideColumn("就业意向", 31, align="left"),
    WideColumn("现在的情况", 24),
    WideColumn("最近联系", 20),
    WideColumn("下次联系", 20),
    WideColumn("责任人及联系方式", 28),
    WideColumn("户主和档案编号", 40),
    WideColumn("单位", 23),
)


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A graduate who has not found work."""

    name: str
    is_zero: bool
    graduated: str
    school: str
    wish: str
    status: str
    last_contact: str
    next_contact: str
    responsible: str
    household: str
    office: str


def targets_table(
    unit: str, year: int, until: str, shares: Sequence[tuple[str, str]], lines: Sequence[MissingLine]
) -> WideTable:
    """Who is missing of the graduates of a year; *shares*: each target and how far it is reached."""
    rows = [(line.name, "是" if line.is_zero else "", *astuple(line)[2:]) for line in lines]
    foot = "　　".join(f"{label}：{words}" for label, words in shares)
    return WideTable(
        f"{year} 年困难职工家庭高校毕业生就业帮扶名单（还没有就业的）",
        TARGET_COLUMNS,
        rows,
        heads=(("单位：", unit), ("截至：", until)),
        foot=foot,
        blank_rows=0 if rows else 1,
    )
