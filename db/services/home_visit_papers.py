"""入户走访记录 on paper and as a workbook: chosen contacts, the latest of chosen households, or blank to be filled in by hand."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from db.domain.means_flow import people_of
from db.domain.paper_layout import PaperLayout
from db.domain.papers.home_visit_paper import TITLE, VisitSubject, visit_paper
from db.domain.papers.paper_subject import PaperSubject
from db.domain.records.record_form import RecordKind
from db.errors import NuandangError, Progress
from db.exchange.workbook_papers import write_papers_workbook
from db.printing.official_paper import papers_pdf, write_papers
from db.services import archiving, attachments, records
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.paper_trail import note_file
from db.services.records import Record
from db.store import record_store
from db.store.partial_files import written_whole


def visit_pdf(session: OfficeSession, record_ids: Sequence[str], progress: Progress | None = None) -> bytes:
    """The contacts *record_ids*, one after the other; without any the blank sheet."""
    return papers_pdf(TITLE, visit_layouts(session, record_ids, progress))


def write_visit_pdf(
    session: OfficeSession, record_ids: Sequence[str], path: Path, progress: Progress | None = None
) -> int:
    """The same as a file; the number of pages."""
    remember_output(session, path.parent)
    with written_whole(path) as out:
        pages = write_papers(out, TITLE, visit_layouts(session, record_ids, progress))
    note_file(session, archives_of(session, record_ids), TITLE, path)
    return pages


def write_visit_workbook(
    session: OfficeSession, record_ids: Sequence[str], path: Path, progress: Progress | None = None
) -> int:
    """The same as a workbook, a sheet for each contact; how many sheets."""
    remember_output(session, path.parent)
    sheets = write_papers_workbook(path, visit_layouts(session, record_ids, progress))
    note_file(session, archives_of(session, record_ids), TITLE, path)
    return sheets


def archives_of(session: OfficeSession, record_ids: Sequence[str]) -> list[str]:
    """The archives that these contacts are of."""
    with session.database.reading() as connection:
        return record_store.archives_of(connection, record_ids)


def visit_layouts(
    session: OfficeSession, record_ids: Sequence[str], progress: Progress | None = None
) -> Iterator[PaperLayout]:
    """What the sheets say."""
    if not record_ids:
        yield visit_paper(VisitSubject(PaperSubject(office_name=session.office.name)))
    for number, record_id in enumerate(record_ids, 1):
        yield visit_paper(_subject(session, records.load_record(session, record_id)))
        if progress:
            progress(number, len(record_ids))


def layouts_of_archives(
    session: OfficeSession, archive_ids: Sequence[str], progress: Progress | None = None
) -> Iterator[PaperLayout]:
    """For each household its latest contact, or a sheet with its name to take along where there is none; blank without ids."""
    if not archive_ids:
        yield from visit_layouts(session, ())
    latest = records.records_by_archive(session, archive_ids, RecordKind.HOME_VISIT)
    for number, archive_id in enumerate(archive_ids, 1):
        kept = latest.get(archive_id, [])
        yield visit_paper(_subject(session, kept[-1]) if kept else _empty(session, archive_id))
        if progress:
            progress(number, len(archive_ids))


def prepared_layouts(session: OfficeSession, archive_ids: Sequence[str]) -> Iterator[PaperLayout]:
    """A sheet for each household with its name and address on it, to be filled in on the way."""
    for archive_id in archive_ids:
        yield visit_paper(_empty(session, archive_id))


def prepared_pdf(session: OfficeSession, archive_ids: Sequence[str]) -> bytes:
    """The same as one PDF in memory."""
    out = BytesIO()
    write_papers(out, TITLE, prepared_layouts(session, archive_ids))
    return out.getvalue()


def _household(session: OfficeSession, archive_id: str) -> PaperSubject:
    archive = archiving.load_archive(session, archive_id)
    office = archiving.owner_names(session).get(archive.office_id, session.office.name)
    return PaperSubject(office_name=office, archive_number=archive.archive_number, content=archive.content)


def _empty(session: OfficeSession, archive_id: str) -> VisitSubject:
    return VisitSubject(_household(session, archive_id))


def _subject(session: OfficeSession, visit: Record) -> VisitSubject:
    earlier = [
        item
        for item in records.list_records(session, visit.archive_id, RecordKind.HOME_VISIT)
        if (item.on_day, item.made_at) < (visit.on_day, visit.made_at) and item.record_id != visit.record_id
    ]
    household = _household(session, visit.archive_id)
    names = {paper.id: paper.name for paper in attachments.list_attachments(session, visit.archive_id)}
    photos, signature = (visit.content.values.get(key) for key in ("photos", "signature"))
    return VisitSubject(
        household,
        visit.content,
        earlier[-1].content if earlier else None,
        tuple(people_of(household.content, session.today)),
        _picture(session, signature[0]) if isinstance(signature, list) and signature else b"",
        tuple(names.get(paper, "已移除的附件") for paper in (photos if isinstance(photos, list) else [])),
    )


def _picture(session: OfficeSession, attachment_id: str) -> bytes:
    """The signature; where the file is gone the sheet leaves room for a pen."""
    try:
        return attachments.read_attachment(session, attachment_id)
    except NuandangError:
        return b""
