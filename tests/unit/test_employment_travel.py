"""Graduates and services at the county: the same lists over every township, read there, written only where they belong."""

from pathlib import Path

import pytest
from aid_money import in_2022
from factories import citizen_number, file_household
from neighbours import carry, town_and_county

from db.domain.due_words import DueKind
from db.errors import UserError
from db.services import aid_services, archiving, employment_targets, graduates, work_board

NUMBER = citizen_number("63010420000101123")


def test_county__counts_what_its_townships_sent_and_leaves_the_calls_to_them(tmp_path: Path) -> None:
    """Targets with names, services waited for; reminders stay with the township, so does writing."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            in_2022(session)
        archive = file_household(town, 1)
        archive.content.members[0] |= {"id_number": NUMBER, "member_identity": "unemployed", "name": "林小雨"}
        archive = archiving.save_archive(town, archive.content, archive.id)
        begun = graduates.prepared_from_member(town, archive.id, str(archive.content.members[0]["id"]))
        begun.values |= {"registered_on": "2022-05-01", "graduation_year": 2022, "school": "某大学", "education": "bachelor",
                         "major": "护理学", "origin": "西宁", "phone": "13900001111", "responsible": "李秀兰"}  # fmt: skip
        begun.rows["services"] = [{"id": "1", "on_day": "2022-05-10", "kind": "post", "what": "推荐 3 个岗位"}]
        graduates.save_graduate(town, archive.id, begun)
        service = aid_services.prepared_service(town, "referral")
        service.values |= {"agency": "housing", "what": "申请公租房", "on_day": "2022-05-01", "answer_by": "2022-06-01"}
        aid_services.save_service(town, archive.id, service)
        carry(town, county, stick)
        [row] = graduates.list_graduates(county)
        assert (row.name, row.office_id, row.content.rows["services"][0]["what"]) == ("林小雨", town.office.id, "推荐 3 个岗位")
        assert employment_targets.targets(county, 2022)[1].missing == ("林小雨",)
        assert [each.content.text("what") for each in aid_services.waiting(county)] == ["申请公租房"]
        for kind in (DueKind.GRADUATE, DueKind.REFERRAL):
            assert len(work_board.kind_items(town, kind)) == 1 and work_board.kind_items(county, kind) == []
        assert len(graduates.due(town)) == 1 and graduates.due(county) == []
        with pytest.raises(UserError):
            graduates.add_line(county, row, "services", {"on_day": "2022-06-01", "kind": "post"})
