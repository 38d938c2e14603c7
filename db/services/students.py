"""金秋助学 and 阳光就业: registering students and graduates of households, who is not registered yet, and the targets.

The archive is the household's, the student a person by ID number: registered twice in a year, whichever archive it is,
is refused. Amounts are 分.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from db.domain import id_number
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.option_lists import option_list
from db.domain.papers.student_papers import graduate_table, student_table
from db.domain.records.record_form import RecordContent, RecordKind, Row, read_record
from db.domain.wide_table import WideTable
from db.errors import UserError
from db.exchange.wide_table_workbook import write_wide_table
from db.printing.wide_table_sheet import wide_table_pdf
from db.services import archiving, means, records
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import record_store, student_store
from db.store.partial_files import written_whole

MOST_UNREGISTERED = 2_000
OVERALL_TARGET = 0.6
"""Share of the graduates who need help that shall be employed; of zero-employment families all (S002-03)."""
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


@dataclass(frozen=True, slots=True)
class GraduateRow:
    """A graduate on record. *was_unemployed*: at the first version, which is when help began."""

    record_id: str
    archive_id: str
    archive_number: str
    household: str
    content: RecordContent
    was_unemployed: bool

    @property
    def name(self) -> str:
        """The graduate's name."""
        return self.content.text("name")

    @property
    def status(self) -> str:
        """Code of the employment status now."""
        return self.content.text("employment_status")

    @property
    def status_label(self) -> str:
        """The status in words."""
        return option_list("employment_status").label(self.status)

    @property
    def needs_help(self) -> bool:
        """Whether they count for the target: unemployed when help began, and wanting it (§d.6 no. 25)."""
        return self.was_unemployed and bool(self.content.values.get("wants_help"))


@dataclass(frozen=True, slots=True)
class Finishing:
    """A student who has finished, or finishes this year, and is in no record of graduates."""

    record_id: str
    archive_id: str
    archive_number: str
    household: str
    name: str
    number: str
    school: str
    graduation_year: int


@dataclass(frozen=True, slots=True)
class Target:
    """A share to reach: of whom, how many did, the share wanted, and who is missing."""

    label: str
    asked: int
    reached: int
    wanted: float
    missing: tuple[str, ...]

    @property
    def rate(self) -> float | None:
        """The share reached; None where nobody is asked for."""
        return self.reached / self.asked if self.asked else None

    @property
    def is_met(self) -> bool:
        """Whether it is reached."""
        return self.rate is None or self.rate >= self.wanted


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
    return RecordContent({key: value for key, value in values.items() if value is not None})


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
    return records.save_record(session, archive_id, RecordKind.STUDENT, content, record_id, expected_version=expected_version)


# -- graduates ----------------------------------------------------------------------------------------------------


def list_graduates(session: OfficeSession) -> list[GraduateRow]:
    """Every graduate on record, those of the latest year first."""
    with session.database.reading() as connection:
        rows = student_store.graduates(connection)
    return [
        GraduateRow(
            row["record_id"],
            row["archive_id"],
            row["archive_number"],
            row["household"],
            read_record(json.loads(row["content"])),
            row["status_at_first"] == "unemployed",
        )
        for row in rows
    ]


def finishing(session: OfficeSession, year: int) -> list[Finishing]:
    """Who finishes in the year or finished before and is in no record: 应届 and 往届."""
    with session.database.reading() as connection:
        return [Finishing(**row) for row in student_store.finishing(connection, year)]


def prepared_graduate(session: OfficeSession, student_record_id: str) -> RecordContent:
    """A graduate's record begun from the registration as a student."""
    student = records.load_record(session, student_record_id)
    known, education = student.content, student.content.text("stage")
    household = archiving.load_archive(session, student.archive_id).content
    region = household.values.get("hukou_region")
    values: Row = {
        "registered_on": session.today,
        "person": known.text("person"),
        "name": known.text("name"),
        "id_number": known.text("id_number"),
        "employment_status": "unemployed",
        "origin": format_value(ARCHIVE_FORM.field("hukou_region"), region) if region else None,
        "graduation_year": known.values.get("graduation_year"),
        "school": known.text("school"),
        "education": education if education in option_list("graduate_education").by_code else None,
        "major": known.text("major") or None,
        "phone": known.text("phone") or None,
        "responsible_unit": session.office.name,
        "zero_employment": household.values.get("is_zero_employment_household"),
        "wants_help": True,
    }
    return RecordContent({key: value for key, value in values.items() if value is not None})


def save_graduate(
    session: OfficeSession, archive_id: str, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> Record:
    """Store a graduate's record; the status follows the last stage where one says employed, studying or left."""
    copy = RecordContent(dict(content.values), {key: [dict(row) for row in rows] for key, rows in content.rows.items()})
    stages = sorted(copy.rows.get("stages", []), key=lambda row: str(row.get("on_day") or ""))
    told = {"employed": "employed", "studying": "employed", "left": "unemployed"}
    last = next((told[str(row.get("stage"))] for row in reversed(stages) if row.get("stage") in told), None)
    if last is not None:
        copy.values["employment_status"] = last
    return records.save_record(session, archive_id, RecordKind.GRADUATE, copy, record_id, expected_version=expected_version)


def targets(session: OfficeSession) -> list[Target]:
    """The shares to reach, with the names of those who are missing (S002-03)."""
    needing = [row for row in list_graduates(session) if row.needs_help]
    zero = [row for row in needing if row.content.values.get("zero_employment")]
    return [
        _target("零就业家庭高校毕业生帮扶就业率", zero, 1.0),
        _target("困难职工家庭高校毕业生帮扶就业率", needing, OVERALL_TARGET),
    ]


def _target(label: str, rows: Sequence[GraduateRow], wanted: float) -> Target:
    missing = tuple(row.name for row in rows if row.status != "employed")
    return Target(label, len(rows), len(rows) - len(missing), wanted, missing)


# -- papers -------------------------------------------------------------------------------------------------------


def graduate_register(session: OfficeSession, *, blank: bool = False) -> WideTable:
    """附件2 of source 000."""
    return graduate_table([] if blank else [row.content for row in list_graduates(session)])


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


def table_pdf(table: WideTable) -> bytes:
    """A register as PDF in memory."""
    return wide_table_pdf(table)


def write_table(session: OfficeSession, table: WideTable, path: Path) -> None:
    """Write a register to *path*: a PDF or a workbook, by its ending."""
    kind = path.suffix.lower()
    if kind not in {".pdf", ".xlsx"}:
        raise UserError("report_file_kind", name=path.name)
    remember_output(session, path.parent)
    out = BytesIO()
    if kind == ".pdf":
        out.write(wide_table_pdf(table))
    else:
        write_wide_table(out, table)
    with written_whole(path) as file:
        file.write(out.getvalue())


def status_counts(rows: Sequence[GraduateRow]) -> dict[str, int]:
    """How many graduates stand where."""
    found: dict[str, Any] = dict.fromkeys(option_list("employment_status").by_code, 0)
    for row in rows:
        found[row.status] = found.get(row.status, 0) + 1
    return found
