"""Registers read from lists: the enterprises surveyed, what is told of lines that cannot be taken, and putting them right."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from factories import PASSPHRASE

from db.__main__ import main
from db.errors import UserError
from db.services import enterprise_sheets, enterprises, register_sheets
from db.services.office import OfficeSession

CAPTIONS = ("企业名称", "行业", "负责人", "联系电话", "日期", "职工人数（人）", "经营状况", "职工收入", "职工需求",
            "是否有需要建档的家庭", "需要建档的户数", "调查单位")  # fmt: skip
HOTEL = ("迎宾旅馆", "住宿餐饮业", "汪经理", "0556-8925678", "2026.11.12", 26, "停业三个月", "少一半", "缓缴社保", "是", 2, "")


def written(path: Path, rows: Sequence[Sequence[str | int]]) -> Path:
    """A list under a title line, as enterprises send it in."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "受影响企业调查表")
    for at, row in enumerate((CAPTIONS, *rows), 1):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def cells(path: Path) -> list[list[object]]:
    """The first sheet of a workbook."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_enterprises__good_lines_are_entered_others_told(office: OfficeSession, tmp_path: Path) -> None:
    """A trial stores nothing; faulty lines go out as a list, are put right there and come back; nothing comes twice."""
    rows = [
        HOTEL,
        ("梅城客运站", "开飞机的", "", "", "2026-11-12", 40, "班线减了四成", "照发", "没有", "否", "", ""),
        ("潜阳纺织厂", "制造业", "", "", "2026-11-13", "三十来个", "订单少", "照发", "没有", "否", "", ""),
        ("天柱茶厂", "制造业", "", "", "2026-11-13", 12, "正常", "照发", "没有", "是", "", ""),
        ("别处的厂", "制造业", "", "", "2026-11-13", 12, "正常", "照发", "没有", "否", "", "源潭镇总工会"),
        ("", "制造业", "", "", "2026-11-13", 12, "正常", "照发", "没有", "否", "", ""),
    ]
    path = written(tmp_path / "来表.xlsx", rows)
    trial = enterprise_sheets.import_enterprises(office, path, dry_run=True)
    assert enterprises.list_enterprises(office) == []
    told = enterprise_sheets.import_enterprises(office, path)
    assert (told.added, told.changed, told.unchanged) == (trial.added, trial.changed, trial.unchanged) == (1, 0, 0)
    reasons = {item.line: item.reason for item in told.faults}
    assert list(reasons) == [4, 5, 6, 7, 8]
    assert "所属行业“开飞机的”" in reasons[4] and "职工人数“三十来个”" in reasons[5]
    assert "需要建档的户数" in reasons[6] and "源潭镇总工会" in reasons[7] and "企业名称" in reasons[8]
    (row,) = enterprises.list_enterprises(office)
    assert (row.words("industry"), row.record.on_day, row.words("workers")) == ("住宿和餐饮业", "2026-11-12", "26")
    register_sheets.write_faults(office, enterprise_sheets.SHEET, told.faults[:3], tmp_path / "错误.xlsx")
    book = openpyxl.load_workbook(tmp_path / "错误.xlsx")
    sheet = book.worksheets[0]
    captions = [cell.value for cell in sheet[1]]
    assert (sheet.cell(2, captions.index(register_sheets.REASON) + 1).value or "").startswith("所属行业")
    for line, caption, value in ((2, "所属行业", "交通运输"), (3, "职工人数", 30), (4, "需要建档的户数", 1)):
        sheet.cell(line, captions.index(caption) + 1).value = value
    book.save(tmp_path / "改好.xlsx")
    again = enterprise_sheets.import_enterprises(office, tmp_path / "改好.xlsx")
    assert (again.added, again.faults) == (3, [])
    assert enterprise_sheets.import_enterprises(office, tmp_path / "改好.xlsx").unchanged == 3


def test_enterprises__a_later_survey_changes_an_older_one_does_not(office: OfficeSession, tmp_path: Path) -> None:
    """Every survey stays as a version; empty cells leave what is known."""
    enterprise_sheets.import_enterprises(office, written(tmp_path / "a.xlsx", [HOTEL]))
    later = ("迎宾旅馆", "", "", "", "2026-11-20", "", "恢复营业", "", "", "", "", "")
    earlier = ("迎宾旅馆", "", "", "", "2026-11-01", "", "倒闭", "", "", "", "", "")
    told = enterprise_sheets.import_enterprises(office, written(tmp_path / "b.xlsx", [later, earlier]))
    assert (told.changed, [item.line for item in told.faults]) == (1, [4]) and "2026-11-20" in told.faults[0].reason
    (row,) = enterprises.list_enterprises(office)
    assert (row.words("operating_state"), row.words("workers")) == ("恢复营业", "26")


def test_register__written_out_and_the_blank_are_read_back(office: OfficeSession, tmp_path: Path) -> None:
    """What the program writes it reads; the blank says what belongs where and brings nothing; a foreign list is refused."""
    enterprise_sheets.import_enterprises(office, written(tmp_path / "a.xlsx", [HOTEL]))
    enterprises.write_register(office, tmp_path / "登记.xlsx", enterprises.list_enterprises(office))
    assert enterprise_sheets.import_enterprises(office, tmp_path / "登记.xlsx").unchanged == 1
    register_sheets.write_template(office, enterprise_sheets.SHEET, tmp_path / "空白.xlsx")
    blank = enterprise_sheets.import_enterprises(office, tmp_path / "空白.xlsx")
    assert (blank.taken, blank.unchanged, blank.faults) == (0, 0, [])
    how = {row[0].value: (row[1].value, row[2].value) for row in openpyxl.load_workbook(tmp_path / "空白.xlsx").worksheets[1]}
    assert how["企业名称"][0] == "必填" and "箭头" in how["所属行业"][1] and how["联系人"][0] == "可以不填"
    offered = openpyxl.load_workbook(tmp_path / "空白.xlsx")
    (industry, to_file) = offered.worksheets[0].data_validations.dataValidation
    assert "可选项" in industry.formula1 and str(to_file.sqref).startswith("J2")
    assert "制造业" in {cell.value for cell in offered["可选项"]["A"]}
    with pytest.raises(UserError) as caught:
        enterprise_sheets.import_enterprises(office, _foreign(tmp_path / "名单.xlsx"))
    assert caught.value.code == "enterprise_sheet_captions"


def _foreign(path: Path) -> Path:
    book = xlsxwriter.Workbook(path)
    book.add_worksheet().write_row(0, 0, ("姓名", "电话"))
    book.close()
    return path


def test_command__enterprises(
    office: OfficeSession, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dry run says what would be; the real one stores and writes the faulty lines."""
    path = written(tmp_path / "a.xlsx", [HOTEL, ("", "制造业", *[""] * 10)])
    folder = str(office.folder)
    office.close()
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    assert main(["enterprises", folder, "--import", str(path), "--dry-run"]) == 0
    assert "将要新登记 1 家" in capsys.readouterr().out
    faults = tmp_path / "错误.xlsx"
    assert main(["enterprises", folder, "--import", str(path), "--faults", str(faults)]) == 0
    assert "迎宾旅馆" in capsys.readouterr().out and len(cells(faults)) == 2
