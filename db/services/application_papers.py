"""困难职工救助申请表 of one application, whichever of the household's it is; the latest one stands among the other papers."""

from dataclasses import replace

from db.domain.paper_layout import PaperLayout
from db.domain.papers.aid_application_paper import TITLE, aid_application
from db.domain.records.record_form import RecordKind
from db.printing.official_paper import papers_pdf
from db.services import records
from db.services.office import OfficeSession
from db.services.paper_subjects import subjects


def application_pdf(session: OfficeSession, record_id: str) -> bytes:
    """The form of the application *record_id*, filled in, in memory."""
    return papers_pdf(TITLE, [_layout(session, record_id)])


def _layout(session: OfficeSession, record_id: str) -> PaperLayout:
    chosen = records.load_record(session, record_id)
    (subject,) = subjects(session, [chosen.archive_id])
    latest = records.list_records(session, chosen.archive_id, RecordKind.AID_APPLICATION)[-1]
    said = subject.opinions if latest.record_id == record_id else {}  # what was decided last is about the latest
    return aid_application(replace(subject, application=chosen.content, opinions=said))
