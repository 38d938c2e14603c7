"""公示 on paper: the notice of households to be posted, and the sheet of its result. No number, phone or illness of anybody."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.printing.ruled_sheet import Column, Head, RuledSheet, sheet_pdf

TITLE = "困难职工帮扶公示"
RESULT_TITLE = "公示结果"
HEADS = ("序号", "姓名", "工作单位", "家庭人口", "就业情况", "收入概况", "致困原因", "拟定类别")
_COLUMNS = tuple(
    Column(head, width, align)
    for head, width, align in zip(
        HEADS,
        (11, 20, 34, 16, 24, 29, 26, 20),
        ("center", "center", "left", "center", "center", "left", "left", "center"),
        strict=True,
    )
)
_RESULT = (
    Column("序号", 11),
    Column("姓名", 22),
    Column("拟定类别", 28),
    Column("公示起止", 44),
    Column("异议", 37, "left"),
    Column("处理结论", 38, "left"),
)
_FOOT = "本公示不登身份证号、电话、银行卡号和病情，也不登未成年人姓名。"


@dataclass(frozen=True, slots=True)
class NoticePrint:
    """What the notice says. *rows* have the columns of :data:`HEADS` but the first."""

    office_name: str
    kind: str
    """What is posted: 建档, 调档, 退档, 返困建档."""
    basis: str
    starts_on: str
    ends_on: str
    place: str
    phone: str
    rows: list[Sequence[str]] = field(default_factory=list)


def notice_pdf(item: NoticePrint) -> bytes:
    """The notice to be posted."""
    heads = (Head("公示单位：", item.office_name, 100), Head("公示事项：", item.kind, 60))
    sheet = RuledSheet(TITLE, heads, size=10.0, foot=_FOOT)
    basis = f"根据{item.basis}" if item.basis else "根据困难职工帮扶工作有关规定"
    sheet.text_row("说明", f"{basis}，经本人申请、入户核实和集体研究，现将拟{item.kind}的下列职工家庭予以公示，接受群众监督。")
    numbered = [[str(number), *row] for number, row in enumerate(item.rows, 1)]
    sheet.ledger(f"公示名单　{len(item.rows)} 户", _COLUMNS, numbered)
    sheet.text_row("公示时间", f"{_day(item.starts_on)} 至 {_day(item.ends_on)}")
    sheet.text_row("公示地点", item.place)
    sheet.text_row("异议受理", f"对以上名单有异议的，请在公示期内向{item.office_name}反映。电话：{item.phone}")
    sheet.signatures((f"{item.office_name}（盖章）：",), columns=1)
    return sheet_pdf(TITLE, sheet.finish())


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{year} 年 {int(month)} 月 {int(day)} 日"


@dataclass(frozen=True, slots=True)
class ResultPrint:
    """What became of a notice. *rows*: 姓名, 拟定类别, 公示起止, 异议, 处理结论."""

    office_name: str
    made_on: str
    place: str
    rows: list[Sequence[str]] = field(default_factory=list)


def result_pdf(item: ResultPrint) -> bytes:
    """The sheet of the result, for the file."""
    heads = (Head("公示单位：", item.office_name, 100), Head("填表日期：", item.made_on, 60))
    sheet = RuledSheet(RESULT_TITLE, heads, size=10.0)
    sheet.text_row("公示地点", item.place)
    numbered = [[str(number), *row] for number, row in enumerate(item.rows, 1)]
    sheet.ledger(f"公示对象　{len(item.rows)} 户", _RESULT, numbered)
    sheet.signatures(("经办人：", "负责人（盖章）："))
    return sheet_pdf(RESULT_TITLE, sheet.finish())
