"""The room 帮扶 in figures: what became of each grant, with sums; several households looked at before anything is stored."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aid_money import card_number, fund, grant, in_2022, on_file
from factories import file_household, make_office
from laptops import desk_and_laptop, take_along
from neighbours import carry, town_and_county
from openpyxl import load_workbook
from payments import drawn_up, pay, sent

from db.domain.records.record_form import RecordContent, Row
from db.errors import UserError
from db.services import aid, aid_applications, aid_entries, aid_list, aid_papers, disbursement, revisions
from db.services.aid import GrantInput
from db.services.aid_list import AidPile, AidQuery, PileSum
from db.services.disbursement import LineResult
from db.services.office import OfficeSession

DAY = "2022-07-01"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def piles(office: OfficeSession, query: AidQuery | None = None) -> dict[AidPile, int]:
    """How many grants stand where; what is nowhere left out."""
    found = aid_list.sum_piles(office, query or AidQuery())
    return {pile: item.count for pile, item in found.items() if item.count and pile is not AidPile.ALL}


def test_piles__follow_a_grant_to_its_end(office: OfficeSession) -> None:
    """On a list, paid, failed, on a further list, given up, returned: one pile at a time, every grant in one."""
    view = drawn_up(office, 3)
    assert piles(office) == {AidPile.ON_LIST: 3}
    disbursement.take_off_list(office, view.row.id, [view.lines[2].id])
    aid.withdraw_grants(office, [view.lines[2].grant_id], "本人放弃")
    view = sent(office, disbursement.load_list(office, view.row.id))
    first, second = view.lines
    results = [LineResult(first.id, True, DAY), LineResult(second.id, False, DAY, "账号已销户")]
    disbursement.settle_lines(office, view.row.id, results)
    assert piles(office) == {AidPile.PAID: 1, AidPile.FAILED: 1, AidPile.WITHDRAWN: 1}
    failed = aid_list.aid_rows(office, AidQuery(pile=AidPile.FAILED))[0]
    assert (failed.said, failed.list_number) == ("账号已销户", view.row.number)
    again = disbursement.pay_again(office, view.row.id)
    disbursement.note_returned(office, first.grant_id, 20_000, DAY, "发错人")
    assert piles(office) == {AidPile.PAID: 1, AidPile.ON_LIST: 1, AidPile.WITHDRAWN: 1}
    rows = {row.id: row for row in aid_list.aid_rows(office, AidQuery())}
    assert rows[first.grant_id].state_words == "已发放，退回 200.00 元"
    assert rows[second.grant_id].list_number == again.number
    assert aid_list.sum_piles(office, AidQuery())[AidPile.ALL] == PileSum(3, 150_000)


def test_filters__narrow_rows_and_sums_alike(office: OfficeSession, tmp_path: Path) -> None:
    """By name, item, year and source; the workbook has the same rows."""
    source, other = fund(office), fund(office, name="市级")
    zhou = on_file(office, 1, name="周秀兰")
    grant(office, zhou.id, source)
    grant(office, on_file(office, 2, name="汪国强").id, other, 50_000)
    assert piles(office, AidQuery(text="zxl")) == {AidPile.OPEN: 1}
    assert [row.household for row in aid_list.aid_rows(office, AidQuery(fund_id=other))] == ["汪国强"]
    assert not aid_list.aid_rows(office, AidQuery(year=2021)) and aid_list.aid_years(office) == [2022]
    assert not aid_list.aid_ids(office, AidQuery(item="medical"))
    path = tmp_path / "清单.xlsx"
    assert aid_papers.write_aid_list(office, AidQuery(text="周秀兰"), path) == 1
    cells = [cell.value for cell in load_workbook(path).active[2]]
    assert cells[:2] == ["周秀兰", zhou.archive_number] and cells[5] == 1000


def test_look_at_many__tells_who_is_left_out_and_why(office: OfficeSession) -> None:
    """Who is not on file cannot get 专项资金; the others can, in one go, all or none."""
    source = fund(office)
    good, outside = on_file(office, 1), file_household(office, 2, worker_number="T0002")
    given = GrantInput(item="living", amount=100_000, fund_id=source)
    looks = aid.look_at_many(office, [(good.id, given), (outside.id, given)])
    assert looks[0].look is not None and not looks[0].look.is_stopped and not looks[0].why
    assert looks[1].look is not None and looks[1].look.is_stopped and "先建档" in looks[1].why
    made = aid.grant_many(office, [(look.archive_id, given) for look in looks if not look.why])
    assert [item.archive_id for item in made] == [good.id]


def test_applications__wait_until_granted_or_refused(office: OfficeSession) -> None:
    """What was applied for waits, the oldest first; granted it is gone, given up it waits again, refused it stays in the history."""
    archive, source = on_file(office), fund(office)
    asked: Row = {"item": "living", "applied_on": "2022-06-20", "reason": "药费多", "amount_asked": 80_000}
    later = aid.apply_for_aid(office, archive.id, RecordContent({**asked, "applied_on": "2022-06-25"}))
    first = aid.apply_for_aid(office, archive.id, RecordContent({**asked}))
    waiting = aid_applications.open_applications(office)
    assert [item.record_id for item in waiting] == [first.record_id, later.record_id] and waiting[0].asked == 80_000
    made = grant(office, archive.id, source, 80_000, application_id=first.record_id)
    assert [item.record_id for item in aid_applications.open_applications(office)] == [later.record_id]
    aid.withdraw_grants(office, [made.id], "批错了")
    assert aid_applications.count_open(office) == 2
    with pytest.raises(UserError):
        aid_applications.refuse_application(office, later.record_id, " ")
    aid_applications.refuse_application(office, later.record_id, "已从民政得到")
    assert aid_applications.count_open(office) == 1
    assert any("不批准：已从民政得到" in str(entry) for entry in revisions.archive_history(office, archive.id))


def test_laptop__grants_nothing(tmp_path: Path) -> None:
    """Sources and lists are the desk's: two machines must not spend the same money."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive = on_file(in_2022(desk))
        take_along(desk, in_2022(laptop), stick, [archive.id])
        assert aid.may_grant(desk, archive.id) and not aid.may_grant(laptop, archive.id)
        with pytest.raises(UserError) as caught:
            aid.grant_aid(laptop, archive.id, GrantInput("warmth", goods="大米 10 公斤"))
        assert caught.value.code == "aid_on_laptop"


def test_entered__paid_grants_are_noted_once_and_found(office: OfficeSession) -> None:
    """S001-13: what stands in the national system is told apart; what is not paid cannot, nothing is noted twice."""
    source = fund(office)
    made = [grant(office, on_file(office, seed, bank_account=card_number(seed), bank_name="某银行").id, source) for seed in (1, 2, 3)]
    ids = [item.id for item in made]
    with pytest.raises(UserError, match="还没有发放"):
        aid_entries.mark_entered(office, ids)
    pay(office, ids[:2], "2022-07-01")
    with pytest.raises(UserError):
        aid_entries.mark_entered(office, ids[:1], "2022-06-30")
    assert aid_entries.mark_entered(office, ids[:1], "2022-07-01") == 1
    assert aid_entries.mark_entered(office, ids[:2], "2022-07-01") == 1
    missing = AidQuery(pile=AidPile.PAID, is_entered=False)
    assert [aid_list.count_aid(office, query) for query in (missing, replace(missing, is_entered=True))] == [0, 2]
    told = {row.id: row.entered_on for row in aid_list.aid_rows(office, AidQuery())}
    assert told == {ids[0]: "2022-07-01", ids[1]: "2022-07-01", ids[2]: None}
    assert aid_entries.take_back(office, [ids[0]]) == 1 == aid_list.count_aid(office, missing)
    assert aid_list.aid_ids(office, missing) == [ids[0]]


def test_entered__travels_up_and_is_its_offices_own(tmp_path: Path) -> None:
    """The county sees what a township typed in, and cannot take the note back."""
    with town_and_county(tmp_path) as (town, county, stick):
        in_2022(town)
        made = grant(town, on_file(town, 1, bank_account=card_number(1), bank_name="某银行").id, fund(town))
        pay(town, [made.id], "2022-07-01")
        aid_entries.mark_entered(town, [made.id], "2022-07-01")
        carry(town, in_2022(county), stick)
        assert [row.entered_on for row in aid_list.aid_rows(county, AidQuery())] == ["2022-07-01"]
        assert aid_entries.take_back(county, [made.id]) == 0 and aid_entries.mark_entered(county, [made.id]) == 0
