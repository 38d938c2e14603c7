"""Sums of sources are kept, not counted anew with every key: they are always those of the lines."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from aid_money import fund, grant, in_2022, on_file
from factories import make_office
from neighbours import town_and_county
from payments import drawn_up, sent
from sqlalchemy import Connection

import resources
from db.services import aid, disbursement, exchange, funds, undoing
from db.services.aid import GrantInput
from db.services.disbursement import LineResult
from db.services.office import OfficeSession
from db.store import aid_store
from db.store.migrations import statements

DAY = "2022-07-01"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def wrong(session: OfficeSession) -> int:
    """How many sources have other sums than their lines."""
    with session.database.reading() as connection:
        return aid_store.wrong_fund_sums(connection)


def test_sums__follow_every_line(office: OfficeSession) -> None:
    """Granted, given up, paid, failed, paid again, returned: the sums are those of the lines, and a wrong one is found."""
    view = drawn_up(office, 3)
    free = grant(office, view.lines[0].archive_id, funds.fund_states(office)[0].fund.record_id, 10_000)
    aid.withdraw_grants(office, [free.id], "本人放弃")
    view = sent(office, view)
    first, second, _ = view.lines
    disbursement.settle_lines(office, view.row.id, [LineResult(first.id, True, DAY), LineResult(second.id, False, DAY, "销户")])
    disbursement.note_returned(office, first.grant_id, 20_000, DAY, "发错人")
    (state,) = funds.fund_states(office)
    assert (state.committed, state.paid, state.came_back, state.left) == (100_000, 50_000, 20_000, 970_000)
    assert wrong(office) == 0
    with office.database.writing() as connection:
        connection.exec_driver_sql("UPDATE fund_sum SET paid = paid + 1")
        assert aid_store.wrong_fund_sums(connection) == 1
        aid_store.recount_funds(connection)
        assert aid_store.wrong_fund_sums(connection) == 0


def test_sums__of_an_office_from_before__are_told_by_the_step(office: OfficeSession) -> None:
    """The step that brings the table fills it from the lines that are there."""
    view = sent(office, drawn_up(office, 2))
    disbursement.settle_lines(office, view.row.id, [LineResult(view.lines[0].id, True, DAY)])
    with office.database.writing() as connection:
        before = _kept(connection)
        for name in ("TABLE fund_sum", "TRIGGER grant_counts", "TRIGGER payout_counts"):
            connection.exec_driver_sql(f"DROP {name}")
        for statement in statements(resources.read_text("migrations/0011_fund_sums.sql")):
            connection.exec_driver_sql(statement)
        assert _kept(connection) == before and before[0][2:] == (100_000, 50_000, 50_000, 0)
    assert wrong(office) == 0


def _kept(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM fund_sum")]


def test_sums__after_a_bundle_was_undone(tmp_path: Path) -> None:
    """What it brought counts no more; what was granted here since does."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town), in_2022(county)
        archive = on_file(town, 1)
        grant(town, archive.id, fund(town, needs_archive=False))
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        assert wrong(county) == 0
        offer = undoing.undoable(county)
        assert offer is not None
        undoing.undo_last(county, offer.bundle_id)
        assert wrong(county) == 0
        with county.database.reading() as connection:
            assert _kept(connection) == []


def test_looking__does_not_go_through_the_source(office: OfficeSession) -> None:
    """A source of 20 000 grants is looked at as fast as a new one."""
    archive, source = on_file(office, 1), fund(office, 10**10)
    given = GrantInput("living", 50_000, fund_id=source)
    grant(office, archive.id, source)
    few = _milliseconds(office, archive.id, given)
    with office.database.writing() as connection:
        columns = ", ".join(column.name for column in aid_store.GRANT.columns)
        same = columns.replace("id,", "lower(hex(randomblob(16))),", 1)
        same = same.replace("recipient_number", "''").replace(" year", " 2019")
        many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
        connection.exec_driver_sql(f"INSERT INTO aid_grant ({columns}) {many} SELECT {same} FROM aid_grant, n")
    assert funds.fund_states(office)[0].committed == 20_001 * 100_000 and wrong(office) == 0
    assert _milliseconds(office, archive.id, given) < max(3 * few, 30)


def _milliseconds(office: OfficeSession, archive_id: str, given: GrantInput) -> float:
    found = []
    for _ in range(5):
        begun = perf_counter()
        aid.look_at_grant(office, archive_id, given)
        found.append((perf_counter() - begun) * 1000)
    return min(found)
