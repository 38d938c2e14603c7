"""The papers of a third-party evaluation: the check sheet of a household to be filled in, and the rates of the whole sample."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.domain.form_schema import FieldKind, FieldSpec, Values
from db.domain.option_lists import option_list
from db.domain.paper_layout import (
    Band,
    Cell,
    HeadEntry,
    Ledger,
    LedgerColumn,
    PaperLayout,
    Part,
    Signatures,
    TextRow,
    ticked,
)
from db.domain.records.evaluation import EVALUATION_CHECK, asked_of
from db.domain.records.record_form import RecordContent
from db.domain.reports.evaluation_rates import Rate
from db.domain.reports.sampling import EXPLAINED, RECIPE

SHEET, RESULT = "困难职工帮扶第三方评估入户核查表", "困难职工帮扶第三方评估结果"
_YES_NO = (("yes", "是"), ("no", "否"))
_WIDE = 58.0
"""Width of a question."""


@dataclass(frozen=True, slots=True)
class CheckPrint:
    """A household as its sheet tells of it; what outsiders may not know is left out by whoever makes it."""

    code: str
    archive_number: str
    name: str
    office_name: str
    group: str
    standing: str
    address: str = ""
    phone: str = ""
    recorded: Sequence[tuple[str, str]] = ()
    """What the records say: caption and words."""


def check_layout(title: str, evaluator: str, item: CheckPrint, content: RecordContent | None) -> PaperLayout:
    """The check sheet of one household; without *content* the answers are left for the pen."""
    values: Values = content.values if content else {}
    heads = (HeadEntry("评估：", title, 92), HeadEntry("评估机构：", evaluator, 88))
    shown = [spec for spec in asked_of(item.group) if spec in EVALUATION_CHECK.sections[1].fields]
    group = option_list("evaluation_group").label(item.group)
    parts: list[Part] = [
        Band((Cell("抽样号", item.code), Cell("档案编号", item.archive_number), Cell("组", group))),
        Band((Cell("姓名", item.name), Cell("现在", item.standing), Cell("单位", item.office_name))),
    ]
    if item.address or item.phone:
        parts.append(Band((Cell("住址", item.address, value_width=94, align="left"), Cell("电话", item.phone))))
    if item.recorded:
        parts.append(TextRow("档案记载", "\n".join(f"{caption}：{words or '没有'}" for caption, words in item.recorded)))
    met = {True: "yes", False: "no"}.get(bool(values["reached"])) if "reached" in values else None
    reason = f"　　没有见到的原因：{values.get('not_reached_reason') or ''}"
    parts.append(TextRow("是否见到本人或家人", ticked(_YES_NO, met) + reason, 9.0, _WIDE))
    parts += [TextRow(spec.label, _answer(spec, values), _height(spec), _WIDE) for spec in shown]
    signed = f"核查日期：{values.get('checked_on') or '　　　　　　　　　　'}　　核查人：{values.get('checkers') or ''}"
    parts += [TextRow("核查", signed), Signatures(("核查人签字：", "被访人签字："))]
    foot = "没有查清的空着，不算进比率。“档案记载”只供对照，以入户看到、问到的为准。"
    return PaperLayout(SHEET, heads, tuple(parts), foot=foot, name=f"{item.code} {item.name}")


def _height(spec: FieldSpec) -> float:
    return 26.0 if spec.kind is FieldKind.LONG_TEXT else 9.0


def _answer(spec: FieldSpec, values: Values) -> str:
    value = values.get(spec.key)
    if spec.kind is FieldKind.YES_NO:
        return ticked(_YES_NO, {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else None)
    if spec.kind is FieldKind.CHOICE:
        return ticked([(option.code, option.label) for option in option_list(str(spec.options)).current()], value)
    if spec.kind is FieldKind.COUNT:
        return f"{'' if value is None else value}　{spec.unit}" if value is not None else f"　　　　{spec.unit}"
    return str(value or "")


# -- the rates ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ResultPrint:
    """Everything the sheet of the rates says."""

    office_name: str
    clerk_name: str
    made_on: str
    title: str
    evaluator: str
    basis: str
    seed: str
    drawn: str
    """How many of how many of each group, in words."""
    frame_print: str
    done: str
    rates: Sequence[Rate]
    faults: Sequence[tuple[str, str, str]]
    """Number on the sheets, number of the archive, what is wrong."""


_RATES = (
    LedgerColumn("指标", 40, "left"),
    LedgerColumn("分子", 14),
    LedgerColumn("分母", 14),
    LedgerColumn("比率", 18),
    LedgerColumn("95% 的把握在", 32),
    LedgerColumn("要注意", 62, "left"),
)
_FAULTS = (LedgerColumn("抽样号", 22), LedgerColumn("档案编号", 48), LedgerColumn("发现的问题", 110, "left"))
_INTERVAL = (
    "比率只从抽出来的户算；“95% 的把握在”是照简单随机抽样估计的全部户的范围（Wilson 区间），户数越少范围越宽。"
    "措施落实率按项数算，不估计范围。"
)


def result_layout(item: ResultPrint) -> PaperLayout:
    """The ten rates with their definitions, how the sample was drawn, and what was found where."""
    heads = (
        HeadEntry("单位：", item.office_name, 76),
        HeadEntry("制表人：", item.clerk_name, 44),
        HeadEntry("日期：", item.made_on, 60),
    )
    rows = [
        (rate.indicator.label, rate.numerator, rate.denominator, rate.words, rate.interval_words, rate.hint) for rate in item.rates
    ]
    definitions = "\n".join(f"{rate.indicator.label}＝{rate.indicator.definition}" for rate in item.rates)
    parts: list[Part] = [
        TextRow("评估", "　".join(filter(None, (item.title, item.evaluator, item.basis)))),
        TextRow("抽样", f"{item.drawn}　种子：{item.seed}"),
        TextRow("核查", item.done),
        Ledger("评估指标", _RATES, rows),
        TextRow("算法", f"{definitions}\n{_INTERVAL}"),
        TextRow("怎样抽的", drawing_words(item.seed, item.frame_print)),
    ]
    if item.faults:
        parts.append(Ledger("发现的问题", _FAULTS, item.faults))
    return PaperLayout(RESULT, heads, (*parts, Signatures(("评估机构（盖章）：", "单位负责人（盖章）："))), name="评估结果")


def drawing_words(seed: str, frame_print: str) -> str:
    """How the sample was drawn, so that anybody can draw it again."""
    groups = "、".join(f"{option.code}（{option.label}）" for option in option_list("evaluation_group").current())
    code = "\n".join(RECIPE)
    return f"{EXPLAINED}\n种子 seed 是“{seed}”，组 group 是 {groups}。\n{code}\n名单指纹（SHA-256）：{frame_print}"
