"""Grants: judged by limit, source and archive; given up; what a source still has, down to the 分."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aid_money import fill_means, fund, grant, in_2022, on_file
from factories import file_household, make_office
from neighbours import acquaint, town_and_county

from db.domain.aid.capital_amounts import capital_words
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent
from db.errors import UserError
from db.services import aid, answering, exchange, funds, timeline
from db.services.aid import GrantInput
from db.services.office import OfficeSession
from db.services.revisions import archive_history


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022 under the policy of Qinghai."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def codes(look: aid.AidLook) -> list[str]:
    """What was found, by code."""
    return [item.code for item in look.findings]


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"), (5, "伍分"), (50, "伍角整"), (101, "壹元零壹分"), (168032, "壹仟陆佰捌拾元零叁角贰分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"), (10700053, "壹拾万柒仟元零伍角叁分"), (2419200, "贰万肆仟壹佰玖拾贰元整"),
        (600714, "陆仟零柒元壹角肆分"), (100010001000, "壹拾亿零壹拾万零壹拾元整"), (-150, "负壹元伍角整"),
    ],
)  # fmt: skip
def test_capital_words__as_banks_write_them(fen: int, words: str) -> None:
    """Examples of the rules for filling in cheques, and gaps at every place."""
    assert capital_words(fen) == words


def test_grant__up_to_the_limit_of_the_year_and_not_a_cent_more(office: OfficeSession) -> None:
    """672 × 12 × 3 = 24 192.00 for a household (S000-26), less what it has had."""
    archive, source = on_file(office), fund(office)
    grant(office, archive.id, source, 200_000)
    assert aid.look_at_grant(office, archive.id, GrantInput("living", 2_219_200, fund_id=source)).cap_left == 2_219_200
    with pytest.raises(UserError) as caught:
        grant(office, archive.id, source, 2_219_201)
    assert caught.value.code == "aid_stopped" and "24,192.00" in caught.value.text() and "22,192.00" in caught.value.text()
    grant(office, archive.id, source, 2_219_200)
    assert [item.amount for item in aid.grants_of(office, archive.id)] == [200_000, 2_219_200]
    assert [entry.action for entry in archive_history(office, archive.id)].count("grant") == 2


def test_grant__next_year_has_a_limit_of_its_own(office: OfficeSession) -> None:
    """The limit is one calendar year's."""
    archive, source = on_file(office), fund(office)
    grant(office, archive.id, source, 2_000_000)
    in_2022(office, "2023-01-05")
    fill_means(office, archive, 2022)
    assert aid.look_at_grant(office, archive.id, GrantInput("living", 2_419_200, fund_id=source)).cap_left == 2_419_200


def test_grant__only_to_those_on_file_where_the_source_says_so(office: OfficeSession) -> None:
    """先建档、后帮扶: money of the ministry never goes to a household that only applied (S002-06)."""
    applicant = file_household(office, 7)
    source = fund(office)
    look = aid.look_at_grant(office, applicant.id, GrantInput("living", 100, fund_id=source))
    assert "fund_needs_archive" in codes(look) and look.is_stopped
    with pytest.raises(UserError):
        grant(office, applicant.id, source, 100)
    assert aid.grants_of(office, applicant.id) == []


def test_grant__only_to_those_not_on_file_where_the_source_says_so(office: OfficeSession) -> None:
    """省总金秋助学经费 is for households that cannot be filed, and for nobody else (S001-06)."""
    source = fund(office, needs_archive=False, needs_no_archive=True)
    stopped = {"fund_needs_no_archive"}
    assert stopped <= set(codes(aid.look_at_grant(office, on_file(office).id, GrantInput("living", 100, fund_id=source))))
    assert not stopped.intersection(
        codes(aid.look_at_grant(office, file_household(office, 7).id, GrantInput("living", 100, fund_id=source)))
    )


def test_grant__never_more_than_the_source_has(office: OfficeSession) -> None:
    """What is granted is bound until it is paid or given up; several grants at once are judged one after the other."""
    archives = [on_file(office, seed).id for seed in (1, 2, 3)]
    source = fund(office, 250_000)
    with pytest.raises(UserError) as caught:
        aid.grant_many(office, [(key, GrantInput("living", 100_000, fund_id=source)) for key in archives])
    assert "50,000" not in caught.value.text() and "500.00" in caught.value.text()
    assert [aid.grants_of(office, key) for key in archives] == [[], [], []]
    made = aid.grant_many(office, [(key, GrantInput("living", 100_000, fund_id=source)) for key in archives[:2]])
    state = funds.fund_states(office)[0]
    assert (state.received, state.committed, state.spent, state.available) == (250_000, 200_000, 0, 50_000)
    aid.withdraw_grants(office, [made[0].id], "重复批准")
    assert funds.fund_states(office)[0].available == 150_000
    with pytest.raises(UserError):
        aid.withdraw_grants(office, [made[0].id], "再来一次")


def test_grant__what_the_rules_leave_open_wants_a_reason(office: OfficeSession) -> None:
    """The notice names no sum for 就业创业: who grants it writes why, and that is kept."""
    archive, source = on_file(office), fund(office)
    given = GrantInput("employment", 300_000, fund_id=source)
    with pytest.raises(UserError) as caught:
        aid.grant_aid(office, archive.id, given)
    assert caught.value.code == "aid_wants_reason"
    made = aid.grant_aid(office, archive.id, GrantInput("employment", 300_000, fund_id=source, reason="照市里的办法"))
    assert made.excess_reason == "照市里的办法"


def test_grant__the_same_person_elsewhere(office: OfficeSession) -> None:
    """A student who stands in two archives is not paid twice without somebody saying why."""
    first, second = on_file(office, 1), on_file(office, 2, id_number=None)
    number = str(first.content.values["id_number"])
    source = fund(office)
    grant(office, first.id, source)
    with office.database.writing() as connection:
        connection.exec_driver_sql("UPDATE aid_grant SET archive_id = ?", (second.id,))
    look = aid.look_at_grant(office, first.id, GrantInput("living", 100, fund_id=source))
    assert number and "elsewhere" in codes(look) and look.wants_reason


def test_funds__a_source_with_conditions(office: OfficeSession) -> None:
    """A donor's money goes only where the donor wants it, in its time; closed sources give nothing."""
    archive = on_file(office)
    source = fund(office, name="某企业捐助", source_kind="donation", donor="某企业", needs_archive=False,
                  allowed_items=["tuition"], restriction="只资助大学新生", ends_on="2022-06-30")  # fmt: skip
    look = aid.look_at_grant(office, archive.id, GrantInput("living", 100, fund_id=source))
    assert {"fund_item", "fund_period", "donor"} <= set(codes(look))


def test_funds__money_that_is_bound_cannot_be_taken_away(office: OfficeSession) -> None:
    """Neither a receipt that has been granted, nor more than is left sent back, nor a source in use."""
    archive = on_file(office)
    source = fund(office, 100_000)
    grant(office, archive.id, source, 80_000)
    back: dict[str, Value] = {"fund_id": source, "movement": "returned", "on_day": "2022-07-01", "amount": 20_001}
    with pytest.raises(UserError) as caught:
        funds.save_movement(office, RecordContent(back))
    assert caught.value.code == "fund_overdrawn" and "0.01" in caught.value.text()
    with pytest.raises(UserError):
        funds.remove_fund(office, source)
    assert funds.fund_states(office)[0].available == 20_000


def test_bundles__grants_of_both_travel_and_stay_their_own(tmp_path: Path) -> None:
    """The township sees what the county granted, the county what the township did; no archive is touched by the other."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town)
        in_2022(county)
        archive = on_file(town)
        small = grant(town, archive.id, fund(town, name="镇工会经费", source_kind="union"), 30_000)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        assert [item.id for item in aid.grants_of(county, archive.id)] == [small.id]
        before = len(archive_history(county, archive.id))
        large = grant(county, archive.id, fund(county))
        assert len(archive_history(county, archive.id)) == before
        with pytest.raises(UserError):
            aid.withdraw_grants(county, [small.id], "不归我们")
        news = exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path).news
        assert [item.id for item in aid.grants_of(town, archive.id)] == [small.id, large.id]
        assert len(news.money) == 1 and "1,000.00" in news.money[0].text and "潜山市总工会" in news.money[0].text
        look = aid.look_at_grant(town, archive.id, GrantInput("living", 100, fund_id=small.fund_id))
        assert look.cap_left == 2_419_200 - 130_000
        assert funds.fund_states(town)[0].committed == 30_000
        told = [event.title for event in timeline.timeline_of(town, archive.id).events if "批准" in event.title]
        assert told == ["2022-07-01 潜山市总工会批准生活救助 1,000.00 元"]


def test_bundles__a_grant_of_the_county_goes_on_to_the_city(tmp_path: Path) -> None:
    """An archive counts as not submitted when only something was granted upon it, until a bundle has taken that up."""
    with town_and_county(tmp_path) as (town, county, stick):
        city, _ = make_office(tmp_path / "city", "安庆市总工会", "city")
        acquaint(county, city, tmp_path)
        for session in (town, county, city):
            in_2022(session)
        archive = on_file(town)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        exchange.receive_bundle(city, exchange.export_bundle(county, None, stick).path)
        assert exchange.unsubmitted_ids(county) == []
        made = grant(county, archive.id, fund(county))
        assert exchange.unsubmitted_ids(county) == [archive.id]
        exchange.receive_bundle(city, exchange.export_bundle(county, None, stick).path)
        assert [item.id for item in aid.grants_of(city, archive.id)] == [made.id]
        assert exchange.unsubmitted_ids(county) == []
        city.close()


def test_bundles__a_township_cannot_speak_of_other_offices_money(tmp_path: Path) -> None:
    """A grant that names an office the sender is not is left out; the archive itself is taken."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town)
        in_2022(county)
        archive = on_file(town)
        grant(town, archive.id, fund(town))
        with town.database.writing() as connection:
            connection.exec_driver_sql("UPDATE aid_grant SET office_id = ?, office_level = 'county'", (county.office.id,))
        outcome = exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        assert outcome.new_count == 1 and aid.grants_of(county, archive.id) == []
