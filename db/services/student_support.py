"""Who stands by students besides the union: donors and their 一帮一 (S001-11), holiday jobs and who took them (S001-10).

A donor's money comes in and goes out through a source of money of its own, so that no 分 is told twice; here stands who
stands by whom, and what was granted and paid to that student from the source. Amounts are 分.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from db.domain.records.record_form import RecordContent, RecordKind, Row, read_record
from db.errors import UserError
from db.services import funds, records
from db.services.funds import FundState
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.services.records import Record
from db.services.students import StudentRow
from db.store import record_store, support_store

_LAST_DAY = "9999-12-31"


@dataclass(frozen=True, slots=True)
class DonorRow:
    """A donor: how many students they stand by, and how their money stands (None: no source of their own yet)."""

    record: Record
    students: int
    fund: FundState | None

    @property
    def name(self) -> str:
        """Their name."""
        return self.record.content.text("name")

    def words(self, key: str) -> str:
        """An answer as people read it; empty for none."""
        content = self.record.content
        return self.record.form.words(content, key) if content.values.get(key) is not None else ""


@dataclass(frozen=True, slots=True)
class SponsorshipRow:
    """One donor with one student, and what the student had from the donor's source."""

    record_id: str
    version_id: str
    archive_id: str
    archive_number: str
    household: str
    content: RecordContent
    granted: int
    paid: int

    @property
    def name(self) -> str:
        """The student's name."""
        return self.content.text("name")

    @property
    def contacts(self) -> list[Row]:
        """What was done beside the money, the latest first."""
        return sorted(self.content.rows.get("log", []), key=lambda row: str(row.get("on_day")), reverse=True)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return bool(self.content.values.get("is_over"))


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """A student on a post."""

    record_id: str
    version_id: str
    archive_id: str
    archive_number: str
    household: str
    content: RecordContent

    @property
    def name(self) -> str:
        """The student's name."""
        return self.content.text("name")


@dataclass(frozen=True, slots=True)
class PostRow:
    """Posts that an employer offers: how many, how many are taken today, how many were ever."""

    record: Record
    taken: int
    ever: int

    @property
    def posts(self) -> int:
        """How many there are."""
        found = self.record.content.values.get("posts")
        return found if isinstance(found, int) else 0

    @property
    def free(self) -> int:
        """How many are free today."""
        return max(0, self.posts - self.taken)

    @property
    def employer(self) -> str:
        """Who offers them."""
        return self.record.content.text("employer")


# -- donors -------------------------------------------------------------------------------------------------------


def list_donors(session: OfficeSession) -> list[DonorRow]:
    """The donors known here, those of offices below too, by name; the money is told of this office's own sources."""
    with session.database.reading() as connection:
        paired = [read_record(row["content"]) for row in _stored(connection, RecordKind.SPONSORSHIP)]
        states = {state.fund.record_id: state for state in funds.states(connection, session)}
    found = []
    for entry in records.list_entries(session, RecordKind.DONOR, ""):
        mine = [item for item in paired if item.text("donor_id") == entry.record_id and not item.values.get("is_over")]
        found.append(DonorRow(entry, len({item.text("id_number") for item in mine}), states.get(entry.content.text("fund_id"))))
    return sorted(found, key=lambda row: row.name)


def _stored(connection: Connection, kind: RecordKind) -> list[dict[str, Any]]:
    rows = support_store.of_kind(connection, kind.value)
    return [{**row, "content": json.loads(row["content"])} for row in rows]


def save_donor(session: OfficeSession, content: RecordContent, record_id: str = "", *, expected_version: str = "") -> Record:
    """Enter a donor, or change one; each name stands once."""
    name = content.text("name").strip()
    own = [row for row in list_donors(session) if row.record.office_id == session.office.id]
    if any(row.name == name and row.record.record_id != record_id for row in own):
        raise UserError("donor_known", name=name)
    return records.save_entry(session, RecordKind.DONOR, content, record_id, expected_version=expected_version)


def remove_donor(session: OfficeSession, record_id: str) -> None:
    """Take a donor out of the register who stands by nobody."""
    if any(row.content.text("donor_id") == record_id for row in list_sponsorships(session)):
        raise UserError("donor_in_use", name=records.load_entry(session, record_id).content.text("name"))
    records.remove_entry(session, record_id)


def open_fund(session: OfficeSession, donor_id: str, year: int) -> Record:
    """A source of money for what a donor gives, bound to what they want; what comes in is entered in 帮扶 → 资金."""
    donor = records.load_entry(session, donor_id)
    known = donor.content.text("fund_id")
    if known:
        return records.load_entry(session, known)
    values: Row = {
        "name": f"{donor.content.text('name')}助学捐款",
        "source_kind": "donation",
        "year": year,
        "begins_on": f"{year}-01-01",
        "donor": donor.content.text("name"),
        "restriction": donor.content.text("wish") or None,
        "allowed_items": ["tuition", "study_cost"],  # raised for schooling alone: 附件3 counts what came in
        "needs_archive": False,
    }
    made = funds.save_fund(session, RecordContent({key: value for key, value in values.items() if value is not None}))
    content = RecordContent({**donor.content.values, "fund_id": made.record_id})
    records.save_entry(session, RecordKind.DONOR, content, donor_id, expected_version=donor.id)
    return made


# -- 一帮一 ---------------------------------------------------------------------------------------------------------


def list_sponsorships(session: OfficeSession) -> list[SponsorshipRow]:
    """Every sponsorship known here, the latest first, with what came to the student from the donor's source."""
    donors = {entry.record_id: entry.content.text("fund_id") for entry in records.list_entries(session, RecordKind.DONOR, "")}
    with session.database.reading() as connection:
        stored = _stored(connection, RecordKind.SPONSORSHIP)
        sums = support_store.from_funds(connection, json.dumps(sorted(filter(None, set(donors.values())))))
    had = {(row["number"], row["fund_id"]): (row["granted"], row["paid"]) for row in sums}
    found = []
    for row in stored:
        content = read_record(row["content"])
        granted, paid = had.get((content.text("id_number"), donors.get(content.text("donor_id"), "")), (0, 0))
        about = (row["record_id"], row["version_id"], row["archive_id"], row["archive_number"], row["household"])
        found.append(SponsorshipRow(*about, content, granted, paid))
    return found


def prepared_sponsorship(session: OfficeSession, student: StudentRow, donor: DonorRow) -> RecordContent:
    """A sponsorship begun from the registration of the student and the register of donors."""
    is_model = donor.record.content.text("donor_kind") == "model_worker"
    values: Row = {
        **_student_of(student),
        "donor_id": donor.record.record_id,
        "donor_name": donor.name,
        "form": "model_worker" if is_model else "one_to_one",
        "since": session.today,
    }
    return RecordContent(values)


def _student_of(student: StudentRow) -> Row:
    return {"person": student.person, "name": student.name, "id_number": student.number}


def save_sponsorship(
    session: OfficeSession, archive_id: str, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> Record:
    """Store a sponsorship; one donor stands by one student once."""
    same = (content.text("donor_id"), content.text("id_number"))
    for row in list_sponsorships(session):
        if row.record_id != record_id and not row.is_over and (row.content.text("donor_id"), row.content.text("id_number")) == same:
            raise UserError("sponsorship_twice", name=content.text("name"), donor=content.text("donor_name"))
    return records.save_record(session, archive_id, RecordKind.SPONSORSHIP, content, record_id, expected_version=expected_version)


# -- posts --------------------------------------------------------------------------------------------------------


def list_posts(session: OfficeSession) -> list[PostRow]:
    """The posts offered to this office and those below it, the latest first; how many are taken today."""
    placements = list_placements(session)
    found = []
    for entry in records.list_entries(session, RecordKind.WORK_STUDY, ""):
        mine = [row.content for row in placements if row.content.text("post_id") == entry.record_id]
        taken = sum(1 for content in mine if _overlaps(content, session.today, session.today))
        found.append(PostRow(entry, taken, len(mine)))
    return sorted(found, key=lambda row: (row.record.on_day, row.employer), reverse=True)


def _overlaps(content: RecordContent, begins: str, ends: str) -> bool:
    return content.text("since") <= ends and (content.text("until") or _LAST_DAY) >= begins


def list_placements(session: OfficeSession) -> list[PlacementRow]:
    """Every student on a post, the latest first."""
    with session.database.reading() as connection:
        stored = _stored(connection, RecordKind.WORK_PLACEMENT)
    return [
        PlacementRow(
            row["record_id"], row["version_id"], row["archive_id"], row["archive_number"], row["household"], read_record(row["content"])
        )
        for row in stored
    ]


def prepared_placement(session: OfficeSession, student: StudentRow, post: PostRow) -> RecordContent:
    """A student on a post, begun from the registration and from what the employer offers."""
    offered = post.record.content.values
    values: Row = {
        **_student_of(student),
        "post_id": post.record.record_id,
        "employer": post.employer,
        "work": offered.get("work"),
        "allowance": offered.get("allowance"),
        "since": session.today,
    }
    return RecordContent({key: value for key, value in values.items() if value is not None})


def save_placement(
    session: OfficeSession, archive_id: str, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> Record:
    """Put a student on a post, if one is free in that time; refused where the student has the same one already."""
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        _refuse_placement(connection, content, record_id)
        return records.put_record(
            connection, session, stored, RecordKind.WORK_PLACEMENT, content, record_id, expected_version=expected_version
        )


def _refuse_placement(connection: Connection, content: RecordContent, record_id: str) -> None:
    """One more on the posts of an employer than there are, day by day, and one student twice."""
    post_id, employer = content.text("post_id"), content.text("employer")
    others = [
        read_record(row["content"])
        for row in _stored(connection, RecordKind.WORK_PLACEMENT)
        if row["record_id"] != record_id and row["subject_id"] == post_id
    ]
    begins, ends = content.text("since"), content.text("until") or _LAST_DAY
    at_once = [item for item in others if _overlaps(item, begins, ends)]
    if any(item.text("id_number") == content.text("id_number") for item in at_once):
        raise UserError("work_study_twice", name=content.text("name"), employer=employer)
    versions = record_store.office_versions(connection, post_id)
    stands = bool(versions) and not versions[-1]["is_removed"]
    offered = read_record(versions[-1]["content"]).values.get("posts") if stands else 0
    most = offered if isinstance(offered, int) else 0
    # the most at any one time is reached on a day on which somebody begins
    days = {begins, *(item.text("since") for item in at_once if item.text("since") >= begins)}
    if max(sum(1 for item in at_once if _overlaps(item, day, day)) for day in days) >= most:
        raise UserError("work_study_full", employer=employer, posts=most)


def remove_post(session: OfficeSession, record_id: str) -> None:
    """Take posts out of the register that nobody has or had."""
    if any(row.content.text("post_id") == record_id for row in list_placements(session)):
        raise UserError("post_in_use", name=records.load_entry(session, record_id).content.text("employer"))
    records.remove_entry(session, record_id)
