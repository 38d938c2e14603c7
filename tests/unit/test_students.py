"""Students and graduates: nobody forgotten, nobody twice, and the printed registers as the sources have them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aid_money import in_2022, on_file
from factories import PASSPHRASE, citizen_number, file_household, make_office
from openpyxl import load_workbook
from pdf_words import pdf_text

from db.__main__ import main
from db.domain.case_words import Act
from db.domain.papers.graduate_papers import GRADUATE_COLUMNS
from db.domain.papers.student_papers import STUDENT_COLUMNS
from db.domain.records.record_form import RecordContent
from db.domain.wide_table import caption_cells
from db.errors import UserError
from db.services import (
    archiving,
    casework,
    employment_targets,
    graduates,
    register_papers,
    student_lists,
    student_season,
    students,
)
from db.services.archiving import Archive
from db.services.office import OfficeSession

NUMBER, OTHER_NUMBER = citizen_number("63010420040101123"), citizen_number("63010420040101127")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def family(office: OfficeSession, seed: int = 1, number: str = NUMBER, **member: Any) -> tuple[Archive, str]:
    """A household on file whose first child goes to college; the child's id."""
    archive = on_file(office, seed)
    child = archive.content.members[0]
    child |= {"id_number": number, "member_identity": "college", "school_or_employer": "某大学", **member}
    for other in archive.content.members[1:]:
        other["member_identity"] = "farmer"
    return archiving.save_archive(office, archive.content, archive.id), str(child["id"])


def registration(office: OfficeSession, archive: Archive, child: str, year: int = 2022, **more: Any) -> RecordContent:
    """A registration begun by the program and completed by a clerk."""
    content = students.prepared_student(office, archive.id, child, year)
    asked = {"stage": "bachelor", "school_region": "630104", "enrolled_year": 2019, "study_years": 3, "student_kind": "continuing"}
    content.values = {**asked, **content.values, **more}
    return content


def test_unregistered__neither_who_finished_nor_whose_household_left(office: OfficeSession) -> None:
    """A graduate still called 大学生 on the form, and the child of a household out of hardship, are not asked for again."""
    archive, child = family(office)
    begun = graduates.prepared_from_member(office, archive.id, child)
    begun.values |= {"graduation_year": 2022, "school": "某大学", "education": "bachelor", "major": "护理学", "origin": "西宁",
                     "phone": "13900001111", "responsible": "李秀兰 0971-1234567", "employment_status": "unemployed"}  # fmt: skip
    graduates.save_graduate(office, archive.id, begun)
    assert [row.member_id for row in students.unregistered(office, 2021)] == [child] and students.unregistered(office, 2022) == []
    gone = file_household(office, 5)
    gone.content.members[0] |= {"id_number": OTHER_NUMBER, "member_identity": "college"}
    archiving.save_archive(office, gone.content, gone.id)
    asked = [row.member_id for row in students.unregistered(office, 2022)]
    left = {"exited_on": "2021-05-31", "exit_reason": "re_employed", "reason": "原有档案"}
    casework.take_step(office, gone.id, Act.NOTE_EXITED, left)
    assert asked and students.unregistered(office, 2022) == []


def test_student__is_offered_registered_and_not_registered_twice(office: OfficeSession) -> None:
    """Who goes to school is on the list until registered; in another archive the same person is refused."""
    archive, child = family(office)
    assert [row.member_id for row in students.unregistered(office, 2022)] == [child]
    made = students.save_student(office, archive.id, registration(office, archive, child))
    assert students.unregistered(office, 2022) == []
    assert [(row.record_id, row.stage_label, row.granted) for row in students.list_students(office, 2022)] == [
        (made.record_id, "本科", 0)
    ]
    assert made.content.values["graduation_year"] == 2022
    with pytest.raises(UserError) as caught:
        students.save_student(office, archive.id, registration(office, archive, child))
    assert caught.value.code == "student_twice"
    other = on_file(office, 2)
    foreign = registration(office, archive, child, person=other.content.members[0]["id"])
    with pytest.raises(UserError) as caught:
        students.save_student(office, other.id, foreign)
    assert caught.value.code == "student_elsewhere" and archive.archive_number in caught.value.text()


def test_student__next_year_goes_on_from_the_last(office: OfficeSession) -> None:
    """School and course are kept, the child is no new student any more; a course that ended asks anew."""
    archive, child = family(office)
    students.save_student(office, archive.id, registration(office, archive, child, year=2021, study_years=4))
    begun = students.prepared_student(office, archive.id, child, 2022)
    assert (begun.values["stage"], begun.values["student_kind"], begun.values["enrolled_year"]) == ("bachelor", "continuing", 2019)
    later = students.prepared_student(office, archive.id, child, 2023)
    assert later.values["student_kind"] == "new" and "stage" not in later.values
    assert [row.coming for row in students.unregistered(office, 2022)] == ["本科四年级"]
    assert [row.coming for row in students.unregistered(office, 2023)] == ["本科毕业，或升研究生"]


def test_student__after_primary_school_comes_the_next(office: OfficeSession) -> None:
    """Where there is but one way on, it is proposed: a new course at a school yet to be named."""
    archive, child = family(office, member_identity="primary")
    content = registration(office, archive, child, year=2021, stage="primary", enrolled_year=2016, study_years=6)
    students.save_student(office, archive.id, content)
    begun = students.prepared_student(office, archive.id, child, 2022).values
    assert (begun["stage"], begun["student_kind"], begun["enrolled_year"], begun["study_years"]) == ("junior_high", "new", 2022, 3)
    assert [row.coming for row in students.unregistered(office, 2022)] == ["升初中"]


def test_student__what_cannot_be_is_refused(office: OfficeSession) -> None:
    """Enrolled later than the year, and a new student of years ago."""
    archive, child = family(office)
    for wrong in ({"enrolled_year": 2023}, {"student_kind": "new", "enrolled_year": 2019}):
        with pytest.raises(UserError):
            students.save_student(office, archive.id, registration(office, archive, child, **wrong))


def test_season__names_how_many_are_left_to_register(office: OfficeSession) -> None:
    """In summer the board tells who goes to school and is not registered, of this office alone; in winter nobody asks."""
    archive, child = family(office)
    left = len(students.unregistered(office, 2022))
    assert left == student_season.left_to_register(office) > 0
    students.save_student(office, archive.id, registration(office, archive, child))
    assert student_season.left_to_register(office) == left - 1
    in_2022(office, "2022-12-01")
    assert student_season.left_to_register(office) == 0


def test_graduates__found_by_themselves_and_counted_to_the_target(office: OfficeSession) -> None:
    """Who finishes is on the list; what is done is kept, the status follows the stages, the target names who is missing."""
    for seed, number in ((1, NUMBER), (2, OTHER_NUMBER)):
        archive, child = family(office, seed, number, name=f"学生{'甲乙'[seed - 1]}")
        students.save_student(office, archive.id, registration(office, archive, child))
    found = graduates.finishing(office, 2022)
    assert len(found) == graduates.count_finishing(office) == 2 and graduates.finishing(office, 2021) == []
    for row in found:
        content = graduates.prepared_graduate(office, row.record_id)
        assert content.text("school_place") == "西宁市城西区", "the place of study is not asked again"
        content.values |= {"major": "汉语言文学", "phone": "13900001111", "responsible": "李秀兰 0971-1234567", "origin": "西宁"}
        graduates.save_graduate(office, row.archive_id, content)
    assert graduates.finishing(office, 2022) == []
    first = graduates.list_graduates(office)[0]
    assert first.content.values["skill_level"] == "无" and first.needs_help
    first.content.rows["stages"] = [
        {"id": "1", "on_day": "2022-06-20", "stage": "seeking"},
        {"id": "2", "on_day": "2022-06-30", "stage": "employed", "employer": "某公司"},
    ]  # fmt: skip
    graduates.save_graduate(office, first.archive_id, first.content, first.record_id)
    zero, overall = employment_targets.targets(office)
    assert (overall.asked, overall.reached, overall.is_met) == (2, 1, False) and overall.missing and zero.asked == 0
    assert overall.missing[0] != first.name


def test_registers__are_those_of_the_sources(office: OfficeSession, tmp_path: Path) -> None:
    """附件2 has its 20 columns in their order and groups, the 梧州 form its 12; blank and filled, PDF and workbook."""
    sources = Path(__file__).parents[1] / "fixtures" / "policy_sources"
    printed = sources.joinpath("qinghai.txt").read_text(encoding="utf-8").partition("困难职工家庭高校毕业生就业服务实名制档案表\n")[2]
    heads = [column.head for column in GRADUATE_COLUMNS]
    assert len(heads) == 20 and all(head in printed for head in heads)
    groups = [cell.text for cell in caption_cells(graduates.graduate_register(office, blank=True)) if cell.across > 1]
    assert groups == ["就业基本情况", "困难职工家庭高校毕业生信息（生成基本简历）", "就业服务情况", "就业状态", "就业意向"]
    wuzhou = sources.joinpath("wuzhou.txt").read_text(encoding="utf-8")
    wuzhou = "".join(wuzhou.split())
    assert [column.head for column in STUDENT_COLUMNS if column.head not in wuzhou] == []
    archive, child = family(office)
    students.save_student(office, archive.id, registration(office, archive, child, student_kind="new", enrolled_year=2022))
    table = student_lists.student_register(office, 2022, filler="李秀兰", phone="0971-1234567")
    assert "被某大学录取" in table.rows[0][11] and len(table.rows[0]) == 12
    assert "某大学" in pdf_text(register_papers.table_pdf(table)) and "填表人：李秀兰" in pdf_text(register_papers.table_pdf(table))
    path = tmp_path / "附件2.xlsx"
    register_papers.write_table(office, graduates.graduate_register(office), path)
    sheet = load_workbook(path).active
    assert [cell.value for cell in sheet[6]][:20] == list(range(1, 21))


def test_commands__list_and_write(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who is registered, who is not, and 附件2 as a file."""
    archive, child = family(office)
    students.save_student(office, archive.id, registration(office, archive, child, study_years=4))
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    out = tmp_path / "附件2.pdf"
    assert main(["students", str(office.folder), "--year", "2022", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert len(body["students"]) == 1 and body["not_registered"] == []
    assert main(["graduates", str(office.folder), str(out), "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert len(body["not_registered"]) == 1 and "就业服务实名制档案表" in pdf_text(out.read_bytes())
