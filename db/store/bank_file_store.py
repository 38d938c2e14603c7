"""Files for the bank as the journal keeps them: of which list, in which layout, where, and why once more."""

import json
from typing import Any

from sqlalchemy import Connection, text

WRITTEN, NOT_WRITTEN = "bank_file", "bank_file_failed"
"""Actions of the journal: a file was written; the one noted just before came to nothing."""

# one walk through the journal, which is long: what came to nothing is told apart below
_OF_LIST = text(
    "SELECT j.made_at, j.action, j.detail, coalesce(c.name, '') AS clerk_name FROM journal j LEFT JOIN clerk c ON c.id = j.clerk_id"
    " WHERE j.action = 'bank_file_failed' OR (j.action = 'bank_file' AND json_extract(j.detail, '$.list') = :id) ORDER BY j.seq"
)


def files_of(connection: Connection, list_id: str) -> list[dict[str, Any]]:
    """The files noted of a list, the first first; ``failed`` where one came to nothing."""
    rows = [{**json.loads(row["detail"]), **row} for row in connection.execute(_OF_LIST, {"id": list_id}).mappings()]
    failed = {row["file"] for row in rows if row["action"] == NOT_WRITTEN}
    return [{**row, "failed": row["file"] in failed} for row in rows if row["action"] == WRITTEN]


_REASONS = text(
    "SELECT json_extract(detail, '$.paper'), json_extract(detail, '$.reason') FROM journal"
    " WHERE action = 'bank_file' AND json_extract(detail, '$.reason') <> ''"
)


def reasons(connection: Connection) -> dict[str, str]:
    """Why files were written once more, by what the timeline calls them."""
    return {row[0]: row[1] for row in connection.execute(_REASONS)}
