"""Files for the bank as the journal keeps them: of which list, in which layout, where, and why once more."""

import json
from typing import Any

from sqlalchemy import Connection, text

WRITTEN, NOT_WRITTEN = "bank_file", "bank_file_failed"
"""Actions of the journal: a file was written; the one noted just before came to nothing."""

_OF_LIST = text(
    "SELECT j.made_at, j.detail, coalesce(c.name, '') AS clerk_name, EXISTS (SELECT 1 FROM journal f"
    " WHERE f.action = 'bank_file_failed' AND json_extract(f.detail, '$.file') = json_extract(j.detail, '$.file')) AS failed"
    " FROM journal j LEFT JOIN clerk c ON c.id = j.clerk_id"
    " WHERE j.action = 'bank_file' AND json_extract(j.detail, '$.list') = :id ORDER BY j.seq"
)


def files_of(connection: Connection, list_id: str) -> list[dict[str, Any]]:
    """The files noted of a list, the first first; ``failed`` where one came to nothing."""
    return [{**json.loads(row["detail"]), **row} for row in connection.execute(_OF_LIST, {"id": list_id}).mappings()]


_REASONS = text(
    "SELECT json_extract(detail, '$.paper'), json_extract(detail, '$.reason') FROM journal"
    " WHERE action = 'bank_file' AND json_extract(detail, '$.reason') <> ''"
)


def reasons(connection: Connection) -> dict[str, str]:
    """Why files were written once more, by what the timeline calls them."""
    return {row[0]: row[1] for row in connection.execute(_REASONS)}
