"""The score of two people: what it is made of, what it never claims, and that nobody worth asking about is missed."""

from dataclasses import replace

import pytest
from factories import citizen_number
from hypothesis import example, given
from hypothesis import strategies as st

from db.domain import look_alike
from db.domain.look_alike import LIKELY, POSSIBLE, Agreement, Band, Person, band_of, compare, is_one_digit_off
from db.domain.look_alike_keys import KINDS, keys_of, numbers_meant

NUMBER = citizen_number("34088219750312351")
OLD_NUMBER = "340882750312351"
TWIN_NUMBER = citizen_number("34088219750312353")
SLIPPED = NUMBER[:8] + "6" + NUMBER[9:]
SWAPPED = NUMBER[:4] + NUMBER[5] + NUMBER[4] + NUMBER[6:]
HOME = "潜山市梅城镇舒州大道18号6栋302室"
ZHANG = Person("张小明", NUMBER, phone="13900000001", bank_account="6228480000000000018", address=HOME)

NAMES = ("", "张小明", "张晓明", "章小明", "张小敏", "黄小明", "张小明明", "王芳", "才让·卓玛")
PEOPLE = st.builds(
    Person,
    name=st.sampled_from(NAMES),
    id_number=st.sampled_from(("", NUMBER, OLD_NUMBER, SLIPPED, SWAPPED, TWIN_NUMBER, "340882197503123", "111111111111111111")),
    birth_on=st.sampled_from(("", "1975-03-12", "1975-12-03", "1976-03-12", "1980-01-01")),
    sex=st.sampled_from(("", "male", "female")),
    phone=st.sampled_from(("", "13900000001", "0556-8921234")),
    bank_account=st.sampled_from(("", "6228480000000000018", "6228480000000000026")),
    address=st.sampled_from(("", HOME, "舒州大道18号6栋302室", "梅城镇舒州大道18号302", "梅城镇河东村")),
    employer=st.sampled_from(("", "潜阳纺织厂", "梅城小学")),
)


@given(PEOPLE, PEOPLE)
def test_score__is_the_same_both_ways(one: Person, other: Person) -> None:
    """Who is named first changes neither score nor parts; the score lies between 0 and 100."""
    assert compare(one, other) == compare(other, one)
    assert 0 <= compare(one, other).score <= look_alike.HIGHEST


@given(PEOPLE, PEOPLE, st.sampled_from(("phone", "bank_account", "address", "employer", "name", "id_number")))
def test_score__agreeing_never_lowers_it(one: Person, other: Person, key: str) -> None:
    """Whatever a field says, saying the same as the other raises the score or leaves it; saying nothing is in between."""
    value = getattr(one, key)
    equal = compare(one, replace(other, **{key: value})).score
    silent = compare(one, replace(other, **{key: ""})).score
    assert equal >= silent
    if key != "id_number":  # a sound number also tells the birth date, so silence about it may hide an agreement
        assert equal >= compare(one, other).score


@given(PEOPLE, PEOPLE)
def test_score__does_not_look_at_formatting(one: Person, other: Person) -> None:
    """Blanks, full-width digits, small x, dashes and the dot of a name are no difference."""
    written = Person(
        name="　".join(one.name.replace("·", "•")),
        id_number=" ".join(one.id_number.lower()).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        birth_on=one.birth_on,
        sex=one.sex,
        phone=f"+86 {one.phone}" if one.phone else "",
        bank_account=" ".join((one.bank_account[:4], one.bank_account[4:])),
        address=f" {one.address} ".replace("18号", "１８ 号").replace("6栋", "六幢"),
        employer=f"{one.employer} ",
    )
    assert compare(written, other) == compare(one, other)
    assert set(keys_of(written)) == set(keys_of(one))


@given(PEOPLE, PEOPLE)
@example(Person("张小明", birth_on="1975-03-12", address=HOME, employer="厂"), Person("黄小明", "", "1975-03-12", "", "", "", HOME, "厂"))
def test_keys__bring_every_possible_pair_together(one: Person, other: Person) -> None:
    """Two who may reach a clerk share a key: the search compares nobody else, and misses nobody."""
    if compare(one, other).score >= POSSIBLE:
        sound = one.is_number_checked and other.is_number_checked
        assert {key for key in set(keys_of(one)) & set(keys_of(other)) if KINDS[key[0]].for_sound or not sound}
    assert {kind for kind, _ in keys_of(one)} <= set(range(len(KINDS)))


@given(PEOPLE, PEOPLE)
def test_score__likely_needs_more_than_resemblance(one: Person, other: Person) -> None:
    """The upper band needs an ID number, a card or a phone, and nothing against it."""
    found = compare(one, other)
    if found.band is Band.LIKELY:
        near = {part.field for part in found.parts if part.agreement is not Agreement.DIFFERS}
        assert near & {"id_number", "bank_account", "phone"}
        against = {part.field for part in found.parts if part.agreement is Agreement.DIFFERS}
        assert not against & {"name", "sex", "id_number"}


@pytest.mark.parametrize(
    ("other", "band"),
    [
        pytest.param(ZHANG, Band.LIKELY, id="the same"),
        pytest.param(Person("张小明", OLD_NUMBER), Band.LIKELY, id="old number"),
        pytest.param(Person("张晓明", NUMBER), Band.LIKELY, id="same number, name as heard"),
        pytest.param(Person("王芳", NUMBER, phone="13900000001", address=HOME), Band.POSSIBLE, id="number of the husband"),
        pytest.param(Person("张小明", SWAPPED, birth_on="1975-03-12"), Band.LIKELY, id="swapped digits"),
        pytest.param(Person("张小敏", TWIN_NUMBER, phone="13900000001", address=HOME), Band.UNLIKELY, id="twin"),
        pytest.param(
            Person("张小敏", birth_on="1975-03-12", sex="male", phone="13900000001", address=HOME), Band.POSSIBLE, id="twin?"
        ),
        pytest.param(Person("张小明", birth_on="1975-03-12", address=HOME), Band.POSSIBLE, id="nothing but resemblance"),
        pytest.param(Person("张小明", TWIN_NUMBER, phone="13900000001", address=HOME), Band.POSSIBLE, id="two sound numbers"),
        pytest.param(Person("张小明", address=HOME), Band.UNLIKELY, id="same name, same village"),
    ],
)
def test_band__of_what_a_county_meets(other: Person, band: Band) -> None:
    """The cases the weights were made for."""
    found = compare(ZHANG, other)
    assert found.band is band, found
    assert found.band is band_of(found.score)


def test_parts__each_has_a_sentence_and_the_score_is_their_sum() -> None:
    """A clerk can add it up; birth and sex are not counted beside the number that tells them."""
    found = compare(ZHANG, Person("张晓明", OLD_NUMBER, birth_on="1975-03-12", sex="male", phone="13911111111"))
    assert [(part.field, part.points) for part in found.parts] == [("name", 25), ("id_number", 75), ("phone", 0)]
    assert found.score == LIKELY + 10
    assert all(part.text for part in found.parts)


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_numbers_meant__every_slip_leads_back(at: int, digit: str) -> None:
    """From each wrong digit and each pair of swapped ones to the number meant; a sound number means only itself."""
    slipped = NUMBER[:at] + digit + NUMBER[at + 1 :]
    swapped = NUMBER[:at] + NUMBER[at + 1 : at + 2] + NUMBER[at] + NUMBER[at + 2 :]
    for wrong in (slipped, swapped):
        if wrong != NUMBER and "X" not in wrong[:17]:
            assert is_one_digit_off(wrong, NUMBER)
            assert NUMBER in numbers_meant(wrong)
    assert list(numbers_meant(NUMBER)) == []
