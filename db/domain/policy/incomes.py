"""The yearly disposable income of a household, as its pack counts it."""

from fractions import Fraction

from db.domain.derivation import age_on
from db.domain.policy.assessment import Input, Missing
from db.domain.policy.case import Case, Incomes
from db.domain.policy.facts import Record, yuan
from db.domain.policy.pack import UNSET, ImputedWage
from db.domain.policy.words import choice_words

IDLE = frozenset({"unemployed", "off_post"})
"""Occupations of able people without work, for whom a minimum wage may be imputed."""


def incomes_of(case: Case, kinds: tuple[str, ...]) -> Incomes:
    """The income of some kinds, empty for those of the pack; worked out once."""
    found = case.incomes.get(kinds)
    if found is None:
        found = case.incomes[kinds] = _incomes(case, kinds)
    return found


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
            inputs.append(Input(choice_words("incomes", "kind", kind), yuan(amount)))
    net = total
    for key, amount, label in (("tax", tax, "减：所得税"), ("social_insurance", insurance, "减：五险一金")):
        if key in means.net_of and amount:
            net -= amount
            inputs.append(Input(label, yuan(amount)))
    imputed, more, missing = _imputed(case) if "wage" in counted else (Fraction(0), [], [])
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
    incomes = case.facts.rows.get("incomes", ())
    wages = {row.get("person") for row in incomes if row["kind"] == "wage" and row.get("amount")}
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
