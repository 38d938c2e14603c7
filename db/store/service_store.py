"""Help that is no money, in SQL: lists over every household, and counts.

What the keeper of an archive did stands among its records, what an office above did in that office's own register; both
count once, with the household as it stands today.
"""

# ruff: noqa: S608 - conditions are constants of this module, values are parameters
import json
from collections.abc import Iterable

from sqlalchemy import Connection

from db.store import hidden, household_record
from db.store.student_store import CURRENT, Row, rows_of, value

_COLUMNS = "r.record_id, r.id, r.kind, r.on_day, r.ends_on, r.content, r.made_at"
_BY_KEEPER = (
    f"SELECT {_COLUMNS}, a.id AS archive_id, '' AS noted_by FROM case_record r {household_record.JOIN_HOME}"
    f" WHERE r.kind = 'aid_service' AND {CURRENT} AND {household_record.counts_once('aid_service')}"
)
_BY_OFFICE = (
    f"SELECT {_COLUMNS}, {hidden.home_of('r.subject_id')} AS archive_id, r.office_id AS noted_by FROM office_record r"
    f" WHERE r.kind = 'office_service' AND {CURRENT}"
)
SERVED = f"({_BY_KEEPER} UNION ALL {_BY_OFFICE})"
"""SQL: every service that counts, with the archive in which its household stands and, of another office, who noted it."""
_WAITING = f"r.ends_on IS NOT NULL AND coalesce({value('answer')}, 'accepted') = 'accepted'"
_LIST = (
    "SELECT r.record_id, r.id AS version, r.archive_id, a.archive_number, coalesce(nullif(r.noted_by, ''), a.office_id) AS office_id,"
    f" coalesce(a.name, '') AS household, r.content FROM {SERVED} r JOIN archive a ON a.id = r.archive_id WHERE {hidden.shown('a')}"
)
_COUNTS = (
    f"SELECT {value('service_kind')} AS kind, count(*) AS times, count(DISTINCT r.archive_id) AS households,"
    f" sum({value('answer')} IN ('granted', 'partly')) AS granted, sum({_WAITING}) AS waiting,"
    f" coalesce(sum({value('worth')}), 0) AS worth"
    f" FROM {SERVED} r JOIN archive a ON a.id = r.archive_id WHERE {hidden.shown('a')} AND r.on_day BETWEEN :since AND :until GROUP BY 1"
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


_OF_OFFICES = (
    "SELECT * FROM office_record r WHERE r.kind = 'office_service' AND r.subject_id IN (SELECT value FROM json_each(:ids))"
    " {condition}ORDER BY r.on_day, r.made_at, r.version, r.id"
)


def of_offices(connection: Connection, archive_ids: Iterable[str], *, every_version: bool = False) -> list[Row]:
    """What other offices than the keeper noted for these archives, the oldest first; with every version for the history."""
    condition = "" if every_version else f"AND {CURRENT} "
    found = rows_of(connection, _OF_OFFICES.format(condition=condition), ids=json.dumps(list(archive_ids)))
    return [{**row, "archive_id": row["subject_id"], "content": json.loads(row["content"])} for row in found]
