"""Help that is no money: noted, waited for, asked after, counted; and the plan of a household against all it got."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aid_money import fund, in_2022, on_file
from factories import make_office
from pdf_words import pdf_text

from db.domain.due_words import DueKind
from db.domain.plan_progress import MeasureState
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import aid, aid_services, records, register_papers, reports, work_board
from db.services.aid import GrantInput
from db.services.office import OfficeSession
from db.services.reports import ReportRequest


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def service(office: OfficeSession, archive_id: str, kind: str, record_id: str = "", **more: Any) -> records.Record:
    """A service as the dialog begins it, with what a clerk adds."""
    content = aid_services.prepared_service(office, kind)
    content.values |= {"what": "为全家申请低保", **more}
    return aid_services.save_service(office, archive_id, content, record_id)


def test_referral__waits_until_it_is_decided_and_stands_on_the_board(office: OfficeSession) -> None:
    """Asked after in a month; being dealt with still waits; decided, it is off the board and counted with its worth."""
    archive = on_file(office)
    made = service(office, archive.id, "referral", agency="civil_affairs", agency_name="城西区民政局 王某")
    assert made.content.text("answer_by") == "2022-07-31"
    in_2022(office, "2022-08-01")
    [row] = aid_services.waiting(office)
    assert (row.words, row.answer) == ("转介　民政（低保、临时救助）", "等答复")
    told = work_board.kind_items(office, DueKind.REFERRAL)
    assert [(item.day, item.words, item.record_id) for item in told] == [("2022-07-31", "为全家申请低保", made.record_id)]
    begun = {**made.content.values, "answer": "accepted", "answered_on": "2022-08-01"}
    aid_services.save_service(office, archive.id, RecordContent(begun), made.record_id)
    assert len(aid_services.waiting(office)) == 1
    decided = {**begun, "answer": "granted", "worth": 105_000}
    aid_services.save_service(office, archive.id, RecordContent(decided), made.record_id)
    assert aid_services.waiting(office) == [] and work_board.kind_items(office, DueKind.REFERRAL) == []
    count = next(item for item in aid_services.counts(office, "2022-07-01", "2022-07-31") if item.kind == "referral")
    assert (count.times, count.households, count.granted, count.waiting, count.worth) == (1, 1, 1, 0, 105_000)
    log = pdf_text(register_papers.table_pdf(aid_services.services_paper(office, aid_services.list_services(office, 2022), "转介台帐")))
    assert "民政（低保、临时救助）" in log and "已办成" in log and archive.archive_number in log
    told = reports.make_report(office, ReportRequest("services", 2022))
    assert [told.value(code).exact for code in ("B1", "T1", "T2", "T3", "T4", "T5")] == [1, 1, 1, 1, 0, 105_000]
    before = reports.make_report(office, ReportRequest("services", 2022, begins="2022-07-01", ends="2022-07-31"))
    assert [before.value(code).exact for code in ("B3", "B4")] == [0, 1]


def test_service__what_is_given_at_once_waits_for_nobody(office: OfficeSession) -> None:
    """Advice and a training have no answer to wait for, a lawsuit has; an answer needs its day."""
    archive = on_file(office)
    advice = service(office, archive.id, "legal", legal_matter="wages", legal_way="advice")
    course = service(office, archive.id, "employment", employment_way="skills")
    assert not advice.content.text("answer_by") and not course.content.text("answer_by")
    assert service(office, archive.id, "legal", legal_matter="injury", legal_way="lawsuit").content.text("answer_by")
    early = {"answer": "granted", "answered_on": "2022-06-01"}
    for wrong in ({"answer": "granted"}, {"answered_on": "2022-07-01"}, early, {"agency": None}):
        with pytest.raises(UserError):
            service(office, archive.id, "referral", **{"agency": "disabled", **wrong})
    assert [item.content.text("service_kind") for item in aid_services.services_of(office, archive.id)].count("legal") == 2


def test_progress__measures_done_against_planned_with_what_there_is_to_show(office: OfficeSession) -> None:
    """Money, a service of a named measure, one that is late, and help that nobody planned."""
    archive, paid = on_file(office), fund(office)
    assert aid_services.household_progress(office, archive.id).plan is None
    plan = {"year": 2022, "made_on": "2022-05-01", "needs": "低保；收入", "goal": "年内脱困"}
    records.save_record(office, archive.id, RecordKind.HELP_PLAN, RecordContent({**plan}))

    def measure(kind: str, due: str, **more: str) -> str:
        values = {"measure_kind": kind, "content": f"落实{kind}", "responsible": "李秀兰", "planned_on": "2022-05-01", "due_on": due}
        return records.save_record(office, archive.id, RecordKind.MEASURE, RecordContent({**values, **more})).record_id

    living, referral = measure("living", "2022-12-31"), measure("referral", "2022-06-30")
    measure("skills", "2022-09-30")
    old = {"done_on": "2021-12-01", "planned_on": "2021-05-01"}
    measure("medical", "2021-12-31", **old)
    aid.grant_aid(office, archive.id, GrantInput("living", 100_000, fund_id=paid))
    aid.grant_aid(office, archive.id, GrantInput("warmth", goods="大米 10 公斤", reason="春节慰问"))
    assert aid_services.prepared_service(office, "referral", referral).text("what") == "落实referral"
    service(office, archive.id, "referral", agency="disabled", measure_id=referral)
    found = aid_services.household_progress(office, archive.id)
    states = {line.record_id: (line.state, len(line.shown_by)) for line in found.measures}
    assert states[living] == (MeasureState.OPEN, 1) and states[referral] == (MeasureState.LATE, 1)
    assert [line.record_id for line in found.measures if line.may_be_done] == [living]
    assert (found.planned, found.done, found.late) == (3, 0, 1) and [each.code for each in found.unplanned] == ["warmth"]
    aid_services.finish_measure(office, referral, "2022-07-01", "残联已发补贴")
    after = aid_services.household_progress(office, archive.id)
    assert (after.done, after.late) == (1, 0) and after.measures[-1].when == "2022-07-01 完成"
