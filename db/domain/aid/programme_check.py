"""Whether a grant keeps to the programme it belongs to: its period, kinds of aid, sources, caps per time and year, quota.

What the programme says of amounts and times stops a grant; whoever stands outside its population or beyond the quota may
be granted something with a reason, for a list is drawn up by people who know the household.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.domain.aid.aid_check import AidFinding, Weight
from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.records.programme import codes_of
from db.domain.records.record_form import RecordContent


@dataclass(frozen=True, slots=True)
class QuotaLeft:
    """A quota that a grant counts towards. *is_new*: whether whoever is to get it was not counted yet."""

    label: str
    amount: int
    used: int
    unit: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class ProgrammeQuestion:
    """What a grant is judged by; *earlier* are the amounts of the same household or person in the programme this year."""

    content: RecordContent
    item: str
    amount: int
    on: str
    fits: bool
    source_kind: str = ""
    """Of the money; empty for goods."""
    earlier: Sequence[int] = ()


def check_programme(question: ProgrammeQuestion) -> list[AidFinding]:
    """Everything to mind."""
    found = [*_by_kind(question), *_by_amount(question)]
    if not question.fits:
        text = "这一户不在活动的对象里。仍要给的，请写明理由。"
        found.append(AidFinding("programme_population", Weight.REASON, text))
    return found


def check_quotas(quotas: Iterable[QuotaLeft]) -> list[AidFinding]:
    """What is beyond a quota wants a reason."""
    found = []
    for quota in quotas:
        if quota.is_new and quota.used >= quota.amount:
            told = f"“{quota.label}”名额 {quota.amount:,} {quota.unit}，已用 {quota.used:,} {quota.unit}，没有剩余。"
            found.append(AidFinding("quota_used_up", Weight.REASON, f"{told}仍要给的，请写明理由。"))
    return found


def _by_kind(question: ProgrammeQuestion) -> Iterable[AidFinding]:
    content, title = question.content, question.content.text("title")
    if question.item and question.item not in codes_of(content, "items"):
        label = option_list("aid_item").label(question.item)
        yield AidFinding("programme_item", Weight.STOP, f"活动“{title}”不包含{label}。")
    sources = codes_of(content, "fund_sources")
    if question.source_kind and sources and question.source_kind not in sources:
        named = "、".join(option_list("fund_source").label(code) for code in sources)
        yield AidFinding("programme_source", Weight.STOP, f"活动“{title}”只用{named}。")
    begins, ends = content.text("begins_on"), content.text("ends_on")
    if question.on < begins or (ends and question.on > ends):
        period = f"{begins} 至 {ends}" if ends else f"{begins} 开始"
        yield AidFinding("programme_period", Weight.REASON, f"活动“{title}”{period}，这一天不在活动期内。仍要给的，请写明理由。")


def _by_amount(question: ProgrammeQuestion) -> Iterable[AidFinding]:
    content, amount, had = question.content, question.amount, sum(question.earlier)
    once, whole, times = (content.values.get(key) for key in ("most_per_time", "most_amount_per_year", "most_per_year"))
    if isinstance(times, int) and len(question.earlier) >= times:
        yield AidFinding("programme_times", Weight.STOP, f"这项活动一年最多 {times} 次，今年已给过 {len(question.earlier)} 次。")
    if isinstance(once, int) and amount > once:
        yield AidFinding("programme_once", Weight.STOP, f"这项活动每次最多 {format_amount(once)} 元。")
    if isinstance(whole, int) and amount + had > whole:
        left = format_amount(max(whole - had, 0))
        text = f"这项活动一年合计最多 {format_amount(whole)} 元，今年已得 {format_amount(had)} 元，还可给 {left} 元。"
        yield AidFinding("programme_whole", Weight.STOP, text)
    standard = content.values.get("standard")
    if isinstance(standard, int) and amount and amount != standard:
        yield AidFinding("programme_standard", Weight.NOTE, f"活动标准是 {format_amount(standard)} 元。")
