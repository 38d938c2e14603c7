"""An application for aid while it is written down: what it may come to, what was had, and what the decision will have to mind."""

from db.domain.records.record_form import RecordContent
from db.services import aid
from db.services.aid import AidLook, GrantInput
from db.services.office import OfficeSession

_OF_THE_GRANT = frozenset({"no_fund"})
"""What only the decision chooses; nobody who applies has to."""


def look_at_application(session: OfficeSession, archive_id: str, content: RecordContent) -> AidLook | None:
    """What a grant of what is asked for would meet today; None as long as no kind of aid is chosen. Nothing is stored.

    Fast enough to be asked with every key. What was typed of aid from elsewhere counts although it is not stored yet.
    """
    if not content.text("item"):
        return None
    asked = content.values.get("amount_asked")
    given = GrantInput(
        item=content.text("item"),
        amount=asked if isinstance(asked, int) else 0,
        person=content.text("person"),
        programme_id=content.text("programme_id"),
        other_source=content.text("other_source"),
    )
    look = aid.look_at_grant(session, archive_id, given)
    findings = [finding for finding in look.findings if finding.code not in _OF_THE_GRANT]
    return AidLook(findings, look.cap, look.cap_left)
