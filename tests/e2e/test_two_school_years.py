"""Two school years of a township and its county: every figure equals a recount, and the money is there to the last 分."""

import json
import random
import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from money_recount import (
    Span,
    balances,
    family_of,
    figures_after,
    fund_lines,
    in_wan,
    item_line,
    need_column,
    read_capital,
    sheet_rows,
    tuition_figures,
)
from neighbours import carry, town_and_county
from pdf_words import pdf_text
from recount import history_of, left_between, told_on
from school_plan import plan_year, settle_county
from school_years import SchoolWorld
from two_years import live, settle_in

from db.domain.aid.list_flow import Method
from db.services import (
    aid_papers,
    disbursement,
    employment_targets,
    exchange,
    funds,
    graduates,
    health,
    programmes,
    register_papers,
    report_papers,
    reports,
)
from db.services.aid_list import AidQuery
from db.services.office import OfficeSession
from db.services.reports import Report, ReportRequest

SEED = 2022
EVERYTHING = {
    "registered": 100, "goes on": 20, "next stage": 5, "paid": 100, "failed": 10, "withdrawn": 5, "came back": 8, "graduate": 10,
    "at the limit": 5, "stopped": 10, "goods": 2, "carried over": 2,
}  # fmt: skip
"""What must have happened, and how often at least, for the figures to mean something."""


def test_two_school_years__every_table_and_every_source(tmp_path: Path) -> None:
    """Programmes, students, grants, lists, bank answers with failures, money that comes back: tables, ledgers and bank agree."""
    with town_and_county(tmp_path) as (town, county, stick):
        world = SchoolWorld(town, county, stick, random.Random(SEED))
        settle_in(world)
        settle_county(world)
        for year in (2022, 2023):
            plan_year(world, year)
        live(world, lambda _world: look(world, tmp_path))
        world.close()
        assert not {name for name, least in EVERYTHING.items() if world.seen[name] < least}, world.seen
        for session in (town, county):
            assert [item.title for item in health.check_office(session) if item.level == health.ERROR] == []


def look(world: SchoolWorld, folder: Path) -> None:
    """On the 25th of each month: the sources of both offices; after a quarter's stick the tables too."""
    for office in ("town", "county"):
        sources_agree(world, office, folder)
    if world.day.month in {9, 3}:
        if exchange.unsubmitted_ids(world.town):
            carry(world.town, world.county, world.stick)
        year = world.day.year - (world.day.month < 7)
        tables_agree(world, year, folder)
        rosters_agree(world)
    if world.day.month == 3:
        year_agrees(world, world.day.year - 1, folder / "year.xlsx")
    if world.day.month == 9:
        need_agrees(world, world.day.year)
    if world.day.month == 6 and world.day.year > 2022:
        school_year_agrees(world, Span(("town",), f"{world.day.year - 1}-07-01", world.today), folder / "months.xlsx")
        graduates_agree(world, folder / "annex2.xlsx")


# -- sources ------------------------------------------------------------------------------------------------------


def sources_agree(world: SchoolWorld, office: str, folder: Path) -> None:
    """Received = spent + left per source, to the 分, by notebook, by program and by the ledger as it was written."""
    session = world.session(office)
    expected = balances(world.sources, world.moves, world.grants.values())
    states = {state.name: state for state in funds.fund_states(session)}
    assert set(states) == {name for name, source in world.sources.items() if source.office == office}
    for name, state in states.items():
        known = expected[name]
        assert (state.received, state.sent_back, state.committed, state.paid, state.came_back) == (
            known.received, known.sent_back, known.granted, known.paid, known.came_back,
        ), name  # fmt: skip
        assert state.received - state.sent_back == state.spent + state.left and state.available >= 0
        if world.day.month in {3, 6, 9} and world.ledgers.get(name) != (known := replace(known)):
            world.ledgers[name] = known
            path = folder / "ledger.xlsx"
            aid_papers.write_fund(session, state.fund.record_id, path)
            assert ledger_left(path) == Decimal(state.left) / 100
    exported_grants_agree(world, office, folder / "grants.xlsx")


def ledger_left(path: Path) -> Decimal:
    """The balance of a ledger as its workbook has it, reckoned again line by line; it never goes below nothing."""
    rows = sheet_rows(path)
    head = next(at for at, row in enumerate(rows) if "结余（元）" in row)
    places = [rows[head].index(f"{word}（元）") for word in ("收入", "支出", "结余")]
    balance = Decimal(0)
    for row in rows[head + 1 :]:
        came_in, went_out, left = (Decimal(str(row[place] or 0)) for place in places)
        if "合计" in row:
            assert came_in - went_out == left == balance
            return balance
        balance += came_in - went_out
        assert balance == left >= 0, row
    raise AssertionError(rows)


def exported_grants_agree(world: SchoolWorld, office: str, path: Path) -> None:
    """The list of grants as a workbook: every grant with its source, day and outcome as the clerks remember it."""
    session = world.session(office)
    aid_papers.write_aid_list(session, AidQuery(office_id=session.office.id), path)
    head, *rows = sheet_rows(path)
    listed = {}
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        if cells["金额（元）"]:
            amount = round(cells["金额（元）"] * 100)
            listed[amount] = (cells["资金来源"], cells["批准日期"], cells["发放日期"] or "", cells["发放情况"])
    known = {item.amount: item for item in world.grants.values() if item.office == office}
    assert set(listed) == set(known)
    for amount, (fund, granted_on, paid_on, state) in listed.items():
        note = known[amount]
        assert (fund, granted_on, paid_on) == (note.fund, note.granted_on, note.paid_on), note
        back = sum(part for _, part in note.back)
        assert ("退回" in state) == bool(back) and ("已撤销" in state) == bool(note.withdrawn_on), (state, note)
    paid_by_bank = sum(amount for amount in world.bank.all_paid if world.grants[amount].office == office)
    assert paid_by_bank == sum(state.paid for state in funds.fund_states(session))


# -- tables -------------------------------------------------------------------------------------------------------


def tables_agree(world: SchoolWorld, year: int, folder: Path) -> None:
    """附件3 of the township and of the county, up to its own day and of the whole year."""
    for office in ("town", "county"):
        session = world.session(office)
        for ends in (f"{year}-08-31", min(world.today, f"{year}-12-31")):
            report = reports.make_report(session, ReportRequest("tuition", year, ends=ends))
            offices = ("town",) if office == "town" else ("town", "county")
            expected = expected_tuition(world, Span(offices, f"{year}-01-01", ends), year)
            found = {code: report.value(code).exact for code in report.layout.figures}
            assert found == {code: expected.get(code, 0) for code in found}, (office, ends)
            printed_agrees(session, report, expected, folder / "table.xlsx")


def expected_tuition(world: SchoolWorld, span: Span, year: int) -> dict[str, int]:
    """附件3 from the notebook, and from the history where a household stood on the last day."""
    told = told_on(history_of(world.town), span.ends)
    children = {
        child.number: child.stage
        for child in world.children
        if child.year == year and child.is_new and child.on_day <= span.ends
        and told[child.archive_id].pool in {"on_file", "phasing_out"}
    }  # fmt: skip
    found = tuition_figures(world.sources, world.moves, list(world.grants.values()), span, children)
    classes = [number for office, day, number in world.day_care if span.holds(office, day)]
    posts = [(employer, number) for office, day, employer, number in world.posts if span.holds(office, day)]
    found |= {"06A": len(classes), "06B": sum(classes), "07A": len({name for name, _ in posts})}
    return found | {"07B": sum(number for _, number in posts)}


def printed_agrees(session: OfficeSession, report: Report, expected: dict[str, int], path: Path) -> None:
    """The workbook and the PDF: A = B + C + D (+ E) of the figures as they stand there, in 万元, with what rounding lost."""
    layout = report.layout
    report_papers.write_report(session, report, path)
    shown, formulas = sheet_rows(path, "统计表"), sheet_rows(path, "统计表", formulas=True)
    captions = [line.cells[3] for line in layout.lines]
    codes = [line.figures[0] for line in layout.lines]
    by_caption = [(row[3], row[4]) for row in shown if row[3] in captions]
    assert [caption for caption, _ in by_caption] == captions
    cells = dict(zip(codes, (Decimal(str(value)) for _, value in by_caption), strict=True))
    living = [row[4] for row in formulas if row[3] in captions]
    on_paper = dict(zip(codes, figures_after(captions, pdf_text(report_papers.report_pdf(session, report))), strict=True))
    for code, formula in zip(codes, living, strict=True):
        figure = layout.figures[code]
        exact = expected.get(code, 0)
        assert on_paper[code] == cells[code].quantize(on_paper[code]), code
        if figure.terms:
            assert formula.startswith("=") and on_paper[code] == sum(on_paper[term] for term in figure.terms), code
            lost = on_paper[code] - in_wan(exact) if figure.is_money else Decimal(0)
            assert lost == report.evaluation.differences.get(code, 0), code
        else:
            assert on_paper[code] == (in_wan(exact) if figure.is_money else exact), code


def year_agrees(world: SchoolWorld, year: int, path: Path) -> None:
    """The year's tables of sources, kinds of aid and exits as workbooks, and what the programme came to."""
    span = Span(("town",), f"{year}-01-01", f"{year}-12-31")
    grants = list(world.grants.values())
    funds_table = table_lines(world.town, ReportRequest("funds", year), path)
    expected = fund_lines(world.sources, world.moves, grants, span)
    assert {name: cells[2:10] for name, cells in funds_table.items() if name != "合计"} == {
        name: [Decimal(fen) / 100 for fen in line] for name, line in expected.items()
    }
    assert funds_table["合计"][2:10] == [Decimal(sum(column)) / 100 for column in zip(*expected.values(), strict=True)]
    items = table_lines(world.town, ReportRequest("aid_items", year), path)
    for label, codes in AID_ITEMS.items():
        line: list[Decimal] = [Decimal(number) for number in item_line(grants, world.goods, span, *codes)]
        line[2], line[5] = line[2] / 100, line[5] / 100
        assert items[label] == line, label
    out = left_between(history_of(world.town), span.begins, span.ends)
    left = list(table_lines(world.town, ReportRequest("exits", year), path).values())[-1]
    assert left[-4:-1] == [out["exited"], out["cancelled"], out.total()], out
    title = f"{year} 金秋助学"
    sums = programmes.programme_of(world.town, world.programmes[title]).sums
    of_it = [known for known in grants if known.programme == title and not known.withdrawn_on and known.kept]
    spent = sum(known.kept for known in of_it if known.paid_on)
    assert (sums.grants, sums.granted, sums.paid) == (len(of_it), sum(known.kept for known in of_it), spent)
    assert (sums.households, sums.people) == (len({known.archive_id for known in of_it}), len({known.who for known in of_it}))


def school_year_agrees(world: SchoolWorld, span: Span, path: Path) -> None:
    """What was paid month by month over a school year, which is two calendar years: each month in its place and its year."""
    request = ReportRequest("aid_months", int(span.ends[:4]), span.begins, span.ends)
    lines = table_lines(world.town, request, path)
    paid: Counter[str] = Counter()
    for known in world.grants.values():
        for day, amount in ((known.paid_on, known.amount), *((day, -amount) for day, amount in known.back)):
            if span.holds(known.office, day):
                paid[f"{day[:4]} 年 {int(day[5:7])} 月"] += amount
    *months, whole = lines
    assert len(months) == 12 and months[0] == f"{span.begins[:4]} 年 7 月" and months[-1] == f"{span.ends[:4]} 年 6 月"
    assert {month: lines[month][2] for month in months} == {month: Decimal(paid[month]) / 100 for month in months}
    assert lines[whole][2] == Decimal(paid.total()) / 100


AID_ITEMS = {"助学救助": ["tuition"], "上学期间的生活费、路费等": ["study_cost"], "生活救助": ["living"], "送温暖": ["warmth"],
             "合计": ["tuition", "study_cost", "living", "warmth"]}  # fmt: skip


def table_lines(session: OfficeSession, request: ReportRequest, path: Path) -> dict[str, list[Decimal]]:
    """The lines of a table as its workbook has them, by their first cell; what is no number is left at nothing."""
    report_papers.write_report(session, reports.make_report(session, request), path)
    rows = sheet_rows(path, "统计表")
    numbers = [[Decimal(str(cell)) if isinstance(cell, int | float) else Decimal(0) for cell in row[1:]] for row in rows]
    return {str(row[0]): line for row, line in zip(rows, numbers, strict=True) if any(isinstance(cell, int | float) for cell in row)}


def need_agrees(world: SchoolWorld, year: int) -> None:
    """资金需求情况汇总表: who had registered by 15 July, by family and stage, at both offices."""
    history = history_of(world.town)
    heads: Counter[str] = Counter()
    money: Counter[str] = Counter()
    for child in world.children:
        if child.year == year and child.on_day <= f"{year}-07-15":
            worker = json.loads(history.revisions[child.archive_id][-1]["snapshot"])["worker"]
            cell = family_of(child, worker["hardship_category"]) + need_column(child, year)
            heads[cell] += 1
            money[cell] += child.wanted
    for office in ("town", "county"):
        report = reports.make_report(world.session(office), ReportRequest("tuition_need", year))
        for family in "DRAONF":
            for column in "12345":
                found = [report.value(f"{family}{kind}{column}").exact for kind in "PM"]
                assert found == [heads[family + column], money[family + column]], (office, family, column)
        assert [report.value(code).exact for code in ("TP", "TM")] == [heads.total(), money.total()]
        assert report.value("TM").shown == Decimal(money.total()) / 100


def rosters_agree(world: SchoolWorld) -> None:
    """Each list on paper: heads and sum in figures, and the same sum in capital characters, read back."""
    for office in ("town", "county"):
        session = world.session(office)
        for row in disbursement.list_lists(session):
            if row.method is Method.CARD and row.id not in world.read:
                world.read.add(row.id)
                told = [order.amount for order in world.bank.orders[row.id]]
                page = pdf_text(aid_papers.list_pdf(session, row.id))
                count, total, words = re.findall(r"合计：([\d,]+)人，¥([\d,.]+)元，人民币（大写）：(\w+)", page)[-1]
                assert int(count.replace(",", "")) == len(told)
                assert Decimal(total.replace(",", "")) * 100 == sum(told) == read_capital(words)


def graduates_agree(world: SchoolWorld, path: Path) -> None:
    """附件2 as a workbook has everybody once with one tick, and the targets count them."""
    register_papers.write_table(world.town, graduates.graduate_register(world.town), path)
    rows = {row[1]: row for row in sheet_rows(path) if isinstance(row[1], str) and row[1] in world.graduates}
    assert set(rows) == set(world.graduates)
    for number, (_since, employed) in world.graduates.items():
        assert [mark == "√" for mark in rows[number][2:5]] == [bool(employed), not employed, False]
    _, overall = employment_targets.targets(world.town)
    asked = [number for number, (since, employed) in world.graduates.items() if since[:4] == world.today[:4] or not employed]
    assert (overall.asked, overall.reached) == (len(asked), sum(bool(world.graduates[number][1]) for number in asked))
    assert sorted(overall.missing) == sorted(rows[number][0] for number in asked if not world.graduates[number][1])
