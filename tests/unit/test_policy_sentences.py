"""The sentences as a clerk reads them: each question once, counts with their measure words, nothing that misleads."""

from typing import Any

from small_packs import CITED, STANDARD, aid_item, criterion, hardship_class, household, judge, pack, wage

from db.domain.policy.explanation import explain, step_sentence

POOR = criterion("per_capita_income", "<=", STANDARD, label="人均月收入")
HOMES = {"code": "homes", "label": "有两套住房", **CITED, "test": [criterion("homes", ">=", {"count": "2"})]}


def _told(found: Any) -> dict[str, list[str]]:
    return {paragraph.title: [sentence.text for sentence in paragraph.sentences] for paragraph in explain(found)}


def test_question__is_asked_once_and_referred_to() -> None:
    """The steps name the number of the question in the list of what is missing."""
    loaded = pack(hardship_class("a", [POOR]), hardship_class("b", [POOR, criterion("homes", "<", {"count": "2"})]))
    told = _told(judge(loaded, household(incomes=None, homes=None)))
    assert told["类别a：还不能判断"] == ["人均月收入：还不能判断，见“还缺什么”第 1 条。"]
    assert told["类别b：还不能判断"][1] == "自有住房：还不能判断，见“还缺什么”第 2 条。"
    assert [text[:3] for text in told["还缺什么"]] == ["1. ", "2. "]


def test_question__of_a_settled_class__is_not_asked() -> None:
    """A class that does not fit anyway is not held open by what nobody asked."""
    told = _told(judge(pack(hardship_class("a", [criterion("homes", "<", {"count": "2"}), POOR])), household(
        homes=None, incomes=[wage(99_000_000)]
    )))
    assert told["类别a：不符合"][0] == "自有住房：还没有定，不影响这一类的结论。"
    assert "还缺什么" not in told


def test_fact__is_asked_by_its_caption() -> None:
    """Neither a key nor the same words twice."""
    loaded = pack(hardship_class("a", [criterion("fact", fact="is_registered_poor")]))
    step = judge(loaded, household()).classes[0].routes[0].steps[0]
    assert step_sentence(step) == "还没有填：是否建档立卡贫困户。"


def test_circumstance__is_no_condition_met() -> None:
    """What rules out is told as it is, without a tick; what was not verified and does not matter is one line."""
    other = {**HOMES, "code": "cars", "label": "有车", "test": [criterion("vehicles", ">=", {"count": "1"})]}
    retired = {**HOMES, "code": "retired", "label": "退休", "test": [criterion("fact", fact="is_social_retiree")]}
    loaded = pack(hardship_class("a", [POOR]), exclusion=[HOMES, other, retired])
    facts = household(homes=[{"ownership": "own"}] * 3, vehicles=None, household={"is_social_retiree": True})
    lines = next(item for item in explain(judge(loaded, facts)) if item.title == "不应建档或受限的情形").sentences
    assert [(line.tone, line.text) for line in lines] == [
        ("failed", "有两套住房：有。"),
        ("", "自有住房 3 套，不低于 2 套。"),
        ("failed", "退休：有。"),
        ("", "是否已实行社会化管理的退休人员：是。"),
        ("", "另有 1 项没有核实，不影响现在的结论。"),
    ]


def test_circumstance__that_may_still_rule_out() -> None:
    """Not verified and it matters: named, and never told as absent."""
    told = _told(judge(pack(hardship_class("a", [POOR]), exclusion=[HOMES]), household(homes=None)))
    assert told["不应建档或受限的情形"] == ["有两套住房：还没有核实。"]
    assert _told(judge(pack(hardship_class("a", [POOR]), exclusion=[HOMES]), household()))["不应建档或受限的情形"] == [
        "1 项都已核实，没有。"
    ]


def test_limit__that_nobody_can_tell() -> None:
    """Whether and how much are two questions; the name of the item stands once."""
    fixed = {"formula": "fixed", "amounts": [{"amount": "unset"}], "question": "每户多少？"}
    loaded = pack(hardship_class("a", [POOR]), aid=[aid_item(fixed), aid_item(fixed, item="housing", nothing_if="has_housing_benefit")])
    assert _told(judge(loaded, household()))["各项救助最高可到"] == [
        "生活救助：还算不出上限。每户多少？",
        "生活救助：还不能定。还没有填是否已经享受。 每户多少？",
    ]
