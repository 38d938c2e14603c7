"""The work list of 帮扶: every grant of every office known here, by what became of it, with sums; one SQL per list."""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from db.domain.aid.list_flow import OUTCOMES, Outcome
from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.services.office import OfficeSession
from db.store import archive_store
from db.store.aid_store import ENTERED


class AidPile(StrEnum):
    """What became of a grant so far."""

    OPEN = "open"
    ON_LIST = "on_list"
    FAILED = "failed"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    ALL = "all"


AID_PILES = {
    AidPile.OPEN: "待发放",
    AidPile.ON_LIST: "名册中",
    AidPile.FAILED: "发放失败",
    AidPile.PAID: "已发放",
    AidPile.WITHDRAWN: "已撤销",
    AidPile.ALL: "全部",
}
_HAPPENED = "EXISTS (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND p.outcome = '{}')"
_PAID_ON = "SELECT p.on_day FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'paid'"
_PILE = (
    f"CASE WHEN {_HAPPENED.format('paid')} THEN 'paid' WHEN {_HAPPENED.format('withdrawn')} THEN 'withdrawn'"
    " WHEN EXISTS (SELECT 1 FROM payment_line n WHERE n.grant_id = g.id AND n.state = 'waiting') THEN 'on_list'"
    f" WHEN {_HAPPENED.format('failed')} THEN 'failed' ELSE 'open' END"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AidQuery:
    """What the list shows. Empty members do not filter; *order* is one of :data:`ORDERS`."""

    pile: AidPile = AidPile.ALL
    text: str = ""
    item: str = ""
    year: int | None = None
    fund_id: str = ""
    office_id: str = ""
    is_entered: bool | None = None
    """Whether it is noted as typed into the national system; None: either."""
    order: str = "granted_on"
    descending: bool = True


ORDERS = {
    "granted_on": "g.granted_on",
    "name": "a.name_pinyin",
    "archive_number": "a.archive_number",
    "amount": "g.amount",
    "paid_on": f"({_PAID_ON})",
}


@dataclass(frozen=True, slots=True)
class AidRow:
    """One grant of the list. *amount* and *came_back* are 分."""

    id: str
    archive_id: str
    archive_number: str
    household: str
    office_id: str
    office_name: str
    item: str
    programme_title: str
    recipient_name: str
    amount: int
    goods: str
    fund_name: str
    granted_on: str
    pile: AidPile
    paid_on: str | None
    came_back: int
    list_number: str | None
    """The list it stands on, or was paid or failed with."""
    said: str | None
    """Why the last payment failed, or why the grant was given up."""
    entered_on: str | None
    """When it was typed into the national system, as far as somebody noted it."""

    @property
    def item_label(self) -> str:
        """The kind of aid."""
        return option_list("aid_item").label(self.item)

    @property
    def what(self) -> str:
        """Amount or goods."""
        return format_amount(self.amount) if self.amount else self.goods

    @property
    def state_words(self) -> str:
        """What became of it, in words."""
        if self.came_back:
            return f"{OUTCOMES[Outcome.PAID]}，退回 {format_amount(self.came_back)} 元"
        return AID_PILES[self.pile]


@dataclass(frozen=True, slots=True)
class PileSum:
    """How many grants a pile has, and their sum in 分."""

    count: int = 0
    total: int = 0


_COLUMNS = (
    f"SELECT g.id, g.archive_id, a.archive_number, coalesce(a.name, '') AS household, g.office_id, g.office_name, g.item,"
    f" g.programme_title, g.recipient_name, g.amount, g.goods, g.fund_name, g.granted_on, {_PILE} AS pile,"
    f" ({_PAID_ON}) AS paid_on,"
    " (SELECT coalesce(sum(p.amount), 0) FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'returned') AS came_back,"
    " coalesce((SELECT l.number FROM payment_line n JOIN payment_list l ON l.id = n.list_id WHERE n.grant_id = g.id"
    " AND n.state <> 'dropped' ORDER BY n.rowid DESC LIMIT 1), (SELECT p.list_number FROM payout p WHERE p.grant_id = g.id"
    " AND p.list_number <> '' ORDER BY p.rowid DESC LIMIT 1)) AS list_number,"
    " (SELECT p.reason FROM payout p WHERE p.grant_id = g.id AND p.outcome IN ('failed', 'withdrawn')"
    " ORDER BY p.rowid DESC LIMIT 1) AS said, (SELECT e.on_day FROM entered e WHERE e.id = g.id) AS entered_on"
)
_ENTERED_ID = "x.value ->> 'grant_id'"
_FROM = " FROM aid_grant g JOIN archive a ON a.id = g.archive_id"


def _where(query: AidQuery, pile: AidPile) -> tuple[str, dict[str, Any]]:
    parts, params = [], dict[str, Any]()
    for column, value in (("item", query.item), ("year", query.year), ("fund_id", query.fund_id), ("office_id", query.office_id)):
        if value:
            parts.append(f"g.{column} = :{column}")
            params[column] = value
    if pile is not AidPile.ALL:
        parts.append(f"{_PILE} = :pile")
        params["pile"] = pile.value
    if query.is_entered is not None:
        parts.append(f"g.id {'' if query.is_entered else 'NOT '}IN (SELECT {_ENTERED_ID} {ENTERED})")
    archive_store.narrow_to_person(query.text, parts, params)
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), params


def aid_rows(session: OfficeSession, query: AidQuery, offset: int = 0, limit: int = 100) -> list[AidRow]:
    """One page of the list."""
    where, params = _where(query, query.pile)
    direction = "DESC" if query.descending else "ASC"
    order = f" ORDER BY {ORDERS[query.order]} {direction}, g.rowid {direction}"
    # which rows stand on the page first: what is told of each is looked up for these alone
    page = f"SELECT g.id, g.granted_on{_FROM}{where}{order} LIMIT :limit OFFSET :offset"
    # nothing is typed in before it was granted: of years of entries only those since the oldest of the page are read
    entered = (
        f"SELECT {_ENTERED_ID} AS id, min(r.on_day) AS on_day {ENTERED} AND r.on_day >= (SELECT min(granted_on) FROM page)"
        f" AND {_ENTERED_ID} IN (SELECT id FROM page) GROUP BY 1"
    )
    beside = f"WITH page AS MATERIALIZED ({page}), entered AS MATERIALIZED ({entered}) "
    statement = f"{beside}{_COLUMNS}{_FROM} WHERE g.id IN (SELECT id FROM page){order}"
    with session.database.reading() as connection:
        rows = connection.execute(text(statement), {**params, "limit": limit, "offset": offset})
        return [AidRow(**{**row, "pile": AidPile(row["pile"])}) for row in rows.mappings()]


def aid_ids(session: OfficeSession, query: AidQuery) -> list[str]:
    """Ids of every grant the query means, in the order of the list."""
    where, params = _where(query, query.pile)
    direction = "DESC" if query.descending else "ASC"
    statement = f"SELECT g.id{_FROM}{where} ORDER BY {ORDERS[query.order]} {direction}, g.rowid {direction}"
    with session.database.reading() as connection:
        return [row[0] for row in connection.execute(text(statement), params)]


def sum_piles(session: OfficeSession, query: AidQuery) -> dict[AidPile, PileSum]:
    """How many grants stand in each pile and how much that is, whatever pile the query means; one pass over all."""
    where, params = _where(query, AidPile.ALL)
    statement = f"SELECT {_PILE}, count(*), coalesce(sum(g.amount), 0){_FROM}{where} GROUP BY 1"
    with session.database.reading() as connection:
        found = {AidPile(row[0]): PileSum(row[1], row[2]) for row in connection.execute(text(statement), params)}
    whole = PileSum(sum(item.count for item in found.values()), sum(item.total for item in found.values()))
    return {**dict.fromkeys(AidPile, PileSum()), **found, AidPile.ALL: whole}


def count_aid(session: OfficeSession, query: AidQuery) -> int:
    """How many grants the query means."""
    return sum_piles(session, query)[query.pile].count


_WAITING_ON = text(
    "SELECT n.grant_id, l.id, l.number FROM payment_line n JOIN payment_list l ON l.id = n.list_id"
    " WHERE n.state = 'waiting' AND n.grant_id IN (SELECT value FROM json_each(:ids))"
)


def lists_waiting(session: OfficeSession, grant_ids: list[str]) -> dict[str, tuple[str, str]]:
    """Id and number of the payment list each grant waits on, of those that stand on one."""
    with session.database.reading() as connection:
        rows = connection.execute(_WAITING_ON, {"ids": json.dumps(grant_ids)})
        return {grant_id: (list_id, number) for grant_id, list_id, number in rows}


_YEARS = text("SELECT DISTINCT year FROM aid_grant ORDER BY year DESC")


def aid_years(session: OfficeSession) -> list[int]:
    """The years of which there are grants, the newest first."""
    with session.database.reading() as connection:
        return [row[0] for row in connection.execute(_YEARS)]
