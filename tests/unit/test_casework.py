"""Casework at an office and between two: recorded, refused with reasons, decided above, told again from its steps."""

import json
from pathlib import Path
from typing import Any

import pytest
from case_steps import MINUTES, POSTING, applicant, decide, give_papers, on_day, posted, visit
from casework import in_2020
from factories import PASSPHRASE, file_household
from neighbours import as_lines, carry, expect_refusal, forge, record_lines, town_and_county
from sqlalchemy import text

from db.__main__ import CASE_DUES, CASE_STAGES, STANDINGS, main
from db.domain.case_words import STAGES, Act, Stage, Standing, Track
from db.domain.review import Reason, ReviewOutcome
from db.errors import UserError
from db.services import case_list, casework, exchange, reviewing, revisions
from db.services.answering import write_answer
from db.services.case_list import CaseQuery, Due
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput


def refused(session: OfficeSession, archive_id: str, act: Act, **detail: str) -> str:
    """The sentence with which an act is refused; nothing is stored."""
    before = len(revisions.archive_history(session, archive_id))
    with pytest.raises(UserError) as caught:
        casework.take_step(session, archive_id, act, detail)
    assert len(revisions.archive_history(session, archive_id)) == before
    return caught.value.text()


def test_steps__say_what_is_missing(office: OfficeSession) -> None:
    """Each act tells which condition does not hold, in words; in its own stage only."""
    in_2020(office)
    archive_id = applicant(office).id
    assert casework.case_of(office, archive_id).state.words == "建档：收集申请材料"
    assert refused(office, archive_id, Act.ACCEPT) == (
        "还不能“材料收齐，转入户核实”：还没有书面申请。还没有签字的核对承诺授权书。"
    )
    assert refused(office, archive_id, Act.AGREE) == (
        "现在不能“集体研究同意，转公示”：这一户是“建档：收集申请材料”。请按列出的步骤办理。"
    )
    give_papers(office, archive_id, "application", "verification_consent")
    assert casework.take_step(office, archive_id, Act.ACCEPT).state.stage is Stage.VERIFICATION
    decide(office, archive_id)
    no_visit = "还不能“入户核实完成”：还没有这次办理以来两人以上的入户走访记录。"
    visit(office, archive_id, purpose="care", visitors="张三")
    visit(office, archive_id, method="call")
    assert refused(office, archive_id, Act.VERIFY) == no_visit
    assert refused(office, archive_id, Act.STEP_BACK, reason="材料不对") == "还不能“退回前一环节”：请选择退回到哪一个环节。"
    back = casework.take_step(office, archive_id, Act.STEP_BACK, {"reason": "材料不对", "to_stage": "application"})
    assert back.state.stage is Stage.APPLICATION
    assert revisions.archive_history(office, archive_id)[0].reason == "退回前一环节。到“收集申请材料”；理由：材料不对"


def test_verification__rests_on_a_visit_of_two(office: OfficeSession) -> None:
    """The visit is named in the step and its history; one from before the household was closed and restored counts no more."""
    in_2020(office)
    archive_id = applicant(office).id
    give_papers(office, archive_id, "application", "verification_consent")
    casework.take_step(office, archive_id, Act.ACCEPT)
    decide(office, archive_id)
    made = visit(office, archive_id, visitors="张三 李四")
    step = casework.take_step(office, archive_id, Act.VERIFY).steps[-1]
    assert (step.on, step.detail["visit_id"]) == ("2020-06-01", made.record_id)
    assert step.lines() == ["入户日期：2020-06-01", "走访人员：张三 李四", "核实情况：与申请一致"]
    assert "张三 李四" in revisions.archive_history(office, archive_id)[0].reason
    on_day(office, "2020-07-01")
    casework.take_step(office, archive_id, Act.CANCEL, {"cancel_reason": "declined", "reason": "不要了"})
    casework.take_step(office, archive_id, Act.RESTORE, {"reason": "又来申请"})
    casework.take_step(office, archive_id, Act.ACCEPT)
    assert "入户走访记录" in refused(office, archive_id, Act.VERIFY)
    visit(office, archive_id, visited_on="2020-07-01")
    assert casework.take_step(office, archive_id, Act.VERIFY).state.stage is Stage.COMPARISON


def test_notice__counts_working_days_of_the_calendar(office: OfficeSession) -> None:
    """Five working days after 22 June 2020 are 23 to 26 and 29: nothing is known of 2020, which is told."""
    archive_id = posted(office)
    casework.take_step(office, archive_id, Act.STEP_BACK, {"reason": "名单有误", "to_stage": "deliberation"})
    casework.take_step(office, archive_id, Act.AGREE, MINUTES)
    again = casework.take_step(office, archive_id, Act.POST, POSTING)
    assert again.note == "2020 年的节假日安排还没有，按周一至周五计算。"
    view = casework.case_of(office, archive_id)
    assert (view.state.notice_from, view.state.notice_ends) == ("2020-06-22", "2020-06-29")
    on_day(office, view.state.notice_ends or "")
    assert "第二天起才能办结" in refused(office, archive_id, Act.END_NOTICE)


def test_objection__stops_the_clock(office: OfficeSession) -> None:
    """The day of the objection and the days after it are posted anew once it is settled."""
    archive_id = posted(office)
    on_day(office, "2020-06-24")
    objection = {"objected_on": "2020-06-24", "objector": "匿名", "objection": "家里有车"}
    stopped = casework.take_step(office, archive_id, Act.OBJECT, objection)
    assert stopped.state.stage is Stage.OBJECTION
    on_day(office, "2020-07-06")
    settled = {"settled_on": "2020-07-06", "settlement": "车是亲戚的，登记可查"}
    again = casework.take_step(office, archive_id, Act.SETTLE, settled)
    assert again.state.notice_ends == "2020-07-10"  # four of five days were left: 7, 8, 9, 10
    on_day(office, "2020-07-11")
    assert "公示照片" in refused(office, archive_id, Act.END_NOTICE)
    give_papers(office, archive_id, "notice_photo")
    assert casework.take_step(office, archive_id, Act.END_NOTICE).state.stage is Stage.SUBMISSION


def test_review_above__decides_the_case(tmp_path: Path) -> None:
    """Steps travel up with the archive; the county's return and approval come down, and both offices tell the same."""
    with town_and_county(tmp_path) as (town, county, stick):
        archive_id = posted(town)
        give_papers(town, archive_id, "notice_photo")
        for session in (town, county):
            on_day(session, "2020-07-20")
        casework.take_step(town, archive_id, Act.END_NOTICE)
        casework.take_step(town, archive_id, Act.SUBMIT)
        carry(town, county, stick)
        assert told(county, archive_id) == told(town, archive_id)
        reason = (Reason("missing_paper", "缺出院小结"),)
        reviewing.review(county, archive_id, ReviewInput(ReviewOutcome.RETURNED, reason, due_on="2020-08-03"))
        answered(county, town, stick)
        assert casework.case_of(town, archive_id).state.words == "建档：待上报（退回补正）"
        casework.take_step(town, archive_id, Act.SUBMIT)
        carry(town, county, stick)
        reviewing.review(county, archive_id, ReviewInput(ReviewOutcome.APPROVED, worker_number="340882000123"))
        answered(county, town, stick)
        assert casework.case_of(town, archive_id).state.words == "在档"
        assert told(county, archive_id) == told(town, archive_id)
        assert casework.count_cases(town).standings == {Standing.ON_FILE: 1}
        assert casework.case_of(county, archive_id).locked


@pytest.mark.parametrize("days", [("2020-07-21", "2020-07-22"), ("2020-07-22", "2020-07-21")], ids=["on time", "clock set back"])
def test_review_above__the_last_word_on_a_version_counts(tmp_path: Path, days: tuple[str, str]) -> None:
    """The county takes its refusal back and approves: the case follows, whatever the county's clock said, at both offices."""
    with town_and_county(tmp_path) as (town, county, stick):
        archive_id = posted(town)
        give_papers(town, archive_id, "notice_photo")
        for session in (town, county):
            on_day(session, "2020-07-20")
        casework.take_step(town, archive_id, Act.END_NOTICE)
        casework.take_step(town, archive_id, Act.SUBMIT)
        carry(town, county, stick)
        on_day(county, days[0])
        reviewing.review(county, archive_id, ReviewInput(ReviewOutcome.REFUSED, (Reason("income_too_high"),)))
        on_day(county, days[1])
        reviewing.review(county, archive_id, ReviewInput(ReviewOutcome.APPROVED, remarks="看错了行，符合条件"))
        answered(county, town, stick)
        assert told(county, archive_id) == told(town, archive_id)
        assert told(town, archive_id)[-2:] == [("上级不通过", "建档：上级审核", False), ("上级审核通过", "在档", True)]


def answered(county: OfficeSession, town: OfficeSession, stick: Path) -> None:
    """Send the answer down and apply it."""
    exchange.receive_bundle(town, write_answer(county, town.office.id, stick).path)


def told(session: OfficeSession, archive_id: str) -> list[tuple[str, str, bool]]:
    """What an office tells of a case, and the state it keeps for its lists, which must be the same."""
    view = casework.case_of(session, archive_id)
    with session.database.reading() as connection:
        kept = connection.execute(text("SELECT standing, track, stage, was_returned FROM case_state")).one()
    state = view.state
    assert tuple(kept) == (state.standing, state.track, state.stage, int(state.was_returned))
    return [(entry.label, entry.state_after, entry.counted) for entry in view.steps]


@pytest.mark.parametrize("change", [{"act": "approved"}, {"on_day": "2020-13-01"}, {"detail": {"reason": 1}}])
def test_hostile_steps__are_not_taken(tmp_path: Path, change: dict[str, object]) -> None:
    """Nobody approves his own case, and what is no step is no bundle."""
    with town_and_county(tmp_path) as (town, county, stick):
        archive_id = posted(town)
        records = record_lines(town, [archive_id])
        records[0]["steps"][0] |= change
        path = forge(town, county, stick, as_lines(records))
        expect_refusal(lambda: exchange.receive_bundle(county, path), "bundle_damaged")


def test_pools__count_every_archive_once(office: OfficeSession) -> None:
    """Archives nobody has recorded anything of count by their 职工编号; the rest by their steps."""
    in_2020(office)
    file_household(office, 1, worker_number="340882000001")
    given_up, waiting = applicant(office, 2), applicant(office, 3)
    casework.take_step(office, given_up.id, Act.GIVE_UP, {"reason": "本人撤回"})
    counted = casework.count_cases(office)
    assert counted.standings == {Standing.ON_FILE: 1, Standing.GIVEN_UP: 1, Standing.APPLICANT: 1}
    assert counted.stages == {(Track.FILE, Stage.APPLICATION): 1}
    assert casework.case_of(office, waiting.id).state.standing is Standing.APPLICANT


def test_many__each_on_its_own(office: OfficeSession) -> None:
    """One meeting decides upon several; who is not that far is passed over and named."""
    in_2020(office)
    ready, early = applicant(office, 1).id, applicant(office, 2).id
    give_papers(office, ready, "application", "verification_consent")
    offered = {many.offer.act: many.ready for many in casework.offers_of_many(office, [ready, early])}
    assert (offered[Act.ACCEPT], offered[Act.GIVE_UP]) == (1, 2)
    done, skipped = casework.take_step_many(office, [ready, early], Act.ACCEPT)
    assert (done, [item.archive_id for item in skipped]) == (1, [early])
    assert "还没有书面申请" in skipped[0].reason
    with pytest.raises(UserError, match="请填写理由"):
        casework.take_step_many(office, [ready, early], Act.GIVE_UP, {})


def test_list__says_where_each_stands_and_what_is_due(office: OfficeSession) -> None:
    """Pools, stages and what is due are what the cases themselves say."""
    waiting = posted(office)
    other = applicant(office, 2).id
    rows = {row.archive_id: row for row in case_list.case_rows(office, CaseQuery())}
    assert {key: row.state.words for key, row in rows.items()} == {waiting: "建档：公示", other: "建档：收集申请材料"}
    assert (rows[waiting].since, rows[waiting].due_on) == ("2020-06-22", "2020-06-29")
    assert case_list.case_ids(office, CaseQuery(due=Due.NOTICE)) == []
    on_day(office, "2020-06-30")
    assert case_list.case_ids(office, CaseQuery(due=Due.NOTICE)) == [waiting]
    assert case_list.case_ids(office, CaseQuery(stage=Stage.APPLICATION)) == [other]
    assert case_list.count_standings(office, CaseQuery()) == {Standing.APPLICANT: 2}
    on_file = {"reason": "原有档案"}
    casework.take_step(office, other, Act.NOTE_ON_FILE, on_file)
    on_day(office, "2021-07-01")
    assert case_list.case_ids(office, CaseQuery(due=Due.OLD)) == [other]


def test_commands__list_show_and_take(office: OfficeSession, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    """The command line says where a case stands, takes an act, and refuses with a sentence."""
    monkeypatch.setenv("NUANDANG_PASSPHRASE", PASSPHRASE)
    number = file_household(office, 1, worker_number="T0001").archive_number
    folder = str(office.folder)
    assert main(["case", folder, number]) == 0
    assert "建档：收集申请材料" in capsys.readouterr().out
    assert main(["case", folder, number, "give_up"]) == 1
    assert capsys.readouterr().err.strip() == "还不能“放弃或撤回申请”：请填写理由。"
    assert main(["case", folder, number, "give_up", "reason=本人撤回"]) == 0
    assert main(["case", folder, number, "fly"]) == 1
    capsys.readouterr()
    assert main(["cases", folder, "--standing", "given_up", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [item["number"] for item in told["cases"]] == [number]
    assert told["counts"] == {"given_up": 1}


def test_commands__know_every_pool_stage_and_due() -> None:
    """What the parser offers, written down there so that it need not load them, is what there is."""
    assert set(STANDINGS) == set(Standing) and set(CASE_DUES) == set(Due)
    assert [stage.value for stage in STAGES] == list(CASE_STAGES)
