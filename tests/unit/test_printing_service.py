"""Printing from an office: the right archives, whole files only, nothing left behind when it fails."""

import errno
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import text

from db.errors import Cancelled, MachineError
from db.services import printing
from db.services.sending import BundleSummary
from db.store import partial_files
from tests import factories


@pytest.fixture
def session(tmp_path):
    opened, _code = factories.make_office(tmp_path / "office")
    yield opened
    opened.close()


@pytest.fixture
def target(tmp_path) -> Path:
    folder = tmp_path / "chosen"
    folder.mkdir()
    return folder / "档案.pdf"


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_a_selection_prints_in_its_order_with_the_office(session):
    archives = [factories.file_household(session, seed) for seed in (1, 2, 3)]
    pdf = printing.archive_pdf(session, [archives[2].id, archives[0].id])
    text = text_of(pdf)
    assert printing.page_count(pdf) == 2
    assert text.index(archives[2].archive_number) < text.index(archives[0].archive_number)
    assert archives[1].archive_number not in text
    assert session.office.name in text


def test_a_file_is_written_whole(session, target):
    archive = factories.file_household(session)
    assert printing.write_archive_pdf(session, [archive.id], target) == 1
    assert archive.archive_number in text_of(target.read_bytes())
    assert list(target.parent.iterdir()) == [target]


def test_a_cancelled_batch_leaves_nothing(session, target):
    ids = [factories.file_household(session, seed).id for seed in (1, 2)]

    def cancel(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        printing.write_archive_pdf(session, ids, target, cancel)
    assert list(target.parent.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_the_older_file(session, target, monkeypatch):
    target.write_bytes(b"older")

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(partial_files.os, "fsync", full)
    with pytest.raises(MachineError) as failure:
        printing.write_archive_pdf(session, [factories.file_household(session).id], target)
    assert failure.value.code == "disk_full"
    assert list(target.parent.iterdir()) == [target]
    assert target.read_bytes() == b"older"


def test_a_folder_that_is_gone_is_told(session, tmp_path):
    with pytest.raises(MachineError) as failure:
        printing.write_blank_form_pdf(tmp_path / "gone" / "空白表.pdf")
    assert failure.value.code == "target_not_folder"
    assert "gone" in failure.value.text()


def test_attachments_of_an_archive_stand_in_its_grid(session):
    from db.services import attachments

    archive = factories.file_household(session)
    attachments.add_attachment(session, archive.id, "身份证.jpg", factories.photo(80, 60), "id_card", "已核原件")
    assert "身份证复印件身份证.jpg已核原件" in text_of(printing.archive_pdf(session, [archive.id]))
    pages = printing.content_pdf(session, archive.content, archive.archive_number, archive_id=archive.id)
    assert "身份证.jpg" in text_of(pages.pdf)


def test_characters_without_a_glyph_are_reported_before_printing(session):
    plain = factories.file_household(session, 1)
    odd = factories.file_household(session, 2, home_address="潜山市\ue863街")
    found = printing.uncovered_texts(session, [plain.id, odd.id])
    assert [(item.archive_number, item.characters) for item in found] == [(odd.archive_number, ("\ue863",))]


def test_the_screen_gets_the_form_while_it_is_typed(session):
    pages = printing.content_pdf(session, factories.household(name="才让·卓玛"))
    assert pages.page_count == 1
    assert "才让·卓玛" in text_of(pages.pdf)
    assert pages.cell_of("name") is not None


def test_the_screen_says_what_the_paper_says__also_of_an_archive_of_another_office(session):
    archive = factories.file_household(session)
    for owner in (session.office.id, "another"):
        with session.database.writing() as connection:
            connection.execute(text("UPDATE archive SET office_id = :owner"), {"owner": owner})
        pages = printing.content_pdf(session, archive.content, archive.archive_number, archive_id=archive.id)
        assert text_of(pages.pdf) == text_of(printing.archive_pdf(session, [archive.id]))


def test_the_recovery_sheet_is_dated(session):
    assert "2026-05-20" in text_of(printing.recovery_sheet_pdf("梅城镇总工会", "7K2M-AB3D", "2026-05-20"))
    assert printing.recovery_sheet_pdf("梅城镇总工会", "7K2M-AB3D").startswith(b"%PDF")


def test_the_cover_is_made_from_the_summary_of_a_bundle(tmp_path):
    summary = BundleSummary(
        bundle_id="b",
        kind="archives",
        path=tmp_path / "梅城镇总工会-0012.nuandang",
        file_name="梅城镇总工会-0012.nuandang",
        sender_name="梅城镇总工会",
        receiver_name="潜山市总工会",
        sequence=12,
        created_at="2026-11-21T09:12:30+08:00",
        clerk_name="陈志强",
        archive_count=60,
        incomplete_count=0,
        attachment_count=5,
        payload_bytes=1,
        file_bytes=2048,
        payload_sha256="00",
        fingerprint="1234 5678 9012",
    )
    text = text_of(printing.cover_sheet_pdf(summary))
    for words in ("梅城镇总工会-0012.nuandang", "2026-11-2109:12", "60户", "2.0KB", "5678", "陈志强"):
        assert words in text
    assert "待补正" not in text
