"""Registers of people go on with the household: who is on record in a merged archive is neither asked for nor counted again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aid_money import in_2022, on_file
from factories import citizen_number, make_office, photo
from neighbours import carry, town_and_county

from db.domain.due_words import DueKind
from db.domain.form_schema import Value
from db.domain.merging import Choices
from db.domain.records.record_form import RecordContent, Row
from db.services import (
    archiving,
    attachments,
    employment_targets,
    former_archives,
    graduates,
    merging,
    reports,
    students,
    work_board,
)
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.records import Record
from db.services.reports import ReportRequest

NUMBER = citizen_number("63010420000101123")

_WORK: Row = {"on_day": "2022-08-10", "stage": "employed", "employer": "城西区医院"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def _family(office: OfficeSession, seed: int, identity: str) -> Archive:
    archive = on_file(office, seed)
    archive.content.members[0] |= {
        "id_number": NUMBER,
        "member_identity": identity,
        "name": "林小雨",
        "relation_to_head": "son",
    }
    return archiving.save_archive(office, archive.content, archive.id)


def _child(archive: Archive) -> str:
    return str(archive.content.members[0]["id"])


def _graduate(office: OfficeSession, archive: Archive) -> Record:
    begun = graduates.prepared_from_member(office, archive.id, _child(archive))
    begun.values |= {"registered_on": "2022-06-01", "graduation_year": 2022, "school": "某大学", "education": "bachelor",
                     "major": "护理学", "origin": "西宁", "phone": "13900001111", "responsible": "李秀兰"}  # fmt: skip
    begun.rows["services"] = [{"id": "1", "on_day": "2022-06-02", "kind": "post", "what": "推荐 3 个岗位"}]
    return graduates.save_graduate(office, archive.id, begun)


def _employment(office: OfficeSession) -> list[int]:
    """Asked for, at work, services."""
    goal = employment_targets.targets(office, 2022)[1]
    served = sum(item.times for item in employment_targets.service_counts(office, "2022-01-01", "2022-12-31"))
    table = reports.make_report(office, ReportRequest("graduate_services", 2022))
    assert [table.value(code).exact for code in ("T1", "T2")] == [served, 1]
    return [goal.asked, goal.reached, served]


def test_graduate__goes_on_in_the_kept_archive(office: OfficeSession) -> None:
    """One row, one reminder, nobody asked for anew; found work in the kept archive, with all that was done and how it began."""
    kept, merged = _family(office, 1, "unemployed"), _family(office, 2, "unemployed")
    first = _graduate(office, merged)
    before = _employment(office)
    made = merging.merge(office, kept.id, merged.id, Choices())
    [row] = graduates.list_graduates(office)
    assert (row.archive_id, row.record_id, row.was_unemployed) == (kept.id, first.record_id, True)
    assert graduates.likely(office) == [] and _employment(office) == before == [1, 0, 1]
    in_2022(office, "2022-08-15")
    assert [(item.archive_id, item.record_id) for item in work_board.kind_items(office, DueKind.GRADUATE)] == [
        (kept.id, first.record_id)
    ]
    assert [each.name for each in graduates.due(office)] == ["林小雨"]
    gone_on = graduates.add_line(office, row, "stages", {**_WORK})
    assert gone_on.archive_id == kept.id and gone_on.content.text("person") == _child(kept)
    [after] = graduates.list_graduates(office)
    assert (after.record_id, after.status, after.was_unemployed) == (gone_on.record_id, "employed", True)
    assert [item.record_id for item in former_archives.register_records(office, kept.id)] == [gone_on.record_id]
    assert _employment(office) == [1, 1, 1] and work_board.kind_items(office, DueKind.GRADUATE) == []
    graduates.add_line(office, after, "follow_ups", {"on_day": "2022-08-14", "way": "phone", "situation": "steady"})
    assert len(graduates.list_graduates(office)) == 1 and _employment(office) == [1, 1, 2]
    merging.undo_merge(office, made.id)
    assert {row.record_id for row in graduates.list_graduates(office)} == {first.record_id, gone_on.record_id}


def test_graduate__taken_out_in_the_kept_archive_stays_out(office: OfficeSession) -> None:
    """What stands in the merged archive does not come back, and the member may be asked about again."""
    kept, merged = _family(office, 1, "unemployed"), _family(office, 2, "unemployed")
    first = _graduate(office, merged)
    merging.merge(office, kept.id, merged.id, Choices())
    former_archives.remove_household_record(office, kept.id, first.record_id, "登记错了人")
    assert graduates.list_graduates(office) == [] and [each.name for each in graduates.likely(office)] == ["林小雨"]
    assert former_archives.register_records(office, kept.id) == []


def test_county__sees_the_graduate_once(tmp_path: Path) -> None:
    """Merge and record travel: the county counts the person where the household stands."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            in_2022(session)
        kept, merged = _family(town, 1, "unemployed"), _family(town, 2, "unemployed")
        _graduate(town, merged)
        carry(town, county, stick)
        merging.merge(town, kept.id, merged.id, Choices())
        carry(town, county, stick)
        [row] = graduates.list_graduates(county)
        assert row.archive_id == kept.id and _employment(county) == [1, 0, 1]
        graduates.add_line(
            town,
            graduates.list_graduates(town)[0],
            "stages",
            {**_WORK, "on_day": "2022-06-20"},
        )
        carry(town, county, stick)
        assert _employment(county) == _employment(town) == [1, 1, 1] and len(graduates.list_graduates(county)) == 1


def _registration(office: OfficeSession, archive: Archive, **more: Value) -> RecordContent:
    content = students.prepared_student(office, archive.id, _child(archive), 2022)
    told: dict[str, Value] = {"student_kind": "new", "stage": "bachelor", "school": "某大学", "school_region": "630104",
                              "enrolled_year": 2022, "study_years": 4, "amount_wanted": 500_000}  # fmt: skip
    content.values |= {**told, **more}
    return content


def _needs(office: OfficeSession) -> list[int]:
    """Students and 分 asked for, of all kinds of households."""
    told = reports.make_report(office, ReportRequest("tuition_need", 2022))
    return [int(told.value(code).exact or 0) for code in ("TP", "TM")]


def test_student__goes_on_in_the_kept_archive(office: OfficeSession) -> None:
    """Changed, it is the kept archive's, with its person and papers; listed once, changed again, and neither asked for nor lost."""
    kept, merged = _family(office, 1, "college"), _family(office, 2, "college")
    letter = attachments.add_attachment(office, merged.id, "录取通知书.jpg", photo(), "admission_letter")
    first = students.save_student(office, merged.id, _registration(office, merged, papers=[letter.id]))
    assert _needs(office) == [1, 500_000]
    merging.merge(office, kept.id, merged.id, Choices(papers=True))
    [row] = students.list_students(office, 2022)
    assert row.is_former and row.archive_id == kept.id and _needs(office) == [1, 500_000]
    content = former_archives.content_here(office, kept.id, first)
    [taken] = attachments.list_attachments(office, kept.id)
    assert content.values["papers"] == [taken.id] and content.text("person") == _child(kept)
    content.values["amount_wanted"] = 300_000
    gone_on = students.save_student(office, kept.id, content, first.record_id, expected_version=first.id)
    [row] = students.list_students(office, 2022)
    assert (row.record_id, row.is_former, row.wanted) == (gone_on.record_id, False, 300_000)
    again = students.save_student(office, kept.id, gone_on.content, gone_on.record_id, expected_version=gone_on.id)
    assert again.record_id == gone_on.record_id and _needs(office) == [1, 300_000]
    assert NUMBER not in {item.number for item in students.unregistered(office, 2022)} and students.doubles(office, 2022) == []
    former_archives.remove_household_record(office, kept.id, gone_on.record_id, "不读了")
    assert students.list_students(office, 2022) == []
