"""公示 of the students to be aided (S000-19): the list as it hangs, where and how long, what was objected, the photo of it.

Lists and photos go up with the next bundle: an office above sees how each office below posted its own.

What the list may say of a student is settled here: the parent, where they work, the stage and the amount – never the name of
a child or its school, no number, no phone, no illness, as on the notice of households (:mod:`db.services.notices`).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from db.domain.archive_content import new_id
from db.domain.paper_layout import PaperLayout, Photo
from db.domain.papers import student_notice_paper
from db.domain.papers.student_notice_paper import StudentNoticePrint, StudentResultPrint
from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.domain.records.student_support import LISTED, STUDENT_NOTICE
from db.domain.work_calendar import add_working_days
from db.errors import UserError
from db.exchange.workbook_papers import write_papers_workbook
from db.printing.official_paper import papers_pdf
from db.services import archiving, office_papers, policies, records, student_lists
from db.services.calendars import calendar_of
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.office_papers import OfficePaper, PaperOwner
from db.services.records import Record
from db.services.student_lists import ListedStudent

Posted = tuple[str, str, str, str, str, int]
"""What a line of the list says: parent, unit, cause, stage, new or not, amount in 分."""
_COLUMNS = ("household", "unit", "cause", "stage", "student_kind", "amount_posted")
PDF, MOST_PRINTED = "application/pdf", 6
"""Photos on the sheet of the result; all of them are kept."""
USUAL_DAYS = 5
"""Working days a list hangs where the policy in force does not say (S003-13)."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A list that hangs or has hung, and how many photos there are of it."""

    record: Record
    photos: int
    office_name: str = ""
    """Whose list it is; empty for this office's own."""

    @property
    def content(self) -> RecordContent:
        """What is on record of it."""
        return self.record.content

    @property
    def is_known(self) -> bool:
        """Whether the list itself can be shown: one's own, or one of an office below that kept it as it was posted."""
        return not self.office_name or bool(self.content.rows.get(LISTED))


def prepared_notice(session: OfficeSession, year: int) -> RecordContent:
    """A notice begun from what is known: today, the days the policy wants, the students of the year."""
    loaded = policies.chosen_policy(session, session.today)
    notice = loaded.pack.notice if loaded else None
    days = int(notice.days) if notice and notice.days else USUAL_DAYS
    today = date.fromisoformat(session.today)
    if notice is not None and notice.day_kind == "calendar":
        last = today + timedelta(days=days)
    else:
        with session.database.reading() as connection:
            last = add_working_days(today, days, calendar_of(connection)).day
    values: Row = {
        "year": year,
        "starts_on": session.today,
        "ends_on": last.isoformat(),
    }
    rows: list[Row] = [{"id": new_id(), **dict(zip(_COLUMNS, posted_row(item), strict=True))} for item in to_post(session, year)]
    return RecordContent({**values, "students": len(rows)}, {LISTED: rows})


def to_post(session: OfficeSession, year: int) -> list[ListedStudent]:
    """Whom the list names: every student of the year once, new ones first; who is not asked for money is not on it."""
    found: dict[str, ListedStudent] = {}
    for item in student_lists.listed(session, year):
        if item.amount or item.row.wanted:
            found.setdefault(item.row.number or item.row.record_id, item)
    return sorted(found.values(), key=lambda item: (item.unit, item.row.student_kind != "new"))


def save_notice(session: OfficeSession, content: RecordContent, record_id: str = "", *, expected_version: str = "") -> Record:
    """Note that a list was posted, or what came of it."""
    if content.text("ends_on") < content.text("starts_on"):
        raise UserError("student_notice_order")
    return records.save_entry(session, RecordKind.STUDENT_NOTICE, content, record_id, expected_version=expected_version)


def list_notices(session: OfficeSession, year: int) -> list[NoticeRow]:
    """The lists of a year, this office's own first, then those of the offices below, each the latest first."""
    own, names = session.office.id, archiving.office_names(session)
    entries = [item for item in records.list_entries(session, RecordKind.STUDENT_NOTICE, "") if item.content.values.get("year") == year]
    photos = office_papers.count_papers(session, PaperOwner.STUDENT_NOTICE)
    rows = [
        NoticeRow(entry, photos.get(entry.record_id, 0), "" if entry.office_id == own else names.get(entry.office_id, "其他单位"))
        for entry in sorted(entries, key=lambda item: item.on_day, reverse=True)
    ]
    return sorted(rows, key=lambda row: row.office_name)


def add_photo(session: OfficeSession, record_id: str, name: str, data: bytes) -> OfficePaper:
    """Keep a photo of the list as it hangs; of another office's list it is theirs to add one."""
    refuse_unless_own(session, record_id)
    return office_papers.add_paper(session, PaperOwner.STUDENT_NOTICE, record_id, name, data)


def refuse_unless_own(session: OfficeSession, record_id: str) -> None:
    """UserError where the list is another office's."""
    if records.load_entry(session, record_id).office_id != session.office.id:
        raise UserError("record_not_ours", title=STUDENT_NOTICE.title)


def remove_photo(session: OfficeSession, record_id: str, paper_id: str) -> None:
    """Take a photo out; the file stays for a later audit."""
    refuse_unless_own(session, record_id)
    office_papers.remove_paper(session, paper_id)


def photos_of(session: OfficeSession, record_id: str) -> list[OfficePaper]:
    """The photos of a list."""
    return office_papers.list_papers(session, PaperOwner.STUDENT_NOTICE, record_id)


# -- on paper -----------------------------------------------------------------------------------------------------


def notice_layout(
    session: OfficeSession, year: int, content: RecordContent | None = None, office_name: str = ""
) -> PaperLayout:
    """The list to be posted, as its parts; without *content* the blank. *office_name*: whose it is, where not one's own."""
    if content is None:
        return student_notice_paper.notice(StudentNoticePrint(session.office.name, year))
    loaded = policies.chosen_policy(session, content.text("starts_on") or session.today)
    return student_notice_paper.notice(
        StudentNoticePrint(
            office_name=office_name or session.office.name,
            year=year,
            basis=loaded.pack.documents if loaded else "",
            starts_on=content.text("starts_on"),
            ends_on=content.text("ends_on"),
            place=content.text("place"),
            phone=content.text("phone"),
            rows=_posted(session, year, content),
        )
    )


def _posted(session: OfficeSession, year: int, content: RecordContent) -> list[Posted]:
    """The list as it was posted; as it stands today where a notice of an earlier edition did not keep it."""
    kept = content.rows.get(LISTED)
    if not kept:
        return [posted_row(item) for item in to_post(session, year)]
    return [_posted_again(row) for row in kept]


def _posted_again(row: Row) -> Posted:
    household, unit, cause, stage, kind = (str(row.get(key) or "") for key in _COLUMNS[:-1])
    amount = row.get(_COLUMNS[-1])
    return household, unit, cause, stage, kind, amount if isinstance(amount, int) else 0


def posted_row(item: ListedStudent) -> Posted:
    """What everybody may read of one student: parent, unit, cause, stage, new or not, amount in 分."""
    kind = "新生" if item.row.student_kind == "new" else "在读"
    employer = str(item.stored["employer"] or "") or item.unit
    cause = item.archive_words("main_hardship_cause")
    return (item.row.household, employer, cause, item.row.stage_label, kind, item.amount or item.row.wanted or 0)


def result_layout(session: OfficeSession, row: NoticeRow) -> PaperLayout:
    """The sheet of the result of a list, with its photos, as its parts; a list that still hangs has none."""
    content = row.content
    if not content.text("outcome"):
        raise UserError("student_notice_open", until=content.text("ends_on"))
    photos = photos_of(session, row.record.record_id)
    shown = [paper for paper in photos if paper.media_type != PDF][:MOST_PRINTED]
    return student_notice_paper.result(
        StudentResultPrint(
            office_name=row.office_name or session.office.name,
            year=int(content.text("year")),
            made_on=session.today,
            starts_on=content.text("starts_on"),
            ends_on=content.text("ends_on"),
            place=content.text("place"),
            students=content.text("students"),
            outcome=content.text("outcome"),
            objections=[
                tuple(str(item.get(key) or "") for key in ("on_day", "what", "settled")) for item in content.rows.get("objections", [])
            ],
            photos=tuple(Photo(office_papers.read_paper(session, paper.id), paper.name) for paper in shown),
            more=len(photos) - len(shown),
        )
    )


def result_pdf(session: OfficeSession, row: NoticeRow) -> bytes:
    """The sheet of the result."""
    return papers_pdf(student_notice_paper.RESULT_TITLE, [result_layout(session, row)])


def notice_pdf(
    session: OfficeSession, year: int, content: RecordContent | None = None, office_name: str = ""
) -> bytes:
    """The list to be posted, or as it was."""
    return papers_pdf(student_notice_paper.TITLE, [notice_layout(session, year, content, office_name)])


def write_notice(session: OfficeSession, year: int, content: RecordContent, path: Path, office_name: str = "") -> None:
    """The list as PDF or workbook, by the ending of *path*."""
    if path.suffix.lower() not in {".pdf", ".xlsx"}:
        raise UserError("report_file_kind", name=path.name)
    remember_output(session, path.parent)
    if path.suffix.lower() == ".xlsx":
        write_papers_workbook(path, [notice_layout(session, year, content, office_name)])
    else:
        path.write_bytes(notice_pdf(session, year, content, office_name))
