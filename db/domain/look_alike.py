"""How much two people in different archives look like one person: a score from parts, each with its sentence.

Pure arithmetic over what both archives say. Every part has its weight here, printed beside its sentence, so a clerk can
add the score up by hand. What agrees adds, what contradicts takes away, what one side does not know does neither.

**Bands.** From :data:`LIKELY` (90) on 很可能是同一人, from :data:`POSSIBLE` (60) on 可能是同一人, below that nobody is
asked. Nothing is certain, and resemblance alone never reaches the upper band: it takes the same ID number, or almost the
same ID number together with a name that sounds the same, or the same phone or bank card together with the very same name.
Without that (twins, two 张建国 of one village) the score stops at 89; so it does where name or sex contradict, and where
both ID numbers pass their check digit and are not the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from db.domain import id_number, pinyin
from db.domain.field_kinds import NAME_DOTS, fold
from db.domain.street_words import is_same_place, is_similar_place, place_words

LIKELY = 90
POSSIBLE = 60
HIGHEST = 100


class Band(StrEnum):
    """What a score means."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


BAND_LABELS = {Band.LIKELY: "很可能是同一人", Band.POSSIBLE: "可能是同一人", Band.UNLIKELY: "不像同一人"}


def band_of(score: int) -> Band:
    """The band *score* lies in."""
    return Band.LIKELY if score >= LIKELY else Band.POSSIBLE if score >= POSSIBLE else Band.UNLIKELY


class Agreement(StrEnum):
    """How one field of the two compares."""

    EQUAL = "equal"
    NEAR = "near"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Part:
    """One field that both sides know: how it compares, what it counts, the sentence about it."""

    field: str
    agreement: Agreement
    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """The score of two people and what it is made of."""

    score: int
    parts: tuple[Part, ...]

    @property
    def band(self) -> Band:
        """What the score means."""
        return band_of(self.score)


FIELDS = ("name", "id_number", "birth_on", "sex", "phone", "bank_account", "address", "employer")
"""What two people are compared by, in the order of the page."""

EQUAL_POINTS = {
    "id_number": 75,
    "bank_account": 40,
    "name": 30,
    "birth_on": 30,
    "phone": 30,
    "address": 15,
    "employer": 5,
}
"""What a field counts where both say the same. What is near, or contradicts, counts what the functions below say."""

OLD_LENGTH = 15
_SHORTEST_PHONE, _SHORTEST_CARD = 7, 10


@dataclass(frozen=True)
class Person:
    """What an archive says of one person, as typed; empty means unknown. Comparison sees it folded."""

    name: str = ""
    id_number: str = ""
    birth_on: str = ""
    sex: str = ""
    phone: str = ""
    bank_account: str = ""
    address: str = ""
    employer: str = ""

    @cached_property
    def plain_name(self) -> str:
        """The name without blanks and dots, small letters."""
        return "".join(char for char in fold(self.name).lower() if char not in NAME_DOTS)

    @cached_property
    def spoken_name(self) -> str:
        """The name in pinyin."""
        return pinyin.full(self.plain_name)

    @cached_property
    def number(self) -> str:
        """The ID number with 18 characters where that is possible; what is much too short says nothing."""
        number = long_number(self.id_number)
        return number if len(number) >= OLD_LENGTH else ""

    @cached_property
    def is_number_sound(self) -> bool:
        """Whether the ID number passes its check digit."""
        return id_number.is_valid(self.number)

    @cached_property
    def is_number_checked(self) -> bool:
        """Whether it is sound and came with its check digit; an old number has none that could notice a slip."""
        return self.is_number_sound and len(fold(self.id_number)) > OLD_LENGTH

    @cached_property
    def birth(self) -> str:
        """The birth date: of a sound ID number, otherwise as filled in."""
        return (id_number.birth_on(self.number) or "") if self.is_number_sound else fold(self.birth_on)

    @cached_property
    def known_sex(self) -> str:
        """The sex: of a sound ID number, otherwise as filled in."""
        return (id_number.sex(self.number) or "") if self.is_number_sound else self.sex

    @cached_property
    def dialled(self) -> str:
        """The digits of the phone, without the country's code."""
        digits = _digits(self.phone).removeprefix("0086").removeprefix("86")
        return digits if len(digits) >= _SHORTEST_PHONE else ""

    @cached_property
    def card(self) -> str:
        """The digits of the bank card."""
        digits = _digits(self.bank_account)
        return digits if len(digits) >= _SHORTEST_CARD else ""

    @cached_property
    def place(self) -> tuple[str, tuple[str, ...]]:
        """The address as its words and its numbers."""
        return place_words(self.address)

    @cached_property
    def plain_employer(self) -> str:
        """The employer without blanks."""
        return fold(self.employer).lower()


def _digits(text: str) -> str:
    return "".join(char for char in fold(text) if char.isascii() and char.isdigit())


def long_number(text: str) -> str:
    """An ID number folded; an old one of 15 digits (born 19..) in the 18 characters it has today."""
    number = "".join(char for char in fold(text).upper() if char.isascii() and char.isalnum())
    if len(number) != OLD_LENGTH or not number.isdigit():
        return number
    first = f"{number[:6]}19{number[6:]}"
    return first + id_number.check_digit(first)


def person_key(archive_id: str, member_id: str = "") -> str:
    """Key of a person: the worker of an archive has no *member_id*."""
    return f"{archive_id}/{member_id}"


def pair_key(one: str, other: str) -> str:
    """Key of a pair, the same whichever of the two comes first."""
    return "|".join(sorted((one, other)))


# -- scoring ------------------------------------------------------------------------------------------------------


def compare(one: Person, other: Person) -> Likeness:
    """Score two people. Which of the two is named first changes nothing."""
    parts = tuple(part for judge in _JUDGES for part in judge(one, other))
    total = max(0, min(HIGHEST, sum(part.points for part in parts)))
    if total >= LIKELY and not _may_be_likely(one, other, {part.field: part for part in parts}):
        total = LIKELY - 1
    return Likeness(total, parts)


def _may_be_likely(one: Person, other: Person, parts: dict[str, Part]) -> bool:
    """Whether something that belongs to one person alone agrees, and nothing of that kind contradicts."""
    number = parts.get("id_number")
    if any(_contradicts(part) for part in (number, parts.get("name"), parts.get("sex"))):
        return False
    if number is not None and (_is_told_by_number(one, other) or one.spoken_name == other.spoken_name != ""):
        return True
    belongs = _agrees(parts.get("bank_account")) or _agrees(parts.get("phone"))
    return belongs and bool(one.plain_name) and one.plain_name == other.plain_name


def _agrees(part: Part | None) -> bool:
    return part is not None and part.agreement is Agreement.EQUAL


def _contradicts(part: Part | None) -> bool:
    return part is not None and part.agreement is Agreement.DIFFERS


def _equal(key: str, sentence: str) -> Part:
    return Part(key, Agreement.EQUAL, EQUAL_POINTS[key], sentence)


def _judge_name(one: Person, other: Person) -> Iterator[Part]:
    mine, theirs = one.plain_name, other.plain_name
    if not mine or not theirs:
        return
    if mine == theirs:
        yield _equal("name", "姓名相同")
    elif one.spoken_name == other.spoken_name:
        yield Part("name", Agreement.NEAR, 25, "姓名读音相同，写法不同")
    elif min(len(mine), len(theirs)) > 1 and max(len(mine), len(theirs)) > 2 and is_one_edit(mine, theirs):
        yield Part("name", Agreement.NEAR, 15, "姓名只差一个字")
    else:
        yield Part("name", Agreement.DIFFERS, -15, "姓名不同")


def _judge_number(one: Person, other: Person) -> Iterator[Part]:
    mine, theirs = one.number, other.number
    if not mine or not theirs:
        return
    old = "（一处是 15 位旧号）" if {len(fold(one.id_number)), len(fold(other.id_number))} == {15, 18} else ""
    if mine == theirs and one.is_number_sound:
        yield _equal("id_number", f"身份证号相同{old}")
    elif mine == theirs:
        yield Part("id_number", Agreement.EQUAL, 50, "身份证号相同，但这个号码本身通不过校验")
    elif one.is_number_checked and other.is_number_checked:
        yield Part("id_number", Agreement.DIFFERS, -40, "身份证号不同，两个号码都通得过校验")
    elif one.is_number_checked != other.is_number_checked and is_one_digit_off(mine, theirs):
        yield Part("id_number", Agreement.NEAR, 45, f"身份证号{_slip_words(mine, theirs)}，像是抄错")
    else:
        yield Part("id_number", Agreement.DIFFERS, -10, "身份证号不同，其中有号码通不过校验或没有校验位")


def _judge_birth(one: Person, other: Person) -> Iterator[Part]:
    mine, theirs = one.birth, other.birth
    if not mine or not theirs or _is_told_by_number(one, other):
        return
    if mine == theirs:
        yield _equal("birth_on", "出生日期相同")
    elif theirs == f"{mine[:4]}-{mine[8:]}-{mine[5:7]}":
        yield Part("birth_on", Agreement.NEAR, 15, "出生日期的月和日对调")
    elif is_one_digit_off(mine, theirs):
        yield Part("birth_on", Agreement.NEAR, 15, "出生日期只差一个数字")
    else:
        yield Part("birth_on", Agreement.DIFFERS, -15, "出生日期不同")


def _judge_sex(one: Person, other: Person) -> Iterator[Part]:
    if one.known_sex and other.known_sex and not _is_told_by_number(one, other):
        if one.known_sex == other.known_sex:
            yield Part("sex", Agreement.EQUAL, 0, "性别相同")
        else:
            yield Part("sex", Agreement.DIFFERS, -25, "性别不同")


def _is_told_by_number(one: Person, other: Person) -> bool:
    """Whether birth and sex follow from a number counted already: the same thing must not count twice."""
    return one.is_number_sound and one.number == other.number


def _judge_phone(one: Person, other: Person) -> Iterator[Part]:
    if one.dialled and other.dialled:
        if one.dialled == other.dialled:
            yield _equal("phone", "电话相同")
        else:
            yield Part("phone", Agreement.DIFFERS, 0, "电话不同")


def _judge_card(one: Person, other: Person) -> Iterator[Part]:
    if one.card and other.card:
        if one.card == other.card:
            yield _equal("bank_account", "银行卡号相同")
        else:
            yield Part("bank_account", Agreement.DIFFERS, 0, "银行卡号不同")


def _judge_address(one: Person, other: Person) -> Iterator[Part]:
    if not any(one.place) or not any(other.place):
        return
    if is_same_place(one.place, other.place):
        yield _equal("address", "住址相同")
    elif is_similar_place(one.place, other.place):
        yield Part("address", Agreement.NEAR, 10, "住址相近")
    else:
        yield Part("address", Agreement.DIFFERS, 0, "住址不同")


def _judge_employer(one: Person, other: Person) -> Iterator[Part]:
    if one.plain_employer and other.plain_employer:
        if one.plain_employer == other.plain_employer:
            yield _equal("employer", "单位或学校相同")
        else:
            yield Part("employer", Agreement.DIFFERS, 0, "单位或学校不同")


_JUDGES: tuple[Callable[[Person, Person], Iterator[Part]], ...] = (
    _judge_name,
    _judge_number,
    _judge_birth,
    _judge_sex,
    _judge_phone,
    _judge_card,
    _judge_address,
    _judge_employer,
)


# -- slips of the pen ---------------------------------------------------------------------------------------------


def is_one_digit_off(one: str, other: str) -> bool:
    """Whether two numbers of equal length differ in one place, or two neighbours are swapped."""
    places = _different_places(one, other)
    if len(one) == len(other) and len(places) == 2:
        first, second = places
        return second == first + 1 and one[first] == other[second] and one[second] == other[first]
    return len(one) == len(other) and len(places) == 1


def _different_places(one: str, other: str) -> list[int]:
    return [at for at, (mine, theirs) in enumerate(zip(one, other, strict=False)) if mine != theirs]


def _slip_words(one: str, other: str) -> str:
    places = [at + 1 for at in _different_places(one, other)]
    return f"只有第 {places[0]} 位不同" if len(places) == 1 else f"第 {places[0]}、{places[1]} 位颠倒"


def is_one_edit(one: str, other: str) -> bool:
    """Whether one character was replaced, left out or added."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1 or one == other:
        return False
    at = next((place for place, (mine, theirs) in enumerate(zip(short, long, strict=False)) if mine != theirs), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]
