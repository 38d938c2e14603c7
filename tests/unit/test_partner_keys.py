"""Lost laptops: keys revoked, renewed and enrolled anew, with the data as they were."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from factories import file_household, make_office
from neighbours import acquaint, as_lines, dump, expect_refusal, forge, record_lines, town_and_county, unchanged
from sqlalchemy import text

from db.exchange.identity import exchange_keys
from db.services import archiving, exchange, policy_files
from db.services.office import OfficeSession

Trio = tuple[OfficeSession, OfficeSession, Path]


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A township with one archive, its county, a stick; each moment a minute after the one before."""
    with town_and_county(tmp_path) as made:
        moments = iter(range(1, 10_000))
        for session in made[:2]:
            session.clock = lambda: datetime.now().astimezone() + timedelta(minutes=next(moments))
        file_household(made[0], 1)
        yield made


def new_card(session: OfficeSession, folder: Path) -> Path:
    """The office's card as it is now."""
    card = folder / f"{session.office.id}-new.nuandang-card"
    exchange.write_card(session, card)
    return card


def journal(session: OfficeSession, action: str) -> list[str]:
    """Details of the journal's lines about *action*."""
    with session.database.reading() as connection:
        return [row[0] for row in connection.execute(text("SELECT detail FROM journal WHERE action = :a"), {"a": action})]


def test_revoke__refuses_all_that_is_signed_by_it__and_keeps_the_data(trio: Trio) -> None:
    """Bundles on their way, new ones, receipts for it: nothing goes; what was received stays."""
    town, county, stick = trio
    exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
    file_household(town, 2)
    second = exchange.export_bundle(town, None, stick)
    archives = dump(county)["archive"]
    partner = exchange.revoke(county, town.office.id, "电脑丢失")
    assert partner.revoked_at and [key.ending for key in partner.ended_keys] == ["revoked"]
    assert json.loads(journal(county, "revoke_partner")[0])["reason"] == "电脑丢失"
    with unchanged(county):
        for act in (exchange.inspect_bundle, exchange.receive_bundle):
            fault = expect_refusal(lambda act=act: act(county, second.path), "bundle_sender_revoked")
            assert "重新登记" in fault.text()
        received = next(record for record in exchange.list_bundles(county) if record.direction == "received")
        expect_refusal(lambda: exchange.write_receipt(county, received.id, stick), "partner_revoked")
        exchange.revoke(county, town.office.id, "再点一次")  # twice changes nothing
    assert dump(county)["archive"] == archives
    expect_refusal(lambda: exchange.revoke(county, town.office.id, " "), "revoke_needs_reason")
    expect_refusal(lambda: exchange.revoke(county, "nobody", "x"), "partner_unknown")


def test_revoke__of_the_office_above__sends_nothing_more(trio: Trio) -> None:
    """A revoked parent gets no bundle, and its policy files are not taken."""
    town, county, stick = trio
    delivered = policy_files.export_policy(county, "qianshan-2020", stick)
    exchange.revoke(town, county.office.id, "县里电脑被盗")
    expect_refusal(lambda: exchange.export_bundle(town, None, stick), "partner_revoked")
    expect_refusal(lambda: exchange.export_bundle(town, None, stick, county.office.id), "partner_revoked")
    expect_refusal(lambda: policy_files.read_policy_file(town, delivered), "policy_file_revoked")


def test_revoked_keys__are_never_enrolled_again(trio: Trio, tmp_path: Path) -> None:
    """The old card from the lost laptop, or one that lay in a drawer."""
    town, county, _ = trio
    old = new_card(town, tmp_path)
    exchange.revoke(county, town.office.id, "电脑丢失")
    for replace in (False, True):
        expect_refusal(lambda replace=replace: exchange.enrol(county, old, replace=replace), "card_keys_revoked")
    kept = old.rename(old.with_suffix(".old"))
    exchange.renew_own_keys(town, "电脑丢失")
    exchange.enrol(county, new_card(town, tmp_path), replace=True)
    expect_refusal(lambda: exchange.enrol(county, kept, replace=True), "card_keys_revoked")


def test_replaced_keys__are_told_from_a_strangers(trio: Trio, tmp_path: Path) -> None:
    """A bundle of the time before, one of a thief with the revoked key, one of nobody's key."""
    town, county, stick = trio
    before = exchange.export_bundle(town, None, stick)
    renewal = exchange.renew_own_keys(town, "换电脑")
    assert renewal.card.fingerprint != renewal.former_fingerprint
    assert [partner.name for partner in renewal.partners] == [county.office.name]
    card = new_card(town, tmp_path)
    expect_refusal(lambda: exchange.enrol(county, card), "card_keys_changed")
    partner = exchange.enrol(county, card, replace=True)
    assert [(key.fingerprint, key.ending) for key in partner.ended_keys] == [(renewal.former_fingerprint, "replaced")]
    with unchanged(county):
        fault = expect_refusal(lambda: exchange.receive_bundle(county, before.path), "bundle_former_key")
        assert "旧密钥" in fault.text() and county.today in fault.text()
    exchange.revoke(county, town.office.id, "电脑丢失")
    stolen = forge(town, county, stick, as_lines(record_lines(town, archiving.archive_ids(town, archiving.ArchiveQuery()))))
    exchange.renew_own_keys(town, "电脑丢失")
    exchange.enrol(county, new_card(town, tmp_path), replace=True)
    with unchanged(county):
        expect_refusal(lambda: exchange.receive_bundle(county, stolen), "bundle_revoked_key")
        expect_refusal(lambda: exchange.receive_bundle(county, before.path), "bundle_former_key")
        exchange.renew_own_keys(town, "再换一次")
        unknown = exchange.export_bundle(town, archiving.archive_ids(town, archiving.ArchiveQuery()), stick)
        expect_refusal(lambda: exchange.receive_bundle(county, unknown.path), "bundle_unsigned")


def test_lost_laptop__data_intact__chain_goes_on(trio: Trio, tmp_path: Path) -> None:
    """Revoke, renew on the restored machine, enrol: archives, numbers and states are as before, the next bundle arrives."""
    town, county, stick = trio
    first = exchange.export_bundle(town, None, stick)
    outcome = exchange.receive_bundle(county, first.path)
    exchange.revoke(county, town.office.id, "电脑丢失")
    held = dump(town)
    exchange.renew_own_keys(town, "电脑丢失")
    after = dump(town)
    assert {name for name in after if after[name] != held[name]} == {"journal", "office_setting"}
    archives = dump(county)["archive"]
    exchange.enrol(county, new_card(town, tmp_path), replace=True)
    assert dump(county)["archive"] == archives
    assert outcome.receipt
    exchange.receive_bundle(town, outcome.receipt.path)  # it was encrypted for the lost key
    assert not exchange.unsubmitted_ids(town, with_unreceipted=True)
    file_household(town, 2)
    second = exchange.export_bundle(town, None, stick)
    assert second.sequence == 2
    preview = exchange.inspect_bundle(county, second.path)
    assert preview.new_count == 1 and not preview.warnings
    assert exchange.receive_bundle(county, second.path).new_count == 1


def test_encrypted_for_a_key_we_never_had__says_so(trio: Trio, tmp_path: Path) -> None:
    """The office above was set up anew under its old id: what is for its former self does not open, and that is told."""
    town, county, stick = trio
    summary = exchange.export_bundle(town, None, stick)
    with county.database.writing() as connection:
        connection.execute(text("DELETE FROM office_setting WHERE key = 'exchange_keys'"))
    exchange.own_card(county)  # makes new keys
    with unchanged(county):
        fault = expect_refusal(lambda: exchange.inspect_bundle(county, summary.path), "bundle_wrong_key")
    assert exchange.own_card(county).fingerprint in fault.text()
    data = bytearray(summary.path.read_bytes())
    at = data.index(b"-> X25519") + 20
    data[at] ^= 1
    data[data.index(b"-> X25519", at) + 20] ^= 1
    summary.path.write_bytes(bytes(data))
    expect_refusal(lambda: exchange.inspect_bundle(county, summary.path), "bundle_damaged")


def test_reenrolled_sender__whose_numbers_begin_anew__is_told_what_to_do(trio: Trio, tmp_path: Path) -> None:
    """A machine set up from an old copy counts from one again: refused until the numbering follows on."""
    town, county, stick = trio
    for seed in (2, 3):
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        file_household(town, seed)
    with town.database.writing() as connection:
        connection.execute(text("DELETE FROM bundle_item"))
        connection.execute(text("DELETE FROM bundle"))
        connection.execute(text("DELETE FROM office_setting WHERE key = 'sequence_floor'"))
    exchange.renew_own_keys(town, "电脑坏了，从旧备份恢复")
    exchange.enrol(county, new_card(town, tmp_path), replace=True)
    again = exchange.export_bundle(town, None, stick)
    assert again.sequence == 1
    fault = expect_refusal(lambda: exchange.receive_bundle(county, again.path), "bundle_renumbered")
    assert "第 2 包之后" in fault.text()
    assert exchange.continue_numbering(town, county.office.id, 2) == 3
    assert exchange.continue_numbering(town, county.office.id, 1) == 3, "it never goes back"
    third = exchange.export_bundle(town, archiving.archive_ids(town, archiving.ArchiveQuery()), stick)
    preview = exchange.inspect_bundle(county, third.path)
    assert any("重新登记" in warning and "全部" in warning for warning in preview.warnings)
    assert exchange.receive_bundle(county, third.path).new_count == 1
    expect_refusal(lambda: exchange.receive_bundle(county, again.path), "bundle_older")
    for odd in (0, -1, 10**9):
        expect_refusal(lambda odd=odd: exchange.continue_numbering(town, county.office.id, odd), "bad_sequence")


def test_backup__carries_former_keys(trio: Trio) -> None:
    """Renewing twice keeps both former identities, the newest first."""
    town, _, _ = trio
    first = exchange_keys(town.database)
    exchange.renew_own_keys(town, "一")
    second = exchange_keys(town.database)
    exchange.renew_own_keys(town, "二")
    third = exchange_keys(town.database)
    assert third.former_identities == (second.age_identity, first.age_identity)
    assert len({first.verify_key, second.verify_key, third.verify_key}) == 3
    expect_refusal(lambda: exchange.renew_own_keys(town, ""), "revoke_needs_reason")


def test_find_partner__by_name_or_part_of_it(trio: Trio, tmp_path: Path) -> None:
    """As the command line names it."""
    _, county, _ = trio
    other, _ = make_office(tmp_path / "other", "黄铺镇总工会")
    acquaint(other, county, tmp_path)
    assert exchange.find_partner(county, "黄铺").name == "黄铺镇总工会"
    assert exchange.find_partner(county, "梅城镇总工会").name == "梅城镇总工会"
    for odd in ("总工会", "没有", ""):
        expect_refusal(lambda odd=odd: exchange.find_partner(county, odd), "partner_not_found")
    other.close()
