"""The résumé of a graduate: previewed, printed, or written as PDF or Word with the photo chosen in the record."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from db.domain.records.record_form import RecordContent
from db.domain.resume import resume_of
from db.errors import MachineError, UserError
from db.exchange.resume_document import resume_docx
from db.printing.resume_sheet import resume_pdf
from db.services import attachments
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.paper_trail import note_file
from db.store.partial_files import written_whole

TITLE = "毕业生简历"
_LARGEST = 1_200
"""Pixels at the long side of the photo: enough for print, and no more of a camera's picture goes to an employer."""


def preview(session: OfficeSession, content: RecordContent) -> bytes:
    """The page as PDF, in memory."""
    return resume_pdf(resume_of(content), photo_of(session, content))


def write(session: OfficeSession, content: RecordContent, path: Path, archive_id: str = "") -> None:
    """Write it to *path*: a PDF or a Word document, by its ending; the household *archive_id* is told."""
    kind = path.suffix.lower()
    if kind not in {".pdf", ".docx"}:
        raise UserError("resume_file_kind", name=path.name)
    photo = photo_of(session, content)
    made = (resume_pdf if kind == ".pdf" else resume_docx)(resume_of(content), photo)
    remember_output(session, path.parent)
    with written_whole(path) as file:
        file.write(made)
    note_file(session, [archive_id] if archive_id else [], TITLE, path)


def photo_of(session: OfficeSession, content: RecordContent) -> bytes | None:
    """The first chosen picture, upright, as a JPEG without what the camera noted in it; None without one."""
    chosen = content.values.get("photo")
    for paper_id in chosen if isinstance(chosen, list) else []:
        try:
            data = attachments.read_attachment(session, paper_id)
            with Image.open(BytesIO(data)) as opened:
                upright = ImageOps.exif_transpose(opened).convert("RGB")
        except (UserError, MachineError, OSError, ValueError, Image.DecompressionBombError):
            continue  # removed since, or no picture: the page keeps its empty frame
        upright.thumbnail((_LARGEST, _LARGEST))
        out = BytesIO()
        upright.save(out, "JPEG", quality=90)
        return out.getvalue()
    return None
