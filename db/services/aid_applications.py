"""Applications for aid that nothing was granted upon yet: what waits for a decision, the oldest first; one SQL."""

# ruff: noqa: S608 - conditions are constants, values are parameters

import json
from dataclasses import dataclass

from sqlalchemy import text

from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordKind, read_record
from db.errors import UserError
from db.services import records
from db.services.office import OfficeSession
from db.store import aid_store, hidden


@dataclass(frozen=True, slots=True)
class OpenApplication:
    """One application with its household."""

    record_id: str
    archive_id: str
    archive_number: str
    household: str
    office_id: str
    applied_on: str
    content: RecordContent

    @property
    def item_label(self) -> str:
        """The kind of aid."""
        return option_list("aid_item").label(self.content.text("item"))

    @property
    def asked(self) -> int:
        """The amount asked for in 分; 0 where none is written."""
        value = self.content.values.get("amount_asked")
        return value if isinstance(value, int) else 0

    @property
    def asked_words(self) -> str:
        """The same for people."""
        return format_amount(self.asked) if self.asked else "--"


_FROM = (
    " FROM case_record c JOIN archive a ON a.id = c.archive_id"
    f" WHERE c.kind = '{RecordKind.AID_APPLICATION}' AND c.is_current AND NOT c.is_removed AND {hidden.shown('a')}"
    f" AND NOT EXISTS (SELECT 1 FROM aid_grant g WHERE g.archive_id = c.archive_id AND g.application_id = c.record_id"
    f" AND {aid_store.STANDS})"
    " AND NOT EXISTS (SELECT 1 FROM case_record s WHERE s.archive_id = c.archive_id AND s.kind = 'aid_service' AND s.is_current"
    " AND NOT s.is_removed AND json_extract(s.content, '$.values.application_id') = c.record_id)"
    " AND c.record_id NOT IN (SELECT json_extract(o.content, '$.values.application_id') FROM office_record o"
    " WHERE o.kind = 'office_service' AND o.is_current AND NOT o.is_removed"
    " AND json_extract(o.content, '$.values.application_id') IS NOT NULL)"
)
_ROWS = text(
    "SELECT c.record_id, c.archive_id, a.archive_number, coalesce(a.name, '') AS household, a.office_id,"
    f" coalesce(c.on_day, substr(c.made_at, 1, 10)) AS applied_on, c.content{_FROM} ORDER BY applied_on, c.rowid"
)
_COUNT = text(f"SELECT count(*){_FROM}")


def open_applications(session: OfficeSession) -> list[OpenApplication]:
    """Whatever waits, the oldest first."""
    with session.database.reading() as connection:
        rows = connection.execute(_ROWS).mappings()
        return [OpenApplication(**{**row, "content": read_record(json.loads(row["content"]))}) for row in rows]


def refuse_application(session: OfficeSession, record_id: str, reason: str) -> None:
    """Put an application aside with the *reason*; both stay in the history of the archive."""
    if not reason.strip():
        raise UserError("aid_refuse_reason")
    records.remove_record(session, record_id, f"不批准：{reason.strip()}")


def count_open(session: OfficeSession) -> int:
    """How many wait."""
    with session.database.reading() as connection:
        return int(connection.execute(_COUNT).scalar_one())
