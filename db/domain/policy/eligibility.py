"""Assess a household under one pack on one day: every class, every exclusion, and the steps that led there.

Three answers everywhere: yes, no, and *cannot be told yet* (None) together with what is missing. An unknown
exclusion never counts as absent; a class that fits stays a suggestion until a person decides.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction

from db.domain.policy import aid_rules, aid_totals, calendar
from db.domain.policy.assessment import (
    Assessment,
    CapResult,
    ClassResult,
    Missing,
    Outcome,
    RouteResult,
    RuledOut,
    Step,
    Unit,
)
from db.domain.policy.book import LoadedPack, PolicyBook
from db.domain.policy.case import Case
from db.domain.policy.criteria import apply, ruled_out
from db.domain.policy.facts import HouseholdFacts
from db.domain.policy.pack import Caution, Criterion, Exclusion, Gate, HardshipClass, Pack, Route

DEFAULT_MARGIN = Fraction(1, 10)
"""不符合但接近: within a tenth above the line, where the pack says nothing else."""
_UPPER = frozenset({"<", "<="})


def assess(facts: HouseholdFacts, loaded: LoadedPack, book: PolicyBook, on: date, form_edition: str = "") -> Assessment:
    """Which class and level the household belongs to, what each aid may reach, and why."""
    pack = loaded.pack
    case = Case(facts, pack, book, on)
    exclusions = tuple(_exclusion(case, item) for item in pack.exclusion)
    gates = tuple(_gate(case, item) for item in pack.gate)
    classes = tuple(_class_result(case, item, exclusions, gates) for item in pack.hardship_class)
    ranked = _ranked(pack, facts, [item for item in classes if item.fits])
    suggested = ranked[0] if ranked and not _open_above(pack, classes, ranked[0]) else None
    outcome = _outcome(pack, suggested, classes)
    case.is_undecided = outcome is Outcome.INCOMPLETE
    shown = suggested.code if suggested else None
    level = suggested.level if suggested else None
    cautions = tuple(_caution(case, item) for item in pack.caution if shown and item.concerns(shown, level))
    return Assessment(
        policy_id=pack.id,
        policy_title=pack.title,
        policy_version=pack.version,
        policy_sha256=loaded.sha256,
        form_edition=form_edition,
        on=on.isoformat(),
        year=facts.year,
        household_size=facts.size,
        outcome=outcome,
        suggested_class=shown,
        suggested_level=level,
        classes=classes,
        exclusions=exclusions,
        gates=gates,
        cautions=cautions,
        caps=aid_totals.under_ceilings(case, aid_rules.caps(case, shown, level, exclusions), shown, level),
        missing=_all_missing(_in_question(pack, classes, suggested), exclusions, gates),
        recheck_on=_recheck_on(case) if outcome is Outcome.NEAR else None,
    )


def aid_caps(
    facts: HouseholdFacts, loaded: LoadedPack, book: PolicyBook, on: date, class_code: str | None, level: str | None
) -> tuple[CapResult, ...]:
    """The limits of every aid item for a household whose class was decided (None: it is in none)."""
    case = Case(facts, loaded.pack, book, on)
    exclusions = tuple(_exclusion(case, item) for item in loaded.pack.exclusion)
    results = aid_rules.caps(case, class_code, level, exclusions)
    return aid_totals.under_ceilings(case, results, class_code, level)


def kept_from(facts: HouseholdFacts, loaded: LoadedPack, book: PolicyBook, on: date, item: str) -> RuledOut | None:
    """The exclusion that leaves a household only some kinds of aid, *item* not among them; items of the pack are judged
    by :func:`aid_caps`."""
    narrow = [rule for rule in loaded.pack.exclusion if rule.aid_only and item not in rule.aid_only]
    case = Case(facts, loaded.pack, book, on) if narrow else None
    found = [_exclusion(case, rule) for rule in narrow] if case else []
    return next((rule for rule in found if rule.applies), None)


# -- three-valued logic -------------------------------------------------------------------------------------------


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """False when one is false, else None when one is unknown, else True."""
    outcome: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            outcome = None
    return outcome


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """True when one is true, else None when one is unknown, else False."""
    outcome: bool | None = False
    for answer in answers:
        if answer is True:
            return True
        if answer is None:
            outcome = None
    return outcome


def _applied(case: Case, tests: Sequence[Criterion]) -> tuple[Step, ...]:
    return tuple([apply(test, case) for test in tests])


_NOT: dict[bool | None, bool | None] = {True: False, False: True, None: None}


# -- parts --------------------------------------------------------------------------------------------------------


def _exclusion(case: Case, part: Exclusion) -> RuledOut:
    def say(steps: tuple[Step, ...]) -> RuledOut:
        applies = all_of([step.passed for step in steps])
        citation = case.pack.citation(part)
        return RuledOut(part.code, part.label, applies, steps, citation, part.aid_only, case.pack.concerned(part))

    return ruled_out(part, case, say)


def _gate(case: Case, part: Gate) -> RuledOut:
    steps = _applied(case, part.test)
    passed = all_of([step.passed for step in steps])
    applies = None if passed is None else not passed
    return RuledOut(part.code, part.label, applies, steps, case.pack.citation(part), (), case.pack.concerned(part))


def _caution(case: Case, part: Caution) -> RuledOut:
    steps = _applied(case, part.test)
    applies = all_of([step.passed for step in steps])
    return RuledOut(part.code, part.text, applies, steps, case.pack.citation(part), (), case.pack.concerned(part))


def _route(case: Case, part: Route) -> RouteResult:
    steps = []
    passed: bool | None = True
    for test in part.test:
        step = apply(test, case)
        steps.append(step)
        if step.passed is False or (step.passed is None and passed):
            passed = step.passed
    return RouteResult(part.label, passed, tuple(steps))


def _class_result(
    case: Case, part: HardshipClass, exclusions: Sequence[RuledOut], gates: Sequence[RuledOut]
) -> ClassResult:
    routes = tuple([_route(case, route) for route in part.route])
    passed = any_of([route.passed for route in routes])
    blocking, gating = case.pack.ruled_out_by[part.code]
    against = [item for at in blocking if (item := exclusions[at]).applies is not False]
    against += [item for at in gating if (item := gates[at]).applies is not False]
    fits = all_of([passed, *[_NOT[item.applies] for item in against]])
    return ClassResult(
        code=part.code,
        label=part.label,
        category=part.category,
        level=part.level,
        level_label=case.pack.level_labels.get(part.level, ""),
        fits=fits,
        routes_passed=passed,
        routes=routes,
        blocked_by=tuple([item.code for item in against if item.applies]),
        citation=case.pack.citation(part),
        distance=None if passed is not False else _distance(routes),
    )


def _ranked(pack: Pack, facts: HouseholdFacts, fitting: list[ClassResult]) -> list[ClassResult]:
    """Fitting classes in the order of precedence: level, then the class of the main cause, then the pack's order."""
    main = facts.values.get("main_hardship_cause")
    by_code = {item.code: (index, item) for index, item in enumerate(pack.hardship_class)}

    def rank(result: ClassResult) -> tuple[int, bool, int]:
        index, declared = by_code[result.code]
        return pack.level_rank(result.level), main not in declared.causes, index

    return sorted(fitting, key=rank)


def _open_above(pack: Pack, classes: Sequence[ClassResult], best: ClassResult) -> bool:
    """Whether a class of a higher level cannot be told yet: then the lower one is no answer."""
    rank = pack.level_rank(best.level)
    return any(item.fits is None and pack.level_rank(item.level) < rank for item in classes)


# -- near misses --------------------------------------------------------------------------------------------------


def _distance(routes: Sequence[RouteResult]) -> Fraction | None:
    """How far the nearest route is away, when nothing but upper lines of income fails there; 元 per person."""
    distances = [distance for route in routes if (distance := _route_distance(route)) is not None]
    return min(distances, default=None)


def _route_distance(route: RouteResult) -> Fraction | None:
    gap: Fraction | None = None
    for step in route.steps:
        if step.passed:
            continue
        if step.passed is None or step.measure != "per_capita_income" or step.op not in _UPPER:
            return None
        if step.value is None or not step.threshold:
            return None
        further = (step.value - step.threshold) / (12 if step.unit is Unit.YUAN_YEAR else 1)
        gap = further if gap is None or further > gap else gap
    return gap


def _is_near(result: ClassResult, margin: Fraction) -> bool:
    """Whether one route fails by no more than *margin* of each of its lines."""
    if result.distance is None or result.blocked_by:
        return False
    for route in result.routes:
        failing = [step for step in route.steps if step.passed is False]
        close = [
            step.threshold is not None and step.value is not None and step.value <= step.threshold * (1 + margin)
            for step in failing
        ]
        if _route_distance(route) is not None and all(close):
            return True
    return False


def _outcome(pack: Pack, suggested: ClassResult | None, classes: Sequence[ClassResult]) -> Outcome:
    if suggested is not None:
        return Outcome.FITS
    if not classes:
        return Outcome.NO_CLASSES
    if any(item.fits is None for item in classes):
        return Outcome.INCOMPLETE
    margin = pack.near.margin if pack.near and pack.near.margin is not None else DEFAULT_MARGIN
    return Outcome.NEAR if any(_is_near(item, margin) for item in classes) else Outcome.DOES_NOT_FIT


def _recheck_on(case: Case) -> str:
    """When a household just above a line should be looked at again: new year, new standard, or the next window."""
    today = case.on.isoformat()
    days = [date(case.on.year + 1, 1, 1).isoformat()]
    for topic in _topics(case.pack):
        changed = case.book.next_standard(topic, case.facts.region, today)
        if changed:
            days.append(changed)
    days += [day.isoformat() for day in calendar.openings(case.pack, "check", case.on + timedelta(days=1))]
    return min(days)


def _topics(pack: Pack) -> set[str]:
    tests = [test for item in pack.hardship_class for route in item.route for test in route.test]
    return {test.threshold.standard for test in tests if test.threshold is not None and test.threshold.standard}


# -- what is missing ----------------------------------------------------------------------------------------------


def _in_question(
    pack: Pack, classes: Sequence[ClassResult], suggested: ClassResult | None
) -> Sequence[ClassResult]:
    """The classes worth asking about: what concerns only lower levels than the suggested one changes nothing."""
    if suggested is None:
        return classes
    rank = pack.level_rank(suggested.level)
    return [item for item in classes if pack.level_rank(item.level) <= rank]


def _all_missing(
    classes: Sequence[ClassResult], exclusions: Sequence[RuledOut], gates: Sequence[RuledOut]
) -> tuple[Missing, ...]:
    """Everything to be asked, each question once: of undecided routes, and of exclusions that still matter."""
    found: dict[Missing, None] = {}
    for result in classes:
        for route in result.routes:
            if route.passed is None and result.routes_passed is None and not result.blocked_by:
                found.update(dict.fromkeys(item for step in route.steps for item in step.missing))
    live = {result.code for result in classes if result.routes_passed is not False and not result.blocked_by}
    for part in (*exclusions, *gates):
        if part.applies is None and (part.aid_only or live & set(part.classes)):
            found.update(dict.fromkeys(item for step in part.steps for item in step.missing))
    return tuple(found)
