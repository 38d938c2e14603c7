"""Records beside an archive and registers of an office: versions, checks, and their way up, down, out and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import file_household, make_office
from laptops import desk_and_laptop, hand_in, take_along
from neighbours import dump, town_and_county

from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import answering, archiving, exchange, health, records, undoing
from db.services.office import OfficeSession
from db.services.revisions import archive_history
from db.store import record_store

CALL = {"method": "call", "purpose": "contact", "visited_on": "2026-11-20", "visitors": "张三"}


def visit(**values: Any) -> RecordContent:
    """A call of an invented cadre."""
    return RecordContent({**CALL, **values})


def campaign(title: str = "回头看") -> RecordContent:
    """A campaign of an invented county."""
    values = {"title": title, "begins_on": "2026-11-01", "due_on": "2026-12-10", "population": ["exited"]}
    return RecordContent(values)


def cadre(name: str = "李四") -> RecordContent:
    """An entry of an invented cadre."""
    return RecordContent({"name": name, "unit": "镇总工会", "phone": "0556-1234567", "is_leader": False})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """An office of its own."""
    session, _ = make_office(tmp_path / "office")
    yield session
    session.close()


def test_save_record__keeps_versions_and_signs_them(office: OfficeSession) -> None:
    """A changed record counts once, both versions are kept, and each is a revision of the archive."""
    archive = file_household(office, 1)
    first = records.save_record(office, archive.id, RecordKind.HOME_VISIT, visit())
    second = records.save_record(office, archive.id, RecordKind.HOME_VISIT, visit(needs="要一张床"), first.record_id)
    assert [item.id for item in records.list_records(office, archive.id)] == [second.id]
    assert [item.id for item in records.record_versions(office, first.record_id)] == [first.id, second.id]
    told = [entry for entry in archive_history(office, archive.id) if entry.action == "record"]
    assert len(told) == 2 and "张三" in told[0].reason and told[0].leaves_form
    assert archiving.load_archive(office, archive.id).revision == 3


def test_save_record__refuses_what_is_wrong(office: OfficeSession) -> None:
    """The first fault is told, all are given, and nothing is stored."""
    archive = file_household(office, 1)
    with pytest.raises(UserError) as caught:
        records.save_record(office, archive.id, RecordKind.HOME_VISIT, visit(visited_on="2030-01-01", visitors=""))
    assert [item.field for item in caught.value.context["faults"]] == ["visited_on", "visitors"]
    with pytest.raises(UserError):
        records.save_record(office, archive.id, RecordKind.HOME_VISIT, visit(method="telepathy"))
    assert records.list_records(office, archive.id) == []
    assert archiving.load_archive(office, archive.id).revision == 1


def test_save_record__seen_by_two(office: OfficeSession) -> None:
    """Who edited an older version is told, and the record stays as it is."""
    archive = file_household(office, 1)
    first = records.save_record(office, archive.id, RecordKind.HOME_VISIT, visit())
    records.save_record(office, archive.id, RecordKind.HOME_VISIT, visit(needs="甲"), first.record_id)
    with pytest.raises(UserError) as caught:
        records.save_record(
            office, archive.id, RecordKind.HOME_VISIT, visit(needs="乙"), first.record_id, expected_version=first.id
        )
    assert caught.value.code == "record_changed_elsewhere"


def test_remove_record__needs_a_reason_and_keeps_the_versions(office: OfficeSession) -> None:
    """A removed record stands in no list; its versions and the reason are kept."""
    archive = file_household(office, 1)
    made = records.save_record(office, archive.id, RecordKind.HOME_VISIT, visit())
    with pytest.raises(UserError):
        records.remove_record(office, made.record_id, " ")
    records.remove_record(office, made.record_id, "记错了人家")
    assert records.list_records(office, archive.id) == []
    assert [item.is_removed for item in records.record_versions(office, made.record_id)] == [False, True]
    assert "记错了人家" in archive_history(office, archive.id)[0].reason
    with pytest.raises(UserError):
        records.load_record(office, made.record_id)


def test_bundles__records_and_registers_travel_up_and_campaigns_down(tmp_path: Path) -> None:
    """The county sees visits and cadres, its campaign comes down, the township's entries stay its own."""
    with town_and_county(tmp_path) as (town, county, stick):
        archive = file_household(town, 1)
        made = records.save_record(town, archive.id, RecordKind.HOME_VISIT, visit())
        entry = records.save_entry(town, RecordKind.CADRE, cadre())
        records.save_entry(county, RecordKind.CAMPAIGN, campaign())
        records.save_entry(county, RecordKind.CADRE, cadre("王五"))
        before = dump(county)
        outcome = exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        assert [item.id for item in records.list_records(county, archive.id)] == [made.id]
        assert [item.id for item in records.list_entries(county, RecordKind.CADRE, town.office.id)] == [entry.id]
        with pytest.raises(UserError) as caught:
            records.save_entry(county, RecordKind.CADRE, cadre("赵六"), entry.record_id)
        assert caught.value.code == "record_not_ours"
        assert health.check_office(county) and not [
            item.title for item in health.check_office(county) if item.level == health.ERROR
        ]
        undoing.undo_last(county, outcome.bundle_id)
        after = dump(county)
        assert (after["case_record"], after["office_record"]) == (before["case_record"], before["office_record"])
        exchange.receive_bundle(county, exchange.export_bundle(town, [archive.id], stick).path)
        answer = answering.write_answer(county, town.office.id, stick)
        news = exchange.receive_bundle(town, answer.path).news
        assert [item.content.text("title") for item in records.list_entries(town, RecordKind.CAMPAIGN, "")] == ["回头看"]
        assert any("回头看" in line for line in news.lines()) and len(news.entries) == 1 and "回头看" in news.entries[0].line
        assert records.list_entries(town, RecordKind.CADRE, county.office.id) == []


def test_bundles__laptop_takes_registers_out_and_brings_records_back(tmp_path: Path) -> None:
    """What was noted on the laptop and what was noted at the desk meanwhile both stand, one version of a record counts."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive = file_household(desk, 1)
        made = records.save_record(desk, archive.id, RecordKind.HOME_VISIT, visit())
        records.save_entry(desk, RecordKind.CADRE, cadre())
        take_along(desk, laptop, stick, [archive.id])
        assert len(records.list_entries(laptop, RecordKind.CADRE)) == 1
        there = records.save_record(laptop, archive.id, RecordKind.HOME_VISIT, visit(needs="外出所记"), made.record_id)
        records.save_record(laptop, archive.id, RecordKind.HOME_VISIT, visit(visitors="李四、王五", method="home"))
        hand_in(desk, laptop, stick)
        found = {item.record_id: item for item in records.list_records(desk, archive.id)}
        assert len(found) == 2 and found[made.record_id].id == there.id
        with desk.database.reading() as connection:
            assert record_store.wrongly_marked(connection) == []


def test_bundles__a_register_that_changed_goes_up_alone(tmp_path: Path) -> None:
    """Where no archive has changed the bundle holds none; once it is written there is nothing left to say."""
    with town_and_county(tmp_path) as (town, county, stick):
        assert exchange.registers_waiting(town) == 0
        entry = records.save_entry(town, RecordKind.CADRE, cadre())
        assert exchange.registers_waiting(town) == 1
        written = exchange.export_bundle(town, None, stick)
        outcome = exchange.receive_bundle(county, written.path)
        assert (outcome.new_count, outcome.archive_count) == (0, 0)
        assert [item.id for item in records.list_entries(county, RecordKind.CADRE, town.office.id)] == [entry.id]
        assert exchange.registers_waiting(town) == 0
        with pytest.raises(UserError) as caught:
            exchange.export_bundle(town, None, stick)
        assert caught.value.code == "nothing_to_export"
        records.save_entry(town, RecordKind.CADRE, cadre("王五"), entry.record_id)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        assert [item.content.text("name") for item in records.list_entries(county, RecordKind.CADRE, "")] == ["王五"]
