"""Students as the rules of aid know them: the registration of the year stands before what the worksheet says of them.

What was typed at registration – stage, place of study, new or not – is not asked again in the worksheet.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from db.domain.aid.aid_check import STUDY_AID
from db.domain.policy.facts import HouseholdFacts, Record
from db.domain.records.record_form import RecordContent, RecordKind, Row, read_record
from db.store import household_record
from db.store.archive_store import StoredArchive

STUDENTS = "students"
_TAKEN = ("stage", "school", "school_region", "is_full_time", "has_disability")


def with_students(
    connection: Connection, stored: StoredArchive, facts: HouseholdFacts, year: int, unsaved: RecordContent | None = None
) -> HouseholdFacts:
    """The facts with the registrations of *year* among the students; *unsaved* is one being filled in."""
    rows_told = household_record.of_household(connection, stored.id, RecordKind.STUDENT)
    told = [here(stored, row) for row in rows_told]
    told = [content for content in told if content.values.get("year") == year]
    told += [unsaved] if unsaved is not None else []
    if not told:
        return facts
    rows: dict[str, Record] = {str(row.get("person") or ""): row for row in facts.rows.get(STUDENTS, ())}
    for content in told:
        person = content.text("person")
        if person:
            rows[person] = {**rows.get(person, {"person": person}), **student_row(content.values)}
    return replace(facts, rows={**facts.rows, STUDENTS: tuple(rows.values())})


def other_source(connection: Connection, stored: StoredArchive, item: str, person: str, year: int) -> str:
    """What the registration of the year says a student had elsewhere (S002-14); empty for other people and other aid."""
    return _told(connection, stored, item, person, year, "other_source")


def regime_of(connection: Connection, stored: StoredArchive, item: str, person: str, year: int) -> str:
    """The regime of the money a student is registered with this year; empty for other people and other aid."""
    return _told(connection, stored, item, person, year, "regime")


def _told(connection: Connection, stored: StoredArchive, item: str, person: str, year: int, key: str) -> str:
    if item not in STUDY_AID or not person:
        return ""
    rows = household_record.of_household(connection, stored.id, RecordKind.STUDENT)
    told = [content for content in (here(stored, row) for row in rows) if content.values.get("year") == year]
    return next((content.text(key) for content in reversed(told) if content.text("person") == person), "")


def here(stored: StoredArchive, row: dict[str, Any]) -> RecordContent:
    """A registration with the person as this archive names them; one of a merged archive is known by the ID number."""
    content = read_record(row["content"])
    number = content.text("id_number")
    if row["archive_id"] != stored.id and number:
        person = next((str(member["id"]) for member in stored.content.members if member.get("id_number") == number), "")
        content.values["person"] = person or content.values.get("person")
    return content


def student_row(values: Row) -> Row:
    """A registration as a row of the worksheet's students."""
    found: Row = {key: values[key] for key in _TAKEN if values.get(key) is not None}
    found["is_new"] = values.get("student_kind") == "new"
    return found
