"""What is printed with a package for an office without this program: the summary inside, the sheet handed over with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.domain.household_tally import HouseholdTally, TallyLine
from db.printing.cover_sheet import size_text
from db.printing.paper_sheet import PaperSheet
from db.printing.ruled_sheet import Column, Head, Pair, RuledSheet, money, sheet_pdf

SUMMARY_TITLE = "困难职工档案报送汇总表"
MOST_LISTED = 3_000
"""Households listed one by one in the summary; beyond that the workbook is the list."""
_TALLY = (
    Column("类别", 68, "left"),
    Column("户数", 18, "right"),
    Column("人数", 18, "right"),
    Column("家庭年收入合计（元）", 44, "right"),
    Column("人均月收入（元）", 32, "right"),
)
_LIST = (
    Column("序号", 12),
    Column("姓名", 24),
    Column("身份证号", 38),
    Column("档案编号", 36),
    Column("困难类别", 24),
    Column("人口", 11, "right"),
    Column("家庭年收入", 23, "right"),
    Column("附件", 12, "right"),
)
_LEFT_OUT = (Column("序号", 14), Column("姓名", 26), Column("文件", 60, "left"), Column("没有装入的原因", 80, "left"))
_OPENING = (
    "电脑上要有 7-Zip、WinRAR 或 Bandizip（都能打开 AES-256 加密的压缩包）；Windows 自带的资源管理器打不开。",
    "用上述软件打开上面写的文件，解压“报送资料.zip”，输入密码。密码由报送单位另行告知。",
    "再解压“报送资料.zip”。里面有平面表、汇总表、档案表 PDF，“各户材料”里一户一个文件夹。",
    "请解压到加密的或只有经办人能用的文件夹；用完删除解压出来的文件，压缩包留存。",
)


@dataclass(frozen=True, slots=True)
class SummaryPrint:
    """What the summary tells. *households* and *left_out* are rows as they are printed."""

    office_name: str
    made_on: str
    clerk: str
    tally: HouseholdTally
    attachments: int
    households: list[Sequence[str]] = field(default_factory=list)
    left_out: list[Sequence[str]] = field(default_factory=list)


def package_summary_pdf(item: SummaryPrint) -> bytes:
    """Counts and sums, then the households one by one."""
    heads = (
        Head("报送单位：", item.office_name, 90),
        Head("制表日期：", item.made_on, 45),
        Head("经办人：", item.clerk, 45),
    )
    sheet = RuledSheet(SUMMARY_TITLE, heads, foot="人数含职工本人。人均月收入 = 家庭年收入合计 ÷ 12 ÷ 人数，未填年收入的户不计入。")
    total = item.tally.total
    sheet.band(
        (
            Pair("户数", f"{total.households:,}", 22, 23),
            Pair("人数", f"{total.people:,}", 22, 23),
            Pair("待补正户数", f"{item.tally.incomplete:,}", 22, 23),
            Pair("附件份数", f"{item.attachments:,}", 22, 23),
        )
    )
    sheet.band(
        (
            Pair("家庭年收入\n合计（元）", money(total.annual_income), 22, 68),
            Pair("人均月收入\n（元）", money(total.monthly_per_person) or "--", 22, 23),
            Pair("未填年收入\n的户数", f"{total.without_income:,}", 22, 23),
        )
    )
    for title, lines in (("按困难类别", item.tally.categories()), ("按主要致困原因", item.tally.causes())):
        sheet.ledger(title, _TALLY, [_figures(label, line) for label, line in lines], total=_figures("合计", total))
    if item.left_out:
        sheet.ledger("没有装入的附件", _LEFT_OUT, item.left_out)
    if len(item.households) <= MOST_LISTED:
        sheet.ledger("各户目录（序号即文件夹号）", _LIST, item.households)
    else:
        sheet.text_row("各户目录", "户数较多，见平面表：平面表第一户即 0001 号文件夹，依次往下。")
    return sheet_pdf(SUMMARY_TITLE, sheet.finish())


def _figures(label: str, line: TallyLine) -> list[str]:
    per_person = money(line.monthly_per_person) or "--"
    return [label, f"{line.households:,}", f"{line.people:,}", money(line.annual_income), per_person]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageCover:
    """What the sheet beside the stick tells. No personal data and no password: it travels openly."""

    sender: str
    receiver: str
    made_on: str
    clerk: str
    archive_count: int
    incomplete_count: int
    attachment_count: int
    left_out_count: int
    file_name: str
    file_bytes: int


def package_cover_pdf(cover: PackageCover) -> bytes:
    """The sheet to hand over with a package, with places for the signatures."""
    sheet = PaperSheet("报送资料包交接单", "加密压缩包，内有个人信息，请妥善保管")
    sheet.gap(4)
    archives = f"{cover.archive_count:,} 户"
    if cover.incomplete_count:
        archives += f"（其中 {cover.incomplete_count:,} 户还缺必填项）"
    papers = f"{cover.attachment_count:,} 份"
    if cover.left_out_count:
        papers += f"（另有 {cover.left_out_count:,} 份没有装入，见汇总表）"
    sheet.table(
        [
            ("报送单位", cover.sender),
            ("接收单位", cover.receiver),
            ("档案", archives),
            ("附件", papers),
            ("文件", f"{cover.file_name}　（{size_text(cover.file_bytes)}）"),
            ("制作", f"{cover.made_on}　经办人 {cover.clerk}"),
        ]
    )
    sheet.heading("打开办法")
    sheet.numbered(_OPENING)
    sheet.heading("交接签字")
    sheet.signatures(("移交人：", "接收人：", "移交日期：", "接收日期："))
    sheet.foot("本单不写密码：密码请当面或打电话告知，不要写在 U 盘上，也不要和 U 盘放在一起。")
    return sheet.pdf()


def package_password_pdf(office_name: str, file_name: str, password: str, made_on: str) -> bytes:
    """The password on a sheet of its own, to travel separately from the stick."""
    sheet = PaperSheet("报送资料包密码", "单独送交，不要与 U 盘放在一起")
    sheet.gap(4)
    sheet.table([("报送单位", office_name), ("文件", file_name), ("制作", made_on)])
    sheet.gap(8)
    groups = password.split("-") if password.count("-") == 3 else [password]
    sheet.groups(groups, len(groups) if len(groups) > 1 else 1, 22.0)
    sheet.heading("怎样输入")
    sheet.numbered(
        (
            f"逐个字符照抄：{password}" + ("。四组之间的短横线也要输入，字母都是小写。" if len(groups) > 1 else "。区分大小写。"),
            "用 7-Zip、WinRAR 或 Bandizip 打开文件时输入。输完请把这张纸锁好或当面销毁。",
        )
    )
    return sheet.pdf()
