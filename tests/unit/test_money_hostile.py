"""Grants and payouts in bundles made by somebody who does not play fair: refused or left out, nothing paid twice."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aid_money import fund, grant, in_2022, on_file
from factories import make_office
from hypothesis import given, settings
from hypothesis import strategies as st
from neighbours import town_and_county
from payments import pay

from db.domain.aid.list_flow import Outcome
from db.exchange.bundle_format import MalformedError
from db.exchange.bundle_money import MoneyRows, money_of, read_money, store_money
from db.services import aid, exchange, funds
from db.services.office import OfficeSession
from db.store import aid_store


def rows_of(session: OfficeSession, archive_id: str) -> dict[str, list[dict[str, Any]]]:
    """What travels of an archive's money."""
    with session.database.reading() as connection:
        return json.loads(json.dumps(money_of(connection, [archive_id])[archive_id]))


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("grants", "amount", -1), ("grants", "amount", "100"), ("grants", "amount", 10**18),
        ("grants", "amount", 10**13), ("grants", "year", 2021), ("payouts", "amount", 10**13), ("grants", "id", "x"),
        ("grants", "granted_on", "2022-02-30"), ("grants", "office_level", "moon"), ("grants", "item", ["living"]),
        ("grants", "year", True), ("payouts", "outcome", "perhaps"), ("payouts", "method", "cash"),
        ("payouts", "grant_id", ""), ("payouts", "reason", "长" * 30_000), ("payouts", "on_day", "tomorrow"),
    ],
)  # fmt: skip
def test_read_money__odd_values_are_malformed(tmp_path: Path, part: str, key: str, value: object) -> None:
    """Each value is of its kind and in its range, or the record is no record."""
    with town_and_county(tmp_path) as (town, _county, _stick):
        in_2022(town)
        archive = on_file(town)
        pay(town, [_payable(town, archive.id)], "2022-07-01")
        body = rows_of(town, archive.id)
    assert len(read_money(body).ids) == 2
    body[part][0][key] = value
    with pytest.raises(MalformedError):
        read_money(body)


def _payable(town: OfficeSession, archive_id: str) -> str:
    return grant(town, archive_id, fund(town), 30_000).id


def test_store_money__no_second_payment_no_foreign_grant(tmp_path: Path) -> None:
    """A second payment, a payout of somebody else's grant and one without a grant are left out; the rest is stored once."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town)
        in_2022(county)
        archive, other = on_file(town, 1), on_file(town, 2)
        pay(town, [_payable(town, archive.id)], "2022-07-01")
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        found = read_money(rows_of(county, archive.id))
        payout = found.payouts[0]
        twice = {**payout, "id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
        orphan = {**twice, "id": "1" * 8 + "-0000-4000-8000-" + "0" * 12, "grant_id": "2" * 8 + "-0000-4000-8000-" + "0" * 12}
        stolen = {**twice, "id": "3" * 8 + "-0000-4000-8000-" + "0" * 12, "office_id": county.office.id}
        with county.database.writing() as connection:
            for home, rows in ((archive.id, MoneyRows([], [twice, orphan, stolen])), (other.id, found)):
                store_money(connection, home, rows, lambda _office, _level: True)
        assert len(rows_of(county, archive.id)["payouts"]) == 1
        assert aid.grants_of(county, other.id) == []


def test_bundle__claims_of_other_offices_change_no_balance(tmp_path: Path) -> None:
    """A township that books payments onto the county's source changes nothing in the county's ledger."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town)
        in_2022(county)
        source = fund(county, 1_000_000)
        archive = on_file(town)
        made = _payable(town, archive.id)
        with town.database.writing() as connection:
            connection.exec_driver_sql("UPDATE aid_grant SET fund_id = ? WHERE id = ?", (source, made))
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        state = funds.fund_states(county)[0]
        assert (state.committed, state.spent, state.available) == (0, 0, 1_000_000)
        assert [item.office_id for item in aid.grants_of(county, archive.id)] == [town.office.id]


class _Undo(Exception):
    """Ends an example; nothing of it is kept."""


@pytest.fixture(scope="module")
def granted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OfficeSession, list[str], dict[str, Any]]]:
    """An office with two grants of 300 元 to one household, and a payout as it travels."""
    session, _ = make_office(tmp_path_factory.mktemp("money") / "office")
    in_2022(session)
    archive, source = on_file(session), fund(session)
    ids = [grant(session, archive.id, source, 30_000, reason="再给").id for _ in range(3)]
    pay(session, ids[2:], "2022-07-01")
    payout = read_money(rows_of(session, archive.id)).payouts[0]
    yield session, [archive.id, *ids[:2]], payout
    session.close()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from((1, 2)), st.sampled_from(list(Outcome)), st.sampled_from((0, 1, 15_000, 29_999, 30_000, 60_000))
            ),
            max_size=6,
        ),
        max_size=3,
    )
)
def test_payouts__of_any_sort_in_any_bundles_add_up(
    granted: tuple[OfficeSession, list[str], dict[str, Any]], bundles: list[list[tuple[int, Outcome, int]]]
) -> None:
    """Half payments, double ones, more back than out, in whatever order and bundle: what is kept can have been."""
    session, ids, sample = granted
    with suppress(_Undo), session.database.writing() as connection:
        for told in bundles:
            rows = [
                {**sample, "id": str(uuid4()), "grant_id": ids[at], "outcome": outcome.value, "amount": amount, "list_number": ""}
                for at, outcome, amount in told
            ]
            store_money(connection, ids[0], MoneyRows([], rows), lambda _office, _level: True)
        assert not any(aid_store.inconsistent(connection, session.office.id).values())
        kept = connection.exec_driver_sql("SELECT grant_id, outcome, amount FROM payout").all()
        for key in ids[1:]:
            mine = [(outcome, amount) for grant_id, outcome, amount in kept if grant_id == key]
            paid = sum(amount for outcome, amount in mine if outcome == Outcome.PAID)
            back = sum(amount for outcome, amount in mine if outcome == Outcome.RETURNED)
            assert paid in {0, 30_000} and back <= paid
            settled = [item for item in mine if item[0] in {Outcome.PAID, Outcome.WITHDRAWN}]
            assert len(settled) == any(
                outcome is Outcome.WITHDRAWN or (outcome is Outcome.PAID and amount == 30_000)
                for told in bundles
                for at, outcome, amount in told
                if ids[at] == key
            )
        raise _Undo
