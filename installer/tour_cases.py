"""Stops of the tour about 办理: what is missing, a notice that hangs, an act being asked for, a case on file."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import archiving, assessing, attachments, casework, demo, means, records
from db.services.case_list import Due
from db.services.demo_means import make_means
from db.services.office import OfficeSession
from desktop.casework.act_dialog import ActDialog
from desktop.casework.case_tab import CaseTab
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.cases import PILES, CasesPage

if TYPE_CHECKING:
    from tour_stops import Visit

YEAR = 2025
_PAPERS = (("application", "书面申请.jpg"), ("verification_consent", "核对承诺授权书.jpg"))
_VISIT: dict[str, Value] = {
    "method": "home",
    "purpose": "verification",
    "visited_on": "2026-11-16",
    "visitors": "陈志强、吴秀英",
    "findings": "租住两居室，本人在家养病，配偶打零工，与申请所写一致。",
}
_WAY: tuple[tuple[Act, dict[str, str]], ...] = (
    (Act.ACCEPT, {}),
    (Act.VERIFY, {}),
    (
        Act.COMPARE,
        {
            "compared_on": "2026-11-17",
            "comparison_source": "县民政局",
            "comparison_result": "户籍、社保、房产、车辆均与申报相符。",
        },
    ),
    (Act.AGREE, {"met_on": "2026-11-18", "present": "陈志强、吴秀英、汪建国", "opinion": "同意按意外致困申报。"}),
    (Act.POST, {"starts_on": "2026-11-19", "place": "镇政府公告栏、村务公开栏", "phone": "0556-0000000"}),
)


def case_tab(visit: Visit) -> None:
    """The tab 办理 in the states a clerk meets."""
    session = visit.stage.town
    visit.enter(session)
    _show(visit, _applicant(session, 71))
    visit.take("archive-case-missing")
    posted = _posted(visit, _applicant(session, 72))
    tab = _show(visit, posted)
    visit.take("archive-case-notice")
    assert tab.view is not None
    offer = tab.view.offer(Act.OBJECT)
    assert offer is not None
    dialog = ActDialog(tab, offer, tab.view.state, date(2026, 11, 21), 5, lambda _detail, _days: None)
    visit.take("dialog-case-act", dialog)
    on_file = visit.stage.ids[3]
    casework.take_step(session, on_file, Act.NOTE_ON_FILE, {"reason": "2019 年已在全国系统建档"})
    _show(visit, on_file)
    visit.take("archive-case-on-file")


def case_list(visit: Visit) -> None:
    """The room 办理: the piles that hold something, what is due, an empty one."""
    session = visit.stage.town
    visit.enter(session)
    casework.take_step(session, visit.stage.ids[4], Act.NOTE_ON_FILE, {"reason": "原有档案"})
    phasing = {"end_date": "2026-12-31", "reason": "家庭收入好转"}
    casework.take_step(session, visit.stage.ids[4], Act.PHASE_OUT, phasing)
    gone = {"exited_on": "2020-12-18", "exit_reason": "re_employed"}
    casework.take_step(session, visit.stage.ids[5], Act.NOTE_EXITED, gone)
    page = visit.page("cases")
    assert isinstance(page, CasesPage)
    for name in PILES:
        page.show_state(name)
        visit.take(f"cases-{name.replace('_', '-')}")
    page.open(due=Due.NOTICE.value)
    visit.take("cases-nothing-due")


def _applicant(session: OfficeSession, seed: int) -> str:
    content = demo.make_household(random.Random(seed), members=2)
    content.values["worker_number"] = f"T{seed:04d}"
    return archiving.save_archive(session, content).id


def _posted(visit: Visit, archive_id: str) -> str:
    """A household whose notice hangs."""
    session = visit.stage.town
    photo = attachments.read_attachment(session, attachments.list_attachments(session, visit.stage.rich)[0].id)
    for paper, name in _PAPERS:
        attachments.add_attachment(session, archive_id, name, photo, paper)
    sheet = make_means(random.Random(4), archiving.load_archive(session, archive_id).content, YEAR)
    sheet.values.update(region="340882", area="urban")
    means.save_means(session, archive_id, sheet)
    stored = assessing.assess_and_store(session, archive_id, date(2026, 11, 21))
    said = stored.assessment
    assessing.decide(session, stored.id, said.suggested_class, said.suggested_level)
    records.save_record(session, archive_id, RecordKind.HOME_VISIT, RecordContent(dict(_VISIT)))
    for act, detail in _WAY:
        casework.take_step(session, archive_id, act, detail, posted_days=5)
    return archive_id


def _show(visit: Visit, archive_id: str) -> CaseTab:
    page = visit.page("archive", archive_id=archive_id, tab="case")
    assert isinstance(page, ArchiveDetailPage)
    return page.casework()
