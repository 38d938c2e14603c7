"""Stops of the tour about the papers of the casework: choosing one, one as it prints, who left, the keeping of the archives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.domain.case_words import Act
from db.services import casework, papers
from db.services.papers import Paper
from desktop.exchange.print_dialog import PrintDialog
from desktop.papers.exits_dialog import ExitsDialog
from desktop.papers.papers_dialog import PapersDialog

if TYPE_CHECKING:
    from tour_stops import Visit


def papers_of_case(visit: Visit) -> None:
    """Which papers a case needs, one of them as it prints, and who left in the present period."""
    session, ids = visit.stage.town, visit.stage.ids
    visit.enter(session)
    page = visit.page("cases")
    visit.take("dialog-papers", PapersDialog(page.context, page, ids[6:9]))
    pdf = papers.paper_pdf(session, Paper.AID_APPLICATION, ids[6:8])
    title = papers.PAPERS[Paper.AID_APPLICATION].title
    visit.take("dialog-aid-application", PrintDialog(page, pdf, title, f"{title}.pdf", "2 户"))
    for archive_id in ids[10:14]:
        casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    for archive_id, reason in zip(ids[14:18], ("cured", "re_employed", "social_security", "re_employed"), strict=True):
        gone = {"exited_on": "2026-11-12", "exit_reason": reason}
        casework.take_step(session, archive_id, Act.NOTE_EXITED, gone)
    visit.take("dialog-exits", ExitsDialog(page.context, page))
