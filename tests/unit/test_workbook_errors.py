"""The error workbook: the clerk's own file with the reasons in it, ready to be corrected and imported again."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from db.domain.id_number import check_digit
from db.errors import MachineError, UserError
from db.exchange.workbook_shift import insert_first_column, shift_formula, shift_reference
from db.services import archiving, workbooks
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
WIDE, LONG = FIXTURES / "wide.xlsx", FIXTURES / "long.xls"
RED, AMBER = "00FFC7CE", "00FFEB9C"


def report(office: OfficeSession, source: Path, target: Path) -> Any:
    workbooks.run_import(office, source, report_path=target)
    return openpyxl.load_workbook(target)


def test_report__reasons_colours_comments_and_formatting(office: OfficeSession, tmp_path: Path) -> None:
    """First column with the result, bad cells coloured with the reason as comment, everything else as it was."""
    sheet = report(office, WIDE, tmp_path / "out.xlsx")["困难职工"]
    assert [sheet.cell(3, column).value for column in (1, 2, 4)] == ["导入结果", "编号", "姓名"]
    assert sheet["A6"].value.startswith("未导入：身份证号：身份证号校验不符")
    assert sheet["A4"].value == "已新建（340882-2026-0001）" or sheet["A4"].value.startswith("已新建（")
    assert (sheet["H6"].value, sheet["H6"].fill.fgColor.rgb) == ("341002198707184931", RED)
    assert "校验不符" in sheet["H6"].comment.text
    assert sheet["I11"].fill.fgColor.rgb == AMBER
    assert [str(found) for found in sheet.merged_cells.ranges] == ["B1:CJ1"]
    assert sheet.row_dimensions[9].hidden
    assert [letter for letter, column in sheet.column_dimensions.items() if column.hidden] == ["Q"]
    assert sheet["B1"].font.size == openpyxl.load_workbook(WIDE)["困难职工"]["A1"].font.size
    assert (sheet["X42"].value, sheet["X42"].data_type) == ('=HYPERLINK("x","y")', "s")


def test_report__corrected_and_imported_again_takes_what_was_missing(office: OfficeSession, tmp_path: Path) -> None:
    """Two rows are put right: two are created, the stored ones are unchanged, the rest is refused again."""
    path = tmp_path / "out.xlsx"
    book = report(office, WIDE, path)
    sheet = book["困难职工"]
    sheet["H6"] = "34100219870718493" + check_digit("34100219870718493")
    sheet["J20"] = "一般疾病"
    book.save(path)
    again = tmp_path / "again.xlsx"
    outcome = workbooks.run_import(office, path, report_path=again)
    assert (outcome.created, outcome.unchanged, outcome.failed, outcome.rows_read) == (2, 47, 11, 60)
    assert outcome.plan.unknown == []
    sheet = openpyxl.load_workbook(again)["困难职工"]
    assert [cell.value for cell in sheet[3]].count("导入结果") == 1
    assert sheet["H6"].comment is None and sheet["H6"].fill.fgColor.rgb != RED
    assert sheet["H7"].comment is not None
    assert sheet["A4"].value.startswith("没有变化")


def test_report__of_an_old_format_is_rebuilt(office: OfficeSession, tmp_path: Path) -> None:
    """From an .xls the values are kept – text as text – and it can be imported again."""
    sheet = report(office, LONG, tmp_path / "out.xlsx")["Sheet1"]
    assert [sheet.cell(2, column).value for column in (1, 2, 3)] == ["导入结果", "户号", "姓名"]
    assert (sheet["E3"].value, sheet["E3"].data_type, sheet["B3"].value) == ("34088219790307697X", "s", 1)
    assert workbooks.run_import(office, tmp_path / "out.xlsx").unchanged == 25


def test_report__of_a_sheet_formatted_to_the_last_row_is_rebuilt(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million empty rows would take minutes and gigabytes to carry over; the values are enough."""
    monkeypatch.setattr("db.exchange.workbook_read._MOST_ROWS", 10)
    monkeypatch.setattr("db.exchange.workbook_errors.load_workbook", lambda *_, **__: pytest.fail("carried over"))
    workbooks.run_import(office, WIDE, report_path=tmp_path / "out.xlsx")
    assert (tmp_path / "out.xlsx").is_file()


def test_report__that_cannot_be_written_stores_nothing(office: OfficeSession, tmp_path: Path) -> None:
    """A report asked for and not possible stops the whole import."""
    with pytest.raises(MachineError):
        workbooks.run_import(office, WIDE, report_path=tmp_path / "gone" / "out.xlsx")
    assert archiving.count_archives(office, ArchiveQuery()) == 0


def test_report__afterwards_from_the_outcome(office: OfficeSession, tmp_path: Path) -> None:
    """It can be written later, as long as the file is still the one that was imported."""
    copy = tmp_path / "wide.xlsx"
    copy.write_bytes(WIDE.read_bytes())
    outcome = workbooks.run_import(office, copy, dry_run=True)
    workbooks.write_error_workbook(copy, outcome, tmp_path / "later.xlsx")
    assert openpyxl.load_workbook(tmp_path / "later.xlsx")["困难职工"]["A6"].value.startswith("未导入")
    copy.write_bytes(LONG.read_bytes())
    with pytest.raises(UserError):
        workbooks.write_error_workbook(copy, outcome, tmp_path / "later.xlsx")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A1", "B1"),
        ("$A$1:Z9", "$B$1:AA9"),
        ("A:C", "B:D"),
        ("$3:$3", "$3:$3"),
        ("XFD1", "XFD1"),
    ],
)
def test_shift__references(before: str, after: str) -> None:
    """Cells and columns move, rows do not, the last column stays."""
    assert shift_reference(before) == after


def test_shift__formulas_that_point_at_the_sheet() -> None:
    """Own references and those of other sheets to it move; text, functions and names stay."""
    own = '=SUM(A1:A9)*12+IF(B2="A1",名单!$C$3,其他!C3)+LOG10(D1)+rate'
    assert shift_formula(own, "名单", own=True) == '=SUM(B1:B9)*12+IF(C2="A1",名单!$D$3,其他!C3)+LOG10(E1)+rate'
    assert shift_formula("='我的 名单'!A1+A1", "我的 名单", own=False) == "='我的 名单'!B1+A1"


def test_shift__a_sheet_with_everything(tmp_path: Path) -> None:
    """Validations, conditional formats, filter, panes, print area, table, links, comments and formulas move along."""
    book = openpyxl.Workbook()
    sheet, other = book.active, book.create_sheet("汇总")
    sheet.title = "名单"
    sheet.append(["姓名", "月收入", "年收入"])
    sheet.append(["王建国", 100, "=B2*12"])
    other["A1"] = "=SUM(名单!B:B)"
    rule = DataValidation(type="list", formula1="$A$2:$A$2")
    rule.add("B2:B9")
    sheet.add_data_validation(rule)
    sheet.conditional_formatting.add("B2:B9", FormulaRule(["$B2>50"], fill=PatternFill("solid", fgColor="FF0000")))
    sheet.add_table(Table(displayName="T", ref="A1:C2"))
    sheet.freeze_panes, sheet.print_area, sheet.print_title_cols = "B2", "A1:C9", "A:A"
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].hidden = 33, True
    sheet["A2"].hyperlink, sheet["B2"].comment, sheet["A2"].font = "https://example.invalid/", Comment("注", "甲"), Font(bold=True)
    insert_first_column(book, sheet)
    out = io.BytesIO()
    book.save(out)
    sheet = openpyxl.load_workbook(out)["名单"]
    assert sheet["D2"].value == "=C2*12"
    assert openpyxl.load_workbook(out)["汇总"]["A1"].value == "=SUM(名单!C:C)"
    moved = sheet.data_validations.dataValidation[0]
    assert (str(moved.sqref), moved.formula1) == ("C2:C9", "$B$2:$B$2")
    area = next(iter(sheet.conditional_formatting))
    assert (str(area.sqref), area.rules[0].formula) == ("C2:C9", ["$C2>50"])
    assert sheet.tables["T"].ref == "B1:D2"
    assert (sheet.freeze_panes, sheet.column_dimensions["C"].width, sheet.column_dimensions["D"].hidden) == ("C2", 33, True)
    assert sheet.print_area.replace("$", "") == "'名单'!A1:D9"
    assert (sheet["C2"].comment.text, sheet["B2"].font.bold, sheet["B2"].hyperlink.ref) == ("注", True, "B2")
