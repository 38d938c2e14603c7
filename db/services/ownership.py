"""Whether this office may change an archive, and if not, why: one place for every service that writes.

An archive is changed by its own office only – on a laptop, if it was taken along for that; not while it waits to be
handed over, and not once it is merged into another one.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from db.errors import UserError, sentence
from db.services.office import OfficeSession
from db.store import archive_store, bundle_store, hand_over_store, merge_store, retention_store, visit_store
from db.store.archive_store import StoredArchive


class StandingKind(StrEnum):
    """What an archive is to this office."""

    OWN = "own"
    FOREIGN = "foreign"
    HANDED_OVER = "handed_over"
    MERGED = "merged"
    LOCKED = "locked"
    DESTROYED = "destroyed"
    """Its term was over and this office destroyed it; only its number is left."""
    VISITING = "visiting"
    """On a home-visit laptop: along for reading only, or handed back to the desk."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an archive is to this office; *code* and *context* are the sentence that says why it cannot be changed."""

    kind: StandingKind
    code: str = ""
    context: dict[str, object] = field(default_factory=dict)
    kept_id: str = ""
    """Of a merged archive: the one that stands for it, where it is here."""
    merge_id: str = ""
    hand_over_id: str = ""

    @property
    def may_change(self) -> bool:
        """Whether this office may change it."""
        return self.kind is StandingKind.OWN

    @property
    def sentence(self) -> str:
        """Why it cannot be changed, in Chinese; empty where it can."""
        return sentence(self.code, self.context) if self.code else ""


_OWN = Standing(StandingKind.OWN)


def standing_of(session: OfficeSession, archive_id: str) -> Standing:
    """What the archive *archive_id* is to this office."""
    with session.database.reading() as connection:
        stored = archive_store.load(connection, archive_id)
        if stored is None:
            raise UserError("archive_not_found", number=archive_id)
        return standing(connection, session, stored)


def standing(connection: Connection, session: OfficeSession, stored: StoredArchive) -> Standing:
    """As :func:`standing_of`, within a transaction."""
    if not stored.content.values:  # nothing is left of a destroyed archive; any other says something
        destroyed = retention_store.destroyed_on(connection, [stored.id]).get(stored.id)
        if destroyed is not None:
            return Standing(StandingKind.DESTROYED, "archive_destroyed", {"when": destroyed})
    merge = merge_store.in_force(connection, stored.id)
    if merge is not None:
        return _merged(connection, merge)
    if stored.office_id != session.office.id:
        return _foreign(connection, session, stored)
    request = hand_over_store.open_request(connection, stored.id)
    if request is not None and request["from_office_id"] == session.office.id:
        context: dict[str, object] = {"name": request["wanted_office_name"], "when": request["requested_at"][:10]}
        return Standing(StandingKind.LOCKED, "archive_locked", context, hand_over_id=request["id"])
    if session.office.is_laptop and not visit_store.may_write(connection, stored.id):
        return Standing(StandingKind.VISITING, "visit_read_only")
    return _OWN


def _merged(connection: Connection, merge: dict[str, Any]) -> Standing:
    kept_id = merge_store.final_home(connection, merge["merged_archive_id"])
    label = bundle_store.archive_labels(connection, [kept_id]).get(kept_id)
    context: dict[str, object] = {"name": merge["office_name"], "when": merge["made_at"][:10]}
    if label is None:
        return Standing(StandingKind.MERGED, "archive_merged_elsewhere", context, merge_id=merge["id"])
    return Standing(StandingKind.MERGED, "archive_merged", {**context, "number": label[0]}, kept_id, merge["id"])


def _foreign(connection: Connection, session: OfficeSession, stored: StoredArchive) -> Standing:
    given = hand_over_store.last_done(connection, [stored.id]).get(stored.id)
    if given is not None and given["from_office_id"] == session.office.id:
        context: dict[str, object] = {"name": given["to_office_name"], "when": (given["decided_at"] or "")[:10]}
        return Standing(StandingKind.HANDED_OVER, "archive_handed_over", context, hand_over_id=given["id"])
    office = bundle_store.office_names(connection).get(stored.office_id, "上报单位")
    return Standing(StandingKind.FOREIGN, "not_own_archive", {"office": office})


def refuse_unless_own(connection: Connection, session: OfficeSession, stored: StoredArchive) -> None:
    """UserError with its sentence unless this office may change the archive."""
    found = standing(connection, session, stored)
    if not found.may_change:
        raise UserError(found.code, **found.context)


def own_archive(connection: Connection, session: OfficeSession, archive_id: str) -> StoredArchive:
    """The archive, if this office may change it; UserError otherwise."""
    stored = archive_store.load(connection, archive_id)
    if stored is None:
        raise UserError("archive_not_found", number=archive_id)
    refuse_unless_own(connection, session, stored)
    return stored
