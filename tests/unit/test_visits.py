"""Two machines of one office: what goes out, what comes back, and what each may do meanwhile."""

from pathlib import Path

import pytest
from casework import worksheet
from factories import PASSPHRASE, file_household, household, make_office, photo
from laptops import add_laptop, desk_and_laptop, edit, hand_in, take_along
from neighbours import acquaint, expect_refusal, unchanged

from db.exchange.bundle_format import Outcome
from db.services import archiving, attachments, conflicts, exchange, means, revisions, undoing, visits
from db.services.office import OfficeSession


def same_everywhere(desk: OfficeSession, laptop: OfficeSession, archive_id: str) -> None:
    """Both machines have the archive with the same content and history."""
    assert archiving.load_archive(desk, archive_id).content == archiving.load_archive(laptop, archive_id).content
    assert revisions.archive_history(desk, archive_id) == revisions.archive_history(laptop, archive_id)


def test_there_and_back__history_papers_and_worksheets(tmp_path: Path) -> None:
    """Everything goes along, what was done on the visit comes back; what is out is shown until then."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive = file_household(desk, 1)
        attachments.add_attachment(desk, archive.id, "户口.jpg", photo(), "household_register")
        means.save_means(desk, archive.id, worksheet(desk, archive))
        take_along(desk, laptop, stick, [archive.id])
        same_everywhere(desk, laptop, archive.id)
        (paper,) = attachments.list_attachments(laptop, archive.id)
        assert attachments.read_attachment(laptop, paper.id)
        (out,) = visits.out_items(desk)
        assert out.words.startswith("外出中 · 外出电脑一，自 ") and not out.is_overdue
        edit(laptop, archive.id, remarks="入户核实")
        attachments.add_attachment(laptop, archive.id, "房屋.jpg", photo(400, 300), "household_register")
        means.save_means(laptop, archive.id, worksheet(laptop, archive, 3_000_000))
        assert visits.visit_summary(laptop).changed == 1
        outcome = hand_in(desk, laptop, stick)
        assert (outcome.new_count, outcome.changed_count, outcome.attachment_count) == (0, 1, 1)
        same_everywhere(desk, laptop, archive.id)
        assert len(attachments.list_attachments(desk, archive.id)) == 2
        found = means.load_means(desk, archive.id, 2019)
        assert found and found.revision == 2
        assert visits.out_items(desk) == [] and visits.out_items(laptop) == []


def test_filed_on_the_visit__new_at_the_desk_with_a_number_of_its_own(tmp_path: Path) -> None:
    """A household filed on the laptop bears a number the desk never gives; it may be edited there until handed in."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        here, there = file_household(desk, 1), file_household(laptop, 2)
        assert here.archive_number != there.archive_number and "-W" in there.archive_number
        assert hand_in(desk, laptop, stick).new_count == 1
        same_everywhere(desk, laptop, there.id)
        expect_refusal(lambda: edit(laptop, there.id, remarks="又改"), "visit_read_only")
        take_along(desk, laptop, stick, [there.id, here.id])
        edit(laptop, there.id, remarks="又改")
        assert hand_in(desk, laptop, stick).changed_count == 1


def test_edited_at_both__merged_and_asked(tmp_path: Path) -> None:
    """What is out may be edited at the desk; both histories stay, contradictions wait, the laptop gets the result."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive = file_household(desk, 1)
        take_along(desk, laptop, stick, [archive.id])
        edit(laptop, archive.id, mobile_phone="13800000001", remarks="入户")
        edit(desk, archive.id, mobile_phone="13900000002", home_address="河东路 8 号")
        outcome = hand_in(desk, laptop, stick)
        assert outcome.changed_count == 1 and any("1 处" in warning for warning in outcome.warnings)
        values = archiving.load_archive(desk, archive.id).content.values
        assert (values["mobile_phone"], values["remarks"]) == ("13900000002", "入户")
        (waiting,) = conflicts.list_conflicts(desk)
        assert waiting.source_name == "外出电脑一"
        conflicts.settle_conflict(desk, waiting.id, {"mobile_phone": "theirs"}, "本人确认")
        take_along(desk, laptop, stick, [archive.id])
        made = [
            sorted((entry.made_at, entry.clerk_name) for entry in revisions.archive_history(session, archive.id))
            for session in (desk, laptop)
        ]
        assert made[0] == made[1]  # the numbers of what both did at the same time differ
        assert archiving.load_archive(desk, archive.id).content == archiving.load_archive(laptop, archive.id).content


def test_for_reading__cannot_be_edited_there(tmp_path: Path) -> None:
    """Read-only archives are refused on the laptop in one sentence, whatever writes."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive = file_household(desk, 1)
        take_along(desk, laptop, stick, [archive.id], visits.READ)
        expect_refusal(lambda: edit(laptop, archive.id, remarks="改"), "visit_read_only")
        expect_refusal(lambda: means.save_means(laptop, archive.id, worksheet(laptop, archive)), "visit_read_only")
        expect_refusal(
            lambda: attachments.add_attachment(laptop, archive.id, "a.jpg", photo(), "household_register"),
            "visit_read_only",
        )
        hand_in(desk, laptop, stick)
        assert visits.out_items(desk) == []


def test_taken_out_twice__refused_or_replaced(tmp_path: Path) -> None:
    """What is out for editing goes out again only when that is said; reading does not stand in the way."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        second = add_laptop(desk, tmp_path, "外出电脑二")
        archive = file_household(desk, 1)
        first_out = visits.check_out(desk, laptop.office.laptop_id, [archive.id], visits.WRITE, stick)
        fault = expect_refusal(
            lambda: visits.check_out(desk, second.office.laptop_id, [archive.id], visits.WRITE, stick),
            "visit_already_out",
        )
        assert "外出电脑一" in fault.text()
        visits.check_out(desk, second.office.laptop_id, [archive.id], visits.READ, stick)
        again = visits.check_out(desk, laptop.office.laptop_id, [archive.id], visits.WRITE, stick, again=True)
        expect_refusal(lambda: exchange.receive_bundle(second, again.path), "bundle_for_other")
        exchange.receive_bundle(laptop, again.path)
        expect_refusal(lambda: exchange.receive_bundle(laptop, again.path), "bundle_repeated")
        expect_refusal(lambda: exchange.receive_bundle(laptop, first_out.path), "bundle_older")
        second.close()


def test_check_in__can_be_undone_and_repeated(tmp_path: Path) -> None:
    """Undoing a check-in leaves the desk as before but for its records; the same file can be applied again."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive = file_household(desk, 1)
        take_along(desk, laptop, stick, [archive.id])
        edit(laptop, archive.id, remarks="入户核实")
        edit(desk, archive.id, home_address="河东路 8 号")
        file_household(laptop, 2)
        before = revisions.archive_history(desk, archive.id)
        summary = visits.check_in(laptop, stick)
        outcome = exchange.receive_bundle(desk, summary.path)
        expect_refusal(lambda: exchange.receive_bundle(desk, summary.path), "bundle_repeated")
        undoing.undo_last(desk, outcome.bundle_id)
        assert revisions.archive_history(desk, archive.id) == before
        assert [item.archive_id for item in visits.out_items(desk)] == [archive.id]
        assert exchange.receive_bundle(desk, summary.path).new_count == 1


def test_lost_receipt_or_bundle__the_next_one_heals(tmp_path: Path) -> None:
    """A check-in that never arrived, or whose receipt was lost, goes in again with the next; nothing is doubled."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive = file_household(desk, 1)
        take_along(desk, laptop, stick, [archive.id])
        edit(laptop, archive.id, remarks="第一次")
        visits.check_in(laptop, stick).path.unlink()
        edit(laptop, archive.id, remarks="第二次")
        assert hand_in(desk, laptop, stick, receipt=False).changed_count == 1
        outcome = hand_in(desk, laptop, stick)
        assert (outcome.changed_count, outcome.same_count) == (0, 1)
        same_everywhere(desk, laptop, archive.id)


def test_laptop__does_not_submit_and_knows_only_its_desk(tmp_path: Path) -> None:
    """One sentence each: no export to the county, no other partner, no foreign laptop at the desk."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
        other, _ = make_office(tmp_path / "other", "黄铺镇总工会")
        acquaint(desk, county, tmp_path)
        archive = file_household(laptop, 1)
        expect_refusal(lambda: exchange.export_bundle(laptop, [archive.id], stick), "laptop_no_export")
        card = tmp_path / "county.nuandang-card"
        exchange.write_card(county, card)
        expect_refusal(lambda: exchange.enrol(laptop, card), "laptop_knows_desk_only")
        exchange.write_card(laptop, card)
        expect_refusal(lambda: exchange.enrol(other, card), "card_foreign_laptop")
        expect_refusal(
            lambda: visits.set_up_laptop(tmp_path / "x", card, "三", "王", PASSPHRASE, light=True), "card_of_laptop"
        )
        expect_refusal(lambda: visits.check_out(laptop, "x", [archive.id], visits.WRITE, stick), "visit_only_desk")
        expect_refusal(lambda: visits.check_in(desk, stick), "visit_only_laptop")
        with unchanged(county):
            summary = visits.check_in(laptop, stick)
            expect_refusal(lambda: exchange.receive_bundle(county, summary.path), "bundle_for_other")
        hand_in(desk, laptop, stick)
        exchange.export_bundle(desk, [archive.id], stick)
        for session in (county, other):
            session.close()


def test_laptop_lost__revoked_and_refused(tmp_path: Path) -> None:
    """Nothing goes to a laptop whose keys were revoked, and nothing is taken from it."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive = file_household(desk, 1)
        take_along(desk, laptop, stick, [archive.id])
        edit(laptop, archive.id, remarks="入户核实")
        summary = visits.check_in(laptop, stick)
        exchange.revoke(desk, laptop.office.laptop_id, "电脑丢失")
        expect_refusal(lambda: exchange.receive_bundle(desk, summary.path), "bundle_sender_revoked")
        expect_refusal(
            lambda: visits.check_out(desk, laptop.office.laptop_id, [archive.id], visits.READ, stick), "laptop_revoked"
        )


def test_laptop__cannot_change_what_it_was_not_given(tmp_path: Path) -> None:
    """An archive of the office that was not taken along, or only for reading, is set aside when it comes back."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        given, kept = file_household(desk, 1), file_household(desk, 2)
        take_along(desk, laptop, stick, [given.id], visits.READ)
        with laptop.database.writing() as connection:
            from sqlalchemy import text

            connection.execute(text("UPDATE visit_item SET access = 'write'"))
        edit(laptop, given.id, remarks="改了")
        summary = visits.check_in(laptop, stick)
        preview = exchange.inspect_bundle(desk, summary.path)
        assert [(item.archive_id, item.outcome) for item in preview.items] == [(given.id, Outcome.REFUSED)]
        assert "只能查看" in preview.items[0].reason and preview.set_aside_count == 1
        exchange.receive_bundle(desk, summary.path)
        assert archiving.load_archive(desk, given.id).revision == 1
        assert kept.revision == 1


@pytest.mark.parametrize("members", [0, 3])
def test_county_desk__takes_townships_archives_for_reading_only(tmp_path: Path, members: int) -> None:
    """A county's visit laptop reads what townships submitted; editing them is refused at the desk already."""
    town, _ = make_office(tmp_path / "town")
    county, _ = make_office(tmp_path / "county", "潜山市总工会", "county")
    stick = tmp_path / "stick"
    stick.mkdir()
    acquaint(town, county, tmp_path)
    laptop = add_laptop(county, tmp_path)
    archive = archiving.save_archive(town, household(1, members))
    exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
    expect_refusal(
        lambda: visits.check_out(county, laptop.office.laptop_id, [archive.id], visits.WRITE, stick),
        "visit_foreign_write",
    )
    take_along(county, laptop, stick, [archive.id], visits.READ)
    assert archiving.load_archive(laptop, archive.id).content == archive.content
    expect_refusal(lambda: edit(laptop, archive.id, remarks="改"), "not_own_archive", "visit_read_only")
    for session in (town, county, laptop):
        session.close()
