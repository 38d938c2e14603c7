"""Whether a household may be granted something: the pack's limit, the source of the money, the state of the archive.

What the rules forbid stops the grant; what they leave to people wants a reason that is kept with it; the rest is told.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from db.domain.case_words import STANDING_LABELS, Standing
from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.policy.assessment import CapResult
from db.domain.records.record_form import RecordContent

FILED = frozenset({Standing.ON_FILE, Standing.PHASING_OUT})
"""Pools in which an archive counts as filed: 先建档、后帮扶 (S002-06, §d.5)."""
STUDY_AID = frozenset({"tuition", "study_cost"})
"""Kinds of aid for students."""
DONATION = "donation"
"""The kind of aid, and the source of money, by which a pack speaks of what donors give."""
NO_OTHER_SOURCE = frozenset({"", "无", "没有"})


class Weight(StrEnum):
    """What a finding does: stops the grant, wants a reason, or only tells."""

    STOP = "stop"
    REASON = "reason"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class AidFinding:
    """One finding: a stable code, its weight, and the sentence."""

    code: str
    weight: Weight
    text: str


@dataclass(frozen=True, slots=True)
class EarlierGrant:
    """What the same person or household has been granted this year already. *amount* is 分."""

    item: str
    amount: int
    granted_on: str
    where: str
    """Who granted it, as people call it."""
    same_household: bool


@dataclass(frozen=True, slots=True)
class AidQuestion:
    """Everything a grant is judged by. *amount* is 分; *fund_left* what the source still has uncommitted, in 分."""

    item: str
    amount: int
    standing: Standing
    cap: CapResult | None
    fund: RecordContent | None
    fund_left: int
    other_source: str = ""
    earlier: Sequence[EarlierGrant] = ()
    on: str = ""
    basis: str = ""
    """The document that the programme rests on, of which the grant is a part."""
    no_limit: str = ""
    """Why there is no limit although the policy in force has the item; empty where it does not have it."""

    @property
    def is_donated(self) -> bool:
        """Whether donors pay: whom their money reaches, and how much, is theirs to settle (S001-08)."""
        return self.fund is not None and self.fund.text("source_kind") == DONATION


def check_aid(question: AidQuestion) -> list[AidFinding]:
    """Everything to mind, what stops first."""
    found = [*_by_policy(question), *_by_fund(question), *_by_earlier(question)]
    return sorted(found, key=lambda item: list(Weight).index(item.weight))


def cap_left(cap: CapResult | None) -> int | None:
    """What may still be given in 分, rounded down; None where nobody knows or there is no limit."""
    if cap is None or cap.allowed is False:
        return None
    left = cap.left if cap.left is not None else cap.amount
    return math.floor(left * 100) if left is not None else None


def _shown(yuan: Fraction) -> str:
    return format_amount(math.floor(yuan * 100))


def _by_policy(question: AidQuestion) -> Iterable[AidFinding]:
    cap, label = question.cap, option_list("aid_item").label(question.item)
    if cap is None and question.no_limit:
        yield AidFinding("no_limit", Weight.REASON, question.no_limit)
        return
    if cap is None and question.basis:
        text = f"现行政策没有写“{label}”，照活动的依据文件：{question.basis.removesuffix('。')}。"
        yield AidFinding("by_programme", Weight.NOTE, text)
        return
    if cap is None and question.fund is not None and question.is_donated:
        wish = "" if question.fund.text("restriction") else "；资金来源里还没有写捐赠方的意愿"
        yield AidFinding("by_donor", Weight.NOTE, f"捐赠资金给谁、给多少由捐赠方定{wish}。")
        return
    if cap is None:
        yield AidFinding("not_in_policy", Weight.REASON, f"现行政策没有写“{label}”。照别的文件给的，请写明依据。")
        return
    if cap.allowed is False:
        yield _forbidden(question, "not_allowed", f"不能给“{cap.label}”：{cap.reason}。（{cap.citation}）")
        return
    left = cap_left(cap)
    if cap.missing:
        asks = " ".join(dict.fromkeys(item.question for item in cap.missing))
        yield AidFinding("cap_unknown", Weight.REASON, f"“{cap.label}”的上限还算不出：{asks}先给的，请写明理由。")
    elif left is None:
        yield AidFinding("no_cap", Weight.NOTE, f"文件没有规定“{cap.label}”的上限。")
    elif question.amount > left and cap.amount is not None:
        had = f"，今年已得 {_shown(cap.already)} 元" if cap.already else ""
        text = f"超过上限：“{cap.label}”最多 {_shown(cap.amount)} 元{had}，还可给 {format_amount(left)} 元。（{cap.citation}）"
        yield _forbidden(question, "over_cap", text)
    if cap.approval:
        yield AidFinding("approval", Weight.NOTE, f"{cap.approval}。")


def _forbidden(question: AidQuestion, code: str, text: str) -> AidFinding:
    """What the policy forbids. Its rules bind the unions' money for schooling; what donors give follows their wish (S001-08,
    S002-06), and whoever goes beyond the policy with it says upon what."""
    if question.is_donated and question.item in STUDY_AID:
        return AidFinding(code, Weight.REASON, f"{text}这笔是社会捐助，照捐赠方意愿给的，请写明依据。")
    return AidFinding(code, Weight.STOP, text)


def _by_fund(question: AidQuestion) -> Iterable[AidFinding]:
    fund = question.fund
    if fund is None:
        return
    name, values = fund.text("name"), fund.values
    items = values.get("allowed_items")
    if isinstance(items, list) and items and question.item not in items:
        yield AidFinding("fund_item", Weight.STOP, f"“{name}”不能用于{option_list('aid_item').label(question.item)}。")
    if values.get("needs_archive") and question.standing not in FILED:
        told = STANDING_LABELS[question.standing]
        yield AidFinding("fund_needs_archive", Weight.STOP, f"“{name}”只能给在档的家庭，这一户是“{told}”。请先建档，后帮扶。")
    if values.get("needs_no_archive") and not values.get("needs_archive") and question.standing in FILED:
        told = f"“{name}”只给不符合建档条件的家庭，这一户在档。请用别的资金来源。"
        yield AidFinding("fund_needs_no_archive", Weight.STOP, told)
    if values.get("is_closed"):
        yield AidFinding("fund_closed", Weight.STOP, f"“{name}”已结转停用。")
    begins, ends = fund.text("begins_on"), fund.text("ends_on")
    if question.on and (question.on < begins or (ends and question.on > ends)):
        period = f"{begins} 至 {ends}" if ends else f"{begins} 以后"
        yield AidFinding("fund_period", Weight.STOP, f"“{name}”只在{period}可用。")
    if question.amount > question.fund_left:
        text = f"“{name}”只剩 {format_amount(question.fund_left)} 元没有安排，不够这一笔。"
        yield AidFinding("fund_short", Weight.STOP, text)
    if fund.text("restriction"):
        yield AidFinding("donor", Weight.NOTE, f"捐赠方意愿：{fund.text('restriction')}")


def _by_earlier(question: AidQuestion) -> Iterable[AidFinding]:
    label = option_list("aid_item").label(question.item)
    for earlier in question.earlier:
        if earlier.item != question.item:
            continue
        what = f"{format_amount(earlier.amount)} 元" if earlier.amount else "实物"
        told = f"{earlier.granted_on} {earlier.where}已给过{label} {what}"
        if earlier.same_household:
            yield AidFinding("again", Weight.NOTE, f"{told}。")
        else:
            yield AidFinding("elsewhere", Weight.REASON, f"同一个人在别的档案里，{told}。不是重复救助的，请写明理由。")
    if question.other_source.strip() not in NO_OTHER_SOURCE:
        text = f"申请或登记里写了别处的同类救助：{question.other_source.strip()}。仍要给的，请写明理由。"
        yield AidFinding("other_source", Weight.REASON, text)
