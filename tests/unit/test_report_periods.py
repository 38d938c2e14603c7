"""Periods of tables that are reversed, none, not begun or end on a leap day."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aid_money import in_2022
from factories import PASSPHRASE, make_office
from neighbours import expect_refusal

from db.__main__ import main
from db.services import reports
from db.services.office import OfficeSession
from db.services.reports import ReportRequest


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        ("2022-12-31", "2022-01-01", "report_days"),
        ("2022-02-29", "2022-03-01", "report_day"),
        ("昨天", "", "report_day"),
    ],
)
def test_days__reversed_or_none_are_refused(office: OfficeSession, begins: str, ends: str, code: str) -> None:
    """With the day that is wrong and how it is written."""
    fault = expect_refusal(lambda: reports.make_report(office, ReportRequest("aid_items", 2022, begins, ends)), code)
    assert begins in fault.text()


def test_leap_day__is_one(office: OfficeSession) -> None:
    """A period of the leap day alone."""
    made = reports.make_report(office, ReportRequest("aid_items", 2020, "2020-02-29", "2020-02-29"))
    assert made.period_words == "2020年2月29日至2020年2月29日" and not made.warnings


def test_period__that_has_not_begun_says_so(office: OfficeSession) -> None:
    """Noughts all over are not taken for a year without aid."""
    made = reports.make_report(office, ReportRequest("aid_items", 2023))
    assert made.warnings[0] == "统计的时段从 2023-01-01 开始，还没有到，没有数可以统计。"
    assert not reports.make_report(office, ReportRequest("aid_items", 2022)).warnings


def test_command__with_the_last_day_alone_begins_in_its_year(
    office: OfficeSession, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for up to a day of another year, the table begins with that year, not with this one."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)

    def run(*words: str) -> dict[str, Any]:
        main(["report", str(office.folder), "aid_items", *words, "--json"])
        return dict(json.loads(capsys.readouterr().out))

    told = run("--to", "2021-06-30")
    assert (told["begins"], told["ends"]) == ("2021-01-01", "2021-06-30")
    assert run("--to", "2021-06-31")["error"]["code"] == "report_day"
