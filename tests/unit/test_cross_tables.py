"""The free cross-table: every cell is that of an independent recount, totals count once, exports say what the screen says."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from aid_money import card_number, fund, in_2022, on_file
from factories import PASSPHRASE, file_household, make_office
from neighbours import town_and_county
from openpyxl import load_workbook
from payments import pay
from pdf_words import pdf_text

from db.__main__ import main
from db.command_choices import CROSS_SUBJECTS
from db.domain.reports.cross_lists import DIMENSIONS, MEASURES, Subject
from db.domain.reports.cross_table import CrossRequest, CrossTable, Share
from db.domain.reports.period import period_of
from db.errors import UserError
from db.services import (
    aid,
    archiving,
    cross_copies,
    cross_papers,
    cross_tables,
    disbursement,
    exchange,
    funds,
    report_copies,
    reports,
    text_drafts,
)
from db.services import office as offices
from db.services.aid import GrantInput
from db.services.office import OfficeSession
from db.services.reports import ReportRequest

GIVEN = (
    # household, item, 分, day, whether it came back whole
    (1, "living", 100_010, "2022-03-05", False),
    (1, "warmth", 200_020, "2022-03-20", False),
    (2, "living", 300_030, "2022-05-06", False),
    (2, "living", 50_005, "2022-05-07", True),
    (3, "warmth", 70_007, "2022-06-30", True),
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022 with three households that got aid, two of them some of it back again, and one that got none."""
    session, _ = make_office(tmp_path / "office")
    in_2022(session, "2022-07-01")
    source = fund(session, allowed_items=[])
    ids = {}
    for seed in range(1, 5):
        more = {"hardship_category": "relative_hardship"} if seed == 2 else {}
        ids[seed] = on_file(session, seed, bank_account=card_number(seed), bank_name="某银行", **more).id
    for household, item, amount, day, returned in GIVEN:
        given = GrantInput(item, amount, fund_id=source, granted_on=day, reason="测试")
        grant = aid.grant_aid(session, ids[household], given).id
        pay(session, [grant], day)
        if returned:
            disbursement.note_returned(session, grant, amount, "2022-06-30", "退回")
    yield session
    session.close()


def table(office: OfficeSession, subject: Subject, measure: str, rows: str, columns: str = "", **more: object) -> CrossTable:
    """A table of 2022."""
    request = CrossRequest(subject, measure, rows, columns, "2022-01-01", "2022-12-31", **more)  # type: ignore[arg-type]
    return cross_tables.make_table(office, request)


def test_aid__equals_an_independent_recount(office: OfficeSession) -> None:
    """Money is less what came back, in the month it came back; households and grants that gave all back are none."""
    money: dict[tuple[str, str], int] = defaultdict(int)
    homes: dict[tuple[str, str], set[int]] = defaultdict(set)
    for household, item, amount, day, returned in GIVEN:
        money[day[5:7], item] += amount
        if returned:
            money["06", item] -= amount
        else:
            homes[day[5:7], item].add(household)
    paid, helped = (table(office, Subject.AID, measure, "month", "item") for measure in ("money", "households"))
    assert [row.label for row in paid.rows] == [f"{month} 月" for month in range(1, 8)]
    for row in paid.rows:
        for column in paid.columns:
            assert paid.value(row.code, column.code) == money[row.code, column.code]
            assert helped.value(row.code, column.code) == len(homes[row.code, column.code])
    assert paid.value(None, None) == 600_060 and helped.value(None, None) == 2
    assert helped.value("03", None) == 1 and helped.overlaps, "one household with two kinds of aid in a month"
    report = reports.make_report(office, ReportRequest("aid_items", 2022, "2022-01-01", "2022-12-31"))
    printed = [report.value(code).exact for code in ("Y", "P", "T")]
    assert printed == [paid.value(None, None), 2, table(office, Subject.AID, "grants", "item").value(None, None)]
    mean = table(office, Subject.AID, "mean_money", "item")
    assert mean.value("living", None) == (100_010 + 300_030) / 2
    assert mean.text("living", None) == "2,000.20"


def test_every_division__gives_the_same_total_and_its_records(office: OfficeSession) -> None:
    """Whatever a subject is divided by, nobody is lost and nobody comes twice; the list behind it has every record."""
    for subject, dimensions in DIMENSIONS.items():
        for measure in MEASURES[subject]:
            totals, lengths = set(), set()
            for key in dimensions:
                found = table(office, subject, measure, key)
                totals.add(found.value(None, None))
                if measure == next(iter(MEASURES[subject])):  # the records are the same whatever is counted of them
                    parts = [cross_tables.details(office, found, row.code, None) for row in found.rows]
                    lengths |= {len(cross_tables.details(office, found, None, None)), sum(map(len, parts))}
            assert len(totals) == 1 and len(lengths) <= 1, (subject, measure, totals, lengths)


def test_household_and_people__as_the_archives_say(office: OfficeSession) -> None:
    """Four households of three; filters narrow, and say to what."""
    found = table(office, Subject.HOUSEHOLDS, "households", "hardship_category", filters=(("standing", ("on_file",)),))
    assert [(row.label, found.text(row.code, None)) for row in found.rows] == [("深度困难", "3"), ("相对困难", "1")]
    assert found.filter_labels == ["档案状态：在档"]
    people = table(office, Subject.PEOPLE, "people", "age", "sex")
    assert people.value(None, None) == 12 and people.adds_up
    assert people.share("35", "male", Share.OF_ALL) == people.value("35", "male") / 12
    filed = table(office, Subject.FILED, "households", "hardship_category").value(None, None)
    file_household(office, 9, filed_on="2022-03-01")  # asks, with a day on its form
    assert table(office, Subject.FILED, "households", "hardship_category").value(None, None) == filed
    none = table(office, Subject.HOUSEHOLDS, "households", "hardship_category", filters=(("standing", ("exited",)),))
    assert none.is_empty and none.text(None, None) == "0"


def test_exports__say_what_the_screen_says(office: OfficeSession, tmp_path: Path) -> None:
    """Formulas where the parts add up, plain totals where they do not; parts on a sheet of their own."""
    paid = table(office, Subject.AID, "money", "month", "item")
    out = tmp_path / "交叉表.xlsx"
    cross_papers.write_cross(office, paid, out, Share.OF_ROW)
    book = load_workbook(out)
    sheet = book["交叉表"]
    assert sheet.cell(4 + 7 + 1, 4).value.startswith("=SUM(") and len(sheet._charts) == 1
    values = load_workbook(BytesIO(out.read_bytes()), data_only=True)
    assert values["交叉表"].cell(4 + 7 + 1, 4).value == 6000.60
    assert values["百分比"].cell(4 + 3, 2).value == pytest.approx(100_010 / 300_030)
    helped = table(office, Subject.AID, "households", "item")
    cross_papers.write_cross(office, helped, out)
    assert load_workbook(out)["交叉表"].cell(4 + 2 + 1, 2).value == 2
    words = pdf_text(cross_papers.cross_pdf(paid))
    assert "6,000.60" in words and "送温暖" in words


def test_choices__are_kept_per_clerk_and_wrong_ones_refused(office: OfficeSession) -> None:
    """A kept choice comes back; what does not exist is named with what does."""
    request = CrossRequest(Subject.AID, "money", "month", "item", filters=(("fund_source", ("central",)),))
    cross_tables.keep_choice(office, "按月", request)
    assert cross_tables.kept_choices(office) == {"按月": request}
    kept = offices.get_setting(office, f"cross_tables:{office.clerk.id}")
    offices.set_setting(office, f"cross_tables:{office.clerk.id}", {**kept, "更新的": {**kept["按月"], "subject": "moon"}})
    assert list(cross_tables.kept_choices(office)) == ["按月"], "what a later program kept is passed over"
    cross_tables.forget_choice(office, "更新的")
    cross_tables.forget_choice(office, "按月")
    assert cross_tables.kept_choices(office) == {}
    with pytest.raises(UserError, match="hardship_category"):
        table(office, Subject.AID, "money", "colour")
    with pytest.raises(UserError, match="月份"):
        table(office, Subject.AID, "money", "month", "month")


def test_command__writes_a_table(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``cross DIR OUT --of aid --rows item``; what it offers is what there is."""
    assert set(CROSS_SUBJECTS) == set(Subject)
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    out = tmp_path / "t.xlsx"
    command = ["cross", str(office.folder), str(out), "--of", "aid", "--rows", "item", "--period", "2022"]
    assert main(command) == 0 and out.exists()
    told = capsys.readouterr().out
    assert "送温暖　2,000.20" in told and "合计　6,000.60" in told


def test_county__counts_by_township_and_names_those_that_are_missing(tmp_path: Path) -> None:
    """What a township sent stands under its name; until then the county is told that nothing has come."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town, "2022-07-01")
        in_2022(county, "2022-07-01")
        for seed in (1, 2):
            on_file(town, seed)
        on_file(county, 3)
        before = table(county, Subject.HOUSEHOLDS, "households", "office")
        assert before.value(None, None) == 1 and town.office.name in before.notes[-1]
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        after = table(county, Subject.HOUSEHOLDS, "households", "office")
        assert {row.label: after.text(row.code, None) for row in after.rows} == {town.office.name: "2", county.office.name: "1"}
        assert after.office_count == 2 and len(after.notes) == 1
        assert words_of_all(county).count("3户、9人") == 1
        own = table(county, Subject.HOUSEHOLDS, "households", "office", offices=(county.office.id,))
        assert own.value(None, None) == 1 and not own.missing


def words_of_all(session: OfficeSession) -> str:
    """The summary of a year."""
    draft = text_drafts.make_text(session, "annual", period_of(2022))
    return "".join(line for part in draft.sections for line in part.paragraphs)


# -- handed in ----------------------------------------------------------------------------------------------------


def test_copy__stays_as_it_was_and_names_what_differs(office: OfficeSession) -> None:
    """Kept beside the tables of forms, opened as the same table; what is paid later is told cell by cell."""
    made = table(office, Subject.AID, "money", "month", "item", filters=(("fund_source", ("central",)),))
    copy = cross_copies.freeze(office, made, " 报县里 ")
    assert cross_copies.reopened(copy) == replace(made, request=replace(made.request, offices=(office.office.id,)))
    assert cross_copies.differences_since(office, copy) == []
    given = GrantInput("living", 11_111, fund_id=funds.fund_states(office)[0].fund.record_id, granted_on="2022-07-01", reason="测试")
    pay(office, [aid.grant_aid(office, _first_household(office), given).id], "2022-07-01")
    told = {cell.name: (cell.then, cell.now) for cell in cross_copies.differences_since(office, copy)}
    assert told == {
        "合计": ("6,000.60", "6,111.71"), "生活救助": ("4,000.40", "4,111.51"), "7 月": ("—", "111.11"), "7 月，生活救助": ("—", "111.11"),
    }  # fmt: skip
    (kept,) = report_copies.saved_copies(office)
    assert (kept.title, kept.note, kept.is_cross_table) == (f"{made.title}；资金来源：中央财政专项帮扶资金", "报县里", True)
    assert [reports.freeze(office, reports.make_report(office, ReportRequest("tuition", 2022))).id] == [
        item.id for item in report_copies.saved_copies(office) if not item.is_cross_table
    ]


def _first_household(office: OfficeSession) -> str:
    return archiving.archive_ids(office, archiving.ArchiveQuery())[0]


def test_copy__households_as_they_stood_that_day(office: OfficeSession) -> None:
    """What is counted as it stands is compared with how it stands today, not with the same day again."""
    copy = cross_copies.freeze(office, table(office, Subject.HOUSEHOLDS, "households", "hardship_category"))
    in_2022(office, "2022-10-01")
    on_file(office, 9, hardship_category="relative_hardship")
    told = {cell.name: (cell.then, cell.now) for cell in cross_copies.differences_since(office, copy)}
    assert told == {"合计": ("4", "5"), "相对困难": ("1", "2")}
    assert cross_copies.reopened(copy).when == "2022-07-01 的资料"


def test_copy__goes_up_and_is_read_with_care(tmp_path: Path) -> None:
    """The county opens what the township handed in, over the township alone; what is no table is refused in a sentence."""
    with town_and_county(tmp_path) as (town, county, stick):
        on_file(town, 1)
        on_file(county, 2)
        cross_copies.freeze(town, cross_tables.make_table(town, CrossRequest(Subject.HOUSEHOLDS, "households", "office")))
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        (copy,) = report_copies.saved_copies(county)
        assert (copy.office_name, cross_copies.reopened(copy).text(None, None)) == (town.office.name, "1")
        assert cross_copies.differences_since(county, copy) == []
        for layout in ("", "[]", "{}", copy.layout.replace('"households"', '"ghosts"'), "[" * 100_000):
            with pytest.raises(UserError, match="打不开"):
                cross_copies.reopened(replace(copy, layout=layout))


def test_command__keeps_and_compares(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``cross --freeze`` and ``report-copies`` with and without a number."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    folder = str(office.folder)
    assert main(["cross", folder, "--rows", "hardship_category", "--freeze", "--json"]) == 0
    number = json.loads(capsys.readouterr().out)["copy"]
    assert main(["report-copies", folder]) == 0
    assert f"{number}　" in capsys.readouterr().out
    made = reports.freeze(office, reports.make_report(office, ReportRequest("archives", 2022)))
    for copy, out in ((number, tmp_path / "交叉表.xlsx"), (made.id, tmp_path / "统计表.pdf")):
        assert main(["report-copies", folder, copy, str(out)]) == 0 and out.stat().st_size > 1_000
    capsys.readouterr()
    assert main(["report-copies", folder, number]) == 0
    assert "和现在的记录一致。" in capsys.readouterr().out
    assert main(["report-copies", folder, "nothing"]) == 1
