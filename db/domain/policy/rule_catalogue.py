"""The named measures that packs may use: pure functions from a household to an exact number, with what went into it.

A fact that is not known makes the measure undecided and says what to ask; nothing is assumed.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from db.domain.form_schema import Value
from db.domain.policy.assessment import Input, Missing, Unit
from db.domain.policy.case import Case, Measured, whole
from db.domain.policy.facts import Record, yuan
from db.domain.policy.incomes import incomes_of
from db.domain.policy.lines import compare, threshold_of
from db.domain.policy.pack import Criterion
from db.domain.policy.words import answer_words, choice_words, fact_label

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




def _assets(case: Case, kinds: tuple[str, ...]) -> tuple[int, list[Input], list[Missing]]:
    """The named assets, 分."""
    if not kinds:
        return 0, [], []
    if "assets" not in case.facts.rows:
        return 0, [], [Missing("assets", "还没有填储蓄和投资；没有的请点“核实没有”。")]
    sums = case.facts.asset_sums
    found = [kind for kind in kinds if kind in sums]
    inputs = [Input(f"加：{choice_words('assets', 'kind', kind)}", yuan(sums[kind]), Unit.YUAN) for kind in found]
    return sum(sums[kind] for kind in found), inputs, []


def _per_capita_income(test: Criterion, case: Case) -> Measured:
    incomes = incomes_of(case, test.incomes)
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
    incomes = incomes_of(case, test.incomes)
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
    """The longest run of consecutive months below the monthly line, this month and the twelve before it.

    The ledger holds the months in question; one that is not in it breaks the run.
    """
    if "monthly_incomes" not in case.facts.rows:
        return Measured(None, Unit.MONTHS, (), (Missing("monthly_incomes", "要看连续几个月的收入，请填逐月收入。"),))
    assert test.month_threshold is not None
    last = case.on.year * 12 + case.on.month
    below = set()
    for row in case.facts.rows["monthly_incomes"]:
        number = _month_number(row["month"])
        if not last - 12 <= number <= last:
            continue
        line, _words, missing = threshold_of(test.month_threshold, case, Unit.YUAN_MONTH, on=str(row["month"]))
        if line is None:
            return Measured(None, Unit.MONTHS, (), missing)
        amount = row.get("amount")
        average = yuan(amount if isinstance(amount, int) else 0) / case.facts.size
        if compare(average, test.month_op, line):
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
    if "students" not in case.facts.rows:
        return Measured(None, Unit.COUNT, (), (Missing("students", _ASK["students"]),))
    answers = [(row, _is_costly(test, row)) for row in case.facts.rows["students"]]
    number = whole(sum(1 for _row, answer in answers if answer))
    inputs = (Input("高收费私立学校或自费留学的子女", number, Unit.COUNT),)
    asks = [_ask_schooling(row, case) for row, answer in answers if answer is None]
    enough = test.threshold.count if test.threshold is not None and test.threshold.count is not None else 1
    if asks and number < enough:
        return Measured(None, Unit.COUNT, inputs, tuple(dict.fromkeys(asks)))
    return Measured(number, Unit.COUNT, inputs)


def _is_costly(test: Criterion, row: Record) -> bool | None:
    """Whether a student's school rules the family out; None where an answer or a fee is missing."""
    abroad = row.get("studies_abroad") if test.with_abroad else False
    private = row.get("is_private_school")
    if private and test.fee_multiple is not None:
        fee, public = row.get("private_fee"), row.get("public_fee")
        known = isinstance(fee, int) and isinstance(public, int)
        private = fee >= test.fee_multiple * public if known else None  # type: ignore[operator]
    if private or abroad:
        return True
    return None if private is None or abroad is None else False


def _ask_schooling(row: Record, case: Case) -> Missing:
    if row.get("is_private_school"):
        return Missing("students.private_fee", "私立学校的学费和同类公办学校的学费都要填，才能比较。")
    name = case.facts.person_name(row.get("person"))
    return Missing("students.is_private_school", f"{name}是否在高收费私立学校、是否自费出国留学？请在“在学子女”里填是或否。")


def _refused_offers(test: Criterion, case: Case) -> Measured:
    """The most jobs that one able person turned down without good reason, within the months after losing work."""
    if "job_offers" not in case.facts.rows:
        return Measured(None, Unit.COUNT, (), (Missing("job_offers", _ASK["job_offers"]),))
    people = {person["person"]: person for person in case.facts.people}
    counts: dict[str, int] = {}
    unanswered: dict[str, str] = {}
    for row in case.facts.rows["job_offers"]:
        person = people.get(row["person"], {})
        if not row["is_refused"] or row.get("has_good_reason") or person.get("can_work") is False:
            continue
        name = case.facts.person_name(row["person"])
        if row.get("has_good_reason") is None:
            unanswered[f"{name} {row['offered_on']} 拒绝就业推荐有没有正当理由？"] = "job_offers.has_good_reason"
        if test.within_months is not None:
            since = person.get("unemployed_on")
            if since is None:
                ask = f"{case.facts.person_name(row['person'])}从哪天起失业？要数失业后拒绝了几次就业推荐。"
                return Measured(None, Unit.COUNT, (), (Missing("people.unemployed_on", ask),))
            if not str(since) <= str(row["offered_on"]) <= months_after(str(since), test.within_months):
                continue
        counts[str(row["person"])] = counts.get(str(row["person"]), 0) + 1
    most = max(counts, key=lambda person: counts[person], default="")
    enough = test.threshold.count if test.threshold is not None and test.threshold.count is not None else 1
    if unanswered and counts.get(most, 0) >= enough:
        return Measured(None, Unit.COUNT, (), tuple(Missing(place, ask) for ask, place in unanswered.items()))
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
    """Events of some kinds, the severe ones only where so wanted; one whose severity nobody stated is asked for."""
    today = case.on.isoformat()
    first = months_after(today, -test.within_months) if test.within_months else ""

    def fits(row: Record) -> bool:
        return (not test.kinds or row["kind"] in test.kinds) and first <= str(row["happened_on"]) <= today

    def counts(row: Record) -> bool:
        return fits(row) and (not test.severe_only or bool(row.get("is_severe")))

    measured = _counted(case, "events", "意外和突发事件", counts)
    open_rows = [row for row in case.facts.rows.get("events", ()) if fits(row) and row.get("is_severe") is None]
    if test.severe_only and open_rows and measured.value is not None and not measured.value:
        ask = Missing("events.is_severe", "这次意外或突发事件是否非常重大？")
        return Measured(None, Unit.COUNT, measured.inputs, (ask,))
    return measured


def _household_size(test: Criterion, case: Case) -> Measured:
    return Measured(whole(case.facts.size), Unit.COUNT, (case.size_input,))


# -- answers ------------------------------------------------------------------------------------------------------




def _answer(section: str, record: Record, test: Criterion) -> Measured:
    key = str(test.fact)
    value = record.get(key)
    label = fact_label(section, key)
    if value is None:
        asked = Input(label, None, Unit.FLAG)
        return Measured(None, Unit.FLAG, (asked,), (Missing(f"{section}.{key}", f"还没有填：{label}。"),))
    holds = test.value in value if isinstance(value, list) else value == test.value
    shown = Input(label, None, Unit.FLAG, answer_words(section, key, value))
    return Measured(whole(int(holds)), Unit.FLAG, (shown,))


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
        words = test.question or f"“{test.label or '这一类'}”要由工会集体研究决定，请填集体研究日期和意见，并附记录。"
        ask = Missing("household.committee_note", words)
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
