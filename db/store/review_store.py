"""Reviews of archives in the caller's transaction: which counts, what number was given."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, text

_GIVEN = text(
    "SELECT archive_id, worker_number FROM review WHERE archive_id IN (SELECT value FROM json_each(:ids))"
    " AND worker_number <> '' AND step = 'final' ORDER BY rowid"
)


def given_numbers(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The 职工编号 that offices above have given to these archives; the last one given counts."""
    return {row[0]: row[1] for row in connection.execute(_GIVEN, {"ids": json.dumps(list(ids))})}
