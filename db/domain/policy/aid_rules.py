"""Up to how much each kind of aid may reach: every limit of the pack in 元, exact, the lowest one counting.

A limit says for whom it holds (household, person, student, application) in one calendar year; what was already
given this year comes off. A limit that cannot be told says what is missing instead of a number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from db.domain.policy.assessment import CapResult, Input, Missing, RuledOut, Step, Unit
from db.domain.policy.case import Case
from db.domain.policy.criteria import apply
from db.domain.policy.facts import Record, yuan
from db.domain.policy.pack import AidItem, Bracket, Cap, Stacking
from db.domain.policy.words import expense_words, number_words

EARLIER = "earlier_aid"
STUDENTS = "students"
HOUSEHOLD = ""
"""The ``person`` of a limit that holds for the household as a whole."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an aid item would go to: the household, one person, or one student row."""

    person: str = HOUSEHOLD
    student: Record | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One cap worked out: the amount, or what is missing; None without missing: the formula gives no limit."""

    amount: Fraction | None
    step: Step
    applies: bool = True
    per: str = "household"


def caps(
    case: Case, class_code: str | None, level: str | None, exclusions: Sequence[RuledOut]
) -> tuple[CapResult, ...]:
    """The limits of every aid item for a household of a class (None: not filed), in the order of the pack."""
    results: list[CapResult] = []
    for item in case.pack.aid:
        rows = []
        for target in _targets(case, item):
            case.student = target.student
            rows.append(_cap_result(case, item, target, class_code, level, exclusions))
        case.student = None
        results += rows if is_for_students(item) else _told_once(rows)
    order = [code for entry in case.pack.aid_order for code in entry.items]
    results.sort(key=lambda result: order.index(result.item) if result.item in order else len(order))
    return tuple(results)


def is_for_students(item: AidItem) -> bool:
    """Whether the item goes by the students of the household."""
    return bool(item.stages or item.for_students) or any(cap.per == "student" for cap in item.cap)


def _told_once(rows: list[CapResult]) -> list[CapResult]:
    """One row for the household where everybody is refused for the same reason."""
    if len(rows) > 1 and len({(row.allowed, row.reason) for row in rows}) == 1 and rows[0].allowed is False:
        return [rows[0]._replace(person=HOUSEHOLD, person_name="")]
    return rows


def _targets(case: Case, item: AidItem) -> list[Target]:
    """Students of the item's stages, people (with such costs, where it goes by costs), or the household.

    Students that were not asked for yet stand for themselves as a target without a row.
    """
    if is_for_students(item):
        if STUDENTS not in case.facts.rows:
            return [Target()]
        fitting = [row for row in case.facts.rows[STUDENTS] if not item.stages or row.get("stage") in item.stages]
        return [Target(str(row.get("person") or ""), row) for row in fitting]
    if any(cap.per == "person" for cap in item.cap):
        costs = {code for cap in item.cap for code in cap.costs}
        if not costs:
            together = case.facts.living_together
            return [Target(str(person["person"])) for person in case.facts.people if person["person"] in together]
        rows = case.facts.rows.get("expenses", ())
        people = dict.fromkeys(str(row.get("person") or "") for row in rows if row["kind"] in costs)
        return [Target(person) for person in people] or [Target()]
    return [Target()]


def _cap_result(
    case: Case,
    item: AidItem,
    target: Target,
    class_code: str | None,
    level: str | None,
    exclusions: Sequence[RuledOut],
) -> CapResult:
    allowed, reason, steps, missing = _allowed(case, item, class_code, level, exclusions)
    asked = target.student is not None or not is_for_students(item)
    caps_to_try = item.cap if asked and allowed is not False else ()
    limits = [replace(limit(case, cap, target, class_code), per=cap.per) for cap in caps_to_try]
    if limits and not any(limit.applies for limit in limits):
        allowed, reason = False, "这类家庭没有规定金额"
    limits = [limit for limit in limits if limit.applies]
    missing = (*missing, *(ask for limit in limits for ask in limit.step.missing))
    known = [limit for limit in limits if limit.amount is not None]
    lowest = min(known, key=lambda limit: limit.amount or Fraction(0), default=None)
    amount = lowest.amount if lowest is not None and len(known) == len(limits) else None
    left = None if amount is None or EARLIER not in case.facts.rows else _left(case, item, target, limits)
    if allowed and lowest is not None:
        reason = lowest.step.label
    return CapResult(
        item=item.item,
        label=item.label,
        person=target.person,
        person_name=case.facts.person_name(target.person) if target.person else "",
        allowed=allowed,
        amount=amount if allowed is not False else None,
        already=_already(case, item, target.person),
        left=left if allowed is not False else None,
        steps=(*steps, *(limit.step for limit in limits)),
        reason=reason,
        approval=_approval(case, item, amount),
        citation=case.pack.citation(item),
        missing=missing,
        outside_living=item.outside_living,
        for_whom="unfiled" if item.without_archive_only else "filed" if item.needs_archive else "any",
    )


# -- whether at all -----------------------------------------------------------------------------------------------

Verdict = tuple[bool | None, str, tuple[Step, ...], tuple[Missing, ...]]


def _allowed(
    case: Case, item: AidItem, class_code: str | None, level: str | None, exclusions: Sequence[RuledOut]
) -> Verdict:
    refusal = _archive_refusal(case, item, class_code, level) or _enjoyed(case, item)
    refusal = refusal or _stacked(case, item, class_code, level)
    if refusal:
        return False, refusal, (), ()
    missing = _archive_question(case, item, class_code) + _earlier_question(case, item, class_code, level)
    for exclusion in exclusions:
        if not exclusion.aid_only or item.item in exclusion.aid_only or (class_code and class_code not in exclusion.classes):
            continue
        if exclusion.applies:
            return False, exclusion.label, exclusion.steps, ()
        if exclusion.applies is None:
            missing += [ask for step in exclusion.steps for ask in step.missing]
    tests = (*item.needs, *(item.for_students if case.student is not None else ()))
    steps = tuple(apply(test, case) for test in tests)
    failed = next((step for step in steps if step.passed is False), None)
    if failed is not None:
        return False, f"不满足：{failed.label or failed.citation}", steps, ()
    missing += [ask for step in steps for ask in step.missing]
    if is_for_students(item) and case.student is None:
        missing.append(Missing(STUDENTS, "还没有填在学子女；没有的请点“核实没有”。"))
    if item.nothing_if is not None and case.facts.values.get(item.nothing_if) is None:
        missing.append(Missing(f"household.{item.nothing_if}", f"{item.label}：还没有填是否已经享受。"))
    return (None if missing else True), "", steps, tuple(missing)


def _archive_refusal(case: Case, item: AidItem, class_code: str | None, level: str | None) -> str:
    """Why the state of the archive rules the item out: 先建档、后帮扶, or money only for those who cannot be filed."""
    on_file = class_code is not None or case.facts.values.get("is_on_file")
    if item.without_archive_only:
        return "只给不符合建档条件的家庭" if on_file else ""
    if item.needs_archive and on_file is False:
        return "须先建档"
    if class_code is None:
        scoped = item.classes or item.levels
        if case.is_undecided and (scoped or on_file is None):
            return ""
        return "须先建档" if item.needs_archive and (scoped or on_file is not True) and case.pack.hardship_class else ""
    return "" if item.concerns(class_code, level) else "这一类不享受此项"


def _archive_question(case: Case, item: AidItem, class_code: str | None) -> list[Missing]:
    if case.is_undecided and item.needs_archive and (item.classes or item.levels):
        return [Missing("assessment", "要先认定清楚，才知道能不能给。")]
    asks = item.needs_archive or item.without_archive_only
    if not asks or class_code is not None or case.facts.values.get("is_on_file") is not None:
        return []
    return [Missing("household.is_on_file", "还没有填：是否已建档在册。")]


def _enjoyed(case: Case, item: AidItem) -> str:
    if item.nothing_if is not None and case.facts.values.get(item.nothing_if) is True:
        return "已享受的不再重复补助"
    return ""


def _stacked(case: Case, item: AidItem, class_code: str | None, level: str | None) -> str:
    """Why a further kind of aid may not be added to one already had this year, where the pack forbids it."""
    for rule in _single_rules(case, item, class_code, level):
        for row in this_year(case):
            other = row.get("item")
            if other != item.item and row.get("giver") in {None, "union"} and (not rule.items or other in rule.items):
                return "同一年只能享受一项救助"
    return ""


def _single_rules(case: Case, item: AidItem, class_code: str | None, level: str | None) -> list[Stacking]:
    """The rules that allow a class only one of several items a year, this one among them."""
    rules = [rule for rule in case.pack.stacking if not rule.allowed and class_code and rule.concerns(class_code, level)]
    return [rule for rule in rules if not rule.items or item.item in rule.items]


def _earlier_question(case: Case, item: AidItem, class_code: str | None, level: str | None) -> list[Missing]:
    """Where earlier aid decides, it must have been asked: an empty list is an answer, none is not."""
    decides = item.no_repeat or _single_rules(case, item, class_code, level)
    if not decides or EARLIER in case.facts.rows:
        return []
    return [Missing(EARLIER, "还没有填今年已得到的救助；没有的请点“核实没有”。")]


# -- how much -----------------------------------------------------------------------------------------------------


def this_year(case: Case) -> list[Record]:
    """Aid had in the calendar year of the assessment."""
    return [row for row in case.facts.rows.get(EARLIER, ()) if str(row.get("received_on"))[:4] == str(case.on.year)]


def _left(case: Case, item: AidItem, target: Target, limits: Sequence[Limit]) -> Fraction:
    """What may still be given: every limit less what was had of it by those for whom it holds this year.

    A limit for each application stays whole; one for the household is used up by everybody in it.
    """
    had = {"household": _already(case, item, HOUSEHOLD), "item": Fraction(0)}
    own = _already(case, item, target.person)
    return max(Fraction(0), min((limit.amount or Fraction(0)) - had.get(limit.per, own) for limit in limits))


def _already(case: Case, item: AidItem, person: str) -> Fraction:
    """What was had of this item this year: from the union, and from anybody where nothing may be given twice."""
    total = 0
    for row in this_year(case):
        amount = row.get("amount")
        ours = item.no_repeat or row.get("giver") in {None, "union"}
        same = not person or row.get("person") in {None, person}
        if row.get("item") == item.item and ours and same and isinstance(amount, int):
            total += amount
    return yuan(total)


def _approval(case: Case, item: AidItem, amount: Fraction | None) -> str:
    """Who must approve how much, in words; the highest line passed first."""
    known = sorted((rule for rule in item.approval if rule.above is not None), key=lambda rule: rule.above or 0)
    words = []
    for rule in known:
        assert rule.above is not None
        if amount is None or amount > rule.above:
            words.append(f"超过 {number_words(rule.above)} 元的须经{rule.by}批准")
    return "；".join(words)


def limit(case: Case, cap: Cap, target: Target, class_code: str | None) -> Limit:
    """A cap worked out for one household, person or student."""
    if cap.is_unset and cap.formula != "fixed":
        return _open(case, cap)
    return _FORMULAS[cap.formula](case, cap, target, class_code)


def _open(case: Case, cap: Cap) -> Limit:
    """A limit that the document leaves open: its question instead of a number."""
    return Limit(None, _step(case, cap, (), None, "政策没有写明", (Missing("policy", cap.question),)))


def _step(
    case: Case,
    cap: Cap,
    inputs: tuple[Input, ...],
    amount: Fraction | None,
    words: str,
    missing: tuple[Missing, ...] = (),
) -> Step:
    return Step(
        measure=cap.formula,
        label=cap.label or words,
        inputs=inputs,
        value=amount,
        unit=Unit.YUAN,
        op="<=",
        threshold=amount,
        threshold_text=words,
        passed=None if missing else True,
        citation=case.pack.citation(cap),
        missing=missing,
        source=cap.source,
        clause=cap.clause,
    )


def _standard_amount(
    case: Case, cap: Cap, target: Target
) -> tuple[Fraction | None, str, tuple[Missing, ...]]:
    """The standard a cap multiplies: of home or of the place of study, of this year or the last."""
    assert cap.standard is not None
    label = case.book.standard_label(cap.standard)
    on = f"{case.on.year - 1}-12-31" if cap.standard_of == "previous_year" else case.on.isoformat()
    region, area = case.facts.region, case.facts.area if cap.area == "home" else cap.area
    if cap.region == "study":
        region = str((target.student or {}).get("school_region") or "")
        if not region:
            name = case.facts.person_name(target.person)
            return None, label, (Missing("students.school_region", f"{name}在哪里上学？上限按就学所在地的{label}算。"),)
    hit = case.book.standard(cap.standard, region, area, on, case.facts.standards)
    if hit is None:
        return None, label, (case.no_standard(cap.standard, region, area, on),)
    return hit.amount, f"{_place_words(cap)}{label} {number_words(hit.amount)} 元", ()


def _place_words(cap: Cap) -> str:
    """Which standard it is, where it is not simply the one of home on the day."""
    place = "就学所在地" if cap.region == "study" else ""
    area = {"urban": "城市", "rural": "农村"}.get(cap.area, "")
    return f"{'上年度' if cap.standard_of == 'previous_year' else ''}{place}{area}"


def _months_of_standard(case: Case, cap: Cap, target: Target, class_code: str | None) -> Limit:
    amount, words, missing = _standard_amount(case, cap, target)
    assert cap.months is not None
    if amount is None:
        return Limit(None, _step(case, cap, (), None, words, missing))
    size = case.facts.size if cap.times_household_size else 1
    people = f" × {size} 人" if cap.times_household_size else ""
    inputs = (
        Input(words.rsplit(" ", 2)[0], amount, Unit.YUAN_MONTH),
        Input("月数", cap.months, Unit.MONTHS),
        *((Input("共同生活人口", Fraction(size), Unit.COUNT),) if cap.times_household_size else ()),
    )
    total = amount * cap.months * size
    return Limit(total, _step(case, cap, inputs, total, f"{words} × {number_words(cap.months)} 个月{people}"))


def _local_standard(case: Case, cap: Cap, target: Target, class_code: str | None) -> Limit:
    amount, words, missing = _standard_amount(case, cap, target)
    return Limit(amount, _step(case, cap, (), amount, words, missing))


def _fixed(case: Case, cap: Cap, target: Target, class_code: str | None) -> Limit:
    stage = (target.student or {}).get("stage")
    for entry in cap.amounts:
        for_class = not entry.classes or class_code in entry.classes
        for_stage = not entry.stages or stage in entry.stages
        if for_class and for_stage:
            if entry.amount is None:
                return _open(case, cap)
            words = f"定额 {number_words(entry.amount)} 元"
            return Limit(entry.amount, _step(case, cap, (), entry.amount, words))
    return Limit(None, _step(case, cap, (), None, "没有对应的定额"), applies=False)


def _costs(case: Case, cap: Cap, target: Target) -> tuple[Fraction | None, tuple[Input, ...], tuple[Missing, ...]]:
    if "expenses" not in case.facts.rows:
        return None, (), (Missing("expenses", "还没有填支出；没有的请点“核实没有”。"),)
    if cap.per == "household" or (not target.person and cap.per != "person"):
        sums = {kind: yuan(case.facts.expense_sums[kind][0]) for kind in cap.costs if kind in case.facts.expense_sums}
    else:
        sums = _person_costs(case, cap, target.person)
    inputs = tuple(Input(f"{expense_words(kind)}（自付）", amount) for kind, amount in sums.items())
    return sum(sums.values(), Fraction(0)), inputs, ()


def _person_costs(case: Case, cap: Cap, person: str) -> dict[str, Fraction]:
    from db.domain.means_form import self_borne

    sums: dict[str, Fraction] = {}
    for row in case.facts.rows["expenses"]:
        if row["kind"] in cap.costs and (row.get("person") or HOUSEHOLD) == person:
            kind = str(row["kind"])
            sums[kind] = sums.get(kind, Fraction(0)) + yuan(self_borne(row))
    return sums


def _actual_cost(case: Case, cap: Cap, target: Target, class_code: str | None) -> Limit:
    total, inputs, missing = _costs(case, cap, target)
    return Limit(total, _step(case, cap, inputs, total, "个人实际承担的费用", missing))


def _share_of_cost(case: Case, cap: Cap, target: Target, class_code: str | None) -> Limit:
    total, inputs, missing = _costs(case, cap, target)
    if total is None:
        return Limit(None, _step(case, cap, inputs, None, "按比例", missing))
    amount = in_brackets(total, cap.brackets)
    return Limit(amount, _step(case, cap, inputs, amount, bracket_words(cap.brackets)))


def in_brackets(cost: Fraction, brackets: Sequence[Bracket]) -> Fraction:
    """The share of a cost, slice by slice; a bracket holds for the part above its start up to the next start."""
    total = Fraction(0)
    for index, bracket in enumerate(brackets):
        start, share = bracket.over or Fraction(0), bracket.share or Fraction(0)
        end = brackets[index + 1].over if index + 1 < len(brackets) else None
        top = cost if end is None else min(cost, end)
        total += max(top - start, Fraction(0)) * share
    return total


def bracket_words(brackets: Sequence[Bracket]) -> str:
    """``0 元以上部分 50%，20000 元以上部分 30%``."""
    parts = [
        f"{number_words(bracket.over or Fraction(0))} 元以上部分 {number_words((bracket.share or Fraction(0)) * 100)}%"
        for bracket in brackets
    ]
    return "，".join(parts)


_FORMULAS: dict[str, Callable[[Case, Cap, Target, str | None], Limit]] = {
    "months_of_standard": _months_of_standard,
    "local_standard": _local_standard,
    "fixed": _fixed,
    "actual_cost": _actual_cost,
    "share_of_cost": _share_of_cost,
}
