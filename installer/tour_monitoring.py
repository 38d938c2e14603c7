"""Stops of the tour about 动态监测: a campaign before and after its list is fixed, sheets, totals, the enterprises."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from db.domain.case_words import Act
from db.domain.form_flow import Place
from db.domain.form_schema import Value
from db.domain.records.monitoring import CAMPAIGN, ENTERPRISE
from db.domain.records.record_form import RecordContent
from db.services import (
    archiving,
    casework,
    demo,
    enterprise_sheets,
    enterprises,
    monitoring,
    monitoring_papers,
    printing,
)
from db.services.archiving import ArchiveQuery
from db.services.office import OfficeSession
from db.services.register_sheets import LineFault, RegisterImport
from desktop.monitoring.add_households_dialog import AddHouseholdsDialog
from desktop.monitoring.sheet_acts import sheet_dialog
from desktop.pages.monitoring import PILES, MonitoringPage
from desktop.records.record_dialog import RecordDialog
from desktop.records.register_import import RegisterImportDialog

if TYPE_CHECKING:
    from tour_stops import Visit

_REASONS = ("re_employed", "cured", "children_employed", "self_employed", "medical_insurance", "social_assistance")
_CALLED: dict[str, Value] = {
    "title": "困难职工解困脱困动态监测集中行动",
    "basis": "青总办〔2022〕21号",
    "begins_on": "2026-11-02",
    "due_on": "2026-12-10",
    "population": ["exited", "near"],
    "exited_since": "2015-01-01",
}
_STABLE: dict[str, Value] = {
    "reporter_phone": "0556-8921234",
    "checkers": "陈志强、吴秀英",
    "covered_by_civil_affairs": False,
    "annual_income": 5_640_000,
    "annual_rigid_expense": 1_832_050,
    "work_secured": True,
    "medical_secured": True,
    "school_secured": True,
    "social_secured": True,
    "housing_secured": True,
    "result_stable": True,
    "relapse_advised": False,
    "other_advice": "每季度电话回访一次。",
}
_RELAPSED: dict[str, Value] = {
    **_STABLE,
    "annual_income": 3_126_000,
    "annual_rigid_expense": 2_840_000,
    "medical_secured": False,
    "school_secured": False,
    "result_stable": False,
    "difficulties": "本人今年三月复发住院，医保报销后自付仍多；女儿九月升入高中，学费和住校费没有着落。",
    "relapse_advised": True,
    "relapse_class": "relative",
    "relapse_causes": ["major_illness"],
    "other_advice": "协助申请大病救助，列入金秋助学。",
}
_HOTEL: dict[str, Value] = {
    "name": "迎宾旅馆",
    "industry": "H",
    "contact": "汪经理",
    "phone": "0556-8925678",
    "surveyed_on": "2026-11-12",
    "workers": 26,
    "operating_state": "停业三个月，五月起部分恢复，入住率三成。",
    "worker_income": "平均每月 1800 元，比去年少一半，拖欠两个月。",
    "worker_needs": "缓缴社保、技能培训、子女助学。",
    "has_households_to_file": True,
    "households_to_file": 2,
}


def monitoring_room(visit: Visit) -> None:
    """The room 监测 of the township, from nothing to the totals, and the register of enterprises."""
    session = visit.stage.town
    visit.enter(session)
    visit.page("monitoring")
    visit.take("monitoring-nothing-yet")
    visit.take("dialog-campaign", RecordDialog(visit.window, visit.workspace.context, CAMPAIGN, RecordContent(dict(_CALLED)),
                                               "布置监测行动", lambda _content: None))  # fmt: skip
    ids = [_exited(session, number, reason) for number, reason in enumerate(_REASONS)]
    campaign_id = monitoring.save_campaign(session, RecordContent(dict(_CALLED))).record_id
    page = visit.page("monitoring", campaign_id=campaign_id)
    assert isinstance(page, MonitoringPage)
    visit.take("monitoring-not-opened")
    monitoring.open_campaign(session, campaign_id)
    _fill(session, ids[0], campaign_id, _STABLE)
    _fill(session, ids[1], campaign_id, _RELAPSED)
    for pile in PILES:
        page.open(pile.value, campaign_id)
        visit.take(f"monitoring-{pile.value.replace('_', '-')}")
    page.model.tick_all()
    visit.take("monitoring-ticked")
    item = page.campaign()
    assert item is not None
    dialog = AddHouseholdsDialog(page, session, item, lambda: None, lambda _ids: None)
    dialog.text.setText("梅")
    visit.take("dialog-add-households", dialog)
    visit.take("dialog-monitoring-sheet", sheet_dialog(visit.workspace.context, page, ids[2], campaign_id))
    advised = sheet_dialog(visit.workspace.context, page, ids[1], campaign_id)
    advised.show()
    visit.camera.settle(advised)
    advised.go_to(Place("other_advice"))
    visit.camera.take("dialog-monitoring-relapse", visit.window, advised)
    advised.close()
    visit.page("monitoring_board", campaign_id=campaign_id)
    visit.take("monitoring_board")
    visit.page("archive", archive_id=ids[1], tab="case")
    visit.take("archive-case-monitored")
    _enterprises(visit)
    _papers(visit, campaign_id, ids[1])


def _exited(session: OfficeSession, number: int, reason: str) -> str:
    """A household that left the archives some years ago."""
    content = demo.make_household(random.Random(200 + number), members=2)
    content.values["worker_number"] = f"T{200 + number:04d}"
    archive_id = archiving.save_archive(session, content).id
    told = {"exited_on": f"{2018 + number}-12-18", "exit_reason": reason}
    casework.take_step(session, archive_id, Act.NOTE_EXITED, told)
    return archive_id


def _fill(session: OfficeSession, archive_id: str, campaign_id: str, answers: dict[str, Value]) -> None:
    content = monitoring.new_sheet(session, archive_id, campaign_id)
    content.values.update(answers)
    monitoring.save_sheet(session, archive_id, content)


def _enterprises(visit: Visit) -> None:
    session = visit.stage.town
    visit.page("enterprises")
    visit.take("enterprises-nothing-yet")
    enterprises.save_enterprise(session, RecordContent(dict(_HOTEL)))
    more: dict[str, Value] = {"name": "梅城客运站", "industry": "G", "operating_state": "班线减了四成。", "has_households_to_file": False}
    enterprises.save_enterprise(session, RecordContent({**_HOTEL, **more}))
    visit.page("enterprises", state="all")
    visit.take("enterprises")
    content = RecordContent(dict(_HOTEL))
    dialog = RecordDialog(visit.window, visit.workspace.context, ENTERPRISE, content, "企业调查", lambda _content: None)
    visit.take("dialog-enterprise", dialog)
    trial = RegisterImport(added=6, changed=1, unchanged=2)
    trial.faults = [
        LineFault(5, "潜阳纺织厂", "职工人数“三十来个”认不出来。"),
        LineFault(9, "天柱茶厂", "还没有填：需要建档的户数。"),
        LineFault(12, "迎宾旅馆", "登记里有 2026-11-12 的调查，比这一行新。"),
    ]
    visit.take("dialog-enterprise-import", RegisterImportDialog(visit.window, enterprise_sheets.SHEET.title, trial, "家", lambda *_: None))


def _papers(visit: Visit, campaign_id: str, archive_id: str) -> None:
    from tour_camera import image_of_page

    session = visit.stage.town
    sheets = {
        "printed-monitoring": monitoring_papers.sheets_pdf(session, [archive_id], campaign_id),
        "printed-monitoring-blank": monitoring_papers.sheets_pdf(session),
        "printed-monitoring-totals": monitoring_papers.totals_pdf(session, campaign_id),
        "printed-enterprise": enterprises.enterprises_pdf(session, enterprises.list_enterprises(session)[:1]),
    }
    for name, pdf in sheets.items():
        page = printing.render_page(pdf, 0, 1.6)
        visit.camera.take_sheet(name, image_of_page(page.pixels, page.width, page.height, page.stride))


def monitoring_above(visit: Visit) -> None:
    """The county's campaign as the township finds it, and its progress by office."""
    stage = visit.stage
    called = RecordContent({**_CALLED, "population": ["on_file", "low_income"], "exited_since": None})
    campaign_id = monitoring.save_campaign(stage.county, called).record_id
    ids = archiving.archive_ids(stage.county, ArchiveQuery())
    monitoring.add_households(stage.county, campaign_id, ids[:14])
    visit.enter(stage.county)
    visit.page("monitoring", campaign_id=campaign_id)
    visit.take("monitoring-county")
    visit.page("monitoring_board", campaign_id=campaign_id)
    visit.take("monitoring_board-county")
