"""The rules against random households and damaged files: a second opinion, and what must never happen."""

import copy
import json
import random
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_case_files import pack_ids, pack_text
from policy_second_opinion import qianshan

from db.domain.means_form import MEANS_FORM
from db.domain.option_lists import option_list
from db.domain.policy import pack_checks
from db.domain.policy.assessment import Assessment, Step
from db.domain.policy.book import load_pack, packaged_book
from db.domain.policy.eligibility import assess
from db.domain.policy.explanation import explain, what_changed
from db.domain.policy.facts import facts_from_json
from db.domain.policy.pack import Cited
from db.domain.policy.reading import pack_faults, read_pack
from db.errors import UserError
from db.services.policies import check_files, pack_of_file

quick = settings(max_examples=60, deadline=None)
ON = date(2020, 6, 1)
DAYS = {"qinghai-2022": date(2022, 7, 1), "huangshan-2022": date(2022, 7, 1), "wuzhou-2017": date(2017, 8, 1),
        "shandong-edu-2016": date(2016, 8, 1), "qianshan-2020": ON}  # fmt: skip
Facts = dict[str, Any]

# -- random households --------------------------------------------------------------------------------------------

_DAYS = st.sampled_from(["2018-02-28", "2019-07-01", "2019-12-31", "2020-01-31", "2020-05-31", "2020-06-01", "2020-06-02"])
_LINES = [58_500 * months * times // 2 for months in (1, 12, 36) for times in (2, 3, 4, 6)]
_MONEY = st.one_of(
    st.integers(0, 9_000_000), st.sampled_from(_LINES), st.builds(lambda line, off: line + off, st.sampled_from(_LINES), st.integers(-2, 2))
)


def _codes(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(list(option_list(name).by_code))


def _row(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Facts]:
    return st.fixed_dictionaries(keys)


_PERSON = st.sampled_from(["worker", "p2", "p3"])
_STUDENT = _row(person=_PERSON, stage=_codes("school_stage"), is_private_school=st.booleans(), studies_abroad=st.booleans())
_OFFER = _row(person=_PERSON, offered_on=_DAYS, is_refused=st.booleans())
_LEDGERS: dict[str, st.SearchStrategy[Facts]] = {
    "incomes": _row(person=_PERSON, kind=_codes("income_kind"), amount=_MONEY, tax=st.integers(0, 900)),
    "expenses": _row(kind=_codes("expense_kind"), total=_MONEY, compensation=st.just(0)),
    "homes": _row(ownership=_codes("home_ownership")),
    "vehicles": _row(kind=_codes("vehicle_kind"), use=_codes("vehicle_use")),
    "businesses": _row(kind=_codes("business_kind")),
    "assets": _row(kind=_codes("asset_kind"), amount=_MONEY),
    "students": _STUDENT,
    "job_offers": _OFFER,
    "events": _row(kind=_codes("event_kind"), happened_on=_DAYS, is_severe=st.booleans()),
    "earlier_aid": _row(item=_codes("aid_item"), amount=_MONEY, received_on=_DAYS),
}
_ANSWERS = ("receives_subsistence_allowance", "is_migrant_worker", "is_registered_poor", "is_social_retiree", "other_exclusion")


@st.composite
def households(draw: st.DrawFn, asked: float = 0.8) -> Facts:
    """A household of 潜山 in 2019; most things were asked, some were not."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    household: Facts = {"region": "340882", "area": "urban"}
    for key in _ANSWERS:
        if chance.random() < asked:
            household[key] = draw(st.booleans())
    if chance.random() < asked:
        household["main_hardship_cause"] = draw(_codes("hardship_cause"))
    if chance.random() < asked:
        household["labour_proofs"] = draw(st.lists(_codes("labour_proof"), max_size=2, unique=True))
    if chance.random() < 0.4:
        household |= {"committee_note": "同意", "committee_decided_on": draw(_DAYS)}
    people = [{"person": "worker"}, {"person": "p2", "lives_together": draw(st.booleans())}, {"person": "p3"}]
    for person in people:
        person |= {"can_work": draw(st.booleans()), "unemployed_on": draw(_DAYS)}
    facts: Facts = {"year": 2019, "household": household, "people": people}
    for key, row in _LEDGERS.items():
        if chance.random() < asked:
            facts[key] = draw(st.lists(row, max_size=3))
    if chance.random() < asked:
        months = draw(st.lists(st.integers(1, 12), unique=True, max_size=7))
        facts["monthly_incomes"] = [
            {"month": f"2020-{number:02d}-01", "amount": draw(_MONEY)} for number in months if number < 7
        ] + [{"month": f"2019-{number:02d}-01", "amount": 1} for number in months if number > 11]
    return facts


def _judge(facts: Facts, pack_id: str = "qianshan-2020") -> Assessment:
    on = DAYS[pack_id]
    loaded = packaged_book().pack(pack_id, on.isoformat())
    assert loaded is not None
    return assess(facts_from_json(facts), loaded, packaged_book(), on)


def _moved(facts: Facts, pack_id: str) -> Facts:
    """The household in the year of another pack, with every standard known."""
    place = {"region": "340882", "area": "urban", "begins": "2010-01-01", "amount": 58_500}
    topics = ("subsistence", "minimum_wage", "public_rental", "heating")
    return {**facts, "year": DAYS[pack_id].year - 1, "standards": [{**place, "topic": topic} for topic in topics]}


@quick
@given(households())
def test_qianshan__a_second_opinion(facts: Facts) -> None:
    """The same rules, read from the document by somebody else and written down without the program."""
    mine, theirs = qianshan(facts), _judge(facts)
    assert {item.code: item.fits for item in theirs.classes} == mine.fits
    assert {item.code: item.applies for item in theirs.exclusions} == mine.exclusions
    assert (theirs.outcome.value, theirs.suggested_class) == (mine.outcome, mine.suggested)


@quick
@given(households(), st.sampled_from(sorted(DAYS)))
def test_assessment__incomplete_means_there_is_a_question(facts: Facts, pack_id: str) -> None:
    """An open result always says what to ask, a refusal always why, a suggestion always fits."""
    found = _judge(_moved(facts, pack_id), pack_id)
    if found.outcome.value == "incomplete":
        assert found.missing
    if found.suggested_class is not None:
        assert found.class_result(found.suggested_class).fits is True  # type: ignore[union-attr]
    for cap in found.caps:
        assert cap.allowed is not False or (cap.reason and cap.amount is None and cap.left is None)
        assert cap.allowed is not None or cap.missing
        assert cap.left is None or cap.amount is None or 0 <= cap.left <= cap.amount


# -- what must stay the same --------------------------------------------------------------------------------------


def _steps(found: Assessment) -> list[Step]:
    return [step for item in found.classes for route in item.routes for step in route.steps]


def _values(found: Assessment) -> list[Fraction | None]:
    return [step.value for step in _steps(found)]


def _gist(found: Assessment) -> Any:
    caps = sorted((cap.item, cap.person, str(cap.allowed), str(cap.amount), str(cap.left)) for cap in found.caps)
    classes = [(item.code, item.fits, item.distance, item.blocked_by) for item in found.classes]
    return found.outcome, found.suggested_class, classes, _values(found), caps, sorted(map(str, found.missing))


@quick
@given(households(), st.randoms(use_true_random=False))
def test_order__changes_nothing(facts: Facts, shuffle: random.Random) -> None:
    """People and rows may stand in any order."""
    before = _gist(_judge(facts))
    for ledger in (value for value in facts.values() if isinstance(value, list)):
        shuffle.shuffle(ledger)
    assert _gist(_judge(facts)) == before


@quick
@given(households(asked=1), st.sampled_from(["illness", "accident", "schooling", "disaster"]), st.integers(1, 10**7))
def test_expense__never_makes_anybody_richer(facts: Facts, kind: str, more: int) -> None:
    """A further bill lowers an income after expenses or leaves it, never raises it; what was a class by it stays one."""
    before = _judge(facts)
    after = _judge({**facts, "expenses": [*facts["expenses"], {"kind": kind, "total": more}]})
    for one, two in zip(_steps(before), _steps(after), strict=True):
        if one.measure == "per_capita_income" and one.value is not None and two.value is not None:
            assert two.value <= one.value
            assert not (one.op == "<=" and one.passed and not two.passed)
    assert all(not _FOREIGN.search(line) for line in what_changed(before, after))


@quick
@given(households(), st.sampled_from(sorted(DAYS)))
def test_json__there_and_back(facts: Facts, pack_id: str) -> None:
    """Stored and read again it is the same, and no float is in it anywhere."""
    found = _judge(_moved(facts, pack_id), pack_id)
    assert Assessment.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert not any(isinstance(value, float) for value in _leaves(found))


def _leaves(value: Any) -> Iterator[Any]:
    if is_dataclass(value):
        for part in fields(value):
            yield from _leaves(getattr(value, part.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


_FOREIGN = re.compile(r"None|Fraction|unset|True|False|[a-z]+_[a-z]+|[A-Za-z]{4,}|\d/\d|。。|：：|，，|\bnan\b")


@quick
@given(households(), st.sampled_from(sorted(DAYS)))
def test_explanation__is_chinese_for_clerks(facts: Facts, pack_id: str) -> None:
    """No code, no identifier, no fraction, no doubled mark; every sentence ends as one."""
    for index, person in enumerate(facts["people"]):
        person["name"] = f"方志{'远芳明'[index]}"
    for paragraph in explain(_judge(_moved(facts, pack_id), pack_id)):
        for sentence in paragraph.sentences:
            assert sentence.text.endswith(("。", "：", "？", "）", "”")), sentence.text
            assert not _FOREIGN.search(sentence.text + paragraph.title + sentence.citation), sentence


# -- what comes from outside --------------------------------------------------------------------------------------

_KEYS = st.sampled_from(
    ["year", "household", "people", "person", "standards", "incomes", "kind", "amount", "region", "id", "papers", "", "note"]
)
_LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just("2020-02-30"), st.just("worker"))
_GARBAGE = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(max_size=3), inner, max_size=4), max_leaves=12
)
_TOP = {"year", "standards", *(section.key for section in MEANS_FORM.sections)}


def _read_or_refused(facts: Any) -> None:
    """Refused in one sentence, or understood and good for every pack."""
    try:
        read = facts_from_json(facts)
    except UserError as fault:
        text = fault.text()
        assert text.endswith("。") and len(text) < 400 and "\n" not in text and text.isprintable()
        return
    assert set(facts) <= _TOP
    for pack_id, on in DAYS.items():
        loaded = packaged_book().pack(pack_id)
        assert loaded is not None
        explain(assess(read, loaded, packaged_book(), on))


@quick
@given(_GARBAGE)
def test_facts__of_any_shape(facts: Any) -> None:
    """A sentence, never a traceback."""
    _read_or_refused(facts)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, key
            yield from _places(item)


@settings(max_examples=150, deadline=None)
@given(households(), st.integers(0, 10**6), _GARBAGE, st.sampled_from(["replace", "delete", "add"]))
def test_facts__with_one_thing_wrong(facts: Facts, where: int, garbage: Any, how: str) -> None:
    """Any value in any place of a good file; an unknown key is never passed over."""
    places = list(_places(facts))
    table, key = places[where % len(places)]
    if how == "delete":
        del table[key]
    elif how == "add" and isinstance(table, dict):
        table["unknown_key"] = garbage
        with pytest.raises(UserError):
            facts_from_json(facts)
        return
    else:
        table[key] = garbage
    _read_or_refused(facts)


@pytest.mark.parametrize("pack_id", pack_ids())
def test_pack__is_tried_by_these_tests(pack_id: str) -> None:
    """Every delivered pack has its day above."""
    assert pack_id in DAYS


# -- damaged packs ------------------------------------------------------------------------------------------------

_SCRAPS = ["\0", "\ufeff", "\r", "[[", "]]", '"', '"""', "'''", "{", "}", "= 1e400", "nan", "9" * 5000, "\u2028", "a." * 3000 + "a = 1\n",
           "\n[x]\n", "[" * 500, "-1", '"unset"', "true", '""', '"  "', "2020-02-30", "１", "\\ud800", "op", "clause"]  # fmt: skip


def _damaged(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    way = chance.choice(["delete", "double", "insert", "value", "cut", "swap", "key"])
    if way == "delete":
        del lines[at : at + chance.randint(1, 3)]
    elif way == "double":
        lines.insert(at, lines[chance.randrange(len(lines))])
    elif way == "insert":
        lines.insert(at, chance.choice(_SCRAPS))
    elif way == "value":
        lines[at] = re.sub(r"= .*", lambda _: f"= {chance.choice(_SCRAPS)}", lines[at])
    elif way == "cut":
        return text[: chance.randrange(len(text))]
    elif way == "key":
        lines[at] = "x" + lines[at]
    else:
        other = chance.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    return "\n".join(lines)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(pack_ids()), st.randoms(use_true_random=False))
def test_pack__damaged(pack_id: str, chance: random.Random) -> None:
    """File, line and reason; or a pack in which every part still names its sentence."""
    text = _damaged(pack_text(pack_id), chance)
    faults = pack_faults(text, "damaged.toml")
    for fault in faults:
        assert 1 <= fault.line <= text.count("\n") + 1 and fault.reason and fault.text().startswith("damaged.toml 第")
    if faults:
        with pytest.raises(UserError) as refused:
            read_pack(text, "damaged.toml")
        assert refused.value.code == "policy_invalid" and len(refused.value.text()) < 600
        return
    loaded = load_pack(text, "damaged.toml")
    parts = [part for _place, part in pack_checks.walk(loaded.pack) if isinstance(part, Cited)]
    assert parts and all(part.clause.strip() and loaded.pack.citation(part) != part.clause for part in parts)


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize(
    ("change", "sound"),
    [
        (lambda text: text.encode(), True),
        (lambda text: b"\xef\xbb\xbf" + text.encode(), True),
        (lambda text: text.replace("\n", "\r\n").encode(), True),
        (lambda text: text.encode("gb18030"), False),
        (lambda text: text.encode("utf-16"), False),
        (lambda text: text.encode()[:-2], False),
        (lambda text: text.encode() + b"\0", False),
        (lambda text: b"", False),
        (lambda text: b"\xff" * 100, False),
        (lambda text: text.encode() + b"#" * (1 << 20), False),
        (lambda text: text.encode() + b"\nx." * 100_000, False),
    ],
    ids=["plain", "bom", "crlf", "gb18030", "utf16", "cut", "nul", "empty", "bytes", "large", "deep"],
)
def test_pack_file__of_any_bytes(tmp_path: Path, change: Any, sound: bool, kept: bool) -> None:
    """Checked and tried: one sentence, or the pack."""
    path = tmp_path / "政策.toml"
    path.write_bytes(change(pack_text("qianshan-2020")))
    if kept:
        ((_, faults),) = check_files(path)
        assert bool(faults) is not sound and all(fault.line >= 1 and fault.reason for fault in faults)
    elif sound:
        assert pack_of_file(path, ON.isoformat()).pack.id == "qianshan-2020"
    else:
        with pytest.raises(UserError):
            pack_of_file(path, ON.isoformat())


def test_facts__are_left_as_they_were() -> None:
    """Assessing changes nothing in what it was given."""
    facts = {"year": 2019, "household": {"region": "340882"}, "people": [{"person": "worker"}], "students": []}
    before = copy.deepcopy(facts)
    _judge(facts)
    assert facts == before
