"""What the sheets of a monitoring campaign say together (requirements §f.3), as a paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.domain.paper_layout import (
    Amount,
    Band,
    Cell,
    Entry,
    HeadEntry,
    Ledger,
    LedgerColumn,
    PaperLayout,
    Part,
    Signatures,
    TextRow,
)

TITLE = "困难职工解困脱困动态监测情况汇总表"
_FOOT = "各数由《困难职工解困脱困动态监测集中行动记录表》逐户汇总；家庭年人均纯收入按年计算，取已入户各户的平均数。"
_UNITS = (
    LedgerColumn("单位", 54, "left"),
    LedgerColumn("应监测（户）", 20),
    LedgerColumn("已入户（户）", 20),
    LedgerColumn("完成率", 18),
    LedgerColumn("建议返困：深度", 20),
    LedgerColumn("建议返困：相对", 20),
    LedgerColumn("家庭年人均纯收入（元）", 28, "right"),
)


@dataclass(frozen=True, slots=True)
class UnitTotals:
    """A line of the table by unit; *average* is 分."""

    name: str
    due: int
    done: int
    deep: int
    relative: int
    average: int | None

    @property
    def rate(self) -> str:
        """How much is done; only what is wholly done says 100 %."""
        if not self.due:
            return "--"
        return "100%" if self.done >= self.due else f"{self.done * 1000 // self.due / 10:.1f}%"

    def entries(self) -> list[Entry]:
        """The cells of its line."""
        return [self.name, self.due, self.done, self.rate, self.deep, self.relative, Amount(self.average)]


@dataclass(frozen=True, slots=True)
class TotalsPrint:
    """Everything the sheet says."""

    office_name: str
    clerk_name: str
    title: str
    basis: str
    period: str
    population: str
    made_on: str
    overall: UnitTotals
    reasons: Sequence[tuple[str, int]]
    covered: int
    unsecured: Sequence[tuple[str, int]]
    unstable: int
    units: Sequence[UnitTotals]


def totals_layout(item: TotalsPrint) -> PaperLayout:
    """The totals as a paper."""
    heads = (
        HeadEntry("填报单位：", item.office_name, 84),
        HeadEntry("填报人：", item.clerk_name, 44),
        HeadEntry("统计日期：", item.made_on, 52),
    )
    return PaperLayout(TITLE, heads, tuple(_parts(item)), foot=_FOOT, name="汇总")


def _parts(item: TotalsPrint) -> Sequence[Part]:
    overall = item.overall
    parts: list[Part] = [
        TextRow("监测行动", item.title),
        *([TextRow("依据", item.basis)] if item.basis else []),
        Band((Cell("起止日期", item.period, value_width=54), Cell("监测对象", item.population, value_width=74, align="left"))),
        Band(_cells(("应监测（户）", overall.due), ("已入户（户）", overall.done), ("完成率", overall.rate))),
        Band(_cells(("建议返困（户）", overall.deep + overall.relative), ("其中深度", overall.deep), ("其中相对", overall.relative))),
        Band(
            _cells(
                ("脱困成果\n不稳定", item.unstable),
                ("纳入民政\n兜底保障", item.covered),
                ("家庭年人均\n纯收入（元）", Amount(overall.average)),
            )
        ),
        Ledger("按困难职工脱困原因", _counted("脱困原因"), _two_columns(item.reasons)),
        Ledger("没有保障的户数", _counted("保障"), _two_columns([(_lack(words), number) for words, number in item.unsecured])),
    ]
    if len(item.units) > 1:
        parts.append(Ledger("按单位", _UNITS, [unit.entries() for unit in item.units], total=overall.entries()))
    return (*parts, Signatures(("填报人：", "负责人（盖章）：")))


def _cells(*pairs: tuple[str, Entry]) -> tuple[Cell, ...]:
    return tuple(Cell(caption, value) for caption, value in pairs)


def _counted(what: str) -> tuple[LedgerColumn, ...]:
    pair = (LedgerColumn(what, 70, "left"), LedgerColumn("户数", 20))
    return (*pair, *pair)


def _two_columns(counted: Sequence[tuple[str, int]]) -> list[list[Entry]]:
    """Two counts to a line, downwards as one reads."""
    half = (len(counted) + 1) // 2
    rows: list[list[Entry]] = []
    for number in range(half):
        right = counted[number + half] if number + half < len(counted) else ("", "")
        rows.append([*counted[number], *right])
    return rows


def _lack(caption: str) -> str:
    """就业是否有保障 → 就业没有保障."""
    return caption.replace("是否有", "没有")
