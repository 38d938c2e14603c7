"""Worksheets half filled: kept by themselves in the encrypted office until they are saved, never part of a package."""

from dataclasses import dataclass, field

from db.domain.means_form import MeansContent
from db.services import office
from db.services.office import OfficeSession


@dataclass(slots=True)
class MeansDraft:
    """A worksheet in the making: what is typed, what could not be read yet, and the version it began from."""

    content: MeansContent
    raw: dict[str, str] = field(default_factory=dict)
    base_revision: int = 0
    updated_at: str = ""


def _key(archive_id: str, year: int) -> str:
    return f"means_draft:{archive_id}:{year}"


def load_means_draft(session: OfficeSession, archive_id: str, year: int) -> MeansDraft | None:
    """What was left half filled of *year*; None for nothing."""
    stored = office.get_setting(session, _key(archive_id, year))
    if stored is None:
        return None
    return MeansDraft(MeansContent.from_json(stored["content"]), stored["raw"], stored["base"], stored["at"])


def save_means_draft(session: OfficeSession, archive_id: str, draft: MeansDraft) -> None:
    """Keep a worksheet as it stands; nothing is checked."""
    draft.updated_at = session.now
    body = {"content": draft.content.to_json(), "raw": draft.raw, "base": draft.base_revision, "at": draft.updated_at}
    office.set_setting(session, _key(archive_id, draft.content.year), body)


def discard_means_draft(session: OfficeSession, archive_id: str, year: int) -> None:
    """Forget what was left half filled; the stored versions stay."""
    if office.get_setting(session, _key(archive_id, year)) is not None:
        office.set_setting(session, _key(archive_id, year), None)
