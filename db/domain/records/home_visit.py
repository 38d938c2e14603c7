"""A visit to a household or another contact with it (入户走访记录; S003-04, S003-05; requirements §b.6)."""

import json
import re
from collections.abc import Iterable
from hashlib import sha256

from db.domain.field_makers import STAR, choice, choices, day, long_text, money, papers, person, text
from db.domain.form_schema import Privacy, Section
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind, Row
from db.domain.validation import Problem, problem

NINE_ITEMS = (
    ("work_state", "工作状态"),
    ("wage_income", "工资收入"),
    ("household_assets", "家庭资产"),
    ("housing", "住房状况"),
    ("health", "健康状况"),
    ("schooling", "子女就学"),
    ("social_security", "社会保障"),
    ("hardship_reason", "困难原因"),
    ("wish", "脱困诉求"),
)
"""What a visit verifies, in the order of S003-05."""

ASKED = {
    "work_state": "现在在哪里上班、做什么工种？合同签到什么时候？没有工作的，从哪天起、为什么、愿不愿意培训或再就业？",
    "wage_income": "家里每个人每月拿到手多少？有没有奖金、加班费、零工、退休金、赡养费、低保金？",
    "household_assets": "有没有车、船、商铺、出租的房子、存款、股票、保险？借了谁多少钱？",
    "housing": "住的房子是谁的？几间、多少平方米？有没有第二套？漏不漏雨，要不要修？",
    "health": "谁生病、什么病、在哪里看？一年自付多少，医保报了多少？谁要人照料？",
    "schooling": "孩子在哪里上学、几年级？学费、住宿费、生活费一年多少？有没有助学金？",
    "social_security": "养老、医疗、失业、工伤保险谁在缴、缴到哪年？有没有低保、残疾人补贴、公租房？",
    "hardship_reason": "最难的是什么？从什么时候开始的？有没有突发的事？",
    "wish": "最想工会帮什么？自己有什么打算，多久能好转？",
}
"""What to ask about each item at the kitchen table."""

PHRASES = {
    "work_state": ("在岗", "打零工", "待业，在找工作", "在家养病", "退休"),
    "wage_income": ("没有固定收入", "比以前减少", "比以前增加"),
    "household_assets": ("没有车和商铺", "没有存款", "有外债"),
    "housing": ("自有住房", "租房", "公租房", "房屋要修"),
    "health": ("身体健康", "长期吃药", "正在住院治疗", "要人照料"),
    "schooling": ("没有在读子女", "小学", "初中", "高中", "大学"),
    "social_security": ("职工医保", "居民医保", "享受低保", "社保断缴"),
    "hardship_reason": ("因病", "因学", "因残", "失业", "意外"),
    "wish": ("生活救助", "医疗救助", "助学", "介绍工作", "技能培训"),
}
"""Answers given with one touch; more is typed."""

HOME, CALL = "home", "call"
VERIFICATION, CARE = "verification", "care"
FEWEST_VISITORS = 2
_MARKS = re.compile(r"[、，,；;/]+")


def visitor_names(visitors: str) -> list[str]:
    """Who went, name by name; where no mark parts the names, blanks do."""
    parts = _MARKS.split(visitors)
    if len(parts) == 1:
        parts = visitors.split()
    return [name for part in parts if (name := "".join(part.split()))]


def verifies(content: RecordContent) -> bool:
    """Whether the visit counts as 入户核实: at home, by two or more (requirements §b.6)."""
    return content.values.get("method") == HOME and len(visitor_names(content.text("visitors"))) >= FEWEST_VISITORS


_SIGNED = ("visited_on", "received_by", *(key for key, _ in NINE_ITEMS), "needs")
"""What the family confirms with the signature; what the visitors think of it is theirs."""


def signed_print(content: RecordContent) -> str:
    """A fingerprint of what is signed: the answers and incomes as they stand."""
    told_rows = [row for row in content.rows.get("incomes", []) if row.get("amount") is not None]
    incomes = [{key: row.get(key) for key in ("person", "kind", "amount", "note")} for row in told_rows]
    told = [[content.values.get(key) for key in _SIGNED], incomes]
    return sha256(json.dumps(told, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:16]


def changed_since_signed(content: RecordContent) -> bool:
    """Whether the record says something else than when it was signed."""
    return bool(content.values.get("signature")) and content.text("signed_print") not in {"", signed_print(content)}


def _line(content: RecordContent) -> str:
    method = option_list("visit_method").label(content.text("method"))
    purpose = option_list("visit_purpose").label(content.text("purpose"))
    return f"{content.text('visited_on')} {method}（{purpose}），{content.text('visitors')}"


def _derive(content: RecordContent) -> RecordContent:
    """An income that was told by the month alone is twelve times as much in the year."""
    content.rows["incomes"] = [_whole_year(row) for row in content.rows.get("incomes", [])]
    return content


def _whole_year(row: Row) -> Row:
    month = row.get("monthly")
    return {**row, "amount": month * 12} if isinstance(month, int) and row.get("amount") is None else row


def _check(content: RecordContent, today: str) -> Iterable[Problem]:
    told = len(visitor_names(content.text("visitors")))
    if content.values.get("purpose") == VERIFICATION and content.values.get("method") == HOME and told == 1:
        yield problem("visit_needs_two", "visitors")
    visited, ahead = content.text("visited_on"), content.text("next_on")
    if visited and ahead and ahead <= visited:
        yield problem("visit_next_before", "next_on", visited=visited)


HOME_VISIT = RecordForm(
    kind=RecordKind.HOME_VISIT,
    title="入户走访记录",
    edition="home-visit-1",
    day="visited_on",
    ends="next_on",
    line=_line,
    check=_check,
    derive=_derive,
    sections=(
        Section(
            key="visit",
            title="走访情况",
            fields=(
                choice("method", "联系方式", "visit_method", required=STAR),
                choice("purpose", "走访目的", "visit_purpose", required=STAR),
                day("visited_on", "走访日期", required=STAR),
                text("visitors", "走访人员", required=STAR, help="入户核实要两人以上，名字之间用顿号。"),
                text("place", "走访地点", privacy=Privacy.IDENTIFYING),
                text("received_by", "接待人", limit=60, help="家里谁接待的；没有人在家的写明。"),
            ),
        ),
        Section(
            key="items",
            title="核实情况",
            fields=tuple(
                text(key, label, limit=500, help=ASKED[key], privacy=Privacy.SENSITIVE) for key, label in NINE_ITEMS
            ),
        ),
        Section(
            key="incomes",
            title="本次了解的收入",
            repeats=True,
            hint="知道每月多少的填每月，全年自动算出；按年、按次拿的直接填全年。",
            fields=(
                person("person", "谁", required=STAR),
                choice("kind", "收入种类", "income_kind", required=STAR),
                money("monthly", "每月"),
                money("amount", "全年", required=STAR),
                text("note", "说明"),
            ),
        ),
        Section(
            key="result",
            title="走访结果",
            fields=(
                choices("four_clear", "四清", "four_clear"),
                long_text("needs", "帮扶需求"),
                long_text("findings", "走访人员意见"),
                day("next_on", "下次走访", may_lie_ahead=True),
                papers("photos", "现场照片"),
                papers("signature", "签名"),
                text("signed_by", "签名人", limit=60),
                text("signed_at", "签名时间", limit=40),
                text("signed_print", "签名内容指纹", limit=40, help="签名那时所记内容的指纹：以后改过就对不上。"),
            ),
        ),
    ),
)
