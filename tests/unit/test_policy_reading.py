"""A faulty policy file is refused with line and reason, whatever is wrong with it; nothing faulty is half read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_city import TEXT

from db.domain.policy.pack import Pack
from db.domain.policy.reading import pack_faults, read_pack, read_standards
from db.errors import UserError

LINES = TEXT.splitlines()
KEYS = [number for number, line in enumerate(LINES) if re.match(r"\w+ = \S", line)]
WHOLE = [number for number in KEYS if LINES[number].count("[") == LINES[number].count("]")]
"""Keys whose value ends on their own line."""


def with_line(number: int, text: str) -> str:
    return "\n".join([*LINES[:number], text, *LINES[number + 1 :]])


def test_the_city_itself_is_sound() -> None:
    assert pack_faults(TEXT, "栖梧.toml") == []
    assert read_pack(TEXT, "栖梧.toml").id == "invented-city"


def test_every_misspelt_key_is_named_with_its_line() -> None:
    missed = []
    for number in KEYS:
        key, _, value = LINES[number].partition(" = ")
        faults = pack_faults(with_line(number, f"{key}x = {value}"), "f")
        if not any(fault.line == number + 1 and fault.path.endswith(f"{key}x") for fault in faults):
            missed.append(LINES[number])
    assert missed == []


def test_every_value_of_the_wrong_kind_is_named_with_its_line() -> None:
    missed = []
    for number in WHOLE:
        key, _, _ = LINES[number].partition(" = ")
        faults = pack_faults(with_line(number, f"{key} = 1.5"), "f")
        if not any(fault.line == number + 1 for fault in faults):
            missed.append(LINES[number])
    assert missed == []


def test_every_key_written_twice_is_refused() -> None:
    assert [LINES[number] for number in WHOLE if not pack_faults(with_line(number, f"{LINES[number]}\n{LINES[number]}"), "f")] == []


FAULTS = {
    "unknown region": ('begins = 2021-01-01', 'begins = 2021-01-01\nregions = ["999999"]', "不在目录里"),
    "ends before it begins": ("begins = 2021-01-01", "begins = 2021-01-01\nends = 2020-12-31", "早于"),
    "no such day": ('opens = "04-01"', 'opens = "04-31"', "真有这一天"),
    "day as text": ("issued_on = 2020-12-20", 'issued_on = "2020-12-20"', "不加引号"),
    "binary fraction": ('margin = "0.05"', "margin = 0.05", "加引号"),
    "negative figure": ('margin = "0.05"', 'margin = "-0.05"', "加引号"),
    "unknown operator": ('op = ">="\nthreshold = { count = "6" }', 'op = "≥"\nthreshold = { count = "6" }', "只能是"),
    "two thresholds": ('threshold = { ratio = "0.6" }', 'threshold = { ratio = "0.6", count = "1" }', "只能写"),
    "unset without a question": ('threshold = { ratio = "0.6" }', 'threshold = { ratio = "unset" }', "question"),
    "unknown source": ('source = "qiwu"\nclause = "第四条"', 'source = "nobody"\nclause = "第四条"', "nobody"),
    "unknown category": ('category = "deep_hardship"', 'category = "poor"', "poor"),
    "unknown level": ('level = "county"', 'level = "village"', "village"),
    "unknown class": ('classes = ["accidental", "relative"]', 'classes = ["poor"]', "poor"),
    "unknown cause": ('kinds = ["laid_off", "able_but_jobless"]', 'kinds = ["lazy"]', "lazy"),
    "unknown expense": ('deduct = ["illness", "schooling"]', 'deduct = ["gambling"]', "gambling"),
    "unknown asset": ('add = ["savings", "investment"]', 'add = ["gold"]', "gold"),
    "unknown aid": ('aid_only = ["tuition"]', 'aid_only = ["car"]', "car"),
    "unknown aid in an order": ('items = ["medical", "living", "tuition", "study_cost"]', 'items = ["medical", "car"]', "car"),
    "unknown aid in a rule": ('items = ["living", "medical", "tuition", "employment"]', 'items = ["car"]', "car"),
    "unknown stage": ('stages = ["junior_college", "bachelor"]', 'stages = ["kindergarten"]', "kindergarten"),
    "unknown cost": ('costs = ["work_cost"]', 'costs = ["gambling"]', "gambling"),
    "unknown fact": ('nothing_if = "has_housing_benefit"', 'nothing_if = "has_luck"', "has_luck"),
    "brackets out of order": ('over = "20000", share = "0.6"', 'over = "500", share = "0.6"', "从小到大"),
    "code twice": ('code = "county"', 'code = "city"', "两次"),
    "two kinds of day": ("on = 2021-03-31", 'on = 2021-03-31\nday = "03-31"', "只能写"),
    "parameter without effect": (
        'deduct = ["accident"]\ngross_of_compensation = true',
        'deduct = ["accident"]\nwithin_months = 3',
        "不起作用",
    ),
    "formula without its standard": ('standard = "subsistence"\nmonths = "2"', 'months = "2"', "缺参数"),
    "no measure of that name": ('measure = "committee_note"', 'measure = "luck"', "只能是"),
    "old format": ("format = 1", "format = 2", "只能是"),
    "unclosed list": ('incomes = ["wage", "business"', 'incomes = ["wage", "business', "没有合上"),
    "a day that is none": ("begins = 2021-01-01", "begins = 2021-02-30", "没有这一天"),
}


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, reason: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    first = TEXT[: TEXT.index(old)].count("\n") + 1
    faults = pack_faults(text, "栖梧.toml")
    here = [fault for fault in faults if reason in fault.reason]
    assert here, [fault.text() for fault in faults]
    table = max(number for number in range(first) if number == 0 or text.splitlines()[number - 1].startswith("["))
    assert any(table <= fault.line <= first + new.count("\n") for fault in here), [fault.text() for fault in faults]
    with pytest.raises(UserError) as refusal:
        read_pack(text, "栖梧.toml")
    assert refusal.value.code == "policy_invalid"
    assert "栖梧.toml" in refusal.value.text()


STANDARDS = """format = 1
topic = "subsistence"
label = "低保标准"
unit = "yuan_per_person_month"

[[source]]
id = "notice"
title = "关于调整低保标准的通知"
issuer = "栖梧市民政局"
checked_on = 2021-01-05

[[value]]
regions = ["130181"]
area = "urban"
begins = 2021-01-01
amount = "700"
source = "notice"
clause = "第一条"
"""
SECOND = STANDARDS[STANDARDS.index("[[value]]") :]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (STANDARDS.replace("130181", "999999"), 13, "999999"),
        (STANDARDS.replace('amount = "700"', 'amount = "unset"'), 16, "数字"),
        (STANDARDS.replace('amount = "700"', "amount = 700"), 16, "加引号"),
        (STANDARDS.replace('source = "notice"', 'source = "rumour"'), 17, "rumour"),
        (STANDARDS.replace("amount =", "ends = 2020-12-31\namount ="), 16, "早于"),
        (STANDARDS + SECOND, 19, "同一天"),
        (STANDARDS + SECOND.replace('"urban"', '"any"'), 19, "同一天"),
        (STANDARDS.replace('"yuan_per_person_month"', '"dollars"'), 4, "只能是"),
    ],
)
def test_faulty_standards_are_refused_with_their_line(text: str, line: int, reason: str) -> None:
    faults = pack_faults(text, "standards.toml")
    assert [(fault.line, reason in fault.reason) for fault in faults] == [(line, True)]
    with pytest.raises(UserError):
        read_standards(text, "standards.toml")


def test_standards_of_other_days_and_areas_stand_side_by_side() -> None:
    rural = SECOND.replace('"urban"', '"rural"')
    later = SECOND.replace("2021-01-01", "2022-01-01")
    assert len(read_standards(STANDARDS + rural + later, "standards.toml").value) == 3


@given(start=st.integers(0, len(TEXT)), length=st.integers(1, 40), junk=st.text(max_size=6))
def test_damage_anywhere_is_read_as_a_pack_or_refused(start: int, length: int, junk: str) -> None:
    text = TEXT[:start] + junk + TEXT[start + length :]
    if pack_faults(text, "f"):
        with pytest.raises(UserError):
            read_pack(text, "f")
    else:
        assert isinstance(read_pack(text, "f"), Pack)


@pytest.mark.parametrize("text", ["", "format = 1", "[[[[", "a = " + "[" * 5000, "\x00", "x" * 1_000_001])
def test_what_is_no_pack_at_all_is_refused(text: str) -> None:
    assert pack_faults(text, "f")
    with pytest.raises(UserError):
        read_pack(text, "f")
