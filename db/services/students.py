"""金秋助学: registering the students of households, who is not registered yet, and their register.

The archive is the household's, the student a person by ID number: registered twice in a year, whichever archive it is,
is refused. Amounts are 分.
"""

from dataclasses import dataclass

from db.domain import id_number
from db.domain.option_lists import option_list
from db.domain.papers.student_papers import student_table
from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.domain.records.students import EVIDENCE
from db.domain.wide_table import WideTable
from db.errors import UserError
from db.services import archiving, means, records, student_look
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import record_store, student_store

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
    name: str
    number: str
    stage: str
    school: str
    student_kind: str
    regime: str
    wanted: int | None
    granted: int

    @property
    def stage_label(self) -> str:
        """The stage in words."""
        return option_list("school_stage").label(self.stage)


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

    @property
    def identity_label(self) -> str:
        """What the form says they do."""
        return option_list("member_identity").label(self.identity)


# -- students -----------------------------------------------------------------------------------------------------


def list_students(session: OfficeSession, year: int) -> list[StudentRow]:
    """The students registered in a year, the latest first, with what they were granted."""
    with session.database.reading() as connection:
        rows = student_store.students(connection, year)
    return [StudentRow(**{key: row[key] for key in StudentRow.__dataclass_fields__}) for row in rows]


def unregistered(session: OfficeSession, year: int) -> list[Unregistered]:
    """Who goes to school by the form and is not registered in the year: nobody is to be forgotten."""
    with session.database.reading() as connection:
        rows = student_store.unregistered(connection, year, MOST_UNREGISTERED)
    return [Unregistered(**row) for row in rows]


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
        "regime": "on_file",
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
    values |= _from_last_year(session, archive_id, member_id, year)
    content = RecordContent({key: value for key, value in values.items() if value is not None})
    asked = student_look.look_at_student(session, archive_id, content).evidence
    content.rows[EVIDENCE] = student_look.evidence_rows([line.paper for line in asked])
    return content


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
         "programme_lines", "regime")  # fmt: skip


def _from_last_year(session: OfficeSession, archive_id: str, member_id: str, year: int) -> Row:
    """What stays from the last registration; after the last year of a course the stage is asked anew."""
    found = [
        item.content.values
        for item in records.list_records(session, archive_id, RecordKind.STUDENT)
        if item.content.values.get("person") == member_id and int(str(item.content.values["year"])) < year
    ]
    if not found:
        return {}
    last = found[-1]
    ends = last.get("graduation_year")
    if isinstance(ends, int) and ends <= year:
        return {"phone": last.get("phone"), "relation_to_parent": last.get("relation_to_parent"), "student_kind": "new"}
    return {**{key: last[key] for key in _KEPT if key in last}, "student_kind": "continuing"}


def save_student(
    session: OfficeSession, archive_id: str, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> Record:
    """Register a student, or change the registration; refused where the person is registered in another archive this year."""
    with session.database.reading() as connection:
        year = content.values.get("year")
        other = student_store.registered_elsewhere(
            connection, archive_id, content.text("id_number"), year if isinstance(year, int) else 0
        )
        own = [records.record_of(row) for row in record_store.records_of(connection, [archive_id], RecordKind.STUDENT)]
    if other:
        raise UserError("student_elsewhere", name=content.text("name"), number=other["archive_number"], household=other["household"])
    same = [
        item
        for item in own
        if item.record_id != record_id
        and (item.content.values.get("year"), item.content.text("id_number")) == (content.values.get("year"), content.text("id_number"))
    ]
    if same:
        raise UserError("student_twice", name=content.text("name"))
    stops = student_look.look_at_student(session, archive_id, content).stops
    if stops:
        raise UserError("student_stopped", name=content.text("name"), first=stops[0].text)
    return records.save_record(session, archive_id, RecordKind.STUDENT, content, record_id, expected_version=expected_version)


# -- papers -------------------------------------------------------------------------------------------------------


def student_register(session: OfficeSession, year: int, *, blank: bool = False, filler: str = "", phone: str = "") -> WideTable:
    """The 梧州 form of source 002, of the students of a year."""
    if blank:
        return student_table("", "", [])
    rows = [_wuzhou_row(session, row) for row in list_students(session, year)]
    return student_table(session.office.name, session.today, rows, filler, phone)


def _wuzhou_row(session: OfficeSession, row: StudentRow) -> list[str]:
    household = archiving.load_archive(session, row.archive_id).content
    student = records.load_record(session, row.record_id).content
    values = household.values
    income, heads = values.get("annual_household_income"), values.get("household_size")
    per_head = f"{income // heads / 100:,.2f}" if isinstance(income, int) and isinstance(heads, int) and heads else ""
    cause = values.get("main_hardship_cause")
    born = id_number.birth_on(row.number)
    sex = id_number.sex(row.number)
    admitted = student.text("admitted_on") or student.text("enrolled_year")
    return [
        str(values.get("worker_number") or ""),
        row.household,
        student.text("relation_to_parent"),
        option_list("hardship_cause").label(str(cause)) if cause else "",
        per_head,
        str(values.get("id_number") or ""),
        str(values.get("mobile_phone") or ""),
        row.name,
        option_list("sex").label(sex) if sex else "",
        str(_age(born, session.today)) if born else "",
        row.number,
        f"{admitted} 被{row.school}录取" if row.student_kind == "new" else f"{admitted} 入读{row.school}",
    ]


def _age(born: str, today: str) -> int:
    return int(today[:4]) - int(born[:4]) - (today[5:] < born[5:])
