"""Steps of the casework of invented households in June 2020, for tests of cases, notices and bundles."""

from datetime import datetime, timedelta, timezone

from casework import ON, in_2020, worksheet
from factories import file_household, small_pdf

from db.domain.case_words import Act
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import assessing, attachments, casework, means, records
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.records import Record

VISIT = {"method": "home", "purpose": "verification", "visited_on": "2020-06-01", "visitors": "张三、李四", "findings": "与申请一致"}
COMPARISON = {"compared_on": "2020-06-01", "comparison_source": "民政局", "comparison_result": "相符"}
MINUTES = {"met_on": "2020-06-01", "present": "王五、赵六、孙七", "opinion": "同意"}
POSTING = {"starts_on": "2020-06-22", "place": "公司公告栏", "phone": "0556-0000000"}


def on_day(session: OfficeSession, day: str) -> None:
    """Let the office's clock show the morning of a day."""
    year, month, date = map(int, day.split("-"))
    session.clock = lambda: datetime(year, month, date, 9, tzinfo=timezone(timedelta(hours=8)))


def applicant(session: OfficeSession, seed: int = 1) -> Archive:
    """A household that has just applied, with its worksheet; nothing is assessed yet."""
    values = {"hardship_category": "accidental_hardship", "is_migrant_worker": False, "worker_number": "T0001"}
    archive = file_household(session, seed, **values)
    means.save_means(session, archive.id, worksheet(session, archive))
    return archive


def give_papers(session: OfficeSession, archive_id: str, *types: str) -> None:
    """File a paper of each type."""
    for number, paper in enumerate(types):
        attachments.add_attachment(session, archive_id, f"{number}.pdf", small_pdf(), paper)


def visit(session: OfficeSession, archive_id: str, **values: str) -> Record:
    """A visit of two to the household, on 1 June 2020 unless told otherwise."""
    return records.save_record(session, archive_id, RecordKind.HOME_VISIT, RecordContent({**VISIT, **values}))


def decide(session: OfficeSession, archive_id: str) -> None:
    """Assess, and decide as suggested."""
    stored = assessing.assess_and_store(session, archive_id, ON)
    said = stored.assessment
    assessing.decide(session, stored.id, said.suggested_class, said.suggested_level)


def posted(session: OfficeSession, seed: int = 1) -> str:
    """A household whose notice was posted on 22 June 2020, before the Dragon Boat Festival."""
    in_2020(session)
    archive_id = applicant(session, seed).id
    give_papers(session, archive_id, "application", "verification_consent")
    casework.take_step(session, archive_id, Act.ACCEPT)
    decide(session, archive_id)
    visit(session, archive_id)
    casework.take_step(session, archive_id, Act.VERIFY)
    casework.take_step(session, archive_id, Act.COMPARE, COMPARISON)
    casework.take_step(session, archive_id, Act.AGREE, MINUTES)
    on_day(session, "2020-06-22")
    casework.take_step(session, archive_id, Act.POST, POSTING)
    return archive_id
