"""Administrative divisions: codes, names, parents and children."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain import regions


def test_table__every_parent_exists() -> None:
    """Each division hangs below one that exists, up to the provinces."""
    table = regions._current()
    assert len(table) > 40_000
    for code, name in table.items():
        assert code.isdigit() and len(code) in {6, 9} and name == name.strip() and name
        parent = regions.parent_of(code)
        assert parent == "" or parent in table, code


def test_provinces__complete() -> None:
    """31 provinces, regions and cities of the mainland stand at the top; codes of the other three may too."""
    codes = {code[:2] for code, _ in regions.children_of("")}
    assert len(codes) >= 31 and {"11", "34", "37", "45", "54", "63", "65"} <= codes


def test_children__from_province_to_township() -> None:
    """Cascading choice: 安徽省, 安庆市, 潜山市, its townships."""
    assert ("340000", "安徽省") in regions.children_of("")
    assert ("340800", "安庆市") in regions.children_of("340000")
    assert ("340882", "潜山市") in regions.children_of("340800")
    townships = regions.children_of("340882")
    assert any(name == "梅城镇" for _, name in townships)
    assert all(code.startswith("340882") and len(code) == 9 for code, _ in townships)
    assert regions.children_of(townships[0][0]) == []


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        *(("340000", ""), ("340800", "340000"), ("340882", "340800"), ("340882100", "340882")),
        *(("429004", "429000"), ("460400", "460000")),
    ],
)
def test_parent__one_level_up(code: str, parent: str) -> None:
    """Also for counties that report straight to their province."""
    assert regions.parent_of(code) == parent


def test_known__retired_codes_still_count() -> None:
    """潜山县 340824 became 潜山市 340882: the old code is known but not current."""
    assert regions.is_known("340882") and regions.is_current("340882")
    assert regions.is_known("340824") and not regions.is_current("340824")
    assert not regions.is_known("999999") and not regions.is_known("")


def test_names__for_people() -> None:
    """Short name, full name, and the code itself where there is none."""
    assert regions.name_of("340882") == "潜山市"
    assert regions.full_name("340882") == "安庆市 / 潜山市"
    assert regions.full_name("110105") == "朝阳区"
    assert regions.full_name("340000") == "安徽省"
    assert regions.name_of("999999") == "999999"


def test_find__by_name() -> None:
    """A unique name gives its code, a shared one all of them, an unknown one none."""
    assert regions.find_codes("潜山市") == ["340882"]
    assert regions.find_codes("安徽省安庆市潜山市") == ["340882"]
    assert len(regions.find_codes("鼓楼区")) > 1
    assert regions.find_codes("火星") == [] and regions.find_codes("") == []


def test_counties__for_the_picker() -> None:
    """Only counties, cities without districts and districts are offered."""
    codes = [code for code, _ in regions.counties()]
    assert "340882" in codes and "340800" not in codes and "340882100" not in codes


@given(st.text(max_size=12))
def test_lookups__never_raise(text: str) -> None:
    """Any text may be looked up."""
    assert isinstance(regions.find_codes(text), list)
    assert isinstance(regions.is_known(text), bool)
