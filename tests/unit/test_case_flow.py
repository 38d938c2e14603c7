"""The casework table: every state and act, legal walks, and history that tells the state again."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.case_acts import CaseFacts, available_acts
from db.domain.case_detail import DETAIL, cleaned, detail_faults
from db.domain.case_flow import RULES, CaseState, IllegalStepError, Step, apply, earlier_stages, replay, track_since
from db.domain.case_words import FROM_ABOVE, STAGES, Act, Stage, Standing, Track
from db.domain.policy.book import packaged_book

READY = CaseFacts(
    today="2022-05-10",
    papers=frozenset({"application", "verification_consent", "notice_photo", "income_proof"}),
    recent_papers=frozenset({"notice_photo", "income_proof"}),
    has_means=True,
    has_visit=True,
    is_assessed=True,
    is_decided=True,
    class_code="relative_hardship",
    has_program_above=False,
)


POSTED = {"starts_on": "2022-06-16", "ends_on": "2022-06-23", "exited_on": "2019-12-20"}


def legal(state: CaseState) -> bool:
    """What must hold of every state a case can be in."""
    idle = state.track is Track.NONE
    return (
        idle == (state.stage is Stage.NONE)
        and (state.standing is Standing.APPLICANT) == (state.track is Track.FILE)
        and not (state.track in {Track.ADJUST, Track.EXIT} and state.stage is Stage.APPLICATION)
        and (idle or state.standing in {Standing.APPLICANT, Standing.ON_FILE, Standing.PHASING_OUT, Standing.EXITED})
        and (state.track is Track.READMIT) <= (state.standing is Standing.EXITED)
        and (state.notice_from is None) == (state.notice_ends is None)
        and (state.notice_ends is None or (not idle and STAGES.index(state.stage) >= STAGES.index(Stage.NOTICE)))
        and (Standing.PHASING_OUT in {state.standing, state.stood}) == (state.phase_out_ends is not None)
        and (state.stood is not None) == (state.standing is Standing.CANCELLED)
    )


def detail_of(act: Act, state: CaseState) -> dict[str, Any]:
    """Whatever the act may ask."""
    keys = ("comparison", "minutes", "appraisal", "posting", "settlement", "exit_reason", "cancel_reason", "reason")
    back = {"to_stage": earlier_stages(state)[0].value} if act is Act.STEP_BACK and earlier_stages(state) else {}
    return {**dict.fromkeys(keys, "有"), "verify_by": "2022-12-31", "end_date": "2023-06-30", **POSTED, **back}


def every_state() -> list[CaseState]:
    """The states that can be reached, found by walking."""
    found: dict[CaseState, None] = {CaseState(): None, lead(): None}
    waiting = list(found)
    while waiting:
        state = waiting.pop()
        for act in Act:
            if RULES[act].fits(state):
                then = apply(state, Step(act, "2022-05-10", detail_of(act, state)))
                if then not in found:
                    found[then] = None
                    waiting.append(then)
    return list(found)


def lead() -> CaseState:
    """A household somebody has told of."""
    return CaseState(Standing.LEAD, Track.NONE, Stage.NONE)


STATES = every_state()


def test_walk__reaches_every_pool_and_stage() -> None:
    """Nothing of the table is out of reach, and no walk leads to a state that makes no sense."""
    assert {state.standing for state in STATES} == set(Standing)
    assert {(state.track, state.stage) for state in STATES if state.track in {Track.FILE, Track.READMIT}} == set(
        product((Track.FILE, Track.READMIT), STAGES)
    )
    assert [state for state in STATES if not legal(state)] == []


@pytest.mark.parametrize("act", list(Act))
def test_every_pair__is_done_or_refused(act: Act) -> None:
    """Each act in each state leads to a legal state or is refused; only a second return changes nothing."""
    done = 0
    for state in STATES:
        step = Step(act, "2022-05-10", detail_of(act, state))
        if RULES[act].fits(state):
            then = apply(state, step)
            assert legal(then) and (then != state or act is Act.RETURNED), (act, state)
            done += 1
        else:
            with pytest.raises(IllegalStepError):
                apply(state, step)
    assert done


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.words)
def test_available__are_the_acts_that_fit(state: CaseState) -> None:
    """The buttons are exactly what the table allows, and what is missing is said in whole sentences."""
    offers = available_acts(state, READY, None)
    assert {offer.act for offer in offers} == {act for act in Act if RULES[act].fits(state)} - FROM_ABOVE
    bare = available_acts(state, CaseFacts("2022-05-10"), None)
    assert all(item.text.endswith("。") for offer in bare for item in offer.missing)
    assert CaseState.from_json(state.to_json()) == state


def test_notice__ends_before_the_case_goes_on() -> None:
    """Neither before it is posted, nor on its last day; the photo must be filed where the policy wants one."""
    state = CaseState(stage=Stage.NOTICE)
    assert missing_of(state, READY, Act.END_NOTICE) == ["还没有张贴公示。"]
    posted = apply(state, Step(Act.POST, "2022-06-16", POSTED))
    last_day = replace(READY, today="2022-06-23")
    assert missing_of(posted, last_day, Act.END_NOTICE) == ["公示到 2022-06-23 为止，第二天起才能办结。"]
    after = replace(READY, today="2022-06-24")
    assert missing_of(posted, after, Act.END_NOTICE) == []
    bare = replace(after, papers=frozenset())
    assert missing_of(posted, bare, Act.END_NOTICE) == ["还没有存公示照片。"]
    assert missing_of(posted, replace(bare, wants_photo=False), Act.END_NOTICE) == []


def missing_of(state: CaseState, facts: CaseFacts, act: Act) -> list[str]:
    """What an act waits for."""
    return [item.text for offer in available_acts(state, facts, None) if offer.act is act for item in offer.missing]


@given(st.data())
def test_random_walk__history_tells_the_state_again(data: st.DataObject) -> None:
    """Any legal walk keeps to legal states, and its steps alone lead there once more."""
    state, steps = CaseState(), list[Step]()
    for _ in range(data.draw(st.integers(1, 25))):
        fitting = [act for act in Act if RULES[act].fits(state)]
        act = data.draw(st.sampled_from(fitting))
        extra = detail_of(act, state)
        if act is Act.STEP_BACK:
            extra["to_stage"] = data.draw(st.sampled_from(earlier_stages(state))).value
        steps.append(Step(act, "2022-05-10", extra))
        state = apply(state, steps[-1])
        assert legal(state)
    assert replay(CaseState(), steps) == state


def test_way__from_a_lead_to_the_file_and_out_and_back() -> None:
    """The whole life of a case: applied, helped, phased out, closed, opened again."""
    way = (
        (Act.APPLY, "建档：收集申请材料"),
        (Act.ACCEPT, "建档：入户核实"),
        (Act.VERIFY, "建档：信息比对"),
        (Act.COMPARE, "建档：集体研究"),
        (Act.AGREE, "建档：公示"),
        (Act.POST, "建档：公示"),
        (Act.OBJECT, "建档：异议复核"),
        (Act.SETTLE, "建档：公示"),
        (Act.END_NOTICE, "建档：待上报"),
        (Act.SUBMIT, "建档：上级审核"),
        (Act.RETURNED, "建档：待上报（退回补正）"),
        (Act.SUBMIT, "建档：上级审核"),
        (Act.APPROVED, "在档"),
        (Act.PHASE_OUT, "渐退期"),
        (Act.BEGIN_EXIT, "渐退期 · 退档：入户核实"),
        (Act.APPROVED, "脱困库"),
        (Act.READMIT, "脱困库 · 返困建档：收集申请材料"),
        (Act.APPROVED, "在档"),
        (Act.CANCEL, "注销库"),
        (Act.RESTORE, "在档"),
    )
    state = lead()
    for act, words in way:
        state = apply(state, Step(act, "2022-05-10", detail_of(act, state)))
        assert state.words == words
    assert state.exited_on is None and not state.exit_reason


def test_fast_track__owes_the_comparison() -> None:
    """S000-25: filed at once, with a day by which the comparison is made up for."""
    state = CaseState(stage=Stage.VERIFICATION)
    for act in (Act.FAST_TRACK, Act.END_NOTICE, Act.SUBMIT, Act.APPROVED):
        state = apply(state, Step(act, "2022-05-10", detail_of(act, state)))
    assert (state.words, state.verify_by) == ("在档", "2022-12-31")
    assert apply(state, Step(Act.SUPPLY_COMPARISON, "2022-06-01", {"comparison": "相符"})).verify_by is None


def test_track_since__is_the_day_it_was_begun() -> None:
    """Of a case that came in applying nothing is known; each further track begins with its own act, and nothing is idle."""
    steps = [Step(Act.APPROVED, "2022-02-01"), Step(Act.BEGIN_ADJUST, "2022-05-10"), Step(Act.VERIFY, "2022-05-20")]
    assert track_since(CaseState(), steps[:0]) == ""
    assert track_since(CaseState(), steps[:1]) == ""
    assert track_since(CaseState(), steps) == "2022-05-10"
    assert track_since(CaseState(), [*steps, Step(Act.ABANDON, "2022-06-01")]) == ""


@pytest.mark.parametrize(
    ("today", "opens"),
    [("2022-04-01", ""), ("2022-06-30", ""), ("2022-07-01", "2022-11-01"), ("2022-12-31", ""), ("2023-01-01", "2023-04-01")],
)
def test_exit__only_in_the_windows(today: str, opens: str) -> None:
    """S000-24: 退档 in April to June and November to December; outside, the day when it opens is said."""
    pack = next(item.pack for item in packaged_book().packs if item.pack.id == "qinghai-2022")
    state = CaseState(Standing.ON_FILE, Track.NONE, Stage.NONE)
    offers = {offer.act: offer for offer in available_acts(state, replace(READY, today=today), pack)}
    missing = [item.text for item in offers[Act.BEGIN_EXIT].missing]
    assert missing == ([f"现在不是办理期，下一次从 {opens} 开始。"] if opens else [])
    assert offers[Act.CANCEL].is_open  # 死亡、重复 at any time
    assert date.fromisoformat(today)


def test_detail__is_asked_for_by_name() -> None:
    """What an act carries is asked for in words; days lie where they must."""
    needs = RULES[Act.FAST_TRACK].needs
    told = {item.key: item.text for item in detail_faults(needs, {"met_on": "2022-05-11"}, "2022-05-10")}
    assert told["appraisal"] == "请填写民主评议意见。"
    assert told["met_on"] == "会议日期是 2022-05-11，还没有到。请填实际发生的日期。"
    late = {item.key: item.text for item in detail_faults(needs, {"verify_by": "2022-05-10", "met_on": "5月"}, "2022-05-10")}
    assert late["verify_by"] == "补齐核查的期限是 2022-05-10，要在今天之后。"
    assert late["met_on"].startswith("会议日期“5月”不是日期")
    assert [item.text for item in detail_faults(RULES[Act.BEGIN_EXIT].needs, {"exit_reason": "tired"}, "2022-05-10")] == [
        "脱困原因里没有“tired”。可以填的有：疾病治愈、再就业、"
        "子女毕业实现就业、自谋职业、纳入社会保障覆盖、纳入大病保险和医疗互助保险保障、社会救助兜底、其他。"
    ]


def test_detail__keeps_what_belongs_to_the_act() -> None:
    """Other keys are left out, texts are trimmed."""
    given = {"reason": " 家里说不申请了 ", "exit_reason": "cured", "met_on": ""}
    assert cleaned(Act.GIVE_UP, RULES[Act.GIVE_UP].needs, given) == {"reason": "家里说不申请了"}
    assert all(item.key == "reason" or item.label for fields in DETAIL.values() for item in fields)
    needs = RULES[Act.BEGIN_EXIT].needs
    assert cleaned(Act.BEGIN_EXIT, needs, {"exit_reason": "再就业"})["exit_reason"] == "re_employed", "words mean the code"
    assert not [item for item in detail_faults(needs, {"exit_reason": "再就业"}, "2022-05-10") if item.key == "exit_reason"]
