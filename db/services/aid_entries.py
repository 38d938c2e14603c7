"""Which payments were typed into the national system: 建档在册的发放要及时录入 (S001-13). The list of 帮扶 tells them apart."""

from collections.abc import Sequence
from dataclasses import replace

from db.domain.aid.list_flow import Outcome
from db.domain.archive_content import new_id
from db.domain.records.aid_entry import GRANTS
from db.domain.records.record_form import MOST_ROWS, RecordContent, RecordKind, Row
from db.errors import UserError
from db.services import payment_guards, records
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import aid_store

_PAID = frozenset({Outcome.PAID, Outcome.RETURNED})


def mark_entered(session: OfficeSession, grant_ids: Sequence[str], entered_on: str = "", note: str = "") -> int:
    """Note that these payments stand in the national system; how many were not noted yet. Only what was paid can be."""
    payment_guards.refuse_on_laptop(session)
    day = payment_guards.checked_day(entered_on or session.today, session.today, "录入日期")
    with session.database.writing() as connection:
        found = aid_store.grants(connection, list(dict.fromkeys(grant_ids)))
        unpaid = next((row for row in found if row["outcome"] not in _PAID), None)
        if unpaid is not None:
            raise UserError("aid_entry_unpaid", name=unpaid["recipient_name"])
        for row in found:
            payment_guards.refuse_before(day, row["paid_on"], row["recipient_name"], "发放")
        known = aid_store.entered(connection, [row["id"] for row in found])
        new = [row["id"] for row in found if row["id"] not in known]
        for at in range(0, len(new), MOST_ROWS):
            rows: list[Row] = [{"id": new_id(), "grant_id": grant_id} for grant_id in new[at : at + MOST_ROWS]]
            content = RecordContent({"entered_on": day, **({"note": note} if note else {})}, {GRANTS: rows})
            records.put_entry(connection, session, RecordKind.AID_ENTRY, content)
    return len(new)


def take_back(session: OfficeSession, grant_ids: Sequence[str]) -> int:
    """Take the note off these payments again; how many had one of this office."""
    wanted, taken = set(grant_ids), 0
    for entry in records.list_entries(session, RecordKind.AID_ENTRY):
        rows = entry.content.rows.get(GRANTS, [])
        kept = [row for row in rows if row["grant_id"] not in wanted]
        taken += len(rows) - len(kept)
        _store(session, entry, kept, len(rows))
    return taken


def _store(session: OfficeSession, entry: Record, kept: list[Row], before: int) -> None:
    if not kept and before:
        records.remove_entry(session, entry.record_id)
    elif len(kept) < before:
        content = replace(entry.content, rows={**entry.content.rows, GRANTS: kept})
        records.save_entry(session, RecordKind.AID_ENTRY, content, entry.record_id)
