"""Sponsorships and placements in SQL: one statement a list, whatever the number of archives. Amounts are 分."""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
from sqlalchemy import Connection

from db.store import hidden
from db.store.student_store import CURRENT, Row, rows_of

_OF_KIND = (
    "SELECT r.record_id, r.id AS version_id, r.archive_id, a.archive_number, coalesce(a.name, '') AS household, r.subject_id,"
    " r.on_day, r.ends_on, r.content{more} FROM case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = :kind"
    f" AND {CURRENT} AND {hidden.shown('a')} ORDER BY r.on_day DESC, r.made_at DESC"
)
# what a student was granted and paid from the source of a donor
_FROM_FUND = (
    "SELECT g.recipient_number AS number, g.fund_id, sum(g.amount) AS granted,"
    " sum(CASE WHEN EXISTS (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'paid') AND NOT EXISTS"
    " (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'returned') THEN g.amount ELSE 0 END) AS paid"
    " FROM aid_grant g JOIN json_each(:funds) f ON f.value = g.fund_id WHERE NOT EXISTS"
    " (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'withdrawn') GROUP BY 1, 2"
)


def of_kind(connection: Connection, kind: str) -> list[Row]:
    """Every record of a kind that counts, with its household, the latest first."""
    return rows_of(connection, _OF_KIND.format(more=""), kind=kind)


def from_funds(connection: Connection, funds: str) -> list[Row]:
    """What each recipient was granted and paid from these sources (JSON list of ids)."""
    return rows_of(connection, _FROM_FUND, funds=funds)
