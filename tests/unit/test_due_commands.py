"""The commands ``due`` and ``notice``: lists for people and programs, a calendar file without names, papers as files."""

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from case_steps import on_day, posted
from factories import PASSPHRASE, make_office
from openpyxl import load_workbook

from db.__main__ import main
from db.domain.records.record_form import RecordContent
from db.services import archiving, year_calendar
from db.services import office as offices
from db.services.office import OfficeSession


@pytest.fixture
def number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The archive's number; its notice, posted in June 2020, ended on the 29th, and for the commands it is 1 July."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    session, _ = make_office(tmp_path / "office")
    archive_id = posted(session)
    on_day(session, "2020-07-01")
    year_calendar.save_own_day(session, RecordContent({"title": "报送季度台账", "day": "2020-07-10", "remind_days": 3}))
    found = archiving.load_archive(session, archive_id)
    session.close()
    shanghai = timezone(timedelta(hours=8))
    opened = offices.open_office

    def open_then(*given: Any, **named: Any) -> OfficeSession:
        made = opened(*given, **named)
        made.clock = lambda: datetime(2020, 7, 1, 9, tzinfo=shanghai)
        return made

    monkeypatch.setattr(offices, "open_office", open_then)
    return found.archive_number


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    """The JSON answer of a command, or the code of its refusal."""
    status = main([*map(str, arguments), "--json"])
    shown = json.loads(capsys.readouterr().out)
    return shown["error"]["code"] if status else shown


def test_due__lists_and_writes_a_calendar_without_names(
    number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The notice can be dealt with today, the own day is ahead; the file says how many households, not which."""
    out = tmp_path / "暖档.ics"
    body = run(capsys, "due", tmp_path / "office", "--ics", out)
    found = {item["kind"]: (item["day"], item["span"]) for item in body["items"]}
    assert (found["notice"], found["own"]) == (("2020-06-30", "today"), ("2020-07-10", "later"))
    assert "电脑时间" in body["clock"]
    text = out.read_bytes().decode().replace("\r\n ", "")
    name = next(item["subject"] for item in body["items"] if item["kind"] == "notice")
    assert "SUMMARY:公示期满：1 户" in text and "SUMMARY:本单位事项：报送季度台账" in text and name not in text
    assert "TRIGGER:-PT63H" in text and "DTSTART;VALUE=DATE:20200701" in text
    ids = re.findall("UID:(.*)", text)
    assert len(ids) == len(set(ids)) == body["events"]
    run(capsys, "due", tmp_path / "office", "--ics", out, "--names", "--days", "5")
    assert name in out.read_bytes().decode().replace("\r\n ", "")
    assert run(capsys, "due", tmp_path / "office", "--days", "-1") == "due_days"


def test_notice__list_print_and_result(number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list says what has ended; the notice is printed for all that hang; a result needs the notice to be dealt with."""
    office = tmp_path / "office"
    (listed,) = run(capsys, "notice", "list", office)["notices"]
    assert (listed["number"], listed["ends_on"], listed["has_ended"]) == (number, "2020-06-29", True)
    assert run(capsys, "notice", "print", office, tmp_path / "公示.pdf")["archives"] == 1
    assert (tmp_path / "公示.pdf").read_bytes().startswith(b"%PDF")
    run(capsys, "notice", "print", office, tmp_path / "公示.xlsx", "--archive", number)
    assert load_workbook(tmp_path / "公示.xlsx").worksheets
    assert run(capsys, "notice", "print", office, tmp_path / "公示.doc") == "wrong_ending"
    assert run(capsys, "notice", "result", office, tmp_path / "结果.pdf", "--archive", number) == "papers_nobody"
