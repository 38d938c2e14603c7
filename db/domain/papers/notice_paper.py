"""公示 on paper: the notice of households to be posted, and the sheet of its result. No number, phone or illness of anybody."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.domain.paper_layout import (
    Entry,
    HeadEntry,
    Ledger,
    LedgerColumn,
    Opinion,
    PaperLayout,
    Part,
    Photo,
    Photos,
    Signatures,
    TextRow,
)

TITLE = "困难职工帮扶公示"
RESULT_TITLE = "公示结果"
_COLUMNS = (
    LedgerColumn("序号", 11),
    LedgerColumn("姓名", 20),
    LedgerColumn("工作单位", 34, "left"),
    LedgerColumn("家庭人口", 16),
    LedgerColumn("就业情况", 24),
    LedgerColumn("收入概况", 29, "left"),
    LedgerColumn("致困原因", 26, "left"),
    LedgerColumn("拟定类别", 20),
)
_RESULT = (
    LedgerColumn("序号", 11),
    LedgerColumn("姓名", 22),
    LedgerColumn("拟定类别", 28),
    LedgerColumn("公示起止", 40),
    LedgerColumn("异议", 34, "left"),
    LedgerColumn("处理结论", 30, "left"),
    LedgerColumn("照片", 15),
)
_FOOT = "本公示不登身份证号、电话、银行卡号和病情，也不登未成年人姓名。"
_BLANK_ROWS = 10
_DAY = "　　　　年　　月　　日"


@dataclass(frozen=True, slots=True)
class NoticePrint:
    """What the notice says. *rows* have the columns of the list but the first; without any it is a blank to fill in."""

    office_name: str
    kind: str = ""
    """What is posted: 建档, 调档, 退档, 返困建档."""
    basis: str = ""
    starts_on: str = ""
    ends_on: str = ""
    place: str = ""
    phone: str = ""
    rows: list[Sequence[str]] = field(default_factory=list)


def notice(item: NoticePrint) -> PaperLayout:
    """The notice to be posted."""
    basis = f"根据{item.basis}" if item.basis else "根据困难职工帮扶工作有关规定"
    matter = item.kind or "　　　　"
    rows: list[list[Entry]] = [[number, *row] for number, row in enumerate(item.rows, 1)]
    heard = f"对以上名单有异议的，请在公示期内向{item.office_name}反映。电话：{item.phone}"
    parts: tuple[Part, ...] = (
        TextRow("说明", f"{basis}，经本人申请、入户核实和集体研究，现将拟{matter}的下列职工家庭予以公示，接受群众监督。", 14.0),
        Ledger(
            f"公示名单　{len(rows)} 户" if rows else "公示名单", _COLUMNS, rows, blank=0 if rows else _BLANK_ROWS, row_height=9.0
        ),
        TextRow("公示时间", f"{chinese_day(item.starts_on)} 至 {chinese_day(item.ends_on)}", 9.0),
        TextRow("公示地点", item.place, 9.0),
        TextRow("异议受理", heard, 9.0),
        Opinion("公示单位", item.office_name, "（盖章）", least=30.0),
    )
    heads = (HeadEntry("公示单位：", item.office_name, 110), HeadEntry("公示事项：", item.kind, 70))
    return PaperLayout(TITLE, heads, parts, _FOOT, name="公示名单")


def chinese_day(iso: str) -> str:
    """A day in words; room for it where it is not known."""
    if not iso:
        return _DAY
    year, month, day = iso.split("-")
    return f"{year} 年 {int(month)} 月 {int(day)} 日"


@dataclass(frozen=True, slots=True)
class ResultPrint:
    """What became of a notice. *rows*: 姓名, 拟定类别, 公示起止, 异议, 处理结论, number of photos."""

    office_name: str
    made_on: str = ""
    place: str = ""
    rows: Sequence[Sequence[Entry]] = ()
    photos: tuple[Photo, ...] = ()
    """The notice as it hung, each photo once, with its name."""
    more: int = 0
    """How many photos or scans are filed beside those."""


def result(item: ResultPrint) -> PaperLayout:
    """The sheet of the result, for the file."""
    rows: list[list[Entry]] = [[number, *row] for number, row in enumerate(item.rows, 1)]
    count = len(item.photos) + item.more
    beside = f"，印出 {len(item.photos)} 张" if item.more else ""
    taken = f"存有 {count} 张{beside}" if count else ""
    parts: tuple[Part, ...] = (
        TextRow("公示地点", item.place, 9.0),
        Ledger(
            f"公示对象　{len(rows)} 户" if rows else "公示对象", _RESULT, rows, blank=0 if rows else _BLANK_ROWS, row_height=9.0
        ),
        TextRow("公示照片", taken, 9.0),
        *((Photos(item.photos),) if item.photos else ()),
        Signatures(("经办人：", "负责人（盖章）：")),
    )
    heads = (HeadEntry("公示单位：", item.office_name, 110), HeadEntry("填表日期：", item.made_on, 70))
    return PaperLayout(RESULT_TITLE, heads, parts, name=RESULT_TITLE)
