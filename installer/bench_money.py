"""Figures of the money: 附件3 over 60 000 payments, a roster of 5 000, and looking at a grant while it is being typed."""

import random
import uuid
from io import BytesIO
from typing import Any

import xlsxwriter
from bench_workshop import ARCHIVES, Figure, Workshop, bare_connection, in_turn, milliseconds

from db.domain.aid.bank_layout import packaged_layouts
from db.domain.records.record_form import RecordContent
from db.domain.reports.cross_lists import Subject
from db.domain.reports.cross_table import CrossRequest
from db.exchange.bank_file import write_bank_file
from db.services import aid, archiving, cross_tables, funds, means, policies, reports
from db.services.aid import GrantInput
from db.services.demo_means import make_means
from db.services.office import OfficeSession
from db.services.reports import ReportRequest

PAYMENTS, LINES = 60_000, 5_000
YEAR = 2022
UNFELT = 50.0
"""Milliseconds that nobody feels while typing."""
_STAGES = ("primary", "junior_high", "senior_high", "secondary_vocational", "junior_college", "bachelor", "preschool")
_BANDS = (
    "('primary', 'junior_high')",
    "('senior_high', 'secondary_vocational', 'skilled', 'five_year_vocational')",
    "('higher_vocational', 'junior_college', 'bachelor', 'postgraduate')",
)
_SIGNED = ("2022-08-01T09:00:00+08:00", "c", "测试员", "d", 1, 0)


def tuition_report(workshop: Workshop) -> Figure:
    """附件3 of an office with 100 000 archives and 60 000 payments, beside bare SQL sums of its figures."""
    session = workshop.grown_to(100_000)
    connection = bare_connection(session.folder)
    if not connection.execute("SELECT count(*) FROM payout").fetchone()[0]:
        _pay(connection, session)
    request = ReportRequest("tuition", YEAR)

    def bare(_round: int) -> float:
        return milliseconds(lambda: [connection.execute(statement).fetchone() for statement in _bare_sums()])

    def service(_round: int) -> float:
        return milliseconds(reports.make_report, session, request)

    floor, ours = in_turn(7, bare, service)
    made = reports.make_report(session, request)
    counted = [int(connection.execute(statement).fetchone()[0] or 0) for statement in _bare_sums()]
    codes = [f"{row}{band}{mark}" for row, mark in (("02", ""), ("04", ""), ("05", "1"), ("05", "2")) for band in "BCD"]
    notes: dict[str, Any] = {
        "archives": workshop.count(session, ARCHIVES),
        "payments": workshop.count(session, "SELECT count(*) FROM payout"),
        "agrees": counted == [made.value(code).exact for code in codes],
    }
    connection.close()
    what = "附件3 over 100 000 archives and 60 000 payments: 29 figures, sums, checks"
    return Figure(what, "bare SQL sums of its figures, one by one", 3, floor, ours, 7, notes)


def cross_table(workshop: Workshop) -> Figure:
    """A cross-table of 60 000 payments by month and item, with every total, beside the bare grouping of the same rows."""
    session = workshop.grown_to(100_000)
    connection = bare_connection(session.folder)
    if not connection.execute("SELECT count(*) FROM payout").fetchone()[0]:
        _pay(connection, session)
    request = CrossRequest(Subject.AID, "money", "month", "item", f"{YEAR}-01-01", f"{YEAR}-12-31")
    bare = (
        "SELECT substr(p.on_day, 6, 2), g.item, sum(p.amount) FROM payout p JOIN aid_grant g ON g.id = p.grant_id"
        " JOIN archive a ON a.id = p.archive_id WHERE p.outcome IN ('paid', 'returned')"
        f" AND p.on_day BETWEEN '{YEAR}-01-01' AND '{YEAR}-12-31' GROUP BY 1, 2"
    )
    floor, ours = in_turn(
        7,
        lambda _: milliseconds(lambda: connection.execute(bare).fetchall()),
        lambda _: milliseconds(cross_tables.make_table, session, request),
    )
    made = cross_tables.make_table(session, request)
    agrees = all(made.value(month, item) == amount for month, item, amount in connection.execute(bare).fetchall())
    notes = {"payments": workshop.count(session, "SELECT count(*) FROM payout"), "agrees": agrees}
    connection.close()
    return Figure("cross-table of 60 000 payments: month × item, with totals", "the bare GROUP BY", 3, floor, ours, 7, notes)


def _bare_sums() -> list[str]:
    """Money and heads by band, then of migrant workers' children: what the table's largest figures are."""
    paid = (
        "FROM payout p JOIN aid_grant g ON g.id = p.grant_id WHERE p.outcome = 'paid' AND g.item IN ('tuition', 'study_cost')"
        f" AND p.on_day BETWEEN '{YEAR}-01-01' AND '{YEAR}-08-31' AND g.school_stage IN "
    )
    migrant = " AND g.household_group = 'migrant'"
    money = [f"SELECT sum(p.amount) {paid}{band}" for band in _BANDS]
    heads = [f"SELECT count(DISTINCT g.recipient_number) {paid}{band}" for band in _BANDS]
    of_migrants = [f"{statement}{migrant}" for statement in (*heads, *money)]
    return [*money, *heads, *of_migrants]


def _pay(connection: Any, session: OfficeSession, fund_id: str = "") -> None:
    rng = random.Random(29)
    ids = [row[0] for row in connection.execute("SELECT id FROM archive ORDER BY rowid LIMIT 40000")]
    office = (session.office.id, session.office.name, session.office.level)
    connection.execute("BEGIN")
    for number in range(PAYMENTS):
        archive_id, grant_id = ids[number % len(ids)], uuid.uuid4().hex
        stage = _STAGES[(number % len(ids)) % len(_STAGES)]
        group = "migrant" if number % len(ids) % 4 == 0 else "urban"
        amount = rng.randrange(50_000, 500_000)
        grant = (grant_id, archive_id, None, *office, "tuition", None, "", "m", "学生", f"n{number % len(ids)}", stage, group,
                 "", YEAR, amount, "", fund_id, "union", "工会经费", None, "", f"{YEAR}-07-01", *_SIGNED)  # fmt: skip
        connection.execute(f"INSERT INTO aid_grant VALUES ({', '.join('?' * len(grant))})", grant)
        payout = (uuid.uuid4().hex, grant_id, archive_id, *office, "", "paid", "card", amount,
                  f"{YEAR}-{rng.randint(7, 10):02d}-{rng.randint(1, 28):02d}", "户主", "", "", "", *_SIGNED)  # fmt: skip
        connection.execute(f"INSERT INTO payout VALUES ({', '.join('?' * len(payout))})", payout)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")


def roster(_workshop: Workshop) -> Figure:
    """The bank's workbook of 5 000 payments beside a bare xlsxwriter that writes the same cells."""
    layout = packaged_layouts()["standard"]
    rng = random.Random(5)
    lines: list[dict[str, Any]] = [
        {
            "number": at, "payee_name": f"户主{at}", "id_number": "340882198001011234", "employer": "某某机械有限公司",
            "item": "生活救助", "fund_name": "中央财政专项", "amount": rng.randrange(10_000, 500_000), "bank": "中国农业银行",
            "branch": "某某支行", "account": f"62284800{at:011d}", "phone": "13900001111", "note": "", "list_number": "发2022-001",
        }
        for at in range(1, LINES + 1)
    ]  # fmt: skip
    cells = [[line[key] for key in ("number", "payee_name", "id_number", "employer", "item", "fund_name", "amount", "bank",
              "branch", "account", "phone", "note")] for line in lines]  # fmt: skip
    floor, ours = in_turn(
        5, lambda _: milliseconds(_bare_workbook, cells), lambda _: milliseconds(write_bank_file, BytesIO(), layout, "花名册", lines)
    )
    return Figure("roster of 5 000 payments as the bank's workbook", "bare xlsxwriter of the same cells", 2, floor, ours, 5)


def _bare_workbook(cells: list[list[Any]]) -> None:
    book = xlsxwriter.Workbook(BytesIO(), {"in_memory": True})
    sheet = book.add_worksheet()
    for row, values in enumerate(cells):
        for column, value in enumerate(values):
            if isinstance(value, int):
                sheet.write_number(row, column, value / 100)
            else:
                sheet.write_string(row, column, value)
    book.close()


def grant_check(workshop: Workshop) -> Figure:
    """Everything there is to say of a grant from a source of 60 000 payments, asked with every key."""
    session = workshop.grown_to(20_000)
    policies.choose_policy(session, "qinghai-2022")
    day = session.today
    content: dict[str, Any] = {"name": "工会经费", "source_kind": "union", "year": int(day[:4]), "needs_archive": False}
    content["begins_on"] = f"{day[:4]}-01-01"
    fund = funds.save_fund(session, RecordContent(content))
    connection = bare_connection(session.folder)
    _pay(connection, session, fund.record_id)
    archive_id = archiving.archive_ids(session, archiving.ArchiveQuery())[0]
    archive = archiving.load_archive(session, archive_id)
    means.save_means(session, archive_id, make_means(random.Random(7), archive.content, int(day[:4]) - 1))
    given = GrantInput("living", 200_000, fund_id=fund.record_id)
    aid.look_at_grant(session, archive_id, given)
    _, ours = in_turn(30, lambda _: 0.0, lambda _: milliseconds(aid.look_at_grant, session, archive_id, given))
    notes = {"archives": workshop.count(session, ARCHIVES), "payments": workshop.count(session, "SELECT count(*) FROM payout")}
    for table in ("payout", "aid_grant", "fund_sum"):  # what follows is measured without them
        connection.execute(f"DELETE FROM {table}")
    connection.close()
    return Figure("looking at a grant while it is typed: limit, source, repeats", "what nobody feels", 1, UNFELT, ours, 30, notes)
