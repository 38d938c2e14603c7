"""What an act of the casework carries: the few things a clerk fills in with it, declared once for dialog, check and print."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.domain.case_words import Act, Need
from db.domain.field_kinds import parse_value, printable
from db.domain.form_schema import FieldKind, FieldSpec
from db.domain.option_lists import option_list

LONGEST = 2000
"""Characters of one answer."""


class DetailKind(StrEnum):
    """How an answer is given: a day (ISO), one line, several lines, or an option's code."""

    DAY = "day"
    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class DetailField:
    """One answer. *past*: a day on which something happened; *future*: one by which it must."""

    key: str
    label: str
    kind: DetailKind = DetailKind.LINE
    options: str = ""
    past: bool = False
    future: bool = False


_DAY, _TEXT, _CHOICE = DetailKind.DAY, DetailKind.TEXT, DetailKind.CHOICE

DETAIL: dict[Need, tuple[DetailField, ...]] = {
    Need.COMPARISON: (
        DetailField("compared_on", "比对日期", _DAY, past=True),
        DetailField("comparison_source", "比对来源（如民政部门）"),
        DetailField("comparison_result", "比对结论", _TEXT),
    ),
    Need.MINUTES: (
        DetailField("met_on", "会议日期", _DAY, past=True),
        DetailField("present", "参加人员"),
        DetailField("opinion", "集体研究意见", _TEXT),
    ),
    Need.APPRAISAL: (
        DetailField("appraised_on", "民主评议日期", _DAY, past=True),
        DetailField("appraisal", "民主评议意见", _TEXT),
    ),
    Need.POSTING: (
        DetailField("starts_on", "张贴日期", _DAY, past=True),
        DetailField("place", "张贴地点"),
        DetailField("phone", "异议电话"),
    ),
    Need.OBJECTION: (
        DetailField("objected_on", "提出异议的日期", _DAY, past=True),
        DetailField("objector", "提出异议的人（可写“匿名”）"),
        DetailField("objection", "异议内容", _TEXT),
    ),
    Need.OBJECTION_SETTLED: (
        DetailField("settled_on", "处理完毕日期", _DAY, past=True),
        DetailField("settlement", "处理经过和结论", _TEXT),
    ),
    Need.VERIFY_BY: (DetailField("verify_by", "补齐核查的期限", _DAY, future=True),),
    Need.END_DATE: (DetailField("end_date", "渐退期截止日期", _DAY, future=True),),
    Need.EXIT_REASON: (DetailField("exit_reason", "脱困原因", _CHOICE, "exit_reason"),),
    Need.CANCEL_REASON: (
        DetailField("cancel_reason", "注销原因", _CHOICE, "cancel_reason"),
        DetailField("reason", "说明", _TEXT),
    ),
    Need.REPLY: (
        DetailField("replied_on", "批复日期", _DAY, past=True),
        DetailField("reply", "批复文号和意见", _TEXT),
    ),
    Need.EXITED_ON: (DetailField("exited_on", "脱困退档日期", _DAY, past=True),),
    Need.REASON: (DetailField("reason", "理由", _TEXT),),
}
"""What each need that is filled in with the act asks (S000-05, 22, 25; S003-02, 05, 13)."""

FROM_VISIT = (
    DetailField("visited_on", "入户日期", _DAY, past=True),
    DetailField("visitors", "走访人员"),
    DetailField("findings", "核实情况", _TEXT),
)
"""What an act takes over from the visit it rests on; nobody types it with the act."""

BY_KEY = {item.key: item for fields in (*DETAIL.values(), FROM_VISIT) for item in fields}


@dataclass(frozen=True, slots=True)
class DetailFault:
    """An answer that is missing or wrong: which, and the sentence."""

    key: str
    text: str


def fields_of(needs: tuple[Need, ...]) -> tuple[DetailField, ...]:
    """The answers that *needs* ask for, each once, in the order of the needs."""
    found = {item.key: item for need in needs for item in DETAIL.get(need, ())}
    return tuple(found.values())


def cleaned(act: Act, needs: tuple[Need, ...], detail: dict[str, Any]) -> dict[str, str]:
    """The answers that belong to the act, trimmed and printable; anything else is left out."""
    kinds = {item.key: item.kind for item in fields_of(needs)} | ({"to_stage": _CHOICE} if act is Act.STEP_BACK else {})
    lists = {item.key: item.options for item in fields_of(needs)}
    texts = {key: printable(str(detail.get(key) or "")).strip() for key in kinds}
    return {key: _stored(kinds[key], lists.get(key, ""), text) for key, text in texts.items() if text}


def _stored(kind: DetailKind, options: str, text: str) -> str:
    """A day as ISO, an answer of a list as its code even where its words were written; anything else as it is."""
    if kind is _DAY:
        return _day(text) or text
    found = option_list(options).find(text) if kind is _CHOICE and options else None
    return found[0].code if found else text


def detail_faults(needs: tuple[Need, ...], detail: dict[str, Any], today: str) -> list[DetailFault]:
    """What *needs* ask and *detail* does not answer, or answers wrongly."""
    found = []
    for item in fields_of(needs):
        text = str(detail.get(item.key) or "").strip()
        fault = _fault(item, text, today)
        if fault:
            found.append(DetailFault(item.key, fault))
    return found


def _fault(item: DetailField, text: str, today: str) -> str:
    if not text:
        return f"请填写{item.label}。"
    if len(text) > LONGEST:
        return f"{item.label}太长：最多 {LONGEST} 个字，请写得短一些。"
    if item.kind is _CHOICE and _stored(_CHOICE, item.options, text) not in option_list(item.options).by_code:
        known = "、".join(option.label for option in option_list(item.options).current())
        return f"{item.label}里没有“{text}”。可以填的有：{known}。"
    return _day_fault(item, text, today) if item.kind is DetailKind.DAY else ""


_DAY_SPEC = FieldSpec(key="day", label="日期", kind=FieldKind.DATE)


def _day(text: str) -> str | None:
    """The day as ISO, however the form lets it be written; None where it is none."""
    parsed = parse_value(_DAY_SPEC, text)
    return parsed.value if isinstance(parsed.value, str) and parsed.code is None else None


def _day_fault(item: DetailField, text: str, today: str) -> str:
    day = _day(text)
    if day is None:
        return f"{item.label}“{text}”不是日期，请写成 2026-09-30 这样。"
    if item.past and day > today:
        return f"{item.label}是 {day}，还没有到。请填实际发生的日期。"
    if item.future and day <= today:
        return f"{item.label}是 {day}，要在今天之后。"
    return ""
