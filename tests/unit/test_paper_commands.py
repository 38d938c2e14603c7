"""The commands ``paper`` and ``exits``: any paper as a file, who left as a list and a file."""

import json
from pathlib import Path
from typing import Any

import pytest
from case_steps import give_papers
from factories import PASSPHRASE, file_household, make_office
from openpyxl import load_workbook

from db.__main__ import CASE_PAPERS, main
from db.domain.case_words import Act
from db.services import casework
from db.services.papers import Paper


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with a household on file and one that is being closed."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    session, _ = make_office(tmp_path / "office")
    file_household(session, 1, worker_number="34000001")
    leaving = file_household(session, 2, worker_number="34000002").id
    give_papers(session, leaving, "payroll")
    casework.take_step(session, leaving, Act.BEGIN_EXIT, {"exit_reason": "re_employed"})
    session.close()
    return tmp_path / "office"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    """The JSON answer of a command, or the code of its refusal."""
    status = main([*map(str, arguments), "--json"])
    shown = json.loads(capsys.readouterr().out)
    return shown["error"]["code"] if status else shown


def test_paper__blank_and_filled(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The blank without households, the filled form for one; another ending is refused, and every paper is known."""
    assert [paper.value for paper in Paper] == list(CASE_PAPERS)
    blank, filled = tmp_path / "空白.pdf", tmp_path / "退档.xlsx"
    assert run(capsys, "paper", folder, "minutes", blank)["archives"] == 0
    assert blank.read_bytes().startswith(b"%PDF")
    assert run(capsys, "paper", folder, "exit_approval", filled, "--archive", "34000002")["archives"] == 1
    cells = [str(cell.value) for line in load_workbook(filled).active.iter_rows() for cell in line]
    assert any("■再就业" in cell for cell in cells)
    assert run(capsys, "paper", folder, "minutes", tmp_path / "空白.doc") == "wrong_ending"


def test_exits__lists_and_writes(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who is being closed stands in the list and in the file."""
    out = tmp_path / "退档情况.pdf"
    body = run(capsys, "exits", folder, out)
    assert (body["left"], body["on_file"], body["without_evidence"]) == (1, 1, 0)
    assert body["exits"][0]["reason"] == "再就业"
    assert out.read_bytes().startswith(b"%PDF")
    assert run(capsys, "exits", folder, "--from", "2026-12-31", "--to", "2026-01-01") == "exit_period"
    assert run(capsys, "exits", folder, "--from", "去年") == "report_day"
