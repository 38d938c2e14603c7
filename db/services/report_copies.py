"""Tables as they were handed in: kept for good, sent up with the next bundle, listed with those of offices below.

Statistical tables and free cross-tables are kept side by side; what stands in *layout* each reads for itself.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select

from db.domain.archive_content import new_id
from db.domain.records.record_form import RecordContent, RecordKind
from db.models.aid import ReportCopy
from db.services import records
from db.services.office import OfficeSession, write_journal
from db.services.records import Record
from db.store import bundle_store, record_store

COPY = ReportCopy.__table__  # type: ignore[attr-defined]
CROSS_TABLE = "cross-table"
"""What stands for the table of a copy that is a cross-table; no table of an office can be called so."""


@dataclass(frozen=True, slots=True)
class NewCopy:
    """What is to be kept."""

    report_id: str
    title: str
    year: int
    begins: str
    ends: str
    offices: tuple[str, ...]
    figures: Mapping[str, int]
    layout: str


@dataclass(frozen=True, slots=True)
class SavedCopy:
    """A table as it was handed in."""

    id: str
    title: str
    year: int
    begins: str
    ends: str
    made_at: str
    clerk_name: str
    note: str
    report_id: str
    offices: tuple[str, ...]
    figures: Mapping[str, int] = field(default_factory=dict)
    layout: str = ""
    office_name: str = ""
    """The office below that handed it in; empty for this one."""

    @property
    def is_cross_table(self) -> bool:
        """Whether it is a free cross-table, not a table of a form."""
        return self.report_id == CROSS_TABLE

    @property
    def who(self) -> str:
        """Who handed it in: the clerk, of an office below with its name."""
        return f"{self.office_name} {self.clerk_name}".strip()


def keep(session: OfficeSession, copy: NewCopy, note: str = "") -> SavedCopy:
    """Keep a table as it is handed in; it never changes."""
    row = {
        **asdict(copy),
        "id": new_id(),
        "office_id": session.office.id,
        "offices": list(copy.offices),
        "note": note.strip(),
        "made_at": session.now,
        "clerk_id": session.clerk.id,
        "clerk_name": session.clerk.name,
    }
    with session.database.writing() as connection:
        connection.execute(insert(COPY), row)
        records.put_entry(connection, session, RecordKind.REPORT_COPY, _content(row, session.today))  # goes up with the next bundle
        write_journal(connection, session, "freeze_report", {"report": copy.report_id, "year": copy.year})
    return _copy(row)


def _content(row: Mapping[str, Any], today: str) -> RecordContent:
    plain = {key: row[key] for key in ("report_id", "title", "year", "begins", "ends", "made_at", "clerk_name", "note", "layout")}
    parts = {key: json.dumps(row[key], ensure_ascii=False) for key in ("offices", "figures")}
    return RecordContent({**plain, **parts, "copy_id": row["id"], "handed_in_on": today})


def saved_copies(session: OfficeSession, report_id: str = "", year: int = 0) -> list[SavedCopy]:
    """The tables that were handed in, here and by offices below, of one table and year or of all, the newest first."""
    answers = {key: value for key, value in (("report_id", report_id), ("year", year)) if value}
    statement = select(COPY).where(*(COPY.c[key] == value for key, value in answers.items()))
    with session.database.reading() as connection:
        found = [_copy(dict(row)) for row in connection.execute(statement).mappings()]
        names = office_names(connection, session)
        entries = record_store.office_records_with(connection, RecordKind.REPORT_COPY, answers)
    for row in entries:
        if row["office_id"] != session.office.id:
            with suppress(AttributeError, KeyError, TypeError, ValueError):  # what an office below sent may be anything
                found.append(_received(records.record_of(row), names))
    return sorted(found, key=lambda copy: (copy.made_at, copy.id), reverse=True)


def office_names(connection: Connection, session: OfficeSession) -> dict[str, str]:
    """Names of all offices that are known, this one among them."""
    return {**bundle_store.office_names(connection), session.office.id: session.office.name}


def _received(entry: Record, names: Mapping[str, str]) -> SavedCopy:
    values = entry.content.values
    figures = {str(code): int(number) for code, number in json.loads(str(values["figures"])).items()}
    offices = tuple(map(str, json.loads(str(values["offices"]))))
    plain = {key: str(values.get(key) or "") for key in ("report_id", "title", "begins", "ends", "made_at", "clerk_name", "note")}
    return SavedCopy(id=entry.record_id, year=int(str(values["year"])), offices=offices, figures=figures,
                     layout=str(values["layout"]), office_name=names.get(entry.office_id, "下级单位"), **plain)  # fmt: skip


def _copy(row: Mapping[str, Any]) -> SavedCopy:
    plain = {key: row[key] for key in SavedCopy.__dataclass_fields__ if key in row}
    return SavedCopy(**{**plain, "offices": tuple(row["offices"])})
