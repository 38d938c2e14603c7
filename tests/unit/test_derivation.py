"""Derived values and proposals: what follows from the answers, and what the clerk may overrule."""

from fractions import Fraction

import pytest
from factories import citizen_number, member
from hypothesis import given
from hypothesis import strategies as st

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.derivation import (
    Circumstances,
    age_on,
    derive,
    derived_value,
    income_parts,
    is_derived,
    new_content,
    per_capita_exact,
    suggest,
)
from db.domain.form_schema import Value

AROUND = Circumstances("2026-05-20", "梅城镇总工会", "陈志强")
SAMPLE = "11010519491231002X"


def proposal(key: str, content: ArchiveContent) -> Value:
    return suggest(content, ARCHIVE_FORM.field(key), AROUND)


def test_birth_and_sex__from_a_sound_number() -> None:
    """A sound number wins over what was typed."""
    content = derive(ArchiveContent({"id_number": SAMPLE, "birth_on": "1950-01-01", "sex": "male"}))
    assert (content.values["birth_on"], content.values["sex"]) == ("1949-12-31", "female")


def test_birth_and_sex__kept_without_a_sound_number() -> None:
    """Typed values stay where the number is wrong or missing, also for members."""
    for number in (SAMPLE[:17] + "1", None):
        child = member(birth_on="2015-03-01", sex="female", id_number=number)
        content = derive(ArchiveContent({"id_number": number, "birth_on": "1950-01-01"}, [child]))
        assert content.values["birth_on"] == "1950-01-01" and "sex" not in content.values
        assert (child["birth_on"], child["sex"]) == ("2015-03-01", "female")


def test_is_derived__only_while_the_rule_yields() -> None:
    """Sex is read-only with a sound number, to be typed without; the per-capita income is always computed."""
    sex, income = ARCHIVE_FORM.field("sex"), ARCHIVE_FORM.field("per_capita_monthly_income")
    with_number, without = ArchiveContent({"id_number": SAMPLE}), ArchiveContent()
    assert is_derived(with_number, sex, with_number.values)
    assert not is_derived(without, sex, without.values)
    assert is_derived(without, income, without.values)
    assert not is_derived(with_number, ARCHIVE_FORM.field("name"), with_number.values)
    earning = ArchiveContent({"annual_household_income": 2400, "household_size": 2})
    assert derived_value(earning, income, earning.values) == 100
    assert derived_value(with_number, sex, with_number.values) == "female"


@given(st.integers(0, 10**9), st.integers(1, 20))
def test_per_capita__exact_then_rounded_half_up(total: int, size: int) -> None:
    """家庭年度总收入 ÷ 12 ÷ 家庭人口 in whole 分, never off by more than half a 分."""
    content = derive(ArchiveContent({"annual_household_income": total, "household_size": size}))
    shown = content.values["per_capita_monthly_income"]
    exact = per_capita_exact(content)
    assert isinstance(shown, int) and exact == Fraction(total, 12 * size)
    assert Fraction(-1, 2) < shown - exact <= Fraction(1, 2)


@pytest.mark.parametrize("values", [{}, {"annual_household_income": 100}, {"household_size": 0, "annual_household_income": 1}])
def test_per_capita__missing_part(values: dict[str, Value]) -> None:
    """Without a part, or for nobody, there is no per-capita income, and a former one goes."""
    content = ArchiveContent({**values, "per_capita_monthly_income": 5})
    assert derive(content).values["per_capita_monthly_income"] is None


def test_income_parts__months_and_other_income() -> None:
    """(own + members' monthly incomes) × 12 + other income; blanks count nothing."""
    content = ArchiveContent(
        {"monthly_income": 100000, "other_annual_income": 5000}, [member(monthly_income=20000), member()]
    )
    assert income_parts(content) == 120000 * 12 + 5000
    assert proposal("annual_household_income", content) == income_parts(content)
    assert proposal("annual_household_income", ArchiveContent()) is None


def test_other_income__what_is_left_of_the_total() -> None:
    """The rest of a known total is proposed as other income, never a negative one."""
    values: dict[str, Value] = {"monthly_income": 100000, "annual_household_income": 1700000}
    assert proposal("other_annual_income", ArchiveContent(values)) == 500000
    assert proposal("other_annual_income", ArchiveContent({**values, "annual_household_income": 1})) is None
    assert proposal("other_annual_income", ArchiveContent()) is None


def test_household_size__worker_and_members() -> None:
    """One for the worker and one per member."""
    assert proposal("household_size", ArchiveContent({}, [member(), member()])) == 3


@pytest.mark.parametrize(
    ("marital", "relation", "expected"),
    [
        *(("divorced", "son", True), ("widowed", "daughter", True), ("divorced", "father", False)),
        *(("married", "son", None), (None, "son", None)),
    ],
)
def test_single_parent__divorced_or_widowed_with_a_child(marital: str | None, relation: str, expected: Value) -> None:
    """Proposed only where the marital status speaks for it."""
    content = ArchiveContent({"marital_status": marital}, [member(relation_to_head=relation)])
    assert proposal("is_single_parent", content) is expected


@pytest.mark.parametrize(
    ("status", "identity", "birth_on", "expected"),
    [
        ("unemployed", "primary", "2016-01-01", True),
        ("unemployed", "on_post", "1980-01-01", False),
        ("on_post", "unemployed", "1980-01-01", False),
        ("retired", "unemployed", "1990-01-01", True),
        ("retired", "retired", "1950-01-01", False),
        ("retired", "unemployed", "2012-01-01", False),
        (None, "unemployed", "1990-01-01", None),
    ],
)
def test_zero_employment__nobody_able_works(
    status: str | None, identity: str, birth_on: str, expected: Value
) -> None:
    """Yes when someone of working age could work and nobody does."""
    content = ArchiveContent({"work_status": status}, [member(member_identity=identity, birth_on=birth_on)])
    assert proposal("is_zero_employment_household", content) is expected


def test_names_and_today__known_from_the_start() -> None:
    """A new form knows the clerk, the unit, the day and the usual 非劳模."""
    values = new_content(AROUND).values
    assert values == {
        "model_worker_type": "none",
        "filed_by": "陈志强",
        "entered_by": "陈志强",
        "filing_unit": "梅城镇总工会",
        "filed_on": "2026-05-20",
    }


def test_proposals__none_without_names_or_rule() -> None:
    """No name, no proposal; a field without a rule has none."""
    nobody = Circumstances("2026-05-20")
    assert suggest(ArchiveContent(), ARCHIVE_FORM.field("filed_by"), nobody) is None
    assert proposal("remarks", ArchiveContent()) is None
    assert set(new_content(nobody).values) == {"model_worker_type", "filed_on"}


@pytest.mark.parametrize(
    ("birth_on", "today", "age"),
    [
        *(("2010-05-20", "2026-05-20", 16), ("2010-05-21", "2026-05-20", 15), ("2012-02-29", "2026-02-28", 13)),
        *((None, "2026-05-20", None), ("2010", "2026-05-20", None)),
    ],
)
def test_age__completed_years(birth_on: Value, today: str, age: int | None) -> None:
    """Completed years, the birthday included."""
    assert age_on(birth_on, today) == age


def test_derive__own_values_per_record() -> None:
    """Each member's number speaks for that member only."""
    son, wife = citizen_number("34088220120301123"), citizen_number("34088219850707124")
    content = derive(ArchiveContent({"id_number": SAMPLE}, [member(id_number=son), member(id_number=wife)]))
    assert [item["birth_on"] for item in content.members] == ["2012-03-01", "1985-07-07"]
    assert [item["sex"] for item in content.members] == ["male", "female"]
