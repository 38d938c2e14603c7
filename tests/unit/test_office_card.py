"""Enrolment cards: whole or refused, never our own, and changed keys only on purpose."""

import json
import re
from pathlib import Path

import pytest
from factories import make_office
from hypothesis import given, settings
from hypothesis import strategies as st
from neighbours import expect_refusal, unchanged

from db.errors import UserError
from db.exchange.card import parse_card
from db.services import exchange
from db.services.office import OfficeSession


@pytest.fixture
def county_card(tmp_path: Path) -> Path:
    """The card of a county that nobody knows yet."""
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    path = tmp_path / "county.nuandang-card"
    exchange.write_card(county, path)
    county.close()
    return path


def test_card__says_who_the_office_is(office: OfficeSession, county_card: Path) -> None:
    """Name, level, region and a fingerprint of twelve digits; nothing of it is secret."""
    card = exchange.read_card(county_card)
    assert (card.name, card.level, card.region_code) == ("潜山市总工会", "county", "340882")
    assert re.fullmatch(r"\d{4} \d{4} \d{4}", card.fingerprint)
    text = county_card.read_text(encoding="utf-8")
    assert "AGE-SECRET" not in text
    assert exchange.own_card(office).fingerprint == exchange.own_card(office).fingerprint != card.fingerprint


def test_enrol__relation_follows_the_levels(office: OfficeSession, county_card: Path, tmp_path: Path) -> None:
    """The county is above the township; the same card again changes nothing of that."""
    partner = exchange.enrol(office, county_card)
    assert (partner.relation, partner.enrolled_by) == ("parent", "陈志强")
    exchange.enrol(office, county_card)
    assert [entry.fingerprint for entry in exchange.list_partners(office)] == [partner.fingerprint]
    basic, _ = make_office(tmp_path / "basic", "梅城小学工会", "grassroots")
    exchange.write_card(basic, tmp_path / "basic.card")
    assert exchange.enrol(office, tmp_path / "basic.card").relation == "child"
    assert [entry.relation for entry in exchange.list_partners(office)] == ["parent", "child"]
    basic.close()


def test_enrol__own_card_and_equal_level__are_refused(office: OfficeSession, tmp_path: Path) -> None:
    """An office does not report to itself, and of two equals the clerk must say who is above."""
    exchange.write_card(office, tmp_path / "own.card")
    peer, _ = make_office(tmp_path / "peer", "黄铺镇总工会")
    exchange.write_card(peer, tmp_path / "peer.card")
    with unchanged(office):
        expect_refusal(lambda: exchange.enrol(office, tmp_path / "own.card"), "card_own")
        expect_refusal(lambda: exchange.enrol(office, tmp_path / "peer.card"), "card_same_level")
    assert exchange.enrol(office, tmp_path / "peer.card", "child").relation == "child"
    peer.close()


def test_enrol__changed_keys__need_a_decision(office: OfficeSession, county_card: Path, tmp_path: Path) -> None:
    """The same office with other keys: both fingerprints are named, and only *replace* takes the new ones."""
    known = exchange.enrol(office, county_card)
    impostor, _ = make_office(tmp_path / "impostor", "潜山市总工会", "county")
    impostor.office = type(impostor.office)(known.id, known.name, known.level, known.region_code)
    card = exchange.write_card(impostor, tmp_path / "new.card")
    with unchanged(office):
        fault = expect_refusal(lambda: exchange.enrol(office, tmp_path / "new.card"), "card_keys_changed")
    assert known.fingerprint in fault.text() and card.fingerprint in fault.text()
    assert exchange.enrol(office, tmp_path / "new.card", replace=True).fingerprint == card.fingerprint
    impostor.close()


@settings(max_examples=100, deadline=None)
@given(place=st.floats(0, 1), bit=st.integers(0, 7))
def test_card__any_bit_flipped__is_refused_or_the_same(card_bytes: bytes, place: float, bit: int) -> None:
    """A damaged card is refused, unless the bit stands in white space."""
    flipped = bytearray(card_bytes)
    flipped[round(place * (len(flipped) - 1))] ^= 1 << bit
    try:
        card = parse_card(bytes(flipped))
    except UserError as fault:
        assert fault.code in {"card_damaged", "card_newer"}
    else:
        assert card == parse_card(card_bytes)


@pytest.fixture(scope="module")
def card_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sound card."""
    folder = tmp_path_factory.mktemp("card")
    session, _ = make_office(folder / "office")
    exchange.write_card(session, folder / "x.card")
    session.close()
    return (folder / "x.card").read_bytes()


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b"[" * 50_000, b'{"format": "nuandang-card"}', b"x" * 99_999])
def test_card__rubbish__is_refused(data: bytes) -> None:
    """Whatever is not a card."""
    with pytest.raises(UserError) as caught:
        parse_card(data)
    assert caught.value.code == "card_damaged"


def test_card__with_a_byte_order_mark__is_read(card_bytes: bytes) -> None:
    """Some editors and chat programs put one in front."""
    assert parse_card(b"\xef\xbb\xbf" + card_bytes) == parse_card(card_bytes)


def test_card__forged_name__is_refused(card_bytes: bytes) -> None:
    """Keys of one office under the name of another."""
    body = json.loads(card_bytes)
    for change in ({"name": "安庆市总工会"}, {"level": "province"}, {"recipient": "age1x"}, {"version": 2}):
        with pytest.raises(UserError):
            parse_card(json.dumps({**body, **change}).encode())


def test_card__missing_file__says_so(office: OfficeSession, tmp_path: Path) -> None:
    """The file is gone."""
    expect_refusal(lambda: exchange.enrol(office, tmp_path / "none.card"), "file_gone")
