"""阳光就业: the graduates of households, who should be on record and is not, what became of them, and the targets."""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from db.domain import employment, regions
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.employment import NextContact
from db.domain.form_schema import Value
from db.domain.option_lists import option_list
from db.domain.papers.graduate_papers import graduate_table
from db.domain.records.graduates import STATUS_AT_FIRST
from db.domain.records.record_form import RecordContent, RecordKind, Row, read_record
from db.domain.student_rules import COLLEGE
from db.domain.wide_table import WideTable
from db.errors import UserError
from db.services import archiving, records
from db.services.former_archives import content_here, first_version, former_version, put_household_record
from db.services.household_people import with_number_put_right
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.services.records import Record
from db.store import graduate_store, household_record, merge_store
from db.store.archive_store import StoredArchive

FINISHING_AGE, OLDEST = 21, 27
"""Age at which a student may finish a college; up to which somebody out of work is asked whether they finished one."""
MOST_LIKELY = 500


@dataclass(frozen=True, slots=True)
class GraduateRow:
    """A graduate on record. *was_unemployed*: when they were registered, which is when help began."""

    record_id: str
    archive_id: str
    archive_number: str
    household: str
    content: RecordContent
    was_unemployed: bool
    office_id: str = ""
    version: str = ""

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
        """Whether they need help as they stand now: out of work when it began, wanting it, not studying (§d.6 no. 25)."""
        wants = self.was_unemployed and bool(self.content.values.get("wants_help"))
        return wants and not employment.is_studying(self.content)

    @property
    def is_of_zero_employment(self) -> bool:
        """Whether nobody of the household worked when help began."""
        return bool(self.content.values.get("zero_employment"))

    @property
    def stage_label(self) -> str:
        """The last stage of looking for work."""
        stage = employment.stage_reached(self.content)
        return option_list("employment_stage").label(stage) if stage else ""

    @property
    def last_contact(self) -> str:
        """The last day on which there was something with them; empty for never."""
        return next(iter(employment.contact_days(self.content)[-1:]), "")

    @property
    def next_contact(self) -> NextContact | None:
        """When to ask next."""
        return employment.next_contact(self.content)


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
class Likely:
    """A member who may be a graduate by what the form says: somebody has to ask."""

    member_id: str
    archive_id: str
    archive_number: str
    household: str
    name: str
    number: str
    identity: str
    school: str
    age: int

    @property
    def why(self) -> str:
        """What the form says."""
        return f"档案表写“{option_list('member_identity').label(self.identity)}”，{self.age} 岁"


def list_graduates(session: OfficeSession) -> list[GraduateRow]:
    """Every graduate on record, those of the latest year first."""
    with session.database.reading() as connection:
        rows = graduate_store.graduates(connection)
    return [row_of(row) for row in rows]


def row_of(row: dict[str, Any]) -> GraduateRow:
    """A stored row as a graduate."""
    content = read_record(json.loads(row["content"]))
    return GraduateRow(
        row["record_id"],
        row["archive_id"],
        row["archive_number"],
        row["household"],
        content,
        employment.was_unemployed(content, row["status_at_first"]),
        row["office_id"],
        row["version"],
    )


def finishing(session: OfficeSession, year: int) -> list[Finishing]:
    """Who finishes in the year or finished before and is in no record: 应届 and 往届."""
    with session.database.reading() as connection:
        return [Finishing(**row) for row in graduate_store.finishing(connection, year)]


def count_finishing(session: OfficeSession) -> int:
    """How many of them this office is still to put on record by this year."""
    with session.database.reading() as connection:
        return graduate_store.count_finishing(connection, session.office.id, int(session.today[:4]))


def likely(session: OfficeSession) -> list[Likely]:
    """Members who may be graduates by what the form says, and whose registration does not say when they finish."""
    year, rest = int(session.today[:4]), session.today[4:]
    born, oldest = f"{year - FINISHING_AGE}-12-31", f"{year - OLDEST}{rest}"
    with session.database.reading() as connection:
        rows = graduate_store.likely(connection, born, oldest, MOST_LIKELY)
    return [Likely(**{key: row[key] for key in _LIKELY}, age=year - int(row["birth_on"][:4])) for row in rows]


_EDUCATION = {"five_year_vocational": "higher_vocational"}
"""What somebody leaves a school with, where it is not called as the school is."""
_LIKELY = ("member_id", "archive_id", "archive_number", "household", "name", "number", "identity", "school")


def due(session: OfficeSession) -> list[GraduateRow]:
    """Whom this office is to ask by today: work began 3, 6 or 12 months ago, or nobody asked for a month. The longest due first."""
    with session.database.reading() as connection:
        return [row_of(row) for row in graduate_store.due(connection, session.office.id, session.today)]


def prepared_graduate(session: OfficeSession, student_record_id: str) -> RecordContent:
    """A graduate's record begun from the registration as a student, for the archive in which the household stands."""
    student = records.load_record(session, student_record_id)
    with session.database.reading() as connection:
        home = merge_store.final_home(connection, student.archive_id)
    household = _own_household(session, home)
    known, education = content_here(session, home, student), student.content.text("stage")
    values: Row = {
        "registered_on": session.today,
        "person": known.text("person"),
        "name": known.text("name"),
        "id_number": known.text("id_number"),
        "employment_status": "unemployed",
        "origin": _origin(household),
        "graduation_year": known.values.get("graduation_year"),
        "school": known.text("school"),
        "education": _EDUCATION.get(education, education) if education in COLLEGE else None,
        "major": known.text("major") or None,
        "school_place": place_words(known.values.get("school_region")),
        "phone": known.text("phone") or None,
        "responsible_unit": session.office.name,
        "zero_employment": household.values.get("is_zero_employment_household"),
        "wants_help": True,
    }
    return RecordContent({key: value for key, value in values.items() if value is not None})


def prepared_from_member(session: OfficeSession, archive_id: str, member_id: str) -> RecordContent:
    """A graduate's record begun from what the form says of a member of the household."""
    return begun_from_member(session, _own_household(session, archive_id), member_id)


def _own_household(session: OfficeSession, archive_id: str) -> ArchiveContent:
    """The form of a household of this office; UserError says whose it is, before anything is typed."""
    with session.database.reading() as connection:
        return own_archive(connection, session, archive_id).content


def begun_from_member(session: OfficeSession, household: ArchiveContent, member_id: str) -> RecordContent:
    """The same of a household that is in hand."""
    member = next((item for item in household.members if item["id"] == member_id), None)
    if member is None:
        raise UserError("aid_nobody")
    studies = member.get("member_identity") in {"college", "postgraduate"}
    values: Row = {
        "registered_on": session.today,
        "person": member_id,
        "name": member.get("name"),
        "id_number": member.get("id_number"),
        "employment_status": "unemployed",
        "origin": _origin(household),
        "graduation_year": int(session.today[:4]) if studies else None,
        "school": member.get("school_or_employer") if studies else None,
        "phone": household.values.get("mobile_phone"),
        "responsible_unit": session.office.name,
        "zero_employment": household.values.get("is_zero_employment_household"),
        "wants_help": True,
    }
    return RecordContent({key: value for key, value in values.items() if value is not None})


def _origin(household: ArchiveContent) -> str | None:
    """Where the household is at home, in words as a résumé says it; the form keeps a code."""
    return place_words(household.values.get("hukou_region"))


def place_words(region: Value) -> str | None:
    """A region as people write it, 北京市朝阳区 or 安庆市潜山市; None where there is none."""
    code = str(region or "")
    if not regions.is_known(code):
        return None
    province = regions.name_of(f"{code[:2]}0000")
    before = province if province.endswith("市") and not code.endswith("0000") else ""
    return before + regions.full_name(code).replace(" / ", "")


def add_line(session: OfficeSession, row: GraduateRow, table: str, line: Row) -> Record:
    """Write down one more service, stage or follow-up of a graduate; refused where somebody else stored meanwhile."""
    content = row.content
    rows = {**content.rows, table: [*content.rows.get(table, []), {"id": new_id(), **line}]}
    return save_graduate(
        session, row.archive_id, RecordContent(content.values, rows), row.record_id, expected_version=row.version
    )


def save_graduate(
    session: OfficeSession, archive_id: str, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> Record:
    """Store a graduate's record; status and next contact follow from its lines. A person is on record once."""
    with session.database.reading() as connection:
        own = map(records.record_of, household_record.of_household(connection, archive_id, RecordKind.GRADUATE))
        before = next((item.content.values for item in own if item.record_id == record_id), {})
        members = archiving.load_stored(connection, archive_id).content.members
        content = with_number_put_right(content, before, members)
        known = graduate_store.by_number(connection, content.text("id_number")) or graduate_store.by_person(
            connection, archive_id, content.text("person"), content.text("name")
        )
        number = archiving.load_stored(connection, known["archive_id"]).archive_number if known else ""
    if known and known["record_id"] != record_id:
        raise UserError("graduate_twice", name=content.text("name"), number=number)
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        return put_graduate(connection, session, stored, content, record_id, expected_version=expected_version)


def put_graduate(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    content: RecordContent,
    record_id: str = "",
    *,
    expected_version: str = "",
) -> Record:
    """The same within a transaction; a record of an archive merged into this one goes on here, with how it once began."""
    former = former_version(connection, stored.id, record_id)
    if former is not None:
        began = content.text(STATUS_AT_FIRST) or first_version(connection, record_id).text("employment_status")
        content = RecordContent({**content.values, STATUS_AT_FIRST: began}, content.rows, content.edition)
    kind = RecordKind.GRADUATE
    return put_household_record(connection, session, stored, kind, content, record_id, expected_version=expected_version)


def graduate_register(session: OfficeSession, *, blank: bool = False) -> WideTable:
    """附件2 of source 000."""
    rows = [] if blank else list_graduates(session)
    return replace(graduate_table([row.content for row in rows]), archive_ids=tuple(row.archive_id for row in rows))
