"""Addresses as words and numbers, so that 潜山市梅城镇舒州大道18号6栋302室 and 舒州大道 18 号 6 幢 302 are one place."""

import re

from db.domain.field_kinds import fold

Place = tuple[str, tuple[str, ...]]
"""The words of an address without its numbers and their units, and the numbers in order."""

_UNITS = "号楼|号院|单元|号|栋|幢|座|室|房|户|层|楼|组|队|弄"
_NUMBER = re.compile(rf"([0-9]+[a-z]?)(?:{_UNITS})?")
_SPELT = re.compile(rf"([一二三四五六七八九])(?={_UNITS})")
_SPELT_DIGITS = dict(zip("一二三四五六七八九", "123456789", strict=True))
_PUNCTUATION = re.compile(r"[^\w]|_")
_SHORTEST_WORDS = 2
_SAME_STREET, _SAME_WORDS = 0.5, 0.7


def place_words(address: str) -> Place:
    """*address* in the form the comparisons below take."""
    text = _SPELT.sub(lambda match: _SPELT_DIGITS[match[1]], fold(address).lower())
    numbers = tuple(match[1].lstrip("0") or "0" for match in _NUMBER.finditer(text))
    return _PUNCTUATION.sub("", _NUMBER.sub("", text)), numbers


def is_same_place(one: Place, other: Place) -> bool:
    """Whether both name the same door, one perhaps with the county before it."""
    if one == other:
        return True
    short, long = sorted((one[0], other[0]), key=len)
    return bool(one[1]) and one[1] == other[1] and len(short) >= _SHORTEST_WORDS and long.endswith(short)


def is_similar_place(one: Place, other: Place) -> bool:
    """Whether both may name the same door: a number left out, or words that differ in part."""
    likeness = _shared(one[0], other[0])
    if one[1] and other[1]:
        return likeness >= _SAME_STREET and (one[1] == other[1] or _is_within(*sorted((one[1], other[1]), key=len)))
    short, long = sorted((one[0], other[0]), key=len)
    inside = len(short) > _SHORTEST_WORDS and long.endswith(short)
    return one[1] == other[1] and (inside or likeness >= _SAME_WORDS)


def _is_within(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether *short* is *long* with numbers left out; a single number would prove nothing."""
    rest = iter(long)
    return len(short) > 1 and all(number in rest for number in short)


def _shared(one: str, other: str) -> float:
    """The share of neighbouring characters both have (Dice)."""
    mine, theirs = _neighbours(one), _neighbours(other)
    if not mine or not theirs:
        return float(one == other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def _neighbours(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
