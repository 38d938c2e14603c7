"""金秋助学: registering the students of households, who is not registered yet, and who is registered twice.

The archive is the household's, the student a person by ID number: registered twice in a year, whichever archive it is,
is refused. Amounts are 分.
"""

import json
from dataclasses import dataclass
from typing import Any

from db.domain.aid.aid_check import FILED
from db.domain.form_schema import Value
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordKind, Row, read_record
from db.domain.records.students import EVIDENCE
from db.domain.student_rules import COLLEGE, USUAL_YEARS, next_year
from db.errors import UserError
from db.services import archiving, deadlines, means, records, student_look
from db.services.former_archives import put_household_record, records_that_count
from db.services.household_people import with_number_put_right
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.services.records import Record
from db.store import case_store, household_record, student_store

MOST_UNREGISTERED = 2_000
_STAGE_OF_IDENTITY = {
    "postgraduate": "postgraduate",
    "vocational": "secondary_vocational",
    "senior_high": "senior_high",
    "junior_high": "junior_high",
    "primary": "primary",
    "preschool": "preschool",
}


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student registered in a year."""

    record_id: str
    archive_id: str
    archive_number: str
    office_id: str
    household: str
    content: RecordContent
    granted: int
    """Everything for schooling this year, whoever pays it."""
    donated: int
    """What of it donors pay."""
    tuition: int
    """助学金 from the unions' money."""
    person: str
    """Whom of the household's archive it is about."""
    made_in: str
    """The archive in which it stands: another one where that was merged into this household's, in which it goes on."""

    @property
    def is_former(self) -> bool:
        """Whether it stands in an archive that was merged; changed, it goes on in the kept one."""
        return self.made_in != self.archive_id

    @property
    def name(self) -> str:
        """The student's name."""
        return self.content.text("name")

    @property
    def number(self) -> str:
        """Their ID number."""
        return self.content.text("id_number")

    @property
    def stage(self) -> str:
        """Code of the stage."""
        return self.content.text("stage")

    @property
    def stage_label(self) -> str:
        """The stage in words."""
        return option_list("school_stage").label(self.stage) if self.stage else ""

    @property
    def school(self) -> str:
        """Where they go to school."""
        return self.content.text("school")

    @property
    def student_kind(self) -> str:
        """Whether new or continuing."""
        return self.content.text("student_kind")

    @property
    def regime(self) -> str:
        """Code of the regime of the money."""
        return self.content.text("regime")

    @property
    def wanted(self) -> int | None:
        """What is asked for, in 分."""
        found = self.content.values.get("amount_wanted")
        return found if isinstance(found, int) else None

    @property
    def coming(self) -> str:
        """What comes next year, in a few words; empty where nobody can say."""
        found = next_year(self.content.values)
        return found.words if found else ""

    @property
    def originals(self) -> tuple[int, int]:
        """How many originals were seen and given back, and how many papers there are to bring."""
        rows = self.content.rows.get(EVIDENCE, [])
        return sum(1 for row in rows if row.get("seen_on") and row.get("returned_on")), len(rows)


@dataclass(frozen=True, slots=True)
class Unregistered:
    """Somebody who goes to school by the form and is not registered in the year."""

    member_id: str
    archive_id: str
    archive_number: str
    household: str
    name: str
    number: str
    identity: str
    coming: str = ""
    """What the last registration leads to expect of this year, in a few words."""

    @property
    def identity_label(self) -> str:
        """What the form says they do."""
        return option_list("member_identity").label(self.identity)


# -- students -----------------------------------------------------------------------------------------------------


def list_students(session: OfficeSession, year: int) -> list[StudentRow]:
    """The students registered in a year, the latest first, with what they were granted."""
    with session.database.reading() as connection:
        rows = student_store.students(connection, year)
    found: dict[tuple[str, str], StudentRow] = {}
    for row in map(student_of, rows):  # two machines may have registered the same student: the newest counts
        found.setdefault((row.archive_id, row.number or row.record_id), row)
    return list(found.values())


def doubles(session: OfficeSession, year: int) -> list[StudentRow]:
    """Students whom several archives – of one township or several – have registered in a year, person by person."""
    with session.database.reading() as connection:
        rows = student_store.doubles(connection, year)
    return [student_of(row) for row in rows]


def deadline_words(session: OfficeSession) -> str:
    """What the policy in force wants about students within the next weeks, by when and for which kind; empty for nothing."""
    return deadlines.words(session, ("助学",), of_students=True)


def student_of(row: dict[str, Any]) -> StudentRow:
    """A stored row as a student."""
    known = {key: row[key] for key in StudentRow.__dataclass_fields__}
    return StudentRow(**{**known, "content": read_record(json.loads(row["content"]))})


def unregistered(session: OfficeSession, year: int) -> list[Unregistered]:
    """Who goes to school by the form and is not registered in the year: nobody is to be forgotten."""
    with session.database.reading() as connection:
        rows = student_store.unregistered(connection, year, MOST_UNREGISTERED)
    return [_unregistered(row, year) for row in rows]


def _unregistered(row: dict[str, Any], year: int) -> Unregistered:
    told = {key: row[key] for key in ("member_id", "archive_id", "archive_number", "household", "name", "number", "identity")}
    return Unregistered(**told, coming=_expected(row["last"], year))


def _expected(last: str | None, year: int) -> str:
    """What a stored registration of an earlier year says of this one."""
    found = next_year({**read_record(json.loads(last)).values, "year": year - 1}) if last else None
    return found.words if found else ""


def prepared_student(session: OfficeSession, archive_id: str, member_id: str, year: int) -> RecordContent:
    """A registration begun from what is known: the member, last year's registration, the worksheet."""
    archive = archiving.load_archive(session, archive_id)
    member = next((item for item in archive.content.members if item["id"] == member_id), None)
    if member is None:
        raise UserError("aid_nobody")
    identity = str(member.get("member_identity") or "")
    relation = member.get("relation_to_head")
    values: Row = {
        "year": year,
        "registered_on": session.today,
        "intake_route": "survey",
        "surveyor": session.clerk.name,
        "regime": "on_file" if _is_filed(session, archive_id) else None,  # else the clerk has to say which
        "person": member_id,
        "name": member.get("name"),
        "id_number": member.get("id_number"),
        "relation_to_parent": option_list("relation_to_head").label(str(relation)) if relation else None,
        "phone": archive.content.values.get("mobile_phone"),
        "school": member.get("school_or_employer"),
        "stage": _STAGE_OF_IDENTITY.get(identity),
        "is_full_time": True,
    }
    values |= _from_worksheet(session, archive_id, member_id, year)
    values |= _from_last_year(
        session, archive_id, member_id, str(member.get("id_number") or ""), year, values.get("stage")
    )
    content = RecordContent({key: value for key, value in values.items() if value is not None})
    asked = student_look.look_at_student(session, archive_id, content).evidence
    content.rows[EVIDENCE] = student_look.evidence_rows([line.paper for line in asked])
    return content


def _is_filed(session: OfficeSession, archive_id: str) -> bool:
    with session.database.reading() as connection:
        return case_store.standing_of(connection, archive_id) in FILED


def _from_worksheet(session: OfficeSession, archive_id: str, member_id: str, year: int) -> Row:
    for found in [item for item in means.list_years(session, archive_id) if item <= year]:
        sheet = means.load_means(session, archive_id, found)
        row = next((item for item in sheet.content.rows.get("students", []) if item.get("person") == member_id), None) if sheet else None
        if row is not None:
            enrolled = str(row.get("enrolled_on") or "")[:4]
            known: Row = {key: row.get(key) for key in ("stage", "school", "school_region", "is_full_time")}
            known["enrolled_year"] = int(enrolled) if enrolled else None
            known["student_kind"] = "new" if row.get("is_new") and found == year else None
            return {key: value for key, value in known.items() if value is not None}
    return {}


_KEPT = ("stage", "school", "school_region", "major", "enrolled_year", "study_years", "is_full_time", "phone", "relation_to_parent",
         "benefit_card", "programme_lines", "regime")  # fmt: skip


def _from_last_year(
    session: OfficeSession, archive_id: str, member_id: str, number: str, year: int, told: Value
) -> Row:
    """What stays from the last registration; after a course a new one begins: as the form has it by now (*told*), else the
    stage is proposed where there is but one."""
    found = [
        item.content.values
        for item in records_that_count(session, archive_id, RecordKind.STUDENT)
        if (item.content.values.get("person") == member_id or (number and item.content.text("id_number") == number))
        and int(str(item.content.values["year"])) < year
    ]
    if not found:
        return {}
    last = max(found, key=lambda values: int(str(values["year"])))
    coming = next_year({**last, "year": year - 1})
    if coming is None or not coming.finished:
        return {**{key: last[key] for key in _KEPT if key in last}, "student_kind": "continuing"}
    only = coming.stages[0] if len(coming.stages) == 1 and coming.finished not in COLLEGE else None
    stage = str(told) if told in coming.stages else only
    kept = {key: last.get(key) for key in ("phone", "relation_to_parent", "benefit_card")}
    return {**kept, "student_kind": "new", "stage": stage, "study_years": USUAL_YEARS.get(stage or ""), "enrolled_year": year}


_JUDGED_BY = ("year", "person", "regime", "stage", "amount_wanted", "cannot_be_filed", "has_disability")
"""What the conditions of the money look at: a registration that was in order stays so while contacts and papers are added."""


def save_student(
    session: OfficeSession, archive_id: str, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> Record:
    """Register a student, or change the registration; refused where the person is registered in another archive this year."""
    with session.database.reading() as connection:
        own = [records.record_of(row) for row in household_record.of_household(connection, archive_id, RecordKind.STUDENT)]
        before = next((item.content.values for item in own if item.record_id == record_id), {})
        members = archiving.load_stored(connection, archive_id).content.members
        content = with_number_put_right(content, before, members)
        year = content.values.get("year")
        other = student_store.registered_elsewhere(
            connection, archive_id, content.text("id_number"), year if isinstance(year, int) else 0
        )
    if other:
        raise UserError("student_elsewhere", name=content.text("name"), number=other["archive_number"], household=other["household"])
    same = [
        item
        for item in own
        if item.record_id != record_id
        and item.content.values.get("year") == content.values.get("year")
        and any(item.content.text(key) == content.text(key) for key in ("id_number", "person") if content.text(key))
    ]
    if same:
        raise UserError("student_twice", name=content.text("name"))
    is_judged_anew = any(before.get(key) != content.values.get(key) for key in _JUDGED_BY)
    stops = student_look.look_at_student(session, archive_id, content).stops if is_judged_anew else []
    if stops:
        raise UserError("student_stopped", name=content.text("name"), first=stops[0].text)
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        kind = RecordKind.STUDENT
        return put_household_record(connection, session, stored, kind, content, record_id, expected_version=expected_version)
