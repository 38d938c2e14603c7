"""Help that is no money, in SQL: lists over every household, and counts."""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
from sqlalchemy import Connection

from db.store import hidden
from db.store.student_store import CURRENT, Row, rows_of, value

_WAITING = f"r.ends_on IS NOT NULL AND coalesce({value('answer')}, 'accepted') = 'accepted'"
_LIST = (
    "SELECT r.record_id, r.id AS version, r.archive_id, a.archive_number, a.office_id, coalesce(a.name, '') AS household, r.content"
    f" FROM case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = 'aid_service' AND {CURRENT}"
    f" AND {hidden.shown('a')}"
)
_COUNTS = (
    f"SELECT {value('service_kind')} AS kind, count(*) AS times, count(DISTINCT r.archive_id) AS households,"
    f" sum({value('answer')} IN ('granted', 'partly')) AS granted, sum({_WAITING}) AS waiting,"
    f" coalesce(sum({value('worth')}), 0) AS worth"
    f" FROM case_record r JOIN archive a ON a.id = r.archive_id WHERE r.kind = 'aid_service' AND {CURRENT}"
    f" AND {hidden.shown('a')} AND r.on_day BETWEEN :since AND :until GROUP BY 1"
)


def services(connection: Connection, since: str, until: str) -> list[Row]:
    """Every service of a period, the latest first."""
    return rows_of(
        connection, f"{_LIST} AND r.on_day BETWEEN :since AND :until ORDER BY r.on_day DESC, r.made_at DESC",
        since=since, until=until,
    )  # fmt: skip


def waiting(connection: Connection) -> list[Row]:
    """What an authority has not decided yet, of whatever year: what should have been asked after first stands first."""
    return rows_of(connection, f"{_LIST} AND {_WAITING} ORDER BY r.ends_on, r.on_day")


def counts(connection: Connection, since: str, until: str) -> list[Row]:
    """By kind: how many, for how many households, how many with success, how many still waited for, and what came of it in 分."""
    return rows_of(connection, _COUNTS, since=since, until=until)
