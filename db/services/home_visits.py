"""Home visits: beginning one with what is known, keeping it while it is written, storing it, and the contacts so far.

A visit is a record of its archive (:mod:`db.domain.records.home_visit`). While it is written it is kept by itself in the
encrypted office, so that neither a lock nor a killed process loses a word; photos and the signature are attachments of
the archive from the moment they are taken.
"""

from db.domain.case_words import Stage
from db.domain.field_kinds import printable
from db.domain.records.home_visit import CARE, HOME, NINE_ITEMS, VERIFICATION
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.records.visit_knowledge import known_answers
from db.errors import UserError
from db.services import archiving, attachments, casework, means, office, ownership, records
from db.services.attachments import Attachment
from db.services.former_archives import household_records
from db.services.office import OfficeSession
from db.services.records import Record
from db.services.visit_drafts import VisitDraft, discard_draft, list_drafts, load_draft, save_draft
from db.store import home_visit_store

__all__ = [
    "PHOTO",
    "SIGNATURE",
    "VisitDraft",
    "add_photo",
    "add_signature",
    "begin_visit",
    "change_visit",
    "company",
    "contacts",
    "discard_draft",
    "finish_visit",
    "known_of",
    "last_answers",
    "list_drafts",
    "load_draft",
    "recent_contacts",
    "save_draft",
]

PHOTO, SIGNATURE = "visit_photo", "visit_signature"
_COMPANY = "visit_company"
"""Setting: who goes along today."""


# -- what is known ------------------------------------------------------------------------------------------------


def contacts(session: OfficeSession, archive_id: str) -> list[Record]:
    """Every contact with a household, the latest first; those in archives merged into this one, too."""
    return household_records(session, archive_id, RecordKind.HOME_VISIT)[::-1]


def last_answers(session: OfficeSession, archive_id: str, leave_out: str = "") -> Record | None:
    """The latest contact in which any of the nine items was answered; *leave_out*: the visit being changed."""
    found = (item for item in contacts(session, archive_id) if item.record_id != leave_out)
    return next((item for item in found if any(item.content.text(key) for key, _ in NINE_ITEMS)), None)


def recent_contacts(session: OfficeSession, limit: int = 20) -> list[tuple[str, Record]]:
    """The latest contacts of all households, each with the household's name."""
    with session.database.reading() as connection:
        return [(row["name"] or "未填姓名", records.record_of(row)) for row in home_visit_store.recent(connection, limit)]


def known_of(session: OfficeSession, archive_id: str) -> dict[str, str]:
    """By item, what form and latest worksheet of the household say."""
    archive = archiving.load_archive(session, archive_id)
    years = means.list_years(session, archive_id)
    found = means.load_means(session, archive_id, years[0]) if years else None
    return known_answers(archive.content, found.content if found else None)


# -- writing one --------------------------------------------------------------------------------------------------


def begin_visit(session: OfficeSession, archive_id: str) -> VisitDraft:
    """The unfinished visit of a household, or a new one with what is known of today; UserError where it is not ours to write."""
    standing = ownership.standing_of(session, archive_id)
    if not standing.may_change:
        raise UserError(standing.code, **standing.context)
    kept = load_draft(session, archive_id)
    if kept is not None:
        return kept
    archive = archiving.load_archive(session, archive_id)
    stage = casework.case_of(session, archive_id).state.stage
    values = {
        "method": HOME,
        "purpose": VERIFICATION if stage is Stage.VERIFICATION else CARE,
        "visited_on": session.today,
        "visitors": company(session),
        "place": archive.content.text("home_address"),
    }
    content = RecordContent({key: value for key, value in values.items() if value})
    return VisitDraft(archive_id, content, name=archive.content.text("name"))


def change_visit(session: OfficeSession, record_id: str) -> VisitDraft:
    """A stored visit to go on with; an unfinished change of it is taken up again."""
    stored = records.load_record(session, record_id)
    kept = load_draft(session, stored.archive_id)
    if kept is not None and kept.record_id == record_id:
        return kept
    if kept is not None:
        raise UserError("visit_half_written", day=kept.content.text("visited_on") or kept.updated_at[:10])
    return VisitDraft(stored.archive_id, stored.content, record_id=record_id, base_version=stored.id)


def company(session: OfficeSession) -> str:
    """Who goes today: as it was written last today, else the clerk alone."""
    kept = office.get_setting(session, _COMPANY, {})
    return str(kept["names"]) if kept.get("on") == session.today else session.clerk.name


def finish_visit(session: OfficeSession, draft: VisitDraft) -> Record:
    """Store the visit and forget its draft, both or neither; UserError ``record_faulty`` has what is wrong."""
    with session.database.writing() as connection:
        stored = ownership.own_archive(connection, session, draft.archive_id)
        made = records.put_record(
            connection,
            session,
            stored,
            RecordKind.HOME_VISIT,
            draft.content,
            draft.record_id,
            expected_version=draft.base_version,
        )
        home_visit_store.forget_draft(connection, draft.archive_id)
    office.set_setting(session, _COMPANY, {"on": session.today, "names": made.content.text("visitors")})
    return made


# -- photos and signature -----------------------------------------------------------------------------------------


def add_photo(session: OfficeSession, archive_id: str, name: str, data: bytes) -> Attachment:
    """A photo taken on the visit; shrunk and freed of where it was taken."""
    return attachments.add_attachment(session, archive_id, name, data, PHOTO, f"{session.today} 走访")


def add_signature(session: OfficeSession, archive_id: str, png: bytes, signed_by: str) -> Attachment:
    """A signature drawn by hand, with who signed and when."""
    who = printable(signed_by).strip() or "未写姓名"
    moment = session.now[:19].replace("T", " ")
    name = f"走访签名-{who}-{moment.replace(':', '').replace(' ', '-')}.png"
    return attachments.add_attachment(session, archive_id, name, png, SIGNATURE, f"{who} {moment} 签")
