"""Which people are worth comparing: everybody who may reach the score of a possible pair shares a key with the other.

Comparing everybody with everybody would take a county days. A pair below :data:`~db.domain.look_alike.POSSIBLE` is of
no interest, and the weights there say what a pair above it must have in common: a number, or the birth date and
part of the name, or the name and part of the birth date. Each of these is a key; only people of one key meet.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from db.domain import id_number, pinyin
from db.domain.look_alike import Person


@dataclass(frozen=True, slots=True)
class KeyKind:
    """One sort of key: what it is called, and how many people may share one before it says nothing any more."""

    name: str
    label: str
    largest: int
    for_sound: bool = True
    """Whether two people with sound ID numbers that differ need meet for it; the weights say they could not reach a clerk."""


KINDS = (
    KeyKind("id_number", "身份证号相同或只差一位", 200),
    KeyKind("bank_account", "银行卡号相同", 200),
    KeyKind("phone", "电话相同", 200),
    KeyKind("phone_name", "电话和姓名读音相同", 100),
    KeyKind("birth_first", "同一天出生，姓读音相同", 100, for_sound=False),
    KeyKind("birth_last", "同一天出生，姓名末字读音相同", 100, for_sound=False),
    KeyKind("birth_name", "同一天出生，姓名读音相同", 100, for_sound=False),
    KeyKind("year_name", "同一年出生，姓名读音相同", 100, for_sound=False),
    KeyKind("day_name", "同月同日出生，姓名读音相同", 100, for_sound=False),
)
"""``phone_name`` and ``birth_name`` repeat what wider keys say: they still meet where a wider one is too large."""


def keys_of(person: Person) -> Iterator[tuple[int, str]]:
    """The keys of *person*, each with the place of its kind in :data:`KINDS`."""
    if person.number:
        yield 0, person.number
        if not person.is_number_checked:
            yield from ((0, meant) for meant in numbers_meant(person.number))
    if person.card:
        yield 1, person.card
    if person.dialled:
        yield 2, person.dialled
        yield 3, f"{person.dialled} {person.spoken_name}"
    syllables = pinyin.syllables(person.plain_name)
    birth = person.birth
    if len(birth) == 10 and syllables:
        yield 4, f"{birth} {syllables[0]}"
        yield 5, f"{birth} {syllables[-1]}"
        yield 6, f"{birth} {person.spoken_name}"
        yield 7, f"{birth[:4]} {person.spoken_name}"
        yield 8, f"{birth[5:]} {person.spoken_name}"


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
_INVERSE = {weight: pow(weight, -1, 11) for weight in _WEIGHTS}
_DIGITS = "0123456789X"


def numbers_meant(number: str) -> Iterator[str]:
    """The sound numbers that one slip could have turned into *number*; none when it is sound itself.

    A slip never leaves the check digit right, so of two numbers one digit apart at least one is unsound: looking these
    up finds every such pair without comparing everybody with everybody.
    """
    if len(number) != 18 or not (number[:17].isdigit() and number[17] in _DIGITS):
        return
    values = [_DIGITS.index(char) for char in number]
    lacking = (1 - sum(weight * value for weight, value in zip(_WEIGHTS, values, strict=True))) % 11
    meant = [_replaced(number, at, (value + lacking * _INVERSE[_WEIGHTS[at]]) % 11) for at, value in enumerate(values)]
    meant += [number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(17)]
    if lacking:
        yield from dict.fromkeys(each for each in meant if id_number.is_valid(each))


def _replaced(number: str, at: int, value: int) -> str:
    return number[:at] + _DIGITS[value] + number[at + 1 :]
