"""What leaves the program about a household is told in its timeline and its evidence file: who, when, which paper, how."""

from pathlib import Path

import pypdfium2
import pytest
from case_steps import posted
from factories import PASSPHRASE, file_household, make_office
from neighbours import town_and_county

from db.__main__ import main
from db.services import (
    evidence,
    exchange,
    paper_trail,
    papers,
    printing,
    submission_package,
    timeline,
    undoing,
    workbooks,
)
from db.services import office as offices
from db.services.office import OfficeSession
from db.services.paper_trail import WayOut
from db.services.papers import Paper
from db.services.timeline import EventKind


def told(session: OfficeSession, archive_id: str) -> list[tuple[str, tuple[str, ...]]]:
    """Title and lines of what left, the first first."""
    events = timeline.timeline_of(session, archive_id).of_kinds([EventKind.OUTPUT])
    return [(event.title, event.lines) for event in events]


def test_trail__every_way_out_is_told_of_the_households_it_was_about(office: OfficeSession, tmp_path: Path) -> None:
    """Files noted by the services that write them, a print by whoever sent it; blanks and previews are nobody's."""
    one, other = (file_household(office, seed) for seed in (1, 2))
    printing.write_archive_pdf(office, [one.id], tmp_path / "a.pdf")
    workbooks.export_flat(office, [one.id, other.id], tmp_path / "a.xlsx")
    papers.write_paper_workbook(office, Paper.AID_APPLICATION, [one.id], tmp_path / "b.xlsx")
    papers.write_paper(office, Paper.AID_APPLICATION, [], tmp_path / "blank.pdf")
    printing.archive_pdf(office, [other.id])
    paper_trail.note_paper(office, [one.id], "认定说明", WayOut.PRINTED)
    submission_package.write_package(office, [other.id], tmp_path, "Pw-7319-geheim")
    assert told(office, one.id) == [
        ("存为 PDF：困难职工档案表", ()),
        ("存为 Excel：档案平面表", ("连同其他 1 户",)),
        ("存为 Excel：困难职工救助申请表", ()),
        ("打印：认定说明", ()),
    ]
    assert told(office, other.id) == [("存为 Excel：档案平面表", ("连同其他 1 户",)), ("写进资料包：报送资料包", ())]
    event = timeline.timeline_of(office, one.id).events[-1]
    assert (event.who, event.on, event.revision) == (office.clerk.name, office.today, 0)


def test_trail__what_commands_write_is_told_too(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The roster as PDF and as workbook; a table of figures is about nobody."""
    archive = file_household(office, 1, worker_number="34000001")
    folder = str(office.folder)
    office.close()
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    for name in ("a.pdf", "a.xlsx"):
        assert main(["pairing", folder, "--roster", str(tmp_path / name), "--report", str(tmp_path / f"r{name}")]) == 0
    again = offices.open_office(office.folder, PASSPHRASE)
    assert [title for title, _ in told(again, archive.id)] == [f"存为 {kind}：困难职工结对帮扶花名册" for kind in ("PDF", "Excel")]
    again.close()


def test_trail__stands_in_the_evidence_file(office: OfficeSession, tmp_path: Path) -> None:
    """A part of its own, and the whole course of things."""
    archive_id = posted(office)
    paper_trail.note_paper(office, [archive_id], "入户走访记录", WayOut.PRINTED)
    evidence.write_evidence(office, archive_id, tmp_path / "a.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    try:
        whole = "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    assert "、打印和导出" in whole and whole.count("打印：入户走访记录") == 2


def test_trail__stays_in_the_office_and_is_not_undone_with_a_bundle(tmp_path: Path) -> None:
    """The county does not hear what the township printed; undoing a reception leaves what the county printed."""
    with town_and_county(tmp_path) as (town, county, stick):
        archive = file_household(town, 1)
        paper_trail.note_paper(town, [archive.id], "档案表", WayOut.PRINTED)
        summary = exchange.export_bundle(town, None, stick)
        exchange.receive_bundle(county, summary.path)
        assert told(county, archive.id) == []
        paper_trail.note_paper(county, [archive.id], "档案表", WayOut.PRINTED)
        offer = undoing.undoable(county)
        assert offer is not None
        undoing.undo_last(county, offer.bundle_id)
        exchange.receive_bundle(county, summary.path)
        assert told(county, archive.id) == [("打印：档案表", ())]


def test_trail__an_export_of_all_is_noted_in_short(tmp_path: Path) -> None:
    """A whole office exported again and again: each archive finds its own at once."""
    session, _ = make_office(tmp_path / "office")
    ids = [f"archive-{number}" for number in range(20_000)]
    for _ in range(5):
        paper_trail.note_paper(session, ids, "档案平面表", WayOut.EXCEL)
    with session.database.reading() as connection:
        found = paper_trail.paper_trail_store.papers_of(connection, "archive-19999")
        pages = connection.exec_driver_sql("SELECT count(*) FROM paper_out_archive").scalar()
    assert [row["households"] for row in found] == [20_000] * 5 and pages == 20_000
    session.close()
