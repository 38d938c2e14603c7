"""Questions that a package for an office without this program asks of the store: the papers of each household."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

_PAPERS = text("SELECT * FROM attachment WHERE archive_id = :id AND removed_at IS NULL ORDER BY added_at, rowid")
_BYTES = text(
    "SELECT coalesce(sum(size), 0) FROM attachment"
    " WHERE removed_at IS NULL AND archive_id IN (SELECT value FROM json_each(:ids))"
)


def papers(connection: Connection, archive_id: str) -> list[dict[str, Any]]:
    """The rows of a household's present papers, in the order in which they came."""
    return [dict(row) for row in connection.execute(_PAPERS, {"id": archive_id}).mappings()]


def paper_bytes(connection: Connection, ids: Sequence[str]) -> int:
    """How much the present papers of the archives *ids* take, decrypted."""
    return int(connection.execute(_BYTES, {"ids": json.dumps(list(ids))}).scalar_one())
