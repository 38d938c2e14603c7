"""Each table of the source documents, blank and filled, on paper and as a workbook: cell by cell as it is printed there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aid_money import card_number, fund, in_2022
from aid_money import on_file as filed
from factories import citizen_number, make_office
from official_tables import (
    Grid,
    archive_form,
    figure_codes,
    plain,
    qinghai_annex,
    sheet_grid,
    wuzhou_form,
    wuzhou_notes,
)
from payments import pay
from pdf_words import pdf_text
from printed_cells import printed_cells
from test_monitoring import RELAPSE, exited, fill

from db.domain import id_number
from db.domain.records.record_form import RecordContent
from db.services import (
    aid,
    archiving,
    graduates,
    monitoring_papers,
    printing,
    register_papers,
    report_papers,
    reports,
    student_lists,
    students,
)
from db.services.aid import GrantInput
from db.services.archiving import Archive
from db.services.office import OfficeSession

NUMBER = citizen_number("63010420040101123")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session, "2022-09-01")
    session.close()


def paper(pdf: bytes) -> Grid:
    """The first page."""
    return Grid(printed_cells(pdf))


def household(office: OfficeSession) -> Archive:
    """A household whose first child goes to college."""
    archive = filed(office, 1, bank_account=card_number(1), bank_name="某银行", is_migrant_worker=True)
    archive.content.members[0] |= {"id_number": NUMBER, "member_identity": "college", "school_or_employer": "某大学"}
    return archiving.save_archive(office, archive.content, archive.id)


def registered(office: OfficeSession, archive: Archive) -> None:
    """The child on record as a new student."""
    content = students.prepared_student(office, archive.id, str(archive.content.members[0]["id"]), 2022)
    content.values |= {"stage": "bachelor", "school_region": "630104", "enrolled_year": 2022, "study_years": 4,
                       "student_kind": "new", "admitted_on": "2022-07-15", "relation_to_parent": "儿子"}  # fmt: skip
    content.values["registered_on"] = "2022-08-01"
    students.save_student(office, archive.id, content)


def test_annex_1__monitoring_sheet_of_source_000(office: OfficeSession, tmp_path: Path) -> None:
    """附件1 (S000-04): captions row by row, empty cells in the blank one, each answer in its cell in the filled one."""
    rows = qinghai_annex(1)
    assert [len(row) for row in rows] == [4, 3, 9, 1, 2, 1]
    blank = paper(monitoring_papers.sheets_pdf(office))
    blank.rows_stand(rows)
    assert sorted(blank.texts) == sorted(caption for row in rows for caption in row)
    fill(office, exited(office, 1), "", **RELAPSE, note="已联系医院")
    ids = archiving.archive_ids(office, archiving.ArchiveQuery())
    filled = paper(monitoring_papers.sheets_pdf(office, ids))
    filled.rows_stand(rows)
    assert [filled.behind(caption) for caption in rows[1]] == ["再就业", "3", "否"]
    answers = [filled.below(caption) for caption in rows[2][1:]]
    assert answers == ["36,000.00", "12,345.67", "7,884.78", "是", "是", "否", "是", "是"]
    assert filled.behind("目前存在的困难") == "本人复发住院" and filled.behind("备注") == "已联系医院"
    assert filled.behind(rows[4][0]) == "是(相对困难职工)"
    assert all(head in pdf_text(monitoring_papers.sheets_pdf(office)) for head in ("填报单位：", "填报人：", "联系方式："))
    workbook = tmp_path / "附件1.xlsx"
    monitoring_papers.write_sheets(office, ids, "", workbook)
    listed = sheet_grid(workbook)
    heads = [caption.partition("(是/否)")[0] for row in rows for caption in row if caption != "帮扶措施落实情况"]
    listed.rows_stand([heads])
    assert [listed.below(caption) for caption in heads[7:11]] == ["36000", "12345.67", "7884.78", "是"]


def test_annex_2__register_of_graduates_of_source_000(office: OfficeSession, tmp_path: Path) -> None:
    """附件2 (S000-11): three groups, twenty columns with their numbers; 身份证号 is a column of its own beside 就业状态."""
    groups, heads, below, numbers = qinghai_annex(2)
    below.remove("身份证号")
    heads.insert(1, "身份证号")
    rows = [groups, heads, below, numbers]
    archive = household(office)
    registered(office, archive)
    content = RecordContent({
        "registered_on": "2022-08-20", "person": archive.content.members[0]["id"], "name": "周婷", "id_number": NUMBER,
        "employment_status": "unemployed", "origin": "西宁", "graduation_year": 2022, "school": "某大学", "education": "bachelor",
        "major": "会计", "phone": "13900001111", "responsible_unit": "梅城镇总工会", "responsible": "李秀兰", "wants_help": True,
        "wish_place": "西宁", "wish_post": "出纳", "wish_salary": "4000", "service_content": "推荐岗位", "service_result": "面试中",
    })  # fmt: skip
    graduates.save_graduate(office, archive.id, content)
    blank, register = graduates.graduate_register(office, blank=True), graduates.graduate_register(office)
    expected = ["周婷", NUMBER, "", "√", "", "西宁", "2022", "某大学", "本科", "会计", "无", "", "西宁", "出纳", "4000", "13900001111",
                "梅城镇总工会", "李秀兰", "推荐岗位", "面试中"]  # fmt: skip
    for table, answers in ((blank, [""] * 20), (register, expected)):
        path = tmp_path / f"{len(table.rows)}.xlsx"
        register_papers.write_table(office, table, path)
        for grid in (paper(register_papers.table_pdf(table)), sheet_grid(path)):
            grid.rows_stand(rows)
            assert [grid.below(number) for number in numbers] == answers


def test_annex_3__statistics_of_source_000_and_001(office: OfficeSession, tmp_path: Path) -> None:
    """附件3 (S000-21), which is 附件1 of source 001 too: every caption behind its marks, every figure behind its caption."""
    rows = qinghai_annex(3)
    captions = [row[-1] for row in rows[1:]]
    codes = figure_codes(rows[1:])
    assert len(captions) == len(set(codes)) == 29
    archive = household(office)
    registered(office, archive)
    child = str(archive.content.members[0]["id"])
    source = fund(office, 5_000_000, allowed_items=["tuition"])
    given = GrantInput("tuition", 123_400, person=child, fund_id=source, granted_on="2022-08-10", reason="按方案")
    pay(office, [aid.grant_aid(office, archive.id, given).id], "2022-08-20")
    report = reports.make_report(office, reports.ReportRequest("tuition", 2022))
    workbook = tmp_path / "附件3.xlsx"
    report_papers.write_report(office, report, workbook)
    shown = {"01A": "5.00", "01B": "5.00", "02A": "0.12", "02D": "0.12", "03A": "1", "03D": "1", "04A": "1", "04D": "1",
             "05A1": "1", "05A2": "0.12", "05D1": "1", "05D2": "0.12"}  # fmt: skip
    zeros = {code: "0.00" if report.layout.figures[code].is_money else "0" for code in codes}
    grids = [
        (paper(report_papers.report_pdf(office, None, "tuition")), dict.fromkeys(codes, "")),
        (paper(report_papers.report_pdf(office, report)), zeros | shown),
        (sheet_grid(workbook), zeros | shown),
    ]
    for grid, expected in grids:
        grid.rows_stand([row for row in rows if row[0] != "编号"])
        place = -1
        for code, caption in zip(codes, captions, strict=True):
            place, _ = grid.at(caption, place)
            found = grid.behind(caption, place - 1)
            assert (found and float(found)) == (expected[code] and float(expected[code])), code
    title = "2022年黄山工会金秋助学活动情况统计表"
    assert title in (Path(__file__).parents[1] / "fixtures/policy_sources/huangshan.txt").read_text(encoding="utf-8").replace(" ", "")
    assert report.title == title.replace("黄山", "")


def test_form_of_source_002__students(office: OfficeSession, tmp_path: Path) -> None:
    """梧州 (S002-10): two groups, twelve columns, head and foot, and the four notes about papers below."""
    rows = wuzhou_form()
    assert [len(row) for row in rows] == [2, 12] and len(wuzhou_notes()) == 4
    archive = household(office)
    registered(office, archive)
    blank = student_lists.student_register(office, 2022, blank=True)
    register = student_lists.student_register(office, 2022, filler="李秀兰")
    values = archive.content.values
    parent = "父" if id_number.sex(str(values["id_number"])) == "male" else "母"
    expected = [values["worker_number"], values["name"], f"{parent}子", None, None, values["id_number"], values["mobile_phone"],
                archive.content.members[0]["name"], "男", "18", NUMBER, "2022-07-15被某大学录取"]  # fmt: skip
    for table, answers in ((blank, [""] * 12), (register, expected)):
        path = tmp_path / f"{len(table.rows)}.xlsx"
        register_papers.write_table(office, table, path)
        page = register_papers.table_pdf(table)
        for grid in (paper(page), sheet_grid(path)):
            grid.rows_stand(rows)
            found = [grid.below(caption) for caption in rows[1]]
            assert [one for one, known in zip(found, answers, strict=True) if known is not None] == [
                plain(known) for known in answers if known is not None
            ]
        words = plain(pdf_text(page))
        assert "填表人：" in words and "联系电话：" in words and "单位" in words
        assert [note for note in wuzhou_notes() if note not in words] == []


def test_form_of_source_004__archive(office: OfficeSession) -> None:
    """困难职工档案表 (S004-05): every block with its stars in its order; filled, each answer under or behind its caption."""
    rows = archive_form()
    assert [len(row) for row in rows] == [2, 10, 9, 5, 7, 2, 12, 2, 3, 4, 1, 6, 2, 5]
    blank = paper(printing.blank_form_pdf())
    blank.rows_stand(rows)
    starred = [text for text in blank.texts if text.startswith("*")]
    assert starred == [caption for row in rows for caption in row if caption.startswith("*")]
    archive = household(office)
    filled = paper(printing.archive_pdf(office, [archive.id]))
    filled.rows_stand([row for row in rows if len(row) > 1])
    assert any(text.endswith("(确定时间：2026年4月15日)，对解困脱困对象确定以下类别中的选项") for text in filled.texts)
    values, child = archive.content.values, archive.content.members[0]
    assert filled.behind("*职工编号") == values["worker_number"] and filled.behind("*困难类别") == "深度困难"
    assert filled.below("*姓名") == values["name"] and filled.below("*身份证号") == values["id_number"]
    assert re.sub(r"\D", "", filled.behind("*银行卡号")) == values["bank_account"]
    assert filled.below("单位或学校") == "某大学" and filled.below("身份") == "大学生"
    assert filled.below("姓名") == child["name"]
