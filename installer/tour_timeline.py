"""Stops of the tour about the record of a household: its timeline, a record looked at, the evidence file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tour_camera import image_of_page

from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import casework, evidence, paper_trail, printing, records
from db.services.evidence import EvidenceChoice
from db.services.paper_trail import WayOut
from db.services.timeline import EventKind
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.timeline.evidence_dialog import EvidenceDialog
from desktop.timeline.fingerprint_dialog import FingerprintDialog
from desktop.timeline.record_view import RecordView

if TYPE_CHECKING:
    from tour_stops import Visit

_SCALE = 1.5
"""Pixels per point of a printed sheet."""
_CALL: dict[str, Value] = {
    "method": "call",
    "purpose": "contact",
    "visited_on": "2026-11-18",
    "visitors": "吴秀英",
    "needs": "孩子明年上大学，想申请助学；家里缺一张护理床。",
    "findings": "本人服药稳定，配偶在镇上打零工，收入与申报一致。",
}


def household_timeline(visit: Visit) -> None:
    """Everything that happened, only some of it, one record, and what is asked before the evidence file is made."""
    session, archive_id = visit.stage.town, visit.stage.rich
    visit.enter(session)
    if casework.case_of(session, archive_id).offer(Act.NOTE_ON_FILE):
        casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "2019 年已在全国系统建档"})
    made = records.save_record(session, archive_id, RecordKind.HOME_VISIT, RecordContent(dict(_CALL)))
    again: dict[str, Value] = {**_CALL, "needs": "护理床已经落实；孩子明年上大学，想申请助学。"}
    records.save_record(session, archive_id, RecordKind.HOME_VISIT, RecordContent(again), made.record_id)
    paper_trail.note_paper(session, [archive_id], "困难职工档案表", WayOut.PRINTED)
    paper_trail.note_paper(session, visit.stage.ids, "档案平面表", WayOut.EXCEL)
    page = visit.page("archive", archive_id=archive_id, tab="timeline")
    assert isinstance(page, ArchiveDetailPage)
    visit.take("archive-timeline")
    page.timeline().choose(EventKind.PAPER)
    page.timeline().choose(EventKind.VISIT)
    visit.take("archive-timeline-chosen")
    assert page.archive is not None
    versions = records.record_versions(session, made.record_id)
    visit.take("dialog-record-versions", RecordView(page, page.context, versions, page.archive))
    visit.take("dialog-evidence", EvidenceDialog(page, 1))
    checked = FingerprintDialog(page, page.context, page.archive)
    checked.typed.setText(evidence.content_fingerprint(session, archive_id))
    checked.check()
    visit.take("dialog-fingerprint", checked)
    _sheets(visit, evidence.evidence_pdf(session, archive_id, EvidenceChoice(purpose="2026 年帮扶资金专项审计")))


def _sheets(visit: Visit, pdf: bytes) -> None:
    """Cover and contents as they are printed."""
    for number, name in enumerate(("printed-evidence-cover", "printed-evidence-contents")):
        page = printing.render_page(pdf, number, _SCALE)
        visit.camera.take_sheet(name, image_of_page(page.pixels, page.width, page.height, page.stride))
