"""Help that is no money (帮扶服务): legal aid, referral to an authority with its answer, mutual insurance, work (S000-29, S003-03)."""

from collections.abc import Iterable
from dataclasses import dataclass

from db.domain.field_makers import STAR, choice, day, long_text, money, papers, person, text
from db.domain.form_schema import Condition, Section, Values, WhenOneOf
from db.domain.option_lists import option_list
from db.domain.records.record_form import CONTINUES, RecordContent, RecordForm, RecordKind
from db.domain.validation import Problem, problem

HOUSEHOLD = "archive_id"
"""Field that no clerk fills: of whose household an entry of another office is."""
OPEN_ANSWERS = frozenset({"", "accepted"})
"""Answers after which something is still to be waited for."""
SERVICE_OF_ITEM = {"legal": "legal", "mutual_aid": "mutual_aid", "employment": "employment", "referral": "referral"}
"""Kinds of aid applied for that may be given as a service."""
HELPED = frozenset({"granted", "partly"})


@dataclass(frozen=True, slots=True)
class _Waits(Condition):
    """Met by what somebody else decides; advice is given and done."""

    def holds(self, values: Values) -> bool:
        kind = values.get("service_kind")
        if kind == "legal":
            return values.get("legal_way") in _DECIDED_ELSEWHERE
        return kind == "referral" or (kind == "mutual_aid" and values.get("mutual_way") == "claimed")

    def text(self) -> str:
        return "要等别人答复时"


def _when(kind: str, label: str) -> Condition:
    return WhenOneOf("service_kind", frozenset({kind}), label)


_LEGAL, _REFERRAL = _when("legal", "法律援助时"), _when("referral", "转介时")
_MUTUAL, _WORK = _when("mutual_aid", "互助保障时"), _when("employment", "就业创业服务时")
_DECIDED_ELSEWHERE = frozenset({"mediation", "arbitration", "lawsuit", "legal_aid_centre"})
_WAYS = {"legal": ("legal_way", "legal_way"), "mutual_aid": ("mutual_way", "mutual_aid_way"),
         "employment": ("employment_way", "employment_way"), "referral": ("agency", "referral_agency")}  # fmt: skip


def service_words(content: RecordContent) -> str:
    """What kind of help, and which of it: ``转介 民政（低保、临时救助）``."""
    kind = content.text("service_kind")
    key, options = _WAYS.get(kind, ("", ""))
    way = option_list(options).label(content.text(key)) if key and content.text(key) else ""
    return "　".join(filter(None, (option_list("aid_service_kind").label(kind), way)))


def is_waiting(content: RecordContent) -> bool:
    """Whether an authority was asked and has not decided."""
    return bool(content.text("answer_by")) and content.text("answer") in OPEN_ANSWERS


def answer_words(content: RecordContent) -> str:
    """What became of it; empty where nothing was to be waited for."""
    answer = content.text("answer")
    if answer:
        told = option_list("service_answer").label(answer)
        return f"{content.text('answered_on')} {told}".strip()
    return "等答复" if content.text("answer_by") else ""


def _line(content: RecordContent) -> str:
    told = answer_words(content)
    return f"{content.text('on_day')} {service_words(content)}：{content.text('what')}" + (f"（{told}）" if told else "")


def _check(content: RecordContent, _today: str) -> Iterable[Problem]:
    begun, answer, answered = content.text("on_day"), content.text("answer"), content.text("answered_on")
    if answer and not answered:
        yield problem("service_answer_day", "answered_on")
    if answered and not answer:
        yield problem("service_answer_kind", "answer")
    for key in ("answered_on", "answer_by"):
        if begun and content.text(key) and content.text(key) < begun:
            yield problem("ends_before_begin", key, day=begun)


_FIELDS = (
    choice("service_kind", "服务种类", "aid_service_kind", required=STAR),
    person("person", "为谁", help="全家的不填。"),
    choice("legal_matter", "事由", "legal_matter", required=_LEGAL, shown=_LEGAL),
    choice("legal_way", "方式", "legal_way", required=_LEGAL, shown=_LEGAL),
    choice("agency", "转给哪个部门", "referral_agency", required=_REFERRAL, shown=_REFERRAL),
    text("agency_name", "部门名称和联系人", shown=_REFERRAL),
    choice("mutual_way", "事项", "mutual_aid_way", required=_MUTUAL, shown=_MUTUAL),
    choice("employment_way", "方式", "employment_way", required=_WORK, shown=_WORK),
    day("on_day", "日期", required=STAR),
    text("responsible", "经办人", required=STAR),
    long_text("what", "具体事项", required=STAR, help="如：为李某申请低保；工伤待遇没有落实，陪同到仲裁委。"),
    text("measure_id", "帮扶措施"),
    text("application_id", "申请编号"),
)
_ANSWER = Section(
    key="answer",
    title="答复和结果",
    fields=(
        day("answer_by", "什么时候问结果", shown=_Waits(), may_lie_ahead=True, help="到这一天还没有办结的，首页提醒。"),
        choice("answer", "结果", "service_answer"),
        day("answered_on", "答复日期"),
        money("worth", "由对方给了多少", help="低保金、互助金等，由对方发放，不算工会的资金。"),
        long_text("result", "说明"),
    ),
)
_TITLE = "帮扶服务"

AID_SERVICE = RecordForm(
    kind=RecordKind.AID_SERVICE,
    title=_TITLE,
    edition="aid-service-1",
    day="on_day",
    ends="answer_by",
    subject="measure_id",
    line=_line,
    check=_check,
    sections=(
        Section(
            key="service",
            title=_TITLE,
            fields=(*_FIELDS, text(CONTINUES, "接着办的登记"), papers("papers", "材料", help="转介函、委托书、回执等。")),
        ),
        _ANSWER,
    ),
)

OFFICE_SERVICE = RecordForm(
    kind=RecordKind.OFFICE_SERVICE,
    title=_TITLE,
    edition="office-service-1",
    day="on_day",
    ends="answer_by",
    subject=HOUSEHOLD,
    of_archive=False,
    line=_line,
    check=_check,
    sections=(Section(key="service", title=_TITLE, fields=(*_FIELDS, text(HOUSEHOLD, "档案", required=STAR))), _ANSWER),
)
"""The same done by an office above for a household of an office below: its own, beside the archive, as a grant of it is."""
