"""Stops of the tour about 助学就业 and 报表: a school year of a township, its registers, and the tables made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tour_camera import image_of_page
from tour_student_support import student_support_room

from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import (
    archiving,
    casework,
    demo,
    demo_casework,
    funds,
    graduates,
    printing,
    records,
    register_papers,
    report_papers,
    reports,
    student_lists,
    students,
)
from db.services.office import OfficeSession
from db.services.reports import ReportRequest
from desktop.pages import graduates as graduates_page
from desktop.pages import students as students_page
from desktop.pages.reports import ReportsPage
from desktop.students.student_dialog import StudentDialog

if TYPE_CHECKING:
    from tour_stops import Visit

_STAGES = ("bachelor", "senior_high", "junior_high", "bachelor", "primary")
_SCHOOLS = {"bachelor": "某某师范大学", "senior_high": "某某中学", "junior_high": "某某初中", "primary": "某某小学"}
_WANTED = (500_000, 200_000, 100_000, 450_000, 80_000)


def students_and_tables(visit: Visit) -> None:
    """The room 助学就业 with its piles, the registers on paper, and the room 报表."""
    session = visit.stage.new_office("槎水镇总工会", "township", "340882106", "潜山市总工会", "汪秀云")
    visit.enter(session)
    visit.page("students")
    visit.take("students-nothing-yet")
    _school_year(session)
    for part, piles in (("students", students_page.PILES), ("graduates", graduates_page.PILES)):
        for pile, _ in piles:
            visit.page(part, pile=pile)
            visit.take(f"{part}-{pile}")
    _dialogs(visit, session)
    student_support_room(visit, session)
    _tables(visit)
    year = int(session.today[:4])
    sheets = {
        "printed-graduates": register_papers.table_pdf(graduates.graduate_register(session)),
        "printed-students": register_papers.table_pdf(student_lists.student_register(session, year)),
        "printed-table": report_papers.report_pdf(session, reports.make_report(session, ReportRequest("tuition", year))),
    }
    for name, pdf in sheets.items():
        page_image = printing.render_page(pdf, 0, 1.5)
        visit.camera.take_sheet(name, image_of_page(page_image.pixels, page_image.width, page_image.height, page_image.stride))
    visit.enter(visit.stage.empty)
    visit.camera.settle(visit.window)
    session.close()


def _dialogs(visit: Visit, session: OfficeSession) -> None:
    """The registration of a new student, and one of a household that is on file for money it cannot have."""
    page = visit.page("students")
    first = students.list_students(session, int(session.today[:4]))[0]
    archive = archiving.load_archive(session, first.archive_id)
    content = records.load_record(session, first.record_id).content
    visit.take("dialog-student", StudentDialog(page, visit.workspace.context, archive, content, "助学登记", str))
    day = session.today
    content.rows["evidence"] = [
        {"id": "1", "paper": "school_report", "seen_on": day, "seen_by": session.clerk.name, "returned_on": day, "returned_to": first.name}
    ]
    lower = StudentDialog(page, visit.workspace.context, archive, content, "助学登记", str)
    lower.show()
    visit.camera.settle(lower)
    lower.show_lowest()
    visit.camera.take("dialog-student-papers", visit.window, lower)
    lower.close()
    content.values["regime"] = "province_fund"
    visit.take("dialog-student-stopped", StudentDialog(page, visit.workspace.context, archive, content, "助学登记", str))


def _tables(visit: Visit) -> None:
    for report_id in ("tuition", "tuition_need", "tuition_need_offices", "tuition_need_detail"):
        page = visit.page("reports", report_id=report_id)
        assert isinstance(page, ReportsPage)
        visit.take(f"reports-{report_id}")


def _school_year(session: OfficeSession) -> None:
    """Households on file with children at school; most are registered, two have finished, money came in."""
    demo_casework.set_up_policy(session)
    year = int(session.today[:4])
    ids = demo.fill_office(session, 12, seed=91)
    seen = 0
    for archive_id in ids:
        casework.take_step(session, archive_id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
        archive = archiving.load_archive(session, archive_id)
        pupils = [item.member_id for item in students.unregistered(session, year) if item.archive_id == archive_id]
        for member_id in pupils[:1]:
            if seen < len(_STAGES):
                _register(session, archive.id, member_id, seen, year)
                seen += 1
    for row in graduates.finishing(session, year)[:1]:
        content = graduates.prepared_graduate(session, row.record_id)
        content.values |= {"major": "护理学", "phone": "13900001111", "responsible": "汪秀云 0556-0000000", "origin": "安徽潜山",
                           "education": "bachelor", "wish_place": "潜山", "wish_post": "护士"}  # fmt: skip
        graduates.save_graduate(session, row.archive_id, content)
    values: dict[str, Value] = {"name": "金秋助学专项", "source_kind": "county", "year": year, "begins_on": f"{year}-01-01",
                                "needs_archive": True, "allowed_items": ["tuition"]}  # fmt: skip
    made = funds.save_fund(session, RecordContent(values))
    received: dict[str, Value] = {"fund_id": made.record_id, "movement": "receipt", "on_day": f"{year}-06-01", "amount": 12_000_000}
    funds.save_movement(session, RecordContent(received))
    for title, children in (("梅城社区暑期托管班", 32), ("开发区工会托管班", 25)):
        entry: dict[str, Value] = {"title": title, "begins_on": f"{year}-07-06", "children": children}
        records.save_entry(session, RecordKind.DAY_CARE, RecordContent(entry))


def _register(session: OfficeSession, archive_id: str, member_id: str, number: int, year: int) -> None:
    stage = _STAGES[number]
    finished = stage == "bachelor"
    content = students.prepared_student(session, archive_id, member_id, year)
    content.values |= {
        "stage": stage,
        "school": _SCHOOLS[stage],
        "school_region": "340882",
        "registered_on": f"{year}-07-08",
        "student_kind": "continuing" if finished else "new",
        "enrolled_year": year - 4 if finished else year,
        "study_years": 4 if finished else 3,
        "amount_wanted": _WANTED[number],
    }
    students.save_student(session, archive_id, content)
