"""What the lists of donors, sponsorships, posts, placements and holiday classes show of a row."""

from collections.abc import Mapping
from typing import Any

from db.domain.field_kinds import format_amount
from db.services.records import Record
from db.services.student_support import DonorRow, PlacementRow, PostRow, SponsorshipRow
from desktop import theme
from desktop.widgets.rows import Column

DONORS, SPONSORSHIPS, POSTS, PLACEMENTS, DAY_CARE = "donors", "sponsorships", "posts", "placements", "day_care"
PILES = ((DONORS, "捐助方"), (SPONSORSHIPS, "一帮一"), (POSTS, "勤工俭学岗位"), (PLACEMENTS, "上岗学生"), (DAY_CARE, "暑假托管班"))
NOTHING = "--"
UNIT = "登记单位"


def _money(amount: object) -> str:
    return format_amount(amount) if isinstance(amount, int) and amount else NOTHING


def _last_contact(row: SponsorshipRow) -> str:
    return f"{row.contacts[0].get('on_day')} {row.contacts[0].get('what')}" if row.contacts else NOTHING


def _stands(row: SponsorshipRow) -> str:
    return "已结束" if row.is_over else "结对中"


def _from_to(begins: str, ends: str) -> str:
    return f"{begins} 至 {ends}" if ends else f"{begins} 起"


def columns(units: Mapping[str, str]) -> dict[str, list[Column[Any]]]:
    """The columns of each pile; *units*: names of the offices, by id."""

    def unit_of(record: Record) -> str:
        return units.get(record.office_id, NOTHING)

    donor: list[Column[DonorRow]] = [
        Column("名称", lambda row: row.name, 180, bold=True),
        Column("类别", lambda row: row.words("donor_kind"), 90),
        Column("联系人", lambda row: row.words("contact") or NOTHING, 84),
        Column("电话", lambda row: row.words("phone") or NOTHING, 124, firm=True),
        Column("结对学生", lambda row: f"{row.students} 人", 84, right=True),
        Column("到账（元）", lambda row: _money(row.fund.received) if row.fund else NOTHING, 110, right=True),
        Column("结余（元）", lambda row: format_amount(row.fund.left) if row.fund else NOTHING, 110, right=True),
        Column("捐赠方意愿", lambda row: row.words("wish") or NOTHING, 200),
        Column(UNIT, lambda row: unit_of(row.record), 120),
    ]
    pair: list[Column[SponsorshipRow]] = [
        Column("学生", lambda row: row.name, 90, bold=True),
        Column("户主", lambda row: row.household, 90),
        Column("捐助方", lambda row: row.content.text("donor_name"), 180),
        Column("每年（元）", lambda row: _money(row.content.values.get("promised")), 104, right=True),
        Column("已批（元）", lambda row: _money(row.granted), 104, right=True),
        Column("已发（元）", lambda row: _money(row.paid), 104, right=True),
        Column("状态", _stands, 76, lambda row: theme.SECONDARY if row.is_over else theme.GREEN),
        Column("最近一次联系", _last_contact, 220),
    ]
    post: list[Column[PostRow]] = [
        Column("单位", lambda row: row.employer, 200, bold=True),
        Column("岗位内容", lambda row: row.record.content.text("work") or NOTHING, 170),
        Column("联系日期", lambda row: row.record.on_day, 104),
        Column("岗位", lambda row: f"{row.posts} 个", 72, right=True),
        Column("已用", lambda row: f"{row.taken} 个", 72, right=True),
        Column("空", lambda row: f"{row.free} 个", 64, lambda row: theme.GREEN if row.free else theme.AMBER, right=True),
        Column("补贴（元/月）", lambda row: _money(row.record.content.values.get("allowance")), 112, right=True),
        Column("累计上岗", lambda row: f"{row.ever} 人次", 96, right=True),
        Column(UNIT, lambda row: unit_of(row.record), 130),
    ]
    placed: list[Column[PlacementRow]] = [
        Column("学生", lambda row: row.name, 90, bold=True),
        Column("户主", lambda row: row.household, 90),
        Column("单位", lambda row: row.content.text("employer"), 200),
        Column("岗位内容", lambda row: row.content.text("work") or NOTHING, 160),
        Column("补贴（元/月）", lambda row: _money(row.content.values.get("allowance")), 112, right=True),
        Column("时间", lambda row: _from_to(row.content.text("since"), row.content.text("until")), 220),
    ]
    care: list[Column[Record]] = [
        Column("托管班", lambda row: row.content.text("title"), 220, bold=True),
        Column("联合举办单位", lambda row: row.content.text("partner") or NOTHING, 170),
        Column("地点", lambda row: row.content.text("place") or NOTHING, 150),
        Column("照顾职工子女", lambda row: f"{row.content.text('children')} 人", 110, right=True),
        Column("时间", lambda row: _from_to(row.content.text("begins_on"), row.content.text("ends_on")), 220),
        Column(UNIT, unit_of, 150),
    ]
    return {DONORS: donor, SPONSORSHIPS: pair, POSTS: post, PLACEMENTS: placed, DAY_CARE: care}


def words_of(row: Any) -> tuple[str, ...]:
    """What a row is found by."""
    if isinstance(row, DonorRow):
        return (row.name, row.words("contact"), row.words("wish"))
    if isinstance(row, PostRow):
        return (row.employer, row.record.content.text("work"))
    if isinstance(row, Record):
        return (row.content.text("title"), row.content.text("partner"), row.content.text("place"))
    other = row.content.text("donor_name") or row.content.text("employer")
    return (row.name, row.household, other)
