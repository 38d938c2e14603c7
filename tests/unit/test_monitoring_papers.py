"""附件1 cell by cell as PDF and workbook, and the totals of a campaign recounted."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from factories import PASSPHRASE
from test_monitoring import CHECKED, RELAPSE, campaign, exited, fill, office, on_file

from db.__main__ import MONITORING_STATES, main
from db.domain.papers.monitoring_paper import CELLS, FOOT, HEADS, TITLE, WIDTHS, plain_caption
from db.domain.records.monitoring import MONITORING
from db.domain.records.record_form import RecordContent
from db.printing import monitoring_sheet
from db.services import monitoring, monitoring_papers
from db.services.monitoring import Progress
from db.services.office import OfficeSession

__all__ = ["office"]

SOURCE_TEXT = """
户主姓名 身份证号 手机号码 家庭住址
困难职工脱困原因 家庭总人口数(人) 是否纳入民政兜底保障(是/否)
帮扶措施落实情况 家庭年度总收入(元) 家庭年度刚性支出(元) 家庭年人均纯收入(元) 就业是否有保障(是/否) 就医是否有保障(是/否)
就学是否有保障(是/否) 社保是否有保障(是/否) 住房是否有保障(是/否)
目前存在的困难
入户调查人员建议是否返困(是/否)(若填“是”，请注明深度或相对困难职工) 入户调查人员其它工作建议
备注
"""
SOURCE_CELLS = SOURCE_TEXT.split()
"""Every caption of 附件1 of source 000, in its order, without the blanks before the brackets."""


def words_of(pdf: bytes) -> list[str]:
    """The text of each page, without blanks and line breaks."""
    document = pypdfium2.PdfDocument(pdf)
    pages = ["".join(document[number].get_textpage().get_text_bounded().split()) for number in range(len(document))]
    document.close()
    return pages


def test_layout__has_the_cells_of_the_source_and_no_hole() -> None:
    """Captions as in source 000; together the cells cover the grid exactly once."""
    assert [plain_caption(cell) for cell in CELLS if cell.caption] == SOURCE_CELLS
    assert [caption for caption, _ in HEADS] == ["填报单位：", "填报人：", "联系方式："]
    covered = [
        (row, column)
        for cell in CELLS
        for row in range(cell.row, cell.row + cell.down)
        for column in range(cell.column, cell.column + cell.across)
    ]
    assert sorted(covered) == [(row, column) for row in range(7) for column in range(len(WIDTHS))]
    answers = [cell.key for cell in CELLS if cell.key]
    assert len(set(answers)) == len(answers) == 19 and set(answers) <= set(MONITORING.by_key)
    reasons = "疾病治愈、再就业、子女毕业实现就业、自谋职业、纳入社会保障覆盖、纳入大病保险和医疗互助保险保障、社会救助兜底、其他。"
    assert FOOT.endswith(reasons)


def test_sheet__long_texts_go_on_overleaf_and_nothing_is_cut() -> None:
    """Three texts of 2 000 characters: all of each is printed, on pages of their own."""
    texts = {key: "".join(f"{mark}{number:03d}" for number in range(500)) for key, mark in
             (("difficulties", "难"), ("other_advice", "议"), ("note", "注"))}  # fmt: skip
    pages = words_of(monitoring_sheet.sheets_pdf([RecordContent({"name": "尉迟秀兰", **texts})]))
    assert len(pages) > 1 and "（全文见续页）" in pages[0]
    rest = "".join(pages[1:]).replace(f"{TITLE}（续页）户主姓名：尉迟秀兰", "")
    assert all(text in rest for text in texts.values())


def test_sheets__blank_for_the_way_and_filled(office: OfficeSession, tmp_path: Path) -> None:
    """Whoever was not visited yet has name and number only; the filled one has every answer; the blank has none."""
    first, second = exited(office, 1), exited(office, 2)
    aim = campaign(office, "exited")
    made = fill(office, first, aim, **RELAPSE, note="已与社区核对")
    pages = words_of(monitoring_papers.sheets_pdf(office, [first, second], aim))
    assert len(pages) == 2
    told = made.content
    answers = ("36,000.00", "12,345.67", "7,884.78", "是（相对困难职工）", "本人复发住院", "已与社区核对", "再就业")
    for words in (*answers, told.text("id_number")):
        assert words in pages[0], words
    assert "陈志强" in pages[1] and "36,000.00" not in pages[1] and "再就业" in pages[1]
    blank = words_of(monitoring_papers.sheets_pdf(office))[0]
    assert TITLE in blank and "陈志强" not in blank and all(words in blank for words in SOURCE_CELLS)
    path = tmp_path / "附件1.xlsx"
    monitoring_papers.write_sheets(office, [first, second], aim, path)
    book = openpyxl.load_workbook(path)
    rows = list(book["名单"].values)
    listed = dict(zip(rows[0], rows[1], strict=True))
    assert (listed["身份证号"], listed["家庭年度总收入(元)"], listed["家庭总人口数(人)"]) == (told.text("id_number"), 36000, 3)
    assert (listed["困难职工脱困原因"], listed["入户调查人员建议是否返困"]) == ("再就业", "是（相对困难职工）")
    assert len(rows) == 3 and rows[2][rows[0].index("家庭年度总收入(元)")] is None
    sheet = book[f"1 {told.text('name')}"]
    assert len(book.sheetnames) == 3 and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["A2"].value == TITLE and sheet["D4"].value == told.text("id_number") and sheet["D4"].data_type == "s"
    assert (sheet["B7"].value, sheet["D7"].value, sheet["A1"].value) == (36000, 7884.78, "附件 1")
    captions = ["".join(str(cell.value).split()) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert set(SOURCE_CELLS) <= set(captions)


def test_totals__recounted_from_the_sheets(office: OfficeSession, tmp_path: Path) -> None:
    """§f.3: done of due, 脱困原因, guarantees that are missing, 返困 by class, mean income per head and year."""
    aim = campaign(office, "exited", "on_file")
    ids = [exited(office, 1), exited(office, 2, reason="cured"), on_file(office, 3), exited(office, 4)]
    monitoring.open_campaign(office, aim)
    fill(office, ids[0], aim, **RELAPSE, covered_by_civil_affairs=True)
    fill(office, ids[1], aim, **{**RELAPSE, "relapse_class": "deep"}, annual_income=100_00, annual_rigid_expense=1000_00)
    fill(office, ids[2], aim, housing_secured=False)
    told = monitoring_papers.totals(office, aim)
    overall = told.overall
    assert (overall.due, overall.done, overall.covered, overall.unstable) == (4, 3, 1, 2)
    assert dict(overall.reasons) == {"re_employed": 1, "cured": 1, "": 1}
    assert dict(overall.unsecured) == {"school_secured": 3, "housing_secured": 1}
    assert dict(overall.relapse) == {"relative": 1, "deep": 1}
    assert overall.average == round((788_478 - 30_000 + 788_478) / 3)
    assert [(name, item.due, item.done) for name, item in told.offices] == [("梅城镇总工会", 4, 3)]
    page = words_of(monitoring_papers.totals_pdf(office, aim))[0]
    for words in ("动态监测集中行动", "75.0%", "5,156.52", "疾病治愈1", "就学没有保障3", "还没有脱困1"):
        assert words in page, words
    monitoring_papers.write_totals(office, aim, tmp_path / "汇总.xlsx")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "汇总.xlsx").active.values for cell in row]
    assert 5156.52 in cells and "75.0%" in cells


def test_command__lists_opens_and_writes(
    office: OfficeSession, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Campaigns, the list of one, its sheets and totals as files; what is unknown is told."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    first, _second = exited(office, 1), exited(office, 2)
    fill(office, first, campaign(office, "exited"), **RELAPSE)
    folder = str(office.folder)
    assert set(MONITORING_STATES) == set(Progress)

    def run(*arguments: object) -> Any:
        status = main(["monitor", folder, *map(str, arguments), "--json"])
        told = json.loads(capsys.readouterr().out)
        return told if not status else told["error"]["code"]

    (known,) = run()["campaigns"]
    assert (known["title"], known["due"], known["opened_at"]) == ("动态监测集中行动", 1, "")
    sheets, totals = tmp_path / "待填.pdf", tmp_path / "汇总.xlsx"
    told = run("动态监测集中行动", "--open", "--state", "to_do", "--sheets", sheets, "--totals", totals)
    assert (told["added"], told["totals"]["due"], told["totals"]["relapse"]) == (2, 2, {"relative": 1})
    assert [item["checked_on"] for item in told["households"]] == [None] and told["written"] == [str(sheets), str(totals)]
    assert len(words_of(sheets.read_bytes())) == 1 and totals.stat().st_size > 1000
    blank = tmp_path / "空白.pdf"
    assert len(run("--sheets", blank)["campaigns"]) == 1 and "身份证号" in words_of(blank.read_bytes())[0]
    assert run("回头看") == "campaign_unknown" and run("--open") == "campaign_needed"
    assert run("动态监测集中行动", "--sheets", tmp_path / "x.doc") == "wrong_ending"
    assert main(["monitor", folder, "动态监测集中行动", "--state", "relapse"]) == 0
    assert "2022-06-20 入户　建议返困" in capsys.readouterr().out


@pytest.mark.parametrize(("done", "due", "rate"), [(0, 0, "--"), (2999, 3000, "99.9%"), (3000, 3000, "100%"), (1, 3, "33.3%")])
def test_rate__says_all_only_of_all(done: int, due: int, rate: str) -> None:
    """One household left of three thousand is not 100 %."""
    from db.domain.papers.monitoring_totals import UnitTotals

    assert UnitTotals("", due, done, 0, 0, None).rate == rate
    assert CHECKED["relapse_advised"] is False
