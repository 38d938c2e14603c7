"""The citizen ID number against GB 11643-1999: its sample, its check digit, what its check digit promises to catch."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain import id_number

SAMPLE = "11010519491231002X"
"""The example of the standard: a woman born on 31 December 1949."""
CHARACTERS = "0123456789X"

NUMBERS = st.builds(
    lambda region, day, serial: (first := f"{region:06d}{day:%Y%m%d}{serial:03d}") + id_number.check_digit(first),
    st.integers(110000, 659999),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2025, 12, 31)),
    st.integers(1, 999),
)


def test_sample__of_the_standard() -> None:
    """The standard's own example is sound and tells birth and sex."""
    assert id_number.fault(SAMPLE) is None
    assert id_number.birth_on(SAMPLE) == "1949-12-31"
    assert id_number.sex(SAMPLE) == "female"
    assert id_number.check_digit(SAMPLE[:17]) == "X"
    assert id_number.has_known_region(SAMPLE)


@given(NUMBERS)
def test_single_errors__all_detected(number: str) -> None:
    """Any one character read wrong is detected, as the standard promises."""
    for position, right in enumerate(number):
        for wrong in CHARACTERS:
            if wrong != right:
                changed = number[:position] + wrong + number[position + 1 :]
                assert id_number.fault(changed) is not None, changed


@given(NUMBERS)
def test_transpositions__all_detected(number: str) -> None:
    """Two neighbours in the wrong order, or two with one between, are detected."""
    for distance in (1, 2):
        for left in range(18 - distance):
            chars = list(number)
            chars[left], chars[left + distance] = chars[left + distance], chars[left]
            changed = "".join(chars)
            assert changed == number or id_number.fault(changed) is not None, changed


@given(NUMBERS)
def test_sound_numbers__tell_birth_and_sex(number: str) -> None:
    """A sound number has no fault; its 7th to 14th digits are the day, its 17th the sex."""
    assert id_number.is_valid(number)
    assert id_number.birth_on(number) == f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    assert id_number.sex(number) == ("male" if number[16] in "13579" else "female")


def _with_check(first17: str) -> str:
    return first17 + id_number.check_digit(first17)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105491231002", "id_old_15"),
        ("1101054912310021", "id_length"),
        ("", "id_length"),
        ("11010519491231002XX", "id_length"),
        ("1101051949123100AX", "id_characters"),
        ("X10105194912310021", "id_characters"),
        ("11010519491231002x", "id_characters"),
        ("１１０１０５１９４９１２３１００２Ｘ", "id_characters"),
        ("\u0661" * 18, "id_characters"),
        (_with_check("11010519490230002"), "id_date"),
        (_with_check("11010519491331002"), "id_date"),
        (_with_check("11010518791231002"), "id_date"),
        (_with_check("11010500000000002"), "id_date"),
        ("110105194912310021", "id_checksum"),
    ],
)
def test_fault__says_what_is_wrong(number: str, code: str) -> None:
    """Old 15-digit numbers, length, characters, impossible days and check digits each have their own code."""
    assert id_number.fault(number) == code
    assert not id_number.is_valid(number)


def test_region__unknown_prefix() -> None:
    """A prefix that never was a county is known as such; a retired county still counts."""
    assert not id_number.has_known_region("99999919491231002X")
    assert id_number.has_known_region("34082419491231002X")


def test_parts__of_broken_numbers() -> None:
    """Nothing is read out of a number that is too short or holds no day."""
    assert id_number.birth_on("1101051949") is None
    assert id_number.sex("11010519491231") is None
    assert id_number.sex("1101051949123100XX") is None


@given(st.text(max_size=20))
def test_fault__never_raises(text: str) -> None:
    """Any text at all has a code or is sound."""
    assert isinstance(id_number.is_valid(text), bool)
