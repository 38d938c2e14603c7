"""What a clerk prints: archives, the blank form, the recovery sheet, the cover of a data bundle.

Files go only where the clerk chose, under a temporary name until they are whole; previews stay in memory.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from sqlalchemy import Connection, text

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.errors import Progress
from db.printing import cover_sheet, exchange_guide, form_pdf, recovery_sheet
from db.printing.form_cells import CellBox, FormPages
from db.printing.form_pdf import blank_form_pdf
from db.printing.form_values import ArchivePrint, AttachmentLine
from db.printing.preview import PageImage, page_count, page_size, render_page
from db.printing.print_faces import uncovered_characters
from db.services.archiving import office_names
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.paper_trail import note_file
from db.services.sending import BundleSummary
from db.store import archive_store
from db.store.archive_store import StoredArchive
from db.store.partial_files import written_whole

__all__ = [
    "CellBox",
    "FormPages",
    "PageImage",
    "UncoveredText",
    "archive_pdf",
    "blank_form_pdf",
    "content_pdf",
    "cover_sheet_pdf",
    "cover_sheets_pdf",
    "exchange_guide_pdf",
    "page_count",
    "page_size",
    "recovery_sheet_pdf",
    "render_page",
    "save_pdf",
    "save_pdf_about",
    "uncovered_texts",
    "write_archive_pdf",
    "write_blank_form_pdf",
]

SCREEN_VALUE_COLOR = "#1F3F7F"
"""On the screen what was filled in stands out from the form; on paper everything is black."""
_BATCH = 200


@dataclass(frozen=True, slots=True)
class UncoveredText:
    """An archive with characters that no print font holds; they are printed as boxed code points."""

    archive_number: str
    name: str
    characters: tuple[str, ...]


def content_pdf(
    session: OfficeSession,
    content: ArchiveContent,
    archive_number: str = "",
    *,
    archive_id: str = "",
    highlight: tuple[str, int | None] | None = None,
    value_color: str = SCREEN_VALUE_COLOR,
) -> FormPages:
    """The form as it will print, for the screen: with what is typed so far and the places of its fields.

    *archive_id* adds the attachments already filed and the office that filed it; *highlight* tints one cell: (field, member index or None).
    """
    with session.database.reading() as connection:
        attachments = _attachments(connection, [archive_id]).get(archive_id, []) if archive_id else []
        owner = connection.execute(_OWNER, {"id": archive_id}).scalar() if archive_id else None
    return form_pdf.form_pages(
        content,
        archive_number=archive_number,
        office_name=office_names(session).get(owner, "") if owner else session.office.name,
        attachments=attachments,
        highlight=highlight,
        value_color=value_color,
    )


_OWNER = text("SELECT office_id FROM archive WHERE id = :id")
_ATTACHMENTS = text(
    "SELECT archive_id, document_type, name, note FROM attachment"
    " WHERE removed_at IS NULL AND archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY added_at, rowid"
)


def _attachments(connection: Connection, ids: Sequence[str]) -> dict[str, list[AttachmentLine]]:
    lines: dict[str, list[AttachmentLine]] = {}
    for archive_id, document_type, name, note in connection.execute(_ATTACHMENTS, {"ids": json.dumps(list(ids))}):
        lines.setdefault(archive_id, []).append(AttachmentLine(document_type, name, note or ""))
    return lines


def _batches(
    session: OfficeSession, ids: Sequence[str]
) -> Iterator[tuple[list[StoredArchive], dict[str, list[AttachmentLine]]]]:
    for start in range(0, len(ids), _BATCH):
        part = list(ids[start : start + _BATCH])
        with session.database.reading() as connection:
            batch = list(archive_store.load_many(connection, part)), _attachments(connection, part)
        yield batch


def _prints(session: OfficeSession, ids: Sequence[str]) -> Iterator[ArchivePrint]:
    names = office_names(session)
    for archives, attachments in _batches(session, ids):
        for archive in archives:
            name = names.get(archive.office_id, "")
            yield ArchivePrint(archive.content, archive.archive_number, name, attachments.get(archive.id, []))


def archive_pdf(session: OfficeSession, ids: Sequence[str], progress: Progress | None = None) -> bytes:
    """The archives *ids*, in that order, as one PDF in memory."""
    out = BytesIO()
    form_pdf.archives_pdf(_prints(session, ids), out, progress, len(ids))
    return out.getvalue()


def write_archive_pdf(session: OfficeSession, ids: Sequence[str], path: Path, progress: Progress | None = None) -> int:
    """The archives *ids* as one PDF file; the number of pages. MachineError when disk or file stand in the way."""
    remember_output(session, path.parent)
    with written_whole(path) as out:
        pages = form_pdf.archives_pdf(_prints(session, ids), out, progress, len(ids))
    note_file(session, ids, ARCHIVE_FORM.title, path)
    return pages


def write_blank_form_pdf(path: Path) -> None:
    """The form for filling in by hand as a file."""
    save_pdf(path, blank_form_pdf())


def save_pdf(path: Path, pdf: bytes) -> None:
    """Save a PDF that was shown before; MachineError when disk or file stand in the way."""
    with written_whole(path) as out:
        out.write(pdf)


def save_pdf_about(session: OfficeSession, ids: Iterable[str], title: str, path: Path, pdf: bytes) -> None:
    """The same for a paper about the archives *ids*: it is noted with them that it left."""
    remember_output(session, path.parent)
    save_pdf(path, pdf)
    note_file(session, ids, title, path)


def uncovered_texts(session: OfficeSession, ids: Sequence[str]) -> list[UncoveredText]:
    """Which of the archives hold characters that cannot be printed, to be told before printing."""
    found = []
    for item in _prints(session, ids):
        characters = uncovered_characters(printed_texts(item))
        if characters:
            found.append(UncoveredText(item.archive_number, item.content.text("name"), tuple(characters)))
    return found


def printed_texts(item: ArchivePrint) -> Iterator[str]:
    """Every text of the archive that is printed as it was typed."""
    for record in (item.content.values, *item.content.members):
        yield from (value for value in record.values() if isinstance(value, str))
    for line in item.attachments:
        yield from line.texts()


def recovery_sheet_pdf(office_name: str, code: str, made_on: str = "") -> bytes:
    """The sheet that carries the recovery code, dated today unless said otherwise."""
    return recovery_sheet.recovery_sheet_pdf(office_name, code, made_on or date.today().isoformat())


def exchange_guide_pdf() -> bytes:
    """One page about how archives travel, to hang beside the desk."""
    return exchange_guide.exchange_guide_pdf()


def cover_sheet_pdf(summary: BundleSummary) -> bytes:
    """The cover of a data bundle, to go beside the stick."""
    return cover_sheet.cover_sheet_pdf(_cover(summary))


def cover_sheets_pdf(summaries: Sequence[BundleSummary]) -> bytes:
    """The covers of several bundles on one stick, a page each."""
    return cover_sheet.cover_sheets_pdf([_cover(summary) for summary in summaries])


def _cover(summary: BundleSummary) -> cover_sheet.CoverSummary:
    return cover_sheet.CoverSummary(
        sender=summary.sender_name,
        receiver=summary.receiver_name,
        sequence=summary.sequence,
        kind=summary.kind,
        created_on=summary.created_at[:16].replace("T", " "),
        archive_count=summary.archive_count,
        incomplete_count=summary.incomplete_count,
        attachment_count=summary.attachment_count,
        payload_bytes=summary.file_bytes,
        fingerprint=summary.fingerprint,
        file_name=summary.files_text,
        clerk=summary.clerk_name,
    )
