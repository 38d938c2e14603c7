"""接收结果 on paper: counts per sending office, then the households one by one by what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.printing.ruled_sheet import Column, Head, RuledSheet, sheet_pdf

TITLE = "数据包接收结果"
TOTAL_HEADS = ("报送单位", "包数", "户数", "新增", "有变化", "没有变化", "可能重复", "有冲突", "未采用")
_TOTALS = tuple(
    Column(head, width, "left" if index == 0 else "right")
    for index, (head, width) in enumerate(zip(TOTAL_HEADS, (52, 14, 16, 16, 16, 18, 18, 15, 15), strict=True))
)
_HOUSEHOLDS = (
    Column("序号", 11),
    Column("姓名", 20),
    Column("身份证号", 35),
    Column("档案编号", 34),
    Column("建档单位", 30, "left"),
    Column("说明", 50, "left"),
)
_FOOT = "身份证号、电话和银行卡号只显示一部分。可能重复的已照常写入，请在“查重”里核对。"


@dataclass(frozen=True, slots=True)
class ReceivePrint:
    """What the sheet tells, as it is printed."""

    office_name: str
    received_on: str
    clerk: str
    totals: list[Sequence[str]]
    total: Sequence[str]
    bundles: list[str] = field(default_factory=list)
    lists: list[tuple[str, list[Sequence[str]]]] = field(default_factory=list)
    """Caption and rows (姓名, 身份证号, 档案编号, 建档单位, 说明) of each list."""


def receive_sheet_pdf(item: ReceivePrint) -> bytes:
    """The whole sheet."""
    heads = (
        Head("接收单位：", item.office_name, 90),
        Head("接收日期：", item.received_on, 45),
        Head("经办人：", item.clerk, 45),
    )
    sheet = RuledSheet(TITLE, heads, foot=_FOOT)
    sheet.ledger("各单位户数", _TOTALS, item.totals, total=item.total if len(item.totals) > 1 else None)
    sheet.text_row("数据包", "\n".join(item.bundles))
    for caption, rows in item.lists:
        numbered = [[str(number), *row] for number, row in enumerate(rows, 1)]
        sheet.ledger(f"{caption}　{len(rows):,} 户", _HOUSEHOLDS, numbered)
    if not item.lists:
        sheet.text_row("各户", "没有要逐户列出的：都没有变化，或由较早的程序接收，当时没有记下。")
    sheet.signatures(("经办人：", "负责人："))
    return sheet_pdf(TITLE, sheet.finish())
