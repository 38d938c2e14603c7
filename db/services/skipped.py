"""Households that were passed over in an act upon many, each with the reason in words."""

from dataclasses import dataclass

from sqlalchemy import Connection

from db.errors import UserError
from db.services.office import OfficeSession
from db.store import bundle_store


@dataclass(frozen=True, slots=True)
class Skipped:
    """A household for which it was not done, and why."""

    archive_id: str
    archive_number: str
    name: str
    reason: str


def skipped_within(connection: Connection, archive_id: str, fault: UserError) -> Skipped:
    """The household, told within a transaction; one that is not here has neither number nor name."""
    number, name = bundle_store.archive_labels(connection, [archive_id]).get(archive_id, ("", ""))
    return Skipped(archive_id, number, name, fault.text())


def skipped(session: OfficeSession, archive_id: str, fault: UserError) -> Skipped:
    """The same, outside any transaction."""
    with session.database.reading() as connection:
        return skipped_within(connection, archive_id, fault)
