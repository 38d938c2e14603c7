"""Stops of the tour about 阳光就业: graduates on their way into work, who is to be asked again, the lists and the résumé."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tour_camera import image_of_page

from db.domain import id_number
from db.domain.case_words import Act
from db.domain.records.graduates import GRADUATE
from db.domain.records.record_form import RecordContent, Row
from db.services import (
    archiving,
    casework,
    demo,
    demo_casework,
    employment_targets,
    graduates,
    printing,
    register_papers,
    resumes,
)
from db.services.office import OfficeSession
from desktop.pages.graduates import PILES, GraduatesPage
from desktop.records.record_dialog import RecordDialog
from desktop.students.employment_papers_dialog import EmploymentPapersDialog
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
    whole = RecordDialog(page, visit.workspace.context, GRADUATE, row.content, f"毕业生就业服务档案：{row.name}", str, archive=archive)
    visit.take("dialog-graduate", whole)
    visit.take("dialog-employment-lists", EmploymentPapersDialog(page, session, int(session.today[:4])))
    year = int(session.today[:4])
    sheets = {
        "printed-resume": resumes.preview(session, row.content),
        "printed-not-employed": register_papers.table_pdf(employment_targets.targets_paper(session, year)),
        "printed-services": register_papers.table_pdf(employment_targets.services_paper(session, f"{year}-01-01", session.today)),
        "printed-survey": register_papers.table_pdf(employment_targets.survey_paper(session, year)),
    }
    for name, pdf in sheets.items():
        sheet = printing.render_page(pdf, 0, 1.5)
        visit.camera.take_sheet(name, image_of_page(sheet.pixels, sheet.width, sheet.height, sheet.stride))
    visit.page("home")
    visit.take("employment-board")
    visit.enter(visit.stage.empty)
    visit.camera.settle(visit.window)
    session.close()


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
