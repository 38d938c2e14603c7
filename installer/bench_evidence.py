"""The evidence file of one household beside a bare reportlab canvas that draws the same pages."""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from bench_drawing import Page, draw_page, flat, register_faces
from bench_workshop import Figure, Workshop, in_turn, milliseconds
from PIL import Image
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from db.domain.records.record_form import RecordContent, RecordKind
from db.printing.evidence_book import EvidenceBook
from db.printing.pdf_kit import Drawing, PdfWriter
from db.printing.pictures import Picture
from db.services import archiving, attachments, evidence, records, timeline
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession

EVENTS, PHOTOS = 60, 40
AT_MOST = 2
_SIZE = (2000, 1500)


def evidence_file(workshop: Workshop) -> Figure:
    """A household with 60 events and 40 photos as one PDF."""
    session = workshop.filled_office("evidence", 1)
    archive_id = archiving.archive_ids(session, ArchiveQuery())[0]
    _live_through(session, archive_id)
    with _Recorder() as recorder:
        size = len(evidence.evidence_pdf(session, archive_id))
    register_faces([item.page for item in recorder.pages])

    def bare(_round: int) -> float:
        return milliseconds(_draw, recorder.pages)

    def service(_round: int) -> float:
        return milliseconds(evidence.evidence_pdf, session, archive_id)

    floor, ours = in_turn(5, bare, service)
    notes = {
        "pages": len(recorder.pages),
        "events": len(timeline.timeline_of(session, archive_id).events),
        "photos": PHOTOS,
        "megabytes": round(size / 2**20, 1),
    }
    session.close()
    words = "bare reportlab drawing of the same strings, lines and photos"
    return Figure("evidence file of a household with 60 events and 40 photos", words, AT_MOST, floor, ours, 5, notes)


def _live_through(session: OfficeSession, archive_id: str) -> None:
    for number in range(PHOTOS):
        attachments.add_attachment(session, archive_id, f"照片{number + 1}.jpg", _photo(number), "visit_photo", "走访时拍")
    call = {"method": "call", "purpose": "contact", "visited_on": session.today, "visitors": "测试员"}
    for number in range(EVENTS - PHOTOS - 1):
        content = RecordContent({**call, "findings": f"第 {number + 1} 次联系：情况稳定，收入与申报一致，希望介绍工作。"})
        records.save_record(session, archive_id, RecordKind.HOME_VISIT, content)


def _photo(seed: int) -> bytes:
    """A picture that weighs about as much as a photograph of a room."""
    noise = Image.frombytes("RGB", (250, 188), random.Random(seed).randbytes(250 * 188 * 3))
    out = io.BytesIO()
    noise.resize(_SIZE, Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


# -- the same, bare ------------------------------------------------------------------------------------------------


@dataclass
class _Recorded:
    page: Page
    photos: Sequence[tuple[bytes, tuple[float, ...]]] = field(default_factory=list)
    """Each with the place it is laid down on."""


class _Recorder:
    """While active, keeps what every page of an evidence file shows."""

    def __init__(self) -> None:
        self.pages: list[_Recorded] = []
        self._photos: dict[str, bytes] = {}
        self._emit, self._keep = PdfWriter._emit_page, EvidenceBook.keep_picture

    def __enter__(self) -> "_Recorder":
        emit, keep = self._emit, self._keep

        def emit_page(writer: PdfWriter, drawing: Drawing, **entries: Any) -> Any:
            photos = [(self._photos[item.thing.name], item.matrix) for item in drawing.placed]
            self.pages.append(_Recorded(flat(drawing), photos))
            return emit(writer, drawing, **entries)

        def keep_picture(book: EvidenceBook, picture: Picture) -> Any:
            reference = keep(book, picture)
            self._photos[reference.name] = picture.content
            return reference

        PdfWriter._emit_page = emit_page  # type: ignore[method-assign, assignment]
        EvidenceBook.keep_picture = keep_picture  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        PdfWriter._emit_page = self._emit  # type: ignore[method-assign]
        EvidenceBook.keep_picture = self._keep  # type: ignore[method-assign]


def _draw(pages: list[_Recorded]) -> bytes:
    former, rl_config.useA85 = rl_config.useA85, 0  # it would spend most of its time on writing photos as letters
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    for item in pages:
        for photo, (width, _, _, height, x, y) in item.photos:
            canvas.drawImage(ImageReader(io.BytesIO(photo)), x, y, width, height)
        draw_page(canvas, item.page)
        canvas.showPage()
    canvas.save()
    rl_config.useA85 = former
    return out.getvalue()
