"""公示: what is posted of a household and what never is, one notice at a time, the result once it has ended."""

from pathlib import Path

import pypdfium2
import pytest
from case_steps import POSTING, applicant, decide, give_papers, on_day, posted
from factories import photo
from openpyxl import load_workbook

from db.domain.case_words import Act, Stage
from db.errors import UserError
from db.services import archiving, attachments, casework, notices, papers
from db.services.office import OfficeSession


def words_of(pdf: bytes) -> str:
    """The text of every page, without the line breaks of narrow columns."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "").replace("\n", "")


def test_notice__says_enough_and_nothing_private(office: OfficeSession, tmp_path: Path) -> None:
    """Name, size of the family, work, income and class are posted; numbers, phone, card, address and members are not."""
    archive_id = posted(office)
    content = archiving.load_archive(office, archive_id).content
    said = words_of(notices.notice_pdf(office, [archive_id]))
    for part in (content.text("name"), "公司公告栏", "2020 年 6 月 22 日 至 2020 年 6 月 29 日", "0556-0000000", "建档"):
        assert part in said
    private = [content.text(key) for key in ("id_number", "mobile_phone", "bank_account", "home_address")]
    private += [str(member[key]) for member in content.members for key in ("name", "id_number") if member.get(key)]
    assert [text for text in private if text and text in said] == []
    path = tmp_path / "公示.xlsx"
    notices.write_notice_workbook(office, [archive_id], path)
    book = load_workbook(path)
    cells = "".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert content.text("name") in cells
    assert [text for text in private if text and text in cells] == []


def test_notice__of_each_posting_a_sheet(office: OfficeSession) -> None:
    """Households posted on another day stand on a sheet of their own; who is not posted, on none."""
    first = posted(office)
    nobody = applicant(office, 2).id
    with pytest.raises(UserError, match="都还没有张贴公示"):
        notices.notice_pdf(office, [nobody])
    assert len(notices.posted_cases(office, [first, nobody])) == 1
    casework.take_step(office, first, Act.STEP_BACK, {"reason": "补登一户", "to_stage": "deliberation"})
    minutes = {"met_on": "2020-06-22", "present": "王五", "opinion": "同意"}
    casework.take_step(office, first, Act.AGREE, minutes)
    on_day(office, "2020-06-23")
    casework.take_step(office, first, Act.POST, {**POSTING, "starts_on": "2020-06-23"})
    second, third = posted(office, 3), posted(office, 4)
    sheets = notices.notice_prints(office, [second, first, third, nobody])
    assert [(item.starts_on, len(item.rows)) for item in sheets] == [("2020-06-22", 2), ("2020-06-23", 1)]
    assert len(notices.notice_layouts(office, [second, first])) == 2


def test_result__only_when_it_has_ended(office: OfficeSession) -> None:
    """A notice that hangs has no result; an objection and its settlement stand on the sheet."""
    archive_id = posted(office)
    with pytest.raises(UserError, match="还没有办结"):
        notices.result_pdf(office, [archive_id])
    on_day(office, "2020-06-24")
    objection = {"objected_on": "2020-06-24", "objector": "匿名", "objection": "名下有车"}
    casework.take_step(office, archive_id, Act.OBJECT, objection)
    settled = {"settled_on": "2020-06-24", "settlement": "车已于上年报废"}
    last_day = casework.take_step(office, archive_id, Act.SETTLE, settled).state.notice_ends or ""
    on_day(office, "2020-07-20")
    give_papers(office, archive_id, "notice_photo")
    decide(office, archive_id)
    assert casework.take_step(office, archive_id, Act.END_NOTICE).state.stage is Stage.SUBMISSION
    said = words_of(notices.result_pdf(office, [archive_id]))
    for part in ("名下有车", "车已于上年报废", f"2020-06-22 至 {last_day}"):
        assert part in said


def test_photo__comes_to_every_household_and_onto_the_result(office: OfficeSession, tmp_path: Path) -> None:
    """One photo is filed with all households of the notice; the sheet of the result shows it, the workbook, too."""
    archive_id = posted(office)
    assert notices.add_photo(office, [archive_id, applicant(office, 2).id], "公告栏.jpg", photo()) == 1
    [filed] = [paper for paper in attachments.list_attachments(office, archive_id) if paper.document_type == "notice_photo"]
    assert "公司公告栏" in filed.note
    on_day(office, "2020-07-20")
    casework.take_step(office, archive_id, Act.END_NOTICE)
    pdf = notices.result_pdf(office, [archive_id])
    assert "存有 1 张" in words_of(pdf)
    with pypdfium2.PdfDocument(pdf) as document:
        kinds = [item.type for page in document for item in page.get_objects()]
    assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE in kinds
    path = tmp_path / "结果.xlsx"
    notices.write_result_workbook(office, [archive_id], path)
    assert len(load_workbook(path).active._images) == 1


def test_poster__is_the_notice_on_a3(office: OfficeSession, tmp_path: Path) -> None:
    """The same words twice as large, and no number of anybody."""
    archive_id = posted(office)
    poster = papers.paper_pdf(office, papers.Paper.NOTICE_POSTER, [archive_id])
    with pypdfium2.PdfDocument(poster) as document:
        assert [round(side) for side in document[0].get_size()] == [842, 1191]
    assert words_of(poster) == words_of(notices.notice_pdf(office, [archive_id]))
    number = archiving.load_archive(office, archive_id).content.text("id_number")
    assert number and number not in words_of(poster)
    papers.write_paper_workbook(office, papers.Paper.NOTICE_POSTER, [archive_id], tmp_path / "公示.xlsx")
    assert (tmp_path / "公示.xlsx").stat().st_size > 3_000
