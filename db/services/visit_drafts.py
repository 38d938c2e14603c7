"""Visits half written: kept by themselves in the encrypted office until they are stored, never part of a package."""

from dataclasses import dataclass, field
from typing import Any

from db.domain.records.record_form import RecordContent, read_record
from db.services import office
from db.services.office import OfficeSession
from db.store import home_visit_store


@dataclass(slots=True)
class VisitDraft:
    """A visit in the making: what is written, what could not be read yet, and which step is in front."""

    archive_id: str
    content: RecordContent
    raw: dict[str, str] = field(default_factory=dict)
    step: str = ""
    record_id: str = ""
    """The stored visit that is being changed; empty for a new one."""
    base_version: str = ""
    updated_at: str = ""
    name: str = ""
    """Of the household, in lists."""


def load_draft(session: OfficeSession, archive_id: str) -> VisitDraft | None:
    """What was left half written of a household; None for nothing."""
    body = office.get_setting(session, home_visit_store.DRAFT + archive_id)
    return None if body is None else _draft(archive_id, body)


def _draft(archive_id: str, body: dict[str, Any], name: str = "") -> VisitDraft:
    content = read_record(body["content"])
    return VisitDraft(
        archive_id, content, body["raw"], body["step"], body["record_id"], body["base_version"], body["at"], name
    )


def list_drafts(session: OfficeSession) -> list[VisitDraft]:
    """Every visit left half written, the latest first."""
    with session.database.reading() as connection:
        rows = home_visit_store.drafts(connection)
    found = [_draft(row["archive_id"], row["value"], row["name"]) for row in rows]
    return sorted(found, key=lambda draft: draft.updated_at, reverse=True)


def save_draft(session: OfficeSession, draft: VisitDraft) -> None:
    """Keep a visit as it stands; nothing is checked."""
    draft.updated_at = session.now
    body = {
        "content": draft.content.to_json(),
        "raw": draft.raw,
        "step": draft.step,
        "record_id": draft.record_id,
        "base_version": draft.base_version,
        "at": draft.updated_at,
    }
    office.set_setting(session, home_visit_store.DRAFT + draft.archive_id, body)


def discard_draft(session: OfficeSession, archive_id: str) -> None:
    """Give a half written visit up; its photos stay with the archive."""
    with session.database.writing() as connection:
        home_visit_store.forget_draft(connection, archive_id)
