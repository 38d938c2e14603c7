"""The papers, figures and commands of the pairing, and the pairing as the county sees it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from case_steps import on_day
from factories import PASSPHRASE, file_household, make_office
from neighbours import town_and_county
from openpyxl import load_workbook

from db.__main__ import main
from db.domain.pairing_duties import DEFAULT_DUTIES, PairingDuty, full_periods, kept
from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.services import cadres, duties, exchange, pairing, pairing_papers, pairing_report, records
from db.services.duties import PairingQuery
from db.services.office import OfficeSession

TODAY = "2026-11-21"


@pytest.fixture
def helped(tmp_path: Path) -> Iterator[tuple[OfficeSession, list[str]]]:
    """An office in November 2026 with two households: one paired since January, one with nobody."""
    session, _ = make_office(tmp_path / "office")
    on_day(session, TODAY)
    ids = [file_household(session, seed, worker_number=f"3408820{seed:04d}").id for seed in (1, 2)]
    content = RecordContent({"name": "李四", "unit": "镇总工会", "phone": "0556-1234567", "is_leader": True})
    pairing.pair(session, ids[:1], {cadres.save_cadre(session, content).record_id: "main"}, "2026-01-01")
    told: tuple[tuple[RecordKind, Row], ...] = (
        (RecordKind.HELP_PLAN, {"year": 2026, "made_on": "2026-01-15", "needs": "要一份工作", "goal": "年内就业"}),
        (RecordKind.MEASURE, {"measure_kind": "skills", "content": "参加家政培训", "responsible": "李四",
                              "planned_on": "2026-01-15", "due_on": "2026-06-30", "done_on": "2026-05-20", "result": "已结业"}),
        (RecordKind.MEASURE, {"measure_kind": "other", "content": "去年的事", "responsible": "李四",
                              "planned_on": "2025-01-15", "done_on": "2025-02-01"}),
        (RecordKind.HOME_VISIT, {"method": "home", "purpose": "care", "visited_on": "2026-02-10", "visitors": "李四、王五"}),
        (RecordKind.HOME_VISIT, {"method": "call", "purpose": "contact", "visited_on": "2026-03-10", "visitors": "李四"}),
    )  # fmt: skip
    for kind, values in told:
        records.save_record(session, ids[0], kind, RecordContent(values))
    yield session, ids
    session.close()


def words_of(pdf: bytes) -> str:
    """The text of every page, without line breaks and blanks."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_household_papers__say_what_was_planned_and_done(helped: tuple[OfficeSession, list[str]], tmp_path: Path) -> None:
    """Plan, measures of the year, and a ledger in the order of the days; the workbook has a sheet for each."""
    session, ids = helped
    said = words_of(pairing_papers.household_papers_pdf(session, ids[:1]))
    for part in ("要一份工作", "年内就业", "参加家政培训", "已结业", "主要责任人", "镇总工会"):
        assert part in said
    plan, rest = said.split("困难职工帮扶台帐")
    assert "去年的事" not in plan and "去年的事" in rest  # a ledger leaves nothing out
    days = ["2025-02-01", "2026-01-01", "2026-02-10", "2026-03-10", "2026-05-20"]
    assert [rest.index(day) for day in days] == sorted(rest.index(day) for day in days)
    path = tmp_path / "四件套.xlsx"
    assert pairing_papers.write_household_papers(session, ids, path) == 6
    assert len(load_workbook(path).sheetnames) == 6


def test_roster__has_those_with_nobody_too(helped: tuple[OfficeSession, list[str]], tmp_path: Path) -> None:
    """Who looks after whom, by number; the gap stands there in words, on paper and in the workbook."""
    session, ids = helped
    said = words_of(pairing_papers.roster_pdf(session, ids))
    assert "2户，已结对1户" in said and "李四" in said and "未结对" in said
    path = tmp_path / "花名册.xlsx"
    assert pairing_papers.write_roster(session, ids, path) == 2
    rows = list(load_workbook(path).active.iter_rows(min_row=2, values_only=True))
    assert [row[4] for row in rows] == ["李四", "未结对"] and rows[0][6] == "0556-1234567"
    assert "李四" not in words_of(pairing_papers.roster_pdf(session, []))


def test_full_periods__of_the_calendar() -> None:
    """Months and halves of a year that lie whole between two days; a contact more than owed makes up for none."""
    call, visit = DEFAULT_DUTIES
    assert full_periods(call, "2026-03-02", "2026-05-30") == [("2026-04-01", "2026-04-30")]
    assert full_periods(visit, "2025-12-31", "2026-12-31") == [("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31")]
    assert full_periods(visit, "2026-01-02", "2026-06-30") == []
    twice = PairingDuty("call", "电话联系", 3, 2)
    assert kept(twice, "2026-01-01", "2026-06-30", ["2026-01-05", "2026-01-06", "2026-03-31", "2026-06-01"]) == (4, 3)


def test_report__contacts_made_of_those_owed(helped: tuple[OfficeSession, list[str]], tmp_path: Path) -> None:
    """Ten full months and one half year since the pairing; the visit counts for its month's call."""
    session, _ = helped
    report = pairing_report.pairing_report(session)
    whole = report.whole
    assert (whole.households, whole.overdue) == (1, 1)
    assert (whole.contacts["call"].owed, whole.contacts["call"].made, whole.contacts["call"].rate) == (10, 2, "20%")
    assert (whole.contacts["visit"].owed, whole.contacts["visit"].made) == (1, 1)
    assert [(share.name, share.contacts["call"].made) for share in report.cadres] == [("李四", 2)]
    said = words_of(pairing_report.report_pdf(session))
    assert "50%" in said and "2/10（20%）" in said and "1/1（100%）" in said
    pairing_report.write_report_workbook(session, tmp_path / "统计.xlsx")
    assert load_workbook(tmp_path / "统计.xlsx").active["A1"].value == pairing_report.TITLE


def test_county__sees_coverage_by_office(tmp_path: Path) -> None:
    """Pairings and cadres travel up: the county counts them, names the gap, and cannot change them."""
    with town_and_county(tmp_path) as (town, county, stick):
        ids = [file_household(town, seed, worker_number=f"3408820{seed:04d}").id for seed in (1, 2)]
        content = RecordContent({"name": "李四", "unit": "镇总工会", "phone": "0556-1234567", "is_leader": False})
        pairing.pair(town, ids[:1], {cadres.save_cadre(town, content).record_id: "main"})
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        found = {item.office_name: (item.households, item.paired) for item in pairing.coverage_by_office(county)}
        assert found == {town.office.name: (2, 1)}
        assert [row.archive_id for row in duties.pairing_rows(county, PairingQuery(pile="missing"))] == ids[1:]
        assert [(row.name, row.households) for row in cadres.list_cadres(county, "")] == [("李四", 1)]
        assert cadres.list_cadres(county) == []


def test_commands__list_import_and_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, helped: tuple[OfficeSession, list[str]]
) -> None:
    """The gap by name, the register in and out, and each file."""
    session, _ = helped
    session.close()
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    folder = session.folder

    def run(*arguments: object) -> Any:
        assert main([*map(str, arguments), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    files = {name: tmp_path / name for name in ("花名册.pdf", "四件套.xlsx", "统计.pdf", "联系.ics", "干部.xlsx")}
    wanted = ("--roster", files["花名册.pdf"], "--papers", files["四件套.xlsx"], "--report", files["统计.pdf"])
    told = run("pairing", folder, "--pile", "missing", *wanted, "--ics", files["联系.ics"])
    assert told["coverage"] == {"households": 2, "paired": 1, "led": 1, "rate": "50%"}
    assert [item["cadres"] for item in told["households"]] == [[]] and len(told["written"]) == 4
    run("cadres", folder, "--export", files["干部.xlsx"])
    again = run("cadres", folder, "--import", files["干部.xlsx"], "--dry-run")
    assert again["import"]["unchanged"] == 1 and again["cadres"][0]["households"] == 1
    assert all(path.stat().st_size for path in files.values())
