"""What is printed about means, assessments and policies: the household's papers, its explanation, the workers' sheet.

As with the archive form, files go only where the clerk chose and previews stay in memory.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from db.domain.means_form import MEANS_FORM
from db.domain.policy.assessment import OUTCOME_LABELS, Assessment
from db.errors import Progress, UserError
from db.printing import assessment_sheet, consent_sheet, means_sheet
from db.printing.assessment_sheet import AssessmentPrint, DecisionPrint, result_words
from db.printing.means_values import MeansPrint
from db.printing.plain_sheet import plain_policy_pdf
from db.printing.print_faces import uncovered_characters
from db.services import archiving
from db.services.archiving import office_names
from db.services.leftovers import remember_output
from db.services.means import read_means
from db.services.office import OfficeSession
from db.services.paper_trail import WayOut, note_file, note_paper
from db.services.printing import UncoveredText
from db.store import archive_store, casework_store
from db.store.archive_store import StoredArchive
from db.store.partial_files import written_whole

__all__ = [
    "PAPER_LABELS",
    "Paper",
    "assessment_pdf",
    "blank_paper_pdf",
    "paper_pdf",
    "plain_policy_pdf",
    "uncovered_paper_texts",
    "write_paper",
    "write_paper_each",
]


class Paper(StrEnum):
    """A paper of a household's file besides the archive form."""

    MEANS = "means"
    CONSENT = "consent"


PAPER_LABELS = {Paper.MEANS: MEANS_FORM.title, Paper.CONSENT: consent_sheet.TITLE}
_NO_DECISION = "不列入任何困难类别"


# -- papers of households -----------------------------------------------------------------------------------------


def paper_pdf(
    session: OfficeSession, ids: Sequence[str], paper: Paper, year: int | None = None, progress: Progress | None = None
) -> bytes:
    """The *paper* of the archives *ids*, in that order, as one PDF in memory; *year* None: the latest worksheet."""
    out = BytesIO()
    _compose(session, ids, paper, year, out, progress)
    return out.getvalue()


def write_paper(
    session: OfficeSession,
    ids: Sequence[str],
    paper: Paper,
    path: Path,
    year: int | None = None,
    progress: Progress | None = None,
) -> int:
    """The same as one file; the number of pages."""
    remember_output(session, path.parent)
    with written_whole(path) as out:
        pages = _compose(session, ids, paper, year, out, progress)
    note_file(session, ids, PAPER_LABELS[paper], path)
    return pages


def write_paper_each(
    session: OfficeSession,
    ids: Sequence[str],
    paper: Paper,
    folder: Path,
    year: int | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """One file per household in *folder*, named by archive number and name; the files written."""
    remember_output(session, folder)
    written = []
    for done, item in enumerate(_prints(session, ids, year), 1):
        stem = _file_stem(f"{item.archive_number}-{item.content.text('name')}-{PAPER_LABELS[paper]}")
        path = folder / f"{stem}.pdf"
        with written_whole(path) as out:
            out.write(_one(session, item, paper))
        written.append(path)
        if progress is not None:
            progress(done, max(len(ids), done))
    note_paper(session, ids, PAPER_LABELS[paper], WayOut.PDF)
    return written


def blank_paper_pdf(paper: Paper) -> bytes:
    """The empty paper for filling in by hand."""
    return {Paper.MEANS: means_sheet.blank_means_pdf, Paper.CONSENT: consent_sheet.blank_consent_pdf}[paper]()


def uncovered_paper_texts(session: OfficeSession, ids: Sequence[str], year: int | None = None) -> list[UncoveredText]:
    """Which households have characters in form or worksheet that no print font holds, to be told before printing."""
    found = []
    for item in _prints(session, ids, year):
        records = [item.content.values, *item.content.members]
        if item.means is not None:
            records += [item.means.values, *(row for ledger in item.means.rows.values() for row in ledger)]
        texts = (value for record in records for value in record.values() if isinstance(value, str))
        characters = uncovered_characters(texts)
        if characters:
            found.append(UncoveredText(item.archive_number, item.content.text("name"), tuple(characters)))
    return found


def _compose(
    session: OfficeSession, ids: Sequence[str], paper: Paper, year: int | None, out: BinaryIO, progress: Progress | None
) -> int:
    items = _prints(session, ids, year)
    if paper is Paper.CONSENT:
        return consent_sheet.consent_batch_pdf(items, _today(session), out, progress, len(ids))
    return means_sheet.means_batch_pdf(items, out, progress, len(ids))


def _one(session: OfficeSession, item: MeansPrint, paper: Paper) -> bytes:
    if paper is Paper.CONSENT:
        return consent_sheet.consent_pdf(item, _today(session))
    return means_sheet.means_pdf(item)


def _today(session: OfficeSession) -> date:
    return date.fromisoformat(session.today)


def _file_stem(text: str) -> str:
    """*text* as the name of a file on any system."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", text).strip(" .")[:120] or "档案"


def _prints(session: OfficeSession, ids: Sequence[str], year: int | None) -> Iterator[MeansPrint]:
    names = office_names(session)
    for archive_id in ids:
        with session.database.reading() as connection:
            found = [
                means_print(connection, stored, names.get(stored.office_id, ""), year)
                for stored in archive_store.load_many(connection, [archive_id])
            ]
        yield from found


def means_print(connection: Connection, stored: StoredArchive, office_name: str, year: int | None) -> MeansPrint:
    """What the papers of a household's means say; *year* None: of the latest worksheet."""
    wanted = year if year is not None else next(iter(casework_store.means_years(connection, stored.id)), 0)
    means = read_means(connection, stored.id, wanted)
    last = casework_store.assessments_of(connection, stored.id, 1)
    return MeansPrint(
        content=stored.content,
        means=means.content if means else None,
        archive_number=stored.archive_number,
        office_name=office_name,
        collected_by=means.made_by if means else "",
        collected_on=means.made_at[:10] if means else "",
        suggestion=_suggestion(last[0]) if last and means and last[0]["year"] == wanted else "",
    )


def _suggestion(row: dict[str, Any]) -> str:
    assessment = Assessment.from_json(row["result"])
    words = result_words(assessment, assessment.suggested_class, assessment.suggested_level)
    shown = words or OUTCOME_LABELS[assessment.outcome]
    return f"{shown}　（{assessment.on} 按《{assessment.policy_title}》版本 {assessment.policy_version} 认定）"


# -- assessments --------------------------------------------------------------------------------------------------


def assessment_pdf(session: OfficeSession, assessment_id: str) -> bytes:
    """The explanation of a stored assessment, with what was decided upon it."""
    return assessment_sheet.assessment_pdf(assessment_print(session, assessment_id))


def assessment_print(session: OfficeSession, assessment_id: str) -> AssessmentPrint:
    """The same, before it is laid out."""
    with session.database.reading() as connection:
        row = casework_store.find_assessment(connection, assessment_id)
        if row is None:
            raise UserError("assessment_gone")
        stored = archiving.load_stored(connection, row["archive_id"])
        decisions = casework_store.decisions_of(connection, row["archive_id"])
    assessment = Assessment.from_json(row["result"])
    decided = next((item for item in decisions if item["assessment_id"] == assessment_id), None)
    return AssessmentPrint(
        assessment=assessment,
        name=stored.content.text("name"),
        id_number=stored.content.text("id_number"),
        archive_number=stored.archive_number,
        office_name=office_names(session).get(stored.office_id, ""),
        made_at=row["made_at"],
        made_by=row["clerk_name"],
        decision=_decision(assessment, decided) if decided else DecisionPrint(),
    )


def _decision(assessment: Assessment, row: dict[str, Any]) -> DecisionPrint:
    words = result_words(assessment, row["decided_class"], row["decided_level"]) or _NO_DECISION
    return DecisionPrint(words, row["reason"], row["made_at"][:10], row["clerk_name"])


