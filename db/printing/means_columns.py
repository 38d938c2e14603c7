"""The grid of 《困难职工家庭情况信息采集表》: columns of its ledgers in millimetres, and what the blank sheet leaves free."""

from typing import NamedTuple

from db.printing.ruled_sheet import Column

FOUR_KINDS = ("wage", "business", "property", "transfer")
"""The income kinds with a column of their own."""
FLAGS = (
    ("receives_subsistence_allowance", "is_on_file", "is_registered_poor"),
    ("is_social_retiree", "is_new_form_worker", "has_housing_benefit"),
    ("has_heating_benefit", "other_exclusion", ""),
)
PEOPLE = (
    Column("姓名", 18),
    Column("与户主关系", 14),
    Column("身份证号", 34),
    Column("身份", 17),
    Column("单位或学校", 26),
    Column("医保", 18),
    Column("健康状况", 15),
    Column("共同生活", 10),
    Column("劳动能力", 10),
    Column("失业日期", 18),
)
INCOMES = (
    Column("姓名", 20),
    Column("工资性收入（应发）", 21, "right"),
    Column("经营净收入", 20, "right"),
    Column("财产净收入", 19, "right"),
    Column("转移净收入", 20, "right"),
    Column("所得税", 18, "right"),
    Column("五险一金（个人）", 19, "right"),
    Column("四项净额", 22, "right"),
    Column("其他收入", 21, "right"),
)
EXPENSES = (
    Column("支出种类", 24),
    Column("谁", 16),
    Column("日期", 19),
    Column("总金额", 21, "right"),
    Column("已报销", 21, "right"),
    Column("已获赔偿", 21, "right"),
    Column("个人自负", 21, "right"),
    Column("计入", 17),
    Column("说明、佐证", 20),
)
STUDENTS = (
    Column("姓名", 19),
    Column("学段", 18),
    Column("学校", 36),
    Column("就学所在地", 36),
    Column("入学日期", 20),
    Column("情况", 51, "left"),
)


class PlainLedger(NamedTuple):
    """A ledger printed field by field: its key, heading, fields with column widths, and rows on the blank sheet."""

    key: str
    title: str
    fields: tuple[tuple[str, float], ...]
    blank: int


PLAIN = (
    PlainLedger("homes", "住房", (("ownership", 22), ("area", 24), ("address", 72), ("value", 28), ("note", 34)), 2),
    PlainLedger("vehicles", "车辆、船舶、机械", (("kind", 36), ("use", 52), ("value", 34), ("note", 58)), 1),
    PlainLedger("businesses", "经营房产和雇工", (("kind", 62), ("value", 44), ("note", 74)), 1),
    PlainLedger("assets", "储蓄和投资", (("kind", 44), ("person", 36), ("amount", 40), ("note", 60)), 2),
)
LATER = (
    PlainLedger("events", "意外和突发事件", (("kind", 42), ("happened_on", 30), ("is_severe", 28), ("note", 80)), 1),
    PlainLedger(
        "job_offers",
        "就业推荐",
        (("person", 22), ("offered_on", 24), ("offered_by", 44), ("is_refused", 20), ("has_good_reason", 26), ("note", 44)),
        1,
    ),
    PlainLedger(
        "earlier_aid",
        "今年已得到的救助",
        (("item", 36), ("person", 22), ("amount", 28), ("received_on", 24), ("giver", 24), ("note", 46)),
        1,
    ),
    PlainLedger("monthly_incomes", "逐月收入", (("month", 30), ("amount", 44), ("note", 106)), 0),
)
"""On a filled sheet only where they hold something."""
STUDENT_FLAGS = (
    ("is_new", "今年新入学"),
    ("has_disability", "残疾儿童"),
    ("is_private_school", "高收费私立学校"),
    ("studies_abroad", "自费出国留学"),
)
