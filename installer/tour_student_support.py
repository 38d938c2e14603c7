"""Stops of the tour about who else stands by students, and the papers of a school year: donors, jobs, lists, the public list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tour_camera import image_of_page

from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.records.student_support import SPONSORSHIP
from db.services import (
    aid,
    funds,
    printing,
    records,
    register_papers,
    student_lists,
    student_notices,
    student_support,
    students,
)
from db.services.aid import GrantInput
from db.services.office import OfficeSession
from db.services.student_support import PostRow
from desktop.records.record_dialog import RecordDialog
from desktop.students.approve_dialog import ApproveDialog
from desktop.students.match_dialog import MatchDialog, donor_words
from desktop.students.notice_dialog import NoticesDialog
from desktop.students.support_columns import PILES

if TYPE_CHECKING:
    from tour_stops import Visit

_DONORS: tuple[dict[str, Value], ...] = (
    {"name": "某某机械有限公司", "donor_kind": "enterprise", "contact": "方敏", "phone": "0556-0000001", "wanted_students": 5,
     "wish": "资助父母一方患病的大学生，每人每年 3000 元，到毕业为止", "offers_posts": True},
    {"name": "汪德明", "donor_kind": "model_worker", "phone": "13900000002", "wanted_students": 1, "wish": "辅导功课，帮着找实习"},
)  # fmt: skip


def support_of_year(session: OfficeSession, year: int) -> None:
    """Two donors, one of them with money; two sponsorships with what was done; posts of which one is taken; a posted list."""
    rows = students.list_students(session, year)
    for entry in _DONORS:
        student_support.save_donor(session, RecordContent({**entry, "since": f"{year}-03-01"}))
    donors = student_support.list_donors(session)
    for donor, student in zip(donors, rows, strict=False):
        content = student_support.prepared_sponsorship(session, student, donor)
        content.values |= {"since": f"{year}-08-20", "promised": 300_000}
        content.rows["log"] = [
            {"id": "1", "on_day": f"{year}-09-01", "kind": "study", "what": "开学前谈心，送一套工具书"},
            {"id": "2", "on_day": f"{year}-10-15", "kind": "visit", "what": "到校看望，了解学习情况"},
        ]
        student_support.save_sponsorship(session, student.archive_id, content)
    company = next(row for row in donors if row.record.content.text("donor_kind") == "enterprise")
    fund = student_support.open_fund(session, company.record.record_id, year)
    given: dict[str, Value] = {"fund_id": fund.record_id, "movement": "receipt", "on_day": f"{year}-03-05", "amount": 1_500_000}
    funds.save_movement(session, RecordContent(given))
    helped = next(row for row in student_support.list_sponsorships(session) if row.content.text("donor_name") == company.name)
    aid.grant_aid(
        session,
        helped.archive_id,
        GrantInput("tuition", 300_000, person=helped.content.text("person"), fund_id=fund.record_id, reason="按捐赠方意愿"),
    )
    _posts(session, year, rows)


def _posts(session: OfficeSession, year: int, rows: list[students.StudentRow]) -> None:
    for employer, posts, work in (("某某商贸有限公司", 2, "理货、收银"), ("镇便民服务中心", 3, "窗口导办")):
        values: dict[str, Value] = {"employer": employer, "posts": posts, "work": work, "agreed_on": f"{year}-06-20", "allowance": 180_000}
        records.save_entry(session, RecordKind.WORK_STUDY, RecordContent(values))
    post: PostRow = student_support.list_posts(session)[0]
    for student in rows[:1]:
        content = student_support.prepared_placement(session, student, post)
        content.values |= {"since": f"{year}-07-10", "until": f"{year}-12-31"}
        student_support.save_placement(session, student.archive_id, content)
    notice = student_notices.prepared_notice(session, year)
    notice.values |= {"place": "镇政府公示栏、县总工会网站", "phone": "0556-0000000"}
    student_notices.save_notice(session, notice)


def student_support_room(visit: Visit, session: OfficeSession) -> None:
    """The lists of the part 捐助和岗位, its dialogs, and the papers."""
    year = int(session.today[:4])
    support_of_year(session, year)
    for pile, _ in PILES:
        visit.page("student_support", pile=pile)
        visit.take(f"student_support-{pile}")
    page = visit.page("students")
    context = visit.workspace.context
    donors = [(row, donor_words(row)) for row in student_support.list_donors(session)]
    visit.take("dialog-student-match", MatchDialog(page, "一帮一结对", students.list_students(session, year), "捐助方", donors))
    row = student_support.list_sponsorships(session)[0]
    content = records.load_record(session, row.record_id).content
    visit.take(
        "dialog-sponsorship",
        RecordDialog(page, context, SPONSORSHIP, content, "一帮一助学结对", str, hidden={"donor_id", "person"}),
    )
    approving = ApproveDialog(page, context, year, lambda _made: None)
    approving.fund.set_value(approving.fund.options()[0][0])
    approving.reason.setText("市里当年标准还没有下达，按县总工会上年标准先批")
    approving.look()
    visit.take("dialog-student-approve", approving)
    visit.take("dialog-student-notices", NoticesDialog(page, context, year))
    notice = student_notices.list_notices(session, year)[0].content
    sheets = {
        "printed-student-list": register_papers.table_pdf(student_lists.aided_list(session, year, "tuition_list")),
        "printed-student-notice": student_notices.notice_pdf(session, year, notice),
    }
    for name, pdf in sheets.items():
        image = printing.render_page(pdf, 0, 1.5)
        visit.camera.take_sheet(name, image_of_page(image.pixels, image.width, image.height, image.stride))
