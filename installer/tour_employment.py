"""Stops of the tour about 阳光就业: graduates on their way into work, who is to be asked again, the lists and the résumé."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QScrollArea
from tour_camera import image_of_page

from db.domain import id_number
from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.domain.records.aid_service import AID_SERVICE
from db.domain.records.graduates import GRADUATE
from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.services import (
    aid_services,
    archiving,
    casework,
    demo,
    demo_casework,
    employment_targets,
    graduates,
    printing,
    records,
    register_papers,
    resumes,
)
from db.services.office import OfficeSession
from desktop.aid.grant_dialog import GrantDialog
from desktop.aid.service_acts import LINKS
from desktop.pages.aid_services import AidServicesPage
from desktop.pages.archive_detail import ArchiveDetailPage
from desktop.pages.graduates import PILES, UNASKED, GraduatesPage
from desktop.records.record_dialog import RecordDialog
from desktop.students.line_dialog import line_form

if TYPE_CHECKING:
    from tour_stops import Visit

_PLACES = (("某某师范大学", "汉语言文学", "小学语文教师"), ("某某卫生职业技术学院", "护理学", "护士"), ("某某学院", "会计学", "会计"),
           ("某某工业职业学院", "数控技术", "数控操作"), ("某某大学", "计算机科学", "软件测试"),
           ("某某学院", "旅游管理", "导游"))  # fmt: skip


def graduates_at_work(visit: Visit) -> None:
    """The part 就业 with its piles, a line written down, the lists and the résumé."""
    session = visit.stage.new_office("五庙乡总工会", "township", "340882107", "潜山市总工会", "储成林")
    visit.enter(session)
    _graduates(session)
    for pile, _ in PILES:
        page = visit.page("graduates", pile=pile)
        assert isinstance(page, GraduatesPage)
        visit.take(f"employment-{pile}")
    page = visit.page("graduates")
    begin: Row = {"on_day": session.today}
    form = line_form(GRADUATE, "stages")
    visit.take("dialog-stage", RecordDialog(page, visit.workspace.context, form, RecordContent(begin), "求职进展：林小雨", str))
    row = graduates.list_graduates(session)[0]
    archive = archiving.load_archive(session, row.archive_id)
    left = next(item for item in graduates.list_graduates(session) if item.content.rows.get("follow_ups"))
    title = f"毕业生就业服务档案：{row.name}"
    whole = RecordDialog(page, visit.workspace.context, GRADUATE, row.content, title, str, archive=archive, hidden=UNASKED)
    visit.take("dialog-graduate", whole)
    title = f"毕业生就业服务档案：{left.name}"
    whole = RecordDialog(page, visit.workspace.context, GRADUATE, left.content, title, str, archive=archive, hidden=UNASKED)
    whole._scroll.verticalScrollBar().rangeChanged.connect(lambda _least, most: whole._scroll.verticalScrollBar().setValue(most))
    visit.take("dialog-graduate-below", whole)
    visit.page("reports", report_id="graduate_services")
    visit.take("reports-graduate-services")
    year = int(session.today[:4])
    sheets = {
        "printed-resume": resumes.preview(session, row.content),
        "printed-not-employed": register_papers.table_pdf(employment_targets.targets_paper(session, year)),
    }
    for name, pdf in sheets.items():
        sheet = printing.render_page(pdf, 0, 1.5)
        visit.camera.take_sheet(name, image_of_page(sheet.pixels, sheet.width, sheet.height, sheet.stride))
    visit.page("home")
    visit.take("employment-board")
    visit.enter(visit.stage.empty)
    visit.camera.settle(visit.window)
    session.close()


def services_and_referrals(visit: Visit) -> None:
    """Help that is no money: the part 服务, the card of a household, the dialog and its log."""
    session = visit.stage.new_office("官庄镇总工会", "township", "340882108", "潜山市总工会", "程桂芳")
    visit.enter(session)
    visit.page("aid_services")
    visit.take("services-nothing-yet")
    ids = _services(session)
    for pile in ("waiting", "all", "referral"):
        page = visit.page("aid_services", pile=pile)
        visit.take(f"services-{pile}")
    assert isinstance(page, AidServicesPage)
    visit.page("reports", report_id="services")
    visit.take("reports-services")
    detail = visit.page("archive", archive_id=ids[0], tab="aid")
    visit.take("services-household")
    assert isinstance(detail, ArchiveDetailPage)
    scroll = detail.aid().findChild(QScrollArea)
    assert isinstance(scroll, QScrollArea)
    scroll.ensureWidgetVisible(detail.aid().services)
    visit.take("services-household-below")
    begun = aid_services.prepared_service(session, "referral")
    archive = archiving.load_archive(session, ids[0])
    title = f"记服务：{archive.content.text('name')}"
    made = RecordDialog(detail, visit.workspace.context, AID_SERVICE, begun, title, str, archive=archive, hidden=LINKS)
    visit.take("dialog-service", made)
    dialog = GrantDialog(detail, visit.workspace.context, ids[:1], lambda _made: None)
    dialog.kind.set_value("service")
    dialog.kind.changed.emit("service")
    visit.take("dialog-grant-service", dialog)
    log = aid_services.services_paper(session, aid_services.list_services(session, _year(session)), "帮扶服务台账")
    pdf = register_papers.table_pdf(log)
    sheet = printing.render_page(pdf, 0, 1.5)
    visit.camera.take_sheet("printed-service-log", image_of_page(sheet.pixels, sheet.width, sheet.height, sheet.stride))
    visit.enter(visit.stage.empty)
    visit.camera.settle(visit.window)
    session.close()


def _year(session: OfficeSession) -> int:
    return int(session.today[:4])


def _services(session: OfficeSession) -> list[str]:
    """Households with a plan and measures, and what was done for them."""
    demo_casework.set_up_policy(session)
    ids = demo.fill_office(session, 6, seed=61)
    for archive_id in ids:
        casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
    first = ids[0]
    plan: Row = {"year": _year(session), "made_on": _back(session, 200), "needs": "没有低保，孩子上学，本人想学一门手艺",
                 "goal": "年内纳入低保，本人就业"}  # fmt: skip
    records.save_record(session, first, RecordKind.HELP_PLAN, RecordContent(plan))
    for kind, content, due, done in (
        ("referral", "帮助申请低保", 60, ""),
        ("skills", "参加家政技能培训", -40, ""),
        ("mutual_aid", "参加职工医疗互助", 90, _back(session, 100)),
        ("legal", "追讨拖欠的三个月工资", -20, ""),
    ):  # fmt: skip
        measure: Row = {"measure_kind": kind, "content": content, "responsible": "程桂芳", "planned_on": _back(session, 190),
                        "due_on": _back(session, due), "done_on": done or None}  # fmt: skip
        records.save_record(session, first, RecordKind.MEASURE, RecordContent({key: each for key, each in measure.items() if each}))
    served: tuple[tuple[str, int, dict[str, Value]], ...] = (
        (first, 80, {"service_kind": "referral", "agency": "civil_affairs", "agency_name": "官庄镇民政办", "what": "为全家申请低保"}),
        (first, 100, {"service_kind": "mutual_aid", "mutual_way": "enrolled", "what": "参加本年度职工医疗互助"}),
        (first, 12, {"service_kind": "legal", "legal_matter": "wages", "legal_way": "arbitration", "what": "拖欠工资，代理劳动仲裁"}),
        (ids[1], 30, {"service_kind": "employment", "employment_way": "skills", "what": "护理员培训班，五天"}),
        (ids[2], 55, {"service_kind": "referral", "agency": "disabled", "what": "申请重度残疾人护理补贴", "answer": "granted",
                      "answered_on": _back(session, 20), "worth": 80_000, "result": "每月 80 元，从上月算起"}),
    )  # fmt: skip
    for archive_id, days, values in served:
        content_of = aid_services.prepared_service(session)
        content_of.values |= {"on_day": _back(session, days), "answer_by": _back(session, days - 30)}
        content_of.values |= values
        aid_services.save_service(session, archive_id, content_of)
    return ids


def _graduates(session: OfficeSession) -> None:
    """Six graduates: at work, left again, talking, in training, silent, gone on to study; and somebody to ask about."""
    demo_casework.set_up_policy(session)
    ids = demo.fill_office(session, 9, seed=57)
    born = int(session.today[:4]) - 23
    for at, archive_id in enumerate(ids):
        casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
        archive = archiving.load_archive(session, archive_id)
        if not archive.content.members:
            continue
        child = archive.content.members[-1]
        first = f"340824{born}0{at + 1}15{at:03d}"
        number = first + id_number.check_digit(first)
        sex, birth = id_number.sex(number), id_number.birth_on(number)
        child |= {"member_identity": "unemployed", "relation_to_head": "son", "id_number": number, "sex": sex, "birth_on": birth}
        archiving.save_archive(session, archive.content, archive.id)
        if at < len(_PLACES):
            _register(session, archive_id, str(child["id"]), at)


def _register(session: OfficeSession, archive_id: str, member_id: str, at: int) -> None:
    school, major, post = _PLACES[at]
    content = graduates.prepared_from_member(session, archive_id, member_id)
    year = int(session.today[:4])
    content.values |= {"registered_on": _back(session, 140), "graduation_year": year, "school": school, "major": major,
                       "education": "bachelor" if at % 2 else "junior_college", "wish_place": "潜山", "wish_post": post,
                       "wish_salary": "4000 元左右", "responsible": "储成林 0556-0000000", "phone": "13900001111",
                       "origin": "安徽潜山", "zero_employment": at in {2, 4}}  # fmt: skip
    content.rows = _lines(session, at, post)
    graduates.save_graduate(session, archive_id, content)


def _lines(session: OfficeSession, at: int, post: str) -> dict[str, list[Row]]:
    def line(days: int, **values: str | int | bool) -> Row:
        return {"id": f"{at}-{days}-{len(values)}", "on_day": _back(session, days), **values}

    services = [line(130, kind="policy", what="讲解见习补贴、代偿资助"), line(120, kind="post", what="推荐 3 个岗位")]
    stages = [line(128, stage="seeking")]
    follow_ups: list[Row] = []
    if at in {0, 1}:
        stages += [line(110, stage="talking", employer="某某实验学校", post=post), line(105, stage="signing", employer="某某实验学校"),
                   line(100, stage="employed", employer="某某实验学校", post=post)]  # fmt: skip
    if at == 1:
        follow_ups.append(line(8, way="phone", situation="left", note="路途远，已辞职，想在县城再找"))
    if at == 2:
        stages += [line(90, stage="talking", employer="某某商贸公司"), line(85, stage="no_deal", employer="某某商贸公司"),
                   line(12, stage="talking", employer="某某会计事务所", post=post)]  # fmt: skip
    if at == 3:
        services.append(line(20, kind="training", what="数控操作技能培训班"))
    if at == 5:
        stages.append(line(60, stage="studying", note="专升本"))
    return {"services": services, "stages": stages, "follow_ups": follow_ups}


def _back(session: OfficeSession, days: int) -> str:
    return (date.fromisoformat(session.today) - timedelta(days)).isoformat()
