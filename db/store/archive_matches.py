"""Find the archives that rows of a workbook speak of, other than by ID number (see ``archive_store.holders_of``)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text


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
    "SELECT id, archive_number, office_id, worker_number, coalesce(name, ''), id_number FROM archive"
    " WHERE worker_number IN (SELECT value FROM json_each(:numbers)) ORDER BY archive_number"
)


def by_worker_number(connection: Connection, numbers: Iterable[str]) -> list[NumberHolder]:
    """Archives with one of these 职工编号."""
    wanted = json.dumps(sorted(set(numbers)))
    return [NumberHolder(*row) for row in connection.execute(_BY_WORKER_NUMBER, {"numbers": wanted})]
