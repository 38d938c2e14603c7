"""The money on paper: the ledger of a source that an auditor can follow to each person, and how all sources stand (S000-32)."""

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
    Signatures,
    TextRow,
)

LEDGER_TITLE = "帮扶资金台账"
USE_TITLE = "帮扶资金使用情况表"
_LEDGER = (
    LedgerColumn("序号", 11),
    LedgerColumn("日期", 21),
    LedgerColumn("摘要", 27, "left"),
    LedgerColumn("对方、受助人和档案编号", 46, "left"),
    LedgerColumn("凭证、名册", 21),
    LedgerColumn("收入（元）", 18, "right"),
    LedgerColumn("支出（元）", 18, "right"),
    LedgerColumn("结余（元）", 18, "right"),
)
_USE = (
    LedgerColumn("资金来源", 39, "left"),
    LedgerColumn("类别", 25),
    LedgerColumn("年度", 13),
    LedgerColumn("到账（元）", 22, "right"),
    LedgerColumn("已批准未发", 21, "right"),
    LedgerColumn("已支出（元）", 22, "right"),
    LedgerColumn("结余（元）", 22, "right"),
    LedgerColumn("使用率", 16),
)


@dataclass(frozen=True, slots=True)
class UseLine:
    """A source as the overview tells it. Amounts are 分."""

    name: str
    kind: str
    year: str
    document: str
    budget: int | None
    received: int
    committed: int
    spent: int
    left: int

    @property
    def rate(self) -> str:
        """Share of what was received that is spent."""
        return rate_words(self.spent, self.received)


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """A line of the ledger. Amounts are 分."""

    on_day: str
    what: str
    who: str
    reference: str
    came_in: int
    went_out: int
    balance: int


def rate_words(spent: int, received: int) -> str:
    """使用率 with one digit."""
    return f"{spent * 100 / received:.1f}%" if received > 0 else "--"


def ledger_paper(office_name: str, on: str, fund: UseLine, lines: Sequence[MoneyLine]) -> PaperLayout:
    """The ledger of one source with its sums."""
    rows: list[list[Entry]] = [
        [number, line.on_day, line.what, line.who, line.reference, Amount(line.came_in or None),
         Amount(line.went_out or None), Amount(line.balance)]
        for number, line in enumerate(lines, 1)
    ]  # fmt: skip
    came_in, went_out = sum(line.came_in for line in lines), sum(line.went_out for line in lines)
    total: list[Entry] = ["合计", "", "", "", "", Amount(came_in), Amount(went_out), Amount(came_in - went_out)]
    return PaperLayout(
        LEDGER_TITLE,
        _heads(office_name, on),
        (
            TextRow("资金来源", f"{fund.name}（{fund.kind}，{fund.year} 年）", caption_width=24.0),
            Band((Cell("下达文件", fund.document, 24, 66, "left"), Cell("预算（元）", Amount(fund.budget), 24, 66))),
            Band((Cell("已批准未发", Amount(fund.committed), 24, 66), Cell("使用率", fund.rate, 24, 66))),
            Ledger(f"收支明细　{len(lines):,} 笔", _LEDGER, rows, total=total),
            Signatures(("制表：", "审核：", "负责人（盖章）："), columns=3),
        ),
        name=fund.name,
    )


def use_paper(office_name: str, on: str, lines: Sequence[UseLine]) -> PaperLayout:
    """How every source stands."""
    rows: list[list[Entry]] = [
        [line.name, line.kind, line.year, Amount(line.received), Amount(line.committed), Amount(line.spent),
         Amount(line.left), line.rate]
        for line in lines
    ]  # fmt: skip
    sums = [sum(getattr(line, key) for line in lines) for key in ("received", "committed", "spent", "left")]
    total: list[Entry] = ["合计", "", "", *(Amount(value) for value in sums), rate_words(sums[2], sums[0])]
    said = "到账已减去交回上级和下拨下级的；已支出已减去退回的；结余＝到账－已支出；使用率＝已支出÷到账。"
    return PaperLayout(
        USE_TITLE,
        _heads(office_name, on),
        (
            Ledger("", _USE, rows, total=total),
            TextRow("说明", said, caption_width=24.0),
            Signatures(("制表：", "审核：", "负责人（盖章）："), columns=3),
        ),
        name="资金使用情况",
    )


def _heads(office_name: str, on: str) -> tuple[HeadEntry, ...]:
    return (HeadEntry("填报单位：", office_name, 120), HeadEntry("截至：", on, 60))
