"""The tables that repeat a line for each office, source or class: they add up and agree with the records."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from aid_money import card_number, fund, grant, in_2022, on_file
from case_steps import give_papers, on_day, posted
from factories import PASSPHRASE, file_household, make_office
from hypothesis import given, settings
from hypothesis import strategies as st
from neighbours import town_and_county
from payments import pay
from pdf_words import pdf_text

from db.__main__ import main
from db.domain.case_words import Act
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.reports.evaluation import cell_text, evaluate
from db.domain.reports.expansion import expanded
from db.domain.reports.layout_file import ReportLayoutError, packaged_reports, read_report
from db.domain.reports.period import Period, period_of, read_period
from db.domain.review import ReviewOutcome
from db.errors import UserError
from db.services import (
    answering,
    archiving,
    casework,
    disbursement,
    employment_targets,
    exchange,
    funds,
    policies,
    quotas,
    records,
    report_copies,
    report_papers,
    report_tables,
    reports,
    reviewing,
)
from db.services.office import OfficeSession
from db.services.policy_editing import FigureChange, NewSource
from db.services.reports import Report, ReportRequest
from db.services.reviewing import ReviewInput

TABLES = packaged_reports()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session, "2022-09-01")
    session.close()


def monitored(office: OfficeSession, archive_id: str, day: str, **values: object) -> None:
    """A monitoring sheet of a household."""
    plain = {
        "reporting_unit": "某镇", "reporter": "张三", "reporter_phone": "13800000000", "checked_on": day, "checkers": "张三、李四",
        "name": "王某", "id_number": "11010519491231002X", "address": "某村", "household_size": 3,
        "covered_by_civil_affairs": False, "annual_income": 3_000_000, "annual_rigid_expense": 600_000, "work_secured": True,
        "medical_secured": True, "school_secured": True, "social_secured": True, "housing_secured": True,
        "relapse_advised": False,
    }  # fmt: skip
    content = RecordContent({**plain, **values})
    records.save_record(office, archive_id, RecordKind.MONITORING, content)


def lived(office: OfficeSession, first: int = 1) -> list[str]:
    """Four households with what tables count: money paid, given back and only granted, a pairing, monitoring, an exit."""
    central, union = fund(office), fund(office, 333_333, name="工会经费", source_kind="union", needs_archive=False)
    ids = []
    for seed in range(first, first + 4):
        archive = on_file(office, seed, bank_account=card_number(seed), bank_name="某银行")
        ids.append(archive.id)
        made = grant(office, archive.id, central if seed % 2 else union, 100_050 + seed, granted_on="2022-05-01", reason="测试")
        if seed != first + 3:
            pay(office, [made.id], f"2022-0{5 + seed % 3}-20")
        if seed == first + 1:
            disbursement.note_returned(office, made.id, made.amount, "2022-08-25", "退回")
    monitored(office, ids[0], "2022-07-01")
    monitored(office, ids[0], "2022-08-01", work_secured=False, exit_reason="cured", result_stable=True)
    monitored(office, ids[1], "2022-08-02", relapse_advised=True, relapse_class="deep", relapse_causes=["schooling"])
    casework.take_step(office, ids[3], Act.CANCEL, {"cancel_reason": "moved_away", "reason": "迁往邻县"})
    return ids


def shown(report: Report) -> list[list[str]]:
    """The lines as they are printed."""
    return [report_papers.line_texts(report, line) for line in report.layout.lines]


def test_every_table__figures_are_their_records(office: OfficeSession) -> None:
    """What a figure opens adds up to it, in every table that is packaged; none says that anything does not fit."""
    lived(office)
    quotas_text = []
    for name in TABLES:
        report = reports.make_report(office, ReportRequest(name, 2022))
        quotas_text += report.warnings
        for code in {code for line in report.layout.lines for code in line.figures}:
            item = report.layout.figures[code]
            if not item.over:
                rows = reports.details(office, report, code)
                assert sum(row.value for row in rows) == report.value(code).exact, (name, code)
    assert quotas_text == []


def test_archives__who_came_and_left_leads_from_opening_to_closing(office: OfficeSession) -> None:
    """Households on file from ever, filed, left and come again; asked for a past day they stand where they stood."""
    on_day(office, "2022-03-01")
    plain = {"hardship_category": "deep_hardship", "filed_on": None}
    ever = [file_household(office, seed, worker_number=f"34{seed:06d}", **plain).id for seed in (1, 2, 3)]
    later = file_household(office, 4, worker_number="34000004", filed_on="2022-02-10", hardship_category="relative_hardship").id
    file_household(office, 5, worker_number="T5")
    on_day(office, "2022-05-02")
    casework.take_step(office, ever[0], Act.CANCEL, {"cancel_reason": "moved_away", "reason": "迁往邻县"})
    on_day(office, "2022-08-03")
    casework.take_step(office, ever[0], Act.RESTORE, {"reason": "没有迁走"})
    casework.take_step(office, later, Act.CANCEL, {"cancel_reason": "declined", "reason": "自愿"})
    year = reports.make_report(office, ReportRequest("archives", 2022))
    assert shown(year)[-1][1:7] == ["3", "1", "1", "0", "2", "3"] and year.warnings == ()
    half = reports.make_report(office, ReportRequest("archives", 2022, "2022-04-01", "2022-06-30"))
    assert shown(half)[-1][1:9] == ["4", "0", "0", "0", "1", "3", "2", "1"] and half.warnings == ()
    assert {row.archive_id for row in reports.details(office, half, "R")} == {later}
    assert half.title == "2022年第二季度困难职工档案情况统计表"


def test_funds__in_is_spent_and_left_to_the_fen(office: OfficeSession) -> None:
    """Each source as the room of funds has it; the second half begins with what the first has left."""
    lived(office)
    report = reports.make_report(office, ReportRequest("funds", 2022))
    states = {state.fund.record_id: state for state in funds.fund_states(office)}
    for key, state in states.items():
        exact = {code: report.value(f"{code}@fund:{key}").exact for code in "OKIBSLCV"}
        assert exact["O"] + exact["K"] + exact["I"] - exact["B"] == exact["S"] + exact["L"]
        assert [exact[code] for code in "ISLCV"] == [state.received, state.spent, state.left, state.committed, state.available]
    first = reports.make_report(office, ReportRequest("funds", 2022, "2022-01-01", "2022-06-30"))
    second = reports.make_report(office, ReportRequest("funds", 2022, "2022-07-01", "2022-12-31"))
    assert first.value("L").exact == second.value("O").exact and second.value("L").exact == report.value("L").exact
    in_wan = reports.make_report(office, ReportRequest("funds", 2022, unit="wan"))
    assert in_wan.layout.columns[3].head == "期初结余（万元）"
    shown_sums = [sum(in_wan.value(f"{code}@fund:{key}").shown for key in states) for code in "IS"]
    assert shown_sums == [in_wan.value("I").shown, in_wan.value("S").shown]


def test_aid__a_household_counts_once_in_the_total(office: OfficeSession) -> None:
    """Two kinds of aid are two lines of one household; what came back whole is no payment."""
    source = fund(office)
    archive = on_file(office, 1, bank_account=card_number(1), bank_name="某银行")
    made = [grant(office, archive.id, source, amount, granted_on="2022-04-01", reason="再补").id for amount in (10_000, 20_000)]
    pay(office, made[:1], "2022-05-01")
    pay(office, made[1:], "2022-07-01")
    report = reports.make_report(office, ReportRequest("aid_months", 2022))
    assert shown(report)[-1] == ["合计", "1", "2", "300.00"]
    assert [line[1:] for line in shown(report)[4:7]] == [["1", "1", "100.00"], ["0", "0", "0.00"], ["1", "1", "200.00"]]
    disbursement.note_returned(office, made[1], 20_000, "2022-08-25", "退回")
    assert shown(reports.make_report(office, ReportRequest("aid_months", 2022)))[-1] == ["合计", "1", "1", "100.00"]


def test_county__the_sum_of_its_townships_each_as_it_says_itself(tmp_path: Path) -> None:
    """Every table with a line for each office: the township's line at the county is what the township itself works out."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town, "2022-09-01")
        in_2022(county, "2022-09-01")
        lived(town)
        lived(county, 11)
        quotas.set_quota(county, town.office.id, 2022, quotas.FILED, 9)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        for name in [key for key, layout in TABLES.items() if "office" in layout.dimensions]:
            below, above = (reports.make_report(each, ReportRequest(name, 2022)) for each in (town, county))
            own, total = shown(below)[0], shown(above)
            assert next(line for line in total if line[0] == town.office.name) == own, name
            for code in TABLES[name].figures:
                item = above.layout.figures.get(code)
                if item is not None and not item.over and f"{code}@office:{town.office.id}" in above.layout.figures:
                    parts = [above.value(f"{code}@office:{each.office.id}").exact for each in (town, county)]
                    assert sum(parts) == above.value(code).exact, (name, code)
        quota = reports.make_report(county, ReportRequest("quotas", 2022))
        assert shown(quota) == [[town.office.name, "本年新建档案", "户", "9", "0", "9", "0.0%"]], "they were filed in 2021"


def test_monitoring__a_household_by_its_last_sheet(office: OfficeSession) -> None:
    """f.3: reasons, guarantees that fail, advice, and the average over those with income and heads."""
    lived(office)
    report = reports.make_report(office, ReportRequest("monitoring", 2022))
    told = {line[0].strip("　"): line[1] for line in shown(report)}
    wanted = {"已监测（户）": "2", "完成率": "100.0%", "脱困原因：疾病治愈（户）": "1", "就业没有保障（户）": "1", "建议返困（户）": "1",
              "家庭年人均纯收入平均（元）": "8,000.00"}  # fmt: skip
    assert {key: told[key] for key in wanted} == wanted


def test_quotas__used_and_left(office: OfficeSession) -> None:
    """An office without quotas has an empty table, not a broken one."""
    report = reports.make_report(office, ReportRequest("quotas", 2022))
    assert shown(report) == [] and report.measured == {}


def test_expanded__a_matrix_adds_up_by_line_and_column() -> None:
    """Lines for each class, columns for each office: sums both ways; shares are taken of the whole."""
    layout = read_report(
        'id = "matrix"\ntitle = "表"\nsource = "x"\n'
        'lines = [{ each = "category", cells = ["{category}", "{N}", "{N}", "{W}"] }, ["合计", "{N}", "{N}", "{W}"]]\n'
        '[[column]]\nhead = "类别"\nwidth = 40\n[[column]]\nhead = "{office}"\nwidth = 30\neach = "office"\n'
        '[[column]]\nhead = "合计"\nwidth = 30\n[[column]]\nhead = "占比"\nwidth = 20\n'
        '[[figure]]\ncode = "N"\nunit = "household"\nmeasure = "households"\n'
        '[[figure]]\ncode = "T"\nunit = "household"\nmeasure = "households"\nfixed = true\n'
        '[[figure]]\ncode = "W"\nunit = "percent"\nrate = "N / T"\n'
    )
    laid = expanded(layout, {"category": [("a", "甲"), ("b", "乙")], "office": [("1", "东镇"), ("2", "西镇{}")]})
    assert [column.head for column in laid.columns] == ["类别", "东镇", "西镇（）", "合计", "占比"]
    assert laid.figures["N@category:a"].terms == ("N@category:a@office:1", "N@category:a@office:2")
    assert laid.figures["N@office:1"].terms == ("N@category:a@office:1", "N@category:b@office:1")
    assert laid.figures["N"].terms == ("N@category:a", "N@category:b")
    assert laid.figures["W@category:a"].over == ("N@category:a", "T") and laid.figures["T"].measure == "households"
    assert read_report(laid.text) == laid


def test_expanded__lines_that_name_no_office_go_on_the_one_above() -> None:
    """All lines of one office, then all of the next: a block for each."""
    layout = read_report(
        'id = "blocks"\ntitle = "表"\nsource = "x"\n'
        'lines = [{ each = "office", cells = ["{office}", "一", "{N}"] }, { each = "office", cells = ["", "二", "{M}"] },'
        ' { each = "office", cells = ["{office}再说", "三", "{N}"] }, ["合计", "", "{N}"]]\n'
        '[[column]]\nhead = "单位"\nwidth = 40\n[[column]]\nhead = "项"\nwidth = 20\n[[column]]\nhead = "数"\nwidth = 20\n'
        '[[figure]]\ncode = "N"\nunit = "household"\nmeasure = "households"\n'
        '[[figure]]\ncode = "M"\nunit = "household"\nmeasure = "monitored"\n'
    )
    laid = expanded(layout, {"office": [("1", "东镇"), ("2", "西镇")]})
    heads = ["东镇一", "二", "西镇一", "二", "东镇再说三", "西镇再说三", "合计"]
    assert ["".join(line.cells[:2]) for line in laid.lines] == heads
    assert [line.cells[2] for line in laid.lines][:4] == ["{N@office:1}", "{M@office:1}", "{N@office:2}", "{M@office:2}"]
    assert read_report(laid.text) == laid


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('sum = "L - C"', 'sum = "L -- C"', 'code = "V"', "A + B - C"),
        ('sum = "L - C"', 'sum = "L - Q"', 'code = "V"', "“Q”没有写"),
        ('rate = "S / T"', 'rate = "S"', 'rate = "S"', "分子 / 分母"),
        ('"{fund|3}", "{O}"', '"{fund|3}", "{OO}"', '"{OO}"', "“OO”没有写成"),
        ('each = "fund"', 'each = "found"', 'each = "found"', "“found”不认得"),
        ('head = "使用率"', 'head = "使用率', 'head = "使用率', "写法不对"),
        ('width = 16', 'width = 1600', "width = 1600", "5 到 180"),
    ],
)  # fmt: skip
def test_read_report__says_which_line_is_wrong(old: str, new: str, line: str, words: str) -> None:
    """In plain words, with the number of the line in the file."""
    text = TABLES["funds"].text.replace(old, new, 1)
    place = next(at for at, each in enumerate(text.splitlines(), 1) if line in each)
    with pytest.raises(ReportLayoutError) as caught:
        read_report(text)
    assert words in str(caught.value)
    assert abs(caught.value.line - place) <= 2


def test_period__of_any_kind() -> None:
    """As written by hand, as days, in words."""
    assert [read_period(text) for text in ("2022", "2022h1", "2022Q4", "2022-07", "2022年", "22", "2022-13")] == [
        (2022, ""), (2022, "H1"), (2022, "Q4"), (2022, "07"), (2022, ""), None, None,
    ]  # fmt: skip
    assert period_of(2024, "02") == Period("2024-02-01", "2024-02-29") and period_of(2022, "Q2").ends == "2022-06-30"
    assert [Period("2022-07-01", end).words for end in ("2022-12-31", "2022-09-30", "2022-07-31", "2022-07-15")] == [
        "2022年下半年", "2022年第三季度", "2022年7月", "2022年7月1日至2022年7月15日",
    ]  # fmt: skip


OWN = """id = "cures"
title = "{period}脱困原因对照表"
source = "本单位"
lines = [{ each = "office", cells = ["{office}", "{N}", "{C}", "{R|both}"] }]

[[column]]
head = "单位"
width = 80

[[column]]
head = "监测"
width = 30

[[column]]
head = "治愈"
width = 30

[[column]]
head = "比率"
width = 40

[[figure]]
code = "N"
unit = "household"
measure = "monitored"

[[figure]]
code = "C"
unit = "household"
measure = "monitored"
filter = { exit_reason = ["cured"] }

[[figure]]
code = "R"
unit = "percent"
rate = "C / N"
"""


def test_own_table__read_in_sent_down_and_taken_off(tmp_path: Path) -> None:
    """A county's own table is worked out at the township after the answer; a copy handed in outlives the table."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town, "2022-09-01")
        in_2022(county, "2022-09-01")
        path = tmp_path / "表样.toml"
        path.write_text(OWN, encoding="utf-8")
        assert report_tables.TABLES.take(county, path).id == "cures"
        lived(town)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        report = reports.make_report(town, ReportRequest("cures", 2022))
        assert shown(report) == [[town.office.name, "2", "1", "1 / 2"]]
        with pytest.raises(UserError, match="上级下发"):
            report_tables.TABLES.remove(town, "cures")
        copy = reports.freeze(county, reports.make_report(county, ReportRequest("cures", 2022)))
        report_tables.TABLES.write(county, "cures", tmp_path / "again.toml")
        assert (tmp_path / "again.toml").read_text(encoding="utf-8").strip() == OWN.strip()
        report_tables.TABLES.remove(county, "cures")
        assert "cures" not in {layout.id for layout in reports.reports(county)}
        assert shown(reports.reopened(county, copy))[-1][0] == town.office.name
        assert reports.differences_since(county, copy) == []


def test_long_tables__are_taken_handed_in_and_arrive(tmp_path: Path) -> None:
    """The longest table of the program, under a name of its own, and copies of it as long as a city's."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town, "2022-09-01")
        in_2022(county, "2022-09-01")
        longest = max(packaged_reports().values(), key=lambda layout: len(layout.text))
        path = tmp_path / "表样.toml"
        path.write_text(longest.text.replace(f'id = "{longest.id}"', 'id = "own_need"', 1), encoding="utf-8")
        assert report_tables.TABLES.take(town, path).id == "own_need" and len(longest.text) > 10_000
        long = "甲" * 100_000
        copy = reports.freeze(town, reports.make_report(town, ReportRequest("own_need", 2022)), long[:2000])
        entry = next(item for item in records.list_entries(town, RecordKind.REPORT_COPY))
        entry.content.values["figures"] = entry.content.text("figures")[:-1] + f', "x": "{long}"' + "}"
        records.save_entry(town, RecordKind.REPORT_COPY, entry.content, entry.record_id)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        (came,) = records.list_entries(county, RecordKind.REPORT_COPY, "")
        assert long in came.content.text("figures") and came.content.text("copy_id") == copy.id


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('measure = "monitored"', 'measure = "monitord"', "第 23 行：数“N”的 measure“monitord”不认得"),
        ("{ exit_reason", "{ exit_raeson", "第 28 行：数“C”不能按“exit_raeson”筛选"),
        ('id = "cures"', 'id = "tuition"', "程序自带"),
        ('width = 80', 'width = ', "第 8 行：写法不对"),
    ],
)
def test_own_table__refused_in_plain_words(office: OfficeSession, tmp_path: Path, old: str, new: str, words: str) -> None:
    """Which line, and what may stand there; nothing is kept."""
    path = tmp_path / "表样.toml"
    path.write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(words)):
        report_tables.TABLES.take(office, path)
    assert report_tables.TABLES.own(office) == {}


def test_packaged_tables__name_only_what_can_be_measured() -> None:
    """Every measure and filter of every packaged table is known."""
    for layout in TABLES.values():
        assert report_tables.checked_table(layout.text) == layout


def test_behind__offices_whose_archives_end_before_the_period(tmp_path: Path) -> None:
    """Who sent nothing this year is missing; who sent before the cut-off is named with the day."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town, "2022-08-20")
        in_2022(county, "2022-10-01")
        on_file(town, 1)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        report = reports.make_report(county, ReportRequest("archives", 2022, ends="2022-08-31"))
        assert reports.offices_missing(county, 2022) == []
        assert reports.offices_behind(county, report.scope) == [(town.office.name, "2022-08-20")]
        early = reports.make_report(county, ReportRequest("archives", 2022, ends="2022-08-10"))
        assert reports.offices_behind(county, early.scope) == []


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["", "1", '"x"', "[]", "[1]", "{}", "true", '"{A}"', "-1", "[[[]]]"]))
def test_read_report__whatever_is_written_is_a_table_or_a_sentence(at: int, instead: str) -> None:
    """Anything in the place of any value: no other fault ever reaches whoever reads the file, or gets it from above."""
    lines = OWN.splitlines()
    places = [number for number, line in enumerate(lines) if "=" in line]
    place = places[at % len(places)]
    lines[place] = f"{lines[place].partition('=')[0]}= {instead}"
    try:
        assert report_tables.checked_table("\n".join(lines)).lines
    except ReportLayoutError as fault:
        assert any("一" <= letter <= "龥" for letter in str(fault))


def test_read_report__sums_upon_sums_have_an_end() -> None:
    """A chain of sums that no recursion would survive is refused."""
    chain = "".join(f'[[figure]]\ncode = "C{at}"\nunit = "household"\nsum = "C{at + 1}"\n\n' for at in range(300))
    with pytest.raises(ReportLayoutError, match="最多 20 层"):
        read_report(OWN + chain + '[[figure]]\ncode = "C300"\nunit = "household"\nmeasure = "monitored"\n')


def test_commands__period_and_own_tables(
    office: OfficeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half a year by its sign; a table written, read in under another name, listed and taken off."""
    lived(office)
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    folder, path = str(office.folder), tmp_path / "表样.toml"

    def said(*words: str) -> dict[str, Any]:
        assert main([*words, "--json"]) == 0
        return dict(json.loads(capsys.readouterr().out))

    body = said("report", folder, "funds", "--period", "2022H2", "--unit", "wan")
    assert (body["begins"], body["ends"], body["figures"]["U"]["unit"]) == ("2022-07-01", "2022-12-31", "percent")
    assert body["figures"]["I"]["unit"] == "wan" and len(body["figures"]["U"]["over"]) == 2
    said("report-table", folder, "--write", "monitoring", str(path))
    path.write_text(path.read_text(encoding="utf-8").replace('id = "monitoring"', 'id = "ours"'), encoding="utf-8")
    assert said("report-table", folder, "--take", str(path)) == {"report": "ours"}
    assert "ours" in [item["id"] for item in said("report", folder)["reports"]]
    assert said("report", folder, "ours", "--period", "2022")["figures"]["N"]["exact"] == 2
    said("report-table", folder, "--remove", "ours")
    assert main(["report", folder, "ours"]) != 0 and main(["report", folder, "funds", "--period", "上半年"]) != 0


def test_copy__goes_up_with_the_next_bundle_and_opens_there(tmp_path: Path) -> None:
    """The county opens what its township handed in, and sees what is different since; a broken one is told, not opened."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town, "2022-09-01")
        in_2022(county, "2022-09-01")
        lived(town)
        kept = reports.freeze(town, reports.make_report(town, ReportRequest("funds", 2022, unit="wan")), "报县里")
        funds.save_movement(town, RecordContent({"fund_id": funds.fund_states(town)[0].fund.record_id, "movement": "receipt",
                                                 "on_day": "2022-08-30", "amount": 100_000}))  # fmt: skip
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        (copy,) = report_copies.saved_copies(county, "funds", 2022)
        assert report_copies.saved_copies(county, "archives", 2022) == report_copies.saved_copies(county, "funds", 2021) == []
        assert (copy.office_name, copy.note, copy.figures) == (town.office.name, "报县里", kept.figures)
        opened = reports.reopened(county, copy)
        assert opened.office_name == town.office.name and shown(opened) == shown(reports.reopened(town, kept))
        assert town.office.name in pdf_text(report_papers.report_pdf(county, opened))
        changed = {name: now.exact - then.exact for name, then, now in reports.differences_since(county, copy)}
        assert changed["合计，到账"] == 100_000
        with pytest.raises(UserError, match="打不开"):
            reports.reopened(county, replace(copy, figures={}))


def test_targets__are_those_of_the_policy_in_force(office: OfficeSession, tmp_path: Path) -> None:
    """Table, list and caption go by the pack; a copy keeps what was wanted on its day; without a word of the pack the file counts."""
    in_2022(office, "2017-09-01")

    def heads() -> list[str]:
        layout = reports.make_report(office, ReportRequest("employment", 2017)).layout
        return list(dict.fromkeys(column.group for column in layout.columns if "目标" in column.group))

    usual = ["帮扶就业（目标 60%）", "零就业家庭（目标 100%）"]
    assert heads() == usual
    policies.choose_policy(office, "wuzhou-2017")
    assert heads() == usual
    new = NewSource("关于就业目标的通知", "某市总工会", "某工发〔2017〕30号", "2017-08-01")
    changed = FigureChange("target.all_graduates.rate", "0.625", "", "第一条")
    policies.edit_pack(office, "wuzhou-2017", [changed], new, begins="2017-08-15")
    assert heads() == ["帮扶就业（目标 62.5%）", "零就业家庭（目标 100%）"]
    assert employment_targets.targets(office, 2017)[1].wanted == Fraction(5, 8)
    copy = reports.freeze(office, reports.make_report(office, ReportRequest("employment", 2017)))
    changed = FigureChange("target.all_graduates.rate", "0.9", "added_1", "第二条")
    policies.edit_pack(office, "wuzhou-2017", [changed], begins="2017-08-20")
    assert heads()[0] == "帮扶就业（目标 90%）"
    kept = reports.reopened(office, copy)
    assert [column.group for column in kept.layout.columns][5] == "帮扶就业（目标 62.5%）"
    assert reports.differences_since(office, copy) == []
    values = evaluate(kept.layout, {**kept.measured, **{f"{code}@office:{office.office.id}": n for code, n in (("N", 8), ("D", 4))}}).values
    rate = f"R@office:{office.office.id}"
    assert cell_text(kept.layout, values, f"{{{rate}|target}}") == "未达标，差 1", "five of eight are 62.5 %"
    assert "（目标90%）" in pdf_text(report_papers.report_pdf(office, None, "employment"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('rate = "C / N"', 'rate = "C / N"\ntarget = 120', "target 是百分之几"),
        ('rate = "C / N"', 'rate = "C / N"\ntarget_policy = "pairing"', "还要写 target"),
        ('measure = "monitored"', 'measure = "monitored"\ntarget = 60', "只能写给百分率"),
        ('head = "比率"', 'head = "比率（目标 {R|goal}）"', "“R”不是写明了 target 的数"),
    ],
)
def test_targets__wrong_ones_are_refused(old: str, new: str, words: str) -> None:
    """What cannot be reached, or is told of nothing."""
    with pytest.raises(ReportLayoutError, match=re.escape(words)):
        report_tables.checked_table(OWN.replace(old, new, 1))


def test_quota__is_used_by_what_the_table_calls_newly_filed(tmp_path: Path) -> None:
    """Approved, known from before with a day of this year, gone again: filed. Applicants, those who came back: not."""
    with town_and_county(tmp_path) as (town, county, stick):
        approved = posted(town)
        for seed, filed_on in ((2, "2020-03-01"), (3, "2019-12-31"), (5, "2020-04-01"), (6, "2020-05-01")):
            file_household(town, seed, filed_on=filed_on, worker_number=f"34088200000{seed}")
        file_household(town, 4, filed_on="2020-03-01", worker_number="T0004")
        gone, later = (archiving.find_by_number(town, f"34088200000{seed}").id for seed in (5, 6))
        on_day(town, "2020-07-01")
        casework.take_step(town, gone, Act.CANCEL, {"cancel_reason": "moved_away", "reason": "迁往邻县"})
        casework.take_step(town, gone, Act.RESTORE, {"reason": "迁回"})
        give_papers(town, approved, "notice_photo")
        casework.take_step(town, approved, Act.END_NOTICE)
        casework.take_step(town, approved, Act.SUBMIT)
        on_day(county, "2020-07-06")
        quotas.set_quota(county, town.office.id, 2020, quotas.FILED, 9)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        reviewing.review(county, approved, ReviewInput(ReviewOutcome.APPROVED))
        on_day(town, "2020-07-07")
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        on_day(town, "2021-02-01")
        on_day(county, "2021-02-01")
        casework.take_step(town, later, Act.CANCEL, {"cancel_reason": "moved_away", "reason": "迁往邻县"})
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        for session in (town, county):
            told = reports.make_report(session, ReportRequest("archives", 2020))
            assert [(quota.used, quota.left) for quota in quotas.list_quotas(session)] == [(4, 5)]
            moved = [told.value(code).exact for code in "OFAXCE"]
            assert moved == [1, 4, 1, 0, 1, 5] and not told.warnings, "who was filed before their first step is not forgotten"
            assert reports.make_report(session, ReportRequest("archives", 2021)).value("C").exact == 1
