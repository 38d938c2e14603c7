"""Programmes: whom one reaches follows from the archives, what it allows is held to, and its sums are those of the grants."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aid_money import card_number, citizen, fund, in_2022, on_file
from factories import file_household, make_office, member
from neighbours import carry, expect_refusal, town_and_county, unchanged
from payments import another_clerk, pay

from db.domain.aid.aid_check import Weight
from db.domain.due_words import DueKind
from db.domain.merging import Choices
from db.domain.records.record_form import RecordContent
from db.services import (
    aid,
    answering,
    archiving,
    disbursement,
    exchange,
    merging,
    programmes,
    quotas,
    work_board,
    year_calendar,
)
from db.services.aid import GrantInput
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.programmes import Programme, ProgrammePile, ProgrammeQuery, ProgrammeSums

WHY = "领导小组会议研究同意"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township in the summer of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def programme(session: OfficeSession, **values: Any) -> Programme:
    """A programme of 2022 that gives goods and money for New Year."""
    plain = {"title": "2022 年冬季送温暖", "programme_kind": "warmth", "year": 2022, "begins_on": "2022-06-01", "items": ["warmth"]}
    made = programmes.save_programme(session, RecordContent({**plain, **values}))
    return programmes.programme_of(session, made.record_id)


def reached(session: OfficeSession, item: Programme, **filters: Any) -> list[str]:
    """Ids of the households of a programme."""
    return programmes.household_ids(session, ProgrammeQuery(programme_id=item.id, content=item.content, **filters))


def given(within: Programme, amount: int = 100_000, **more: Any) -> GrantInput:
    """A grant in a programme; nothing in money is nothing without goods."""
    plain = {"item": "warmth", "amount": amount, "programme_id": within.id, "programme_title": within.title,
             "reason": WHY}  # fmt: skip
    return GrantInput(**{**plain, **more})


def codes(session: OfficeSession, archive: Archive, wanted: GrantInput, weight: Weight) -> set[str]:
    """What of this weight the program says of a grant."""
    return {found.code for found in aid.look_at_grant(session, archive.id, wanted).findings if found.weight is weight}


# -- whom it reaches ----------------------------------------------------------------------------------------------


def test_population__is_what_every_filter_leaves(office: OfficeSession) -> None:
    """Within a filter one answer is enough, several filters must all be met; who is not on file is not reached unasked."""
    old = on_file(office, 1, id_number=None, birth_on="1960-01-01", health_status="good", main_hardship_cause="schooling")
    ill = on_file(office, 2, id_number=None, birth_on="1985-01-01", health_status="diabetes", main_hardship_cause="major_illness",
                  hardship_category="relative_hardship")  # fmt: skip
    lone = on_file(office, 3, id_number=None, birth_on="1985-01-01", health_status="good", is_single_parent=True)
    lead = file_household(office, 4, id_number=None, birth_on="1950-01-01")
    for archive in (old, ill, lone):
        content = archiving.load_archive(office, archive.id).content
        content.members = [member(birth_on="1988-01-01", health_status="good")]
        if archive is lone:
            content.members[0] |= {"birth_on": "2010-03-03", "member_identity": "junior_high"}
        archiving.save_archive(office, content, archive.id)
    wanted: dict[str, tuple[dict[str, Any], set[str]]] = {
        "all": ({}, {old.id, ill.id, lone.id}),
        "old or ill": ({"members": ["elder", "ill"]}, {old.id, ill.id}),
        "pupil": ({"members": ["pupil"]}, {lone.id}),
        "child": ({"members": ["child"]}, {lone.id}),
        "single": ({"members": ["single_parent"]}, {lone.id}),
        "class": ({"classes": ["relative_hardship"]}, {ill.id}),
        "class and state of the family": ({"classes": ["deep_hardship"], "members": ["ill"]}, set()),
        "cause": ({"causes": ["major_illness"]}, {ill.id}),
        "applicants": ({"standings": ["applicant"]}, {lead.id}),
        "both": ({"standings": ["on_file", "applicant"], "members": ["elder"]}, {old.id, lead.id}),
    }
    found = {name: set(reached(office, programme(office, **filters))) for name, (filters, _) in wanted.items()}
    assert found == {name: ids for name, (_, ids) in wanted.items()}


def test_sixtieth_birthday__counts_from_its_day_on(office: OfficeSession) -> None:
    """Sixty on the day itself, not the day before; a child is one until the eighteenth birthday."""
    in_2022(office, "2022-07-01")
    archive = on_file(office, 1, id_number=None, birth_on="1962-07-01", health_status="good")
    content = archiving.load_archive(office, archive.id).content
    content.members = [member(birth_on="2004-07-02")]
    archiving.save_archive(office, content, archive.id)
    elder, child = programme(office, members=["elder"]), programme(office, members=["child"])
    assert reached(office, elder) == reached(office, child) == [archive.id]
    in_2022(office, "2022-06-30")
    assert reached(office, elder) == [] and reached(office, child) == [archive.id]
    in_2022(office, "2022-07-02")
    assert reached(office, elder) == [archive.id] and reached(office, child) == []


# -- what it allows -----------------------------------------------------------------------------------------------


def test_limits__of_a_programme_stop_a_grant(office: OfficeSession) -> None:
    """Per time, per year, times, kind of aid, source: each stops; the day and the population want a reason."""
    archive, source = on_file(office, 1), fund(office, needs_archive=False)
    item = programme(office, standard=50_000, most_per_time=60_000, most_amount_per_year=100_000, most_per_year=2,
                     fund_sources=["union", "central"], ends_on="2022-12-31", classes=["relative_hardship"])  # fmt: skip
    assert codes(office, archive, given(item, 60_001, fund_id=source), Weight.STOP) == {"programme_once"}
    assert codes(office, archive, given(item, 60_000, fund_id=source, item="living"), Weight.STOP) == {"programme_item"}
    late = given(item, 50_000, fund_id=source, granted_on="2022-05-31")
    assert codes(office, archive, late, Weight.REASON) >= {"programme_period", "programme_population"}
    city = fund(office, name="市级", source_kind="city", needs_archive=False)
    assert codes(office, archive, given(item, 50_000, fund_id=city), Weight.STOP) == {"programme_source"}
    aid.grant_aid(office, archive.id, given(item, 50_000, fund_id=source))
    assert codes(office, archive, given(item, 50_001, fund_id=source), Weight.STOP) == {"programme_whole"}
    second = aid.grant_aid(office, archive.id, given(item, 0, goods="大米 10 公斤"))
    assert "programme_times" in codes(office, archive, given(item, 10_000, fund_id=source), Weight.STOP)
    aid.withdraw_grants(office, [second.id], "没有领取")
    assert codes(office, archive, given(item, 50_000, fund_id=source), Weight.STOP) == set()
    expect_refusal(lambda: aid.grant_aid(office, archive.id, given(item, 50_000, fund_id=source, reason="")), "aid_wants_reason")


def test_counted_by_person__each_member_has_the_cap(office: OfficeSession) -> None:
    """What the elder child had does not count against the younger one."""
    archive, source = on_file(office, 1), fund(office, needs_archive=False)
    content = archiving.load_archive(office, archive.id).content
    content.members += [member(name="周明", id_number=citizen(1)), member(name="周亮", id_number=citizen(2))]
    stored = archiving.save_archive(office, content, archive.id)
    first, second = (str(each["id"]) for each in stored.content.members[-2:])
    item = programme(office, most_amount_per_year=100_000, counted_by="person")
    aid.grant_aid(office, archive.id, given(item, 100_000, fund_id=source, person=first))
    assert "programme_whole" in codes(office, archive, given(item, 1, fund_id=source, person=first), Weight.STOP)
    assert codes(office, archive, given(item, 100_000, fund_id=source, person=second), Weight.STOP) == set()
    sums = programmes.programme_of(office, item.id).sums
    assert (sums.households, sums.people, sums.granted) == (1, 1, 100_000)


# -- piles and sums -----------------------------------------------------------------------------------------------


def test_piles_and_sums__are_those_of_the_grants(office: OfficeSession) -> None:
    """Open, granted, handed out; one outside the population that was granted something belongs to it, too."""
    archives = [on_file(office, seed) for seed in (1, 2, 3)]
    outside = file_household(office, 9)
    source = fund(office, needs_archive=False)
    item = programme(office)
    money, goods = given(item, 100_000, fund_id=source), given(item, 0, goods="大米 10 公斤")
    grants = aid.grant_many(office, [(archives[0].id, money), (archives[0].id, goods), (archives[1].id, goods), (outside.id, goods)])
    query = ProgrammeQuery(programme_id=item.id, content=item.content)
    expected = {ProgrammePile.TO_DO: 1, ProgrammePile.GRANTED: 3, ProgrammePile.DONE: 0, ProgrammePile.ALL: 4}
    assert programmes.count_piles(office, query) == expected
    listed = disbursement.create_list(office, "送温暖", [grants[2].id])
    disbursement.lock_list(office, listed.id)
    other = another_clerk(office)
    disbursement.approve_list(other, listed.id)
    other.close()
    view = disbursement.load_list(office, listed.id)
    disbursement.settle_lines(office, listed.id, [disbursement.LineResult(view.lines[0].id, True, "2022-07-01")])
    assert reached(office, item, pile=ProgrammePile.DONE) == [archives[1].id]
    assert reached(office, item, pile=ProgrammePile.TO_DO) == [archives[2].id]
    rows = {row.archive_id: row for row in programmes.household_rows(office, query)}
    assert rows[archives[0].id].got_words == "1,000.00 元、大米 10 公斤"
    programmes.save_condolence(office, RecordContent({"programme_id": item.id, "group": "outdoor", "on_day": "2022-07-01",
                                                      "people": 30, "place": "环卫站", "goods": "防暑用品"}))  # fmt: skip
    sums = programmes.programme_of(office, item.id).sums
    assert sums == ProgrammeSums(grants=4, households=3, people=3, granted=100_000, paid=0, goods=3, goods_handed=1, others=30)
    aid.withdraw_grants(office, [grants[3].id], "已迁出")
    assert programmes.programme_of(office, item.id).sums.households == 2
    expect_refusal(lambda: programmes.remove_programme(office, item.id), "programme_used")


def test_what_came_back__is_as_if_it_had_not_been_given(office: OfficeSession) -> None:
    """Returned in part it counts with the rest; returned whole, cap, times and list are free again."""
    archive = on_file(office, 1, bank_account=card_number(1), bank_name="某银行")
    source, item = fund(office, needs_archive=False), programme(office, most_amount_per_year=100_000, most_per_year=1)
    grant = aid.grant_aid(office, archive.id, given(item, 100_000, fund_id=source))
    pay(office, [grant.id], "2022-07-01")
    assert reached(office, item, pile=ProgrammePile.DONE) == [archive.id]
    disbursement.note_returned(office, grant.id, 40_000, "2022-07-01", "多发")
    sums = programmes.programme_of(office, item.id).sums
    assert (sums.households, sums.granted, sums.paid) == (1, 60_000, 60_000)
    assert codes(office, archive, given(item, 40_000, fund_id=source), Weight.STOP) == {"programme_times"}
    disbursement.note_returned(office, grant.id, 60_000, "2022-07-01", "银行退票")
    assert reached(office, item, pile=ProgrammePile.TO_DO) == [archive.id]
    assert programmes.programme_of(office, item.id).sums == ProgrammeSums()
    assert codes(office, archive, given(item, 100_000, fund_id=source), Weight.STOP) == set()


def test_merged_household__is_one(office: OfficeSession) -> None:
    """What was granted in the archive that was merged counts for the kept one: no second time, no second household."""
    kept, merged = on_file(office, 1), on_file(office, 2)
    item = programme(office, most_per_year=1)
    aid.grant_aid(office, merged.id, given(item, 0, goods="食用油 5 升"))
    merging.merge(office, kept.id, merged.id, Choices())
    assert reached(office, item, pile=ProgrammePile.GRANTED) == [kept.id] and reached(office, item) == [kept.id]
    assert "programme_times" in codes(office, kept, given(item, 0, goods="大米"), Weight.STOP)


# -- quotas -------------------------------------------------------------------------------------------------------


def test_quota__of_a_programme_goes_down_and_is_used_up(tmp_path: Path) -> None:
    """The county calls and allots; the township grants; beyond it a reason is wanted; the county sees the same figures."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town), in_2022(county)
        item = programme(county)
        subject = f"{quotas.PROGRAMME}{item.id}"
        assert quotas.subjects(county)[subject] == item.title
        quotas.set_quota(county, town.office.id, 2022, subject, 1, label=item.title)
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        here = programmes.programme_of(town, item.id)
        assert (here.title, here.is_own, here.office_name) == (item.title, False, county.office.name)
        first, second = on_file(town, 1), on_file(town, 2)
        goods = given(here, 0, goods="大米 10 公斤")
        assert codes(town, first, goods, Weight.REASON) == {"not_in_policy"}
        aid.grant_aid(town, first.id, goods)
        assert "quota_used_up" in codes(town, second, goods, Weight.REASON)
        assert "quota_used_up" not in codes(town, first, goods, Weight.REASON)
        aid.grant_aid(town, second.id, goods)
        line: dict[str, Any] = {"programme_id": item.id, "group": "outdoor", "on_day": "2022-07-01", "people": 12, "place": "环卫站"}
        programmes.save_condolence(town, RecordContent({**line, "goods": "防暑用品"}))
        carry(town, county, stick)
        for session in (town, county):
            (quota,) = programmes.programme_quotas(session, item.id)
            assert (quota.amount, quota.used, quota.left) == (1, 2, -1)
        sums = programmes.programme_of(county, item.id).sums
        assert (sums.households, sums.goods, sums.others) == (2, 2, 12)


def test_several__share_out_money_and_quota_before_anything_is_stored(tmp_path: Path) -> None:
    """The second household is looked at with what the first one leaves; what was tried leaves no trace."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town), in_2022(county)
        item = programme(county)
        quotas.set_quota(county, town.office.id, 2022, f"{quotas.PROGRAMME}{item.id}", 1)
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        ids, source = [on_file(town, seed).id for seed in (1, 2)], fund(town, 150_000, needs_archive=False)
        money = given(programmes.programme_of(town, item.id), 100_000, fund_id=source)
        with unchanged(town):
            first, second = aid.look_at_many(town, [(archive_id, money) for archive_id in ids])
        assert first.look and not first.look.is_stopped
        assert second.look and {each.code for each in second.look.findings} >= {"fund_short", "quota_used_up"}
        assert programmes.programme_of(town, item.id).sums == ProgrammeSums()


def test_day_of_the_lists__stands_on_the_board_until_it_is_noted(office: OfficeSession) -> None:
    """A programme that wants lists by a day reminds of it; one that does not stays quiet."""
    programme(office, title="没有期限的")
    item = programme(office, lists_due_on="2022-07-05")

    def shown() -> list[tuple[str, str]]:
        found = work_board.read_board(office).items
        return [(each.day, each.subject) for each in found if each.kind is DueKind.PROGRAMME]

    assert shown() == [("2022-07-05", item.title)]
    year_calendar.note_done(office, year_calendar.lists_due(item.id, item.content))
    assert shown() == []


def test_quota_of_a_policy__is_used_up_by_its_kind_of_aid(tmp_path: Path) -> None:
    """助学指标 of Wuzhou, in people: two children of one family use two; living aid uses none; archives are counted, too."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town), in_2022(county)
        quotas.set_quota(county, town.office.id, 2022, "tuition_places", 1, label="助学指标", unit="人")
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        archive, source = on_file(town, 1), fund(town, needs_archive=False)
        content = archiving.load_archive(town, archive.id).content
        content.members += [member(name="周明", id_number=citizen(1)), member(name="周亮", id_number=citizen(2))]
        first, second = (str(each["id"]) for each in archiving.save_archive(town, content, archive.id).content.members[-2:])
        plain = {"item": "tuition", "amount": 10_000, "fund_id": source, "reason": WHY}
        aid.grant_aid(town, archive.id, GrantInput("living", 10_000, fund_id=source, reason=WHY))
        assert [quota.used for quota in quotas.list_quotas(town)] == [0]
        aid.grant_aid(town, archive.id, GrantInput(**plain, person=first))
        assert "quota_used_up" not in codes(town, archive, GrantInput(**plain, person=first), Weight.REASON)
        assert "quota_used_up" in codes(town, archive, GrantInput(**plain, person=second), Weight.REASON)
        aid.grant_aid(town, archive.id, GrantInput(**plain, person=second))
        assert [(quota.used, quota.left) for quota in quotas.list_quotas(town)] == [(2, -1)]


def test_called_again__has_the_new_year_and_open_days(office: OfficeSession) -> None:
    """Whom and how much stay; days and document are asked anew, and it stands beside the old one."""
    item = programme(office, title="2022 年冬季送温暖", standard=80_000, members=["elder"], ends_on="2022-12-31", basis="〔2022〕1 号")
    in_2022(office, "2023-01-04")
    content = programmes.called_again(office, item)
    assert {key: content.values.get(key) for key in ("title", "year", "begins_on", "ends_on", "basis", "standard", "members")} == {
        "title": "2023 年冬季送温暖", "year": 2023, "begins_on": "2023-01-04", "ends_on": None, "basis": None, "standard": 80_000,
        "members": ["elder"],
    }  # fmt: skip
    programmes.save_programme(office, content)
    assert [each.title for each in programmes.list_programmes(office)] == ["2023 年冬季送温暖", "2022 年冬季送温暖"]


def test_basis__of_the_programme_is_the_reason(office: OfficeSession) -> None:
    """What the policy does not speak of wants its document once, where the programme is laid down, not with each household."""
    archive, source = on_file(office), fund(office)
    for basis, asked in (("", True), ("总工办〔2022〕9 号", False)):
        item = programme(office, basis=basis)
        look = aid.look_at_grant(office, archive.id, given(item, fund_id=source))
        assert look.wants_reason is asked
    assert any("总工办〔2022〕9 号" in finding.text for finding in look.findings)
