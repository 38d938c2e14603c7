"""Monitoring campaigns: whom they concern, the sheets, progress, opening a relapsed household again, the windows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_steps import on_day
from factories import file_household, make_office
from laptops import desk_and_laptop, hand_in, take_along
from neighbours import expect_refusal, town_and_county
from sqlalchemy import text

from db.domain.case_words import Act, Standing, Track
from db.domain.form_schema import Value
from db.domain.records.monitoring import MONITORING
from db.domain.records.record_form import RecordContent, prepared_record, record_problems
from db.services import answering, case_list, casework, exchange, merging, monitoring, policies, records
from db.services.case_list import CaseQuery
from db.services.monitoring import MonitoringQuery, Progress
from db.services.office import OfficeSession
from db.store import due_store, monitoring_store

TODAY = "2022-06-20"
CHECKED: dict[str, Value] = {
    "reporter_phone": "0971-0000000",
    "checkers": "陈志强、吴秀英",
    "covered_by_civil_affairs": False,
    "annual_income": 36_000_00,
    "annual_rigid_expense": 12_345_67,
    "work_secured": True,
    "medical_secured": True,
    "school_secured": False,
    "social_secured": True,
    "housing_secured": True,
    "result_stable": True,
    "relapse_advised": False,
}
RELAPSE: dict[str, Value] = {
    "result_stable": False,
    "relapse_advised": True,
    "relapse_class": "relative",
    "relapse_causes": ["major_illness"],
    "difficulties": "本人复发住院",
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township in June 2022."""
    session, _ = make_office(tmp_path / "office")
    on_day(session, TODAY)
    yield session
    session.close()


def exited(session: OfficeSession, seed: int, day: str = "2020-12-18", reason: str = "re_employed") -> str:
    """A household that left the archives on a day."""
    archive = file_household(session, seed, worker_number=f"T{seed:04d}")
    casework.take_step(session, archive.id, Act.NOTE_EXITED, {"exited_on": day, "exit_reason": reason})
    return archive.id


def on_file(session: OfficeSession, seed: int, **values: Value) -> str:
    """A household on file."""
    return file_household(session, seed, worker_number=f"3408820000{seed:03d}", **values).id


def campaign(session: OfficeSession, *groups: str, **values: Value) -> str:
    """A campaign of June to September 2022."""
    told = {"title": "动态监测集中行动", "begins_on": "2022-06-16", "due_on": "2022-09-10", "population": list(groups), **values}
    return monitoring.save_campaign(session, RecordContent(told)).record_id


def fill(session: OfficeSession, archive_id: str, campaign_id: str, **values: Value) -> Any:
    """The sheet of a household that somebody has visited."""
    content = monitoring.new_sheet(session, archive_id, campaign_id)
    content.values.update({**CHECKED, **values})
    return monitoring.save_sheet(session, archive_id, content)


def progress(session: OfficeSession, campaign_id: str) -> tuple[int, ...]:
    """To do, done, advised, all."""
    told = monitoring.count_progress(session, MonitoringQuery(campaign_id=campaign_id))
    return tuple(told[item] for item in Progress)


def test_population__is_fixed_when_the_campaign_is_opened(office: OfficeSession) -> None:
    """Those who left since a day and those on file; who comes later belongs to it when it is opened once more."""
    old, left, kept = exited(office, 1, "2014-11-30"), exited(office, 2), on_file(office, 3)
    file_household(office, 4, worker_number="T0004")  # still applying
    gone = on_file(office, 5)
    both = campaign(office, "exited", "on_file", exited_since="2015-01-01")
    assert monitoring.campaign_of(office, both).opened_at == ""
    assert monitoring.open_campaign(office, both) == 3
    assert set(monitoring.monitoring_ids(office, MonitoringQuery(campaign_id=both))) == {left, kept, gone}
    casework.take_step(office, gone, Act.CANCEL, {"cancel_reason": "death", "reason": "病故"})
    with office.database.reading() as connection:
        (on_board,) = due_store.campaigns(connection, office.office.id, "2022-12-31")
    assert (on_board["targets"], on_board["checked"]) == (2, 0)  # the work board counts the same
    later = exited(office, 6)
    assert progress(office, both) == (2, 0, 0, 2)
    assert monitoring.open_campaign(office, both) == 1
    assert monitoring.add_households(office, both, [old, later]) == 1
    assert progress(office, both) == (4, 0, 0, 4)
    everybody = campaign(office, "exited")
    assert monitoring.open_campaign(office, everybody) == 3
    poor = on_file(office, 7, hardship_category="near_subsistence_household")
    low = campaign(office, "low_income", "near")
    assert monitoring.open_campaign(office, low) == 1
    assert monitoring.monitoring_ids(office, MonitoringQuery(campaign_id=low)) == [poor]


def test_campaign__days_must_fit(office: OfficeSession) -> None:
    """The last day is not before the first, and a day of leaving belongs to those who left."""
    fault = expect_refusal(lambda: campaign(office, "on_file", due_on="2022-06-01", exited_since="2015-01-01"), "record_faulty")
    assert [item.code for item in fault.context["faults"]] == ["campaign_due", "campaign_since"]


def test_new_sheet__knows_who_they_are_and_asks_what_must_be_looked_into(office: OfficeSession) -> None:
    """附件1: cells 1 to 6 come from the archive and the exit; money, guarantees and advice are left open."""
    archive_id = exited(office, 1, reason="cured")
    sheet = monitoring.new_sheet(office, archive_id, campaign(office, "exited"))
    assert (sheet.text("exit_reason"), sheet.values["household_size"], sheet.text("reporting_unit")) == ("cured", 3, "梅城镇总工会")
    assert all(sheet.values[key] for key in ("name", "id_number", "mobile_phone", "address", "campaign_title"))
    missing = [item.field for item in record_problems(MONITORING, sheet, TODAY)]
    assert missing == [
        "reporter_phone", "checkers", "covered_by_civil_affairs", "annual_income", "annual_rigid_expense", "work_secured",
        "medical_secured", "school_secured", "social_secured", "housing_secured", "result_stable", "relapse_advised",
    ]  # fmt: skip


def test_sheet__income_per_head_and_class_of_a_relapse(office: OfficeSession) -> None:
    """S000-05: (总收入 − 刚性支出) ÷ 总人口数 to the 分; 深度 or 相对 is asked for when 返困 is advised, and only then."""
    made = fill(office, exited(office, 1), campaign(office, "exited"))
    assert made.content.values["net_income_per_head"] == 788_478  # 23 654.33 ÷ 3 = 7 884.776…
    assert monitoring.new_sheet(office, made.archive_id).text("reporter_phone") == "0971-0000000"
    sheet = RecordContent({**made.content.values, "annual_rigid_expense": 40_000_00, "relapse_advised": True})
    assert prepared_record(MONITORING, sheet).values["net_income_per_head"] == -133_333
    assert [item.field for item in record_problems(MONITORING, sheet, TODAY)] == ["relapse_class", "relapse_causes"]
    sheet.values.update({"relapse_advised": False, "relapse_class": "deep"})
    assert "relapse_class" not in prepared_record(MONITORING, sheet).values


def test_progress__done_of_due_and_one_sheet_for_each(office: OfficeSession) -> None:
    """A sheet counts its household as done; a second one is refused, the first is changed instead."""
    first, second = exited(office, 1), exited(office, 2)
    aim = campaign(office, "exited")
    monitoring.open_campaign(office, aim)
    made = fill(office, first, aim)
    assert progress(office, aim) == (1, 1, 0, 2)
    expect_refusal(lambda: fill(office, first, aim), "monitoring_done_already")
    made.content.values.update(RELAPSE)
    monitoring.save_sheet(office, first, made.content, made.record_id)
    assert progress(office, aim) == (1, 1, 1, 2)
    row = monitoring.monitoring_rows(office, MonitoringQuery(campaign_id=aim, progress=Progress.RELAPSE))[0]
    assert (row.archive_id, row.standing, row.may_open_again, row.relapse_class) == (first, Standing.EXITED, True, "relative")
    guest = on_file(office, 3)
    fill(office, guest, aim)  # visited although nobody asked for it
    assert progress(office, aim) == (1, 2, 1, 3)
    on_day(office, "2022-09-11")
    assert monitoring.campaign_of(office, aim).is_late
    fill(office, second, aim)
    assert not monitoring.campaign_of(office, aim).is_late
    units, clerks = monitoring.shares(office, aim)
    assert [(item.name, item.due, item.done) for item in units] == [("梅城镇总工会", 3, 3)]
    assert [(item.name, item.done) for item in clerks] == [("陈志强", 3)]
    records.remove_record(office, made.record_id, "重复")
    assert progress(office, aim) == (1, 2, 0, 3)


def test_list__walks_along_the_households_not_along_all_sheets(office: OfficeSession) -> None:
    """The sheet of a household is found by its archive: by its campaign, 20 000 households would take half a minute."""
    asked: list[str] = []
    with office.database.reading() as connection:

        class Spy:
            def execute(self, statement: Any, params: dict[str, Any]) -> Any:
                plan = connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"), params)
                asked.extend(row[3] for row in plan if " v " in f"{row[3]} ")
                return connection.execute(statement, params)

        monitoring_store.counts(Spy(), monitoring_store.DUE, {"campaign": "x"})  # type: ignore[arg-type]
    assert len(asked) == 1 and "record_of_archive (archive_id=?" in asked[0], asked


def test_campaign__is_taken_back_before_anybody_was_visited(office: OfficeSession) -> None:
    """Called by mistake: gone from the list; once there is a sheet it stays."""
    wrong, right = campaign(office, "exited"), campaign(office, "exited", title="另一次")
    fill(office, exited(office, 1), right)
    monitoring.remove_campaign(office, wrong)
    expect_refusal(lambda: monitoring.remove_campaign(office, right), "campaign_begun")
    assert [item.title for item in monitoring.list_campaigns(office, counted=False)] == ["另一次"]
    expect_refusal(lambda: monitoring.campaign_of(office, wrong), "campaign_gone")


def test_open_again__begins_a_new_application_of_the_same_archive(office: OfficeSession) -> None:
    """返困 = 是 leads to 返困建档 in one step, with the sheet in its reason; whoever is on file is left alone."""
    aim = campaign(office, "exited")
    left = exited(office, 1)
    stable = fill(office, left, aim)
    expect_refusal(lambda: monitoring.open_again(office, stable.record_id), "monitoring_no_relapse")
    stable.content.values.update(RELAPSE)
    sheet = monitoring.save_sheet(office, left, stable.content, stable.record_id)
    view = monitoring.open_again(office, sheet.record_id)
    assert (view.state.standing, view.state.track) == (Standing.EXITED, Track.READMIT)
    assert case_list.case_ids(office, CaseQuery(is_asking=True)) == [left], "whoever asks again is not overlooked"
    assert view.steps[-1].detail["reason"] == (
        "动态监测（动态监测集中行动） 2022-06-20 入户，建议返困：相对困难职工；致困原因：家庭成员患重特大疾病；目前困难：本人复发住院"
    )
    expect_refusal(lambda: monitoring.open_again(office, sheet.record_id), "monitoring_not_exited")
    kept = fill(office, on_file(office, 2), aim, **RELAPSE)
    expect_refusal(lambda: monitoring.open_again(office, kept.record_id), "monitoring_not_exited")


def test_open_again__ends_the_phasing_out(office: OfficeSession) -> None:
    """A household in 渐退期 whose hardship is back stands on file again at once."""
    household = on_file(office, 1)
    casework.take_step(office, household, Act.PHASE_OUT, {"end_date": "2023-06-30", "reason": "收入好转"})
    sheet = fill(office, household, campaign(office, "on_file"), **RELAPSE)
    state = monitoring.open_again(office, sheet.record_id).state
    assert (state.standing, state.track, state.phase_out_ends) == (Standing.ON_FILE, Track.NONE, None)


def test_county__calls_it_and_both_count_the_same_list(tmp_path: Path) -> None:
    """The campaign comes down with the list; the township may add to it, and what it added and did counts above."""
    with town_and_county(tmp_path) as (town, county, stick):
        for session in (town, county):
            on_day(session, TODAY)
        first, _second = exited(town, 1), exited(town, 2)
        exchange.receive_bundle(county, exchange.export_bundle(town, None, stick).path)
        aim = campaign(county, "exited", exited_since="2015-01-01")
        assert monitoring.open_campaign(county, aim) == 2
        exchange.receive_bundle(town, answering.write_answer(county, town.office.id, stick).path)
        known = monitoring.list_campaigns(town)
        assert [(item.id, item.office_name, item.is_own) for item in known] == [(aim, "潜山市总工会", False)]
        assert progress(town, aim) == progress(county, aim) == (2, 0, 0, 2), "the list came along"
        expect_refusal(lambda: monitoring.save_campaign(town, known[0].content, aim), "record_not_ours")
        third = exited(town, 3)
        assert monitoring.open_campaign(town, aim) == 1, "whoever left meanwhile"
        fill(town, first, aim, **RELAPSE)
        exchange.receive_bundle(county, exchange.export_bundle(town, [first, third], stick).path)
        assert progress(county, aim) == progress(town, aim)
        units, _ = monitoring.shares(county, aim)
        assert [(item.name, item.due, item.done, item.relapse) for item in units] == [("梅城镇总工会", 3, 1, 1)]


def test_laptop__fills_in_a_sheet_on_the_way(tmp_path: Path) -> None:
    """The campaign is known on the laptop; what is filled in there counts at the desk, and is one sheet of the household."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        for session in (desk, laptop):
            on_day(session, TODAY)
        first, _second = exited(desk, 1), exited(desk, 2)
        aim = campaign(desk, "exited")
        monitoring.open_campaign(desk, aim)
        take_along(desk, laptop, stick, [first])
        fill(laptop, first, aim)
        assert progress(laptop, aim) == (0, 1, 0, 1)
        hand_in(desk, laptop, stick)
        assert progress(desk, aim) == (1, 1, 0, 2)
        expect_refusal(lambda: fill(desk, first, aim), "monitoring_done_already")


def test_merged__counts_once_with_the_archive_that_was_kept(office: OfficeSession) -> None:
    """One family filed twice and only the other archive on the list: after the merge the kept one stands there instead."""
    other, kept = exited(office, 1), on_file(office, 2)
    aim = campaign(office, "exited")
    monitoring.open_campaign(office, aim)
    merging.merge(office, kept, other, reason="同一户建了两份")
    assert monitoring.monitoring_ids(office, MonitoringQuery(campaign_id=aim)) == [kept]
    fill(office, kept, aim)
    assert progress(office, aim) == (0, 1, 0, 1)


@pytest.mark.parametrize(
    ("day", "category", "opens"),
    [
        ("2022-07-01", "relative_hardship", "2022-11-01"),
        ("2023-05-10", "relative_hardship", ""),
        ("2023-05-10", "deep_hardship", "2023-11-01"),
        ("2022-12-31", "deep_hardship", ""),
    ],
)
def test_windows__adjusting_and_leaving_wait_for_them(office: OfficeSession, day: str, category: str, opens: str) -> None:
    """S000-24: outside April–June (not 深度) and November–December they are refused with the day on which they open."""
    on_day(office, day)
    policies.choose_policy(office, "qinghai-2022")
    archive_id = on_file(office, 1, hardship_category=category)
    acts = {
        Act.BEGIN_ADJUST: {"reason": "收入变化"},
        Act.PHASE_OUT: {"reason": "收入变化", "end_date": "2024-06-30"},
    }
    if opens:
        for act, detail in acts.items():
            fault = expect_refusal(lambda act=act, detail=detail: casework.take_step(office, archive_id, act, detail), "case_missing")  # type: ignore[misc]
            assert f"现在不是办理期，下一次从 {opens} 开始。" in fault.text()
        exit_offer = casework.case_of(office, archive_id).offer(Act.BEGIN_EXIT)
        assert exit_offer is not None and opens in exit_offer.missing[-1].text
    else:
        assert casework.take_step(office, archive_id, Act.PHASE_OUT, acts[Act.PHASE_OUT]).state.phase_out_ends == "2024-06-30"
