"""公示 of several households at once: the notice, its result, and both as workbooks, told from the steps of their cases.

What a notice may say of a family is settled here: size, work, income in a word, cause and class – never a number, a
phone, an illness or a child's name (requirements §b.6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.case_words import TRACK_LABELS, Act, Stage, Track
from db.domain.field_kinds import format_value
from db.domain.paper_layout import Entry, PaperLayout, Photo
from db.domain.papers import notice_paper
from db.domain.papers.notice_paper import NoticePrint, ResultPrint
from db.errors import UserError
from db.exchange.workbook_papers import write_papers_workbook
from db.printing.official_paper import papers_pdf
from db.services import archiving, assessing, attachments, casework
from db.services.casework import CaseView, StepEntry
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.paper_trail import note_file


@dataclass(frozen=True, slots=True)
class Posted:
    """One household of a notice: its case, the step that posted it, and what the form says."""

    view: CaseView
    content: ArchiveContent
    posting: StepEntry


def posted_cases(session: OfficeSession, ids: Sequence[str]) -> list[Posted]:
    """Those of the archives whose notice hangs or has hung; UserError when there is none."""
    found = []
    for archive_id in ids:
        view = casework.case_of(session, archive_id)
        posting = next((step for step in reversed(view.steps) if step.act is Act.POST and step.counted), None)
        if posting is not None:
            found.append(Posted(view, archiving.load_archive(session, archive_id).content, posting))
    if not found:
        raise UserError("notice_nobody")
    return found


def notice_prints(session: OfficeSession, ids: Sequence[str]) -> list[NoticePrint]:
    """The notices on which these households stand, each once, in the order of the households."""
    sheets: dict[tuple[str, ...], list[Posted]] = {}
    for item in posted_cases(session, ids):
        sheets.setdefault(_sheet_of(item), []).append(item)
    return [_notice_print(session, posted) for posted in sheets.values()]


def _notice_print(session: OfficeSession, posted: Sequence[Posted]) -> NoticePrint:
    first = posted[0].posting.detail
    return NoticePrint(
        office_name=session.office.name,
        kind=_kind_of(posted[0]),
        basis=casework.policy_documents(session),
        starts_on=first["starts_on"],
        ends_on=first["ends_on"],
        place=first["place"],
        phone=first["phone"],
        rows=[_row(session, item) for item in posted],
    )


def _sheet_of(item: Posted) -> tuple[str, ...]:
    """What households of one notice have in common."""
    detail = item.posting.detail
    return (detail["starts_on"], detail["ends_on"], detail["place"], detail["phone"], _kind_of(item))


def _kind_of(item: Posted) -> str:
    """What is proposed: to file a household, be it for the first time or again, to change or to end what is filed."""
    track = item.view.state.track
    return TRACK_LABELS[track] if track in {Track.ADJUST, Track.EXIT} else TRACK_LABELS[Track.FILE]


def _row(session: OfficeSession, item: Posted) -> list[str]:
    content = item.content
    size = content.values.get("household_size") or len(content.members) + 1
    return [
        content.text("name"),
        content.text("employer") or "--",
        f"{size} 人",
        _shown(content, "work_status"),
        _income(content),
        _shown(content, "main_hardship_cause"),
        _class(session, item) + ("（返困）" if item.view.state.track is Track.READMIT else ""),
    ]


def _shown(content: ArchiveContent, key: str) -> str:
    value = content.values.get(key)
    return format_value(ARCHIVE_FORM.field(key), value) if value is not None else "--"


def _income(content: ArchiveContent) -> str:
    amount = content.values.get("per_capita_monthly_income")
    return f"人均每月 {format_value(ARCHIVE_FORM.field('per_capita_monthly_income'), amount)} 元" if amount is not None else "--"


def _class(session: OfficeSession, item: Posted) -> str:
    decided = next((stored for stored in assessing.list_assessments(session, item.view.archive_id) if stored.decision), None)
    if decided is None or decided.decision is None:
        return _shown(item.content, "hardship_category")
    return assessing.class_words(decided.assessment.class_result(decided.decision.decided_class))


def notice_layouts(session: OfficeSession, ids: Sequence[str]) -> list[PaperLayout]:
    """The notices to be posted, as their parts; without *ids* the blank."""
    told = notice_prints(session, ids) if ids else [NoticePrint(session.office.name)]
    return [notice_paper.notice(item) for item in told]


def notice_pdf(session: OfficeSession, ids: Sequence[str]) -> bytes:
    """The notices to be posted, each on a sheet of its own."""
    return papers_pdf(notice_paper.TITLE, notice_layouts(session, ids))


def write_notice_workbook(session: OfficeSession, ids: Sequence[str], path: Path) -> None:
    """The notices as a workbook with the same columns."""
    remember_output(session, path.parent)
    write_papers_workbook(path, notice_layouts(session, ids))
    note_file(session, ids, notice_paper.TITLE, path)


# -- the photos ---------------------------------------------------------------------------------------------------

PHOTO = "notice_photo"
_SHOWN = 4
"""Photos on the sheet of the result; all of them stay in the file."""


def add_photo(session: OfficeSession, ids: Sequence[str], name: str, data: bytes) -> int:
    """File a photo of the notice as it hangs with every household of it; how many got it."""
    posted = posted_cases(session, ids)
    for item in posted:
        detail = item.posting.detail
        note = f"{detail['starts_on']} 张贴于{detail['place']}"
        attachments.add_attachment(session, item.view.archive_id, name, data, PHOTO, note)
    return len(posted)


def photos_of(session: OfficeSession, item: Posted) -> list[attachments.Attachment]:
    """The photos filed of a notice since it was posted."""
    papers = attachments.list_attachments(session, item.view.archive_id)
    since = item.posting.detail["starts_on"]
    return [paper for paper in papers if paper.document_type == PHOTO and paper.added_at[:10] >= since]


# -- the result ---------------------------------------------------------------------------------------------------


def result_layout(session: OfficeSession, ids: Sequence[str]) -> PaperLayout:
    """The sheet of the result, as its parts: objections and what came of them; without *ids* the blank.

    A notice that still hangs has no result.
    """
    if not ids:
        return notice_paper.result(ResultPrint(session.office.name))
    posted = posted_cases(session, ids)
    hanging = [item for item in posted if item.view.state.stage in {Stage.NOTICE, Stage.OBJECTION}]
    if hanging:
        raise UserError("notice_hangs", name=hanging[0].content.text("name"), count=len(hanging))
    photos = {item.view.archive_id: photos_of(session, item) for item in posted}
    places = "；".join(dict.fromkeys(item.posting.detail["place"] for item in posted))
    taken = {paper.sha256: paper for papers in photos.values() for paper in papers}
    shown = [paper for paper in taken.values() if paper.media_type.startswith("image/")][:_SHOWN]
    pictures = tuple(Photo(attachments.read_attachment(session, paper.id), paper.name) for paper in shown)
    rows = [_result_row(session, item, len(photos[item.view.archive_id])) for item in posted]
    return notice_paper.result(ResultPrint(session.office.name, session.today, places, rows, pictures, len(taken) - len(shown)))


def result_pdf(session: OfficeSession, ids: Sequence[str]) -> bytes:
    """The sheet of the result, for the file."""
    return papers_pdf(notice_paper.RESULT_TITLE, [result_layout(session, ids)])


def write_result_workbook(session: OfficeSession, ids: Sequence[str], path: Path) -> None:
    """The result as a workbook."""
    remember_output(session, path.parent)
    write_papers_workbook(path, [result_layout(session, ids)])
    note_file(session, ids, notice_paper.RESULT_TITLE, path)


def _result_row(session: OfficeSession, item: Posted, photos: int) -> list[Entry]:
    last, objections, settlements = outcome_of(item.view, item.posting)
    return [
        item.content.text("name"),
        _class(session, item),
        f"{item.posting.detail['starts_on']} 至 {last}",
        "；".join(objections) or "无异议",
        "；".join(settlements) or "公示期满，无异议",
        photos,
    ]


def outcome_of(view: CaseView, posting: StepEntry) -> tuple[str, list[str], list[str]]:
    """Of a notice: its last day in the end, the objections, and how each was settled."""
    after = view.steps[view.steps.index(posting) :]
    objections = [step.detail["objection"] for step in after if step.act is Act.OBJECT and step.counted]
    settled = [step for step in after if step.act in {Act.SETTLE, Act.UPHOLD} and step.counted]
    last = next((step.detail["ends_on"] for step in reversed(settled) if "ends_on" in step.detail), "")
    return last or posting.detail["ends_on"], objections, [step.detail["settlement"] for step in settled]
