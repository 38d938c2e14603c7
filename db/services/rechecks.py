"""Households just above a line whose day to be looked at again has come. Light: the home board asks at every sign-in."""

from dataclasses import dataclass

from db.services.office import OfficeSession
from db.store import casework_store


@dataclass(frozen=True, slots=True)
class DueRecheck:
    """One household 不符合但接近, with the day its re-check was set for and the class it came close to."""

    archive_id: str
    name: str
    recheck_on: str
    near_class_label: str


def due_rechecks(session: OfficeSession, limit: int) -> tuple[int, list[DueRecheck]]:
    """How many are due today, and the *limit* that have been due longest."""
    with session.database.reading() as connection:
        number, rows = casework_store.due_rechecks(connection, session.today, limit)
    return number, [DueRecheck(**row) for row in rows]
