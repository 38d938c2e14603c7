"""A 摸底 list from Excel in one go: who is new becomes a lead, nobody twice, and nobody who is on file goes back."""

from pathlib import Path

import pytest
from factories import PASSPHRASE, file_household
from openpyxl import Workbook

from db.__main__ import main
from db.domain.case_words import Act, Standing
from db.errors import UserError
from db.services import archiving, casework, health, workbooks
from db.services.office import OfficeSession
from db.services.revisions import archive_history

HEADER = ("序号", "姓名", "联系电话", "家庭住址", "困难情况")
ROWS = (
    (1, "周小兰", "13800001234", "梅城镇舒州大道1号", "下岗"),
    (2, "吴大明", None, "梅城镇皖山路2号", "大病"),
    HEADER,
    (3, "郑海", None, None, "上学"),
    ("合计", None, "3 户", None, None),
)


def listed(folder: Path, header: tuple[str, ...] = HEADER, rows: tuple[tuple[object, ...], ...] = ROWS) -> Path:
    """A list as a village sends it."""
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    path = folder / "摸底名单.xlsx"
    book.save(path)
    return path


def test_list__becomes_leads(office: OfficeSession, tmp_path: Path) -> None:
    """Without ID numbers and with a header repeated: every household is a lead, signed in its history."""
    path = listed(tmp_path)
    with pytest.raises(UserError) as caught:
        workbooks.run_import(office, path)
    assert caught.value.code == "workbook_needs_columns"
    assert workbooks.run_import(office, path, leads=True, dry_run=True).created == 3
    assert casework.count_cases(office).standings == {}
    outcome = workbooks.run_import(office, path, leads=True)
    assert (outcome.created, outcome.failed) == (3, 0)
    assert casework.count_cases(office).standings == {Standing.LEAD: 3}
    view = casework.case_of(office, outcome.households[0].archive_id)
    assert [step.act for step in view.steps] == [Act.NOTE_LEAD] and view.offer(Act.APPLY)
    assert [entry.action for entry in archive_history(office, view.archive_id)] == ["step", "import"]
    assert [item.title for item in health.check_office(office) if item.level == health.ERROR] == []


def test_list__read_again(office: OfficeSession, tmp_path: Path) -> None:
    """Who is known by name and phone or address is not filed twice; a new phone is taken over, the case stays as it is."""
    first = workbooks.run_import(office, listed(tmp_path), leads=True)
    casework.take_step(office, first.households[1].archive_id, Act.APPLY)
    rows = ((1, "周小兰", "13800001234", "梅城镇舒州大道9号", ""), (2, "吴大明", "13900005678", "梅城镇皖山路2号", ""))
    again = workbooks.run_import(office, listed(tmp_path, rows=rows), leads=True)
    assert (again.created, again.updated) == (0, 2)
    assert casework.count_cases(office).standings == {Standing.LEAD: 2, Standing.APPLICANT: 1}
    applied = archiving.load_archive(office, first.households[1].archive_id)
    assert applied.content.text("mobile_phone") == "13900005678"


def test_list__with_numbers(office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known by the ID number as ever; a household with its 职工编号 is on file and no lead. The command does the same."""
    known = file_household(office, 1, worker_number="340882000001")
    header = ("姓名", "身份证号", "职工编号")
    rows = (
        (known.content.text("name"), known.content.text("id_number"), "340882000001"),
        ("周小兰", "630102198512205256", "340882000002"),
        ("吴大明", None, None),
    )
    path = listed(tmp_path, header, rows)
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    assert main(["import-workbook", str(office.folder), str(path), "--leads"]) == 0
    assert casework.count_cases(office).standings == {Standing.ON_FILE: 2, Standing.LEAD: 1}
