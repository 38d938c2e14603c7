"""Questions that only workbooks ask of the store: which archive a 职工编号 means, how large the largest household is."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from db.store import hidden


@dataclass(frozen=True, slots=True)
class NumberHolder:
    """The archive that carries a 职工编号."""

    archive_id: str
    archive_number: str
    office_id: str
    worker_number: str
    name: str
    id_number: str | None


_BY_WORKER_NUMBER = text(
    "SELECT id, archive_number, office_id, worker_number, coalesce(name, ''), id_number FROM archive"  # noqa: S608
    f" WHERE worker_number IN (SELECT value FROM json_each(:numbers)) AND id NOT IN ({hidden.MERGED_IDS})"
    " ORDER BY archive_number"
)
@dataclass(frozen=True, slots=True)
class NamedHolder:
    """An archive by what a list without ID numbers knows of it."""

    archive_id: str
    archive_number: str
    name: str
    mobile_phone: str
    home_address: str


_BY_NAME = text(
    "SELECT id, archive_number, name, coalesce(mobile_phone, ''), coalesce(home_address, '') FROM archive"  # noqa: S608
    f" WHERE name IN (SELECT value FROM json_each(:names)) AND office_id = :office AND id NOT IN ({hidden.MERGED_IDS})"
    " ORDER BY archive_number"
)
_MOST_MEMBERS = text(
    "SELECT coalesce(max(members), 0) FROM (SELECT count(*) AS members FROM household_member"
    " WHERE archive_id IN (SELECT value FROM json_each(:ids)) GROUP BY archive_id)"
)
_PAPERS = text(
    "SELECT archive_id, document_type, name, note FROM attachment"
    " WHERE removed_at IS NULL AND archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY added_at, id"
)


def by_worker_number(connection: Connection, numbers: Iterable[str]) -> list[NumberHolder]:
    """Archives with one of these 职工编号."""
    wanted = json.dumps(sorted(set(numbers)))
    return [NumberHolder(*row) for row in connection.execute(_BY_WORKER_NUMBER, {"numbers": wanted})]


def by_name(connection: Connection, names: Iterable[str], office_id: str) -> list[NamedHolder]:
    """Archives of an office whose head has one of these names."""
    params = {"names": json.dumps(sorted(set(names))), "office": office_id}
    return [NamedHolder(*row) for row in connection.execute(_BY_NAME, params)]


def most_members(connection: Connection, ids: Sequence[str]) -> int:
    """Members of the largest of these households."""
    return int(connection.execute(_MOST_MEMBERS, {"ids": json.dumps(list(ids))}).scalar_one())


def papers_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[tuple[str, str, str]]]:
    """(document type, name, note) of the attachments of each archive."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for archive_id, document_type, name, note in connection.execute(_PAPERS, {"ids": json.dumps(list(ids))}):
        found.setdefault(archive_id, []).append((document_type, name, note))
    return found
