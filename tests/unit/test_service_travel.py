"""Help that is no money, by an office above for a household of an office below: beside the archive, as its grants are."""

from pathlib import Path
from typing import Any

from aid_money import in_2022, on_file
from factories import make_office
from neighbours import acquaint, carry, expect_refusal, town_and_county

from db.domain.due_words import DueKind
from db.domain.merging import Choices
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.timeline import EventKind
from db.services import (
    aid_applications,
    aid_services,
    answering,
    archiving,
    case_list,
    exchange,
    merging,
    records,
    reports,
    timeline,
    work_board,
)
from db.services.archiving import Archive
from db.services.case_list import Due
from db.services.office import OfficeSession
from db.services.records import Record
from db.services.reports import ReportRequest


def _referral(session: OfficeSession, archive: Archive, **more: Any) -> Record:
    content = aid_services.prepared_service(session, "referral")
    content.values |= {"agency": "housing", "what": "申请公租房", "on_day": "2022-06-20", **more}
    return aid_services.save_service(session, archive.id, content)


def _answer(above: OfficeSession, below: OfficeSession, stick: Path) -> Any:
    sent = answering.write_answer(above, below.office.id, stick)
    return exchange.receive_bundle(below, sent.path)


def _decided(session: OfficeSession, made: Record) -> Record:
    told = {**made.content.values, "answer": "granted", "answered_on": "2022-06-28", "worth": 60_000}
    return aid_services.save_service(session, made.archive_id, RecordContent(told), made.record_id)


def _table(session: OfficeSession) -> list[int]:
    """Of the referrals, and of all services of the year: how many, households, with success, waiting, worth."""
    told = reports.make_report(session, ReportRequest("services", 2022))
    return [int(told.value(code).exact or 0) for code in ("T1", "T2", "T3", "T4", "T5")]


def test_county__its_service_stands_with_the_township_and_is_nobody_elses(tmp_path: Path) -> None:
    """Noted upon the township's application, seen and counted there after the answer, changed and asked after by the county alone."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            in_2022(session)
        archive = on_file(town)
        asked = {"item": "referral", "applied_on": "2022-06-18", "reason": "没有住房"}
        application = records.save_record(town, archive.id, RecordKind.AID_APPLICATION, RecordContent({**asked}))
        carry(town, county, stick)
        revision = archiving.load_archive(county, archive.id).revision
        assert case_list.case_ids(town, case_list.CaseQuery(due=Due.NEVER_HELPED)) == [archive.id]
        made = _referral(county, archive, application_id=application.record_id)
        assert archiving.load_archive(county, archive.id).revision == revision
        assert [row.office_id for row in aid_services.waiting(county)] == [county.office.id]
        assert aid_applications.open_applications(county) == [] and len(aid_applications.open_applications(town)) == 1
        outcome = _answer(county, town, stick)
        assert [entry.title for entry in outcome.news.entries] == ["上级办的帮扶服务"]
        assert archive.archive_number in outcome.news.entries[0].line
        [seen] = aid_services.services_of(town, archive.id)
        assert (seen.record_id, seen.office_id, seen.archive_id) == (made.record_id, county.office.id, archive.id)
        assert aid_applications.open_applications(town) == [] and _table(town) == _table(county) == [1, 1, 0, 1, 0]
        for session in (town, county):
            assert case_list.case_ids(session, case_list.CaseQuery(due=Due.NEVER_HELPED)) == []
        assert not aid_services.may_change(town, seen, archive.id)
        expect_refusal(lambda: _decided(town, seen), "record_not_ours")
        expect_refusal(lambda: aid_services.remove_service(town, seen.record_id, "不是我们办的"), "record_not_ours")
        for session in (town, county):
            in_2022(session, "2022-08-01")
        assert work_board.kind_items(town, DueKind.REFERRAL) == []
        assert [item.record_id for item in work_board.kind_items(county, DueKind.REFERRAL)] == [made.record_id]
        _decided(county, made)
        _answer(county, town, stick)
        assert _table(town) == _table(county) == [1, 1, 1, 0, 60_000]
        told = [event for event in timeline.timeline_of(town, archive.id).events if event.kind is EventKind.AID]
        assert any(county.office.name in event.who and "修改帮扶服务" in event.title for event in told)
        aid_services.remove_service(county, made.record_id, "记错了户")
        _answer(county, town, stick)
        assert aid_services.services_of(town, archive.id) == [] and _table(town) == [0, 0, 0, 0, 0]


def test_county__tells_a_township_of_its_own_households_only(tmp_path: Path) -> None:
    """What was done for a household of one township does not go down to another; an archive that goes takes it along."""
    with town_and_county(tmp_path) as (town, county, stick):
        other, _ = make_office(tmp_path / "other", "城北街道总工会")
        acquaint(other, county, tmp_path)
        for session in (town, county, other):
            in_2022(session)
        archive, next_door = on_file(town), on_file(other, 2)
        for session in (town, other):
            carry(session, county, stick)
        _referral(county, archive)
        _referral(county, next_door, what="申请残疾补贴", agency="disabled")
        _answer(county, other, stick)
        assert [row.content.text("what") for row in aid_services.list_services(other, 2022)] == ["申请残疾补贴"]
        with other.database.reading() as connection:
            held = connection.exec_driver_sql(
                "SELECT count(*) FROM office_record WHERE kind = 'office_service'"
            ).scalar_one()
        assert held == 1
        other.close()


def test_merged__its_services_go_on_in_the_kept_archive(tmp_path: Path) -> None:
    """Both the keeper's and the county's count once, stay to be asked after, and can be finished in the kept archive."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            in_2022(session)
        kept, merged = on_file(town, 1), on_file(town, 1)
        ours = _referral(town, merged)
        carry(town, county, stick)
        theirs = _referral(county, merged, what="申请低保", agency="civil_affairs")
        _answer(county, town, stick)
        made = merging.merge(town, kept.id, merged.id, Choices())
        assert {row.archive_id for row in aid_services.waiting(town)} == {kept.id} and _table(town) == [2, 1, 0, 2, 0]
        told = {**ours.content.values, "answer": "granted", "answered_on": "2022-06-28", "worth": 60_000}
        gone_on = aid_services.save_service(
            town, kept.id, RecordContent(told), ours.record_id, expected_version=ours.id
        )
        assert gone_on.archive_id == kept.id and gone_on.record_id != ours.record_id
        assert {item.record_id for item in aid_services.services_of(town, kept.id)} == {
            gone_on.record_id,
            theirs.record_id,
        }
        assert _table(town) == [2, 1, 1, 1, 60_000]
        carry(town, county, stick)
        assert _table(county) == [2, 1, 1, 1, 60_000]
        merging.undo_merge(town, made.id)
        assert [item.record_id for item in aid_services.services_of(town, merged.id)] == [
            ours.record_id,
            theirs.record_id,
        ]


def test_service__of_an_archive_that_was_merged_is_refused(tmp_path: Path) -> None:
    """It takes none of its own; the same for several households is noted for all or for none."""
    town, _ = make_office(tmp_path / "town")
    in_2022(town)
    kept, merged = on_file(town, 1), on_file(town, 1)
    merging.merge(town, kept.id, merged.id, Choices())
    expect_refusal(lambda: _referral(town, merged), "archive_merged")
    content = _referral(town, kept).content
    expect_refusal(lambda: aid_services.save_for_many(town, [kept.id, merged.id], content), "archive_merged")
    assert len(aid_services.services_of(town, kept.id)) == 1
    town.close()
