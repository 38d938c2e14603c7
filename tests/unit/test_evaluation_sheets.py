"""The papers of an evaluation: the workbook filled in and read back, the masked one, the list drawn again, the rates."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories import PASSPHRASE, file_household, make_office
from pdf_words import pdf_text
from test_evaluation import TODAY, draw, office

from db.__main__ import main
from db.services import evaluation, evaluation_sheets
from db.services.evaluation import Evaluation
from db.services.office import OfficeSession

__all__ = ["office"]


def sheet_of(path: Path) -> tuple[Any, Any, dict[str, int]]:
    """The workbook, its sheet, and the column of each caption."""
    book = openpyxl.load_workbook(path)
    sheet = book["核查表"]
    return book, sheet, {str(cell.value): cell.column for cell in sheet[1]}


def fill(path: Path, lines: dict[str, dict[str, object]]) -> None:
    """Answer by number on the sheet and caption."""
    book, sheet, at = sheet_of(path)
    for row in range(2, sheet.max_row + 1):
        for caption, value in lines.get(sheet.cell(row, at["抽样号"]).value, {}).items():
            sheet.cell(row, at[caption]).value = value
    book.save(path)


MET = {"核查日期": TODAY, "核查人": "评估员甲", "是否见到本人或家人": "是"}


def test_workbook__comes_back_line_by_line(office: OfficeSession, tmp_path: Path) -> None:
    """Good lines are taken, each bad one is told with its line and reason; a dry run stores nothing."""
    item, path = draw(office), tmp_path / "核查表.xlsx"
    assert evaluation_sheets.write_checks(office, item.id, path) == 8
    fill(path, {
        "A001": {**MET, "建档时是否符合条件": "是", "现在是否应退档而没有退": "有", "对帮扶工作": "基本满意"},
        "A002": {**MET, "计划的帮扶措施": 2, "其中已落实": 3},
        "A003": {**MET, "建档时是否符合条件": "大概"},
        "A004": {**MET, "档案编号": "340882-2026-9999", "是否知道帮扶政策": "否"},
        "B001": {**MET, "是否符合条件而没有建档": "否", "建档时是否符合条件": "是"},
        "C001": {**MET, "抽样号": "c001", "退档时是否仍符合条件": "否"},
        "C002": {"核查日期": TODAY, "核查人": "评估员甲", "是否见到本人或家人": "否", "没有见到的原因": "外出务工"},
    })  # fmt: skip
    tried = evaluation_sheets.import_checks(office, item.id, path, dry_run=True)
    assert evaluation.evaluation_of(office, item.id).done == 0
    told = evaluation_sheets.import_checks(office, item.id, path)
    assert tried == told and (told.added, told.changed, told.blank) == (3, 0, 1)
    assert [(fault.line, fault.code) for fault in told.faults] == [(3, "A002"), (4, "A003"), (5, "A004"), (6, "B001")]
    for word, fault in zip(("比计划的多", "大概", "档案编号应是", "未建档"), told.faults, strict=True):
        assert word in fault.reason, fault
    rows = {row.code: row for row in evaluation.sampled_rows(office, item.id)}
    assert rows["A001"].values["should_exit"] is True and rows["A001"].values["satisfied"] == "fairly"
    assert rows["C002"].values["not_reached_reason"] == "外出务工"
    again = evaluation_sheets.import_checks(office, item.id, path)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)


def test_workbook__of_another_evaluation_is_refused_line_by_line(office: OfficeSession, tmp_path: Path) -> None:
    """The same households drawn twice are two evaluations."""
    first, second, path = draw(office), draw(office), tmp_path / "核查表.xlsx"
    evaluation_sheets.write_checks(office, first.id, path)
    fill(path, {"A001": {**MET, "是否知道帮扶政策": "是"}})
    told = evaluation_sheets.import_checks(office, second.id, path)
    assert len(told.faults) == 8 and told.faults[0].reason == "这一行是另一次评估的。" and not told.added


def test_masked__tells_outsiders_no_name_address_or_number(office: OfficeSession, tmp_path: Path) -> None:
    """Neither the workbook nor the paper; surnames, offices and archive numbers stay."""
    item, path = draw(office), tmp_path / "对外.xlsx"
    rows = evaluation.sampled_rows(office, item.id)
    evaluation_sheets.write_checks(office, item.id, path, masked=True)
    cells = "\n".join(str(cell.value) for sheet in openpyxl.load_workbook(path) for line in sheet for cell in line)
    paper = pdf_text(evaluation_sheets.check_sheets_pdf(office, item.id, masked=True))
    for row in rows:
        assert row.name and row.address and row.phone
        for secret in (row.name, row.address, row.phone):
            assert secret not in cells and secret.replace(" ", "") not in paper
        assert row.archive_number in cells and row.archive_number in paper
    whole = pdf_text(evaluation_sheets.check_sheets_pdf(office, item.id))
    assert all(row.name in whole and row.phone in whole for row in rows)


def test_frame__lets_anybody_draw_again(office: OfficeSession, tmp_path: Path) -> None:
    """Seed and list on the sheets are enough: the smallest keys are the households drawn."""
    item, path = draw(office), tmp_path / "名单.xlsx"
    assert evaluation_sheets.write_frame(office, item.id, path)
    lines = [[cell.value for cell in line] for line in openpyxl.load_workbook(path)["名单"].iter_rows(min_row=2)]
    assert len(lines) == 16
    drawn = {str(line[4]): str(line[2]) for line in lines if line[4]}
    for group, letter, size in (("on_file", "A", 4), ("not_on_file", "B", 2), ("exited", "C", 2)):
        numbers = [str(line[2]) for line in lines if line[1] == group]
        chosen = sorted(numbers, key=lambda number: sha256(f"20260620|{group}|{number}".encode()).hexdigest())[:size]
        assert [drawn[f"{letter}{at:03d}"] for at in range(1, size + 1)] == chosen


def test_result__prints_every_rate_with_its_definition(office: OfficeSession, tmp_path: Path) -> None:
    """What the paper says is what the service found; faults by number, nobody's name."""
    item: Evaluation = draw(office)
    path = tmp_path / "核查表.xlsx"
    evaluation_sheets.write_checks(office, item.id, path)
    fill(path, {"A001": {**MET, "建档时是否符合条件": "否"}, "B001": {**MET, "是否符合条件而没有建档": "否"}})
    evaluation_sheets.import_checks(office, item.id, path)
    told = evaluation.result(office, item.id)
    paper = pdf_text(evaluation_sheets.result_pdf(office, item.id))
    for rate in told.rates:
        assert rate.indicator.label in paper and rate.indicator.definition in paper
    assert "100.0%" in paper and "20260620" in paper and "错评" in paper
    assert not any(row.name in paper for row in told.rows)
    evaluation_sheets.write_result(office, item.id, tmp_path / "结果.xlsx")
    cells = [cell.value for line in openpyxl.load_workbook(tmp_path / "结果.xlsx").worksheets[0] for cell in line]
    assert "漏评率" in cells and told.rates[1].hint in cells


def test_command__draws_writes_reads_and_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole way without a window; the same seed draws the same households."""
    session, _ = make_office(tmp_path / "office")
    for seed in range(4):
        file_household(session, seed, worker_number=f"3408820000{seed:03d}")
    session.close()
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)

    def run(*words: str) -> Any:
        assert main(["evaluate", str(tmp_path / "office"), *words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    sheet = tmp_path / "表.xlsx"
    first = run("自查", "--draw", "2", "0", "0", "--seed", "8", "--sheet", str(sheet))
    assert run("再查", "--draw", "2", "0", "0", "--seed", "8")["sample"] == first["sample"]
    fill(sheet, {"A001": {**MET, "核查日期": first["drawn_on"], "是否有干部结对帮扶": "是"}})
    told = run("自查", "--import", str(sheet), "--out", str(tmp_path / "结果.pdf"))
    assert told["import"]["added"] == 1 and next(rate for rate in told["rates"] if rate["code"] == "paired")["numerator"] == 1
    assert (tmp_path / "结果.pdf").read_bytes().startswith(b"%PDF")
