"""Stops of the tour about the papers of the casework: choosing one, one as it prints, who left, the keeping of the archives."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox
from tour_camera import image_of_page

from db.domain.case_words import Act
from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import attachments, backups, casework, clock_check, old_backups, papers, printing, records, retention
from db.services.case_list import Due
from db.services.old_backups import Gone
from db.services.papers import Paper
from desktop.casework.act_dialog import ActDialog
from desktop.context import Page
from desktop.exchange.print_dialog import PrintDialog
from desktop.pages.cases import CasesPage
from desktop.pages.settings import SettingsPage
from desktop.papers.exits_dialog import ExitsDialog
from desktop.papers.keeping_section import KeepingSection
from desktop.papers.old_backups_card import GoneDialog
from desktop.papers.papers_dialog import PapersDialog
from desktop.records.record_dialog import RecordDialog

if TYPE_CHECKING:
    from tour_stops import Visit


def papers_of_case(visit: Visit) -> None:
    """Which papers a case needs, one of them as it prints, and who left in the present period."""
    session, ids = visit.stage.town, visit.stage.ids
    visit.enter(session)
    page = visit.page("cases")
    assert isinstance(page, Page)
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


def old_papers(visit: Visit) -> None:
    """A household on file whose proof of income is of last year: in the list that nags, and on its checklist."""
    session, archive_id = visit.stage.town, visit.stage.ids[10]
    visit.enter(session)
    photo = attachments.read_attachment(session, attachments.list_attachments(session, visit.stage.rich)[0].id)
    now = session.clock
    session.clock = lambda: now() - timedelta(days=420)
    attachments.add_attachment(session, archive_id, "收入证明.jpg", photo, "income_proof")
    session.clock = now
    page = visit.page("cases")
    assert isinstance(page, CasesPage)
    page.open(due=Due.PAPERS_EXPIRED.value)
    visit.take("cases-papers-expired")
    visit.page("archive", archive_id=archive_id, tab="papers")
    visit.take("archive-papers-expired")
    view = casework.case_of(session, archive_id)
    offer = view.offer(Act.BEGIN_EXIT)
    assert offer is not None
    dialog = ActDialog(page, offer, view.state, date.fromisoformat(session.today), None, lambda _detail, _days: None)
    reason = dialog.fields["exit_reason"]
    assert isinstance(reason, QComboBox)
    reason.setCurrentIndex(1)
    visit.take("dialog-begin-exit", dialog)


def keeping(visit: Visit) -> None:
    """Archives whose term is over, a hand-over to another keeper, its form."""
    session, ids = visit.stage.town, visit.stage.ids
    visit.enter(session)
    for archive_id, day in zip(ids[18:22], ("2015-06-30", "2015-12-18", "2016-05-20", "2016-11-21"), strict=True):
        casework.take_step(session, archive_id, Act.NOTE_EXITED, {"exited_on": day, "exit_reason": "re_employed"})
    handed = retention.new_keeper(session)
    handed.values |= {"to_name": "吴秀英", "supervised_by": "汪建国", "reason": "岗位调整", "open_matters": "两户公示未满。"}
    records.save_entry(session, RecordKind.KEEPER, handed)
    page = visit.page("settings", section="keeping")
    assert isinstance(page, SettingsPage)
    section = page.section("keeping")
    assert isinstance(section, KeepingSection)
    section.due.tick([0, 1])
    visit.take("settings-keeping-due")
    form = FORMS[RecordKind.KEEPER]
    dialog = RecordDialog(section, section.context, form, retention.new_keeper(session), "登记保管人移交", lambda _content: None)
    visit.take("dialog-keeper", dialog)
    _destroyed(visit, section, ids[18])


def _destroyed(visit: Visit, section: KeepingSection, archive_id: str) -> None:
    """What is left to see to after a destruction: backups that still hold the archive, one of them in a drawer."""
    session = visit.stage.town
    for place in ("红色移动硬盘", "U盘-备份"):
        backups.back_up(session, visit.stage.folder / place)
    shutil.move(visit.stage.folder / "红色移动硬盘", visit.stage.folder / "抽屉里")
    approval = {
        "destroyed_on": session.today, "approved_by": "汪建国", "approval": "县工〔2026〕18 号",
        "destroyers": session.clerk.name, "supervisors": "吴秀英、程宗义",
    }  # fmt: skip
    visit.stage.clock.put(21, 15, 30)
    clock_check.confirm_clock(session)
    made = retention.destroy(session, [archive_id], RecordContent({**approval}))
    section.refresh()
    section.old.note.setFocus()
    visit.take("settings-keeping-old-backups")
    visit.take("dialog-backup-gone", GoneDialog(section, session, section.old.rows.rows[0]))
    old_backups.mark_gone(session, [section.old.rows.rows[0].backup.id], Gone.DESTROYED)
    pdf = retention.keeping_pdf(session, records.load_entry(session, made.record.record_id))
    sheet = printing.render_page(pdf, 0, 1.2)
    visit.camera.take_sheet("printed-destruction", image_of_page(sheet.pixels, sheet.width, sheet.height, sheet.stride))
