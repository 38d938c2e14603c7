"""The packaged option lists: wordings, codes and their order."""

import re

import pytest

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.option_lists import Option, OptionList, _build, all_lists, option_list

LISTS = all_lists()


@pytest.mark.parametrize("name", LISTS)
def test_codes__are_stable_identifiers(name: str) -> None:
    """Codes are short ASCII words or the digits and letters of a national standard."""
    assert all(re.fullmatch(r"[a-z][a-z_]*|[0-9]{1,2}|[A-T]", code) for code in LISTS[name].by_code)


@pytest.mark.parametrize("name", LISTS)
def test_labels__tidy_and_distinct(name: str) -> None:
    """Every label is Chinese, without blanks, and stands once."""
    labels = [option.label for option in LISTS[name].options]
    assert len(labels) == len(set(labels))
    assert all(label == label.strip() and " " not in label and not label.isascii() for label in labels)


@pytest.mark.parametrize("name", LISTS)
def test_words__mean_one_option(name: str) -> None:
    """A label or older wording leads to its own option and says whether it is the label itself."""
    for option in LISTS[name].options:
        assert LISTS[name].find(option.label) == (option, True)
        assert all(LISTS[name].find(alias) == (option, False) for alias in option.aliases)
    assert LISTS[name].find("没有这个词") is None


@pytest.mark.parametrize("name", LISTS)
def test_retired__are_shown_but_not_offered(name: str) -> None:
    """A retired option keeps its label for old records, is not offered, and names a living successor if any."""
    options = LISTS[name]
    for option in options.options:
        assert options.label(option.code) == option.label
        assert (option in options.current()) is not option.retired
        if option.replaced_by:
            assert not options.by_code[option.replaced_by].retired


def test_label__unknown_code_stays_visible() -> None:
    """A code stored by a newer program is shown as it is."""
    assert option_list("sex").label("new_code") == "new_code"


def test_build__one_word_for_two_options_is_refused() -> None:
    """A packaged list that means two options by one word does not load."""
    with pytest.raises(ValueError, match="stands for two options"):
        _build("broken", {"a": "同", "b": {"label": "另", "aliases": ["同"]}})


def test_build__short_and_long_entries() -> None:
    """An entry is a label, or a table with aliases and retirement."""
    made: OptionList = _build("x", {"a": "甲", "b": {"label": "乙", "retired": True, "replaced_by": "a"}})
    assert made.options == (Option("a", "甲"), Option("b", "乙", (), True, "a"))


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("hardship_category", "深度困难 相对困难 意外致困 低保户 低保边缘户 意外致困户 其它原因致困户"),
        ("work_status", "在岗 下(待)岗 失(无)业 退休 病休 内退 离休"),
        ("housing_type", "自建房 商品房 经济适用房 两限房 承租单位公房 政府廉租房 租房 其他"),
        ("marital_status", "已婚 未婚 离异 丧偶"),
        ("hukou_type", "非农业 农业 农转居 居民户口"),
        ("model_worker_type", "非劳模 全国劳模 省部级劳模 地市级劳模 其他"),
        ("disability_type", "视力残疾 听力残疾 言语残疾 智力残疾 肢体残疾 精神残疾 多重残疾"),
        ("medical_insurance_status", "职工医保 城乡居民医保 新农合 公费医疗 商业保险 未参保"),
    ],
)
def test_lists__wording_of_the_field_dictionary(name: str, labels: str) -> None:
    """What can be chosen is worded and ordered as the requirements list it."""
    assert [option.label for option in option_list(name).current()] == labels.split()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        *(("health_status", "癌症", "恶性肿瘤"), ("health_status", "尿毒症", "终末期肾病")),
        *(("marital_status", "离婚", "离异"), ("housing_type", "自购房", "商品房")),
        *(("political_status", "预备党员", "中共预备党员"), ("industry", "金融保险业", "金融业")),
        *(("hardship_cause", "本人大病", "家庭成员患重特大疾病"), ("hardship_cause", "意外灾害", "遭受意外事故")),
    ],
)
def test_aliases__older_wordings(name: str, old: str, new: str) -> None:
    """Wordings of older guides lead to today's."""
    found = option_list(name).find(old)
    assert found is not None and found[0].label == new


def test_ethnicity__fifty_six_and_two() -> None:
    """56 民族 by their national codes, then 其他 and 外国血统; each also without 族."""
    codes = list(option_list("ethnicity").by_code)
    assert codes == [f"{number:02d}" for number in range(1, 57)] + ["97", "98"]
    for option in option_list("ethnicity").options[:56]:
        assert option.label.endswith("族") and option.label.removesuffix("族") in option.aliases


def test_rules__name_codes_that_exist() -> None:
    """Codes written into rules stand in their lists."""
    from db.domain import derivation

    identities = set(option_list("member_identity").by_code)
    assert derivation.WORKING_IDENTITIES | {"unemployed", "off_post"} <= identities
    assert set(option_list("relation_to_head").by_code) >= derivation.CHILD_RELATIONS
    assert {"divorced", "widowed"} <= set(option_list("marital_status").by_code)
    assert ARCHIVE_FORM.field("model_worker_type").default in option_list("model_worker_type").by_code
