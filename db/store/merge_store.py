"""Merges of two archives in the caller's transaction: which are in force, what became of a pair, the papers taken over."""

import json
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, text

from db.models.exchange import ArchiveMerge
from db.store import hidden
from db.store.bundle_store import ATTACHMENT, archive_labels

MERGE = ArchiveMerge.__table__  # type: ignore[attr-defined]
Row = dict[str, Any]

_HIGHEST = "CASE office_level WHEN 'province' THEN 3 WHEN 'city' THEN 2 WHEN 'county' THEN 1 ELSE 0 END DESC, made_at, id"
"""Of two merges that cannot both stand, the one of the higher office does, then the earlier one: the same everywhere."""
_IN_FORCE = text(
    "SELECT * FROM archive_merge WHERE undone_at IS NULL AND merged_archive_id = :archive_id"  # noqa: S608 - a constant
    f" ORDER BY {_HIGHEST} LIMIT 1"
)
_FIRST_OF = text(
    f"SELECT id, made_at FROM archive_merge WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY {_HIGHEST}"  # noqa: S608
)
_ONE = text("SELECT * FROM archive_merge WHERE id = :id")
_INTO = text("SELECT * FROM archive_merge WHERE kept_archive_id = :archive_id ORDER BY rowid")
_ANY = text("SELECT EXISTS (SELECT 1 FROM archive_merge WHERE undone_at IS NULL)")
_ALL = text("SELECT * FROM archive_merge ORDER BY rowid DESC LIMIT :limit")
_UNDO = text("UPDATE archive_merge SET undone_at = :at, undone_by = :by WHERE id = :id AND undone_at IS NULL")


def _one(connection: Connection, statement: Any, **params: Any) -> Row | None:
    row = connection.execute(statement, params).mappings().first()
    return None if row is None else dict(row)


def in_force(connection: Connection, archive_id: str) -> Row | None:
    """The merge that took *archive_id* into another archive; None where it stands for itself."""
    return _one(connection, _IN_FORCE, archive_id=archive_id)


def find(connection: Connection, merge_id: str) -> Row | None:
    """The merge *merge_id*, in force or undone."""
    return _one(connection, _ONE, id=merge_id)


def merges_into(connection: Connection, archive_id: str) -> list[Row]:
    """Every merge that kept *archive_id*, oldest first, undone ones too."""
    return [dict(row) for row in connection.execute(_INTO, {"archive_id": archive_id}).mappings()]


# CROSS: from the few that were merged to their archives, never the other way through all archives
_FORMER = text(
    "WITH RECURSIVE former (id, merged_at) AS (SELECT merged_archive_id, made_at FROM archive_merge"
    " WHERE kept_archive_id = :archive_id AND undone_at IS NULL UNION SELECT m.merged_archive_id, m.made_at"
    " FROM archive_merge m JOIN former f ON m.kept_archive_id = f.id WHERE m.undone_at IS NULL)"
    " SELECT a.id, a.archive_number, coalesce(a.name, '') AS name, min(f.merged_at) AS merged_at"
    " FROM former f CROSS JOIN archive a ON a.id = f.id WHERE a.id <> :archive_id GROUP BY a.id ORDER BY 4, a.archive_number"
)


def former_archives(connection: Connection, archive_id: str) -> list[Row]:
    """The archives that stand merged into *archive_id*, however many times on: id, 档案编号, name and when, oldest first."""
    return [dict(row) for row in connection.execute(_FORMER, {"archive_id": archive_id}).mappings()]


def all_merges(connection: Connection, limit: int) -> list[Row]:
    """The merges of this office and those it was told of, the newest first."""
    return [dict(row) for row in connection.execute(_ALL, {"limit": limit}).mappings()]


def any_in_force(connection: Connection) -> bool:
    """Whether any archive is merged into another one."""
    return bool(connection.execute(_ANY).scalar())


def final_home(connection: Connection, archive_id: str) -> str:
    """Where the people of *archive_id* stand today: itself, or the archive it was merged into, and so on.

    What other offices told may run in a circle; then the last one before it closes is named.
    """
    seen = {archive_id}
    while (row := in_force(connection, archive_id)) is not None and row["kept_archive_id"] not in seen:
        archive_id = row["kept_archive_id"]
        seen.add(archive_id)
    return archive_id


_MERGED_OF = text(f"SELECT value FROM json_each(:ids) WHERE value IN ({hidden.MERGED_IDS})")  # noqa: S608 - a constant


def homes(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of those of these archives that are merged: id and 档案编号 of the one they lead to, where it is here."""
    gone = [row[0] for row in connection.execute(_MERGED_OF, {"ids": json.dumps(list(ids))})]
    final = {archive_id: final_home(connection, archive_id) for archive_id in gone}
    labels = archive_labels(connection, final.values()) if final else {}
    return {key: (home, labels[home][0]) for key, home in final.items() if home in labels}


def break_ring(connection: Connection, merged_id: str) -> None:
    """Two offices may each merge the other way round before they hear of it: one of the merges gives way.

    It is marked as undone at the moment the one that stands was made, so every office that knows both says the same.
    """
    while ring := _ring(connection, merged_id):
        first, *others = connection.execute(_FIRST_OF, {"ids": json.dumps(ring)}).all()
        undo(connection, others[-1].id, max(first.made_at, others[-1].made_at), "与另一次合并相反")


def _ring(connection: Connection, merged_id: str) -> list[str]:
    """Ids of the merges that lead from *merged_id* back to itself; empty where they lead to an archive that stands."""
    passed: dict[str, str] = {}
    at = merged_id
    while (row := in_force(connection, at)) is not None:
        passed[at] = row["id"]
        at = row["kept_archive_id"]
        if at in passed:
            around = list(passed)
            return [passed[key] for key in around[around.index(at) :]]
    return []


def add(connection: Connection, row: Row) -> None:
    """Put a merge on record."""
    connection.execute(insert(MERGE), row)


def undo(connection: Connection, merge_id: str, at: str, by: str) -> None:
    """The merge is in force no more; the row stays."""
    connection.execute(_UNDO, {"id": merge_id, "at": at, "by": by})


_OPEN_MATTERS = text(
    "SELECT CASE WHEN r.kind = 'measure' AND json_extract(r.content, '$.values.done_on') IS NULL THEN 'measure'"
    " WHEN r.kind = 'pairing' AND r.ends_on IS NULL THEN 'pairing'"
    " WHEN r.kind = 'aid_application' AND NOT EXISTS (SELECT 1 FROM aid_grant g WHERE g.application_id = r.record_id"
    " AND NOT EXISTS (SELECT 1 FROM payout p WHERE p.grant_id = g.id AND p.outcome = 'withdrawn')) THEN 'aid_application'"
    " END AS matter, count(*) FROM case_record r WHERE r.archive_id = :archive_id AND r.is_current AND NOT r.is_removed"
    " GROUP BY 1 HAVING matter IS NOT NULL ORDER BY 1"
)


def open_matters(connection: Connection, archive_id: str) -> dict[str, int]:
    """By kind, how many records of an archive are not done with and do not go on by themselves: measures, pairings, applications."""
    found = connection.execute(_OPEN_MATTERS, {"archive_id": archive_id})
    return {row[0]: row[1] for row in found}


_OPEN_WORK = text(
    "SELECT EXISTS (SELECT 1 FROM draft WHERE archive_id = :archive_id) AS draft, EXISTS (SELECT 1 FROM visit_item"
    " WHERE archive_id = :archive_id AND back_at IS NULL AND access = 'write') AS visit,"
    " EXISTS (SELECT 1 FROM archive_conflict WHERE archive_id = :archive_id AND state = 'open') AS conflict"
)
DRAFT, OUT, CONFLICT = "draft", "out", "conflict"


def open_work(connection: Connection, archive_id: str) -> str:
    """What is unfinished about an archive and would be lost if it went: a draft, a visit, a choice; empty for nothing."""
    row = connection.execute(_OPEN_WORK, {"archive_id": archive_id}).one()
    return DRAFT if row.draft else OUT if row.visit else CONFLICT if row.conflict else ""


# -- pairs of people ----------------------------------------------------------------------------------------------

_BETWEEN = (
    " WHERE ((first_archive_id = :one AND second_archive_id = :other)"
    " OR (first_archive_id = :other AND second_archive_id = :one))"
)
_SETTLE = text(
    "UPDATE duplicate_pair SET state = 'merged', decided_at = :at, decided_by = :by, reopened_at = NULL"  # noqa: S608
    f"{_BETWEEN} AND state IN ('open', 'same_person')"
)
_REOPEN = text(f"UPDATE duplicate_pair SET state = 'same_person', decided_at = :at, decided_by = :by{_BETWEEN} AND state = 'merged'")  # noqa: S608


def settle_pairs(connection: Connection, one: str, other: str, at: str, by: str) -> None:
    """The pairs between two archives, open or waiting to be merged, are merged."""
    connection.execute(_SETTLE, {"one": one, "other": other, "at": at, "by": by})


def reopen_pairs(connection: Connection, one: str, other: str, at: str, by: str) -> None:
    """The pairs between two archives wait to be merged again."""
    connection.execute(_REOPEN, {"one": one, "other": other, "at": at, "by": by})


_MERGE_OF_PAIR = text(
    "SELECT m.id FROM archive_merge m JOIN duplicate_pair p ON p.pair_key = :key WHERE m.undone_at IS NULL AND"
    " ((m.kept_archive_id = p.first_archive_id AND m.merged_archive_id = p.second_archive_id)"
    " OR (m.kept_archive_id = p.second_archive_id AND m.merged_archive_id = p.first_archive_id)) LIMIT 1"
)


def merge_of_pair(connection: Connection, pair_key: str) -> str:
    """Id of the merge in force between the two archives of a pair; empty where there is none."""
    return str(connection.execute(_MERGE_OF_PAIR, {"key": pair_key}).scalar() or "")


# -- papers taken over --------------------------------------------------------------------------------------------

_PAPERS = text("SELECT * FROM attachment WHERE archive_id = :archive_id AND removed_at IS NULL ORDER BY added_at, rowid")
_REMOVE = text(
    "UPDATE attachment SET removed_at = :at WHERE archive_id = :archive_id AND removed_at IS NULL"
    " AND id IN (SELECT value FROM json_each(:ids)) RETURNING name, document_type"
)


def papers_of(connection: Connection, archive_id: str) -> list[Row]:
    """The present papers of an archive."""
    return [dict(row) for row in connection.execute(_PAPERS, {"archive_id": archive_id}).mappings()]


def taken_id(merge_id: str, paper_id: str) -> str:
    """The id a paper of the merged archive has in the kept one: undoing the merge finds it by that."""
    return str(uuid.uuid5(uuid.UUID(merge_id), paper_id))


def take_papers(connection: Connection, merge_id: str, papers: Iterable[Row], archive_id: str) -> None:
    """Let *archive_id* have these papers, too: rows of its own upon the same encrypted files."""
    rows = [{**row, "id": taken_id(merge_id, row["id"]), "archive_id": archive_id} for row in papers]
    if rows:
        connection.execute(insert(ATTACHMENT), rows)


_EVERY_PAPER = text("SELECT id FROM attachment WHERE archive_id = :archive_id")


def give_papers_back(connection: Connection, merge_id: str, kept_id: str, merged_id: str, at: str) -> list[Row]:
    """Take the papers of a merge out of the kept archive again; which they were."""
    ids = [taken_id(merge_id, row[0]) for row in connection.execute(_EVERY_PAPER, {"archive_id": merged_id})]
    params = {"archive_id": kept_id, "at": at, "ids": json.dumps(ids)}
    return [dict(row) for row in connection.execute(_REMOVE, params).mappings()]


# -- what travels -------------------------------------------------------------------------------------------------

_SEND_AGAIN = text(
    "UPDATE archive SET exported_revision = min(exported_revision, revision - 1),"
    " acknowledged_revision = min(acknowledged_revision, revision - 1) WHERE id = :archive_id"
)


def send_again(connection: Connection, archive_id: str) -> None:
    """Let an archive of another office travel upwards once more, for what stands beside it has changed."""
    connection.execute(_SEND_AGAIN, {"archive_id": archive_id})


_TOLD = text(
    "SELECT m.*, a.name AS person_name FROM archive_merge m JOIN archive a ON a.id = m.merged_archive_id"
    " WHERE m.merged_archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY m.rowid"
)


def merges_of(connection: Connection, ids: Iterable[str]) -> list[Row]:
    """Every merge of these archives into others, oldest first, with the name of who heads the merged one."""
    return [dict(row) for row in connection.execute(_TOLD, {"ids": json.dumps(list(ids))}).mappings()]
