"""The evidence file: everything is in it, page by page, with contents, bookmarks and a fingerprint; outsiders see less."""

import io
import json
import tracemalloc
from pathlib import Path
from random import Random

import pypdfium2
import pytest
from case_steps import posted
from factories import PASSPHRASE, file_household, photo, small_pdf
from neighbours import town_and_county
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import text

from db.__main__ import EVENT_KINDS, main
from db.domain.case_words import Act
from db.domain.timeline import EventKind
from db.errors import Cancelled, UserError
from db.services import archiving, attachments, casework, evidence, exchange, timeline
from db.services.evidence import EvidenceChoice, EvidenceOutcome
from db.services.evidence_parts import PARTS
from db.services.office import ATTACHMENTS, OfficeSession


def texts(pdf: bytes) -> list[str]:
    """What stands on each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def bookmarks(pdf: bytes) -> list[tuple[int, str, int]]:
    """Level, title and page (from 1) of each bookmark."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [(item.level, item.get_title(), item.get_dest().get_index() + 1) for item in document.get_toc()]
    finally:
        document.close()


def many_pages(*words: str) -> bytes:
    """A PDF with a page for each word, the second one turned."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 600))
    for number, word in enumerate(words):
        canvas.setPageRotation(90 if number == 1 else 0)
        canvas.drawString(72, 300, word)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_write_evidence__has_everything(office: OfficeSession, tmp_path: Path) -> None:
    """Form now and then, decision, notice, visit, papers page by page, history; contents and bookmarks agree."""
    archive_id = posted(office)
    attachments.add_attachment(office, archive_id, "厨房.jpg", photo(800, 600), "visit_photo")
    attachments.add_attachment(office, archive_id, "卧室.jpg", photo(800, 600), "visit_photo")
    attachments.add_attachment(office, archive_id, "出院小结.pdf", many_pages("alpha", "beta", "gamma"), "discharge_summary")
    told: list[tuple[int, int]] = []
    made = evidence.write_evidence(office, archive_id, tmp_path / "a.pdf", progress=lambda *at: told.append(at))
    pdf = (tmp_path / "a.pdf").read_bytes()
    pages, marks = texts(pdf), bookmarks(pdf)
    assert made.pages == len(pages) and told == sorted(told) and told[-1][0] == told[-1][1]
    titles = [title for level, title, _ in marks if level == 0]
    assert titles[0] == "一、档案表" and titles[-1].endswith("、全部经过")
    for _, title, page in marks:
        assert f"第 {page - 2} 页" in pages[page - 1] and title[:4] in pages[1]
    kitchen, bedroom = (page for _, title, page in marks if title.endswith(("厨房.jpg", "卧室.jpg")))
    assert kitchen == bedroom
    first = next(page for _, title, page in marks if title.endswith("出院小结.pdf"))
    assert ["alpha" in pages[first - 1], "beta" in pages[first], "gamma" in pages[first + 1]] == [True] * 3
    assert "没有内容的部分：上级审核" in pages[1] and made.fingerprint[:4] in pages[0]
    assert timeline.timeline_of(office, archive_id).events[-1].title == "制作取证材料"


def test_fingerprint__proves_what_was_there(office: OfficeSession, tmp_path: Path) -> None:
    """What is added later leaves the printed fingerprint to be found; a row altered behind the program's back does not."""
    archive_id = posted(office)
    printed = evidence.write_evidence(office, archive_id, tmp_path / "a.pdf").fingerprint
    before = archiving.load_archive(office, archive_id)
    before.content.values["remarks"] = "改"
    archiving.save_archive(office, before.content, archive_id)
    typed = " ".join(printed[at : at + 4] for at in range(0, 24, 4)).upper()
    assert evidence.version_of_fingerprint(office, archive_id, typed) == before.revision
    assert evidence.content_fingerprint(office, archive_id) != printed
    with pytest.raises(UserError):
        evidence.version_of_fingerprint(office, archive_id, printed[:8])
    with office.database.writing() as connection:
        connection.execute(text("UPDATE case_step SET clerk_name = '别人' WHERE act = 'agree'"))
    assert evidence.version_of_fingerprint(office, archive_id, printed) is None


def test_fingerprint__is_the_same_above(tmp_path: Path) -> None:
    """What was made in the township can be checked at the county that holds the archive."""
    with town_and_county(tmp_path) as (town, county, stick):
        archive_id = posted(town)
        exchange.receive_bundle(county, exchange.export_bundle(town, [archive_id], stick).path)
        assert evidence.fingerprints(town, archive_id) == evidence.fingerprints(county, archive_id)


def test_parts__all_can_be_numbered() -> None:
    """A household of which every part has something still gets its contents."""
    assert len(PARTS) <= len(evidence.NUMERALS)


def test_evidence__masked(office: OfficeSession) -> None:
    """Outsiders find no number, no member's name, no address, no story and no picture, also not in the history."""
    archive_id = posted(office)
    content = archiving.load_archive(office, archive_id).content
    child = content.members[0]
    secret = f"孩子{child['name']}，证{child['id_number']}，电话 13812345678，患白血病"
    content.values["remarks"] = secret
    content.members[0]["name"] = "欧阳小改"
    archiving.save_archive(office, content, archive_id, reason="因白血病补记")
    objection = {"objected_on": "2020-06-22", "objector": "匿名", "objection": "他得的是白血病"}
    casework.take_step(office, archive_id, Act.OBJECT, objection)
    attachments.add_attachment(office, archive_id, "白血病诊断.pdf", small_pdf(), "diagnosis", "白血病")
    pdf = evidence.evidence_pdf(office, archive_id, EvidenceChoice(masked=True))
    told = "\n".join(texts(pdf))
    for key in ("id_number", "mobile_phone", "home_address", "bank_account"):
        assert content.text(key)[-9:] not in told.replace(" ", "").replace("\r\n", "")
    for words in (str(child["name"]), "欧阳小改", "白血病", "13812345678", str(child["id_number"])):
        assert words not in told
    assert content.text("name") in told and "欧阳" not in told.replace("欧阳某", "")
    assert "diagnosis" not in told


def test_write_evidence__papers_that_cannot_be_bound(office: OfficeSession, tmp_path: Path) -> None:
    """A paper whose file is gone, and one that cannot be read, are named; the rest is made all the same."""
    archive = file_household(office, 1)
    attachments.add_attachment(office, archive.id, "坏的.pdf", b"%PDF-1.4\nnothing\n%%EOF", "other")
    gone = attachments.add_attachment(office, archive.id, "没了.jpg", photo(), "other")
    with office.database.reading() as connection:
        statement = text("SELECT stored_name FROM attachment WHERE id = :id")
        stored = connection.execute(statement, {"id": gone.id}).scalar_one()
    (office.folder / ATTACHMENTS / stored).unlink()
    made = evidence.write_evidence(office, archive.id, tmp_path / "a.pdf")
    assert len(made.left_out) == 2 and "坏的.pdf" in made.left_out[0] and "没了.jpg" in made.left_out[1]


def test_write_evidence__cancelled(office: OfficeSession, tmp_path: Path) -> None:
    """Cancelled in the middle, nothing is left behind and nothing is noted."""
    archive = file_household(office, 1)

    def cancel(done: int, _total: int) -> None:
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        evidence.write_evidence(office, archive.id, tmp_path / "a.pdf", progress=cancel)
    assert list(tmp_path.glob("*.pdf")) == [] and list(tmp_path.glob(".nuandang*")) == []
    assert [event.title for event in timeline.timeline_of(office, archive.id).events] == ["建档"]


def test_write_evidence__memory_stays_flat(office: OfficeSession, tmp_path: Path) -> None:
    """Whatever the number of photos, no more than a few of them are in memory at a time."""
    archive = file_household(office, 1)
    noise = io.BytesIO()
    Image.frombytes("RGB", (600, 600), Random(1).randbytes(600 * 600 * 3)).save(noise, "JPEG", quality=95)
    for number in range(20):
        attachments.add_attachment(office, archive.id, f"{number}.jpg", noise.getvalue(), "visit_photo")
    size = max(paper.size for paper in attachments.list_attachments(office, archive.id))
    evidence.write_evidence(office, archive.id, tmp_path / "first.pdf")  # fonts are read once
    tracemalloc.start()
    try:
        evidence.write_evidence(office, archive.id, tmp_path / "a.pdf")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * size < (tmp_path / "a.pdf").stat().st_size


def test_write_evidence_each(office: OfficeSession, tmp_path: Path) -> None:
    """A file per household, named by number and name; too many are refused."""
    ids = [file_household(office, seed).id for seed in (1, 2)]
    (tmp_path / "again").mkdir()
    progress: list[tuple[int, int]] = []
    made = evidence.write_evidence_each(office, ids, tmp_path, progress=lambda *at: progress.append(at))
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == sorted(item.path.name for item in made if item.path)
    assert progress == sorted(progress) and progress[-1] == (200, 200)
    kept: list[EvidenceOutcome] = []

    def cancel(done: int, _total: int) -> None:
        if done > 120:
            raise Cancelled

    with pytest.raises(Cancelled):
        evidence.write_evidence_each(office, ids, tmp_path / "again", progress=cancel, made=kept)
    assert [item.archive_id for item in kept] == ids[:1] and len(list((tmp_path / "again").iterdir())) == 1
    with pytest.raises(UserError) as caught:
        evidence.write_evidence_each(office, ids * 101, tmp_path)
    assert caught.value.code == "evidence_too_many"


def test_commands(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``evidence DIR NO OUT.pdf`` writes the file and tells its fingerprint; ``timeline`` lists, of some kinds too."""
    archive = file_household(office, 1)
    attachments.add_attachment(office, archive.id, "证明.pdf", small_pdf(), "other")
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    assert set(EVENT_KINDS) == set(EventKind)
    folder, out = str(office.folder), tmp_path / "a.pdf"
    assert main(["evidence", folder, archive.archive_number, str(out), "--json"]) == 0
    (made,) = json.loads(capsys.readouterr().out)["files"]
    assert made["pages"] == len(texts(out.read_bytes()))
    assert made["fingerprint"] == evidence.content_fingerprint(office, archive.id)
    assert main(["fingerprint", folder, archive.archive_number, made["fingerprint"]]) == 0
    assert main(["fingerprint", folder, archive.archive_number, "0" * 16]) == 1
    assert "对得上：第 1 版到第 2 版" in (said := capsys.readouterr().out) and "对不上" in said
    assert main(["timeline", folder, archive.archive_number, "--kind", "paper"]) == 0
    assert "证明.pdf" in (told := capsys.readouterr().out) and "建档" not in told
