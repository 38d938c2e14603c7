"""公示 of the students to be aided, on paper: no name, school, number or phone of a student, no illness of anybody."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.domain.paper_layout import (
    Amount,
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
from db.domain.papers.notice_paper import chinese_day

TITLE = "金秋助学资助对象公示"
_COLUMNS = (
    LedgerColumn("序号", 11),
    LedgerColumn("职工姓名", 22),
    LedgerColumn("工作单位", 47, "left"),
    LedgerColumn("致困原因", 32, "left"),
    LedgerColumn("子女学段", 24),
    LedgerColumn("新生/在读", 18),
    LedgerColumn("拟资助（元）", 26, "right"),
)
_FOOT = "本公示不登学生姓名、学校、身份证号、电话、银行卡号和病情。"
_BLANK_ROWS = 14


RESULT_TITLE = "金秋助学公示结果"
_OBJECTIONS = (
    LedgerColumn("序号", 11),
    LedgerColumn("日期", 26),
    LedgerColumn("异议", 80, "left"),
    LedgerColumn("怎样处理", 63, "left"),
)


@dataclass(frozen=True, slots=True)
class StudentNoticePrint:
    """What the list says. *rows* have the columns but the first, the amount in 分; without any it is a blank to fill in."""

    office_name: str
    year: int
    basis: str = ""
    starts_on: str = ""
    ends_on: str = ""
    place: str = ""
    phone: str = ""
    rows: Sequence[tuple[str, str, str, str, str, int]] = field(default=())


def notice(item: StudentNoticePrint) -> PaperLayout:
    """The list to be posted."""
    rows: list[list[Entry]] = [[at, *row[:-1], Amount(row[-1])] for at, row in enumerate(item.rows, 1)]
    total: list[Entry] | None = ["合计", f"{len(rows)} 人", "", "", "", "", Amount(sum(row[-1] for row in item.rows))] if rows else None
    basis = f"根据{item.basis}" if item.basis else "根据金秋助学活动有关规定"
    told = f"{basis}，经摸底登记、审核，现将 {item.year} 年金秋助学拟资助的职工家庭子女予以公示，接受群众监督。资金发到银行卡，实名发放。"
    heard = f"对以上名单有异议的，请在公示期内向{item.office_name}反映。电话：{item.phone}"
    parts: tuple[Part, ...] = (
        TextRow("说明", told, 14.0),
        Ledger(
            f"公示名单　{len(rows)} 人" if rows else "公示名单",
            _COLUMNS,
            rows,
            blank=0 if rows else _BLANK_ROWS,
            total=total,
            row_height=8.5,
        ),
        TextRow("公示时间", f"{chinese_day(item.starts_on)} 至 {chinese_day(item.ends_on)}", 9.0),
        TextRow("公示地点", item.place, 9.0),
        TextRow("异议受理", heard, 9.0),
        Opinion("公示单位", item.office_name, "（盖章）", least=30.0),
    )
    heads = (HeadEntry("公示单位：", item.office_name, 110), HeadEntry("公示事项：", f"{item.year} 年金秋助学", 70))
    return PaperLayout(TITLE, heads, parts, _FOOT, name="助学公示")


@dataclass(frozen=True, slots=True)
class StudentResultPrint:
    """What became of a list. *objections*: day, what, how it was settled."""

    office_name: str
    year: int
    made_on: str
    starts_on: str
    ends_on: str
    place: str
    students: str
    outcome: str
    objections: Sequence[tuple[str, ...]] = ()
    photos: tuple[Photo, ...] = ()
    """The list as it hung, each photo with its name."""
    more: int = 0
    """How many photos or scans are kept beside those."""


def result(item: StudentResultPrint) -> PaperLayout:
    """The sheet of the result, for the file."""
    rows: list[list[Entry]] = [[at, *row] for at, row in enumerate(item.objections, 1)]
    count = len(item.photos) + item.more
    beside = f"，印出 {len(item.photos)} 张" if item.more else ""
    parts: tuple[Part, ...] = (
        TextRow("公示时间", f"{chinese_day(item.starts_on)} 至 {chinese_day(item.ends_on)}", 9.0),
        TextRow("公示地点", item.place, 9.0),
        TextRow("公示人数", f"{item.students} 人", 9.0),
        Ledger(f"异议　{len(rows)} 条" if rows else "异议　没有", _OBJECTIONS, rows, blank=0 if rows else 1, row_height=9.0),
        TextRow("公示结果", item.outcome, 14.0),
        TextRow("公示照片", f"存有 {count} 张{beside}" if count else "没有", 9.0),
        *((Photos(item.photos),) if item.photos else ()),
        Signatures(("经办人：", "负责人（盖章）：")),
    )
    heads = (HeadEntry("公示单位：", item.office_name, 110), HeadEntry("填表日期：", item.made_on, 70))
    return PaperLayout(RESULT_TITLE, heads, parts, name="助学公示结果")
