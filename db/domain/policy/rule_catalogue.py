"""The named measures that packs may use: pure functions from a household to an exact number, with what went into it.

``measure(criterion, case)`` yields a :class:`Measured`; :func:`apply` compares it and makes the step. A fact that is
not known makes the step undecided (None) and says what to ask; nothing is assumed.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from typing import NamedTuple

from db.domain import regions
from db.domain.derivation import age_on
from db.domain.form_schema import Value
from db.domain.means_form import MEANS_FORM
from db.domain.policy.assessment import Input, Missing, Step, Unit
from db.domain.policy.book import PolicyBook, StandardHit
from db.domain.policy.facts import HouseholdFacts, Record, facts_sections, yuan
from db.domain.policy.pack import UNSET, Criterion, ImputedWage, Pack, Threshold

IDLE = frozenset({"unemployed", "off_post"})
"""Occupations of able people without work, for whom a minimum wage may be imputed."""


_WHOLE = tuple(Fraction(number) for number in range(64))
"""Small whole numbers, made once: counts, and 0 and 1 for no and yes."""


def whole(number: int) -> Fraction:
    """A count as an exact number."""
    return _WHOLE[number] if 0 <= number < len(_WHOLE) else Fraction(number)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its ingredients; *value* None together with *missing* where it cannot be told."""

    value: Fraction | None
    unit: Unit
    inputs: tuple[Input, ...] = ()
    missing: tuple[Missing, ...] = ()
    boundless: bool = False
    """A share of nothing: larger than any line."""


@dataclass
class Case:
    """A household under one pack on one day; remembers what several criteria need."""

    facts: HouseholdFacts
    pack: Pack
    book: PolicyBook
    on: date
    student: Record | None = None
    _standards: dict[tuple[str, str], StandardHit | None] = field(default_factory=dict)
    _incomes: dict[tuple[str, ...], "Incomes"] = field(default_factory=dict)
    _verdicts: dict[int, "Verdict"] = field(default_factory=dict)
    _expense_inputs: dict[tuple[str, int], Input] = field(default_factory=dict)
    _measured: dict[tuple[object, ...], Measured] = field(default_factory=dict)

    def verdict(self, test: Criterion) -> "Verdict":
        """Whether a criterion holds; criteria that differ only in their words are decided once."""
        if test.measure == "student_fact":
            return _decide(test, self)
        found = self._verdicts.get(test.sameness)
        if found is None:
            found = self._verdicts[test.sameness] = _decide(test, self)
        return found

    def measured(self, test: Criterion) -> Measured:
        """What a criterion measures; many criteria of a pack measure the same."""
        if test.measure == "student_fact":
            return MEASURES[test.measure](test, self)
        key = test.measure_key
        if key not in self._measured:
            self._measured[key] = MEASURES[test.measure](test, self)
        return self._measured[key]

    def expense_input(self, kind: str, at: int) -> Input:
        """An expense kind or purpose as an ingredient of a step: net of compensation (0) or before it (1)."""
        found = self._expense_inputs.get((kind, at))
        if found is None:
            made = Input(f"减：{expense_words(kind)}", yuan(self.facts.expense_sums[kind][at]))
            found = self._expense_inputs[kind, at] = made
        return found

    @cached_property
    def size_input(self) -> Input:
        """共同生活人口 as an ingredient of a step."""
        return Input("共同生活人口", whole(self.facts.size), Unit.COUNT)

    @cached_property
    def _lines(self) -> dict[object, "Line"]:
        """Lines found so far: shared by all households of a place and day, unless one brings standards of its own."""
        if self.facts.standards:
            return {}
        return self.book.remembered((self.facts.region, self.facts.area, self.on))

    def line(self, threshold: Threshold, unit: Unit) -> "Line":
        """The line of a threshold in the unit of what is compared."""
        key = (threshold.line_key, unit)
        found = self._lines.get(key)
        if found is None:
            found = self._lines[key] = threshold_of(threshold, self, unit)
        return found

    def standard(self, topic: str, on: str = "") -> StandardHit | None:
        """The standard of the household's place, on the day of the case unless told otherwise."""
        key = (topic, on)
        if key not in self._standards:
            facts = self.facts
            day = on or self.on.isoformat()
            self._standards[key] = self.book.standard(topic, facts.region, facts.area, day, facts.standards)
        return self._standards[key]

    def no_standard(self, topic: str, region: str = "", area: str = "", on: str = "") -> Missing:
        """What to ask where a standard is not recorded; without a place, that of the household."""
        region, area = region or self.facts.region, area or self.facts.area
        name = self.book.standard_label(topic)
        if not region or not area:
            return Missing("household.region", f"还没有填{name}的适用地（地区，城市或农村），查不到标准。")
        place = regions.full_name(region) or region
        words = _label("household", "area", area)
        day = on or self.on.isoformat()
        return Missing("standards", f"没有登记 {place}（{words}）在 {day} 的{name}。请在“设置 → 政策”里照文件登记。")

    def incomes(self, kinds: tuple[str, ...]) -> "Incomes":
        """The household's yearly income of some kinds."""
        if kinds not in self._incomes:
            self._incomes[kinds] = _incomes(self, kinds)
        return self._incomes[kinds]


Line = tuple[Fraction | None, str, tuple[Missing, ...]]
"""A line: the number, where it comes from in words, and what is missing to know it."""


# -- income -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Incomes:
    """Yearly disposable income: 分 (whole unless a standard with fractions was imputed), what went in, what is missing."""

    fen: int | Fraction
    inputs: tuple[Input, ...]
    missing: tuple[Missing, ...]


@cache
def _label(section: str, key: str, code: str) -> str:
    from db.domain.option_lists import option_list

    return option_list(str(MEANS_FORM.spec(section, key).options)).label(code)


def _incomes(case: Case, kinds: tuple[str, ...]) -> Incomes:
    facts, means = case.facts, case.pack.means
    if means is None:
        return Incomes(0, (), (Missing("policy", "这份政策没有写收入怎么算。"),))
    if means.is_unset and not kinds:
        return Incomes(0, (), (Missing("policy", means.question),))
    if "incomes" not in facts.rows:
        return Incomes(0, (), (Missing("incomes", f"还没有填 {facts.year} 年的收入。"),))
    counted = kinds or means.incomes
    if means.counts_earlier_aid and not kinds:
        counted = (*counted, "union_aid")
    total = tax = insurance = 0
    inputs = []
    for kind in dict.fromkeys(counted):
        amount, its_tax, its_insurance = facts.income_sums.get(kind, (0, 0, 0))
        total, tax, insurance = total + amount, tax + its_tax, insurance + its_insurance
        if amount:
            inputs.append(Input(_label("incomes", "kind", kind), yuan(amount)))
    net = total
    for key, amount, label in (("tax", tax, "减：所得税"), ("social_insurance", insurance, "减：五险一金")):
        if key in means.net_of and amount:
            net -= amount
            inputs.append(Input(label, yuan(amount)))
    imputed, more, missing = _imputed(case)
    return Incomes(net + imputed * 100 if imputed else net, (*inputs, *more), (*missing, *_wrong_year(case)))


def _wrong_year(case: Case) -> tuple[Missing, ...]:
    assert case.pack.means is not None
    if case.pack.means.year == UNSET:
        return (Missing("policy", case.pack.means.question),)
    wanted = case.on.year - (case.pack.means.year == "previous_calendar_year")
    if case.facts.year == wanted:
        return ()
    question = f"按规定要用 {wanted} 年的收入，现在填的是 {case.facts.year} 年的。请改填 {wanted} 年。"
    return (Missing("year", question),)


def _imputed(case: Case) -> tuple[Fraction, list[Input], list[Missing]]:
    """Minimum wage for able adults without work and without proof to the contrary."""
    rule = case.pack.means.impute if case.pack.means else None
    total = Fraction(0)
    inputs: list[Input] = []
    missing: list[Missing] = []
    if rule is None:
        return total, inputs, missing
    wages = {row.get("person") for row in case.facts.rows.get("incomes", ()) if row["kind"] == "wage"}
    for person in case.facts.people:
        if person["person"] in wages or person["person"] not in case.facts.living_together:
            continue
        imputable = _imputable(case, person, rule)
        if imputable is False:
            continue
        name = case.facts.person_name(person["person"])
        if imputable is None:
            ask = f"{name}没有工作，要看年龄才知道是否按最低工资推算收入：请在档案里填出生日期和性别。"
            missing.append(Missing("people.birth_on", ask))
            continue
        if person.get("can_work") is None:
            missing.append(Missing("people.can_work", f"{name}有没有正常劳动能力？没有工作的要按最低工资推算收入。"))
            continue
        hit = case.standard(rule.standard)
        if hit is None:
            missing.append(case.no_standard(rule.standard))
            continue
        total += hit.amount * rule.months
        inputs.append(Input(f"{name}按最低工资推算", hit.amount * rule.months))
    return total, inputs, missing


def _imputable(case: Case, person: Record, rule: ImputedWage) -> bool | None:
    """Whether a wage is imputed to a person; None where the age or the sex that decides is not known."""
    if person.get("occupation") not in IDLE or person.get("no_imputed_wage") or person.get("can_work") is False:
        return False
    age = age_on(person.get("birth_on"), case.on.isoformat())
    if age is None:
        return None
    by_sex = {"male": rule.male_ages, "female": rule.female_ages}
    ranges = [by_sex[str(person["sex"])]] if person.get("sex") in by_sex else list(by_sex.values())
    answers = {low <= age <= high for low, high in ranges}
    return answers.pop() if len(answers) == 1 else None


# -- expenses and assets ------------------------------------------------------------------------------------------


def _expenses(case: Case, test: Criterion) -> tuple[int, list[Input], list[Missing]]:
    """What the named kinds cost the household itself in the year, 分."""
    inputs: list[Input] = []
    missing: list[Missing] = []
    if not test.deduct:
        return 0, inputs, missing
    if "expenses" not in case.facts.rows:
        return 0, inputs, [Missing("expenses", f"还没有填 {case.facts.year} 年的支出；没有的请点“核实没有”。")]
    sums = case.facts.expense_sums
    at = 1 if test.gross_of_compensation else 0
    total = 0
    for kind in test.deduct:
        if kind in sums:
            total += sums[kind][at]
            inputs.append(case.expense_input(kind, at))
    if "purpose:open" in sums and any(kind.startswith("purpose:") for kind in test.deduct):
        missing.append(Missing("expenses.purpose", "重大疾病的支出要先选计入“致困支出”还是“意外致困支出”。"))
    return total, inputs, missing


@cache
def expense_words(kind: str) -> str:
    """An expense kind or purpose in Chinese."""
    if kind.startswith("purpose:"):
        return _label("expenses", "purpose", kind.removeprefix("purpose:"))
    return f"{_label('expenses', 'kind', kind)}支出"


def _assets(case: Case, kinds: tuple[str, ...]) -> tuple[int, list[Input], list[Missing]]:
    """The named assets, 分."""
    if not kinds:
        return 0, [], []
    if "assets" not in case.facts.rows:
        return 0, [], [Missing("assets", "还没有填储蓄和投资；没有的请点“核实没有”。")]
    sums = case.facts.asset_sums
    found = [kind for kind in kinds if kind in sums]
    inputs = [Input(f"加：{_label('assets', 'kind', kind)}", yuan(sums[kind]), Unit.YUAN) for kind in found]
    return sum(sums[kind] for kind in found), inputs, []


def _per_capita_income(test: Criterion, case: Case) -> Measured:
    incomes = case.incomes(test.incomes)
    cost, cost_inputs, cost_missing = _expenses(case, test)
    assets, asset_inputs, asset_missing = _assets(case, test.add)
    monthly = test.period == "month"
    inputs = (*incomes.inputs, *asset_inputs, *cost_inputs, case.size_input)
    missing = (*incomes.missing, *cost_missing, *asset_missing)
    value = None
    if not missing:
        value = Fraction(incomes.fen + assets - cost, case.facts.size * (1200 if monthly else 100))
    return Measured(value, Unit.YUAN_MONTH if monthly else Unit.YUAN_YEAR, inputs, missing)


def _expense_share(test: Criterion, case: Case) -> Measured:
    incomes = case.incomes(test.incomes)
    cost, cost_inputs, cost_missing = _expenses(case, test)
    missing = (*incomes.missing, *cost_missing)
    inputs = (Input("全年可支配收入", Fraction(incomes.fen, 100)), *cost_inputs)
    if missing:
        return Measured(None, Unit.RATIO, inputs, missing)
    if incomes.fen <= 0:
        return Measured(None if cost else whole(0), Unit.RATIO, inputs, boundless=cost > 0)
    return Measured(Fraction(cost, 1) / incomes.fen, Unit.RATIO, inputs)


def _annual_expense(test: Criterion, case: Case) -> Measured:
    cost, inputs, missing = _expenses(case, test)
    return Measured(None if missing else yuan(cost), Unit.YUAN_YEAR, tuple(inputs), tuple(missing))


def _asset_total(test: Criterion, case: Case) -> Measured:
    total, inputs, missing = _assets(case, test.add)
    return Measured(None if missing else yuan(total), Unit.YUAN, tuple(inputs), tuple(missing))


def _month_number(day: Value) -> int:
    text = str(day)
    return int(text[:4]) * 12 + int(text[5:7])


def _months_below(test: Criterion, case: Case) -> Measured:
    """The longest run of consecutive months below the monthly line within the twelve months before the day."""
    if "monthly_incomes" not in case.facts.rows:
        return Measured(None, Unit.MONTHS, (), (Missing("monthly_incomes", "要看连续几个月的收入，请填逐月收入。"),))
    assert test.month_threshold is not None
    last = case.on.year * 12 + case.on.month
    below = set()
    for row in case.facts.rows["monthly_incomes"]:
        number = _month_number(row["month"])
        line, _words, missing = threshold_of(test.month_threshold, case, Unit.YUAN_MONTH, on=str(row["month"]))
        if line is None:
            return Measured(None, Unit.MONTHS, (), missing)
        amount = row.get("amount")
        average = yuan(amount if isinstance(amount, int) else 0) / case.facts.size
        if last - 12 <= number <= last and compare(average, test.month_op, line):
            below.add(number)
    longest = max((_run_from(number, below) for number in below), default=0)
    return Measured(whole(longest), Unit.MONTHS, (Input("低于界线的月份", whole(len(below)), Unit.MONTHS),))


def _run_from(number: int, months: set[int]) -> int:
    length = 0
    while number + length in months:
        length += 1
    return length


# -- counted things -----------------------------------------------------------------------------------------------

_ASK = {
    "homes": "还没有填住房；没有自有住房的请点“核实没有”。",
    "vehicles": "还没有填车辆、船舶、机械；没有的请点“核实没有”。",
    "businesses": "还没有填经营房产和雇工；没有的请点“核实没有”。",
    "students": "还没有填在学子女；没有的请点“核实没有”。",
    "job_offers": "还没有填就业推荐；没有拒绝过的请点“核实没有”。",
    "events": "还没有填意外和突发事件；没有的请点“核实没有”。",
}


def _counted(case: Case, ledger: str, what: str, counts: Callable[[Record], bool]) -> Measured:
    if ledger not in case.facts.rows:
        return Measured(None, Unit.COUNT, (), (Missing(ledger, _ASK[ledger]),))
    number = whole(sum(1 for row in case.facts.rows[ledger] if counts(row)))
    return Measured(number, Unit.COUNT, (Input(what, number, Unit.COUNT),))


def _homes(test: Criterion, case: Case) -> Measured:
    kinds = test.kinds or ("own",)
    return _counted(case, "homes", "住房套数", lambda row: row["ownership"] in kinds)


def _vehicles(test: Criterion, case: Case) -> Measured:
    def counts(row: Record) -> bool:
        return (not test.kinds or row["kind"] in test.kinds) and (not test.uses or row["use"] in test.uses)

    return _counted(case, "vehicles", "车辆、船舶、机械", counts)


def _businesses(test: Criterion, case: Case) -> Measured:
    return _counted(case, "businesses", "经营房产和雇工", lambda row: not test.kinds or row["kind"] in test.kinds)


def _costly_schooling(test: Criterion, case: Case) -> Measured:
    """Children in a high-fee private school (by the clerk's word, or a multiple of the public fee) or abroad."""

    def counts(row: Record) -> bool:
        if test.with_abroad and row.get("studies_abroad"):
            return True
        if test.fee_multiple is None or not row.get("is_private_school"):
            return bool(row.get("is_private_school"))
        fee, public = row.get("private_fee"), row.get("public_fee")
        return isinstance(fee, int) and isinstance(public, int) and fee >= test.fee_multiple * public

    measured = _counted(case, "students", "高收费私立学校或自费留学的子女", counts)
    private = [row for row in case.facts.rows.get("students", ()) if row.get("is_private_school")]
    if test.fee_multiple is not None and any(row.get("private_fee") is None or row.get("public_fee") is None for row in private):
        ask = Missing("students.private_fee", "私立学校的学费和同类公办学校的学费都要填，才能比较。")
        return Measured(None, Unit.COUNT, measured.inputs, (ask,))
    return measured


def _refused_offers(test: Criterion, case: Case) -> Measured:
    """The most jobs that one able person turned down without good reason, within the months after losing work."""
    if "job_offers" not in case.facts.rows:
        return Measured(None, Unit.COUNT, (), (Missing("job_offers", _ASK["job_offers"]),))
    people = {person["person"]: person for person in case.facts.people}
    counts: dict[str, int] = {}
    for row in case.facts.rows["job_offers"]:
        person = people.get(row["person"], {})
        if not row["is_refused"] or row.get("has_good_reason") or person.get("can_work") is False:
            continue
        if test.within_months is not None:
            since = person.get("unemployed_on")
            if since is None:
                ask = f"{case.facts.person_name(row['person'])}从哪天起失业？要数失业后拒绝了几次就业推荐。"
                return Measured(None, Unit.COUNT, (), (Missing("people.unemployed_on", ask),))
            if not str(since) <= str(row["offered_on"]) <= months_after(str(since), test.within_months):
                continue
        counts[str(row["person"])] = counts.get(str(row["person"]), 0) + 1
    most = max(counts, key=lambda person: counts[person], default="")
    inputs = (Input(f"{case.facts.person_name(most)}拒绝次数", whole(counts[most]), Unit.COUNT),) if most else ()
    return Measured(whole(counts.get(most, 0)), Unit.COUNT, inputs)


def months_after(day: str, months: int) -> str:
    """The same day *months* later (ISO), the month's last day where it has no such day."""
    total = int(day[:4]) * 12 + int(day[5:7]) - 1 + months
    year, month = divmod(total, 12)
    month += 1
    for number in range(int(day[8:10]), 27, -1):
        try:
            return date(year, month, number).isoformat()
        except ValueError:
            continue
    return f"{year:04d}-{month:02d}-{day[8:10]}"


def _event(test: Criterion, case: Case) -> Measured:
    today = case.on.isoformat()
    first = months_after(today, -test.within_months) if test.within_months else ""

    def counts(row: Record) -> bool:
        fits = not test.kinds or row["kind"] in test.kinds
        return fits and first <= str(row["happened_on"]) <= today and (not test.severe_only or bool(row.get("is_severe")))

    return _counted(case, "events", "意外和突发事件", counts)


def _household_size(test: Criterion, case: Case) -> Measured:
    return Measured(whole(case.facts.size), Unit.COUNT, (case.size_input,))


# -- answers ------------------------------------------------------------------------------------------------------


def _specs(section: str) -> dict[str, str]:
    return {spec.key: spec.label for part in facts_sections() if part.key == section for spec in part.fields}


_LABELS: dict[str, dict[str, str]] = {}


def fact_label(section: str, key: str) -> str:
    """Caption of a fact of the household or a student."""
    if section not in _LABELS:
        _LABELS[section] = _specs(section)
    return _LABELS[section].get(key, key)


def _answer(section: str, record: Record, test: Criterion) -> Measured:
    key = str(test.fact)
    value = record.get(key)
    label = fact_label(section, key)
    if value is None:
        return Measured(None, Unit.FLAG, (), (Missing(f"{section}.{key}", f"还没有填：{label}。"),))
    holds = test.value in value if isinstance(value, list) else value == test.value
    shown = "是" if value is True else "否" if value is False else str(value)
    return Measured(whole(int(holds)), Unit.FLAG, (Input(label, None, Unit.FLAG, shown),))


def _fact(test: Criterion, case: Case) -> Measured:
    return _answer("household", case.facts.values, test)


def _student_fact(test: Criterion, case: Case) -> Measured:
    return _answer("students", case.student or {}, test)


def _cause(test: Criterion, case: Case) -> Measured:
    if case.facts.values.get("main_hardship_cause") is None:
        ask = Missing("household.main_hardship_cause", "还没有填主要致困原因。")
        return Measured(None, Unit.FLAG, (), (ask,))
    return Measured(whole(int(bool(case.facts.causes & set(test.kinds)))), Unit.FLAG)


def _committee_note(test: Criterion, case: Case) -> Measured:
    values = case.facts.values
    decided, note = values.get("committee_decided_on"), values.get("committee_note")
    if not decided or not note:
        ask = Missing("household.committee_note", "这一条要由工会集体研究决定，请填集体研究日期和意见，并附记录。")
        return Measured(None, Unit.FLAG, (), (ask,))
    shown = Input("集体研究", None, Unit.FLAG, f"{decided} {note}")
    return Measured(whole(int(str(decided) <= case.on.isoformat())), Unit.FLAG, (shown,))


def _labour_proof(test: Criterion, case: Case) -> Measured:
    proofs = case.facts.values.get("labour_proofs")
    if not isinstance(proofs, list):
        ask = Missing("household.labour_proofs", "还没有填劳动关系证明（劳动合同、工资表、社保缴费证明）。")
        return Measured(None, Unit.COUNT, (), (ask,))
    number = whole(len(proofs))
    return Measured(number, Unit.COUNT, (Input("劳动关系证明", number, Unit.COUNT),))


def _labour_months(test: Criterion, case: Case) -> Measured:
    since = case.facts.values.get("labour_relation_on")
    if not isinstance(since, str):
        return Measured(None, Unit.MONTHS, (), (Missing("household.labour_relation_on", "还没有填劳动关系起始日期。"),))
    months = (case.on.year - int(since[:4])) * 12 + case.on.month - int(since[5:7]) - (case.on.day < int(since[8:10]))
    return Measured(whole(max(months, 0)), Unit.MONTHS, (Input("劳动关系开始于", None, Unit.FLAG, since),))


MEASURES: dict[str, Callable[[Criterion, Case], Measured]] = {
    "per_capita_income": _per_capita_income,
    "expense_share": _expense_share,
    "annual_expense": _annual_expense,
    "months_below": _months_below,
    "asset_total": _asset_total,
    "fact": _fact,
    "student_fact": _student_fact,
    "cause": _cause,
    "event": _event,
    "committee_note": _committee_note,
    "labour_proof": _labour_proof,
    "labour_months": _labour_months,
    "homes": _homes,
    "vehicles": _vehicles,
    "businesses": _businesses,
    "costly_schooling": _costly_schooling,
    "refused_offers": _refused_offers,
    "household_size": _household_size,
}
"""Every measure a pack may name; the vocabulary's literal and this table are compared by a test."""


# -- comparing ----------------------------------------------------------------------------------------------------

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


def compare(value: Fraction, op: str, line: Fraction) -> bool:
    """Compare unrounded; each line keeps the operator of its document."""
    # whole numbers over the common denominator: the same answer, several times faster than comparing fractions
    return _COMPARE[op](value.numerator * line.denominator, line.numerator * value.denominator)


def threshold_of(threshold: Threshold, case: Case, unit: Unit, on: str = "") -> Line:
    """The line in the unit of what is compared, its origin in words, and what is missing to know it."""
    if threshold.is_unset:
        return None, "政策没有写明", ()
    if threshold.kind != "standard":
        return getattr(threshold, threshold.kind) * _per_period(threshold, unit), "", ()
    assert threshold.standard is not None and threshold.times is not None
    hit = case.standard(threshold.standard, on)
    if hit is None:
        label = case.book.standard_label(threshold.standard)
        return None, label, (case.no_standard(threshold.standard, on=on),)
    yearly = unit is Unit.YUAN_YEAR or (threshold.per == "year" and unit is not Unit.YUAN_MONTH)
    line = hit.amount * threshold.times * (12 if yearly else 1)
    return line, standard_words(case.book.standard_label(threshold.standard), hit.amount, threshold.times), ()


def _per_period(threshold: Threshold, unit: Unit) -> Fraction:
    """What turns a written amount into the period of what is measured; an amount without a period is of that period."""
    if threshold.kind == "amount" and threshold.per == "year" and unit is Unit.YUAN_MONTH:
        return Fraction(1, 12)
    if threshold.kind == "amount" and threshold.per == "month" and unit is Unit.YUAN_YEAR:
        return Fraction(12)
    return whole(1)


def standard_words(label: str, amount: Fraction, times: Fraction) -> str:
    """``低保标准 585 元 × 1.5``."""
    text = f"{label} {number_words(amount)} 元"
    return text if times == 1 else f"{text} × {number_words(times)}"


def number_words(number: Fraction) -> str:
    """A figure as documents write it: no needless zeros, ``1.5``, ``585``."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{Decimal(number.numerator) / Decimal(number.denominator):.6f}".rstrip("0").rstrip(".")


class Verdict(NamedTuple):
    """What a criterion comes to, without its words and citation."""

    inputs: tuple[Input, ...]
    value: Fraction | None
    unit: Unit
    op: str
    line: Fraction | None
    line_words: str
    passed: bool | None
    missing: tuple[Missing, ...]


def _decide(test: Criterion, case: Case) -> Verdict:
    measured = case.measured(test)
    op, line, words, missing = _line(test, case, measured)
    passed: bool | None
    if missing or (measured.value is None and not measured.boundless):
        passed = None
    elif measured.boundless:
        passed = op in {">", ">="}
    else:
        assert measured.value is not None and line is not None
        passed = compare(measured.value, op, line)
    missing = (*measured.missing, *missing)
    return Verdict(measured.inputs, measured.value, measured.unit, op, line, words, passed, missing)


def apply(test: Criterion, case: Case) -> Step:
    """Measure, compare and write down one criterion."""
    inputs, value, unit, op, line, words, passed, missing = case.verdict(test)
    citation = case.pack.citation(test)
    return Step(
        test.measure, test.label, inputs, value, unit, op, line, words, passed, citation, missing, test.source, test.clause
    )


def _line(
    test: Criterion, case: Case, measured: Measured
) -> tuple[str, Fraction | None, str, tuple[Missing, ...]]:
    """Operator, line, its words, and what is open about them. A question of fact needs no line: yes is 1."""
    if test.is_unset:
        return test.op, None, "政策没有写明", (Missing("policy", test.question),)
    if test.threshold is not None:
        return test.op, *case.line(test.threshold, measured.unit)
    return ">=", whole(1), "", ()
