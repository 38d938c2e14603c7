"""Named settings of the office, any JSON value, in the caller's transaction."""

import json
from typing import Any

from sqlalchemy import Connection, text

_READ = text("SELECT value FROM office_setting WHERE key = :key")
_PUT = text(
    "INSERT INTO office_setting (key, value) VALUES (:key, :value)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


def read(connection: Connection, key: str) -> Any:
    """The value of *key*; None when it was never set."""
    value = connection.execute(_READ, {"key": key}).scalar()
    return None if value is None else json.loads(value)


def put(connection: Connection, key: str, value: Any) -> None:
    """Set *key* to *value*."""
    connection.execute(_PUT, {"key": key, "value": json.dumps(value, ensure_ascii=False)})


def skip_archive_numbers(connection: Connection, distance: int) -> None:
    """Leave *distance* 档案编号 of every year unused: a restored office no longer knows which it had given out."""
    connection.execute(
        text("UPDATE office_setting SET value = CAST(value AS INTEGER) + :distance WHERE key LIKE 'number:%'"),
        {"distance": distance},
    )
