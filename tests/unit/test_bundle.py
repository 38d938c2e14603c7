"""The stick: archives reach the county whole, the receipt comes back, and each bundle counts once."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import PASSPHRASE, file_household, household, make_office, photo
from neighbours import acquaint, carry, dump, expect_refusal, town_and_county, unchanged

from db.domain.archive_content import ArchiveContent
from db.services import archiving, attachments, backups, exchange, revisions
from db.services import office as offices
from db.services.archiving import Submission
from db.services.exchange import Outcome
from db.services.office import OfficeSession

Trio = tuple[OfficeSession, OfficeSession, Path]


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A township, its county, a stick."""
    with town_and_county(tmp_path) as made:
        yield made


def submissions(session: OfficeSession) -> list[Submission]:
    """The state of every archive."""
    return [row.submission for row in archiving.list_archives(session, archiving.ArchiveQuery())]


def amend(session: OfficeSession, archive_id: str, **values: object) -> None:
    """Change worker values of an archive."""
    stored = archiving.load_archive(session, archive_id)
    content = stored.content.copy()
    content.values.update(values)  # type: ignore[arg-type]
    archiving.save_archive(session, content, archive_id)


def same_content(first: ArchiveContent, second: ArchiveContent) -> bool:
    return first.to_json() == second.to_json()


def test_path__archives_history_and_papers_arrive_whole(trio: Trio) -> None:
    """What the county holds afterwards is what the township sent: content, owner, history, papers."""
    town, county, stick = trio
    filed = [file_household(town, seed, name=name) for seed, name in enumerate(("李䶮", "王𠮷祥", "才让·卓玛"))]
    amend(town, filed[0].id, home_address="梅城镇皖山路 8 号")
    paper = attachments.add_attachment(town, filed[1].id, "诊断书.jpg", photo(), "diagnosis", "第 1 页")
    gone = attachments.add_attachment(town, filed[1].id, "拍错了.jpg", photo(300, 200), "other")
    attachments.remove_attachment(town, gone.id)

    outcome = carry(town, county, stick)

    assert (outcome.new_count, outcome.attachment_count, outcome.set_aside_count) == (3, 2, 0)
    for archive in filed:
        here, there = archiving.load_archive(town, archive.id), archiving.load_archive(county, archive.id)
        assert same_content(here.content, there.content)
        assert (there.office_id, there.revision, there.archive_number) == (
            town.office.id,
            here.revision,
            here.archive_number,
        )
        assert revisions.archive_history(town, archive.id) == revisions.archive_history(county, archive.id)
    assert attachments.list_attachments(county, filed[1].id) == [paper]
    assert attachments.read_attachment(county, paper.id) == attachments.read_attachment(town, paper.id)
    assert [hit.archive_id for hit in archiving.search_people(county, "李䶮")] == [filed[0].id]


def test_states__follow_export_receipt_and_change(trio: Trio) -> None:
    """未上报 → 已导出 → 县已收, and a later change makes it 有修改未上报 again."""
    town, county, stick = trio
    archive = file_household(town)
    assert submissions(town) == [Submission.UNSUBMITTED]
    summary = exchange.export_bundle(town, None, stick)
    assert submissions(town) == [Submission.EXPORTED]
    outcome = exchange.receive_bundle(county, summary.path)
    assert submissions(county) == [Submission.UNSUBMITTED]
    assert outcome.receipt
    receipt = exchange.inspect_bundle(town, outcome.receipt.path)
    assert (receipt.kind, receipt.answered_sequence, receipt.acknowledged_count) == ("receipt", 1, 1)
    assert submissions(town) == [Submission.EXPORTED]
    exchange.receive_bundle(town, outcome.receipt.path)
    assert submissions(town) == [Submission.ACKNOWLEDGED]
    sent = [record for record in exchange.list_bundles(town) if record.direction == "sent"]
    assert sent[0].receipted_at
    amend(town, archive.id, mobile_phone="13900001111")
    assert submissions(town) == [Submission.CHANGED]


def test_preview__tells_changes_in_the_words_of_the_form(trio: Trio) -> None:
    """The second bundle brings only what changed since the receipt, and the preview names each field."""
    town, county, stick = trio
    first, _second = file_household(town, 1), file_household(town, 2)
    carry(town, county, stick)
    amend(town, first.id, mobile_phone="13900001111")
    attachments.add_attachment(town, first.id, "户口本.jpg", photo(), "household_register")
    third = file_household(town, 3, bank_name=None)
    summary = exchange.export_bundle(town, None, stick)
    assert (summary.sequence, summary.archive_count, summary.incomplete_count) == (2, 2, 1)

    with unchanged(county):
        preview = exchange.inspect_bundle(county, summary.path)

    assert [item.archive_id for item in preview.new] == [third.id]
    (changed,) = preview.changed
    assert changed.archive_id == first.id
    assert [change.label for change in changed.changes] == ["手机号码", "附件"]
    assert changed.changes[0].new_text == "13900001111"
    assert any("必填项" in warning for warning in preview.warnings)
    outcome = exchange.receive_bundle(county, summary.path, expected_sha256=preview.payload_sha256)
    assert (outcome.new_count, outcome.changed_count, outcome.same_count) == (1, 1, 0)
    assert [entry.revision for entry in revisions.archive_history(county, first.id)] == [3, 2, 1]
    assert revisions.archive_history(town, first.id) == revisions.archive_history(county, first.id)


def test_receive__the_same_bundle_twice__is_refused(trio: Trio) -> None:
    """A stick put in again changes nothing."""
    town, county, stick = trio
    file_household(town)
    summary = exchange.export_bundle(town, None, stick)
    exchange.receive_bundle(county, summary.path)
    with unchanged(county):
        expect_refusal(lambda: exchange.receive_bundle(county, summary.path), "bundle_repeated")
        expect_refusal(lambda: exchange.inspect_bundle(county, summary.path), "bundle_repeated")


def test_receive__again_without_its_receipt__says_how_to_get_it(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program died after the archives were in and before the receipt was written."""
    town, county, stick = trio
    file_household(town)
    summary = exchange.export_bundle(town, None, stick)
    with monkeypatch.context() as patch:
        patch.setattr("db.services.receiving.write_receipt", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            exchange.receive_bundle(county, summary.path)
    expect_refusal(lambda: exchange.receive_bundle(county, summary.path), "bundle_owes_receipt")
    (received,) = exchange.list_bundles(county)
    exchange.write_receipt(county, received.id, stick)
    expect_refusal(lambda: exchange.receive_bundle(county, summary.path), "bundle_repeated")


def test_receive__older_bundle__is_refused_and_a_gap_is_told(trio: Trio) -> None:
    """Bundle 2 before bundle 1: the gap is a warning, bundle 1 is refused afterwards, a new export heals it."""
    town, county, stick = trio
    late, early = file_household(town, 1), file_household(town, 2)
    first = exchange.export_bundle(town, [late.id], stick)
    second = exchange.export_bundle(town, [early.id], stick)
    assert any("缺第 1 包" in warning for warning in exchange.inspect_bundle(county, second.path).warnings)
    exchange.receive_bundle(county, second.path)
    with unchanged(county):
        expect_refusal(lambda: exchange.receive_bundle(county, first.path), "bundle_older")
    assert exchange.unsubmitted_ids(town) == []
    again = exchange.unsubmitted_ids(town, with_unreceipted=True)
    outcome = carry(town, county, stick, again)
    assert (outcome.sequence, outcome.new_count, outcome.same_count, outcome.warnings) == (3, 1, 1, [])
    assert set(submissions(town)) == {Submission.ACKNOWLEDGED}


def test_receive__receipt_that_comes_late__is_welcome(trio: Trio) -> None:
    """Receipts may be read in any order: each only adds to what is known."""
    town, county, stick = trio
    receipts = []
    for seed in (1, 2):
        file_household(town, seed)
        outcome = exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        assert outcome.receipt
        receipts.append(outcome.receipt.path)
    for path in reversed(receipts):
        exchange.receive_bundle(town, path)
    assert set(submissions(town)) == {Submission.ACKNOWLEDGED}
    with unchanged(town):
        expect_refusal(lambda: exchange.receive_bundle(town, receipts[0]), "bundle_repeated")


def test_receive__bundle_for_another_office__is_refused(trio: Trio, tmp_path: Path) -> None:
    """A third office that knows the sender still cannot take what was sealed for the county."""
    town, _, stick = trio
    other, _ = make_office(tmp_path / "other", "怀宁县总工会", "county")
    exchange.write_card(town, tmp_path / "town.card")
    exchange.enrol(other, tmp_path / "town.card")
    file_household(town)
    summary = exchange.export_bundle(town, None, stick)
    with unchanged(other):
        expect_refusal(lambda: exchange.receive_bundle(other, summary.path), "bundle_for_other")
        expect_refusal(lambda: exchange.receive_bundle(town, summary.path), "bundle_for_other")
    other.close()


def test_receive__unknown_sender__is_refused(trio: Trio, tmp_path: Path) -> None:
    """Without the card of the sender nothing is opened."""
    _, county, stick = trio
    stranger, _ = make_office(tmp_path / "stranger", "黄铺镇总工会")
    exchange.write_card(county, tmp_path / "county.card")
    exchange.enrol(stranger, tmp_path / "county.card")
    file_household(stranger)
    summary = exchange.export_bundle(stranger, None, stick)
    with unchanged(county):
        fault = expect_refusal(lambda: exchange.inspect_bundle(county, summary.path), "bundle_unknown_sender")
    assert "黄铺镇总工会" in fault.text()
    stranger.close()


def test_receive__signature_of_other_keys__is_refused(trio: Trio, tmp_path: Path) -> None:
    """A bundle that claims to come from the township, but was signed with other keys."""
    town, county, stick = trio
    thief, _ = make_office(tmp_path / "thief")
    with thief.database.writing() as connection:
        from db.store import setting_store

        profile = {**setting_store.read(connection, "office"), "id": town.office.id}
        setting_store.put(connection, "office", profile)
    thief.office = type(thief.office)(**profile)
    exchange.enrol(thief, tmp_path / f"{county.office.id}.nuandang-card")
    file_household(thief)
    summary = exchange.export_bundle(thief, None, stick)
    with unchanged(county):
        expect_refusal(lambda: exchange.receive_bundle(county, summary.path), "bundle_unsigned")
    thief.close()


def test_receive__duplicates__are_stored_and_marked(trio: Trio, tmp_path: Path) -> None:
    """The same person sent by two townships: both archives are kept, the second one names the first."""
    town, county, stick = trio
    second, _ = make_office(tmp_path / "second", "黄铺镇总工会")
    acquaint(second, county, tmp_path)
    ours = file_household(town, 1)
    carry(town, county, stick)
    theirs = archiving.save_archive(second, household(1))
    summary = exchange.export_bundle(second, None, stick)
    (item,) = exchange.inspect_bundle(county, summary.path).duplicates
    assert {(other.archive_id, other.office_name) for other in item.duplicates} == {(ours.id, "梅城镇总工会")}
    assert {other.person for other in item.duplicates} >= {ours.content.text("name")}
    outcome = exchange.receive_bundle(county, summary.path)
    assert (outcome.new_count, outcome.duplicate_count) == (0, 1)
    assert archiving.load_archive(county, theirs.id).office_id == second.office.id
    assert outcome.receipt
    exchange.receive_bundle(second, outcome.receipt.path)
    assert submissions(second) == [Submission.ACKNOWLEDGED]
    second.close()


def test_submission__climbs_from_town_to_city(trio: Trio, tmp_path: Path) -> None:
    """A county submits what it received with the same functions; the city learns whose archives they are."""
    town, county, stick = trio
    city, _ = make_office(tmp_path / "city", "安庆市总工会", "city")
    acquaint(county, city, tmp_path)
    archive = file_household(town)
    carry(town, county, stick)
    summary = exchange.export_bundle(county, None, stick)
    (item,) = exchange.inspect_bundle(city, summary.path).new
    assert item.office_name == "梅城镇总工会"
    outcome = exchange.receive_bundle(city, summary.path)
    assert outcome.receipt
    exchange.receive_bundle(county, outcome.receipt.path)
    assert archiving.load_archive(city, archive.id).office_id == town.office.id
    assert submissions(county) == [Submission.ACKNOWLEDGED]
    assert submissions(town) == [Submission.ACKNOWLEDGED]
    amend(town, archive.id, mobile_phone="13900001111")
    carry(town, county, stick)
    assert submissions(county) == [Submission.CHANGED]
    city.close()


def test_receive__wrong_direction__is_refused(trio: Trio, tmp_path: Path) -> None:
    """Archives come from below only."""
    town, county, stick = trio
    file_household(county)
    exchange.enrol(county, tmp_path / f"{town.office.id}.nuandang-card", "parent", replace=True)
    summary = exchange.export_bundle(county, None, stick, town.office.id)
    with unchanged(town):
        expect_refusal(lambda: exchange.receive_bundle(town, summary.path), "bundle_wrong_direction")


def test_export__nothing_or_nobody__says_so(trio: Trio, tmp_path: Path) -> None:
    """No archives, no parent, not a parent: each in a sentence."""
    town, county, stick = trio
    expect_refusal(lambda: exchange.export_bundle(town, None, stick), "nothing_to_export")
    archive = file_household(town)
    expect_refusal(lambda: exchange.export_bundle(town, [archive.id, "none"], stick), "archives_to_export_gone")
    expect_refusal(lambda: exchange.export_bundle(town, None, stick, "none"), "partner_unknown")
    file_household(county)
    expect_refusal(lambda: exchange.export_bundle(county, None, stick), "no_parent_partner")
    expect_refusal(lambda: exchange.export_bundle(county, None, stick, town.office.id), "not_a_parent")
    other, _ = make_office(tmp_path / "other", "怀宁县总工会", "county")
    exchange.write_card(other, tmp_path / "other.card")
    exchange.enrol(town, tmp_path / "other.card")
    fault = expect_refusal(lambda: exchange.export_bundle(town, None, stick), "several_parents")
    assert "怀宁县总工会" in fault.text() and "潜山市总工会" in fault.text()
    assert list(stick.iterdir()) == []
    other.close()


def test_bundle_file__shows_no_personal_data_outside(trio: Trio) -> None:
    """The cover names offices and counts only, and nothing readable of a household is in the file."""
    town, _, stick = trio
    archive = file_household(town)
    summary = exchange.export_bundle(town, None, stick)
    assert summary.file_name.startswith("梅城镇总工会-第1包-") and summary.path.parent == stick
    with zipfile.ZipFile(summary.path) as bundle:
        assert sorted(bundle.namelist()) == ["cover.json", "payload.age"]
        cover = bundle.read("cover.json").decode()
    whole = summary.path.read_bytes()
    for key in ("name", "id_number", "mobile_phone", "bank_account"):
        value = archive.content.text(key)
        assert value not in cover and value.encode() not in whole
    assert exchange.bundle_summary(town, summary.bundle_id) == summary


def test_receipt__that_cannot_be_written__does_not_undo_the_reception(trio: Trio) -> None:
    """The archives are in; the receipt is written later, to another folder."""
    town, county, stick = trio
    file_household(town)
    summary = exchange.export_bundle(town, None, stick)
    outcome = exchange.receive_bundle(county, summary.path, receipt_folder=stick / "gone")
    assert outcome.receipt is None and "回执没有写成" in outcome.text()
    assert len(submissions(county)) == 1
    receipt = exchange.write_receipt(county, outcome.bundle_id, stick)
    exchange.receive_bundle(town, receipt.path)
    assert submissions(town) == [Submission.ACKNOWLEDGED]


def test_receive__conflict_and_older_version__are_set_aside(trio: Trio) -> None:
    """A restored laptop sends a version the county knows differently: it is not taken, the rest is."""
    town, county, stick = trio
    forked, behind, plain = (file_household(town, seed) for seed in (1, 2, 3))
    for archive in (forked, behind):
        amend(town, archive.id, mobile_phone="13900001111")
    carry(town, county, stick)
    with town.database.writing() as connection:
        from sqlalchemy import text

        # what a restored backup looks like: the office remembers less than the county knows
        connection.execute(text("UPDATE archive SET mobile_phone = '13900002222' WHERE id = :id"), {"id": forked.id})
        connection.execute(text("DROP TRIGGER revision_is_not_deleted"))
        connection.execute(text("DROP TRIGGER revision_is_kept"))
        connection.execute(
            text("UPDATE archive_revision SET snapshot = replace(snapshot, '13900001111', '13900002222')"
                 " WHERE archive_id = :id AND revision = 2"),
            {"id": forked.id},
        )  # fmt: skip
        connection.execute(
            text("DELETE FROM archive_revision WHERE archive_id = :id AND revision = 2"), {"id": behind.id}
        )
        connection.execute(text("UPDATE archive SET revision = 1 WHERE id = :id"), {"id": behind.id})
    amend(town, plain.id, mobile_phone="13900003333")
    summary = exchange.export_bundle(town, [forked.id, behind.id, plain.id], stick)
    preview = exchange.inspect_bundle(county, summary.path)
    assert {item.archive_id: item.outcome for item in preview.items} == {
        forked.id: Outcome.CONFLICT,
        behind.id: Outcome.OLDER,
        plain.id: Outcome.CHANGED,
    }
    outcome = exchange.receive_bundle(county, summary.path)
    assert (outcome.changed_count, outcome.set_aside_count) == (1, 2)
    assert archiving.load_archive(county, forked.id).content.text("mobile_phone") == "13900001111"
    assert outcome.receipt
    seen = exchange.inspect_bundle(town, outcome.receipt.path)
    assert [(item.archive_id, item.name) for item in seen.set_aside] == [(forked.id, forked.content.text("name"))]


def test_receive__changed_file_since_the_preview__is_refused(trio: Trio) -> None:
    """What is received is what was shown."""
    town, county, stick = trio
    file_household(town, 1)
    shown = exchange.inspect_bundle(county, exchange.export_bundle(town, None, stick).path)
    file_household(town, 2)
    other = exchange.export_bundle(town, None, stick)
    other.path.replace(shown.path)
    with unchanged(county):
        receive = lambda: exchange.receive_bundle(county, shown.path, expected_sha256=shown.payload_sha256)  # noqa: E731
        expect_refusal(receive, "bundle_changed_meanwhile")


def test_export__full__heals_a_county_that_lost_everything(trio: Trio, tmp_path: Path) -> None:
    """The county is back at an empty backup: a full bundle brings every version, an ordinary one what is new."""
    town, county, stick = trio
    archive = file_household(town)
    amend(town, archive.id, mobile_phone="13900001111")
    empty = backups.back_up(county)
    carry(town, county, stick)
    amend(town, archive.id, mobile_phone="13900002222")
    ordinary = exchange.export_bundle(town, [archive.id], stick)
    full = exchange.export_bundle(town, [archive.id], stick, full=True)
    for bundle, known in ((ordinary, [3]), (full, [3, 2, 1])):
        folder = tmp_path / f"county-{bundle.sequence}"
        backups.restore_backup(empty.path, folder, PASSPHRASE)
        restored = offices.open_office(folder, PASSPHRASE)
        outcome = exchange.receive_bundle(restored, bundle.path)
        assert (outcome.new_count, outcome.set_aside_count) == (1, 0)
        assert [entry.revision for entry in revisions.archive_history(restored, archive.id)] == known
        assert archiving.load_archive(restored, archive.id).content.text("mobile_phone") == "13900002222"
        restored.close()


def test_dump__sees_a_change(trio: Trio) -> None:
    """The comparison the tests above rely on notices a single changed value."""
    town, _, _ = trio
    archive = file_household(town)
    before = dump(town)
    amend(town, archive.id, mobile_phone="13900001111")
    assert dump(town) != before


def test_received_bundle__found_by_number_and_sender(trio: Trio, tmp_path: Path) -> None:
    """Each township counts its own bundles: where two sent a first one, the sender's name decides."""
    town, county, stick = trio
    other, _ = make_office(tmp_path / "other", "水吼镇总工会")
    acquaint(other, county, tmp_path)
    for sender in (town, other):
        file_household(sender, sender.office.name)
        carry(sender, county, stick)
    assert exchange.received_bundle(county, 1, "水吼镇总工会").partner_id == other.office.id
    refusal = expect_refusal(lambda: exchange.received_bundle(county, 1), "bundle_of_which")
    assert {town.office.name, other.office.name} == set(str(refusal.context["known"]).split("、"))
    expect_refusal(lambda: exchange.received_bundle(county, 2), "bundle_not_received")
    expect_refusal(lambda: exchange.received_bundle(other, 1), "nothing_received")
    other.close()
