"""Policy delivered as a file: signed by the enrolled parent or refused, whole or refused, and twice the same as once."""

import json
from collections.abc import Iterator
from pathlib import Path

import policy_texts
import pytest
from factories import make_office
from hypothesis import given, settings
from hypothesis import strategies as st
from neighbours import acquaint, expect_refusal, unchanged
from policy_texts import INCOME, STANDARDS, altered, deliver, pack_text
from sqlalchemy import text

from db.domain.policy.book import packaged_book
from db.errors import UserError
from db.exchange import policy_file
from db.exchange.identity import exchange_keys
from db.services import exchange, policies
from db.services.office import OfficeSession
from db.services.policies import FigureChange, NewSource, NewStandard

NOTICE = NewSource("关于提高低保标准的通知", "云溪市民政局")


@pytest.fixture
def county(office: OfficeSession, tmp_path: Path) -> Iterator[OfficeSession]:
    """The office above *office*; both know each other."""
    session, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    acquaint(office, session, tmp_path)
    yield session
    session.close()


def receive(session: OfficeSession, path: Path) -> bool:
    """Accept what the preview of *path* offers."""
    return policies.accept_policy(session, policies.read_policy_file(session, path))


# -- from above to below ------------------------------------------------------------------------------------------


def test_delivery__of_an_edited_pack__reaches_the_township(
    office: OfficeSession, county: OfficeSession, tmp_path: Path
) -> None:
    """The county changes a figure, the township sees what changes and since when, and works by it."""
    found = policies.figures(policies.find_pack(policies.policy_book(county), "qianshan-2020"))
    figure = next(item for item in found if item.value_text == "1.5")
    change = FigureChange(figure.path, "1.6", "", "第二条")
    sent = policies.edit_pack(county, "qianshan-2020", [change], NOTICE, begins="2020-07-01")
    path = policies.export_policy(county, "qianshan-2020", tmp_path)
    assert path.name == "qianshan-2020-2.nuandang-policy"
    with unchanged(office):
        offer = policies.read_policy_file(office, path)
    assert (offer.sender_name, offer.is_signed, offer.is_new) == ("潜山市总工会", True, True)
    assert len(offer.changes) == 1 and "由 1.5 倍低保标准 改为 1.6 倍低保标准" in offer.changes[0]
    assert "收下后从 2020-07-01 起执行，到 2020-12-31 为止。" in offer.text()
    assert policies.accept_policy(office, offer)
    chosen = policies.chosen_policy(office, "2020-08-01")
    assert chosen is not None and (chosen.sha256, chosen.origin) == (sent.sha256, "delivered")
    row = next(row for row in policies.policy_rows(office, "2020-08-01") if row.sha256 == sent.sha256)
    assert (row.origin_label, row.source_office_id, row.made_by) == ("上级下发", county.office.id, "陈志强")


def test_delivery__the_same_file_twice__changes_nothing(
    office: OfficeSession, county: OfficeSession, tmp_path: Path
) -> None:
    """The second time the preview says so."""
    path = deliver(county, tmp_path / "x.nuandang-policy", policy_texts.PACK, STANDARDS)
    assert receive(office, path)
    with unchanged(office):
        offer = policies.read_policy_file(office, path)
        assert not offer.is_new and "不用再收" in offer.text()
        assert not policies.accept_policy(office, offer)


def test_delivery__what_is_packaged_here_too__changes_nothing(
    office: OfficeSession, county: OfficeSession, tmp_path: Path
) -> None:
    """The same text came with the program."""
    path = policies.export_policy(county, "qianshan-2020", tmp_path / "p.nuandang-policy")
    with unchanged(office):
        assert not receive(office, path)


def test_delivery__same_number_other_text__the_parent_decides(
    office: OfficeSession, county: OfficeSession, tmp_path: Path
) -> None:
    """What the office changed itself under that number gives way, and the preview says so; an older file changes nothing."""
    first = deliver(county, tmp_path / "1.nuandang-policy")
    receive(office, first)
    change = FigureChange(INCOME, "1.8", "yunxi", "第四条")
    own = policies.edit_pack(office, "yunxi-2024", [change])
    second = deliver(county, tmp_path / "2.nuandang-policy", pack_text(version="2", begins=office.today, note="上级的第二版。"))
    offer = policies.read_policy_file(office, second)
    assert any("取代本单位现有的第 2 版（本单位修改）" in note for note in offer.notes)
    policies.accept_policy(office, offer)
    book = policies.policy_book(office)
    assert [(item.pack.version, item.origin) for item in book.versions("yunxi-2024")] == [("2", "delivered"), ("1", "delivered")]
    with office.database.reading() as connection:
        kept = connection.execute(text("SELECT count(*) FROM policy_version WHERE sha256 = :it"), {"it": own.sha256})
        assert kept.scalar() == 1
    with unchanged(office):
        assert not receive(office, first)


def test_delivery__an_older_version__is_kept_but_never_counts(
    office: OfficeSession, county: OfficeSession, tmp_path: Path
) -> None:
    """The preview says that another version stands in its way; 选用 of another pack is mentioned as well."""
    receive(office, deliver(county, tmp_path / "2.nuandang-policy", pack_text(version="2")))
    policies.choose_policy(office, "qinghai-2022")
    offer = policies.read_policy_file(office, deliver(county, tmp_path / "1.nuandang-policy"))
    assert any("不会用到" in note for note in offer.notes) and any("改选" in note for note in offer.notes)
    assert policies.accept_policy(office, offer)
    newest = policies.policy_book(office).pack("yunxi-2024", "2026-01-01")
    assert newest is not None and newest.pack.version == "2"


# -- standards ----------------------------------------------------------------------------------------------------


def figure(amount: str, begins: str = "2026-07-01") -> NewStandard:
    """A figure that the county adds."""
    return NewStandard("subsistence", ["340882"], "urban", begins, amount, NOTICE, "第一条")


def amount_on(session: OfficeSession, day: str) -> str | None:
    """The 低保标准 of 潜山, urban, as the office knows it."""
    hit = policies.policy_book(session).standard("subsistence", "340882", "urban", day)
    return None if hit is None else str(hit.amount)


def test_standards__are_delivered_when_wanted(office: OfficeSession, county: OfficeSession, tmp_path: Path) -> None:
    """With the pack or alone; the newest of the sender takes the place of the former ones, an older file none."""
    policies.add_standard(county, figure("700"))
    old = policies.export_policy(county, "qianshan-2020", tmp_path / "old.nuandang-policy", with_standards=True)
    policies.add_standard(county, figure("760", "2026-10-01"))
    policies.add_standard(county, figure("710"), correct=True)
    new = policies.export_policy(county, "", tmp_path / "new.nuandang-policy")
    offer = policies.read_policy_file(office, old)
    assert offer.changes == ("低保标准：安庆市 / 潜山市 2026-07-01 起 700 元",)
    policies.accept_policy(office, offer)
    assert amount_on(office, "2026-11-01") == "700"
    assert receive(office, new)
    assert (amount_on(office, "2026-07-01"), amount_on(office, "2026-11-01")) == ("710", "760")
    with unchanged(office):
        assert not receive(office, old)
    rows = policies.standards_rows(office, "2026-11-01")
    assert {(row.origin_label, row.amount) for row in rows} >= {("上级下发", "760"), ("上级下发", "710"), ("随程序", "585")}


def test_standards__own_figures__stand_before_delivered_ones(
    office: OfficeSession, county: OfficeSession, tmp_path: Path
) -> None:
    """A township that knows better for its own place keeps its figure."""
    policies.add_standard(office, figure("705"))
    policies.add_standard(county, figure("700"))
    receive(office, policies.export_policy(county, "", tmp_path / "s.nuandang-policy"))
    assert amount_on(office, "2026-08-01") == "705"


def test_export__nothing_to_send__is_said(county: OfficeSession, tmp_path: Path) -> None:
    """No pack and no figures of its own; an unknown pack; a folder that is not there."""
    expect_refusal(lambda: policies.export_policy(county, "", tmp_path / "x"), "policy_file_empty")
    expect_refusal(lambda: policies.export_policy(county, "nowhere", tmp_path / "x"), "policy_unknown")
    missing = tmp_path / "none" / "x.nuandang-policy"
    expect_refusal(lambda: policies.export_policy(county, "qianshan-2020", missing), "target_not_folder")


# -- who may -------------------------------------------------------------------------------------------------------


def test_sender__unknown__is_refused(office: OfficeSession, tmp_path: Path) -> None:
    """Nobody enrolled that office."""
    stranger, _ = make_office(tmp_path / "stranger", "某某市总工会", "city")
    path = deliver(stranger, tmp_path / "x.nuandang-policy")
    with unchanged(office):
        fault = expect_refusal(lambda: receive(office, path), "policy_file_unknown_sender")
    assert "某某市总工会" in fault.text()
    stranger.close()


def test_sender__below__is_refused(office: OfficeSession, county: OfficeSession, tmp_path: Path) -> None:
    """A township does not set policy for its county; what an office exported itself is nothing new to it."""
    path = deliver(office, tmp_path / "x.nuandang-policy")
    with unchanged(county):
        expect_refusal(lambda: receive(county, path), "policy_file_not_parent")
    expect_refusal(lambda: receive(office, path), "policy_file_own")


def test_sender__no_longer_the_parent__is_refused_at_the_last_moment(
    office: OfficeSession, county: OfficeSession, tmp_path: Path
) -> None:
    """Between preview and acceptance the relation may have been corrected."""
    offer = policies.read_policy_file(office, deliver(county, tmp_path / "x.nuandang-policy"))
    exchange.enrol(office, tmp_path / f"{county.office.id}.nuandang-card", "child")
    expect_refusal(lambda: policies.accept_policy(office, offer), "policy_file_not_parent")


def test_signature__of_somebody_else__is_refused(office: OfficeSession, county: OfficeSession, tmp_path: Path) -> None:
    """Text changed under the signature, another name on it, or the right name with other keys."""
    path = deliver(county, tmp_path / "x.nuandang-policy")
    impostor, _ = make_office(tmp_path / "impostor", "潜山市总工会", "county")
    forged = policy_file.delivery_bytes(policy_texts.delivery(county), exchange_keys(impostor.database))
    (tmp_path / "forged.nuandang-policy").write_bytes(forged)
    impostor.close()
    with unchanged(office):
        for changes in ({"pack": pack_text(version="9")}, {"standards": [STANDARDS]}, {"made_at": "2020-01-01"}):
            bent = altered(deliver(county, tmp_path / "bent.nuandang-policy"), **changes)
            expect_refusal(lambda bent=bent: receive(office, bent), "policy_file_forged")
        expect_refusal(lambda: receive(office, tmp_path / "forged.nuandang-policy"), "policy_file_forged")
    assert receive(office, path)


# -- plain files --------------------------------------------------------------------------------------------------


def test_plain_pack__only_on_purpose(office: OfficeSession, tmp_path: Path) -> None:
    """A TOML file has no signature: refused, unless somebody answers for it; then it is the office's own."""
    path = tmp_path / "pack.toml"
    path.write_bytes(b"\xef\xbb\xbf" + policy_texts.PACK.replace("\n", "\r\n").encode())
    with unchanged(office):
        expect_refusal(lambda: receive(office, path), "policy_file_unsigned")
    offer = policies.read_policy_file(office, path, allow_unsigned=True)
    assert not offer.is_signed and offer.changes == ("新政策：云溪市困难职工帮扶",)
    assert policies.accept_policy(office, offer)
    loaded = policies.find_pack(policies.policy_book(office), "yunxi-2024")
    assert (loaded.origin, loaded.text) == ("edited", policy_texts.PACK)


def test_plain_pack__never_takes_the_place_of_a_version(office: OfficeSession, tmp_path: Path) -> None:
    """The number is taken: by a packaged pack or by an earlier file."""
    (tmp_path / "1.toml").write_text(policy_texts.PACK, encoding="utf-8")
    policies.accept_policy(office, policies.read_policy_file(office, tmp_path / "1.toml", allow_unsigned=True))
    (tmp_path / "2.toml").write_text(pack_text(note="另一份。"), encoding="utf-8")
    with unchanged(office):
        taken = lambda: policies.read_policy_file(office, tmp_path / "2.toml", allow_unsigned=True)  # noqa: E731
        expect_refusal(taken, "policy_version_taken")


def test_plain_standards__are_added_to_the_office(office: OfficeSession, tmp_path: Path) -> None:
    """Own figures stay; both are known afterwards, and further ones can be added."""
    policies.add_standard(office, figure("760"))
    (tmp_path / "s.toml").write_text(STANDARDS, encoding="utf-8")
    offer = policies.read_policy_file(office, tmp_path / "s.toml", allow_unsigned=True)
    assert offer.changes == ("低保标准：安庆市 / 潜山市 2024-07-01 起 700 元",)
    assert policies.accept_policy(office, offer)
    assert not policies.accept_policy(office, offer)
    policies.add_standard(office, figure("800", "2027-01-01"))
    known = [amount_on(office, day) for day in ("2024-07-01", "2026-07-01", "2027-01-01")]
    assert known == ["700", "760", "800"]


def test_faulty_pack__is_refused_with_file_line_and_reason(
    office: OfficeSession, county: OfficeSession, tmp_path: Path
) -> None:
    """Signed or not: a pack that does not hold is not taken, and the old one stays in force."""
    wrong = policy_texts.PACK.replace('times = "1.5"', 'times = "一倍半"')
    line = wrong.splitlines().index('threshold = { standard = "subsistence", times = "一倍半" } # 一倍半') + 1
    plain = tmp_path / "plain.toml"
    plain.write_text(wrong, encoding="utf-8")
    signed = deliver(county, tmp_path / "signed.nuandang-policy", wrong)
    with unchanged(office):
        for path in (plain, signed):
            fault = expect_refusal(
                lambda path=path: policies.read_policy_file(office, path, allow_unsigned=True), "policy_invalid"
            )
            assert f"{path.name} 第 {line} 行" in fault.text() and "数字" in fault.text()
    assert policies.policy_book(office) == packaged_book()


# -- damaged and hostile files ------------------------------------------------------------------------------------

BODY = {
    "format": "nuandang-policy",
    "version": 1,
    "sender_id": "x",
    "sender_name": "某会",
    "made_at": "2026",
    "pack": "x",
    "standards": [],
    "signature": "00",
}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[1]",
        b"{" * 60_000,
        b'{"a":' * 60_000,
        b"\xff\xfe{",
        json.dumps({**BODY, "format": "nuandang-card"}).encode(),
        json.dumps({**BODY, "version": "1"}).encode(),
        json.dumps({**BODY, "pack": ""}).encode(),
        json.dumps({**BODY, "pack": ["x"]}).encode(),
        json.dumps({**BODY, "pack": "\ud800"}).encode(),
        json.dumps({**BODY, "standards": "x"}).encode(),
        json.dumps({**BODY, "standards": [1]}).encode(),
        json.dumps({**BODY, "standards": ["x"] * 21}).encode(),
        json.dumps({**BODY, "signature": "zz"}).encode(),
        json.dumps({**BODY, "sender_name": "长" * 201}).encode(),
        json.dumps({key: value for key, value in BODY.items() if key != "sender_id"}).encode(),
        json.dumps(BODY).encode()[:-9],
    ],
    ids=lambda content: f"{len(content)} bytes",
)
def test_file__rubbish__is_refused(office: OfficeSession, tmp_path: Path, content: bytes) -> None:
    """Whatever is no delivery: a sentence, and nothing stored."""
    path = tmp_path / "x.nuandang-policy"
    path.write_bytes(content)
    with unchanged(office):
        expect_refusal(lambda: receive(office, path), "policy_file_damaged")


def test_file__of_a_newer_program__says_so(office: OfficeSession, tmp_path: Path) -> None:
    """The clerk is told to upgrade."""
    path = tmp_path / "x.nuandang-policy"
    path.write_text(json.dumps({**BODY, "version": 2}), encoding="utf-8")
    expect_refusal(lambda: receive(office, path), "policy_file_newer")


def test_file__too_large_or_missing_or_in_another_encoding__says_so(office: OfficeSession, tmp_path: Path) -> None:
    """One megabyte is the most that is read."""
    path = tmp_path / "x.toml"
    path.write_bytes(b"#" * ((1 << 20) + 1))
    expect_refusal(lambda: policies.read_policy_file(office, path, allow_unsigned=True), "policy_file_large")
    path.write_bytes("title = \"政策\"".encode("gb18030"))
    expect_refusal(lambda: policies.read_policy_file(office, path, allow_unsigned=True), "policy_file_not_utf8")
    expect_refusal(lambda: policies.read_policy_file(office, tmp_path / "none.toml"), "file_gone")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """A sound delivery and the key it is checked with."""
    folder = tmp_path_factory.mktemp("policy")
    session, _ = make_office(folder / "office", "潜山市总工会", "county")
    content = deliver(session, folder / "x.nuandang-policy").read_bytes()
    key = exchange_keys(session.database).verify_key
    session.close()
    return content, key


@settings(max_examples=150)
@given(place=st.floats(0, 1), bit=st.integers(0, 7))
def test_file__any_bit_flipped__is_refused_or_means_the_same(signed: tuple[bytes, str], place: float, bit: int) -> None:
    """A flipped bit is noticed, unless it stands in white space outside the texts."""
    content, key = signed
    flipped = bytearray(content)
    flipped[round(place * (len(flipped) - 1))] ^= 1 << bit
    try:
        read = policy_file.parse_delivery(bytes(flipped), "x")
    except UserError as fault:
        assert fault.code in {"policy_file_damaged", "policy_file_newer"}
        return
    same = read.delivery == policy_file.parse_delivery(content, "x").delivery
    assert read.is_signed_by(key) == same or not read.is_signed_by(key)
