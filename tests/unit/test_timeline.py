"""The timeline of a household: nothing told twice, nothing left out, the order of history whatever clocks said."""

import json
from pathlib import Path

from case_steps import on_day, posted
from factories import file_household
from laptops import desk_and_laptop, edit, hand_in, take_along
from neighbours import town_and_county
from round_trip import district
from sqlalchemy import insert

from db.domain.archive_content import new_id
from db.domain.case_words import Act
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.review import Reason, ReviewOutcome
from db.domain.timeline import EventKind
from db.models.exchange import PersonWarning
from db.services import (
    answering,
    archiving,
    casework,
    duplicates,
    exchange,
    handing_over,
    merging,
    monitoring,
    records,
    reviewing,
    revisions,
    timeline,
)
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput
from db.store import case_store, timeline_store

CALL = {"method": "call", "purpose": "contact", "visited_on": "2020-06-20", "visitors": "张三", "needs": "要一张床"}


def test_timeline_of__tells_each_version_once(office: OfficeSession) -> None:
    """Acts, assessments, papers and records each appear once, at the version they made, in the order of history."""
    archive_id = posted(office)
    records.save_record(office, archive_id, RecordKind.HOME_VISIT, RecordContent(dict(CALL)))
    found = timeline.timeline_of(office, archive_id)
    assert [event.revision for event in found.events] == list(range(1, len(revisions.archive_history(office, archive_id)) + 1))
    assert found.events[0].title == "建档"
    assert {event.kind for event in found.events} == {
        EventKind.FORM, EventKind.MEANS, EventKind.CASE, EventKind.NOTICE, EventKind.PAPER, EventKind.VISIT,
    }  # fmt: skip
    (notice,) = found.of_kinds([EventKind.NOTICE])
    assert notice.on == "2020-06-22" and "公示到：2020-06-29" in notice.lines
    visit = found.events[-1]
    assert (visit.on, visit.recorded_at[:10], visit.was_recorded_later) == ("2020-06-20", "2020-06-22", True)
    assert "帮扶需求：要一张床" in visit.lines and visit.place.tab == "record"
    assert timeline.by_day(found.events)[-1] is notice


def test_timeline_of__keeps_the_order_when_the_clock_was_wrong(office: OfficeSession) -> None:
    """What was recorded with the clock years back still stands after what was recorded before it."""
    archive = file_household(office, 1)
    on_day(office, "2020-06-01")
    content = archiving.load_archive(office, archive.id).content
    content.values["remarks"] = "时钟错了"
    archiving.save_archive(office, content, archive.id)
    found = timeline.timeline_of(office, archive.id).events
    assert [event.title for event in found] == ["建档", "修改"]
    assert found[1].recorded_at < found[0].recorded_at
    assert any("时钟错了" in line for line in found[1].lines)


def test_timeline_of__step_passed_over(office: OfficeSession) -> None:
    """An act that another computer recorded although the case did not stand there is told, as one that did not count."""
    archive = file_household(office, 1, worker_number="T0001")
    casework.take_step(office, archive.id, Act.CANCEL, {"cancel_reason": "duplicate", "reason": "重复"})
    with office.database.writing() as connection:
        row = timeline_store.steps(connection, archive.id)[0]
        stray = {"id": new_id(), "act": "end_notice", "device_id": "laptop", "archive_revision": 2, "made_at": "2030-01-01T09:00:00"}
        states = {"detail": {}, "first_state": json.loads(row["first_state"])}
        case_store.insert_steps(connection, [{**row, **stray, **states}])
    events = timeline.timeline_of(office, archive.id).of_kinds([EventKind.CASE, EventKind.NOTICE])
    assert [(event.title, event.counts) for event in events] == [("注销", True), ("公示结束", False)]
    assert any(line.startswith("注销原因：") for line in events[0].lines)


def test_timeline_of__merged(office: OfficeSession) -> None:
    """A merge brings in the other archive's events, each archive's in its own order."""
    kept, other = file_household(office, 1), file_household(office, 2)
    merging.merge(office, kept.id, other.id, merging.merge_offer(office, kept.id, other.id).proposal, "同一家")
    found = timeline.timeline_of(office, kept.id)
    assert found.merged_numbers == (other.archive_number,)
    assert [event.title for event in found.events if event.archive_number] == ["建档", "并入"]
    assert any(event.kind is EventKind.MOVE and not event.archive_number for event in found.events)


def test_timeline_of__sent_and_received(tmp_path: Path) -> None:
    """Both ends tell the bundle, each from its own side, and the sender the receipt."""
    with town_and_county(tmp_path) as (town, county, stick):
        archive = file_household(town, 1)
        receipt = exchange.receive_bundle(county, exchange.export_bundle(town, [archive.id], stick).path).receipt
        assert receipt is not None
        exchange.receive_bundle(town, receipt.path)
        ours = [event.title for event in timeline.timeline_of(town, archive.id).of_kinds([EventKind.EXCHANGE])]
        theirs = timeline.timeline_of(county, archive.id).events
    assert ours == ["随数据包上报潜山市总工会", "读入潜山市总工会的回执"]
    assert [event.title for event in theirs] == ["建档", "随数据包从梅城镇总工会收到"]
    assert theirs[0].who == "梅城镇总工会 陈志强"


def test_timeline_of__campaigns_and_pairs_looked_at(office: OfficeSession) -> None:
    """That a household is to be monitored, and what was decided about a double, stand at their time."""
    archive = file_household(office, 1, worker_number="34088200000001")
    twin = file_household(office, 1)
    told = {"title": "集中行动", "begins_on": "2020-01-01", "due_on": "2099-09-10", "population": ["on_file"]}
    campaign = monitoring.save_campaign(office, RecordContent(told))
    monitoring.add_households(office, campaign.record_id, [archive.id])
    duplicates.find_duplicates(office)
    for pair in duplicates.list_pairs(office, duplicates.PairState.OPEN):
        duplicates.decide_pair(office, pair.key, duplicates.PairState.DIFFERENT_PEOPLE, "只是同名")
    events = timeline.timeline_of(office, archive.id).events
    assert "集中行动" in next(event for event in events if event.title == "列入监测").lines
    judged = next(event for event in events if event.title == "查重判定")
    assert judged.lines == (f"与 {twin.archive_number} 的人：不是同一人", "只是同名") and judged.place.target == twin.id


def test_timeline_of__out_and_back(tmp_path: Path) -> None:
    """A trip on a laptop is told by the bundles that took the archive out and back, once each."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive = file_household(desk, 1)
        take_along(desk, laptop, stick, [archive.id])
        edit(laptop, archive.id, remarks="在厨房里写的")
        hand_in(desk, laptop, stick)
        told = [event.title[:4] for event in timeline.timeline_of(desk, archive.id).events]
        there = [event.title[:4] for event in timeline.timeline_of(laptop, archive.id).events]
    assert told == ["建档", "随外出包", "修改", "随带回包"]
    assert there == ["建档", "随外出包", "修改", "随带回包", "读入梅城"]


def test_timeline_of__what_hangs_on_versions(tmp_path: Path) -> None:
    """A return with its reason, a request to move, the entry into the national system and a warning, each after its version."""
    with town_and_county(tmp_path) as (town, county, stick):
        archive = file_household(town, 1)
        exchange.receive_bundle(county, exchange.export_bundle(town, [archive.id], stick).path)
        said = ReviewInput(ReviewOutcome.RETURNED, (Reason("other", "收入证明没有盖章"),), due_on="2099-01-01")
        reviewing.review(county, archive.id, said)
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        handing_over.request_hand_over(town, archive.id, "外县总工会", "搬到外县")
        events = timeline.timeline_of(town, archive.id).events
        warned = PersonWarning(
            id="w", archive_id=archive.id, person_name="张三", kind="merged", office_id="x", office_name="县", issued_at=town.now
        )
        with town.database.writing() as connection:
            connection.execute(insert(PersonWarning.__table__), warned.model_dump())
        last = timeline.timeline_of(town, archive.id).events[-1]
    review = next(event for event in events if event.kind is EventKind.REVIEW)
    assert review.revision == 1 and "收入证明没有盖章" in review.lines and "请在 2099-01-01 以前补正" in review.lines
    asked = [event for event in events if event.kind is EventKind.MOVE]
    assert {event.title for event in asked} == {"申请移交"} and "搬到外县" in asked[0].lines[0] and len(asked) == 1
    assert [event.revision for event in events] == sorted(event.revision for event in events)
    assert last.title == "上级提示可能重复建档" and last.counts


def test_timeline_of__after_a_long_round_trip(tmp_path: Path) -> None:
    """Whatever a township and its county did, each version of each archive is told exactly once, wherever it lies."""
    with district(tmp_path, seed=3, towns=1) as world:
        (town,) = world.towns
        world.work(town, filed=2, edited=2)
        path = world.export(town)
        assert path
        world.deliver(town, world.deliver(world.county, path).receipt.path)
        world.review_some(world.county, 1.0)
        for _child, answer in world.answer(world.county, [town]):
            world.apply(town, answer)
        world.work(town, filed=0, edited=2)
        world.merge(town, *town.own_ids[:2])
        for desk in world.desks:
            for archive_id in archiving.archive_ids(desk.session, archiving.ArchiveQuery()):
                events = timeline.timeline_of(desk.session, archive_id).events
                own = [event.revision for event in events if event.phase == 0 and not event.archive_number]
                history = revisions.archive_history(desk.session, archive_id)
                assert own == [entry.revision for entry in reversed(history)]
    assert "merged" in world.seen and world.seen.keys() & {"approved", "returned", "refused"}
