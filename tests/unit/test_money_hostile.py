"""Grants and payouts in bundles made by somebody who does not play fair: refused or left out, nothing paid twice."""

import json
from pathlib import Path
from typing import Any

import pytest
from aid_money import fund, grant, in_2022, on_file
from neighbours import town_and_county
from payments import pay

from db.exchange.bundle_format import MalformedError
from db.exchange.bundle_money import MoneyRows, money_of, read_money, store_money
from db.services import aid, exchange, funds
from db.services.office import OfficeSession


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
