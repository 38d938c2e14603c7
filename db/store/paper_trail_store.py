"""Papers and files that left the program, and which archives they are about, in the caller's transaction."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

_PAPER = text(
    "INSERT INTO paper_out (made_at, clerk_id, clerk_name, title, way, households)"
    " VALUES (:made_at, :clerk_id, :clerk_name, :title, :way, :households) RETURNING seq"
)
_NUMBERED = text("INSERT OR IGNORE INTO paper_out_archive (archive_id) SELECT value FROM json_each(:ids)")
_ITEMS = text(
    "INSERT OR IGNORE INTO paper_out_item (archive_seq, paper_seq)"
    " SELECT a.seq, :paper FROM json_each(:ids) w JOIN paper_out_archive a ON a.archive_id = w.value"
)
_OF_ARCHIVE = text(
    "SELECT p.made_at, p.clerk_name, p.title, p.way, p.households FROM paper_out_archive a"
    " JOIN paper_out_item i ON i.archive_seq = a.seq JOIN paper_out p ON p.seq = i.paper_seq"
    " WHERE a.archive_id = :id ORDER BY p.seq"
)


def add(connection: Connection, row: dict[str, Any], archive_ids: Iterable[str]) -> None:
    """Note a paper about these archives."""
    ids = sorted(set(archive_ids))
    paper = connection.execute(_PAPER, {**row, "households": len(ids)}).scalar_one()
    listed = json.dumps(ids)
    connection.execute(_NUMBERED, {"ids": listed})
    connection.execute(_ITEMS, {"ids": listed, "paper": paper})


def papers_of(connection: Connection, archive_id: str) -> list[dict[str, Any]]:
    """The papers of an archive that left the program, the oldest first."""
    return [dict(row) for row in connection.execute(_OF_ARCHIVE, {"id": archive_id}).mappings()]
