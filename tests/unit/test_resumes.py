"""The résumé: one page from the record, without what is nobody's business; a photo of the archive; the same in Word."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from aid_money import in_2022, on_file
from docx import Document
from factories import citizen_number, make_office
from pdf_words import pdf_text
from PIL import Image
from pypdfium2 import PdfDocument

from db.domain.records.record_form import RecordContent
from db.errors import UserError
from db.services import attachments, resumes
from db.services.office import OfficeSession

NUMBER = citizen_number("63010420040101123")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def graduate() -> RecordContent:
    """Somebody who had a place, left it, and learned something."""
    values = {
        "registered_on": "2022-06-01", "name": "林小雨", "id_number": NUMBER, "employment_status": "unemployed", "origin": "青海西宁",
        "graduation_year": 2022, "school": "某某卫生职业技术学院", "education": "higher_vocational", "major": "护理学", "skill_level": "无",
        "wish_place": "西宁", "wish_post": "护士", "wish_salary": "4000 元左右", "phone": "13900001111", "zero_employment": True,
    }  # fmt: skip
    stages = [
        {"id": "1", "on_day": "2022-06-20", "stage": "employed", "employer": "某社区卫生服务中心", "post": "护士"},
        {"id": "2", "on_day": "2022-12-20", "stage": "left", "employer": "某社区卫生服务中心"},
    ]
    courses = [{"id": "3", "on_day": "2022-07-02", "kind": "training", "what": "老年护理培训班"}]
    return RecordContent(values, {"stages": stages, "services": courses})


def picture() -> bytes:
    """A photo lying on its side, as a phone makes it, with the note of how to turn it."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "某牌手机"
    Image.new("RGB", (2400, 1800), "#9bb7d4").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_resume__says_what_an_employer_needs_and_no_more(office: OfficeSession, tmp_path: Path) -> None:
    """One page, also with long answers; neither the number nor the hardship of the family."""
    content = graduate()
    for long in (False, True):
        if long:
            content.values |= dict.fromkeys(("school", "major", "wish_post", "school_place", "skill_level"), "很长的说明" * 12)
        pdf = resumes.preview(office, content)
        text = pdf_text(pdf)
        assert len(PdfDocument(pdf)) == 1 and "2004年1月" in text and "13900001111" in text
        assert NUMBER not in text and "困难" not in text and "零就业" not in text and "无" not in text
    assert "老年护理培训班" in text and "2022-06至2022-12" in text
    resumes.write(office, graduate(), tmp_path / "简历.docx")
    word = Document(str(tmp_path / "简历.docx"))
    told = [*(line.text for line in word.paragraphs), *(cell.text for row in word.tables[0].rows for cell in row.cells)]
    assert "意向岗位：护士" in told and any("林小雨" in item for item in told) and not any(NUMBER in item for item in told)
    with pytest.raises(UserError) as caught:
        resumes.write(office, graduate(), tmp_path / "简历.txt")
    assert caught.value.code == "resume_file_kind"


def test_resume__takes_the_photo_upright_and_without_its_notes(office: OfficeSession) -> None:
    """A phone's photo is turned, made smaller and stripped; what is no picture leaves the frame empty."""
    archive, content = on_file(office), graduate()
    scan = attachments.add_attachment(office, archive.id, "毕业证.pdf", b"%PDF-1.4 none\n%%EOF", "other")
    photo = attachments.add_attachment(office, archive.id, "照片.jpg", picture(), "other")
    content.values["photo"] = [scan.id, photo.id]
    found = resumes.photo_of(office, content)
    assert found is not None and b"\xe6\x9f\x90" not in found
    with Image.open(BytesIO(found)) as opened:
        assert opened.size == (900, 1200) and not opened.getexif()
    content.values["photo"] = [scan.id]
    assert resumes.photo_of(office, content) is None
    assert "照片" in pdf_text(resumes.preview(office, content))
