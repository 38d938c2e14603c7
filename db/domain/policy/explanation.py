"""Assessments and rules as Chinese sentences with figures: for the screen, the paper in the file, and a worker.

Numbers are shown with two decimals but never compared so: where rounding would make two different figures look the
same, more decimals are shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from db.domain.option_lists import option_list
from db.domain.policy.assessment import (
    OUTCOME_LABELS,
    Assessment,
    CapResult,
    ClassResult,
    Missing,
    Outcome,
    RuledOut,
    Step,
    Unit,
)
from db.domain.policy.book import TOPICS
from db.domain.policy.pack import Cap, Criterion, Threshold
from db.domain.policy.words import expense_words, fact_label, number_words

OP_WORDS = {"<": "低于", "<=": "不超过", ">": "高于", ">=": "不低于", "==": "等于", "unset": "（未定）"}
_NOT = {"<": "不低于", "<=": "超过", ">": "不高于", ">=": "低于", "==": "不等于"}
UNIT_WORDS = {
    Unit.YUAN_MONTH: "元/月",
    Unit.YUAN_YEAR: "元",
    Unit.YUAN: "元",
    Unit.RATIO: "",
    Unit.MONTHS: "个月",
    Unit.COUNT: "",
    Unit.FLAG: "",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of an explanation with the sentence of the document behind it."""

    text: str
    citation: str = ""
    tone: str = ""
    """``passed``, ``failed``, ``unknown`` or empty; shown as icon and word, never as colour alone."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading with its lines."""

    title: str
    sentences: tuple[Sentence, ...]
    tone: str = ""


def _tone(answer: bool | None) -> str:
    return "unknown" if answer is None else "passed" if answer else "failed"


# -- numbers ------------------------------------------------------------------------------------------------------


def amount_words(amount: Fraction, decimals: int = 2) -> str:
    """元 with separators, rounded half up to *decimals*: ``24,192.00``."""
    scale = 10**decimals
    rounded = int(abs(amount) * scale + Fraction(1, 2))
    whole, rest = divmod(rounded, scale)
    sign = "-" if amount < 0 and rounded else ""
    return f"{sign}{whole:,}.{rest:0{decimals}d}"


def quantity(value: Fraction, unit: Unit, decimals: int = 2) -> str:
    """A number with its unit, as a sentence needs it."""
    if unit is Unit.RATIO:
        return f"{amount_words(value * 100, decimals)}%"
    if unit in {Unit.YUAN, Unit.YUAN_MONTH, Unit.YUAN_YEAR}:
        return f"{amount_words(value, decimals)} {UNIT_WORDS[unit]}"
    words = UNIT_WORDS[unit]
    return f"{number_words(value)} {words}".rstrip()


def _pair(step: Step) -> tuple[str, str]:
    """Value and line with as many decimals as it takes to see that they differ."""
    assert step.value is not None and step.threshold is not None
    if step.unit is Unit.COUNT:
        return _counted(step, step.value), _counted(step, step.threshold)
    for decimals in (2, 4, 6, 10):
        shown = (quantity(step.value, step.unit, decimals), quantity(step.threshold, step.unit, decimals))
        if shown[0] != shown[1] or step.value == step.threshold:
            return shown
    return shown


def _counted(step: Step, number: Fraction) -> str:
    """How many of what a step counts: ``2 套``."""
    return f"{number_words(number)} {_COUNTERS.get(step.measure, '项')}"


# -- steps --------------------------------------------------------------------------------------------------------

_MEASURE_WORDS = {
    "expense_share": "支出占家庭全年可支配收入的比例",
    "annual_expense": "全年支出合计",
    "months_below": "连续低于界线的月数",
    "asset_total": "储蓄、投资合计",
    "homes": "自有住房",
    "vehicles": "车辆、船舶、机械",
    "businesses": "经营房产和雇佣经营",
    "costly_schooling": "高收费私立学校或自费留学的子女",
    "refused_offers": "失业后无故拒绝就业推荐的次数",
    "event": "意外和突发事件",
    "household_size": "共同生活人口",
    "labour_proof": "劳动关系证明",
    "labour_months": "劳动关系已满的月数",
    "committee_note": "工会集体研究决定",
    "cause": "致困原因相符",
}


_COUNTERS = {
    "homes": "套",
    "vehicles": "辆（台、艘）",
    "businesses": "处",
    "costly_schooling": "人",
    "refused_offers": "次",
    "event": "次",
    "household_size": "人",
    "labour_proof": "样",
}


def _has_deductions(step: Step) -> bool:
    return any(item.label.startswith("减：") and item.label not in {"减：所得税", "减：五险一金"} for item in step.inputs)


def measure_words(step: Step) -> str:
    """What a step measured."""
    if step.label:
        return step.label
    if step.measure == "per_capita_income":
        period = "人均月" if step.unit is Unit.YUAN_MONTH else "人均年"
        return f"扣除支出后的{period}收入" if _has_deductions(step) else f"{period}可支配收入"
    if step.inputs and step.measure in {"fact", "student_fact"}:
        return step.inputs[0].label
    return _MEASURE_WORDS.get(step.measure, step.measure)


def working(step: Step) -> str:
    """How the value of an income step came about: ``（27,000.00 − 8,000.00）÷ 3 人 ÷ 12 个月 = 527.78 元/月``."""
    if step.measure != "per_capita_income" or step.value is None:
        return ""
    plus = [item for item in step.inputs if item.unit in {Unit.YUAN_YEAR, Unit.YUAN} and not item.label.startswith("减：")]
    minus = [item for item in step.inputs if item.label.startswith("减：")]
    size = next((item.value for item in step.inputs if item.unit is Unit.COUNT), Fraction(1))
    parts = " + ".join(f"{item.label.removeprefix('加：')} {amount_words(item.value or Fraction(0))}" for item in plus) or "0.00"
    parts += "".join(f" − {item.label.removeprefix('减：')} {amount_words(item.value or Fraction(0))}" for item in minus)
    divided = f"（{parts}）÷ {number_words(size or Fraction(1))} 人"
    divided += " ÷ 12 个月" if step.unit is Unit.YUAN_MONTH else ""
    return f"{divided} = {quantity(step.value, step.unit)}"


def step_sentence(step: Step, *, with_working: bool = True) -> str:
    """One step as a sentence a clerk can read out; *with_working* shows how an income came about."""
    if step.passed is None:
        asks = " ".join(dict.fromkeys(item.question for item in step.missing))
        name = measure_words(step)
        is_named = step.unit is Unit.FLAG and name in asks
        return asks if is_named else f"{name}：还不能判断。{asks}".rstrip()
    if step.unit is Unit.FLAG:
        return _flag_sentence(step)
    if step.value is None:
        return f"{measure_words(step)}：没有收入而有支出，比例超过任何界线。"
    assert step.threshold is not None
    if _is_presence(step):
        return _presence_sentence(step)
    value, line = _pair(step)
    words = OP_WORDS[step.op] if step.passed else _NOT[step.op]
    origin = f"（{step.threshold_text}）" if step.threshold_text else ""
    detail = working(step) if with_working else ""
    return f"{measure_words(step)} {value}，{words} {line}{origin}。" + (f"算法：{detail}。" if detail else "")


def _flag_sentence(step: Step, *, judged: bool = True) -> str:
    shown = next((item.text for item in step.inputs if item.text), "")
    if shown and not judged:
        return f"{measure_words(step)}：{shown}。"
    answer = "符合" if step.passed else "不符合"
    return f"{measure_words(step)}：{shown}，{answer}。" if shown else f"{measure_words(step)}：{answer}。"


def _is_presence(step: Step) -> bool:
    """Whether the step asks only if there is any at all."""
    at_least_one = step.op == ">=" and step.threshold == 1 and step.unit is Unit.COUNT
    return at_least_one or (step.op == ">" and step.threshold == 0)


def _presence_sentence(step: Step) -> str:
    assert step.value is not None
    found = f"有，{quantity(step.value, step.unit)}" if step.unit is not Unit.COUNT else f"有 {_counted(step, step.value)}"
    return f"{measure_words(step)}：{found if step.passed else '没有'}。"


class _Teller:
    """Tells steps one after the other; the same sum is shown once, a question once, in the list of what is missing."""

    def __init__(self, missing: Iterable[Missing] = ()) -> None:
        self._told: set[str] = set()
        self._numbers = {item.question: number for number, item in enumerate(missing, 1)}

    def lines(self, steps: Iterable[Step], *, is_settled: bool = False) -> Iterable[Sentence]:
        """The sentences of *steps*; *is_settled*: what is still open here changes nothing any more."""
        for step in steps:
            text = self._open(step, is_settled) if step.passed is None else self._sentence(step)
            yield Sentence(text, step.citation, _tone(step.passed))

    def circumstances(self, steps: Iterable[Step]) -> Iterable[Sentence]:
        """The facts behind a circumstance that rules a class out: nothing that somebody meets or misses."""
        for step in steps:
            text = _flag_sentence(step, judged=False) if step.unit is Unit.FLAG else self._sentence(step)
            yield Sentence(text, step.citation)

    def _sentence(self, step: Step) -> str:
        sum_shown = working(step)
        text = step_sentence(step, with_working=sum_shown not in self._told)
        self._told.add(sum_shown)
        return text

    def _open(self, step: Step, is_settled: bool) -> str:
        if is_settled:
            return f"{measure_words(step)}：还没有定，不影响这一类的结论。"
        asked = [self._numbers.get(item.question) for item in step.missing]
        numbers = sorted({number for number in asked if number is not None})
        if not numbers or None in asked:
            return step_sentence(step)
        return f"{measure_words(step)}：还不能判断，见“还缺什么”第 {'、'.join(map(str, numbers))} 条。"


# -- a whole assessment -------------------------------------------------------------------------------------------


def headline(assessment: Assessment) -> str:
    """The result in one sentence."""
    fitting = assessment.class_result(assessment.suggested_class)
    if fitting is not None:
        level = f"（{fitting.level_label}）" if fitting.level_label and fitting.level_label not in fitting.label else ""
        return f"符合“{fitting.label}”{level}{_open_before(assessment, fitting)}。"
    if assessment.outcome is Outcome.NEAR:
        return f"不符合，但{_gap_words(assessment.nearest.label, _gap(assessment))}。"
    if assessment.outcome is Outcome.INCOMPLETE:
        return f"还缺 {len(assessment.missing)} 项，暂不能认定。"
    return f"{OUTCOME_LABELS[assessment.outcome]}。"


def _open_before(assessment: Assessment, fitting: ClassResult) -> str:
    """The classes that stand before the one that fits and cannot be told yet: they may still go first."""
    before = assessment.classes[: assessment.classes.index(fitting)]
    labels = "”“".join(item.label for item in before if item.fits is None)
    return f"；排在前面的“{labels}”还不能判断" if labels else ""


def _gap_words(label: str, gap: Fraction) -> str:
    """How little is missing; never told as 0.00 while there is a difference."""
    if not gap:
        return f"刚好等于“{label}”的界线，而这一条要求更低"
    decimals = next((places for places in (2, 4, 6) if round(gap * 10**places)), 10)
    return f"离“{label}”只差人均每月 {amount_words(gap, decimals)} 元"


def _gap(assessment: Assessment) -> Fraction:
    return assessment.nearest.distance or Fraction(0)


def explain(assessment: Assessment) -> list[Paragraph]:
    """The whole assessment in paragraphs: result, each class, what rules out, what to mind, what is missing, aid."""
    teller = _Teller(assessment.missing)
    parts = [_result(assessment), *(_class(item, assessment, teller) for item in assessment.classes)]
    if paragraph := _circumstances(assessment, teller):
        parts.append(paragraph)
    cautions = [item for item in assessment.cautions if item.applies is not False]
    if cautions:
        parts.append(Paragraph("请注意", tuple(Sentence(item.label, item.citation, "unknown") for item in cautions), "unknown"))
    if assessment.missing:
        asks = tuple(
            Sentence(f"{number}. {item.question}", tone="unknown") for number, item in enumerate(assessment.missing, 1)
        )
        parts.append(Paragraph("还缺什么", asks, "unknown"))
    if assessment.caps:
        parts.append(Paragraph("各项救助最高可到", tuple(cap_sentence(item) for item in assessment.caps)))
    return parts


_OUTCOME_TONES = {
    Outcome.FITS: "passed",
    Outcome.NEAR: "unknown",
    Outcome.INCOMPLETE: "unknown",
    Outcome.DOES_NOT_FIT: "failed",
    Outcome.NO_CLASSES: "",
}


def _result(assessment: Assessment) -> Paragraph:
    tone = _OUTCOME_TONES[assessment.outcome]
    lines = [Sentence(headline(assessment), tone=tone)]
    others = [item.label for item in assessment.classes if item.fits and item.code != assessment.suggested_class]
    if others and assessment.suggested_class:
        lines.append(Sentence(f"同时也符合：{'、'.join(others)}。按优先次序取前一类，由工会确认。"))
    elif others:
        lines.append(Sentence(f"已经符合：{'、'.join(others)}。更高的档案级别要等所缺资料补齐才能定，先不认定较低的级别。"))
    if assessment.recheck_on:
        lines.append(Sentence(f"建议 {assessment.recheck_on} 再核对一次。"))
    basis = f"按“{assessment.policy_title}”第 {assessment.policy_version} 版，{assessment.on}，{assessment.year} 年收入，"
    lines.append(Sentence(f"{basis}共同生活 {assessment.household_size} 人。"))
    return Paragraph("结论", tuple(lines), tone)


def _class(result: ClassResult, assessment: Assessment, teller: _Teller) -> Paragraph:
    tone = _tone(result.fits)
    words = {"passed": "符合", "failed": "不符合", "unknown": "还不能判断"}[tone]
    level = f"（{result.level_label}）" if result.level_label and result.level_label not in result.label else ""
    lines: list[Sentence] = []
    for index, route in enumerate(result.routes):
        if len(result.routes) > 1:
            name = route.label or f"情形 {index + 1}"
            lines.append(Sentence(f"{name}：", tone=_tone(route.passed)))
        lines.extend(teller.lines(route.steps, is_settled=result.fits is not None or result.routes_passed is not None))
    labels = {item.code: item.label for item in (*assessment.exclusions, *assessment.gates)}
    lines += [Sentence(f"因“{labels.get(code, code)}”不能列入这一类。", tone="failed") for code in result.blocked_by]
    return Paragraph(f"{result.label}{level}：{words}", tuple(lines), tone)


def _circumstances(assessment: Assessment, teller: _Teller) -> Paragraph | None:
    """What rules out or limits: what there is, what is not verified, and that the rest is not so."""
    parts = (*assessment.exclusions, *assessment.gates)
    shown = [item for item in parts if item.applies or (item.applies is None and _matters(item, assessment))]
    unseen = sum(1 for item in parts if item.applies is None) - sum(1 for item in shown if item.applies is None)
    lines = [line for item in shown for line in _ruled_out(item, teller)]
    if unseen:
        lines.append(Sentence(f"另有 {unseen} 项没有核实，不影响现在的结论。"))
    elif not shown and assessment.exclusions:
        lines.append(Sentence(f"{len(assessment.exclusions)} 项都已核实，没有。", tone="passed"))
    if not lines:
        return None
    tone = "failed" if any(item.applies for item in shown) else "unknown" if shown or unseen else "passed"
    return Paragraph("不应建档或受限的情形", tuple(lines), tone)


def _matters(item: RuledOut, assessment: Assessment) -> bool:
    """Whether an unverified circumstance could still change something."""
    live = {result.code for result in assessment.classes if result.routes_passed is not False and not result.blocked_by}
    return bool(item.aid_only) or bool(live & set(item.classes))


def _ruled_out(item: RuledOut, teller: _Teller) -> list[Sentence]:
    if item.applies is None:
        return [Sentence(f"{item.label}：还没有核实。", item.citation, "unknown")]
    effect = "，只能享受：" + "、".join(_aid_label(code) for code in item.aid_only) if item.aid_only else ""
    return [Sentence(f"{item.label}：有{effect}。", item.citation, "failed"), *teller.circumstances(item.steps)]


def _aid_label(code: str) -> str:
    return option_list("aid_item").label(code)


def cap_sentence(result: CapResult) -> Sentence:
    """One aid item: the limit, where it comes from, what is left."""
    who = f"（{result.person_name}）" if result.person_name else ""
    name = f"{result.label}{who}"
    if result.allowed is False:
        return Sentence(f"{name}：不能给。{result.reason}。", result.citation, "failed")
    if result.missing:
        asks = " ".join(dict.fromkeys(item.question.removeprefix(f"{result.label}：") for item in result.missing))
        state = "还算不出上限" if result.allowed else "还不能定"
        return Sentence(f"{name}：{state}。{asks}", result.citation, "unknown")
    if result.amount is None:
        approval = f"{result.approval}。" if result.approval else ""
        return Sentence(f"{name}：可以给，文件没有规定金额上限。{approval}", result.citation, "passed")
    text = f"{name}：最高 {amount_words(result.amount)} 元（{result.reason}）"
    if result.already:
        text += f"，今年已得 {amount_words(result.already)} 元，还可给 {amount_words(result.left or Fraction(0))} 元"
    return Sentence(text + "。" + (f"{result.approval}。" if result.approval else ""), result.citation, "passed")


# -- what changed -------------------------------------------------------------------------------------------------


def what_changed(before: Assessment, after: Assessment) -> list[str]:
    """What a changed figure does to the result, for the what-if panel; empty: nothing."""
    lines: list[str] = []
    if (before.outcome, before.suggested_class) != (after.outcome, after.suggested_class):
        lines.append(f"结论：{headline(before).rstrip('。')} → {headline(after)}")
    for one, two in zip(before.classes, after.classes, strict=False):
        if one.code == two.code and one.fits != two.fits:
            lines.append(f"{two.label}：{_fits_words(one.fits)} → {_fits_words(two.fits)}")
    lines += _changed_values(before, after)
    old = {(item.item, item.person, item.citation): item for item in before.caps}
    for cap in after.caps:
        former = old.get((cap.item, cap.person, cap.citation))
        if former is not None and former.amount != cap.amount:
            lines.append(f"{cap.label}上限：{_cap_words(former)} → {_cap_words(cap)}")
    return lines


def _changed_values(before: Assessment, after: Assessment) -> list[str]:
    lines: dict[str, None] = {}
    for one, two in zip(_all_steps(before), _all_steps(after), strict=False):
        if one.measure != two.measure or one.value == two.value or one.value is None or two.value is None:
            continue
        if two.unit is not Unit.FLAG:
            lines[f"{measure_words(two)}：{quantity(one.value, one.unit)} → {quantity(two.value, two.unit)}"] = None
    return list(lines)


def _all_steps(assessment: Assessment) -> list[Step]:
    return [step for item in assessment.classes for route in item.routes for step in route.steps]


def _fits_words(answer: bool | None) -> str:
    return {True: "符合", False: "不符合", None: "还不能判断"}[answer]


def _cap_words(cap: CapResult) -> str:
    if cap.allowed is False:
        return "不能给"
    return "未定" if cap.amount is None else f"{amount_words(cap.amount)} 元"


# -- rules in words, without a household --------------------------------------------------------------------------


def threshold_words(threshold: Threshold) -> str:
    """A line as a worker reads it: ``低保标准的 1.5 倍``, ``每月 900 元``."""
    if threshold.is_unset:
        return "当地工会确定的界线"
    if threshold.kind == "standard":
        assert threshold.standard is not None and threshold.times is not None
        label = TOPICS.get(threshold.standard, threshold.standard)
        return f"当地{label}" if threshold.times == 1 else f"当地{label}的 {number_words(threshold.times)} 倍"
    if threshold.kind == "amount":
        period = {"month": "每月 ", "year": "每年 ", "": " "}[threshold.per]
        return f"{period}{amount_words(threshold.amount or Fraction(0))} 元".lstrip()
    if threshold.kind == "ratio":
        return f"{number_words((threshold.ratio or Fraction(0)) * 100)}%"
    return number_words(threshold.count or Fraction(0))


def criterion_words(test: Criterion) -> str:
    """A criterion in words, for the plain-language sheet and the settings."""
    special = _SPECIAL_WORDS.get(test.measure)
    if special is not None:
        return special(test)
    measured = test.label or _income_words(test) or _MEASURE_WORDS[test.measure]
    if test.threshold is None:
        return f"有{measured}" if test.measure not in {"committee_note"} else "经工会集体研究决定"
    return f"{measured}{OP_WORDS[test.op]}{threshold_words(test.threshold)}"


def _income_words(test: Criterion) -> str:
    if test.measure != "per_capita_income":
        return ""
    period = "月" if test.period == "month" else "年"
    costs = "、".join(expense_words(kind) for kind in test.deduct)
    assets = "、".join(option_list("asset_kind").label(kind) for kind in test.add)
    text = f"加上{assets}、" if assets else ""
    text += f"扣除{costs}后" if costs else ""
    return f"{text}家庭人均{period}可支配收入"


def _fact_words(test: Criterion) -> str:
    if test.label:
        return test.label
    section = "household" if test.measure == "fact" else "students"
    label = fact_label(section, str(test.fact)).removeprefix("是否")
    return f"不是：{label}" if test.value is False else label


def _cause_words(test: Criterion) -> str:
    labels = "、".join(option_list("hardship_cause").label(kind) for kind in test.kinds)
    return test.label or f"致困原因是{labels}"


def _months_words(test: Criterion) -> str:
    assert test.month_threshold is not None and test.threshold is not None
    line = f"{OP_WORDS[test.month_op]}{threshold_words(test.month_threshold)}"
    return test.label or f"家庭人均月收入连续 {threshold_words(test.threshold)} 个月以上{line}"


_SPECIAL_WORDS: dict[str, Callable[[Criterion], str]] = {
    "fact": _fact_words,
    "student_fact": _fact_words,
    "cause": _cause_words,
    "months_below": _months_words,
}


def cap_words(cap: Cap) -> str:
    """A limit in words: ``每户每年不超过 12 个月低保标准 × 家庭人口``.

    Always from the figures: a label may still say the figure of an older version.
    """
    who = {"household": "每户每年", "person": "每人每年", "student": "每名学生每年", "item": "每次"}[cap.per]
    if cap.is_unset:
        return f"{who}由当地工会确定"
    last_year = "上年度" if cap.standard_of == "previous_year" else ""
    if cap.formula == "months_of_standard":
        place = "就学所在地" if cap.region == "study" else "当地"
        area = {"urban": "城市", "rural": "农村"}.get(cap.area, "")
        size = " × 家庭人口" if cap.times_household_size else ""
        label = TOPICS.get(str(cap.standard), str(cap.standard))
        return f"{who}不超过 {number_words(cap.months or Fraction(0))} 个月{place}{last_year}{area}{label}{size}"
    if cap.formula == "local_standard":
        return f"{who}不超过当地{last_year}{TOPICS.get(str(cap.standard), str(cap.standard))}"
    if cap.formula == "fixed":
        amounts = sorted({amount.amount or Fraction(0) for amount in cap.amounts})
        shown = " 至 ".join(number_words(amount) for amount in (amounts[:1] if len(amounts) == 1 else (amounts[0], amounts[-1])))
        return f"{who}不超过 {shown} 元"
    from db.domain.policy.aid_rules import bracket_words

    costs = "、".join(expense_words(kind) for kind in cap.costs)
    share = f"（{bracket_words(cap.brackets)}）" if cap.brackets else ""
    return f"不超过{costs}中个人实际承担的部分{share}"
