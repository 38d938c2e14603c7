"""The timeline of a household: nothing told twice, nothing left out, the order of history whatever clocks said."""

import json
from pathlib import Path

from case_steps import on_day, posted
from factories import file_household
from neighbours import town_and_county

from db.domain.archive_content import new_id
from db.domain.case_words import Act
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.timeline import EventKind
from db.services import archiving, casework, exchange, merging, records, revisions, timeline
from db.services.office import OfficeSession
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
