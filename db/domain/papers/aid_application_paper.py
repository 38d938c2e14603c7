"""困难职工救助申请表 (S003-12; requirements §b.6): who asks, for what and why, the bills, the account, three opinions."""

from db.domain.aid.aid_check import NO_OTHER_SOURCE
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.means_form import WORKER
from db.domain.option_lists import option_list
from db.domain.paper_layout import Amount, Entry, Ledger, LedgerColumn, Opinion, PaperLayout, Part, TextRow, ticked
from db.domain.papers.paper_subject import LEVELS, PaperSubject, heads, identity_rows, row
from db.domain.records.record_form import Row

TITLE = "困难职工救助申请表"
MAIN_ITEMS = ("living", "medical", "tuition")
"""The kinds of aid the printed form names; any other stands behind 其他."""
_PLEDGE = "以上填写的内容和所附材料真实。如有虚报、隐瞒，愿意退回已领取的救助金，并承担相应责任。"
_MEMBERS = (
    LedgerColumn("姓名", 24),
    LedgerColumn("与户主关系", 22),
    LedgerColumn("身份证号", 42),
    LedgerColumn("身份", 24),
    LedgerColumn("健康状况", 26),
    LedgerColumn("月收入（元）", 22, "right"),
    LedgerColumn("备注", 20),
)
_EXPENSES = (
    LedgerColumn("支出项目", 60, "left"),
    LedgerColumn("日期", 30),
    LedgerColumn("总金额（元）", 30, "right"),
    LedgerColumn("已报销（元）", 30, "right"),
    LedgerColumn("自付（元）", 30, "right"),
)
_ROOM_FOR_BILLS, _ROOM_FOR_MEMBERS = 3, 2
"""Empty rows for the pen: so many that the form of most households is one sheet with all three opinions on it."""


def aid_application(subject: PaperSubject) -> PaperLayout:
    """The form for one household; without a recorded application what it asks for is written by hand."""
    parts: list[Part] = [
        *identity_rows(subject),
        TextRow("家庭住址", subject.shown("home_address"), caption_width=22.0),
        row(
            ("家庭人口", subject.household_size),
            ("家庭年收入（元）", subject.amount("annual_household_income")),
            ("人均月收入（元）", subject.amount("per_capita_monthly_income")),
            caption=28.0,
        ),
        row(("困难类别", subject.class_words), ("主要致困原因", subject.shown("main_hardship_cause")), caption=28.0),
        Ledger("家庭成员", _MEMBERS, members := _members(subject), blank=max(0, _ROOM_FOR_MEMBERS - len(members))),
        *_asked(subject),
        row(("开户银行", subject.shown("bank_name")), ("支行名称", subject.shown("bank_branch"))),
        row(("银行卡号", subject.content.text("bank_account")), ("户名", subject.shown("name"))),
        Opinion("申请人承诺", _PLEDGE, "申请人签字：", least=17.0),
    ]
    parts += [Opinion(words, subject.opinions.get(code, ""), least=21.0) for code, words in LEVELS]
    applied_on = subject.application.text("applied_on") if subject.application else ""
    above = heads(subject, "申报单位：", applied_on)
    return PaperLayout(TITLE, above, tuple(parts), name=subject.shown("name") or TITLE)


def _members(subject: PaperSubject) -> list[list[Entry]]:
    return [_member(member) for member in subject.content.members]


_SHOWN = ("name", "relation_to_head", "id_number", "member_identity", "health_status")


def _member(member: Row) -> list[Entry]:
    income = member.get("monthly_income")
    cells: list[Entry] = [
        format_value(ARCHIVE_FORM.member_field(key), member[key]) if member.get(key) else "" for key in _SHOWN
    ]
    cells[2] = str(member.get("id_number") or "")
    return [*cells, Amount(income if isinstance(income, int) else None), ""]


def _asked(subject: PaperSubject) -> list[Part]:
    asked = subject.application
    item = asked.text("item") if asked else ""
    amount = asked.values.get("amount_asked") if asked else None
    rows = [_bill(bill) for bill in (asked.rows.get("expenses", []) if asked else [])]
    return [
        TextRow("申请救助类别", _items(item), caption_width=28.0),
        row(("申请金额（元）", Amount(amount if isinstance(amount, int) else None)), ("为谁申请", _for_whom(subject)),
            ("申请日期", asked.text("applied_on") if asked else ""), caption=28.0),
        TextRow("申请理由", _why(subject), least=15.0, caption_width=28.0),
        Ledger("支出明细（附票据复印件）", _EXPENSES, rows, blank=max(0, _ROOM_FOR_BILLS - len(rows)), total=_total(rows)),
    ]  # fmt: skip


def _for_whom(subject: PaperSubject) -> str:
    if subject.application is None:
        return ""
    person = subject.application.text("person")
    if person in {"", WORKER}:
        return subject.shown("name") if person else "全家"
    return next((str(member.get("name") or "") for member in subject.content.members if member["id"] == person), "")


def _why(subject: PaperSubject) -> str:
    """The reason, and below it what was had from elsewhere this year (S002-14)."""
    if subject.application is None:
        return ""
    had = subject.application.text("other_source").strip()
    elsewhere = f"今年已从别处得到的同类救助：{had}" if had not in NO_OTHER_SOURCE else ""
    return "\n".join(filter(None, (subject.application.text("reason"), elsewhere)))


def _items(item: str) -> str:
    items = option_list("aid_item")
    other = "" if not item or item in MAIN_ITEMS else items.label(item)
    boxes = [*((code, items.label(code)) for code in MAIN_ITEMS), ("other", f"其他（{other or '　　　　'}）")]
    return ticked(boxes, item if item in MAIN_ITEMS else "other" if item else None)


def _bill(bill: Row) -> list[Entry]:
    total, back = bill.get("amount"), bill.get("reimbursed")
    fen = total if isinstance(total, int) else None
    returned = back if isinstance(back, int) else 0
    own = None if fen is None else fen - returned
    return [str(bill.get("what") or ""), str(bill.get("spent_on") or ""), Amount(fen), Amount(returned), Amount(own)]


def _total(rows: list[list[Entry]]) -> list[Entry]:
    if not rows:
        return ["合计", "", Amount(None), Amount(None), Amount(None)]
    sums: list[Entry] = [Amount(sum((cell.fen or 0) for line in rows if isinstance(cell := line[at], Amount)))
                         for at in (2, 3, 4)]  # fmt: skip
    return ["合计", "", *sums]
