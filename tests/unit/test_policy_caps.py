"""Up to how much: each formula, the lowest limit, what was had already, brackets, stacking, order, approval."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from small_packs import (
    CITED,
    ON,
    aid_item,
    book,
    cap_of,
    criterion,
    expense,
    hardship_class,
    household,
    judge,
    pack,
)

from db.domain.policy.aid_rules import in_brackets
from db.domain.policy.assessment import CapResult
from db.domain.policy.explanation import cap_sentence
from db.domain.policy.pack import Bracket

Facts = dict[str, Any]
YEARLY = {"formula": "months_of_standard", "standard": "subsistence", "months": "12"}
EVERYBODY = [criterion("household_size", ">=", {"count": "1"})]


def _fixed(amount: str, **more: Any) -> Facts:
    return {"formula": "fixed", "amounts": [{"amount": amount}], **more}


def _had(fen: int, **more: Any) -> Facts:
    return {"item": "living", "amount": fen, "received_on": "2021-03-01", **more}


# -- formulas -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cap", "amount"),
    [
        (YEARLY, 7200),
        ({**YEARLY, "months": "1.5"}, 900),
        ({**YEARLY, "times_household_size": True}, 21_600),
        ({**YEARLY, "standard_of": "previous_year"}, 6000),
        ({**YEARLY, "area": "rural"}, 4800),
        ({"formula": "local_standard", "standard": "subsistence"}, 600),
        (_fixed("1234.56"), Fraction("1234.56")),
        ({"formula": "actual_cost", "costs": ["illness"]}, Fraction("7999.99")),
        ({"formula": "actual_cost", "costs": ["schooling"]}, 0),
        ({"formula": "share_of_cost", "costs": ["illness"], "brackets": [{"over": "0", "share": "0.5"}]}, Fraction("3999.995")),
    ],
)
def test_formula(cap: Facts, amount: Fraction | int) -> None:
    """Exact, also where a share of a 分 remains."""
    known = book(
        {"begins": "2021-01-01", "area": "urban"},
        {"begins": "2020-01-01", "ends": "2020-12-31", "amount": "500", "area": "urban"},
        {"area": "rural", "amount": "400"},
    )
    facts = household(3, expenses=[expense(1_000_000, reimbursed=200_001), expense(500, "daily_living")])
    found = cap_of(aid_item(cap), facts, known=known)
    assert (found.allowed, found.amount, found.left, found.missing) == (True, amount, amount, ())


def test_formula__whose_standard_is_not_recorded() -> None:
    """A question with place and day instead of a number."""
    found = cap_of(aid_item({**YEARLY, "standard_of": "previous_year"}), household(), known=book({"begins": "2021-01-01"}))
    assert (found.amount, found.left) == (None, None)
    assert [item.place for item in found.missing] == ["standards"] and "2020-12-31" in found.missing[0].question


def test_formula__that_the_document_leaves_open() -> None:
    """The question of the pack, never a default; only for whom the open figure counts."""
    open_cap = {**_fixed("unset"), "question": "每户多少？"}
    found = cap_of(aid_item(open_cap), household())
    assert (found.amount, [item.question for item in found.missing]) == (None, ["每户多少？"])
    several = {
        "formula": "fixed",
        "question": "类别 b 多少？",
        "amounts": [{"classes": ["a"], "amount": "100"}, {"classes": ["b"], "amount": "unset"}],
    }
    two = [hardship_class("a", EVERYBODY), hardship_class("b", EVERYBODY)]
    (first,) = judge(pack(*two, aid=[aid_item(several)]), household()).caps
    assert (first.amount, first.missing) == (100, ())
    (second,) = judge(pack(*reversed(two), aid=[aid_item(several)]), household()).caps
    assert (second.amount, [item.question for item in second.missing]) == (None, ["类别 b 多少？"])


def test_fixed__for_another_class() -> None:
    """No amount for this class: nothing may be given, and that is said."""
    other = {"formula": "fixed", "amounts": [{"classes": ["b"], "amount": "9"}]}
    two = pack(hardship_class("a", EVERYBODY), hardship_class("b", EVERYBODY), aid=[aid_item(other)])
    (found,) = judge(two, household()).caps
    assert (found.allowed, found.amount, found.left) == (False, None, None)


@pytest.mark.parametrize(
    ("cost", "paid"),
    [("0", "0"), ("20000", "10000"), ("20000.01", "10000.003"), ("50000", "19000"), ("50001", "19000.1"), ("19999.99", "9999.995")],
)
def test_brackets__slice_by_slice(cost: str, paid: str) -> None:
    """Just below, at and above the start of each slice."""
    slices = [Bracket(over=over, share=share) for over, share in (("0", "0.5"), ("20000", "0.3"), ("50000", "0.1"))]
    assert in_brackets(Fraction(cost), slices) == Fraction(paid)
    assert in_brackets(Fraction(cost), slices[1:]) == max(Fraction(paid) - min(Fraction(cost), Fraction(20000)) / 2, 0)


# -- several limits, and what was had -----------------------------------------------------------------------------


def test_limits__the_lowest_counts() -> None:
    """And its words say why; one that cannot be told keeps the whole open."""
    found = cap_of(aid_item(_fixed("8000"), YEARLY, _fixed("7500")), household())
    assert found.amount == 7200 and "低保标准" in found.reason
    half_known = cap_of(aid_item(_fixed("8000"), YEARLY), household(), known=book({"region": "110101"}))
    assert (half_known.amount, half_known.left) == (None, None) and half_known.missing


@pytest.mark.parametrize(
    ("row", "item", "left"),
    [
        (_had(100_000), {}, 6200),
        (_had(720_000), {}, 0),
        (_had(720_001), {}, 0),
        (_had(100_000, received_on="2020-12-31"), {}, 7200),
        (_had(100_000, received_on="2021-01-01"), {}, 6200),
        (_had(100_000, item="medical"), {}, 7200),
        (_had(100_000, giver="union"), {}, 6200),
        (_had(100_000, giver="government"), {}, 7200),
        (_had(100_000, giver="government"), {"no_repeat": True}, 6200),
    ],
)
def test_already__comes_off(row: Facts, item: Facts, left: int) -> None:
    """Of this item and this calendar year; from elsewhere only where nothing may be given twice. Never below nothing."""
    found = cap_of(aid_item(YEARLY, **item), household(earlier_aid=[row]))
    assert (found.amount, found.left) == (7200, left)


def test_already__not_asked() -> None:
    """What is left is not known before somebody asked; where it decides, it is asked."""
    found = cap_of(aid_item(YEARLY), household(earlier_aid=None))
    assert (found.amount, found.left) == (7200, None)
    strict = cap_of(aid_item(YEARLY, no_repeat=True), household(earlier_aid=None))
    assert strict.allowed is None and [item.place for item in strict.missing] == ["earlier_aid"]


# -- students and people ------------------------------------------------------------------------------------------


def _students(*rows: Facts) -> Facts:
    return household(3, students=[{"person": "p2", "stage": "bachelor", **row} for row in rows])


def test_students__each_their_own() -> None:
    """By stage, at the standard of the place of study; a place that is not known is asked."""
    cap = {**YEARLY, "per": "student", "region": "study", "area": "urban"}
    item = aid_item(cap, item="tuition", stages=["bachelor"])
    loaded = pack(hardship_class("a", EVERYBODY), aid=[item])
    facts = _students({"school_region": "340100"}, {"person": "p3"}, {"person": "worker", "stage": "primary"})
    known = book({}, {"region": "340100", "amount": "700"})
    first, second = judge(loaded, facts, known=known).caps
    assert (first.person, first.amount) == ("p2", 8400)
    assert (second.person, second.amount, second.missing[0].place) == ("p3", None, "students.school_region")


def test_students__with_a_condition_each() -> None:
    """One is refused by name, the other not; an open answer leaves it open."""
    test = criterion("student_fact", fact="is_full_time", value=True, label="全日制在校")
    item = aid_item(_fixed("3000", per="student"), item="tuition", for_students=[test])
    loaded = pack(hardship_class("a", EVERYBODY), aid=[item])
    rows = ({"is_full_time": True}, {"person": "p3", "is_full_time": False}, {"person": "worker"})
    caps = judge(loaded, _students(*rows)).caps
    assert [cap.allowed for cap in caps] == [True, False, None]
    assert judge(loaded, _students()).caps == ()
    (unasked,) = judge(loaded, household(students=None)).caps
    assert (unasked.allowed, [item.place for item in unasked.missing]) == (None, ["students"])


def test_people__by_their_own_costs() -> None:
    """Each person's bills; a bill without a name does not count everybody's again."""
    item = aid_item({"formula": "actual_cost", "costs": ["illness"], "per": "person"}, item="medical")
    loaded = pack(hardship_class("a", EVERYBODY), aid=[item])
    bills = [expense(10_000, person="p2"), expense(20_000, person="p3"), expense(500)]
    caps = judge(loaded, household(3, expenses=bills)).caps
    assert {cap.person: cap.amount for cap in caps} == {"p2": 100, "p3": 200, "": 5}


# -- whether at all -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "allowed"), [(True, False), (False, True), (None, None)])
def test_nothing_if__enjoyed_elsewhere(answer: bool | None, allowed: bool | None) -> None:
    """Had already: nothing; not asked: open."""
    facts = household(household={} if answer is None else {"has_housing_benefit": answer})
    assert cap_of(aid_item(YEARLY, item="housing", nothing_if="has_housing_benefit"), facts).allowed is allowed


@pytest.mark.parametrize(
    ("scope", "allowed"), [({}, True), ({"classes": ["a"]}, True), ({"except_classes": ["a"]}, False)]
)
def test_scope__of_classes(scope: Facts, allowed: bool) -> None:
    """An item for other classes is refused with the reason."""
    found = cap_of(aid_item(YEARLY, **scope), household())
    assert found.allowed is allowed and bool(found.reason)


@pytest.mark.parametrize(("is_poor", "living", "tuition"), [(True, False, True), (False, True, True), (None, None, True)])
def test_aid_only__leaves_some_kinds(is_poor: bool | None, living: bool | None, tuition: bool) -> None:
    """The archive stands; only the named kinds may be given. Unknown is not absent."""
    rule = {
        "code": "poor",
        "label": "建档立卡户只能助学",
        "aid_only": ["tuition"],
        **CITED,
        "test": [criterion("fact", fact="is_registered_poor", value=True)],
    }
    items = [aid_item(_fixed("9")), aid_item(_fixed("9"), item="tuition")]
    facts = household(household={} if is_poor is None else {"is_registered_poor": is_poor})
    found = judge(pack(hardship_class("a", EVERYBODY), exclusion=[rule], aid=items), facts)
    assert found.suggested_class == "a"
    assert [cap.allowed for cap in found.caps] == [living, tuition]


def _two(facts: Facts, **parts: Any) -> tuple[CapResult, ...]:
    items = [aid_item(_fixed("9")), aid_item(_fixed("9"), item="medical")]
    return judge(pack(hardship_class("a", EVERYBODY), aid=items, **parts), facts).caps


def test_stacking__one_kind_a_year() -> None:
    """The kind had this year goes on, another does not; what somebody else gave does not count."""
    single = [{"allowed": False, **CITED}]
    had = household(earlier_aid=[_had(100)])
    assert [cap.allowed for cap in _two(had, stacking=single)] == [True, False]
    assert [cap.allowed for cap in _two(had, stacking=[{"allowed": True, **CITED}])] == [True, True]
    assert [cap.allowed for cap in _two(had, stacking=[{**single[0], "items": ["medical", "tuition"]}])] == [True, True]
    others = household(earlier_aid=[_had(100, giver="government")])
    assert [cap.allowed for cap in _two(others, stacking=single)] == [True, True]
    last_year = household(earlier_aid=[_had(100, received_on="2020-12-31")])
    assert [cap.allowed for cap in _two(last_year, stacking=single)] == [True, True]
    assert [cap.allowed for cap in _two(household(earlier_aid=None), stacking=single)] == [None, None]


def test_order__of_several_kinds() -> None:
    """As the document orders them, not as the pack lists them."""
    assert [cap.item for cap in _two(household())] == ["living", "medical"]
    order = [{"items": ["medical", "living"], **CITED}]
    assert [cap.item for cap in _two(household(), aid_order=order)] == ["medical", "living"]


@pytest.mark.parametrize(("amount", "words"), [("5000", ""), ("5000.01", "市总工会"), ("10000", "市总工会"), ("10000.01", "省总工会")])
def test_approval__above_a_line(amount: str, words: str) -> None:
    """At the line nobody, above it who the document names; the sentence says so."""
    rules = [{"above": "10000", "by": "省总工会", **CITED}, {"above": "5000", "by": "市总工会", **CITED}]
    found = cap_of(aid_item(_fixed(amount), approval=rules), household())
    assert (words in found.approval) if words else not found.approval
    assert words in cap_sentence(found).text


def test_approval__where_there_is_no_limit() -> None:
    """No limit in figures: whoever must approve above a line is named all the same."""
    found = cap_of(aid_item(approval=[{"above": "5000", "by": "市总工会", **CITED}]), household())
    assert (found.allowed, found.amount) == (True, None)
    assert "市总工会" in cap_sentence(found).text


def test_archive__first_filed_then_helped() -> None:
    """Nothing for those who do not fit, unless the item needs no archive or is only for them."""
    never = hardship_class("a", [criterion("household_size", ">=", {"count": "99"})])
    items = [
        aid_item(_fixed("9")),
        aid_item(_fixed("9"), item="medical", needs_archive=False),
        aid_item(_fixed("9"), item="donation", needs_archive=False, without_archive_only=True),
    ]
    found = judge(pack(never, aid=items), household(household={"is_on_file": False}))
    assert [cap.allowed for cap in found.caps] == [False, True, True]
    fitting = judge(pack(hardship_class("a", EVERYBODY), aid=items), household(household={"is_on_file": False}))
    assert [cap.allowed for cap in fitting.caps] == [True, True, False]


def test_ceiling__over_several_kinds() -> None:
    """What was given of one kind is missing for the other."""
    rule = {"code": "all", "label": "全年合计", "cap": [{"per": "household", **CITED, **_fixed("10")}], **CITED}
    caps = _two(household(earlier_aid=[_had(600, giver="union")]), aid_total=[rule])
    assert [(cap.amount, cap.left) for cap in caps] == [(9, 3), (9, 4)]


def test_caps__the_same_every_time() -> None:
    """Nothing of one assessment leaks into the next."""
    loaded = pack(hardship_class("a", EVERYBODY), aid=[aid_item(YEARLY), aid_item(_fixed("3", per="student"), item="tuition")])
    facts = _students({"school_region": "340100"})
    assert judge(loaded, facts, ON) == judge(loaded, facts, ON) != judge(loaded, facts, date(2021, 6, 16))
