"""The clerk's whole path by command line: two empty folders, a workbook, a stick, and the county's receipt back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from db.__main__ import main

FIXTURES = Path(__file__).parent.parent / "fixtures"
Command = Callable[..., dict[str, Any]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command that must succeed and give its JSON."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", "梅花香自苦寒来")

    def call(*arguments: object) -> dict[str, Any]:
        status = main([str(argument) for argument in arguments] + ["--json"])
        shown = capsys.readouterr()
        assert status == 0, shown.err
        body: dict[str, Any] = json.loads(shown.out)
        return body

    return call


def _set_up(run: Command, tmp_path: Path) -> tuple[Path, Path]:
    """A township and its county that know each other's cards."""
    town, county = tmp_path / "town", tmp_path / "county"
    run("init", town, "--name", "梅城镇总工会", "--level", "township", "--region", "340882", "--parent", "潜山市总工会")
    run("init", county, "--name", "潜山市总工会", "--level", "county", "--region", "340882")
    town_card = run("card", town, tmp_path / "town.nuandang-card")
    county_card = run("card", county, tmp_path / "county.nuandang-card")
    enrolled = run("enrol", county, town_card["file"])
    assert enrolled["fingerprint"] == town_card["fingerprint"]
    run("enrol", town, county_card["file"])
    return town, county


def _states(run: Command, office: Path) -> set[str]:
    return {item["state"] for item in run("list", office)["archives"]}


def test_path__from_workbook_to_receipt(run: Command, tmp_path: Path) -> None:
    """47 sound rows of the sample travel to the county, and its receipt turns every state to 上级已收."""
    town, county = _set_up(run, tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()

    outcome = run("import-workbook", town, FIXTURES / "wide.xlsx", "--report", tmp_path / "errors.xlsx")
    assert (outcome["rows_read"], outcome["created"], outcome["failed"]) == (60, 47, 13)
    again = run("import-workbook", town, FIXTURES / "wide.xlsx")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 47)
    assert _states(run, town) == {"未上报"}

    bundle = run("export-bundle", town, stick)
    assert bundle["archive_count"] == 47
    assert _states(run, town) == {"已导出"}

    (file,) = stick.glob("*.nuandang")
    preview = run("receive", county, file, "--dry-run")
    assert preview["dry_run"] and run("list", county)["total"] == 0
    received = run("receive", county, file)
    # row 36 is the head of one household and a member of row 35's: told apart, stored all the same
    assert (received["new_count"], received["duplicate_count"]) == (46, 1)
    assert run("list", county)["total"] == 47

    (receipt,) = (path for path in stick.glob("*.nuandang") if path != file)
    run("receive", town, receipt)
    assert _states(run, town) == {"上级已收"}


def test_bundle__received_twice__refused_and_unchanged(
    run: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same stick put in again changes nothing and says so."""
    town, county = _set_up(run, tmp_path)
    run("demo", town, "--households", 5)
    run("export-bundle", town, tmp_path)
    (file,) = tmp_path.glob("*.nuandang")
    run("receive", county, file)
    before = run("list", county)
    assert main(["receive", str(county), str(file)]) == 1
    assert "收过" in capsys.readouterr().err
    assert run("list", county) == before


def test_receipt__written_again(run: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lost receipt is written again by the number of its bundle; what is not there or not clear is said."""
    town, county = _set_up(run, tmp_path)
    assert main(["receipt", str(county), "1", str(tmp_path)]) == 1
    assert "还没有收过" in capsys.readouterr().err
    run("demo", town, "--households", 2)
    run("export-bundle", town, tmp_path)
    (file,) = tmp_path.glob("*.nuandang")
    run("receive", county, file)
    for lost in set(tmp_path.glob("*.nuandang")) - {file}:
        lost.unlink()

    written = run("receipt", county, 1, tmp_path)
    assert written["answers"]["partner_name"] in written["file_name"]
    run("receive", town, Path(written["path"]))
    assert _states(run, town) == {"上级已收"}
    assert main(["receipt", str(county), "2", str(tmp_path)]) == 1
    assert "收过的有：" + written["answers"]["partner_name"] + "第 1 包" in capsys.readouterr().err
    assert main(["receipt", str(county), "1", str(tmp_path), "--sender", "别的单位"]) == 1
    assert "请核对包号和单位名称" in capsys.readouterr().err


def test_exports__of_the_same_office__agree(run: Command, tmp_path: Path) -> None:
    """What list, workbook and paper show of a household is the same person."""
    town, _ = _set_up(run, tmp_path)
    run("demo", town, "--households", 3, "--seed", 7)
    first = run("list", town)["archives"][0]
    shown = run("show", town, first["archive_number"])
    assert shown["complete"] and shown["problems"] == []

    run("export-workbook", town, tmp_path / "flat.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "flat.xlsx").get_sheet_by_index(0).to_python()
    assert shown["values"]["id_number"] in {cell for row in rows for cell in row}

    run("print", town, tmp_path / "forms.pdf", "--archive", first["archive_number"])
    run("print", town, tmp_path / "means.pdf", "--paper", "means", "--archive", first["archive_number"])
    pdf = pypdfium2.PdfDocument(tmp_path / "forms.pdf")
    text = pdf[0].get_textpage().get_text_bounded().replace(" ", "")
    pdf.close()
    assert shown["values"]["name"] in text and shown["values"]["bank_account"] in text


def test_wrong_passphrase__says_what_to_do(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong passphrase is exit status 1 with a Chinese sentence; wrong usage is 2."""
    town, _ = _set_up(run, tmp_path)
    monkeypatch.setenv("NUANDANG_PASSPHRASE", "不是这个口令")
    assert main(["list", str(town)]) == 1
    assert "口令不对" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["no-such-command"])
    assert stop.value.code == 2


def test_describe__names_every_starred_field(run: Command) -> None:
    """The command line describes the form for other programs: the 29 stars of source 004, options with codes."""
    fields = run("describe")["fields"]
    assert sum(item["required"] for item in fields) == 29
    ethnicity = next(item for item in fields if item["key"] == "ethnicity")
    assert len(ethnicity["options"]) == 58
