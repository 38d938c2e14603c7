"""Line breaking by Chinese rules, fitting into cells, and which font draws what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.printing.print_faces import runs, text_width, uncovered_characters
from db.printing.text_flow import LEADING, SMALLEST, fit, shortened, wrap

ADDRESS = "甘肃省甘南藏族自治州合作市当周街道（通钦街）2024-05-06号，《测试》院3,000.50室"
TEXTS = st.text(st.sampled_from("困难职工档案表李桂兰，。！）》（《“”…·aZ09-, 𠮷㐂\n"), max_size=60)


def bare(text: str) -> str:
    """*text* without blanks and line ends."""
    return "".join(text.split())


@given(TEXTS, st.floats(12, 200))
def test_wrapping_keeps_every_character(text, width):
    assert bare("".join(wrap(text, width, 9) or [])) == bare(text)


@given(TEXTS, st.floats(40, 200))
def test_lines_stay_within_the_width(text, width):
    # a run of punctuation may hang together with the character before it, but never beyond what a line holds
    assert all(text_width(line, 9) <= width + 0.1 for line in wrap(text, width, 9) or [])


@pytest.mark.parametrize("width", range(30, 200, 7))
def test_no_closing_mark_begins_a_line_and_no_opening_mark_ends_one(width):
    lines = wrap(ADDRESS, width, 9) or []
    assert not any(line[0] in "，。）》" for line in lines)
    assert not any(line[-1] in "（《" for line in lines)


def test_numbers_and_dates_stay_together():
    lines = wrap(ADDRESS, 60, 9) or []
    assert any("2024-05-06" in line for line in lines)
    assert any("3,000.50" in line for line in lines)


def test_a_word_wider_than_the_line_is_broken_only_when_allowed():
    assert wrap("340882197405061224", 40, 9, break_words=False) is None
    assert "".join(wrap("340882197405061224", 40, 9) or []) == "340882197405061224"


def test_a_number_shrinks_rather_than_breaks():
    fitted = fit("1974-05-06", 40, 20, 9.5)
    assert fitted is not None and len(fitted.lines) == 1 and SMALLEST <= fitted.size < 9.5


def test_a_single_character_is_not_left_over():
    fitted = fit("城乡居民医保", text_width("城乡居民医", 8) + 1, 40, 8)
    assert fitted is not None
    assert [line for line, _ in fitted.lines] == ["城乡居民", "医保"]


@given(TEXTS.filter(str.strip), st.floats(25, 150), st.floats(9, 60))
def test_a_fitted_text_is_whole_and_within_its_cell(text, width, height):
    fitted = fit(text, width, height, 9.5)
    if fitted is None:
        return
    assert bare("".join(line for line, _ in fitted.lines)) == bare(text)
    assert fitted.size >= SMALLEST
    assert len(fitted.lines) == 1 or len(fitted.lines) * fitted.size * LEADING <= height + 0.1


def test_a_text_too_long_keeps_its_beginning_and_says_where_it_stands():
    fitted = shortened(ADDRESS * 3, 120, 26, "（见附页①）")
    text = "".join(line for line, _ in fitted.lines)
    assert text.startswith("甘肃省甘南") and text.endswith("…（见附页①）")
    assert len(fitted.lines) * SMALLEST * LEADING <= 26 + 0.1
    assert not fitted.whole


def test_runs_fall_back_by_coverage():
    assert [run.face for run in runs("王𠮷祥")] == ["regular", "rare", "regular"]
    assert [run.face for run in runs("李䶮")] == ["regular"]
    assert [run.text for run in runs("才让·卓玛")] == ["才让·卓玛"]


def test_variation_selectors_take_no_place():
    assert runs("葛\U000e0100") == runs("葛")
    assert text_width("葛\U000e0100", 10) == text_width("葛", 10)


def test_uncovered_characters_are_reported_once():
    assert uncovered_characters(["李\ue863", "\ue863\U0003ffff", "𠮷䶮㐂\n"]) == ["\ue863", "\U0003ffff"]
    assert uncovered_characters(["𪚥𫠝𬺓𮯠"]) == []
