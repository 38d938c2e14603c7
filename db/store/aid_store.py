"""Grants, payouts and payment lists in the caller's transaction. Grants and payouts are append-only; amounts are 分."""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, text

from db.domain.office_levels import levels_upto
from db.models.aid import AidGrant, OfficePaper, PaymentLine, PaymentList, Payout

GRANT = AidGrant.__table__  # type: ignore[attr-defined]
PAYOUT = Payout.__table__  # type: ignore[attr-defined]
LIST = PaymentList.__table__  # type: ignore[attr-defined]
LINE = PaymentLine.__table__  # type: ignore[attr-defined]
PAPER = OfficePaper.__table__  # type: ignore[attr-defined]

Row = dict[str, Any]


def _rows(connection: Connection, statement: str, **params: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(text(statement), params).mappings()]


def _insert(connection: Connection, table: Any, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))


# -- grants and payouts -------------------------------------------------------------------------------------------

DONE = "p.outcome IN ('paid', 'withdrawn')"
OPEN = f"NOT EXISTS (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND {DONE})"
"""SQL: a grant that is neither paid nor given up."""
STANDS = "NOT EXISTS (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'withdrawn')"
"""SQL: a grant that has not been given up."""
_STATE = (
    "coalesce((SELECT p.outcome FROM payout p WHERE p.grant_id = g.id ORDER BY p.outcome IN ('returned') DESC,"
    " p.outcome IN ('paid', 'withdrawn') DESC, p.rowid DESC LIMIT 1), 'open') AS outcome,"
    " (SELECT p.on_day FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'paid') AS paid_on"
)
_CAME_BACK = "(SELECT coalesce(sum(p.amount), 0) FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'returned') AS came_back"


def insert_grants(connection: Connection, rows: Sequence[Row]) -> None:
    """Add grants."""
    _insert(connection, GRANT, rows)


def insert_payouts(connection: Connection, rows: Sequence[Row]) -> None:
    """Add what became of grants; IntegrityError where one is paid or given up already."""
    _insert(connection, PAYOUT, rows)


def grants(connection: Connection, ids: Iterable[str]) -> list[Row]:
    """These grants, each with ``outcome`` (``open`` where nothing came of it yet) and ``paid_on``."""
    wanted = json.dumps(list(ids))
    return _rows(
        connection,
        f"SELECT g.*, {_STATE} FROM json_each(:ids) w JOIN aid_grant g ON g.id = w.value ORDER BY w.key",
        ids=wanted,
    )


def grants_of(connection: Connection, archive_ids: Iterable[str], year: int | None = None) -> list[Row]:
    """The grants of these archives, of one year or all, the oldest first; with ``outcome``, ``paid_on``, ``came_back``."""
    condition = " AND g.year = :year" if year is not None else ""
    return _rows(
        connection,
        f"SELECT g.*, {_STATE}, {_CAME_BACK} FROM aid_grant g WHERE g.archive_id IN (SELECT value FROM json_each(:ids)){condition}"
        " ORDER BY g.granted_on, g.made_at, g.rowid",
        ids=json.dumps(list(archive_ids)),
        **({"year": year} if year is not None else {}),
    )


def grants_of_person(connection: Connection, number: str, year: int) -> list[Row]:
    """What the person with this ID number has been granted in a year, in whatever archive, with ``came_back``.

    What was given up is left out.
    """
    return _rows(
        connection,
        # that the number is not empty must be said: only then is the index of people used
        f"SELECT g.*, {_CAME_BACK} FROM aid_grant g WHERE g.recipient_number = :number AND g.recipient_number <> ''"
        f" AND g.year = :year AND {STANDS}"
        " ORDER BY g.granted_on, g.rowid",
        number=number,
        year=year,
    )


def of_other_offices(connection: Connection, archive_id: str) -> list[Row]:
    """Grants to an archive by other offices than its own, and what became of them."""
    by_others = "WHERE t.archive_id = :id AND t.office_id <> (SELECT a.office_id FROM archive a WHERE a.id = :id)"
    return [
        row
        for table in ("aid_grant", "payout")
        for row in _rows(connection, f"SELECT t.* FROM {table} t {by_others} ORDER BY t.rowid", id=archive_id)
    ]


ENTERED = (
    "FROM office_record r, json_each(r.content, '$.rows.grants') x"
    " WHERE r.kind = 'aid_entry' AND r.is_current AND NOT r.is_removed"
)
"""SQL: the grants that are noted as typed into the national system; ``x.value ->> 'grant_id'`` is the grant."""


def entered(connection: Connection, grant_ids: Iterable[str]) -> set[str]:
    """Which of these grants are noted as typed into the national system, by whatever office."""
    rows = _rows(
        connection,
        f"SELECT x.value ->> 'grant_id' AS id {ENTERED} AND x.value ->> 'grant_id' IN (SELECT value FROM json_each(:ids))",
        ids=json.dumps(list(grant_ids)),
    )
    return {row["id"] for row in rows}


def payouts_of(connection: Connection, grant_ids: Iterable[str]) -> list[Row]:
    """What became of these grants, line by line in the order they were written."""
    return _rows(
        connection,
        "SELECT p.* FROM payout p WHERE p.grant_id IN (SELECT value FROM json_each(:ids)) ORDER BY p.rowid",
        ids=json.dumps(list(grant_ids)),
    )


def work_list(connection: Connection, where: str, params: Row, limit: int, offset: int) -> list[Row]:
    """One page of grants with their household; *where* is the service's own."""
    return _rows(
        connection,
        f"SELECT g.*, {_STATE}, a.archive_number, coalesce(a.name, '') AS household"
        f" FROM aid_grant g JOIN archive a ON a.id = g.archive_id{where}"
        " ORDER BY g.granted_on DESC, g.rowid DESC LIMIT :limit OFFSET :offset",
        **params,
        limit=limit,
        offset=offset,
    )


def totals(connection: Connection, where: str, params: Row) -> tuple[int, int]:
    """How many grants, and their sum."""
    row = _rows(
        connection,
        f"SELECT count(*) AS number, coalesce(sum(g.amount), 0) AS total FROM aid_grant g"
        f" JOIN archive a ON a.id = g.archive_id{where}",
        **params,
    )[0]
    return row["number"], row["total"]


# -- travelling upwards -------------------------------------------------------------------------------------------


def to_send(own_level: str) -> str:
    """SQL of the archives with a grant or payout (of this office or below) that no bundle has taken upwards yet.

    One upon an own archive travels with the revision it made; marked or not, the archive is sent but once.
    """
    levels = ", ".join(f"'{level}'" for level in levels_upto(own_level))
    unsent = f"exported_sequence = 0 AND office_level IN ({levels})"
    return f"SELECT archive_id FROM aid_grant WHERE {unsent} UNION SELECT archive_id FROM payout WHERE {unsent}"


_UNSENT = " UNION ALL ".join(
    f"SELECT id FROM {table} WHERE exported_sequence = 0 AND archive_id IN (SELECT value FROM json_each(:ids))"
    for table in ("aid_grant", "payout")
)


def unsent_ids(connection: Connection, archive_ids: Iterable[str]) -> list[str]:
    """Ids of the grants and payouts beside these archives that no bundle has taken upwards yet."""
    return [row["id"] for row in _rows(connection, _UNSENT, ids=json.dumps(list(archive_ids)))]


def mark_exported(connection: Connection, ids: Iterable[str], sequence: int) -> None:
    """Note that these grants and payouts have travelled upwards."""
    params = {"ids": json.dumps(list(ids)), "sequence": sequence}
    for table in ("aid_grant", "payout"):
        chosen = "WHERE id IN (SELECT value FROM json_each(:ids))"
        connection.execute(text(f"UPDATE {table} SET exported_sequence = :sequence {chosen}"), params)


# -- funds --------------------------------------------------------------------------------------------------------


_FUND_SUMS = "SELECT fund_id, granted - settled, paid, came_back FROM fund_sum WHERE office_id = :office"
_COUNTED = (
    "SELECT g.office_id, g.fund_id, sum(g.amount) AS granted, coalesce(sum(t.settled), 0) AS settled,"
    " coalesce(sum(t.paid), 0) AS paid, coalesce(sum(t.came_back), 0) AS came_back FROM aid_grant g LEFT JOIN"
    " (SELECT p.grant_id, max(iif(p.outcome IN ('paid', 'withdrawn'), b.amount, 0)) AS settled,"
    " sum(iif(p.outcome = 'paid', p.amount, 0)) AS paid, sum(iif(p.outcome = 'returned', p.amount, 0)) AS came_back"
    " FROM payout p JOIN aid_grant b ON b.id = p.grant_id GROUP BY p.grant_id) t ON t.grant_id = g.id"
    " WHERE g.fund_id <> '' GROUP BY 1, 2"
)
_FUND_COLUMNS = "office_id, fund_id, granted, settled, paid, came_back"


def fund_sums(connection: Connection, office_id: str, fund_id: str = "") -> dict[str, tuple[int, int, int]]:
    """By fund of an office, or of one of them: what is granted but not paid, what was paid, what of that came back.

    Triggers keep the sums with every line that is added: looking at a grant must not go through all of a source.
    """
    one, params = (" AND fund_id = :fund", {"fund": fund_id}) if fund_id else ("", {})
    found = connection.execute(text(_FUND_SUMS + one), {"office": office_id, **params})
    return {row[0]: (row[1], row[2], row[3]) for row in found}


def recount_funds(connection: Connection) -> None:
    """Tell the sums of all sources anew from the lines; after lines were taken back."""
    connection.execute(text("DELETE FROM fund_sum"))
    connection.execute(text(f"INSERT INTO fund_sum ({_FUND_COLUMNS}) {_COUNTED}"))


def wrong_fund_sums(connection: Connection) -> int:
    """Of how many sources the kept sums are not those of the lines."""
    kept, told = f"SELECT {_FUND_COLUMNS} FROM fund_sum", f"SELECT * FROM ({_COUNTED})"
    differing = f"SELECT office_id, fund_id FROM ({told} EXCEPT {kept}) UNION SELECT office_id, fund_id FROM ({kept} EXCEPT {told})"
    return int(connection.execute(text(f"SELECT count(*) FROM ({differing})")).scalar_one())


def fund_payouts(connection: Connection, office_id: str, fund_id: str) -> list[Row]:
    """Every payment from a source of an office, and what came back, by day, with the person and the household."""
    return _rows(
        connection,
        "SELECT p.*, g.recipient_name, g.item, g.programme_title, a.archive_number, coalesce(a.name, '') AS household"
        " FROM payout p JOIN aid_grant g ON g.id = p.grant_id JOIN archive a ON a.id = g.archive_id"
        " WHERE g.fund_id = :fund AND g.office_id = :office AND p.outcome IN ('paid', 'returned') ORDER BY p.on_day, p.rowid",
        fund=fund_id,
        office=office_id,
    )


_HOLDERS = (
    "SELECT id, name, id_number, employer, mobile_phone, other_contact, bank_name, bank_branch, bank_account FROM archive"
    " WHERE id IN (SELECT value FROM json_each(:ids))"
)


def holders(connection: Connection, archive_ids: Iterable[str]) -> dict[str, Row]:
    """By archive: the worker's name, number, phones and card."""
    return {row["id"]: row for row in _rows(connection, _HOLDERS, ids=json.dumps(list(archive_ids)))}


# -- payment lists ------------------------------------------------------------------------------------------------


def lists(connection: Connection) -> list[Row]:
    """Every list, the newest first, with count and sum of its lines and how many failed."""
    return _rows(
        connection,
        "SELECT l.*, coalesce(n.number_of_lines, 0) AS lines, coalesce(n.total, 0) AS total,"
        " coalesce(n.failed, 0) AS failed, coalesce(n.waiting, 0) AS waiting FROM payment_list l LEFT JOIN"
        " (SELECT list_id, count(*) AS number_of_lines, sum(amount) AS total, sum(state = 'failed') AS failed,"
        " sum(state = 'waiting') AS waiting FROM payment_line WHERE state <> 'dropped' GROUP BY list_id) n"
        " ON n.list_id = l.id ORDER BY l.made_at DESC, l.rowid DESC",
    )


_APPROVED_WITH = text("SELECT 1 FROM payment_list WHERE approval_paper_id = :id")


def approved_with(connection: Connection, paper_id: str) -> bool:
    """Whether a list was approved upon this paper."""
    return connection.execute(_APPROVED_WITH, {"id": paper_id}).first() is not None


def find_list(connection: Connection, list_id: str) -> Row | None:
    """The list's own row."""
    return next(iter(_rows(connection, "SELECT * FROM payment_list WHERE id = :id", id=list_id)), None)


def numbers_like(connection: Connection, prefix: str) -> list[str]:
    """Numbers of lists that begin so."""
    rows = _rows(connection, "SELECT number FROM payment_list WHERE substr(number, 1, :size) = :prefix",
                 prefix=prefix, size=len(prefix))  # fmt: skip
    return [row["number"] for row in rows]


def insert_list(connection: Connection, row: Row) -> None:
    """Add a list."""
    connection.execute(insert(LIST), row)


def change_list(connection: Connection, list_id: str, states: Iterable[str], **columns: Any) -> bool:
    """Change a list that still stands in one of *states*; whether it did."""
    changed = connection.execute(
        LIST.update().where(LIST.c.id == list_id, LIST.c.state.in_(list(states))).values(**columns)
    )
    return bool(changed.rowcount)


def lines(connection: Connection, list_id: str) -> list[Row]:
    """The lines of a list in their order, those taken out left out."""
    return _rows(
        connection,
        "SELECT n.*, a.archive_number FROM payment_line n JOIN archive a ON a.id = n.archive_id"
        " WHERE n.list_id = :id AND n.state <> 'dropped' ORDER BY n.position",
        id=list_id,
    )


def insert_lines(connection: Connection, rows: Sequence[Row]) -> None:
    """Add lines; IntegrityError where a grant is on its way on another list."""
    _insert(connection, LINE, rows)


def change_lines(connection: Connection, ids: Iterable[str], **columns: Any) -> None:
    """Change these lines."""
    connection.execute(LINE.update().where(LINE.c.id.in_(list(ids))).values(**columns))


_INCONSISTENT = {
    "line": "SELECT count(*) FROM payment_line n JOIN payment_list l ON l.id = n.list_id WHERE n.state IN ('paid', 'failed')"
    " AND NOT EXISTS (SELECT 1 FROM payout p WHERE p.grant_id = n.grant_id AND p.outcome = n.state"
    " AND p.list_number = l.number AND p.amount = n.amount)",
    "payout": "SELECT count(*) FROM payout p JOIN payment_list l ON l.number = p.list_number WHERE p.office_id = :office"
    " AND p.outcome IN ('paid', 'failed') AND NOT EXISTS (SELECT 1 FROM payment_line n WHERE n.list_id = l.id"
    " AND n.grant_id = p.grant_id AND n.state = p.outcome)",
    "amount": "SELECT count(*) FROM payout p JOIN aid_grant g ON g.id = p.grant_id WHERE p.outcome = 'paid'"
    " AND p.amount <> g.amount",
    "returned": "SELECT count(*) FROM (SELECT p.grant_id, sum(CASE p.outcome WHEN 'paid' THEN p.amount WHEN 'returned'"
    " THEN -p.amount ELSE 0 END) AS rest FROM payout p GROUP BY p.grant_id) WHERE rest < 0",
}


def inconsistent(connection: Connection, office_id: str) -> dict[str, int]:
    """How many lines have no payout, payouts no line, payments another amount, and how often more came back than went out."""
    params = {"office": office_id}
    return {
        key: int(connection.execute(text(statement), params if ":office" in statement else {}).scalar_one())
        for key, statement in _INCONSISTENT.items()
    }


def freeze_lines(connection: Connection, rows: Sequence[Row]) -> None:
    """Put the same columns of many lines down at once; each row has the line's ``id``."""
    if rows:
        columns = ", ".join(f"{key} = :{key}" for key in rows[0] if key != "id")
        connection.execute(text(f"UPDATE payment_line SET {columns} WHERE id = :id"), list(rows))


_SETTLED_ELSEWHERE = text(
    "SELECT n.payee_name FROM payment_line n JOIN payout p ON p.grant_id = n.grant_id"
    " WHERE n.list_id = :id AND n.state = 'waiting' AND p.outcome IN ('paid', 'withdrawn') ORDER BY n.position"
)


def settled_elsewhere(connection: Connection, list_id: str) -> list[str]:
    """Payees of lines that wait although their grant is paid or given up."""
    return [row[0] for row in connection.execute(_SETTLED_ELSEWHERE, {"id": list_id})]


_ANSWERED_WITH = text(
    "SELECT json_extract(detail, '$.number') FROM journal WHERE action = 'payment_list'"
    " AND json_extract(detail, '$.answer') = :sha256 ORDER BY seq LIMIT 1"
)


def answered_with(connection: Connection, sha256: str) -> str:
    """Number of the list that this answer of a bank was put down for; empty where it was for none."""
    return str(connection.execute(_ANSWERED_WITH, {"sha256": sha256}).scalar() or "")


_ON_A_LIST = text("SELECT 1 FROM payment_line WHERE grant_id = :id AND state = 'waiting'")


def on_a_list(connection: Connection, grant_id: str) -> bool:
    """Whether a payment of the grant is on its way."""
    return connection.execute(_ON_A_LIST, {"id": grant_id}).first() is not None


_PAYEES = text(
    "SELECT DISTINCT account, payee_name FROM payout WHERE outcome = 'paid'"
    " AND account IN (SELECT value FROM json_each(:accounts)) ORDER BY account, payee_name"
)


def payees_of_accounts(connection: Connection, accounts: Iterable[str]) -> dict[str, set[str]]:
    """By account: the names under which something reached it."""
    found: dict[str, set[str]] = {}
    for account, name in connection.execute(_PAYEES, {"accounts": json.dumps(sorted(set(accounts)))}):
        found.setdefault(account, set()).add(name)
    return found
