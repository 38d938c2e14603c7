"""What an auditor asks: is every 分 there once, in the right year and the right books, and does the paper say what it lost."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from aid_money import card_number, fund, grant, in_2022, on_file
from factories import make_office
from hypothesis import given
from hypothesis import strategies as st
from money_recount import in_wan, read_capital, sheet_rows
from neighbours import carry, expect_refusal, town_and_county
from payments import pay
from pdf_words import pdf_text
from sqlalchemy import text

from db.domain.aid.capital_amounts import LARGEST, capital_words
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent
from db.domain.reports.cross_lists import Subject
from db.domain.reports.cross_table import CrossRequest
from db.errors import UserError
from db.services import aid, cross_tables, disbursement, funds, merging, report_papers, reports
from db.services.aid import GrantInput
from db.services.office import OfficeSession
from db.services.reports import ReportRequest

LIMIT = 2_419_200
"""672 × 12 × 3, in 分 (S000-26)."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session, "2022-07-01")
    session.close()


def moved(session: OfficeSession, fund_id: str, movement: str, amount: int, day: str = "2022-06-01") -> str:
    """A movement of a source; its id."""
    values: dict[str, Value] = {"fund_id": fund_id, "movement": movement, "on_day": day, "amount": amount}
    return funds.save_movement(session, RecordContent(values)).record_id


@given(st.one_of(st.integers(0, 10**7), st.integers(0, LARGEST)))
def test_capital_words__read_back(fen: int) -> None:
    """Whatever the amount, its words come to it again; and they end as 《票据法》 practice wants."""
    words = capital_words(fen)
    assert read_capital(words) == fen
    assert words.endswith("分") == bool(fen % 10) and "零零" not in words and "亿亿" not in words


def test_limit__gives_back_what_came_back(office: OfficeSession) -> None:
    """A payment that the bank returned does not use up the year's limit: it can be granted once more, not a 分 above."""
    archive, source = on_file(office, 1, bank_account=card_number(1), bank_name="某银行"), fund(office)
    first = grant(office, archive.id, source, LIMIT)
    assert aid.look_at_grant(office, archive.id, GrantInput("living", 100, fund_id=source)).is_stopped
    pay(office, [first.id], "2022-07-01")
    disbursement.note_returned(office, first.id, 1_000_001, "2022-07-01", "账户已销户")
    assert aid.look_at_grant(office, archive.id, GrantInput("living", 100, fund_id=source)).cap_left == 1_000_001
    disbursement.note_returned(office, first.id, LIMIT - 1_000_001, "2022-07-01", "账户已销户")
    with pytest.raises(UserError) as caught:
        grant(office, archive.id, source, LIMIT + 1)
    assert caught.value.code == "aid_stopped"
    pay(office, [grant(office, archive.id, source, LIMIT).id], "2022-07-01")
    (state,) = funds.fund_states(office)
    assert (state.paid, state.came_back, state.spent) == (2 * LIMIT, LIMIT, LIMIT)
    assert funds.fund_ledger(office, source)[-1].balance == state.left == state.received - LIMIT


def test_movement__cannot_be_written_over_to_another_source(office: OfficeSession) -> None:
    """A receipt whose money is granted stays where it is, also when it is 'corrected' to another source."""
    archive, source, other = on_file(office), fund(office, 0), fund(office, 0, name="工会经费", source_kind="union")
    receipt = moved(office, source, "receipt", 100_000)
    grant(office, archive.id, source, 80_000)
    values: dict[str, Value] = {"fund_id": other, "movement": "receipt", "on_day": "2022-06-01", "amount": 100_000}
    expect_refusal(lambda: funds.save_movement(office, RecordContent(values), receipt), "fund_overdrawn")
    assert {state.name: state.received for state in funds.fund_states(office)} == {"2022 年中央财政": 100_000, "工会经费": 0}


def test_ledger__says_nothing_of_others(office: OfficeSession) -> None:
    """A grant of another office that names the same source is in neither the state nor the ledger."""
    archive, source = on_file(office, 1, bank_account=card_number(1), bank_name="某银行"), fund(office, 500_000)
    pay(office, [grant(office, archive.id, source, 50_000).id], "2022-07-01")
    with office.database.writing() as connection:
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(aid_grant)")]
        others = ", ".join({"id": "'x'", "office_id": "'elsewhere'"}.get(name, name) for name in columns)
        connection.execute(text(f"INSERT INTO aid_grant SELECT {others} FROM aid_grant"))
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(payout)")]
        others = ", ".join({"id": "'y'", "grant_id": "'x'", "office_id": "'elsewhere'"}.get(name, name) for name in columns)
        connection.execute(text(f"INSERT INTO payout SELECT {others} FROM payout"))
    (state,) = funds.fund_states(office)
    assert [line.balance for line in funds.fund_ledger(office, source)] == [500_000, 450_000] and state.left == 450_000


def test_raised__money_passed_down_stands_in_one_book(tmp_path: Path) -> None:
    """A county passes half of its money down: it leaves the county's source, and the table of both counts it once."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town, "2022-07-01")
        in_2022(county, "2022-07-01")
        above = fund(county, 8_000_000, "县级助学", allowed_items=["tuition"])
        moved(county, above, "passed_down", 3_000_000)
        below = fund(town, 0, "县级下拨助学", source_kind="county", allowed_items=["tuition"])
        moved(town, below, "receipt", 3_000_000)
        on_file(town)
        carry(town, county, stick)
        made = reports.make_report(county, ReportRequest("tuition", 2022))
        assert made.value("01A").exact == 8_000_000
        assert [line.what for line in funds.fund_ledger(county, above)] == ["到账", "下拨下级"]
        assert funds.fund_states(county)[0].left == 5_000_000
        expect_refusal(lambda: moved(county, above, "passed_down", 5_000_001), "fund_overdrawn")


def test_rounding__the_paper_says_what_it_lost(office: OfficeSession, tmp_path: Path) -> None:
    """In 万元 the parts add up as printed; by how much that differs from the exact sum stands below, on paper and in the workbook."""
    for number, kind in enumerate(("central", "donation", "union", "other"), 1):
        extra = {"donor": "某商会"} if kind == "donation" else {}
        fund(office, 1_004_900, f"来源{number}", source_kind=kind, allowed_items=["tuition"], **extra)
    report = reports.make_report(office, ReportRequest("tuition", 2022))
    assert [report.value(f"01{letter}").text for letter in "ABCDE"] == ["4.00", "1.00", "1.00", "1.00", "1.00"]
    assert in_wan(4 * 1_004_900) == Decimal("4.02") and report.evaluation.differences == {"01A": Decimal("-0.02")}
    path = tmp_path / "附件3.xlsx"
    report_papers.write_report(office, report, path)
    below = "".join(str(row[0]) for row in sheet_rows(path, "统计表") if row[0])
    for words in (pdf_text(report_papers.report_pdf(office, report)), below):
        assert "-0.02（尾差）" in words
    exact = replace(report, evaluation=replace(report.evaluation, differences={}))
    assert "尾差" not in pdf_text(report_papers.report_pdf(office, exact))


def test_households__merged_ones_are_one_and_what_came_back_in_parts_is_none(office: OfficeSession) -> None:
    """Archives of one family merged one after the other count once; a payment returned bit by bit counts no more, in any table."""
    source = fund(office)
    filed = [on_file(office, seed, bank_account=card_number(seed), bank_name="某银行") for seed in (1, 2, 3, 4)]
    one, other, third, last = filed
    pay(office, [grant(office, archive.id, source, 50_000).id for archive in filed], "2022-07-01")
    merging.merge(office, one.id, other.id)
    merging.merge(office, last.id, one.id)
    back = next(item.id for item in aid.grants_of(office, third.id))
    for part in (20_000, 30_000):
        disbursement.note_returned(office, back, part, "2022-07-01", "分两次退回")
    made = reports.make_report(office, ReportRequest("aid_items", 2022))
    shown = [report_papers.line_texts(made, line) for line in made.layout.lines if line.is_strong][-1]
    assert shown[1:] == ["2", "4", "2,000.00", "1", "3", "1,500.00"]
    request = CrossRequest(Subject.AID, "households", "item", "", "2022-01-01", "2022-12-31")
    assert cross_tables.make_table(office, request).value(None, None) == 1
