"""附件3: every figure is that of an independent recount, every sum holds on paper, and a copy stays as it was handed in."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from aid_money import card_number, fund, in_2022, on_file
from factories import PASSPHRASE, make_office
from hypothesis import given, settings
from hypothesis import strategies as st
from neighbours import town_and_county
from openpyxl import load_workbook
from payments import pay
from pdf_words import pdf_text

from db.__main__ import main
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.reports.captions import caption_of
from db.domain.reports.evaluation import evaluate
from db.domain.reports.layout_file import ReportLayoutError, packaged_reports, read_report
from db.errors import UserError
from db.services import aid, disbursement, exchange, records, report_copies, report_papers, reports
from db.services.aid import GrantInput
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.reports import ReportRequest

TUITION = packaged_reports()["tuition"]
STAGES = ("primary", "senior_high", "bachelor", "five_year_vocational", "preschool")
BANDS = {"primary": "B", "senior_high": "C", "five_year_vocational": "C", "bachelor": "D"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session, "2022-09-01")
    session.close()


def student(office: OfficeSession, archive: Archive, stage: str, kind: str = "new") -> str:
    """The first child of a household, registered in 2022; its id."""
    child = archive.content.members[0]
    values = {
        "year": 2022, "registered_on": "2022-08-01", "intake_route": "survey", "regime": "on_file", "person": child["id"],
        "name": child["name"], "id_number": child["id_number"], "student_kind": kind, "stage": stage, "school": "某校",
        "school_region": "630104", "enrolled_year": 2022 if kind == "new" else 2021, "is_full_time": True,
    }  # fmt: skip
    records.save_record(office, archive.id, RecordKind.STUDENT, RecordContent(values))
    return str(child["id"])


def schooled(office: OfficeSession, seed: int, stage: str, **values: object) -> tuple[Archive, str]:
    """A household on file whose first child is a student."""
    archive = on_file(office, seed, bank_account=card_number(seed), bank_name="某银行", **values)
    archive.content.members[0]["id_number"] = archive.content.members[0].get("id_number") or ""
    return archive, student(office, archive, stage)


def tuition(office: OfficeSession, archive: Archive, person: str, source: str, amount: int) -> str:
    """Tuition aid granted with a reason, for the limit needs papers that are beside the point here."""
    given = GrantInput("tuition", amount, person=person, fund_id=source, granted_on="2022-08-10", reason="测试")
    return aid.grant_aid(office, archive.id, given).id


def test_tuition__equals_an_independent_recount(office: OfficeSession) -> None:
    """Money and heads by stage and group, of what was paid by the day; a child paid twice is one child."""
    central = fund(office, 5_000_000, allowed_items=["tuition"])
    union = fund(office, 1_000_000, name="工会经费", source_kind="union", needs_archive=False)
    paid: list[tuple[str, bool, int, str]] = []
    for seed, stage in enumerate((*STAGES, "primary", "bachelor"), 1):
        migrant = seed % 2 == 0
        archive, child = schooled(office, seed, stage, is_migrant_worker=migrant)
        amounts = (100_050 * seed, 33_333) if seed == 1 else (100_050 * seed,)
        for amount in amounts:
            source = union if seed == 3 else central
            pay(office, [tuition(office, archive, child, source, amount)], "2022-09-01" if seed == 7 else "2022-08-20")
            paid.append((stage, migrant, amount, str(child)) if seed != 7 else ("late", migrant, 0, ""))
    records.save_entry(office, RecordKind.DAY_CARE, RecordContent({"title": "甲班", "begins_on": "2022-07-05", "children": 31}))
    for employer, posts in (("某超市", 3), ("某超市", 2), ("某图书馆", 4)):
        values = {"employer": employer, "agreed_on": "2022-07-01", "posts": posts}
        records.save_entry(office, RecordKind.WORK_STUDY, RecordContent(values))
    report = reports.make_report(office, ReportRequest("tuition", 2022))
    counted = [item for item in paid if item[0] in BANDS]
    for band in "BCD":
        of_band = [item for item in counted if BANDS[item[0]] == band]
        assert report.value(f"02{band}").exact == sum(item[2] for item in of_band)
        assert report.value(f"04{band}").exact == len({item[3] for item in of_band})
        assert report.value(f"05{band}1").exact == len({item[3] for item in of_band if item[1]})
        assert report.value(f"05{band}2").exact == sum(item[2] for item in of_band if item[1])
    assert report.value("01B").exact == 5_000_000 and report.value("01D").exact == 100_050 * 3
    assert report.value("03A").exact == 6
    assert [report.value(code).exact for code in ("06A", "06B", "07A", "07B")] == [1, 31, 2, 9]
    assert any("学前教育" in text for text in report.warnings)
    for code in report.layout.figures:
        rows = reports.details(office, report, code)
        assert sum(row.value for row in rows) == report.value(code).exact, code


def test_tuition__money_that_came_back_is_not_counted(office: OfficeSession) -> None:
    """A payment that came back whole takes the child with it."""
    archive, child = schooled(office, 1, "bachelor")
    grant = tuition(office, archive, child, fund(office), 200_000)
    pay(office, [grant], "2022-08-20")
    assert reports.make_report(office, ReportRequest("tuition", 2022)).value("04A").exact == 1
    disbursement.note_returned(office, grant, 200_000, "2022-08-25", "学校已全免")
    report = reports.make_report(office, ReportRequest("tuition", 2022))
    assert (report.value("02A").exact, report.value("04A").exact) == (0, 0)


def test_copy__stays_as_handed_in_and_tells_what_is_different_today(office: OfficeSession) -> None:
    """What is paid afterwards shows as a difference."""
    archive, child = schooled(office, 1, "bachelor")
    source = fund(office, allowed_items=["tuition"])
    copy = reports.freeze(office, reports.make_report(office, ReportRequest("tuition", 2022)), note="报县里")
    pay(office, [tuition(office, archive, child, source, 150_000)], "2022-08-30")
    assert report_copies.saved_copies(office) == [copy]
    assert reports.reopened(office, copy).value("02A").exact == 0
    changed = {code: (then.exact, now.exact) for code, then, now in reports.differences_since(office, copy)}
    assert changed == {"02A": (0, 150_000), "02D": (0, 150_000), "04A": (0, 1), "04D": (0, 1)}


def test_county__counts_its_townships_and_names_those_that_are_missing(tmp_path: Path) -> None:
    """The same table over received archives."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town, "2022-09-01")
        in_2022(county, "2022-09-01")
        archive, child = schooled(town, 1, "bachelor")
        pay(town, [tuition(town, archive, child, fund(town, allowed_items=["tuition"]), 150_000)], "2022-08-30")
        assert reports.offices_missing(county, 2022) == [town.office.name]
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        report = reports.make_report(county, ReportRequest("tuition", 2022))
        assert [report.value(code).exact for code in ("01B", "02D", "03D", "04D")] == [10_000_000, 150_000, 1, 1]
        assert reports.offices_missing(county, 2022) == []
        own = reports.make_report(county, ReportRequest("tuition", 2022, offices=(county.office.id,)))
        assert own.value("02A").exact == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 10**10), min_size=12, max_size=12), st.sampled_from([2, 4]))
def test_evaluate__every_sum_holds_as_printed(amounts: list[int], places: int) -> None:
    """A = B + C + D (+ E) in 万元 as shown; the exact sum is kept, and the difference is told to the last place."""
    measured = {code: 0 for code, item in TUITION.figures.items() if not item.terms}
    money = [code for code in measured if TUITION.figures[code].is_money]
    measured |= dict(zip(money, amounts, strict=False))
    done = evaluate(TUITION, measured, places)
    for code, item in TUITION.figures.items():
        if item.terms:
            assert done.values[code].shown == sum(done.values[term].shown for term in item.terms)
            assert done.values[code].exact == sum(measured[term] for term in item.terms)
            exact = (Decimal(done.values[code].exact) / 1_000_000).quantize(Decimal(1).scaleb(-places), "ROUND_HALF_UP")
            assert done.values[code].shown - exact == done.differences.get(code, 0)


def test_tuition__captions_are_those_of_the_source() -> None:
    """Cell by cell in the order of 附件3, with its marks and numbers."""
    source = Path(__file__).parents[1] / "fixtures" / "policy_sources" / "qinghai.txt"
    table = source.read_text(encoding="utf-8").rpartition("编号")[2]
    place = 0
    for line in TUITION.lines:
        for cell in line.cells[:-1]:
            if cell:
                place = table.find(cell, place)
                assert place >= 0, cell
                place += len(cell)
    assert len(TUITION.lines) == 29


@pytest.mark.parametrize(
    ("old", "new"),
    [('sum = "01B + 01C + 01D + 01E"', 'sum = "01B + 01A"'), ('unit = "wan"', 'unit = "pound"'), ('"{01A}"', '"{99}"')],
)
def test_read_report__a_faulty_table_is_refused(old: str, new: str) -> None:
    """Sums of themselves, unknown units, lines with figures that are not there."""
    with pytest.raises(ReportLayoutError):
        read_report(TUITION.text.replace(old, new, 1))


def test_request__days_the_wrong_way_round(office: OfficeSession) -> None:
    """Refused with a sentence."""
    with pytest.raises(UserError):
        reports.make_report(office, ReportRequest("tuition", 2022, begins="2022-09-01"))


def test_papers__sums_stay_alive_and_records_are_listed(office: OfficeSession, tmp_path: Path) -> None:
    """The workbook's sums are formulas with the right values, its second sheet has every record; the PDF says the same."""
    archive, child = schooled(office, 1, "bachelor")
    pay(office, [tuition(office, archive, child, fund(office, allowed_items=["tuition"]), 123_456)], "2022-08-20")
    report = reports.make_report(office, ReportRequest("tuition", 2022))
    path = tmp_path / "附件3.xlsx"
    report_papers.write_report(office, report, path, "李秀兰", "0971-1234567")
    book, shown = load_workbook(path), load_workbook(path, data_only=True)
    rows = {row[3].value: row[4] for row in book["统计表"].iter_rows(min_row=6) if row[3].value}
    total = rows["助学活动共发放助学款(万元) (A=B+C+D)"]
    assert total.value.startswith("=E") and total.value.count("+") == 2
    assert shown["统计表"][total.coordinate].value == 0.12
    listed = [[cell.value for cell in row] for row in book["明细"].iter_rows(min_row=2)]
    assert ["02D", archive.content.members[0]["name"], "助学救助", "2022-08-20", 1234.56] in listed
    text = pdf_text(report_papers.report_pdf(office, report))
    assert "0.12" in text and "2022年8月31日" in text
    blank = pdf_text(report_papers.report_pdf(office, None, "tuition"))
    assert "暑假托管班" in blank and "0.12" not in blank
    with pytest.raises(UserError):
        report_papers.write_report(office, report, tmp_path / "附件3.doc")


def test_command__writes_and_keeps_the_table(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the command line: the figures, the file, the copy."""
    fund(office, 5_000_000, allowed_items=["tuition"])
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    out = tmp_path / "附件3.pdf"
    assert main(["report", str(office.folder), "tuition", str(out), "--period", "2022", "--freeze", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["figures"]["01A"] == {"exact": 5_000_000, "shown": "5.00", "unit": "wan"} and out.stat().st_size > 5_000
    assert [copy.id for copy in report_copies.saved_copies(office)] == [body["copy"]]


def test_need__by_family_and_stage(office: OfficeSession) -> None:
    """资金需求情况汇总表 counts who registered and what they ask for; a table is nothing but a data file."""
    for seed, (stage, amount) in enumerate((("bachelor", 200_000), ("primary", 50_000), ("bachelor", 100_000)), 1):
        archive = on_file(office, seed)
        student(office, archive, stage)
        found = records.list_records(office, archive.id, RecordKind.STUDENT)[0]
        found.content.values |= {"amount_wanted": amount, "is_new_form_family": seed == 3, "registered_on": "2022-07-01"}
        records.save_record(office, archive.id, RecordKind.STUDENT, found.content, found.record_id)
    report = reports.make_report(office, ReportRequest("tuition_need", 2022))
    shown = {code: report.value(code).text for code in ("DP4", "DM4", "DP2", "DM", "FP4", "FM", "TP", "TM", "TM4", "NP")}
    assert shown == {
        "DP4": "1", "DM4": "2,000.00", "DP2": "1", "DM": "2,500.00", "FP4": "1", "FM": "1,000.00", "TP": "3", "TM": "3,500.00",
        "TM4": "3,000.00", "NP": "0",
    }  # fmt: skip
    standards = {code: report.value(code).text for code in ("DS4", "DS2", "DS", "FS", "TS4", "TS", "NS")}
    assert standards == {
        "DS4": "2,000.00", "DS2": "500.00", "DS": "1,250.00", "FS": "1,000.00", "TS4": "1,500.00", "TS": "1,166.67", "NS": "--",
    }  # fmt: skip
    assert not report.warnings
    detail, own = reports.make_report(office, ReportRequest("tuition_need_detail", 2022)), f"@office:{office.office.id}"
    assert {code: detail.value(code).text for code in shown} == shown
    assert all(detail.value(code + own).exact == report.value(code).exact for code in report.layout.figures if code != "TA")
    first = [report_papers.line_texts(detail, line)[:2] for line in detail.layout.lines]
    assert caption_of(detail.layout, f"FM4{own}") == f"{office.office.name}，高等教育：金额，新就业形态"
    assert [first[0], first[6], first[7]] == [[office.office.name, "在档深度困难"], ["", "小计"], ["合计", "在档深度困难"]]
    for code, item in report.layout.figures.items():
        if not item.over:
            assert sum(row.value for row in reports.details(office, report, code)) == report.value(code).exact, code
    found.content.values["amount_wanted"] = None
    records.save_record(office, archive.id, RecordKind.STUDENT, found.content, found.record_id)
    for report_id in ("tuition_need", "tuition_need_offices", "tuition_need_detail"):
        (warning,) = reports.make_report(office, ReportRequest(report_id, 2022)).warnings
        assert warning.startswith("有学生还没有填拟申请金额") and "是 3" in warning and "是 2" in warning
