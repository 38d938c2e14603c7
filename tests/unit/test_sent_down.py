"""Circulars, quotas, calendars and policies: made by the county, sent down with the answer, taken back with the next."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from factories import file_household
from neighbours import carry, expect_refusal, town_and_county, unchanged
from policy_texts import pack_text

from db.services import answering, calendars, circulars, exchange, policies, quotas
from db.services.answer_news import AnswerNews, AnswerPreview
from db.services.office import OfficeSession
from db.services.policies import NewSource, NewStandard

Trio = tuple[OfficeSession, OfficeSession, Path]


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A township, its county, a stick."""
    with town_and_county(tmp_path) as made:
        yield made


def told(trio: Trio) -> AnswerNews:
    """The county's next answer, applied by the township."""
    town, county, stick = trio
    path = answering.write_answer(county, town.office.id, stick).path
    with unchanged(town):
        looked_at = exchange.inspect_bundle(town, path)
    assert isinstance(looked_at, AnswerPreview)
    outcome = exchange.receive_bundle(town, path)
    assert [*outcome.news.lines()] == [*looked_at.news.lines()]  # type: ignore[attr-defined]
    return looked_at.news


def test_circular__arrives_unread_and_goes_when_withdrawn(trio: Trio) -> None:
    """A changed one counts as unread again; nobody else's notice is touched."""
    town, county, _ = trio
    issued = circulars.issue_circular(county, "年底核查", "请于 12 月 20 日前完成入户。", "2026-12-20")
    news = told(trio)
    assert [(item.title, item.withdrawn) for item in news.circulars] == [("年底核查", False)]
    (received,) = circulars.list_circulars(town)
    assert (received.is_unread, received.office_name, circulars.unread_count(town)) == (True, "潜山市总工会", 1)
    circulars.mark_read(town, received.id)
    assert circulars.unread_count(town) == 0 and not told(trio).circulars
    circulars.edit_circular(county, issued.id, "年底核查", "请于 12 月 25 日前完成入户。", "2026-12-25")
    assert told(trio).circulars and circulars.unread_count(town) == 1
    circulars.withdraw_circular(county, issued.id)
    assert [item.withdrawn for item in told(trio).circulars] == [True]
    assert circulars.list_circulars(town) == [] and circulars.unread_count(town) == 0


def test_circular__for_others__does_not_arrive(trio: Trio) -> None:
    """Only whom it is for; a township has nobody to tell; another's notice cannot be changed here."""
    town, county, _ = trio
    expect_refusal(lambda: circulars.issue_circular(town, "通知", "内容"), "circular_nobody_below")
    expect_refusal(lambda: circulars.issue_circular(county, "通知", "内容", audience=["nobody"]), "partner_unknown")
    expect_refusal(lambda: circulars.issue_circular(county, "通知", " "), "circular_needs_words")
    expect_refusal(lambda: circulars.issue_circular(county, "通知", "内容", "明天"), "circular_bad_day")
    circulars.issue_circular(county, "通知", "内容", audience=[town.office.id])
    told(trio)
    (received,) = circulars.list_circulars(town)
    expect_refusal(lambda: circulars.withdraw_circular(town, received.id), "circular_gone")


def test_quota__old_and_new_are_told_and_use_is_counted(trio: Trio) -> None:
    """A new figure takes the place of the one before; archives filed in the year are counted against it."""
    town, county, stick = trio
    year = date.fromisoformat(town.today).year
    quotas.set_quota(county, town.office.id, year, quotas.FILED, 3)
    assert [(item.old, item.new, item.unit) for item in told(trio).quotas] == [(None, 3, "户")]
    file_household(town, filed_on=f"{year}-01-01", worker_number="340882000001")
    file_household(town, 2, filed_on=f"{year}-01-01", worker_number="T0002")  # who still applies uses up nothing
    (quota,) = quotas.list_quotas(town)
    assert (quota.label, quota.used, quota.left, quota.is_own) == ("本年新建档案", 1, 2, False)
    carry(town, county, stick)
    quotas.set_quota(county, town.office.id, year, quotas.FILED, 5, note="追加 2 户")
    assert [(item.old, item.new) for item in told(trio).quotas] == [(3, 5)]
    assert [(item.amount, item.left) for item in quotas.list_quotas(town)] == [(5, 4)]
    assert [(item.amount, item.left, item.is_own) for item in quotas.list_quotas(county)] == [(5, 4, True)]
    quotas.withdraw_quota(county, quotas.list_quotas(county)[0].id)
    assert [(item.old, item.new) for item in told(trio).quotas] == [(5, None)]
    assert quotas.list_quotas(town) == [] and told(trio).is_empty


def test_quota__refusals(trio: Trio) -> None:
    """Only for an office below, with a sensible figure."""
    town, county, _ = trio
    expect_refusal(lambda: quotas.set_quota(county, county.office.id, 2026, "places", 3), "quota_not_below")
    expect_refusal(lambda: quotas.set_quota(county, town.office.id, 2026, "places", -1), "quota_bad_amount")
    expect_refusal(lambda: quotas.set_quota(county, town.office.id, 2026, " ", 1), "quota_needs_subject")
    expect_refusal(lambda: quotas.withdraw_quota(county, "nothing"), "quota_gone")


def test_calendar__delivered_years_count_below(trio: Trio) -> None:
    """A year that the program does not know yet is entered once, at the county."""
    town, county, _ = trio
    text = "2027-01-01~2027-01-03 休\n2027-01-09 班"
    days = calendars.parse_days(text, 2027)
    assert calendars.days_text(days) == text
    assert calendars.working_day_after(town, 1, "2026-12-31").day == date(2027, 1, 1)
    assert calendars.set_calendar(county, 2027, days, "国办发明电〔2026〕9号")
    assert not calendars.set_calendar(county, 2027, days, "国办发明电〔2026〕9号")
    assert [item.year for item in told(trio).calendars] == [2027]
    counted = calendars.working_day_after(town, 1, "2026-12-31")
    assert (counted.day, counted.note) == (date(2027, 1, 4), "")
    row = calendars.calendar_rows(town)[0]
    assert (row.year, row.origin_label, row.office_name, row.off_count, row.work_count) == (2027, "上级下发", "潜山市总工会", 3, 1)
    expect_refusal(lambda: calendars.set_calendar(town, 2027, {}, "通知"), "calendar_delivered")
    assert told(trio).is_empty
    assert calendars.drop_calendar(county, 2027)
    assert [item.days for item in told(trio).calendars] == [()]
    assert calendars.working_day_after(town, 1, "2026-12-31").note


@pytest.mark.parametrize("text", ["明天 休", "2026-01-01 休", "2027-01-03~2027-01-01 休", "2027-02-30 班", "2027-01-01"])
def test_calendar__what_cannot_be_read__is_said(text: str) -> None:
    """Line, year and order."""
    expect_refusal(lambda: calendars.parse_days(text, 2027), "calendar_bad_line")


def test_policies__come_as_delivered_with_their_differences(trio: Trio) -> None:
    """What the county made or changed; the same texts again change nothing."""
    town, county, stick = trio
    pack = stick / "pack.toml"
    pack.write_text(pack_text(), encoding="utf-8")
    policies.accept_policy(county, policies.read_policy_file(county, pack, allow_unsigned=True))
    new = NewStandard(
        "subsistence", ["340882"], "urban", "2026-07-01", "700", NewSource("关于提高低保标准的通知", "民政局"), "第一条"
    )
    policies.add_standard(county, new)
    news = told(trio)
    assert [(offer.pack.pack.id if offer.pack else "", offer.is_new) for offer in news.policies] == [("yunxi-2024", True), ("", True)]
    assert any("700 元" in line for line in news.lines())
    found = policies.find_pack(policies.policy_book(town), "yunxi-2024")
    assert found.origin == "delivered"
    assert told(trio).is_empty
