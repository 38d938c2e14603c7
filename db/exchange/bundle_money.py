"""Grants and payouts in a bundle: they travel with their archive, whole each time, up and down.

Each belongs to the office that made it. What a sender may not say for that office is left out rather than refused, for
it may have come to the sender with an archive that moved; a payment that contradicts one that is here is left out, too.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, text

from db.domain.aid.list_flow import Method, Outcome
from db.exchange.bundle_format import (
    LONGEST_TEXT,
    MalformedError,
    day_of,
    id_of,
    moment_of,
    number_of,
    objects_of,
    text_of,
)
from db.exchange.card import LEVELS
from db.store.aid_store import GRANT, PAYOUT

Row = dict[str, Any]

GRANTS, PAYOUTS = "grants", "payouts"
_TEXTS = {"item": 40, "person": 80, "recipient_name": 200, "recipient_number": 40, "school_stage": 40,
          "household_group": 20, "hardship_class": 80, "goods": 2000, "fund_id": 80, "fund_source": 40, "fund_name": 200,
          "programme_title": 200, "excess_reason": LONGEST_TEXT}  # fmt: skip


@dataclass(slots=True)
class MoneyRows:
    """Grants and payouts of one archive, in the order they were made."""

    grants: list[Row] = field(default_factory=list)
    payouts: list[Row] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Ids of all of them."""
        return [row["id"] for row in (*self.grants, *self.payouts)]


def _office(body: Row) -> Row:
    level = text_of(body, "office_level", 20)
    if level not in LEVELS:
        raise MalformedError("单位级别不认识")
    return {"office_id": id_of(body, "office_id"), "office_name": text_of(body, "office_name", 200), "office_level": level}


def _signature(body: Row) -> Row:
    return {
        "made_at": moment_of(body, "made_at"),
        "clerk_id": text_of(body, "clerk_id", 80),
        "clerk_name": text_of(body, "clerk_name", 200),
        "device_id": text_of(body, "device_id", 80),
        "device_counter": number_of(body, "device_counter"),
    }


MOST_AMOUNT = 10**13
"""分; no field of the program takes as much, and a million of them can still be added up."""


def _amount_of(body: Row, key: str) -> int:
    amount = number_of(body, key)
    if amount >= MOST_AMOUNT:
        raise MalformedError("金额大得不合理")
    return amount


def _optional_id(body: Row, key: str) -> str | None:
    return id_of(body, key) if body.get(key) is not None else None


def _grant(body: Row) -> Row:
    granted_on, year = day_of(body, "granted_on"), number_of(body, "year", 1990)
    if year != int(granted_on[:4]):
        raise MalformedError("救助的年度与批准日期不符")
    return {
        "id": id_of(body, "id"),
        "application_id": _optional_id(body, "application_id"),
        "programme_id": _optional_id(body, "programme_id"),
        **_office(body),
        **{key: text_of(body, key, longest) for key, longest in _TEXTS.items()},
        "year": year,
        "amount": _amount_of(body, "amount"),
        "cap_left": _amount_of(body, "cap_left") if body.get("cap_left") is not None else None,
        "granted_on": granted_on,
        **_signature(body),
    }


def _payout(body: Row) -> Row:
    outcome, method = text_of(body, "outcome", 20), text_of(body, "method", 20)
    if outcome not in set(Outcome) or method not in set(Method):
        raise MalformedError("发放记录的结果不认识")
    return {
        "id": id_of(body, "id"),
        "grant_id": id_of(body, "grant_id"),
        **_office(body),
        "list_number": text_of(body, "list_number", 80),
        "outcome": outcome,
        "method": method,
        "amount": _amount_of(body, "amount"),
        "on_day": day_of(body, "on_day"),
        **{key: text_of(body, key, 200) for key in ("payee_name", "bank", "account")},
        "reason": text_of(body, "reason", LONGEST_TEXT),
        **_signature(body),
    }


def read_money(body: Row) -> MoneyRows:
    """The grants and payouts of one record or state line; older programs write none."""

    def read(key: str, reader: Callable[[Row], Row]) -> list[Row]:
        return objects_of(body, key, reader) if body.get(key) is not None else []

    rows = MoneyRows(read(GRANTS, _grant), read(PAYOUTS, _payout))
    if len(set(rows.ids)) != len(rows.ids):
        raise MalformedError("救助或发放记录重复")
    return rows


_OUT = {
    GRANTS: text("SELECT * FROM aid_grant WHERE archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY rowid"),
    PAYOUTS: text("SELECT * FROM payout WHERE archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY rowid"),
}
_STAY = frozenset({"archive_id", "exported_sequence"})


def money_of(connection: Connection, ids: Iterable[str]) -> dict[str, dict[str, list[Row]]]:
    """By archive: the rows that travel with it, ready for JSON, under ``grants`` and ``payouts``."""
    params = {"ids": json.dumps(list(ids))}
    found: dict[str, dict[str, list[Row]]] = {}
    for name, statement in _OUT.items():
        for row in connection.execute(statement, params).mappings():
            plain = {key: value for key, value in row.items() if key not in _STAY}
            found.setdefault(row["archive_id"], {}).setdefault(name, []).append(plain)
    return found


_GRANTS_HERE = text(
    "SELECT g.id, g.archive_id, g.office_id, g.amount, coalesce(sum(CASE p.outcome WHEN 'paid' THEN p.amount"
    " WHEN 'returned' THEN -p.amount ELSE 0 END), 0) AS held, coalesce(max(p.outcome IN ('paid', 'withdrawn')), 0) AS is_settled"
    " FROM aid_grant g LEFT JOIN payout p ON p.grant_id = g.id WHERE g.id IN (SELECT value FROM json_each(:ids)) GROUP BY g.id"
)
_PAYOUTS_HERE = text("SELECT id FROM payout WHERE id IN (SELECT value FROM json_each(:ids))")


@dataclass(slots=True)
class _Standing:
    """A grant that is here, and what of its money the household has."""

    archive_id: str
    office_id: str
    amount: int
    held: int = 0
    is_settled: bool = False

    def takes(self, archive_id: str, payout: Row) -> bool:
        """Whether a payout told of can be so, and then it counts: all of it is paid and once, no more comes back than went out."""
        if (self.archive_id, self.office_id) != (archive_id, payout["office_id"]):
            return False
        outcome, amount = str(payout["outcome"]), int(payout["amount"])
        if outcome == Outcome.RETURNED:
            fits = 0 < amount <= self.held
            self.held -= amount if fits else 0
            return fits
        if outcome == Outcome.FAILED:
            return True
        fits = not self.is_settled and (amount == self.amount or outcome == Outcome.WITHDRAWN)
        self.is_settled = self.is_settled or fits
        self.held += amount if fits and outcome == Outcome.PAID else 0
        return fits


def store_money(
    connection: Connection, archive_id: str, rows: MoneyRows, may_say: Callable[[str, str], bool]
) -> MoneyRows:
    """Store and return what is new of an archive that stands here; *may_say*: whether the sender speaks for that office."""
    if not rows.ids:
        return rows
    wanted = {row["id"] for row in rows.grants} | {row["grant_id"] for row in rows.payouts}
    found = connection.execute(_GRANTS_HERE, {"ids": json.dumps(sorted(wanted))}).mappings()
    here = {row["id"]: _Standing(**{key: row[key] for key in _Standing.__slots__}) for row in found}
    kept = {"archive_id": archive_id, "exported_sequence": 0}
    grants = [
        row for row in rows.grants if row["id"] not in here and may_say(row["office_id"], row["office_level"])
    ]
    if grants:
        connection.execute(insert(GRANT), [{**row, **kept} for row in grants])
        here |= {row["id"]: _Standing(archive_id, row["office_id"], row["amount"]) for row in grants}
    known = {row[0] for row in connection.execute(_PAYOUTS_HERE, {"ids": json.dumps([row["id"] for row in rows.payouts])})}
    payouts = [
        row
        for row in rows.payouts
        if row["id"] not in known
        and row["grant_id"] in here
        and may_say(row["office_id"], row["office_level"])
        and here[row["grant_id"]].takes(archive_id, row)
    ]
    if payouts:
        connection.execute(insert(PAYOUT).prefix_with("OR IGNORE"), [{**row, **kept} for row in payouts])
    return MoneyRows(grants, payouts)
