"""Pinyin of names and matching of options as one types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain import pinyin


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("张小明", "zhangxiaoming"),
        ("单国强", "shanguoqiang"),
        ("仇建华", "qiujianhua"),
        ("区伟", "ouwei"),
        ("解放", "xiefang"),
        ("曾志", "zengzhi"),
        ("尉迟秀兰", "yuchixiulan"),
        ("欧阳建国", "ouyangjianguo"),
        ("吕丽", "lvli"),
        ("才让·卓玛", "cairangzhuoma"),
        ("", ""),
        ("·", ""),
    ],
)
def test_full__surnames_read_as_surnames(name: str, full: str) -> None:
    """Surnames have the reading of a surname, dots are left out, ü is v."""
    assert pinyin.full(name) == full


def test_full__surname_reading_only_in_front() -> None:
    """A corrected reading counts in front only: 王单 is wangdan."""
    assert pinyin.full("王单") == "wangdan"


def test_initials__one_letter_each() -> None:
    """Initials of the syllables."""
    assert pinyin.initials("张小明") == "zxm"
    assert pinyin.initials("单于波") == "syb"


@given(st.text(max_size=8))
def test_readings__never_raise(text: str) -> None:
    """Any text has readings: one per letter or character, none empty."""
    parts = pinyin.syllables(text)
    assert len(parts) == sum(char.isalnum() for char in text) and all(parts)
    assert isinstance(pinyin.initials(text), str)
    assert isinstance(pinyin.matches(text, text[:3]), bool)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("藏族", "藏"),
        ("藏族", "zang"),
        ("藏族", "zz"),
        ("藏族", "cangzu"),
        ("深度困难", "sdkn"),
        ("深度困难", "kn"),
        ("深度困难", "shen"),
        ("潜山市", "QS"),
        ("GB 标准", "gb"),
        ("藏族", ""),
    ],
)
def test_matches__characters_pinyin_initials(text: str, typed: str) -> None:
    """An option is found by its characters, its pinyin in any reading, or initials from anywhere in it."""
    assert pinyin.matches(text, typed)


@pytest.mark.parametrize(("text", "typed"), [("藏族", "汉"), ("藏族", "han"), ("深度困难", "xyz"), ("藏族", "zzz")])
def test_matches__not_everything(text: str, typed: str) -> None:
    """What was typed must be in the option."""
    assert not pinyin.matches(text, typed)
