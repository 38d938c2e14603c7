"""入户走访记录: one contact with a household on one sheet, what is new marked, signed below (requirements §b.6)."""

from dataclasses import dataclass, field

from db.domain.means_flow import Person
from db.domain.option_lists import option_list
from db.domain.paper_layout import (
    Amount,
    Entry,
    HeadEntry,
    Ledger,
    LedgerColumn,
    PaperLayout,
    Part,
    Signatures,
    Sketch,
    TextRow,
    ticked,
)
from db.domain.papers.paper_subject import PaperSubject, row
from db.domain.records.home_visit import HOME_VISIT, NINE_ITEMS, changed_since_signed
from db.domain.records.record_form import RecordContent, Row
from db.domain.records.visit_knowledge import changed_items

TITLE = "困难职工入户走访记录"
_INCOMES = (
    LedgerColumn("姓名", 32),
    LedgerColumn("收入种类", 42),
    LedgerColumn("全年金额（元）", 34, "right"),
    LedgerColumn("说明", 72, "left"),
)
_BLANK_ROWS = 2
_FOOT = "“▲”是和上次走访不一样的情况。"


@dataclass(frozen=True, slots=True)
class VisitSubject:
    """The contact to be printed: the household it is of, the one before it, and the signature as a picture."""

    household: PaperSubject
    content: RecordContent | None = None
    """None leaves everything to the pen."""
    before: RecordContent | None = None
    people: tuple[Person, ...] = ()
    signature: bytes = b""
    photo_names: tuple[str, ...] = field(default=())


def visit_paper(subject: VisitSubject) -> PaperLayout:
    """The sheet of one contact; blank where there is none."""
    household, content = subject.household, subject.content or RecordContent()
    heads = (
        HeadEntry("走访单位：", household.office_name, 82),
        HeadEntry("档案编号：", household.archive_number, 52),
        HeadEntry("走访日期：", content.text("visited_on"), 46),
    )
    parts: list[Part] = [
        row(("姓名", household.shown("name")), ("手机号码", household.content.text("mobile_phone"))),
        row(("家庭人口", household.household_size), ("主要致困原因", household.shown("main_hardship_cause"))),
        TextRow("走访地点", content.text("place"), caption_width=22.0),
        TextRow("联系方式", _ticks("visit_method", content.values.get("method")), caption_width=22.0),
        TextRow("走访目的", _ticks("visit_purpose", content.values.get("purpose")), caption_width=22.0),
        row(("走访人员", content.text("visitors")), ("接待人", content.text("received_by"))),
        *_items(subject, content),
        _incomes(subject, content),
        TextRow("四清", _ticks("four_clear", *_codes(content)), caption_width=22.0),
        TextRow("帮扶需求", content.text("needs"), 14.0, 22.0),
        TextRow("走访人员意见", content.text("findings"), 16.0, 22.0),
        TextRow("现场照片", _photos(subject), caption_width=22.0),
        TextRow("下次走访", HOME_VISIT.words(content, "next_on"), caption_width=22.0),
        _signature(subject, content),
        Signatures(("走访人员签字：", "走访单位（盖章）：")),
    ]
    marked = bool(changed_items(content, subject.before))
    name = f"{household.shown('name')} {content.text('visited_on')}".strip()
    return PaperLayout(TITLE, heads, tuple(parts), foot=_FOOT if marked else "", name=name or TITLE)


def _ticks(options: str, *codes: object) -> str:
    return ticked([(option.code, option.label) for option in option_list(options).current()], *codes)


def _codes(content: RecordContent) -> tuple[str, ...]:
    value = content.values.get("four_clear")
    return tuple(value) if isinstance(value, list) else ()


def _items(subject: VisitSubject, content: RecordContent) -> list[Part]:
    changed = changed_items(content, subject.before)
    found: list[Part] = []
    for key, label in NINE_ITEMS:
        words = content.text(key)
        found.append(TextRow(label, f"▲ {words}" if key in changed else words, 9.5, 22.0))
    return found


def _incomes(subject: VisitSubject, content: RecordContent) -> Ledger:
    names = {person.id: person.name for person in subject.people}
    rows = [_income_row(names, line) for line in content.rows.get("incomes", [])]
    return Ledger("本次了解的收入", _INCOMES, rows, blank=0 if subject.content else _BLANK_ROWS)


def _income_row(names: dict[str, str], line: Row) -> list[Entry]:
    amount, month = line.get("amount"), line.get("monthly")
    monthly = f"每月 {month / 100:,.2f} 元" if isinstance(month, int) else ""
    note = "；".join(part for part in (monthly, str(line.get("note") or "")) if part)
    return [
        names.get(str(line.get("person")), "已不在档案表上的人"),
        option_list("income_kind").label(str(line.get("kind"))),
        Amount(amount if isinstance(amount, int) else None),
        note,
    ]


def _photos(subject: VisitSubject) -> str:
    if not subject.photo_names:
        return "没有照片" if subject.content else ""
    return f"{len(subject.photo_names)} 张，存在本户附件：{'、'.join(subject.photo_names)}"


def _signature(subject: VisitSubject, content: RecordContent) -> Sketch:
    if not subject.signature:
        return Sketch("被走访人签字", words="年　　月　　日", caption_width=22.0)
    late = "（签名以后内容有改动）" if changed_since_signed(content) else ""
    signed = f"{content.text('signed_by')}　{content.text('signed_at')}{late}"
    return Sketch("被走访人签字", subject.signature, signed, caption_width=22.0)
