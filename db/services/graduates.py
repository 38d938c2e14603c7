"""阳光就业: the graduates of households, who should be on record and is not, what became of them, and the targets."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.option_lists import option_list
from db.domain.papers.graduate_papers import graduate_table
from db.domain.records.record_form import RecordContent, RecordKind, Row, read_record
from db.domain.wide_table import WideTable
from db.services import archiving, records
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import graduate_store

OVERALL_TARGET = 0.6
"""Share of the graduates who need help that shall be employed; of zero-employment families all (S002-03)."""


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


def list_graduates(session: OfficeSession) -> list[GraduateRow]:
    """Every graduate on record, those of the latest year first."""
    with session.database.reading() as connection:
        rows = graduate_store.graduates(connection)
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
        return [Finishing(**row) for row in graduate_store.finishing(connection, year)]


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


def graduate_register(session: OfficeSession, *, blank: bool = False) -> WideTable:
    """附件2 of source 000."""
    return graduate_table([] if blank else [row.content for row in list_graduates(session)])


def status_counts(rows: Sequence[GraduateRow]) -> dict[str, int]:
    """How many graduates stand where."""
    found: dict[str, Any] = dict.fromkeys(option_list("employment_status").by_code, 0)
    for row in rows:
        found[row.status] = found.get(row.status, 0) + 1
    return found
