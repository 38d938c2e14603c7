"""What a document leaves open stops with its question, and works once an office has set it – in the form, as a county does."""

from datetime import date

import policy_case_files as files
import pytest

from db.domain.policy.assessment import Assessment, Outcome
from db.domain.policy.book import LoadedPack, PolicyBook
from db.domain.policy.eligibility import assess
from db.domain.policy.explanation import headline
from db.domain.policy.facts import facts_from_json
from db.errors import UserError
from db.services import policies
from db.services.policies import FigureChange, NewSource, NewVersion

TODAY = "2026-11-21"
ON = date(2022, 7, 1)
RULES = NewSource(title="实施细则（测试用）", number="测总办〔2020〕1号", issuer="测试总工会", issued_on="2020-01-02")
DEEP = "class.deep_hardship.route.1.test.1"
RELATIVE = "class.relative_hardship.route.1.test.1"
ACCIDENTAL = "class.accidental_hardship.route.1.test.2"
ANSWERS = {
    f"{DEEP}.op": "<",
    f"{DEEP}.threshold.times": "1",
    f"{RELATIVE}.op": "<=",
    f"{RELATIVE}.threshold.times": "2",
    f"{ACCIDENTAL}.op": "<=",
    f"{ACCIDENTAL}.threshold.times": "1",
    "means.year": "previous_calendar_year",
    "aid.employment.cap.1.amounts.1.amount": "3000",
    "period.fade_out.months": "6",
    "notice.days": "5",
}


def answered(loaded: LoadedPack, answers: dict[str, str]) -> LoadedPack:
    """The pack with these figures set in one new version."""
    changes = [FigureChange(path, value, "", "第五条") for path, value in answers.items()]
    edition = NewVersion("2", loaded.pack.begins, "照实施细则填上。")
    return policies.preview_edit(PolicyBook((loaded,)), loaded.pack.id, changes, RULES, edition, TODAY)


def assessed(loaded: LoadedPack, wage: int, **ledgers: list[dict[str, object]] | None) -> Assessment:
    """A household of three in 西宁 with this wage a year (分), under the pack; a ledger None was not asked."""
    facts: dict[str, object] = {
        "year": 2021,
        "household": {"region": "630104", "area": "urban", "is_on_file": True},
        "people": [{"person": "worker"}, {"person": "p2"}, {"person": "p3"}],
        "incomes": [{"person": "worker", "kind": "wage", "amount": wage}],
        "standards": [
            {"topic": "subsistence", "region": "630104", "area": "urban", "begins": "2022-01-01", "amount": 67200}
        ],
        **{ledger: [] for ledger in ("expenses", "homes", "vehicles", "events", "students", "earlier_aid")},
        **ledgers,
    }
    asked = {key: value for key, value in facts.items() if value is not None}
    return assess(facts_from_json(asked), loaded, files.book_with(loaded), ON)


def test_every_open_question_of_qinghai__is_answered_in_the_form() -> None:
    """The figures listed as open are exactly those that a county sets; afterwards none is left."""
    loaded = files.load_pack("qinghai-2022")
    assert {item.path for item in policies.open_questions(loaded)} == set(ANSWERS)
    assert policies.open_questions(answered(loaded, ANSWERS)) == []


@pytest.mark.parametrize("left_out", [path for path in ANSWERS if path.startswith((DEEP, RELATIVE, "means"))])
def test_one_open_figure_of_the_classes__still_stops_qinghai(left_out: str) -> None:
    """No default steps in for the one figure that nobody has set: what hangs on it cannot be told."""
    answers = {path: value for path, value in ANSWERS.items() if path != left_out}
    found = assessed(answered(files.load_pack("qinghai-2022"), answers), 6_000_000)
    assert found.outcome is Outcome.INCOMPLETE
    assert "policy" in {item.place for item in found.missing}


@pytest.mark.parametrize(
    ("wage", "outcome", "suggested"),
    [
        (2_419_199, Outcome.FITS, "deep_hardship"),
        (2_419_200, Outcome.FITS, "relative_hardship"),
        (4_838_400, Outcome.FITS, "relative_hardship"),
        (4_838_401, Outcome.NEAR, None),
        (6_000_000, Outcome.DOES_NOT_FIT, None),
    ],
)
def test_qinghai_with_every_figure_set__decides(wage: int, outcome: Outcome, suggested: str | None) -> None:
    """One 分 decides, as soon as the lines are there."""
    found = assessed(answered(files.load_pack("qinghai-2022"), ANSWERS), wage)
    assert (found.outcome, found.suggested_class) == (outcome, suggested)


def test_what_is_set__cites_the_document_it_was_taken_from() -> None:
    """The explanation names the new document, not the notice that left the figure open."""
    found = assessed(answered(files.load_pack("qinghai-2022"), ANSWERS), 2_419_199)
    (step,) = found.classes[0].routes[0].steps
    assert step.citation.startswith("《实施细则（测试用）》（测总办〔2020〕1号）")


def test_every_open_question_of_huangshan__is_answered_in_the_form() -> None:
    """The city's own measures and the local standards fill what the notice leaves to them."""
    loaded = files.load_pack("huangshan-2022")
    answers = {item.path: "5" if item.path == "notice.days" else "1200" for item in policies.open_questions(loaded)}
    assert len(answers) == 9
    assert policies.open_questions(answered(loaded, answers)) == []


def test_incomes_and_deductions__are_set_by_their_names() -> None:
    """A pack whose document says nothing of income is completed with words, not codes."""
    loaded = files.load_pack("shandong-edu-2016")
    answers = {"means.incomes": "工资性收入、经营净收入", "means.net_of": "所得税，五险一金", "means.year": "application_year"}
    means = answered(loaded, answers).pack.means
    assert means is not None
    assert (means.incomes, means.net_of, means.year) == (("wage", "business"), ("tax", "social_insurance"), "application_year")
    nothing = answered(loaded, {**answers, "means.net_of": "不扣除"})
    assert nothing.pack.means is not None
    assert nothing.pack.means.net_of == ()
    shown = {item.path: policies.figure_text(item) for item in policies.figures(nothing)}
    assert shown["means.incomes"] == "工资性收入、经营净收入"
    assert shown["means.net_of"] == "不扣除"
    assert shown["means.year"] == "申请的当年"


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("means.incomes", "奖金"),
        ("means.incomes", "工资性收入、工资性收入"),
        ("means.incomes", "不扣除"),
        ("means.net_of", "房租"),
        ("means.year", "前年"),
        ("notice.day_kind", "工作日、自然日"),
    ],
)
def test_what_is_no_choice__is_refused_with_the_choices(path: str, typed: str) -> None:
    """The sentence lists what may be written."""
    with pytest.raises(UserError) as refusal:
        answered(files.load_pack("shandong-edu-2016"), {path: typed})
    assert refusal.value.code == "policy_bad_figure"
    assert typed in refusal.value.text()


def test_a_class_that_goes_first_and_cannot_be_told__is_said_in_the_result() -> None:
    """What fits is suggested, yet nobody takes it for settled while 深度 is still open."""
    loaded = answered(files.load_pack("qinghai-2022"), ANSWERS)
    assert headline(assessed(loaded, 2_419_199)) == "符合“深度困难”。"
    asked = assessed(loaded, 2_419_199, homes=None)
    assert asked.suggested_class == "relative_hardship"
    assert headline(asked) == "符合“相对困难”；排在前面的“深度困难”还不能判断。"


def test_a_near_miss__is_never_said_to_be_nothing() -> None:
    """One 分 a year among three is 0.0003 元 a month, not 0.00; exactly on a line that asks for less is said in words."""
    near = assessed(answered(files.load_pack("qinghai-2022"), ANSWERS), 4_838_401)
    assert headline(near) == "不符合，但离“相对困难”只差人均每月 0.0003 元。"
    on_it = assessed(answered(files.load_pack("qinghai-2022"), {**ANSWERS, f"{RELATIVE}.op": "<"}), 4_838_400)
    assert headline(on_it) == "不符合，但刚好等于“相对困难”的界线，而这一条要求更低。"
