"""The review sheet: written with what waits, read back from workbook or csv, good lines applied, bad ones told."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from factories import PASSPHRASE, file_household
from neighbours import carry, expect_refusal, town_and_county, unchanged

from db import __main__ as command_line
from db.domain.review import Reason, ReviewOutcome
from db.services import review_list, review_sheets, reviewing
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.review_list import ReviewState


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[OfficeSession, list[Archive]]]:
    """A county with five archives of its township."""
    with town_and_county(tmp_path) as (town, county, stick):
        filed = [file_household(town, seed) for seed in range(5)]
        carry(town, county, stick)
        yield county, filed


def fill(path: Path, entries: dict[int, dict[str, object]]) -> Path:
    """Write *entries* (by line, by caption) into a sheet."""
    book = openpyxl.load_workbook(path)
    sheet = book["待审表"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for line, values in entries.items():
        for caption, value in values.items():
            sheet.cell(line, columns[caption], value)
    book.save(path)
    return path


def states(county: OfficeSession, filed: list[Archive]) -> list[ReviewState | None]:
    return [review_list.state_of(county, each.id) for each in filed]


def test_sheet__written_filled_and_applied(held: tuple[OfficeSession, list[Archive]], tmp_path: Path) -> None:
    county, filed = held
    path = tmp_path / "待审表.xlsx"
    assert review_sheets.write_review_sheet(county, path) == 5
    assert zipfile.is_zipfile(path)
    member = filed[1].content.members[0]
    fill(
        path,
        {
            2: {"结果": "通过", "职工编号": "3408820031", "备注": "已核对"},
            3: {"结果": "退回", "原因": "填写有误（少一位）；缺少证明材料", "栏目": f"身份证号、{member['name']}·身份证号"},
            4: {"结果": "不通过", "原因": "父亲有两套房"},
            5: {"结果": "大概可以"},
        },
    )
    with unchanged(county):
        tried = review_sheets.apply_review_sheet(county, path, dry_run=True)
    made = review_sheets.apply_review_sheet(county, path)
    assert (tried.done, tried.problems) == (made.done, made.problems)
    assert (made.lines, made.applied, made.blank) == (5, 3, 1)
    assert [(each.line, each.archive_number) for each in made.problems] == [(5, filed[3].archive_number)]
    assert "大概可以" in made.problems[0].reason
    wanted = [ReviewState.APPROVED, ReviewState.RETURNED, ReviewState.REFUSED, ReviewState.PENDING, ReviewState.PENDING]
    assert states(county, filed) == wanted
    returned = reviewing.list_reviews(county, filed[1].id)[0]
    assert returned.reasons == (
        Reason("field_wrong", "少一位", "id_number"),
        Reason("missing_paper", "", "member.id_number", str(member["id"])),
    )
    assert returned.due_on == reviewing.default_due(county)
    assert reviewing.list_reviews(county, filed[2].id)[0].reasons == (Reason("other", "父亲有两套房"),)


def test_sheet__bad_lines_are_told_with_their_reason(held: tuple[OfficeSession, list[Archive]], tmp_path: Path) -> None:
    county, filed = held
    numbers = [each.archive_number for each in filed]
    lines = [
        "审核情况表,,,,,,,",
        "档案编号,审核结果,理由,栏目,困难类别,职工编号,补正期限,版次",
        f"{numbers[0]},退回,,,,,,",
        f"{numbers[1]},退回,填写有误,没有这一栏,,,,",
        f"{numbers[2]},通过,,,没有这一类,,,",
        f"{numbers[3]},退回,填写有误,,,,2020-01-01,",
        f"{numbers[4]},通过,,,,,,99",
        "没有这一户,通过,,,,,,",
        f"{numbers[0]},通过,,,,,,",
        ",,,,,,,",
    ]
    path = tmp_path / "审核.csv"
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    made = review_sheets.apply_review_sheet(county, path)
    assert made.applied == 0 and [each.line for each in made.problems] == [3, 4, 5, 6, 7, 8, 9]
    assert all(each.reason.endswith(("。", "）。")) for each in made.problems)
    assert states(county, filed) == [ReviewState.PENDING] * 5


def test_sheet__not_one(held: tuple[OfficeSession, list[Archive]], tmp_path: Path) -> None:
    county, _ = held
    path = tmp_path / "别的.csv"
    path.write_text("姓名,电话\n甲,1\n", "utf-8")
    expect_refusal(lambda: review_sheets.apply_review_sheet(county, path), "review_sheet_captions")


def test_command__template_then_review(
    held: tuple[OfficeSession, list[Archive]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    county, filed = held
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    path = tmp_path / "待审表.xlsx"
    assert command_line.main(["review", str(county.folder), "--template", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["archives"] == 5
    fill(path, {2: {"结果": "通过"}, 3: {"结果": "退回"}})
    assert command_line.main(["review", str(county.folder), str(path), "--dry-run", "--json"]) == 1
    assert states(county, filed) == [ReviewState.PENDING] * 5
    capsys.readouterr()
    assert command_line.main(["review", str(county.folder), str(path)]) == 1
    told = capsys.readouterr()
    assert "第 3 行" in told.out and "已审核 1 户" in told.out and "改好" in told.err
    assert reviewing.list_reviews(county, filed[0].id)[0].outcome is ReviewOutcome.APPROVED
    assert command_line.main(["review", str(county.folder)]) == 1
